"""The interview without a terminal: asking, moving about, and what is kept."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bamai import load
from bamai.answers import Answers, Cell, Enterprise, Entry
from bamai.api import score_answers
from bamai.catalog import Catalog, Edition
from bamai.errors import InputError, OutputError, Place, Problem
from bamai.interview.session import Session, events_of
from bamai.journal import Event
from conftest import edition
from test_broken_rules import SMALL_QUESTIONS, small


def session(used: Edition, answers: Answers | None = None) -> tuple[Session, list[Event]]:
    events: list[Event] = []
    return Session(used, answers or Answers(used.ref), events.append), events


def asked_of(talk: Session, answers: dict[str, str]) -> list[str]:
    """Answer everything, as *answers* say or by skipping; the ids in the order of asking."""
    asked = []
    while (question := talk.current) is not None:
        asked.append(question.id)
        assert not isinstance(talk.answer(answers.get(question.id, "")), Problem)
    return asked


def at(talk: Session) -> str | None:
    """What the current question is called."""
    return talk.current.label if talk.current else None


def test_counts_are_asked_where_the_value_is_skipped() -> None:
    talk, _ = session(edition("sme@2024"))
    asked = []
    given = {"equipment_digital_rate": "", "equipment_total": "20", "equipment_digital": "5",
             "equipment_network_rate": "30"}  # fmt: skip
    while (question := talk.current) is not None:
        asked.append(question.id)
        assert not isinstance(talk.answer(given.get(question.id, "?")), Problem)
    assert asked[:4] == ["network", "equipment_digital_rate", "equipment_total", "equipment_digital"]
    assert "equipment_networked" not in asked
    assert talk.answers.entries["equipment_digital"].text == "5"
    assert talk.standing().indicators["equipment_digital_rate"].reason.en.startswith("25 %")


def test_what_is_open_says_what_it_is_asked_for(tmp_path: Path) -> None:
    first = "      - {id: tools,"
    goods = "      - {id: goods, kind: text, text: {zh: 产品, en: Goods}}\n"
    talk, _ = session(load("own", small(tmp_path, questions=SMALL_QUESTIONS.replace(first, goods + first))))
    assert {item.question.id: item.purpose("en") for item in talk.open_items("en")} == {
        "goods": "(for the record)", "tools": "(scored)", "nets": "(scored)", "rate": "(scored)",
        "speed": "(scored)", "wish": "(only compared)",
    }  # fmt: skip


def test_a_second_count_that_can_change_nothing_is_not_asked() -> None:
    used = edition("general")
    asked = asked_of(session(used)[0], {"key_processes": "0"})
    assert "key_processes" in asked
    assert not {"key_processes_cnc", "cnc_rate"} & set(asked)
    asked = asked_of(session(used)[0], {"key_processes": "n/a"})
    assert not {"key_processes_cnc", "cnc_rate"} & set(asked)
    for answer in ("3", "?"):
        assert "key_processes_cnc" in asked_of(session(used)[0], {"key_processes": answer})


def test_a_value_is_asked_where_its_counts_are_skipped() -> None:
    used = edition("general")
    assert "equipment_digital_rate" not in asked_of(
        session(used)[0], {"equipment_total": "20", "equipment_digital": "5"}
    )
    asked = asked_of(session(used)[0], {"equipment_total": "20"})
    assert asked.index("equipment_digital_rate") > asked.index("equipment_digital")


def test_a_count_that_is_no_longer_asked_is_left_to_its_neighbours() -> None:
    """Counts that a file brought: once cleared, the value is asked for instead of them."""
    for does, found in (("back", "Q2"), ("forward", "Q3")):
        talk, _ = session(edition("sme@2024"), Answers("sme@2024", entries={"equipment_total": Entry("20")}))
        assert talk.go("equipment_total")
        talk.clear()
        assert not talk.go("equipment_total")
        getattr(talk, does)()
        assert at(talk) == found


def test_contradicting_answers_are_refused_and_change_nothing() -> None:
    talk, events = session(edition("general"))
    assert talk.go("equipment_total")
    talk.answer("20")
    assert talk.current is not None and talk.current.id == "equipment_digital"
    before = list(events)
    refused = talk.answer("21")
    assert isinstance(refused, Problem) and refused.code == "part_above_whole"
    assert events == before
    assert talk.current.id == "equipment_digital"
    assert talk.answers.entries == {"equipment_total": Entry("20")}
    talk.answer("20")
    # the whole below its part is as wrong, whichever of them comes last
    assert talk.go("equipment_total")
    assert isinstance(talk.answer("19"), Problem)
    assert talk.answers.entries["equipment_total"].text == "20"


@pytest.mark.parametrize(("tools", "shown"), [("no", False), ("yes", True), ("?", False)])
def test_hidden_questions_are_not_asked(tmp_path: Path, tools: str, shown: bool) -> None:
    talk, _ = session(Catalog(small(tmp_path)).load("own"))
    assert ("plan" in asked_of(talk, {"tools": tools})) is shown


def test_an_answer_that_becomes_hidden_is_kept_and_not_scored(tmp_path: Path) -> None:
    talk, events = session(Catalog(small(tmp_path)).load("own"))
    asked_of(talk, {"tools": "yes", "nets": "lan", "rate": "50", "plan": "2", "speed": "10"})
    whole = talk.standing()
    assert talk.go("tools")
    talk.answer("no")
    assert talk.answers.entries["plan"].text == "2"
    assert not talk.go("plan")
    without = talk.standing()
    assert (without.indicators["plan"].state, [item.question for item in without.hidden]) == ("na", ["plan"])
    assert talk.go("tools")
    talk.answer("yes")
    assert talk.standing() == whole
    assert [event for event in events if event.question == "plan"] == [Event("answer", "plan", "2")]


def test_going_back_and_changing_an_answer(tmp_path: Path) -> None:
    talk, events = session(Catalog(small(tmp_path)).load("own"))
    assert not talk.back()
    talk.answer("yes")
    assert talk.back()
    assert talk.current is not None and talk.current.id == "tools"
    talk.answer("yes")
    assert len(events) == 1  # the same answer again is nothing new
    assert talk.back()
    talk.answer("no")
    assert talk.answers.entries["tools"].text == "no"
    assert talk.current.id == "nets"


def test_moving_about() -> None:
    talk, events = session(edition("sme@2024"))
    for name, found in (("Q12", "Q12"), ("s03", "s03"), ("数字化管理", "Q8")):
        assert talk.go(name)
        assert at(talk) == found
    assert talk.section.title.zh == "数字化管理"
    assert not talk.go("Q99")
    assert at(talk) == "Q8"
    talk.forward()
    assert at(talk) == "Q9"
    talk.end()
    assert at(talk) is None
    assert talk.back()
    assert at(talk) == "design_tools_used"
    talk.forward()
    assert at(talk) is None
    assert events == []


def test_an_answer_goes_on_to_what_is_open(tmp_path: Path) -> None:
    talk, _ = session(Catalog(small(tmp_path)).load("own"))
    talk.go("speed")
    talk.answer("10")
    assert talk.current is not None and talk.current.id == "wish"
    talk.answer("3")
    assert talk.current is not None and talk.current.id == "tools"  # nothing is open behind it, much is before
    talk.answer("yes")
    talk.go("tools")
    talk.answer("yes")
    assert talk.current.id == "nets"


def test_states_stay_apart() -> None:
    talk, _ = session(edition("general"))
    for name, does in (("equipment_total", talk.skip), ("network", functools.partial(talk.answer, "unknown"))):
        talk.go(name)
        does()
    na = next(iter(talk.edition.na_permitted & set(talk.asked())))
    talk.go(na)
    assert isinstance(talk.answer("n/a"), Cell)
    talk.go("systems")
    refused = talk.answer("n/a")
    assert isinstance(refused, Problem) and refused.code == "na_not_allowed"
    found = {name: talk.item(name, "en").standing for name in ("equipment_total", "network", na, "systems")}
    assert found == {"equipment_total": "skipped", "network": "unknown", na: "na", "systems": "open"}
    open_now = [item.question.id for item in talk.open_items("en")]
    assert "equipment_total" in open_now and "network" not in open_now and na not in open_now
    assert talk.progress.done == 3


def test_notes_and_evidence_need_no_answer() -> None:
    talk, events = session(edition("sme@2024"))
    talk.note(" 现场看过 ")
    talk.evidence(["照片 3 张", " ", "台账"])
    assert talk.answers.entries["network"] == Entry("", ("照片 3 张", "台账"), "现场看过")
    assert talk.progress.done == 0
    talk.note("现场看过")
    assert len(events) == 2
    talk.note("")
    talk.evidence([])
    assert talk.answers.entries == {}


def test_clearing_keeps_note_and_evidence() -> None:
    talk, _ = session(edition("sme@2024"))
    talk.answer("B")
    talk.back()
    talk.note("n")
    talk.clear()
    assert talk.answers.entries == {"network": Entry("", (), "n")}
    assert talk.current is not None and talk.current.id == "network"


def test_what_cannot_be_recorded_is_not_taken() -> None:
    def full(_: Event) -> None:
        raise OutputError(Problem("output_failed", {"why": "No space left on device"}, Place("j.jsonl")))

    used = edition("sme@2024")
    talk = Session(used, Answers(used.ref), full)
    for does in (lambda: talk.answer("B"), talk.skip, lambda: talk.note("n"), lambda: talk.evidence(["e"])):
        with pytest.raises(OutputError):
            does()
    assert talk.answers.entries == {} and talk.skipped == set()
    assert talk.current is not None and talk.current.id == "network"


def test_an_overview_tells_answers_in_words() -> None:
    talk, _ = session(edition("sme@2024"))
    asked_of(talk, {"network": "B|C", "equipment_digital_rate": "５７．７％", "equipment_network_rate": "b",
                    "product_design": "0", "quality_trend": "better", "design_tools_used": "是"})  # fmt: skip
    told = {item.question.label: item.told for _, items in talk.overview("zh") for item in items}
    assert told["Q2"] == "57.7 %"
    assert told["Q3"] == "B 10 % 以上至 20 %"
    assert told["s01"].startswith("0 未达到")
    assert told["design_tools_used"] == "是"
    assert told["Q1"].startswith("B 车间") and "；C 建成" in told["Q1"]
    assert told["Q5"] == ""


# ── laws ─────────────────────────────────────────────────────────────────────────────────────────────

TEXTS = [
    "A",
    "B",
    "C",
    "0",
    "1",
    "2",
    "3",
    "10",
    "57.7",
    "100",
    "yes",
    "no",
    "?",
    "n/a",
    "B|C",
    "A|B",
    "nonsense",
    "250",
]
WALK = st.lists(
    st.one_of(
        st.tuples(st.just("answer"), st.sampled_from(TEXTS)),
        st.tuples(st.sampled_from(["back", "forward", "skip", "clear", "end"]), st.just("")),
        st.tuples(st.just("go"), st.integers(0, 50).map(str)),
        st.tuples(st.just("note"), st.sampled_from(["", "n", "备注"])),
        st.tuples(st.just("evidence"), st.sampled_from(["", "e", "甲|乙"])),
    ),
    max_size=25,
)


def scored(used: Edition, entries: dict[str, Entry]) -> Any:
    data = {name: {"value": e.text, "evidence": list(e.evidence), "note": e.note} for name, e in entries.items()}
    return score_answers(used, data)


@settings(max_examples=40)
@given(st.sampled_from(["sme@2024", "general@2026-reference"]), WALK)
def test_whatever_the_way_the_answers_are_those_that_were_given(ref: str, walk: list[tuple[str, str]]) -> None:
    """Beside the session a plain dict is kept; scoring is the judge of what may be taken."""
    used = edition(ref)
    talk, events = session(used)
    names = list(used.questions)
    kept: dict[str, Entry] = {}
    for step, text in walk:
        if step == "go":
            talk.go(names[int(text) % len(names)])
        elif step in ("back", "forward", "end"):
            getattr(talk, step)()
        elif talk.current is not None:
            name = talk.current.id
            before = kept.get(name, Entry())
            match step:
                case "answer":
                    wanted = {**kept, name: before._replace(text=text)}
                    try:
                        scored(used, wanted)
                    except InputError:
                        assert isinstance(talk.answer(text), Problem)
                    else:
                        assert isinstance(talk.answer(text), Cell)
                        kept = wanted
                case "skip":
                    talk.skip()
                case "clear":
                    talk.clear()
                    kept[name] = before._replace(text="")
                case "note":
                    talk.note(text)
                    kept[name] = before._replace(note=text or None)
                case "evidence":
                    talk.evidence(text.split("|"))
                    kept[name] = before._replace(evidence=tuple(item for item in text.split("|") if item))
            kept = {key: entry for key, entry in kept.items() if entry != Entry()}
        assert talk.answers.entries == kept
        assert talk.current is None or talk.current.id in talk.asked()
        done, total = talk.progress
        assert 0 <= done <= total == len(talk.asked())
    assert talk.standing() == scored(used, kept)._replace(enterprise=Enterprise())
    again, _ = session(used)
    for event in events:
        again.apply(event)
    assert (again.answers, again.skipped) == (talk.answers, talk.skipped)
    copied, _ = session(used)
    for event in events_of(talk.answers):
        copied.apply(event)
    assert copied.answers == talk.answers
