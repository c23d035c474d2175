"""Published figures, and which comparisons with them are honest."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from bamai.schema import Id, Number, Provenance, Source, Strict, Text

SCHEMA = "bamai.benchmarks/1"

Statistic = Literal["mean_of_rates", "share_of_enterprises", "aggregate", "target", "count"]
"""mean_of_rates: average of each firm's rate. share_of_enterprises: how many firms do it.
aggregate: a quotient of totals, not an average of firms. target: a plan. count: a number of things."""

Kind = Literal["mean_of_rates", "share_of_enterprises", "aggregate", "count"]
"""What a figure, a planned one too, is of: as :data:`Statistic`."""


class Benchmark(Provenance):
    """One published figure with everything needed to read it rightly.

    ``metric`` binds it to the questions of that id in every model; ``compare`` puts it in reports
    (a series also holds older figures that are only listed). ``op`` is the source's own: more than, about.
    ``industries``: the divisions or sectors whose figure it is; only their enterprises are compared with it.
    ``target_of``: what is planned, where that is not a figure like the metric itself.
    """

    id: Id
    metric: Id | None = None
    industries: Annotated[tuple[Id, ...], Field(min_length=1)] | None = None
    title: Text
    value: Number
    op: Literal["=", ">", ">=", "~"] = "="
    unit: Text
    statistic: Statistic
    target_of: Kind | None = None
    statistic_basis: Literal["stated", "inferred"]
    population: Text
    as_of: Annotated[str, Field(min_length=4)]
    compare: bool = False
    caution: Text | None = None
    review_by: str | None = None

    @property
    def target(self) -> bool:
        """Whether it is planned and not a fact."""
        return self.statistic == "target"

    def comparable(self, question_kind: str) -> bool:
        """Whether one enterprise's answer of this kind can be set beside it.

        A share of enterprises ("86.7 % use design tools") is met by a yes or a no, never by a percentage;
        a mean, an aggregate or a target of such is met by a number; a count by nothing.
        """
        kind = self.target_of or self.statistic
        if kind == "share_of_enterprises":
            return question_kind == "yes_no"
        return kind != "count" and question_kind in ("number", "percent")


class Benchmarks(Strict):
    """``rules/benchmarks/<region>.yaml``."""

    schema_: Literal["bamai.benchmarks/1"] = Field(alias="schema")
    region: Id
    title: Text
    sources: Annotated[tuple[Source, ...], Field(min_length=1)]
    benchmarks: Annotated[tuple[Benchmark, ...], Field(min_length=1)]

    def source(self, item: Benchmark) -> Source:
        """The document that a figure of this file comes from."""
        return next(source for source in self.sources if source.id == item.source)
