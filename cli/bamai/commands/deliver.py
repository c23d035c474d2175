"""Handing over a result that knows its data and its blocks: to files by suffix, and to stdout."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bamai.commands.common import check_output, console, lang, say, word, write, write_stdout
from bamai.commands.score import SUFFIXES, Format

if TYPE_CHECKING:
    from bamai.report.content import Block


def check_outputs(output: list[Path] | None, force: bool) -> None:
    """Refuse outputs of unknown kind, or that exist, before any work is done."""
    for path in output or []:
        check_output(path, SUFFIXES, force)


def deliver(
    data: Callable[[], dict[str, Any]], blocks: Callable[[], Iterable[Block]], output: list[Path] | None,
    format_: Format | None, width: int | None,
) -> None:  # fmt: skip
    """Write a result to every path of *output*; print it where there is none, or where *format_* asks for it."""
    for path in output or []:
        write(path, _rendered(data, blocks, Format.text if path.suffix == ".txt" else Format(path.suffix[1:].lower())))
        say(word("written", path=str(path)))
    if not output or format_ is not None:
        _show(data, blocks, format_ or Format.text, width)


def _rendered(data: Callable[[], dict[str, Any]], blocks: Callable[[], Iterable[Block]], format_: Format) -> str:
    if format_ is Format.json:
        from bamai.assessment import dumps  # noqa: PLC0415

        return dumps(data()) + "\n"
    if format_ is Format.md:
        from bamai.report.markdown import markdown  # noqa: PLC0415

        return markdown(blocks(), lang())
    from bamai.report.terminal import text  # noqa: PLC0415

    return text(blocks(), lang())


def _show(
    data: Callable[[], dict[str, Any]], blocks: Callable[[], Iterable[Block]], format_: Format, width: int | None
) -> None:
    if format_ is not Format.text:
        write_stdout(_rendered(data, blocks, format_))
        return
    from bamai.report.terminal import print_blocks, text  # noqa: PLC0415

    out = console(width)
    if out.is_terminal:
        print_blocks(out, blocks(), lang())
    else:
        out.file.write(text(blocks(), lang(), out.width, ascii_only=out.options.ascii_only))
