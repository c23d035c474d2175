"""What a report says, in order, as blocks that every skin draws in its own way. Nothing is computed here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import groupby
from typing import TYPE_CHECKING, Literal, NamedTuple

from bamai.assessment import (
    TOTAL,
    Answer,
    Assessment,
    Comparison,
    DimensionResult,
    GateOutcome,
    IndicatorResult,
    Listed,
    Rank,
    Set,
    State,
    Step,
    needs_words,
    plain_decimal,
    shown_score,
)
from bamai.benchmark import Benchmark
from bamai.model import NO_LEVEL
from bamai.policy import Policy
from bamai.report.profile import profile_fact, profile_name, profile_note
from bamai.schema import Source
from bamai.texts import Lang, printable, t, with_minus
from bamai.vocabulary import Industry

if TYPE_CHECKING:
    from bamai.batch.summary import Summary


class Rung(NamedTuple):
    """One step of the level ladder; ``threshold`` is the total score that it asks, None of "none"."""

    label: str
    title: str
    current: bool
    possible: bool = False
    threshold: Decimal | None = None


class Header(NamedTuple):
    """Who, the level, the score, the ladder.

    ``low`` and ``high`` are the exact score, equal once it is settled; None, and ``score`` empty, where the model has
    none.
    """

    title: str
    name: str
    badge: str
    level_title: str
    score: str
    distance: str
    rungs: tuple[Rung, ...]
    facts: tuple[str, ...]
    low: Decimal | None
    high: Decimal | None


class Sentence(NamedTuple):
    """Running text; ``tone`` sets warnings and small print apart."""

    text: str
    tone: Literal["plain", "warning"] = "plain"


class Heading(NamedTuple):
    text: str
    note: str = ""


class Condition(NamedTuple):
    """One condition of a level; ``met`` is None while open answers decide it. ``over``: what is missing is too much."""

    met: bool | None
    text: str
    needs: str
    has: str
    missing: str
    detail: str = ""
    over: bool = False


class Conditions(NamedTuple):
    rows: tuple[Condition, ...]


class Bar(NamedTuple):
    """A score from 0 to 100; between ``low`` and ``high`` while answers are open."""

    label: str
    low: Decimal | None
    high: Decimal | None
    value: str
    extra: str = ""


class Bars(NamedTuple):
    rows: tuple[Bar, ...]


class Grade(NamedTuple):
    label: str
    title: str
    text: str
    share: Decimal | None
    core: bool


class Grades(NamedTuple):
    """Grades of the indicators of an unscored dimension, by group."""

    rows: tuple[tuple[str, tuple[Grade, ...]], ...]


class Compared(NamedTuple):
    """One row of the benchmark table. ``good``: ours is on the better side.

    ``own`` and ``figure`` are the exact numbers of a chart, from 0 to 100 percent; None where it has none: a yes or a
    no is not a percentage, and growth rates and other units have no such scale. ``as_of`` is the date, ``dated`` the
    same in words.
    """

    number: str
    title: str
    ours: str
    theirs: str
    gap: str
    good: bool | None
    scope: str
    as_of: str
    dated: str
    note: str
    caution: str
    own: Decimal | None = None
    figure: Decimal | None = None


class ComparedTable(NamedTuple):
    """Answers beside published figures. ``ours`` and ``gap`` are the keys of what those columns are called.

    ``missing``: figures that no answer can be set beside; the notes name them too.
    """

    rows: tuple[Compared, ...]
    notes: tuple[str, ...]
    ours: str = "table.ours"
    gap: str = "table.gap"
    missing: tuple[str, ...] = ()


class Finding(NamedTuple):
    sign: Literal["+", "-"]
    title: str
    text: str
    label: str


class Findings(NamedTuple):
    rows: tuple[Finding, ...]


class Lines(NamedTuple):
    """Name and value pairs."""

    rows: tuple[tuple[str, str], ...]
    small: bool = False


class Table(NamedTuple):
    """Names in the first column, after it short texts and, in the columns of ``right``, figures.

    ``within``: it belongs to the section of the heading above it. ``long``: where there are sheets, one of its own.
    """

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    right: tuple[int, ...]
    within: bool = False
    long: bool = False


class Told(NamedTuple):
    """One question of the appendix: ``answer`` as it was understood, ``worth`` what it brings; empty where nothing.

    ``state`` is the key of what kind of answer it is, ``mark`` the word for it where it is not a plain answer.
    """

    label: str
    question: str
    text: str
    state: State
    mark: str
    answer: str
    worth: str
    note: str
    evidence: tuple[str, ...]


class AllAnswers(NamedTuple):
    """Every question with its answer, by section of the questionnaire."""

    sections: tuple[tuple[str, tuple[Told, ...]], ...]


Block = Header | Sentence | Heading | Conditions | Bars | Grades | ComparedTable | Findings | Lines | Table | AllAnswers


def blocks(a: Assessment, lang: Lang, *, full: bool = False) -> Iterator[Block]:
    """The report of *a*: verdict, why, dimensions, benchmarks, strengths and gaps, lists, method and sources.

    Args:
        full: with the next steps and, as an appendix, every answer: what a document has and a screen does not.
    """
    yield _header(a, lang)
    if a.profile is not None:
        yield Sentence(profile_note(a.profile, a.model, lang), "warning")
    if a.disclaimer is not None:
        yield Sentence(a.disclaimer[lang], "warning")
    yield Sentence(_verdict(a, lang))
    yield from _why(a, lang)
    if full:
        yield from _weakest(a, lang)
    if a.scored:
        yield Heading(t("report.dimensions", lang))
        yield Bars(tuple(_bar(a, dimension, lang) for dimension in a.dimensions if dimension.scored))
    for dimension in a.dimensions:
        if any(indicator.max_grade for indicator in dimension.indicators):
            grades = _grades(dimension, lang)
            key = "report.graded" if dimension.scored else "report.unscored"
            starred = any(grade.core for _, row in grades.rows for grade in row)
            yield Heading(dimension.title[lang], t(f"{key}_note" if starred else key, lang, tags=_tags(a, lang)))
            yield grades
    yield from _benchmarks(a, lang)
    yield from _policies(a, lang)
    yield from _standing(a, lang)
    for sign, key, found in (("+", "report.strengths", a.strengths), ("-", "report.gaps", a.gaps)):
        if found:
            yield Heading(t(key, lang))
            rows = (_finding(indicator, sign, lang) for indicator in found)  # type: ignore[arg-type]
            yield Findings(tuple(_cited(row, a, indicator, lang) for row, indicator in zip(rows, found, strict=True)))
    if full:
        yield from _steps(a, lang)
    yield from _lists(a, lang)
    yield Heading(t("report.method", lang))
    yield Lines(tuple(method(a, lang)), small=True)
    if full:
        yield Heading(t("report.answers", lang), t("report.answers_note", lang))
        yield AllAnswers(tuple(_sections(a, lang)))


SMALLEST = Decimal("0.000001")
"""As a threshold it keeps what is not nothing from being shown as nothing."""


def published(benchmark: Benchmark, lang: Lang) -> str:
    """A figure as its source gives it: more than, about."""
    op = "" if benchmark.op == "=" else f"{'≈' if benchmark.op == '~' else benchmark.op} "
    return f"{op}{with_minus(plain_decimal(benchmark.value))} {benchmark.unit[lang]}"


def _tags(a: Assessment, lang: Lang) -> str:
    return t("list_comma", lang).join(tag[lang] for tag in a.tags)


def name_of(a: Assessment, lang: Lang) -> str:
    """The enterprise's name, else its id."""
    return _line(a.enterprise.name or a.enterprise.id or t("report.no_name", lang))


def score_text(a: Assessment, value: Decimal) -> str:
    """The total score, with as many decimals as its thresholds need."""
    return shown_score(value, a.thresholds[TOTAL])


def _header(a: Assessment, lang: Lang) -> Header:
    low, high = (a.level, a.level) if a.range is None else (a.range.level_low, a.range.level_high)
    ids = ([NO_LEVEL] if a.no_level is not None else []) + [level.id for level in a.levels]
    thresholds = {level.id: level.score for level in a.levels}
    span = ids[ids.index(str(low)) : ids.index(str(high)) + 1]
    rungs = tuple(
        Rung(
            t("level.none_short", lang) if level == NO_LEVEL else level,
            a.level_title(level)[lang],
            level == a.level,
            a.range is not None and level in span,
            thresholds.get(level),
        )
        for level in ids
    )
    low_score, high_score = score_bounds(a)
    score = ""
    if a.range is not None:
        if low_score is not None and high_score is not None:
            low_text, high_text = score_text(a, low_score), score_text(a, high_score)
            score = t("report.score_range", lang, low=low_text, high=high_text)
        badge = " – ".join(dict.fromkeys(short_level(level, lang) for level in (a.range.level_low, a.range.level_high)))
        title = t("report.incomplete", lang)
        distance = t("report.completeness", lang, percent=percent_of(a.completeness))
    else:
        assert a.level is not None
        score = f"{score_text(a, a.score)} / 100" if a.score is not None else ""
        badge, title = short_level(a.level, lang), a.level_title(a.level)[lang]
        distance = _distance(a, lang)
    facts = [a.title[lang], profile_fact(a.profile, lang), industry_words(a.industry, lang) if a.industry else "",
             a.assessed_on or "", _line(a.assessor or "")]  # fmt: skip
    if a.evidence_given:
        facts.append(t("report.evidence", lang, given=a.evidence_given, due=a.evidence_due))
    shown = tuple(fact for fact in facts if fact)
    return Header(t("report.title", lang), name_of(a, lang), badge, title, score, distance, rungs, shown, low_score,
                  high_score)  # fmt: skip


def score_bounds(a: Assessment) -> tuple[Decimal | None, Decimal | None]:
    """The least and the most that the total score can be, equal once it is settled; None where there is none."""
    return (a.score, a.score) if a.range is None else (a.range.score_low, a.range.score_high)


def short_level(level: str, lang: Lang) -> str:
    """A level id as it is printed alone."""
    return t("level.none_short", lang) if level == NO_LEVEL else level


def _distance(a: Assessment, lang: Lang) -> str:
    if a.next_level is None:
        return t("report.top", lang)
    gates = sum(not item.endswith(".score") for item in a.blocked_by)
    parts = []
    if a.missing_points:
        parts.append(t("report.points_short", lang, points=_missing(a.missing_points)))
    if gates:
        parts.append(t("report.gates_short" if gates > 1 else "report.gate_short", lang, count=gates))
    return t("report.distance", lang, level=a.next_level, parts=t("and", lang).join(parts))


def _missing(points: Decimal) -> str:
    return shown_score(points, (SMALLEST,))


def _verdict(a: Assessment, lang: Lang) -> str:
    name = name_of(a, lang)
    low, high = (None if value is None else score_text(a, value) for value in score_bounds(a))
    if a.range is not None:
        between = {
            "level_low": level_words(a, a.range.level_low, lang),
            "level_high": level_words(a, a.range.level_high, lang),
        }
        key = "verdict.incomplete" if low is not None else "verdict.incomplete_unscored"
        return t(key, lang, name=name, percent=percent_of(a.completeness), low=low, high=high, **between)
    assert a.level is not None
    key = "verdict.none" if a.level == NO_LEVEL else "verdict.level"
    key += "_unscored" if low is None else ""
    text = t(key, lang, name=name, level=level_words(a, a.level, lang), score=low)
    if a.scored_level != a.level and a.scored_level is not None:
        text += t("verdict.held_back", lang, level=level_words(a, a.scored_level, lang))
    if a.assumed:
        text += t("verdict.assumed", lang, count=len(a.assumed))
    return text


def level_words(a: Assessment, level: str, lang: Lang) -> str:
    """A level id with its title."""
    title = a.level_title(level)[lang]
    return title if level == NO_LEVEL else t("level.words", lang, id=level, title=title)


def _why(a: Assessment, lang: Lang) -> Iterator[Block]:
    if a.next_level is None:
        return
    following = next(level for level in a.levels if level.id == a.next_level)
    key = "report.why_open" if a.range is not None else "report.why"
    yield Heading(t(key, lang, level=level_words(a, a.next_level, lang)))
    low, high = (None if value is None else score_text(a, value) for value in score_bounds(a))
    rows = []
    if low is not None and following.score is not None:
        missing = t("points", lang, points=_missing(a.missing_points)) if a.missing_points else ""
        has = low if a.range is None else f"{low}–{high}"
        rows.append(Condition(following.score_met, t("report.total_score", lang), plain_decimal(following.score),
                              has, missing))  # fmt: skip
    rows += [_condition(a, gate, lang) for gate in a.gates if gate.level == a.next_level]
    yield Conditions(tuple(rows))


def _weakest(a: Assessment, lang: Lang) -> Iterator[Block]:
    """The dimension with the lowest score, where one is lower than others."""
    known = [(d.score, d) for d in a.dimensions if d.score is not None]
    lowest = min((score for score, _ in known), default=None)
    weak = [d for score, d in known if score == lowest]
    if a.range is None and lowest is not None and len(weak) < len(known):
        score = shown_score(lowest, a.thresholds.get(weak[0].id, ()))
        yield Sentence(t("report.weakest", lang, names=tuple(d.title for d in weak), score=score))


def _condition(a: Assessment, gate: GateOutcome, lang: Lang) -> Condition:
    def told(value: Decimal | None) -> str:
        if value is None:
            return "–"
        return gate_number(value, gate.unit, gate.needs) + gate_unit(gate.unit)

    has = told(gate.has) + (f"–{told(gate.has_high)}" if gate.has_high is not None else "")
    missing = ""
    if gate.met is False and gate.has is not None:
        gap = abs(gate.needs - gate.has)
        missing = gate_number(gap, gate.unit, SMALLEST)
    detail = ""
    if gate.met is not True and gate.short:
        indicators = a.indicators
        nearest = [indicators[name] for name in gate.short if name in indicators]
        nearest.sort(key=lambda i: -(i.grade or 0))
        listed = [f"{i.label} {i.title[lang]}" + (f" ({i.grade})" if i.grade is not None else "") for i in nearest]
        more = t("report.more", lang, count=len(listed) - 5) if len(listed) > 5 else ""
        detail = t("report.short_of", lang, names=tuple(listed[:5]), more=more) if listed else ""
    return Condition(gate.met, f"{gate.title[lang]}", gate_needs(gate) + gate_unit(gate.unit), has, missing, detail,
                     gate.better == "down")  # fmt: skip


def gate_number(value: Decimal, unit: str, limit: Decimal) -> str:
    """What a gate found: numbers of things as they are, scores and rates as scores are shown."""
    whole = unit not in ("points", "%") and value == value.to_integral_value()
    return with_minus(plain_decimal(value)) if unit == "count" or whole else shown_score(value, (limit,))


def gate_needs(gate: GateOutcome) -> str:
    """The number that a gate needs: the least, as all but few do, or with its sign the most."""
    return with_minus(plain_decimal(gate.needs)) if gate.better == "up" else needs_words(gate.needs, gate.better)


def gate_unit(unit: str) -> str:
    """The unit of a rate; points and numbers of indicators have none, and a word would be one language's only."""
    return " %" if unit == "%" else ""


def _bar(a: Assessment, dimension: DimensionResult, lang: Lang) -> Bar:
    limits = a.thresholds.get(dimension.id, ())
    if dimension.low is None or dimension.high is None:
        value = t("state.na", lang)
    elif dimension.score is not None:
        value = shown_score(dimension.score, limits)
    else:
        value = f"{shown_score(dimension.low, limits)}–{shown_score(dimension.high, limits)}"
    extra = ""
    if dimension.points is not None and dimension.max_points is not None:
        points, out_of = shown_score(dimension.points), plain_decimal(dimension.max_points)
        extra = t("report.of_points", lang, points=points, max=out_of)
    return Bar(dimension.title[lang], dimension.low, dimension.high, value, extra)


def _grades(dimension: DimensionResult, lang: Lang) -> Grades:
    by_id = {indicator.id: indicator for indicator in dimension.indicators}

    def grade(indicator: IndicatorResult) -> Grade:
        share = None
        if indicator.grade is not None and indicator.max_grade:
            share = Decimal(indicator.grade) / indicator.max_grade
        text = str(indicator.grade) if indicator.state == "answered" else t(f"mark.{indicator.state}", lang)
        return Grade(indicator.label, indicator.title[lang], text, share, bool(indicator.tags))

    graded = [name for name, indicator in by_id.items() if indicator.max_grade is not None]
    rows = [
        (group.title[lang], tuple(grade(by_id[name]) for name in group.indicators if name in graded))
        for group in dimension.groups
    ]
    grouped = {name for group in dimension.groups for name in group.indicators}
    rest = tuple(grade(by_id[name]) for name in graded if name not in grouped)
    rows = [(title, grades) for title, grades in rows if grades]
    return Grades(tuple(rows) + (((dimension.title[lang], rest),) if rest else ()))


def _benchmarks(a: Assessment, lang: Lang) -> Iterator[Block]:
    if not a.comparisons and not a.not_compared:
        return
    yield Heading(t("report.benchmarks", lang))
    rows = tuple(_compared(str(number), item, lang) for number, item in enumerate(a.comparisons, 1))
    notes = source_notes(((item.benchmark, item.source) for item in a.comparisons), lang)
    if a.not_compared:
        names = tuple(f"{item.text[lang]} ({item.label})" for item in a.not_compared)
        notes.append(t("report.not_compared", lang, names=names))
    missing = tuple(item.text[lang] for item in a.not_compared)
    yield ComparedTable(rows, tuple(notes), missing=missing)


def industry_words(industry: Industry, lang: Lang) -> str:
    """An industry with the sectors that it belongs to."""
    within = t("list_comma", lang).join(title[lang] for _, title in industry.within)
    return industry.title[lang] + (t("paren", lang, text=t("report.within", lang, names=within)) if within else "")


def _policies(a: Assessment, lang: Lang) -> Iterator[Block]:
    """What policy documents set for this enterprise, each beside its answer where there is one."""
    if not a.policies:
        return
    yield Heading(t("report.policies", lang), t("report.policies_note", lang))
    for item in a.policies:
        keys = ["table.target"]
        keys += ["table.by"] if any(one.by for one in item.sets) else []
        keys += ["table.ours"] if any(one.compared for one in item.sets) else []
        rows = ((set_words(one, lang), one.by or "–", _beside(one, lang))[: len(keys)] for one in item.sets)
        yield Table(item.policy.title[lang], tuple(t(key, lang) for key in keys), tuple(rows), (), within=True)
        yield Lines(((t("table.source", lang), policy_origin(item.policy, lang)),), small=True)


def set_words(one: Set, lang: Lang) -> str:
    """What a document sets: a figure as published, or its words."""
    if one.figure is None:
        return one.text[lang] if one.text is not None else ""
    return f"{one.figure.title[lang]} {published(one.figure, lang)}"


def policy_origin(policy: Policy, lang: Lang) -> str:
    """Number, issuer, date and address of a document, how it was read, and for whom it is."""
    parts = [policy.number or "", policy.issuer[lang] if policy.issuer else "", policy.date or "",
             t(f"seen.{policy.seen}", lang)]  # fmt: skip
    if policy.applies_to is not None:
        parts.append(t("policy.for", lang, whom=policy.applies_to))
    if policy.address is not None:
        key = "policy.unchecked" if policy.checked is None else "policy.checked"
        parts.append(t(key, lang, address=policy.address, date=policy.checked or ""))
    return t("list_comma", lang).join(part for part in parts if part)


def _beside(one: Set, lang: Lang) -> str:
    if one.compared is None:
        return "–"
    row = _compared("", one.compared, lang)
    if one.compared.gap is None:
        return row.gap
    return t("report.target_gap", lang, ours=row.ours, gap=row.gap)


def _cited(row: Finding, a: Assessment, indicator: IndicatorResult, lang: Lang) -> Finding:
    """A gap with the documents whose target it misses."""
    text = row.text
    for item in a.policies if row.sign == "-" else ():
        for one in item.sets:
            beside = one.compared
            if beside is not None and beside.metric == indicator.question and not beside.met:
                text += t("report.cited", lang, policy=item.policy.title, by=one.by,
                          target=published(beside.benchmark, lang))  # fmt: skip
    return row._replace(text=text)


def _standing(a: Assessment, lang: Lang) -> Iterator[Block]:
    found = a.standing
    if found is None:
        return
    yield Heading(t("report.cohort", lang), t("report.cohort_of", lang, created=found.created))
    cell = tuple(title for _, title in found.cell.values()) or (t("cohort.everything", lang),)
    if found.total is None:
        key = "report.cohort_open" if a.range is not None else "report.cohort_few"
        yield Sentence(t(key, lang, number=found.enterprises))
        return
    share = _rank(found.total, lang)
    yield Sentence(t("report.cohort_total", lang, share=share, number=found.enterprises, cell=cell))
    widened = "report.cohort_widened_published" if found.published else "report.cohort_widened"
    for key, axes in ((widened, found.widened), ("report.cohort_unknown", found.unknown)):
        if axes:
            yield Sentence(t(key, lang, axes=tuple(t(f"cohort.{axis}", lang) for axis in axes)))
    if found.published:
        yield Sentence(t("report.cohort_published", lang))
    titles = {dimension.id: dimension.title[lang] for dimension in a.dimensions}
    yield Lines(tuple((titles[name], t("report.cohort_rank", lang, share=_rank(rank, lang)))
                      for name, rank in found.dimensions.items()))  # fmt: skip


def _rank(rank: Rank, lang: Lang) -> str:
    return f"{rank.low} %" if rank.below is not None else t("report.cohort_span", lang, low=rank.low, high=rank.high)


def _compared(number: str, item: Comparison, lang: Lang) -> Compared:
    benchmark = item.benchmark
    unit = benchmark.unit[lang]
    theirs = published(benchmark, lang)
    good: bool | None
    if isinstance(item.value, bool):
        ours = t("yes" if item.value else "no", lang)
        keys = ("target_done", "target_undone") if benchmark.target else ("as_they_do", "unlike")
        gap = t(f"report.{keys[0] if item.value else keys[1]}", lang, share=theirs)
        good = item.value == (item.better == "up")
    else:
        assert item.gap is not None
        # a long unit stands once in the row, with the published figure
        ours_unit, gap_unit = ("", "") if unit != "%" else (" %", f" {t('percentage_points', lang)}")
        ours = f"{shown_score(item.value, (benchmark.value,))}{ours_unit}"
        good = None if item.gap == 0 else (item.gap > 0) == (item.better == "up")
        sign = "+" if item.gap > 0 else "−" if item.gap < 0 else "±"
        gap = f"{sign}{shown_score(abs(item.gap), (SMALLEST,))}{gap_unit}"
    row = compared(number, benchmark, ours, gap, good, lang)
    own = None if isinstance(item.value, bool) else item.value
    if unit != "%" or not all(0 <= value <= 100 for value in (own or 0, benchmark.value)):
        return row
    return row._replace(own=own, figure=benchmark.value)


def compared(number: str, benchmark: Benchmark, ours: str, gap: str, good: bool | None, lang: Lang) -> Compared:
    """A row of the benchmark table with all that must be said of the published figure."""
    caution = t("report.caution", lang, text=benchmark.caution[lang]) if benchmark.caution else ""
    return Compared(number, benchmark.title[lang], ours, published(benchmark, lang), gap, good,
                    benchmark.population[lang], as_of(benchmark, lang), dated(benchmark, lang),
                    statistic(benchmark, lang), caution)  # fmt: skip


def as_of(benchmark: Benchmark, lang: Lang) -> str:
    """The date of a figure, or the year that a target is for, as short as a column needs."""
    return t("report.by", lang, date=benchmark.as_of) if benchmark.target else benchmark.as_of


def dated(benchmark: Benchmark, lang: Lang) -> str:
    """As :func:`as_of`, in words."""
    return t("report.target_for" if benchmark.target else "report.as_of", lang, date=benchmark.as_of)


def statistic(benchmark: Benchmark, lang: Lang) -> str:
    """What a figure is an average or a share of, and whether its source says so."""
    note = t(f"statistic.{benchmark.statistic}", lang)
    if benchmark.target_of is not None:
        note = t("statistic.of", lang, target=note, kind=t(f"statistic.{benchmark.target_of}", lang))
    if benchmark.statistic_basis == "inferred":
        note += t("paren", lang, text=t("statistic.inferred", lang))
    return note


def source_notes(figures: Iterable[tuple[Benchmark, Source]], lang: Lang) -> list[str]:
    """Which source each of these figures, numbered from 1, comes from."""
    by_source: dict[str, list[str]] = {}
    for number, (benchmark, source) in enumerate(figures, 1):
        seen = t("paren", lang, text=t(f"seen.{benchmark.seen}", lang))
        by_source.setdefault(source.title[lang] + seen, []).append(str(number))
    return [t("report.benchmark_source", lang, numbers=", ".join(numbers), source=source)
            for source, numbers in by_source.items()]  # fmt: skip


def _finding(indicator: IndicatorResult, sign: Literal["+", "-"], lang: Lang) -> Finding:
    text = indicator.reason[lang]
    if sign == "-" and indicator.points is not None and indicator.max_points is not None:
        text += t("report.left", lang, points=shown_score(indicator.max_points - indicator.points))
    if sign == "-" and indicator.wanted is not None:
        text += t("report.wanted", lang, grade=indicator.wanted)
    label = indicator.question if indicator.code is None else f"{indicator.code} {indicator.question}"
    return Finding(sign, indicator.title[lang], text, label)


def _steps(a: Assessment, lang: Lang) -> Iterator[Block]:
    """What the next level's conditions need first, then where points are to be had, the most first."""
    if a.range is not None:
        yield Heading(t("report.steps", lang))
        yield Sentence(t("report.steps_open", lang, count=sum(item.required for item in a.open)))
        return
    if not a.steps:
        return
    yield Heading(t("report.steps", lang), t("report.steps_note", lang))
    if a.missing_points:
        yield Sentence(t("report.steps_points", lang, level=a.next_level, points=_missing(a.missing_points)))
    titles = {gate.id: t("steps.gate", lang, title=gate.title, missing=_condition(a, gate, lang).missing or "–")
              for gate in a.gates}  # fmt: skip
    groups: dict[tuple[str, ...], list[Step]] = {}
    for step in a.steps:
        groups.setdefault(step.gates, []).append(step)
    for gates, steps in groups.items():
        if gates:
            names = t("list_semicolon", lang).join(titles[gate] for gate in gates)
            title = t("steps.gates", lang, level=a.next_level, names=names)
        else:
            title = t("steps.points", lang)
        keys = ("table.indicator", "steps.now", "steps.to", "steps.gain")[: 4 if a.scored else 3]
        heads = tuple(t(key, lang) for key in keys)
        rows = tuple(_step(step, lang)[: len(keys)] for step in steps)
        yield Table(title, heads, rows, (3,) if a.scored else (), within=True, long=True)


def _step(step: Step, lang: Lang) -> tuple[str, ...]:
    gain = _gain(step.gain)
    if step.gain_high is not None:
        gain = t("steps.range", lang, low=gain, high=_gain(step.gain_high))
    if step.level is not None:
        gain += t("steps.reaches", lang, level=step.level)
    return f"{step.title[lang]} ({step.label})", step.now[lang], step.to[lang], gain


def _gain(points: Decimal) -> str:
    sign = "+" if points > 0 else "−" if points else "±"
    return f"{sign}{shown_score(abs(points), (SMALLEST,))}" if points else "±0"


def _sections(a: Assessment, lang: Lang) -> Iterator[tuple[str, tuple[Told, ...]]]:
    for title, answers in groupby(a.answers, key=lambda answer: answer.section):
        yield title[lang], tuple(_told(answer, lang) for answer in answers)


def _told(answer: Answer, lang: Lang) -> Told:
    mark, worth = "", t("list_semicolon", lang).join(dict.fromkeys(text[lang] for text in answer.worth))
    if answer.state != "answered":
        # a rule's own words for an open or unknown answer say what it counts as, too
        mark, worth = worth or t(f"mark.{answer.state}", lang), ""
    return Told(
        answer.label, answer.question, answer.text[lang], answer.state, mark,
        answer.told[lang] if answer.told is not None else "", worth, _line(answer.note or ""),
        tuple(map(_line, answer.evidence)),
    )  # fmt: skip


def _line(text: str) -> str:
    """Text of a user on one line."""
    return printable(" ".join(text.split()))


def told_lines(row: Told, lang: Lang) -> list[tuple[str, str]]:
    """What is said of an answer, by name: the answer or its state, what it brings, note, evidence."""
    answer = row.answer or row.mark
    if row.answer and row.mark:
        answer = f"{row.mark}{t('paren', lang, text=row.answer)}"
    lines = [("answers.told", answer), ("answers.worth", row.worth), ("answers.note", row.note)]
    lines += [("answers.evidence", t("list_semicolon", lang).join(row.evidence))]
    return [(t(key, lang), value) for key, value in lines if value]


def _lists(a: Assessment, lang: Lang) -> Iterator[Block]:
    named: Sequence[tuple[str, tuple[Listed, ...]]] = (
        ("open", a.open), ("unknown", a.unknown), ("na", a.na), ("hidden", a.hidden),
    )  # fmt: skip
    rows = []
    for key, listed in named:
        if listed:
            rows.append((t(f"lists.{key}", lang), t("list_comma", lang).join(_listed(item, lang) for item in listed)))
    if a.assumed:
        rows.append((t("lists.assumed", lang), t("list_comma", lang).join(a.assumed)))
    if rows:
        yield Heading(t("report.lists", lang))
        yield Lines(tuple(rows))


def _listed(item: Listed, lang: Lang) -> str:
    text = item.label if item.label == item.question else f"{item.label} {item.question}"
    if item.answer:
        text += f" = {_line(item.answer)}"
    return text if item.required else t("lists.compared_only", lang, name=text)


def method(a: Assessment | Summary, lang: Lang) -> Iterator[tuple[str, str]]:
    """By which rules a result came about, and where these come from."""
    yield t("method.model", lang), f"{a.title[lang]} ({a.model})"
    if a.profile is not None:
        yield t("profile.name", lang), profile_name(a.profile, lang)
    counts = dict(a.sources)
    yield t("method.rules", lang), t("method.counts", lang, **counts)
    for source in a.documents:
        number = f" {source.number}" if source.number else ""
        yield (
            t("method.source", lang),
            f"{source.title[lang]}{number}{t('paren', lang, text=t(f'seen.{source.seen}', lang))}",
        )
    yield t("method.digest", lang), a.digest


def percent_of(value: Decimal) -> str:
    """A completeness; never 100 while something is open."""
    return shown_score(value * 100, (Decimal(100),), 0)
