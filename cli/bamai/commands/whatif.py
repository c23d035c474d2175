"""``bamai whatif FILE Q=value …``: what other answers would change."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bamai.commands.common import (
    FontOption,
    ForceOption,
    Missing,
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


@guarded
def whatif(
    file: Annotated[str, typer.Argument(metavar="FILE", help=word("whatif.file_help"))],
    changes: Annotated[list[str], typer.Argument(metavar="Q=VALUE…", help=word("whatif.changes"))],
    output: Annotated[list[Path] | None, typer.Option("-o", "--output", metavar="OUT", help=word("opt.output"))] = None,
    format_: Annotated[Format | None, typer.Option("--format", help=word("opt.format"))] = None,
    missing: Annotated[Missing, typer.Option("--missing", help=word("score.missing"))] = Missing.open,
    font: FontOption = None,
    profile: ProfileOption = None,
    rules: RulesOption = None,
    width: WidthOption = None,
    force: ForceOption = False,
) -> None:
    """Score the file as it stands and with the answers replaced; the file itself is left alone."""
    from bamai.answers import Judge  # noqa: PLC0415
    from bamai.changes import read_changes  # noqa: PLC0415
    from bamai.report.whatif import whatif_blocks  # noqa: PLC0415
    from bamai.whatif import what_if  # noqa: PLC0415

    check_outputs(output, force)
    opened = open_answers(file)
    edition = edition_of(opened, catalog(rules, profile), {})
    judge = Judge(edition)
    answers, columns, warnings = opened.read(judge)
    complain(warnings)
    wanted = read_changes(judge, changes)
    name = "<stdin>" if file == "-" else file
    found = what_if(edition, name, answers, columns, wanted, missing_lowest=missing is Missing.lowest)
    deliver(lambda: found.data(lang()), lambda: whatif_blocks(found, lang()), output, format_, width, font or ())
