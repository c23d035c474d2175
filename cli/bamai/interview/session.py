"""The state of an interview: what has been answered, where it stands, what comes next. No terminal in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Literal, NamedTuple

from bamai.answers import (
    NA,
    OPEN,
    UNKNOWN,
    Answers,
    Cell,
    Column,
    Entry,
    Judge,
    Judged,
    columns_of,
    judge_rows,
)
from bamai.answersfile import told
from bamai.assessing import assess
from bamai.assessment import Assessment
from bamai.catalog import Edition
from bamai.checks import fold
from bamai.errors import Problem
from bamai.journal import Event
from bamai.questionnaire import Question, Section
from bamai.texts import Lang, t

Standing = Literal["open", "skipped", "answered", "unknown", "na"]
"""How a question stands: ``open`` was not reached yet, ``skipped`` was left for later."""

_STANDINGS: dict[int, Standing] = {OPEN: "open", UNKNOWN: "unknown", NA: "na"}


class Progress(NamedTuple):
    """Questions dealt with, and questions there are to deal with."""

    done: int
    total: int


class Item(NamedTuple):
    """A question as an overview shows it. ``scored``: it can change the score or a gate."""

    question: Question
    standing: Standing
    told: str
    scored: bool

    def words(self, lang: Lang) -> str:
        """Its answer, or that it is open or skipped."""
        return self.told or t("standing.skipped" if self.standing == "skipped" else "mark.open", lang)

    def purpose(self, lang: Lang) -> str:
        """What its answer is for, in brackets."""
        other = "compared" if self.question.compared_only or self.question.kind != "text" else "recorded"
        return t(f"plain.{'scored' if self.scored else other}", lang)


class Session:
    """Goes through the questions of an edition, forwards, backwards or by leaps, and keeps every answer.

    There is one current question; answering it, skipping it or calling it unknown moves on to the next one that
    has not been dealt with. Hidden questions are passed over; answers to them are kept and not scored.

    Args:
        answers: where to start from; its entries must be in order for the judge.
        record: called with every change before it is made; where it raises, the change is not made.
    """

    def __init__(self, edition: Edition, answers: Answers, record: Callable[[Event], None]) -> None:
        self.edition = edition
        self.answers = answers
        self.judge = Judge(edition)
        self.skipped: set[str] = set()
        self._record = record
        self._order = self._asking_order()
        self._judged: Judged | None = None
        self._current: str | None = None
        self.resume()

    # ── where it stands ──────────────────────────────────────────────────────────────────────────

    @property
    def current(self) -> Question | None:
        """The question to ask now; None at the end."""
        return None if self._current is None else self.edition.questions[self._current]

    @property
    def section(self) -> Section:
        """The section of the current question; the last one at the end."""
        sections = self.edition.questionnaire.sections
        return next((s for s in sections if any(q.id == self._current for q in s.questions)), sections[-1])

    @property
    def progress(self) -> Progress:
        asked = self.asked()
        return Progress(sum(self._settled(name) for name in asked), len(asked))

    def asked(self) -> list[str]:
        """Ids of the questions to ask as things stand, in the order of asking."""
        return [name for name in self._order if self._wanted(name)]

    def open_items(self, lang: Lang) -> list[Item]:
        """What has no answer: skipped, or never reached."""
        items = (item for _, items in self.overview(lang) for item in items)
        return [item for item in items if item.standing in ("open", "skipped")]

    def overview(self, lang: Lang) -> list[tuple[Section, list[Item]]]:
        """Every section with the questions that are asked in it."""
        asked = self.asked()
        found = []
        for section in self.edition.questionnaire.sections:
            inside = {question.id for question in section.questions}
            items = [self.item(name, lang) for name in asked if name in inside]
            if items:
                found.append((section, items))
        return found

    def item(self, name: str, lang: Lang) -> Item:
        """How the question *name* stands, and its answer in words."""
        question = self.edition.questions[name]
        state = int(self.judged.given[name].state[0])
        standing: Standing = "skipped" if state == OPEN and name in self.skipped else _STANDINGS.get(state, "answered")
        entry = self.answers.entries.get(name, Entry())
        answer = told(question, self.judge, entry.text, lang) if state != OPEN else ""
        return Item(question, standing, answer, self.scored(name))

    def scored(self, name: str) -> bool:
        """Whether an answer can change the score or a gate as things stand; a count can by the value that it makes."""
        required = self.judged.required.get(name)
        if required is not None and bool(required[0]):
            return True
        return any(self.judged.columns[made].state[0] == OPEN and self.scored(made)
                   for made in self.edition.counts.get(name, ()))  # fmt: skip

    @property
    def judged(self) -> Judged:
        """All answers as they stand, judged together."""
        if self._judged is None:
            self._judged = judge_rows(self.edition, columns_of(self.judge, self.answers.entries))
        return self._judged

    def standing(self) -> Assessment:
        """The result so far; a range while questions are open."""
        return assess(self.edition, self.answers, columns_of(self.judge, self.answers.entries))

    # ── answering ────────────────────────────────────────────────────────────────────────────────

    def check(self, text: str) -> Cell | Problem:
        """What :meth:`answer` would say to *text*, without taking it."""
        question = self._asked()
        cell = self.judge.cell(question.id, text)
        if isinstance(cell, Problem):
            return cell
        columns = columns_of(self.judge, self.answers.entries)
        columns[question.id] = Column.of([cell])
        # whatever does not hold together now comes from this answer: before it, everything did
        problems = judge_rows(self.edition, columns).problems
        return problems[0].describe(0) if problems else cell

    def answer(self, text: str) -> Cell | Problem:
        """Answer the current question and move on; a problem leaves everything as it was. A blank text skips."""
        question = self._asked()
        cell = self.check(text)
        if isinstance(cell, Problem):
            return cell
        if cell.state == OPEN:
            self.skip()
            return cell
        before = self.answers.entries.get(question.id)
        if before is None or before.text != text:
            self._do(Event("answer", question.id, text))
        self._move_on()
        return cell

    def skip(self) -> bool:
        """Leave the current question for later; False where it has an answer, which stays."""
        question = self._asked()
        is_open = bool(self.judged.given[question.id].state[0] == OPEN)
        if is_open and question.id not in self.skipped:
            self._do(Event("skip", question.id))
        self._move_on()
        return is_open

    def clear(self) -> None:
        """Take back the answer to the current question; note and evidence stay."""
        question = self._asked()
        if self.judged.given[question.id].state[0] != OPEN:
            self._do(Event("clear", question.id))

    def note(self, text: str) -> None:
        """Keep a note on the current question; a blank one removes it."""
        question = self._asked()
        if text.strip() != (self.entry.note or ""):
            self._do(Event("note", question.id, text.strip()))

    def evidence(self, items: Iterable[str]) -> None:
        """Keep what shows the answer to the current question; none removes it."""
        question = self._asked()
        listed = tuple(item.strip() for item in items if item.strip())
        if listed != self.entry.evidence:
            self._do(Event("evidence", question.id, listed))

    @property
    def entry(self) -> Entry:
        """What is kept of the current question."""
        return self.answers.entries.get(self._asked().id, Entry())

    # ── moving ───────────────────────────────────────────────────────────────────────────────────

    def resume(self) -> int:
        """Go to the first question that has not been dealt with; how many have been."""
        self._current = self._next_unsettled(self.asked())
        return self.progress.done

    def back(self) -> bool:
        """Go to the question before; False at the first."""
        before, _ = self._around()
        if not before:
            return False
        self._current = before[-1]
        return True

    def forward(self) -> None:
        """Go to the question after, answered or not; after the last one comes the end."""
        _, after = self._around()
        self._current = after[0] if after else None

    def go(self, name: str) -> bool:
        """Go to a question by its id, code or text, or to the first question of a section by its id or title;
        False if nothing that is asked is called so."""
        asked = self.asked()
        wanted = fold(name)
        found = self.judge.names.get(wanted)
        if found not in asked:
            found = None
            for section in self.edition.questionnaire.sections:
                if wanted in (fold(section.id), fold(section.title.zh), fold(section.title.en)):
                    inside = {question.id for question in section.questions}
                    found = next((name for name in asked if name in inside), None)
        if found is None:
            return False
        self._current = found
        return True

    def end(self) -> None:
        """Go to the end."""
        self._current = None

    def _move_on(self) -> None:
        before, after = self._around()
        self._current = self._next_unsettled(after) or self._next_unsettled([*before, *after])

    def _around(self) -> tuple[list[str], list[str]]:
        """What is asked before the current question, and after it; it need not be asked itself any more."""
        asked = self.asked()
        if self._current is None:
            return asked, []
        here = self._order.index(self._current)
        before, after = self._order[:here], self._order[here + 1 :]
        return [name for name in before if name in asked], [name for name in after if name in asked]

    def _next_unsettled(self, names: list[str]) -> str | None:
        return next((name for name in names if not self._settled(name)), None)

    # ── what has happened ────────────────────────────────────────────────────────────────────────

    def name(self, enterprise: Mapping[str, str], assessor: str | None) -> None:
        """Say anew whose answers these are (fields of the enterprise), or who takes them down."""
        if enterprise:
            self._do(Event("enterprise", None, dict(enterprise)))
        if assessor is not None:
            self._do(Event("assessor", None, assessor))

    def _do(self, event: Event) -> None:
        self._record(event)
        self.apply(event)

    def apply(self, event: Event) -> None:
        """Make a change that has been recorded; the current question stays."""
        entries = self.answers.entries
        name = event.question
        if name is None:
            self._apply_to_all(event.kind, event.value)
            return
        before = entries.get(name, Entry())
        match event.kind:
            case "answer":
                text = tuple(event.value) if isinstance(event.value, list | tuple) else str(event.value)
                entries[name] = before._replace(text=text)
                self.skipped.discard(name)
            case "clear":
                entries[name] = before._replace(text="")
            case "skip":
                self.skipped.add(name)
            case "note":
                entries[name] = before._replace(note=event.value or None)
            case "evidence":
                entries[name] = before._replace(evidence=tuple(event.value))
        if name in entries and entries[name] == Entry():
            del entries[name]
        self._judged = None

    def _apply_to_all(self, kind: str, value: Any) -> None:
        if kind == "enterprise":
            self.answers.enterprise = self.answers.enterprise._replace(**value)
        elif kind == "assessor":
            self.answers.assessor = value

    def _asked(self) -> Question:
        question = self.current
        if question is None:
            raise ValueError("the interview is at its end")
        return question

    # ── what is asked ────────────────────────────────────────────────────────────────────────────

    def _asking_order(self) -> list[str]:
        """Questions in their order, but a metric that is asked by its counts comes after them."""
        order: list[str] = []
        later: list[tuple[str, tuple[str, ...]]] = []
        for name, question in self.edition.questions.items():
            metric = question.metric
            if metric and metric.ask == "counts" and metric.part and metric.whole:
                later.append((name, (metric.part, metric.whole)))
            else:
                order.append(name)
        for name, counts in later:
            order.insert(max(order.index(count) for count in counts) + 1, name)
        return order

    def _settled(self, name: str) -> bool:
        return name in self.skipped or bool(self.judged.given[name].state[0] != OPEN)

    def _wanted(self, name: str) -> bool:
        judged = self.judged
        if any(flags[name][0] for flags in (judged.hidden, judged.undecided) if name in flags):
            return False
        if judged.given[name].state[0] != OPEN:
            return True
        metrics = self.edition.counts.get(name, ())
        if metrics:
            # a count is asked while a metric that it makes is not settled without it
            return any(self._asks_counts(metric) for metric in metrics)
        metric = self.edition.questions[name].metric
        if metric and metric.ask == "counts" and metric.part and metric.whole:
            # the value itself is asked once its counts have been passed over
            counts = [count for count in (metric.part, metric.whole) if self._wanted(count)]
            return bool(judged.columns[name].state[0] == OPEN) and all(map(self._settled, counts))
        return True

    def _asks_counts(self, name: str) -> bool:
        metric = self.edition.questions[name].metric
        assert metric is not None
        # one count may settle it: a whole of 0, say, makes a rate not applicable whatever the part is
        if any(columns[name].state[0] != OPEN for columns in (self.judged.given, self.judged.columns)):
            return False
        return metric.ask == "counts" or name in self.skipped


def events_of(answers: Answers) -> Iterator[Event]:
    """What would have to happen for a session to hold *answers*."""
    enterprise = {key: value for key, value in answers.enterprise._asdict().items() if value is not None}
    if enterprise:
        yield Event("enterprise", None, enterprise)
    if answers.assessor is not None:
        yield Event("assessor", None, answers.assessor)
    for name, entry in answers.entries.items():
        if entry.text:
            yield Event("answer", name, entry.text)
        if entry.note is not None:
            yield Event("note", name, entry.note)
        if entry.evidence:
            yield Event("evidence", name, entry.evidence)
