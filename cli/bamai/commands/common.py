"""What commands share: language, consoles, messages, exit codes, safe writing."""

from __future__ import annotations

import enum
import functools
import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Any, ParamSpec, TypeVar

import typer
from typer.core import TyperCommand, TyperGroup
from typer.exceptions import TyperException

from bamai.texts import TEXTS, Lang, on_paper, printable, t

if TYPE_CHECKING:
    from rich.console import Console

    from bamai.catalog import Catalog
    from bamai.errors import Place, Problem
    from bamai.vocabulary import Industry, Vocabulary

P = ParamSpec("P")
R = TypeVar("R")


def lang() -> Lang:
    """The language of this run, settled before Typer was imported."""
    return "en" if os.environ.get("BAMAI_LANG") == "en" else "zh"


def word(key: str, /, **params: object) -> str:
    """A text in the language of this run."""
    return t(key, lang(), **params)


class Missing(enum.StrEnum):
    """What open answers count as."""

    open = "open"
    lowest = "lowest"


class ListFormat(enum.StrEnum):
    """How a list is printed."""

    text = "text"
    json = "json"


ListFormatOption = Annotated[ListFormat, typer.Option("--format", help=word("opt.list_format"))]
RulesOption = Annotated[Path | None, typer.Option("--rules", metavar="DIR", help=word("opt.rules"))]
ProfileOption = Annotated[str | None, typer.Option("--profile", metavar="ID|FILE", help=word("opt.profile"))]
ForceOption = Annotated[bool, typer.Option("--force", help=word("opt.force"))]
FontOption = Annotated[list[Path] | None, typer.Option("--font", metavar="PATH", help=word("opt.font"))]
WidthOption = Annotated[int | None, typer.Option("--width", min=40, max=400, help=word("opt.width"))]


class _Spoken:
    """Help as a manual, with Typer's own options in the language of this run."""

    def get_params(self, ctx: Any) -> list[Any]:
        params: list[Any] = super().get_params(ctx)  # type: ignore[misc]
        for param in params:
            text = TEXTS.get(f"typer.{getattr(param, 'help', None)}")
            if text is not None:
                param.help = text[0 if lang() == "zh" else 1]
        return params

    def parse_args(self, ctx: Any, args: list[str]) -> Any:
        """As Typer, whose parser doesn't say of every mistake which command it was made in."""
        try:
            return super().parse_args(ctx, args)  # type: ignore[misc]
        except TyperException as error:
            if getattr(error, "ctx", ctx) is None:
                error.ctx = ctx  # type: ignore[attr-defined]
            raise

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002  (printed at once, as Typer does)
        from bamai.commands.manual import print_manual  # noqa: PLC0415

        print_manual(console(), self, ctx, lang())


class SpokenCommand(_Spoken, TyperCommand):
    """A command with all of its help in one language."""


class SpokenGroup(_Spoken, TyperGroup):
    """A group of commands with all of its help in one language."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Typer would say in English that there is no such command; ``usage.py`` says it from this."""
        asked = args[0]  # Typer takes it off the list where it looks like an option
        try:
            return super().resolve_command(ctx, args)
        except TyperException as error:
            if type(error).__name__ == "UsageError":
                raise typer.BadParameter(asked, ctx) from None
            raise


def command(
    app: typer.Typer, name: str, key: str, panel: str | None = None
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Registers a command under *name*; its help is the text of *key*."""
    return app.command(name, cls=SpokenCommand, help=word(key), rich_help_panel=word(panel) if panel else None)


def group(key: str, *, add_completion: bool = False) -> typer.Typer:
    """A Typer application that prints help when called without a command."""
    return typer.Typer(
        cls=SpokenGroup,
        help=word(key),
        no_args_is_help=True,
        add_completion=add_completion,
        pretty_exceptions_enable=False,
        rich_markup_mode="rich",
        context_settings={"help_option_names": ["-h", "--help"]},
    )


def say(text: str) -> None:
    """A message on stderr: progress, warnings, where something was written; names in it steer no terminal."""
    typer.echo(on_paper(text), err=True)


def complain(problems: Iterable[Problem]) -> None:
    """Problems on stderr, one a line."""
    for problem in problems:
        say(problem.text(lang()))


def guarded(command: Callable[P, R]) -> Callable[P, R]:
    """Turns errors of the program into messages and exit codes; what remains is a defect and says so."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        from bamai.errors import BamaiError, Exit, Place, Problem, why  # noqa: PLC0415

        try:
            return command(*args, **kwargs)
        except BamaiError as error:
            complain(error.problems)
            raise typer.Exit(error.exit_code) from None
        except (typer.Exit, typer.Abort, KeyboardInterrupt, BrokenPipeError):
            raise
        except OSError as error:
            complain([Problem("io", {"why": why(error)}, Place(error.filename and os.fsdecode(error.filename)))])
            raise typer.Exit(Exit.FAILED) from None
        except Exception as error:
            if os.environ.get("BAMAI_DEBUG") or type(error).__module__.startswith("typer."):
                raise
            say(word("problem.defect", why=printable(f"{type(error).__name__}: {error}".rstrip(" ."))[:300]))
            raise typer.Exit(Exit.FAILED) from None

    return run


def catalog(rules: Path | None, profile: str | None = None) -> Catalog:
    """The shipped rules, and the user's own beside them, with a scoring profile for all that is loaded."""
    from bamai.catalog import Catalog  # noqa: PLC0415

    return Catalog(rules, profile=profile)


def vocabulary_of(rules: Path | None) -> Vocabulary:
    """The shipped words to group by, or the user's own instead."""
    from bamai.vocabulary import load_vocabulary, own_root  # noqa: PLC0415

    catalog(rules)  # which refuses a folder that is none
    return load_vocabulary(own_root(rules))


def industry_called(name: str, rules: Path | None) -> Industry:
    """The division or sector of that id, code, name or alias.

    Raises:
        UsageError: there is none, with the name that was most likely meant.
    """
    from bamai.errors import Problem, UsageError  # noqa: PLC0415
    from bamai.schema import meant  # noqa: PLC0415

    words = vocabulary_of(rules)
    found = words.industry(name)
    if found is None:
        raise UsageError(Problem("no_such_industry", {"found": name, "hint": meant(words.nearest_industry(name))}))
    return words.industries[found]


def unknown_industry(vocabulary: Vocabulary, name: str | None, place: Place) -> None:
    """Say that *name* is in no vocabulary, where it is so: nothing is refused for it."""
    from bamai.errors import Problem  # noqa: PLC0415
    from bamai.schema import meant  # noqa: PLC0415

    if name and vocabulary.industry(name) is None:
        params = {"found": name, "hint": meant(vocabulary.nearest_industry(name))}
        complain([Problem("unknown_industry", params, place)])


def console(width: int | None = None, *, file: IO[str] | None = None) -> Console:
    """A Rich console on stdout. Off a terminal it has 80 columns unless COLUMNS says otherwise: nothing is probed."""
    from rich.console import Console  # noqa: PLC0415

    stream = file or sys.stdout
    if width is None and not stream.isatty():
        columns = os.environ.get("COLUMNS", "")
        width = int(columns) if columns.isdigit() and int(columns) >= 40 else 80
    return Console(file=stream, width=width, highlight=False, emoji=False, markup=False)


def write_stdout(content: str | bytes) -> None:
    """*content* in UTF-8 whatever the console's encoding: for formats that are defined so."""
    raw = content if isinstance(content, bytes) else content.encode()
    sys.stdout.flush()
    buffer = getattr(sys.stdout, "buffer", None)
    if buffer is None:
        sys.stdout.write(raw.decode())
        return
    buffer.write(raw)
    buffer.flush()


def check_output(path: Path, suffixes: Iterable[str], force: bool) -> None:
    """Refuse an output of unknown kind, or one that exists, before any work is done."""
    from bamai.errors import Place, Problem, UsageError  # noqa: PLC0415

    if path.suffix.lower() not in suffixes:
        params = {"found": path.suffix or path.name or str(path), "allowed": ", ".join(suffixes)}
        raise UsageError(Problem("output_suffix", params, Place(str(path))))
    if path.exists() and not force:
        raise UsageError(Problem("output_exists", {}, Place(str(path))))


def write(path: Path, content: str | bytes, *, bom: bool = False, private: bool = False) -> None:
    """Write a file whole or not at all: beside it first, then renamed over it.

    Args:
        content: the file, or its text.
        bom: begin a text with a byte order mark, without which Excel takes a CSV for the system's own encoding.
        private: only its owner may read it.
    """
    from bamai.files import Whole  # noqa: PLC0415  (only writing needs it)

    with Whole(path, private=private) as stream:
        stream.write(content if isinstance(content, bytes) else content.encode("utf-8-sig" if bom else "utf-8"))


def print_table(out: Console, heads: list[str], rows: list[list[Any]], *, right: tuple[int, ...] = ()) -> None:
    """A plain table without frames."""
    from rich import box  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    table = Table(box=box.ASCII_DOUBLE_HEAD if out.options.ascii_only else box.SIMPLE_HEAD, pad_edge=False)
    for index, head in enumerate(heads):
        table.add_column(head, justify="right" if index in right else "left", overflow="fold")
    for row in rows:
        table.add_row(*(cell if isinstance(cell, Text) else Text(str(cell)) for cell in row))
    out.print(table)
