"""``bamai benchmark list | show``."""

from __future__ import annotations

from typing import Annotated

import typer

from bamai.commands.common import (
    RulesOption,
    WidthOption,
    catalog,
    command,
    console,
    group,
    guarded,
    lang,
    print_table,
    word,
)

app = group("benchmark.help")


@command(app, "list", "benchmark.list.help")
@guarded
def list_benchmarks(rules: RulesOption = None, width: WidthOption = None) -> None:
    """Every published figure."""
    from bamai.report.content import published  # noqa: PLC0415

    rows = [
        [item.id, item.title[lang()], published(item, lang()), item.as_of, word(f"statistic.{item.statistic}")]
        for file, _ in catalog(rules).benchmarks
        for item in file.benchmarks
    ]
    heads = [word(f"table.{key}") for key in ("id", "title", "value", "as_of", "statistic")]
    print_table(console(width), heads, rows, right=(2,))


@command(app, "show", "benchmark.show.help")
@guarded
def show(
    benchmark: Annotated[str, typer.Argument(metavar="ID", help=word("benchmark.show.id"))],
    rules: RulesOption = None,
    width: WidthOption = None,
) -> None:
    """One figure with everything needed to read it rightly."""
    from bamai.errors import Problem, UsageError  # noqa: PLC0415
    from bamai.report.content import published  # noqa: PLC0415
    from bamai.schema import did_you_mean  # noqa: PLC0415

    files = catalog(rules).benchmarks
    found = [(file, item) for file, _ in files for item in file.benchmarks if benchmark in (item.id, item.metric)]
    if not found:
        known = [name for file, _ in files for item in file.benchmarks for name in (item.id, item.metric) if name]
        params = {"found": benchmark, "hint": did_you_mean(benchmark, known)}
        raise UsageError(Problem("unknown_benchmark", params))
    out = console(width)
    for file, item in found:
        source = next(source for source in file.sources if source.id == item.source)
        rows = [
            [word("table.value"), published(item, lang())],
            [word("table.metric"), item.metric or "–"],
            [word("table.statistic"), f"{word(f'statistic.{item.statistic}')} "
                                      f"({word(f'statistic.{item.statistic_basis}')})"],
            [word("table.scope"), item.population[lang()]],
            [word("table.as_of"), item.as_of],
            [word("table.source"), source.title[lang()] + (f"  {source.address}" if source.address else "")],
            [word("table.seen"), word(f"seen.{item.seen}")],
        ]  # fmt: skip
        if item.caution is not None:
            rows.append([word("table.caution"), item.caution[lang()]])
        if item.note is not None:
            rows.append([word("table.note"), item.note[lang()]])
        print_table(out, [item.id, item.title[lang()]], rows)
