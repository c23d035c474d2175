"""``bamai policy list | show``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from bamai.commands.common import (
    ListFormat,
    ListFormatOption,
    RulesOption,
    WidthOption,
    catalog,
    command,
    console,
    group,
    guarded,
    industry_called,
    lang,
    say,
    word,
    write_stdout,
)
from bamai.commands.model import print_explanation

if TYPE_CHECKING:
    from bamai.benchmark import Benchmark
    from bamai.catalog import Catalog
    from bamai.policy import Policy

app = group("policy.help")


@command(app, "list", "policy.list.help")
@guarded
def list_policies(
    industry: Annotated[
        str | None, typer.Option("--industry", metavar="NAME", help=word("policy.list.industry"))
    ] = None,
    format_: ListFormatOption = ListFormat.text,
    rules: RulesOption = None,
    width: WidthOption = None,
) -> None:
    """Every document, or those for one industry."""
    known = catalog(rules)
    found = documents(known)
    if industry is not None:
        ids = industry_called(industry, rules).ids
        found = [item for item in found if item.industries is None or set(item.industries) & ids]
    if format_ is ListFormat.json:
        from bamai.assessment import dumps  # noqa: PLC0415
        from bamai.report.policies import policy_data  # noqa: PLC0415

        write_stdout(dumps([policy_data(item, figures(known), lang()) for item in found]) + "\n")
        return
    if not found:
        say(word("policy.none"))
        return
    from bamai.report.policies import listed_policy  # noqa: PLC0415

    out = console(width)
    for item in found:
        print_explanation(out, listed_policy(item, figures(known), lang()), "")


@command(app, "show", "policy.show.help")
@guarded
def show(
    policy: Annotated[str, typer.Argument(metavar="ID", help=word("policy.show.id"))],
    rules: RulesOption = None,
    width: WidthOption = None,
) -> None:
    """One document with everything that is known of it."""
    from bamai.errors import Problem, UsageError  # noqa: PLC0415
    from bamai.report.policies import explain_policy  # noqa: PLC0415
    from bamai.schema import did_you_mean  # noqa: PLC0415

    known = catalog(rules)
    found = [item for item in documents(known) if item.id == policy]
    if not found:
        hint = did_you_mean(policy, [item.id for item in documents(known)])
        raise UsageError(Problem("no_such_policy", {"found": policy, "hint": hint}))
    for item in found:
        print_explanation(console(width), explain_policy(item, figures(known), lang()), "")


def documents(known: Catalog) -> list[Policy]:
    """All documents, the newest first."""
    from bamai.policy import newest_first  # noqa: PLC0415

    return newest_first(file for file, _ in known.policies)


def figures(known: Catalog) -> dict[str, Benchmark]:
    """Every figure that a document can set, by id."""
    return {item.id: item for file, _ in known.benchmarks for item in file.benchmarks}
