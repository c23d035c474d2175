"""The state of an interview: what has been answered, what comes next. No terminal in it."""

from __future__ import annotations

from collections.abc import Callable

from bamai.answers import NA, OPEN, Answers, Cell, Column, Entry, Judge, Judged, judge_rows
from bamai.catalog import Edition
from bamai.errors import Problem
from bamai.questionnaire import Question


class Session:
    """Walks through the questions of an edition, one at a time, and keeps every answer.

    Args:
        answers: where to start from; its entries must be in order for the judge.
        saved: called after every change with the answers as they now stand.
    """

    def __init__(self, edition: Edition, answers: Answers, saved: Callable[[Answers], None]) -> None:
        self.edition = edition
        self.answers = answers
        self.judge = Judge(edition)
        self._saved = saved
        self._passed: list[str] = []
        self._order = self._asking_order()

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

    @property
    def current(self) -> Question | None:
        """The question to ask now; None when all have been asked."""
        judged = self._judged()
        for name in self._order:
            if name not in self._passed and self._wanted(name, judged):
                return self.edition.questions[name]
        return None

    @property
    def progress(self) -> tuple[int, int]:
        """Questions dealt with, and questions there are to deal with."""
        judged = self._judged()
        wanted = [name for name in self._order if name in self._passed or self._wanted(name, judged)]
        return sum(name in self._passed for name in wanted), len(wanted)

    def answer(self, text: str) -> Cell | Problem:
        """Answer the current question; a problem leaves it as it was."""
        question = self.current
        assert question is not None
        judged = self.judge.cell(question.id, text)
        if isinstance(judged, Problem):
            return judged
        before = self.answers.entries.get(question.id)
        entries = self.answers.entries
        if judged.state == OPEN and (before is None or not (before.evidence or before.note)):
            entries.pop(question.id, None)
        else:
            entries[question.id] = (before or Entry())._replace(text=text)
        for row in self._judged().problems:
            problem = row.describe(0)
            if question.id in problem.questions:
                if before is None:
                    entries.pop(question.id, None)
                else:
                    entries[question.id] = before
                return problem
        self._passed.append(question.id)
        self._saved(self.answers)
        return judged

    def note(self, text: str) -> None:
        """Keep a note on the current question."""
        question = self.current
        assert question is not None
        entries = self.answers.entries
        entries[question.id] = entries.get(question.id, Entry())._replace(note=text)
        self._saved(self.answers)

    def back(self) -> bool:
        """Go back to the question before; False at the first."""
        if not self._passed:
            return False
        self._passed.pop()
        return True

    def resume(self) -> int:
        """Pass over what is answered already; how many questions that were."""
        judged = self._judged()
        self._passed = [
            name for name in self._order
            if judged.columns[name].state[0] != OPEN or judged.given[name].state[0] != OPEN
        ]  # fmt: skip
        return len(self._passed)

    def _wanted(self, name: str, judged: Judged) -> bool:
        if any(flags[name][0] for flags in (judged.hidden, judged.undecided) if name in flags):
            return False
        question = self.edition.questions[name]
        metrics = self.edition.counts.get(name, ())
        if metrics:
            # a count is asked while a metric that it makes is not settled without it
            given = judged.given[name].state[0] != OPEN
            return given or any(self._asks_counts(metric, judged) for metric in metrics)
        if question.metric and question.metric.ask == "counts" and question.metric.part:
            return bool(judged.columns[name].state[0] == OPEN) and name not in self._passed
        return True

    def _asks_counts(self, name: str, judged: Judged) -> bool:
        question = self.edition.questions[name]
        metric = question.metric
        assert metric is not None
        if judged.given[name].state[0] not in (OPEN, NA):
            return False
        return metric.ask == "counts" or name in self._passed

    def _judged(self) -> Judged:
        columns = {}
        for name, entry in self.answers.entries.items():
            cell = (self.judge.cell(name, entry.text) if isinstance(entry.text, str)
                    else self.judge.several(name, entry.text))  # fmt: skip
            if isinstance(cell, Cell):
                columns[name] = Column.of([cell])
        return judge_rows(self.edition, columns)
