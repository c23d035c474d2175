"""The road map of one plant: the cheapest way to a level, or the most that an effort can buy, with every reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any, NamedTuple

from bamai.answers import ANSWERED, NO_BAND, Answers, Cell, Column, Columns, decimal_text, judge_rows, scored_questions
from bamai.assessing import assess
from bamai.assessment import Assessment
from bamai.catalog import Edition
from bamai.changes import (
    Change,
    answer_words,
    cell_of,
    changed,
    changed_entries,
    meaning_words,
    question_title,
)
from bamai.checks import counted_by
from bamai.errors import Problem, UsageError
from bamai.model import NO_LEVEL, CountGate, MetricGate, ScoreGate
from bamai.questionnaire import Question
from bamai.roadmap.effort import HUNDREDTH, Efforts
from bamai.roadmap.moves import Move, Moves, Why, scale
from bamai.roadmap.plan import Atlas, Need, Plan, View, needs_of
from bamai.schema import Text, millionths
from bamai.scoring import ABSENT
from bamai.texts import Lang, t
from bamai.wording import gate_better, gate_title

SCHEMA = "bamai.roadmap/1"


class Counts(NamedTuple):
    """What a step of a rate means in counts: so many of the whole.

    Attributes:
        past: the part that it is to go just past; None where it is ``after`` itself, as of all that is counted whole.
    """

    part: Question
    before: Decimal
    after: Decimal
    whole: Decimal
    past: Decimal | None = None


class Step(NamedTuple):
    """One question moved.

    Attributes:
        before, after: the answers, or what their counts make.
        past: where a number is to go just past, in the metric's unit; None where it is ``after`` itself.
        points: what the step alone adds to the score.
        gates: the conditions unmet so far that it serves.
        score, level: after this step and those before it.
        fixed: the answer was given beside the file, not found.
    """

    question: Question
    title: Text
    before: Cell
    after: Cell
    past: Decimal | None
    counts: Counts | None
    effort: Decimal
    points: Decimal
    gates: tuple[str, ...]
    score: Decimal
    level: str
    fixed: bool

    def after_words(self, lang: Lang) -> str:
        """The answer moved to; "more than" where any number past a line does."""
        if self.past is None:
            return answer_words(self.question, self.after, lang)
        better = self.question.metric.better if self.question.metric else "up"
        line = answer_words(self.question, Cell(ANSWERED, millionths(self.past)), lang)
        return t("change.above" if better == "up" else "change.below", lang, line=line)


class Blocked(NamedTuple):
    """A requirement that no plan keeps, the best there can be, and the questions that stay behind, by reason."""

    id: str
    level: str
    title: Text | None
    unit: str
    needs: Decimal
    best: Decimal | None
    reasons: Mapping[Why, tuple[Question, ...]]


class RoadMap(NamedTuple):
    """A road map.

    Attributes:
        target: the level asked for; None with a budget.
        budget: the effort that was to be spent at most; None with a target.
        before, after: the results, open answers counted as the worst.
        efforts: unit of effort, and whether they are illustrative.
        blocked: why the target is out of reach; each of these cannot be kept even alone.
        highest: where the target is out of reach, the highest level that is not.
        reached: the target is reached (with a budget: always).
        held: questions that had no move, by reason; those at their best are left out.
        gates: titles of the conditions that steps name.
    """

    file: str
    target: str | None
    budget: Decimal | None
    before: Assessment
    after: Assessment
    efforts: Efforts
    steps: tuple[Step, ...]
    reached: bool
    blocked: tuple[Blocked, ...]
    highest: str | None
    held: Mapping[Why, tuple[Question, ...]]
    gates: Mapping[str, Text]

    @property
    def effort(self) -> Decimal:
        """Effort of all steps."""
        return sum((step.effort for step in self.steps), Decimal(0))

    def data(self, lang: Lang) -> dict[str, Any]:
        """As plain data: schema ``bamai.roadmap/1``, texts in *lang*, numbers as exact decimals."""
        a = self.before
        return {
            "schema": SCHEMA,
            "lang": lang,
            "file": self.file,
            "model": a.model,
            "profile": a.profile.data(lang) if a.profile else None,
            "digest": a.digest,
            "enterprise": {key: value for key, value in a.enterprise._asdict().items() if value is not None},
            "target": self.target,
            "budget": self.budget,
            "reached": self.reached,
            "effort": self.effort,
            "unit": self.efforts.unit[lang],
            "illustrative_efforts": self.efforts.illustrative,
            "before": {"score": a.score, "level": a.level},
            "after": {"score": self.after.score, "level": self.after.level},
            "open_counted_lowest": list(a.assumed),
            "steps": [_step(step, lang) | ({} if a.scored else {"score": None}) for step in self.steps],
            "blocked": [
                {"id": one.id, "level": one.level, "title": one.title[lang] if one.title else None, "unit": one.unit,
                 "needs": one.needs, "best": one.best, "reasons": _ids(one.reasons)}
                for one in self.blocked
            ],
            "highest_reachable": self.highest,
            "held": _ids(self.held),
        }  # fmt: skip


def _ids(reasons: Mapping[Why, tuple[Question, ...]]) -> dict[str, list[str]]:
    return {why: [question.id for question in questions] for why, questions in reasons.items()}


def _step(step: Step, lang: Lang) -> dict[str, Any]:
    question, counts = step.question, step.counts
    return {
        "question": question.id,
        "label": question.label,
        "title": step.title[lang],
        "before": answer_words(question, step.before, lang),
        "after": step.after_words(lang),
        "meaning": meaning_words(question, step.before, step.after, lang) or None,
        "counts": None
        if counts is None
        else {"question": counts.part.id, "before": counts.before, "after": counts.after, "whole": counts.whole},
        "effort": step.effort,
        "points": step.points,
        "gates": list(step.gates),
        "score": step.score,
        "level": step.level,
        "fixed": step.fixed,
    }


def road_map(
    edition: Edition, file: str, answers: Answers, columns: Columns, efforts: Efforts, *,
    to: str | None = None, budget: Decimal | None = None, fixes: Mapping[str, Change] | None = None,
) -> RoadMap:  # fmt: skip
    """The least effort that reaches level *to* (by default the next one), or the most that *budget* reaches:
    the highest level, then the highest score.

    Args:
        columns: the answers as the judge read them, each of length one; open and unknown answers count as the worst.
        fixes: answers that stay: as they are, or at a value given for them, which is charged like a step.
    Raises:
        UsageError: the answers do not hold together with *fixes*, or these alone cost more than *budget*.
        GaveUpError: the search was given up.
    """
    return _Mapper(edition, file, answers, columns, efforts, dict(fixes or {})).map(to, budget)


class _Mapper:
    def __init__(
        self, edition: Edition, file: str, answers: Answers, columns: Columns, efforts: Efforts,
        fixes: dict[str, Change],
    ) -> None:  # fmt: skip
        self.edition = edition
        self.file = file
        self.answers = answers
        self.efforts = efforts
        self.columns = columns
        self.fixes = fixes
        fixed, self.aside = changed(edition, columns, fixes)
        self.origin = Moves(edition, judge_rows(edition, columns).given, efforts)
        self.moves = Moves(edition, judge_rows(edition, fixed).given, efforts, fixes)
        self.atlas = Atlas(self.moves)
        self.given = self._given()
        self.before = assess(edition, answers, columns, missing_lowest=True)

    def map(self, to: str | None, budget: Decimal | None) -> RoadMap:
        spent = sum(move.effort for move in self.given)
        plan: Plan | None
        target = None
        if budget is not None:
            left = int(budget * HUNDREDTH) - spent
            if left < 0:
                params = {"found": str(Decimal(spent) / HUNDREDTH), "budget": str(budget)}
                raise UsageError(Problem("fixes_over_budget", params))
            plan = self._best(left)
        else:
            target = to or self.before.next_level or self.edition.model.levels[-1].id
            plan = self.atlas.least(needs_of(self.edition, target))
        moves = plan.moves if plan is not None else ()
        blocked = () if plan is not None or target is None else tuple(self._blocked(target))
        steps = self._steps(moves, target)
        highest = self._highest() if plan is None else None
        gates = {gate.id: gate_title(self.edition, gate) for level in self.edition.model.levels for gate in level.gates}
        return RoadMap(
            self.file, target, budget, self.before, self._after(moves), self.efforts, steps,
            plan is not None, blocked, highest, self._reasons(self.held), gates,
        )  # fmt: skip

    @cached_property
    def held(self) -> dict[str, Why]:
        """Why a question stays: it has no moves, it is hidden whatever moves, or too much hangs on it."""
        hidden = [{name for name, rows in view.judged.hidden.items() if rows[0]}
                  for view in self.atlas.views if view.possible]  # fmt: skip
        always = set.intersection(*hidden) if hidden else set()
        held: dict[str, Why] = {**self.moves.held, **dict.fromkeys(self.atlas.stuck, "shows")}
        return {name: "hidden" if name in always else held[name]
                for name in scored_questions(self.edition) if name in held or name in always}  # fmt: skip

    def _highest(self) -> str:
        levels = (level.id for level in reversed(self.edition.model.levels))
        return next((level for level in levels if self.atlas.least(needs_of(self.edition, level))), NO_LEVEL)

    def _best(self, budget: int) -> Plan | None:
        for level in reversed(self.edition.model.levels):
            plan = self.atlas.richest(needs_of(self.edition, level.id), budget)
            if plan is not None:
                return plan
        return self.atlas.richest((), budget)

    def _given(self) -> list[Move]:
        """What the fixed answers change, as moves from the answers of the file."""
        found = []
        for name in scored_questions(self.edition):
            before, after = self.origin.start(name).cell, self.moves.start(name).cell
            if before != after:
                found.append(Move(name, {}, self.origin.price(name, before, after)))
        return found

    def _after(self, moves: Sequence[Move]) -> Assessment:
        columns = dict(self.moves.given)
        for move in moves:
            for name, cell in move.cells.items():
                columns[name] = Column.of([cell])
        entries = changed_entries(self.answers.entries, self.fixes, self.aside)
        a = self.answers
        other = Answers(a.model, a.enterprise, a.assessor, a.assessed_on, entries)
        return assess(self.edition, other, columns, missing_lowest=True)

    # ── steps ────────────────────────────────────────────────────────────────────────────────────

    def _steps(self, moves: Sequence[Move], target: str | None) -> tuple[Step, ...]:
        """Fixed answers first; then, step by step, what lifts the score most for its effort."""
        levels = [NO_LEVEL, *(level.id for level in self.edition.model.levels)]
        start_score, start_level = self._standing([()])[0]
        found = []
        for move in self.given:
            question = self.edition.questions[move.question]
            before, after = self.origin.start(question.id).cell, self.moves.start(question.id).cell
            found.append(self._step(question, before, after, None, move, (Decimal(0), ()), start_score,
                                    levels[start_level + 1], True))  # fmt: skip
        why = self._why(moves, target)
        done: list[Move] = []
        left = list(moves)
        score, level = start_score, start_level
        while left:
            standings = self._standing([(*done, move) for move in left])

            def rank(position: int, standings: list[tuple[int, int]] = standings, score: int = score) -> Any:
                gain, effort = standings[position][0] - score, left[position].effort
                return (effort != 0, -Fraction(gain, effort or 1), -standings[position][1], position)

            best = min(range(len(left)), key=rank)
            score, level = standings[best]
            move = left.pop(best)
            done.append(move)
            question = self.edition.questions[move.question]
            before, after = self.moves.start(question.id).cell, self._arrived(move)
            found.append(self._step(question, before, after, self._counts(move), move, why[move.question], score,
                                    levels[level + 1], False))  # fmt: skip
        return tuple(found)

    def _step(
        self, question: Question, before: Cell, after: Cell, counts: Counts | None, move: Move,
        why: tuple[Decimal, tuple[str, ...]], score: int, level: str, fixed: bool,
    ) -> Step:  # fmt: skip
        effort = Decimal(move.effort) / HUNDREDTH
        title = question_title(self.edition, question.id)
        shown = Decimal(max(score, 0)).scaleb(-6)
        past = None
        by_line = counts is None or counts.past is not None
        if move.goal is not None and move.goal.past and by_line and after.band == NO_BAND:
            past = Decimal(decimal_text(move.goal.value))
        return Step(question, title, before, after, past, counts, effort, *why, shown, level, fixed)

    def _standing(self, choices: Sequence[Sequence[Move]]) -> list[tuple[int, int]]:
        """Score and index of the level after each of some choices."""
        _, scores = self.atlas.scored(choices)
        return [(int(a), int(b)) for a, b in zip(scores.score.low, scores.level.low, strict=True)]

    def _why(self, moves: Sequence[Move], target: str | None) -> dict[str, tuple[Decimal, tuple[str, ...]]]:
        """What each move alone adds to the score, and the unmet conditions that it serves."""
        _, scores = self.atlas.scored([(), *((move,) for move in moves)])
        last = target or self.edition.model.levels[-1].id
        unmet = [need for need in needs_of(self.edition, last)
                 if need.gate is not None and not scores.gates[need.gate.id].met_low[0]]  # fmt: skip
        found = {}
        for row, move in enumerate(moves, 1):
            serves = []
            for need in unmet:
                match need.gate:
                    case CountGate() as gate:
                        grades = [scores.grades[i.id].low for i in counted_by(gate, self.edition.model)]
                        better = any(values[0] < gate.grade <= values[row] for values in grades)
                    case ScoreGate() as gate:
                        names = gate.nodes or [d.id for d in self.edition.model.dimensions if d.scored]
                        nodes = [scores.nodes[name].low for name in names]
                        better = any(Decimal(int(v[0])).scaleb(-6) < gate.needs and v[row] > v[0] for v in nodes)
                    case _:
                        better = bool(scores.gates[need.id].met_low[row])
                if better:
                    serves.append(need.id)
            gain = max(0, int(scores.score.low[row])) - max(0, int(scores.score.low[0]))
            found[move.question] = (Decimal(gain).scaleb(-6), tuple(serves))
        return found

    def _arrived(self, move: Move) -> Cell:
        """The answer after a move; of a metric what its counts then make."""
        judged, _ = self.atlas.scored([(move,)])
        return cell_of(judged.columns, move.question)

    def _counts(self, move: Move) -> Counts | None:
        metric = self.edition.questions[move.question].metric
        if metric is None or metric.part is None or metric.whole is None or metric.part not in move.cells:
            return None
        before, whole = (cell_of(self.moves.given, name).value for name in (metric.part, metric.whole))
        part, after = self.edition.questions[metric.part], move.cells[metric.part].value
        past = None
        if move.goal is not None and move.goal.past and not part.integer:
            past = Decimal(decimal_text(move.goal.value * whole // scale(metric)))
        told = [Decimal(decimal_text(value)) for value in (before, after, whole)]
        return Counts(part, told[0], told[1], told[2], past)

    # ── out of reach ─────────────────────────────────────────────────────────────────────────────

    def _blocked(self, target: str) -> list[Blocked]:
        found = []
        for need in needs_of(self.edition, target):
            if self.atlas.least([need]) is None:
                found.append(self._block(need))
        return found

    def _block(self, need: Need) -> Blocked:
        gate = need.gate
        title = gate_title(self.edition, gate) if gate is not None else None
        needs = Decimal(gate.needs) if gate is not None else Decimal(need.score).scaleb(-6)
        unit = "count" if isinstance(gate, CountGate) else "points"
        if isinstance(gate, MetricGate):
            question = self.edition.questions[gate.metric]
            unit = "%" if question.kind == "percent" else question.unit.en if question.unit else ""
        known = [most for most in (self._most(view, need) for view in self.atlas.views if view.possible) if most >= 0]
        down = gate is not None and gate_better(self.edition, gate) == "down"
        best = None if not known else min(known) if down else max(known)
        return Blocked(
            need.id, need.level, title, unit, needs,
            None if best is None else Decimal(best) if unit == "count" else Decimal(best).scaleb(-6),
            self._reasons({name: why for name, why in self.held.items() if self._short(need, name)}),
        )  # fmt: skip

    def _most(self, view: View, need: Need) -> int:
        """The most that a requirement can be given in a view, every question moved as far as it helps."""
        values = view.found(need)
        chosen = [view.atlas.flat[index] for index in view.base]
        for group, one in view.groups:
            best = max(group, key=lambda index: values[view.row[index]])
            if one or values[view.row[best]] > values[0]:
                names = {view.atlas.flat[index].question for index in group}
                chosen = [move for move in chosen if move.question not in names] + [view.atlas.flat[best]]
        _, scores = self.atlas.scored([chosen])
        if need.gate is None:
            return int(scores.score.low[0])
        return int(scores.gates[need.gate.id].has.low[0])

    def _short(self, need: Need, name: str) -> bool:
        """Whether a question that stays is one of those that a requirement falls short by."""
        _, scores = self.atlas.scored([()])
        indicators = [i for i in self.edition.indicators.values() if i.scoring.question == name]
        match need.gate:
            case CountGate() as gate:
                counted = {i.id for i in counted_by(gate, self.edition.model)}
                return any(i.id in counted and scores.grades[i.id].low[0] < gate.grade for i in indicators)
            case MetricGate() as gate:
                return gate.metric == name
            case ScoreGate() as gate:
                nodes = gate.nodes or tuple(d.id for d in self.edition.model.dimensions if d.scored)
                under = {i for node in nodes for i in self.atlas.views[0].shares(node)}
                return any(i.id in under and 0 <= scores.nodes[i.id].low[0] < 100_000_000 for i in indicators)
            case _:
                return any(i.id in scores.nodes and ABSENT < scores.nodes[i.id].low[0] < 100_000_000
                           for i in indicators)  # fmt: skip

    def _reasons(self, held: Mapping[str, Why]) -> dict[Why, tuple[Question, ...]]:
        found: dict[Why, tuple[Question, ...]] = {}
        for name, why in held.items():
            if why != "best":
                found[why] = (*found.get(why, ()), self.edition.questions[name])
        return found
