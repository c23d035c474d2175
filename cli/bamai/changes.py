"""Answers given beside a file, ``Q=value``: read by the one judge, and put in place of what the file says."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from bamai.answers import ANSWERED, NA, NO_BAND, UNKNOWN, Cell, Column, Columns, Entry, Judge, decimal_text, judge_rows
from bamai.catalog import Edition
from bamai.checks import fold
from bamai.errors import Place, Problem, UsageError
from bamai.questionnaire import NONE, NUMERIC, Question
from bamai.schema import Text, did_you_mean
from bamai.texts import Lang, shown, t, with_minus


class Change(NamedTuple):
    """One answer of a command line: ``argument`` as it was typed; ``cell`` is None where no value was given."""

    argument: str
    text: str
    cell: Cell | None


def read_changes(judge: Judge, arguments: Iterable[str], *, bare: bool = False) -> dict[str, Change]:
    """Changes by question id, from arguments like ``Q4=B|C``.

    Args:
        bare: whether a question may stand without a value.
    Raises:
        UsageError: with every mistake, each naming its argument.
    """
    found: dict[str, Change] = {}
    problems: list[Problem] = []
    for argument in arguments:
        place = Place(shown(argument))
        key, equals, text = argument.partition("=")
        name = judge.names.get(fold(key))
        if name is None:
            hint = did_you_mean(fold(key), judge.names)
            params = {"found": shown(key), "model": judge.edition.ref, "hint": hint}
            problems.append(Problem("unknown_question", params, place))
        elif name in found:
            params = {"found": shown(argument), "first": shown(found[name].argument)}
            problems.append(Problem("question_twice", params, place))
        elif not equals and not bare:
            problems.append(Problem("change_without_value", {}, place))
        elif not equals:
            found[name] = Change(argument, "", None)
        else:
            cell = judge.cell(name, text)
            if isinstance(cell, Problem):
                problems.append(cell.at(place))
            else:
                found[name] = Change(argument, text, cell)
    if problems:
        raise UsageError(problems)
    return found


def changed(edition: Edition, columns: Columns, changes: dict[str, Change]) -> tuple[Columns, tuple[str, ...]]:
    """*columns* (of length one) with *changes* in them, and the counts that were put aside for them.

    A metric that is given directly takes the place of the count that it alone was made from, unless that count is
    given too.

    Raises:
        UsageError: the answers do not hold together any more; each problem names the arguments it comes from.
    """
    result = dict(columns)
    aside: list[str] = []
    for name, change in changes.items():
        if change.cell is None:
            continue
        result[name] = Column.of([change.cell])
        metric = edition.questions[name].metric
        if metric is None or metric.part is None or metric.whole is None or change.cell.state != ANSWERED:
            continue
        given = metric.part in result and int(result[metric.part].state[0]) == ANSWERED
        alone = len(edition.counts[metric.part]) == 1
        if given and alone and metric.part not in changes and metric.whole not in changes:
            del result[metric.part]
            aside.append(metric.part)
    problems = []
    for row_problem in judge_rows(edition, result).problems:
        problem = row_problem.describe(0)
        named = [changes[name].argument for name in problem.questions if name in changes]
        named = named or [change.argument for change in changes.values()]
        problems.append(problem.at(Place(", ".join(shown(argument) for argument in dict.fromkeys(named)))))
    if problems:
        raise UsageError(problems)
    return result, tuple(aside)


def changed_entries(entries: dict[str, Entry], changes: dict[str, Change], aside: tuple[str, ...]) -> dict[str, Entry]:
    """The written answers with *changes* in them; evidence and notes of what changed belong to the old answer."""
    kept = {name: entry for name, entry in entries.items() if name not in aside}
    return kept | {name: Entry(change.text) for name, change in changes.items() if change.cell is not None}


def cell_of(columns: Columns, name: str) -> Cell:
    """The one answer of a column of length one; open where there is no such column."""
    column = columns.get(name) or Column.blank(1)
    return Cell(int(column.state[0]), int(column.value[0]), int(column.band[0]))


def question_title(edition: Edition, name: str) -> Text:
    """What a question is called in short: the title of the indicator that it serves, else its text."""
    titles = (i.title for i in edition.indicators.values() if i.scoring.question == name)
    return next(titles, edition.questions[name].text)


def answer_words(question: Question, cell: Cell, lang: Lang) -> str:
    """An answer in the words of the questionnaire: letter and label, letters of a list, grade, number with unit."""
    if cell.state != ANSWERED:
        return t({UNKNOWN: "mark.unknown", NA: "mark.na"}.get(cell.state, "mark.open"), lang)
    if question.kind == "grade":
        return t("change.grade", lang, grade=cell.value)
    if question.kind == "multiple":
        return "+".join(letter for bit, letter in enumerate(question.letters) if cell.value >> bit & 1)
    if question.kind == "yes_no":
        return t(question.option_ids[cell.value], lang)
    if question.kind == "text":
        return t("mark.answered", lang)
    if question.kind in NUMERIC and cell.band == NO_BAND:
        unit = "%" if question.kind == "percent" else question.unit[lang] if question.unit else ""
        return f"{with_minus(decimal_text(cell.value))} {unit}".rstrip()
    index = cell.value if question.kind not in NUMERIC else cell.band
    return f"{question.letters[index]} {question.options[index].label[lang]}"


def meaning_words(question: Question, before: Cell, after: Cell, lang: Lang) -> str:
    """What :func:`answer_words` only abbreviates: the text of a grade, the options that come and go; else nothing."""
    if after.state != ANSWERED:
        return ""
    if question.kind == "grade":
        return question.grades[after.value - 1][lang] if after.value else t("grade.zero", lang)
    if question.kind != "multiple":
        return ""
    had = before.value if before.state == ANSWERED else 0
    parts = []
    # it goes with anything that comes
    nothing = 1 << question.option_ids.index(NONE) if NONE in question.option_ids else 0
    for sign, bits in (("+", after.value & ~had), ("−", had & ~after.value & ~nothing)):
        pairs = zip(question.letters, question.options, strict=True)
        parts += [f"{sign} {letter} {o.label[lang]}" for bit, (letter, o) in enumerate(pairs) if bits >> bit & 1]
    return t("list_semicolon", lang).join(parts)
