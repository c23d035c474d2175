"""The judge: one text of one question, and what several must keep together."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import bamai
from bamai.answers import ANSWERED, MEMO, NA, NO_BAND, OPEN, UNKNOWN, Cell, Judge, divide, judge_rows
from bamai.catalog import Catalog, Edition
from bamai.checks import fold
from bamai.errors import InputError, Problem
from bamai.texts import LANGS
from conftest import columns_of, edition
from test_broken_rules import SMALL_MODEL, SMALL_QUESTIONS, small


def sme_judge() -> Judge:
    return Judge(edition("sme@2024"))


def judged(name: str, text: str) -> Cell:
    cell = sme_judge().cell(name, text)
    assert isinstance(cell, Cell), cell.text("en")
    return cell


def refused(name: str, text: str) -> str:
    problem = sme_judge().cell(name, text)
    assert isinstance(problem, Problem), problem
    assert problem.questions == (name,)
    for lang in LANGS:
        assert "{" not in problem.message(lang)
    return problem.code


@pytest.mark.parametrize("text", ["", " ", "\u3000", "\u200b", "\t"])
def test_blank_is_open(text: str) -> None:
    assert judged("network", text).state == OPEN


@pytest.mark.parametrize("text", ["?", "？", "unknown", "UNKNOWN", "不清楚", " 不清楚 "])
def test_unknown(text: str) -> None:
    for name in ("network", "equipment_digital_rate", "systems", "product_design", "energy_trend", "equipment_total"):
        assert judged(name, text).state == UNKNOWN


def test_numbers_given_from_python_are_read_as_numbers() -> None:
    answers = {"Q2": Decimal("1E+2"), "Q3": 1e-5, "Q11": 60.5, "revenue_3y": 10**8, "s01": 3}
    with pytest.warns(bamai.AnswersWarning, match=r"Q3 says 0\.00001 %"):
        result = bamai.score_answers(edition("sme"), answers)
    assert {answer.label: answer.told.en for answer in result.answers if answer.told} == {
        "Q2": "100 %", "Q3": "0.00001 %", "Q11": "60.5 %", "revenue_3y": "100000000 × 10,000 yuan",
        "s01": "grade 3: Standard parts and design knowledge are reused; design works with process planning and data "
               "are shared across departments",
    }  # fmt: skip
    with pytest.raises(InputError, match="NaN"):
        bamai.score_answers(edition("sme"), {"Q2": float("nan")})


def test_no_opposite_is_suggested_for_a_word_that_is_neither_yes_nor_no() -> None:
    hints = {}
    for text in ("on", "off", "yess", "nope"):
        problem = sme_judge().cell("design_tools_used", text)
        assert isinstance(problem, Problem)
        hints[text] = problem.message("en").partition("did you mean ")[2]
    assert hints == {"on": "", "off": "", "yess": "yes?", "nope": "no?"}


@pytest.mark.parametrize("text", ["n/a", "N/A", "Ｎ／Ａ", "不适用"])
def test_not_applicable_only_where_the_rules_allow_it(text: str) -> None:
    assert refused("network", text) == "na_not_allowed"
    assert refused("product_design", text) == "na_not_allowed"
    assert judged("cnc_rate", text).state == NA
    assert judged("design_tools_used", text).state == NA


@pytest.mark.parametrize(
    ("text", "millionths"),
    [
        ("57.7", 57_700_000), ("57.7%", 57_700_000), ("57.7 %", 57_700_000), ("５７．７％", 57_700_000),
        ("57。7", 57_700_000), (" 57.70 ", 57_700_000), ("0", 0), ("100", 100_000_000), ("100.000", 100_000_000),
        ("0.0000005", 1), ("0.00000049999999999999999999999", 0), ("33.3333335", 33_333_334), ("007", 7_000_000),
        ("+5", 5_000_000),
    ],
)  # fmt: skip
def test_percentages(text: str, millionths: int) -> None:
    cell = judged("equipment_digital_rate", text)
    assert (cell.state, cell.value, cell.band) == (ANSWERED, millionths, NO_BAND)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("157", "out_of_range"), ("-1", "out_of_range"), ("100.0000001", "out_of_range"), ("57,7", "decimal_comma"),
        ("57,700", "out_of_range"), ("1e1", "not_a_number"), ("nan", "not_a_number"), ("inf", "not_a_number"),
        ("2024-01-01", "not_a_number"), ("#DIV/0!", "not_a_number"), ("F", "no_such_option"),
        ("9" * 400, "not_a_number"), ("٣", "no_such_option"),
    ],
)  # fmt: skip
def test_what_is_no_percentage(text: str, code: str) -> None:
    assert refused("equipment_digital_rate", text) == code


@pytest.mark.parametrize(("text", "suspicious"), [("0.577", True), ("0.577%", True), ("1", False), ("0", False)])
def test_a_share_of_one_is_suspicious(text: str, suspicious: bool) -> None:
    assert judged("equipment_digital_rate", text).suspicious is suspicious


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("320", 320),
        ("1,200", 1200),
        ("１，２００", 1200),
        ("12,345", 12345),
        ("3.0", 3),
        ("320台", 320),
        ("320 units", 320),
    ],
)
def test_counts(text: str, units: int) -> None:
    assert judged("equipment_total", text).value == units * 1_000_000


@pytest.mark.parametrize(
    ("text", "code"),
    [("3.5", "not_whole"), ("-3", "out_of_range"), ("1,20", "decimal_comma"), ("1,2000", "decimal_comma"),
     ("12,34,567", "not_a_number"), ("320箱", "not_a_number"), ("1 200", "not_a_number"), ("3/4", "not_a_number")],
)  # fmt: skip
def test_what_is_no_count(text: str, code: str) -> None:
    assert refused("equipment_total", text) == code


def test_a_band_letter_is_no_value() -> None:
    cell = judged("equipment_digital_rate", "d")
    assert (cell.state, cell.band) == (ANSWERED, 3)


@pytest.mark.parametrize(
    ("text", "mask"),
    [("A", 1), ("none", 1), ("无", 1), ("B", 2), ("b|C", 6), ("B;C", 6), ("B；C", 6), ("B、C", 6), ("B,C", 6),
     ("B，C", 6), ("Ｂ｜Ｃ", 6), ("scada|apps", 6), ("B|B", 2), ("B|", 2), (" B | E ", 18)],
)  # fmt: skip
def test_several(text: str, mask: int) -> None:
    assert judged("network", text).value == mask


@pytest.mark.parametrize(
    ("text", "code"), [("A|B", "none_and_more"), ("Z", "no_such_option"), ("B|Z", "no_such_option"),
                       ("|", "empty_list"), (";", "empty_list"), ("BC", "no_such_option")]
)  # fmt: skip
def test_what_is_no_choice_of_several(text: str, code: str) -> None:
    assert refused("network", text) == code


def test_lists() -> None:
    judge = sme_judge()
    cell = judge.several("network", ["scada", "C"])
    assert isinstance(cell, Cell)
    assert cell.value == 6
    for given_list, code in (([], "empty_list"), (["A", "B"], "none_and_more"), (["x"], "no_such_option")):
        problem = judge.several("network", given_list)
        assert isinstance(problem, Problem)
        assert problem.code == code
    problem = judge.several("systems", ["B"])
    assert isinstance(problem, Problem)
    assert problem.code == "one_value"


def test_every_option_is_taken_by_id_code_and_label() -> None:
    judge = sme_judge()
    for question in judge.edition.questions.values():
        for index, (option, letter) in enumerate(zip(question.options, question.letters, strict=True)):
            for text in (option.id, letter, letter.lower(), option.label.zh, option.label.en, option.label.en.upper()):
                cell = judge.cell(question.id, text)
                assert isinstance(cell, Cell), (question.id, text)
                found = cell.band if question.kind == "percent" else cell.value
                assert found == (1 << index if question.kind == "multiple" else index), (question.id, text)


@pytest.mark.parametrize(("text", "grade"), [("0", 0), ("4", 4), ("３", 3)])
def test_grades(text: str, grade: int) -> None:
    assert judged("product_design", text).value == grade


@pytest.mark.parametrize("text", ["5", "-1", "A", "B", "2.0", "二"])
def test_grades_are_digits(text: str) -> None:
    assert refused("product_design", text) == "no_such_option"


@pytest.mark.parametrize(
    ("text", "value"), [("yes", 1), ("Y", 1), ("是", 1), ("true", 1), ("1", 1), ("no", 0), ("否", 0), ("0", 0)]
)
def test_yes_and_no(text: str, value: int) -> None:
    assert judged("design_tools_used", text).value == value


def test_questions_are_found_by_id_code_and_text() -> None:
    names = sme_judge().names
    question = edition("sme@2024").questions["network"]
    assert {names[key] for key in ("network", "q1", fold(question.text.zh))} == {"network"}


@given(st.text(max_size=30))
def test_no_text_breaks_the_judge(text: str) -> None:
    judge = sme_judge()
    for name in ("network", "equipment_digital_rate", "systems", "product_design", "design_tools_used", "revenue_3y"):
        result = judge.cell(name, text)
        if isinstance(result, Problem):
            assert result.text("zh").isprintable() or "\u3000" in result.text("zh")
        assert judge.cell(name, text) is result


def test_the_memo_is_bounded() -> None:
    judge = sme_judge()
    for number in range(MEMO + 10):
        judge.cell("equipment_total", str(number))
    assert len(judge._memo["equipment_total"]) <= MEMO


# ── rows ─────────────────────────────────────────────────────────────────────────────────────────────


def row(answers: dict[str, str], edition_: Edition | None = None) -> tuple[dict[str, tuple[int, int]], list[Problem]]:
    used = edition_ or edition("sme@2024")
    judged_rows = judge_rows(used, columns_of(Judge(used), answers))
    states = {name: (int(c.state[0]), int(c.value[0])) for name, c in judged_rows.columns.items()}
    return states, [p.describe(0) for p in judged_rows.problems if p.rows[0]]


RATE = "equipment_digital_rate"


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"equipment_total": "320", "equipment_digital": "185"}, (ANSWERED, 57_812_500)),
        ({"equipment_total": "3", "equipment_digital": "1"}, (ANSWERED, 33_333_333)),
        ({"equipment_total": "3", "equipment_digital": "2"}, (ANSWERED, 66_666_667)),
        ({RATE: "33.4", "equipment_total": "3", "equipment_digital": "1"}, (ANSWERED, 33_333_333)),  # counts win
        ({RATE: "B", "equipment_total": "20", "equipment_digital": "4"}, (ANSWERED, 20_000_000)),  # (10, 20]
        ({RATE: "40", "equipment_total": "20"}, (ANSWERED, 40_000_000)),  # one count: the value stands
        ({RATE: "40", "equipment_total": "20", "equipment_digital": "?"}, (ANSWERED, 40_000_000)),
        ({RATE: "?", "equipment_total": "20", "equipment_digital": "5"}, (ANSWERED, 25_000_000)),
        ({"equipment_total": "20"}, (OPEN, 0)),
        ({"equipment_total": "20", "equipment_digital": "?"}, (UNKNOWN, 0)),
        ({"equipment_digital": "?"}, (OPEN, 0)),
    ],
)
def test_a_metric_is_made_of_its_counts(answers: dict[str, str], expected: tuple[int, int]) -> None:
    states, problems = row(answers)
    assert problems == []
    assert states[RATE] == expected


@pytest.mark.parametrize(
    ("answers", "code", "names"),
    [
        ({"equipment_total": "20", "equipment_digital": "21"}, "part_above_whole",
         ("equipment_digital", "equipment_total")),
        ({"equipment_total": "0", "equipment_digital": "0"}, "whole_zero", ("equipment_total",)),
        ({RATE: "40.2", "equipment_total": "20", "equipment_digital": "8"}, "value_against_counts",
         (RATE, "equipment_digital", "equipment_total")),
        ({RATE: "C", "equipment_total": "20", "equipment_digital": "4"}, "value_against_counts",
         (RATE, "equipment_digital", "equipment_total")),
    ],
)  # fmt: skip
def test_cells_that_contradict_each_other_are_named(answers: dict[str, str], code: str, names: tuple[str, ...]) -> None:
    _, problems = row(answers)
    assert [(p.code, p.questions) for p in problems] == [(code, names)]


def test_a_value_may_be_a_tenth_of_a_point_off_its_counts() -> None:
    for value, good in (("40.1", True), ("39.9", True), ("40.100001", False)):
        _, problems = row({RATE: value, "equipment_total": "20", "equipment_digital": "8"})
        assert (problems == []) is good


def test_a_whole_of_zero_is_not_applicable_where_that_is_allowed() -> None:
    for rest in ({"key_processes_cnc": "0"}, {}, {"key_processes_cnc": "?"}, {"cnc_rate": "?"},
                 {"key_processes_cnc": "0", "cnc_rate": "0"}):  # fmt: skip
        states, problems = row({"key_processes": "0", **rest}, edition("general"))
        assert problems == []
        assert states["cnc_rate"][0] == NA, rest


def test_a_rate_beside_a_whole_of_zero_stands_with_one_count_and_contradicts_two() -> None:
    states, problems = row({"key_processes": "0", "cnc_rate": "50"})
    assert (states["cnc_rate"], problems) == ((ANSWERED, 50_000_000), [])
    _, problems = row({"key_processes": "0", "key_processes_cnc": "0", "cnc_rate": "50"})
    assert [(p.code, p.questions, p.message("en")) for p in problems] == [
        ("whole_zero", ("cnc_rate", "key_processes"), "a total of 0 makes no rate: cnc_rate 50, key_processes 0")
    ]


def small_edition(root: Path) -> Edition:
    return Catalog(small(root)).load("own")


def test_a_hidden_question_is_not_applicable_and_its_answer_is_kept(tmp_path: Path) -> None:
    own = small_edition(tmp_path)
    hidden = judge_rows(own, columns_of(Judge(own), {"tools": "no", "plan": "2"}))
    assert hidden.columns["plan"].state[0] == NA
    assert hidden.given["plan"].state[0] == ANSWERED
    assert judge_rows(own, columns_of(Judge(own), {"tools": "yes", "plan": "2"})).columns["plan"].state[0] == ANSWERED


def test_a_hidden_question_is_not_asked_for(tmp_path: Path) -> None:
    own = small_edition(tmp_path)
    for tools, required in (("no", False), ("yes", True), ("", True)):
        assert judge_rows(own, columns_of(Judge(own), {"tools": tools})).required["plan"][0] == required


def test_what_an_open_answer_may_still_show_is_open(tmp_path: Path) -> None:
    """Else the range would leave out the completion that shows it."""
    own = small_edition(tmp_path)
    judged_rows = judge_rows(own, columns_of(Judge(own), {"plan": "2"}))
    assert judged_rows.columns["plan"].state[0] == OPEN
    assert judged_rows.undecided["plan"][0]
    any_rule = SMALL_QUESTIONS.replace("{all: [{question: tools, in: [\"yes\"]}]}", "{any: [{question: tools, in: "
                                       "[\"yes\"]}, {question: nets, in: [lan]}]}")  # fmt: skip
    assert any_rule != SMALL_QUESTIONS
    either = Catalog(small(tmp_path / "any", questions=any_rule)).load("own")
    for answers, state in (({"tools": "no"}, OPEN), ({"tools": "no", "nets": "wlan"}, NA), ({"nets": "lan"}, ANSWERED),
                           ({"tools": "yes"}, ANSWERED)):  # fmt: skip
        found = judge_rows(either, columns_of(Judge(either), {**answers, "plan": "2"}))
        assert found.columns["plan"].state[0] == state, answers


@pytest.mark.parametrize(
    ("condition", "answers", "shown"),
    [
        ("question: rate, at_least: 57.7", {"rate": "57.7"}, True),
        ("question: rate, at_least: 57.7", {"rate": "57.699999"}, False),
        ("question: rate, at_most: 57.7", {"rate": "57.7"}, True),
        ("question: rate, at_most: 57.7", {"rate": "57.700001"}, False),
        ("question: rate, at_least: 10, at_most: 20", {"rate": "15"}, True),
        ("question: rate, at_least: 10, at_most: 20", {"rate": "21"}, False),
        ("question: rate, at_most: 57.7", {"rate": "unknown"}, False),
        ("question: plan, at_least: 2", {"plan": "2"}, True),
        ("question: plan, at_least: 2", {"plan": "1"}, False),
        ("question: plan, at_most: 1", {"plan": "1"}, True),
        ("question: plan, at_most: 1", {"plan": "2"}, False),
        ("question: nets, in: [lan]", {"nets": "lan|wlan"}, True),
        ("question: nets, in: [lan]", {"nets": "wlan"}, False),
        ("question: tools, answered: true", {"tools": "no"}, True),
        ("question: tools, answered: true", {"tools": "unknown"}, False),
        ("question: tools, answered: false", {"tools": "unknown"}, True),
    ],
)
def test_a_question_is_shown_where_its_condition_holds(
    tmp_path: Path, condition: str, answers: dict[str, str], shown: bool
) -> None:
    hidden = SMALL_QUESTIONS.replace("{id: wish,", f"{{id: wish, show_if: {{all: [{{{condition}}}]}},")
    own = Catalog(small(tmp_path, questions=hidden)).load("own")
    states, problems = row({"tools": "yes", **answers, "wish": "3"}, own)
    assert (states["wish"][0], problems) == (ANSWERED if shown else NA, [])


def test_too_many_not_applicable(tmp_path: Path) -> None:
    limit = "\nna_limits: [{within: work, at_most: 0}]\nlevels:"
    own = Catalog(small(tmp_path, model=SMALL_MODEL.replace("\nlevels:", limit, 1))).load("own")
    _, problems = row({"tools": "yes", "plan": "n/a"}, own)
    assert [(p.code, p.questions) for p in problems] == [("too_many_na", ("plan",))]
    _, problems = row({"tools": "no", "plan": "2"}, own)
    assert problems == []  # hidden does not count


RATIO = """\
      - {id: tons, kind: number, text: {zh: 吨, en: Tons}, min: 0, max: 900000000000, unit: {zh: 吨, en: t}, compared_only: true}
      - {id: value_added, kind: number, text: {zh: 增加值, en: Value}, min: 0, max: 900000000000, unit: {zh: 万元, en: wan}, compared_only: true}
      - id: energy
        kind: number
        text: {zh: 单位能耗, en: Energy per value}
        min: 0
        max: 1000
        unit: {zh: 吨/万元, en: t per wan}
        compared_only: true
        metric: {better: down, kind: ratio, part: tons, whole: value_added}
"""  # noqa: E501


def test_a_ratio_has_no_bound_but_its_metrics_own(tmp_path: Path) -> None:
    own = Catalog(small(tmp_path, questions=SMALL_QUESTIONS + RATIO)).load("own")
    states, problems = row({"tons": "1,400", "value_added": "1,000"}, own)
    assert (states["energy"], problems) == ((ANSWERED, 1_400_000), [])
    for tons, value_added in (("2000", "1"), ("900000000000", "0.000001")):
        _, problems = row({"tons": tons, "value_added": value_added}, own)
        assert [p.code for p in problems] == ["quotient_out_of_range"]
    _, problems = row({"tons": "1400", "value_added": "1000", "energy": "1.42"}, own)
    assert [p.code for p in problems] == ["value_against_counts"]
    _, problems = row({"tons": "1400", "value_added": "1000", "energy": "1.414"}, own)
    assert problems == []


@given(st.integers(0, 9 * 10**17), st.integers(1, 9 * 10**17), st.sampled_from([1, 10, 100, 1000, 10_000]))
def test_division_is_exact(part: int, whole: int, times: int) -> None:
    if part * times // whole >= 10**12:
        return
    exact, rest = divmod(part * times * 10**6, whole)
    expected = exact + (2 * rest >= whole)
    assert int(divide(np.array([part]), np.array([whole]), times)[0]) == expected
    assert int(divide(np.array([part, 9 * 10**17]), np.array([whole, 9 * 10**17]), times)[0]) == expected
