"""``bamai merge``: one set of answers from those of several people."""

from __future__ import annotations

import stat
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bamai
from bamai.answers import Answers, AnswersFile, Cell, Enterprise, Entry, Judge, columns_of, judge_rows
from bamai.answersfile import written
from bamai.merging import Conflict, Merging, Respondent, respondents_named
from conftest import EXAMPLE, Run, edition

USED = edition("sme@2024")


def wrote(folder: Path, file: str, answers: Mapping[str, Entry | str], **about: str) -> Path:
    entries = {key: entry if isinstance(entry, Entry) else Entry(entry) for key, entry in answers.items()}
    enterprise = {key: value for key, value in about.items() if key in Enterprise._fields}
    made = Answers(USED.ref, Enterprise(**enterprise), about.get("assessor"), about.get("assessed_on"), entries)
    path = folder / file
    path.write_text(written(made), encoding="utf-8")
    return path


def read(path: Path) -> Answers:
    return AnswersFile.open(path).read(Judge(USED))[0]


def test_answers_of_three_people_fill_one_file(run: Run, tmp_path: Path) -> None:
    first = {"network": "B|C", "systems": "?", "equipment_total": "320"}
    wrote(tmp_path, "a.yaml", first, name="恒泽", assessor="张工", assessed_on="2026-03-01")
    wrote(tmp_path, "b.yaml", {"systems": "C", "equipment_digital": "185"}, city="无锡", assessor="李工",
          assessed_on="2026-03-05")  # fmt: skip
    wrote(tmp_path, "c.yaml", {"network": "scada|apps", "funding": "E", "equipment_digital_rate": "57.8"}, name="恒泽")
    done = run("merge", "a.yaml", "b.yaml", "c.yaml", "-o", "all.yaml", "--lang", "en")
    assert done.returncode == 0, done.stderr.decode()
    merged = read(tmp_path / "all.yaml")
    assert {name: entry.text for name, entry in merged.entries.items()} == {
        "network": "B|C", "systems": "C", "equipment_total": "320", "equipment_digital": "185",
        "equipment_digital_rate": "57.8", "funding": "E",
    }  # fmt: skip
    assert merged.enterprise == Enterprise(name="恒泽", city="无锡")
    assert (merged.assessor, merged.assessed_on) == ("张工, 李工", "2026-03-05")
    told = done.stderr.decode()
    assert "张工 (a.yaml), answers: 3" in told and "c (c.yaml), answers: 3" in told
    assert "Q5: 张工 says unknown; the answer of others stands" in told
    assert "answers merged: 6, conflicts: 0" in told
    assert stat.S_IMODE((tmp_path / "all.yaml").stat().st_mode) & 0o077 == 0


def conflicting(folder: Path) -> None:
    one: dict[str, Entry | str] = {"systems": "C", "network": Entry("B", ("照片",), "看过"), "quality_trend": "better"}
    other: dict[str, Entry | str] = {"systems": "B", "network": Entry("C", ("台账",), "查过"), "quality_trend": "C"}
    wrote(folder, "a.yaml", one, assessor="张工")
    wrote(folder, "b.yaml", other, assessor="李工")


def test_conflicts_are_listed_with_who_said_what(run: Run, tmp_path: Path) -> None:
    conflicting(tmp_path)
    done = run("merge", "a.yaml", "b.yaml", "-o", "all.yaml", "--lang", "zh")
    told = done.stderr.decode()
    assert (done.returncode, done.stdout) == (3, b"")
    assert told.count("[merge_conflict]") == 2  # the third is the same answer in two spellings
    assert "Q1 说法不一：张工: B 车间" in told and "李工: C 建成" in told and "Q5 说法不一" in told
    assert not (tmp_path / "all.yaml").exists()


@pytest.mark.parametrize(("prefer", "systems", "network"), [
    (["李工"], "B", "C"), (["b.yaml"], "B", "C"), (["b"], "B", "C"), (["张工", "李工"], "C", "B"),
    (["Q5=李工", "张工"], "B", "B"), (["张工", "network=b"], "C", "C"),
])  # fmt: skip
def test_preferring_somebody(run: Run, tmp_path: Path, prefer: list[str], systems: str, network: str) -> None:
    conflicting(tmp_path)
    options = [part for wish in prefer for part in ("--prefer", wish)]
    done = run("merge", "a.yaml", "b.yaml", *options, "-o", "all.yaml", "--lang", "en")
    assert done.returncode == 0, done.stderr.decode()
    entries = read(tmp_path / "all.yaml").entries
    assert (entries["systems"].text, entries["network"].text) == (systems, network)
    # who said what stays on record, and nobody's note or evidence is lost
    assert entries["network"].evidence == ("照片", "台账")
    note = entries["network"].note or ""
    assert "张工: 看过; 李工: 查过" in note and "张工: B Industrial" in note and "李工: C Application" in note
    assert entries["quality_trend"] == Entry("better")


@pytest.mark.parametrize(("prefer", "code"), [
    ("王工", "merge_nobody"), ("Q99=张工", "unknown_question"), ("Q5=王工", "merge_nobody"),
])  # fmt: skip
def test_preferring_nobody(run: Run, tmp_path: Path, prefer: str, code: str) -> None:
    conflicting(tmp_path)
    done = run("merge", "a.yaml", "b.yaml", "--prefer", prefer, "--lang", "en")
    assert done.returncode == 2
    assert f"[{code}]" in done.stderr.decode()


def test_a_name_that_several_share_prefers_nobody(run: Run, tmp_path: Path) -> None:
    for folder, answer in (("x", "B"), ("y", "C")):
        (tmp_path / folder).mkdir()
        wrote(tmp_path, f"{folder}/a.yaml", {"systems": answer}, assessor="张工")
    for who in ("张工", "a", "a.yaml", "Q5=张工"):
        done = run("merge", "x/a.yaml", "y/a.yaml", "--prefer", who, "--lang", "en")
        assert (done.returncode, done.stdout) == (2, b"")
        assert "[merge_several]" in done.stderr.decode()
        assert "张工 (x/a.yaml) (x/a.yaml), 张工 (y/a.yaml) (y/a.yaml)" in done.stderr.decode()
    for who in ("y/a.yaml", "张工 (y/a.yaml)"):
        done = run("merge", "x/a.yaml", "y/a.yaml", "--prefer", who, "-o", "all.yaml", "--force")
        assert done.returncode == 0, done.stderr.decode()
        assert read(tmp_path / "all.yaml").entries["systems"].text == "C"


def test_a_decision_that_is_no_text_is_asked_for_again(run: Run, tmp_path: Path) -> None:
    conflicting(tmp_path)
    done = run("merge", "a.yaml", "b.yaml", "--ask", "--lang", "en", "-o", "all.yaml", stdin=b"\xff\n2\n2\n",
               env={"PYTHONIOENCODING": "utf-8:strict"})  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    assert read(tmp_path / "all.yaml").entries["systems"].text == "B"


def test_being_asked(run: Run, tmp_path: Path) -> None:
    conflicting(tmp_path)
    done = run("merge", "a.yaml", "b.yaml", "--ask", "--lang", "en", "-o", "all.yaml", stdin=b"9\n2\ns\n")
    told = done.stderr.decode()
    assert done.returncode == 0, told
    assert "  1 = 张工: B " in told and "  2 = 李工: C " in told and "! type a number" in told
    entries = read(tmp_path / "all.yaml").entries
    assert entries["network"].text == "C"
    assert entries["systems"].text == "" and "李工: B" in (entries["systems"].note or "")
    unfinished = run("merge", "a.yaml", "b.yaml", "--ask", "--lang", "en", "-o", "other.yaml", stdin=b"1\n")
    assert (unfinished.returncode, b"nothing was written" in unfinished.stderr) == (3, True)
    assert not (tmp_path / "other.yaml").exists()


def test_counts_and_their_value_are_decided_together(run: Run, tmp_path: Path) -> None:
    """40 of 100 against 50 %: neither is wrong alone, together they are; one version stands, whole."""
    wrote(tmp_path, "a.yaml", {"equipment_total": "100", "equipment_digital": "40"}, assessor="production")
    wrote(tmp_path, "b.yaml", {"equipment_digital_rate": "50", "equipment_network_rate": "30"}, assessor="IT")
    told = run("merge", "a.yaml", "b.yaml", "--lang", "en").stderr.decode()
    assert told.count("[merge_conflict]") == 1
    assert "production: equipment_total 100 units, equipment_digital 40 units; IT: Q2 50 %, Q3 30 %" in told
    done = run("merge", "a.yaml", "b.yaml", "--prefer", "production", "--lang", "en")
    assert done.returncode == 0
    (tmp_path / "all.yaml").write_bytes(done.stdout)
    given = {name: entry.text for name, entry in read(tmp_path / "all.yaml").entries.items() if entry.text}
    assert given == {"equipment_total": "100", "equipment_digital": "40"}


def test_answers_of_two_enterprises_are_refused(run: Run, tmp_path: Path) -> None:
    wrote(tmp_path, "a.yaml", {}, id="p1", name="甲")
    wrote(tmp_path, "b.yaml", {}, id="p2", name="乙")
    done = run("merge", "a.yaml", "b.yaml", "--lang", "en")
    assert done.returncode == 3
    assert done.stderr.decode().count("[merge_enterprise]") == 2
    wrote(tmp_path, "b.yaml", {}, id="P1", city="南京")
    wrote(tmp_path, "a.yaml", {}, id="p1", city="无锡")
    done = run("merge", "a.yaml", "b.yaml", "--lang", "en")
    assert b"city: respondents disagree" in done.stderr


def test_all_mistakes_of_all_files_at_once(run: Run, tmp_path: Path) -> None:
    wrote(tmp_path, "a.yaml", {"systems": "Z", "network": "Z"})
    (tmp_path / "g.yaml").write_text("schema: bamai.answers/1\nmodel: general\nanswers: {}\n", encoding="utf-8")
    done = run("merge", "a.yaml", "missing.yaml", EXAMPLE, "g.yaml", "--lang", "en")
    told = done.stderr.decode()
    assert done.returncode == 3
    assert told.count("[no_such_option]") == 2 and "[file_not_found]" in told and "[merge_edition]" in told
    assert run("merge", EXAMPLE).returncode == 2


def test_journals_merge_too(run: Run, tmp_path: Path) -> None:
    run("assess", "sme", "--name", "甲", "--assessor", "张工", "--save", "j.jsonl", stdin=b"B\n")
    wrote(tmp_path, "b.yaml", {"systems": "C"}, name="甲")
    done = run("merge", "j.jsonl", "b.yaml", "-o", "all.yaml")
    assert done.returncode == 0, done.stderr.decode()
    assert set(read(tmp_path / "all.yaml").entries) == {"network", "systems"}


# ── laws ─────────────────────────────────────────────────────────────────────────────────────────────

ANSWERS = {
    "network": ["B", "C", "scada", "B|C", "apps|scada", "?", ""],
    "systems": ["A", "B", "?", ""],
    "equipment_total": ["100", "200", "?", ""],
    "equipment_digital": ["50", "100", ""],
    "equipment_digital_rate": ["50", "50.0", "25", "d", "?", ""],
    "product_design": ["1", "2", "?", ""],
}
FILE = st.fixed_dictionaries({}, optional={name: st.sampled_from(texts) for name, texts in ANSWERS.items()})
FILES = st.lists(FILE, min_size=2, max_size=4)


def people(files: list[dict[str, str]]) -> list[Respondent]:
    """As respondents, those whose own answers fit together."""
    judge = Judge(USED)
    found = []
    for number, one in enumerate(files):
        entries = {name: Entry(text) for name, text in one.items() if text}
        columns = columns_of(judge, entries)
        if not judge_rows(USED, columns).problems:
            found.append((f"{number}.yaml", str(number), Answers(USED.ref, entries=entries), columns))
    return respondents_named(found)


def judged(answers: Answers) -> dict[str, Cell]:
    judge = Judge(USED)
    cells = {name: judge.cell(name, str(entry.text)) for name, entry in answers.entries.items()}
    return {name: cell for name, cell in cells.items() if isinstance(cell, Cell) and cell.state}


@settings(max_examples=200)
@given(FILES, st.randoms(use_true_random=False))
def test_laws_of_merging(files: list[dict[str, str]], chance: st.DrawFn) -> None:
    respondents = people(files)
    if not respondents:
        return
    same = Merging(USED, [respondents[0], respondents[0]])
    assert same.conflicts() == []
    assert same.merged(lambda _: 0).answers == respondents[0].answers

    merging = Merging(USED, respondents)
    conflicts = merging.conflicts()

    def decide(conflict: Conflict) -> int:
        return chance.randrange(len(conflict.versions))  # type: ignore[attr-defined, no-any-return]

    result = judged(merging.merged(decide).answers)
    listed = {name for conflict in conflicts for name in conflict.questions}
    said = [judged(respondent.answers) for respondent in respondents]
    for name, cell in result.items():
        assert cell in [one.get(name) for one in said]  # everything was said by somebody
    for one in said:
        for name, cell in one.items():
            # nobody's answer disappears unheard: it stands, or it is listed, or it was "unknown"
            assert result.get(name) == cell or name in listed or cell.state == 2
    if not conflicts:
        turned = Merging(USED, respondents[::-1])
        assert turned.conflicts() == []
        assert judged(turned.merged(lambda _: 0).answers) == result


def test_merging_the_example_with_itself_changes_nothing(run: Run, tmp_path: Path) -> None:
    done = run("merge", EXAMPLE, EXAMPLE, "-o", "all.yaml")
    assert done.returncode == 0
    assert bamai.score_file(tmp_path / "all.yaml") == bamai.score_file(EXAMPLE)
