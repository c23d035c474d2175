"""What `cohort show` says: one published cell, and the published cells that it is made of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bamai.cohort.complete import AXES, NOT_STATED, SCORE, UNRECOGNISED
from bamai.cohort.distribution import PERCENTILES
from bamai.cohort.published import Margin, Points, Published, Summary
from bamai.model import NO_LEVEL
from bamai.report.content import Block, Heading, Lines, Sentence, Table
from bamai.texts import Lang, printable, t

if TYPE_CHECKING:
    from bamai.catalog import Edition
    from bamai.vocabulary import Vocabulary


def cohort_blocks(
    published: Published, key: Margin, vocabulary: Vocabulary, edition: Edition | None, lang: Lang
) -> Iterator[Block]:
    """The cell of *key*: percentiles, levels, and its parts along every axis that *key* leaves open."""
    counts = published.counts
    titles = [_group(axis, part, vocabulary, lang) for axis, part in zip(AXES, key, strict=True) if part is not None]
    cell = t("list_comma", lang).join(titles) or t("cohort.everything", lang)
    yield Heading(cell, t("cohort.of", lang, model=printable(published.model), created=published.created))
    found = published.cells.get(key)
    if found is None:
        yield Sentence(t("cohort.withheld_cell", lang, least=published.min_cell))
    else:
        yield Sentence(t("cohort.enterprises", lang, number=f"{found.enterprises:,}"))
        yield _scores(found, edition, lang)
        if found.levels is not None:
            yield Heading(t("cohort.levels", lang), t("cohort.rounded", lang))
            rows = zip(published.shape.levels, found.levels, strict=True)
            yield Lines(tuple((_level(name, edition, lang), f"≈ {share} %") for name, share in rows))
    parts = 0
    for index, axis in enumerate(AXES):
        if key[index] is not None:
            continue
        inside = [
            (_group(axis, str(other[index]), vocabulary, lang), summary)
            for other, summary in published.cells.items()
            if other[index] is not None and other[:index] + other[index + 1 :] == key[:index] + key[index + 1 :]
        ]
        inside.sort(key=lambda item: -item[1].enterprises)
        parts += len(inside)
        if inside:
            heads = (t(f"cohort.{axis}", lang), t("cohort.number", lang), *_heads())
            rows_ = tuple((title, f"{s.enterprises:,}", *_points(s.percentiles[SCORE])) for title, s in inside)
            yield Table(t(f"cohort.per_{axis}", lang), heads, rows_, tuple(range(1, len(heads))))
    yield Sentence(t("cohort.withheld", lang, least=published.min_cell))
    numbers = {name: f"{number:,}" for name, number in counts._asdict().items()}
    yield Sentence(t("cohort.counts", lang, **numbers))


def _heads() -> tuple[str, ...]:
    return tuple(f"p{percent}" for percent in PERCENTILES)


def _points(points: Points | None) -> tuple[str, ...]:
    told = points or (None,) * len(PERCENTILES)
    return tuple("–" if point is None else f"{point // 100}.{point % 100:02d}" for point in told)


def _scores(found: Summary, edition: Edition | None, lang: Lang) -> Table:
    titles = {d.id: d.title[lang] for d in edition.model.dimensions} if edition is not None else {}
    rows = [
        (t("report.total_score", lang) if name == SCORE else titles.get(name, printable(name)), *_points(points))
        for name, points in found.percentiles.items()
    ]
    heads = (t("table.score", lang), *_heads())
    return Table(t("cohort.percentiles", lang), heads, tuple(rows), tuple(range(1, len(heads))))


def _level(name: str, edition: Edition | None, lang: Lang) -> str:
    if name == NO_LEVEL:
        return t("level.none_short", lang)
    titles = {level.id: level.title[lang] for level in edition.model.levels} if edition is not None else {}
    return f"{printable(name)} {titles.get(name, '')}".rstrip()


def _group(axis: str, part: str, vocabulary: Vocabulary, lang: Lang) -> str:
    if part in (UNRECOGNISED, NOT_STATED):
        return f"{t(f'cohort.{axis}', lang)}: {t(f'summary.{part}', lang)}"
    try:
        return vocabulary.title(axis, part)[lang]  # type: ignore[arg-type]
    except KeyError:
        return printable(part)
