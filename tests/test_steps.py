"""Next steps are what scoring the better answers gives, and the appendix says what was answered."""

from __future__ import annotations

import re
import tempfile
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import bamai
from bamai.answers import AnswersFile, Judge
from bamai.assessment import Assessment, Step
from bamai.catalog import Catalog, Edition
from bamai.report.content import blocks
from bamai.report.markdown import markdown
from bamai.report.terminal import text, text_report
from bamai.texts import LANGS, Lang
from conftest import EXAMPLE, GENERAL_EXAMPLE, assessed, edition
from test_broken_rules import SMALL_MODEL, small


def written(path: Path) -> tuple[Edition, dict[str, str]]:
    opened = AnswersFile.open(path)
    known = edition(opened.model)
    answers, _, _ = opened.read(Judge(known))
    texts = {name: e.text if isinstance(e.text, str) else "|".join(e.text) for name, e in answers.entries.items()}
    # several metrics share a count: each is answered by its own value, which a step can then replace
    counts = set()
    for question in known.questions.values():
        if question.metric and question.metric.part in texts and question.metric.whole in texts:
            part, whole = texts[question.metric.part], texts[question.metric.whole]
            times = 100 if question.metric.kind == "share" else question.metric.times
            texts[question.id] = str(times * Decimal(part.replace(",", "")) / Decimal(whole.replace(",", "")))
            counts |= {question.metric.part, question.metric.whole}
    return known, {name: value for name, value in texts.items() if name not in counts}


def document(result: Assessment, lang: Lang) -> str:
    """All that a document of the result says."""
    return markdown(blocks(result, lang, full=True), lang)


@lru_cache
def small_edition() -> Edition:
    with tempfile.TemporaryDirectory() as folder:
        return Catalog(small(Path(folder))).load("own@1")


def bettered(known: Edition, answers: dict[str, str], step: Step) -> dict[str, str]:
    """*answers* with what *step* says in words, in place of what stood there."""
    question = known.questions[step.question]
    to = step.to.en
    if question.kind == "multiple":
        letter = to.removeprefix("also ").removeprefix("one more of ").split(" ")[0].rstrip(",;")
        before = answers.get(step.question, "")
        to = letter if before in ("", "none", "unknown", "A") else f"{before}|{letter}"
    elif question.kind == "grade":
        to = to.removeprefix("grade ").split(":")[0]
    elif question.kind in ("number", "percent"):
        band = re.match(r"[\[(](\S+), (\S+)[\])]", to)
        to = str((float(band[1]) + float(band[2])) / 2) if band else to.split(" ")[0]
    else:
        to = to.split(" ")[0]
    return {**answers, step.question: to}


def holds(known: Edition, answers: dict[str, str], before: Assessment, step: Step) -> None:
    after = assessed(known, bettered(known, answers, step))
    low, high = (after.score, after.score) if after.range is None else after.range[:2]
    assert before.score is not None and low is not None and high is not None
    assert low - before.score == step.gain
    assert (None if low == high else high - before.score) == step.gain_high
    reached = after.level if after.range is None else after.range.level_low
    assert step.level == (reached if reached != before.level else None)
    found = {gate.id: gate for gate in after.gates}
    for gate in before.gates:
        if gate.id in step.gates:
            new = found[gate.id]
            assert new.met or gate.unit == "points" or (new.has or 0) > (gate.has or 0)


@pytest.mark.parametrize("path", [EXAMPLE, GENERAL_EXAMPLE], ids=["sme", "general"])
def test_a_step_brings_what_scoring_the_better_answer_gives(path: Path) -> None:
    known, answers = written(path)
    before = assessed(known, answers)
    assert len(before.steps) > 15
    for step in before.steps:
        holds(known, answers, before, step)


@given(
    st.fixed_dictionaries(
        {
            "tools": st.sampled_from(["no", "yes"]),
            "nets": st.sampled_from(["none", "lan", "lan|wlan", "unknown"]),
            "rate": st.sampled_from(["0", "39.9", "40", "80", "100", "unknown"]),
            "plan": st.sampled_from(["0", "1", "2", "unknown"]),
            "speed": st.sampled_from(["-5", "0", "7.1", "30", "60"]),
        }
    )
)
def test_steps_hold_whatever_was_answered(answers: dict[str, str]) -> None:
    known = small_edition()
    before = assessed(known, answers)
    for step in before.steps:
        holds(known, answers, before, step)
    # where no answer is hidden, something is left to be had until the score is full
    assert answers["tools"] == "no" or bool(before.steps) == (before.score != 100)


def test_a_grade_with_points_is_raised_to_the_next_that_has_more(tmp_path: Path) -> None:
    """Of 0, 4 and 10 points for the plan; the dimension of it and speed is 40 % of the total."""
    model = SMALL_MODEL.replace("grade: 2, needs: 1", "grade: 1, needs: 1")
    known = Catalog(small(tmp_path, model=model)).load("own")
    answers = {"tools": "yes", "nets": "none", "rate": "0", "speed": "0"}
    for now, to, gain in (("0", "grade 1", 8), ("1", "grade 2", 12)):
        [step] = [s for s in assessed(known, {**answers, "plan": now}).steps if s.question == "plan"]
        assert (step.now.en, step.to.en.split(":")[0]) == (f"grade {now}", to)
        assert step.gain == Decimal(gain)


def test_a_step_names_the_gates_that_it_brings_nearer() -> None:
    """20 of 100 points of the first dimension: a tool brings 25, a network 12.5, a rate of 40 % 25."""
    answers = {"tools": "no", "nets": "none", "rate": "0", "plan": "0", "speed": "0"}
    steps = assessed(small_edition(), answers).steps
    assert {(s.question, s.to.en.split(" ")[0]): s.gates for s in steps if s.gates} == {
        ("tools", "yes"): ("L2.base",),
        ("nets", "one"): ("L2.base",),
        ("rate", "[40,"): ("L2.base", "L2.rate"),
        ("rate", "30"): ("L2.rate",),
    }


def test_the_example_in_full() -> None:
    steps = bamai.score_file(EXAMPLE).steps
    told = [(s.question, s.now.en, s.to.en.split(":")[0], str(s.gain), s.gates) for s in steps]
    assert told[0] == ("process_design", "grade 2", "grade 3", "0", ("L3.count",))
    assert told[9] == ("decision_support", "grade 1", "grade 3", "0", ("L3.count",))
    assert told[10] == ("energy_trend", "B Unchanged", "C Decreased", "3.5", ())
    assert told[14] == ("funding", "3.2 %", "(10, 20] %", "1.875", ())
    assert [t[:3] for t in told if t[0] == "cost_trend"] == [("cost_trend", "unknown", "B Unchanged")]
    assert len(told) == 23


def test_an_open_result_has_no_steps_but_says_why() -> None:
    open_ = assessed(edition("sme@2024"), {"network": "B"})
    assert open_.steps == ()
    assert "First answer the open questions" in document(open_, "en")
    lowest = assessed(edition("sme@2024"), {"network": "B"}, missing_lowest=True)
    assert lowest.steps[0].now.en in ("open", "grade 0")


def test_a_full_score_has_no_steps() -> None:
    known = small_edition()
    best = assessed(known, {"tools": "yes", "nets": "lan|wlan", "rate": "100", "plan": "2", "speed": "30"})
    assert best.score == 100
    assert best.steps == ()
    assert "下一步" not in document(best, "zh")


def test_the_appendix_has_every_question_in_order_with_state_note_and_evidence() -> None:
    result = bamai.score_file(EXAMPLE)
    questionnaire = edition("sme@2024").questionnaire
    asked = [(section.title, q.id) for section in questionnaire.sections for q in section.questions]
    assert [(answer.section, answer.question) for answer in result.answers] == asked
    by_id = {answer.question: answer for answer in result.answers}
    assert by_id["cost_trend"].state == "unknown" and by_id["cost_trend"].told is None
    assert by_id["equipment_total"].told is not None and by_id["equipment_total"].told.zh == "320 台"
    rate = by_id["equipment_digital_rate"]
    assert rate.told is not None and rate.told.en == "57.8125 % (185 ÷ 320)"
    assert [worth.en for worth in rate.worth] == ["in (40, 60]: 4.5 of 6 points"]
    assert by_id["equipment_digital"].note == "抽查与台账一致；老式摇臂钻和锯床未计入。"
    assert by_id["product_design"].evidence == ("PLM 版本记录", "零部件标准库截图")


def test_a_hidden_answer_is_told_and_not_counted() -> None:
    result = assessed(small_edition(), {"tools": "no", "nets": "lan", "rate": "50", "plan": "2", "speed": "3"})
    plan = next(answer for answer in result.answers if answer.question == "plan")
    assert (plan.state, plan.hidden) == ("na", True)
    assert plan.told is not None and plan.told.en == "grade 2: Second"
    assert "not applicable by an earlier answer, left out (grade 2: Second)" in text(
        blocks(result, "en", full=True), "en", 120
    )


def test_a_document_names_the_weakest_dimension_after_the_conditions() -> None:
    told = document(bamai.score_file(EXAMPLE), "en")
    assert told.index("Total score") < told.index(r"The lowest dimension\: Digital management \(42.50\)")
    # before every answer is in, and where all are equal, none is
    assert "lowest dimension" not in document(assessed(edition("sme@2024"), {}), "en")
    assert "lowest dimension" not in document(assessed(edition("sme@2024"), {}, missing_lowest=True), "en")


def test_the_terminal_stays_short() -> None:
    result = bamai.score_file(EXAMPLE)
    for lang in LANGS:
        short, full = text_report(result, lang, 80), text(blocks(result, lang, full=True), lang, 80)
        assert len(full.splitlines()) > 2 * len(short.splitlines())
        assert max(map(len, full.splitlines())) <= 80
