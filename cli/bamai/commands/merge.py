"""``bamai merge A B …``: the answers of several respondents of one enterprise as one answers file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bamai.commands.asking import at_terminal, read_line
from bamai.commands.common import (
    ForceOption,
    ProfileOption,
    RulesOption,
    catalog,
    check_output,
    complain,
    guarded,
    lang,
    say,
    word,
    write,
    write_stdout,
)

if TYPE_CHECKING:
    from bamai.catalog import Catalog, Edition
    from bamai.errors import Problem
    from bamai.merging import Conflict, Decision, Merged, Merging, Respondent


@guarded
def merge(
    files: Annotated[list[str], typer.Argument(metavar="A B…", help=word("merge.files"))],
    output: Annotated[Path | None, typer.Option("-o", "--output", metavar="OUT", help=word("merge.output"))] = None,
    prefer: Annotated[list[str] | None, typer.Option("--prefer", metavar="[Q=]WHO", help=word("merge.prefer"))] = None,
    ask: Annotated[bool, typer.Option("--ask", help=word("merge.ask"))] = False,
    profile: ProfileOption = None,
    rules: RulesOption = None,
    force: ForceOption = False,
) -> None:
    """Hold the files together, decide what they do not agree on, write one."""
    from bamai.answersfile import written  # noqa: PLC0415
    from bamai.errors import Exit, InputError, Problem, UsageError  # noqa: PLC0415
    from bamai.merging import Merging  # noqa: PLC0415

    if len(files) < 2:
        raise UsageError(Problem("merge_one"))
    if output is not None:
        check_output(output, (".yaml", ".yml"), force)
    edition, respondents = _read(files, catalog(rules, profile))
    merging = Merging(edition, respondents, lang())
    wishes = _wishes(prefer or [], merging)
    conflicts = merging.conflicts()
    decisions: dict[int, Decision] = {}
    open_ones = []
    for index, conflict in enumerate(conflicts):
        choice = _preferred(conflict, wishes)
        if choice is None:
            open_ones.append(index)
        else:
            decisions[index] = choice
    if open_ones and (ask or at_terminal()):
        for index in open_ones:
            decisions[index] = _ask(conflicts[index], merging)
    elif open_ones:
        raise InputError([_problem(conflicts[index], merging) for index in open_ones])
    by_conflict = {_key(conflicts[index]): choice for index, choice in decisions.items()}
    merged = merging.merged(lambda conflict: by_conflict[_key(conflict)])
    text = written(merged.answers)
    if output is None:
        write_stdout(text)
    else:
        write(output, text, private=True)
    _tell(merged, merging)
    if output is not None:
        say(word("written", path=str(output)))
    raise typer.Exit(Exit.DONE)


def _read(files: list[str], known: Catalog) -> tuple[Edition, list[Respondent]]:
    """The answers of every file; all mistakes of all files at once."""
    from bamai.answers import Judge  # noqa: PLC0415
    from bamai.commands.score import edition_of, open_answers  # noqa: PLC0415
    from bamai.errors import BamaiError, InputError, Place, Problem, RulesError, UsageError  # noqa: PLC0415
    from bamai.merging import respondents_named  # noqa: PLC0415

    problems: list[Problem] = []
    read = []
    editions: dict[str, Edition] = {}
    refs: dict[str, str] = {}
    for file in files:
        try:
            opened = open_answers(file)
            edition = edition_of(opened, known, editions)
            answers, columns, warnings = opened.read(Judge(edition))
        except (RulesError, UsageError):
            raise
        except BamaiError as error:
            problems += error.problems
            continue
        complain(warnings)
        refs.setdefault(edition.ref, file)
        if len(refs) > 1 and edition.ref != next(iter(refs)):
            params = {"found": edition.ref, "first": next(iter(refs)), "file": refs[next(iter(refs))]}
            problems.append(Problem("merge_edition", params, Place(file)))
        read.append((file, Path(file).stem, answers, columns))
    if problems:
        raise InputError(problems)
    return editions[next(iter(editions))], respondents_named(read)


# ── deciding ─────────────────────────────────────────────────────────────────────────────────────────


def _wishes(prefer: list[str], merging: Merging) -> list[tuple[str, int]]:
    """Whom to trust: question id (blank: everywhere) and respondent, in the order they were given."""
    from bamai.checks import fold  # noqa: PLC0415
    from bamai.errors import Place, Problem, UsageError  # noqa: PLC0415
    from bamai.texts import shown  # noqa: PLC0415

    found = []
    problems = []
    for wish in prefer:
        name = ""
        meant = _respondents(wish, merging)
        if not meant and "=" in wish:
            question, _, rest = wish.partition("=")
            meant = _respondents(rest, merging)
            name = merging.judge.names.get(fold(question), "")
            if not name:
                params = {"found": shown(question), "model": merging.edition.ref, "hint": ""}
                problems.append(Problem("unknown_question", params, Place("--prefer")))
                continue
        if len(meant) != 1:
            listed = [merging.respondents[index] for index in meant] or merging.respondents
            names = ", ".join(f"{respondent.name} ({respondent.file})" for respondent in listed)
            code = "merge_several" if meant else "merge_nobody"
            problems.append(Problem(code, {"found": shown(wish), "allowed": names}, Place("--prefer")))
            continue
        found.append((name, meant[0]))
    if problems:
        raise UsageError(problems)
    return sorted(found, key=lambda wish: not wish[0])  # what was said of one question goes before what was of all


def _respondents(text: str, merging: Merging) -> list[int]:
    """Who is called so: by the path or the name that tells each from the others, else by a name some may share."""
    every = list(enumerate(merging.respondents))
    alone = [index for index, respondent in every if text in (respondent.file, respondent.name)]
    return alone[:1] or [
        index for index, respondent in every
        if text in (Path(respondent.file).stem, Path(respondent.file).name, respondent.answers.assessor)
    ]  # fmt: skip


def _preferred(conflict: Conflict, wishes: list[tuple[str, int]]) -> int | None:
    for question, who in wishes:
        if not question or question in conflict.questions:
            for index, version in enumerate(conflict.versions):
                if who in version.respondents:
                    return index
    return None


def _ask(conflict: Conflict, merging: Merging) -> Decision:
    """Ask which version stands; the end of the input leaves everything as it was."""
    from bamai.errors import Exit  # noqa: PLC0415

    say("")
    say(_about(conflict, merging))
    for number, version in enumerate(conflict.versions, 1):
        say(f"  {number} = {merging.names(version)}: {merging.tell(version, lang())}")
    say(word("merge.choices"))
    while True:
        line = read_line()
        if line is None:
            say(word("merge.nothing"))
            raise typer.Exit(Exit.REFUSED)
        answer = line.strip().casefold()
        if answer in ("s", "skip", "跳过"):
            return None
        if answer.isdecimal() and 1 <= int(answer) <= len(conflict.versions):
            return int(answer) - 1
        say("! " + word("merge.choices"))


def _about(conflict: Conflict, merging: Merging) -> str:
    if conflict.field:
        return word("merge.field", field=conflict.field)
    questions = [merging.edition.questions[name] for name in _concerned(conflict)]
    return word("list_comma").join(f"{question.label} {question.text[lang()]}" for question in questions)


def _concerned(conflict: Conflict) -> list[str]:
    """Questions of a conflict that somebody has answered."""
    return [name for name in conflict.questions if any(name in version.entries for version in conflict.versions)]


def _problem(conflict: Conflict, merging: Merging) -> Problem:
    from bamai.errors import Problem  # noqa: PLC0415

    said = word("list_semicolon").join(f"{merging.names(v)}: {merging.tell(v, lang())}" for v in conflict.versions)
    names = conflict.field or ", ".join(merging.edition.questions[name].label for name in _concerned(conflict))
    return Problem("merge_conflict", {"about": names, "said": said}, questions=conflict.questions)


def _key(conflict: Conflict) -> tuple[str, tuple[str, ...]]:
    return conflict.field, conflict.questions


# ── telling ──────────────────────────────────────────────────────────────────────────────────────────


def _tell(merged: Merged, merging: Merging) -> None:
    """What was merged and how conflicts were decided."""
    for respondent, count in zip(merging.respondents, merged.counts, strict=True):
        say(word("merge.gave", name=respondent.name, file=respondent.file, count=count))
    for conflict, choice in merged.decided:
        said = word("list_semicolon").join(f"{merging.names(v)}: {merging.tell(v, lang())}" for v in conflict.versions)
        stands = word("merge.left_open") if choice is None else merging.names(conflict.versions[choice])
        say(word("merge.decided", about=_about(conflict, merging), said=said, stands=stands))
    for item in merged.overruled:
        label = merging.edition.questions[item.question].label
        say(word("merge.overruled", label=label, name=merging.respondents[item.respondent].name))
    say(word("merge.summary", count=len(merged.answers.entries), conflicts=len(merged.decided)))
