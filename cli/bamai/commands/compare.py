"""``bamai compare A B …``: before and after, or several plants side by side."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bamai.commands.common import (
    Missing,
    RulesOption,
    WidthOption,
    catalog,
    check_output,
    console,
    guarded,
    lang,
    say,
    word,
    write,
    write_stdout,
)
from bamai.commands.score import Format, assess_file, edition_of, open_answers

if TYPE_CHECKING:
    from bamai.catalog import Edition
    from bamai.comparing import Comparing, Side
    from bamai.errors import Problem

SUFFIXES = (".json", ".md", ".txt")


@guarded
def compare(
    files: Annotated[list[str], typer.Argument(metavar="A B…", help=word("compare.files"))],
    output: Annotated[list[Path] | None, typer.Option("-o", "--output", metavar="OUT", help=word("opt.output"))] = None,
    format_: Annotated[Format | None, typer.Option("--format", help=word("opt.format"))] = None,
    missing: Annotated[Missing, typer.Option("--missing", help=word("score.missing"))] = Missing.open,
    rules: RulesOption = None,
    width: WidthOption = None,
    force: Annotated[bool, typer.Option("--force", help=word("compare.force"))] = False,
) -> None:
    """Score every file and hold the results together; a file that is refused ends the comparison."""
    from bamai.comparing import Side, compare  # noqa: PLC0415
    from bamai.errors import BamaiError, Exit, InputError, Problem, RulesError, UsageError  # noqa: PLC0415

    for path in output or []:
        check_output(path, SUFFIXES, force)
    if len(files) < 2:
        raise UsageError(Problem("compare_one"))
    known = catalog(rules)
    editions: dict[str, Edition] = {}
    sides: list[Side] = []
    problems: list[Problem] = []
    for file in files:
        try:
            opened = open_answers(file)
            edition = edition_of(opened, known, editions)
            result = assess_file(opened, edition, missing_lowest=missing is Missing.lowest)
            sides.append(Side("<stdin>" if file == "-" else file, result))
        except RulesError:
            raise
        except BamaiError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    found = compare(sides, force=force)
    for path in output or []:
        write(path, _rendered(found, Format.text if path.suffix == ".txt" else Format(path.suffix[1:].lower())))
        say(word("written", path=str(path)))
    if not output or format_ is not None:
        _show(found, format_ or Format.text, width)
    raise typer.Exit(Exit.DONE)


def _rendered(found: Comparing, format_: Format) -> str:
    from bamai.report.comparison import comparison_blocks  # noqa: PLC0415

    if format_ is Format.json:
        from bamai.assessment import dumps  # noqa: PLC0415

        return dumps(found.data(lang())) + "\n"
    if format_ is Format.md:
        from bamai.report.markdown import markdown  # noqa: PLC0415

        return markdown(comparison_blocks(found, lang()), lang())
    from bamai.report.terminal import text  # noqa: PLC0415

    return text(comparison_blocks(found, lang()), lang())


def _show(found: Comparing, format_: Format, width: int | None) -> None:
    if format_ is not Format.text:
        write_stdout(_rendered(found, format_))
        return
    from bamai.report.comparison import comparison_blocks  # noqa: PLC0415
    from bamai.report.terminal import print_blocks, text  # noqa: PLC0415

    out = console(width)
    blocks = comparison_blocks(found, lang())
    if out.is_terminal:
        print_blocks(out, blocks, lang())
    else:
        out.file.write(text(blocks, lang(), out.width, ascii_only=out.options.ascii_only))
