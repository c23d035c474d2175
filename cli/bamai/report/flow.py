"""Text that wraps itself in a report: Rich breaks at spaces only, which tears lines that mix Chinese and Latin into
stubs and cuts what has no space."""

from __future__ import annotations

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.text import Text

from bamai.lines import NBSP, lines, units


class Flow:
    """A text that wraps itself to whatever width it is given, without losing a character."""

    def __init__(self, text: Text | str, style: str = "") -> None:
        self.text = Text(text, style) if isinstance(text, str) else text

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        widths = [cell_len(line) for line in self.text.plain.split("\n")]
        longest = max((cell_len(piece) for piece in units(self.text.plain)), default=1)
        return Measurement(min(longest, options.max_width), min(max(widths, default=1), options.max_width))

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for start, end in lines(self.text.plain, options.max_width):
            line = self.text[start:end]
            line.rstrip()
            line.plain = line.plain.replace(NBSP, " ")
            line.overflow, line.no_wrap, line.justify = "crop", True, options.justify
            yield line
