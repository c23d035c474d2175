"""``bamai batch ROWS -o OUT``: score many enterprises."""

from __future__ import annotations

import contextlib
import enum
import errno
import functools
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bamai.commands.common import (
    ForceOption,
    Missing,
    ProfileOption,
    RulesOption,
    catalog,
    check_output,
    complain,
    console,
    guarded,
    lang,
    say,
    vocabulary_of,
    word,
    write,
)
from bamai.texts import printable

if TYPE_CHECKING:
    from bamai.batch.inputs import Reading
    from bamai.batch.local import Inputs, Progress, Report
    from bamai.batch.outputs import Output
    from bamai.catalog import Catalog
    from bamai.errors import Problem
    from bamai.vocabulary import Vocabulary

SUMMARY_SUFFIXES = (".json", ".md")


class Engine(enum.StrEnum):
    """Where a batch runs."""

    local = "local"
    spark = "spark"


@guarded
def batch(
    rows: Annotated[list[str], typer.Argument(metavar="ROWS…", help=word("batch.rows"))],
    output: Annotated[
        list[Path] | None, typer.Option("-o", "--output", metavar="OUT", help=word("batch.output"))
    ] = None,
    rejects: Annotated[Path | None, typer.Option("--rejects", metavar="FILE", help=word("batch.rejects"))] = None,
    model: Annotated[str | None, typer.Option("--model", metavar="MODEL", help=word("batch.model"))] = None,
    summary: Annotated[list[Path] | None, typer.Option("--summary", metavar="FILE", help=word("batch.summary"))] = None,
    columns: Annotated[Path | None, typer.Option("--columns", metavar="MAP", help=word("batch.columns"))] = None,
    keep: Annotated[bool, typer.Option("--keep", help=word("batch.keep"))] = False,
    detail: Annotated[bool, typer.Option("--detail", help=word("batch.detail"))] = False,
    lenient: Annotated[bool, typer.Option("--lenient", help=word("batch.lenient"))] = False,
    missing: Annotated[Missing, typer.Option("--missing", help=word("score.missing"))] = Missing.open,
    encoding: Annotated[str | None, typer.Option("--encoding", metavar="E", help=word("batch.encoding"))] = None,
    engine: Annotated[Engine, typer.Option("--engine", help=word("batch.engine"))] = Engine.local,
    master: Annotated[str | None, typer.Option("--master", metavar="URL", help=word("batch.master"))] = None,
    threads: Annotated[int | None, typer.Option("--threads", min=1, max=256, help=word("batch.threads"))] = None,
    profile: ProfileOption = None,
    rules: RulesOption = None,
    force: ForceOption = False,
) -> None:
    """Score every row; what is refused goes to the rejects and stops nothing."""
    from bamai.batch.inputs import found_files  # noqa: PLC0415
    from bamai.errors import Exit, InputError  # noqa: PLC0415

    outputs = output or []
    rejects = rejects or _beside(outputs)
    _check(outputs, rejects, summary or [], encoding, _of_engine(engine, master, threads), force=force)
    _check_places([*outputs, *([rejects] if rejects else []), *(summary or [])], engine)
    files = found_files(rows)
    _check_inputs(files, [*outputs, *([rejects] if rejects else [])], engine)
    known = catalog(rules, profile)
    model = _model_of(files, model, known)
    reading = _reading(known, model, columns, keep, detail, lenient, missing, encoding)
    vocabulary = vocabulary_of(rules)
    try:
        if engine is Engine.spark:
            report = _spark(files, reading, vocabulary, outputs, rejects, master)
        else:
            report = _local(files, reading, vocabulary, outputs, rejects, threads or os.cpu_count() or 1)
    except InputError as error:
        raise InputError([*error.problems, *_of_another_model(error.problems, reading, known)]) from None
    _tell(report, outputs, rejects)
    _summarise(report, reading, vocabulary, summary or [])
    raise typer.Exit(Exit.REFUSED if report.rejected or report.unfinished else Exit.DONE)


def _model_of(files: list[str], asked: str | None, known: Catalog) -> str | None:
    """The model asked for; where nothing but forms comes in, the one that they say. A mixture is told."""
    from bamai.batch.inputs import is_form, model_of_forms  # noqa: PLC0415
    from bamai.errors import RulesError  # noqa: PLC0415

    forms = sum(map(is_form, files))
    if 0 < forms < len(files):
        say(word("batch.mixed", forms=forms, tables=len(files) - forms))
    found = None if asked else model_of_forms(files)
    if found is None:
        return asked
    try:
        return str(known.resolve(found))
    except RulesError:
        return None  # every form is then refused by name


def _of_another_model(problems: Iterable[Problem], reading: Reading, known: Catalog) -> Iterator[Problem]:
    """A word on columns that this model doesn't know, but one other does, and all of them."""
    from bamai.batch.inputs import known_names  # noqa: PLC0415
    from bamai.checks import fold  # noqa: PLC0415
    from bamai.errors import Problem, RulesError  # noqa: PLC0415

    codes = ("unknown_column", "mapped_to_unknown")
    unknown = {fold(str(problem.params["found"])) for problem in problems if problem.code in codes}
    having = []
    for ref in known.refs if unknown else ():
        with contextlib.suppress(RulesError):
            if unknown <= known_names(known.load(ref)).keys():
                having.append(ref)
    if len(having) == 1:
        yield Problem("columns_of_another_model", {"model": reading.edition.ref, "found": having[0].id})


def _beside(outputs: list[Path]) -> Path | None:
    """Where rejects go when nobody says: beside the first output."""
    return outputs[0].parent / f"{outputs[0].stem}.rejects.csv" if outputs else None


def _check(
    outputs: list[Path], rejects: Path | None, summary: list[Path], encoding: str | None,
    others: Iterable[Problem], *, force: bool,
) -> None:  # fmt: skip
    """Refuse what cannot be before any work is done."""
    from bamai.batch.inputs import ENCODINGS  # noqa: PLC0415
    from bamai.batch.outputs import SUFFIXES  # noqa: PLC0415
    from bamai.errors import Place, Problem, UsageError  # noqa: PLC0415

    for path in [*outputs, *([rejects] if rejects else [])]:
        check_output(path, SUFFIXES, force)
    for path in summary:
        check_output(path, SUMMARY_SUFFIXES, force)
    places = [str(path.absolute()) for path in (*outputs, *([rejects] if rejects else []), *summary)]
    problems = [Problem("output_twice", {}, Place(place)) for place in {p for p in places if places.count(p) > 1}]
    if encoding is not None and encoding.lower() not in ENCODINGS:
        problems.append(Problem("unknown_encoding", {"found": encoding, "allowed": ", ".join(ENCODINGS)}))
    problems += others
    if problems:
        raise UsageError(problems)


def _of_engine(engine: Engine, master: str | None, threads: int | None) -> Iterator[Problem]:
    """What is asked of one engine, but only the other has."""
    from bamai.errors import Problem  # noqa: PLC0415

    if master is not None and engine is not Engine.spark:
        yield Problem("master_without_spark")
    if threads is not None and engine is Engine.spark:
        yield Problem("threads_with_spark")


def _check_places(paths: Iterable[Path], engine: Engine) -> None:
    """Refuse what nothing can be written to: some outputs are only made when everything is scored."""
    from bamai.errors import OutputError, Place, Problem, why  # noqa: PLC0415

    problems = []
    for path in paths:
        folder = engine is Engine.spark and path.suffix.lower() == ".parquet"
        try:
            os.stat(os.path.join(path.parent, ""))  # noqa: PTH116, PTH118  (the slash asks for a folder)
            if path.is_dir() and not folder:
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        except OSError as error:
            problems.append(Problem("output_failed", {"why": why(error)}, Place(str(path))))
    if problems:
        raise OutputError(problems)


def _check_inputs(files: list[str], written: list[Path], engine: Engine) -> None:
    from bamai.batch.inputs import STDIN, is_form  # noqa: PLC0415
    from bamai.errors import Place, Problem, UsageError  # noqa: PLC0415

    same = {Path(name).resolve() for name in files} & {path.resolve() for path in written}
    problems = [Problem("output_is_input", {}, Place(str(path))) for path in sorted(same)]
    if engine is Engine.spark and STDIN in files:
        problems.append(Problem("spark_stdin"))
    if engine is Engine.spark:
        problems += [Problem("spark_form", {}, Place(name)) for name in files if is_form(name)][:1]
    if problems:
        raise UsageError(problems)


def _reading(
    known: Catalog, model: str | None, columns: Path | None, keep: bool, detail: bool, lenient: bool,
    missing: Missing, encoding: str | None,
) -> Reading:  # fmt: skip
    from bamai.batch.inputs import Mapped, Reading  # noqa: PLC0415
    from bamai.batch.kernel import Options  # noqa: PLC0415

    options = Options(detail, lenient, missing is Missing.lowest, lang())
    return Reading(known.load(model or known.default()), options, Mapped.read(columns), keep, encoding)


def _local(
    files: list[str], reading: Reading, vocabulary: Vocabulary, outputs: list[Path], rejects: Path | None, threads: int
) -> Report:
    from bamai.batch.local import Run, schemas  # noqa: PLC0415

    source = printable(files[0]) if len(files) == 1 else None
    with (
        contextlib.closing(_inputs(files, reading)) as inputs,
        _written(outputs, rejects, *schemas(inputs), source=source) as (results, refused),
        _progress() as progress,
    ):
        return Run(inputs, vocabulary, results, refused, threads=threads, progress=progress).run()


def _spark(
    files: list[str], reading: Reading, vocabulary: Vocabulary, outputs: list[Path], rejects: Path | None,
    master: str | None,
) -> Report:  # fmt: skip
    from bamai.batch.local import schemas  # noqa: PLC0415
    from bamai.batch.spark import Folder, SparkRun, session  # noqa: PLC0415

    beside = next((path.parent for path in (*outputs, rejects) if path is not None), Path.cwd())
    source = printable(files[0]) if len(files) == 1 else None
    with (
        contextlib.closing(_inputs(files, reading)) as inputs,
        _written(outputs, rejects, *schemas(inputs), source=source, folder=Folder) as (results, refused),
        session(master) as spark,
    ):
        waiting = functools.partial(say, word("batch.spark_waiting"))
        return SparkRun(spark, inputs, vocabulary, results, refused, beside, waiting=waiting).run()


def _inputs(files: list[str], reading: Reading) -> Inputs:
    from bamai.batch.local import Inputs  # noqa: PLC0415

    inputs = Inputs(files, reading)
    for file, encoding in inputs.guessed.items():
        say(word("batch.guessed", file=printable(file), encoding=encoding.upper()))
    complain(inputs.doubts)
    return inputs


@contextlib.contextmanager
def _written(
    outputs: list[Path],
    rejects: Path | None,
    result_schema: Any,
    reject_schema: Any,
    *,
    source: str | None = None,
    folder: Callable[[Path], Any] | None = None,
) -> Iterator[tuple[list[Any], list[Any]]]:
    """The outputs of a run; they appear when it has ended well, and leave nothing when it has not.

    Args:
        source: the input, where there is only one.
        folder: makes a Parquet output that is not one file.
    """
    from bamai.batch.outputs import Complaints, Late, opened  # noqa: PLC0415
    from bamai.errors import OutputError, Problem, why  # noqa: PLC0415

    made: list[Any] = []

    def of_file(path: Path, otherwise: Callable[[Path, Any], Output], schema: Any) -> Any:
        return folder(path) if folder and path.suffix.lower() == ".parquet" else otherwise(path, schema)

    try:
        for path in outputs:
            made.append(of_file(path, opened, result_schema))
        if not outputs:
            made.append(opened(sys.stdout.buffer, result_schema))
        made.append(of_file(rejects, Late, reject_schema) if rejects else Complaints(sys.stderr, lang(), source))
        yield made[:-1], made[-1:]
        for output in made:
            output.settle()
        for output in made:  # all are on the disk: none appears without the others
            output.close()
    except BaseException as error:
        for output in made:
            output.abort()
        if isinstance(error, OSError) and not isinstance(error, BrokenPipeError):
            raise OutputError(Problem("output_failed", {"why": why(error)})) from None
        raise


@contextlib.contextmanager
def _progress() -> Iterator[Callable[[Progress], None]]:
    """A bar on a terminal; nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    import time  # noqa: PLC0415

    from rich.console import Console  # noqa: PLC0415
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn  # noqa: PLC0415

    console = Console(stderr=True, highlight=False)
    shown = TextColumn("{task.fields[rows]}", markup=False)
    columns = (BarColumn(), TaskProgressColumn(), shown, TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=None, rows="")
        began = time.monotonic()

        def tell(at: Any) -> None:
            speed = at.records / max(time.monotonic() - began, 0.001)
            rows = word("batch.progress", rows=f"{at.records:,}", speed=f"{speed:,.0f}")
            bar.update(task, total=at.size or None, completed=at.consumed, rows=rows)

        yield tell


def _tell(report: Report, outputs: list[Path], rejects: Path | None) -> None:
    """What came of it, on stderr."""
    for name, (count, file, record) in report.suspicious.items():
        where = {"column": printable(name), "file": printable(file)}
        say(word("batch.suspicious", count=count, record=record, **where))
    if report.duplicates:
        say(word("batch.duplicates", count=report.duplicates))
    complain(report.unfinished)
    say(word("batch.counts", records=f"{report.records:,}", results=f"{report.results:,}",
             rejected=f"{report.rejected:,}"))  # fmt: skip
    for path in [*outputs, *([rejects] if rejects and rejects.exists() else [])]:
        say(word("written", path=printable(str(path))))


def _summarise(report: Report, reading: Reading, vocabulary: Vocabulary, paths: list[Path]) -> None:
    """The summary, in brief on stderr and in full to files."""
    from bamai.assessment import dumps  # noqa: PLC0415
    from bamai.batch.summary import Summary  # noqa: PLC0415
    from bamai.report.markdown import markdown  # noqa: PLC0415
    from bamai.report.summary import brief, full  # noqa: PLC0415
    from bamai.report.terminal import print_blocks, text  # noqa: PLC0415

    summary = Summary.of(report, reading.edition, vocabulary, reading.options)
    err = console(file=sys.stderr)
    if err.is_terminal:
        print_blocks(err, brief(summary, lang()), lang())
    else:
        err.file.write(text(brief(summary, lang()), lang(), err.width, ascii_only=err.options.ascii_only))
    for path in paths:
        as_json = path.suffix.lower() == ".json"
        write(path, f"{dumps(summary.data(lang()))}\n" if as_json else markdown(full(summary, lang()), lang()))
        say(word("written", path=printable(str(path))))
