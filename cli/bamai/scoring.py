"""The score: columns of judged answers → scores, levels and gates. Integers throughout, no I/O, no texts.

Every leaf and every weighted mean is rounded half up to a millionth of a point; that is the rule, so the
order and size of batches cannot change a digit. A column holds ``ABSENT`` where a node is not applicable.

Everything is computed twice where answers are open: with each open answer at its worst and at its best.
The worst answer of every indicator scores nothing and the best everything (checked on load), and "not
applicable" leaves the mean, so these two bounds contain every completion.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from math import gcd
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from bamai.answers import (
    ANSWERED,
    NA,
    NO_BAND,
    OPEN,
    UNKNOWN,
    Column,
    Columns,
    Judged,
    floor_quotient,
    scored_questions,
)
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

    Rows = npt.NDArray[np.intp]

ABSENT = -1
FULL = 100 * MILLION


class Bounds:
    """One quantity by row: at the worst and at the best completion.

    Attributes:
        low: at the worst.
        open: the rows that open answers leave undecided, and their values at the best; None where there are none.
    """

    __slots__ = ("_high", "low", "open")

    def __init__(self, low: Any, open_: tuple[Rows, Any] | None = None) -> None:
        self.low = low
        self.open = open_
        self._high: Any = None

    @property
    def high(self) -> Any:
        """At the best completion; the same as at the worst where nothing is open."""
        if self.open is None:
            return self.low
        if self._high is None:
            self._high = self.low.copy()
            self._high[self.open[0]] = self.open[1]
        return self._high


class GateResult(NamedTuple):
    """What a gate found by row: counts, or millionths of a point or of the metric's unit; and whether it is met."""

    has: Bounds
    met: Bounds

    @property
    def met_low(self) -> Flags:
        flags: Flags = self.met.low
        return flags

    @property
    def met_high(self) -> Flags:
        flags: Flags = self.met.high
        return flags


class Scores(NamedTuple):
    """Results of a batch, all of shape (rows,).

    Attributes:
        score: the total, millionths of a point; 0 where the model scores nothing.
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


class _Side(NamedTuple):
    """One bound of everything: with every open answer at its worst, or at its best."""

    nodes: dict[str, Ints]
    grades: dict[str, Ints]
    has: dict[str, Ints]
    met: dict[str, Flags]
    total: Ints
    level: Ints
    scored_level: Ints


class Scorer:
    """An edition made ready for arithmetic: points as integer tables, weights as integers."""

    def __init__(self, edition: Edition) -> None:
        self.edition = edition
        leaves = {i.id: _leaf(i.scoring, edition.questions[i.scoring.question])
                  for i in edition.indicators.values() if _is_scored(i)}  # fmt: skip
        tops = {i.id: len(edition.questions[i.scoring.question].grades)
                for i in edition.indicators.values() if isinstance(i.scoring, StagedScoring)}  # fmt: skip
        # with open answers at their worst, and at their best
        self._points = [{name: _Settled(leaf, opened) for name, leaf in leaves.items()} for opened in (0, FULL)]
        self._grades = [{name: _Settled(_grade, top * best) for name, top in tops.items()} for best in (0, 1)]
        self._counted = {gate.id: [indicator.id for indicator in counted_by(gate, edition.model)]
                         for level in edition.model.levels for gate in level.gates
                         if isinstance(gate, CountGate)}  # fmt: skip

    def score(self, judged: Judged, *, missing_lowest: bool = False) -> Scores:
        """Score every row of *judged*."""
        columns = judged.columns
        required, answered = _counted(judged)
        incomplete = np.zeros(required.shape, np.bool_) if missing_lowest else answered < required
        low = self._side(columns, best=False)
        # the best completion differs only where something is open, which is a small part of a batch
        rows = np.flatnonzero(incomplete)
        some = self._side({name: columns[name][rows] for name in self._used}, best=True) if rows.size else None

        nodes, grades, has, met, total, level, scored_level = (
            _bounds(worst, best, rows) for worst, best in zip(low, some or [None] * len(low), strict=True)
        )
        gates = {name: GateResult(found, met[name]) for name, found in has.items()}
        return Scores(total, nodes, grades, gates, level, scored_level, incomplete, required, answered)

    @cached_property
    def _used(self) -> tuple[str, ...]:
        return scored_questions(self.edition)

    def _side(self, columns: Columns, *, best: bool) -> _Side:
        nodes: dict[str, Ints] = {}
        grades: dict[str, Ints] = {}
        for indicator in self.edition.indicators.values():
            column = columns[indicator.scoring.question]
            if indicator.id in self._points[best]:
                nodes[indicator.id] = self._points[best][indicator.id].of(column)
            if indicator.id in self._grades[best]:
                grades[indicator.id] = self._grades[best][indicator.id].of(column)
        dimensions = [d for d in self.edition.model.dimensions if d.scored]
        for dimension in dimensions:
            for group in dimension.groups:
                nodes[group.id] = _mean(nodes, group.indicators)
            nodes[dimension.id] = _mean(nodes, (*dimension.groups, *dimension.indicators))
        total = _mean(nodes, dimensions) if dimensions else np.zeros(len(columns[self._used[0]]), np.int64)
        has: dict[str, Ints] = {}
        met: dict[str, Flags] = {}
        for level in self.edition.model.levels:
            for gate in level.gates:
                has[gate.id], met[gate.id] = self._gate(gate, nodes, grades, columns, best)
        return _Side(nodes, grades, has, met, total, self._levels(total, met), self._levels(total, None))

    def _gate(
        self, gate: Gate, nodes: dict[str, Ints], grades: dict[str, Ints], columns: Columns, best: bool
    ) -> tuple[Ints, Flags]:
        match gate:
            case CountGate():
                counted = [grades[name] for name in self._counted[gate.id]]
                reached = np.zeros(counted[0].shape, counter(len(counted)))
                for values in counted:
                    reached += (values >= gate.grade).view(np.int8)
                return reached.astype(np.int64), reached >= gate.needs
            case ScoreGate():
                names = gate.nodes or tuple(d.id for d in self.edition.model.dimensions if d.scored)
                lowest = np.asarray(np.min([nodes[name] for name in names], axis=0), np.int64)
                return lowest, lowest >= millionths(gate.needs)
            case MetricGate():
                return self._metric_gate(gate, columns[gate.metric], best)

    def _metric_gate(self, gate: MetricGate, column: Column, best: bool) -> tuple[Ints, Flags]:
        question = self.edition.questions[gate.metric]
        needs = millionths(gate.needs)
        up = question.metric is None or question.metric.better == "up"
        known = (column.state == ANSWERED) & (column.band == NO_BAND)
        met = known & ((column.value >= needs) if up else (column.value <= needs))
        return np.where(known, column.value, ABSENT), met | (column.state == OPEN) if best else met

    def _levels(self, points: Ints, met: Mapping[str, Flags] | None) -> Ints:
        reached = np.full(points.shape, -1, np.int64)
        so_far = points != ABSENT
        for index, level in enumerate(self.edition.model.levels):
            so_far = so_far & (points >= millionths(level.score))
            for gate in level.gates if met is not None else ():
                so_far = so_far & met[gate.id]  # type: ignore[index]
            reached[so_far] = index
        return reached


def _counted(judged: Judged) -> tuple[Ints, Ints]:
    """How many questions are required, and how many of them are not open, by row."""
    rows = len(next(iter(judged.columns.values())))
    everywhere = 0
    required, missing = np.zeros((2, rows), counter(len(judged.required)))
    for name, needed in judged.required.items():
        column = judged.columns[name]
        whole = bool(needed.all())
        if whole:
            everywhere += 1
        else:
            required += needed
        if column.distinct is not None and not _is_open(column.distinct).any():
            continue
        opened = column.each(_is_open)
        missing += opened if whole else opened & needed
    total = required.astype(np.int64) + everywhere
    return total, total - missing


def counter(most: int) -> np.dtype[Any]:
    """The smallest type of number that counts to *most*: there is much to add up, and narrow columns are fast."""
    return np.min_scalar_type(-most - 1)


def _is_open(column: Column) -> Any:
    return column.state == OPEN


def _grade(column: Column) -> Any:
    # it fits a byte, and there are many of them to compare and to count
    return column.value.astype(np.int8)


class _Settled:
    """What a leaf gives in every state: *opened* while open, nothing where unknown, ABSENT where n/a.

    Of a coded column the distinct answers are worked out, and kept while the next block has the same.
    """

    def __init__(self, leaf: Leaf, opened: int) -> None:
        self._leaf = leaf
        self._opened = opened
        self._distinct: Column | None = None
        self._points: Any = None

    def of(self, column: Column) -> Any:
        """The points, or grades, of every row."""
        if column.distinct is None or column.codes is None:
            return self._settled(column)
        if column.distinct is not self._distinct:
            self._distinct, self._points = column.distinct, self._settled(column.distinct)
        return self._points.take(column.codes)

    def _settled(self, column: Column) -> Any:
        state = column.state
        points = self._leaf(column).copy()
        points[state == NA] = ABSENT
        points[state == OPEN] = self._opened
        points[state == UNKNOWN] = 0
        return points


def _bounds(worst: Any, best: Any, rows: Rows) -> Any:
    """Both sides of one quantity, or of each one in a dictionary; *best* is None where nothing is open."""
    if isinstance(worst, dict):
        return {name: _bounds(values, best and best[name], rows) for name, values in worst.items()}
    return Bounds(worst, None if best is None else (rows, best))


def _is_scored(indicator: Indicator) -> bool:
    return not (isinstance(indicator.scoring, StagedScoring) and indicator.scoring.points is None)


def _mean(nodes: dict[str, Ints], children: Sequence[object]) -> Ints:
    weights = integer_weights([child.weight for child in children])  # type: ignore[attr-defined]
    return weighted_mean([nodes[child.id] for child in children], weights)  # type: ignore[attr-defined]


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
    weighed = np.empty_like(total)
    everywhere = sum(weights)
    missing: Ints | None = None
    for column, weight in zip(columns, weights, strict=True):
        total += column if weight == 1 else np.multiply(column, weight, out=weighed)
        absent = np.flatnonzero(column == ABSENT)
        if absent.size:
            missing = np.zeros(total.shape, np.int64) if missing is None else missing
            missing[absent] += weight
            total[absent] -= ABSENT * weight
    total += total
    mean = np.add(total, everywhere, out=weighed)
    mean //= 2 * everywhere
    if missing is not None:  # that is seldom: what the rest weighs is worked out for those rows alone
        rows = np.flatnonzero(missing)
        rest = everywhere - missing[rows]
        safe = np.maximum(rest, 1)
        mean[rows] = np.where(rest == 0, ABSENT, floor_quotient(total[rows] + safe, 2 * safe))
    return mean


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
