"""Answers given beside a file, ``Q=value``: read by the one judge, and put in place of what the file says."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from bamai.answers import ANSWERED, Cell, Column, Columns, Entry, Judge, judge_rows
from bamai.catalog import Edition
from bamai.checks import fold
from bamai.errors import Place, Problem, UsageError
from bamai.schema import did_you_mean
from bamai.texts import shown


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

    A metric that is given directly takes the place of the count it was made from, unless that count is given too.

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
        if given and metric.part not in changes and metric.whole not in changes:
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
