"""The report as a Word document that a consultant goes on writing in: styles, real headings and tables, pictures with
alternative texts."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from bamai.report import content as c
from bamai.report import svg
from bamai.report.appearance import CORE, FINDING, LIGHT, MET, STATE, Tone, gap_look, heat_step
from bamai.texts import Lang, on_paper, t

if TYPE_CHECKING:
    from docx.document import Document as Word
    from docx.table import Table
    from docx.text.paragraph import Paragraph

LATIN, CHINESE = "Arial", "Microsoft YaHei"
"""Fonts that Word and WPS have; where they do not, both take another of the same kind."""

WIDTH = 170
"""Millimetres between the margins of a page of A4."""

NARROWEST = 6
"""Millimetres that every column of a table has before the rest is shared by the length of its texts: the margins of a
cell take four."""

WARNING, SMALL, SIGN = "bamai warning", "bamai small", "bamai cell"


def docx(blocks: Iterable[c.Block], lang: Lang, fonts: Sequence[Path] = ()) -> bytes:
    """*blocks* as a Word document. Charts, where there are any, need the extra ``pdf``, which draws them.

    Args:
        fonts: font files for the charts, beside those of the system.
    Raises:
        UsageError: there are charts, but the extra is not installed, or no font with Chinese for them.
    """
    listed = list(blocks)
    writer = _Writer(lang, listed, fonts)
    for number, block in enumerate(listed):
        writer.block(block, first=number == 0)
    return writer.saved()


class _Writer:
    def __init__(self, lang: Lang, blocks: Sequence[c.Block], fonts: Sequence[Path]) -> None:
        self.lang = lang
        self.document: Word = Document()
        self._blocks = blocks
        self._fonts = fonts
        _page(self.document)
        _styles(self.document)

    def saved(self) -> bytes:
        stream = io.BytesIO()
        self.document.save(stream)
        return stream.getvalue()

    # ── blocks ───────────────────────────────────────────────────────────────────────────────────

    def block(self, block: c.Block, *, first: bool) -> None:
        match block:
            case c.Header():
                self._header(block)
            case c.Heading():
                self._heading(block.text, 0 if first else 1)
                if first:
                    self._about(block.text)
                if block.note:
                    self._paragraph(block.note, SMALL)
            case c.Sentence():
                self._paragraph(block.text, WARNING if block.tone == "warning" else "Normal")
            case c.Conditions():
                self._conditions(block)
            case c.Bars():
                chart = svg.radar(block, LIGHT, self.lang)
                if chart is not None:
                    self._picture(chart, 105)
                heads = [t(f"table.{key}", self.lang) for key in ("dimension", "score", "points")]
                self._table(heads, [[row.label, row.value, row.extra] for row in block.rows], (1, 2), (90, 40, 40))
            case c.Grades():
                self._grades(block)
            case c.ComparedTable():
                self._compared(block)
            case c.Findings():
                rows = [[FINDING[row.sign].sign, row.title, row.text, row.label] for row in block.rows]
                table = self._table([], rows, (), (8, 42, 74, 46))
                for index, row in enumerate(block.rows):
                    _colour(table.cell(index, 0), FINDING[row.sign].tone)
            case c.Lines():
                for name, value in block.rows:
                    paragraph = self._paragraph("", SMALL if block.small else "Normal")
                    paragraph.add_run(on_paper(f"{name}{t('colon', self.lang)}")).bold = True
                    paragraph.add_run(on_paper(value))
            case c.Table():
                if block.title:
                    self._heading(block.title, 2 if block.within else 1)
                self._table(block.heads, block.rows, block.right, _widths(block))
            case c.AllAnswers():
                self._answers(block)

    def _header(self, block: c.Header) -> None:
        self._about(f"{block.name} – {block.title}")
        self._heading(block.name, 0)
        self._paragraph(" · ".join([block.title, *block.facts]), SMALL)
        paragraph = self._paragraph("", "Normal")
        level = paragraph.add_run(on_paper(f"{block.badge} {block.level_title}"))
        level.bold, level.font.size, level.font.color.rgb = True, Pt(18), _rgb(LIGHT.accent)
        score = paragraph.add_run(on_paper(f"    {block.score}"))
        score.bold, score.font.size = True, Pt(15)
        paragraph.add_run(on_paper(f"    {block.distance}"))
        self._picture(svg.ladder(block, LIGHT, self.lang), 150)

    def _about(self, title: str) -> None:
        about = self.document.core_properties
        about.title, about.author = on_paper(title)[:255], "bamai"
        about.language = "zh-CN" if self.lang == "zh" else "en"

    def _conditions(self, block: c.Conditions) -> None:
        heads = ["", *(t(f"table.{key}", self.lang) for key in ("condition", "needs", "has", "missing"))]
        rows = [[MET[row.met].sign, row.text, row.needs, row.has, row.missing] for row in block.rows]
        table = self._table(heads, rows, (2, 3, 4), (8, 92, 22, 26, 22))
        for index, row in enumerate(block.rows, 1):
            _colour(table.cell(index, 0), MET[row.met].tone)
            if row.detail:
                table.cell(index, 1).add_paragraph(on_paper(row.detail), style=SMALL)

    def _grades(self, block: c.Grades) -> None:
        for title, grades in block.rows:
            self._paragraph(title, "bamai group")
            columns = 4
            table = self.document.add_table(-(-len(grades) // columns), columns)
            table.style, table.alignment, table.autofit = "bamai table", WD_TABLE_ALIGNMENT.CENTER, False
            for index, grade in enumerate(grades):
                cell = table.cell(index // columns, index % columns)
                step = heat_step(grade.share)
                _shade(cell, LIGHT.heat[step])
                paragraph = cell.paragraphs[0]
                paragraph.style = SIGN
                core = f" {CORE.sign}" if grade.core else ""
                told = paragraph.add_run(on_paper(f"{grade.title}{core}  "))
                value = paragraph.add_run(on_paper(grade.text))
                value.bold = True
                for run in (told, value):
                    run.font.color.rgb = _rgb(LIGHT.heat_ink[step])
            _set_widths(table, [WIDTH / columns] * columns)

    def _compared(self, block: c.ComparedTable) -> None:
        if block.rows:
            self._picture(svg.bullets(block, LIGHT, self.lang), WIDTH)
            keys = ("number", "metric", "ours", "theirs", "gap", "as_of")
            names = {"ours": block.ours, "gap": block.gap}
            heads = [t(names.get(key, f"table.{key}"), self.lang) for key in keys]
            rows = []
            for row in block.rows:
                look = gap_look(row.gap, row.good)
                rows.append([row.number, row.title, row.ours, row.theirs, f"{look.sign} {row.gap}".strip(), row.as_of])
            table = self._table(heads, rows, (2, 3, 4), (8, 52, 22, 30, 36, 22))
            for index, row in enumerate(block.rows, 1):
                _colour(table.cell(index, 4), gap_look(row.gap, row.good).tone)
            semicolon = t("list_semicolon", self.lang)
            for row in block.rows:
                told = semicolon.join(part for part in (row.scope, row.note, row.caution) if part)
                self._paragraph(f"{row.number}: {told}", SMALL)
        for note in block.notes:
            self._paragraph(note, SMALL)

    def _answers(self, block: c.AllAnswers) -> None:
        heads = [t(f"answers.{key}", self.lang) for key in ("label", "answer", "worth")]
        # ids have no place to break at
        longest = max((len(row.label) for _, rows in block.sections for row in rows), default=0)
        label, worth = min(56.0, max(20.0, 4 + 1.7 * longest)), 36
        widths = (label, WIDTH - label - worth, worth)
        for title, rows in block.sections:
            self._heading(title, 2)
            table = self._table(heads, [[row.label, row.text, row.worth] for row in rows], (2,), widths)
            for index, row in enumerate(rows, 1):
                cell = table.cell(index, 1)
                cell.paragraphs[0].style = SMALL
                look = STATE[row.state]
                paragraph = cell.add_paragraph(style=SIGN)
                if row.mark:
                    mark = paragraph.add_run(on_paper(f"{look.sign} {row.mark} ".lstrip()))
                    mark.bold, mark.font.color.rgb = True, _rgb(LIGHT.tone(look.tone))
                paragraph.add_run(on_paper(row.answer))
                colon = t("colon", self.lang)
                evidence = t("list_semicolon", self.lang).join(row.evidence)
                for key, text in (("answers.note", row.note), ("answers.evidence", evidence)):
                    if text:
                        cell.add_paragraph(on_paper(f"{t(key, self.lang)}{colon}{text}"), style=SMALL)

    # ── parts ────────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def _families(self) -> list[str]:
        """Fonts for the charts; a document without a chart does without them, and without the extra."""
        from bamai.report.pdf import font_families, typesetter  # noqa: PLC0415  (an extra)

        return font_families(typesetter(), self._blocks, self._fonts)

    def _heading(self, text: str, level: int) -> None:
        self.document.add_heading(on_paper(text), level)

    def _paragraph(self, text: str, style: str) -> Paragraph:
        return self.document.add_paragraph(on_paper(text), style=style)

    def _picture(self, chart: Any, width: float) -> None:
        from bamai.report.pdf import png  # noqa: PLC0415  (an extra)

        picture = png(svg.standalone(chart), self._families, self._fonts)
        shape = self.document.add_picture(io.BytesIO(picture), width=Mm(width))
        properties = shape._inline.docPr
        properties.set("title", on_paper(chart.findtext("title") or ""))
        properties.set("descr", on_paper(chart.findtext("desc") or chart.findtext("title") or ""))

    def _table(
        self, heads: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[int], widths: Sequence[float]
    ) -> Table:
        table: Table = self.document.add_table(0, len(widths))
        table.style, table.alignment, table.autofit = "bamai table", WD_TABLE_ALIGNMENT.CENTER, False
        if heads:
            self._row(table, heads, right, bold=True)
            _repeat(table.rows[0])
        for row in rows:
            self._row(table, row, right)
        _set_widths(table, widths)
        return table

    @staticmethod
    def _row(table: Table, texts: Sequence[str], right: Sequence[int], *, bold: bool = False) -> None:
        row: Any = table.add_row()  # type: ignore[no-untyped-call]
        _whole(row)
        for index, text in enumerate(texts):
            paragraph = row.cells[index].paragraphs[0]
            paragraph.style = SIGN
            paragraph.add_run(on_paper(text)).bold = bold or None
            if index in right:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT


# ── page and styles ──────────────────────────────────────────────────────────────────────────────────


def _page(document: Word) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(20)
    section.top_margin = section.bottom_margin = Mm(18)
    paragraph = section.footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        run = paragraph.add_run()
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = text
        run._r.append(element)


def _styles(document: Word) -> None:
    styles = document.styles
    sizes = {"Normal": 10.5, "Title": 22, "Heading 1": 14, "Heading 2": 11.5}
    for name, size in sizes.items():
        style = styles[name]
        _font(style, size)
        if name != "Normal":
            style.font.bold, style.font.color.rgb = True, _rgb(LIGHT.ink if name == "Title" else LIGHT.accent)
    styles["Normal"].paragraph_format.space_after = Pt(4)
    styles["Heading 1"].paragraph_format.space_before = Pt(14)
    for name, size, tone in ((SMALL, 9, LIGHT.soft), (WARNING, 9.5, LIGHT.ink), (SIGN, 9.5, LIGHT.ink),
                             ("bamai group", 10, LIGHT.ink)):  # fmt: skip
        style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = styles["Normal"]
        _font(style, size)
        style.font.color.rgb = _rgb(tone)
        style.paragraph_format.space_after = Pt(1 if name == SIGN else 3)
    styles["bamai group"].font.bold = True
    styles["bamai group"].paragraph_format.keep_with_next = True
    _panel(styles[WARNING], LIGHT.warn_panel)
    table = styles.add_style("bamai table", WD_STYLE_TYPE.TABLE)
    table.base_style = styles["Normal Table"]
    _borders(table)


def _font(style: Any, size: float) -> None:
    """Latin and Chinese fonts by name: WPS warns of a missing font where the theme's are left in."""
    style.font.size, style.font.name = Pt(size), LATIN
    properties = style.element.get_or_add_rPr()
    fonts = properties.get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    fonts.set(qn("w:eastAsia"), CHINESE)
    fonts.set(qn("w:cs"), LATIN)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "en-US")
    language.set(qn("w:eastAsia"), "zh-CN")
    properties.append(language)


def _panel(style: Any, colour: str) -> None:
    shade = OxmlElement("w:shd")
    shade.set(qn("w:val"), "clear")
    shade.set(qn("w:fill"), colour.lstrip("#"))
    style.element.get_or_add_pPr().append(shade)


def _borders(style: Any) -> None:
    properties = OxmlElement("w:tblPr")
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "bottom", "insideH"):
        border = OxmlElement(f"w:{side}")
        for key, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", LIGHT.line.lstrip("#"))):
            border.set(qn(f"w:{key}"), value)
        borders.append(border)
    properties.append(borders)
    style.element.append(properties)


def _rgb(colour: str) -> RGBColor:
    return RGBColor.from_string(colour.lstrip("#").upper())


def _colour(cell: Any, tone: Tone) -> None:
    for paragraph in cell.paragraphs:
        for run in paragraph.runs:
            run.font.color.rgb, run.bold = _rgb(LIGHT.tone(tone)), True


def _shade(cell: Any, colour: str) -> None:
    shade = OxmlElement("w:shd")
    shade.set(qn("w:val"), "clear")
    shade.set(qn("w:fill"), colour.lstrip("#"))
    cell._tc.get_or_add_tcPr().append(shade)


def _repeat(row: Any) -> None:
    """The heads stand again on every page that the table goes on to."""
    properties = row._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:tblHeader"))


def _whole(row: Any) -> None:
    """A row is not broken between pages."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def _set_widths(table: Table, widths: Sequence[float]) -> None:
    for index, width in enumerate(widths):
        table.columns[index].width = Mm(width)
        for cell in table.columns[index].cells:
            cell.width = Mm(width)


def _widths(table: c.Table) -> list[float]:
    """Widths in millimetres by the longest text of each column; none is narrower than a short word."""
    longest = [
        min(36, max([len(head), *(len(row[index]) for row in table.rows)])) + 3
        for index, head in enumerate(table.heads)
    ]
    least = min(NARROWEST, WIDTH / len(longest) / 2)  # of thirty plants side by side none gets more
    spare = WIDTH - least * len(longest)
    return [least + spare * length / sum(longest) for length in longest]
