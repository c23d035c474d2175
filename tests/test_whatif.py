"""``bamai whatif``: answers replaced on the command line."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from bamai.answers import AnswersFile, Judge
from bamai.api import score_file
from bamai.changes import read_changes
from bamai.errors import UsageError
from bamai.whatif import what_if
from conftest import EXAMPLE, GENERAL_EXAMPLE, Run, edition
from test_compare import before


def data_of(run: Run, *args: str | Path) -> dict[str, Any]:
    done = run("whatif", *args, "--format", "json", "--lang", "en")
    assert done.returncode == 0, done.stderr.decode()
    found: dict[str, Any] = json.loads(done.stdout, parse_float=Decimal, parse_int=Decimal)
    return found


def test_scores_before_and_after(run: Run) -> None:
    """Q5 C to D brings 2.5 points (50 to 75 of 10), 240 of 320 machines 75 % (4.5 to 6); s02 and s05 open the gate."""
    found = data_of(run, EXAMPLE, "Q5=D", "equipment_digital=240", "s02=3", "production_planning=3")
    assert (found["schema"], found["before"]["score"], found["before"]["level"]) == (
        "bamai.whatif/1", Decimal("53.35"), "L2"
    )  # fmt: skip
    assert (found["after"]["score"], found["after"]["level"], found["change"]) == (Decimal("57.35"), "L2", 4)
    assert [(gate["id"], gate["met"], gate["has"]) for gate in found["gates"]] == [
        ("L3.count", [False, True], [6, 8])
    ]  # fmt: skip
    changed = {row["id"]: (row["points"], row["grades"]) for row in found["indicators"]}
    assert changed == {
        "equipment_digital_rate": ([Decimal("4.5"), 6], [None, None]),
        "systems": ([5, Decimal("7.5")], [None, None]),
        "process_design": ([None, None], [2, 3]),
        "production_planning": ([None, None], [2, 3]),
    }
    assert found["equal_indicators"] == 31 - 4
    scores = {row["id"]: (row["scores"], row["change"]) for row in found["dimensions"]}
    assert scores["base"] == ([Decimal("54.2"), Decimal("62.2")], 8)
    assert [row["label"] for row in found["changes"]] == ["equipment_digital", "Q5", "s02", "s05"]
    assert found["changes"][1]["before"].startswith("C ") and found["changes"][1]["after"].startswith("D ")
    # an option says what it is where it stands; of a grade the wording is beside
    assert found["changes"][1]["meaning"] is None and found["changes"][2]["meaning"]


def test_it_is_as_if_the_file_said_so(run: Run, tmp_path: Path) -> None:
    written = before(tmp_path, ("systems: several", "systems: most"), ("process_design: 2", "process_design: 4"))
    one = score_file(written)
    found = data_of(run, EXAMPLE, "Q5=D", "s02=4")
    assert (found["after"]["score"], found["after"]["level"]) == (one.score, one.level)
    assert {d["id"]: d["scores"][1] for d in found["dimensions"]} == {
        d.id: d.score for d in one.dimensions if d.scored
    }  # fmt: skip


def test_several_values_in_one_argument(run: Run) -> None:
    several = data_of(run, GENERAL_EXAMPLE, "data_security=B|C|D")
    [row] = several["changes"]
    assert row["after"] == "B+C+D"
    listed = data_of(run, GENERAL_EXAMPLE, "data_security=B, C; D")
    assert listed["changes"] == several["changes"] and listed["after"] == several["after"]


def test_a_rate_takes_the_place_of_its_count(run: Run) -> None:
    found = data_of(run, EXAMPLE, "Q2=80")
    assert found["put_aside"] == ["equipment_digital"]
    [change] = found["changes"]
    assert (change["before"], change["after"]) == ("57.8125 %", "80 %")  # the rate that the counts made
    [row] = found["indicators"]
    assert row["points"] == [Decimal("4.5"), 6]
    text = run("whatif", EXAMPLE, "Q2=80", "--lang", "en").stdout.decode()
    assert "put aside" in text
    done = run("whatif", EXAMPLE, "Q2=80", "equipment_digital=100", "--lang", "en")
    assert done.returncode == 2
    assert b"Q2=80, equipment_digital=100: " in done.stderr and b"[value_against_counts]" in done.stderr


def test_nothing_changes(run: Run) -> None:
    found = data_of(run, EXAMPLE, "design_tools_used=no", "Q5=C")
    assert (found["change"], found["indicators"], found["gates"]) == (0, [], [])
    text = run("whatif", EXAMPLE, "Q5=C", "--lang", "en").stdout.decode()
    assert "Nothing changes in score or level: L2 Level 2 (53.35 points)" in text and "(no change)" in text


def test_leaving_open_gives_a_range_and_lowest_counts_it_worst(run: Run) -> None:
    found = data_of(run, EXAMPLE, "Q5=")
    assert (found["after"]["status"], found["change"]) == ("incomplete", None)
    assert found["after"]["range"]["score_low"] == Decimal("48.35")
    assert data_of(run, EXAMPLE, "Q5=", "--missing", "lowest")["change"] == -5
    assert data_of(run, EXAMPLE, "Q5=?")["change"] == -5
    text = run("whatif", EXAMPLE, "Q5=", "--lang", "en").stdout.decode()
    assert "to L2 Level 2 (48.35–58.35 points)." in " ".join(text.split())


@pytest.mark.parametrize(
    ("argument", "code"),
    [
        ("product_desing=3", "unknown_question"),
        ("s02=9", "no_such_option"),
        ("s02", "change_without_value"),
        ("Q1=A|B", "none_and_more"),
        ("equipment_digital=321", "part_above_whole"),
        ("Q6=n/a", "na_not_allowed"),
        ("equipment_total=many", "not_a_number"),
    ],
)
def test_mistakes_name_their_argument(run: Run, argument: str, code: str) -> None:
    done = run("whatif", EXAMPLE, "Q5=D", argument, "--lang", "en")
    assert (done.returncode, done.stdout) == (2, b"")
    [line] = done.stderr.decode().splitlines()
    assert line.startswith(f"{argument}: ") and line.endswith(f"[{code}]")


def test_every_mistake_is_told_at_once() -> None:
    with pytest.raises(UsageError) as error:
        read_changes(Judge(edition("sme@2024")), ["Q5=Z", "systems=C", "nope=1", "\u202eQ5=\x1b[31m", "Q1"])
    told = [problem.code for problem in error.value.problems]
    assert told == ["no_such_option", "unknown_question", "unknown_question", "change_without_value"]
    assert all("\x1b" not in problem.text("en") for problem in error.value.problems)


def test_a_question_twice_under_two_names() -> None:
    with pytest.raises(UsageError) as error:
        read_changes(Judge(edition("sme@2024")), ["Q5=D", "systems=C"])
    assert [problem.code for problem in error.value.problems] == ["question_twice"]


def test_evidence_of_a_replaced_answer_does_not_stand_for_the_new_one() -> None:
    judge = Judge(edition("sme@2024"))
    answers, columns, _ = AnswersFile.open(EXAMPLE).read(judge)
    found = what_if(judge.edition, "x", answers, columns, read_changes(judge, ["s01=4"]))
    assert found.before.indicators["product_design"].evidence != ()
    assert found.after.indicators["product_design"].evidence == ()
    assert answers.entries["product_design"].text == "3"


def test_outputs_and_stdin(run: Run, tmp_path: Path) -> None:
    done = run("whatif", "-", "Q5=D", "-o", "a.json", "-o", "a.md", "-o", "a.txt", stdin=EXAMPLE.read_bytes())
    assert (done.returncode, done.stdout) == (0, b"")
    assert json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))["file"] == "<stdin>"
    assert "| 等级 | L2 | L2 |" in (tmp_path / "a.md").read_text(encoding="utf-8")
    assert run("whatif", EXAMPLE, "Q5=D", "-o", "a.md").returncode == 2


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("width", [48, 80, 120])
def test_no_line_is_too_wide(run: Run, lang: str, width: int) -> None:
    args = ("Q5=D", "Q2=80", "s02=3", "Q4=B|C", "Q12=")
    text = run("whatif", EXAMPLE, *args, "--lang", lang, "--width", str(width)).stdout.decode()
    assert 20 < max(map(cell_len, text.splitlines())) <= width
    assert "…" not in text
