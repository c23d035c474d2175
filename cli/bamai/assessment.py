"""The result of one enterprise with every reason. Reports render it and compute nothing; JSON is this type."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Final, Literal, NamedTuple

from bamai.answers import (
    Enterprise,
    half_up,
)
from bamai.benchmark import Benchmark
from bamai.model import (
    NO_LEVEL,
)
from bamai.policy import Policy
from bamai.profile import Applied
from bamai.schema import Source, Text
from bamai.texts import Lang, t, with_minus
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
    """What an incomplete result can still become; there are no scores where the model has none."""

    score_low: Decimal | None
    score_high: Decimal | None
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


SIGNS: Final[Mapping[Literal["up", "down"], Literal["≥", "≤"]]] = {"up": "≥", "down": "≤"}
"""Of a number that is needed, by which way of it is better."""


class GateOutcome(NamedTuple):
    """A gate: what it needs, what was found (``has_high``: at best, while answers are open), who falls short.

    ``better``: whether it needs at least (``up``) or at most (``down``) so much.
    """

    id: str
    level: str
    title: Text
    unit: str
    better: Literal["up", "down"]
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
    score: Decimal | None
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
    ``score`` and what belongs to it are None while it is incomplete, and of a model that scores nothing.
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
    def scored(self) -> bool:
        """Whether there is a total score; without one the level goes by gates alone."""
        return any(dimension.scored for dimension in self.dimensions)

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
    sets = [{"by": one.by, "text": one.text[lang] if one.text else None,
             "benchmark": one.figure.id if one.figure else None} for one in item.sets]  # fmt: skip
    return {**item.policy.data(lang), "sets": sets}


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


def decimal(value: Any) -> Decimal:
    """Millionths as a decimal that prints as people write it: without needless zeros, and 100 not as 1E+2."""
    number = Decimal(int(value)).scaleb(-6)
    whole = number.to_integral_value()
    return whole if number == whole else number.normalize()


def needs_words(needs: Decimal, better: Literal["up", "down"]) -> str:
    """The number that a gate names, with the sign of whether it is the least or the most."""
    return f"{SIGNS[better]} {with_minus(plain_decimal(needs))}"


def shown_score(value: Decimal, thresholds: Iterable[Decimal] = (), decimals: int = 2) -> str:
    """*value* with two decimals, or as many more as keep it on its own side of every threshold."""
    limits = list(thresholds)
    for places in range(decimals, 7):
        unit = Decimal(1).scaleb(-places)
        text = half_up(value, unit)
        if all((text >= limit) == (value >= limit) for limit in limits):
            return with_minus(format(text, "f"))
    return with_minus(plain_decimal(value))
