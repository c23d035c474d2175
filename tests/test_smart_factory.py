"""A model without a score: levels by conditions alone, and nowhere a number that pretends to be one."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bamai.answers import Answers, Entry, Judge
from bamai.assessing import assess
from bamai.assessment import Assessment
from bamai.catalog import Catalog
from bamai.changes import read_changes
from bamai.report.content import Bars, Conditions, Header, Table, blocks
from bamai.report.whatif import whatif_blocks
from bamai.report.writers import report
from bamai.texts import LANGS, Lang
from bamai.whatif import what_if
from conftest import ROOT, Run, assessed, columns_of, edition
from test_broken_rules import SMALL_MODEL, SMALL_QUESTIONS, check, small

MODEL = "smart_factory@2025"
EXAMPLE = ROOT / "questionnaires/smart_factory/2025/example.yaml"
ROWS = EXAMPLE.with_name("example.csv")
LINKS = ("factory_construction", "research_design", "production_operations", "production_management",
         "business_management")  # fmt: skip
SAID = re.compile(r"总分|得分为|score of|total score|/ 100", re.IGNORECASE)


def answers(maturity: str, covered: str, effect: str) -> dict[str, str]:
    """*covered*: 0 or 1 for each link in order."""
    return {"cmmm_level": maturity, **dict(zip(LINKS, covered, strict=True)), "effect": effect}


def result(maturity: str, covered: str, effect: str) -> Assessment:
    return assessed(edition(MODEL), answers(maturity, covered, effect))


# the account's table: maturity, links, effect
@pytest.mark.parametrize(
    ("maturity", "covered", "effect", "level"),
    [
        ("1", "11111", "4", "none"), ("2", "00100", "0", "none"), ("2", "11011", "4", "none"),
        ("2", "00100", "1", "L1"), ("4", "11100", "4", "L1"), ("2", "00111", "1", "L1"),
        ("2", "00111", "2", "L2"), ("2", "11111", "4", "L2"), ("5", "01111", "4", "L2"), ("4", "11111", "2", "L2"),
        ("3", "11111", "3", "L3"), ("3", "11111", "4", "L3"), ("5", "11111", "3", "L3"),
        ("4", "11111", "4", "L4"), ("5", "11111", "4", "L4"),
    ],
)  # fmt: skip
def test_the_rung_that_conditions_make(maturity: str, covered: str, effect: str, level: str) -> None:
    found = result(maturity, covered, effect)
    assert (found.level, found.status, found.range) == (level, "complete", None)
    assert (found.score, found.scored_level, found.missing_points) == (None, None, None)
    assert not found.scored


@pytest.mark.parametrize(
    ("maturity", "covered", "effect", "low", "high"),
    [
        ("3", "11111", "", "none", "L3"), ("4", "11111", "", "none", "L4"), ("1", "11111", "", "none", "none"),
        ("", "11111", "4", "none", "L4"), ("", "00111", "2", "none", "L2"),
    ],
)  # fmt: skip
def test_what_cannot_be_judged_stays_undecided(maturity: str, covered: str, effect: str, low: str, high: str) -> None:
    found = result(maturity, covered, effect)
    assert (found.level, found.score) == (None, None)
    assert found.range == (None, None, low, high)
    undecided = {gate.id for gate in found.gates if gate.met is None}
    wanted = "effect" if not effect else "maturity"
    assert undecided <= {f"L{n}.{wanted}" for n in range(1, 5)}
    assert bool(undecided)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("effect", ["2", ""])
def test_no_report_pretends_a_score(lang: Lang, effect: str) -> None:
    found = result("3", "01111", effect)
    said = list(blocks(found, lang, full=True))
    assert not any(isinstance(block, Bars) for block in said)
    [header] = [block for block in said if isinstance(block, Header)]
    assert header.score == "" and header.low is header.high is None
    assert all(rung.threshold is None for rung in header.rungs)
    [conditions] = [block for block in said if isinstance(block, Conditions)]
    assert len(conditions.rows) == 3
    assert all(len(block.heads) <= 3 for block in said if isinstance(block, Table))
    for suffix in (".md", ".html", ".txt"):
        made = report(suffix, [found], lang, ()).decode()
        text = re.sub(r"<style>.*?</style>", "", made, flags=re.DOTALL)
        assert not SAID.search(text), (suffix, SAID.search(text))


@pytest.mark.parametrize("suffix", [".docx", ".xlsx", ".pdf"])
def test_documents_are_made(run: Run, tmp_path: Path, suffix: str) -> None:
    assert run("score", EXAMPLE, "-o", f"a{suffix}").returncode == 0
    content = (tmp_path / f"a{suffix}").read_bytes()
    assert len(content) > 5_000
    if suffix == ".docx":
        text = zipfile.ZipFile(io.BytesIO(content)).read("word/document.xml").decode()
        assert "先进级" in text and not SAID.search(re.sub(r"<[^>]*>", "", text))


def test_the_result_as_data(run: Run) -> None:
    data = json.loads(run("score", EXAMPLE, "--format", "json", "--lang", "en").stdout)
    assert (data["level"], data["level_title"], data["next_level"]) == ("L2", "Advanced", "L3")
    assert data["score"] is data["scored_level"] is data["missing_points"] is None
    assert [level["score"] for level in data["levels"]] == [None] * 4
    assert data["blocked_by"] == ["L3.links", "L3.effect"]
    assert data["sources"] == {"official": 21, "adapted": 1, "illustrative": 0, "secondary": 22}
    open_ = EXAMPLE.read_text(encoding="utf-8").partition("  effect:")[0]
    data = json.loads(run("score", "-", "--format", "json", stdin=open_.encode()).stdout)
    assert data["range"] == {"score_low": None, "score_high": None, "level_low": "none", "level_high": "L2"}


def test_a_batch_is_the_same_and_has_no_score_either(run: Run, tmp_path: Path) -> None:
    done = run("batch", ROWS, "--model", MODEL, "-o", "o.csv", "-o", "o.parquet", "--detail", "--summary", "s.json",
               "--summary", "s.md", "--lang", "en")  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    given = list(csv.DictReader(io.StringIO(ROWS.read_text(encoding="utf-8-sig"))))
    rows = list(csv.DictReader(io.StringIO((tmp_path / "o.csv").read_text(encoding="utf-8-sig"))))
    judge = Judge(edition(MODEL))
    for one, row in zip(given, rows, strict=True):
        single = assessed(edition(MODEL), {name: one[name] for name in judge.edition.questions})
        assert row["level"] == (single.level or "")
        assert row["blocked_by"] == "|".join(single.blocked_by)
        assert {row[name] for name in ("score", "score_low", "score_high", "scored_level")} == {""}
        if single.range is not None:
            assert (row["level_low"], row["level_high"]) == single.range[2:]
    assert Counter(row["level"] for row in rows) == {"none": 9, "L1": 7, "L2": 6, "L3": 3, "L4": 2, "": 3}
    summary = json.loads((tmp_path / "s.json").read_text(encoding="utf-8"))
    assert summary["scores"] == []
    said = done.stderr.decode() + (tmp_path / "s.md").read_text(encoding="utf-8")
    assert "median" not in said.lower() and "0.00\n" not in said


def test_no_cohort_of_what_has_no_score(run: Run) -> None:
    assert run("batch", ROWS, "--model", MODEL, "-o", "o.parquet").returncode == 0
    done = run("cohort", "build", "o.parquet", "-o", "c.json", "--lang", "en")
    assert done.returncode == 2
    assert "smart_factory@2025 has no score" in done.stderr.decode()


def test_the_road_to_the_highest_rung(run: Run) -> None:
    data = json.loads(run("roadmap", EXAMPLE, "--to", "L4", "--format", "json").stdout, parse_float=Decimal)
    assert (data["reached"], data["effort"]) == (True, 4)
    assert data["after"] == {"score": None, "level": "L4"}
    assert {step["question"]: (step["effort"], step["score"]) for step in data["steps"]} == {
        "cmmm_level": (1, None), "factory_construction": (1, None), "effect": (2, None)
    }  # fmt: skip
    budget = json.loads(run("roadmap", EXAMPLE, "--budget", "2", "--format", "json").stdout)
    assert budget["after"]["level"] == "L3" and budget["effort"] == 2
    never = run("roadmap", EXAMPLE, "--to", "L4", "--fix", "cmmm_level=3", "--lang", "en")
    assert never.returncode == 4
    assert "needs 4, has 3" in never.stdout.decode() and not SAID.search(never.stdout.decode())


def test_other_answers_and_other_times(run: Run, tmp_path: Path) -> None:
    done = run("whatif", EXAMPLE, "factory_construction=1", "effect=3", "--lang", "en").stdout.decode()
    assert "From L2 Advanced to L3 Excellent." in done and not SAID.search(done)
    text = EXAMPLE.read_text(encoding="utf-8").replace("2026-04-09", "2026-12-01").replace("value: 0", "value: 1")
    (tmp_path / "after.yaml").write_text(text, encoding="utf-8")
    done = run("compare", EXAMPLE, "after.yaml", "--lang", "en").stdout.decode()
    assert "from L2 Advanced to L2 Advanced." in done and not SAID.search(done)


@pytest.mark.parametrize("lang", LANGS)
def test_the_model_says_what_it_is_not(run: Run, lang: Lang) -> None:
    text = "".join(run("model", "show", MODEL, "--lang", lang).stdout.decode().split())
    wanted = {
        "zh": ("二手转述", "不等于通过认定", "没有门槛值"),
        "en": ("second-hand", "notthedecision", "withoutthresholds"),
    }
    assert all(words in text for words in wanted[lang])
    assert "≥0" not in text
    explained = run("model", "explain", f"{MODEL.partition('@')[0]}.L3", "--lang", lang)
    assert explained.returncode in (0, 2)
    assert not SAID.search(explained.stdout.decode())


# ── models of one's own ──────────────────────────────────────────────────────────────────────────

UNSCORED = (
    SMALL_MODEL.replace("title: {zh: 一, en: One}, score: 0}", "title: {zh: 一, en: One}}")
    .replace("    score: 50\n", "")
    .replace("      - {kind: score, id: L2.base, nodes: [base], needs: 20}\n", "")
)


def unscored() -> str:
    """The small model with graded indicators only."""
    head, _, rest = UNSCORED.partition("dimensions:\n")
    assert rest
    return head + (
        "dimensions:\n"
        "  - id: work\n"
        "    title: {zh: 业务, en: Work}\n"
        "    scored: false\n"
        "    indicators:\n"
        "      - id: plan\n"
        "        title: {zh: 计划, en: Plan}\n"
        "        tags: [core]\n"
        "        na: true\n"
        "        scoring: {kind: staged, question: plan}\n"
    )


def questions() -> str:
    """Only what that model uses."""
    text = SMALL_QUESTIONS
    for name in ("nets", "speed"):
        text = re.sub(rf"(?ms)^      - (?:\{{id: {name},.*?\}}\n|id: {name}\n.*?(?=^      - ))", "", text)
    return text.replace(
        "{id: tools, kind: yes_no,", "{id: tools, kind: yes_no, compared_only: true, metric: {better: up},"
    )


def test_a_model_of_ones_own_may_do_without_a_score(tmp_path: Path) -> None:
    found = check(small(tmp_path, model=unscored(), questions=questions()))
    assert [problem.text("en") for problem in found] == []
    own = Catalog(tmp_path).load("own")
    a = assess(own, *given(own, {"tools": "yes", "plan": "2", "rate": "30"}))
    assert (a.level, a.score) == ("L2", None)
    a = assess(own, *given(own, {"tools": "yes", "plan": "1", "rate": "30"}))
    assert (a.level, a.score) == ("L1", None)


def test_what_if_says_how_a_grade_moves_where_there_are_no_points(tmp_path: Path) -> None:
    small(tmp_path, model=unscored(), questions=questions())
    own = Catalog(tmp_path).load("own")
    texts = {"tools": "yes", "plan": "1", "rate": "30"}
    answers = Answers(own.ref, entries={name: Entry(text) for name, text in texts.items()})
    found = what_if(own, "a.yaml", answers, columns_of(Judge(own), texts), read_changes(Judge(own), ["plan=2"]))
    tables = [block for block in whatif_blocks(found, "en") if isinstance(block, Table)]
    [table] = [table for table in tables if table.title == "Indicators that change (grade)"]
    assert table.rows == (("Plan (plan)", "grade 1", "grade 2", "+1"),)


def given(own: Any, texts: dict[str, str]) -> tuple[Any, Any]:
    return Answers(own.ref), columns_of(Judge(own), texts)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("title: {zh: 一, en: One}}", "title: {zh: 一, en: One}, score: 0}", "nothing_scored"),
        ("      - {kind: metric,", "      - {kind: score, id: L2.base, needs: 20}\n      - {kind: metric,",
         "gate_nothing_scored"),
    ],
)  # fmt: skip
def test_without_a_scored_dimension_nothing_asks_for_a_score(tmp_path: Path, old: str, new: str, code: str) -> None:
    text = unscored()
    assert old in text
    found = check(small(tmp_path, model=text.replace(old, new, 1), questions=questions()))
    assert code in [problem.code for problem in found]


def test_with_one_every_level_has_a_score(tmp_path: Path) -> None:
    found = check(small(tmp_path, model=SMALL_MODEL.replace("    score: 50\n", "")))
    assert [(problem.code, problem.params["key"]) for problem in found] == [("missing_key", "score")]
