"""``bamai model list | show | explain | schema | new | check``."""

from __future__ import annotations

import enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bamai.commands.common import (
    ForceOption,
    ProfileOption,
    RulesOption,
    WidthOption,
    catalog,
    check_output,
    command,
    complain,
    console,
    group,
    guarded,
    lang,
    print_table,
    say,
    word,
    write,
    write_stdout,
)

if TYPE_CHECKING:
    from rich.console import Console

    from bamai.catalog import Edition
    from bamai.report.explain import Explanation


app = group("model.help")


class ShowFormat(enum.StrEnum):
    """How a model is shown."""

    text = "text"
    json = "json"


class SchemaKind(enum.StrEnum):
    """Kinds of files that people write, and that have a schema."""

    model = "model"
    questionnaire = "questionnaire"
    benchmarks = "benchmarks"
    tests = "tests"
    profile = "profile"
    vocabulary = "vocabulary"
    policies = "policies"
    effort = "effort"


def print_explanation(out: Console, found: Explanation, edition: str) -> None:
    """An explanation as a heading, name and value pairs, and its points table."""
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    from bamai.report.flow import Flow  # noqa: PLC0415

    out.print(Text(f"{found.id}  {found.title}" + (f"  ({edition})" if edition else ""), "bold"))
    for rows, indent in ((found.rows, 0), (found.points, 2)):
        grid = Table.grid(padding=(0, 2, 0, indent))
        grid.add_column(max_width=max(12, out.width // 4) if not indent else None)
        for name, value in rows:
            grid.add_row(Flow(name, "" if indent else "dim"), Flow(value))
        out.print(grid)
    out.print()


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
    format_: Annotated[ShowFormat, typer.Option("--format", help=word("model.show.format"))] = ShowFormat.text,
    profile: ProfileOption = None,
    diff: Annotated[bool, typer.Option("--diff", help=word("model.show.diff"))] = False,
    rules: RulesOption = None,
    width: WidthOption = None,
) -> None:
    """The whole index of an edition as a readable table, or as data; of a profile also only what it changes."""
    known = catalog(rules, profile)
    edition = known.load(model)
    if diff:
        _show_diff(edition, format_, width)
        return
    if format_ is ShowFormat.json:
        from bamai.assessment import dumps  # noqa: PLC0415

        write_stdout(dumps(edition.data()) + "\n")
        return
    from bamai.report.modeltable import print_model  # noqa: PLC0415

    print_model(console(width), edition, lang())
    profiles = known.profiles(known.resolve(model))
    if profiles:
        say(word("profile.there_are", names=", ".join(profiles)))


def _show_diff(edition: Edition, format_: ShowFormat, width: int | None) -> None:
    from bamai.commands.deliver import deliver  # noqa: PLC0415
    from bamai.commands.score import Format  # noqa: PLC0415
    from bamai.errors import Problem, UsageError  # noqa: PLC0415
    from bamai.report.profilediff import diff_blocks, diff_data  # noqa: PLC0415

    applied = edition.applied
    if applied is None:
        raise UsageError(Problem("diff_without_profile"))
    deliver(lambda: diff_data(edition, applied, lang()), lambda: diff_blocks(edition, applied, lang()), None,
            Format(format_.value), width)  # fmt: skip


@command(app, "explain", "model.explain.help")
@guarded
def explain(
    name: Annotated[str, typer.Argument(metavar="ID", help=word("model.explain.id"))],
    rules: RulesOption = None,
    width: WidthOption = None,
) -> None:
    """One indicator, gate, level, question, benchmark or problem code in full."""
    from bamai.errors import Problem, UsageError  # noqa: PLC0415
    from bamai.report import explain as say_all  # noqa: PLC0415
    from bamai.ruletests import run_tests  # noqa: PLC0415
    from bamai.schema import did_you_mean  # noqa: PLC0415

    known = catalog(rules)
    first, _, rest = name.partition(".")
    wanted = [ref for ref in known.refs if first in (ref.id, str(ref))]
    path = rest if wanted and rest else name
    out = console(width)
    shown, names = 0, []
    for ref in wanted if wanted and rest else known.refs:
        edition = known.load(ref)
        names += say_all.known_ids(edition)
        if not say_all.explain(edition, path, {}, lang()):
            continue
        reached = run_tests(edition, ref.rules / "tests").reached
        for found in say_all.explain(edition, path, reached, lang()):
            print_explanation(out, found, edition.ref)
            shown += 1
    for file, _ in known.figures:
        for item in file.benchmarks:
            names.append(item.id)
            if item.id == name:
                print_explanation(out, say_all.explain_benchmark(item, file.source(item), lang()), "")
                shown += 1
    problem = say_all.explain_problem(name, lang())
    if problem is not None:
        print_explanation(out, problem, "")
    elif not shown:
        raise UsageError(Problem("unknown_id", {"found": name, "hint": did_you_mean(path, names)}))


@command(app, "schema", "model.schema.help")
@guarded
def schema(
    kind: Annotated[SchemaKind | None, typer.Argument(metavar="[KIND]", help=word("model.schema.kind"))] = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", metavar="DIR", help=word("model.schema.dir"))] = None,
    force: ForceOption = False,
) -> None:
    """JSON Schemas of the rule files, for editors."""
    from bamai.assessment import dumps  # noqa: PLC0415
    from bamai.errors import Problem, UsageError  # noqa: PLC0415
    from bamai.ruletests import schemas  # noqa: PLC0415

    found = schemas()
    if output is None:
        if kind is None:
            raise UsageError(Problem("schema_kind", {"allowed": ", ".join(found)}))
        write_stdout(dumps(found[kind.value]) + "\n")
        return
    paths = {name: output / f"{name}.schema.json" for name in found if kind is None or name == kind.value}
    for path in paths.values():
        check_output(path, (".json",), force)
    for name, path in paths.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        write(path, dumps(found[name]) + "\n")
        say(word("written", path=str(path)))


@command(app, "new", "model.new.help")
@guarded
def new(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help=word("model.new.folder"))],
    model_id: Annotated[str, typer.Option("--id", metavar="ID", help=word("model.new.id"))] = "own",
) -> None:
    """A small commented model to start from."""
    import re  # noqa: PLC0415

    from bamai.errors import Place, Problem, UsageError  # noqa: PLC0415
    from bamai.starter import starter  # noqa: PLC0415

    if not re.fullmatch(r"[a-z][a-z0-9_]{0,62}", model_id):
        raise UsageError(Problem("wrong_id", {"found": model_id, "allowed": "[a-z][a-z0-9_]*"}))
    if any(ref.id == model_id for ref in catalog(None).refs):
        raise UsageError(Problem("model_taken", {"found": model_id}))
    files = {folder / path: text for path, text in starter(model_id).items()}
    for path in files:
        if path.exists():
            raise UsageError(Problem("new_exists", {}, Place(str(path))))
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        write(path, text)
        say(word("written", path=str(path)))
    example = folder / "questionnaires" / model_id / "1" / "example.yaml"
    say(word("model.new.next", folder=str(folder), example=str(example)))


@command(app, "check", "model.check.help")
@guarded
def check(
    folder: Annotated[Path | None, typer.Argument(metavar="[DIR]", help=word("model.check.folder"))] = None,
) -> None:
    """Check every rule file of a folder and run its rule tests."""
    from itertools import chain  # noqa: PLC0415

    from bamai import vocabulary  # noqa: PLC0415
    from bamai.catalog import Catalog, Edition  # noqa: PLC0415
    from bamai.errors import Exit  # noqa: PLC0415
    from bamai.files import shipped_root  # noqa: PLC0415
    from bamai.ruletests import reachable, run_tests  # noqa: PLC0415

    root = folder or shipped_root()
    failed = False
    for path, result in chain(Catalog(folder).check(root), vocabulary.check(root)):
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
        untested = [name for name in reachable(result) if name not in outcome.reached]
        if untested and outcome.tests:
            say(word("check.untested", model=result.ref, count=len(untested), names=", ".join(untested)))
        say(word(key, model=result.ref, tests=outcome.tests, checks=outcome.checks, failed=outcome.failed,
                 indicators=len(result.indicators), digest=result.digest))  # fmt: skip
    say(word("check.bad" if failed else "check.good"))
    raise typer.Exit(Exit.FAILED if failed else Exit.DONE)
