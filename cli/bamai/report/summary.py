"""What the summary of a batch says, as blocks: in brief for a screen, and in full. Nothing is computed here."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from bamai.assessment import plain_decimal, shown_score
from bamai.model import NO_LEVEL
from bamai.report.content import (
    SMALLEST,
    Bar,
    Bars,
    Block,
    ComparedTable,
    Heading,
    Lines,
    Sentence,
    Table,
    compared,
    dated,
    method,
    published,
    source_notes,
    statistic,
)
from bamai.report.profile import profile_note
from bamai.texts import Lang, t

if TYPE_CHECKING:
    from bamai.batch.summary import Blocker, Figure, Grouping, GroupSummary, LevelCount, Spread, Summary

TOP = 5
"""Groups, figures and conditions that the brief form names."""

_LIKE_FOR_LIKE = ("mean_of_rates", "share_of_enterprises")


def brief(summary: Summary, lang: Lang) -> Iterator[Block]:
    """About a screenful: levels, scores, the largest groups, the newest figures, what holds most back."""
    yield from _opening(summary, lang)
    if summary.counts.complete:
        yield Heading(t("summary.levels", lang))
        yield Bars(tuple(_level_bar(level, lang) for level in summary.levels))
        if summary.scores:
            yield Heading(t("summary.scores", lang), t("summary.scores_note", lang))
            yield Bars(tuple(_spread_bar(item.title[lang], item.spread, lang) for item in summary.scores))
    lines = [(t(f"summary.{grouping.kind}", lang), _largest(grouping, lang, scored=bool(summary.scores)))
             for grouping in summary.groupings if _says_something(grouping)]  # fmt: skip
    if lines:
        note = "summary.groups_note" if summary.scores else "summary.groups_unscored"
        yield Heading(t("summary.groups", lang), t(note, lang))
        yield Lines(tuple(lines))
    yield from _newest(summary, lang)
    if summary.blockers:
        yield _blockers(summary, TOP, lang)


def full(summary: Summary, lang: Lang) -> Iterator[Block]:
    """Everything."""
    yield from _opening(summary, lang)
    if summary.disclaimer is not None:
        yield Sentence(summary.disclaimer[lang], "warning")
    heads = _heads(("level", "title", "count", "share"), lang)
    rows = tuple((_short(level.id, lang), level.title[lang], f"{level.results:,}", _percent(level.share))
                 for level in summary.levels)  # fmt: skip
    yield Table(t("summary.levels", lang), heads, rows, (2, 3))
    if summary.scores:
        heads = _heads(("dimension", "complete", "mean", "q1", "median", "q3"), lang)
        spreads = ((item.title[lang], item.spread) for item in summary.scores)
        scores = tuple((title, f"{spread.results:,}", *_figures_of(spread, lang)) for title, spread in spreads)
        yield Table(t("summary.scores", lang), heads, scores, (1, 2, 3, 4, 5))
    levels = tuple(level.id for level in summary.levels)
    for grouping in summary.groupings:
        if _says_something(grouping):
            yield _groups(grouping, levels, lang, scored=bool(summary.scores))
    if summary.figures:
        yield Heading(t("summary.beside", lang))
        listed = tuple(
            compared(str(number), figure.benchmark, _ours(figure), _ahead(figure, lang), None, lang)
            for number, figure in enumerate(summary.figures, 1)
        )
        notes = source_notes(((figure.benchmark, figure.source) for figure in summary.figures), lang)
        yield ComparedTable(listed, tuple(notes), "table.batch", "table.ahead_or_yes")
    if summary.blockers:
        yield _blockers(summary, len(summary.blockers), lang)
    if summary.short:
        heads = _heads(("indicator", "question", "count", "share"), lang)
        rows = tuple((item.title[lang], item.code or item.question, f"{item.results:,}", _percent(item.share))
                     for item in summary.short)  # fmt: skip
        yield Table(t("summary.short", lang), heads, rows, (2, 3))
    yield Heading(t("summary.definitions", lang))
    for name in summary.definitions:
        yield Sentence(t(f"summary.define.{name}", lang))
    yield Heading(t("report.method", lang))
    yield Lines(tuple(method(summary, lang)), small=True)


def _opening(summary: Summary, lang: Lang) -> Iterator[Block]:
    counts = summary.counts
    yield Heading(t("summary.title", lang), summary.title[lang])
    if summary.profile is not None:
        yield Sentence(profile_note(summary.profile, summary.model, lang), "warning")
    text = t("summary.complete", lang, results=f"{counts.results:,}", complete=f"{counts.complete:,}",
             incomplete=f"{counts.incomplete:,}")  # fmt: skip
    if counts.refused:
        text += t("summary.refused", lang, refused=f"{counts.refused:,}")
    if counts.duplicates:
        text += t("summary.duplicates", lang, count=f"{counts.duplicates:,}")
    if summary.missing_lowest:
        text += t("summary.lowest", lang)
    if summary.lenient:
        text += t("summary.lenient", lang)
    yield Sentence(text)
    if counts.unfinished:
        yield Sentence(t("summary.unfinished", lang, count=counts.unfinished), "warning")


def _heads(keys: tuple[str, ...], lang: Lang) -> tuple[str, ...]:
    return tuple(t(f"table.{key}", lang) for key in keys)


def _short(level: str, lang: Lang) -> str:
    return t("level.none_short", lang) if level == NO_LEVEL else level


def _percent(share: Decimal | None) -> str:
    """A share in percent; neither 0 nor 100 unless it is."""
    return "–" if share is None else f"{shown_score(share * 100, (SMALLEST, Decimal(100)))} %"


def _points(value: Decimal | None) -> str:
    return "–" if value is None else shown_score(value)


def _level_bar(level: LevelCount, lang: Lang) -> Bar:
    share = (level.share or Decimal(0)) * 100
    label = level.title[lang] if level.id == NO_LEVEL else t("level.words", lang, id=level.id, title=level.title)
    return Bar(label, share, share, _percent(level.share), f"{level.results:,}")


def _spread_bar(label: str, spread: Spread, lang: Lang) -> Bar:
    if spread.median is None:
        return Bar(label, None, None, t("state.na", lang))
    return Bar(label, spread.q1, spread.q3, _points(spread.median), f"{_points(spread.q1)}–{_points(spread.q3)}")


def _figures_of(spread: Spread, lang: Lang) -> tuple[str, ...]:
    if not spread.results:
        return (t("state.na", lang),) * 4
    return tuple(_points(value) for value in (spread.mean, spread.q1, spread.median, spread.q3))


def _says_something(grouping: Grouping) -> bool:
    return bool(grouping.groups) or grouping.unrecognised is not None


def _apart(grouping: Grouping) -> list[GroupSummary]:
    return [group for group in (grouping.unrecognised, grouping.not_stated) if group is not None]


def _largest(grouping: Grouping, lang: Lang, *, scored: bool) -> str:
    def told(group: GroupSummary) -> str:
        # a number must not be torn from its group
        return f"{group.title[lang]} {group.results:,}{median(group)}".replace(" ", "\u00a0")

    def median(group: GroupSummary) -> str:
        return f" / {_points(group.spread.median)}" if scored else ""

    parts = [told(group) for group in grouping.groups[:TOP]]
    if len(grouping.groups) > TOP:
        parts.append(t("summary.more", lang, count=len(grouping.groups) - TOP))
    parts += [told(group) for group in _apart(grouping)]
    return t("list_semicolon", lang).join(parts)


def _groups(grouping: Grouping, levels: tuple[str, ...], lang: Lang, *, scored: bool) -> Table:
    keys = ("group", "count", "complete", *(("mean", "q1", "median", "q3") if scored else ()))
    rows = tuple(
        (group.title[lang], f"{group.results:,}", f"{group.spread.results:,}",
         *(_figures_of(group.spread, lang) if scored else ()), *(f"{group.levels[level]:,}" for level in levels))
        for group in (*grouping.groups, *_apart(grouping))
    )  # fmt: skip
    heads = (*_heads(keys, lang), *(_short(level, lang) for level in levels))
    return Table(t(f"summary.{grouping.kind}", lang), heads, rows, tuple(range(1, len(heads))))


def _newest(summary: Summary, lang: Lang) -> Iterator[Block]:
    """Of some metrics the newest figure: means and shares of enterprises first, which the batch has too."""
    newest: dict[str, Figure] = {}
    for figure in summary.figures:
        if figure.compared:
            newest.setdefault(figure.metric, figure)
    figures = sorted(newest.values(), key=lambda figure: figure.benchmark.statistic not in _LIKE_FOR_LIKE)[:TOP]
    if not figures:
        return
    rows = tuple(
        (f"{number} {figure.benchmark.title[lang]}", _ours(figure), published(figure.benchmark, lang),
         "–" if figure.ahead is None else _percent(figure.share))
        for number, figure in enumerate(figures, 1)
    )  # fmt: skip
    yield Table(t("summary.beside", lang), _heads(("metric", "batch", "theirs", "ahead"), lang), rows, (1, 2, 3))
    told: dict[str, list[str]] = {}
    for number, figure in enumerate(figures, 1):
        about = (statistic(figure.benchmark, lang), dated(figure.benchmark, lang))
        told.setdefault(t("list_comma", lang).join(about), []).append(str(number))
    others = len(summary.figures) - len(figures)
    compared = sorted({figure.compared for figure in figures})
    yield Sentence(t(
        "summary.populations", lang,
        told=t("list_semicolon", lang).join(f"{', '.join(numbers)}{t('colon', lang)}{name}"
                                            for name, numbers in told.items()),
        compared="–".join(f"{count:,}" for count in dict.fromkeys((compared[0], compared[-1]))),
        more=t("summary.other_figures", lang, count=others) if others else "",
    ))  # fmt: skip


def _ours(figure: Figure) -> str:
    if figure.yes is not None:
        share = None if figure.share is None else figure.share * 100
        return "–" if share is None else f"{shown_score(share, (figure.benchmark.value,))} %"
    unit = " %" if figure.benchmark.unit.en == "%" else ""
    return "–" if figure.mean is None else f"{shown_score(figure.mean, (figure.benchmark.value,))}{unit}"


def _ahead(figure: Figure, lang: Lang) -> str:
    count = figure.ahead if figure.yes is None else figure.yes
    return t("summary.ahead", lang, count=f"{count:,}", compared=f"{figure.compared:,}", share=_percent(figure.share))


def _condition(blocker: Blocker, lang: Lang) -> str:
    needs = plain_decimal(blocker.needs) + (f" {blocker.unit[lang]}" if blocker.unit else "")
    return t("summary.condition", lang, level=blocker.level, title=blocker.title, sign=blocker.sign, needs=needs)


def _blockers(summary: Summary, most: int, lang: Lang) -> Table:
    shown = summary.blockers[:most]
    rows = tuple((_condition(item, lang), f"{item.results:,}", _percent(item.share)) for item in shown)
    return Table(t("summary.blockers", lang), _heads(("condition", "count", "share"), lang), rows, (1, 2))
