"""Writing a questionnaire as an Excel form; :mod:`bamai.formfile` reads it back."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Sequence
from datetime import date
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from bamai.answers import IDENTITY
from bamai.answersfile import choices
from bamai.catalog import Edition
from bamai.formfile import (
    ANSWER,
    ENTERPRISE,
    EVIDENCE,
    LABEL,
    LISTS,
    MARK,
    META,
    NOTE,
    OPTION,
    QUESTION,
    SCHEMA,
    STATE_LIST,
    STATE_NA_LIST,
    YES_NO_LIST,
    row_id,
)
from bamai.questionnaire import NUMERIC, Condition, Question, ShowIf
from bamai.texts import Lang, t
from bamai.vocabulary import Vocabulary

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

# columns of the questionnaire, from 0
C_ID, C_LABEL, C_TEXT, C_ANSWER, C_DONE, C_EVIDENCE, C_NOTE = range(7)
WIDTHS = (4, 7, 76, 32, 5, 26, 24)
"""In digits of the default font, which is what Excel counts columns in."""

FONTS = {"zh": "Microsoft YaHei", "en": "Calibri"}
LINE = {"zh": 1.5, "en": 1.32}
"""Height of a line, in its font's size."""
SIZE, SMALL = 10, 9

MAX_HEIGHT = 400
"""Excel ends rows at 409 points."""

HINT = 255
"""Characters of an input hint or an error message."""

INK, BAND, PALE, INPUT, GREY, LINES = "#1F3864", "#D9E2F3", "#F5F7FB", "#FFF8D6", "#5F6B7A", "#BFC7D5"


def written_form(edition: Edition, vocabulary: Vocabulary, lang: Lang) -> bytes:
    """The form of *edition* as the content of an ``.xlsx`` file."""
    return _Form(edition, vocabulary, lang).bytes()


class _Form:
    def __init__(self, edition: Edition, vocabulary: Vocabulary, lang: Lang) -> None:
        import xlsxwriter  # noqa: PLC0415

        self._edition, self._vocabulary, self._lang = edition, vocabulary, lang
        self._file = io.BytesIO()
        # names and notes are text, never formulas or links
        self._book: Any = xlsxwriter.Workbook(
            self._file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        )
        font = {"font_name": FONTS[lang], "font_size": 10, "font_family": 2, "valign": "vcenter"}
        if lang == "zh":
            font["font_charset"] = 134  # GB 2312: what lacks the font falls back to another Chinese one
        self._font = font
        self._book.formats[0].set_font_name(FONTS[lang])
        self._book.formats[0].set_font_size(10)
        self._formats: dict[tuple[tuple[str, Any], ...], Format] = {}
        self._cells: list[tuple[str, str, str, str]] = []  # id, kind, cell, label
        self._lists: dict[str, list[tuple[str, str]]] = {}
        self._row = 0

    def bytes(self) -> bytes:
        self._guide_sheet: Worksheet = self._book.add_worksheet(self._t("form.sheet.guide"))
        self._sheet: Worksheet = self._book.add_worksheet(self._t("form.sheet.questions"))
        self._lists_sheet: Worksheet = self._book.add_worksheet(LISTS)
        self._meta_sheet: Worksheet = self._book.add_worksheet(META)
        self._collect_lists()
        self._questions()
        self._guide()
        self._write_lists()
        self._write_meta()
        title = self._edition.questionnaire.title[self._lang]
        self._book.set_properties({"title": title, "subject": self._edition.ref, "author": "bamai"})
        self._guide_sheet.activate()
        self._book.close()
        return self._file.getvalue()

    def _t(self, key: str, **params: object) -> str:
        return t(key, self._lang, **params)

    def _format(self, **properties: Any) -> Format:
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            self._formats[key] = self._book.add_format({**self._font, **properties})
        return self._formats[key]

    def _input(self, **properties: Any) -> Format:
        return self._format(bg_color=INPUT, border=1, border_color=LINES, locked=False, text_wrap=True, **properties)

    # ── lists ────────────────────────────────────────────────────────────────────────────────────────

    def _collect_lists(self) -> None:
        """What can be picked, by list: the text shown and what it stands for."""
        unknown, na = (self._t("mark.unknown"), "unknown"), (self._t("state.na"), "n/a")
        self._lists[YES_NO_LIST] = [(self._t("yes"), "yes"), (self._t("no"), "no")]
        self._lists[STATE_LIST] = [unknown]
        self._lists[STATE_NA_LIST] = [unknown, na]
        for name, question in self._edition.questions.items():
            states = [unknown, na] if name in self._edition.na_permitted else [unknown]
            if question.kind == "yes_no":
                self._lists[name] = [*self._lists[YES_NO_LIST], *states]
            elif question.kind == "grade":
                grades = [self._t("grade.zero"), *(_one_line(label[self._lang]) for label in question.grades)]
                self._lists[name] = [(f"{i}  {text}", str(i)) for i, text in enumerate(grades)] + states
            elif question.kind in NUMERIC:
                self._lists[name] = [(letter, letter) for letter in question.letters] + states
            elif question.kind in ("single", "trend"):
                pairs = zip(question.letters, question.options, strict=True)
                listed = [(f"{letter}  {_one_line(option.label[self._lang])}", option.id) for letter, option in pairs]
                self._lists[name] = listed + states
        industries = self._vocabulary.file.sectors.entries + self._vocabulary.file.industries.entries
        for field, entries in (("industry", industries), ("province", self._vocabulary.file.provinces.entries)):
            self._lists[row_id(ENTERPRISE, field)] = [(entry.title[self._lang],) * 2 for entry in entries]
        lengths = [1, *map(len, self._lists.values())]
        self._starts = dict(zip(self._lists, accumulate(lengths), strict=False))

    def _range(self, name: str) -> str:
        """The cells of a list that hold the texts."""
        first = self._starts[name]
        return f"{LISTS}!$B${first + 1}:$B${first + len(self._lists[name])}"

    def _write_lists(self) -> None:
        self._lists_sheet.write_string(0, 0, LISTS)
        for name, entries in self._lists.items():
            for row, (text, value) in enumerate(entries, self._starts[name]):
                for column, content in enumerate((name, text, value)):
                    self._lists_sheet.write_string(row, column, content)
        self._lists_sheet.protect()
        self._lists_sheet.very_hidden()

    def _write_meta(self) -> None:
        sheet = self._meta_sheet
        head = {
            "schema": SCHEMA,
            "model": self._edition.ref,
            "digest": self._edition.without_profile.digest,
            "lang": self._lang,
        }
        for row, (key, value) in enumerate(head.items()):
            sheet.write_string(row, 0, key)
            sheet.write_string(row, 1, value)
        for row, cell in enumerate(self._cells, len(head)):
            for column, text in enumerate(("cell", *cell)):
                sheet.write_string(row, column, text)
        sheet.protect()
        sheet.very_hidden()

    # ── the questionnaire ────────────────────────────────────────────────────────────────────────────

    def _questions(self) -> None:
        sheet = self._sheet
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.set_footer(f"&L&8{self._edition.ref}&R&8{self._t('form.print_page')}")
        for column, width in enumerate(WIDTHS):
            sheet.set_column(column, column, width, None, {"hidden": True} if column == C_ID else {})
        keys = {C_ID: MARK, C_LABEL: LABEL, C_ANSWER: ANSWER, C_EVIDENCE: EVIDENCE, C_NOTE: NOTE}
        for column, key in keys.items():
            sheet.write_string(0, column, key)
        sheet.set_row(0, None, None, {"hidden": True})
        self._title()
        heads = ("label", "question", "answer", "done", "evidence", "note")
        head = self._format(bold=True, font_color="#FFFFFF", bg_color=INK, align="center", border=1, border_color=INK)
        for column, key in enumerate(heads, C_LABEL):
            sheet.write_string(2, column, self._t(f"form.column.{key}"), head)
        sheet.set_row(2, 22)
        sheet.freeze_panes(3, 0)
        sheet.repeat_rows(1, 2)
        self._row = 3
        self._enterprise()
        for section in self._edition.questionnaire.sections:
            self._heading(section.title[self._lang], section.note[self._lang] if section.note else None)
            self._place_questions(section.questions)
        sheet.print_area(1, C_LABEL, self._row - 1, C_NOTE)
        self._count()
        sheet.protect("", {"format_cells": True, "format_columns": True, "format_rows": True})

    def _title(self) -> None:
        title = self._edition.questionnaire.title[self._lang]
        self._sheet.set_row(1, 40)
        self._sheet.merge_range(
            1, C_LABEL, 1, C_TEXT, title, self._format(bold=True, font_size=14, font_color=INK, text_wrap=True)
        )
        for column in (C_DONE, C_EVIDENCE):
            self._sheet.write_blank(1, column, None, self._format())
        self._sheet.write_string(
            1, C_NOTE, self._t("form.left"), self._format(bg_color=INPUT, font_size=9, align="center", text_wrap=True,
                                                         border=1, border_color=LINES, font_color=GREY)
        )  # fmt: skip

    def _heading(self, title: str, note: str | None = None) -> None:
        self._sheet.merge_range(
            self._row, C_LABEL, self._row, C_NOTE, title, self._format(bold=True, font_size=12, font_color=INK,
                                                                      bg_color=BAND, indent=1)
        )  # fmt: skip
        self._sheet.set_row(self._row, 24)
        self._row += 1
        if note:
            style = self._format(font_color=GREY, text_wrap=True, indent=1, bg_color=PALE)
            self._sheet.merge_range(self._row, C_LABEL, self._row, C_NOTE, note, style)
            self._sheet.set_row(self._row, self._height([("choice", note)], sum(WIDTHS[C_LABEL:])) + 4)
            self._row += 1

    def _enterprise(self) -> None:
        self._heading(self._t("form.section.enterprise"))
        hints = {"id": "form.identity_hint", "name": "form.identity_hint", "industry": "form.industry_hint"}
        fields = [(row_id(ENTERPRISE, name), self._t(f"field.{name}"), hints.get(name)) for name in IDENTITY]
        fields += [("assessor", self._t("form.assessor"), None)]
        fields += [("assessed_on", self._t("form.assessed_on"), "form.date_hint")]
        for name, title, hint in fields:
            row = self._row
            self._begin_row(name, name.rpartition(":")[2], title)
            style = self._format(bold=True, border=1, border_color=LINES, bg_color=PALE)
            self._sheet.write_blank(row, C_LABEL, None, style)
            self._sheet.write_string(row, C_TEXT, title, style)
            wide = {"num_format": "yyyy-mm-dd", "align": "left"} if name == "assessed_on" else {"num_format": "@"}
            wide |= {"num_format": "0", "align": "left"} if name == "enterprise:employees" else {}
            self._sheet.write_blank(row, C_ANSWER, None, self._input(**wide))
            for column in range(C_DONE, C_NOTE + 1):
                self._sheet.write_blank(row, column, None, self._format(border=1, border_color=LINES, bg_color=PALE))
            if hint:
                self._sheet.write_string(row, C_EVIDENCE, self._t(hint),
                                         self._format(font_color=GREY, text_wrap=True, font_size=9, border=1,
                                                      border_color=LINES, bg_color=PALE))  # fmt: skip
            self._validate_field(name)
            self._sheet.set_row(row, 30 if hint == "form.industry_hint" else 21)
            self._row += 1

    def _validate_field(self, name: str) -> None:
        rule: dict[str, Any]
        if name in self._lists:
            rule = {"validate": "list", "source": f"={self._range(name)}", "error_type": "information"}
        elif name == "enterprise:employees":
            rule = {"validate": "integer", "criteria": "between", "minimum": 0, "maximum": 999_999_999}
        elif name == "assessed_on":
            rule = {"validate": "date", "criteria": ">=", "value": date(2000, 1, 1),
                    **self._refusal(self._t("form.date_hint"))}  # fmt: skip
        else:
            return
        self._sheet.data_validation(self._row, C_ANSWER, self._row, C_ANSWER, rule)

    def _begin_row(self, name: str, kind: str, label: str) -> None:
        from xlsxwriter.utility import xl_rowcol_to_cell  # noqa: PLC0415

        self._sheet.write_string(self._row, C_ID, name)
        self._cells.append((name, kind, xl_rowcol_to_cell(self._row, C_ANSWER), label))

    def _place_questions(self, questions: Sequence[Question]) -> None:
        for question in questions:
            self._question(question)

    def _question(self, question: Question) -> None:
        row = self._row
        name, kind = question.id, question.kind
        label = question.code or f"({list(self._edition.questions).index(name) + 1})"
        self._begin_row(row_id(QUESTION, name), kind, label)
        top = {"border": 1, "border_color": LINES, "valign": "top"}
        self._sheet.write_string(row, C_LABEL, label, self._format(bold=True, align="center", font_color=INK, **top))
        parts = self._text_of(question)
        self._rich(row, parts, {**top, "align": "left", "indent": 1})
        height = self._height(parts, WIDTHS[C_TEXT])
        self._sheet.write_blank(row, C_ANSWER, None, self._answer_format(question))
        self._sheet.write_blank(row, C_EVIDENCE, None, self._input(num_format="@", valign="top"))
        self._sheet.write_blank(row, C_NOTE, None, self._input(num_format="@", valign="top"))
        self._validate(question)
        self._sheet.set_row(row, max(height, 32))
        self._row += 1
        if kind == "multiple":
            self._options(question)

    def _options(self, question: Question) -> None:
        for letter, option in zip(question.letters, question.options, strict=True):
            row = self._row
            self._begin_row(row_id(OPTION, question.id, option.id), "option", letter)
            thin = {"border": 1, "border_color": LINES}
            self._sheet.write_string(row, C_LABEL, letter, self._format(align="center", font_color=GREY, **thin))
            text = _one_line(option.label[self._lang])
            self._sheet.write_string(row, C_TEXT, text, self._format(text_wrap=True, indent=1, **thin))
            self._sheet.write_blank(row, C_ANSWER, None, self._input(align="center"))
            for column in (C_DONE, C_EVIDENCE, C_NOTE):
                self._sheet.write_blank(row, column, None, self._format(bg_color=PALE, **thin))
            rule = {"validate": "list", "source": f"={self._range(YES_NO_LIST)}",
                    **self._refusal(" / ".join(text for text, _ in self._lists[YES_NO_LIST]))}  # fmt: skip
            self._sheet.data_validation(row, C_ANSWER, row, C_ANSWER, rule)
            self._sheet.set_row(row, max(self._height([("choice", text)], WIDTHS[C_TEXT]), 20))
            self._row += 1

    def _text_of(self, question: Question) -> list[tuple[str, str]]:
        """What stands in the cell of a question, as paragraphs of a style: question, choice, how, help."""
        lang = self._lang
        parts = [("question", _one_line(question.text[lang]))]
        if question.show_if is not None:
            parts.append(("how", self._condition(question.show_if)))
        if question.kind not in ("yes_no", "multiple", "text") and (question.options or question.grades):
            listed = choices(question, lang)
            # the first line of a percent's choices is its span, which stands in the line below
            parts += [("choice", line) for line in listed[1 if question.kind in NUMERIC else 0 :]]
        parts.append(("how", f"→ {self._how(question)}"))
        if question.help:
            parts.append(("help", self._t("form.help_line", text=_one_line(question.help[lang]))))
        if question.evidence:
            parts.append(("help", self._t("form.evidence_line", text=_one_line(question.evidence[lang]))))
        return parts

    def _rich(self, row: int, parts: list[tuple[str, str]], cell: dict[str, Any]) -> None:
        fonts = {
            "question": self._format(bold=True), "choice": self._format(),
            "how": self._format(font_color=INK), "help": self._format(font_color=GREY, font_size=SMALL),
        }  # fmt: skip
        runs: list[Any] = []
        for index, (style, text) in enumerate(parts):
            runs += [fonts[style], text + ("\n" if index < len(parts) - 1 else "")]
        style = self._format(text_wrap=True, **cell)
        if len(parts) == 1:
            self._sheet.write_string(row, C_TEXT, parts[0][1], self._format(text_wrap=True, bold=True, **cell))
        else:
            self._sheet.write_rich_string(row, C_TEXT, *runs, style)

    def _how(self, question: Question) -> str:
        """What the answer cell takes."""
        words = [text for text, _ in self._lists.get(question.id, ())][len(question.letters) :]
        if question.kind == "multiple":
            return self._t("form.how.options")
        if question.kind == "text":
            return self._t("form.how.text")
        if question.kind not in NUMERIC:
            return self._t("form.how.list")
        low, high = question.min, question.max
        if question.kind == "percent":
            how = self._t("form.how.percent", low=_shown(low), high=_shown(high))
        else:
            unit = question.unit[self._lang] if question.unit else ""
            key = "any_number" if low is None or high is None else "integer" if question.integer else "number"
            how = self._t(f"form.how.{key}", low=_shown(low), high=_shown(high), unit=unit).replace(" ，", "，")
        if question.options:
            how += self._t("form.how.bands")
        return how.rstrip() + self._t("form.how.words", words=" / ".join(words))

    def _condition(self, rule: ShowIf) -> str:
        between = self._t("form.and" if rule.all_ else "form.or")
        return self._t("form.show_if", conditions=between.join(map(self._one_condition, rule.all_ or rule.any_)))

    def _one_condition(self, condition: Condition) -> str:
        asked = self._edition.questions[condition.question]
        name = asked.code or _one_line(asked.text[self._lang])
        if condition.in_ is not None:
            shown = dict(zip(asked.option_ids, self._option_texts(asked), strict=True))
            options = self._t("form.or").join(shown[option] for option in condition.in_)
            return self._t("form.condition.in", question=name, options=options)
        if condition.at_least is not None:
            return self._t("form.condition.least", question=name, number=_number(condition.at_least))
        if condition.at_most is not None:
            return self._t("form.condition.most", question=name, number=_number(condition.at_most))
        return self._t("form.condition.answered" if condition.answered else "form.condition.unanswered", question=name)

    def _option_texts(self, question: Question) -> list[str]:
        if question.kind == "yes_no":
            return [self._t("no"), self._t("yes")]
        if question.kind == "grade":
            return list(question.option_ids)
        return [_one_line(option.label[self._lang]) for option in question.options]

    def _answer_format(self, question: Question) -> Format:
        if question.kind == "percent":
            return self._input(num_format="0.0# %", align="center")
        if question.kind == "number":
            return self._input(num_format="#,##0" if question.integer else "General", align="center")
        if question.kind == "text":
            return self._input(num_format="@", valign="top")
        return self._input(align="left")

    def _validate(self, question: Question) -> None:
        from xlsxwriter.utility import xl_rowcol_to_cell  # noqa: PLC0415

        name, kind = question.id, question.kind
        how = self._how(question)
        hint = {"input_message": how[:HINT]}
        cell = xl_rowcol_to_cell(self._row, C_ANSWER)
        if kind == "text":
            return
        if kind == "multiple":
            states = STATE_NA_LIST if name in self._edition.na_permitted else STATE_LIST
            allowed = " / ".join(text for text, _ in self._lists[states])
            rule = {"validate": "list", "source": f"={self._range(states)}", "input_message": self._t("form.how.state"),
                    **self._refusal(allowed)}  # fmt: skip
        elif kind in NUMERIC:
            scale = 100 if kind == "percent" else 1
            tests = [f"ISNUMBER({cell})"]
            if question.min is not None and question.max is not None:
                tests += [f"{cell}>={_number(question.min / scale)}", f"{cell}<={_number(question.max / scale)}"]
            if question.integer:
                tests.append(f"{cell}=INT({cell})")
            listed = f"ISNUMBER(MATCH({cell},{self._range(name)},0))"
            rule = {"validate": "custom", "value": f"=OR(AND({','.join(tests)}),{listed})", **hint,
                    **self._refusal(how)}  # fmt: skip
        else:
            rule = {"validate": "list", "source": f"={self._range(name)}", **hint, **self._refusal(how)}
        self._sheet.data_validation(self._row, C_ANSWER, self._row, C_ANSWER, rule)

    def _refusal(self, allowed: str) -> dict[str, str]:
        return {"error_title": self._t("form.refused_title"),
                "error_message": self._t("form.refused", allowed=allowed)[:HINT]}  # fmt: skip

    # ── what is answered ─────────────────────────────────────────────────────────────────────────────

    def _count(self) -> None:
        """Ticks beside answered questions, and how many there are."""
        edition = self._edition
        cells = {name: cell for name, _, cell, _ in self._cells}
        rows: dict[str, str] = {}
        for name, question in edition.questions.items():
            cell = cells[row_id(QUESTION, name)]
            if question.kind == "multiple":
                first = cells[row_id(OPTION, name, question.options[0].id)]
                last = cells[row_id(OPTION, name, question.options[-1].id)]
                rows[name] = f'OR({cell}<>"",COUNTA({first}:{last})>0)'
            else:
                rows[name] = f'{cell}<>""'
        style = self._format(align="center", border=1, border_color=LINES, valign="vcenter", font_color="#2E7D32",
                             bold=True)  # fmt: skip
        asides = ""
        for name, question in edition.questions.items():
            direct = [rows[metric] for metric in edition.counts.get(name, ())]
            other = [f"AND({','.join(direct)})"] if direct else []
            if question.metric and question.metric.part and question.metric.whole:
                other = [f"AND({rows[question.metric.part]},{rows[question.metric.whole]})"]
            test = f"OR({','.join([rows[name], *other])})"
            tick = f"{_column(C_DONE)}{cells[row_id(QUESTION, name)].lstrip(_column(C_ANSWER))}"
            self._sheet.write_formula(tick, f'=IF({test},"✓","")', style, "")
            if question.show_if is not None:  # whether a question that depends on others is due is not told here
                asides += f'-({tick}="✓")'
        due = [name for name, question in edition.questions.items() if question.show_if is None]
        done = f'(COUNTIF({_column(C_DONE)}4:{_column(C_DONE)}{self._row},"✓"){asides})'
        shown = self._format(bold=True, font_size=12, font_color=INK, align="center")
        text = self._t("form.count")
        self._sheet.merge_range(1, C_ANSWER, 1, C_EVIDENCE, None, shown)
        formula = f'="{text} "&{done}&" / {len(due)}"'
        self._sheet.write_formula(1, C_ANSWER, formula, shown, f"{text} 0 / {len(due)}")

    # ── the guide ────────────────────────────────────────────────────────────────────────────────────

    def _guide(self) -> None:
        sheet, edition, lang = self._guide_sheet, self._edition, self._lang
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 1)
        sheet.set_column(0, 0, 3)
        sheet.set_column(1, 1, 26)
        sheet.set_column(2, 2, 104)
        sheet.set_row(0, 12)
        sheet.merge_range(1, 1, 1, 2, edition.questionnaire.title[lang],
                          self._format(bold=True, font_size=18, font_color=INK, text_wrap=True))  # fmt: skip
        sheet.set_row(1, 54)
        row = 3
        name = self._t("form.sheet.questions")
        na = sum(question in edition.na_permitted for question in edition.questions)
        states = [self._t("form.guide.blank"), self._t("form.guide.unknown")]
        if na:
            states.append(self._t("form.guide.na", count=na))
        intro = edition.questionnaire.intro
        blocks = [
            ("form.guide.what", [_one_line(intro[lang])] if intro else []),
            ("form.guide.how", [self._t(f"form.guide.how_{i}", **({"sheet": name} if i == 1 else {}))
                                for i in range(1, 8)]),
            ("form.guide.states", states),
            ("form.guide.limits", [_one_line(edition.model.disclaimer[lang])] if edition.model.disclaimer else []),
        ]  # fmt: skip
        for key, lines in blocks:
            if not lines:
                continue
            body = [f"{i}. {line}" for i, line in enumerate(lines, 1)] if len(lines) > 1 else lines
            for index, line in enumerate(body):
                left = {"bold": True, "font_color": INK, "valign": "top", "top": 1 if index == 0 else 0,
                        "border_color": LINES}  # fmt: skip
                sheet.write_string(row, 1, self._t(key) if index == 0 else "", self._format(**left))
                text = {"text_wrap": True, "valign": "top", "top": 1 if index == 0 else 0, "border_color": LINES}
                sheet.write_string(row, 2, line, self._format(**text))
                sheet.set_row(row, self._height([("choice", line)], 104) + 3)
                row += 1
        sheet.write_string(row, 1, self._t("form.guide.send"),
                           self._format(bold=True, font_color=INK, top=1, border_color=LINES))  # fmt: skip
        sheet.write_blank(row, 2, None, self._input(num_format="@"))
        sheet.set_row(row, 26)
        version = self._t("form.guide.version", model=edition.ref, digest=edition.without_profile.digest[:19])
        sheet.write_string(row + 2, 1, version, self._format(font_color=GREY, font_size=9))
        sheet.protect()

    def _height(self, paragraphs: Sequence[tuple[str, str]], width: int) -> float:
        """Points that wrapped paragraphs of a style take in a column of so many digits."""
        points = 6.0
        for style, text in paragraphs:
            size = SMALL if style == "help" else SIZE
            points += wrapped_lines(text, (width - 3) * SIZE / size) * size * LINE[self._lang]
        return min(points, MAX_HEIGHT)


def wrapped_lines(text: str, width: float) -> int:
    """How many lines *text* takes in *width* columns; a Chinese character takes two, words stay whole."""
    lines, used = 1, 0.0
    for word in _words(text):
        size = sum(2.1 if unicodedata.east_asian_width(c) in "WFA" else 0.95 for c in word)
        if used + size > width and used:
            lines, used = lines + 1, 0.0
        used += size
        while used > width:
            lines, used = lines + 1, used - width
    return lines


def _words(text: str) -> list[str]:
    """What a line may be broken between."""
    words = [""]
    for character in text:
        wide = unicodedata.east_asian_width(character) in "WF"
        if wide or words[-1].endswith(" ") or (words[-1] and unicodedata.east_asian_width(words[-1][-1]) in "WF"):
            words.append("")
        words[-1] += character
    return words


def _column(index: int) -> str:
    return chr(ord("A") + index)


def _number(number: Any) -> str:
    return "" if number is None else f"{number:f}"


def _shown(number: Any) -> str:
    return "" if number is None else f"{number:,f}"


def _one_line(text: str) -> str:
    return " ".join(text.split())
