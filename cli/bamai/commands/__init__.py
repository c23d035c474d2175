"""Typer commands, one file a command; the only place that prints or exits."""

from __future__ import annotations

from copy import copy
from typing import Annotated

import typer
from typer.exceptions import TyperException

from bamai.commands import (
    assess,
    batch,
    benchmark,
    cohort,
    compare,
    form,
    industry,
    merge,
    model,
    policy,
    roadmap,
    score,
    template,
    whatif,
)
from bamai.commands.common import command, group, say, word

app = group("app.help", add_completion=True)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version  # noqa: PLC0415  (30 ms that only --version needs)

        from bamai.files import shipped_editions  # noqa: PLC0415

        typer.echo(f"bamai {version('bamai')} ({', '.join(shipped_editions())})")
        raise typer.Exit


@app.callback()
def _root(
    _version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help=word("opt.version"))
    ] = False,
    _lang: Annotated[str, typer.Option("--lang", metavar="zh|en", help=word("opt.lang"))] = "",
) -> None:
    """Options of every command; ``--lang`` has been taken off the line before Typer sees it."""


command(app, "assess", "assess.help", "panel.assess")(assess.assess)
command(app, "score", "score.help", "panel.assess")(score.score)
command(app, "batch", "batch.help", "panel.assess")(batch.batch)
command(app, "merge", "merge.help", "panel.assess")(merge.merge)
command(app, "compare", "compare.help", "panel.assess")(compare.compare)
command(app, "whatif", "whatif.help", "panel.assess")(whatif.whatif)
command(app, "roadmap", "roadmap.help", "panel.assess")(roadmap.roadmap)
command(app, "form", "form.help", "panel.assess")(form.form)
command(app, "template", "template.help", "panel.assess")(template.template)
app.add_typer(cohort.app, name="cohort", rich_help_panel=word("panel.assess"))
app.add_typer(model.app, name="model", rich_help_panel=word("panel.rules"))
app.add_typer(benchmark.app, name="benchmark", rich_help_panel=word("panel.rules"))
app.add_typer(industry.app, name="industry", rich_help_panel=word("panel.rules"))
app.add_typer(policy.app, name="policy", rich_help_panel=word("panel.rules"))


def run(args: list[str]) -> int:
    """The exit code of a command line; what is wrong with it is told in the language of this run."""
    try:
        done = _needed(args)(args=args, prog_name="bamai", standalone_mode=False)
    except typer.Abort:
        say(word("aborted"))
        return 1
    except TyperException as error:
        if type(error).__name__ != "NoArgsIsHelpError":  # the help is on the screen already
            from bamai.commands.usage import tell  # noqa: PLC0415

            tell(error)
        return error.exit_code
    return done if isinstance(done, int) else 0


def _needed(args: list[str]) -> typer.Typer:
    """The application, with only the command that *args* begin with: to make all of them takes a tenth of the time of
    a report."""
    name = args[0] if args else None
    commands = [one for one in app.registered_commands if one.name == name]
    groups = [one for one in app.registered_groups if one.name == name]
    if not (commands or groups):
        return app
    needed = copy(app)
    needed.registered_commands, needed.registered_groups = commands, groups
    return needed
