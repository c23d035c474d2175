"""``bamai compare A B …``: before and after, or several plants side by side."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bamai.commands.common import (
    FontOption,
    Missing,
    ProfileOption,
    RulesOption,
    WidthOption,
    catalog,
    guarded,
    lang,
    word,
)
from bamai.commands.deliver import check_outputs, deliver
from bamai.commands.score import Format, assess_file, edition_of, open_answers

if TYPE_CHECKING:
    from bamai.catalog import Edition
    from bamai.errors import Problem


@guarded
def compare(
    files: Annotated[list[str], typer.Argument(metavar="A B…", help=word("compare.files"))],
    output: Annotated[list[Path] | None, typer.Option("-o", "--output", metavar="OUT", help=word("opt.output"))] = None,
    format_: Annotated[Format | None, typer.Option("--format", help=word("opt.format"))] = None,
    missing: Annotated[Missing, typer.Option("--missing", help=word("score.missing"))] = Missing.open,
    font: FontOption = None,
    profile: ProfileOption = None,
    rules: RulesOption = None,
    width: WidthOption = None,
    force: Annotated[bool, typer.Option("--force", help=word("compare.force"))] = False,
) -> None:
    """Score every file and hold the results together; a file that is refused ends the comparison."""
    from bamai.comparing import Side, compare  # noqa: PLC0415
    from bamai.errors import BamaiError, InputError, Problem, RulesError, UsageError  # noqa: PLC0415
    from bamai.report.comparison import comparison_blocks  # noqa: PLC0415

    check_outputs(output, force)
    if len(files) < 2:
        raise UsageError(Problem("compare_one"))
    known = catalog(rules, profile)
    editions: dict[str, Edition] = {}
    sides: list[Side] = []
    problems: list[Problem] = []
    for file in files:
        try:
            opened = open_answers(file)
            edition = edition_of(opened, known, editions)
            result = assess_file(opened, edition, missing_lowest=missing is Missing.lowest)
            sides.append(Side("<stdin>" if file == "-" else file, result))
        except (RulesError, UsageError):
            raise
        except BamaiError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    found = compare(sides, force=force)
    deliver(lambda: found.data(lang()), lambda: comparison_blocks(found, lang()), output, format_, width, font or ())
