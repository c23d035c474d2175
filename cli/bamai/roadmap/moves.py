"""What each answer can move to: a better option, more options ticked, a higher grade or band, a metric further on.

Open and unknown answers start at the bottom; what is not applicable stays so. A metric that was made from two
counts moves by its part, in whole numbers where the part counts things.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Literal, NamedTuple

from bamai.answers import ANSWERED, NA, NO_BAND, Cell, Columns, scored_questions
from bamai.catalog import Edition
from bamai.changes import cell_of
from bamai.model import BandsScoring, ChecklistScoring, ChoiceScoring, LinearScoring, MetricGate
from bamai.questionnaire import NONE, NUMERIC, Condition, Metric, Question
from bamai.roadmap.effort import Cost, Efforts
from bamai.schema import MILLION, millionths

PERCENTAGE_POINTS = 5 * MILLION
"""A step of a metric in percent; of another metric it is a twentieth of the line that scores it."""

MOST_SETS = 20_000
"""Different results of ticking options that are told apart; a checklist that has more is not moved."""

Why = Literal["fixed", "na", "hidden", "shared", "many", "shows", "best"]
"""Why an answer does not move: held, not applicable, hidden whatever moves, its count makes several metrics, too many
combinations of options, too many questions are shown by it, nothing better to move to."""


class Goal(NamedTuple):
    """Where a metric goes: to a value, or just past it."""

    value: int
    past: bool = False


class Move(NamedTuple):
    """One answer changed: the cells that replace what was answered, and the effort in hundredths.

    ``question`` is what is scored; for a metric made from counts, ``cells`` hold the count that moves.
    """

    question: str
    cells: Mapping[str, Cell]
    effort: int
    goal: Goal | None = None


class Start(NamedTuple):
    """How a question stands: its own cell, or for a metric made from counts what they make."""

    cell: Cell
    counts: bool = False


class Moves:
    """Moves of every question that a rule uses.

    Attributes:
        of: by question, in the order of the questionnaire.
        held: why a question has none.
    """

    def __init__(self, edition: Edition, given: Columns, efforts: Efforts, fixed: Iterable[str] = ()) -> None:
        self.edition = edition
        self.given = given
        self.efforts = efforts
        self.watched = conditions(edition)
        self.of: dict[str, tuple[Move, ...]] = {}
        self.held: dict[str, Why] = {}
        for name in scored_questions(edition):
            why, found = self._moves(name, set(fixed))
            if found:
                self.of[name] = found
            else:
                self.held[name] = why

    def start(self, name: str) -> Start:
        """How a question stands; as if it were shown, for moving another answer may show it."""
        question = self.edition.questions[name]
        metric = question.metric
        if metric is not None and metric.part is not None and metric.whole is not None:
            part, whole = cell_of(self.given, metric.part), cell_of(self.given, metric.whole)
            if part.state == whole.state == ANSWERED:
                if whole.value == 0:
                    return Start(Cell(NA))
                return Start(Cell(ANSWERED, self._quotient(question, part.value, whole.value)), counts=True)
            if NA in (part.state, whole.state) and cell_of(self.given, name).state != ANSWERED:
                return Start(Cell(NA))
        return Start(cell_of(self.given, name))

    def price(self, name: str, start: Cell, cell: Cell) -> int:
        """Effort from one answer to another, in hundredths; nothing where it gets no better."""
        return self._price(self.edition.questions[name], start, cell)

    def _moves(self, name: str, fixed: set[str]) -> tuple[Why, tuple[Move, ...]]:
        question = self.edition.questions[name]
        metric = question.metric
        start = self.start(name)
        if name in fixed or (metric is not None and metric.part in fixed):
            return "fixed", ()
        if start.cell.state == NA:
            return "na", ()
        if start.counts and metric is not None and len(self.edition.counts[str(metric.part)]) > 1:
            return "shared", ()
        if question.kind == "multiple":
            sets = self._sets(question, start.cell)
            return ("many", ()) if sets is None else ("best", sets)
        if question.kind in NUMERIC:
            return "best", tuple(self._numbers(question, start))
        return "best", tuple(self._options(question, start.cell))

    # ── one of several ───────────────────────────────────────────────────────────────────────────

    def _options(self, question: Question, start: Cell) -> Iterator[Move]:
        order = self._order(question)
        at = order.index(start.value) if start.state == ANSWERED else 0
        for index in order[at + 1 :]:
            cell = Cell(ANSWERED, index)
            yield Move(question.id, {question.id: cell}, self._price(question, start, cell))

    def _order(self, question: Question) -> list[int]:
        """Indexes of grades or options, the worst first."""
        indexes = range(len(question.option_ids))
        for indicator in self.edition.indicators.values():
            scoring = indicator.scoring
            if scoring.question == question.id and isinstance(scoring, ChoiceScoring):
                points = [scoring.points[name] for name in question.option_ids]
                return sorted(indexes, key=lambda index: (points[index], index))
        return list(indexes)

    def _price(self, question: Question, start: Cell, cell: Cell) -> int:
        """Effort from one answer to another; nothing where it gets no better."""
        if cell.state != ANSWERED:
            return 0
        cost = self.efforts.of(question.id)
        if question.kind in NUMERIC:
            return self._pricer(question, start).of(cell)
        if question.kind == "multiple":
            had = start.value if start.state == ANSWERED else 0
            nothing = NONE if NONE in question.option_ids else None
            added = [i for i, name in enumerate(question.option_ids)
                     if (cell.value & ~had) >> i & 1 and name != nothing]  # fmt: skip
            steps = [cost.arriving(i) for i in added]
        else:
            order = self._order(question)
            at = order.index(start.value) if start.state == ANSWERED else 0
            steps = [cost.arriving(index) for index in order[at + 1 : order.index(cell.value) + 1]]
        return cost.fixed + sum(steps) if steps else 0

    # ── several of many ──────────────────────────────────────────────────────────────────────────

    def _sets(self, question: Question, start: Cell) -> tuple[Move, ...] | None:
        """For everything that ticking more options can come to, the cheapest way there; None: too many."""
        cost = self.efforts.of(question.id)
        scorings = [i.scoring for i in self.edition.indicators.values()
                    if i.scoring.question == question.id and isinstance(i.scoring, ChecklistScoring)]  # fmt: skip
        watched = [
            sum(1 << question.option_ids.index(name) for name in condition.in_)
            for condition in self.watched.get(question.id, ())
            if condition.in_ is not None
        ]
        ids = question.option_ids
        none = 1 << ids.index(NONE) if NONE in ids else 0
        had = start.value & ~none if start.state == ANSWERED else 0

        def comes_to(mask: int) -> tuple[object, ...]:
            sums = [min(s.out_of, sum((s.points[ids[i]] for i in range(len(ids)) if mask >> i & 1), Decimal(0)))
                    for s in scorings]  # fmt: skip
            return (*sums, *(mask & watch != 0 for watch in watched))

        # by what a set comes to: effort, options added, and the set; the cheapest, smallest, earliest wins
        best: dict[tuple[object, ...], tuple[int, tuple[int, ...], int]] = {comes_to(had): (0, (), had)}
        for index, name in enumerate(ids):
            bit = 1 << index
            if name == NONE or had & bit:
                continue
            for effort, added, mask in list(best.values()):
                result = comes_to(mask | bit)
                entry = (effort + cost.arriving(index), (*added, index), mask | bit)
                known = best.get(result)
                if known is None or (entry[0], len(entry[1]), entry[1]) < (known[0], len(known[1]), known[1]):
                    best[result] = entry
            if len(best) > MOST_SETS:
                return None
        found = sorted((entry for entry in best.values() if entry[1]), key=lambda e: (e[0], len(e[1]), e[1]))
        return tuple(Move(question.id, {question.id: Cell(ANSWERED, mask)}, cost.fixed + effort)
                     for effort, _, mask in found)  # fmt: skip

    # ── numbers ──────────────────────────────────────────────────────────────────────────────────

    def _pricer(self, question: Question, start: Cell) -> _Pricer:
        scorings = [i.scoring for i in self.edition.indicators.values() if i.scoring.question == question.id]
        gates = [millionths(gate.needs) for level in self.edition.model.levels for gate in level.gates
                 if isinstance(gate, MetricGate) and gate.metric == question.id]  # fmt: skip
        lines = [s for s in scorings if isinstance(s, LinearScoring)]
        bands = [s for s in scorings if isinstance(s, BandsScoring)]
        return _Pricer(question, start, self.efforts.of(question.id), lines, bands, gates)

    def _numbers(self, question: Question, start: Start) -> Iterator[Move]:
        pricer = self._pricer(question, start.cell)
        seen = set()
        for goal in pricer.goals():
            cells = self._reaching(question, start, goal, pricer)
            if cells is None or tuple(cells.items()) in seen:
                continue
            seen.add(tuple(cells.items()))
            yield Move(question.id, cells, pricer.price(goal), goal)

    def _reaching(self, question: Question, start: Start, goal: Goal, pricer: _Pricer) -> dict[str, Cell] | None:
        """The answers nearest to how things stand that reach *goal*; None where no answer can."""
        metric = question.metric
        sign = 1 if pricer.up else -1
        need = goal.value + (sign if goal.past else 0)
        if not start.counts or metric is None or metric.part is None or metric.whole is None:
            lettered = start.cell.state != ANSWERED or start.cell.band != NO_BAND
            if pricer.bands and question.options and lettered:
                return {question.id: Cell(ANSWERED, 0, pricer.band_of(need))}
            value = _whole(need, sign) if question.integer else need
            return {question.id: Cell(ANSWERED, value)} if _within(question, value) else None
        part, whole = self.edition.questions[metric.part], cell_of(self.given, metric.whole).value
        value = -(-whole * need // scale(metric)) if pricer.up else whole * need // scale(metric)
        value = _whole(value, sign) if part.integer else value
        if not _within(part, value) or (metric.kind == "share" and value > whole):
            return None
        cells = {part.id: Cell(ANSWERED, value)}
        if cell_of(self.given, question.id).state == ANSWERED:  # given as well, and it must go on agreeing
            cells[question.id] = Cell(ANSWERED, self._quotient(question, value, whole))
        return cells

    def _quotient(self, question: Question, part: int, whole: int) -> int:
        metric = question.metric
        assert metric is not None
        return (2 * scale(metric) * part + whole) // (2 * whole)


class _Pricer:
    """Where a number can go, and what that takes: counted in steps of a line, in bands, or in thresholds."""

    def __init__(
        self, question: Question, start: Cell, cost: Cost, lines: list[LinearScoring], bands: list[BandsScoring],
        gates: list[int],
    ) -> None:  # fmt: skip
        self.up = question.metric is None or question.metric.better == "up"
        self.cost = cost
        self.bands = bands
        self.gates = gates
        self.ends = [(millionths(line.knots[0].at), millionths(line.knots[-1].at)) for line in lines]
        spans = [right - left for left, right in self.ends]
        percent = question.kind == "percent"
        self.step = (PERCENTAGE_POINTS if percent else max(1, min(spans) // 20)) if lines or percent else 0
        low, high = millionths(question.min or Decimal(0)), millionths(question.max or Decimal(0))
        known = start.state == ANSWERED
        if known and start.band == NO_BAND:
            self.value = start.value
        elif known:
            self.value = self._inside(start.band)
        elif self.ends:
            self.value = min(left for left, _ in self.ends) if self.up else max(right for _, right in self.ends)
        else:
            self.value = low if self.up else high

    def goals(self) -> list[Goal]:
        """Every place worth going to, the nearest first."""
        found: set[Goal] = {Goal(needs) for needs in self.gates}
        for left, right in self.ends:
            end, value = (right if self.up else left), self.value
            while self._beyond(end, value):
                value = min(value + self.step, end) if self.up else max(value - self.step, end)
                found.add(Goal(value))
        for scoring in self.bands:
            found |= {self._entry(scoring, index) for index in self._better(scoring)}
        ahead = [goal for goal in found if self._beyond(self._least(goal), self.value)]
        return sorted(ahead, key=self._least, reverse=not self.up)

    def of(self, cell: Cell) -> int:
        """Effort of arriving at an answer."""
        goal = Goal(cell.value) if cell.band == NO_BAND else Goal(self._inside(cell.band))
        if cell.band != NO_BAND and self.bands and cell.band == self.band_of(self.value):
            return 0
        return self.price(goal) if self._beyond(self._least(goal), self.value) else 0

    def price(self, goal: Goal) -> int:
        least = self._least(goal)
        if self.ends or (self.step and not self.bands):
            steps = -(-abs(goal.value - self.value) // self.step)
            return self.cost.fixed + max(1, steps) * self.cost.step
        if self.bands:
            scoring = self.bands[0]
            here, there = self.band_of(self.value), self.band_of(least)
            crossed = range(here + 1, there + 1) if self.up else range(here - 1, there - 1, -1)
            effort = sum(self.cost.arriving(index) for index in crossed)
            inside = here == there or self._least(self._entry(scoring, there)) != least
            return self.cost.fixed + effort + (self.cost.step if inside and least in self.gates else 0)
        passed = [needs for needs in self.gates if self._beyond(needs, self.value) and not self._beyond(needs, least)]
        return self.cost.fixed + max(1, len(set(passed))) * self.cost.step

    def band_of(self, value: int) -> int:
        """Index of the band that holds *value*."""
        scoring = self.bands[0]
        ends = [millionths(band.to) for band in scoring.bands[:-1] if band.to is not None]
        return sum(value > end if scoring.closed == "right" else value >= end for end in ends)

    def _better(self, scoring: BandsScoring) -> range:
        return range(1, len(scoring.bands)) if self.up else range(len(scoring.bands) - 1)

    def _entry(self, scoring: BandsScoring, index: int) -> Goal:
        """Where a band is entered from the worse side."""
        band = scoring.bands[index]
        end = band.from_ if self.up else band.to
        assert end is not None
        return Goal(millionths(end), scoring.closed == ("right" if self.up else "left"))

    def _inside(self, index: int) -> int:
        """A value in a band: its worst."""
        scoring = self.bands[0]
        if index in self._better(scoring):
            return self._least(self._entry(scoring, index))
        band = scoring.bands[index]
        end = band.to if self.up else band.from_  # the worst band has no worse end: stand at its better one
        assert end is not None
        inclusive = scoring.closed == ("right" if self.up else "left")
        return millionths(end) - (0 if inclusive else 1 if self.up else -1)

    def _least(self, goal: Goal) -> int:
        return goal.value + (0 if not goal.past else 1 if self.up else -1)

    def _beyond(self, value: int, other: int) -> bool:
        return value > other if self.up else value < other


def conditions(edition: Edition) -> dict[str, tuple[Condition, ...]]:
    """By question the conditions on it that decide, at whatever remove, whether a used question is shown."""
    found: dict[str, tuple[Condition, ...]] = {}
    todo = [name for name in scored_questions(edition) if edition.questions[name].show_if]
    done: set[str] = set()
    while todo:
        name = todo.pop()
        rule = edition.questions[name].show_if
        if name in done or rule is None:
            continue
        done.add(name)
        for condition in rule.all_ or rule.any_:
            found[condition.question] = (*found.get(condition.question, ()), condition)
            todo.append(condition.question)
    return found


def scale(metric: Metric) -> int:
    """What a part over its whole is multiplied by to be the metric in millionths."""
    return (100 if metric.kind == "share" else metric.times) * MILLION


def _whole(value: int, sign: int) -> int:
    """*value* in whole units, further on."""
    return -(-value // MILLION) * MILLION if sign > 0 else value // MILLION * MILLION


def _within(question: Question, value: int) -> bool:
    return question.min is None or question.max is None or (
        millionths(question.min) <= value <= millionths(question.max)
    )  # fmt: skip
