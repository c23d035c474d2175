"""The interview on a terminal: keys, one question at a time, in place. Answered questions stay above as a transcript.

Only keys that an active Chinese input method lets through are needed: digits, arrows, Enter, Space, Tab, page and
function keys, Ctrl. Letters of options work too where they get through.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from prompt_toolkit.formatted_text import FormattedText
from prompt_toolkit.input import Input
from prompt_toolkit.output import Output
from prompt_toolkit.shortcuts import print_formatted_text
from rich.cells import cell_len

from bamai.answers import ANSWERED, NO_BAND, Cell, decimal_text
from bamai.answersfile import span, told
from bamai.assessment import Assessment
from bamai.errors import Problem
from bamai.interview.first import First, Offer
from bamai.interview.screen import Fragments, InfoPanel, Leave, ListPanel, Panel, Row, Screen, TextPanel, broken
from bamai.interview.session import Item, Progress, Session
from bamai.lines import NBSP
from bamai.questionnaire import NUMERIC, Question
from bamai.texts import Lang, printable, t

BAR = 10
"""Columns of the progress bar."""


class Option(NamedTuple):
    """Something that can be chosen: the digit that picks it, its letter, its text, and what is answered by it."""

    digit: str
    letter: str
    text: str
    answer: str


class AskPanel(Panel):
    """A question with options, an input, or both."""

    options: Sequence[Option] = ()
    many = False

    def __init__(self, screen: Screen) -> None:
        super().__init__(screen)
        self.ticked: set[int] = set()
        self._look: tuple[int, int] | None = None

    def head(self, width: int) -> list[Fragments]:
        """What stands above the options."""
        raise NotImplementedError

    def tail(self, width: int) -> list[Fragments]:
        """What stands below them."""
        del width
        return []

    def body(self, width: int) -> tuple[list[Fragments], tuple[int, int]]:
        found, spans = self._drawn(width)
        here = spans[self.here] if self.here is not None else (0, 0)
        return found, self._look or here

    def _drawn(self, width: int) -> tuple[list[Fragments], list[tuple[int, int]]]:
        """All lines, and the first and last of every option."""
        found = self.head(width)
        spans = []
        for number, option in enumerate(self.options):
            drawn = self._option(number, option, width)
            spans.append((len(found), len(found) + len(drawn) - 1))
            found += drawn
        return found + self.tail(width), spans

    def _option(self, number: int, option: Option, width: int) -> list[Fragments]:
        here = number == self.here
        style = "class:here" if here else ""
        tick = ("[x] " if number in self.ticked else "[ ] ") if self.many else ""
        letter = f"{option.letter} " if option.letter else ""
        lead: Fragments = [(style, f"{self.screen.glyphs['here'] if here else ' '} {tick}")]
        if not self.input or not option.letter:
            lead.append((style or "class:number", f"{option.digit or ' '} "))
        lead.append((style, letter))
        return broken(option.text, width, lead, style)

    def move(self, step: int) -> None:
        """To the next option; but lines between that would never be in sight are shown first."""
        start, end, total = self.screen.seen
        _, spans = self._drawn(self.screen.width)
        target = (0 if step > 0 else -1) if self.here is None else self.here + step
        near = 0 <= target < len(spans) and (spans[target][0] <= end if step > 0 else spans[target][1] >= start - 1)
        if not near:
            if step > 0 and end < total:
                self._look = (end, end)
            elif step < 0 < start:
                self._look = (start - 1, start - 1)
            return
        self._look = None
        self.here = target
        if self.input:
            self.screen.buffer.text = self.options[target].answer
            self.screen.buffer.cursor_position = len(self.screen.buffer.text)

    def char(self, char: str) -> None:
        if char == " ":
            if self.many and self.here is not None:
                self.ticked ^= {self.here}
            return
        wanted = char.casefold()
        for number, option in enumerate(self.options):
            if wanted in (option.digit, option.letter.casefold()):
                self.here, self._look = number, None
                if self.many:
                    self.ticked ^= {number}

    def prompt(self) -> str:
        return f"{self.screen.glyphs['here']} "


class FirstPanel(AskPanel):
    """One of the things to know before the first question."""

    def __init__(self, screen: Screen, first: First | Offer) -> None:
        super().__init__(screen)
        self.first = first
        screen.lang = first.lang
        field = first.current
        assert field is not None
        self.field = field
        self.input = not field.choices
        self.options = [Option(str(n), "", choice.label, choice.key) for n, choice in enumerate(field.choices, 1)]
        keys = [choice.key for choice in field.choices]
        self.here = keys.index(field.default) if field.default in keys else 0 if keys else None
        self._told = ""

    def head(self, width: int) -> list[Fragments]:
        return broken(self.field.prompt, width, [], "class:question")

    def foot(self) -> Sequence[tuple[str, str]]:
        names = [("↑↓", "screen.choose")] if self.options else []
        names += [("Enter", "screen.ok"), ("PgUp", "screen.back"), ("Ctrl-C", "screen.leave")]
        return [(key, t(name, self.screen.lang)) for key, name in names]

    def enter(self) -> None:
        text = self.screen.buffer.text
        answer = text if self.input else self.options[self.here or 0].answer
        problem = self.first.take(answer)
        if problem is not None:
            self.screen.message = problem.message(self.screen.lang)
            return
        shown = answer if self.input else self.options[self.here or 0].text
        hint = self.field.hint(answer)
        if shown.strip():
            glyphs = self.screen.glyphs
            words = f"{self.field.prompt} {glyphs['to']} {printable(shown.strip())}  {hint}".rstrip()
            self.screen.transcript([("class:done", f"{glyphs['done']} "), ("", words)])
        self._next()

    def page(self, step: int) -> None:
        if step < 0 and self.first.back():
            self._next()

    def _next(self) -> None:
        if self.first.current is None:
            raise Leave(True)
        self.screen.show(FirstPanel(self.screen, self.first))


class Draft(NamedTuple):
    """What is typed, ticked and pointed at, and not given as the answer yet."""

    text: str
    ticked: frozenset[int]
    here: int | None


class Interview:
    """Panels over a session. ``drafts`` are kept by question while somebody looks elsewhere."""

    def __init__(self, screen: Screen, session: Session, standing: Callable[[Assessment], list[str]]) -> None:
        self.screen = screen
        self.session = session
        self.drafts: dict[str, Draft] = {}
        self._standing = standing

    def panel(self) -> Panel:
        """The panel for where the session stands."""
        return self._end() if self.session.current is None else QuestionPanel(self.screen, self)

    def proceed(self) -> None:
        """Show where the session stands."""
        self.screen.show(self.panel())

    def answered(self, question: Question, text: str) -> None:
        """Leave a line of the transcript for an answer, and go on."""
        words = told(question, self.session.judge, text, self.screen.lang)
        self._leave("done", question, words)

    def skipped(self, question: Question) -> None:
        """Leave a line of the transcript for a question that was skipped, and go on."""
        self._leave("open", question, t("standing.skipped", self.screen.lang))

    def _leave(self, glyph: str, question: Question, words: str) -> None:
        self.drafts.pop(question.id, None)
        glyphs = self.screen.glyphs
        text = f"{question.label} {question.text[self.screen.lang]} {_to(glyphs, words)}"
        self.screen.transcript([("class:done", f"{glyphs[glyph]} "), ("", text)])
        self.proceed()

    def overview(self) -> None:
        """Every section and question, to go to one."""
        rows: list[Row] = []
        here = 0
        session = self.session
        for section, items in session.overview(self.screen.lang):
            done = sum(item.standing not in ("open", "skipped") for item in items)
            rows.append(Row("", f"{section.title[self.screen.lang]}  {done}/{len(items)}", None))
            for item in items:
                if session.current is item.question:
                    here = len(rows)
                rows.append(self._row(item))
        title = t("screen.overview", self.screen.lang)
        self.screen.show(ListPanel(self.screen, title, rows, self.proceed, here))

    def _row(self, item: Item) -> Row:
        lang = self.screen.lang
        glyphs = self.screen.glyphs
        mark = glyphs["open"] if item.standing in ("open", "skipped") else glyphs["done"]
        text = f"{item.question.label} {item.question.text[lang]} {_to(glyphs, item.words(lang))}"

        def go() -> None:
            self.session.go(item.question.id)
            self.proceed()

        return Row(f"{mark} ", text, go)

    def level(self) -> None:
        """Level and score so far."""
        self.screen.show(InfoPanel(self.screen, self._standing(self.session.standing()), self.proceed))

    def _end(self) -> Panel:
        lang = self.screen.lang
        session = self.session

        def finish() -> None:
            raise Leave(True)

        def back() -> None:
            session.back()
            self.proceed()

        rows = [Row("", t("screen.finish", lang), finish), Row("", t("screen.review", lang), self.overview)]
        items = session.open_items(lang)
        if items:
            rows.append(Row("", t("screen.open", lang, count=len(items)), None))
        for item in items:
            row = self._row(item)
            rows.append(row._replace(text=f"{item.question.label} {item.question.text[lang]} {item.purpose(lang)}"))
        title = t("screen.end_open" if items else "screen.end", lang)
        return EndPanel(self.screen, title, rows, back)


class EndPanel(ListPanel):
    """The end of the interview: like a question it goes back to the one before."""

    def foot(self) -> Sequence[tuple[str, str]]:
        names = [("↑↓", "screen.choose"), ("Enter", "screen.ok"), ("PgUp", "screen.back")]
        return [(key, t(name, self.screen.lang)) for key, name in names]

    def page(self, step: int) -> None:
        chosen = self.here
        super().page(step)
        if step < 0 and self.here == chosen:  # there is nothing above
            self._back()


def _to(glyphs: dict[str, str], words: str) -> str:
    """What was answered, as the end of a line; a short answer is not broken."""
    return f"{glyphs['to']} {words}" if len(words) > 12 else f"{glyphs['to']} {words}".replace(" ", NBSP)


class QuestionPanel(AskPanel):
    """The current question."""

    def __init__(self, screen: Screen, interview: Interview) -> None:
        super().__init__(screen)
        self.interview = interview
        self.session = interview.session
        question = self.session.current
        assert question is not None
        self.question = question
        self.input = question.kind in NUMERIC or question.kind == "text"
        self.many = question.kind == "multiple"
        self.options = _options(question, screen.lang)
        self.helping = False
        self._confirmed = ""
        text = self.session.entry.text
        cell = self._cell(text)
        if cell is not None and cell.state == ANSWERED:
            self._restore(cell, text)
        self._given = Draft(self.initial, frozenset(self.ticked), self.here)
        draft = interview.drafts.get(question.id, self._given)
        self.initial, self.ticked, self.here = draft.text, set(draft.ticked), draft.here

    def _keep(self) -> None:
        """Before something else is shown: keep what is not given as the answer yet."""
        draft = Draft(self.screen.buffer.text if self.input else "", frozenset(self.ticked), self.here)
        if draft == self._given:
            self.interview.drafts.pop(self.question.id, None)
        else:
            self.interview.drafts[self.question.id] = draft

    def _cell(self, text: str | tuple[str, ...]) -> Cell | None:
        judge = self.session.judge
        cell = judge.cell(self.question.id, text) if isinstance(text, str) else judge.several(self.question.id, text)
        return cell if isinstance(cell, Cell) else None

    def _restore(self, cell: Cell, text: str | tuple[str, ...]) -> None:
        """Begin with the answer that is there."""
        if self.many:
            self.ticked = {index for index in range(len(self.options)) if cell.value >> index & 1}
            self.here = min(self.ticked, default=None)
        elif self.input:
            self.initial = text if isinstance(text, str) else ""
            self.here = cell.band if cell.band != NO_BAND else None
        elif self.question.kind == "yes_no":
            self.here = 0 if cell.value else 1
        else:
            self.here = cell.value

    # ── drawing ──────────────────────────────────────────────────────────────────────────────────

    def head(self, width: int) -> list[Fragments]:
        lang = self.screen.lang
        glyphs = self.screen.glyphs
        place = f"{self.session.section.title[lang]} {glyphs['in']} {self.question.label}"
        bar = self._bar(self.session.progress)
        size = sum(cell_len(piece) for _, piece in bar)
        found = broken(place, width, [], "class:head")
        if len(found) == 1 and cell_len(place) + 2 + size <= width:
            found[0] += [("", " " * (width - cell_len(place) - size)), *bar]
        else:
            found.append(bar)
        found.append([("", self.screen.glyphs["rule"] * width)])
        found += broken(self.question.text[lang], width, [], "class:question")
        if self.helping:
            texts = [("ask.help", self.question.help), ("ask.evidence", self.question.evidence)]
            known = [t(key, lang, text=text[lang]) for key, text in texts if text is not None]
            for text in known or [t("plain.no_help", lang)]:
                found += broken(text, width, [("class:before", "  ")], "class:before")
        if self.input and self.question.kind != "text":
            found += broken(span(self.question, lang), width, [("", "  ")])
        elif self.many:
            found += broken(t("screen.many", lang), width, [("", "  ")])
        return found

    def _bar(self, progress: Progress) -> Fragments:
        full = BAR * progress.done // max(1, progress.total)
        glyphs = self.screen.glyphs
        return [("class:done", glyphs["full"] * full), ("", glyphs["empty"] * (BAR - full)),
                ("", f" {progress.done}/{progress.total}")]  # fmt: skip

    def tail(self, width: int) -> list[Fragments]:
        lang = self.screen.lang
        entry = self.session.entry
        item = self.session.item(self.question.id, lang)
        shown = []
        if item.told:
            shown.append(t("screen.before", lang, answer=item.told))
        elif item.standing == "skipped":
            shown.append(t("standing.skipped", lang))
        if entry.note:
            shown.append(t("plain.its_note", lang, text=printable(entry.note)))
        if entry.evidence:
            shown.append(t("plain.its_evidence", lang, text=printable(" | ".join(entry.evidence))))
        return [line for text in shown for line in broken(text, width, [("class:before", "  ")], "class:before")]

    def foot(self) -> Sequence[tuple[str, str]]:
        names = []
        if self.options:
            names.append(("↑↓", "screen.choose"))
        if self.many:
            names.append((t("screen.space", self.screen.lang), "screen.tick"))
        names += [("Enter", "screen.ok"), ("PgUp", "screen.back"), ("F1", "screen.f1"), ("F2", "screen.f2"),
                  ("F3", "screen.f3"), ("F4", "screen.f4"), ("F5", "screen.f5"), ("F6", "screen.f6")]  # fmt: skip
        if self.question.id in self.session.edition.na_permitted:
            names.append(("F7", "screen.f7"))
        names += [("F8", "screen.f8"), ("Tab", "screen.menu"), ("Ctrl-C", "screen.save_leave")]
        return [(key, t(name, self.screen.lang)) for key, name in names]

    # ── keys ─────────────────────────────────────────────────────────────────────────────────────

    def enter(self) -> None:
        lang = self.screen.lang
        text = self.screen.buffer.text
        if self.many:
            if not self.ticked:
                self.screen.message = t("screen.tick_one", lang)
                return
            text = "|".join(self.options[index].answer for index in sorted(self.ticked))
        elif not self.input:
            if self.here is None:
                self.screen.message = t("screen.choose_one", lang)
                return
            text = self.options[self.here].answer
        elif not text.strip():
            self.screen.message = t("screen.type_one", lang)
            return
        self._take(text)

    def _take(self, text: str) -> None:
        checked = self.session.check(text)
        if isinstance(checked, Problem):
            self.screen.message = checked.message(self.screen.lang)
            return
        if checked.suspicious and self._confirmed != text:
            self._confirmed = text
            found = told(self.question, self.session.judge, text, self.screen.lang)
            meant = told(self.question, self.session.judge, decimal_text(100 * checked.value), self.screen.lang)
            self.screen.message = t("screen.suspicious", self.screen.lang, found=found, meant=meant)
            return
        self.session.answer(text)
        self.interview.answered(self.question, text)

    def page(self, step: int) -> None:
        self._keep()
        if step > 0:
            self.session.forward()
        elif not self.session.back():
            self.screen.message = t("plain.first", self.screen.lang)
            return
        self.interview.proceed()

    def function(self, number: int) -> None:
        match number:
            case 1:
                self.helping = not self.helping
                self._look = (0, 0) if self.helping else None
            case 2:
                self._keep()
                self._note()
            case 3:
                self._keep()
                self._evidence()
            case 4:
                self._keep()
                self.interview.overview()
            case 5:
                if self.session.skip():
                    self.interview.skipped(self.question)
                else:  # its answer stays, and stands above already
                    self.interview.drafts.pop(self.question.id, None)
                    self.interview.proceed()
            case 6:
                self._take("unknown")
            case 7:
                self._take("n/a")
            case 8:
                self._keep()
                self.interview.level()

    def _note(self) -> None:
        title = t("screen.note", self.screen.lang, label=self.question.label)
        note = self.session.entry.note or ""
        self.screen.show(TextPanel(self.screen, title, note, self.session.note, self.interview.proceed))

    def _evidence(self) -> None:
        title = t("screen.evidence_list", self.screen.lang, label=self.question.label)
        kept = " | ".join(self.session.entry.evidence)

        def keep(text: str) -> None:
            self.session.evidence(text.replace("｜", "|").split("|"))

        self.screen.show(TextPanel(self.screen, title, kept, keep, self.interview.proceed))

    def tab(self) -> None:
        """A list of everything that can be done: for keyboards whose function keys do other things."""
        lang = self.screen.lang
        self._keep()

        def does(number: int) -> Callable[[], None]:
            def act() -> None:
                self.interview.proceed()
                self.screen.panel.function(number)

            return act

        rows = [Row("", f"F{number}  {t(f'screen.f{number}', lang)}", does(number)) for number in range(1, 9)]
        if self.question.id not in self.session.edition.na_permitted:
            del rows[6]

        def clear() -> None:
            self.session.clear()
            self.interview.drafts.pop(self.question.id, None)
            self.interview.proceed()

        def leave() -> None:
            raise Leave(False)

        def end() -> None:
            self.session.end()
            self.interview.proceed()

        if self.session.entry.text:
            rows.append(Row("", t("screen.clear", lang), clear))
        rows += [Row("", t("screen.to_end", lang), end), Row("", t("screen.save_leave", lang), leave)]
        self.screen.show(ListPanel(self.screen, t("screen.menu", lang), rows, self.interview.proceed))


def _options(question: Question, lang: Lang) -> list[Option]:
    """What can be chosen, with the digits that choose it: a grade its own, other options theirs by place."""
    if question.kind == "yes_no":
        return [Option("1", "", t("yes", lang), "yes"), Option("0", "", t("no", lang), "no")]
    if question.kind == "grade":
        texts = [t("grade.zero", lang), *(grade[lang] for grade in question.grades)]
        return [Option(str(grade), "", text, str(grade)) for grade, text in enumerate(texts)]
    found = []
    for number, (letter, option) in enumerate(zip(question.letters, question.options, strict=True), 1):
        digit = str(number % 10) if number <= 10 else ""
        found.append(Option(digit, letter, option.label[lang], letter))
    return found


def run(
    session: Session,
    lang: Lang,
    standing: Callable[[Assessment], list[str]],
    *,
    input_: Input | None = None,
    output: Output | None = None,
) -> bool:
    """Ask on the terminal; whether the end was reached and a report is wanted.

    Args:
        standing: a result in a few lines, for the level so far.
        input_, output: another terminal than this process's own.
    Raises:
        KeyboardInterrupt: Ctrl-C; everything answered is kept.
    """
    screen = Screen(lang, input_, output)
    intro = session.edition.questionnaire.intro
    if intro is not None and not session.progress.done:
        text = broken(intro[lang], screen.width, [])
        print_formatted_text(FormattedText([p for line in text for p in (*line, ("", "\n"))]), end="",
                             output=screen.app.output)  # fmt: skip
    return screen.run(Interview(screen, session, standing).panel())


def ask_first(first: First | Offer, *, input_: Input | None = None, output: Output | None = None) -> bool:
    """Ask for what has to be known before the first question; False where somebody left.

    Raises:
        KeyboardInterrupt: somebody wants to leave at once.
    """
    if first.current is None:
        return True
    screen = Screen(first.lang, input_, output)
    return screen.run(FirstPanel(screen, first))
