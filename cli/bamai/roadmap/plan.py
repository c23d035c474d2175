"""The optimum: the moves of least effort that keep a set of requirements, or the best that an effort can buy.

What a move brings is read off the scorer, so the rules stand in one place only; every plan is scored anew before it
is believed. Where questions may be hidden the map is made once for every way they can be shown, and the best is taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from itertools import product
from math import gcd
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from bamai.answers import OPEN, Cell, Column, Columns, Judged, holds, judge_rows
from bamai.catalog import Edition
from bamai.changes import cell_of
from bamai.checks import counted_by
from bamai.errors import BamaiError, Problem
from bamai.model import CountGate, Dimension, Gate, Group, Indicator, MetricGate, ScoreGate
from bamai.roadmap.moves import Move, Moves
from bamai.roadmap.program import Program
from bamai.schema import MILLION, millionths
from bamai.scoring import ABSENT, Scorer, Scores, integer_weights

if TYPE_CHECKING:
    from bamai.answers import Ints

MARGIN = 1e-7
"""Points that floats can add to a sum; scores differ by ten times that."""

MOST_RESIDUES = 10_000
"""Remainders that are gone through to bound what rounding a node can add; with more it is half a millionth."""

MOST_VIEWS = 64
"""Ways in which questions can be shown that are told apart; beyond, a question that shows others stays."""

MOST_TRIES = 2_000
"""Proposals that the scorer refuses before the search is given up."""


class GaveUpError(BamaiError):
    """Too many proposals within rounding of a threshold were refused."""

    def __init__(self) -> None:
        super().__init__(Problem("roadmap_gave_up", {"count": MOST_TRIES}))


class Need(NamedTuple):
    """One requirement: a gate, or the total score (``gate`` None), at least ``score`` in millionths."""

    level: str
    gate: Gate | None
    score: int = 0

    @property
    def id(self) -> str:
        return self.gate.id if self.gate is not None else f"{self.level}.score"


def needs_of(edition: Edition, level: str) -> tuple[Need, ...]:
    """Everything that a level asks, what the levels below it ask included."""
    found: list[Need] = []
    for step in edition.model.levels:
        found += [Need(step.id, None, millionths(step.score))] if edition.model.scored else []
        found += [Need(step.id, gate) for gate in step.gates]
        if step.id == level:
            break
    return tuple(found)


class Plan(NamedTuple):
    """Moves, one a question at most, in the order of the questionnaire; and by what it is better than another."""

    moves: tuple[Move, ...]
    effort: int
    key: tuple[object, ...]
    score: int


class Lift(NamedTuple):
    """What rounding does to a node: its scores are ``base`` and multiples of ``step`` more, in millionths, and at most
    ``gain`` millionths above what they would be without any rounding."""

    base: int
    step: int
    gain: Fraction


class Atlas:
    """Everything that can be reached from some answers by some moves.

    Attributes:
        stuck: questions that stay because too many questions hang on them.
    """

    def __init__(self, moves: Moves) -> None:
        self.edition = moves.edition
        self.moves = moves
        self.scorer = Scorer(moves.edition)
        self.flat = [move for of in moves.of.values() for move in of]
        starts = np.cumsum([0, *(len(of) for of in moves.of.values())])
        self.groups = {name: range(int(starts[i]), int(starts[i + 1])) for i, name in enumerate(moves.of)}
        self.stuck: list[str] = []

    def scored(self, choices: Sequence[Iterable[Move]]) -> tuple[Judged, Scores]:
        """The answers with each of *choices* in them, a row each, open answers counted as the worst."""
        base = {name: cell_of(self.moves.given, name) for name in self.edition.questions}
        replaced: dict[str, dict[int, Cell]] = {}
        for row, choice in enumerate(choices):
            for move in choice:
                for name, cell in move.cells.items():
                    replaced.setdefault(name, {})[row] = cell
        columns: Columns = {}
        for name, cell in base.items():
            state = np.full(len(choices), cell.state, np.int8)
            value = np.full(len(choices), cell.value, np.int64)
            band = np.full(len(choices), cell.band, np.int8)
            for row, other in replaced.get(name, {}).items():
                state[row], value[row], band[row] = other.state, other.value, other.band
            columns[name] = Column(state, value, band)
        judged = judge_rows(self.edition, columns)
        return judged, self.scorer.score(judged, missing_lowest=True)

    @cached_property
    def views(self) -> list[View]:
        """One for every way in which the moves can show and hide questions."""
        kept: dict[str, list[tuple[int | None, ...]]] = {}
        for name, group in self.groups.items():
            classes: dict[tuple[bool, ...], list[int | None]] = {}
            for choice in (None, *group):
                classes.setdefault(self._shows(name, choice), []).append(choice)
            kept[name] = [tuple(choices) for choices in classes.values()]
        count = 1
        for name, classes_ in kept.items():
            if count * len(classes_) > MOST_VIEWS:
                self.stuck.append(name)
                del classes_[1:]
            count *= len(classes_)
        return [View(self, dict(zip(kept, choices, strict=True))) for choices in product(*kept.values())]

    def _shows(self, name: str, choice: int | None) -> tuple[bool, ...]:
        """What the conditions say of the answers that a move touches, or of the same answers as they are."""
        touched = {cell for index in self.groups[name] for cell in self.flat[index].cells}
        found: list[bool] = []
        for question in sorted(touched & set(self.moves.watched)):
            cells = self.flat[choice].cells if choice is not None else {}
            cell = cells.get(question) or cell_of(self.moves.given, question)
            column = {question: Column.of([cell])}
            found.append(cell.state == OPEN)
            found += [bool(holds(c, column, self.edition)[0]) for c in self.moves.watched[question]]
        return tuple(found)

    def keeps(self, moves: Iterable[Move], needs: Iterable[Need]) -> int | None:
        """The score that some moves come to, None where they do not keep every need."""
        judged, scores = self.scored([tuple(moves)])
        score = int(scores.score.low[0])
        if judged.problems or score == ABSENT:
            return None
        for need in needs:
            met = scores.gates[need.gate.id].met_low[0] if need.gate is not None else score >= need.score
            if not met:
                return None
        return score

    def least(self, needs: Sequence[Need], budget: int | None = None) -> Plan | None:
        """The plan of least effort that keeps *needs*: among several that of fewest questions, then of the earliest
        questions, then of the smallest moves. None where there is none.

        Raises:
            GaveUpError: the search was given up.
        """
        best: Plan | None = None
        for view in self.views:
            found = view.least(needs, budget if best is None else best.effort)
            if found is not None and (best is None or found.key < best.key):
                best = found
        return best

    def richest(self, needs: Sequence[Need], budget: int) -> Plan | None:
        """The plan of highest score within *budget* that keeps *needs*, and among several, as where the model has no
        score, the least as in :meth:`least`.

        Raises:
            GaveUpError: the search was given up.
        """
        if not self.edition.model.scored:
            return self.least(needs, budget)
        top: int | None = None
        for view in self.views:
            found = view.richest(needs, budget)
            if found is not None and (top is None or found > top):
                top = found
        if top is None:
            return None
        # a rounded score may be a few millionths above what the programme maximises
        while True:
            plan = self.least([*needs, Need("", None, top)], budget)
            assert plan is not None
            more = self.least([*needs, Need("", None, plan.score + 1)], budget)
            if more is None:
                return plan
            top = more.score


class View:
    """The moves that leave the same questions hidden, and what each of them brings.

    Each group has a base: what its question stays at, or where it must move the first of the moves that it may make.
    """

    def __init__(self, atlas: Atlas, allowed: Mapping[str, tuple[int | None, ...]]) -> None:
        self.atlas = atlas
        self.edition = atlas.edition
        self.base = [choices[0] for choices in allowed.values() if choices[0] is not None]
        self.groups: list[tuple[list[int], bool]] = []
        for choices in allowed.values():
            group = [index for index in choices if index is not None]
            if group:
                self.groups.append((group, None not in choices))
        flat = atlas.flat
        owner = {index: name for name, group in atlas.groups.items() for index in group}
        self.indexes = [index for group, _ in self.groups for index in group]
        based = {owner[index]: index for index in self.base}
        rows: list[list[Move]] = [[flat[index] for index in self.base]]
        for index in self.indexes:
            others = [flat[other] for name, other in based.items() if name != owner[index]]
            rows.append([*others, flat[index]])
        self.judged, self.scores = atlas.scored(rows)
        wrong = {row for problem in self.judged.problems for row in np.flatnonzero(problem.rows).tolist()}
        self.possible = 0 not in wrong
        barred = {index for row, index in enumerate(self.indexes, 1) if row in wrong}
        self.groups = [([i for i in group if i not in barred], one) for group, one in self.groups]
        self.groups = [(group, one) for group, one in self.groups if group or one]
        self.row = {index: row for row, index in enumerate(self.indexes, 1)}
        self.indexes = [index for index in self.indexes if index not in barred]
        self.column = {index: position for position, index in enumerate(self.indexes)}
        self._lifts: dict[str, Lift] = {}
        self._linear: dict[str, tuple[dict[int, Fraction], Fraction] | None] = {}

    # ── what moves bring ─────────────────────────────────────────────────────────────────────────

    def linear(self, node: str) -> tuple[dict[int, Fraction], Fraction] | None:
        """A node's score before any rounding, in points: what each move adds, and what there is without.
        None where the node is not applicable. The node "" is the total."""
        if node not in self._linear:
            self._linear[node] = self._sum(node)
        return self._linear[node]

    def _sum(self, node: str) -> tuple[dict[int, Fraction], Fraction] | None:
        shares = self.shares(node)
        if not shares:
            return None
        added: dict[int, Fraction] = {}
        for index in self.indexes:
            row = self.row[index]
            gain = sum(
                (share * (int(values[row]) - int(values[0]))
                 for share, values in ((share, self.scores.nodes[name].low) for name, share in shares.items())
                 if values[row] != values[0]),
                Fraction(0),
            )  # fmt: skip
            if gain:
                added[index] = gain / MILLION
        base = sum((share * int(self.scores.nodes[name].low[0]) for name, share in shares.items()), Fraction(0))
        return added, base / MILLION

    def shares(self, node: str) -> dict[str, Fraction]:
        """Share of each scored indicator in a node's score, what is not applicable left out."""
        shares: dict[str, Fraction] = {}

        def spread(children: Sequence[Dimension | Group | Indicator], whole: Fraction) -> None:
            weights = integer_weights([child.weight for child in children])
            present = [self.scores.nodes[child.id].low[0] != ABSENT for child in children]
            total = sum(weight for weight, there in zip(weights, present, strict=True) if there)
            for child, weight, there in zip(children, weights, present, strict=True):
                if there:
                    within(child, whole * Fraction(weight, total))

        def within(child: Dimension | Group | Indicator, share: Fraction) -> None:
            if isinstance(child, Indicator):
                shares[child.id] = share
            elif isinstance(child, Group):
                spread(child.indicators, share)
            else:
                spread((*child.groups, *child.indicators), share)

        dimensions = [d for d in self.edition.model.dimensions if d.scored]
        if not node:
            spread(dimensions, Fraction(1))
            return shares
        nodes: list[Dimension | Group | Indicator] = [*dimensions, *(g for d in dimensions for g in d.groups)]
        nodes += self.edition.indicators.values()
        found = next(one for one in nodes if one.id == node)
        if self.scores.nodes[node].low[0] != ABSENT:
            within(found, Fraction(1))
        return shares

    def lift(self, node: str) -> Lift:
        """What rounding can add to a node's score, inside it and at itself; the node "" is the total."""
        if node not in self._lifts:
            model = self.edition.model
            scored = [d for d in model.dimensions if d.scored]
            groups = {g.id: g for d in scored for g in d.groups}
            dimensions = {d.id: d for d in scored}
            if not node:
                self._lifts[node] = self._rounded(scored)
            elif node in groups:
                self._lifts[node] = self._rounded(groups[node].indicators)
            elif node in dimensions:
                self._lifts[node] = self._rounded((*dimensions[node].groups, *dimensions[node].indicators))
            else:
                values = {int(value) for value in self.scores.nodes[node].low}
                base = min(values)
                self._lifts[node] = Lift(base, gcd(*(value - base for value in values)), Fraction(0))
        return self._lifts[node]

    def _rounded(self, children: Sequence[Dimension | Group | Indicator]) -> Lift:
        weights = integer_weights([child.weight for child in children])
        there = [(child, weight) for child, weight in zip(children, weights, strict=True)
                 if self.scores.nodes[child.id].low[0] != ABSENT]  # fmt: skip
        whole = sum(weight for _, weight in there)
        if not whole:
            return Lift(0, 0, Fraction(0))
        lifts = [(self.lift(child.id), weight) for child, weight in there]
        base = sum(lift.base * weight for lift, weight in lifts)
        step = gcd(*(lift.step * weight for lift, weight in lifts))
        inside = sum((lift.gain * weight for lift, weight in lifts), Fraction(0)) / whole
        if base % whole == 0 and step % whole == 0:
            return Lift(base // whole, step // whole, inside)
        spacing = gcd(step, whole)
        if whole // spacing > MOST_RESIDUES:
            return Lift(0, 1, inside + Fraction(1, 2))
        gains = (whole - rest if 2 * rest >= whole else -rest for rest in range(base % spacing, whole, spacing))
        return Lift(0, 1, inside + Fraction(max(gains), whole))

    @cached_property
    def parts(self) -> list[tuple[dict[int, float], float]]:
        """Sums that no rounding comes before and that all scores rise with: of each group, and of the indicators
        beside groups in a dimension. What each move adds, and half of the least that two sums can differ by."""
        found = []
        for dimension in self.edition.model.dimensions:
            for children in (*(group.indicators for group in dimension.groups), dimension.indicators):
                scored = [i for i in children if i.id in self.scores.nodes and self.scores.nodes[i.id].low[0] != ABSENT]
                weights = integer_weights([child.weight for child in scored])
                total = sum(weights) * MILLION
                weighed = [(weight, self.scores.nodes[i.id].low, self.lift(i.id).step)
                           for i, weight in zip(scored, weights, strict=True)]  # fmt: skip
                gains = {index: sum(weight * (int(v[row]) - int(v[0])) for weight, v, _ in weighed)
                         for index, row in self.row.items()}  # fmt: skip
                if any(gains.values()):
                    step = gcd(*(step * weight for weight, _, step in weighed))
                    added = {index: gains[index] / total for index in self.indexes if gains[index]}
                    found.append((added, step / (2 * total)))
        return found

    def counts(self, gate: Gate) -> tuple[dict[int, int], int]:
        """How many more indicators (or metrics) a gate finds after each move, and how many it finds without."""
        added: dict[int, int] = {}
        if isinstance(gate, CountGate):
            grades = [self.scores.grades[i.id].low for i in counted_by(gate, self.edition.model)]
            met = np.sum([values >= gate.grade for values in grades], axis=0)
        else:
            met = np.asarray(self.scores.gates[gate.id].met_low, np.int64)
        for index in self.indexes:
            gain = int(met[self.row[index]]) - int(met[0])
            if gain:
                added[index] = gain
        return added, int(met[0])

    def found(self, need: Need) -> Ints:
        """By row, what a requirement is held against, more being better; of several nodes the sum."""
        match need.gate:
            case None:
                return np.asarray(self.scores.score.low, np.int64)
            case ScoreGate() as gate:
                names = gate.nodes or tuple(d.id for d in self.edition.model.dimensions if d.scored)
                return np.asarray(np.sum([self.scores.nodes[name].low for name in names], axis=0), np.int64)
            case MetricGate() as gate:
                metric = self.edition.questions[gate.metric].metric
                has = np.asarray(self.scores.gates[gate.id].has.low, np.int64)
                if metric is None or metric.better == "up":
                    return has
                return np.where(has == ABSENT, -(2**62), -has)
            case gate:
                return np.asarray(self.scores.gates[gate.id].has.low, np.int64)

    def rows(self, need: Need) -> Iterator[tuple[dict[int, float], float] | None]:
        """A need as rows of a programme, ``sum >= low``; None where nothing can keep it."""
        gate = need.gate
        if gate is None or isinstance(gate, ScoreGate):
            if gate is None:
                names: tuple[str, ...] = ("",)
                low = Fraction(need.score, MILLION)
            else:
                names = gate.nodes or tuple(d.id for d in self.edition.model.dimensions if d.scored)
                low = Fraction(gate.needs)
            for name in names:
                sums = self.linear(name)
                if sums is None:
                    yield None
                else:
                    added, base = sums
                    yield (
                        {i: float(gain) for i, gain in added.items()},
                        float(low - base - self.lift(name).gain / MILLION) - MARGIN,
                    )
            return
        counted, there = self.counts(gate)
        yield (
            {i: float(gain) for i, gain in counted.items()},
            (gate.needs if isinstance(gate, CountGate) else 1) - there,
        )

    def brings_no_more(self, row: int, than: int) -> bool:
        """Whether one move is nowhere better than another of the same question (0: than staying)."""
        return bool((self._profile[:, row] <= self._profile[:, than]).all())

    @cached_property
    def _profile(self) -> Ints:
        """Everything that gates and scores look at, by row."""
        leaves = [self.scores.nodes[name].low for name in self.shares("")]
        grades = [bounds.low for bounds in self.scores.grades.values()]
        met = [np.asarray(gate.met_low, np.int64) for gate in self.scores.gates.values()]
        return np.array([*leaves, *grades, *met], np.int64)

    # ── plans ────────────────────────────────────────────────────────────────────────────────────

    def program(self, needs: Iterable[Need], budget: int | None) -> Program | None:
        """The programme of this view; None where a need can be seen to be out of reach."""
        if not self.possible or any(not group for group, _ in self.groups):
            return None
        column = self.column
        groups = [([column[i] for i in group], one) for group, one in self.groups]
        program = Program(groups, len(self.indexes))
        for need in needs:
            for row in self.rows(need):
                if row is None:
                    return None
                coefficients, low = row
                if low > 0 and sum(max(0.0, gain) for gain in coefficients.values()) < low:
                    return None
                program.at_least({column[i]: gain for i, gain in coefficients.items()}, low)
        if budget is not None:
            program.at_most(self.costs, float(budget))
        return program

    @cached_property
    def costs(self) -> dict[int, float]:
        return {self.column[i]: float(self.atlas.flat[i].effort) for i in self.indexes}

    def plan(self, chosen: Iterable[int], score: int) -> Plan:
        """The plan of some variables."""
        picked = sorted(self.indexes[column] for column in chosen)
        flat = self.atlas.flat
        ranks = {name: next((i - group[0] for i in picked if i in group), None)
                 for name, group in self.atlas.groups.items()}  # fmt: skip
        effort = sum(flat[i].effort for i in picked)
        order = tuple(rank is None for rank in ranks.values())
        key = (effort, len(picked), order, tuple(rank or 0 for rank in ranks.values()))
        return Plan(tuple(flat[i] for i in picked), effort, key, score)

    def least(self, needs: Sequence[Need], budget: int | None) -> Plan | None:
        """As :meth:`Atlas.least`, in this view."""
        program = self.program(needs, budget)
        if program is None:
            return None
        search = _Search(self, program, needs)
        if search.solve(self.costs) is None:
            return None
        program.at_most(self.costs, float(search.plan.effort))
        ones = dict.fromkeys(range(len(self.indexes)), 1.0)
        search.solve(ones)
        program.at_most(ones, float(len(search.chosen)))
        self._earliest(search, program)
        return search.plan

    def _earliest(self, search: _Search, program: Program) -> None:
        """Settles what is left open: the earliest questions, then the smallest moves."""
        groups = [[self.column[i] for i in group] for group, _ in self.groups]
        for start in range(0, len(groups), 16):
            block = groups[start : start + 16]
            touch = {column: float(2 ** (15 - n)) for n, group in enumerate(block) for column in group}
            search.solve(touch, maximise=True)
            for group in block:
                low, high = (1.0, 1.0) if search.chosen & set(group) else (0.0, 0.0)
                program.between(dict.fromkeys(group, 1.0), low, high)
        for group in groups:
            picked = search.chosen & set(group)
            if picked and picked != {group[0]}:
                search.solve({column: float(n) for n, column in enumerate(group)})
                program.at_least(dict.fromkeys(search.chosen & set(group), 1.0), 1.0)

    def richest(self, needs: Sequence[Need], budget: int) -> int | None:
        """The score of a plan whose score before rounding is the highest within *budget*."""
        program = self.program(needs, budget)
        sums = self.linear("")
        if program is None or sums is None:
            return None
        search = _Search(self, program, needs)
        gains = {self.column[i]: float(gain) for i, gain in sums[0].items()}
        return search.plan.score if search.solve(gains, maximise=True) is not None else None


class _Search:
    """A programme whose proposals are scored; what does not hold is cut off."""

    def __init__(self, view: View, program: Program, needs: Sequence[Need]) -> None:
        self.view = view
        self.program = program
        self.needs = needs
        self.chosen: frozenset[int] = frozenset()
        self.plan = Plan((), 0, (), 0)

    def solve(self, costs: Mapping[int, float], *, maximise: bool = False) -> frozenset[int] | None:
        """The best choice that holds, which becomes ``chosen`` and ``plan``; None where there is none."""
        for _ in range(MOST_TRIES):
            chosen = self.program.solve(costs, maximise=maximise)
            if chosen is None:
                return None
            view = self.view
            flat = view.atlas.flat
            score = view.atlas.keeps([flat[view.indexes[column]] for column in sorted(chosen)], self.needs)
            if score is not None:
                self.chosen, self.plan = chosen, view.plan(chosen, score)
                return chosen
            self._cut(chosen)
        raise GaveUpError

    def _cut(self, chosen: frozenset[int]) -> None:
        """Asks for something that the refused choice does not have: whatever brings no more, fails as it does."""
        view = self.view
        more: dict[int, float] = {}
        for group, _ in view.groups:
            columns = [view.column[i] for i in group]
            had = next((view.row[view.indexes[c]] for c in columns if c in chosen), 0)
            for column, index in zip(columns, group, strict=True):
                if not view.brings_no_more(view.row[index], had):
                    more[column] = 1.0
        self.program.at_least(more, 1.0)
        if not more:
            return
        # gates that count are exact in the programme: it is a score that fell short, and many choices make the same
        rows = []
        for added, step in view.parts:
            here = sum(gain for index, gain in added.items() if view.column[index] in chosen)
            least = sum(min(0.0, *(added.get(i, 0.0) for i in group)) for group, _ in view.groups)
            rows.append(({view.column[i]: gain for i, gain in added.items()}, here + step, least))
        if not self._refused(chosen):
            self.program.any_of(rows)

    def _refused(self, chosen: frozenset[int]) -> bool:
        """Whether a choice fails by more than a score: its answers do not hold together."""
        view = self.view
        judged, _ = view.atlas.scored([[view.atlas.flat[view.indexes[column]] for column in chosen]])
        return bool(judged.problems)
