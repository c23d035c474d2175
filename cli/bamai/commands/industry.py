"""``bamai industry list | show``."""

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
    print_table,
    vocabulary_of,
    word,
    write_stdout,
)
from bamai.commands.model import print_explanation
from bamai.commands.policy import documents, figures

if TYPE_CHECKING:
    from bamai.vocabulary import Entry, Vocabulary

app = group("industry.help")


@command(app, "list", "industry.list.help")
@guarded
def list_industries(
    format_: ListFormatOption = ListFormat.text, rules: RulesOption = None, width: WidthOption = None
) -> None:
    """Sectors, then the divisions of the national classification."""
    from rich.text import Text  # noqa: PLC0415

    from bamai.report.content import industry_words  # noqa: PLC0415

    words = vocabulary_of(rules)
    lists = (("industry.sectors", words.file.sectors), ("industry.divisions", words.file.industries))
    if format_ is ListFormat.json:
        from bamai.assessment import dumps  # noqa: PLC0415
        from bamai.report.policies import entry_data  # noqa: PLC0415

        write_stdout(dumps([entry_data(entry, lang()) for _, section in lists for entry in section.entries]) + "\n")
        return
    out = console(width)
    for key, section in lists:
        out.print(Text(word(key), "bold"))
        heads = [word(f"table.{name}") for name in ("id", "title", "code")]
        rows = [[entry.id, industry_words(words.industries[entry.id], lang()), entry.code or ""]
                for entry in section.entries]  # fmt: skip
        print_table(out, heads, rows)


@command(app, "show", "industry.show.help")
@guarded
def show(
    industry: Annotated[str, typer.Argument(metavar="NAME", help=word("industry.show.name"))],
    rules: RulesOption = None,
    width: WidthOption = None,
) -> None:
    """An industry with the figures, targets and documents that bear on it."""
    from bamai.report.policies import explain_industry  # noqa: PLC0415

    found = industry_called(industry, rules)
    known = catalog(rules)
    about = explain_industry(entry(vocabulary_of(rules), found.id), found, documents(known), figures(known), lang())
    print_explanation(console(width), about, "")


def entry(words: Vocabulary, name: str) -> Entry:
    """The entry of a division or sector."""
    entries = (*words.file.industries.entries, *words.file.sectors.entries)
    return next(item for item in entries if item.id == name)
