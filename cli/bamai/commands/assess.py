"""``bamai assess [MODEL]``: the interview, then the report."""

from __future__ import annotations

import datetime
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bamai.commands.asking import at_terminal, read_line
from bamai.commands.common import (
    ForceOption,
    ProfileOption,
    RulesOption,
    WidthOption,
    catalog,
    check_output,
    complain,
    guarded,
    lang,
    say,
    unknown_industry,
    vocabulary_of,
    word,
    write,
)

if TYPE_CHECKING:
    from bamai.answers import Answers, AnswersFile
    from bamai.assessment import Assessment
    from bamai.catalog import Catalog, Edition
    from bamai.interview.first import First, Offer
    from bamai.interview.plain import Talk
    from bamai.interview.session import Session
    from bamai.journal import Writer

JOURNALS = (".jsonl",)


@guarded
def assess(
    model: Annotated[str | None, typer.Argument(metavar="[MODEL]", help=word("assess.model"))] = None,
    plain: Annotated[bool, typer.Option("--plain", help=word("assess.plain"))] = False,
    name: Annotated[str | None, typer.Option("--name", help=word("assess.name"))] = None,
    industry: Annotated[str | None, typer.Option("--industry", help=word("assess.industry"))] = None,
    assessor: Annotated[str | None, typer.Option("--assessor", help=word("assess.assessor"))] = None,
    save: Annotated[Path | None, typer.Option("--save", metavar="FILE", help=word("assess.save"))] = None,
    resume: Annotated[Path | None, typer.Option("--resume", metavar="FILE", help=word("assess.resume"))] = None,
    profile: ProfileOption = None,
    rules: RulesOption = None,
    width: WidthOption = None,
    force: ForceOption = False,
) -> None:
    """Ask, keep every answer in a journal, report. The end of the input keeps what was answered and exits 3."""
    from bamai.errors import Exit, Place  # noqa: PLC0415

    known = catalog(rules, profile)
    skin = _skin(plain, width)
    if save is not None and resume is None:
        check_output(save, JOURNALS, force)
    try:
        if resume is None and save is None and (name is None or model is None):
            resume = _offered(skin, known, model, name)
        who = {key: value for key, value in (("name", name), ("industry", industry)) if value is not None}
        if industry is not None:
            unknown_industry(vocabulary_of(rules), industry, Place("--industry"))
        if resume is not None:
            session, writer = _resumed(resume, known, model, save, force)
            session.name(who, assessor)
        else:
            given = {**who, "model": model, "assessor": assessor}
            known_already = {key: value for key, value in given.items() if value is not None}
            session, writer = _begun(skin, known_already, known, save, rules, force)
    except _LeftError:
        say(word("assess.nothing"))
        raise typer.Exit(Exit.REFUSED) from None
    except KeyboardInterrupt:
        say("\n" + word("assess.nothing"))
        raise typer.Exit(Exit.INTERRUPTED) from None
    path, again = writer.path, _again(writer.path, profile, rules, plain)
    try:
        finished = skin.run(session)
    except KeyboardInterrupt:
        say("\n" + word("assess.interrupted", path=str(path), command=again))
        raise typer.Exit(Exit.INTERRUPTED) from None
    else:
        if not finished:
            say(word("assess.ended", path=str(path), command=again))
            raise typer.Exit(Exit.REFUSED)
        _report(session, writer, width)
    finally:
        writer.close()
    raise typer.Exit(Exit.DONE)


class _LeftError(Exception):
    """Somebody left before the first question."""


class _Skin:
    """Either way to talk: lines, or keys on a terminal."""

    def __init__(self, lines: bool, width: int) -> None:
        self.lines = lines
        self.width = width

    def first(self, first: First | Offer) -> bool:
        if self.lines:
            return self._talk().first(first)
        from bamai.interview.terminal import ask_first  # noqa: PLC0415

        return ask_first(first)

    def run(self, session: Session) -> bool:
        """Whether the end was reached.

        Raises:
            KeyboardInterrupt: somebody wants to leave at once.
        """
        if self.lines:
            return self._talk().run(session)
        from bamai.interview.terminal import run  # noqa: PLC0415

        return run(session, lang(), _standing)

    def _talk(self) -> Talk:
        from bamai.interview.plain import Talk  # noqa: PLC0415

        return Talk(read_line, say, lang(), self.width, _standing)


def _skin(plain: bool, width: int | None) -> _Skin:
    # a console of Windows is drawn on through stdout and nothing else
    drawn = sys.stderr.isatty() and (sys.platform != "win32" or sys.stdout.isatty())
    lines = plain or not at_terminal() or not drawn or os.environ.get("TERM") == "dumb"
    columns = shutil.get_terminal_size((80, 24)).columns
    return _Skin(lines, width or max(40, min(columns, 120)))


def _standing(result: Assessment) -> list[str]:
    """The result so far in a few lines."""
    from bamai.report.standing import standing_lines  # noqa: PLC0415

    return standing_lines(result, lang())


# ── beginning and going on ───────────────────────────────────────────────────────────────────────────


def _begun(
    skin: _Skin, given: dict[str, str], known: Catalog, save: Path | None, rules: Path | None, force: bool
) -> tuple[Session, Writer]:
    """A new journal, after what has to be known first."""
    from bamai.answers import Answers, Enterprise  # noqa: PLC0415
    from bamai.catalog import DEFAULT_MODEL  # noqa: PLC0415
    from bamai.interview.first import takes  # noqa: PLC0415
    from bamai.interview.plain import wrapped  # noqa: PLC0415

    if known.profile is not None:
        given.setdefault("model", known.default())
        known.load(given["model"])  # a profile that does not fit is told before anything is asked
    if "model" in given:
        given["model"] = str(known.resolve(given["model"]))
    values = dict(given)
    if not {"name", "model"} <= given.keys():
        values = _asked_first(skin, given, known, rules, str(known.resolve(DEFAULT_MODEL)))
    edition = known.load(values["model"])
    now = datetime.datetime.now().astimezone()
    enterprise = Enterprise(name=values.get("name") or None, industry=values.get("industry") or None)
    answers = Answers(edition.ref, enterprise, values.get("assessor") or None, now.date().isoformat())
    if save is not None:
        writer = _new(save, edition, answers.assessed_on, force)
    else:
        writer = _new_named(f"bamai-{edition.model.id}-{now:%Y%m%d-%H%M%S}", edition, answers.assessed_on)
    session = _from_answers(writer, answers, edition)
    if "model" in given:
        for line in wrapped(takes(edition, lang()), skin.width):
            say(line)
    say(word("assess.saving", path=str(writer.path)))
    return session, writer


def _asked_first(
    skin: _Skin, given: dict[str, str], known: Catalog, rules: Path | None, default: str
) -> dict[str, str]:
    from bamai.errors import RulesError  # noqa: PLC0415
    from bamai.interview.first import First  # noqa: PLC0415

    questionnaires = {}
    for ref in known.refs if "model" not in given else ():
        # one broken model does not keep the others from being used
        try:
            questionnaires[str(ref)] = known.questionnaire(ref)[0]
        except RulesError as error:
            complain(error.problems)
    if not _lang_guessed():
        given = {**given, "language": lang()}
    first = First(given, lang(), questionnaires, questionnaires.__getitem__,
                  lambda: vocabulary_of(rules), default)  # fmt: skip
    if not skin.first(first):
        raise _LeftError
    os.environ["BAMAI_LANG"] = first.lang
    return first.values


def _lang_guessed() -> bool:
    """Whether nobody has said in which language to talk."""
    return os.environ.get("BAMAI_LANG_FROM") == "locale"


def _offered(skin: _Skin, known: Catalog, model: str | None, name: str | None) -> Path | None:
    """The unfinished journal of this folder, of that model and enterprise, that somebody wants to go on with."""
    from bamai.checks import fold  # noqa: PLC0415
    from bamai.interview.first import Offer  # noqa: PLC0415
    from bamai.journal import unfinished  # noqa: PLC0415

    wanted = str(known.resolve(model)) if model is not None else None
    journals = [
        journal for journal in unfinished(Path())
        if wanted in (None, journal.head.model) and (name is None or fold(name) == fold(journal.enterprise or name))
    ]  # fmt: skip
    if not journals:
        return None
    offer = Offer(journals, lang())
    if not skin.first(offer):
        raise _LeftError
    return offer.path


def _again(path: Path, profile: str | None, rules: Path | None, plain: bool) -> str:
    """The command that goes on, as it can be typed here."""
    parts = ["bamai", "assess", "--resume", str(path)]
    parts += ["--profile", profile] if profile else []
    parts += ["--rules", str(rules)] if rules else []
    parts += ["--plain"] if plain else []
    return subprocess.list2cmdline(parts) if os.name == "nt" else shlex.join(parts)


def _resumed(path: Path, known: Catalog, model: str | None, save: Path | None, force: bool) -> tuple[Session, Writer]:
    """Go on with a journal, or begin one from an answers file."""
    from bamai.answers import AnswersFile, Judge  # noqa: PLC0415
    from bamai.interview.session import Session  # noqa: PLC0415
    from bamai.journal import Writer  # noqa: PLC0415

    opened = AnswersFile.open(path)
    if opened.journal is not None and _lang_guessed():
        os.environ["BAMAI_LANG"] = "en" if opened.journal.head.lang == "en" else "zh"
    edition = _same_edition(opened, known, model)
    answers, _, warnings = opened.read(Judge(edition))
    if opened.journal is None:
        beside = path.with_suffix(JOURNALS[0])
        if save is None and not force and beside.exists():
            raise _usage("resume_begun", path, found=str(beside))
        writer = _new(save or beside, edition, answers.assessed_on, force)
        session = _from_answers(writer, answers, edition)
    else:
        if save is not None and save != path:
            raise _usage("resume_save", path, found=str(save), allowed=str(path))
        # read again under the lock: until then somebody else may have been writing
        writer, journal = Writer.resume(path)
        try:
            answers, _, warnings = AnswersFile.of(journal).read(Judge(edition))
        except BaseException:
            writer.close()
            raise
        session = Session(edition, answers, writer.write)
        session.skipped = journal.skipped()
    complain(warnings)
    say(word("assess.saving", path=str(writer.path)))
    say(word("assess.resumed", count=session.resume(), total=session.progress.total))
    return session, writer


def _same_edition(opened: AnswersFile, known: Catalog, model: str | None) -> Edition:
    """The edition to go on with: the one that the file was begun with, else it is refused with what changed."""
    from bamai.commands.score import edition_of  # noqa: PLC0415
    from bamai.errors import InputError, RulesError  # noqa: PLC0415
    from bamai.journal import changes  # noqa: PLC0415

    if opened.journal is None:
        edition = edition_of(opened, known, {})
        if model is not None and str(known.resolve(model)) != edition.ref:
            raise _usage("resume_model", None, found=edition.ref, asked=model)
        return edition
    if model is None:
        try:
            return known.load(known.resolve(opened.model))
        except RulesError as error:
            if error.problems[0].code != "unknown_model":
                raise
        try:  # the edition is gone; what is there in its place?
            model = str(known.resolve(opened.model.split("@")[0]))
        except RulesError:
            return edition_of(opened, known, {})
    edition = known.load(model)
    refused, _ = changes(opened.journal, edition)
    if refused is not None:
        raise InputError(refused)
    return edition


def _usage(code: str, path: Path | None, **params: object) -> Exception:
    from bamai.errors import Place, Problem, UsageError  # noqa: PLC0415

    return UsageError(Problem(code, params, Place(str(path)) if path else Place()))


def _from_answers(writer: Writer, answers: Answers, edition: Edition) -> Session:
    """An interview whose journal begins with the answers of a file."""
    from bamai.interview.session import Session, events_of  # noqa: PLC0415

    session = Session(edition, answers, writer.write)
    try:
        for event in events_of(answers):
            writer.write(event)
    except BaseException:
        writer.close()
        raise
    return session


def _new(path: Path, edition: Edition, assessed_on: str | None, force: bool) -> Writer:
    from bamai.journal import Writer, discard  # noqa: PLC0415

    check_output(path, JOURNALS, force)
    discard(path)
    return Writer.create(path, edition, lang(), assessed_on)


def _new_named(stem: str, edition: Edition, assessed_on: str | None) -> Writer:
    """A journal called *stem*, with a number where another interview began in the same second."""
    from bamai.errors import OutputError  # noqa: PLC0415
    from bamai.journal import Writer  # noqa: PLC0415

    number, path = 1, Path(f"{stem}{JOURNALS[0]}")
    while True:
        try:
            return Writer.create(path, edition, lang(), assessed_on)
        except OutputError as error:
            if error.problems[0].code != "output_exists":
                raise
        number += 1
        path = Path(f"{stem}-{number}{JOURNALS[0]}")


# ── the end ──────────────────────────────────────────────────────────────────────────────────────────


def _report(session: Session, writer: Writer, width: int | None) -> None:
    """Note that the end was reached, write the answers file beside the journal, and report."""
    from bamai.answersfile import written  # noqa: PLC0415
    from bamai.commands.score import Format, show  # noqa: PLC0415
    from bamai.journal import Event  # noqa: PLC0415

    writer.write(Event("finished"))
    text = written(session.answers)
    path = _beside(writer.path, text)
    write(path, text, private=True)
    say(word("assess.done", journal=str(writer.path), path=str(path)) + "\n")
    show([session.standing()], Format.text, width)


def _beside(journal: Path, text: str) -> Path:
    """A name for the answers file: that of the journal, with a number where other answers have it already."""
    number, path = 1, journal.with_suffix(".yaml")
    while path.exists() and path.read_bytes() != text.encode():
        number += 1
        path = journal.with_name(f"{journal.stem}-{number}.yaml")
    return path
