"""What other answers would change: one plant's result as it stands, and with some answers replaced."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from bamai.answers import ANSWERED, OPEN, Answers, Cell, Columns, judge_rows
from bamai.assessing import assess
from bamai.assessment import Assessment, DimensionResult, GateOutcome, IndicatorResult
from bamai.catalog import Edition
from bamai.changes import Change, answer_words, cell_of, changed, changed_entries, meaning_words, question_title
from bamai.questionnaire import Question
from bamai.schema import Text
from bamai.texts import Lang

SCHEMA = "bamai.whatif/1"


class Changed(NamedTuple):
    """One answer before and after. ``hidden``: other answers hide the question, so that this one counts for nothing."""

    question: Question
    title: Text
    before: Cell
    after: Cell
    hidden: bool


class WhatIf(NamedTuple):
    """Both results and what differs between them, in the order of the questionnaire.

    Attributes:
        aside: counts that a rate given directly took the place of.
        dimensions: the scored ones, all of them.
        gates: those that are met in one result and not in the other.
        indicators: those whose state, points or grade differ; ``equal`` more do not.
    """

    file: str
    changes: tuple[Changed, ...]
    aside: tuple[Question, ...]
    before: Assessment
    after: Assessment
    dimensions: tuple[tuple[DimensionResult, DimensionResult], ...]
    gates: tuple[tuple[GateOutcome, GateOutcome], ...]
    indicators: tuple[tuple[IndicatorResult, IndicatorResult], ...]
    equal: int

    @property
    def change(self) -> Decimal | None:
        """Points of the total score that the answers bring; None while one of the results is incomplete."""
        return difference(self.before.score, self.after.score)

    def data(self, lang: Lang) -> dict[str, Any]:
        """As plain data: schema ``bamai.whatif/1``, texts in *lang*, numbers as exact decimals, pairs as lists."""
        return {
            "schema": SCHEMA,
            "lang": lang,
            "file": self.file,
            "model": self.before.model,
            "profile": self.before.profile.data(lang) if self.before.profile else None,
            "digest": self.before.digest,
            "changes": [
                {"question": q.id, "label": q.label, "title": title[lang], "before": answer_words(q, before, lang),
                 "after": answer_words(q, after, lang), "meaning": meaning_words(q, before, after, lang) or None,
                 "hidden": hidden}
                for q, title, before, after, hidden in self.changes
            ],
            "put_aside": [question.id for question in self.aside],
            "before": _result(self.before),
            "after": _result(self.after),
            "change": self.change,
            "dimensions": [
                {"id": before.id, "title": before.title[lang], "scores": [before.score, after.score],
                 "low": [before.low, after.low], "high": [before.high, after.high],
                 "change": difference(before.score, after.score)}
                for before, after in self.dimensions
            ],
            "gates": [
                {"id": before.id, "level": before.level, "title": before.title[lang], "needs": before.needs,
                 "met": [before.met, after.met], "has": [before.has, after.has]}
                for before, after in self.gates
            ],
            "indicators": [
                {"id": before.id, "label": before.label, "title": before.title[lang],
                 "states": [before.state, after.state], "points": [before.points, after.points],
                 "change": difference(before.points, after.points), "grades": [before.grade, after.grade],
                 "reasons": [before.reason[lang], after.reason[lang]]}
                for before, after in self.indicators
            ],
            "equal_indicators": self.equal,
        }  # fmt: skip


def what_if(
    edition: Edition, file: str, answers: Answers, columns: Columns, changes: Mapping[str, Change], *,
    missing_lowest: bool = False,
) -> WhatIf:  # fmt: skip
    """The results of *answers* as they stand and with *changes* in them.

    Args:
        columns: the answers as the judge read them, each of length one.
        missing_lowest: count open answers as the worst, before and after.
    Raises:
        UsageError: the answers do not hold together with the changes; each problem names its arguments.
    """
    given, aside = changed(edition, columns, dict(changes))
    before = assess(edition, answers, columns, missing_lowest=missing_lowest)
    entries = changed_entries(answers.entries, dict(changes), aside)
    other = Answers(answers.model, answers.enterprise, answers.assessor, answers.assessed_on, entries)
    after = assess(edition, other, given, missing_lowest=missing_lowest)
    hidden = judge_rows(edition, given).hidden
    listed = tuple(
        Changed(question, question_title(edition, name), _answer(edition, columns, name), _answer(edition, given, name),
                name in hidden and bool(hidden[name][0]))
        for name, question in edition.questions.items()
        if name in changes
    )  # fmt: skip
    indicators = tuple(zip(before.indicators.values(), after.indicators.values(), strict=True))
    differing = tuple(pair for pair in indicators if _counted(pair[0]) != _counted(pair[1]))
    return WhatIf(
        file,
        listed,
        tuple(edition.questions[name] for name in aside),
        before,
        after,
        tuple((b, a) for b, a in zip(before.dimensions, after.dimensions, strict=True) if b.scored),
        tuple((b, a) for b, a in zip(before.gates, after.gates, strict=True) if b.met != a.met),
        differing,
        len(indicators) - len(differing),
    )


def difference(before: Decimal | None, after: Decimal | None) -> Decimal | None:
    """The change of a quantity; None where one side does not have it."""
    return None if before is None or after is None else after - before


def _answer(edition: Edition, columns: Columns, name: str) -> Cell:
    """What stands for a question: what was given, or what counts make of a rate that was not."""
    cell = cell_of(columns, name)
    if cell.state != OPEN:
        return cell
    made = cell_of(judge_rows(edition, columns).columns, name)
    return made if made.state == ANSWERED else cell


def _counted(indicator: IndicatorResult) -> tuple[object, ...]:
    return indicator.state, indicator.points, indicator.grade


def _result(a: Assessment) -> dict[str, Any]:
    return {
        "status": a.status,
        "completeness": a.completeness,
        "score": a.score,
        "level": a.level,
        "scored_level": a.scored_level,
        "range": a.range._asdict() if a.range else None,
    }
