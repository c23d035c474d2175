"""The judge: the only place where an answer is read, for the interview, a file, a form or a batch.

Two steps. **Cell**: one text of one question becomes a value, unknown, not applicable, open, or a problem.
**Row**: what several cells must keep together (part ≤ whole, value against counts, how many n/a, show_if),
vectorised over columns; a single enterprise is a column of length one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_DOWN, ROUND_HALF_UP, Decimal
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from bamai.catalog import Edition
from bamai.checks import fold, walk
from bamai.errors import InputError, Mistakes, Place, Problem
from bamai.formfile import open_form, parse_form
from bamai.questionnaire import NONE, NUMERIC, Condition, Metric, Question, ShowIf
from bamai.schema import MILLION, Text, did_you_mean, millionths
from bamai.texts import shown
from bamai.workbook import looks_like_one, starts_like_one
from bamai.yamlfile import Document, KeyPath, parse_bytes, read

SCHEMA = "bamai.answers/1"

if TYPE_CHECKING:  # numpy.typing costs as much to import as the whole report
    import numpy.typing as npt

    from bamai.journal import Journal

    Ints = npt.NDArray[np.int64]
    States = npt.NDArray[np.int8]
    Flags = npt.NDArray[np.bool_]

OPEN, ANSWERED, UNKNOWN, NA = 0, 1, 2, 3
"""The four states of an answer; they stay apart everywhere."""

NO_BAND = -1
MICRO = Decimal("0.000001")

ABSURD = 2 * 10**12
"""No quotient of two counts is nearly as large."""

MEMO = 100_000
"""Texts remembered per question before the memo is cleared."""

_UNKNOWN_WORDS = frozenset({"?", "unknown", "不清楚"})
_NA_WORDS = frozenset({"n/a", "不适用"})
_YES_NO = {
    "yes": 1, "y": 1, "true": 1, "1": 1, "是": 1,
    "no": 0, "n": 0, "false": 0, "0": 0, "否": 0,
}  # fmt: skip
_SEPARATORS = re.compile(r"[;；、,，]")
_NUMBER = re.compile(r"[-+]?[0-9]+(\.[0-9]+)?\Z|[-+]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?\Z")
_DECIMAL_COMMA = re.compile(r"[-+]?[0-9]+,[0-9]+\Z")
_INVISIBLE = re.compile("[\u200b\u200c\u200d\u2060\ufeff]")


class Cell(NamedTuple):
    """A judged answer.

    Attributes:
        state: OPEN, ANSWERED, UNKNOWN or NA.
        value: index of the option, bit mask of the options, grade, or number in millionths.
        band: index of the band where a letter was given instead of a percent, else NO_BAND.
        suspicious: a percentage between 0 and 1 that may have been meant as a share of 1.
    """

    state: int
    value: int = 0
    band: int = NO_BAND
    suspicious: bool = False


_OPEN = Cell(OPEN)
_UNKNOWN = Cell(UNKNOWN)
_NA = Cell(NA)


class Judge:
    """Reads answers to one edition's questions. Cells are remembered per distinct text."""

    def __init__(self, edition: Edition) -> None:
        self.edition = edition
        self._memo: dict[str, dict[str, Cell | Problem]] = {name: {} for name in edition.questions}
        self._choices = {name: _choices(question) for name, question in edition.questions.items()}
        # parts of lists as they were written, once they were understood: sets are many, their parts few
        self._parts: dict[str, dict[str, int]] = {name: {} for name in edition.questions}
        self._nothing = {
            name: 1 << question.option_ids.index(NONE) if NONE in question.option_ids else 0
            for name, question in edition.questions.items()
        }

    @cached_property
    def names(self) -> dict[str, str]:
        """Question ids by everything a question may be called: id, official code, exact text in either language."""
        found: dict[str, str] = {}
        for name, question in self.edition.questions.items():
            for alias in (name, question.code, question.text.zh, question.text.en):
                if alias is not None:
                    found[fold(alias)] = name
        return found

    def cell(self, name: str, text: str) -> Cell | Problem:
        """The answer *text* to question *name*, or why it is none (a problem without a place)."""
        memo = self._memo[name]
        judged = memo.get(text)
        if judged is None:
            if len(memo) >= MEMO:
                memo.clear()
            judged = memo[text] = self._judge(self.edition.questions[name], text)
        return judged

    def several(self, name: str, texts: Iterable[str]) -> Cell | Problem:
        """The answer given as a list of options."""
        question = self.edition.questions[name]
        if question.kind != "multiple":
            return Problem("one_value", {"kind": question.kind}, questions=(name,))
        return self._pick(question, list(texts))

    def _judge(self, question: Question, text: str) -> Cell | Problem:
        if question.kind == "multiple" and "|" in text:
            return self._pick(question, text.split("|"), text)
        plain = fold(_INVISIBLE.sub("", text))
        if not plain:
            return _OPEN
        if plain in _UNKNOWN_WORDS:
            return _UNKNOWN
        if plain in _NA_WORDS:
            if question.id in self.edition.na_permitted:
                return _NA
            return _problem("na_not_allowed", question, found=shown(text))
        if question.kind == "text":
            return Cell(ANSWERED)
        if question.kind == "multiple":
            return self._pick(question, [text], text)
        if question.kind in NUMERIC:
            return self._number(question, plain, text)
        index = self._choices[question.id].get(plain)
        if index is None:
            return self._no_such_option(question, text)
        return Cell(ANSWERED, index)

    def _pick(self, question: Question, texts: list[str], whole: str | None = None) -> Cell | Problem:
        """The options called *texts*; *whole* is the cell that they are the parts of, if they are."""
        known = self._parts[question.id]
        picked = 0
        for text in texts:
            index = known.get(text, -1)
            if index < 0:
                break
            picked |= 1 << index
        else:
            if texts:
                return self._several(question, picked)
        if whole is not None:
            texts = _split(whole, self._choices[question.id])
        if not texts:
            return _problem("empty_list", question)
        choices = self._choices[question.id]
        picked = 0
        for text in texts:
            plain = fold(_INVISIBLE.sub("", text))
            if len(texts) == 1 and plain in _UNKNOWN_WORDS | _NA_WORDS:
                return self.cell(question.id, text)
            option = choices.get(plain)
            if option is None:
                return self._no_such_option(question, text)
            if len(known) < MEMO and not _SEPARATORS.search(text):
                known[text] = option
            picked |= 1 << option
        return self._several(question, picked)

    def _several(self, question: Question, picked: int) -> Cell | Problem:
        none = self._nothing[question.id]
        if picked & none and picked != none:
            return _problem("none_and_more", question)
        return Cell(ANSWERED, picked)

    def _no_such_option(self, question: Question, text: str) -> Problem:
        known = self._choices[question.id]
        if question.kind == "yes_no":  # "on" is as near to "n" as to nothing
            known = {word: index for word, index in known.items() if len(word) > 1}
        hint = did_you_mean(fold(text), known)
        return _problem("no_such_option", question, found=shown(text), allowed=_allowed(question), hint=hint)

    def _number(self, question: Question, plain: str, text: str) -> Cell | Problem:
        if question.options and plain in self._choices[question.id]:
            return Cell(ANSWERED, 0, self._choices[question.id][plain])
        digits = plain.replace("。", ".").replace("−", "-")
        if question.kind == "percent" or (question.unit is not None and question.unit.en == "%"):
            digits = digits.removesuffix("%").rstrip()
        elif question.unit is not None:
            for unit in (question.unit.zh, question.unit.en):
                digits = digits.removesuffix(fold(unit)).rstrip()
        if not _NUMBER.match(digits) or len(digits) > 60:
            if _DECIMAL_COMMA.match(digits):
                return _problem("decimal_comma", question, found=shown(text), meant=digits.replace(",", "."))
            if question.options and len(digits) == 1:
                return self._no_such_option(question, text)
            return _problem("not_a_number", question, found=shown(text), allowed=_allowed(question))
        number = Decimal(digits.replace(",", ""))
        if question.min is not None and question.max is not None and not question.min <= number <= question.max:
            return _problem("out_of_range", question, found=shown(text), allowed=_allowed(question))
        if question.integer and number != number.to_integral_value():
            return _problem("not_whole", question, found=shown(text))
        suspicious = question.kind == "percent" and 0 < number < 1
        return Cell(ANSWERED, millionths(half_up(number, MICRO)), NO_BAND, suspicious)


def half_up(number: Decimal, unit: Decimal) -> Decimal:
    """*number* to a multiple of *unit*, a half towards plus infinity."""
    return number.quantize(unit, ROUND_HALF_UP if number >= 0 else ROUND_HALF_DOWN)


def _problem(code: str, question: Question, **params: object) -> Problem:
    return Problem(code, {"question": question.label, **params}, questions=(question.id,))


def _choices(question: Question) -> dict[str, int]:
    """Index of every option by id, letter and label."""
    if question.kind == "yes_no":
        return dict(_YES_NO)
    found: dict[str, int] = {}
    if question.kind == "grade":
        found = {str(grade): grade for grade in range(len(question.grades) + 1)}
        for grade, label in enumerate(question.grades, 1):
            found |= {fold(label.zh): grade, fold(label.en): grade}
        return found
    for index, (option, letter) in enumerate(zip(question.options, question.letters, strict=True)):
        for alias in (option.id, letter, option.label.zh, option.label.en):
            found[fold(alias)] = index
    return found


def _split(text: str, choices: Mapping[str, int]) -> list[str]:
    """The parts of a cell with several values; a label may itself hold a comma."""
    parts: list[str] = []
    for part in unicodedata.normalize("NFKC", text).split("|"):
        parts += [part] if fold(part) in choices else _SEPARATORS.split(part)
    return [part for part in (p.strip() for p in parts) if part]


def _allowed(question: Question) -> Text:
    """What a question takes, for messages."""
    if question.kind == "yes_no":
        return Text(zh="是 / 否", en="yes / no")
    if question.kind == "grade":
        return Text(zh=f"0–{len(question.grades)}", en=f"0–{len(question.grades)}")
    letters = ", ".join(
        letter if letter.casefold() == option.id else f"{letter}={option.id}"
        for letter, option in zip(question.letters, question.options, strict=True)
    )
    if question.kind in NUMERIC:
        unit = Text(zh="%", en="%") if question.kind == "percent" else question.unit
        span = f"{question.min}–{question.max}"
        zh, en = (f"{span} {unit[lang]}" if unit else span for lang in ("zh", "en"))
        if letters:
            zh, en = f"{zh}，或 {letters}", f"{en}, or {letters}"
        return Text(zh=zh, en=en)
    return Text(zh=letters, en=letters)


# ── columns ──────────────────────────────────────────────────────────────────────────────────────────


class Column:
    """Judged answers to one question, one entry a row: ``state`` int8, ``value`` int64, ``band`` int8.

    A column may be *coded*: its rows repeat the few rows of ``distinct``, row *i* being ``distinct[codes[i]]``.
    What depends on the answer alone is then worked out once per distinct answer.
    """

    __slots__ = ("_band", "_state", "_value", "codes", "distinct")

    def __init__(self, state: States, value: Ints, band: States) -> None:
        self._state: States | None = state
        self._value: Ints | None = value
        self._band: States | None = band
        self.distinct: Column | None = None
        self.codes: npt.NDArray[np.intp] | None = None

    @classmethod
    def of(cls, cells: Iterable[Cell]) -> Column:
        listed = list(cells)
        return cls(
            np.array([c.state for c in listed], np.int8),
            np.array([c.value for c in listed], np.int64),
            np.array([c.band for c in listed], np.int8),
        )

    @classmethod
    def coded(cls, distinct: Column, codes: npt.NDArray[np.intp]) -> Column:
        """The rows of *distinct* that *codes* names."""
        column = cls.__new__(cls)
        column._state = column._value = column._band = None
        column.distinct, column.codes = distinct, codes
        return column

    @classmethod
    def blank(cls, rows: int) -> Column:
        return cls(np.zeros(rows, np.int8), np.zeros(rows, np.int64), np.full(rows, NO_BAND, np.int8))

    @property
    def state(self) -> States:
        if self._state is None:
            self._state = self.each(_state_of)
        return self._state

    @property
    def value(self) -> Ints:
        if self._value is None:
            self._value = self.each(_value_of)
        return self._value

    @property
    def band(self) -> States:
        if self._band is None:
            self._band = self.each(_band_part)
        return self._band

    def __len__(self) -> int:
        return len(self.state if self.codes is None else self.codes)

    def __getitem__(self, rows: Any) -> Column:
        """Some rows, by index or by flag."""
        if self.distinct is not None and self.codes is not None:
            return Column.coded(self.distinct, self.codes[rows])
        return Column(self.state[rows], self.value[rows], self.band[rows])

    def followed_by(self, other: Column) -> Column:
        """These rows, and those of *other* after them."""
        return Column(
            np.concatenate([self.state, other.state]),
            np.concatenate([self.value, other.value]),
            np.concatenate([self.band, other.band]),
        )

    def each(self, work: Callable[[Column], Any]) -> Any:
        """*work* on every row, done once per distinct answer where the column is coded."""
        if self.distinct is None or self.codes is None:
            return work(self)
        return work(self.distinct).take(self.codes)


def _state_of(column: Column) -> States:
    return column.state


def _value_of(column: Column) -> Ints:
    return column.value


def _band_part(column: Column) -> States:
    return column.band


Columns = dict[str, Column]


class RowProblem(NamedTuple):
    """A problem of the rows where ``rows`` is true; it names every question it is about."""

    rows: Flags
    questions: tuple[str, ...]
    describe: Callable[[int], Problem]


class Judged(NamedTuple):
    """Columns that are ready to be scored.

    Attributes:
        columns: every question; metrics hold the value made from their counts where these are complete.
        given: the columns as they were answered, hidden questions included.
        hidden: questions whose show_if does not hold, by row.
        undecided: questions whose show_if hangs on an open answer; they count as open whatever was answered.
        required: questions whose answer can change the score or a gate, by row.
        problems: what the cells of a row do not keep together.
    """

    columns: Columns
    given: Columns
    hidden: dict[str, Flags]
    undecided: dict[str, Flags]
    required: dict[str, Flags]
    problems: list[RowProblem]


def judge_rows(edition: Edition, given: Columns) -> Judged:
    """The row step: hides, derives metrics, counts n/a. Questions missing from *given* are open."""
    rows = len(next(iter(given.values()))) if given else 1
    given = {name: given.get(name) or Column.blank(rows) for name in edition.questions}
    columns = dict(given)
    hidden: dict[str, Flags] = {}
    undecided: dict[str, Flags] = {}
    problems: list[RowProblem] = []
    for name, question in edition.questions.items():
        if question.show_if is not None:
            hide, undecided[name] = _hides(question.show_if, columns, edition)
            hidden[name] = hide
            column = columns[name]
            state = np.where(hide, NA, np.where(undecided[name], OPEN, column.state)).astype(np.int8)
            columns[name] = Column(state, column.value, column.band)
    for name, question in edition.questions.items():
        if question.metric is not None and question.metric.part is not None:
            columns[name] = _derive(edition, question, question.metric, columns, hidden, problems)
    problems += _na_limits(edition, columns, hidden)
    required = _required(edition, columns, given, hidden, undecided)
    return Judged(columns, given, hidden, undecided, required, problems)


def _hides(rule: ShowIf, columns: Columns, edition: Edition) -> tuple[Flags, Flags]:
    """Rows in which a rule hides its question, and rows in which an open answer still decides that."""
    conditions = rule.all_ or rule.any_
    opened = np.array([columns[c.question].state == OPEN for c in conditions])
    held = np.array([holds(c, columns, edition) for c in conditions]) & ~opened
    if rule.all_:
        hide: Flags = (~held & ~opened).any(axis=0)
        return hide, ~hide & opened.any(axis=0)
    shown: Flags = held.any(axis=0)
    undecided: Flags = ~shown & opened.any(axis=0)
    return ~shown & ~undecided, undecided


def holds(condition: Condition, columns: Columns, edition: Edition) -> Flags:
    column = columns[condition.question]
    question = edition.questions[condition.question]
    answered: Flags = column.state == ANSWERED
    if condition.answered is not None:
        return answered if condition.answered else ~answered
    if condition.in_ is not None:
        indexes = [question.option_ids.index(name) for name in condition.in_]
        if question.kind == "multiple":
            mask = sum(1 << index for index in indexes)
            return answered & np.asarray((column.value & mask) != 0, np.bool_)
        return answered & np.asarray(np.isin(column.value, indexes), np.bool_)
    scale = 1 if question.kind == "grade" else MILLION
    held: Flags = answered & (column.band == NO_BAND)
    if condition.at_least is not None:
        held &= column.value >= int(condition.at_least * scale)
    if condition.at_most is not None:
        held &= column.value <= int(condition.at_most * scale)
    return held


def floor_quotient(numerator: Ints, divisor: Ints) -> Ints:
    """``numerator // divisor`` for 0 ≤ numerator < 2**62 and 0 < divisor, several times faster than numpy's own.

    Processors divide floats in a fraction of the time: the float quotient, at most one off while it is below
    2**50, is put right by the exact remainder.
    """
    found = (numerator / divisor).astype(np.int64)
    if found.size and int(found.max()) >= 2**50:
        return numerator // divisor
    return _put_right(found, numerator - found * divisor, divisor)


def _put_right(found: Ints, rest: Ints, divisor: Ints) -> Ints:
    """A quotient that is at most one off, by what it leaves of the numerator."""
    found += rest >= divisor
    found -= rest < 0
    return found


def divide(part: Ints, whole: Ints, times: int) -> Ints:
    """``times × part ÷ whole`` in millionths, half up; both in the same fixed point, both ≥ 0, whole > 0.

    As in :func:`floor_quotient` a float finds the quotient and exact integers put it right; the products may
    leave int64, their difference does not, and int64 arithmetic is exact modulo 2**64. Quotients too large for
    that are worked out by long division.
    """
    factor = times * MILLION
    if part.size == 0:
        return part
    twice = 2 * whole
    about = part * (2.0 * factor)
    about /= twice
    about += 0.5
    found = about.astype(np.int64)
    if int(found.max()) < 2**50 and int(whole.max()) < 2**58:
        rest = part * np.int64(2 * factor)
        rest += whole
        rest -= found * twice
        return _put_right(found, rest, twice)
    quotient, rest = np.divmod(part, whole)
    for digit in _factors(factor):
        step, rest = np.divmod(rest * digit, whole)
        quotient = quotient * digit + step
    return np.asarray(quotient + (rest >= whole - rest), np.int64)


def _factors(factor: int) -> Iterator[int]:
    """*factor* as a product of numbers of at most 9: what a remainder can be multiplied with."""
    for prime in (2, 3, 5, 7):
        while factor % prime == 0:
            yield prime
            factor //= prime
    if factor != 1:
        raise ValueError(factor)


def _derive(
    edition: Edition,
    question: Question,
    metric: Metric,
    columns: Columns,
    hidden: dict[str, Flags],
    problems: list[RowProblem],
) -> Column:
    """The metric: from its counts where both are given, else as it was given itself."""
    assert metric.part is not None and metric.whole is not None
    direct, part, whole = columns[question.id], columns[metric.part], columns[metric.whole]
    names = (question.id, metric.part, metric.whole)
    visible = ~hidden.get(question.id, np.zeros(direct.state.shape, np.bool_))
    both = (part.state == ANSWERED) & (whole.state == ANSWERED) & visible

    if metric.kind == "share":
        _row_problem(problems, both & (part.value > whole.value), names[1:], "part_above_whole", edition, columns)
    empty = both & (whole.value == 0)
    na_allowed = question.id in edition.na_permitted
    if not na_allowed:
        _row_problem(problems, empty, names[2:], "whole_zero", edition, columns)
    elif empty.any():
        something = (direct.state == ANSWERED) & ((direct.value != 0) | (direct.band > 0))
        _row_problem(problems, empty & something, (names[0], names[2]), "whole_zero", edition, columns)
    made = both & (whole.value > 0) & ((part.value <= whole.value) | (metric.kind == "ratio"))
    times = 100 if metric.kind == "share" else metric.times
    safe = np.where(made, whole.value, 1)
    counted = np.where(made, part.value, 0)
    if len(part) and int(counted.max()) * times > ABSURD * int(safe.min()):
        # far beyond any metric's bounds (9e11) and of int64: only the order of magnitude matters here
        absurd = made & (counted.astype(np.float64) * times / safe > ABSURD)
        value = np.where(absurd, 2 * 10**18, divide(np.where(absurd, 0, counted), safe, times))
    else:
        value = divide(counted, safe, times)

    # a quotient outside the metric's own bounds is as wrong as a value typed there
    assert question.min is not None and question.max is not None
    outside = made & ((value < millionths(question.min)) | (value > millionths(question.max)))
    _row_problem(problems, outside, names[1:], "quotient_out_of_range", edition, columns, values=value, metric=question)
    made &= ~outside

    given = made & (direct.state == ANSWERED)
    gap = np.abs(direct.value - value)
    tolerance = MILLION // 10 if metric.kind == "share" else value // 100
    banded = direct.band != NO_BAND
    apart = given & ~banded & (gap > tolerance)
    if banded.any():
        apart |= given & banded & (direct.band != _band_of(edition, question, value))
    _row_problem(problems, apart, names, "value_against_counts", edition, columns, values=value, metric=question)

    state = np.full(made.shape, ANSWERED, np.int8)
    band = np.full(made.shape, NO_BAND, np.int8)
    others = np.flatnonzero(~made)
    if others.size:
        value[others], band[others] = direct.value[others], direct.band[others]
        state[others] = _direct_state(direct[others], part[others], whole[others], visible[others], na_allowed)
    return Column(state, value, band)


def _direct_state(direct: Column, part: Column, whole: Column, visible: Flags, na_allowed: bool) -> States:
    """State of a metric whose counts make no value. A whole of 0 means n/a where that is allowed; nobody need say
    then how large the part is."""
    none = (whole.state == ANSWERED) & (whole.value == 0) & visible & na_allowed
    zero = none & (part.state == ANSWERED)
    counts_na = ((part.state == NA) | (whole.state == NA) | none) & visible
    counts_unknown = ((part.state == UNKNOWN) | (whole.state == UNKNOWN)) & ~_either(OPEN, part, whole) & visible
    state = direct.state.copy()
    undecided = (direct.state == OPEN) | (direct.state == UNKNOWN)
    state[undecided & counts_unknown] = UNKNOWN
    state[undecided & counts_na] = NA
    state[zero] = NA
    return state


def _either(state: int, first: Column, second: Column) -> Flags:
    either: Flags = (first.state == state) | (second.state == state)
    return either


def _band_of(edition: Edition, question: Question, value: Ints) -> States:
    """Index of the band of a question that holds *value*, closed as the rules that score it say."""
    ends = [millionths(option.to) for option in question.options[:-1] if option.to is not None]
    side: Literal["left", "right"] = "right" if question.id in edition.closed_left else "left"
    return np.searchsorted(np.array(ends, np.int64), value, side=side).astype(np.int8)


def _row_problem(
    problems: list[RowProblem],
    rows: Flags,
    names: tuple[str, ...],
    code: str,
    edition: Edition,
    columns: Columns,
    *,
    values: Ints | None = None,
    metric: Question | None = None,
) -> None:
    if not rows.any():
        return

    written = [(edition.questions[name], columns[name]) for name in names]  # before the counts' value takes over

    def describe(row: int) -> Problem:
        told = [f"{question.label} {_told(column, question, row)}" for question, column in written]
        params: dict[str, object] = {"found": ", ".join(told)}
        if values is not None and metric is not None:
            params |= {"value": decimal_text(int(values[row])), "metric": metric.label, "allowed": _allowed(metric)}
        return Problem(code, params, questions=names)

    problems.append(RowProblem(rows, names, describe))


def _told(column: Column, question: Question, row: int) -> str:
    if column.band[row] != NO_BAND:
        return question.letters[int(column.band[row])]
    return "–" if column.state[row] != ANSWERED else decimal_text(int(column.value[row]))


def decimal_text(value: int) -> str:
    """Millionths as a plain decimal without needless zeros."""
    sign, value = ("-", -value) if value < 0 else ("", value)
    whole, rest = divmod(value, MILLION)
    return f"{sign}{whole}.{rest:06d}".rstrip("0").rstrip(".")


def _na_limits(edition: Edition, columns: Columns, hidden: dict[str, Flags]) -> list[RowProblem]:
    problems = []
    for limit in edition.model.na_limits:
        names = [
            indicator.scoring.question
            for _, dimension, group, indicator in walk(edition.model)
            if limit.within in (dimension.id, group.id if group else None)
        ]
        states = np.array([(columns[name].state == NA) & ~hidden.get(name, np.False_) for name in names])
        rows = states.sum(axis=0) > limit.at_most
        if rows.any():
            problems.append(_too_many_na(edition, names, states, rows, limit.at_most))
    return problems


def _too_many_na(
    edition: Edition, names: list[str], states: npt.NDArray[np.bool_], rows: Flags, limit: int
) -> RowProblem:
    def describe(row: int) -> Problem:
        concerned = tuple(name for name, state in zip(names, states[:, row], strict=True) if state)
        labels = ", ".join(edition.questions[name].label for name in concerned)
        return Problem("too_many_na", {"found": labels, "count": len(concerned), "limit": limit}, questions=concerned)

    return RowProblem(rows, tuple(names), describe)


def scored_questions(edition: Edition) -> tuple[str, ...]:
    """Questions and metrics that a rule uses: those that can change the score or a gate."""
    used = dict.fromkeys(indicator.scoring.question for _, _, _, indicator in walk(edition.model))
    for level in edition.model.levels:
        used |= dict.fromkeys(gate.metric for gate in level.gates if gate.kind == "metric")
    return tuple(name for name in edition.questions if name in used)


def _required(
    edition: Edition, columns: Columns, given: Columns, hidden: dict[str, Flags], undecided: dict[str, Flags]
) -> dict[str, Flags]:
    """By row: the used questions that are shown; for a metric made of counts either itself or, where these are
    used, its counts; and what decides whether one of all these is shown."""
    required: dict[str, Flags] = {}
    everywhere = np.ones(len(next(iter(given.values()))), np.bool_)
    scored = scored_questions(edition)
    for name in scored:
        question = edition.questions[name]
        metric = question.metric
        if metric is None or metric.part is None or metric.whole is None:
            required[name] = ~hidden[name] if name in hidden else everywhere
            continue
        direct = given[name].state != OPEN
        begun = (given[metric.part].state != OPEN) | (given[metric.whole].state != OPEN)
        counts = ~direct & (begun | (metric.ask == "counts"))
        # a settled metric asks for nothing more, say where one of its counts is unknown or n/a
        counts &= (columns[name].state == OPEN) | (
            (given[metric.part].state != OPEN) & (given[metric.whole].state != OPEN)
        )
        required[name] = ~counts
        for count in (metric.part, metric.whole):
            required[count] = required[count] | counts if count in required else counts
    for name, question in reversed(edition.questions.items()):  # conditions are on earlier questions
        if name in required and question.show_if is not None:
            for other in {c.question for c in question.show_if.all_ or question.show_if.any_}.difference(scored):
                _require_condition(other, required[name] & undecided[name], required, columns, hidden)
    return required


def _require_condition(
    name: str, decides: Flags, required: dict[str, Flags], columns: Columns, hidden: dict[str, Flags]
) -> None:
    """What decides whether a used question is shown can change the score: while it is open, it is required where
    something hangs on it; once it has been answered it stays among the required ones, so that completeness grows."""
    opened = columns[name].state == OPEN
    needed = (~opened | decides) & ~hidden.get(name, np.False_)
    required[name] = required[name] | needed if name in required else needed


# ── answers files ────────────────────────────────────────────────────────────────────────────────────


class Enterprise(NamedTuple):
    """Who was assessed; every field as it was written."""

    id: str | None = None
    name: str | None = None
    industry: str | None = None
    province: str | None = None
    city: str | None = None
    employees: str | None = None


IDENTITY = Enterprise._fields


class Entry(NamedTuple):
    """One answer of a file: its text (several for a list), evidence and note, as written."""

    text: str | tuple[str, ...] = ""
    evidence: tuple[str, ...] = ()
    note: str | None = None


@dataclass
class Answers:
    """The answers of one enterprise, as written; keys of ``entries`` are question ids."""

    model: str
    enterprise: Enterprise = field(default_factory=Enterprise)
    assessor: str | None = None
    assessed_on: str | None = None
    entries: dict[str, Entry] = field(default_factory=dict)


def columns_of(judge: Judge, entries: Mapping[str, Entry]) -> Columns:
    """Columns of length one of the answers that are in order; the others are left out."""
    columns = {}
    for name, entry in entries.items():
        text = entry.text
        cell = judge.cell(name, text) if isinstance(text, str) else judge.several(name, text)
        if isinstance(cell, Cell):
            columns[name] = Column.of([cell])
    return columns


JOURNAL = b'"bamai.journal/1"'
"""Stands in the first line of the journal of an interview."""


def _starts_as_journal(path: str | Path) -> bool:
    try:
        with Path(path).open("rb") as stream:
            return JOURNAL in stream.read(200)
    except (OSError, ValueError):
        return False  # reading it in earnest says why


def other_rules(document: Document, edition: Edition) -> Problem:
    """That *document* was made by rules other than those of *edition*."""
    params = {"found": shown(document.digest, 19), "model": edition.ref, "allowed": edition.without_profile.digest[:18]}
    return Problem("form_other_rules", params, document.place())


class AnswersFile:
    """A parsed answers file before its model is known: ``model`` first, then :meth:`read` with the judge."""

    def __init__(self, document: Document, journal: Journal | None = None) -> None:
        self._document = document
        self.journal = journal
        self._problems: list[Problem] = Mistakes()
        data = document.data
        if not isinstance(data, dict):
            raise InputError(Problem("not_a_mapping", {"found": shown(data)}, document.place()))
        if data.get("schema") != SCHEMA:
            found = shown(data.get("schema"))
            raise InputError(
                Problem("wrong_schema", {"found": found, "allowed": SCHEMA}, document.place(("schema",)), "schema")
            )
        model = data.get("model")
        if not isinstance(model, str):
            raise InputError(Problem("no_model", {}, document.place(("model",)), "model"))
        self.model = model

    @classmethod
    def open(cls, path: str | Path) -> AnswersFile:
        """Read *path*: an answers file (.yaml, .json), the journal of an interview, or a filled form.

        Raises:
            InputError: the file cannot be read or is neither.
        """
        if _starts_as_journal(path):
            from bamai.journal import open_journal  # noqa: PLC0415  (most files are none)

            return cls.of(open_journal(path))
        path = Path(path)
        return cls(open_form(path) if looks_like_one(path) else read(path, "text"))

    @classmethod
    def parse(cls, raw: bytes, file: str) -> AnswersFile:
        """Read content from memory; what starts like JSON is JSON, what starts like a workbook a form."""
        if starts_like_one(raw):
            return cls(parse_form(raw, file))
        if JOURNAL in raw[:200]:
            from bamai.journal import is_journal, parse  # noqa: PLC0415  (most files are none)

            if is_journal(raw):
                return cls.of(parse(raw, file))
        return cls(parse_bytes(raw, file, "text", as_json=raw.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")))

    @classmethod
    def of(cls, journal: Journal) -> AnswersFile:
        """What the journal of an interview has answers to."""
        return cls(journal.document(), journal)

    def place(self, path: KeyPath = ()) -> Place:
        return self._document.place(path)

    def read(self, judge: Judge) -> tuple[Answers, Columns, list[Problem]]:
        """Answers, their columns (of length one) and warnings.

        Raises:
            InputError: with every problem of the file at once.
        """
        if self._document.digest not in (None, judge.edition.without_profile.digest):
            raise InputError(other_rules(self._document, judge.edition))
        self._problems = Mistakes(self._document.problems)
        told_before = self._of_edition(judge.edition)
        data: dict[str, Any] = self._document.data
        allowed = ("schema", "model", "enterprise", "assessor", "assessed_on", "answers")
        for key in data:
            if key not in allowed:
                self._unknown_key((key,), allowed)
        enterprise = self._enterprise(data.get("enterprise"))
        assessor = self._plain(("assessor",), data.get("assessor"))
        assessed_on = self._date(data.get("assessed_on"))
        entries, cells = self._answers(judge, data.get("answers"))
        warnings = [
            Problem("suspicious_share", {"question": judge.edition.questions[name].label,
                                         "found": shown(entries[name].text)}, questions=(name,)).at(*self._where(name))
            for name, cell in cells.items() if cell.suspicious
        ]  # fmt: skip
        columns = {name: Column.of([cell]) for name, cell in cells.items()}
        told = set()
        for problem in judge_rows(judge.edition, columns).problems:
            found = problem.describe(0)
            if (found.code, found.questions) not in told:  # one total can be wrong for two rates
                told.add((found.code, found.questions))
                self._problems.append(found.at(*self._where(found.questions[0])))
        if self._problems:
            raise InputError(sorted(self._problems, key=lambda p: (p.place.line or 0, p.place.column or 0)))
        answers = Answers(self.model, enterprise, assessor, assessed_on, entries)
        return answers, columns, [*told_before, *self._document.warnings, *warnings]

    def _of_edition(self, edition: Edition) -> list[Problem]:
        """Warnings of a journal; one that was begun with other questions is refused."""
        if self.journal is None:
            return []
        from bamai.journal import changes  # noqa: PLC0415  (most files are none)

        refused, warned = changes(self.journal, edition)
        if refused is not None:
            raise InputError(refused)
        return ([self.journal.torn] if self.journal.torn else []) + warned

    def _add(self, code: str, path: KeyPath, **params: object) -> None:
        self._problems.append(Problem(code, params, self.place(path), ".".join(str(p) for p in path)))

    def _unknown_key(self, path: KeyPath, allowed: Iterable[str]) -> None:
        known = list(allowed)
        hint = did_you_mean(str(path[-1]), known)
        params = {"found": shown(path[-1]), "allowed": ", ".join(known), "hint": hint}
        place = self._document.place(path, key=True)
        self._problems.append(Problem("unknown_key", params, place, shown(".".join(str(p) for p in path))))

    def _plain(self, path: KeyPath, value: Any) -> str | None:
        if value is None or isinstance(value, str):
            return value or None
        self._add("not_text", path, found=shown(value))
        return None

    def _enterprise(self, value: Any) -> Enterprise:
        if value is None:
            return Enterprise()
        if not isinstance(value, dict):
            self._add("not_a_mapping", ("enterprise",), found=shown(value))
            return Enterprise()
        for key in value:
            if key not in IDENTITY:
                self._unknown_key(("enterprise", key), IDENTITY)
        fields = {key: self._plain(("enterprise", key), value.get(key)) for key in IDENTITY}
        employees = fields["employees"]
        if employees is not None and not re.fullmatch(
            r"[0-9]{1,9}|[0-9]{1,3}(,[0-9]{3}){1,2}", unicodedata.normalize("NFKC", employees).strip()
        ):
            self._add("not_a_count", ("enterprise", "employees"), found=shown(employees))
        return Enterprise(**fields)

    def _date(self, value: Any) -> str | None:
        text = self._plain(("assessed_on",), value)
        if text is not None:
            try:
                if len(text) != 10:
                    raise ValueError(text)
                date.fromisoformat(text)
            except ValueError:
                self._add("not_a_date", ("assessed_on",), found=shown(text))
        return text

    def _answers(self, judge: Judge, value: Any) -> tuple[dict[str, Entry], dict[str, Cell]]:
        self._keys: dict[str, str] = {}
        entries: dict[str, Entry] = {}
        cells: dict[str, Cell] = {}
        if value is None:
            return entries, cells
        if not isinstance(value, dict):
            self._add("not_a_mapping", ("answers",), found=shown(value))
            return entries, cells
        for key, written in value.items():
            name = judge.names.get(fold(key))
            if name is None:
                close = did_you_mean(fold(key), judge.names)
                place = self._document.place(("answers", key), key=True)
                params = {"found": shown(key), "model": judge.edition.ref, "hint": close}
                self._problems.append(Problem("unknown_question", params, place, f"answers.{shown(key)}"))
                continue
            if name in self._keys:
                place = self._document.place(("answers", key), key=True)
                params = {"found": shown(key), "first": shown(self._keys[name])}
                self._problems.append(Problem("question_twice", params, place, f"answers.{shown(key)}", (name,)))
                continue
            self._keys[name] = key
            entry = self._entry(("answers", key), written)
            if entry is None:
                continue
            entries[name] = entry
            text = entry.text
            judged = judge.cell(name, text) if isinstance(text, str) else judge.several(name, text)
            if isinstance(judged, Problem):
                self._problems.append(judged.at(*self._where(name)))
            else:
                cells[name] = judged
        return entries, cells

    def _where(self, name: str) -> tuple[Place, str]:
        key = self._keys.get(name)
        if key is None:
            return self.place(("answers",)), "answers"
        return self.place(("answers", key, "value")), f"answers.{shown(key)}"

    def _entry(self, path: KeyPath, written: Any) -> Entry | None:
        if isinstance(written, dict):
            for key in written:
                if key not in ("value", "evidence", "note"):
                    self._unknown_key((*path, key), ("value", "evidence", "note"))
            text = self._value((*path, "value"), written.get("value"))
            evidence = written.get("evidence")
            listed = evidence if isinstance(evidence, tuple) else (evidence,) if evidence else ()
            told = [self._plain((*path, "evidence", i), item) for i, item in enumerate(listed)]
            note = self._plain((*path, "note"), written.get("note"))
            return None if text is None else Entry(text, tuple(item for item in told if item), note)
        text = self._value(path, written)
        return None if text is None else Entry(text)

    def _value(self, path: KeyPath, value: Any) -> str | tuple[str, ...] | None:
        if value is None:
            return ""
        if isinstance(value, tuple):
            if all(isinstance(item, str) for item in value):
                return value
        elif isinstance(value, str):
            return value
        self._add("not_a_value", path, found=shown(value))
        return None
