"""Several assessments side by side: one plant before and after, or several plants."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from bamai.assessment import Assessment, GateOutcome, IndicatorResult
from bamai.benchmark import Benchmark
from bamai.errors import InputError, Place, Problem
from bamai.schema import Source, Text
from bamai.texts import Lang

SCHEMA = "bamai.comparison/1"


class Side(NamedTuple):
    """One of the assessments, and the file it comes from."""

    file: str
    assessment: Assessment


class Row(NamedTuple):
    """One quantity of every side; None where a side does not have it.

    ``change`` is the last less the first, where both are known; in a comparison of several plants the largest less
    the smallest. Across editions there is none: the same points do not mean the same.
    """

    id: str
    title: Text
    label: str
    values: tuple[Decimal | None, ...]
    change: Decimal | None


class IndicatorRow(NamedTuple):
    """An indicator that is not the same everywhere. ``graded``: the values are grades, else points of the total."""

    row: Row
    graded: bool
    results: tuple[IndicatorResult | None, ...]


class GateRow(NamedTuple):
    """A condition of a level that not all sides meet, or none does."""

    id: str
    level: str
    title: Text
    outcomes: tuple[GateOutcome | None, ...]


class FigureRow(NamedTuple):
    """A published figure beside what every side says."""

    benchmark: Benchmark
    source: Source
    values: tuple[Decimal | bool | None, ...]


class Comparing(NamedTuple):
    """Everything that a comparison says.

    Attributes:
        same: all sides are one enterprise, so that the last is held against the first.
        mixed: the sides were judged by different editions; only what they have in common is held together.
        total: the score; open where a side is incomplete.
        gates: conditions that some sides meet and others do not, and those of the lowest next level.
        indicators: those that differ, the largest change first; ``equal`` more are the same everywhere.
    """

    sides: tuple[Side, ...]
    same: bool
    mixed: bool
    total: Row
    dimensions: tuple[Row, ...]
    gates: tuple[GateRow, ...]
    indicators: tuple[IndicatorRow, ...]
    equal: int
    figures: tuple[FigureRow, ...]

    def data(self, lang: Lang) -> dict[str, Any]:
        """As plain data: schema ``bamai.comparison/1``, texts in *lang*, numbers as exact decimals."""
        return {
            "schema": SCHEMA,
            "lang": lang,
            "same_enterprise": self.same,
            "mixed_editions": self.mixed,
            "sides": [_side(side, lang) for side in self.sides],
            "total": _row(self.total, lang),
            "dimensions": [_row(row, lang) for row in self.dimensions],
            "gates": [
                {"id": gate.id, "level": gate.level, "title": gate.title[lang],
                 "met": [outcome.met if outcome else None for outcome in gate.outcomes],
                 "has": [outcome.has if outcome else None for outcome in gate.outcomes]}
                for gate in self.gates
            ],
            "indicators": [
                {**_row(item.row, lang), "unit": "grade" if item.graded else "points",
                 "states": [result.state if result else None for result in item.results]}
                for item in self.indicators
            ],
            "equal_indicators": self.equal,
            "figures": [
                {"benchmark": figure.benchmark.id, "title": figure.benchmark.title[lang],
                 "value": figure.benchmark.value, "as_of": figure.benchmark.as_of, "values": list(figure.values)}
                for figure in self.figures
            ],
        }  # fmt: skip


def compare(sides: Sequence[Side], *, force: bool = False) -> Comparing:
    """Hold *sides* together, in their order.

    Args:
        force: take sides of different editions, and compare what they have in common.
    Raises:
        InputError: the sides were judged by different editions.
    """
    first = sides[0]
    editions = {(side.assessment.model, side.assessment.digest) for side in sides}
    if len(editions) > 1 and not force:
        raise InputError([
            Problem("other_edition", {"found": side.assessment.model, "digest": _short(side), "file": first.file,
                                      "first": first.assessment.model, "other": _short(first)}, Place(side.file))
            for side in sides[1:]
            if (side.assessment.model, side.assessment.digest) != (first.assessment.model, first.assessment.digest)
        ])  # fmt: skip
    same = len({_who(side) for side in sides}) == 1
    mixed = len(editions) > 1
    rows = _Rows(sides, same, mixed)
    indicators = rows.indicators()
    differing = [item for item in indicators if _differs(item)]
    differing.sort(key=lambda item: (-abs(item.row.change or Decimal(0)), item.graded))
    return Comparing(
        tuple(sides), same, mixed,
        rows.row("total", first.assessment.title, "", lambda a: a.score), rows.dimensions(), rows.gates(),
        tuple(differing), len(indicators) - len(differing), rows.figures(),
    )  # fmt: skip


def _short(side: Side) -> str:
    return side.assessment.digest.removeprefix("sha256:")[:8]


def _who(side: Side) -> str:
    enterprise = side.assessment.enterprise
    # without an id or a name nobody can say that two plants are one
    return (enterprise.id or enterprise.name or side.file).strip()


def _differs(item: IndicatorRow) -> bool:
    states = {result.state if result else None for result in item.results}
    return len(states) > 1 or len(set(item.row.values)) > 1


class _Rows:
    def __init__(self, sides: Sequence[Side], same: bool, mixed: bool) -> None:
        self.sides = [side.assessment for side in sides]
        self.same = same
        self.mixed = mixed

    def row(self, id_: str, title: Text, label: str, value: Callable[[Assessment], Decimal | None]) -> Row:
        values = tuple(value(side) for side in self.sides)
        known = [one for one in values if one is not None]
        change = None
        if self.mixed:
            pass
        elif self.same and values[0] is not None and values[-1] is not None:
            change = values[-1] - values[0]
        elif not self.same and len(known) > 1:
            change = max(known) - min(known)
        return Row(id_, title, label, values, change)

    def dimensions(self) -> tuple[Row, ...]:
        by_id = [{dimension.id: dimension for dimension in side.dimensions} for side in self.sides]
        common = [d for d in self.sides[0].dimensions if all(d.id in one and one[d.id].scored for one in by_id)]
        return tuple(self.row(d.id, d.title, "", functools.partial(_dimension_score, d.id)) for d in common)

    def indicators(self) -> list[IndicatorRow]:
        by_id = [side.indicators for side in self.sides]
        found = []
        for name, indicator in by_id[0].items():
            if not all(name in one for one in by_id):
                continue
            graded = indicator.max_grade is not None

            def value(side: Assessment, name: str = name, graded: bool = graded) -> Decimal | None:
                result = side.indicators[name]
                if graded:
                    return None if result.grade is None else Decimal(result.grade)
                return result.points

            row = self.row(name, indicator.title, indicator.label, value)
            found.append(IndicatorRow(row, graded, tuple(one[name] for one in by_id)))
        return found

    def gates(self) -> tuple[GateRow, ...]:
        by_id = [{gate.id: gate for gate in side.gates} for side in self.sides]
        order = [level.id for level in self.sides[0].levels]
        following = [side.next_level for side in self.sides if side.next_level in order]
        lowest = min(following, key=lambda level: order.index(str(level)), default=None)
        found = []
        for gate in self.sides[0].gates:
            outcomes = tuple(one.get(gate.id) for one in by_id)
            if None in outcomes:
                continue
            met = {outcome.met for outcome in outcomes if outcome is not None}
            if len(met) > 1 or (gate.level == lowest and met != {True}):
                found.append(GateRow(gate.id, gate.level, gate.title, outcomes))
        return tuple(found)

    def figures(self) -> tuple[FigureRow, ...]:
        """Of every metric the newest figure; targets are none."""
        by_id = [{item.benchmark.id: item for item in side.comparisons} for side in self.sides]
        newest: dict[str, FigureRow] = {}
        for items in by_id:
            for name, item in items.items():
                values = tuple(one[name].value if name in one else None for one in by_id)
                before = newest.get(item.metric)
                if item.benchmark.target:
                    continue
                if before is None or before.benchmark.as_of < item.benchmark.as_of:
                    newest[item.metric] = FigureRow(item.benchmark, item.source, values)
        return tuple(newest.values())


def _dimension_score(name: str, side: Assessment) -> Decimal | None:
    return next(dimension.score for dimension in side.dimensions if dimension.id == name)


def _side(side: Side, lang: Lang) -> dict[str, Any]:
    a = side.assessment
    return {
        "file": side.file,
        "model": a.model,
        "profile": a.profile.data(lang) if a.profile else None,
        "digest": a.digest,
        "enterprise": {key: value for key, value in a.enterprise._asdict().items() if value is not None},
        "assessed_on": a.assessed_on,
        "status": a.status,
        "score": a.score,
        "level": a.level,
        "range": a.range._asdict() if a.range else None,
    }


def _row(row: Row, lang: Lang) -> dict[str, Any]:
    return {"id": row.id, "title": row.title[lang], "values": list(row.values), "change": row.change}
