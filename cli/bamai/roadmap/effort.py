"""What it takes to move an answer: one unit a step, or what an effort file says.

Efforts are whole hundredths of the user's unit; a sum of them is exact.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Literal, NamedTuple

from pydantic import Field

from bamai.answers import NO_BAND, Cell, Judge, scored_questions
from bamai.catalog import Edition
from bamai.checks import fold
from bamai.errors import InputError, Mistakes, Problem, RulesError
from bamai.questionnaire import NONE, Question
from bamai.schema import Number, Strict, Text, did_you_mean, load
from bamai.texts import shown, t
from bamai.yamlfile import Document, KeyPath, read

SCHEMA = "bamai.effort/1"

HUNDREDTH = 100
"""Efforts have at most two decimals."""

MOST = 10_000


class Rate(Strict):
    """Effort of a question without its own entry."""

    fixed: Number | None = None
    per_step: Number | None = None


class Entry(Rate):
    """Effort of one question.

    Attributes:
        fixed: once, if the question moves at all.
        per_step: for each grade, option, band, or 5 percentage points.
        grades: for arriving at a grade from the one below it; takes the place of ``per_step`` there.
        options: for ticking an option, or for arriving at it (or at a band) from the one before it.
    """

    grades: dict[str, Number] = Field(default_factory=dict)
    options: dict[str, Number] = Field(default_factory=dict)


class EffortFile(Strict):
    """An effort file, ``bamai.effort/1``."""

    schema_: Literal["bamai.effort/1"] = Field(alias="schema")
    model: str
    unit: Text | str | None = None
    default: Rate = Rate()
    questions: dict[str, Entry] = Field(default_factory=dict)


class Cost(NamedTuple):
    """Effort of one question in hundredths: ``at`` by index of a grade, option or band, ``step`` for all others."""

    fixed: int = 0
    step: int = HUNDREDTH
    at: dict[int, int] = {}  # noqa: RUF012  (never changed)

    def arriving(self, index: int) -> int:
        """Effort of one step that ends at this grade, option or band."""
        return self.at.get(index, self.step)


class Efforts(NamedTuple):
    """Efforts of an edition's questions. ``illustrative``: one unit a step, for want of anything better."""

    unit: Text
    illustrative: bool = True
    default: Cost = Cost()
    costs: dict[str, Cost] = {}  # noqa: RUF012  (never changed)

    def of(self, question: str) -> Cost:
        return self.costs.get(question, self.default)


def unit_efforts() -> Efforts:
    """One unit for every grade, option or step."""
    return Efforts(Text(zh=t("roadmap.unit", "zh"), en=t("roadmap.unit", "en")))


def read_efforts(path: Path, judge: Judge) -> Efforts:
    """The effort file at *path*, for the judge's edition.

    Raises:
        InputError: the file was refused; every mistake is listed with its place.
    """
    document = read(path, "rules")
    try:
        found = load(EffortFile, document, SCHEMA)
    except RulesError as error:
        raise InputError(error.problems) from None
    return _Reader(found, document, judge).efforts()


class _Reader:
    def __init__(self, file: EffortFile, document: Document, judge: Judge) -> None:
        self.file = file
        self.document = document
        self.judge = judge
        self.edition: Edition = judge.edition
        self.problems: list[Problem] = Mistakes()

    def efforts(self) -> Efforts:
        file = self.file
        if file.model not in (self.edition.ref, self.edition.model.id):
            self._add("effort_model", ("model",), found=shown(file.model), allowed=self.edition.ref)
        default = self._rate(("default",), file.default, Cost())
        costs: dict[str, Cost] = {}
        first: dict[str, str] = {}
        scored = scored_questions(self.edition)
        for key, entry in file.questions.items():
            path: KeyPath = ("questions", key)
            name = self.judge.names.get(fold(key))
            if name is None:
                hint = did_you_mean(fold(key), self.judge.names)
                self._add("unknown_question", path, key=True, found=shown(key), model=self.edition.ref, hint=hint)
            elif name in first:
                self._add("question_twice", path, key=True, found=shown(key), first=shown(first[name]))
            elif name not in scored:
                metrics = ", ".join(self.edition.counts.get(name, ()))
                code = "effort_of_count" if metrics else "effort_unscored"
                self._add(code, path, key=True, found=shown(key), metrics=metrics)
            else:
                first[name] = key
                costs[name] = self._cost(path, entry, self.edition.questions[name], default)
        if self.problems:
            raise InputError(sorted(self.problems, key=lambda p: (p.place.line or 0, p.place.column or 0)))
        unit = file.unit or unit_efforts().unit
        return Efforts(Text(zh=unit, en=unit) if isinstance(unit, str) else unit, False, default, costs)

    def _rate(self, path: KeyPath, rate: Rate, default: Cost) -> Cost:
        fixed = self._number((*path, "fixed"), rate.fixed)
        step = self._number((*path, "per_step"), rate.per_step)
        return Cost(default.fixed if fixed is None else fixed, default.step if step is None else step)

    def _cost(self, path: KeyPath, entry: Entry, question: Question, default: Cost) -> Cost:
        at: dict[int, int] = {}
        for key, wanted in (("grades", question.kind == "grade"), ("options", question.kind != "grade")):
            given = getattr(entry, key)
            if given and (not wanted or not question.option_ids):
                self._add("effort_key", (*path, key), key=True, found=key, kind=question.kind)
                continue
            for name, effort in given.items():
                index = self._index(question, name)
                if index is None:
                    allowed = ", ".join(_arrivals(question))
                    self._add("effort_option", (*path, key, name), key=True, found=shown(name), allowed=allowed)
                elif (number := self._number((*path, key, name), effort)) is not None:
                    at[index] = number
        rate = self._rate(path, entry, default)
        return Cost(rate.fixed, rate.step, at)

    def _index(self, question: Question, name: str) -> int | None:
        """Index of the grade, option or band called *name*; nobody arrives at grade 0 or at "none"."""
        cell = self.judge.cell(question.id, name)
        if not isinstance(cell, Cell):
            return None
        if question.kind == "multiple":
            index = cell.value.bit_length() - 1
            single = cell.value == 1 << index if index >= 0 else False
            return index if single and question.option_ids[index] != NONE else None
        if question.options and question.kind in ("number", "percent"):
            return cell.band if cell.band != NO_BAND else None
        return None if question.kind == "grade" and cell.value == 0 else cell.value

    def _number(self, path: KeyPath, number: Decimal | None) -> int | None:
        if number is None:
            return None
        scaled = number * HUNDREDTH
        if not 0 <= number <= MOST or scaled != scaled.to_integral_value():
            self._add("effort_number", path, found=str(number), most=MOST)
            return None
        return int(scaled)

    def _add(self, code: str, path: KeyPath, *, key: bool = False, **params: object) -> None:
        place = self.document.place(path, key=key)
        self.problems.append(Problem(code, params, place, shown(".".join(str(part) for part in path))))


def _arrivals(question: Question) -> Iterator[str]:
    yield from (name for i, name in enumerate(question.option_ids)
                if name != NONE and (i or question.kind != "grade"))  # fmt: skip
