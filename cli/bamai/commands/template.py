"""``bamai template MODEL``: a blank answers file."""

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

    yaml = "yaml"


@guarded
def template(
    model: Annotated[str, typer.Argument(metavar="MODEL", help=word("arg.model"))],
    format_: Annotated[Format, typer.Option("--format", help=word("template.format"))],
    output: Annotated[Path | None, typer.Option("-o", "--output", metavar="OUT", help=word("opt.output"))] = None,
    rules: RulesOption = None,
    force: ForceOption = False,
) -> None:
    """Every question with its choices as comments and nothing filled in."""
    from bamai.answersfile import blank_answers  # noqa: PLC0415

    del format_  # one kind so far
    if output is not None:
        check_output(output, (".yaml", ".yml"), force)
    text = blank_answers(catalog(rules).load(model), lang())
    if output is None:
        write_stdout(text)
        return
    write(output, text)
    say(word("written", path=str(output)))
