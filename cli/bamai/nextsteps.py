"""The next better answer to every question, and what the whole result becomes by it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

import numpy as np

from bamai.answers import (
    ANSWERED,
    NA,
    NO_BAND,
    Column,
    decimal_text,
    judge_rows,
)
from bamai.assessment import (
    GateOutcome,
    Step,
    both,
    decimal,
    plain_decimal,
)
from bamai.checks import counted_by
from bamai.model import (
    BandsScoring,
    ChecklistScoring,
    CountGate,
    Indicator,
    Level,
    LinearScoring,
    MetricGate,
    StagedScoring,
)
from bamai.questionnaire import NONE, Question
from bamai.schema import MILLION, Text, millionths
from bamai.scoring import Scorer, Scores
from bamai.wording import Case, Wording, band_index, band_span, option_text, quantity, several


class _Wish(NamedTuple):
    """A better answer to try: ``value`` as a column holds it; ``rise`` is how many grades away it is."""

    question: Question
    title: Text
    now: Text
    to: Text
    value: int
    rise: int


class NextSteps:
    """Tries better answers to the questions of one enterprise, all in one go."""

    def __init__(self, case: Case) -> None:
        self.edition, _, self.judged, self.scores, self.missing_lowest = case
        self.model = case.edition.model
        self.wording = Wording(case)

    def steps(self, gates: tuple[GateOutcome, ...], following: Level | None) -> tuple[Step, ...]:
        """Every better answer that brings points or serves an unmet gate of the next level, these first."""
        unmet = [gate for gate in gates if following is not None and gate.level == following.id and not gate.met]
        wishes = [] if self.scores.incomplete[0] else self._wishes(unmet)
        if not wishes:
            return ()
        columns = dict(self.judged.given)
        for name, column in columns.items():
            columns[name] = column[np.zeros(len(wishes), np.intp)]
        for row, wish in enumerate(wishes):
            columns[wish.question.id] = _with(columns[wish.question.id], row, wish.value)
        judged = judge_rows(self.edition, columns)
        for row, wish in enumerate(wishes):
            # a metric made of its counts takes the wished value, not theirs
            if wish.question.metric is not None and judged.columns[wish.question.id].state[row] != NA:
                judged.columns[wish.question.id] = _with(judged.columns[wish.question.id], row, wish.value)
        after = Scorer(self.edition).score(judged, missing_lowest=self.missing_lowest)
        found: list[tuple[tuple[object, ...], Step]] = []
        for row, wish in enumerate(wishes):
            step = self._step(row, wish, after, unmet)
            if step.gates or max(step.gain, step.gain_high or 0) > 0:
                order = (-len(step.gates), wish.rise if step.gates else 0, -step.gain)
                found.append((order, step))
        found.sort(key=lambda one: one[0])
        return tuple(step for _, step in found)

    def _step(self, row: int, wish: _Wish, after: Scores, unmet: list[GateOutcome]) -> Step:
        before = int(self.scores.score.low[0])
        gain, gain_high = (decimal(int(side[row]) - before) for side in (after.score.low, after.score.high))
        level = int(after.level.low[row])
        return Step(
            wish.question.id, wish.question.label, wish.title, wish.now, wish.to, gain,
            gain_high if gain_high != gain else None,
            tuple(gate.id for gate in unmet if self._nearer(gate, after, row)),
            self.model.levels[level].id if level > int(self.scores.level.low[0]) else None,
        )  # fmt: skip

    def _nearer(self, gate: GateOutcome, after: Scores, row: int) -> bool:
        if after.gates[gate.id].met_low[row]:
            return True
        if gate.unit == "points":
            nodes = (name for name in gate.short if name in after.nodes)
            return any(after.nodes[name].low[row] > self.scores.nodes[name].low[0] for name in nodes)
        return gate.unit == "count" and bool(after.gates[gate.id].has.low[row] > self.scores.gates[gate.id].has.low[0])

    def _wishes(self, unmet: list[GateOutcome]) -> list[_Wish]:
        """The next better answer to every question that scores or is counted; metrics of gates at what these need."""
        rules = {gate.id: gate for level in self.model.levels for gate in level.gates}
        asked = [rules[gate.id] for gate in unmet]
        wanted: dict[str, int] = {}
        for gate in asked:
            if isinstance(gate, CountGate):
                for counted in counted_by(gate, self.model):
                    wanted[counted.id] = max(gate.grade, wanted.get(counted.id, 0))
        found: list[_Wish] = []
        for indicator in self.edition.indicators.values():
            question = self.edition.questions[indicator.scoring.question]
            if self.judged.columns[question.id].state[0] != NA:
                found += self._wish(indicator, question, wanted.get(indicator.id, 0))
        for gate in asked:
            if isinstance(gate, MetricGate) and self.judged.columns[gate.metric].state[0] != NA:
                question = self.edition.questions[gate.metric]
                to = quantity(plain_decimal(gate.needs), question)
                title = next((i.title for i in self.edition.indicators.values()
                              if i.scoring.question == gate.metric), question.text)  # fmt: skip
                found.append(_Wish(question, title, self.wording.now(question), to, millionths(gate.needs), 1))
        # a gate may ask for the very value at which a better band begins
        return list({(wish.question.id, wish.value): wish for wish in found}.values())

    def _wish(self, indicator: Indicator, question: Question, wanted: int) -> Iterator[_Wish]:
        """*wanted*: the grade that an unmet gate counts, which the wish then reaches at once; 0 for none."""
        column = self.judged.columns[question.id]
        known = column.state[0] == ANSWERED
        value, scoring = int(column.value[0]), indicator.scoring
        points: list[Decimal]
        rise = 1
        match scoring:
            case StagedScoring():
                grade = value if known else 0
                better = max(grade + 1, wanted)
                points = list(scoring.points or ())
                if points and better > wanted:
                    better = next((n for n, worth in enumerate(points) if n >= better and worth > points[grade]), 99)
                if better > len(question.grades):
                    return
                target, to, rise = better, self.wording.told_grade(question, better), better - grade
            case ChecklistScoring():
                chosen = _one_more(scoring, question, value if known else 0)
                if chosen is None:
                    return
                target, to = chosen
            case BandsScoring():
                points = [band.points for band in scoring.bands]
                standing = None if not known else band_index(scoring, value) if column.band[0] == NO_BAND else int(
                    column.band[0])  # fmt: skip
                band = _next(points, standing)
                if band is None:
                    return
                target = _entrance(scoring, band, standing)
                to = quantity(band_span(scoring, band), question)
            case LinearScoring():
                score = int(self.scores.nodes[indicator.id].low[0])
                ahead = [knot for knot in scoring.knots if 100 * millionths(knot.points) > score * scoring.out_of]
                if not ahead:
                    return
                knot = min(ahead, key=lambda knot: (knot.points, abs(millionths(knot.at) - value)))
                target, far = millionths(knot.at), 10 * MILLION
                if known and question.kind == "percent" and abs(target - value) > far:
                    target = value + (far if target > value else -far)
                to = quantity(decimal_text(target), question)
            case _:
                points = [scoring.points[name] for name in question.option_ids]
                option = _next(points, value if known else None)
                if option is None:
                    return
                target, to = option, option_text(question, option)
        yield _Wish(question, indicator.title, self.wording.now(question), to, target, rise)


def _with(column: Column, row: int, value: int) -> Column:
    """*column* with *value* answered in one row."""
    state, values, band = column.state.copy(), column.value.copy(), column.band.copy()
    state[row], values[row], band[row] = ANSWERED, value, NO_BAND
    return Column(state, values, band)


def _one_more(scoring: ChecklistScoring, question: Question, ticked: int) -> tuple[int, Text] | None:
    """What is ticked with one option more, and its name: the one that brings most, or each of several."""
    names = question.option_ids
    free = [bit for bit, name in enumerate(names) if not ticked >> bit & 1 and name != NONE]
    most = max((scoring.points[names[bit]] for bit in free), default=Decimal(0))
    if most <= 0:
        return None
    bits = [bit for bit in free if scoring.points[names[bit]] == most]
    kept = ticked & ~(1 << names.index(NONE)) if NONE in names else ticked
    if len(bits) == 1:
        to = both("step.more", option=option_text(question, bits[0]))
    elif len(bits) <= 3:
        to = both("step.one_more", options=several([option_text(question, bit) for bit in bits]))
    else:
        to = both("step.one_more", options=tuple(question.letters[bit] for bit in bits))
    return kept | 1 << bits[0], to


def _next(points: Sequence[Decimal], standing: int | None) -> int | None:
    """Which choice brings the least more than the present one (none: nothing), the nearest of several."""
    have = Decimal(0) if standing is None else points[standing]
    better = [index for index, worth in enumerate(points) if worth > have]
    return min(better, key=lambda index: (points[index], abs(index - (standing or 0))), default=None)


def _entrance(scoring: BandsScoring, chosen: int, standing: int | None) -> int:
    """The value of a band, in millionths, that is nearest to the present one."""
    band = scoring.bands[chosen]
    upward = band.from_ is not None and (standing is None or chosen > standing)
    if upward or band.to is None:
        assert band.from_ is not None
        return millionths(band.from_) + (scoring.closed == "right")
    return millionths(band.to) - (scoring.closed == "left")
