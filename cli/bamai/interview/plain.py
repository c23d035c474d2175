"""One line a question: for pipes, dumb terminals, screen readers and recorded sessions."""

from __future__ import annotations

from collections.abc import Callable

from bamai.answers import OPEN, Cell
from bamai.answersfile import choices
from bamai.errors import Problem
from bamai.interview.session import Session
from bamai.questionnaire import Question
from bamai.texts import Lang, printable, t

HELP = ("h", "help", "帮助")
BACK = ("b", "back", "返回")
QUIT = ("q", "quit", "退出")
SHORT = {"u": "unknown", "na": "n/a"}


def run(
    session: Session, read: Callable[[], str | None], say: Callable[[str], None], lang: Lang, *, ask_name: bool
) -> bool:
    """Ask every question; whether the end was reached (False: the input ended or the user left).

    Args:
        read: the next line without its end, None at the end of input.
        say: prints a line.
    """
    say(t("plain.keys", lang))
    if ask_name:
        say(t("plain.name", lang))
        line = read()
        if line is None:
            return False
        session.answers.enterprise = session.answers.enterprise._replace(name=line.strip() or None)
    asked = None
    while (question := session.current) is not None:
        if question is not asked:
            _ask(session, question, say, lang)
        asked = question
        line = read()
        if line is None:
            return False
        word = line.strip()
        command = word.casefold()
        if command in QUIT:
            return False
        if command in HELP:
            _help(question, say, lang)
        elif command in BACK:
            if not session.back():
                say(t("plain.first", lang))
            asked = None
        elif command.startswith("n ") and len(word) > 2:
            session.note(word[2:].strip())
            say(t("plain.noted", lang))
        else:
            _take(session, question, SHORT.get(command, line), say, lang)
    return True


def _take(session: Session, question: Question, text: str, say: Callable[[str], None], lang: Lang) -> None:
    result = session.answer(text)
    if isinstance(result, Problem):
        say(f"! {result.message(lang)}")
        return
    state = t(f"plain.state_{result.state}", lang)
    told = state if result.state in (OPEN, 2, 3) else f"{question.label} = {printable(text.strip())}"
    say(f"  → {told}")
    if isinstance(result, Cell) and result.suspicious:
        say("! " + t("problem.suspicious_share", lang, question=question.label, found=printable(text.strip())))


def _ask(session: Session, question: Question, say: Callable[[str], None], lang: Lang) -> None:
    done, total = session.progress
    section = next(s for s in session.edition.questionnaire.sections if question in s.questions)
    say("")
    say(f"[{done + 1}/{total}] {section.title[lang]} > {question.label}")
    say(question.text[lang])
    for choice in choices(question, lang):
        say(f"    {choice}")
    before = session.answers.entries.get(question.id)
    if before is not None and before.text:
        told = before.text if isinstance(before.text, str) else "|".join(before.text)
        say(t("plain.before", lang, answer=printable(told)))


def _help(question: Question, say: Callable[[str], None], lang: Lang) -> None:
    for key, text in (("plain.help", question.help), ("plain.evidence", question.evidence)):
        if text is not None:
            say(t(key, lang, text=text[lang]))
    if question.help is None and question.evidence is None:
        say(t("plain.no_help", lang))
