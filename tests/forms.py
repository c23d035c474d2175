"""Filling forms as people do: by what the drop-downs offer, percentages as the number that a percent cell holds."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from bamai.answers import ANSWERED, NA, NO_BAND, UNKNOWN, Answers, Cell, Judge, decimal_text
from bamai.catalog import Edition
from bamai.form import written_form
from bamai.formfile import ENTERPRISE, LISTS, OPTION, QUESTION, row_id
from bamai.questionnaire import NUMERIC, Question
from bamai.texts import Lang
from bamai.vocabulary import load_vocabulary

ANSWER_COLUMN, EVIDENCE_COLUMN, NOTE_COLUMN = 4, 6, 7


def blank_form(edition: Edition, lang: Lang, path: Path) -> Path:
    """A blank form of *edition* at *path*."""
    path.write_bytes(written_form(edition, load_vocabulary(), lang))
    return path


class Filling:
    """An open form. ``cell`` finds the answer cell of a row by its hidden id."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.book: Workbook = openpyxl.load_workbook(path)
        self.sheet: Worksheet = self.book.worksheets[1]
        self.rows = {str(row[0].value): row[0].row for row in self.sheet.iter_rows(min_row=2) if row[0].value}
        self.lists: dict[str, dict[str, str]] = {}
        for name, text, value in self.book[LISTS].iter_rows(min_row=2, max_col=3, values_only=True):
            self.lists.setdefault(str(name), {})[str(value)] = str(text)

    def cell(self, *parts: str, column: int = ANSWER_COLUMN) -> Any:
        return self.sheet.cell(self.rows[row_id(*parts)], column)

    def where(self, *parts: str) -> str:
        """What messages call the answer cell of a row."""
        return f"{self.sheet.title}!D{self.rows[row_id(*parts)]}"

    def answer(self, question: Question, cell: Cell) -> None:
        """Write a judged answer as one fills it in."""
        name = question.id
        target = self.cell(QUESTION, name)
        if cell.state in (UNKNOWN, NA):
            words = self.lists["=state_na"]
            target.value = words["unknown" if cell.state == UNKNOWN else "n/a"]
        elif cell.state != ANSWERED:
            return
        elif question.kind == "multiple":
            for index, option in enumerate(question.options):
                if cell.value >> index & 1:
                    self.cell(OPTION, name, option.id).value = self.lists["=yes_no"]["yes"]
        elif question.kind in NUMERIC:
            if cell.band != NO_BAND:
                target.value = question.letters[cell.band]
            else:
                number = Decimal(decimal_text(cell.value))
                target.value = float(number / 100 if question.kind == "percent" else number)
        elif question.kind == "text":
            target.value = "text"
        else:
            target.value = self.lists[name][question.option_ids[cell.value]]

    def fill(self, edition: Edition, answers: Answers) -> None:
        """Write the answers of a file, with all that belongs to them."""
        judge = Judge(edition)
        for name, entry in answers.entries.items():
            text = entry.text
            cell = judge.cell(name, text) if isinstance(text, str) else judge.several(name, text)
            assert isinstance(cell, Cell), cell
            self.answer(edition.questions[name], cell)
            self.cell(QUESTION, name, column=EVIDENCE_COLUMN).value = "\n".join(entry.evidence) or None
            self.cell(QUESTION, name, column=NOTE_COLUMN).value = entry.note
        for field, value in answers.enterprise._asdict().items():
            self.cell(ENTERPRISE, field).value = int(value) if field == "employees" and value else value
        self.cell("assessor").value = answers.assessor
        self.cell("assessed_on").value = answers.assessed_on

    def unmerge(self) -> None:
        """Takes merged headings apart: openpyxl does not move them when rows are inserted, spreadsheets do."""
        for area in list(self.sheet.merged_cells.ranges):
            self.sheet.unmerge_cells(str(area))

    def save(self, path: Path | None = None) -> Path:
        target = path or self.path
        self.book.save(target)
        return target
