"""From judged answers to the result of one enterprise with every reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any

from bamai.answers import (
    ANSWERED,
    NA,
    NO_BAND,
    OPEN,
    UNKNOWN,
    Answers,
    Columns,
    Entry,
    judge_rows,
    scored_questions,
)
from bamai.assessment import (
    STATES,
    TOTAL,
    Answer,
    Assessment,
    Bearing,
    Comparison,
    DimensionResult,
    GateOutcome,
    GroupResult,
    IndicatorResult,
    LevelOutcome,
    Listed,
    Range,
    Set,
    decimal,
)
from bamai.catalog import Edition
from bamai.checks import counted_by
from bamai.model import (
    NO_LEVEL,
    CountGate,
    Dimension,
    Gate,
    Group,
    Indicator,
    Level,
    MetricGate,
    ScoreGate,
    StagedScoring,
)
from bamai.nextsteps import NextSteps
from bamai.policy import newest_first
from bamai.questionnaire import Question
from bamai.schema import MILLION, Text, millionths
from bamai.scoring import ABSENT, Bounds, Scorer
from bamai.vocabulary import Industry
from bamai.wording import Case, Wording, gate_better, gate_title, unit_of


def assess(edition: Edition, answers: Answers, columns: Columns, *, missing_lowest: bool = False) -> Assessment:
    """Score one enterprise and say why.

    Args:
        answers: what was written, for names, notes and evidence.
        columns: the same answers as the judge read them, each of length one, without row problems.
        missing_lowest: count open answers as the worst, as the official forms do.
    """
    judged = judge_rows(edition, columns)
    scores = Scorer(edition).score(judged, missing_lowest=missing_lowest)
    return _Builder(Case(edition, answers, judged, scores, missing_lowest)).build()


def _score(value: Any) -> Decimal | None:
    return None if int(value) == ABSENT else decimal(value)


class _Builder:
    def __init__(self, case: Case) -> None:
        self.case = case
        self.edition, self.answers, self.judged, self.scores, self.missing_lowest = case
        self.model = case.edition.model
        self.wording = Wording(case)
        self.incomplete = bool(case.scores.incomplete[0])
        self.shares = self._shares()

    def build(self) -> Assessment:
        scores, model = self.scores, self.model
        level_ids = [NO_LEVEL, *(level.id for level in model.levels)]
        low, high = (level_ids[int(side[0]) + 1] for side in (scores.level.low, scores.level.high))
        score_range = None
        if self.incomplete:
            least, most = (decimal(side[0]) if model.scored else None for side in (scores.score.low, scores.score.high))
            score_range = Range(least, most, low, high)
        dimensions = tuple(self._dimension(dimension) for dimension in model.dimensions)
        gates = tuple(self._gate(gate, level) for level in model.levels for gate in level.gates)
        levels = tuple(self._level(index, level) for index, level in enumerate(model.levels))
        following = int(scores.level.low[0]) + 1
        next_level = model.levels[following] if following < len(model.levels) else None
        missing, blocked = None, []
        if next_level is not None and not self.incomplete:
            shortfall = max(0, millionths(next_level.score) - int(scores.score.low[0]))
            missing = decimal(shortfall) if model.scored else None
            blocked = [f"{next_level.id}.score"] if shortfall else []
            blocked += [gate.id for gate in gates if gate.level == next_level.id and gate.met is False]
        required = int(scores.required[0])
        answered = int(scores.answered[0])
        completeness = Fraction(answered, required) if required else Fraction(1)
        indicators = [indicator for dimension in dimensions for indicator in dimension.indicators]
        industry = self.edition.industry(self.answers.enterprise.industry)
        comparisons, not_compared = self._comparisons(industry)
        assumed = self._open_required() if self.missing_lowest else ()
        used = {origin.source for origin in self.edition.origins.values()}
        scored = scored_questions(self.edition)
        entries = self.answers.entries
        return Assessment(
            model=self.edition.ref,
            title=model.title,
            disclaimer=model.disclaimer,
            digest=self.edition.digest,
            content_digest=self.edition.content_digest,
            enterprise=self.answers.enterprise,
            assessor=self.answers.assessor,
            assessed_on=self.answers.assessed_on,
            status="incomplete" if self.incomplete else "complete",
            completeness=_rounded(completeness),
            score=None if self.incomplete or not model.scored else decimal(scores.score.low[0]),
            level=None if self.incomplete else low,
            scored_level=None
            if self.incomplete or not model.scored
            else level_ids[int(scores.scored_level.low[0]) + 1],
            range=score_range,
            no_level=model.no_level,
            levels=levels,
            gates=gates,
            next_level=next_level.id if next_level is not None else None,
            missing_points=missing,
            blocked_by=tuple(blocked),
            dimensions=dimensions,
            strengths=_strengths(indicators),
            gaps=self._gaps(indicators, next_level),
            comparisons=comparisons,
            not_compared=not_compared,
            open=self._listed(OPEN),
            unknown=self._listed(UNKNOWN),
            na=self._listed(NA),
            hidden=self._hidden(),
            assumed=assumed,
            steps=NextSteps(self.case).steps(gates, next_level),
            answers=tuple(self._answers()),
            evidence_given=sum(1 for name in scored if name in entries and entries[name].evidence),
            evidence_due=len(scored),
            sources=source_counts(self.edition),
            documents=tuple(source for source in model.sources if source.id in used),
            tags=tuple(tag.title for tag in model.tags),
            industry=industry,
            policies=self._policies(industry, comparisons),
            thresholds={TOTAL: tuple(level.score for level in model.levels if model.scored), **self._node_thresholds()},
            profile=self.edition.applied,
        )

    # ── nodes ────────────────────────────────────────────────────────────────────────────────────

    def _shares(self) -> dict[str, Fraction]:
        """Share of the total score that each scored node carries, with n/a nodes out of the sums."""
        shares: dict[str, Fraction] = {}

        def spread(children: Iterable[Dimension | Group | Indicator], whole: Fraction) -> None:
            nodes = [(node, Fraction(1) if node.weight is None else Fraction(node.weight)) for node in children]
            present = sum((weight for node, weight in nodes if self._present(node.id)), Fraction(0))
            for node, weight in nodes:
                shares[node.id] = whole * weight / present if present and self._present(node.id) else Fraction(0)
                if isinstance(node, Dimension):
                    spread((*node.groups, *node.indicators), shares[node.id])
                elif isinstance(node, Group):
                    spread(node.indicators, shares[node.id])

        spread((d for d in self.model.dimensions if d.scored), Fraction(1))
        return shares

    def _present(self, node: str) -> bool:
        return int(self.scores.nodes[node].low[0]) != ABSENT

    def _points(self, node: str) -> tuple[Decimal | None, Decimal | None]:
        """Points that a node brings to the total, and the most it could."""
        if node not in self.shares:
            return None, None
        share = self.shares[node]
        bounds = self.scores.nodes[node]
        settled = bounds.low[0] == bounds.high[0] and int(bounds.low[0]) != ABSENT
        points = _rounded(share * Fraction(int(bounds.low[0]), MILLION)) if settled else None
        return points, _rounded(share * 100)

    def _sides(self, node: str) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
        bounds = self.scores.nodes.get(node)
        if bounds is None:
            return None, None, None
        low, high = _score(bounds.low[0]), _score(bounds.high[0])
        return (low if low == high else None), low, high

    def _dimension(self, dimension: Dimension) -> DimensionResult:
        indicators = tuple(self._indicator(indicator) for indicator in dimension.leaves)
        groups = tuple(
            GroupResult(group.id, group.title, *self._sides(group.id), tuple(i.id for i in group.indicators))
            for group in dimension.groups
        )
        grades: dict[str, int] = {}
        if not dimension.scored:
            top = max((i.max_grade or 0 for i in indicators), default=0)
            grades = {str(grade): sum(i.grade == grade for i in indicators) for grade in range(top + 1)}
        sides = self._sides(dimension.id)
        points = self._points(dimension.id)
        return DimensionResult(
            dimension.id, dimension.title, dimension.scored, *sides, *points, grades, groups, indicators
        )

    def _indicator(self, indicator: Indicator) -> IndicatorResult:
        question = self.edition.questions[indicator.scoring.question]
        column = self.judged.columns[question.id]
        state = STATES[int(column.state[0])]
        points, max_points = self._points(indicator.id)
        if state == "open" and not self.missing_lowest:
            points = None
        grade = max_grade = None
        if isinstance(indicator.scoring, StagedScoring):
            max_grade = len(question.grades)
            if state == "answered":
                grade = int(column.value[0])
            elif state == "unknown" or (state == "open" and self.missing_lowest):
                grade = 0
        entry = self._entry(question)
        origin = self.edition.origins[indicator.id]
        score = self._sides(indicator.id)[0] if state != "open" or self.missing_lowest else None
        return IndicatorResult(
            indicator.id, indicator.code, indicator.title, question.id, state, score, points, max_points,
            grade, max_grade, indicator.tags, self.wording.reason(indicator, question, state), origin.status,
            origin.seen, entry.evidence, entry.note,
        )  # fmt: skip

    def _entry(self, question: Question) -> Entry:
        entries = self.answers.entries
        names = [question.id]
        if question.metric and question.metric.part and question.metric.whole:
            names += [question.metric.part, question.metric.whole]
        given = [entries[name] for name in names if name in entries]
        evidence = tuple(item for entry in given for item in entry.evidence)
        return Entry("", evidence, next((entry.note for entry in given if entry.note), None))

    # ── levels ───────────────────────────────────────────────────────────────────────────────────

    def _level(self, index: int, level: Level) -> LevelOutcome:
        needs = millionths(level.score)
        low, high = self.scores.score.low[0] >= needs, self.scores.score.high[0] >= needs
        sure, possible = self.scores.level.low[0] >= index, self.scores.level.high[0] >= index
        origin = self.edition.origins[level.id]
        return LevelOutcome(
            level.id, level.title, level.score if self.model.scored else None,
            bool(low) if low == high and self.model.scored else None,
            bool(sure) if sure == possible else None, origin.status, origin.seen,
        )  # fmt: skip

    def _gate(self, gate: Gate, level: Level) -> GateOutcome:
        result = self.scores.gates[gate.id]
        low, high = bool(result.met_low[0]), bool(result.met_high[0])
        origin = self.edition.origins[gate.id]
        title, unit, has, has_high, short = self._found(gate, result.has)
        return GateOutcome(
            gate.id, level.id, title, unit, gate_better(self.edition, gate), low if low == high else None,
            Decimal(gate.needs), has, None if has == has_high else has_high, () if low else short,
            origin.status, origin.seen,
        )  # fmt: skip

    def _found(self, gate: Gate, has: Bounds) -> tuple[Text, str, Decimal | None, Decimal | None, tuple[str, ...]]:
        title = gate_title(self.edition, gate)
        match gate:
            case CountGate():
                grades = self.scores.grades
                short = tuple(i.id for i in counted_by(gate, self.model) if grades[i.id].low[0] < gate.grade)
                return title, "count", Decimal(int(has.low[0])), Decimal(int(has.high[0])), short
            case ScoreGate():
                names = gate.nodes or tuple(d.id for d in self.model.dimensions if d.scored)
                needs = millionths(gate.needs)
                short = tuple(name for name in names if self.scores.nodes[name].low[0] < needs)
                return title, "points", _score(has.low[0]), _score(has.high[0]), short
            case MetricGate():
                question = self.edition.questions[gate.metric]
                return title, unit_of(question), _score(has.low[0]), _score(has.high[0]), (gate.metric,)

    def _node_thresholds(self) -> dict[str, tuple[Decimal, ...]]:
        """Thresholds that a node's score is held against: a shown score must not round across one."""
        found: dict[str, tuple[Decimal, ...]] = {}
        for level in self.model.levels:
            for gate in level.gates:
                if isinstance(gate, ScoreGate):
                    for node in gate.nodes or [d.id for d in self.model.dimensions if d.scored]:
                        found[node] = (*found.get(node, ()), gate.needs)
                elif isinstance(gate, MetricGate):
                    found[gate.metric] = (*found.get(gate.metric, ()), gate.needs)
        return found

    def _gaps(self, indicators: list[IndicatorResult], following: Level | None) -> tuple[IndicatorResult, ...]:
        """First what keeps an unmet gate of the next level shut, then where most points are left; at most six."""
        settled = [i for i in indicators if i.state in ("answered", "unknown") or self.missing_lowest]
        unmet = [gate for gate in (following.gates if following else ())
                 if isinstance(gate, CountGate) and not self.scores.gates[gate.id].met_low[0]]  # fmt: skip
        tags = {gate.tag for gate in unmet}
        wanted: dict[str, int] = {}
        for gate in unmet:
            for counted in counted_by(gate, self.model):
                wanted[counted.id] = max(gate.grade, wanted.get(counted.id, 0))
        holding = [i._replace(wanted=wanted[i.id]) for i in settled
                   if i.grade is not None and i.grade < wanted.get(i.id, 0)]  # fmt: skip
        holding.sort(key=lambda i: (not any(tag in tags for tag in i.tags), -(i.grade or 0)))
        lost = [i for i in settled if i.points is not None and i.max_points is not None and i.points < i.max_points]
        lost.sort(key=lambda i: (i.points or 0) - (i.max_points or 0))
        held = {i.id for i in holding}
        lost = [i for i in lost if i.id not in held]
        first = holding[: max(3, 6 - len(lost))]
        return (*first, *lost[: 6 - len(first)])

    # ── lists ────────────────────────────────────────────────────────────────────────────────────

    def _answers(self) -> Iterator[Answer]:
        for section in self.edition.questionnaire.sections:
            for question in section.questions:
                column = self.judged.columns[question.id]
                hidden = self.judged.hidden.get(question.id)
                entry = self.answers.entries.get(question.id, Entry())
                worth = tuple(self.wording.worth(indicator, question) for indicator in self.edition.indicators.values()
                              if indicator.scoring.question == question.id)  # fmt: skip
                yield Answer(
                    section.title, question.id, question.label, question.text, STATES[int(column.state[0])],
                    hidden is not None and bool(hidden[0]), self.wording.told(question), worth,
                    entry.evidence, entry.note,
                )  # fmt: skip

    def _open_required(self) -> tuple[str, ...]:
        return tuple(name for name in self.edition.questions
                     if name in self.judged.required and self.judged.required[name][0]
                     and self.judged.columns[name].state[0] == OPEN)  # fmt: skip

    def _listed(self, state: int) -> tuple[Listed, ...]:
        behind = {name for name, metrics in self.edition.counts.items()
                  if all(self.judged.columns[metric].state[0] != OPEN for metric in metrics)}  # fmt: skip
        found = []
        for name, question in self.edition.questions.items():
            hidden = self.judged.hidden.get(name)
            needed = self.judged.required.get(name)
            required = needed is not None and bool(needed[0])
            if self.judged.columns[name].state[0] != state or (hidden is not None and hidden[0]):
                continue
            if question.kind == "text" and not required:  # nothing hangs on what is asked for the record
                continue
            # counts of a settled metric, and a metric asked for by its counts, are not open questions
            counts = name in self.edition.counts
            if state == OPEN and not required and (name in behind or counts or not question.compared_only):
                continue
            found.append(Listed(name, question.label, question.text, required))
        return tuple(found)

    def _hidden(self) -> tuple[Listed, ...]:
        found = []
        for name, hidden in self.judged.hidden.items():
            if hidden[0] and self.judged.given[name].state[0] != OPEN:
                question = self.edition.questions[name]
                text = self.answers.entries[name].text if name in self.answers.entries else ""
                answer = text if isinstance(text, str) else "|".join(text)
                found.append(Listed(name, question.label, question.text, False, answer))
        return tuple(found)

    def _policies(self, industry: Industry | None, comparisons: Iterable[Comparison]) -> tuple[Bearing, ...]:
        """Documents for enterprises of this industry and size, the newest first."""
        figures = {figure.id: figure for file in self.edition.benchmarks for figure in file.benchmarks}
        compared = {item.benchmark.id: item for item in comparisons}
        employees = self.answers.enterprise.employees
        size = self.edition.vocabulary.size(employees) if employees else None
        found = []
        for policy in newest_first(self.edition.policies):
            sets = []
            for item in policy.provisions_for(industry.ids if industry else (), size):
                figure = figures.get(item.figure or "")
                if figure is not None or item.text is not None:
                    by = figure.as_of if figure else item.by
                    sets.append(Set(by, item.text, figure, compared.get(item.figure or "")))
            if sets:
                found.append(Bearing(policy, tuple(sorted(sets, key=lambda one: one.by or ""))))
        return tuple(found)

    def _comparisons(self, industry: Industry | None) -> tuple[tuple[Comparison, ...], tuple[Listed, ...]]:
        found: list[Comparison] = []
        missing: dict[str, Listed] = {}
        for item, source in self.edition.compared_in(industry.ids if industry else ()):
            question = self.edition.questions[str(item.metric)]
            column = self.judged.columns[question.id]
            if column.state[0] != ANSWERED or column.band[0] != NO_BAND:
                missing[question.id] = Listed(question.id, question.label, item.title, False)
                continue
            value = int(column.value[0])
            better = question.metric.better if question.metric else "up"
            if question.kind == "yes_no":
                found.append(Comparison(item, source, question.id, question.label, bool(value), None, better))
                continue
            gap = decimal(value - millionths(item.value))
            found.append(Comparison(item, source, question.id, question.label, decimal(value), gap, better))
        return tuple(found), tuple(missing.values())


def source_counts(edition: Edition) -> dict[str, int]:
    """How many rules (indicators, level thresholds, gates) are official, adapted, illustrative.

    ``secondary`` counts, across these, the rules whose source was read only through somebody's account.
    """
    origins = edition.origins.values()
    counts = {status: sum(o.status == status for o in origins) for status in ("official", "adapted", "illustrative")}
    return {**counts, "secondary": sum(o.seen in ("secondary", "address_only") for o in origins)}


def _strengths(indicators: list[IndicatorResult]) -> tuple[IndicatorResult, ...]:
    """At three quarters or more of what can be had; the fullest first, then the weightiest; at most five."""
    strong: list[tuple[Fraction, Decimal, IndicatorResult]] = []
    for indicator in indicators:
        if indicator.state != "answered":
            continue
        if indicator.score is not None:
            share = Fraction(indicator.score) / 100
        elif indicator.grade is not None and indicator.max_grade:
            share = Fraction(indicator.grade, indicator.max_grade)
        else:
            continue
        if share >= Fraction(3, 4):
            strong.append((share, indicator.max_points or Decimal(0), indicator))
    strong.sort(key=lambda entry: (-entry[0], -entry[1]))
    return tuple(indicator for _, _, indicator in strong[:5])


def _rounded(value: Fraction) -> Decimal:
    """Half up to a millionth."""
    scaled = value * MILLION
    return decimal((2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator))
