"""What other answers would change, as blocks. Nothing is computed here."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from bamai.assessment import Assessment, DimensionResult, IndicatorResult, shown_score
from bamai.changes import answer_words, meaning_words
from bamai.report.comparison import DASH, outcome, score_words, signed, standing
from bamai.report.content import SMALLEST, Block, Heading, Lines, Sentence, Table, name_of, percent_of, short_level
from bamai.report.profile import profile_note
from bamai.texts import Lang, printable, t
from bamai.whatif import Changed, WhatIf, difference


def whatif_blocks(w: WhatIf, lang: Lang) -> Iterator[Block]:
    """The verdict, the answers that were replaced, totals and dimensions, conditions and indicators that differ."""
    yield Heading(t("whatif.title", lang), w.before.title[lang])
    yield Lines(((t("whatif.file", lang), f"{name_of(w.before, lang)} · {printable(w.file)}"),))
    if w.before.profile is not None:
        yield Sentence(profile_note(w.before.profile, w.before.model, lang), "warning")
    if w.before.range is not None or w.after.range is not None:
        yield Sentence(t("compare.incomplete", lang), "warning")
    yield Sentence(_verdict(w, lang))
    yield Heading(t("whatif.answers", lang))
    yield Lines(tuple((f"{c.title[lang]} ({c.question.label})", _move(c, lang)) for c in w.changes))
    if w.aside:
        names = tuple(f"{question.text[lang]} ({question.label})" for question in w.aside)
        yield Sentence(t("whatif.aside", lang, names=names))
    yield _overview(w, lang)
    heads = (t("whatif.before", lang), t("whatif.after", lang))
    if w.gates:
        rows = tuple(
            (t("compare.condition", lang, level=before.level, title=before.title), outcome(before), outcome(after))
            for before, after in w.gates
        )
        yield Table(t("whatif.gates", lang), (t("table.condition", lang), *heads), rows, (1, 2))
    if w.indicators:
        listed = tuple(
            (f"{before.title[lang]} ({before.label})", _value(before, lang), _value(after, lang),
             _change(_moved(before, after)))
            for before, after in w.indicators
        )  # fmt: skip
        columns = (t("table.indicator", lang), *heads, t("compare.change", lang))
        title = "whatif.indicators" if w.before.scored else "whatif.indicators_unscored"
        yield Table(t(title, lang), columns, listed, (1, 2, 3))
    if w.equal:
        yield Sentence(t("compare.equal", lang, count=w.equal))


def _verdict(w: WhatIf, lang: Lang) -> str:
    if not w.indicators and not w.gates:
        return t("whatif.nothing", lang, before=standing(w.before, lang))
    both = {"before": standing(w.before, lang), "after": standing(w.after, lang)}
    if w.change is None:
        return t("whatif.verdict_open", lang, **both)
    return t("whatif.verdict", lang, **both, change=signed(w.change))


def _move(changed: Changed, lang: Lang) -> str:
    question, before, after, hidden = changed.question, changed.before, changed.after, changed.hidden
    text = f"{answer_words(question, before, lang)} → {answer_words(question, after, lang)}"
    meaning = meaning_words(question, before, after, lang)
    if meaning:
        text += f"{t('colon', lang)}{meaning}"
    if before == after:
        text += t("paren", lang, text=t("whatif.same", lang))
    return text + (t("paren", lang, text=t("whatif.hidden", lang)) if hidden else "")


def _overview(w: WhatIf, lang: Lang) -> Table:
    sides = (w.before, w.after)
    rows = [(t("table.level", lang), *(_levels(a, lang) for a in sides), "")]
    if w.before.scored:
        rows.append((t("report.total_score", lang), *map(score_words, sides), _change(w.change)))
    for before, after in w.dimensions:
        cells = (_score(w.before, before, lang), _score(w.after, after, lang))
        rows.append((before.title[lang], *cells, _change(difference(before.score, after.score))))
    if w.before.completeness != w.after.completeness:
        rows.append((t("compare.completeness", lang), *(f"{percent_of(a.completeness)} %" for a in sides), ""))
    heads = (t("table.dimension", lang), t("whatif.before", lang), t("whatif.after", lang), t("compare.change", lang))
    return Table(t("compare.overview", lang), heads, tuple(rows), (1, 2, 3))


def _levels(a: Assessment, lang: Lang) -> str:
    levels = a.range[2:] if a.range else (str(a.level),)
    return "–".join(dict.fromkeys(short_level(level, lang) for level in levels))


def _score(a: Assessment, dimension: DimensionResult, lang: Lang) -> str:
    limits = a.thresholds.get(dimension.id, ())
    if dimension.low is None or dimension.high is None:
        return t("state.na", lang)
    return "–".join(dict.fromkeys(shown_score(side, limits) for side in (dimension.low, dimension.high)))


def _value(indicator: IndicatorResult, lang: Lang) -> str:
    """Points of the total, with the grade where there is one; the state where there are neither."""
    if indicator.state != "answered":
        return t(f"mark.{indicator.state}", lang)
    grade = "" if indicator.grade is None else t("change.grade", lang, grade=indicator.grade)
    if indicator.points is None:
        return grade
    points = shown_score(indicator.points, (SMALLEST,))
    return points + (t("paren", lang, text=grade) if grade else "")


def _moved(before: IndicatorResult, after: IndicatorResult) -> Decimal | None:
    """By how many points an indicator changes; by how many grades where it has no points."""
    if before.points is None and after.points is None:
        grades = (None if grade is None else Decimal(grade) for grade in (before.grade, after.grade))
        return difference(*grades)
    return difference(before.points, after.points)


def _change(change: Decimal | None) -> str:
    return DASH if change is None else signed(change)
