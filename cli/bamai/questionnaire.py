"""The questionnaire of one edition: what is asked, and of which numbers a metric is made. It knows no scores."""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field

from bamai.model import Edition
from bamai.schema import Id, Name, Number, Strict, Text

SCHEMA = "bamai.questionnaire/1"

Kind = Literal["single", "multiple", "number", "percent", "yes_no", "grade", "trend", "text"]
NUMERIC: frozenset[Kind] = frozenset({"number", "percent"})
CHOSEN: frozenset[Kind] = frozenset({"single", "trend", "yes_no"})
NONE = "none"
TREND = ("worse", "same", "better")

RESERVED = frozenset(
    {
        "id", "name", "industry", "province", "city", "employees", "status", "level", "scored_level", "score",
        "score_low", "score_high", "level_low", "level_high", "blocked_by", "completeness", "record", "line",
        "column", "value", "code", "message", "digest", "model", "duplicate", "assumed", "total",
    }
)  # fmt: skip
"""Column names of batches; no question or indicator may be called so."""


class Option(Strict):
    """One answer of a ``single``, ``multiple`` or ``trend`` question, or one band of a percent.

    ``code`` is the official letter; without one, options get A, B, C … in their order.
    ``from``/``to`` are the ends of a band.
    """

    id: Id
    code: Name | None = None
    label: Text
    from_: Number | None = Field(default=None, alias="from")
    to: Number | None = None


class Metric(Strict):
    """Makes a question a quantity that benchmarks, bands and gates can use.

    Attributes:
        better: whether more of it is better.
        kind: how it is made from two counts. A ``share`` is 100 × part ÷ whole with part ≤ whole;
            a ``ratio`` is times × part ÷ whole without a bound.
        ask: whether an interview asks for the value first, or for the two counts.
    """

    better: Literal["up", "down"]
    kind: Literal["share", "ratio"] | None = None
    part: Id | None = None
    whole: Id | None = None
    times: Literal[1, 10, 100, 1000, 10_000] = 1
    ask: Literal["value", "counts"] = "value"


class Condition(Strict):
    """A condition on an earlier question."""

    question: Id
    in_: tuple[str, ...] | None = Field(default=None, alias="in")
    at_least: Number | None = None
    at_most: Number | None = None
    answered: bool | None = None


class ShowIf(Strict):
    """All of, or any of, the conditions; a question whose condition fails is hidden: not applicable."""

    all_: tuple[Condition, ...] = Field(default=(), alias="all")
    any_: tuple[Condition, ...] = Field(default=(), alias="any")


class Question(Strict):
    """One question. ``compared_only``: no rule scores it, it is only compared with a benchmark.

    Every other one is scored, but for a ``text``, which is asked for the record, and one that only decides by the
    ``show_if`` of others whether they are asked.
    """

    id: Id
    code: Name | None = None
    kind: Kind
    text: Text
    help: Text | None = None
    evidence: Text | None = None
    options: tuple[Option, ...] = ()
    grades: tuple[Text, ...] = ()
    min: Number | None = None
    max: Number | None = None
    integer: bool = False
    unit: Text | None = None
    metric: Metric | None = None
    compared_only: bool = False
    na: bool = False
    show_if: ShowIf | None = None

    @cached_property
    def letters(self) -> tuple[str, ...]:
        """Code of each option: its own, else its letter."""
        return tuple(option.code or chr(ord("A") + i) for i, option in enumerate(self.options))

    @cached_property
    def option_ids(self) -> tuple[str, ...]:
        """Ids of everything that can be chosen, in order: the value of a chosen answer is its index here."""
        if self.kind == "yes_no":
            return ("no", "yes")
        if self.kind == "grade":
            return tuple(str(grade) for grade in range(len(self.grades) + 1))
        return tuple(option.id for option in self.options)

    @property
    def label(self) -> str:
        """What the report calls it: its code, else its id."""
        return self.code or self.id


class Section(Strict):
    """Questions that are asked together."""

    id: Id
    title: Text
    note: Text | None = None
    questions: Annotated[tuple[Question, ...], Field(min_length=1)]


class Questionnaire(Strict):
    """``questionnaires/<model>/<edition>/questionnaire.yaml``."""

    schema_: Literal["bamai.questionnaire/1"] = Field(alias="schema")
    model: Id
    edition: Edition
    title: Text
    intro: Text | None = None
    sections: Annotated[tuple[Section, ...], Field(min_length=1)]

    @cached_property
    def questions(self) -> dict[str, Question]:
        """Every question by id, in the order of asking."""
        return {question.id: question for section in self.sections for question in section.questions}
