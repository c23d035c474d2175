"""One set of answers from those of several respondents of one enterprise: production, IT, finance.

Nothing is decided here that people disagree about: conflicts are listed with who said what, and somebody decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from bamai.answers import (
    ANSWERED,
    IDENTITY,
    NA,
    OPEN,
    UNKNOWN,
    Answers,
    Cell,
    Column,
    Columns,
    Enterprise,
    Entry,
    Judge,
    columns_of,
    judge_rows,
)
from bamai.answersfile import told
from bamai.catalog import Edition
from bamai.checks import fold
from bamai.errors import InputError, Place, Problem
from bamai.schema import Text
from bamai.texts import Lang, shown, t

SAME = ("id", "name")
"""Fields of the enterprise that tell one from another; where they differ these are no answers to be merged."""


class Respondent(NamedTuple):
    """One of the files. ``name``: who answered, as told to readers; no two files have the same."""

    name: str
    file: str
    answers: Answers
    columns: Columns


class Version(NamedTuple):
    """What some respondents say, all of them the same, about the questions of a conflict."""

    respondents: tuple[int, ...]
    entries: dict[str, Entry]


class Conflict(NamedTuple):
    """Questions on which respondents do not agree: one, or a value with the counts it is made of.

    For a field of the enterprise ``questions`` is empty and every version has one entry, of that ``field``.
    """

    questions: tuple[str, ...]
    versions: tuple[Version, ...]
    field: str = ""


class Overruled(NamedTuple):
    """Somebody said *unknown* where another had an answer; the answer stands."""

    question: str
    respondent: int


Decision = int | None
"""Index of the version that stands; None leaves the questions open."""


class Merged(NamedTuple):
    """What came out. ``counts``: answers that each respondent gave; ``decided``: conflicts with their decisions."""

    answers: Answers
    counts: tuple[int, ...]
    decided: tuple[tuple[Conflict, Decision], ...]
    overruled: tuple[Overruled, ...]


class Merging:
    """The answers of several respondents, held together.

    Args:
        lang: of what the merged file says about conflicts.
    Raises:
        InputError: they are not of one enterprise.
    """

    def __init__(self, edition: Edition, respondents: Sequence[Respondent], lang: Lang = "zh") -> None:
        self.edition = edition
        self.lang = lang
        self.respondents = tuple(respondents)
        self.judge = Judge(edition)
        self._one_enterprise()
        self._groups = _groups(edition)

    # ── who says what ────────────────────────────────────────────────────────────────────────────

    def conflicts(self) -> list[Conflict]:
        """Everything that has to be decided, in the order of the questionnaire; the enterprise's fields first."""
        found = []
        for field in IDENTITY:
            versions = self._versions_of_field(field)
            if len(versions) > 1:
                found.append(Conflict((), versions, field))
        for group in self._groups:
            versions = self._versions(group)
            if len(versions) > 1 and self._united(group) is None:
                found.append(Conflict(group, versions))
        return found

    def tell(self, version: Version, lang: Lang) -> str:
        """A version in words."""
        parts = []
        for name, entry in version.entries.items():
            question = self.edition.questions.get(name)
            if question is None:
                parts.append(shown(entry.text))
            elif len(version.entries) == 1:
                parts.append(told(question, self.judge, entry.text, lang))
            else:
                parts.append(f"{question.label} {told(question, self.judge, entry.text, lang)}")
        return ", ".join(parts)

    def names(self, version: Version) -> str:
        """Who says so."""
        return ", ".join(self.respondents[index].name for index in version.respondents)

    # ── the result ───────────────────────────────────────────────────────────────────────────────

    def merged(self, decide: Callable[[Conflict], Decision]) -> Merged:
        """The merged answers; *decide* is asked for every conflict."""
        decided = [(conflict, decide(conflict)) for conflict in self.conflicts()]
        by_group = {conflict.questions: (conflict, choice) for conflict, choice in decided if conflict.questions}
        entries: dict[str, Entry] = {}
        for group in self._groups:
            if group in by_group:
                entries |= self._decided(*by_group[group])
            else:
                entries |= self._united(group) or {}
        fields = {field: self._field(field, decided) for field in IDENTITY}
        dates = [r.answers.assessed_on for r in self.respondents if r.answers.assessed_on]
        ordered = {name: entries[name] for name in self.edition.questions if name in entries}
        answers = Answers(self.edition.ref, Enterprise(**fields), self._assessors(), max(dates, default=None), ordered)
        self._check(answers)
        counts = tuple(sum(c.state[0] != OPEN for c in r.columns.values()) for r in self.respondents)
        return Merged(answers, counts, tuple(decided), tuple(self._overruled(answers)))

    def _check(self, answers: Answers) -> None:
        """What fits together group by group may still be too many n/a in all."""
        problems = judge_rows(self.edition, columns_of(self.judge, answers.entries)).problems
        if problems:
            raise InputError([problem.describe(0) for problem in problems])

    def _decided(self, conflict: Conflict, choice: Decision) -> dict[str, Entry]:
        """The version that was chosen, with what everybody said in the note: it is no longer to be seen elsewhere."""
        chosen = conflict.versions[choice].entries if choice is not None else {}
        found = {}
        for name in conflict.questions:
            entry = chosen.get(name, Entry())._replace(evidence=self._evidence(name), note=self._notes(name))
            if name == self._heads(conflict, chosen):
                said = "; ".join(f"{self.names(v)}: {self.tell(v, self.lang)}" for v in conflict.versions)
                entry = entry._replace(note=f"{entry.note} [{said}]" if entry.note else f"[{said}]")
            if entry != Entry():
                found[name] = entry
        return found

    def _heads(self, conflict: Conflict, chosen: dict[str, Entry]) -> str:
        return next((name for name in conflict.questions if name in chosen), conflict.questions[0])

    def _united(self, group: tuple[str, ...]) -> dict[str, Entry] | None:
        """What all say about a group together; None where that does not fit together."""
        found: dict[str, Entry] = {}
        columns: Columns = {}
        for name in group:
            cells = self._said(name)
            settled = {cell for _, cell in cells if cell.state != UNKNOWN}
            if len(settled) > 1:
                return None
            entry = Entry("", self._evidence(name), self._notes(name))
            first = next((item for item in cells if not settled or item[1].state != UNKNOWN), None)
            if first is not None:
                entry = entry._replace(text=self.respondents[first[0]].answers.entries[name].text)
                columns[name] = Column.of([first[1]])
            if entry != Entry():
                found[name] = entry
        return None if columns and judge_rows(self.edition, columns).problems else found

    def _said(self, name: str) -> list[tuple[int, Cell]]:
        """Who answers a question and how; open ones are left out, and a doubt about a percentage does not count."""
        found = []
        for index, respondent in enumerate(self.respondents):
            column = respondent.columns.get(name)
            if column is not None and column.state[0] != OPEN:
                found.append((index, Cell(int(column.state[0]), int(column.value[0]), int(column.band[0]))))
        return found

    def _versions(self, group: tuple[str, ...]) -> tuple[Version, ...]:
        """What respondents say about a group, those who say the same together; who says *unknown* only is left out."""
        said = {name: dict(self._said(name)) for name in group}
        found: dict[tuple[Cell | None, ...], list[int]] = {}
        for index in range(len(self.respondents)):
            cells = tuple(said[name].get(index) for name in group)
            if any(cell is not None and cell.state in (ANSWERED, NA) for cell in cells):
                found.setdefault(cells, []).append(index)
        return tuple(
            Version(tuple(who), {name: Entry(self.respondents[who[0]].answers.entries[name].text)
                                 for name, cell in zip(group, cells, strict=True) if cell is not None})
            for cells, who in found.items()
        )  # fmt: skip

    def _versions_of_field(self, field: str) -> tuple[Version, ...]:
        found: dict[str, list[int]] = {}
        for index, respondent in enumerate(self.respondents):
            text = getattr(respondent.answers.enterprise, field)
            if text:
                found.setdefault(fold(text), []).append(index)
        return tuple(
            Version(tuple(who), {field: Entry(str(getattr(self.respondents[who[0]].answers.enterprise, field)))})
            for who in found.values()
        )

    def _field(self, field: str, decided: Iterable[tuple[Conflict, Decision]]) -> str | None:
        for conflict, choice in decided:
            if conflict.field == field:
                return None if choice is None else str(conflict.versions[choice].entries[field].text)
        versions = self._versions_of_field(field)
        return str(versions[0].entries[field].text) if versions else None

    def _evidence(self, name: str) -> tuple[str, ...]:
        given = [item for r in self.respondents for item in r.answers.entries.get(name, Entry()).evidence]
        return tuple(dict.fromkeys(given))

    def _notes(self, name: str) -> str | None:
        """All notes; with who wrote them where there are several."""
        notes: dict[str, list[str]] = {}
        for respondent in self.respondents:
            note = respondent.answers.entries.get(name, Entry()).note
            if note:
                notes.setdefault(note, []).append(respondent.name)
        if len(notes) > 1:
            return "; ".join(f"{', '.join(who)}: {note}" for note, who in notes.items())
        return next(iter(notes), None)

    def _assessors(self) -> str | None:
        names = dict.fromkeys(r.answers.assessor for r in self.respondents if r.answers.assessor)
        return t("list_comma", self.lang).join(names) or None

    def _overruled(self, answers: Answers) -> Iterable[Overruled]:
        for name, entry in answers.entries.items():
            if entry.text:
                said = self._said(name)
                if any(cell.state != UNKNOWN for _, cell in said):
                    yield from (Overruled(name, index) for index, cell in said if cell.state == UNKNOWN)

    def _one_enterprise(self) -> None:
        problems = []
        for field in SAME:
            versions = self._versions_of_field(field)
            if len(versions) > 1:
                first = self.respondents[versions[0].respondents[0]]
                for version in versions[1:]:
                    other = self.respondents[version.respondents[0]]
                    params = {"field": Text(zh={"id": "编号", "name": "名称"}[field], en=field),
                              "found": shown(version.entries[field].text),
                              "first": shown(versions[0].entries[field].text), "file": first.file}  # fmt: skip
                    problems.append(Problem("merge_enterprise", params, Place(other.file)))
        if problems:
            raise InputError(problems)


def _groups(edition: Edition) -> list[tuple[str, ...]]:
    """Questions that have to fit together: a value with its counts, and with what else these counts make."""
    group_of: dict[str, set[str]] = {name: {name} for name in edition.questions}
    for name, question in edition.questions.items():
        metric = question.metric
        if metric is not None and metric.part is not None and metric.whole is not None:
            joined = group_of[name] | group_of[metric.part] | group_of[metric.whole]
            for member in joined:
                group_of[member] = joined
    found: dict[tuple[str, ...], None] = {}
    for name in edition.questions:
        found[tuple(other for other in edition.questions if other in group_of[name])] = None
    return list(found)


def respondents_named(files: Sequence[tuple[str, str, Answers, Columns]]) -> list[Respondent]:
    """Names for respondents: who assessed, else the file's name; with the file's name where two are the same.

    Args:
        files: path, name of the file without folder and suffix, answers, columns.
    """
    assessors = [answers.assessor or stem for _, stem, answers, _ in files]
    with_file = [f"{name} ({stem})" for name, (_, stem, _, _) in zip(assessors, files, strict=True)]
    found: list[Respondent] = []
    for (path, _, answers, columns), name, longer in zip(files, assessors, with_file, strict=True):
        alone = assessors.count(name) == 1
        told_as = name if alone else longer if with_file.count(longer) == 1 else f"{name} ({path})"
        found.append(Respondent(told_as, path, answers, columns))
    return found
