"""``bamai roadmap FILE``: the least effort that reaches a level, or the most that an effort can buy."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bamai.commands.common import (
    FontOption,
    ForceOption,
    ProfileOption,
    RulesOption,
    WidthOption,
    catalog,
    complain,
    guarded,
    lang,
    word,
)
from bamai.commands.deliver import check_outputs, deliver
from bamai.commands.score import Format, edition_of, open_answers

if TYPE_CHECKING:
    from bamai.catalog import Edition


@guarded
def roadmap(
    file: Annotated[str, typer.Argument(metavar="FILE", help=word("whatif.file_help"))],
    to: Annotated[str | None, typer.Option("--to", metavar="LEVEL", help=word("roadmap.to"))] = None,
    budget: Annotated[str | None, typer.Option("--budget", metavar="N", help=word("roadmap.budget"))] = None,
    fix: Annotated[list[str] | None, typer.Option("--fix", metavar="Q[=VALUE]", help=word("roadmap.fix"))] = None,
    effort: Annotated[Path | None, typer.Option("--effort", metavar="YAML", help=word("roadmap.effort_file"))] = None,
    output: Annotated[list[Path] | None, typer.Option("-o", "--output", metavar="OUT", help=word("opt.output"))] = None,
    format_: Annotated[Format | None, typer.Option("--format", help=word("opt.format"))] = None,
    font: FontOption = None,
    profile: ProfileOption = None,
    rules: RulesOption = None,
    width: WidthOption = None,
    force: ForceOption = False,
) -> None:
    """Find the plan and print it step by step; a level out of reach exits with 4 and says why."""
    from bamai.answers import Judge  # noqa: PLC0415
    from bamai.changes import read_changes  # noqa: PLC0415
    from bamai.errors import Exit, Problem, UsageError  # noqa: PLC0415
    from bamai.report.roadmap import roadmap_blocks  # noqa: PLC0415
    from bamai.roadmap.effort import read_efforts, unit_efforts  # noqa: PLC0415
    from bamai.roadmap.mapping import road_map  # noqa: PLC0415

    check_outputs(output, force)
    if to is not None and budget is not None:
        raise UsageError(Problem("to_and_budget"))
    amount = _amount(budget)
    opened = open_answers(file)
    edition = edition_of(opened, catalog(rules, profile), {})
    level = _level(to, edition)
    judge = Judge(edition)
    answers, columns, warnings = opened.read(judge)
    complain(warnings)
    fixes = read_changes(judge, fix or [], bare=True)
    efforts = read_efforts(effort, judge) if effort is not None else unit_efforts()
    name = "<stdin>" if file == "-" else file
    found = road_map(edition, name, answers, columns, efforts, to=level, budget=amount, fixes=fixes)
    deliver(lambda: found.data(lang()), lambda: roadmap_blocks(found, lang()), output, format_, width, font or ())
    raise typer.Exit(Exit.DONE if found.reached else Exit.BELOW)


def _amount(text: str | None) -> Decimal | None:
    from bamai.errors import Problem, UsageError  # noqa: PLC0415
    from bamai.roadmap.effort import MOST  # noqa: PLC0415
    from bamai.texts import shown  # noqa: PLC0415

    if text is None:
        return None
    try:
        amount = Decimal(text)
        if 0 <= amount <= 100 * MOST and amount == amount.quantize(Decimal("0.01")):
            return abs(amount)  # "-0" is none
    except InvalidOperation:
        pass
    raise UsageError(Problem("budget_number", {"found": shown(text), "most": 100 * MOST}))


def _level(wanted: str | None, edition: Edition) -> str | None:
    from bamai.errors import Problem, UsageError  # noqa: PLC0415
    from bamai.texts import shown  # noqa: PLC0415

    levels = [level.id for level in edition.model.levels]
    if wanted is None or wanted.strip().upper() in levels:
        return wanted and wanted.strip().upper()
    raise UsageError(Problem("no_such_level", {"found": shown(wanted), "allowed": ", ".join(levels)}))
