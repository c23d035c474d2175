"""Handing over a result that knows its data and its blocks: to files by suffix, and to stdout."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bamai.commands.common import check_output, console, lang, say, word, write, write_stdout
from bamai.commands.score import Format

if TYPE_CHECKING:
    from bamai.report.content import Block


def check_outputs(output: list[Path] | None, force: bool) -> None:
    """Refuse outputs of unknown kind, or that exist, before any work is done."""
    from bamai.report.writers import SUFFIXES  # noqa: PLC0415

    for path in output or []:
        check_output(path, SUFFIXES, force)


def deliver(
    data: Callable[[], dict[str, Any]], blocks: Callable[[], Iterable[Block]], output: list[Path] | None,
    format_: Format | None, width: int | None, fonts: Sequence[Path] = (),
) -> None:  # fmt: skip
    """Write a result to every path of *output*; print it where there is none, or where *format_* asks for it."""
    from bamai.report.writers import document  # noqa: PLC0415

    made = [(path, document(path.suffix.lower(), data, blocks, lang(), fonts)) for path in output or []]
    for path, content in made:
        write(path, content)
        say(word("written", path=str(path)))
    if output and format_ is None:
        return
    if format_ not in (None, Format.text):
        write_stdout(document(f".{format_}", data, blocks, lang()))
        return
    from bamai.report.terminal import print_blocks, text  # noqa: PLC0415

    out = console(width)
    if out.is_terminal:
        print_blocks(out, blocks(), lang())
    else:
        out.file.write(text(blocks(), lang(), out.width, ascii_only=out.options.ascii_only))
