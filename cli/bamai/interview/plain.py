"""One line a question: for pipes, dumb terminals, screen readers and recorded sessions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from bamai.answers import OPEN
from bamai.answersfile import choices, told
from bamai.assessment import Assessment
from bamai.checks import fold
from bamai.errors import OutputError, Problem
from bamai.interview.first import First, Offer
from bamai.interview.session import Session
from bamai.lines import lines
from bamai.questionnaire import Question
from bamai.texts import Lang, printable, t

COMMANDS = {
    "back": ("b", "back", "返回"),
    "skip": ("s", "skip", "跳过"),
    "unknown": ("u", "不清楚"),
    "na": ("na", "不适用"),
    "help": ("h", "help", "帮助", "说明"),
    "note": ("n", "note", "备注"),
    "evidence": ("e", "evidence", "证据"),
    "go": ("g", "go", "转到"),
    "overview": ("o", "overview", "总览"),
    "level": ("l", "level", "等级"),
    "clear": ("x", "clear", "清除"),
    "quit": ("q", "quit", "退出"),
}
"""Words of every command. They may follow a colon, and must where the question has an option of that letter."""

_WITH_TEXT = ("note", "evidence", "go")


class Line(NamedTuple):
    """What somebody typed: a command with what follows it, or (``command`` is empty) an answer."""

    command: str
    text: str


class Talk:
    """A conversation over lines.

    Args:
        read: the next line without its end, None at the end of input.
        say: prints a line.
        width: columns that lines are broken at.
        standing: a result in a few lines, for the level so far.
    """

    def __init__(
        self,
        read: Callable[[], str | None],
        say: Callable[[str], None],
        lang: Lang,
        width: int,
        standing: Callable[[Assessment], list[str]],
    ) -> None:
        self._read = read
        self._print = say
        self.lang = lang
        self.width = width
        self._standing = standing

    # ── before the first question ────────────────────────────────────────────────────────────────

    def first(self, first: First | Offer) -> bool:
        """Ask for what is not known yet; False where the input ended or somebody left."""
        while (field := first.current) is not None:
            self.lang = first.lang
            default = t("first.default", self.lang, value=field.default) if field.default else ""
            self._say(f"{field.prompt}{default}")
            for number, choice in enumerate(field.choices, 1):
                self._say(f"{number} = {choice.label}", 4)
            text = self._read()
            if text is None or text.strip() in (":q", "：q"):
                return False
            problem = first.take(text)
            if problem is not None:
                self._say(f"! {problem.message(self.lang)}")
            elif field.hint(text):
                self._say(f"→ {field.hint(text)}", 2)
        self.lang = first.lang
        return True

    # ── the interview ────────────────────────────────────────────────────────────────────────────

    def run(self, session: Session) -> bool:
        """Ask every question; whether the end was reached and a report is wanted."""
        intro = session.edition.questionnaire.intro
        if intro is not None and not session.progress.done:
            self._say(intro[self.lang])
        self._say(t("plain.keys", self.lang))
        while True:
            question = session.current
            asked_for = self._ask(session, question) if question is not None else self._at_end(session)
            if asked_for is not None:
                return asked_for

    def _ask(self, session: Session, question: Question) -> bool | None:
        """Put the question and take lines until it is left; a truth value where the interview is."""
        self._put(session, question)
        while session.current is question:
            text = self._read()
            if text is None:
                return False
            line = command_of(text, question)
            if line.command == "quit":
                return False
            try:
                if line.command:
                    if self._obey(session, line):
                        break
                elif not line.text.strip() and session.entry.text:
                    session.forward()
                else:
                    self._take(session, question, line.text)
            except OutputError as error:
                # nothing was taken that is not on the disk
                for problem in error.problems:
                    self._say(f"! {problem.text(self.lang)}")
        return None

    def _obey(self, session: Session, line: Line) -> bool:
        """Do what a command says; whether the question is to be put again even where it is the same."""
        question = session.current
        assert question is not None
        match line.command:
            case "back":
                if not session.back():
                    self._say(t("plain.first", self.lang))
                return True
            case "skip":
                self._skip(session)
            case "unknown" | "na":
                self._take(session, question, "unknown" if line.command == "unknown" else "n/a")
            case "help":
                self._help(question)
            case "note":
                session.note(line.text)
                self._say(t("plain.noted" if session.entry.note else "plain.note_gone", self.lang), 2)
            case "evidence":
                session.evidence(line.text.replace("｜", "|").split("|"))
                count = len(session.entry.evidence)
                self._say(t("plain.evidenced" if count else "plain.evidence_gone", self.lang, count=count), 2)
            case "go":
                self._go(session, line.text)
            case "overview":
                self._overview(session)
            case "level":
                self._level(session)
            case "clear":
                session.clear()
                self._say(t("plain.cleared", self.lang), 2)
        return False

    def _take(self, session: Session, question: Question, text: str) -> None:
        result = session.check(text)
        if isinstance(result, Problem):
            self._say(f"! {result.message(self.lang)}")
            return
        if result.state == OPEN:
            self._skip(session)
            return
        session.answer(text)
        self._say(f"→ {question.label} = {told(question, session.judge, text, self.lang)}", 4)
        if result.suspicious:
            self._say("! " + t("problem.suspicious_share", self.lang, question=question.label,
                               found=printable(text.strip())))  # fmt: skip

    def _skip(self, session: Session) -> None:
        self._say(t("plain.skipped" if session.skip() else "plain.kept", self.lang), 2)

    def _go(self, session: Session, name: str) -> bool:
        """Go to a question or section; False, with why, where it is not to be had."""
        if session.go(name):
            return True
        known = fold(name) in session.judge.names
        self._say(t("plain.not_asked" if known else "plain.nowhere", self.lang, found=printable(name.strip())))
        return False

    def _put(self, session: Session, question: Question) -> None:
        done, total = session.progress
        self._print("")
        head = f"[{min(done + 1, total)}/{total}] {session.section.title[self.lang]} > {question.label}"
        self._say(head)
        self._say(question.text[self.lang])
        for choice in choices(question, self.lang):
            self._say(choice, 4, 4)
        entry = session.entry
        if entry.text:
            before = told(question, session.judge, entry.text, self.lang)
            self._say(t("plain.before", self.lang, answer=before), 4, 4)
        for key, text in (("plain.its_note", entry.note), ("plain.its_evidence", " | ".join(entry.evidence))):
            if text:
                self._say(t(key, self.lang, text=printable(text)), 4, 4)

    def _help(self, question: Question) -> None:
        for key, text in (("ask.help", question.help), ("ask.evidence", question.evidence)):
            if text is not None:
                self._say(t(key, self.lang, text=text[self.lang]), 4, 4)
        if question.help is None and question.evidence is None:
            self._say(t("plain.no_help", self.lang), 4, 4)

    def _overview(self, session: Session) -> None:
        for section, items in session.overview(self.lang):
            done = sum(item.standing not in ("open", "skipped") for item in items)
            self._say(f"{section.title[self.lang]}  {done}/{len(items)}")
            for item in items:
                self._say(f"{item.question.label}  {item.words(self.lang)}", 4, 4)

    def _level(self, session: Session) -> None:
        for text in self._standing(session.standing()):
            self._say(text, 2, 2)

    # ── the end ──────────────────────────────────────────────────────────────────────────────────

    def _at_end(self, session: Session) -> bool | None:
        """Say what is open; True for a report, None to go on asking, False where somebody left."""
        items = session.open_items(self.lang)
        self._print("")
        if items:
            self._say(t("plain.open", self.lang, count=len(items)))
            for item in items:
                self._say(f"{item.question.label}  {item.question.text[self.lang]}  {item.purpose(self.lang)}", 4, 4)
        keys = t("plain.end" if items else "plain.end_complete", self.lang)
        self._say(keys)
        while True:
            text = self._read()
            if text is None:
                # the input ended behind the last answer: what was to be asked has been
                return True
            line = command_of(text, None)
            if line.command == "quit":
                return False
            if not text.strip():
                return True
            if line.command == "back":
                session.back()
                return None
            if line.command == "overview":
                self._overview(session)
            elif line.command == "level":
                self._level(session)
            elif line.command not in ("", "go"):
                self._say(keys)  # it is said of a question, and there is none
            elif self._go(session, line.text):
                return None

    def _say(self, text: str, indent: int = 0, hanging: int = 0) -> None:
        for line in wrapped(text, self.width, indent, hanging):
            self._print(line)


def wrapped(text: str, width: int, indent: int = 0, hanging: int = 0) -> Iterator[str]:
    """*text* in lines of at most *width* columns; lines after the first stand *hanging* columns further in."""
    first = " " * indent
    spans = lines(text, width - indent)
    if len(spans) > 1 and hanging:
        # the first line at its own width, the others at theirs
        start, end = spans[0]
        yield first + text[start:end].rstrip()
        rest = text[end:].lstrip()
        for start, end in lines(rest, width - indent - hanging):
            yield first + " " * hanging + rest[start:end].rstrip()
        return
    for start, end in spans:
        yield first + text[start:end].rstrip()


def command_of(text: str, question: Question | None) -> Line:
    """Whether a line is a command: with a colon always, without one where it is no option of *question*."""
    word, _, rest = text.strip().partition(" ")
    folded = fold(word)
    explicit = folded.startswith(":")
    name = next((name for name, words in COMMANDS.items() if folded.removeprefix(":") in words), "")
    if not name or (bool(rest.strip()) and name not in _WITH_TEXT):
        return Line("", text)
    if explicit:
        return Line(name, rest.strip())
    if question is not None and question.kind == "text":
        return Line("", text)
    if name in _WITH_TEXT:
        # "e | f" are two options, "e photo | ledger" is evidence
        said = bool(rest.strip()) and not rest.lstrip().startswith(("|", "｜"))
        return Line(name, rest.strip()) if said else Line("", text)
    if question is not None and _is_option(folded, question):
        return Line("", text)
    return Line(name, "")


def _is_option(word: str, question: Question) -> bool:
    return word in map(fold, question.letters) or word in map(fold, question.option_ids)
