"""The screen of the interview: panels in place, with the transcript of what is settled above them.

Nothing is ever cut: lines are broken here, and what is taller than the screen scrolls and says so.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from prompt_toolkit.application import Application
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.filters import Condition
from prompt_toolkit.formatted_text import FormattedText
from prompt_toolkit.input import Input
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.keys import Keys
from prompt_toolkit.layout import (
    BufferControl,
    ConditionalContainer,
    Dimension,
    FormattedTextControl,
    HSplit,
    Layout,
    VerticalAlign,
    Window,
)
from prompt_toolkit.output import Output, create_output
from prompt_toolkit.renderer import print_formatted_text
from prompt_toolkit.styles import Style
from rich.cells import cell_len

from bamai.errors import OutputError
from bamai.lines import NBSP, lines
from bamai.texts import Lang, t

STYLE = Style([
    ("head", "bold"), ("question", "bold"), ("here", "reverse"), ("key", "ansicyan"), ("done", "ansigreen"),
    ("problem", "ansired bold"), ("before", "ansicyan"), ("number", "ansicyan"),
])  # fmt: skip

GLYPHS = {"done": "✓", "here": "❯", "in": "›", "full": "█", "empty": "░", "open": "·", "to": "→", "rule": "─",
          "above": "↑", "below": "↓"}  # fmt: skip
PLAIN_GLYPHS = {"done": "+", "here": ">", "in": ">", "full": "#", "empty": ".", "open": "-", "to": "->", "rule": "-",
                "above": "^", "below": "v"}  # fmt: skip
"""For consoles whose encoding lacks the others."""

NARROWEST = 20
Fragments = list[tuple[str, str]]
"""One line: pieces of text with their styles."""


class Leave(Exception):  # noqa: N818  (it is no error)
    """Ends the interview: ``finished`` or not."""

    def __init__(self, finished: bool) -> None:
        super().__init__()
        self.finished = finished


class Row(NamedTuple):
    """One line to choose in a list: ``act`` is None for a heading."""

    mark: str
    text: str
    act: Callable[[], None] | None


def broken(text: str, width: int, lead: Fragments, style: str = "") -> list[Fragments]:
    """*text* in lines of at most *width* columns, behind *lead* on the first and as far in on the others."""
    indent = sum(cell_len(piece) for _, piece in lead)
    found = []
    for number, (start, end) in enumerate(lines(text, max(2, width - indent))):
        before = lead if number == 0 else [("", " " * indent)]
        found.append([*before, (style, text[start:end].rstrip().replace(NBSP, " "))])
    return found


class Panel:
    """What the screen shows at a time, and what keys do there."""

    input = False
    initial = ""

    def __init__(self, screen: Screen) -> None:
        self.screen = screen
        self.here: int | None = None

    def body(self, width: int) -> tuple[list[Fragments], tuple[int, int]]:
        """All lines, and the first and last of those that have to be in sight."""
        raise NotImplementedError

    def foot(self) -> Sequence[tuple[str, str]]:
        """Keys with what they do, for the foot of the screen."""
        return ()

    def prompt(self) -> str:
        """What stands before the input."""
        return ""

    def enter(self) -> None:
        """The Enter key."""

    def move(self, step: int) -> None:
        """An arrow key, up (-1) or down."""

    def char(self, char: str) -> None:
        """A character where there is no input."""

    def page(self, step: int) -> None:
        """A page key, up (-1) or down."""

    def function(self, number: int) -> None:
        """F1 to F8."""

    def tab(self) -> None:
        """The Tab key."""

    def escape(self) -> None:
        """The Escape key."""


class Screen:
    """The application around panels: layout, keys, transcript."""

    def __init__(self, lang: Lang, input_: Input | None, output: Output | None) -> None:
        self.lang = lang
        self.panel: Panel = Panel(self)
        self.message = ""
        self.offset = 0
        self.seen = (0, 0, 0)  # the first line in sight, the one after the last, and how many there are
        self.buffer = Buffer(multiline=False)
        self._input = Window(
            BufferControl(self.buffer), height=Dimension(min=1, max=5), wrap_lines=True, dont_extend_height=True,
            get_line_prefix=self._prefix,
        )  # fmt: skip
        self._body = Window(
            FormattedTextControl(self._visible, focusable=True, show_cursor=False), dont_extend_height=True,
            always_hide_cursor=True, wrap_lines=False,
        )  # fmt: skip
        foot = Window(FormattedTextControl(self._foot), dont_extend_height=True, wrap_lines=False)
        root = HSplit(
            [self._body, ConditionalContainer(self._input, Condition(lambda: self.panel.input)), foot],
            align=VerticalAlign.TOP,
        )
        self.app: Application[bool] = Application(
            Layout(root), key_bindings=self._bindings(), style=STYLE, erase_when_done=True, input=input_,
            # stdout may be a file, for the report: then it is drawn on stderr
            output=output or create_output(always_prefer_tty=True), enable_page_navigation_bindings=False,
        )  # fmt: skip
        # Escape alone is told from a key that begins with it by waiting, first for the terminal, then for Alt
        self.app.ttimeoutlen = self.app.timeoutlen = 0.1
        encoding = self.app.output.encoding() or "utf-8"
        self.glyphs = GLYPHS if _encodes(encoding, GLYPHS.values()) else PLAIN_GLYPHS

    # ── panels ───────────────────────────────────────────────────────────────────────────────────

    def show(self, panel: Panel) -> None:
        """Put *panel* on the screen."""
        self.panel = panel
        self.message = ""
        self.offset = 0
        self.buffer.text = panel.initial
        self.buffer.cursor_position = len(panel.initial)
        self.app.layout.focus(self._input if panel.input else self._body)

    def run(self, panel: Panel) -> bool:
        """Show *panel* and those that follow it until somebody leaves or the end is reached.

        Raises:
            KeyboardInterrupt: Ctrl-C.
        """
        self.show(panel)
        return self.app.run()

    def transcript(self, line: Fragments) -> None:
        """Leave a line above the screen."""
        rows = broken("".join(text for _, text in line[1:]), self.width, line[:1])
        text = FormattedText([piece for row in rows for piece in (*row, ("", "\n"))])

        # Erased and drawn again without leaving the keyboard to the system in between, which what the library has
        # for printing above an application would do: no key gets lost or echoed.
        self.app.renderer.erase()
        print_formatted_text(self.app.output, text, STYLE, color_depth=self.app.color_depth)
        self.app.output.flush()
        self.app.renderer.request_absolute_cursor_position()
        self.app.invalidate()

    # ── drawing ──────────────────────────────────────────────────────────────────────────────────

    @property
    def width(self) -> int:
        """Columns to write in; the last one stays free, because some consoles draw dashes and dots two columns wide."""
        return max(NARROWEST, self.app.output.get_size().columns - 1)

    def _visible(self) -> FormattedText:
        """The lines that fit, with those in sight that have to be."""
        every, (first, last) = self.panel.body(self.width)
        self.seen = (0, len(every), len(every))
        room = self._room()
        if len(every) > room:
            room -= 2  # lines that say how much is above and below
            self.offset = min(max(self.offset, last - room + 1), first, len(every) - room)
            end = self.offset + room
            if self.offset <= 1:
                self.offset = 0
            if end >= len(every) - 1:
                end = len(every)
            shown = every[self.offset : end]
            self.seen = (self.offset, end, len(every))
            if self.offset:
                shown = [self._more("above", self.offset), *shown]
            if end < len(every):
                shown = [*shown, self._more("below", len(every) - end)]
            every = shown
        joined: list[tuple[str, str]] = []
        for number, line in enumerate(every):
            joined += [("", "\n")] * bool(number) + line
        return FormattedText(joined)

    def _more(self, way: str, count: int) -> Fragments:
        return [("class:key", f"{self.glyphs[way]} " + t(f"screen.{way}", self.lang, count=count))]

    def _room(self) -> int:
        """Lines there are for the body."""
        rows = self.app.output.get_size().rows
        taken = len(self._foot_lines())
        if self.panel.input:
            taken += max(1, -(-(cell_len(self.buffer.text) + cell_len(self.panel.prompt()) + 1) // self.width))
        return max(3, rows - taken - 1)

    def _foot(self) -> FormattedText:
        joined: list[tuple[str, str]] = []
        for number, line in enumerate(self._foot_lines()):
            joined += [("", "\n")] * bool(number) + line
        return FormattedText(joined)

    def _foot_lines(self) -> list[Fragments]:
        found: list[Fragments] = []
        if self.message:
            found += broken(self.message, self.width, [("class:problem", "! ")], "class:problem")
        line: Fragments = []
        used = 0
        for key, what in self.panel.foot():
            size = cell_len(key) + 1 + cell_len(what)
            if used and used + 2 + size > self.width:
                found.append(line)
                line, used = [], 0
            gap = "  " if used else ""
            line += [("", gap), ("class:key", key), ("", f" {what}")]
            used += len(gap) + size
        return [*found, line] if line else found

    def _prefix(self, number: int, wraps: int) -> FormattedText:
        return FormattedText([("class:key", self.panel.prompt() if number == wraps == 0 else "  ")])

    # ── keys ─────────────────────────────────────────────────────────────────────────────────────

    def _bindings(self) -> KeyBindings:
        bindings = KeyBindings()
        choosing = Condition(lambda: not self.panel.input)

        def on(key: str, does: Callable[[Panel], None]) -> None:
            @bindings.add(key)
            def pressed(_: KeyPressEvent) -> None:
                self._act(lambda: does(self.panel))

        for key, does in _KEYS.items():
            on(key, does)

        @bindings.add(Keys.Vt100MouseEvent)
        def pointed(_: KeyPressEvent) -> None:
            """The mouse is not used; and what is pasted can look like its messages without being one."""

        @bindings.add(Keys.Any, filter=choosing)
        def typed(event: KeyPressEvent) -> None:
            if isinstance(event.key_sequence[0].key, Keys):
                return  # a key that does nothing here; the digits and letters in its code were not typed
            for char in unicodedata.normalize("NFKC", event.data):
                self._act(lambda char=char: self.panel.char(char))  # type: ignore[misc]

        @bindings.add(Keys.BracketedPaste, filter=~choosing)
        def pasted(event: KeyPressEvent) -> None:
            """Into one line, whatever was copied: a cell of a table, say, ends with a line end."""
            self.buffer.insert_text(" ".join(filter(None, event.data.splitlines())))

        @bindings.add("c-c")
        def interrupted(event: KeyPressEvent) -> None:
            event.app.exit(exception=KeyboardInterrupt())

        @bindings.add("c-d")
        def left(event: KeyPressEvent) -> None:
            event.app.exit(result=False)

        return bindings

    def _act(self, act: Callable[[], None]) -> None:
        self.message = ""
        try:
            act()
        except OutputError as error:
            # nothing is taken that is not on the disk: the answer stays in the input
            self.message = "; ".join(problem.text(self.lang) for problem in error.problems)
        except Leave as leave:
            self.app.exit(result=leave.finished)


def _function(number: int) -> Callable[[Panel], None]:
    return lambda panel: panel.function(number)


_KEYS: dict[str, Callable[[Panel], None]] = {
    "enter": lambda panel: panel.enter(),
    "c-j": lambda panel: panel.enter(),  # Enter, where a terminal sends a line feed
    "up": lambda panel: panel.move(-1),
    "down": lambda panel: panel.move(1),
    "pageup": lambda panel: panel.page(-1),
    "pagedown": lambda panel: panel.page(1),
    "tab": lambda panel: panel.tab(),
    "escape": lambda panel: panel.escape(),
    **{f"f{number}": _function(number) for number in range(1, 9)},
}


def _encodes(encoding: str, texts: Iterable[str]) -> bool:
    try:
        "".join(texts).encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


# ── lists ────────────────────────────────────────────────────────────────────────────────────────────


class ListPanel(Panel):
    """Rows to choose one from. ``back`` is shown again when nothing is chosen."""

    def __init__(
        self, screen: Screen, title: str, rows: Sequence[Row], back: Callable[[], None], here: int = 0
    ) -> None:
        super().__init__(screen)
        self.title = title
        self.rows = rows
        self._back = back
        chosen = [number for number, row in enumerate(rows) if row.act is not None]
        self.here = here if here in chosen else chosen[0] if chosen else None

    def body(self, width: int) -> tuple[list[Fragments], tuple[int, int]]:
        found = broken(self.title, width, [], "class:head")
        sight = (0, 0)
        for number, row in enumerate(self.rows):
            here = number == self.here
            if row.act is None:
                found += broken(row.text, width, [("", "")], "class:head")
                continue
            lead = f"{self.screen.glyphs['here'] if here else ' '} {row.mark}"
            drawn = broken(row.text, width, [("class:here" if here else "", lead)], "class:here" if here else "")
            if here:
                sight = (len(found), len(found) + len(drawn) - 1)
            found += drawn
        return found, sight

    def foot(self) -> Sequence[tuple[str, str]]:
        names = [("↑↓", "screen.choose"), ("Enter", "screen.ok"), ("Esc", "screen.close")]
        return [(key, t(name, self.screen.lang)) for key, name in names]

    def move(self, step: int) -> None:
        chosen = [number for number, row in enumerate(self.rows) if row.act is not None]
        if self.here is not None:
            self.here = chosen[max(0, min(len(chosen) - 1, chosen.index(self.here) + step))]

    def page(self, step: int) -> None:
        self.move(step * 10)

    def enter(self) -> None:
        if self.here is not None:
            act = self.rows[self.here].act
            assert act is not None
            act()

    def escape(self) -> None:
        self._back()

    def tab(self) -> None:
        self._back()


class TextPanel(Panel):
    """A line to write: a note, evidence."""

    input = True

    def __init__(
        self, screen: Screen, title: str, text: str, done: Callable[[str], None], back: Callable[[], None]
    ) -> None:
        super().__init__(screen)
        self.title = title
        self.initial = text
        self._done = done
        self._back = back

    def body(self, width: int) -> tuple[list[Fragments], tuple[int, int]]:
        return broken(self.title, width, [], "class:head"), (0, 0)

    def prompt(self) -> str:
        return f"{self.screen.glyphs['here']} "

    def foot(self) -> Sequence[tuple[str, str]]:
        return [(key, t(name, self.screen.lang)) for key, name in (("Enter", "screen.keep"), ("Esc", "screen.close"))]

    def enter(self) -> None:
        text = self.screen.buffer.text
        if text != self.initial:  # what came from a file may hold what cannot be typed here
            self._done(text)
        self._back()

    def escape(self) -> None:
        self._back()


class InfoPanel(Panel):
    """Lines to read."""

    def __init__(self, screen: Screen, texts: Sequence[str], back: Callable[[], None]) -> None:
        super().__init__(screen)
        self.texts = texts
        self._back = back
        self._at = 0
        self._count = 1

    def body(self, width: int) -> tuple[list[Fragments], tuple[int, int]]:
        found = [line for number, text in enumerate(self.texts)
                 for line in broken(text, width, [], "class:head" if number == 0 else "")]  # fmt: skip
        self._count = len(found)
        return found, (self._at, self._at)

    def foot(self) -> Sequence[tuple[str, str]]:
        return [("↑↓", t("screen.scroll", self.screen.lang)), ("Enter", t("screen.close", self.screen.lang))]

    def move(self, step: int) -> None:
        self._at = max(0, min(self._count - 1, self._at + step))

    def page(self, step: int) -> None:
        self.move(10 * step)

    def enter(self) -> None:
        self._back()

    def escape(self) -> None:
        self._back()
