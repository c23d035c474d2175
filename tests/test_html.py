"""The report as a page: whole, closed to the outside, hostile text as text, exact charts, usable by everybody."""

from __future__ import annotations

import base64
import hashlib
import itertools
import json
import re
import shutil
import socket
import subprocess
import tarfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from html.parser import HTMLParser
from math import hypot
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bamai
from bamai.answers import Enterprise
from bamai.assessment import Assessment, shown_score
from bamai.report import svg
from bamai.report.appearance import DARK, LIGHT, Palette
from bamai.report.content import (
    AllAnswers,
    Bar,
    Bars,
    Block,
    Compared,
    ComparedTable,
    Header,
    Rung,
    blocks,
)
from bamai.report.html import page
from bamai.report.markup import clean
from bamai.texts import LANGS, Lang
from conftest import ALL_TESTS, EXAMPLE, GENERAL_EXAMPLE, Run, assessed, edition

VOID = {"meta", "br", "hr", "img", "link", "input", "base"}
HOSTILE = '<script>alert(1)</script>[red]=HYPERLINK("x")\x1b[31m\u202e&amp;'


@lru_cache
def results() -> dict[str, Assessment]:
    sme = edition("sme@2024")
    return {
        "sme": bamai.score_file(EXAMPLE),
        "general": bamai.score_file(GENERAL_EXAMPLE),
        "empty": assessed(sme, {}),
        "none": assessed(sme, {}, missing_lowest=True),
        "hostile": bamai.score_file(EXAMPLE)._replace(enterprise=Enterprise(name=HOSTILE), assessor="长" * 3000),
    }


class _Tree(HTMLParser):
    """A tree of the page; every tag must be closed where it was opened."""

    def __init__(self) -> None:
        super().__init__()
        self.root = Element("root")
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = ElementTree.SubElement(self.open[-1], tag, {name: value or "" for name, value in attrs})
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        parent = self.open[-1]
        if len(parent):
            parent[-1].tail = (parent[-1].tail or "") + data
        else:
            parent.text = (parent.text or "") + data


def tree(page_: str) -> Element:
    parser = _Tree()
    parser.feed(page_)
    parser.close()
    assert parser.open == [parser.root]
    return parser.root[0]


def text(element: Element) -> str:
    return "".join(element.itertext())


def body(page_: str) -> str:
    found = tree(page_).find("body")
    assert found is not None
    return text(found)


PAGES = [(name, lang) for name in ("sme", "general", "empty", "none", "hostile") for lang in LANGS]


@lru_cache
def report(name: str, lang: Lang) -> str:
    return page(blocks(results()[name], lang, full=True), lang)


# ── structure ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("name", "lang"), PAGES)
def test_nothing_is_fetched_and_nothing_runs(name: str, lang: Lang) -> None:
    source = report(name, lang)
    root = tree(source)
    for element in root.iter():
        assert element.tag not in ("script", "link", "img", "iframe", "object", "embed", "form", "base", "image", "use")
        assert not [key for key in element.attrib if key.startswith("on") or key in ("style", "src", "srcset")]
        assert element.get("href", "#").startswith("#")
    style = text(next(root.iter("style")))
    assert "url(" not in style and "@import" not in style and "image-set" not in style
    policies = [meta.get("content", "") for meta in root.iter("meta") if meta.get("http-equiv")]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policies == [f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"]
    # the address of a document stands in the text, where nothing follows it
    tags = " ".join(re.findall(r"<[^>]*>", source)) + style
    assert set(re.findall(r"[a-z]+://[^\s\"<]+", tags)) == {"http://www.w3.org/2000/svg"}


@pytest.mark.parametrize(("name", "lang"), PAGES)
def test_headings_tables_charts_and_links_are_in_order(name: str, lang: Lang) -> None:
    root = tree(report(name, lang))
    assert root.get("lang") == ("zh-CN" if lang == "zh" else "en")
    headings = [int(element.tag[1]) for element in root.iter() if re.fullmatch(r"h[1-6]", element.tag)]
    assert headings[0] == 1 and headings.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(headings))
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    for element in root.iter():
        assert set((element.get("aria-labelledby") or "").split()) <= set(ids)
        if element.tag == "a":
            assert element.get("href", "")[1:] in ids
        if element.tag == "table":
            assert element[0].tag == "caption" and text(element[0])
            assert all(head.get("scope") for head in element.iter("th"))
        if element.tag == "svg" and element.get("aria-hidden") != "true":
            assert element.get("role") == "img"
            assert [child.tag for child in element[:2]] == ["title", "desc"] and text(element[1])
    assert [element.tag for element in root.iter() if element.tag in ("header", "nav", "main")] == [
        "header", "nav", "main"]  # fmt: skip


def strings(value: Any) -> Iterator[str]:
    """Every text of a block, save keys of texts."""
    if isinstance(value, Header):
        value = (*value[:6], value.facts, [rung[:2] for rung in value.rungs])
    if isinstance(value, Compared):
        value = value._replace(as_of=value.dated)  # the date in words has it
    if isinstance(value, str):
        yield value
    elif isinstance(value, AllAnswers):
        for title, answers in value.sections:
            yield title
            for told in answers:
                yield from (told.label, told.text, told.mark, told.answer, told.worth, told.note, *told.evidence)
    elif isinstance(value, ComparedTable):
        yield from strings([value.rows, value.notes, value.missing])
    elif isinstance(value, tuple | list):
        for item in value:
            yield from strings(item)


@pytest.mark.parametrize(("name", "lang"), PAGES)
def test_the_page_says_all_that_the_report_says_and_no_other_figure(name: str, lang: Lang) -> None:
    shown = body(report(name, lang))
    said = [clean(string) for string in strings(list(blocks(results()[name], lang, full=True)))]
    assert [string for string in said if string not in ("-", "plain", "warning") and string not in shown] == []
    figures = set(re.findall(r"\d+(?:\.\d+)?", " ".join(said)))
    thresholds = {str(level.score) for level in results()[name].levels}
    apart = " ".join(tree(report(name, lang))[1].itertext())
    assert set(re.findall(r"\d+(?:\.\d+)?", apart)) <= figures | thresholds | {"0", "20", "40", "60", "80", "100"}


def test_the_figures_are_those_of_the_assessment() -> None:
    result = results()["sme"]
    shown = body(report("sme", "en"))
    assert result.score is not None and f"{shown_score(result.score)} / 100" in shown
    for dimension in result.dimensions:
        if dimension.score is not None:
            assert f"{dimension.title.en}{shown_score(dimension.score)}" in shown
    assert "57.8125 % (185 ÷ 320)" in shown
    assert "in (40, 60]: 4.5 of 6 points" in shown
    assert "Total score60" in shown  # the condition with what it needs
    assert "Evidence: PLM 版本记录; 零部件标准库截图" in shown
    assert result.digest in shown


def test_hostile_text_comes_out_as_text() -> None:
    root = tree(report("hostile", "zh"))
    expected = '<script>alert(1)</script>[red]=HYPERLINK("x")\\x1b[31m\\u202e&amp;'
    assert text(next(root.iter("h1"))) == expected
    assert text(next(root.iter("title"))).startswith(expected)
    plain = [element.tag for element in tree(report("sme", "zh")).iter()]
    assert [element.tag for element in root.iter()] == plain


@settings(max_examples=60)
@given(st.text(min_size=1, max_size=40))
def test_no_name_changes_the_structure(name: str) -> None:
    benign = [Bars((Bar("x", Decimal(1), Decimal(1), "x"),) * 3)]
    hostile: list[Block] = [Bars((Bar(name, Decimal(1), Decimal(1), name),) * 3)]
    root = tree(page(hostile, "zh"))
    tags = [element.tag for element in root.iter() if element.tag != "text"]
    assert tags == [element.tag for element in tree(page(benign, "zh")).iter() if element.tag != "text"]
    assert clean(name) in text(root) or not name.strip()


def test_the_page_is_small() -> None:
    for lang in LANGS:
        assert len(report("sme", lang).encode()) < 60_000


# ── charts ───────────────────────────────────────────────────────────────────────────────────────────


def bars(count: int, *, low: str = "40", high: str = "40") -> Bars:
    return Bars(tuple(Bar(f"维度 {n}", Decimal(low) + n, Decimal(high) + n, "v") for n in range(count)))


@pytest.mark.parametrize("count", [3, 4, 5, 12])
def test_corners_of_the_radar_stand_at_their_scores(count: int) -> None:
    chart = svg.radar(bars(count), LIGHT, "zh")
    assert chart is not None
    first = next(chart.iter("line"))
    middle = float(first.get("x1", "")), float(first.get("y1", ""))
    dots = [(float(c.get("cx", "")), float(c.get("cy", ""))) for c in chart.iter("circle")]
    ends = [(float(e.get("x2", "")), float(e.get("y2", ""))) for e in chart.iter("line")]
    assert len(dots) == len(ends) == count
    for n, (dot, end) in enumerate(zip(dots, ends, strict=True)):
        far = hypot(end[0] - middle[0], end[1] - middle[1])
        near = hypot(dot[0] - middle[0], dot[1] - middle[1])
        assert near / far == pytest.approx((40 + n) / 100, abs=0.001)
    width, height = map(float, chart.get("viewBox", "").split()[2:])
    for label in chart.iter("text"):
        assert 0 <= float(label.get("x", "")) <= width and 0 < float(label.get("y", "")) <= height


def test_a_radar_needs_three_axes_and_the_bars_do_not() -> None:
    assert svg.radar(bars(2), LIGHT, "zh") is None
    shown = page([bars(1)], "zh")
    assert [rect.get("width") for rect in tree(shown).iter("rect")] == ["100%", "40%"]


def test_an_open_result_has_a_band_and_a_dimension_that_is_not_applicable_no_corner() -> None:
    rows = bars(4, low="10", high="70").rows
    chart = svg.radar(Bars((*rows[:3], Bar("无", None, None, "不适用"))), LIGHT, "zh")
    assert chart is not None
    dashed = [p for p in chart.iter("polygon") if p.get("stroke-dasharray")]
    assert [len(p.get("points", "").split()) for p in dashed] == [3]
    assert len(list(chart.iter("circle"))) == 3
    assert "不适用" in text(chart)


def test_bullets_are_as_long_as_their_figures() -> None:
    result = results()["sme"]
    table = next(block for block in blocks(result, "zh", full=True) if isinstance(block, ComparedTable))
    first = svg.bullet(table.rows[0], LIGHT)
    assert [rect.get("width") for rect in first.iter("rect")] == ["100%", "57.81%"]
    assert [line.get("x1") for line in first.iter("line")] == ["57.7%"]
    # a yes has no length, and a growth rate below nothing no scale
    assert [rect.get("width") for rect in svg.bullet(table.rows[3], LIGHT).iter("rect")] == ["100%"]
    general = next(b for b in blocks(results()["general"], "zh", full=True) if isinstance(b, ComparedTable))
    assert [row.figure for row in general.rows if row.ours.startswith("−")] == [None, None]


def test_the_ladder_marks_the_level_and_fills_the_score() -> None:
    header = next(block for block in blocks(results()["sme"], "zh") if isinstance(block, Header))
    chart = svg.ladder(header, LIGHT, "zh")
    filled = [rect for rect in chart.iter("rect") if rect.get("fill") == LIGHT.accent]
    track = [rect for rect in chart.iter("rect") if rect.get("height") == "8"]
    assert len(filled) == 2 and filled[1] is track[1]
    assert float(track[1].get("width", "")) / float(track[0].get("width", "")) == pytest.approx(0.5335, abs=0.001)
    assert [rung.threshold for rung in header.rungs] == [None, *(level.score for level in results()["sme"].levels)]


def test_charts_stand_alone() -> None:
    bars = Bars(tuple(Bar(label, Decimal(9), Decimal(30), "9–30") for label in ("<b>&", "乙", "丙")))
    header = Header("t", "n", "L1", "一级", "9", "", (Rung("L1", "一级", True),), (), Decimal(9), Decimal(30))
    general = next(b for b in blocks(results()["general"], "en", full=True) if isinstance(b, ComparedTable))
    charts = [svg.radar(bars, LIGHT, "zh"), svg.ladder(header, DARK, "zh"), svg.bullets(general, LIGHT, "en")]
    for chart in charts:
        assert chart is not None
        alone = svg.standalone(chart)
        parsed = ElementTree.fromstring(alone)
        assert parsed.tag == "{http://www.w3.org/2000/svg}svg"
        assert "var(" not in alone
        assert ("<b>&" in "".join(parsed.itertext())) is (chart is charts[0])


def contrast(first: str, second: str) -> float:
    def light(colour: str) -> float:
        parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((light(first), light(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_every_text_can_be_read_on_its_ground(palette: Palette) -> None:
    for ink in (palette.ink, palette.soft, palette.accent, palette.good, palette.bad, palette.warn, palette.mark):
        assert contrast(ink, palette.paper) >= 4.5
    assert contrast(palette.soft, palette.panel) >= 4.5
    assert contrast(palette.on_accent, palette.accent) >= 4.5
    assert min(contrast(palette.ink, palette.warn_panel), contrast(palette.warn, palette.warn_panel)) >= 4.5
    assert all(contrast(ink, ground) >= 4.5 for ink, ground in zip(palette.heat_ink, palette.heat, strict=True))


# ── the command line ─────────────────────────────────────────────────────────────────────────────────


def test_one_run_writes_every_kind_of_report(run: Run, tmp_path: Path) -> None:
    done = run("score", EXAMPLE, "-o", "a.html", "-o", "a.md", "-o", "a.json", "--lang", "en")
    assert (done.returncode, done.stdout) == (0, b"")
    assert (tmp_path / "a.html").read_text(encoding="utf-8") == report("sme", "en")
    data = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))
    assert len(data["answers"]) == len(edition("sme@2024").questions)


def test_a_page_is_of_one_enterprise(run: Run, tmp_path: Path) -> None:
    done = run("score", EXAMPLE, GENERAL_EXAMPLE, "-o", "a.json", "-o", "a.html", "--lang", "en")
    assert done.returncode == 2
    assert "a.html: .html holds the report of one enterprise" in done.stderr.decode()
    assert list(tmp_path.iterdir()) == []


def test_a_comparison_is_a_page_too(run: Run, tmp_path: Path) -> None:
    later = EXAMPLE.read_text(encoding="utf-8").replace("2026-03-18", "2026-09-18")
    (tmp_path / "later.yaml").write_text(later.replace("process_design: 2", "process_design: 3"), encoding="utf-8")
    done = run("compare", EXAMPLE, "later.yaml", "-o", "c.html", "--lang", "en")
    assert done.returncode == 0, done.stderr.decode()
    root = tree((tmp_path / "c.html").read_text(encoding="utf-8"))
    assert text(next(root.iter("h1"))) == text(next(root.iter("title")))
    assert "Process design (s02)23+1" in text(root)
    assert "✗ 6/8✗ 7/8" in text(root).replace("\xa0", " ")


# ── a browser ────────────────────────────────────────────────────────────────────────────────────────


def _missing(what: str) -> None:
    if ALL_TESTS:
        pytest.fail(f"{what} is missing")
    pytest.skip(f"{what} is missing")


class Browser:
    """Chromium by the WebDriver protocol, which is HTTP and JSON."""

    def __init__(self, port: int, profile: Path) -> None:
        self.base = f"http://127.0.0.1:{port}"
        for _ in range(100):
            try:
                self._call("GET", "/status")
                break
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.1)
        options = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                   "--disable-background-networking", "--disable-component-update", "--disable-sync",
                   f"--user-data-dir={profile}"]  # fmt: skip
        capabilities = {"alwaysMatch": {"goog:chromeOptions": {"args": options}}}
        session = self._call("POST", "/session", {"capabilities": capabilities})["sessionId"]
        self.base += f"/session/{session}"

    def _call(self, method: str, path: str, data: object = None) -> Any:
        body_ = None if data is None else json.dumps(data).encode()
        request = urllib.request.Request(self.base + path, body_, {"Content-Type": "application/json"}, method=method)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)["value"]

    def open(self, path: Path, width: int, scheme: str) -> None:
        for command, params in (
            ("setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]}),
            ("setDeviceMetricsOverride", {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": False}),
        ):
            self._call("POST", "/goog/cdp/execute", {"cmd": f"Emulation.{command}", "params": params})
        self._call("POST", "/url", {"url": path.as_uri()})

    def run(self, script: str, kind: str = "sync") -> Any:
        return self._call("POST", f"/execute/{kind}", {"script": script, "args": []})

    def quit(self) -> None:
        self._call("DELETE", "")


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    if shutil.which("chromedriver") is None:
        _missing("chromedriver")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    driver = subprocess.Popen(
        ["chromedriver", f"--port={port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )  # fmt: skip
    try:
        opened = Browser(port, tmp_path_factory.mktemp("profile"))
        yield opened
        opened.quit()
    finally:
        driver.terminate()
        driver.wait(10)


@pytest.fixture(scope="module")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """axe-core, fetched by npm into a folder of its own."""
    npm = shutil.which("npm")
    if npm is None:
        _missing("npm")
    folder = tmp_path_factory.mktemp("axe")
    command = [str(npm), "pack", "axe-core@4", "--silent", "--fetch-retries=0", "--fetch-timeout=30000"]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False, timeout=120)
    packed = next(folder.glob("*.tgz"), None)
    if done.returncode or packed is None:
        _missing("axe-core")
        raise AssertionError
    with tarfile.open(packed) as archive:
        source = archive.extractfile("package/axe.min.js")
        assert source is not None
        return source.read().decode()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1200, 360])
def test_axe_finds_no_barrier(browser: Browser, axe: str, tmp_path: Path, width: int, scheme: str) -> None:
    for name, lang in (("sme", "zh"), ("general", "en"), ("empty", "en"), ("hostile", "zh")):
        path = tmp_path / f"{name}.html"
        path.write_text(report(name, lang), encoding="utf-8")
        browser.open(path, width, scheme)
        ground = {"light": "rgb(255, 255, 255)", "dark": "rgb(20, 25, 29)"}[scheme]
        # the policy lets the style in, and nothing makes the page wider than the screen
        assert browser.run("return getComputedStyle(document.body).backgroundColor") == ground
        assert browser.run("return document.documentElement.scrollWidth <= innerWidth") is True
        assert (
            browser.run("return Math.min(...[...document.querySelectorAll('h1,h2,h3')].map(e => e.clientWidth))") > 100
        )
        browser.run(axe + ";window.axe = axe")
        found = browser.run("const done = arguments[0]; axe.run().then(done)", "async")
        assert len(found["passes"]) > 20
        assert [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found["violations"]] == []
