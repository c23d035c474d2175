"""``bamai roadmap``: the optimum against going through every answer, laws, refusals, what is printed."""

from __future__ import annotations

import json
from decimal import Decimal
from itertools import chain, pairwise, product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from bamai.answers import Answers, AnswersFile, Cell, Column, Columns, Judge, judge_rows
from bamai.catalog import Edition
from bamai.changes import read_changes
from bamai.errors import InputError
from bamai.roadmap.effort import Efforts, read_efforts, unit_efforts
from bamai.roadmap.mapping import RoadMap, road_map
from bamai.scoring import Scorer
from conftest import EXAMPLE, GENERAL_EXAMPLE, Run, edition
from small_models import Case, small_case
from test_compare import before
from test_oracle import MODELS, Answerer, batch, within_limits


def mapped(case: Case, to: str | None = None, budget: Decimal | None = None) -> RoadMap:
    return road_map(case.edition, "x", Answers(case.edition.ref), case.columns, case.efforts, to=to, budget=budget)


def cases(hide: bool, count: int) -> list[Case]:
    found: list[Case] = []
    seed = 0
    while len(found) < count:
        case = small_case(seed, hide=hide)
        seed += 1
        if case is not None:
            found.append(case)
    return found


# ── the optimum ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("hide", [False, True])
def test_no_combination_of_answers_is_cheaper(hide: bool) -> None:
    """Going through every answer of 100 small models finds the same least effort and the same number of steps."""
    moved = never = 0
    for number, case in enumerate(cases(hide, 100)):
        outcomes = list(case.every_outcome())
        for index in (1, 2):
            level = case.edition.model.levels[index].id
            reaching = [outcome[:2] for outcome in outcomes if outcome[3] >= index]
            m = mapped(case, to=level)
            assert m.reached is bool(reaching), (number, level)
            if reaching:
                assert (int(m.effort * 100), len(m.steps)) == min(reaching), (number, level)
                assert m.after.at_least(level)
                moved += bool(m.steps)
            else:
                never += 1
    assert moved > 60 and never > 5


@pytest.mark.parametrize("hide", [False, True])
def test_no_combination_within_a_budget_is_better(hide: bool) -> None:
    for number, case in enumerate(cases(hide, 30)):
        outcomes = list(case.every_outcome())
        levels = ["none", *(level.id for level in case.edition.model.levels)]
        for budget in (0, 130, 400):
            best = max((outcome[3], outcome[2]) for outcome in outcomes if outcome[0] <= budget)
            least = min(outcome[:2] for outcome in outcomes if (outcome[3], outcome[2]) == best)
            m = mapped(case, budget=Decimal(budget) / 100)
            assert m.after.level is not None and m.after.score is not None
            assert (levels.index(m.after.level) - 1, int(m.after.score * 10**6)) == best, (number, budget)
            assert (int(m.effort * 100), len(m.steps)) == least, (number, budget)


def opened(path: Path) -> tuple[Edition, Answers, Columns]:
    file = AnswersFile.open(path)
    used = edition(file.model)
    answers, columns, _ = file.read(Judge(used))
    return used, answers, columns


def planned(path: Path, to: str | None = None, fix: list[str] | None = None, budget: int | None = None) -> RoadMap:
    used, answers, columns = opened(path)
    fixes = read_changes(Judge(used), fix or [], bare=True)
    amount = None if budget is None else Decimal(budget)
    return road_map(used, str(path), answers, columns, unit_efforts(), to=to, budget=amount, fixes=fixes)


def test_sme_example_to_l3_takes_five() -> None:
    """Two more scenarios must rise to grade 3, a unit each at least, and scenarios bring no points; 6.65 points are
    short, and no single unit brings more than 3.5 (Q12), no other more than 2.5: two are not enough."""
    m = planned(EXAMPLE, "L3")
    assert (int(m.effort), m.before.level, m.after.level) == (5, "L2", "L3")
    graded = [step for step in m.steps if step.points == 0]
    assert len(graded) == 2 and {step.gates for step in graded} == {("L3.count",)}
    assert m.after.score is not None and m.after.score >= 60


def test_general_example_to_l4_takes_sixteen() -> None:
    """Ten scenarios at grade 4: six stand at grade 3 and four more at grade 2, so 6 + 4 × 2 = 14 units; these bring
    54.74 points to 61.1 at most, and no single unit brings the other 3.9: the best, a trend, brings 2.5."""
    m = planned(GENERAL_EXAMPLE, "L4")
    assert (int(m.effort), m.after.level) == (16, "L4")
    scenarios = [step for step in m.steps if "L4.count" in step.gates]
    assert (len(scenarios), sum(step.effort for step in scenarios)) == (10, 14)


FREE = {
    "network": ["B|C", "B|C|D", "B|C|D|E"],
    "systems": ["C", "D", "E"],
    "energy_trend": ["B", "C"],
    "process_design": ["2", "3", "4"],
    "marketing": ["2", "3", "4"],
    "after_sales": ["1", "2", "3", "4"],
    "finance": ["3", "4"],
}
"""Some questions of the SME example from where they stand; each step of a list is a unit."""


@pytest.mark.parametrize("level", ["L3", "L4"])
def test_sme_example_with_few_questions_free_is_what_going_through_them_finds(level: str) -> None:
    used, _, columns = opened(EXAMPLE)
    judge = Judge(used)
    choices = list(product(*(range(len(texts)) for texts in FREE.values())))
    tried: Columns = {name: Column.of([kept(columns, name)] * len(choices)) for name in used.questions}
    for position, (name, texts) in enumerate(FREE.items()):
        cells = [judge.cell(name, text) for text in texts]
        assert all(isinstance(cell, Cell) for cell in cells)
        tried[name] = Column.of(cells[choice[position]] for choice in choices)  # type: ignore[misc]
    reached = Scorer(used).score(judge_rows(used, tried)).level.low
    wanted = [one.id for one in used.model.levels].index(level)
    least = min((sum(choice) for row, choice in enumerate(choices) if reached[row] >= wanted), default=None)
    m = planned(EXAMPLE, level, [name for name in used.questions if name not in FREE])
    assert (int(m.effort) if m.reached else None) == least
    assert least == {"L3": 5, "L4": None}[level]


def kept(columns: Columns, name: str) -> Cell:
    column = columns.get(name) or Column.blank(1)
    return Cell(int(column.state[0]), int(column.value[0]), int(column.band[0]))


def test_steps_add_up() -> None:
    """Each step's score is what scoring finds for it and those before it; the last is the plan's."""
    for path, level in ((EXAMPLE, "L4"), (GENERAL_EXAMPLE, "L5")):
        m = planned(path, level)
        scores = [m.before.score, *(step.score for step in m.steps)]
        assert all(a is not None and b is not None and a <= b for a, b in pairwise(scores))
        assert (m.steps[-1].score, m.steps[-1].level) == (m.after.score, m.after.level)
        assert len({step.question.id for step in m.steps}) == len(m.steps)
        assert m.steps[-2].level != level  # no step is spare


# ── laws ─────────────────────────────────────────────────────────────────────────────────────────────


def random_plant(name: str, seed: int) -> tuple[Edition, Columns]:
    used = edition(name)
    answerer = Answerer(used, seed)
    rows: list[dict[str, Any]] = []
    while not rows:
        rows = within_limits(used, [answerer.answers(open_rate=0.05)])
    return used, batch(used, rows)


def chart(used: Edition, columns: Columns, **wanted: Any) -> RoadMap:
    fixes = read_changes(Judge(used), wanted.pop("fix", []), bare=True)
    return road_map(used, "x", Answers(used.ref), columns, unit_efforts(), fixes=fixes, **wanted)


@settings(max_examples=8)
@given(st.sampled_from(MODELS), st.integers(0, 10_000), st.data())
def test_laws_of_targets_and_fixed_answers(name: str, seed: int, data: st.DataObject) -> None:
    used, columns = random_plant(name, seed)
    levels = [level.id for level in used.model.levels]
    maps = [chart(used, columns, to=level) for level in levels]
    efforts = [m.effort if m.reached else Decimal("Infinity") for m in maps]
    assert efforts == sorted(efforts)
    for m, level in zip(maps, levels, strict=True):
        assert m.after.at_least(level) is m.reached
        assert bool(m.blocked) is not m.reached
    index = data.draw(st.integers(0, len(levels) - 1))
    fixed = data.draw(st.lists(st.sampled_from([s.question.id for s in maps[index].steps] or ["systems"]), unique=True))
    held = chart(used, columns, to=levels[index], fix=fixed)
    assert not held.reached or held.effort >= efforts[index]
    assert {step.question.id for step in held.steps} & set(fixed) == set()


@settings(max_examples=8)
@given(st.sampled_from(MODELS), st.integers(0, 10_000), st.lists(st.integers(0, 60), min_size=3, max_size=3))
def test_more_budget_is_never_worse(name: str, seed: int, budgets: list[int]) -> None:
    used, columns = random_plant(name, seed)
    order = ["none", *(level.id for level in used.model.levels)]
    maps = [chart(used, columns, budget=Decimal(budget)) for budget in sorted(budgets)]
    standings = [(order.index(str(m.after.level)), m.after.score) for m in maps]
    assert standings == sorted(standings)
    for m, budget in zip(maps, sorted(budgets), strict=True):
        assert m.effort <= budget


def test_the_order_of_equal_plans_is_settled() -> None:
    """Of the scenarios that cost the same the first of the questionnaire are taken."""
    m = planned(EXAMPLE, "L3")
    assert [step.question.id for step in m.steps if not step.points] == ["process_design", "marketing"]
    assert planned(EXAMPLE, "L3") == m


# ── what cannot be, and what is there already ────────────────────────────────────────────────────────


def test_a_level_out_of_reach_says_which_gate_and_why(run: Run) -> None:
    """L5 of the general edition needs 8 core scenarios; four of ten are n/a."""
    text = GENERAL_EXAMPLE.read_text(encoding="utf-8")
    names = ("quality", "equipment", "safety", "energy")
    fixes = [arg for name in names for arg in ("--fix", f"{name}=n/a")]
    done = run("roadmap", "-", "--to", "L5", *fixes, "--format", "json", stdin=text.encode())
    assert done.returncode == 4, done.stderr.decode()
    found = json.loads(done.stdout)
    assert (found["reached"], found["highest_reachable"], found["file"]) == (False, "L4", "<stdin>")
    [blocked] = found["blocked"]
    assert (blocked["id"], blocked["needs"], blocked["best"]) == ("L5.core", 8, 6)
    assert list(chain(*blocked["reasons"].values())) == list(names)


def test_a_fixed_rate_keeps_a_metric_gate_shut() -> None:
    m = planned(GENERAL_EXAMPLE, "L3", ["equipment_digital=90"])
    [blocked] = m.blocked
    assert (blocked.id, blocked.unit, blocked.needs, blocked.best) == (
        "L3.equipment",
        "%",
        Decimal(30),
        Decimal("28.125"),
    )
    assert [question.id for question in blocked.reasons["fixed"]] == ["equipment_digital_rate"]


def test_the_best_that_can_be_is_said_of_scores() -> None:
    """Without the whole first dimension (54.2 of 100, half of the total) the total is 27.1 + 50 at most."""
    used, _, _ = opened(EXAMPLE)
    base = [i.question for d in planned(EXAMPLE, "L2").before.dimensions if d.id == "base" for i in d.indicators]
    m = planned(EXAMPLE, "L4", base)
    assert [(b.id, b.needs, b.best) for b in m.blocked] == [("L4.score", Decimal(80), Decimal("77.1"))]
    assert {q.id for q in m.blocked[0].reasons["fixed"]} == set(base)
    assert used.ref == m.before.model


def test_there_already(run: Run) -> None:
    done = run("roadmap", EXAMPLE, "--to", "l2", "--lang", "en")
    assert (done.returncode, done.stderr) == (0, b"")
    assert "L2 Level 2 is reached already" in done.stdout.decode()


def test_the_next_level_is_the_default() -> None:
    assert planned(EXAMPLE).target == "L3"
    assert planned(EXAMPLE) == planned(EXAMPLE, "L3")


def test_open_answers_count_lowest(run: Run, tmp_path: Path) -> None:
    path = before(tmp_path, ("  systems: several\n", ""))
    done = run("roadmap", path, "--to", "L3", "--format", "json")
    found = json.loads(done.stdout)
    assert found["open_counted_lowest"] == ["systems"]
    assert found["before"]["score"] == 48.35
    text = run("roadmap", path, "--lang", "en").stdout.decode()
    assert "Open questions, counted as lowest: 1." in text


def test_a_fixed_value_is_charged() -> None:
    """Q5 from C to E is two steps, whether they are found or given."""
    m = planned(EXAMPLE, "L3", ["Q5=E"])
    assert m.effort == 5 and m.steps[0].fixed
    assert (m.steps[0].effort, m.steps[0].score) == (Decimal(2), Decimal("58.35"))
    worse = planned(EXAMPLE, "L3", ["Q5=A"])
    assert (worse.steps[0].effort, worse.steps[0].score) == (Decimal(0), Decimal("48.35"))
    assert worse.effort > 5


def test_a_rate_made_of_counts_moves_by_whole_machines() -> None:
    """From 185 of 320 (57.8125 %) one band up: more than 60 % is 193 machines."""
    m = planned(EXAMPLE, budget=1, fix=["Q1", "Q5", "Q7", "Q12", "Q11", "Q8", "Q9", "Q10", "Q4", "Q6", "Q3"])
    [step] = [step for step in m.steps if step.question.id == "equipment_digital_rate"]
    assert step.counts is not None
    assert step.counts[1:] == (Decimal(185), Decimal(193), Decimal(320), None)
    assert step.after.value == 60_312_500


def test_a_rate_made_of_money_goes_just_past_a_line(run: Run) -> None:
    """A step to "4.000001 %" is one to more than 4 %; data has the smallest amount that a millionth can tell."""
    done = run("roadmap", GENERAL_EXAMPLE, "--to", "L5", "--format", "json", "--lang", "en")
    [step] = [one for one in json.loads(done.stdout)["steps"] if one["question"] == "investment_rate"]
    assert (step["before"], step["after"]) == ("1.5 %", "more than 4 %")
    assert step["counts"] == {"question": "digital_investment_3y", "before": 630, "after": 1680.00042, "whole": 42000}
    text = " ".join(run("roadmap", GENERAL_EXAMPLE, "--to", "L5", "--lang", "en").stdout.decode().split())
    assert "1.5 % → more than 4 % (630 → more than 1680 × 10,000 yuan, +1050 of 42000)" in text


# ── efforts ──────────────────────────────────────────────────────────────────────────────────────────

EFFORTS = """\
schema: bamai.effort/1
model: sme@2024
unit: {zh: 万元, en: "10,000 yuan"}
default: {per_step: 10}
questions:
  Q5: {fixed: 5, per_step: 20}
  network: {options: {D: 100, E: 1.25}}
  s02: {grades: {"3": 2.5, "4": 40}}
  Q12: {fixed: 99}
"""


def efforts_of(text: str, folder: Path) -> Efforts:
    path = folder / "effort.yaml"
    path.write_text(text, encoding="utf-8")
    return read_efforts(path, Judge(edition("sme@2024")))


def test_efforts_of_the_users_own(run: Run, tmp_path: Path) -> None:
    (tmp_path / "effort.yaml").write_text(EFFORTS, encoding="utf-8")
    done = run("roadmap", EXAMPLE, "--to", "L3", "--effort", "effort.yaml", "--format", "json", "--lang", "en")
    assert done.returncode == 0, done.stderr.decode()
    found = json.loads(done.stdout, parse_float=Decimal)
    assert (found["unit"], found["illustrative_efforts"]) == ("10,000 yuan", False)
    by_name = {step["question"]: step["effort"] for step in found["steps"]}
    assert by_name["network"] == Decimal("1.25") and by_name["process_design"] == Decimal("2.5")
    assert "illustrative" not in run("roadmap", EXAMPLE, "--effort", "effort.yaml", "--lang", "en").stdout.decode()


def test_efforts_are_exact(tmp_path: Path) -> None:
    efforts = efforts_of(EFFORTS, tmp_path)
    assert efforts.of("systems").fixed == 500 and efforts.of("systems").step == 2000
    assert efforts.of("network").arriving(4) == 125 and efforts.of("network").arriving(3) == 10_000
    assert efforts.of("network").arriving(2) == 1000
    assert efforts.of("process_design").at == {3: 250, 4: 4000}
    assert efforts.of("finance").step == 1000


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("Q5: {", "Q55: {", "unknown_question", 6),
        ("network:", "systems:", "question_twice", 7),
        ("s02: {grades", "s02: {options", "effort_key", 8),
        ('"3": 2.5', '"7": 2.5', "effort_option", 8),
        ("{options: {D", "{options: {Z", "effort_option", 7),
        ("fixed: 99", "fixed: -1", "effort_number", 9),
        ("1.25", "1.255", "effort_number", 7),
        ("Q12:", "equipment_digital:", "effort_of_count", 9),
        ("Q12:", "design_tools_used:", "effort_unscored", 9),
        ("sme@2024", "general@2026-reference", "effort_model", 2),
        ("per_step: 10}", "per_stop: 10}", "unknown_key", 4),
        ("bamai.effort/1", "bamai.effort/2", "wrong_schema", 1),
    ],
)
def test_mistakes_in_effort_files_have_a_place(tmp_path: Path, old: str, new: str, code: str, line: int) -> None:
    assert EFFORTS.count(old) == 1
    with pytest.raises(InputError) as error:
        efforts_of(EFFORTS.replace(old, new), tmp_path)
    [problem] = error.value.problems
    assert (problem.code, problem.place.line) == (code, line), problem.text("en")


# ── the command ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--to", "L9"], "no_such_level"),
        (["--to", "L3", "--budget", "3"], "to_and_budget"),
        (["--budget", "-1"], "budget_number"),
        (["--budget", "nan"], "budget_number"),
        (["--budget", "0.001"], "budget_number"),
        (["--budget", "1", "--fix", "Q5=E"], "fixes_over_budget"),
        (["--fix", "Q5=Z"], "no_such_option"),
        (["--fix", "nope"], "unknown_question"),
    ],
)
def test_mistakes_on_the_command_line(run: Run, arguments: list[str], code: str) -> None:
    done = run("roadmap", EXAMPLE, *arguments, "--lang", "en")
    assert (done.returncode, done.stdout) == (2, b"")
    assert f"[{code}]" in done.stderr.decode()


def test_outputs(run: Run, tmp_path: Path) -> None:
    done = run("roadmap", EXAMPLE, "-o", "a.json", "-o", "a.md", "-o", "a.txt", "--lang", "en")
    assert (done.returncode, done.stdout) == (0, b"")
    found = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))
    assert (found["schema"], found["effort"], found["target"]) == ("bamai.roadmap/1", 5, "L3")
    assert [step["label"] for step in found["steps"]] == ["Q5", "Q1", "s02", "s03"]
    assert "| 1 Information systems" in (tmp_path / "a.md").read_text(encoding="utf-8")
    assert "more than 60 %" not in (tmp_path / "a.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("width", [48, 80, 120])
def test_no_line_is_too_wide(run: Run, lang: str, width: int) -> None:
    args = ("--to", "L4", "--fix", "Q2", "--fix", "s01=1", "--lang", lang, "--width", str(width))
    text = run("roadmap", EXAMPLE, *args).stdout.decode()
    assert 20 < max(map(cell_len, text.splitlines())) <= width
    assert "…" not in text
