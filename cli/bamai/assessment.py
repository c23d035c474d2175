"""The result of one enterprise with every reason. Reports render it and compute nothing; JSON is this type."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal, NamedTuple

import numpy as np

from bamai.answers import (
    ANSWERED,
    NA,
    NO_BAND,
    OPEN,
    UNKNOWN,
    Answers,
    Column,
    Columns,
    Enterprise,
    Entry,
    Judged,
    decimal_text,
    half_up,
    judge_rows,
    scored_questions,
)
from bamai.benchmark import Benchmark
from bamai.catalog import Edition
from bamai.checks import branches, counted_by
from bamai.model import (
    NO_LEVEL,
    Band,
    BandsScoring,
    ChecklistScoring,
    CountGate,
    Dimension,
    Gate,
    Group,
    Indicator,
    Level,
    LinearScoring,
    MetricGate,
    ScoreGate,
    StagedScoring,
)
from bamai.policy import Policy, newest_first
from bamai.profile import Applied
from bamai.questionnaire import NONE, NUMERIC, Question
from bamai.schema import MILLION, Source, Text, millionths
from bamai.scoring import ABSENT, Bounds, Scorer, Scores
from bamai.texts import LANGS, Lang, printable, t
from bamai.vocabulary import Industry

SCHEMA = "bamai.assessment/1"

State = Literal["open", "answered", "unknown", "na"]
TOTAL = "total"
"""Key of the total score among thresholds; the others are node and metric ids."""

STATES: tuple[State, ...] = ("open", "answered", "unknown", "na")


def both(key: str, /, **params: object) -> Text:
    """The text of *key* in both languages."""
    return Text(zh=t(key, "zh", **params), en=t(key, "en", **params))


class Range(NamedTuple):
    """What an incomplete result can still become."""

    score_low: Decimal
    score_high: Decimal
    level_low: str
    level_high: str


class IndicatorResult(NamedTuple):
    """One indicator: its points (share of the total score), or its grade, and why.

    ``points`` and ``score`` are None while it is open or where it is not applicable or unscored.
    ``wanted`` is the grade that an unmet gate of the next level counts, where this one is below it.
    """

    id: str
    code: str | None
    title: Text
    question: str
    state: State
    score: Decimal | None
    points: Decimal | None
    max_points: Decimal | None
    grade: int | None
    max_grade: int | None
    tags: tuple[str, ...]
    reason: Text
    status: str
    seen: str
    evidence: tuple[str, ...] = ()
    note: str | None = None
    wanted: int | None = None

    @property
    def label(self) -> str:
        """Question id with its code, as reports print it."""
        return self.code or self.question


class GroupResult(NamedTuple):
    """A group of indicators inside a dimension."""

    id: str
    title: Text
    score: Decimal | None
    low: Decimal | None
    high: Decimal | None
    indicators: tuple[str, ...]


class DimensionResult(NamedTuple):
    """One dimension; unscored ones have ``grades``: how many indicators stand at each grade."""

    id: str
    title: Text
    scored: bool
    score: Decimal | None
    low: Decimal | None
    high: Decimal | None
    points: Decimal | None
    max_points: Decimal | None
    grades: Mapping[str, int]
    groups: tuple[GroupResult, ...]
    indicators: tuple[IndicatorResult, ...]


class GateOutcome(NamedTuple):
    """A gate: what it needs, what was found (``has_high``: at best, while answers are open), who falls short."""

    id: str
    level: str
    title: Text
    unit: str
    met: bool | None
    needs: Decimal
    has: Decimal | None
    has_high: Decimal | None
    short: tuple[str, ...]
    status: str
    seen: str


class LevelOutcome(NamedTuple):
    """A level: its score threshold and gates. ``met``: they hold, and those of every level below."""

    id: str
    title: Text
    score: Decimal
    score_met: bool | None
    met: bool | None
    status: str
    seen: str


class Comparison(NamedTuple):
    """An answer beside a published figure. ``gap`` is ours − theirs, None for shares of enterprises."""

    benchmark: Benchmark
    source: Source
    metric: str
    label: str
    value: Decimal | bool
    gap: Decimal | None
    better: Literal["up", "down"]

    @property
    def met(self) -> bool:
        """Whether the answer is as good as the figure; better than it, where the figure is "more than"."""
        if self.gap is None:
            return bool(self.value) == (self.better == "up")
        ahead = self.gap if self.better == "up" else -self.gap
        return ahead > 0 or (ahead == 0 and self.benchmark.op != ">")


class Set(NamedTuple):
    """One thing that a document sets: a figure, with our answer beside it where there is one, or words.

    ``by``: the year it is for, where it is a target.
    """

    by: str | None
    text: Text | None
    figure: Benchmark | None
    compared: Comparison | None


class Bearing(NamedTuple):
    """A policy document that bears on the enterprise, and what it sets for it."""

    policy: Policy
    sets: tuple[Set, ...]


class Listed(NamedTuple):
    """A question in one of the lists of a report."""

    question: str
    label: str
    text: Text
    required: bool
    answer: str = ""


class Answer(NamedTuple):
    """One question with what was answered, for the appendix.

    ``told`` is the answer as it was understood; None where nothing was written. ``worth`` is what it brings by the
    rules, one text for every indicator that it scores. ``hidden``: an earlier answer makes it not applicable.
    """

    section: Text
    question: str
    label: str
    text: Text
    state: State
    hidden: bool
    told: Text | None
    worth: tuple[Text, ...]
    evidence: tuple[str, ...]
    note: str | None


class Step(NamedTuple):
    """The next better answer to one question, all else as answered, and what the whole result becomes by it.

    That is one grade, one option or one band more; the grade or the figure that a gate asks, where one does; and on
    a straight line the next knot, of a percentage at most ten points away.

    ``gain`` is in points of the total score, found by scoring again; where the better answer opens further questions
    it is what these leave at the worst, ``gain_high`` at the best. ``gates``: unmet ones of the next level that it
    meets or brings nearer. ``level`` is reached by this alone, where it is a higher one.
    """

    question: str
    label: str
    title: Text
    now: Text
    to: Text
    gain: Decimal
    gain_high: Decimal | None
    gates: tuple[str, ...]
    level: str | None


class Rank(NamedTuple):
    """Where a score, rounded half up to 0.01, stands: higher than at least ``low`` % of the enterprises compared.

    Of a complete cohort ``below`` of ``of`` enterprises have a lower score, and ``low`` is that share, rounded down.
    Of published percentiles it is known only that the share is below ``high`` % besides (100: at most).
    """

    score: Decimal
    of: int | None
    below: int | None
    low: int
    high: int


class Standing(NamedTuple):
    """One result among comparable enterprises.

    Attributes:
        created: date of the cohort.
        published: only percentiles were published.
        cell: id and title of the industry, province and size that the enterprises share.
        widened: which of these were left out because too few enterprises shared them, in that order.
        unknown: which of these the enterprise does not say or nobody knows.
        enterprises: how many are compared.
        total: None where the result is incomplete, or too few enterprises can be compared.
        dimensions: by id.
    """

    created: str
    published: bool
    cell: Mapping[str, tuple[str, Text]]
    widened: tuple[str, ...]
    unknown: tuple[str, ...]
    enterprises: int
    total: Rank | None
    dimensions: Mapping[str, Rank]

    def data(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "kind": "published" if self.published else "complete",
            "created": self.created,
            "cell": {axis: name for axis, (name, _) in self.cell.items()},
            "widened": list(self.widened),
            "unknown": list(self.unknown),
            "enterprises": self.enterprises,
            "total": self.total._asdict() if self.total else None,
            "dimensions": {name: rank._asdict() for name, rank in self.dimensions.items()},
        }


class Assessment(NamedTuple):
    """Everything a report says of one enterprise.

    ``steps`` are none while required answers are open: what an answer brings then hangs on the others.
    ``industry`` is the enterprise's where the vocabulary knows it; it chooses figures and policies, never points.
    """

    model: str
    title: Text
    disclaimer: Text | None
    digest: str
    content_digest: str
    enterprise: Enterprise
    assessor: str | None
    assessed_on: str | None
    status: Literal["complete", "incomplete"]
    completeness: Decimal
    score: Decimal | None
    level: str | None
    scored_level: str | None
    range: Range | None
    no_level: Text | None
    levels: tuple[LevelOutcome, ...]
    gates: tuple[GateOutcome, ...]
    next_level: str | None
    missing_points: Decimal | None
    blocked_by: tuple[str, ...]
    dimensions: tuple[DimensionResult, ...]
    strengths: tuple[IndicatorResult, ...]
    gaps: tuple[IndicatorResult, ...]
    comparisons: tuple[Comparison, ...]
    not_compared: tuple[Listed, ...]
    open: tuple[Listed, ...]
    unknown: tuple[Listed, ...]
    na: tuple[Listed, ...]
    hidden: tuple[Listed, ...]
    assumed: tuple[str, ...]
    steps: tuple[Step, ...]
    answers: tuple[Answer, ...]
    evidence_given: int
    evidence_due: int
    sources: Mapping[str, int]
    documents: tuple[Source, ...]
    thresholds: Mapping[str, tuple[Decimal, ...]]
    tags: tuple[Text, ...]
    industry: Industry | None
    policies: tuple[Bearing, ...]
    standing: Standing | None = None
    profile: Applied | None = None

    @property
    def indicators(self) -> dict[str, IndicatorResult]:
        return {indicator.id: indicator for dimension in self.dimensions for indicator in dimension.indicators}

    def level_title(self, level: str) -> Text:
        """Title of a level id; of "none" too."""
        if level == NO_LEVEL:
            return self.no_level or both("level.none")
        return next(item.title for item in self.levels if item.id == level)

    def at_least(self, wanted: str) -> bool:
        """Whether the level reached for certain is *wanted* or above; "none" is below every level."""
        reached = self.level if self.range is None else self.range.level_low
        order = [NO_LEVEL, *(item.id for item in self.levels)]
        return order.index(reached or NO_LEVEL) >= order.index(wanted)

    def data(self, lang: Lang) -> dict[str, Any]:
        """As plain data: schema ``bamai.assessment/1``, texts in *lang*, numbers as exact decimals."""
        result: dict[str, Any] = {
            "schema": SCHEMA,
            "model": self.model,
            "profile": self.profile.data(lang) if self.profile else None,
            "title": self.title[lang],
            "disclaimer": self.disclaimer[lang] if self.disclaimer else None,
            "lang": lang,
            "digest": self.digest,
            "content_digest": self.content_digest,
            "status": self.status,
            "enterprise": {key: value for key, value in self.enterprise._asdict().items() if value is not None},
            "assessor": self.assessor,
            "assessed_on": self.assessed_on,
            "completeness": self.completeness,
            "score": self.score,
            "level": self.level,
            "level_title": self.level_title(self.level)[lang] if self.level else None,
            "scored_level": self.scored_level,
            "range": self.range._asdict() if self.range else None,
            "next_level": self.next_level,
            "missing_points": self.missing_points,
            "blocked_by": list(self.blocked_by),
            "levels": [_plain(level, lang) for level in self.levels],
            "dimensions": [_dimension(dimension, lang) for dimension in self.dimensions],
            "gates": [_plain(gate, lang) for gate in self.gates],
            "strengths": [indicator.id for indicator in self.strengths],
            "gaps": [indicator.id for indicator in self.gaps],
            "comparisons": [_comparison(item, lang) for item in self.comparisons],
            "not_compared": [item.question for item in self.not_compared],
            "open": [item.question for item in self.open],
            "unknown": [item.question for item in self.unknown],
            "na": [item.question for item in self.na],
            "hidden": [item.question for item in self.hidden],
            "assumed": list(self.assumed),
            "steps": [_plain(step, lang) for step in self.steps],
            "answers": [_answer(answer, lang) for answer in self.answers],
            "evidence": {"given": self.evidence_given, "due": self.evidence_due},
            "sources": dict(self.sources),
            "industry": _industry(self.industry, lang) if self.industry else None,
            "policies": [_bearing(item, lang) for item in self.policies],
        }
        if self.standing is not None:
            result["cohort"] = self.standing.data()
        return result

    def json(self, lang: Lang) -> str:
        """:meth:`data` as indented JSON."""
        return dumps(self.data(lang))


def dumps(value: Any, indent: int = 0) -> str:
    """JSON with decimals as plain exact literals, which the standard encoder cannot write."""
    inner, outer = "  " * (indent + 1), "  " * indent
    if isinstance(value, Decimal):
        return plain_decimal(value)
    if isinstance(value, Mapping) and value:
        items = (f"{inner}{json.dumps(str(k), ensure_ascii=False)}: {dumps(v, indent + 1)}" for k, v in value.items())
        return "{\n" + ",\n".join(items) + f"\n{outer}}}"
    if isinstance(value, list | tuple) and value:
        return "[\n" + ",\n".join(inner + dumps(item, indent + 1) for item in value) + f"\n{outer}]"
    text = json.dumps(value, ensure_ascii=False)
    # a name may hold a lone surrogate (from an escape in JSON); UTF-8 cannot
    return text.encode("utf-8", "replace").decode("utf-8")


def plain_decimal(value: Decimal) -> str:
    """Without exponent and needless zeros."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _plain(item: Any, lang: Lang) -> dict[str, Any]:
    return {name: value[lang] if isinstance(value, Text) else value for name, value in item._asdict().items()}


def _dimension(dimension: DimensionResult, lang: Lang) -> dict[str, Any]:
    data = _plain(dimension, lang)
    if dimension.scored:
        del data["grades"]
    data["groups"] = [_plain(group, lang) for group in dimension.groups]
    data["indicators"] = [_plain(indicator, lang) for indicator in dimension.indicators]
    return data


def _answer(answer: Answer, lang: Lang) -> dict[str, Any]:
    return {**_plain(answer, lang), "worth": [text[lang] for text in answer.worth]}


def _industry(industry: Industry, lang: Lang) -> dict[str, Any]:
    return {"id": industry.id, "title": industry.title[lang], "within": [name for name, _ in industry.within]}


def _bearing(item: Bearing, lang: Lang) -> dict[str, Any]:
    policy = item.policy
    sets = [{"by": one.by, "text": one.text[lang] if one.text else None,
             "benchmark": one.figure.id if one.figure else None} for one in item.sets]  # fmt: skip
    return {
        "policy": policy.id,
        "title": policy.title[lang],
        "number": policy.number,
        "issuer": policy.issuer[lang] if policy.issuer else None,
        "date": policy.date,
        "address": policy.address,
        "checked": policy.checked,
        "seen": policy.seen,
        "sets": sets,
    }


def _comparison(item: Comparison, lang: Lang) -> dict[str, Any]:
    return {
        "benchmark": item.benchmark.id,
        "metric": item.metric,
        "title": item.benchmark.title[lang],
        "value": item.value,
        "benchmark_value": item.benchmark.value,
        "op": item.benchmark.op,
        "gap": item.gap,
        "better": item.better,
        "unit": "percent" if item.benchmark.unit.en == "%" else item.benchmark.unit[lang],
        "statistic": item.benchmark.statistic,
        "target_of": item.benchmark.target_of,
        "industries": list(item.benchmark.industries or ()),
        "statistic_basis": item.benchmark.statistic_basis,
        "as_of": item.benchmark.as_of,
        "population": item.benchmark.population[lang],
        "caution": item.benchmark.caution[lang] if item.benchmark.caution else None,
        "source": item.source.title[lang],
        "seen": item.benchmark.seen,
    }


def assess(edition: Edition, answers: Answers, columns: Columns, *, missing_lowest: bool = False) -> Assessment:
    """Score one enterprise and say why.

    Args:
        answers: what was written, for names, notes and evidence.
        columns: the same answers as the judge read them, each of length one, without row problems.
        missing_lowest: count open answers as the worst, as the official forms do.
    """
    judged = judge_rows(edition, columns)
    scores = Scorer(edition).score(judged, missing_lowest=missing_lowest)
    return _Builder(edition, answers, judged, scores, missing_lowest).build()


def decimal(value: Any) -> Decimal:
    """Millionths as a decimal."""
    number = Decimal(int(value)).scaleb(-6)
    return number.normalize() if number else Decimal(0)


def _score(value: Any) -> Decimal | None:
    return None if int(value) == ABSENT else decimal(value)


class _Builder:
    def __init__(
        self, edition: Edition, answers: Answers, judged: Judged, scores: Scores, missing_lowest: bool
    ) -> None:
        self.edition = edition
        self.model = edition.model
        self.answers = answers
        self.judged = judged
        self.scores = scores
        self.incomplete = bool(scores.incomplete[0])
        self.missing_lowest = missing_lowest
        self.shares = self._shares()

    def build(self) -> Assessment:
        scores, model = self.scores, self.model
        level_ids = [NO_LEVEL, *(level.id for level in model.levels)]
        low, high = (level_ids[int(side[0]) + 1] for side in (scores.level.low, scores.level.high))
        score_range = None
        if self.incomplete:
            bounds = (decimal(scores.score.low[0]), decimal(scores.score.high[0]))
            score_range = Range(*bounds, low, high)
        dimensions = tuple(self._dimension(dimension) for dimension in model.dimensions)
        gates = tuple(self._gate(gate, level) for level in model.levels for gate in level.gates)
        levels = tuple(self._level(index, level) for index, level in enumerate(model.levels))
        following = int(scores.level.low[0]) + 1
        next_level = model.levels[following] if following < len(model.levels) else None
        missing, blocked = None, []
        if next_level is not None and not self.incomplete:
            shortfall = max(0, millionths(next_level.score) - int(scores.score.low[0]))
            missing = decimal(shortfall)
            blocked = [f"{next_level.id}.score"] if shortfall else []
            blocked += [gate.id for gate in gates if gate.level == next_level.id and gate.met is False]
        required = int(scores.required[0])
        answered = int(scores.answered[0])
        completeness = Fraction(answered, required) if required else Fraction(1)
        indicators = [indicator for dimension in dimensions for indicator in dimension.indicators]
        industry = self.edition.industry(self.answers.enterprise.industry)
        comparisons, not_compared = self._comparisons(industry)
        assumed = self._open_required() if self.missing_lowest else ()
        used = {indicator.source for indicator in edition_origins(self.edition)}
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
            score=None if self.incomplete else decimal(scores.score.low[0]),
            level=None if self.incomplete else low,
            scored_level=None if self.incomplete else level_ids[int(scores.scored_level.low[0]) + 1],
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
            steps=self._steps(gates, next_level),
            answers=tuple(self._answers()),
            evidence_given=sum(1 for name in scored if name in entries and entries[name].evidence),
            evidence_due=len(scored),
            sources=source_counts(self.edition),
            documents=tuple(source for source in model.sources if source.id in used),
            tags=tuple(tag.title for tag in model.tags),
            industry=industry,
            policies=self._policies(industry, comparisons),
            thresholds={TOTAL: tuple(level.score for level in model.levels), **self._node_thresholds()},
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
        indicators = tuple(
            self._indicator(indicator)
            for indicator in (*(i for g in dimension.groups for i in g.indicators), *dimension.indicators)
        )
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
            grade, max_grade, indicator.tags, self._reason(indicator, question, state), origin.status, origin.seen,
            entry.evidence, entry.note,
        )  # fmt: skip

    def _entry(self, question: Question) -> Entry:
        entries = self.answers.entries
        names = [question.id]
        if question.metric and question.metric.part and question.metric.whole:
            names += [question.metric.part, question.metric.whole]
        given = [entries[name] for name in names if name in entries]
        evidence = tuple(item for entry in given for item in entry.evidence)
        return Entry("", evidence, next((entry.note for entry in given if entry.note), None))

    def _reason(self, indicator: Indicator, question: Question, state: State) -> Text:
        """The answer as it was understood, and the points it brings by the rule file."""
        if state == "open":
            return both("reason.open_lowest" if self.missing_lowest else "reason.open")
        if state == "na":
            hidden = self.judged.hidden.get(question.id)
            return both("reason.hidden" if hidden is not None and hidden[0] else "reason.na")
        if state == "unknown":
            return both("reason.unknown")
        column = self.judged.columns[question.id]
        value, band = int(column.value[0]), int(column.band[0])
        scoring = indicator.scoring
        if isinstance(scoring, StagedScoring):
            if scoring.points is None:
                return both("reason.grade", grade=value, top=len(question.grades))
            params = {"grade": value, "points": str(scoring.points[value]), "out_of": str(scoring.out_of)}
            return both("reason.grade_points", **params)
        if isinstance(scoring, ChecklistScoring):
            options = zip(question.letters, question.option_ids, strict=True)
            ticked = [(letter, scoring.points[name]) for bit, (letter, name) in enumerate(options) if value >> bit & 1]
            total = min(sum((points for _, points in ticked), Decimal(0)), scoring.out_of)
            letters = "+".join(letter for letter, _ in ticked)
            return both("reason.ticked", letters=letters, points=plain_decimal(total), out_of=str(scoring.out_of))
        if isinstance(scoring, BandsScoring):
            if band == NO_BAND:
                band, told = band_index(scoring, value), _quantity(decimal_text(value), question)
            else:
                told = Text(zh=question.letters[band], en=question.letters[band])
            chosen = scoring.bands[band]
            span = band_span(chosen, scoring.closed)
            points = str(chosen.points)
            return both("reason.band", found=told, span=span, points=points, out_of=str(scoring.out_of))
        if question.kind in NUMERIC:
            result = decimal(self.scores.nodes[indicator.id].low[0])
            return both("reason.line", found=_quantity(decimal_text(value), question), score=str(result))
        points = str(scoring.points[question.option_ids[value]])  # type: ignore[union-attr]
        if question.kind == "yes_no":
            letter, label = "", both(question.option_ids[value])
        else:
            letter, label = question.letters[value], question.options[value].label
        return both("reason.chosen", letter=letter, label=label, points=points, out_of=str(scoring.out_of))

    # ── levels ───────────────────────────────────────────────────────────────────────────────────

    def _level(self, index: int, level: Level) -> LevelOutcome:
        needs = millionths(level.score)
        low, high = self.scores.score.low[0] >= needs, self.scores.score.high[0] >= needs
        sure, possible = self.scores.level.low[0] >= index, self.scores.level.high[0] >= index
        origin = self.edition.origins[level.id]
        return LevelOutcome(
            level.id, level.title, level.score, bool(low) if low == high else None,
            bool(sure) if sure == possible else None, origin.status, origin.seen,
        )  # fmt: skip

    def _gate(self, gate: Gate, level: Level) -> GateOutcome:
        result = self.scores.gates[gate.id]
        low, high = bool(result.met_low[0]), bool(result.met_high[0])
        origin = self.edition.origins[gate.id]
        title, unit, has, has_high, short = self._found(gate, result.has)
        return GateOutcome(
            gate.id, level.id, title, unit, low if low == high else None, Decimal(gate.needs), has,
            None if has == has_high else has_high, () if low else short, origin.status, origin.seen,
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
                return title, _unit(question), _score(has.low[0]), _score(has.high[0]), (gate.metric,)

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
        wanted = {gate.tag: gate.grade for gate in (following.gates if following else ())
                  if isinstance(gate, CountGate) and not self.scores.gates[gate.id].met_low[0]}  # fmt: skip
        holding = []
        if wanted:
            grade = max(wanted.values())
            holding = [i._replace(wanted=grade) for i in settled if i.grade is not None and i.grade < grade]
            holding.sort(key=lambda i: (not any(tag in wanted for tag in i.tags), -(i.grade or 0)))
        lost = [i for i in settled if i.points is not None and i.max_points is not None and i.points < i.max_points]
        lost.sort(key=lambda i: (i.points or 0) - (i.max_points or 0))
        held = {i.id for i in holding}
        lost = [i for i in lost if i.id not in held]
        first = holding[: max(3, 6 - len(lost))]
        return (*first, *lost[: 6 - len(first)])

    # ── next steps ───────────────────────────────────────────────────────────────────────────────

    def _steps(self, gates: tuple[GateOutcome, ...], following: Level | None) -> tuple[Step, ...]:
        """Every better answer that brings points or serves an unmet gate of the next level, these first."""
        unmet = [gate for gate in gates if following is not None and gate.level == following.id and not gate.met]
        wishes = [] if self.incomplete else self._wishes(unmet)
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
                to = _quantity(plain_decimal(gate.needs), question)
                title = next((i.title for i in self.edition.indicators.values()
                              if i.scoring.question == gate.metric), question.text)  # fmt: skip
                found.append(_Wish(question, title, self._now(question), to, millionths(gate.needs), 1))
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
                target, to, rise = better, self._told_grade(question, better), better - grade
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
                to = _quantity(band_span(scoring.bands[band], scoring.closed), question)
            case LinearScoring():
                score = int(self.scores.nodes[indicator.id].low[0])
                ahead = [knot for knot in scoring.knots if 100 * millionths(knot.points) > score * scoring.out_of]
                if not ahead:
                    return
                knot = min(ahead, key=lambda knot: (knot.points, abs(millionths(knot.at) - value)))
                target, far = millionths(knot.at), 10 * MILLION
                if known and question.kind == "percent" and abs(target - value) > far:
                    target = value + (far if target > value else -far)
                to = _quantity(decimal_text(target), question)
            case _:
                points = [scoring.points[name] for name in question.option_ids]
                option = _next(points, value if known else None)
                if option is None:
                    return
                target, to = option, _option(question, option)
        yield _Wish(question, indicator.title, self._now(question), to, target, rise)

    # ── every answer ─────────────────────────────────────────────────────────────────────────────

    def _answers(self) -> Iterator[Answer]:
        for section in self.edition.questionnaire.sections:
            for question in section.questions:
                column = self.judged.columns[question.id]
                hidden = self.judged.hidden.get(question.id)
                entry = self.answers.entries.get(question.id, Entry())
                worth = tuple(self._worth(indicator, question) for indicator in self.edition.indicators.values()
                              if indicator.scoring.question == question.id)  # fmt: skip
                yield Answer(
                    section.title, question.id, question.label, question.text, STATES[int(column.state[0])],
                    hidden is not None and bool(hidden[0]), self._told(question), worth, entry.evidence, entry.note,
                )  # fmt: skip

    def _now(self, question: Question) -> Text:
        state = STATES[int(self.judged.columns[question.id].state[0])]
        return self._told(question, brief=True) or both(f"mark.{state}")

    def _told(self, question: Question, *, brief: bool = False) -> Text | None:
        """The answer as it was understood, of hidden questions too; a metric made of counts names these."""
        column = self.judged.columns[question.id]
        if column.state[0] != ANSWERED:
            column = self.judged.given[question.id]
        if column.state[0] != ANSWERED:
            return None
        value, band = int(column.value[0]), int(column.band[0])
        if question.kind == "text":
            text = self.answers.entries.get(question.id, Entry()).text
            told = printable(text if isinstance(text, str) else "|".join(text))
            return Text(zh=told, en=told) if told else None
        if question.kind == "grade":
            return both("told.grade", grade=value) if brief else self._told_grade(question, value)
        if question.kind == "multiple":
            chosen = [bit for bit in range(len(question.options)) if value >> bit & 1]
            if not brief:
                return _several([_option(question, bit) for bit in chosen])
            real = [bit for bit, name in enumerate(question.option_ids) if name != NONE]
            return both("told.ticked", count=sum(bit in real for bit in chosen), of=len(real))
        if question.kind not in NUMERIC or band != NO_BAND:
            return _option(question, value if band == NO_BAND else band)
        number = _quantity(decimal_text(value), question)
        metric = question.metric
        if brief or metric is None or metric.part is None or metric.whole is None:
            return number
        counts = [self.judged.columns[name] for name in (metric.part, metric.whole)]
        if any(count.state[0] != ANSWERED for count in counts):
            return number
        part, whole = (decimal_text(int(count.value[0])) for count in counts)
        return both("told.quotient", value=number, part=part, whole=whole)

    def _told_grade(self, question: Question, grade: int) -> Text:
        if grade == 0:
            return both("told.grade", grade=0)
        return both("told.grade_text", grade=grade, text=question.grades[grade - 1])

    def _worth(self, indicator: Indicator, question: Question) -> Text:
        """What the answer brings by one indicator, without the answer itself."""
        column = self.judged.columns[question.id]
        state = STATES[int(column.state[0])]
        scoring = indicator.scoring
        if state != "answered" or isinstance(scoring, StagedScoring):
            return self._reason(indicator, question, state)
        value, band = int(column.value[0]), int(column.band[0])
        score = decimal(self.scores.nodes[indicator.id].low[0])
        if isinstance(scoring, LinearScoring):
            return both("worth.line", score=str(score))
        if isinstance(scoring, BandsScoring):
            chosen = scoring.bands[band if band != NO_BAND else band_index(scoring, value)]
            span = band_span(chosen, scoring.closed)
            return both("worth.band", span=span, points=str(chosen.points), out_of=str(scoring.out_of))
        if isinstance(scoring, ChecklistScoring):
            ticked = (scoring.points[name] for bit, name in enumerate(question.option_ids) if value >> bit & 1)
            points = min(sum(ticked, Decimal(0)), scoring.out_of)
        else:
            points = scoring.points[question.option_ids[value]]
        return both("worth.points", points=plain_decimal(points), out_of=str(scoring.out_of))

    # ── lists ────────────────────────────────────────────────────────────────────────────────────

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


class _Wish(NamedTuple):
    """A better answer to try: ``value`` as a column holds it; ``rise`` is how many grades away it is."""

    question: Question
    title: Text
    now: Text
    to: Text
    value: int
    rise: int


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
        to = both("step.more", option=_option(question, bits[0]))
    elif len(bits) <= 3:
        to = both("step.one_more", options=_several([_option(question, bit) for bit in bits]))
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


def _option(question: Question, index: int) -> Text:
    """An option by its letter and label."""
    if question.kind == "yes_no":
        return both(question.option_ids[index])
    return both("told.option", letter=question.letters[index], label=question.options[index].label)


def gate_title(edition: Edition, gate: Gate) -> Text:
    """What a gate asks for, without the number."""
    model = edition.model
    titles = {node.id: node.title for d in model.dimensions for node in branches(d)}
    titles |= {indicator.id: indicator.title for indicator in edition.indicators.values()}
    match gate:
        case CountGate():
            tag = next((tag.title for tag in model.tags if tag.id == gate.tag), None)
            within = titles[gate.within] if gate.within else model.title
            return both("gate.count_tag" if tag else "gate.count", grade=gate.grade, within=within, tag=tag or "")
        case ScoreGate():
            names = gate.nodes or tuple(d.id for d in model.dimensions if d.scored)
            key = "gate.score" if len(names) == 1 else "gate.each_score"
            return both(key, nodes=tuple(titles[name] for name in names))
        case MetricGate():
            scored = (i.title for i in edition.indicators.values() if i.scoring.question == gate.metric)
            return both("gate.metric", metric=next(scored, edition.questions[gate.metric].text))


def edition_origins(edition: Edition) -> list[Any]:
    """The origin of every rule of an edition."""
    return list(edition.origins.values())


def source_counts(edition: Edition) -> dict[str, int]:
    """How many rules (indicators, level thresholds, gates) are official, adapted, illustrative.

    ``secondary`` counts, across these, the rules whose source was read only through somebody's account.
    """
    origins = edition_origins(edition)
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


def band_index(scoring: BandsScoring, value: int) -> int:
    """Which band holds *value* (millionths); for saying so, the score itself comes from `scoring`."""
    ends = [millionths(band.to) for band in scoring.bands[:-1] if band.to is not None]
    return sum(value > end if scoring.closed == "right" else value >= end for end in ends)


def _unit(question: Question) -> str:
    if question.kind == "percent":
        return "%"
    return question.unit.en if question.unit else ""


def _quantity(number: str, question: Question) -> Text:
    """*number* with the unit of what the question asks for."""
    if question.kind == "percent" or question.unit is None:
        told = f"{number} {_unit(question)}".rstrip()
        return Text(zh=told, en=told)
    return Text(zh=f"{number} {question.unit.zh}", en=f"{number} {question.unit.en}")


def _several(options: Sequence[Text]) -> Text:
    """Options in a row; labels have commas of their own."""
    zh, en = (t("list_semicolon", lang).join(option[lang] for option in options) for lang in LANGS)
    return Text(zh=zh, en=en)


def band_span(band: Band, closed: str) -> str:
    """A band as an interval, (10, 20]."""
    start, end = band.from_, band.to
    left = "(" if closed == "right" and start else "["
    right = "]" if closed == "right" or end is None else ")"
    return f"{left}{start if start is not None else '−∞'}, {end if end is not None else '+∞'}{right}"


def shown_score(value: Decimal, thresholds: Iterable[Decimal] = (), decimals: int = 2) -> str:
    """*value* with two decimals, or as many more as keep it on its own side of every threshold."""
    limits = list(thresholds)
    for places in range(decimals, 7):
        unit = Decimal(1).scaleb(-places)
        text = half_up(value, unit)
        if all((text >= limit) == (value >= limit) for limit in limits):
            return format(text, "f")
    return plain_decimal(value)
