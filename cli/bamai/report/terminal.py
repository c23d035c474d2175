"""The report in a terminal, drawn with Rich. Right from 48 columns up, on pipes, in ASCII and without colour."""

from __future__ import annotations

import io
from decimal import Decimal
from functools import singledispatchmethod
from typing import IO

from rich import box
from rich.cells import cell_len
from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from bamai.assessment import Assessment
from bamai.report import content as c
from bamai.texts import Lang, t

WIDE = 100
"""From here on the benchmark table has columns for scope and date."""

_MARKS = {True: ("✓", "[x]", "green"), False: ("✗", "[ ]", "red"), None: ("?", "[?]", "yellow")}


def print_report(console: Console, assessment: Assessment, lang: Lang) -> None:
    """Print the report of *assessment*."""
    skin = _Skin(console, lang)
    for block in c.blocks(assessment, lang):
        skin.draw(block)


def text_report(assessment: Assessment, lang: Lang, width: int = 80) -> str:
    """The report as plain text of *width* columns."""
    file = io.StringIO()
    print_report(plain_console(file, width), assessment, lang)
    return "\n".join(line.rstrip() for line in file.getvalue().splitlines()) + "\n"


def plain_console(file: IO[str], width: int) -> Console:
    """A console that writes text and nothing else."""
    return Console(file=file, width=width, color_system=None, force_terminal=False, highlight=False, emoji=False,
                   markup=False, legacy_windows=False)  # fmt: skip


class _Skin:
    def __init__(self, console: Console, lang: Lang) -> None:
        self.console = console
        self.lang = lang
        self.ascii = console.options.ascii_only
        self.width = console.width

    def _print(self, item: RenderableType) -> None:
        self.console.print(item, markup=False, highlight=False, emoji=False, soft_wrap=False)

    def _grid(self, *, indent: int = 0) -> Table:
        return (
            Table.grid(padding=(0, 2, 0, 0), pad_edge=False, expand=False)
            if not indent
            else Table.grid(padding=(0, 2, 0, 0))
        )

    def _fit(self, text: str) -> str:
        """Glyphs that a narrow encoding does not have, replaced by ones it has."""
        if not self.ascii:
            return text
        for glyph, plain in (
            ("–", "-"),
            ("−", "-"),
            ("≈", "~"),
            ("·", "|"),
            ("★", "*"),
            ("…", "..."),
            ("×", "x"),
            ("±", "+-"),
        ):
            text = text.replace(glyph, plain)
        return text

    @singledispatchmethod
    def draw(self, block: c.Block) -> None:
        raise TypeError(type(block))

    @draw.register
    def _(self, block: c.Header) -> None:
        body = Text()
        body.append(block.name + "\n", "bold")
        body.append(
            f" {self._fit(block.badge)} ", "bold black on cyan" if not self.console.no_color else "bold reverse"
        )
        body.append(f"  {block.level_title}", "bold")
        body.append(f"   {self._fit(block.score)}", "bold cyan")
        line = f"   {self._fit(block.distance)}"
        used = cell_len(f" {block.badge}   {block.level_title}   {block.score}") + cell_len(line)
        body.append((line if used <= self.width - 4 else f"\n{line.strip()}") + "\n")
        for index, rung in enumerate(block.rungs):
            if index:
                body.append(" - " if self.ascii else " ─ ", "dim")
            label = f"[{rung.label}]" if rung.current else f"({rung.label})" if rung.possible else rung.label
            body.append(label, "bold cyan" if rung.current or rung.possible else "dim")
        body.append("\n")
        body.append(self._fit(" · ".join(block.facts)), "dim")
        self._print(Panel(body, title=Text(block.title), box=box.ASCII if self.ascii else box.ROUNDED,
                          width=min(self.width, 100), border_style="cyan"))  # fmt: skip

    @draw.register
    def _(self, block: c.Sentence) -> None:
        style = {"plain": "", "note": "dim", "warning": "yellow"}[block.tone]
        self._print(Text(("! " if block.tone == "warning" else "") + self._fit(block.text), style))

    @draw.register
    def _(self, block: c.Heading) -> None:
        line = Text("\n")
        line.append(self._fit(block.text), "bold")
        if block.note:
            line.append(f"  {self._fit(block.note)}", "dim")
        self._print(line)

    @draw.register
    def _(self, block: c.Conditions) -> None:
        lang = self.lang
        grid = Table.grid(padding=(0, 1, 0, 0))
        grid.add_column(no_wrap=True)
        grid.add_column(ratio=1)
        for row in block.rows:
            glyph, plain, style = _MARKS[row.met]
            text = Text(f"{row.text}{t('colon', lang)}")
            text.append(t("report.needs_has", lang, needs=row.needs, has=self._fit(row.has)))
            if row.missing:
                text.append(t("report.missing", lang, missing=row.missing), "red")
            if row.detail:
                text.append("\n" + self._fit(row.detail), "dim")
            grid.add_row(Text(plain if self.ascii else glyph, style), text)
        self._print(grid)

    @draw.register
    def _(self, block: c.Bars) -> None:
        labels = max(cell_len(row.label) for row in block.rows)
        values = max(cell_len(row.value) for row in block.rows)
        extras = max(cell_len(row.extra) for row in block.rows)
        room = self.width - labels - values - 5
        show_extra = extras and room - extras - 2 >= 14
        length = max(6, min(40, room - (extras + 2 if show_extra else 0)))
        grid = Table.grid(padding=(0, 2, 0, 0))
        for justify in ("left", "left", "right", "left"):
            grid.add_column(justify=justify, no_wrap=justify != "left")
        for row in block.rows:
            bar = self._bar(row.low, row.high, length)
            cells: list[RenderableType] = [row.label, bar, Text(self._fit(row.value), "bold")]
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
        grid.add_column(ratio=2 if self.width < 72 else None, max_width=max(16, self.width // 3))
        grid.add_column(ratio=5)
        for title, grades in block.rows:
            line = Text()
            for index, grade in enumerate(grades):
                if index:
                    line.append("  ")
                star = ("*" if self.ascii else "★") if grade.core else ""
                # kept together: a grade must not be torn from its scenario
                line.append(f"{grade.title}{star}\u00a0".replace(" ", "\u00a0"))
                share = grade.share
                style = (
                    "dim"
                    if share is None
                    else "green"
                    if share >= Decimal("0.75")
                    else ("red" if share <= Decimal("0.25") else "cyan")
                )
                line.append(grade.text, f"bold {style}")
            grid.add_row(title, line)
        self._print(grid)

    @draw.register
    def _(self, block: c.ComparedTable) -> None:
        lang, wide = self.lang, self.width >= WIDE
        table = Table(box=box.ASCII_DOUBLE_HEAD if self.ascii else box.SIMPLE_HEAD, pad_edge=False, expand=False,
                      header_style="bold", padding=(0, 1))  # fmt: skip
        table.add_column(t("table.metric", lang), ratio=None, min_width=14)
        for key in ("table.ours", "table.theirs", "table.gap"):
            table.add_column(t(key, lang), justify="right", min_width=6)
        if wide:
            table.add_column(t("table.scope", lang), ratio=1)
            table.add_column(t("table.as_of", lang), no_wrap=True)
        for row in block.rows:
            arrow = (
                ""
                if row.good is None or self.ascii
                else " ▲"
                if row.gap.startswith("+")
                else (" ▼" if row.gap.startswith("−") else "")
            )
            gap = Text(self._fit(row.gap) + arrow, {True: "green", False: "red", None: ""}[row.good])
            cells: list[RenderableType] = [row.title, row.ours, self._fit(row.theirs), gap]
            if wide:
                cells += [Text(f"{row.scope}{t('list_semicolon', lang)}{row.note}", "dim"), Text(row.as_of, "dim")]
            table.add_row(*cells)
        if block.rows:
            self._print(table)
        notes = list(block.notes)
        if not wide:
            scopes: dict[tuple[str, str, str], list[str]] = {}
            for row in block.rows:
                scopes.setdefault((row.scope, row.note, row.as_of), []).append(f"{row.title} {row.theirs}")
            notes = [
                t("report.scope", lang, titles=tuple(titles), scope=scope, note=note, as_of=as_of)
                for (scope, note, as_of), titles in scopes.items()
            ] + notes
        for note in notes:
            self._print(Padding(Text(self._fit(note), "dim"), (0, 0, 0, 2)))

    @draw.register
    def _(self, block: c.Findings) -> None:
        grid = Table.grid(padding=(0, 2, 0, 0))
        grid.add_column(no_wrap=True)
        grid.add_column(max_width=max(14, self.width // 3))
        grid.add_column(ratio=1)
        grid.add_column()
        for row in block.rows:
            style = "green" if row.sign == "+" else "red"
            grid.add_row(Text(row.sign, f"bold {style}"), row.title, Text(self._fit(row.text)), Text(row.label, "dim"))
        self._print(grid)

    @draw.register
    def _(self, block: c.Lines) -> None:
        grid = Table.grid(padding=(0, 2, 0, 0))
        grid.add_column(max_width=max(12, self.width // 4))
        grid.add_column(ratio=1, overflow="fold")
        for name, value in block.rows:
            grid.add_row(Text(name, "dim" if block.small else ""), Text(self._fit(value), "dim" if block.small else ""))
        self._print(grid)
