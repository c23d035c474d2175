"""What a batch comes to: finished numbers, made once from what was counted. Reports draw them, JSON is this type.

Levels, scores, groups and what holds enterprises back are those of complete results; an incomplete one has no level
and no score and is in no distribution. A mean is exact, rounded half up to a millionth. A quartile is a nearest
rank: the smallest score, rounded half up to 0.01, that a quarter (half, three quarters) of the scores do not exceed.
Beside published figures stands every result with an exact answer, incomplete ones too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from bamai.assessing import source_counts
from bamai.assessment import SIGNS, both, decimal
from bamai.batch.tally import BLANK, GROUPINGS, UNRECOGNISED, Beside, Group, Histogram, Tally
from bamai.benchmark import Benchmark
from bamai.model import NO_LEVEL, Gate, MetricGate
from bamai.profile import Applied
from bamai.schema import MILLION, Source, Text
from bamai.texts import Lang, t
from bamai.vocabulary import Kind, Vocabulary
from bamai.wording import gate_better, gate_title

if TYPE_CHECKING:
    from bamai.batch.kernel import Options
    from bamai.batch.local import Report
    from bamai.catalog import Edition

SCHEMA = "bamai.summary/1"

KINDS: Mapping[str, Kind] = {"industry": "industry", "province": "province", "employees": "size"}
"""What the vocabulary calls each grouping."""


class Counts(NamedTuple):
    """Records = results + refused; results = complete + incomplete. Duplicates are results too.

    ``unfinished`` inputs ended early: what came after is in no count.
    """

    records: int
    results: int
    complete: int
    incomplete: int
    refused: int
    duplicates: int
    unfinished: int


class LevelCount(NamedTuple):
    """Complete results at one level; ``share`` of all complete ones is None where there are none."""

    id: str
    title: Text
    results: int
    share: Decimal | None


class Spread(NamedTuple):
    """How scores are spread, in points; all None where nothing was counted."""

    results: int
    mean: Decimal | None
    q1: Decimal | None
    median: Decimal | None
    q3: Decimal | None


class Scored(NamedTuple):
    """The spread of the total score, or of one scored dimension where it is applicable."""

    id: str
    title: Text
    spread: Spread


class GroupSummary(NamedTuple):
    """One industry, province or size: results, complete ones by level, and how their scores are spread."""

    id: str
    title: Text
    results: int
    levels: Mapping[str, int]
    spread: Spread


class Grouping(NamedTuple):
    """Groups, those with most results first; apart from them what the vocabulary does not know, and what is blank."""

    kind: Kind
    groups: tuple[GroupSummary, ...]
    unrecognised: GroupSummary | None
    not_stated: GroupSummary | None


class Figure(NamedTuple):
    """The batch beside one published figure.

    Attributes:
        better: which direction is the better one.
        compared: results with an exact answer.
        ahead: how many of them are on the better side of the figure; None beside a share of enterprises.
        mean: of their values; None beside a share of enterprises.
        yes: how many of them say yes; only beside a share of enterprises.
        share: ``ahead`` or ``yes`` as a share of ``compared``.
    """

    benchmark: Benchmark
    source: Source
    metric: str
    better: Literal["up", "down"]
    compared: int
    ahead: int | None
    mean: Decimal | None
    yes: int | None
    share: Decimal | None


class Blocker(NamedTuple):
    """A condition of a level, and for how many complete results directly below that level it is unmet.

    ``share`` is that of all complete results below the top level.
    """

    id: str
    level: str
    title: Text
    sign: Literal["≥", "≤"]
    needs: Decimal
    unit: Text | None
    results: int
    share: Decimal


class Short(NamedTuple):
    """An indicator, and how many complete results have it below a grade that an unmet gate of their next level counts.

    ``share`` is that of all complete results below the top level.
    """

    id: str
    code: str | None
    title: Text
    question: str
    results: int
    share: Decimal


class Summary(NamedTuple):
    """Everything a summary says of one batch."""

    model: str
    title: Text
    disclaimer: Text | None
    profile: Applied | None
    digest: str
    content_digest: str
    missing_lowest: bool
    lenient: bool
    sources: Mapping[str, int]
    documents: tuple[Source, ...]
    counts: Counts
    levels: tuple[LevelCount, ...]
    scores: tuple[Scored, ...]
    groupings: tuple[Grouping, ...]
    figures: tuple[Figure, ...]
    below_top: int
    blockers: tuple[Blocker, ...]
    short: tuple[Short, ...]

    @classmethod
    def of(cls, report: Report, edition: Edition, vocabulary: Vocabulary, options: Options) -> Summary:
        """The summary of a run of *edition* under *options*; *vocabulary* knows what its groups are called."""
        tally = report.tally
        used = {origin.source for origin in edition.origins.values()}
        complete = tally.results - tally.incomplete
        return cls(
            model=edition.ref,
            title=edition.model.title,
            disclaimer=edition.model.disclaimer,
            profile=edition.applied,
            digest=edition.digest,
            content_digest=edition.content_digest,
            missing_lowest=options.missing_lowest,
            lenient=options.lenient,
            sources=source_counts(edition),
            documents=tuple(source for source in edition.model.sources if source.id in used),
            counts=Counts(report.records, report.results, complete, tally.incomplete, report.rejected,
                          report.duplicates, len(report.unfinished)),
            levels=tuple(_levels(tally, edition, complete)),
            scores=tuple(_scores(tally, edition)),
            groupings=tuple(_grouping(name, tally.groups.get(name, {}), list(tally.levels), vocabulary,
                                      scored=edition.model.scored) for name in GROUPINGS),
            figures=tuple(_figures(tally, edition)),
            below_top=tally.below_top,
            blockers=tuple(sorted(_blockers(tally, edition), key=lambda blocker: -blocker.results)),
            short=tuple(sorted(_short(tally, edition), key=lambda short: -short.results)),
        )  # fmt: skip

    @property
    def definitions(self) -> tuple[str, ...]:
        """What a reader of the numbers must know."""
        return tuple(name for name in _DEFINITIONS if self.scores or name not in _OF_SCORES)

    def data(self, lang: Lang) -> dict[str, Any]:
        """As plain data: schema ``bamai.summary/1``, texts in *lang*, numbers as exact decimals."""
        return {
            "schema": SCHEMA,
            "model": self.model,
            "profile": self.profile.data(lang) if self.profile else None,
            "title": self.title[lang],
            "disclaimer": self.disclaimer[lang] if self.disclaimer else None,
            "lang": lang,
            "digest": self.digest,
            "content_digest": self.content_digest,
            "missing": "lowest" if self.missing_lowest else "open",
            "lenient": self.lenient,
            "sources": dict(self.sources),
            "definitions": {name: t(f"summary.define.{name}", lang) for name in self.definitions},
            "counts": self.counts._asdict(),
            "levels": [{**level._asdict(), "title": level.title[lang]} for level in self.levels],
            "scores": [{"id": item.id, "title": item.title[lang], **item.spread._asdict()} for item in self.scores],
            "groups": {grouping.kind: _grouping_data(grouping, lang) for grouping in self.groupings},
            "comparisons": [_figure_data(figure, lang) for figure in self.figures],
            "below_top": self.below_top,
            "blockers": [_plain(blocker, lang) for blocker in self.blockers],
            "short": [_plain(short, lang) for short in self.short],
        }


_DEFINITIONS = ("complete", "mean", "quartiles", "groups", "comparisons", "blockers", "short")
_OF_SCORES = ("mean", "quartiles")


def share_of(part: int, whole: int) -> Decimal | None:
    """A share, half up to a millionth; None of nothing."""
    return _rounded(Fraction(part, whole)) if whole else None


def _rounded(value: Fraction) -> Decimal:
    scaled = value * MILLION
    return decimal((2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator))


def _levels(tally: Tally, edition: Edition, complete: int) -> Iterator[LevelCount]:
    titles = {level.id: level.title for level in edition.model.levels}
    for name, count in tally.levels.items():
        if name != NO_LEVEL:
            yield LevelCount(name, titles[name], count, share_of(count, complete))
        elif edition.model.no_level is not None or count:
            yield LevelCount(name, edition.model.no_level or both("level.none"), count, share_of(count, complete))


def _spread(histogram: Histogram, *, scored: bool = True) -> Spread:
    """*scored*: the model has a score; without one there are results and nothing to spread."""
    if not scored:
        return Spread(histogram.number, None, None, None, None)
    mean = histogram.mean()
    points = [histogram.quantile(Fraction(quarters, 4)) for quarters in (1, 2, 3)]
    q1, median, q3 = (None if value is None else _rounded(value) for value in points)
    return Spread(histogram.number, None if mean is None else _rounded(mean), q1, median, q3)


def _scores(tally: Tally, edition: Edition) -> Iterator[Scored]:
    titles = {dimension.id: dimension.title for dimension in edition.model.dimensions}
    for name, histogram in tally.scores.items() if edition.model.scored else ():
        yield Scored(name, titles[name] if name in titles else both("report.total_score"), _spread(histogram))


def _grouping(
    name: str, groups: Mapping[str, Group], levels: Sequence[str], vocabulary: Vocabulary, *, scored: bool
) -> Grouping:
    kind = KINDS[name]

    def told(group: str, title: Text) -> GroupSummary:
        counted = groups[group]
        by_level = dict(zip(levels, counted.levels.tolist(), strict=True))
        return GroupSummary(group, title, counted.rows[0], by_level, _spread(counted.scores, scored=scored))

    known = [told(group, vocabulary.title(kind, group)) for group in groups if group not in (BLANK, UNRECOGNISED)]
    known.sort(key=lambda group: (-group.results, group.id))
    unrecognised = told(UNRECOGNISED, both("summary.unrecognised")) if UNRECOGNISED in groups else None
    not_stated = told(BLANK, both("summary.not_stated"))._replace(id="not_stated") if BLANK in groups else None
    return Grouping(kind, tuple(known), unrecognised, not_stated)


def _figures(tally: Tally, edition: Edition) -> Iterator[Figure]:
    for item, source in edition.compared:
        question = edition.questions[str(item.metric)]
        direction = question.metric.better if question.metric else "up"
        found = tally.figures.get(item.id, Beside(0, 0, 0))
        share = share_of(found.better, found.known)
        if question.kind == "yes_no":
            yield Figure(item, source, question.id, direction, found.known, None, None, found.better, share)
        else:
            mean = _rounded(Fraction(found.total, MILLION * found.known)) if found.known else None
            yield Figure(item, source, question.id, direction, found.known, found.better, mean, None, share)


def _blockers(tally: Tally, edition: Edition) -> Iterator[Blocker]:
    for level in edition.model.levels:
        for gate in (None, *level.gates):
            name = f"{level.id}.score" if gate is None else gate.id
            count = tally.blocked.get(name, 0)
            if count:
                share = _rounded(Fraction(count, tally.below_top))
                title = both("report.total_score") if gate is None else gate_title(edition, gate)
                needs = level.score if gate is None else Decimal(gate.needs)
                yield Blocker(name, level.id, title, *_asks(edition, gate, needs), count, share)


def _asks(edition: Edition, gate: Gate | None, needs: Decimal) -> tuple[Literal["≥", "≤"], Decimal, Text | None]:
    if not isinstance(gate, MetricGate):
        return "≥", needs, None
    question = edition.questions[gate.metric]
    unit = Text(zh="%", en="%") if question.kind == "percent" else question.unit
    return SIGNS[gate_better(edition, gate)], needs, unit


def _short(tally: Tally, edition: Edition) -> Iterator[Short]:
    for indicator in edition.indicators.values():
        count = tally.short.get(indicator.id, 0)
        if count:
            share = _rounded(Fraction(count, tally.below_top))
            yield Short(indicator.id, indicator.code, indicator.title, indicator.scoring.question, count, share)


def _plain(item: Any, lang: Lang) -> dict[str, Any]:
    return {name: value[lang] if isinstance(value, Text) else value for name, value in item._asdict().items()}


def _grouping_data(grouping: Grouping, lang: Lang) -> dict[str, Any]:
    return {
        "groups": [_group_data(group, lang) for group in grouping.groups],
        "unrecognised": _group_data(grouping.unrecognised, lang) if grouping.unrecognised else None,
        "not_stated": _group_data(grouping.not_stated, lang) if grouping.not_stated else None,
    }


def _group_data(group: GroupSummary, lang: Lang) -> dict[str, Any]:
    spread = group.spread._asdict()
    complete = spread.pop("results")
    return {"id": group.id, "title": group.title[lang], "results": group.results, "complete": complete,
            "levels": dict(group.levels), **spread}  # fmt: skip


def _figure_data(figure: Figure, lang: Lang) -> dict[str, Any]:
    item = figure.benchmark
    yes_share, ahead_share = (figure.share, None) if figure.yes is not None else (None, figure.share)
    return {
        "benchmark": item.id,
        "metric": figure.metric,
        "title": item.title[lang],
        "compared": figure.compared,
        "mean": figure.mean,
        "ahead": figure.ahead,
        "ahead_share": ahead_share,
        "yes": figure.yes,
        "yes_share": yes_share,
        "benchmark_value": item.value,
        "op": item.op,
        "better": figure.better,
        "unit": "percent" if item.unit.en == "%" else item.unit[lang],
        "statistic": item.statistic,
        "statistic_basis": item.statistic_basis,
        "as_of": item.as_of,
        "population": item.population[lang],
        "caution": item.caution[lang] if item.caution else None,
        "source": figure.source.title[lang],
        "seen": item.seen,
    }
