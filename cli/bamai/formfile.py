"""Reading filled Excel forms: what their cells say becomes the content of an answers file.

A form finds its own cells: hidden ids stand beside the rows and hidden keys above the columns, and a hidden sheet
lists every id that must be there. So rows and columns may be inserted, and what is missing or mixed up is noticed.
Nothing is judged here; that is done where every answers file is judged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path
from typing import Any, NamedTuple

from bamai.checks import fold
from bamai.errors import InputError, Mistakes, Place, Problem
from bamai.questionnaire import NONE
from bamai.texts import shown
from bamai.workbook import MAX_ROWS, Table, Value, read_bytes, read_tables
from bamai.yamlfile import Document, KeyPath

SCHEMA = "bamai.form/1"

META = "bamai_meta"
LISTS = "bamai_lists"

MARK = f"{SCHEMA} questions"
"""Stands where the row of column keys and the column of row ids of the questionnaire meet."""

LABEL, ANSWER, EVIDENCE, NOTE = "label", "answer", "evidence", "note"
"""Keys of columns."""

STATE_LIST, STATE_NA_LIST, YES_NO_LIST = "=state", "=state_na", "=yes_no"
"""Lists that are no question's; a question's list is called by its id."""

ENTERPRISE, QUESTION, OPTION = "enterprise", "question", "option"
"""What a row's id begins with; ``assessor`` and ``assessed_on`` stand by themselves."""

_INVISIBLE = re.compile("[\u200b\u200c\u200d\u2060\ufeff]")
_DATE = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?(?: 00:00:00)?\Z")
_SPLIT = re.compile(r"[\n;；]")


def row_id(*parts: str) -> str:
    """Id of a row: ``question:network``, ``option:network:scada``."""
    return ":".join(parts)


class FormDocument(Document):
    """A filled form in the shape of an answers file; places are cells.

    Attributes:
        problems: cells that hold nothing an answer can be: errors, dates, formulas without a value, rows missing.
        warnings: what was left out of account.
        digest: of the rules that the form was made by.
    """

    def __init__(self, file: str, read: _Reader) -> None:
        super().__init__(file, read.data, None)
        self._places = read.places
        self.problems = tuple(read.problems)
        self.warnings = tuple(read.warnings)
        self.digest = read.digest

    def place(self, path: KeyPath = (), *, key: bool = False) -> Place:
        del key
        for end in range(len(path), 0, -1):
            if path[:end] in self._places:
                return self._places[path[:end]]
        return Place(self.file)


def open_form(path: Path) -> FormDocument:
    """The filled form *path*.

    Raises:
        InputError: it cannot be read or is no form.
    """
    return parse_form(read_bytes(path), str(path))


def parse_form(raw: bytes, file: str) -> FormDocument:
    """As :func:`open_form`, for content in memory."""
    return FormDocument(file, _Reader(read_tables(raw, file), file))


class _Row(NamedTuple):
    """A row that must be there: its id, what is asked (a question's kind), and what its label says."""

    id: str
    kind: str
    label: str


class _Reader:
    def __init__(self, tables: list[Table], file: str) -> None:
        self.file = file
        self.data: dict[str, Any] = {}
        self.places: dict[KeyPath, Place] = {}
        self.problems: list[Problem] = Mistakes()
        self.warnings: list[Problem] = []
        self._meta(tables)
        self._lists: dict[str, dict[str, str]] = {}
        for table in tables:
            if _text(table, 1, 1) == LISTS:
                for row in _rows(table):
                    name, shown_, value = (_text(table, row, column) for column in (1, 2, 3))
                    self._lists.setdefault(name, {})[_plain(shown_)] = value
        self._sheet(tables)
        self._covered = _covered(self._table, self._columns[ANSWER])
        self._fields()
        self._answers()
        self._strays()

    def _meta(self, tables: list[Table]) -> None:
        """What the form says of itself.

        Raises:
            InputError: it says nothing, or is of another kind.
        """
        table = next((t for t in tables if _text(t, 1, 1) == "schema"), None)
        if table is None:
            raise InputError(Problem("not_a_form", {}, Place(self.file)))
        head = {_text(table, row, 1): _text(table, row, 2) for row in (1, 2, 3, 4)}
        if head["schema"] != SCHEMA:
            params = {"found": shown(head["schema"]), "allowed": SCHEMA}
            raise InputError(Problem("wrong_schema", params, self._place(table, 1, 2)))
        self.digest = head.get("digest", "")
        self.data |= {"schema": "bamai.answers/1", "model": head.get("model", "")}
        self.places["model",] = self._place(table, 2, 2)
        self._rows = [
            _Row(*(_text(table, row, column) for column in (2, 3, 5)))
            for row in _rows(table)
            if _text(table, row, 1) == "cell"
        ]

    def _sheet(self, tables: list[Table]) -> None:
        """The questionnaire, its columns and rows.

        Raises:
            InputError: the sheet or a column of it is gone.
        """
        marks = [(table, at) for table in tables for at, value in table.cells.items() if value.text == MARK]
        if not marks:
            raise InputError(Problem("form_sheet_missing", {}, Place(self.file)))
        if len(marks) > 1:
            titles = ", ".join(shown(table.title) for table, _ in marks)
            raise InputError(Problem("form_sheet_twice", {"found": titles}, Place(self.file)))
        [(self._table, (top, left))] = marks
        keys = {value.text: column for (row, column), value in self._table.cells.items() if row == top}
        missing = [key for key in (LABEL, ANSWER, EVIDENCE, NOTE) if key not in keys]
        if missing:
            place = self._place(self._table, top, left)
            raise InputError(Problem("form_column_missing", {"found": ", ".join(missing)}, place))
        self._columns = {key: keys[key] for key in (LABEL, ANSWER, EVIDENCE, NOTE)}
        self._at: dict[str, int] = {}
        known = {row.id: row for row in self._rows}
        for (row, column), value in sorted(self._table.cells.items()):
            if column != left or row == top or value.text not in known:
                continue
            if value.text in self._at:
                self._add("form_row_twice", row, found=known[value.text].label, first=self._at[value.text])
                continue
            self._at[value.text] = row
            label = _text(self._table, row, self._columns[LABEL])
            if value.text.startswith((QUESTION, OPTION)) and _plain(label) != _plain(known[value.text].label):
                self._add("form_row_mixed", row, found=shown(label), allowed=known[value.text].label)
        gone = [row.label for row in self._rows if row.id not in self._at]
        if gone:
            place = Place(self.file)
            self.problems.append(Problem("form_row_missing", {"found": shown(", ".join(gone), 200)}, place))

    def _fields(self) -> None:
        """Enterprise, assessor and date."""
        enterprise: dict[str, str] = {}
        for row in self._rows:
            first, _, field = row.id.partition(":")
            if first in (QUESTION, OPTION) or row.id not in self._at:
                continue
            path: KeyPath = (first, field) if field else (first,)
            at = self._at[row.id]
            self.places[path] = self._place(self._table, at, self._columns[ANSWER])
            text = self._field(at)
            if not text:
                continue
            if field:
                enterprise[field] = text
            else:
                found = _DATE.match(text) if row.id == "assessed_on" else None
                year, month, day = found.groups() if found else ("", "", "")
                self.data[first] = f"{year}-{month:>02}-{day:>02}" if found else text
        self.data["enterprise"] = enterprise

    def _answers(self) -> None:
        answers: dict[str, Any] = {}
        options: dict[str, list[str]] = {}
        for row in self._rows:
            first, _, rest = row.id.partition(":")
            if first == OPTION:
                name, _, option = rest.partition(":")
                options.setdefault(name, []).append(option)
        for row in self._rows:
            first, _, name = row.id.partition(":")
            if first != QUESTION or row.id not in self._at:
                continue
            at = self._at[row.id]
            place = self._place(self._table, at, self._columns[ANSWER])
            self.places |= {("answers", name): place, ("answers", name, "value"): place}
            several = row.kind == "multiple"
            said = self._value(at, row.kind, self._lists.get(STATE_NA_LIST if several else name, {}))
            value = self._ticked(name, row.label, at, said, options.get(name, [])) if several else said
            evidence = tuple(part for text in _SPLIT.split(self._field(at, EVIDENCE)) if (part := text.strip()))
            note = self._field(at, NOTE)
            if value or evidence or note:
                answers[name] = {"value": value, "evidence": evidence, "note": note or None}
        self.data["answers"] = answers

    def _ticked(self, name: str, label: str, at: int, state: str, options: list[str]) -> str | tuple[str, ...]:
        """The options with a yes; the state of the whole question where none has an answer."""
        said: dict[str, bool] = {}
        sound = True
        words = self._lists.get(YES_NO_LIST, {})
        for option in options:
            row = self._at.get(row_id(OPTION, name, option))
            value = self._value(row, OPTION, words) if row is not None else ""
            plain = {"true": "yes", "1": "yes", "false": "no", "0": "no"}.get(value, _plain(value))
            if plain in ("yes", "是", "no", "否"):
                said[option] = plain in ("yes", "是")
            elif plain and row is not None:
                sound = False
                allowed = " / ".join(words) or "yes / no"
                self._add("form_yes_no", row, ANSWER, (name,), question=label, found=shown(value), allowed=allowed)
        ticked = tuple(option for option, yes in said.items() if yes)
        if not sound:
            return ""
        if state and said:
            self._add("form_state_and_options", at, ANSWER, (name,), question=label, found=shown(state))
            return ""
        if state or ticked or not said:
            return state or ticked or ""
        # nothing but no: that says "none" where it was said of everything that there is
        others = [option for option in options if option != NONE]
        if all(option in said for option in others) and NONE in options and NONE not in said:
            return (NONE,)
        if len(said) == len(options):
            self._add("form_all_no", at, ANSWER, (name,), question=label)
            return ""
        params = {"question": label, "count": len(others) - len([o for o in others if o in said])}
        self.warnings.append(
            Problem("form_half", params, self._place(self._table, at, self._columns[ANSWER]), "", (name,))
        )
        return ""

    def _value(self, row: int, kind: str, words: dict[str, str]) -> str:
        """What an answer cell says, as an answers file would."""
        column = self._columns[ANSWER]
        if row in self._covered:
            self._add("form_merged", row, ANSWER)
            return ""
        value = self._table.cells.get((row, column))
        if value is None:
            return ""
        if value.kind == "date" and kind != "text":
            self._add("form_date", row, ANSWER, found=shown(value.text))
            return ""
        if value.kind == "percent" and kind != "percent":
            return f"{value.text}%"
        if not self._holds(value, row, ANSWER):
            return ""
        text = _INVISIBLE.sub("", value.text).strip()
        return words.get(_plain(text), text)

    def _field(self, row: int, key: str = ANSWER) -> str:
        """A cell that takes any text."""
        at = (row, self._columns[key])
        value = self._table.cells.get(at)
        if value is None or not self._holds(value, row, key):
            return ""
        text = f"{value.text}%" if value.kind == "percent" else value.text
        return _INVISIBLE.sub("", text).replace("\u00a0", " ").strip()

    def _holds(self, value: Value, row: int, key: str) -> bool:
        """Whether a cell holds something; an error or a formula without a value is said to be none."""
        if value.kind == "error":
            self._add("form_error_value", row, key, found=shown(value.text))
        elif value.kind == "uncomputed":
            self._add("form_uncomputed", row, key, found=shown(value.text))
        return value.kind not in ("error", "uncomputed")

    def _strays(self) -> None:
        """Answers beside no question, as in a row that somebody inserted."""
        taken = {*self._at.values()}
        last = max(taken, default=0)
        first = min(taken, default=0)
        for (row, column), value in sorted(self._table.cells.items()):
            if column == self._columns[ANSWER] and first < row <= last + 20 and row not in taken and value.text.strip():
                self._add("form_stray", row, ANSWER, found=shown(value.text))

    def _place(self, table: Table, row: int, column: int) -> Place:
        return Place(self.file, row, column, f"{shown(table.title)}!{_letters(column)}{row}")

    def _add(self, code: str, row: int, key: str = LABEL, questions: tuple[str, ...] = (), **params: object) -> None:
        place = self._place(self._table, row, self._columns[key])
        self.problems.append(Problem(code, params, place, "", questions))


def _text(table: Table, row: int, column: int) -> str:
    value = table.cells.get((row, column))
    return "" if value is None else value.text.strip()


def _rows(table: Table) -> Iterator[int]:
    return iter(range(1, max((row for row, _ in table.cells), default=0) + 1))


def _covered(table: Table, column: int) -> set[int]:
    """Rows whose cell in *column* is a part of a merged area that begins elsewhere."""
    changes = [0] * (MAX_ROWS + 2)  # how many more areas cover a row than the row above it
    for top, left, bottom, right in table.merged:
        first = max(top + 1 if left == column else top, 1)
        if left <= column <= right and first <= min(bottom, MAX_ROWS):
            changes[first] += 1
            changes[min(bottom, MAX_ROWS) + 1] -= 1
    return {row for row, covering in enumerate(accumulate(changes)) if covering}


def _plain(text: str) -> str:
    return " ".join(fold(_INVISIBLE.sub("", text)).split())


def _letters(column: int) -> str:
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
