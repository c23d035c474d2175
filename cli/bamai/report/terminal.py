"""The report in a terminal, drawn with Rich. Right from 48 columns up, on pipes, in ASCII and without colour."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import singledispatchmethod

from rich import box
from rich.cells import cell_len
from rich.console import Console, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from bamai.assessment import Assessment
from bamai.lines import units
from bamai.report import content as c
from bamai.report.appearance import CORE, MET, Tone, gap_look, grade_tone
from bamai.report.flow import Flow
from bamai.texts import Lang, t

WIDE = 100
"""From here on the benchmark table has columns for scope and date."""

WIDEST = 120
"""Longer lines are hard to read; a wider terminal keeps its margin."""

SHORTEST = 6
"""Columns of a bar that still says something."""

SHORT = 30
"""A fact of at most this many columns is kept on one line."""

_STYLES: Mapping[Tone, str] = {
    "plain": "", "soft": "dim", "accent": "cyan", "good": "green", "bad": "red", "warn": "yellow",
}  # fmt: skip

_FIELDS = {"metric": "title"}

_ASCII = {
    "–": "-",
    "−": "-",
    "≈": "~",
    "≥": ">=",
    "≤": "<=",
    "·": "|",
    "★": "*",
    "…": "...",
    "×": "x",
    "±": "+-",
    "→": "->",
    "✓": "[x]",
    "✗": "[ ]",
    "\u00a0": " ",
}

_ASCII_EN = {"“": '"', "”": '"', "‘": "'", "’": "'", "÷": "/"}
"""In Chinese these have the width of the text around, and every Chinese encoding has them."""


def print_report(console: Console, assessment: Assessment, lang: Lang) -> None:
    """Print the report of *assessment*."""
    print_blocks(console, c.blocks(assessment, lang), lang)


def text_report(assessment: Assessment, lang: Lang, width: int = 80, *, ascii_only: bool = False) -> str:
    """The report of *assessment* as :func:`text`."""
    return text(c.blocks(assessment, lang), lang, width, ascii_only=ascii_only)


def print_blocks(console: Console, blocks: Iterable[c.Block], lang: Lang) -> None:
    """Print *blocks*."""
    console.width = min(console.width, WIDEST)
    skin = _Skin(console, lang)
    for block in blocks:
        skin.draw(block)


def text(blocks: Iterable[c.Block], lang: Lang, width: int = 80, *, ascii_only: bool = False) -> str:
    """*blocks* as plain text: no colours, no escape codes, no blanks at line ends."""
    file = _Ascii() if ascii_only else io.StringIO()
    console = Console(
        file=file, width=width, color_system=None, force_terminal=False, highlight=False, emoji=False,
        markup=False, legacy_windows=False,
    )  # fmt: skip
    print_blocks(console, blocks, lang)
    return "\n".join(line.rstrip() for line in file.getvalue().splitlines()) + "\n"


class _Ascii(io.StringIO):
    """Makes Rich draw with ASCII: it asks the file for its encoding."""

    encoding = "ascii"


class _Skin:
    def __init__(self, console: Console, lang: Lang) -> None:
        self.console = console
        self.lang = lang
        self.ascii = console.options.ascii_only
        self.width = console.width

    def _print(self, item: RenderableType) -> None:
        self.console.print(item, markup=False, highlight=False, emoji=False)

    def _fit(self, text: str) -> str:
        """Glyphs that a narrow encoding does not have, replaced by ones it has."""
        if self.ascii:
            for glyph, plain in (_ASCII if self.lang == "zh" else _ASCII | _ASCII_EN).items():
                text = text.replace(glyph, plain)
        return text

    def _flow(self, text: str, style: str = "") -> Flow:
        return Flow(self._fit(text), style)

    @singledispatchmethod
    def draw(self, block: c.Block) -> None:
        raise TypeError(type(block))

    @draw.register
    def _(self, block: c.Header) -> None:
        body = Text()
        body.append(block.name + "\n", "bold")
        body.append(f" {self._fit(block.badge)} ", "bold reverse" if self.console.no_color else "bold black on cyan")
        body.append(f"  {block.level_title}", "bold")
        score = f"   {block.score}" if block.score else ""
        body.append(self._fit(score), "bold cyan")
        distance = self._fit(block.distance)
        used = cell_len(f" {block.badge}   {block.level_title}{score}   {distance}")
        body.append(f"   {distance}\n" if used <= self.width - 4 else f"\n{distance}\n")
        for index, rung in enumerate(block.rungs):
            if index:
                body.append(" - " if self.ascii else " ─ ", "dim")
            label = f"[{rung.label}]" if rung.current else f"({rung.label})" if rung.possible else rung.label
            body.append(label, "bold cyan" if rung.current or rung.possible else "dim")
        body.append("\n")
        facts = (fact.replace(" ", "\u00a0") if cell_len(fact) <= SHORT else fact for fact in block.facts)
        body.append(self._fit(" · ".join(facts)), "dim")
        frame = box.ASCII if self.ascii else box.ROUNDED
        self._print(Panel(Flow(body), title=Text(block.title), box=frame, border_style="cyan"))

    @draw.register
    def _(self, block: c.Sentence) -> None:
        style = {"plain": "", "warning": "yellow"}[block.tone]
        self._print(self._flow(("! " if block.tone == "warning" else "") + block.text, style))

    @draw.register
    def _(self, block: c.Heading) -> None:
        line = Text("\n")
        line.append(self._fit(block.text), "bold")
        if block.note:
            line.append(f"  {self._fit(block.note)}", "dim")
        self._print(Flow(line))

    @draw.register
    def _(self, block: c.Conditions) -> None:
        lang = self.lang
        grid = Table.grid(padding=(0, 1, 0, 0))
        for row in block.rows:
            look = MET[row.met]
            text = Text(self._fit(f"{row.text}{t('colon', lang)}"))
            text.append(self._fit(t("report.needs_has", lang, needs=row.needs, has=row.has)))
            if row.missing:
                text.append(t("report.over" if row.over else "report.missing", lang, missing=row.missing), "red")
            if row.detail:
                text.append("\n" + self._fit(row.detail), "dim")
            grid.add_row(Text(look.ascii if self.ascii else look.sign, _STYLES[look.tone]), Flow(text))
        self._print(grid)

    @draw.register
    def _(self, block: c.Bars) -> None:
        labels = min(max(cell_len(row.label) for row in block.rows), self.width // 3)
        values = max(cell_len(row.value) for row in block.rows)
        extras = max(cell_len(row.extra) for row in block.rows)
        room = self.width - labels - values - 6
        show_extra = extras > 0 and room - extras - 2 >= SHORTEST
        length = max(SHORTEST, min(40, room - (extras + 2 if show_extra else 0)))
        grid = Table.grid(padding=(0, 2, 0, 0))
        grid.add_column(width=labels)
        grid.add_column(no_wrap=True)
        grid.add_column(justify="right", no_wrap=True)
        if show_extra:
            grid.add_column(no_wrap=True)
        for row in block.rows:
            cells: list[RenderableType] = [Flow(row.label), self._bar(row.low, row.high, length)]
            cells.append(Text(self._fit(row.value), "bold"))
            if show_extra:
                cells.append(Text(self._fit(row.extra), "dim"))
            grid.add_row(*cells)
        self._print(grid)

    def _bar(self, low: Decimal | None, high: Decimal | None, length: int) -> Text:
        full, maybe, empty = ("#", "+", ".") if self.ascii else ("█", "▓", "░")
        sure = int((low or Decimal(0)) * length / 100 + Decimal("0.5"))
        possible = int((high or Decimal(0)) * length / 100 + Decimal("0.5"))
        bar = Text(full * sure, "cyan")
        bar.append(maybe * (possible - sure), "yellow")
        bar.append(empty * (length - possible), "dim")
        return bar

    @draw.register
    def _(self, block: c.Grades) -> None:
        grid = Table.grid(padding=(0, 2, 0, 0))
        grid.add_column(max_width=max(18, self.width // 4))
        grid.add_column()
        for title, grades in block.rows:
            line = Text()
            for index, grade in enumerate(grades):
                line.append("  " if index else "")
                star = (CORE.ascii if self.ascii else CORE.sign) if grade.core else ""
                # kept together: a grade must not be torn from its scenario
                line.append(f"{grade.title}{star} ".replace(" ", "\u00a0"))
                line.append(grade.text, f"bold {_STYLES[grade_tone(grade.share)]}")
            grid.add_row(Flow(title), Flow(line))
        self._print(grid)

    @draw.register
    def _(self, block: c.ComparedTable) -> None:
        lang, wide = self.lang, self.width >= WIDE
        if block.rows:
            frame = box.ASCII_DOUBLE_HEAD if self.ascii else box.SIMPLE_HEAD
            table = Table(box=frame, pad_edge=False, header_style="bold", padding=(0, 1, 0, 0))
            names = {"ours": block.ours, "gap": block.gap}
            heads = {key: t(names.get(key, f"table.{key}"), lang) for key in ("metric", "ours", "theirs", "gap")}
            heads |= {key: t(f"table.{key}", lang) for key in ("scope", "as_of")} if wide else {}
            widths = self._compared_widths(block.rows, heads, wide)
            for key, width in widths.items():
                right = key in ("ours", "theirs", "gap")
                head = heads.get(key, "")
                table.add_column(Flow(head), width=width, justify="right" if right else "left")
            for row in block.rows:
                cells: list[RenderableType] = [Text(row.number, "dim"), Flow(row.title)]
                cells += [self._flow(row.ours), self._flow(row.theirs), self._gap(row)]
                if wide:
                    cells += [self._flow(row.scope, "dim"), Text(row.as_of, "dim")]
                table.add_row(*cells)
            self._print(table)
        grid = Table.grid(padding=(0, 1, 0, 0))
        for row in block.rows:
            known = [] if wide else [row.scope, row.dated]
            parts = [part for part in (*known, row.note, row.caution) if part]
            grid.add_row(Text(row.number, "dim"), self._flow(t("list_semicolon", lang).join(parts), "dim"))
        self._print(grid)
        for note in block.notes:
            self._print(self._flow(note, "dim"))

    def _compared_widths(self, rows: Sequence[c.Compared], heads: Mapping[str, str], wide: bool) -> dict[str, int]:
        """Widths of the benchmark table's columns: figures as they need, names before scopes, dates always whole."""

        def longest(key: str, least: int, most: int) -> int:
            head = max(map(cell_len, units(heads[key])))
            texts = (cell_len(getattr(row, _FIELDS.get(key, key))) for row in rows)
            return max(least, head, min(most, max(texts)))

        most = (18, 18) if self.width >= 72 else (11, 12) if self.width >= 56 else (8, 9)
        widths = {"number": 2, "metric": 0, "ours": longest("ours", 4, 12), "theirs": longest("theirs", 6, most[0]),
                  "gap": longest("gap", 6, most[1]) + 2}  # fmt: skip
        if wide:
            widths |= {"scope": 0, "as_of": 10}
        room = self.width - sum(widths.values()) - 2 * len(widths)
        name = longest("metric", 8, room if not wide else max(14, room // 2))
        widths["metric"] = max(8, min(name, room))
        if wide:
            widths["scope"] = room - widths["metric"]
        return widths

    def _gap(self, row: c.Compared) -> Flow:
        look = gap_look(row.gap, row.good)
        # in ASCII the sign of the number says as much
        arrow = f"\u00a0{look.sign}" if look.sign and not self.ascii else ""
        return Flow(self._fit(row.gap) + arrow, _STYLES[look.tone])

    @draw.register
    def _(self, block: c.Findings) -> None:
        narrow = self.width < 72
        grid = Table.grid(padding=(0, 2, 0, 0))
        grid.add_column(no_wrap=True)
        grid.add_column(max_width=max(14, self.width // 4))
        for row in block.rows:
            sign = Text(row.sign, "bold green" if row.sign == "+" else "bold red")
            text = Text(self._fit(row.text))
            label = row.label.replace(" ", "\u00a0")
            if narrow:
                text.append(f"  {label}", "dim")
                grid.add_row(sign, Flow(row.title), Flow(text))
            else:
                grid.add_row(sign, Flow(row.title), Flow(text), Flow(label, "dim"))
        self._print(grid)

    @draw.register
    def _(self, block: c.Lines) -> None:
        grid = Table.grid(padding=(0, 2, 0, 0))
        grid.add_column(max_width=max(12, self.width // 4))
        style = "dim" if block.small else ""
        for name, value in block.rows:
            grid.add_row(self._flow(name, style), self._flow(value, style))
        self._print(grid)

    @draw.register
    def _(self, block: c.Table) -> None:
        heads = (block.title, *block.heads[1:])
        table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2 if self.width >= 64 else 1, 0, 0))
        rows = [[self._fit(cell) for cell in row] for row in block.rows]
        for index, width in enumerate(self._table_widths(heads, rows, block.right)):
            head = Flow(Text(self._fit(heads[index]), "" if index else "bold"))
            table.add_column(head, width=width, justify="right" if index in block.right else "left", vertical="bottom")
        for row in rows:
            table.add_row(*map(Flow, row))
        self.console.print()
        self._print(table)

    @draw.register
    def _(self, block: c.AllAnswers) -> None:
        for title, answers in block.sections:
            self._print(Flow(Text(f"\n{self._fit(title)}", "bold")))
            grid = Table.grid(padding=(0, 2, 0, 0))
            grid.add_column(max_width=max(8, self.width // 6))
            for row in answers:
                text = Text(self._fit(row.text))
                for name, value in c.told_lines(row, self.lang):
                    text.append(f"\n{name}{t('colon', self.lang)}", "dim")
                    text.append(self._fit(value))
                grid.add_row(Flow(row.label, "dim"), Flow(text))
            self._print(grid)

    def _table_widths(self, heads: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[int]) -> list[int]:
        """Widths of columns as they need; where that is too much, texts give way before figures do."""
        figures = 18 if self.width >= 72 else 12 if self.width >= 56 else 9
        widths = []
        for index, head in enumerate(heads):
            longest = max(cell_len(row[index]) for row in rows)
            if index in right:
                word = max(map(cell_len, units(head)))
                widths.append(max(min(longest, figures), word, min(cell_len(head), 10)))
            else:
                widths.append(max(longest, cell_len(head)))
        room = self.width - (2 if self.width >= 64 else 1) * (len(widths) - 1)
        while sum(widths) > room:
            texts = [index for index in range(len(widths)) if index not in right and widths[index] > 10]
            widest = max(texts or range(len(widths)), key=lambda index: widths[index])
            widths[widest] -= 1
        return widths
