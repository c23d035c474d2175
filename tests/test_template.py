"""Templates to fill in, and the rows that are shipped as examples."""

from __future__ import annotations

import csv
import io
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from bamai.answers import ANSWERED, IDENTITY, Cell, Column, Judge, Judged, judge_rows
from bamai.answersfile import csv_template
from bamai.assessment import Assessment
from bamai.catalog import Catalog, Edition
from bamai.scoring import score
from bamai.texts import LANGS, Lang
from bamai.vocabulary import load_vocabulary
from conftest import ROOT, Run, assessed, edition
from test_broken_rules import SMALL_QUESTIONS, small

BOM = b"\xef\xbb\xbf"
SCORED = ["sme@2024", "general@2026-reference"]
MODELS = [*SCORED, "smart_factory@2025"]
EXAMPLES = {
    "sme@2024": ROOT / "questionnaires/sme/2024/example.csv",
    "general@2026-reference": ROOT / "questionnaires/general/2026-reference/example.csv",
    "smart_factory@2025": ROOT / "questionnaires/smart_factory/2025/example.csv",
}


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def answers_of(row: dict[str, str]) -> dict[str, str]:
    return {name: text for name, text in row.items() if name not in IDENTITY}


# ── the command ──────────────────────────────────────────────────────────────────────────────────────


def test_csv_is_the_default(run: Run) -> None:
    done = run("template", "sme@2024")
    assert done.returncode == 0
    assert done.stdout.startswith(b"id,name,industry,province,city,employees,network,equipment_digital_rate,")
    assert done.stdout.count(b"\n") == 2
    assert b"\r" not in done.stdout
    assert run("template", "sme@2024", "--format", "csv").stdout == done.stdout


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("a.csv", BOM + b"id,name,"),
        ("a.CSV", BOM + b"id,name,"),
        ("a.yaml", b"# "),
        ("a.yml", b"# "),
    ],
)
def test_the_suffix_decides(run: Run, tmp_path: Path, name: str, begins: bytes) -> None:
    done = run("template", "general", "-o", name)
    assert (done.returncode, done.stdout) == (0, b"")
    assert (tmp_path / name).read_bytes().startswith(begins)


def test_a_csv_file_is_what_stdout_shows_after_a_bom(run: Run, tmp_path: Path) -> None:
    run("template", "sme", "-o", "a.csv")
    assert (tmp_path / "a.csv").read_bytes() == BOM + run("template", "sme").stdout


@pytest.mark.parametrize(
    ("name", "format_", "allowed"),
    [("a.csv", "yaml", ".yaml / .yml"), ("a.yaml", "csv", ".csv"), ("a.yml", "csv", ".csv")],
)
def test_a_format_against_the_suffix(run: Run, tmp_path: Path, name: str, format_: str, allowed: str) -> None:
    done = run("template", "sme", "-o", name, "--format", format_, "--lang", "en")
    assert done.returncode == 2
    assert done.stderr.decode().strip() == (
        f"{name}: the suffix .{name[2:]} contradicts --format {format_}; "
        f"leave --format out, or change the suffix to {allowed} [format_against_suffix]"
    )
    assert list(tmp_path.iterdir()) == []


def test_a_format_that_agrees_with_the_suffix(run: Run, tmp_path: Path) -> None:
    assert run("template", "sme", "-o", "a.yml", "--format", "yaml").returncode == 0
    assert run("template", "sme", "-o", "a.csv", "--format", "csv").returncode == 0
    assert {path.name for path in tmp_path.iterdir()} == {"a.yml", "a.csv"}


def test_other_suffixes_and_existing_files_are_refused(run: Run, tmp_path: Path) -> None:
    done = run("template", "sme", "-o", "a.xlsx", "--lang", "en")
    assert done.returncode == 2
    assert b"cannot write .xlsx; allowed: .csv, .yaml, .yml [output_suffix]" in done.stderr
    (tmp_path / "a.csv").write_bytes(b"mine")
    done = run("template", "sme", "-o", "a.csv")
    assert (done.returncode, (tmp_path / "a.csv").read_bytes()) == (2, b"mine")
    assert run("template", "sme", "-o", "a.csv", "--force").returncode == 0
    assert (tmp_path / "a.csv").read_bytes().startswith(BOM)


# ── its row ──────────────────────────────────────────────────────────────────────────────────────────


def accepted(own: Edition, row: dict[str, str]) -> Assessment:
    """Everything the row answers is understood, and its answers fit together."""
    judge = Judge(own)
    cells = {name: judge.cell(name, text) for name, text in answers_of(row).items()}
    assert {name: cell for name, cell in cells.items() if not isinstance(cell, Cell) or cell.suspicious} == {}
    columns = {name: Column.of([cell]) for name, cell in cells.items() if isinstance(cell, Cell)}
    assert [problem.describe(0) for problem in judge_rows(own, columns).problems] == []
    return assessed(own, answers_of(row))


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("model", MODELS)
def test_the_example_row_is_accepted_and_complete(model: str, lang: Lang) -> None:
    own = edition(model)
    text = csv_template(own, lang)
    assert next(csv.reader(io.StringIO(text))) == [*IDENTITY, *own.questions]
    [row] = rows_of(text)
    assert [name for name, answer in row.items() if not answer] == []
    found = accepted(own, row)
    assert found.status == "complete"
    assert found.completeness == 1
    assert not found.unknown and not found.na


def test_the_row_shows_how_each_kind_is_written() -> None:
    [row] = rows_of(csv_template(edition("general"), "zh"))
    shown = {name: row[name] for name in ("network", "systems", "quality", "cost_trend", "design_tools_used")}
    assert shown == {"network": "B|C", "systems": "C", "quality": "3", "cost_trend": "B", "design_tools_used": "是"}
    # 24 of 40 are 60 %
    assert (row["equipment_total"], row["equipment_digital"], row["equipment_digital_rate"]) == ("40", "24", "60")
    # 3,000 for 10,000
    assert row["energy_per_value_added"] == "0.3"


def test_the_enterprise_is_named_in_the_language_of_the_run() -> None:
    [zh] = rows_of(csv_template(edition("sme"), "zh"))
    [en] = rows_of(csv_template(edition("sme"), "en"))
    assert (zh["id"], zh["name"], zh["province"]) == ("DEMO-0001", "某某机械有限公司（虚构示例）", "江苏")
    assert (en["id"], en["name"], en["province"]) == ("DEMO-0001", "Example Machinery Ltd (fictional)", "Jiangsu")
    assert (zh["design_tools_used"], en["design_tools_used"]) == ("是", "yes")
    vocabulary = load_vocabulary()
    for row in (zh, en):
        assert (vocabulary.province(row["province"]), vocabulary.industry(row["industry"])) == ("jiangsu", "machinery")


def test_counts_that_an_own_rate_cannot_take_are_left_blank(tmp_path: Path) -> None:
    """24 of 40 are 60 %, which a rate of at most 50 % is not: the rate stands alone."""
    begin, rate, end = SMALL_QUESTIONS.partition("max: 100")
    assert rate
    own = Catalog(small(tmp_path, questions=f"{begin}max: 50{end}")).load("own")
    [row] = rows_of(csv_template(own, "en"))
    assert (row["rate"], row["good_machines"], row["all_machines"]) == ("5", "", "")
    assert accepted(own, row).status == "complete"


# ── the shipped examples ─────────────────────────────────────────────────────────────────────────────


def judged_example(model: str) -> tuple[list[dict[str, str]], Judged]:
    own = edition(model)
    rows = rows_of(EXAMPLES[model].read_text(encoding="utf-8-sig"))
    judge = Judge(own)
    cells = {name: [judge.cell(name, row[name]) for row in rows] for name in own.questions}
    wrong = [cell for column in cells.values() for cell in column if not isinstance(cell, Cell) or cell.suspicious]
    assert wrong == []
    columns = {name: Column.of(c for c in column if isinstance(c, Cell)) for name, column in cells.items()}
    return rows, judge_rows(own, columns)


@pytest.mark.parametrize("model", MODELS)
def test_example_rows_are_good_and_clearly_made_up(model: str) -> None:
    raw = EXAMPLES[model].read_bytes()
    assert raw.startswith(BOM)
    assert b"\r" not in raw
    rows, judged = judged_example(model)
    assert list(rows[0]) == [*IDENTITY, *edition(model).questions]
    assert judged.problems == []
    assert len(rows) == len({row["id"] for row in rows}) == len({row["name"] for row in rows}) == 30
    assert all(row["id"].startswith("DEMO-") and row["name"].endswith("（虚构示例）") for row in rows)
    assert sum("," in row["name"] for row in rows) == 1


@pytest.mark.parametrize("model", MODELS)
def test_example_rows_spread_over_groups_that_are_known(model: str) -> None:
    rows, _ = judged_example(model)
    vocabulary = load_vocabulary()
    found = {
        "provinces": {vocabulary.province(row["province"]) for row in rows},
        "industries": {vocabulary.industry(row["industry"]) for row in rows},
        "sizes": {vocabulary.size(row["employees"]) for row in rows},
    }
    assert None not in set().union(*found.values())
    assert len(found["provinces"]) >= 15
    assert len(found["industries"]) >= 6
    assert found["sizes"] == {"micro", "small", "medium", "large"}
    employees = sorted(int(row["employees"]) for row in rows)
    assert (employees[0], employees[-1]) == (18, 4000)


@pytest.mark.parametrize(
    ("model", "levels"),
    [
        ("sme@2024", {"none": 4, "L1": 8, "L2": 8, "L3": 5, "L4": 2, "incomplete": 3}),
        ("general@2026-reference", {"L1": 5, "L2": 8, "L3": 9, "L4": 3, "L5": 2, "incomplete": 3}),
    ],
)
def test_example_rows_reach_every_level(model: str, levels: dict[str, int]) -> None:
    own = edition(model)
    _, judged = judged_example(model)
    scores = score(own, judged)
    names = [*(level.id for level in own.model.levels), "none"]  # no level is -1
    reached = [
        "incomplete" if incomplete else names[level]
        for incomplete, level in zip(scores.incomplete, scores.level.low, strict=True)
    ]
    assert Counter(reached) == levels


@pytest.mark.parametrize("model", SCORED)
def test_example_rates_fit_their_counts(model: str) -> None:
    rows, judged = judged_example(model)
    alone = 0
    for name, question in edition(model).questions.items():
        metric = question.metric
        if metric is None or metric.part is None or metric.whole is None:
            continue
        given, column = judged.given, judged.columns[name]
        both = (given[metric.part].state == ANSWERED) & (given[metric.whole].state == ANSWERED)
        told = both & (given[name].state == ANSWERED)
        assert told.any(), name
        alone += int((both & ~told).sum())
        if metric.kind == "share":
            assert int(np.abs(column.value - given[name].value)[told].max()) <= 100_000, name
    assert alone > 0
    assert len(rows) == 30


def test_example_rows_show_every_way_to_answer() -> None:
    texts = {model: [set(answers_of(row).values()) for row in judged_example(model)[0]] for model in SCORED}
    for model in SCORED:
        everything = set().union(*texts[model])
        assert {"?", "不清楚", "n/a", "不适用", "B|C", "scada|apps", "持平", ""} <= everything
    general = [row for row in judged_example("general@2026-reference")[0] if row["after_sales"] in ("n/a", "不适用")]
    assert len(general) >= 3
    [banded] = [row for row in judged_example("sme@2024")[0] if row["equipment_digital_rate"].isalpha()]
    assert [banded[name] for name in ("equipment_digital_rate", "equipment_network_rate", "funding")] == ["D", "C", "A"]
