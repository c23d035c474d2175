"""``bamai benchmark list | show``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

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
    vocabulary_of,
    word,
)
from bamai.commands.model import print_explanation

if TYPE_CHECKING:
    from rich.console import Console

    from bamai.benchmark import Benchmark
    from bamai.vocabulary import Vocabulary

app = group("benchmark.help")


@command(app, "list", "benchmark.list.help")
@guarded
def list_benchmarks(rules: RulesOption = None, width: WidthOption = None) -> None:
    """Every published figure."""
    from bamai.report.content import published  # noqa: PLC0415

    rows = [
        [item.id, item.title[lang()], published(item, lang()), item.as_of, word(f"statistic.{item.statistic}")]
        for file, _ in catalog(rules).figures
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
    from bamai.report.explain import explain_benchmark  # noqa: PLC0415
    from bamai.schema import did_you_mean  # noqa: PLC0415

    files = catalog(rules).figures
    found = [(file, item) for file, _ in files for item in file.benchmarks if benchmark in (item.id, item.metric)]
    if not found:
        known = [name for file, _ in files for item in file.benchmarks for name in (item.id, item.metric) if name]
        params = {"found": benchmark, "hint": did_you_mean(benchmark, known)}
        raise UsageError(Problem("unknown_benchmark", params))
    out = console(width)
    series = [item for _, item in found if item.metric == benchmark]
    if len(series) > 1:
        chart(out, series, vocabulary_of(rules))
    for file, item in found:
        print_explanation(out, explain_benchmark(item, file.source(item), lang()), "")


def chart(out: Console, series: list[Benchmark], vocabulary: Vocabulary) -> None:
    """The figures of one metric by date as bars, with the industry that one is of; populations differ, and that is
    said."""
    from rich.cells import cell_len  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    from bamai.report.content import published  # noqa: PLC0415

    full = "#" if out.options.ascii_only else "█"
    top = max(abs(item.value) for item in series) or 1
    called = {name: industry.title[lang()] for name, industry in vocabulary.industries.items()}
    names = [word("list_comma").join(called.get(name, name) for name in item.industries or ()) for item in series]
    length = max(10, min(40, out.width - 32 - max(map(cell_len, names)) - 2 * any(names)))
    for item, name in sorted(zip(series, names, strict=True), key=lambda pair: pair[0].as_of):
        bar = full * int(abs(item.value) * length / top)
        line = Text(f"{item.as_of:<12}{published(item, lang()):>16}  ")
        line.append(bar, "cyan" if item.compare else "dim")
        out.print(line.append(f"  {name}" if name else ""))
    out.print(Text(word("benchmark.mixed"), "dim"))
    out.print()
