"""What a road map says, as blocks. Nothing is computed here."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from bamai.assessment import Assessment, plain_decimal
from bamai.changes import answer_words, meaning_words
from bamai.questionnaire import Question
from bamai.report.appearance import MET
from bamai.report.comparison import DASH, outcome, signed, standing
from bamai.report.content import (
    Block,
    Condition,
    Conditions,
    Heading,
    Lines,
    Sentence,
    Table,
    gate_needs,
    gate_number,
    gate_unit,
    level_words,
    name_of,
    score_text,
    short_level,
)
from bamai.report.profile import profile_note
from bamai.roadmap.mapping import Blocked, Counts, RoadMap, Step
from bamai.texts import Lang, printable, t

MANY = 6
"""Names that are listed before the rest is counted."""


def roadmap_blocks(m: RoadMap, lang: Lang) -> Iterator[Block]:
    """The verdict, the steps in order, why a level is out of reach, what stays, and how to read it."""
    a = m.before
    yield Heading(t("roadmap.title", lang), a.title[lang])
    yield Lines(((t("whatif.file", lang), f"{name_of(a, lang)} · {printable(m.file)}"),))
    if a.profile is not None:
        yield Sentence(profile_note(a.profile, a.model, lang), "warning")
    if a.assumed:
        yield Sentence(t("roadmap.open", lang, count=len(a.assumed)), "warning")
    yield Sentence(_verdict(m, lang))
    served = _served(m)
    if m.steps:
        if served or m.target:
            yield _conditions(m, served, lang)
        yield _steps(m, served, lang)
        if m.reached:
            yield Sentence(t(_of_scores(m, "roadmap.order" if m.budget is None else "roadmap.order_budget"), lang))
        if m.efforts.illustrative:
            yield Sentence(t("roadmap.illustrative", lang), "warning")
    if m.blocked:
        yield Heading(t("roadmap.blocked", lang))
        yield Conditions(tuple(_blocked(m, one, lang) for one in m.blocked))
    if m.highest is not None:
        yield Sentence(t("roadmap.highest", lang, level=level_words(m.before, m.highest, lang)))
    if m.held:
        yield Heading(t("roadmap.held", lang))
        rows = ((t(f"roadmap.why_{why}", lang), _names(questions, lang)) for why, questions in m.held.items())
        yield Lines(tuple(rows), small=True)


def _verdict(m: RoadMap, lang: Lang) -> str:
    before, after = standing(m.before, lang), standing(m.after, lang)
    effort = _effort(m, m.effort, lang)
    if m.budget is not None:
        key = "roadmap.verdict_budget" if m.steps else _of_scores(m, "roadmap.verdict_budget_none")
        budget = _effort(m, m.budget, lang)
        return t(key, lang, budget=budget, before=before, after=after, effort=effort, count=len(m.steps))
    assert m.target is not None
    level = level_words(m.before, m.target, lang)
    if not m.reached:
        key = "roadmap.verdict_never" if m.blocked else "roadmap.verdict_not_together"
        return t(key, lang, level=level, before=before)
    if not m.steps:
        return t("roadmap.verdict_there", lang, level=level, before=before)
    return t("roadmap.verdict", lang, level=level, before=before, after=after, effort=effort, count=len(m.steps))


def _of_scores(m: RoadMap, key: str) -> str:
    """The text for a model with or without a total score."""
    return key if m.before.scored else f"{key}_unscored"


def _effort(m: RoadMap, effort: Decimal, lang: Lang) -> str:
    return f"{plain_decimal(effort)} {m.efforts.unit[lang]}"


def _served(m: RoadMap) -> dict[str, int]:
    """Numbers of the conditions that steps serve, in the order of levels."""
    named = {gate for step in m.steps for gate in step.gates}
    return {gate.id: number for number, gate in enumerate((g for g in m.before.gates if g.id in named), 1)}


def _conditions(m: RoadMap, served: dict[str, int], lang: Lang) -> Table:
    """Conditions not met so far, now and then."""
    rows = []
    for level in m.before.levels:
        if m.target is not None and level.score is not None and not level.score_met:
            title = t("compare.condition", lang, level=level.id, title=t("report.total_score", lang))
            rows.append((title, *(_mark(a, level.id) for a in (m.before, m.after))))
        for before, after in zip(m.before.gates, m.after.gates, strict=True):
            if before.id in served and before.level == level.id:
                title = t("compare.condition", lang, level=level.id, title=before.title)
                rows.append((f"[{served[before.id]}] {title}", outcome(before), outcome(after)))
        if level.id == m.target:
            break
    heads = (t("table.condition", lang), t("whatif.before", lang), t("whatif.after", lang))
    return Table(t("roadmap.conditions", lang), heads, tuple(rows), (1, 2))


def _mark(a: Assessment, level: str) -> str:
    """Whether the total score is enough for *level*, with what it is."""
    asked = next(outcome for outcome in a.levels if outcome.id == level)
    assert asked.score is not None
    score = score_text(a, a.score or Decimal(0))
    return f"{MET[asked.score_met].sign}\u00a0{score}/{plain_decimal(asked.score)}"


def _steps(m: RoadMap, served: dict[str, int], lang: Lang) -> Table:
    scored = m.before.scored
    score = (t("report.total_score", lang),) if scored else ()
    heads = ("", t("roadmap.effort", lang), *score, t("table.level", lang))
    rows = [
        (f"{number} {_told(step, served, lang)}", plain_decimal(step.effort),
         *([score_text(m.before, step.score)] if scored else []), short_level(step.level, lang))
        for number, step in enumerate(m.steps, 1)
    ]  # fmt: skip
    return Table(t("roadmap.steps", lang), heads, tuple(rows), tuple(range(1, len(heads))))


def _told(step: Step, served: dict[str, int], lang: Lang) -> str:
    question = step.question
    text = f"{step.title[lang]} ({question.label}){t('colon', lang)}"
    text += f"{answer_words(question, step.before, lang)} → {step.after_words(lang)}"
    meaning = meaning_words(question, step.before, step.after, lang)
    if meaning:
        text += t("paren", lang, text=meaning)
    if step.counts is not None:
        text += t("paren", lang, text=_counts(step.counts, lang))
    whys = [t("roadmap.fixed", lang)] if step.fixed else []
    if step.points:
        whys.append(t("roadmap.points", lang, points=signed(step.points)))
    if step.gates:
        whys.append(t("roadmap.serves", lang, numbers=" ".join(f"[{served[gate]}]" for gate in step.gates)))
    return text + (f"\n· {t('list_semicolon', lang).join(whys)}" if whys else "")


def _counts(counts: Counts, lang: Lang) -> str:
    unit = counts.part.unit[lang] if counts.part.unit else ""
    to = counts.after if counts.past is None else counts.past
    more = to - counts.before
    sign = "+" if counts.after > counts.before else "−"
    after = plain_decimal(to)
    if counts.past is not None:
        after = t("change.above" if sign == "+" else "change.below", lang, line=after)
    return t("roadmap.counts", lang, before=plain_decimal(counts.before), after=after,
             change=f"{sign}{plain_decimal(abs(more))}", whole=plain_decimal(counts.whole), unit=unit)  # fmt: skip


def _blocked(m: RoadMap, one: Blocked, lang: Lang) -> Condition:
    title = t("report.total_score", lang) if one.title is None else one.title[lang]
    text = t("compare.condition", lang, level=one.level, title=title)
    unit = gate_unit(one.unit)
    best = DASH if one.best is None else gate_number(one.best, one.unit, one.needs)
    listed = [
        f"{t(f'roadmap.why_{why}', lang)}{t('colon', lang)}{_names(questions, lang)}"
        for why, questions in one.reasons.items()
    ]
    detail = t("roadmap.at_most", lang, best=f"{best}{unit}") + "".join(f"\n{line}" for line in listed)
    gate = next((gate for gate in m.before.gates if gate.id == one.id), None)
    if gate is None:
        return Condition(False, text, plain_decimal(one.needs), score_text(m.before, m.before.score or Decimal(0)), "",
                         detail)  # fmt: skip
    has = DASH if gate.has is None else gate_number(gate.has, gate.unit, gate.needs)
    return Condition(False, text, gate_needs(gate) + unit, has + unit, "", detail)


def _names(questions: tuple[Question, ...], lang: Lang) -> str:
    names = t("list_comma", lang).join(question.label for question in questions[:MANY])
    return names + (t("report.more", lang, count=len(questions) - MANY) if len(questions) > MANY else "")
