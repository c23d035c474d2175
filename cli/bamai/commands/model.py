"""``bamai model list | show | check``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bamai.commands.common import (
    RulesOption,
    WidthOption,
    catalog,
    command,
    complain,
    console,
    group,
    guarded,
    lang,
    print_table,
    say,
    word,
)

app = group("model.help")


@command(app, "list", "model.list.help")
@guarded
def list_models(rules: RulesOption = None, width: WidthOption = None) -> None:
    """Every edition there is."""
    known = catalog(rules)
    rows = []
    for ref in known.refs:
        found, _ = known.model(ref)
        rows.append([str(ref), found.title[lang()], word(f"status.{found.status}"), word(f"seen.{found.seen}"),
                     word("yes") if found.in_force else word("no")])  # fmt: skip
    heads = [word(f"table.{key}") for key in ("model", "title", "status", "seen", "in_force")]
    print_table(console(width), heads, rows)


@command(app, "show", "model.show.help")
@guarded
def show(
    model: Annotated[str, typer.Argument(metavar="MODEL", help=word("arg.model"))],
    rules: RulesOption = None,
    width: WidthOption = None,
) -> None:
    """The whole index of an edition as a readable table."""
    from bamai.report.modeltable import print_model  # noqa: PLC0415

    print_model(console(width), catalog(rules).load(model), lang())


@command(app, "check", "model.check.help")
@guarded
def check(
    folder: Annotated[Path | None, typer.Argument(metavar="[DIR]", help=word("model.check.folder"))] = None,
) -> None:
    """Check every rule file of a folder and run its rule tests."""
    from bamai.catalog import Catalog, Edition, shipped_root  # noqa: PLC0415
    from bamai.errors import Exit  # noqa: PLC0415
    from bamai.ruletests import run_tests  # noqa: PLC0415

    root = folder or shipped_root()
    failed = False
    for path, result in Catalog(folder).check(root):
        if not isinstance(result, Edition):
            complain(result)
            failed |= bool(result)
            if not result:
                say(word("check.file_good", path=str(path)))
            continue
        outcome = run_tests(result, path / "tests")
        complain(outcome.problems)
        failed |= bool(outcome.problems)
        key = "check.edition_bad" if outcome.problems else "check.edition_good"
        say(word(key, model=result.ref, tests=outcome.tests, checks=outcome.checks, failed=outcome.failed,
                 indicators=len(result.indicators), digest=result.digest))  # fmt: skip
    say(word("check.bad" if failed else "check.good"))
    raise typer.Exit(Exit.FAILED if failed else Exit.DONE)
