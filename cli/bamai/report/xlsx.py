"""The report as a workbook: sheets to sort and filter, with native charts. Text stays text, whatever it begins with."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any

import xlsxwriter
from rich.cells import cell_len

from bamai.report import content as c
from bamai.report.appearance import CORE, FINDING, LIGHT, MET, STATE, gap_look, heat_step
from bamai.texts import Lang, on_paper, t

FONT = "Microsoft YaHei"
WIDEST = 60
"""Characters of the widest column; longer texts wrap."""

MAIN = (5, 36, 46, 18, 18, 48)
"""As much for the columns of the first sheet, which many kinds of rows share."""

LINE = 15.0
"""Points of a line of text."""

LONGEST, HIGHEST = 32_767, 409.0
"""Characters that a cell can hold, and points that a row can be high: limits of the format."""

OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def xlsx(blocks: Iterable[c.Block], lang: Lang) -> bytes:
    """*blocks* as an Excel workbook: one sheet of what is said, one each of figures, next steps and answers."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, OPTIONS) as book:
        writer = _Writer(book, lang)
        for number, block in enumerate(blocks):
            writer.block(block, first=number == 0)
        writer.finish()
    return stream.getvalue()


class _Sheet:
    """A sheet that is written from the top down; column widths follow what is in them."""

    def __init__(self, sheet: Any, widest: Sequence[int], lang: Lang) -> None:
        self.sheet = sheet
        self._lang = lang
        self.row = 0
        self._widest = list(widest)
        self._widths = [4] * len(self._widest)
        self._wrapped: list[tuple[int, int, list[int]]] = []
        self._tall: dict[int, float] = {}
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)

    def write(self, column: int, value: object, look: Any, *, wide: bool = False) -> None:
        """*wide*: the text runs over the columns beside it and does not widen its own."""
        if isinstance(value, float | int):
            self.sheet.write_number(self.row, column, value, look)
            return
        text = _fitting(str(value), self._lang)
        if wide:
            text = text.replace("\n", " ")
        self.sheet.write_string(self.row, column, text, look)
        while column >= len(self._widths):
            self._widths.append(4)
            self._widest.append(WIDEST)
        if not wide:
            lines = [cell_len(line) for line in text.split("\n")]
            self._widths[column] = max(self._widths[column], min(self._widest[column], max(lines) + 2))
            self._wrapped.append((self.row, column, lines))

    def height(self, points: float) -> None:
        """Make the present row at least so high: not every reader of workbooks fits rows to their texts."""
        self._tall[self.row] = max(points, self._tall.get(self.row, 0))

    def finish(self) -> None:
        for column, width in enumerate(self._widths):
            self.sheet.set_column(column, column, width)
        for row, column, cells in self._wrapped:
            lines = sum(max(1, -(-length // max(1, self._widths[column] - 2))) for length in cells)
            if lines > 1:
                self._tall[row] = max(LINE * lines, self._tall.get(row, 0))
        for row, points in self._tall.items():
            self.sheet.set_row(row, min(points, HIGHEST))


def _fitting(text: str, lang: Lang) -> str:
    """*text* as a cell can hold it; where that is not all of it, the cell says so."""
    text = on_paper(text)
    if len(text) <= LONGEST:
        return text
    end = t("sheet.cut", lang)
    return text[: LONGEST - len(end)] + end


def _format(told: str) -> str:
    """The number format with as many decimals as the report's text has: a score is not rounded across a threshold."""
    places = max(2, *(len(number.partition(".")[2]) for number in told.split("–")))
    return f"0.{'0' * places}"


class _Writer:
    def __init__(self, book: Any, lang: Lang) -> None:
        self.book = book
        self.lang = lang
        self._looks: dict[tuple[tuple[str, object], ...], Any] = {}
        self._sheets: list[_Sheet] = []
        self.main = self._sheet("sheet.report", MAIN)
        self._steps: _Sheet | None = None

    def finish(self) -> None:
        for sheet in self._sheets:
            sheet.finish()

    def _sheet(self, key: str, widest: Sequence[int] = ()) -> _Sheet:
        sheet = _Sheet(self.book.add_worksheet(t(key, self.lang)), widest, self.lang)
        self._sheets.append(sheet)
        return sheet

    def look(self, **wanted: object) -> Any:
        """A format, made once."""
        key = tuple(sorted(wanted.items()))
        if key not in self._looks:
            base = {"font_name": FONT, "font_size": 10, "valign": "top", "font_color": LIGHT.ink, "text_wrap": True}
            self._looks[key] = self.book.add_format({**base, **wanted})
        return self._looks[key]

    def head(self, *, right: bool = False) -> Any:
        aside: dict[str, object] = {"align": "right"} if right else {}
        return self.look(bold=True, bottom=1, bottom_color=LIGHT.line, bg_color=LIGHT.panel, **aside)

    # ── blocks ───────────────────────────────────────────────────────────────────────────────────

    def block(self, block: c.Block, *, first: bool) -> None:
        main = self.main
        match block:
            case c.Header():
                self._header(block)
            case c.Heading():
                main.row += 0 if first else 1
                size = 18 if first else 13
                main.write(
                    0,
                    block.text,
                    self.look(bold=True, font_size=size, font_color=LIGHT.accent, text_wrap=False),
                    wide=True,
                )
                main.height(1.6 * size)
                main.row += 1
                if block.note:
                    main.write(0, block.note, self.look(font_color=LIGHT.soft, text_wrap=False), wide=True)
                    main.row += 1
            case c.Sentence():
                self._sentence(block)
            case c.Conditions():
                self._conditions(block)
            case c.Bars():
                self._bars(block)
            case c.Grades():
                self._grades(block)
            case c.ComparedTable():
                self._compared(block)
            case c.Findings():
                for row in block.rows:
                    look = FINDING[row.sign]
                    main.write(0, look.sign, self.look(bold=True, font_color=LIGHT.tone(look.tone), align="center"))
                    main.write(1, row.title, self.look(bold=True))
                    main.write(2, row.text, self.look())
                    main.write(3, row.label, self.look(font_color=LIGHT.soft))
                    main.row += 1
            case c.Lines():
                for name, value in block.rows:
                    main.write(1, name, self.look(bold=True))
                    main.write(2, value, self.look(text_wrap=False), wide=True)
                    main.row += 1
            case c.Table():
                self._table(block)
            case c.AllAnswers():
                self._answers(block)

    def _header(self, block: c.Header) -> None:
        main = self.main
        main.write(0, block.name, self.look(bold=True, font_size=18, text_wrap=False), wide=True)
        main.height(30)
        main.row += 1
        soft = self.look(font_color=LIGHT.soft, text_wrap=False)
        main.write(0, " · ".join([block.title, *block.facts]), soft, wide=True)
        main.row += 2
        badge = self.look(bold=True, font_size=14, font_color=LIGHT.on_accent, bg_color=LIGHT.accent, align="center")
        main.sheet.merge_range(main.row, 0, main.row, 1, "", badge)
        main.sheet.write_string(main.row, 0, on_paper(f"{block.badge} {block.level_title}"), badge)
        main.write(2, block.score, self.look(bold=True, font_size=14, text_wrap=False), wide=True)
        main.write(3, block.distance, self.look(text_wrap=False), wide=True)
        main.height(26)
        main.row += 1

    def _sentence(self, block: c.Sentence) -> None:
        main = self.main
        warn: dict[str, object] = {"bg_color": LIGHT.warn_panel} if block.tone == "warning" else {}
        look = self.look(**warn)
        main.sheet.merge_range(main.row, 0, main.row, 5, "", look)
        main.sheet.write_string(main.row, 0, _fitting(block.text, self.lang), look)
        main.height(LINE * max(1, -(-cell_len(block.text) // 140)))
        main.row += 1

    def _conditions(self, block: c.Conditions) -> None:
        main = self.main
        heads = ["", *(t(f"table.{key}", self.lang) for key in ("condition", "needs", "has", "missing"))]
        self._heads(main, heads, (2, 3, 4))
        for row in block.rows:
            look = MET[row.met]
            main.write(0, look.sign, self.look(bold=True, font_color=LIGHT.tone(look.tone), align="center"))
            main.write(1, row.text, self.look())
            for column, text in enumerate((row.needs, row.has, row.missing), 2):
                main.write(column, text, self.look(align="right"))
            if row.detail:
                main.write(5, row.detail, self.look(font_color=LIGHT.soft))
            main.row += 1

    def _bars(self, block: c.Bars) -> None:
        """Scores as numbers, and the radar that Excel draws of them."""
        main = self.main
        heads = ["", t("table.dimension", self.lang), t("table.score", self.lang), t("table.points", self.lang)]
        open_ends = any(row.low != row.high for row in block.rows)
        if open_ends:
            heads[2:3] = [t("table.lowest", self.lang), t("table.highest", self.lang)]
        self._heads(main, heads, range(2, len(heads)))
        start = main.row
        for row in block.rows:
            number = self.look(num_format=_format(row.value), align="right")
            main.write(1, row.label, self.look(bold=True))
            values = (row.low, row.high) if open_ends else (row.low,)
            for column, value in enumerate(values, 2):
                main.write(column, row.value if value is None else float(value), number)
            main.write(2 + len(values), row.extra, self.look(align="right"))
            main.row += 1
        if len(block.rows) >= 3:
            self._radar(main, start, (2, 3) if open_ends else (2,))

    def _radar(self, main: _Sheet, start: int, columns: Sequence[int]) -> None:
        chart = self.book.add_chart({"type": "radar", "subtype": "with_markers"})
        name = main.sheet.get_name()
        for column, colour in zip(columns, (LIGHT.accent, LIGHT.warn), strict=False):
            chart.add_series({
                "name": [name, start - 1, column],
                "categories": [name, start, 1, main.row - 1, 1],
                "values": [name, start, column, main.row - 1, column],
                "line": {"color": colour, "width": 2}, "marker": {"type": "circle", "fill": {"color": colour}},
            })  # fmt: skip
        chart.set_y_axis({"min": 0, "max": 100, "major_unit": 20, "num_font": {"size": 8}})
        chart.set_legend({"none": len(columns) == 1, "position": "bottom"})
        chart.set_title({"none": True})
        chart.set_size({"width": 460, "height": 320})
        title = t("chart.radar", self.lang)
        main.sheet.insert_chart(main.row + 1, 1, chart, {"description": title, "object_position": 1})
        main.row += 18

    def _grades(self, block: c.Grades) -> None:
        main = self.main
        for title, grades in block.rows:
            main.write(1, title, self.look(bold=True))
            main.row += 1
            for grade in grades:
                step = heat_step(grade.share)
                main.write(1, f"{grade.title}{f' {CORE.sign}' if grade.core else ''}", self.look(indent=1))
                tile = self.look(bg_color=LIGHT.heat[step], font_color=LIGHT.heat_ink[step], bold=True, align="center")
                main.write(2, int(grade.text) if grade.text.isdecimal() else grade.text, tile)
                main.write(3, grade.label, self.look(font_color=LIGHT.soft))
                main.row += 1

    def _compared(self, block: c.ComparedTable) -> None:
        if block.rows:
            sheet = self._sheet("sheet.figures")
            names = {"ours": block.ours, "gap": block.gap}
            keys = ("number", "metric", "ours", "theirs", "gap", "scope", "as_of")
            heads = [*(t(names.get(key, f"table.{key}"), self.lang) for key in keys), t("table.remarks", self.lang)]
            self._heads(sheet, [*heads, f"{heads[2]} %", f"{heads[3]} %"])
            semicolon = t("list_semicolon", self.lang)
            for row in block.rows:
                look = gap_look(row.gap, row.good)
                gap = f"{look.sign} {row.gap}".strip()
                remarks = semicolon.join(part for part in (row.note, row.caution) if part)
                texts = (row.number, row.title, row.ours, row.theirs, gap, row.scope, row.as_of, remarks)
                for column, text in enumerate(texts):
                    colour = LIGHT.tone(look.tone) if column == 4 else LIGHT.ink
                    sheet.write(column, text, self.look(font_color=colour))
                # plain numbers behind the chart, of what can share a scale
                for column, value in ((8, row.own), (9, row.figure)):
                    if value is not None:
                        sheet.write(column, float(value), self.look(num_format="0.00####"))
                sheet.row += 1
            sheet.sheet.freeze_panes(1, 2)
            sheet.sheet.autofilter(0, 0, sheet.row - 1, 9)
            if any(row.own is not None for row in block.rows):
                self._figures(sheet, len(block.rows), heads)
        for note in block.notes:
            self.main.write(1, note, self.look(font_color=LIGHT.soft, text_wrap=False), wide=True)
            self.main.row += 1

    def _figures(self, sheet: _Sheet, rows: int, heads: Sequence[str]) -> None:
        chart = self.book.add_chart({"type": "bar"})
        name = sheet.sheet.get_name()
        for column, colour, head in ((8, LIGHT.accent, heads[2]), (9, LIGHT.mark, heads[3])):
            chart.add_series({
                "name": head, "categories": [name, 1, 1, rows, 1], "values": [name, 1, column, rows, column],
                "fill": {"color": colour}, "gap": 60,
            })  # fmt: skip
        chart.set_y_axis({"reverse": True})
        chart.set_x_axis({"min": 0, "max": 100, "num_format": '0"%"', "major_gridlines": {"visible": True}})
        chart.set_legend({"position": "bottom"})
        chart.set_title({"none": True})
        chart.set_size({"width": 760, "height": 80 + 44 * rows})
        title = t("chart.bullets", self.lang)
        sheet.sheet.insert_chart(sheet.row + 1, 1, chart, {"description": title, "object_position": 1})

    def _table(self, block: c.Table) -> None:
        """On the first sheet; next steps, which are long, on one of their own."""
        sheet = self.main
        if block.long:
            if self._steps is None:
                self._steps = self._sheet("sheet.steps")
                self.main.write(1, t("sheet.see_steps", self.lang), self.look(text_wrap=False), wide=True)
                self.main.row += 1
            sheet = self._steps
        first = 0 if block.long else 1
        if block.title:
            sheet.row += 1 if sheet.row else 0
            sheet.write(first, block.title, self.look(bold=True, font_size=11, text_wrap=False), wide=True)
            sheet.row += 1
        self._heads(sheet, block.heads, block.right, first)
        for row in block.rows:
            for column, text in enumerate(row):
                look = self.look(align="right") if column in block.right else self.look()
                sheet.write(first + column, text, look)
            sheet.row += 1

    def _answers(self, block: c.AllAnswers) -> None:
        self.main.write(1, t("sheet.see_answers", self.lang), self.look(text_wrap=False), wide=True)
        sheet = self._sheet("sheet.answers")
        keys = ("section", "label", "question", "state", "answer", "worth", "note", "evidence")
        self._heads(sheet, [t(f"answers.{key}", self.lang) for key in keys])
        plain = self.look(bottom=1, bottom_color=LIGHT.line)
        for title, rows in block.sections:
            for row in rows:
                look = STATE[row.state]
                mark = row.mark or t("answers.answered", self.lang)
                evidence = t("list_semicolon", self.lang).join(row.evidence)
                texts = (
                    title,
                    row.label,
                    row.text,
                    f"{look.sign} {mark}".strip(),
                    row.answer,
                    row.worth,
                    row.note,
                    evidence,
                )
                for column, text in enumerate(texts):
                    sheet.write(column, text, plain)
                sheet.row += 1
        sheet.sheet.freeze_panes(1, 2)
        sheet.sheet.autofilter(0, 0, max(1, sheet.row - 1), len(keys) - 1)
        sheet.sheet.repeat_rows(0)

    def _heads(self, sheet: _Sheet, heads: Sequence[str], right: Sequence[int] = (), first: int = 0) -> None:
        for column, head in enumerate(heads):
            sheet.write(first + column, head, self.head(right=column in right))
        sheet.row += 1
