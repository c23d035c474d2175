"""``bamai assess [MODEL]``: the interview, one line a question, then the report."""

from __future__ import annotations

import datetime
import sys
from pathlib import Path
from typing import Annotated

import typer

from bamai.commands.common import (
    ForceOption,
    RulesOption,
    WidthOption,
    catalog,
    check_output,
    guarded,
    lang,
    say,
    word,
    write,
)


@guarded
def assess(
    model: Annotated[str | None, typer.Argument(metavar="[MODEL]", help=word("arg.model"))] = None,
    plain: Annotated[bool, typer.Option("--plain", help=word("assess.plain"))] = False,
    name: Annotated[str | None, typer.Option("--name", help=word("assess.name"))] = None,
    assessor: Annotated[str | None, typer.Option("--assessor", help=word("assess.assessor"))] = None,
    save: Annotated[Path | None, typer.Option("--save", metavar="FILE", help=word("assess.save"))] = None,
    resume: Annotated[Path | None, typer.Option("--resume", metavar="FILE", help=word("assess.resume"))] = None,
    rules: RulesOption = None,
    width: WidthOption = None,
    force: ForceOption = False,
) -> None:
    """Ask, save after every answer, report. The end of the input keeps what was answered and exits 3."""
    from bamai.answers import Answers, AnswersFile, Enterprise, Judge  # noqa: PLC0415
    from bamai.answersfile import written  # noqa: PLC0415
    from bamai.catalog import DEFAULT_MODEL  # noqa: PLC0415
    from bamai.commands.score import Format as ReportFormat  # noqa: PLC0415
    from bamai.commands.score import assess_file, edition_of, show  # noqa: PLC0415
    from bamai.errors import Exit, Problem, UsageError  # noqa: PLC0415
    from bamai.interview.plain import run  # noqa: PLC0415
    from bamai.interview.session import Session  # noqa: PLC0415

    del plain  # the only skin so far
    known = catalog(rules)
    if resume is not None:
        opened = AnswersFile.open(resume)
        edition = edition_of(opened, known, {})
        if model is not None and str(known.resolve(model)) != edition.ref:
            raise UsageError(Problem("resume_model", {"found": edition.ref, "asked": model}))
        answers, _, _ = opened.read(Judge(edition))
        target = save or resume
    else:
        edition = known.load(model or DEFAULT_MODEL)
        now = datetime.datetime.now().astimezone()
        answers = Answers(edition.ref, Enterprise(name=name), assessor, now.date().isoformat())
        target = save or Path(f"bamai-{edition.model.id}-{now:%Y%m%d-%H%M%S}.yaml")
    if target != resume:
        check_output(target, (".yaml", ".yml"), force)
    write(target, written(answers))
    session = Session(edition, answers, lambda current: write(target, written(current)))
    say(word("assess.saving", path=str(target)))
    if resume is not None:
        say(word("assess.resumed", count=session.resume()))

    def read() -> str | None:
        typer.echo("> ", nl=False, err=True)
        line = sys.stdin.readline()
        return line.rstrip("\r\n") if line else None

    if hasattr(sys.stdin, "reconfigure"):
        sys.stdin.reconfigure(errors="replace")
    try:
        finished = run(session, read, say, lang(), ask_name=resume is None and name is None)
    except KeyboardInterrupt:
        say("\n" + word("assess.interrupted", path=str(target)))
        raise typer.Exit(Exit.INTERRUPTED) from None
    write(target, written(answers))
    if not finished:
        say(word("assess.ended", path=str(target)))
        raise typer.Exit(Exit.REFUSED)
    say(word("assess.done", path=str(target)) + "\n")
    show([assess_file(AnswersFile.open(target), edition)], ReportFormat.text, width)
    raise typer.Exit(Exit.DONE)
