"""What a comparison says, as blocks. Nothing is computed here."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from string import ascii_uppercase

from bamai.assessment import Assessment, GateOutcome, IndicatorResult, plain_decimal, shown_score
from bamai.comparing import Comparing, IndicatorRow, Row, Side
from bamai.report.appearance import MET
from bamai.report.content import (
    SMALLEST,
    Block,
    Heading,
    Lines,
    Sentence,
    Table,
    gate_needs,
    gate_number,
    level_words,
    name_of,
    percent_of,
    published,
    score_bounds,
    score_text,
    short_level,
    source_notes,
)
from bamai.report.profile import profile_note
from bamai.texts import Lang, printable, t

DASH = "–"


def comparison_blocks(c: Comparing, lang: Lang) -> Iterator[Block]:
    """The comparison: who, in a sentence, totals and dimensions, conditions, indicators that differ, figures."""
    names = _names(c, lang)
    yield Heading(t("compare.title", lang), "" if c.mixed else c.sides[0].assessment.title[lang])
    yield Lines(tuple((name, _about(c, side, lang)) for name, side in zip(names, c.sides, strict=True)))
    profile = c.sides[0].assessment.profile  # of a whole run, so of every side
    if profile is not None:
        yield Sentence(profile_note(profile, c.sides[0].assessment.model, lang), "warning")
    if c.mixed:
        yield Sentence(t("compare.mixed", lang), "warning")
    if any(side.assessment.range is not None for side in c.sides):
        yield Sentence(t("compare.incomplete", lang), "warning")
    yield Sentence(_verdict(c, names, lang))
    yield _overview(c, names, lang)
    if c.gates:
        rows = tuple(
            (t("compare.condition", lang, level=gate.level, title=gate.title), *(outcome(o) for o in gate.outcomes))
            for gate in c.gates
        )
        yield Table(t("compare.gates", lang), (t("table.condition", lang), *names), rows, _right(len(names)))
    for graded, key in ((False, "compare.points"), (True, "compare.grades")):
        items = [item for item in c.indicators if item.graded is graded]
        if items:
            heads = (t("table.indicator", lang), *names, _change_head(c, lang))
            listed = tuple(
                (f"{i.row.title[lang]} ({i.row.label})", *_values(i, lang), _change(c, i.row)) for i in items
            )
            yield Table(t(key, lang), heads, listed, _right(len(names) + 1))
    if c.equal:
        yield Sentence(t("compare.equal", lang, count=c.equal))
    if c.figures:
        heads = (t("table.metric", lang), t("table.theirs", lang), *names)
        listed = tuple(
            (f"{number} {figure.benchmark.title[lang]} ({figure.benchmark.as_of})", published(figure.benchmark, lang),
             *(_ours(value, figure.benchmark.value, figure.benchmark.unit.en == "%", lang) for value in figure.values))
            for number, figure in enumerate(c.figures, 1)
        )  # fmt: skip
        yield Table(t("report.benchmarks", lang), heads, listed, _right(len(names) + 1))
        for note in source_notes(((figure.benchmark, figure.source) for figure in c.figures), lang):
            yield Sentence(note)
    yield Heading(t("report.method", lang))
    editions = dict.fromkeys((side.assessment.title[lang], side.assessment.model, side.assessment.digest)
                             for side in c.sides)  # fmt: skip
    lines = []
    for title, model, digest in editions:
        lines += [(t("method.model", lang), f"{title} ({model})"), (t("method.digest", lang), digest)]
    yield Lines(tuple(lines), small=True)


def _names(c: Comparing, lang: Lang) -> tuple[str, ...]:
    """What the columns are called: dates of one enterprise, short names of several, else letters."""
    dates = [side.assessment.assessed_on or "" for side in c.sides]
    if c.same and all(dates) and len(set(dates)) == len(dates):
        return tuple(dates)
    names = [name_of(side.assessment, lang) for side in c.sides]
    if not c.same and len(set(names)) == len(names) and all(len(name) <= 6 for name in names):
        return tuple(names)
    return tuple(ascii_uppercase[n] if n < len(ascii_uppercase) else str(n + 1) for n in range(len(c.sides)))


def _about(c: Comparing, side: Side, lang: Lang) -> str:
    a = side.assessment
    parts = [name_of(a, lang), a.assessed_on or "", a.assessor or "", a.model if c.mixed else "", side.file]
    return " · ".join(printable(part) for part in parts if part)


def standing(a: Assessment, lang: Lang) -> str:
    """Level and score, as spans where the result is incomplete."""
    if a.range is not None:
        low, high = (level_words(a, level, lang) for level in (a.range.level_low, a.range.level_high))
        level = low if low == high else f"{low}–{high}"
    else:
        level = level_words(a, str(a.level), lang)
    return t("compare.standing", lang, level=level, score=score_words(a)) if a.scored else level


def score_words(a: Assessment) -> str:
    """The total score, or the span of it; a dash where the model has none."""
    low, high = score_bounds(a)
    if low is None or high is None:
        return DASH
    return "–".join(dict.fromkeys(score_text(a, side) for side in (low, high)))


def _verdict(c: Comparing, names: tuple[str, ...], lang: Lang) -> str:
    first, last = c.sides[0].assessment, c.sides[-1].assessment
    if c.same:
        change = DASH if c.total.change is None else signed(c.total.change)
        key = "compare.verdict_same" if first.scored or last.scored else "compare.verdict_same_unscored"
        return t(key, lang, name=name_of(last, lang), before=standing(first, lang), after=standing(last, lang),
                 change=change)  # fmt: skip
    known = [(value, n) for n, value in enumerate(c.total.values) if value is not None]
    if c.mixed or len(known) < 2:
        return t("compare.verdict_open", lang, count=len(c.sides))
    # of equal ones the first is named as the highest and the last as the lowest
    (high, best), (low, worst) = (choose(known, key=lambda one: (one[0], -one[1])) for choose in (max, min))
    highest, lowest = (standing(c.sides[n].assessment, lang) for n in (best, worst))
    return t("compare.verdict_several", lang, count=len(c.sides), best=names[best], highest=highest,
             worst=names[worst], lowest=lowest, spread=shown_score(high - low, (SMALLEST,)))  # fmt: skip


def _overview(c: Comparing, names: tuple[str, ...], lang: Lang) -> Table:
    sides = [side.assessment for side in c.sides]
    levels = tuple(
        "–".join(dict.fromkeys(short_level(level, lang) for level in (a.range[2:] if a.range else (str(a.level),))))
        for a in sides
    )
    rows: list[tuple[str, ...]] = [(t("table.level", lang), *levels, "")]
    if any(a.scored for a in sides):
        rows.append((t("report.total_score", lang), *map(score_words, sides), _change(c, c.total)))
    for row in c.dimensions:
        cells = []
        for side in sides:
            found = next(dimension for dimension in side.dimensions if dimension.id == row.id)
            limits = side.thresholds.get(row.id, ())
            if found.low is None or found.high is None:
                cells.append(t("state.na", lang))
            elif found.score is None:
                cells.append(f"{shown_score(found.low, limits)}–{shown_score(found.high, limits)}")
            else:
                cells.append(shown_score(found.score, limits))
        rows.append((row.title[lang], *cells, _change(c, row)))
    rows.append((t("compare.completeness", lang), *(f"{percent_of(a.completeness)} %" for a in sides), ""))
    heads = (t("table.dimension", lang), *names, _change_head(c, lang))
    return Table(t("compare.overview", lang), heads, tuple(rows), _right(len(names) + 1))


def _right(count: int) -> tuple[int, ...]:
    return tuple(range(1, count + 1))


def _change_head(c: Comparing, lang: Lang) -> str:
    return t("compare.change" if c.same else "compare.spread", lang)


def _change(c: Comparing, row: Row) -> str:
    if row.change is None:
        return DASH
    return signed(row.change) if c.same else shown_score(row.change, (SMALLEST,))


def signed(change: Decimal) -> str:
    """A change with its sign; zero is said as ±0."""
    if not change:
        return "±0"
    sign = "+" if change > 0 else "−"
    shown = (
        plain_decimal(abs(change)) if change == change.to_integral_value() else shown_score(abs(change), (SMALLEST,))
    )
    return sign + shown


def outcome(outcome: GateOutcome | None) -> str:
    """Whether a condition is met, with what was found and what is needed."""
    if outcome is None:
        return DASH
    has = DASH if outcome.has is None else gate_number(outcome.has, outcome.unit, outcome.needs)
    if outcome.has_high is not None:
        has += f"–{gate_number(outcome.has_high, outcome.unit, outcome.needs)}"
    return f"{MET[outcome.met].sign} {has}/{gate_needs(outcome)}".replace(" ", "\u00a0")


def _values(item: IndicatorRow, lang: Lang) -> tuple[str, ...]:
    def told(value: Decimal | None, result: IndicatorResult | None) -> str:
        if result is None:
            return DASH
        if value is None or result.state != "answered":
            return t(f"mark.{result.state}", lang)
        return plain_decimal(value) if item.graded else shown_score(value, (SMALLEST,))

    return tuple(told(value, result) for value, result in zip(item.row.values, item.results, strict=True))


def _ours(value: Decimal | bool | None, limit: Decimal, share: bool, lang: Lang) -> str:
    if value is None:
        return DASH
    if isinstance(value, bool):
        return t("yes" if value else "no", lang)
    return shown_score(value, (limit,)) + (" %" if share else "")
