"""The score: columns of judged answers → scores, levels and gates. Integers throughout, no I/O, no texts.

Every leaf and every weighted mean is rounded half up to a millionth of a point; that is the rule, so the
order and size of batches cannot change a digit. A column holds ``ABSENT`` where a node is not applicable.

Everything is computed twice where answers are open: with each open answer at its worst and at its best.
The worst answer of every indicator scores nothing and the best everything (checked on load), and "not
applicable" leaves the mean, so these two bounds contain every completion.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from math import gcd
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from bamai.answers import ANSWERED, NA, NO_BAND, OPEN, Column, Columns, Judged
from bamai.catalog import Edition
from bamai.checks import counted_by
from bamai.model import (
    BandsScoring,
    ChecklistScoring,
    ChoiceScoring,
    CountGate,
    Gate,
    Indicator,
    LinearScoring,
    MetricGate,
    ScoreGate,
    Scoring,
    StagedScoring,
)
from bamai.questionnaire import Question
from bamai.schema import MILLION, millionths

if TYPE_CHECKING:
    import numpy.typing as npt

    from bamai.answers import Flags, Ints

ABSENT = -1
FULL = 100 * MILLION


class Bounds(NamedTuple):
    """One quantity by row: at the worst and at the best completion; equal where nothing is open."""

    low: Ints
    high: Ints


class GateResult(NamedTuple):
    """What a gate found by row: counts, or millionths of a point or of the metric's unit."""

    has: Bounds
    met_low: Flags
    met_high: Flags


class Scores(NamedTuple):
    """Results of a batch, all of shape (rows,).

    Attributes:
        score: the total, millionths of a point.
        nodes: every dimension, group and indicator that is scored.
        grades: the grade of every graded indicator; ABSENT where not applicable.
        gates: every gate of every level, by id.
        level: index of the level reached, cumulatively; -1 for none.
        scored_level: the same by score alone.
        incomplete: a question that can change the result is open.
        required, answered: how many such questions there are, and how many of them are not open.
    """

    score: Bounds
    nodes: dict[str, Bounds]
    grades: dict[str, Bounds]
    gates: dict[str, GateResult]
    level: Bounds
    scored_level: Bounds
    incomplete: Flags
    required: Ints
    answered: Ints


def score(edition: Edition, judged: Judged, *, missing_lowest: bool = False) -> Scores:
    """Score every row of *judged*.

    Args:
        missing_lowest: count open answers as the worst, as the official forms do; then nothing is incomplete.
    """
    return Scorer(edition).score(judged, missing_lowest=missing_lowest)


class Scorer:
    """An edition made ready for arithmetic: points as integer tables, weights as integers."""

    def __init__(self, edition: Edition) -> None:
        self.edition = edition
        self._leaves = {i.id: _leaf(i.scoring, edition.questions[i.scoring.question])
                        for i in edition.indicators.values() if _is_scored(i)}  # fmt: skip

    def score(self, judged: Judged, *, missing_lowest: bool = False) -> Scores:
        """Score every row of *judged*."""
        columns = judged.columns
        first = next(iter(columns.values()))
        required = np.zeros(first.state.shape, np.int64)
        answered = required.copy()
        for name, needed in judged.required.items():
            required += needed
            answered += needed & (columns[name].state != OPEN)
        incomplete = np.zeros(first.state.shape, np.bool_) if missing_lowest else answered < required
        some_open = bool(incomplete.any())

        nodes: dict[str, Bounds] = {}
        grades: dict[str, Bounds] = {}
        for indicator in self.edition.indicators.values():
            column = columns[indicator.scoring.question]
            if indicator.id in self._leaves:
                nodes[indicator.id] = self._points(indicator, column, some_open)
            if isinstance(indicator.scoring, StagedScoring):
                top = len(self.edition.questions[indicator.scoring.question].grades)
                grades[indicator.id] = _bounds(column, np.where(column.state == ANSWERED, column.value, 0),
                                               top, some_open)  # fmt: skip
        dimensions = [d for d in self.edition.model.dimensions if d.scored]
        for dimension in dimensions:
            for group in dimension.groups:
                nodes[group.id] = _mean(nodes, group.indicators)
            nodes[dimension.id] = _mean(nodes, (*dimension.groups, *dimension.indicators))
        total = _mean(nodes, dimensions)
        gates = {gate.id: self._gate(gate, nodes, grades, columns, some_open)
                 for level in self.edition.model.levels for gate in level.gates}  # fmt: skip
        level = self._levels(total, lambda gate, low: gates[gate].met_low if low else gates[gate].met_high)
        by_score = self._levels(total, None)
        return Scores(total, nodes, grades, gates, level, by_score, incomplete, required, answered)

    def _points(self, indicator: Indicator, column: Column, some_open: bool) -> Bounds:
        return _bounds(column, np.where(column.state == ANSWERED, self._leaves[indicator.id](column), 0),
                       FULL, some_open)  # fmt: skip

    def _gate(
        self, gate: Gate, nodes: dict[str, Bounds], grades: dict[str, Bounds], columns: Columns, some_open: bool
    ) -> GateResult:
        match gate:
            case CountGate():
                counted = [grades[indicator.id] for indicator in counted_by(gate, self.edition.model)]
                low = np.asarray(np.sum([b.low >= gate.grade for b in counted], axis=0), np.int64)
                high = np.asarray(np.sum([b.high >= gate.grade for b in counted], axis=0), np.int64)
                return GateResult(Bounds(low, high), low >= gate.needs, high >= gate.needs)
            case ScoreGate():
                names = gate.nodes or tuple(d.id for d in self.edition.model.dimensions if d.scored)
                low = np.min([nodes[name].low for name in names], axis=0)
                high = np.min([nodes[name].high for name in names], axis=0)
                needs = millionths(gate.needs)
                return GateResult(Bounds(low, high), low >= needs, high >= needs)
            case MetricGate():
                return self._metric_gate(gate, columns[gate.metric], some_open)

    def _metric_gate(self, gate: MetricGate, column: Column, some_open: bool) -> GateResult:
        question = self.edition.questions[gate.metric]
        needs = millionths(gate.needs)
        up = question.metric is None or question.metric.better == "up"
        known = (column.state == ANSWERED) & (column.band == NO_BAND)
        met = known & ((column.value >= needs) if up else (column.value <= needs))
        has = np.where(known, column.value, ABSENT)
        met_high = met | (column.state == OPEN) if some_open else met
        return GateResult(Bounds(has, has), met, met_high)

    def _levels(self, total: Bounds, met: Callable[[str, bool], Flags] | None) -> Bounds:
        bounds = []
        for low, points in ((True, total.low), (False, total.high)):
            reached = np.full(points.shape, -1, np.int64)
            so_far = points != ABSENT
            for index, level in enumerate(self.edition.model.levels):
                so_far = so_far & (points >= millionths(level.score))
                if met is not None:
                    for gate in level.gates:
                        so_far = so_far & met(gate.id, low)
                reached[so_far] = index
            bounds.append(reached)
        return Bounds(bounds[0], bounds[1])


def _is_scored(indicator: Indicator) -> bool:
    return not (isinstance(indicator.scoring, StagedScoring) and indicator.scoring.points is None)


def _bounds(column: Column, low: Ints, top: int, some_open: bool) -> Bounds:
    na = column.state == NA
    low = np.where(na, ABSENT, low)
    if not some_open:
        return Bounds(low, low)
    return Bounds(low, np.where(column.state == OPEN, top, low))


def _mean(nodes: dict[str, Bounds], children: Sequence[object]) -> Bounds:
    names = [child.id for child in children]  # type: ignore[attr-defined]
    weights = integer_weights([child.weight for child in children])  # type: ignore[attr-defined]
    low = weighted_mean([nodes[name].low for name in names], weights)
    if all(nodes[name].low is nodes[name].high for name in names):
        return Bounds(low, low)
    return Bounds(low, weighted_mean([nodes[name].high for name in names], weights))


def integer_weights(weights: Sequence[Decimal | None]) -> list[int]:
    """Weights as the smallest whole numbers in the same proportion; all left out means equal."""
    if any(weight is None for weight in weights):
        return [1] * len(weights)
    scaled = [millionths(weight) for weight in weights if weight is not None]
    common = gcd(*scaled)
    return [weight // common for weight in scaled]


def weighted_mean(columns: Sequence[Ints], weights: Sequence[int]) -> Ints:
    """Mean of *columns* by *weights*, half up to a millionth of a point; what is ABSENT leaves both sums.

    Args:
        columns: one per child, int64 millionths, shape (rows,); ABSENT where not applicable.
        weights: positive integers, one per child.
    Returns:
        int64 millionths, shape (rows,); ABSENT where every child is.
    """
    total = np.zeros(columns[0].shape, np.int64)
    divisor = np.zeros(columns[0].shape, np.int64)
    for column, weight in zip(columns, weights, strict=True):
        present = column != ABSENT
        total += np.where(present, column, 0) * weight
        divisor += present * np.int64(weight)
    safe = np.maximum(divisor, 1)
    mean = (2 * total + safe) // (2 * safe)
    return np.where(divisor == 0, ABSENT, mean)


# ── leaves ───────────────────────────────────────────────────────────────────────────────────────────

Leaf = Callable[[Column], "Ints"]


def _rounded(points: Decimal, out_of: Decimal) -> int:
    """Points as a leaf score: ``100 × points ÷ out_of`` in millionths, half up."""
    numerator, denominator = millionths(points) * FULL, millionths(out_of)
    return (2 * numerator + denominator) // (2 * denominator)


def _leaf(scoring: Scoring, question: Question) -> Leaf:
    match scoring:
        case ChoiceScoring():
            return _table([_rounded(scoring.points[name], scoring.out_of) for name in question.option_ids])
        case StagedScoring():
            assert scoring.points is not None and scoring.out_of is not None
            return _table([_rounded(points, scoring.out_of) for points in scoring.points])
        case ChecklistScoring():
            return _checklist(scoring, question)
        case BandsScoring():
            return _bands(scoring)
        case LinearScoring():
            return _line(scoring)


def _table(points: list[int]) -> Leaf:
    table = np.array(points, np.int64)
    return lambda column: table[np.clip(column.value, 0, len(table) - 1)]


def _checklist(scoring: ChecklistScoring, question: Question) -> Leaf:
    each = [millionths(scoring.points[name]) for name in question.option_ids]
    out_of = millionths(scoring.out_of)
    common = gcd(*each, out_of)
    each, out_of = [points // common for points in each], out_of // common

    def leaf(column: Column) -> Ints:
        ticked = np.zeros(column.value.shape, np.int64)
        for bit, points in enumerate(each):
            ticked += (column.value >> bit & 1) * points
        ticked = np.minimum(ticked, out_of)
        return (2 * ticked * FULL + out_of) // (2 * out_of)

    return leaf


def _bands(scoring: BandsScoring) -> Leaf:
    ends = np.array([millionths(band.to) for band in scoring.bands[:-1] if band.to is not None], np.int64)
    table = np.array([_rounded(band.points, scoring.out_of) for band in scoring.bands], np.int64)
    side: Literal["left", "right"] = "left" if scoring.closed == "right" else "right"

    def leaf(column: Column) -> Ints:
        found: npt.NDArray[np.intp] = np.searchsorted(ends, column.value, side=side)
        return table[np.where(column.band == NO_BAND, found, column.band)]

    return leaf


def _line(scoring: LinearScoring) -> Leaf:
    at = [millionths(knot.at) for knot in scoring.knots]
    points = [_rounded(knot.points, scoring.out_of) for knot in scoring.knots]

    def leaf(column: Column) -> Ints:
        value = np.clip(column.value, at[0], at[-1])
        result = np.full(value.shape, points[0], np.int64)
        for left, right, start, end in zip(at, at[1:], points, points[1:], strict=False):
            common = gcd(end - start, right - left)
            rise, run = (end - start) // common, (right - left) // common
            inside = (value > left) & (value <= right)
            along = np.where(inside, value - left, 0) * rise
            result = np.where(inside, start + (2 * along + run) // (2 * run), result)
        return result

    return leaf
