"""``bamai score FILE…``: score answers files and report."""

from __future__ import annotations

import enum
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bamai.commands.common import (
    FontOption,
    ForceOption,
    Missing,
    ProfileOption,
    RulesOption,
    WidthOption,
    catalog,
    check_output,
    complain,
    console,
    guarded,
    industry_called,
    lang,
    say,
    unknown_industry,
    vocabulary_of,
    word,
    write,
    write_stdout,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from bamai.answers import AnswersFile
    from bamai.assessment import Assessment
    from bamai.catalog import Catalog, Edition


class Format(enum.StrEnum):
    """What goes to stdout."""

    text = "text"
    json = "json"
    md = "md"


@guarded
def score(
    files: Annotated[list[str], typer.Argument(metavar="FILE…", help=word("score.files"))],
    output: Annotated[list[Path] | None, typer.Option("-o", "--output", metavar="OUT", help=word("opt.output"))] = None,
    format_: Annotated[Format | None, typer.Option("--format", help=word("opt.format"))] = None,
    at_least: Annotated[str | None, typer.Option("--at-least", metavar="LEVEL", help=word("score.at_least"))] = None,
    missing: Annotated[Missing, typer.Option("--missing", help=word("score.missing"))] = Missing.open,
    font: FontOption = None,
    industry: Annotated[str | None, typer.Option("--industry", metavar="NAME", help=word("score.industry"))] = None,
    cohort: Annotated[Path | None, typer.Option("--cohort", metavar="COHORT", help=word("score.cohort"))] = None,
    profile: ProfileOption = None,
    rules: RulesOption = None,
    width: WidthOption = None,
    force: ForceOption = False,
) -> None:
    """Score every file; a bad one is reported and does not stop the others."""
    from bamai.errors import BamaiError, Exit, Place, Problem, RulesError, UsageError  # noqa: PLC0415
    from bamai.report.writers import SEVERAL, SUFFIXES, report  # noqa: PLC0415

    for path in output or []:
        check_output(path, SUFFIXES, force)
        if len(files) > 1 and path.suffix.lower() not in SEVERAL:
            params = {"found": path.suffix, "allowed": ", ".join(SEVERAL)}
            raise UsageError(Problem("output_one", params, Place(str(path))))
    if industry is not None:
        industry = industry_called(industry, rules).id
    known = catalog(rules, profile)
    place = placing(cohort, rules) if cohort is not None else None
    results: list[Assessment] = []
    code = Exit.DONE
    editions: dict[str, Edition] = {}
    for file in files:
        try:
            opened = open_answers(file)
            edition = edition_of(opened, known, editions)
            result = assess_file(opened, edition, missing_lowest=missing is Missing.lowest, industry=industry)
            results.append(result if place is None else place(result))
        except (RulesError, UsageError):
            raise
        except BamaiError as error:
            complain(error.problems)
            code = Exit.REFUSED
    wanted = [check_level(at_least, result) for result in results] if at_least else []
    if results:
        made = [(path, report(path.suffix.lower(), results, lang(), font or ())) for path in output or []]
        for path, content in made:
            write(path, content)
            say(word("written", path=str(path)))
        if not output or format_ is not None:
            show(results, format_ or Format.text, width)
    if code is Exit.DONE and not all(wanted):
        say(word("score.below", level=at_least))
        code = Exit.BELOW
    raise typer.Exit(code)


def open_answers(file: str) -> AnswersFile:
    """The answers file called *file*; ``-`` is stdin."""
    from bamai.answers import AnswersFile  # noqa: PLC0415
    from bamai.yamlfile import MAX_BYTES  # noqa: PLC0415

    if file == "-":
        return AnswersFile.parse(sys.stdin.buffer.read(MAX_BYTES + 1), "<stdin>")
    return AnswersFile.open(file)


def edition_of(opened: AnswersFile, known: Catalog, editions: dict[str, Edition]) -> Edition:
    """The edition that a file names; a name that does not exist is the file's mistake, not the rules'."""
    from bamai.errors import InputError, RulesError  # noqa: PLC0415

    name = opened.model
    if name not in editions:
        try:
            ref = known.resolve(name)
        except RulesError as error:
            if error.problems[0].code != "unknown_model":
                raise
            raise InputError(error.problems[0].at(opened.place(("model",)), "model")) from None
        editions[name] = known.load(ref)
    return editions[name]


def assess_file(
    opened: AnswersFile, edition: Edition, *, missing_lowest: bool = False, industry: str | None = None
) -> Assessment:
    """Judge and score one file, with *industry* instead of its own; its warnings go to stderr."""
    from bamai.answers import Judge  # noqa: PLC0415
    from bamai.assessing import assess  # noqa: PLC0415

    answers, columns, warnings = opened.read(Judge(edition))
    if industry is not None:
        answers = replace(answers, enterprise=answers.enterprise._replace(industry=industry))
    complain(warnings)
    unknown_industry(edition.vocabulary, answers.enterprise.industry, opened.place(("enterprise", "industry")))
    return assess(edition, answers, columns, missing_lowest=missing_lowest)


def placing(path: Path, rules: Path | None) -> Callable[[Assessment], Assessment]:
    """What adds to a result where it stands in the cohort at *path*."""
    from bamai.cohort.reading import read  # noqa: PLC0415
    from bamai.cohort.standing import standing  # noqa: PLC0415
    from bamai.errors import InputError, Place  # noqa: PLC0415

    cohort, words = read(path), vocabulary_of(rules)

    def place(result: Assessment) -> Assessment:
        try:
            return result._replace(standing=standing(result, cohort, words))
        except InputError as error:
            raise InputError([problem.at(Place(str(path))) for problem in error.problems]) from None

    return place


def check_level(wanted: str, result: Assessment) -> bool:
    """Whether *result* reaches the level; a level that its model does not have is a usage error."""
    from bamai.errors import Problem, UsageError  # noqa: PLC0415

    levels = [level.id for level in result.levels]
    level = wanted.strip().upper()
    if level not in levels:
        raise UsageError(Problem("no_such_level", {"found": wanted, "allowed": ", ".join(levels)}))
    return result.at_least(level)


def show(results: list[Assessment], format_: Format, width: int | None) -> None:
    """Results on stdout."""
    if format_ is not Format.text:
        from bamai.report.writers import report  # noqa: PLC0415

        write_stdout(report(f".{format_}", results, lang()))
        return
    from bamai.report.terminal import print_report, text_report  # noqa: PLC0415

    out = console(width)
    for index, result in enumerate(results):
        if index:
            out.print()
        if out.is_terminal:
            print_report(out, result, lang())
        else:
            out.file.write(text_report(result, lang(), out.width, ascii_only=out.options.ascii_only))
