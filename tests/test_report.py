"""The report on paper and on screens: widths, languages, encodings, hostile names."""

from __future__ import annotations

import re
import subprocess
import sys
from decimal import Decimal
from functools import lru_cache
from unicodedata import east_asian_width

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

import bamai
from bamai.answers import Enterprise
from bamai.assessment import Assessment, shown_score
from bamai.lines import lines, units
from bamai.report.content import Condition, Conditions, blocks
from bamai.report.markdown import escape, markdown
from bamai.report.terminal import text, text_report
from bamai.texts import LANGS, Lang
from conftest import EXAMPLE, GENERAL_EXAMPLE, Run, assessed, edition


@lru_cache
def example() -> Assessment:
    return bamai.score_file(EXAMPLE)


@lru_cache
def general() -> Assessment:
    return bamai.score_file(GENERAL_EXAMPLE)


@lru_cache
def empty() -> Assessment:
    return assessed(edition("sme@2024"), {})


WIDTHS = [48, 60, 80, 99, 100, 110, 120, 200]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("ascii_only", [False, True])
def test_no_line_is_too_long_and_no_text_is_cut(width: int, lang: Lang, ascii_only: bool) -> None:
    for result in (example(), general(), empty()):
        report = text_report(result, lang, width, ascii_only=ascii_only)
        assert max(cell_len(line) for line in report.splitlines()) <= min(width, 120)
        if not ascii_only:  # each ellipsis is the text's own (a source's, a list's), none a cut
            assert report.count("…") == str(list(blocks(result, lang))).count("…")
        assert all(item.benchmark.as_of in report for item in result.comparisons)
        assert report.count("2025-12-31") >= sum(item.benchmark.as_of == "2025-12-31" for item in result.comparisons)
        compact = re.sub(r"[\s│|]", "", report)
        score = "0.00" if result.score is None else shown_score(result.score)
        for wanted in (score, result.digest):
            assert wanted in compact
        assert "\x1b" not in report
        assert not any(line.endswith(" ") for line in report.splitlines())


@pytest.mark.parametrize("lang", LANGS)
def test_ascii_has_only_what_every_console_can_show(lang: Lang) -> None:
    for result in (example(), general(), empty()):
        text_report(result, lang, 80, ascii_only=True).encode("gbk")
        glyphs = set(text_report(result, "en", 80, ascii_only=True))
        # but for names and titles that are Chinese themselves
        assert [glyph for glyph in glyphs if glyph > "~" and east_asian_width(glyph) not in "WF"] == []


def test_ascii_keeps_the_sense_of_a_condition() -> None:
    conditions = Conditions((Condition(False, "Energy – “use”", "≤ 0.5", "0.8", "0.3", over=True),))
    assert text([conditions], "en", ascii_only=True) == '[ ] Energy - "use": needs <= 0.5, has 0.8, 0.3 too much\n'


def test_the_order_is_verdict_why_dimensions_benchmarks_strengths_gaps_lists_method() -> None:
    report = text_report(example(), "zh", 80)
    parts = ["晨溪", "53.35 / 100", "[L2]", "达到 L2", "为什么还不是 L3", "维度得分", "对标", "优势", "短板",
             "未答、不清楚与不适用", "方法与来源", "sha256"]  # fmt: skip
    positions = [report.index(part) for part in parts]
    assert positions == sorted(positions)


def test_why_not_the_next_level() -> None:
    report = text_report(example(), "en", 100)
    assert "Total score: needs 60, has 53.35, 6.65 points short" in report
    assert "Digital operations at grade 3 or above: needs 8, has 6, 2 short" in report


def test_an_incomplete_result_shows_its_range() -> None:
    report = text_report(empty(), "en", 100)
    assert "0.00–100.00 / 100" in report
    assert "(none) ─ (L1) ─ (L2) ─ (L3) ─ (L4)" in report
    assert "0 % complete" in report


def test_shares_of_enterprises_are_never_a_gap() -> None:
    report = text_report(example(), "en", 120)
    assert "you do, as 86.7 % do" in report
    assert "13.3" not in report


def test_the_documents_are_those_that_rules_come_from() -> None:
    """Of the five sources of the SME model, what is counted comes from two; the others are told about only."""
    assert [source.id for source in bamai.score_file(EXAMPLE).documents] == ["platform_capture", "web_tool"]
    found = [source.id for source in bamai.score_file(GENERAL_EXAMPLE).documents]
    assert found == ["reference", "platform_capture", "web_tool"]


def test_the_sources_are_counted() -> None:
    assert "31 official, 12 adapted, 0 illustrative; 12 of them second-hand" in text_report(example(), "en", 120)


@pytest.mark.parametrize(
    ("value", "thresholds", "shown"),
    [
        ("59.996", ["60"], "59.996"), ("59.9999996", ["60"], "59.9999996"), ("60", ["60"], "60.00"),
        ("59.994", ["60"], "59.99"), ("53.975", [], "53.98"), ("53.974999", [], "53.97"), ("0", [], "0.00"),
        ("60.004", ["60"], "60.00"), ("0.000001", ["0.000001"], "0.000001"),
    ],
)  # fmt: skip
def test_a_shown_score_never_crosses_a_threshold(value: str, thresholds: list[str], shown: str) -> None:
    assert shown_score(Decimal(value), [Decimal(limit) for limit in thresholds]) == shown


HOSTILE = "[red]甲[/red] <b>&\x1b[31m\u202e=1+1 `x` | **y** 🏭 #"


@pytest.mark.parametrize("lang", LANGS)
def test_a_name_is_data(lang: Lang) -> None:
    hostile = example()._replace(enterprise=Enterprise(name=HOSTILE), assessor="[bold]\x07")
    report = text_report(hostile, lang, 120)
    assert "[red]甲[/red] <b>&\\x1b[31m\\u202e=1+1 `x` | **y** 🏭 #" in report
    assert "\x1b" not in report
    document = markdown(blocks(hostile, lang, full=True), lang)
    assert "\x1b" not in document
    assert "<b>" not in re.sub(r"\\.", "", document)


def test_markdown_is_escaped() -> None:
    assert escape("a|b\n<script> **x** [l](u) 1. 57.7") == r"a\|b \<script\> \*\*x\*\* \[l\]\(u\) 1\. 57.7"


@pytest.mark.parametrize("lang", LANGS)
def test_markdown_tables_are_whole(lang: Lang) -> None:
    for result in (example(), empty()):
        table: list[int] = []
        for line in [*markdown(blocks(result, lang, full=True), lang).splitlines(), ""]:
            if line.startswith("|"):
                table.append(len(re.findall(r"(?<!\\)\|", line)))
            else:
                assert len(set(table)) <= 1
                table = []


def test_colour_only_on_a_terminal(run: Run) -> None:
    assert b"\x1b" not in run("score", EXAMPLE).stdout
    assert b"\x1b" in run("score", EXAMPLE, env={"FORCE_COLOR": "1"}).stdout
    no_color = run("score", EXAMPLE, env={"FORCE_COLOR": "1", "NO_COLOR": "1"}).stdout
    assert not re.search(rb"\x1b\[[0-9;]*(3|4|9|10)[0-7]\b", no_color)


def test_a_pipe_has_80_columns_unless_told(run: Run) -> None:
    widest = [max(cell_len(line) for line in run("score", EXAMPLE, env=env).stdout.decode().splitlines())
              for env in ({}, {"COLUMNS": "100"}, {"COLUMNS": "x"})]  # fmt: skip
    assert widest == [80, 100, 80]


def test_a_chinese_console_that_is_not_utf8(run: Run) -> None:
    done = run("score", EXAMPLE, env={"PYTHONIOENCODING": "gbk"})
    assert done.returncode == 0
    text = done.stdout.decode("gbk")
    assert "数字化转型诊断报告" in text
    assert "?" not in text
    assert "####" in text
    assert run("score", EXAMPLE, "--format", "json", env={"PYTHONIOENCODING": "gbk"}).stdout.decode("utf-8")


def test_an_english_console_loses_no_report() -> None:
    done = subprocess.run([sys.executable, "-m", "bamai", "--lang", "zh", "score", str(EXAMPLE)], capture_output=True,
                          check=False, env={"PYTHONIOENCODING": "ascii", "PATH": ""})  # fmt: skip
    assert done.returncode == 0
    assert b"53.35 / 100" in done.stdout


def test_round_numbers_read_as_people_write_them() -> None:
    result = assessed(
        edition("general"), {"equipment_digital_rate": "100", "cnc_rate": "90", "digital_investment_3y": "630"}
    )
    words = {indicator.id: (indicator.reason.en, str(indicator.score)) for indicator in result.strengths}
    assert words == {
        "equipment_digital_rate": ("100 %: 100 of 100", "100"), "cnc_rate": ("90 %: 90 of 100", "90"),
    }  # fmt: skip
    told = {answer.question: (answer.told, answer.worth) for answer in result.answers if answer.told}
    assert [text.en for text in told["cnc_rate"][1]] == ["90 of 100"]
    amount = told["digital_investment_3y"][0]
    assert amount is not None
    assert (amount.zh, amount.en) == ("630 万元", "630 × 10,000 yuan")


# ── line breaking ────────────────────────────────────────────────────────────────────────────────────


@given(st.text(alphabet="甲乙，。（）“”abc 12.5%-\n…、", max_size=80), st.integers(6, 40))
def test_lines_fit_and_lose_nothing_but_spaces(text: str, width: int) -> None:
    parts = [text[start:end] for start, end in lines(text, width)]
    assert "".join(parts).replace(" ", "").replace("\n", "") == text.replace(" ", "").replace("\n", "")
    assert all(cell_len(part.rstrip()) <= width for part in parts)


def test_breaks_are_where_a_reader_expects_them() -> None:
    def wrapped(text: str, width: int) -> list[str]:
        return [text[start:end].rstrip() for start, end in lines(text, width)]

    assert wrapped("设备数字化，联网率", 10) == ["设备数字", "化，联网率"]
    assert wrapped("the PDF 逐条核对", 10) == ["the PDF 逐", "条核对"]
    assert wrapped("甲（乙）丙", 6) == ["甲", "（乙）", "丙"]
    assert wrapped("abcdefghij", 4) == ["abcd", "efgh", "ij"]
    assert wrapped("a\n\nb", 4) == ["a", "", "b"]
    assert units("产品设计★\u00a03  乙")[-1] == "乙"
