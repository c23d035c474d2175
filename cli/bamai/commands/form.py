"""``bamai form [MODEL]``: the questionnaire as an Excel form."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bamai.commands.common import (
    ForceOption,
    ProfileOption,
    RulesOption,
    catalog,
    check_output,
    guarded,
    lang,
    say,
    vocabulary_of,
    word,
)


@guarded
def form(
    model: Annotated[str | None, typer.Argument(metavar="[MODEL]", help=word("form.model"))] = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", metavar="OUT", help=word("form.output"))] = None,
    profile: ProfileOption = None,
    rules: RulesOption = None,
    force: ForceOption = False,
) -> None:
    """Every question with its choices as drop-downs, for people without bamai."""
    from bamai.files import Whole  # noqa: PLC0415
    from bamai.form import written_form  # noqa: PLC0415

    if output is not None:
        check_output(output, (".xlsx",), force)
    known = catalog(rules, profile)
    edition = known.load(model or known.default())
    if output is None:
        output = Path(f"bamai-{edition.model.id}-{edition.model.edition}.xlsx")
        check_output(output, (".xlsx",), force)
    content = written_form(edition, vocabulary_of(rules), lang())
    with Whole(output) as stream:
        stream.write(content)
    say(word("written", path=str(output)))
