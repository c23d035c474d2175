"""The summary of a batch: every number worked out by hand on a small batch, and recounted on large ones."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from rich.cells import cell_len

from bamai.answers import Answers, Cell, Column, Judge, half_up, judge_rows
from bamai.assessing import assess
from bamai.assessment import Assessment
from bamai.benchmark import Benchmark
from bamai.catalog import Catalog, Edition
from bamai.texts import LANGS, Lang
from bamai.vocabulary import load_vocabulary
from bench.rows import chunks
from conftest import Run, edition

D = Decimal

MODEL = """\
schema: bamai.model/1
id: tiny
edition: "1"
in_force: true
title: {zh: 小模型, en: Tiny model}
summary: {zh: 试, en: Trial}
disclaimer: {zh: 仅供测试, en: For tests only}
status: illustrative
seen: original
source: us
sources:
  - {id: us, title: {zh: 我们, en: Us}, seen: original}
tags:
  - {id: core, title: {zh: 核心, en: Core}}
levels:
  - {id: L1, title: {zh: 一, en: One}, score: 20}
  - id: L2
    title: {zh: 二, en: Two}
    score: 50
    gates:
      - {kind: count, id: L2.count, within: work, grade: 1, needs: 2}
      - {kind: count, id: L2.core, within: work, tag: core, grade: 2, needs: 1}
      - {kind: metric, id: L2.cnc, metric: cnc_rate, needs: 30}
  - id: L3
    title: {zh: 三, en: Three}
    score: 80
    gates:
      - {kind: count, id: L3.count, within: work, grade: 2, needs: 2}
no_level: {zh: 未达一级, en: Below one}
dimensions:
  - id: base
    title: {zh: 基础, en: Base}
    weight: 60
    indicators:
      - id: cnc
        title: {zh: 数控化, en: CNC}
        scoring: {kind: linear, question: cnc_rate, out_of: 100, knots: [{at: 0, points: 0}, {at: 100, points: 100}]}
  - id: work
    title: {zh: 业务, en: Work}
    weight: 40
    indicators:
      - id: planning
        title: {zh: 计划, en: Planning}
        tags: [core]
        na: true
        scoring: {kind: staged, question: planning, out_of: 100, points: [0, 50, 100]}
      - id: quality
        title: {zh: 质量, en: Quality}
        scoring: {kind: staged, question: quality, out_of: 100, points: [0, 50, 100]}
"""

QUESTIONS = """\
schema: bamai.questionnaire/1
model: tiny
edition: "1"
title: {zh: 问卷, en: Questions}
sections:
  - id: all
    title: {zh: 全部, en: All}
    questions:
      - {id: cnc_rate, kind: percent, min: 0, max: 100, metric: {better: up}, text: {zh: 数控化率, en: CNC rate}}
      - {id: design_tools_used, kind: yes_no, compared_only: true, metric: {better: up}, text: {zh: 工具, en: Tools}}
      - {id: planning, kind: grade, grades: [{zh: 一, en: one}, {zh: 二, en: two}], text: {zh: 计划, en: Planning}}
      - {id: quality, kind: grade, grades: [{zh: 一, en: one}, {zh: 二, en: two}], text: {zh: 质量, en: Quality}}
"""

HEADER = "id,industry,province,employees,cnc_rate,design_tools_used,planning,quality"
ROWS = """\
A,机械,江苏,500,80,yes,2,2
B,机械,江苏,50,66.2,yes,1,2
C,电子,广东,5000,20,no,0,1
D,未知行业,,,10,yes,0,0
E,电子,广东,many,33.333333,,n/a,2
F,机械,浙江,100,90,,,2
G,机械,浙江,100,Z,yes,2,2
A,机械,江苏,500,71.1,no,2,1
""".splitlines()
"""Scores 0.6 × rate + 0.4 × the mean of the grades, 50 points each:
A 88 (L3), B 69.72 (L1), C 22 (L1), D 6 (none), E 59.9999998, which is rounded to 60 (L1), F incomplete, G refused,
A again 72.66 (L2).
"""


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """A model with few enough rules to count by hand; it asks for two metrics that have published figures."""
    for kind, text in (("rules", MODEL), ("questionnaires", QUESTIONS)):
        folder = tmp_path / "own" / kind / "tiny" / "1"
        folder.mkdir(parents=True)
        (folder / f"{'model' if kind == 'rules' else 'questionnaire'}.yaml").write_text(text, encoding="utf-8")
    return tmp_path / "own"


class Summed(NamedTuple):
    """What a run left behind."""

    code: int
    stdout: str
    stderr: str
    data: dict[str, Any]
    markdown: str


def summed(
    run: Run, folder: Path, files: Mapping[str, str], *args: str | Path, lang: Lang = "en", **env: str
) -> Summed:
    """Run a batch over *files* and read what it says of them."""
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    wanted = [part for path in ("s.json", "s.md") for part in ("--summary", folder / path)]
    done = run("batch", *files, "--force", "--lang", lang, *wanted, *args, env=env)
    assert done.returncode in (0, 3), done.stderr.decode()
    data = json.loads((folder / "s.json").read_text(encoding="utf-8"), parse_float=D)
    encoding = env.get("PYTHONIOENCODING", "utf-8")
    return Summed(done.returncode, done.stdout.decode(), done.stderr.decode(encoding), data,
                  (folder / "s.md").read_text(encoding="utf-8"))  # fmt: skip


def lines(*rows: str) -> str:
    return "\n".join((HEADER, *rows)) + "\n"


def spread(item: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(item[key] for key in ("mean", "q1", "median", "q3"))


def exact(*numbers: str) -> tuple[Decimal, ...]:
    return tuple(map(D, numbers))


# ── by hand ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def by_hand(run: Run, tmp_path: Path, tiny: Path) -> Summed:
    return summed(run, tmp_path, {"in.csv": lines(*ROWS)}, "--model", "tiny", "--rules", tiny, "-o", "o.csv")


def test_counts_levels_and_scores(by_hand: Summed) -> None:
    data = by_hand.data
    assert by_hand.code == 3
    assert (data["schema"], data["model"], data["disclaimer"]) == ("bamai.summary/1", "tiny@1", "For tests only")
    assert re.fullmatch("sha256:[0-9a-f]{64}", data["digest"])
    assert re.fullmatch("sha256:[0-9a-f]{64}", data["content_digest"])
    assert data["counts"] == {"records": 8, "results": 7, "complete": 6, "incomplete": 1, "refused": 1,
                              "duplicates": 1, "unfinished": 0}  # fmt: skip
    sixth = D("0.166667")
    assert [(x["id"], x["title"], x["results"], x["share"]) for x in data["levels"]] == [
        ("none", "Below one", 1, sixth), ("L1", "One", 3, D("0.5")), ("L2", "Two", 1, sixth), ("L3", "Three", 1, sixth),
    ]  # fmt: skip
    score, base, work = data["scores"]
    # 6 22 60 69.72 72.66 88: 318.38 ÷ 6; ranks 2, 3, 5
    assert (score["id"], score["results"], *spread(score)) == ("score", 6, *exact("53.063333", "22", "60", "72.66"))
    # 10 20 33.333333 66.2 71.1 80: 280.633333 ÷ 6
    assert (base["id"], base["title"], *spread(base)) == ("base", "Base", *exact("46.772222", "20", "33.33", "71.1"))
    # 0 25 75 75 100 100
    assert (work["id"], *spread(work)) == ("work", *exact("62.5", "25", "75", "100"))


def test_groups_and_what_stands_apart(by_hand: Summed) -> None:
    def told(group: Mapping[str, Any]) -> tuple[Any, ...]:
        return (group["id"], group["title"], group["results"], group["complete"], *spread(group))

    groups = by_hand.data["groups"]
    assert list(groups) == ["industry", "province", "size"]
    machinery, electronics = groups["industry"]["groups"]
    # 69.72 72.66 88; the incomplete one is a result of the group and nothing else
    assert told(machinery) == ("machinery", "Machinery", 4, 3, *exact("76.793333", "69.72", "72.66", "88"))
    assert machinery["levels"] == {"none": 0, "L1": 1, "L2": 1, "L3": 1}
    assert told(electronics) == ("electronics", "Electronics", 2, 2, *exact("41", "22", "22", "60"))
    six = exact("6", "6", "6", "6")
    assert told(groups["industry"]["unrecognised"]) == ("unrecognised", "Not recognised", 1, 1, *six)
    assert groups["industry"]["not_stated"] is None
    assert [(g["id"], g["results"], g["complete"]) for g in groups["province"]["groups"]] == [
        ("jiangsu", 3, 3), ("guangdong", 2, 2), ("zhejiang", 1, 0),
    ]  # fmt: skip
    assert spread(groups["province"]["groups"][2]) == (None, None, None, None)
    assert groups["province"]["unrecognised"] is None
    assert told(groups["province"]["not_stated"]) == ("not_stated", "Not stated", 1, 1, *six)
    assert [(g["id"], g["results"]) for g in groups["size"]["groups"]] == [("medium", 2), ("small", 2), ("large", 1)]
    assert (groups["size"]["unrecognised"]["results"], groups["size"]["not_stated"]["results"]) == (1, 1)


def test_beside_published_figures(by_hand: Summed) -> None:
    figures = by_hand.data["comparisons"]
    told = [tuple(x[key] for key in ("metric", "benchmark_value", "compared", "mean", "ahead", "ahead_share", "yes",
                                     "yes_share")) for x in figures]  # fmt: skip
    mean = D("52.947619")  # 80 66.2 20 10 33.333333 90 71.1: 370.633333 ÷ 7, the incomplete one among them
    assert told == [
        ("cnc_rate", D("71.1"), 7, mean, 2, D("0.285714"), None, None),  # 71.1 itself is not better than 71.1
        ("cnc_rate", D("66.2"), 7, mean, 3, D("0.428571"), None, None),
        ("design_tools_used", D("86.7"), 5, None, None, None, 3, D("0.6")),
        ("design_tools_used", D("83.5"), 5, None, None, None, 3, D("0.6")),
    ]
    published = {item.id: (item, source) for item, source in Catalog().load("sme").compared}
    for figure in figures:
        item, source = published[figure["benchmark"]]
        assert (figure["op"], figure["unit"], figure["as_of"]) == (item.op, "percent", item.as_of)
        assert (figure["statistic"], figure["statistic_basis"]) == (item.statistic, item.statistic_basis)
        assert (figure["population"], figure["caution"]) == (item.population.en, item.caution and item.caution.en)
        assert (figure["source"], figure["seen"]) == (source.title.en, item.seen)


def test_what_keeps_enterprises_from_the_next_level(by_hand: Summed) -> None:
    data = by_hand.data
    assert data["below_top"] == 5
    assert [(x["id"], x["level"], x["results"], x["share"]) for x in data["blockers"]] == [
        ("L2.core", "L2", 3, D("0.6")), ("L2.count", "L2", 2, D("0.4")),
        *((name, name[:2], 1, D("0.2")) for name in ("L1.score", "L2.score", "L2.cnc", "L3.score", "L3.count")),
    ]  # fmt: skip
    told = {x["id"]: (x["title"], x["sign"], x["needs"], x["unit"]) for x in data["blockers"]}
    assert told["L2.core"] == ("Work at grade 2 or above (only: Core)", "≥", 1, None)
    assert told["L2.cnc"] == ("CNC", "≥", 30, "%")
    assert told["L1.score"] == ("Total score", "≥", 20, None)
    # C has planning below the grades of two gates and counts once; E has it n/a
    assert [(x["id"], x["title"], x["results"], x["share"]) for x in data["short"]] == [
        ("planning", "Planning", 2, D("0.4")), ("quality", "Quality", 1, D("0.2")),
    ]  # fmt: skip


def test_what_the_screen_shows(by_hand: Summed) -> None:
    shown = brief_of(by_hand.stderr, "en")
    told = "6 of 7 results are complete; incomplete, without a level or score and in no distribution: 1."
    assert told in " ".join(shown.split())
    assert re.search(r"^Below one  \S+  16\.67 %  1$", shown, re.MULTILINE)
    assert re.search(r"^Total score  \S+  60\.00  22\.00–72\.66$", shown, re.MULTILINE)
    assert "Machinery 4 / 72.66; Electronics 2 / 22.00; Not recognised 1 / 6.00" in shown
    assert re.search(r"^1 CNC rate of key production processes +52\.95 % +71\.1 % +28\.57 %$", shown, re.MULTILINE)
    assert re.search(r"^2 Penetration rate of digital R&D design tools +60\.00 % +86\.7 % +–$", shown, re.MULTILINE)
    assert "statistic inferred" in shown
    assert "Results compared: 5–7." in " ".join(shown.split())
    assert re.search(r"^L2 Work at grade 2 or above \(only: Core\) ≥ 1 +3 +60\.00 %$", shown, re.MULTILINE)


def brief_of(stderr: str, lang: Lang) -> str:
    """The summary in what went to stderr: from its title to the next file that was written."""
    title, written = ("汇总", "已写入") if lang == "zh" else ("Summary", "written:")
    start = re.search(rf"^{title}  ", stderr, re.MULTILINE)
    assert start is not None, stderr
    return stderr[start.start() :].split(f"\n{written}", maxsplit=1)[0]


def test_markdown_says_everything(by_hand: Summed) -> None:
    plain = re.sub(r"\\(.)", r"\1", by_hand.markdown)
    for row in (
        "| none | Below one | 1 | 16.67 % |",
        "| Total score | 6 | 53.06 | 22.00 | 60.00 | 72.66 |",
        "| Machinery | 4 | 3 | 76.79 | 69.72 | 72.66 | 88.00 | 0 | 1 | 1 | 1 |",
        "| Zhejiang | 1 | 0 | n/a | n/a | n/a | n/a | 0 | 0 | 0 | 0 |",
        "| Not stated | 1 | 1 | 6.00 | 6.00 | 6.00 | 6.00 | 1 | 0 | 0 | 0 |",
        "| L2 CNC ≥ 30 % | 1 | 20.00 % |",
        "| Planning | planning | 2 | 40.00 % |",
    ):
        assert f"\n{row}\n" in plain
    assert "| 52.95 % | 71.1 % | 2 of 7 (28.57 %) |" in plain
    assert "| 60.00 % | 86.7 % | 3 of 5 (60.00 %) |" in plain
    for figure in by_hand.data["comparisons"]:
        assert figure["population"] in plain
        assert figure["caution"] in plain
        assert figure["source"] in plain
    assert "> For tests only" in plain
    assert by_hand.data["digest"] in plain
    assert all(text in plain for text in by_hand.data["definitions"].values())
    table: list[int] = []
    for line in [*by_hand.markdown.splitlines(), ""]:
        if line.startswith("|"):
            table.append(len(re.findall(r"(?<!\\)\|", line)))
        else:
            assert len(set(table)) <= 1
            table = []


def test_both_languages_say_the_same_numbers(run: Run, tmp_path: Path, tiny: Path, by_hand: Summed) -> None:
    zh = summed(run, tmp_path, {"in.csv": lines(*ROWS)}, "--model", "tiny", "--rules", tiny, "-o", "o.csv", lang="zh")
    numbers = re.compile(r"[0-9]+\.[0-9]+ %|\d\.\d\d–\d")
    assert numbers.findall(brief_of(zh.stderr, "zh")) == numbers.findall(brief_of(by_hand.stderr, "en"))
    assert [group["title"] for group in zh.data["groups"]["industry"]["groups"]] == ["机械", "电子"]
    assert zh.data["groups"]["province"]["not_stated"]["title"] == "未填写"
    assert "最近秩" in zh.data["definitions"]["quartiles"]
    assert zh.data["counts"] == by_hand.data["counts"]


def test_results_alone_go_to_stdout(run: Run, tmp_path: Path, tiny: Path) -> None:
    done = summed(run, tmp_path, {"in.csv": lines(*ROWS[:4])}, "--model", "tiny", "--rules", tiny)
    rows = list(csv.DictReader(done.stdout.removeprefix("\ufeff").splitlines()))
    assert [row["id"] for row in rows] == ["A", "B", "C", "D"]
    assert "Summary" not in done.stdout
    assert "4 of 4 results are complete" in done.stderr


def test_open_answers_as_the_worst(run: Run, tmp_path: Path, tiny: Path) -> None:
    args = ("--model", "tiny", "--rules", tiny, "-o", "o.csv", "--missing", "lowest", "--lenient")
    done = summed(run, tmp_path, {"in.csv": lines(*ROWS)}, *args)
    assert (done.data["missing"], done.data["lenient"]) == ("lowest", True)
    assert done.data["counts"]["complete"] == 8
    assert "Open answers count as lowest. Refused cells count as open." in " ".join(done.stderr.split())


# ── batches with nothing to count ────────────────────────────────────────────────────────────────────

NO_SPREAD = (None, None, None, None)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(
    ("rows", "counts"),
    [
        ([], (0, 0, 0, 0)), (["A,机械,江苏,500,,,,", "B,机械,江苏,50,80,yes,,"], (2, 2, 2, 0)),
        (["A,机械,江苏,500,Z,yes,2,2", ",,,,80,yes,2,2"], (2, 0, 0, 2)),
    ],
    ids=["empty", "incomplete", "refused"],
)  # fmt: skip
def test_nothing_complete(
    run: Run, tmp_path: Path, tiny: Path, lang: Lang, rows: list[str], counts: tuple[int, ...]
) -> None:
    done = summed(run, tmp_path, {"in.csv": lines(*rows)}, "--model", "tiny", "--rules", tiny, "-o", "o.csv", lang=lang)
    data = done.data
    assert done.code == (3 if counts[3] else 0)
    assert tuple(data["counts"][key] for key in ("records", "results", "incomplete", "refused")) == counts
    assert data["counts"]["complete"] == 0
    assert [(level["results"], level["share"]) for level in data["levels"]] == [(0, None)] * 4
    assert [spread(score) for score in data["scores"]] == [NO_SPREAD] * 3
    assert (data["below_top"], data["blockers"], data["short"]) == (0, [], [])
    groups = data["groups"]["industry"]["groups"]
    # an incomplete result is in its group and beside the figures, and nowhere else
    incomplete = counts[2] > 0
    assert [(g["results"], g["complete"], *spread(g)) for g in groups] == [(2, 0, *NO_SPREAD)] * incomplete
    first = data["comparisons"][0]
    assert (first["compared"], first["mean"]) == ((1, 80) if incomplete else (0, None))
    shown = brief_of(done.stderr, lang)
    assert ("Levels" in shown, "等级分布" in shown) == (False, False)
    assert "Traceback" not in done.stderr
    assert done.markdown.startswith("## ")


def test_a_header_without_rows(run: Run, tmp_path: Path, tiny: Path) -> None:
    empty = {"in.csv": "id,cnc_rate,planning,quality\n"}
    done = summed(run, tmp_path, empty, "--model", "tiny", "--rules", tiny, "-o", "o.csv")
    assert (done.code, set(done.data["counts"].values())) == (0, {0})
    assert [(one["compared"], one["mean"]) for one in done.data["comparisons"]] == [(0, None)] * len(
        done.data["comparisons"]
    )
    assert done.data["comparisons"]


def test_a_batch_without_the_columns_that_groups_need(run: Run, tmp_path: Path, tiny: Path) -> None:
    files = {"a.csv": "id,cnc_rate,planning,quality\nA,80,2,2\n", "b.csv": lines(ROWS[1])}
    done = summed(run, tmp_path, files, "--model", "tiny", "--rules", tiny, "-o", "o.csv")
    for grouping in done.data["groups"].values():
        assert (grouping["not_stated"]["results"], [g["results"] for g in grouping["groups"]]) == (1, [1])
    alone = summed(run, tmp_path, {"a.csv": files["a.csv"]}, "--model", "tiny", "--rules", tiny, "-o", "o.csv")
    assert "Groups" not in brief_of(alone.stderr, "en")


# ── recounted ────────────────────────────────────────────────────────────────────────────────────────

MODELS = ["general@2026-reference", "sme@2024"]
N = 3000


@lru_cache
def generated(name: str) -> list[list[str]]:
    """Header and rows of *name* as the benchmarks make them."""
    [table] = chunks(edition(name), N)
    return [table.column_names, *(list(row.values()) for row in table.to_pylist())]


def as_csv(header: list[str], rows: Iterable[list[str]]) -> str:
    return "\n".join(",".join(row) for row in (header, *rows)) + "\n"


@lru_cache
def singles(name: str) -> list[tuple[dict[str, str], Assessment]]:
    """Every generated row that is in order, scored by itself."""
    edition_: Edition = edition(name)
    judge = Judge(edition_)
    header, *rows = generated(name)
    found = []
    for row in rows:
        texts = dict(zip(header, row, strict=True))
        cells = {key: judge.cell(key, texts[key]) for key in edition_.questions}
        if all(isinstance(cell, Cell) for cell in cells.values()):
            columns = {key: Column.of([cell]) for key, cell in cells.items() if isinstance(cell, Cell)}
            if not judge_rows(edition_, columns).problems:
                found.append((texts, assess(edition_, Answers(edition_.ref), columns)))
    return found


def millionth(value: Fraction) -> Decimal:
    return D(int((value * 2_000_000 + 1) // 2)) / 1_000_000


def spread_of(scores: Iterable[Decimal | None]) -> tuple[Any, ...]:
    """Mean and quartiles by their definitions."""
    exact_ = [score for score in scores if score is not None]
    if not exact_:
        return NO_SPREAD
    ordered = sorted(half_up(score, D("0.01")) for score in exact_)
    ranks = [-(-len(ordered) * quarters // 4) for quarters in (1, 2, 3)]
    mean = sum((Fraction(score) for score in exact_), Fraction(0)) / len(exact_)
    return (millionth(mean), *(ordered[rank - 1] for rank in ranks))


@pytest.fixture(params=MODELS)
def large(request: pytest.FixtureRequest, run: Run, tmp_path: Path) -> tuple[str, Summed]:
    name: str = request.param
    header, *rows = generated(name)
    files = {"in.csv": as_csv(header, rows)}
    return name, summed(run, tmp_path, files, "--model", name, "-o", "o.csv", "--threads", "1")


def test_a_large_batch_recounted(large: tuple[str, Summed], tmp_path: Path) -> None:
    name, done = large
    found = singles(name)
    complete = [(texts, single) for texts, single in found if single.status == "complete"]
    data = done.data
    assert data["counts"] == {"records": N, "results": len(found), "complete": len(complete), "refused": N - len(found),
                              "incomplete": len(found) - len(complete), "duplicates": 0, "unfinished": 0}  # fmt: skip
    assert 0 < len(complete) < len(found) < N

    levels = Counter(single.level for _, single in complete)
    assert {x["id"]: x["results"] for x in data["levels"]} == {x["id"]: levels[x["id"]] for x in data["levels"]}
    assert sum(x["results"] for x in data["levels"]) == len(complete)
    assert all(x["share"] == millionth(Fraction(x["results"], len(complete))) for x in data["levels"])

    dimensions = [d for d in edition(name).model.dimensions if d.scored]
    assert [x["id"] for x in data["scores"]] == ["score", *(d.id for d in dimensions)]
    assert spread(data["scores"][0]) == spread_of(single.score for _, single in complete)
    for index, told in enumerate(data["scores"][1:]):
        parts = [[d for d in single.dimensions if d.scored][index].score for _, single in complete]
        assert (told["results"], *spread(told)) == (sum(p is not None for p in parts), *spread_of(parts))

    vocabulary = load_vocabulary()
    finders = {"industry": vocabulary.industry, "province": vocabulary.province, "size": vocabulary.size}
    for kind, find in finders.items():
        members: dict[str, list[Assessment]] = defaultdict(list)
        for texts, single in found:
            group = find(texts["employees" if kind == "size" else kind])
            assert group is not None
            members[group].append(single)
        told_groups = data["groups"][kind]["groups"]
        assert [g["id"] for g in told_groups] == sorted(members, key=lambda group: (-len(members[group]), group))
        for group in told_groups:
            mine = members[group["id"]]
            settled = [single for single in mine if single.status == "complete"]
            assert (group["results"], group["complete"]) == (len(mine), len(settled))
            reached = Counter(single.level for single in settled)
            assert group["levels"] == {level: reached[level] for level in group["levels"]}
            assert spread(group) == spread_of(single.score for single in settled)

    with (tmp_path / "o.csv").open(encoding="utf-8-sig", newline="") as stream:
        blocked = Counter(part for row in csv.DictReader(stream) for part in row["blocked_by"].split("|") if part)
    assert {x["id"]: x["results"] for x in data["blockers"]} == blocked
    below = [single for _, single in complete if single.next_level is not None]
    assert data["below_top"] == len(below)
    assert all(x["share"] == millionth(Fraction(x["results"], len(below))) for x in data["blockers"])
    short: Counter[str] = Counter()
    for single in below:
        gates = [g for g in single.gates if g.level == single.next_level and g.met is False and g.unit == "count"]
        short.update({i for gate in gates for i in gate.short if single.indicators[i].state != "na"})
    assert {x["id"]: x["results"] for x in data["short"]} == short
    for key in ("blockers", "short"):
        counts = [x["results"] for x in data[key]]
        assert counts == sorted(counts, reverse=True)


def test_figures_of_a_large_batch_recounted(large: tuple[str, Summed]) -> None:
    name, done = large
    by_id: dict[str, list[Any]] = defaultdict(list)
    figures: dict[str, tuple[Benchmark, str]] = {}
    for _, single in singles(name):
        for comparison in single.comparisons:
            by_id[comparison.benchmark.id].append(comparison.value)
            figures[comparison.benchmark.id] = comparison.benchmark, comparison.better
    assert [x["benchmark"] for x in done.data["comparisons"]] == [item.id for item, _ in edition(name).compared]
    directions = set()
    for told in done.data["comparisons"]:
        values = by_id[told["benchmark"]]
        item, better = figures[told["benchmark"]]
        assert (told["compared"], told["better"], told["benchmark_value"]) == (len(values), better, item.value)
        if "share_of_enterprises" in (item.statistic, item.target_of):
            yes = values.count(True)
            assert (told["yes"], told["yes_share"]) == (yes, millionth(Fraction(yes, len(values))))
            assert told["mean"] is told["ahead"] is told["ahead_share"] is None
        else:
            ahead = sum(value > item.value if better == "up" else value < item.value for value in values)
            mean = sum((Fraction(value) for value in values), Fraction(0)) / len(values)
            assert (told["ahead"], told["mean"]) == (ahead, millionth(mean))
            assert told["ahead_share"] == millionth(Fraction(ahead, len(values)))
            assert told["yes"] is told["yes_share"] is None
            directions.add(better)
    assert directions == ({"up", "down"} if name.startswith("general") else {"up"})


def test_neither_order_nor_blocks_nor_threads_matter(large: tuple[str, Summed], run: Run, tmp_path: Path) -> None:
    name, done = large
    header, *rows = generated(name)
    rows = rows[::-1]
    files = {f"part{i}.csv": as_csv(header, rows[start:end]) for i, (start, end) in
             enumerate([(0, 7), (7, 1300), (1300, 1301), (1301, N)])}  # fmt: skip
    again = summed(run, tmp_path, files, "--model", name, "-o", "o.csv", "--threads", "3")
    assert again.data == done.data
    assert again.markdown == done.markdown
    assert brief_of(again.stderr, "en") == brief_of(done.stderr, "en")


@pytest.mark.parametrize(
    ("name", "lang", "encoding"),
    [("general", "zh", "utf-8"), ("general", "en", "ascii"), ("sme", "en", "utf-8"), ("sme", "zh", "gbk")],
)
def test_no_line_is_too_long_and_no_text_is_cut(run: Run, tmp_path: Path, name: str, lang: Lang, encoding: str) -> None:
    header, *rows = generated(name)
    files = {"in.csv": as_csv(header, rows[:300])}
    for width in (48, 80, 120):
        env = {"COLUMNS": str(width), "PYTHONIOENCODING": encoding}
        done = summed(run, tmp_path, files, "--model", name, "-o", "o.csv", lang=lang, **env)
        shown = brief_of(done.stderr, lang)
        assert max(cell_len(line) for line in shown.splitlines()) <= width
        assert "…" not in shown
        assert "\x1b" not in done.stderr
        assert ("█" in shown, "#" in shown) == ((True, False) if encoding == "utf-8" else (False, True))
        assert "?" not in shown
        compact = re.sub(r"\s", "", shown)
        for item in done.data["scores"]:
            assert f"{item['median']:.2f}" in compact
        for blocker in done.data["blockers"][:5]:
            assert re.sub(r"\s", "", blocker["title"]) in compact
        if width > 48:
            assert len(shown.splitlines()) <= 50
