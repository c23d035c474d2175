"""``bamai template MODEL``: rows for a batch, or a blank answers file."""

from __future__ import annotations

import enum
from pathlib import Path
from typing import Annotated

import typer

from bamai.commands.common import (
    ForceOption,
    RulesOption,
    catalog,
    check_output,
    guarded,
    lang,
    say,
    word,
    write,
    write_stdout,
)


class Format(enum.StrEnum):
    """Kinds of template."""

    csv = "csv"
    yaml = "yaml"


SUFFIXES = {".csv": Format.csv, ".yaml": Format.yaml, ".yml": Format.yaml}


@guarded
def template(
    model: Annotated[str, typer.Argument(metavar="MODEL", help=word("arg.model"))],
    format_: Annotated[Format | None, typer.Option("--format", help=word("template.format"))] = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", metavar="OUT", help=word("template.output"))] = None,
    rules: RulesOption = None,
    force: ForceOption = False,
) -> None:
    """Rows with one made-up enterprise, or every question with its choices as comments and nothing filled in."""
    from bamai.answersfile import blank_answers, csv_template  # noqa: PLC0415

    kind = format_ or Format.csv
    if output is not None:
        kind = _kind(output, format_)
        check_output(output, SUFFIXES, force)
    edition = catalog(rules).load(model)
    text = csv_template(edition, lang()) if kind is Format.csv else blank_answers(edition, lang())
    if output is None:
        write_stdout(text)
        return
    write(output, text, bom=kind is Format.csv)
    say(word("written", path=str(output)))


def _kind(output: Path, asked: Format | None) -> Format:
    """What the suffix says; an unknown one says nothing and is refused later.

    Raises:
        UsageError: something else was asked for.
    """
    from bamai.errors import Place, Problem, UsageError  # noqa: PLC0415

    said = SUFFIXES.get(output.suffix.lower())
    if asked is not None and said not in (asked, None):
        fitting = " / ".join(suffix for suffix, kind in SUFFIXES.items() if kind is asked)
        params = {"found": output.suffix, "format": asked.value, "allowed": fitting}
        raise UsageError(Problem("format_against_suffix", params, Place(str(output))))
    return said or asked or Format.csv
