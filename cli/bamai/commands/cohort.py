"""``bamai cohort build | merge | show | publish``: distributions of many results."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
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
    console,
    group,
    guarded,
    lang,
    say,
    vocabulary_of,
    word,
    write,
)
from bamai.texts import printable

if TYPE_CHECKING:
    from bamai.catalog import Catalog, Edition
    from bamai.cohort.build import Results
    from bamai.cohort.complete import Cohort
    from bamai.vocabulary import Vocabulary

app = group("cohort.help")

SUFFIXES = (".json",)
OutOption = Annotated[Path, typer.Option("-o", "--output", metavar="OUT", help=word("cohort.output"))]
MinCellOption = Annotated[int, typer.Option("--min-cell", min=3, max=1000, help=word("cohort.min_cell"))]


@command(app, "build", "cohort.build.help")
@guarded
def build(
    results: Annotated[list[Path], typer.Argument(metavar="RESULTS…", help=word("cohort.results"))],
    output: OutOption,
    model: Annotated[str | None, typer.Option("--model", metavar="MODEL", help=word("cohort.model"))] = None,
    with_duplicates: Annotated[bool, typer.Option("--with-duplicates", help=word("cohort.with_duplicates"))] = False,
    created: Annotated[str | None, typer.Option("--created", metavar="DATE", help=word("cohort.created"))] = None,
    profile: ProfileOption = None,
    rules: RulesOption = None,
    force: ForceOption = False,
) -> None:
    """Count the results that batches have written."""
    import datetime  # noqa: PLC0415

    from bamai.cohort.build import SUFFIXES as RESULTS  # noqa: PLC0415
    from bamai.cohort.build import Results, Rules  # noqa: PLC0415
    from bamai.cohort.build import build as counted  # noqa: PLC0415
    from bamai.cohort.reading import is_date  # noqa: PLC0415
    from bamai.errors import Place, Problem, UsageError  # noqa: PLC0415

    check_output(output, SUFFIXES, force)
    day = created or datetime.date.today().isoformat()  # noqa: DTZ011  (the user's own day)
    problems = [] if is_date(day) else [Problem("cohort_date", {"found": printable(day)})]
    for path in results:
        if path.suffix.lower() not in RESULTS:
            params = {"found": printable(path.suffix or path.name), "allowed": ", ".join(RESULTS)}
            problems.append(Problem("cohort_suffix", params, Place(str(path))))
    if problems:
        raise UsageError(problems)
    files = [Results(path) for path in results]
    edition = _edition(files, catalog(rules, profile), model)
    if not edition.model.scored:
        raise UsageError(Problem("cohort_no_score", {"found": edition.ref}))
    found = counted(files, Rules(edition, vocabulary_of(rules)), day, with_duplicates=with_duplicates)
    _write(found, output)


def _edition(files: list[Results], known: Catalog, model: str | None) -> Edition:
    """The edition by which results were scored: what Parquet says, else what the user says."""
    from bamai.errors import Problem, UsageError  # noqa: PLC0415

    silent = [one for one in files if not one.rules]
    if model is None and silent:
        raise UsageError([Problem("cohort_needs_model", {}, one.place) for one in silent])
    return known.load(model or min(files[0].rules)[0])


@command(app, "merge", "cohort.merge.help")
@guarded
def merge(
    files: Annotated[list[Path], typer.Argument(metavar="A B…", help=word("cohort.files"))],
    output: OutOption,
    force: ForceOption = False,
) -> None:
    """Add cohorts up."""
    from bamai.cohort.complete import merge as merged  # noqa: PLC0415
    from bamai.cohort.reading import only_complete, read  # noqa: PLC0415

    check_output(output, SUFFIXES, force)
    _write(merged(only_complete([(str(path), read(path)) for path in files])), output)


def _write(cohort: Cohort, output: Path) -> None:
    """A complete cohort, for the user's own eyes."""
    from bamai.files import Whole  # noqa: PLC0415

    with Whole(output, private=True) as stream:
        cohort.write(stream)
    counts = {name: f"{number:,}" for name, number in cohort.counts._asdict().items()}
    say(word("cohort.counted", cells=f"{len(cohort.cells):,}", **counts))
    if cohort.counts.repeated:
        say(word("cohort.repeated", count=counts["repeated"]))
    say(word("cohort.notice"))
    say(word("written", path=printable(str(output))))


@command(app, "show", "cohort.show.help")
@guarded
def show(
    file: Annotated[Path, typer.Argument(metavar="FILE", help=word("cohort.file"))],
    industry: Annotated[str | None, typer.Option("--industry", help=word("cohort.by_industry"))] = None,
    province: Annotated[str | None, typer.Option("--province", help=word("cohort.by_province"))] = None,
    size: Annotated[str | None, typer.Option("--size", help=word("cohort.by_size"))] = None,
    min_cell: Annotated[
        int | None, typer.Option("--min-cell", min=3, max=1000, help=word("cohort.show_min_cell"))
    ] = None,
    rules: RulesOption = None,
    width: WidthOption = None,
) -> None:
    """What may be published of a cohort, for one cell and its parts."""
    from bamai.cohort.published import USUAL, Published, publish  # noqa: PLC0415
    from bamai.cohort.reading import read  # noqa: PLC0415
    from bamai.errors import Place, Problem, RulesError, UsageError  # noqa: PLC0415
    from bamai.report.cohort import cohort_blocks  # noqa: PLC0415
    from bamai.report.terminal import print_blocks, text  # noqa: PLC0415

    vocabulary = vocabulary_of(rules)
    key = (
        _group(vocabulary, "industry", industry),
        _group(vocabulary, "province", province),
        _group(vocabulary, "size", size),
    )
    cohort = read(file)
    if isinstance(cohort, Published):
        published = cohort
        if min_cell not in (None, cohort.min_cell):
            params = {"found": min_cell, "allowed": cohort.min_cell}
            raise UsageError(Problem("cohort_min_cell", params, Place(str(file))))
    else:
        with _at(file):
            published = publish(cohort, min_cell or USUAL)
    known = catalog(rules)
    try:
        edition = known.load(published.model)
    except RulesError:
        edition = None  # ids will do for titles
    blocks = list(cohort_blocks(published, key, vocabulary, edition, lang()))
    out = console(width)
    if out.is_terminal:
        print_blocks(out, blocks, lang())
    else:
        out.file.write(text(blocks, lang(), out.width, ascii_only=out.options.ascii_only))


@contextlib.contextmanager
def _at(file: Path) -> Iterator[None]:
    """Says of which file a problem is."""
    from bamai.errors import InputError, Place  # noqa: PLC0415

    try:
        yield
    except InputError as error:
        raise InputError([problem.at(Place(str(file))) for problem in error.problems]) from None


def _group(vocabulary: Vocabulary, axis: str, asked: str | None) -> str | None:
    """Id of the group that the user means; a size may be its id or a number of employees."""
    from bamai.cohort.complete import NOT_STATED, UNRECOGNISED  # noqa: PLC0415
    from bamai.errors import Problem, UsageError  # noqa: PLC0415
    from bamai.schema import did_you_mean  # noqa: PLC0415

    if asked is None or asked in (UNRECOGNISED, NOT_STATED):
        return asked
    file = vocabulary.file
    entries = {
        "industry": (*file.industries.entries, *file.sectors.entries),
        "province": file.provinces.entries,
        "size": file.sizes.entries,
    }[axis]
    find = {"industry": vocabulary.industry, "province": vocabulary.province, "size": vocabulary.size}[axis]
    found = find(asked) or next((entry.id for entry in entries if asked == entry.id), None)
    if found is None:
        known = [name for entry in entries for name in (entry.id, entry.title[lang()])]
        some = ", ".join(entry.id for entry in entries[:8]) + (" …" if len(entries) > 8 else "")
        params = {"axis": word(f"cohort.{axis}"), "found": printable(asked), "allowed": some}
        raise UsageError(Problem("cohort_group", {**params, "hint": did_you_mean(asked, known)}))
    return found


@command(app, "publish", "cohort.publish.help")
@guarded
def publish(
    file: Annotated[Path, typer.Argument(metavar="FILE", help=word("cohort.file"))],
    output: OutOption,
    min_cell: MinCellOption = 5,
    force: ForceOption = False,
) -> None:
    """Write what anybody may know of a cohort."""
    from bamai.assessment import dumps  # noqa: PLC0415
    from bamai.cohort.published import publish as published  # noqa: PLC0415
    from bamai.cohort.reading import only_complete, read  # noqa: PLC0415

    check_output(output, SUFFIXES, force)
    [(_, cohort)] = only_complete([(str(file), read(file))])
    with _at(file):
        found = published(cohort, min_cell)
    write(output, dumps(found.data()) + "\n")
    say(word("cohort.published", cells=f"{len(found.cells):,}", least=min_cell))
    say(word("written", path=printable(str(output))))
