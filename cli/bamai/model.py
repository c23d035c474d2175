"""The maturity model of one edition: dimensions, indicators, scoring, levels and gates, as YAML says them.

The scoring kinds are a closed set and there are no expressions: a rule file is data that anybody can check.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from bamai.schema import Id, Name, Number, Provenance, Seen, Source, Status, Strict, Text

SCHEMA = "bamai.model/1"

LevelId = Annotated[str, StringConstraints(pattern=r"^L[1-9]$")]
GateId = Annotated[str, StringConstraints(pattern=r"^L[1-9]\.[a-z][a-z0-9_]*$")]
Edition = Annotated[str, StringConstraints(pattern=r"^[0-9a-z][0-9a-z.-]{0,40}$")]
NO_LEVEL = "none"


class ChoiceScoring(Strict):
    """Points of the one option that was chosen."""

    kind: Literal["choice"]
    question: Id
    out_of: Number
    points: dict[str, Number]


class ChecklistScoring(Strict):
    """Sum of the points of the options ticked, at most ``out_of``; an exclusive "none" is 0."""

    kind: Literal["checklist"]
    question: Id
    out_of: Number
    points: dict[str, Number]


class Band(Strict):
    """One stretch of a metric; a missing end is open."""

    from_: Number | None = Field(default=None, alias="from")
    to: Number | None = None
    points: Number


class BandsScoring(Strict):
    """Points by the band that a metric falls in; ``closed`` says which end of a band belongs to it."""

    kind: Literal["bands"]
    question: Id
    out_of: Number
    closed: Literal["left", "right"]
    bands: Annotated[tuple[Band, ...], Field(min_length=2)]


class Knot(Strict):
    """A point of a line: *at* this value of the metric, these points."""

    at: Number
    points: Number


class LinearScoring(Strict):
    """Points on straight lines between knots, level outside the first and the last."""

    kind: Literal["linear"]
    question: Id
    out_of: Number
    knots: Annotated[tuple[Knot, ...], Field(min_length=2)]


class StagedScoring(Strict):
    """A grade; ``points`` by grade from 0, or none where the grade itself is the result."""

    kind: Literal["staged"]
    question: Id
    out_of: Number | None = None
    points: tuple[Number, ...] | None = None


Scoring = Annotated[
    ChoiceScoring | ChecklistScoring | BandsScoring | LinearScoring | StagedScoring, Field(discriminator="kind")
]


class Indicator(Provenance):
    """A leaf: one question or metric and how it scores, 0 to 100.

    ``weight`` is percent of the parent (left out by all siblings: equal). ``na`` allows "not applicable".
    """

    id: Id
    code: Name | None = None
    title: Text
    weight: Number | None = None
    tags: tuple[Id, ...] = ()
    na: bool = False
    scoring: Scoring


class Group(Provenance):
    """Indicators that are weighed together."""

    id: Id
    title: Text
    weight: Number | None = None
    indicators: Annotated[tuple[Indicator, ...], Field(min_length=1)]


class Dimension(Provenance):
    """A top part of the model. With ``scored: false`` its indicators are graded and serve gates only."""

    id: Id
    title: Text
    weight: Number | None = None
    scored: bool = True
    groups: tuple[Group, ...] = ()
    indicators: tuple[Indicator, ...] = ()

    @property
    def leaves(self) -> tuple[Indicator, ...]:
        """Its indicators, with those of its groups first."""
        return (*(indicator for group in self.groups for indicator in group.indicators), *self.indicators)


class Tag(Provenance):
    """A named set of indicators that gates count."""

    id: Id
    title: Text


class CountGate(Provenance):
    """At least ``needs`` indicators (of a node, of a tag) at ``grade`` or above."""

    kind: Literal["count"]
    id: GateId
    grade: Annotated[int, Field(ge=1)]
    needs: Annotated[int, Field(ge=1)]
    within: Id | None = None
    tag: Id | None = None


class ScoreGate(Provenance):
    """Every one of these nodes scores at least ``needs``; left out: every scored dimension."""

    kind: Literal["score"]
    id: GateId
    nodes: tuple[Id, ...] = ()
    needs: Number


class MetricGate(Provenance):
    """A metric is at least as good as ``needs``, in its own direction."""

    kind: Literal["metric"]
    id: GateId
    metric: Id
    needs: Number


Gate = Annotated[CountGate | ScoreGate | MetricGate, Field(discriminator="kind")]


class Level(Provenance):
    """A level: a score **and** its gates, and everything that the levels below it ask.

    In a model that scores nothing a level has no score and is a matter of its gates alone.
    """

    id: LevelId
    title: Text
    meaning: Text | None = None
    score: Number = Decimal(0)
    gates: tuple[Gate, ...] = ()


class NaLimit(Strict):
    """At most this many indicators of a node may be not applicable."""

    within: Id
    at_most: Annotated[int, Field(ge=0)]


class MaturityModel(Strict):
    """``rules/<model>/<edition>/model.yaml``."""

    schema_: Literal["bamai.model/1"] = Field(alias="schema")
    id: Id
    edition: Edition
    in_force: bool
    title: Text
    summary: Text
    disclaimer: Text | None = None
    status: Status
    seen: Seen
    source: Id
    sources: Annotated[tuple[Source, ...], Field(min_length=1)]
    tags: tuple[Tag, ...] = ()
    levels: Annotated[tuple[Level, ...], Field(min_length=1)]
    no_level: Text | None = None
    na_limits: tuple[NaLimit, ...] = ()
    dimensions: Annotated[tuple[Dimension, ...], Field(min_length=1)]
    open_points: tuple[Text, ...] = ()

    @property
    def scored(self) -> bool:
        """Whether there is a total score; without one the levels go by gates alone."""
        return any(dimension.scored for dimension in self.dimensions)
