"""Lines that somebody types, or that a script pipes in."""

from __future__ import annotations

import sys

import typer


def at_terminal() -> bool:
    """Whether somebody sits there to be asked; a stdin that was closed is nobody."""
    return sys.stdin is not None and sys.stdin.isatty()


def read_line() -> str | None:
    """The next line without its end, after a prompt; None at the end of input.

    Bytes that are no text in the console's encoding become signs that no answer has: they are refused like any other
    wrong answer.
    """
    typer.echo("> ", nl=False, err=True)
    if sys.stdin is None:
        return None
    if getattr(sys.stdin, "errors", "replace") != "replace" and hasattr(sys.stdin, "reconfigure"):
        sys.stdin.reconfigure(errors="replace")  # which it takes before the first line only
    line = sys.stdin.readline()
    return line.rstrip("\r\n") if line else None
