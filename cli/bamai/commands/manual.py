"""The manual that ``--help`` prints: usage, what is read and written, options, exit codes, examples.

A command's texts are ``man.<command>.reads``, ``writes``, ``examples`` (two lines each: what for, and the command
line) and, where a code means more than usually, ``exit.<code>``. Typer's own panels cut what does not fit
and break lines at spaces only, which Chinese has none of.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from rich.cells import cell_len
from rich.text import Text

from bamai.lines import NBSP, lines
from bamai.texts import TEXTS, Lang, t

if TYPE_CHECKING:
    from rich.console import Console

WIDEST = 100
"""Columns beyond which a line is hard to read."""
NARROW = 70
"""Columns below which a help stands under its option rather than beside it."""

EXITS = {
    "": (0, 1, 2, 3, 4, 130),
    "assess": (0, 1, 2, 3, 130),
    "score": (0, 1, 2, 3, 4),
    "batch": (0, 1, 2, 3),
    "merge": (0, 1, 2, 3),
    "compare": (0, 1, 2, 3),
    "whatif": (0, 1, 2, 3),
    "roadmap": (0, 1, 2, 3, 4),
    "form": (0, 1, 2),
    "template": (0, 1, 2),
    "cohort.build": (0, 1, 2, 3),
    "cohort.merge": (0, 1, 2, 3),
    "cohort.show": (0, 1, 2, 3),
    "cohort.publish": (0, 1, 2, 3),
    "model.list": (0, 1, 2),
    "model.show": (0, 1, 2),
    "model.explain": (0, 1, 2),
    "model.check": (0, 1, 2),
    "model.schema": (0, 1, 2),
    "model.new": (0, 1, 2),
    "benchmark.list": (0, 1, 2),
    "benchmark.show": (0, 1, 2),
    "industry.list": (0, 1, 2),
    "industry.show": (0, 1, 2),
    "policy.list": (0, 1, 2),
    "policy.show": (0, 1, 2),
}
"""What each command may exit with; groups only pass on what their commands say."""


class Entry(NamedTuple):
    """A name and what it means: an argument, an option, a command or an exit code."""

    name: str
    text: str


def manual_of(command: Any, ctx: Any, lang: Lang) -> list[tuple[str, list[Entry]]]:
    """What a command takes and returns, each under its heading: arguments, options, exit codes."""
    params = [param for param in command.get_params(ctx) if not getattr(param, "hidden", False)]
    arguments = [_argument(param, ctx, lang) for param in params if param.param_type_name == "argument"]
    options = [_option(param, ctx, lang) for param in params if param.param_type_name == "option"]
    found = [(t("typer.Arguments", lang), arguments), (t("typer.Options", lang), options)]
    exits = exits_of(path_of(ctx), params, lang)
    return [part for part in (*found, (t("man.exits_title", lang), exits)) if part[1]]


def commands_of(group: Any, lang: Lang) -> list[tuple[str, list[Entry]]]:
    """The commands of a group under their headings; none of a command that is no group."""
    found: dict[str, list[Entry]] = {}
    for name, one in getattr(group, "commands", {}).items():
        heading = one.rich_help_panel if isinstance(one.rich_help_panel, str) else t("typer.Commands", lang)
        found.setdefault(heading, []).append(Entry(name, one.help or ""))
    return list(found.items())


def path_of(ctx: Any) -> str:
    """``model.check`` for ``bamai model check``, and nothing for ``bamai``."""
    return ".".join(ctx.command_path.split()[1:])


def exits_of(path: str, params: list[Any], lang: Lang) -> list[Entry]:
    """Every exit code of the command at *path* with these parameters, in a few words; none where none is known."""
    forced = not path or any("--force" in param.opts for param in params)
    usual = {code: f"man.exit.{code}" if forced or code != 2 else "man.exit.usage" for code in EXITS.get(path, ())}
    return [Entry(str(code), section(path, f"exit.{code}", lang) or t(key, lang)) for code, key in usual.items()]


def examples_of(path: str, lang: Lang) -> list[tuple[str, str]]:
    """Examples of the command at *path*: what it is for, and the command line."""
    rows = section(path, "examples", lang).splitlines()
    return list(zip(rows[::2], rows[1::2], strict=True))


def section(path: str, name: str, lang: Lang) -> str:
    """A section of the manual of the command at *path*; empty where there is none."""
    key = f"man.{path}.{name}" if path else f"man.{name}"
    return t(key, lang) if key in TEXTS else ""


def print_manual(out: Console, command: Any, ctx: Any, lang: Lang) -> None:
    """The whole manual on *out*, no wider than its lines are easy to read."""
    width = min(out.width, WIDEST)
    for line in _manual(command, ctx, lang, width):
        if out.options.ascii_only:
            line.plain = line.plain.replace("…", "...").replace("–", "-")
        out.print(line, no_wrap=True, overflow="ignore", crop=False)


def _manual(command: Any, ctx: Any, lang: Lang, width: int) -> Iterator[Text]:
    path = path_of(ctx)
    yield from _wrapped(command.help or "", width, style="bold")
    yield Text()
    yield from _wrapped(usage_of(command, ctx, lang), width, hang=4)
    for name in ("reads", "writes"):
        text = section(path, name, lang)
        if text:
            yield from _headed(t(f"man.{name}_title", lang))
            yield from _wrapped(text, width, indent=2)
    for heading, entries in manual_of(command, ctx, lang):
        yield from _headed(heading)
        yield from _listed(entries, width, _column(entries, width))
    examples = examples_of(path, lang)
    if examples:
        yield from _headed(t("man.examples_title", lang))
        for what, line in examples:
            yield from _wrapped(what, width, indent=2, style="dim")
            yield Text(f"    {line}")
    # the end is what stays on a small screen: of a group, its commands
    groups = commands_of(command, lang)
    column = _column([entry for _, entries in groups for entry in entries], width)
    for heading, entries in groups:
        yield from _headed(heading)
        yield from _listed(entries, width, column)
    yield Text()
    if groups:
        yield from _wrapped(t("man.more_group", lang, path=ctx.command_path), width, style="dim")
    yield from _wrapped(t("man.more" if path else "man.more_root", lang), width, style="dim")


def _headed(heading: str) -> Iterator[Text]:
    yield Text()
    yield Text(heading, "bold cyan")


def _column(entries: list[Entry], width: int) -> int:
    """Where meanings begin: beside the names where there is room, else below them."""
    longest = max((cell_len(entry.name) for entry in entries), default=0) + 4
    return longest if longest <= 16 else min(longest, 30) if width >= NARROW else 8


def _listed(entries: list[Entry], width: int, column: int) -> Iterator[Text]:
    """Names on the left and meanings from *column* on; a name that is longer has its meaning below it."""
    for entry in entries:
        rows = list(_wrapped(entry.text, width, indent=column))
        name = Text(f"  {entry.name}", "green")
        if cell_len(name.plain) + 2 <= column and rows:
            rows[0] = Text.assemble(name, rows[0].plain[cell_len(name.plain) :])
        else:
            rows.insert(0, name)
        yield from rows


def _wrapped(text: str, width: int, *, indent: int = 0, hang: int = 0, style: str = "") -> Iterator[Text]:
    """Lines of *text*, *indent* columns in, and *hang* more from the second on."""
    first = True
    for start, end in lines(text, width - indent - hang):
        piece = text[start:end].rstrip().replace(NBSP, " ")
        yield Text(" " * (indent + (0 if first else hang)) + piece, style)
        first = False


def usage_of(command: Any, ctx: Any, lang: Lang) -> str:
    """How the command line is put together; what may be left out stands in brackets."""
    words = [ctx.command_path]
    for param in command.get_params(ctx):
        if param.param_type_name == "argument":
            words.append(name_of(param) if param.required else f"[{name_of(param)}]")
        elif param.required:
            words += [min(param.opts, key=len), _value(param, ctx)]
    words.append(f"[{t('typer.Options', lang).lower()}]")
    if hasattr(command, "commands"):
        words.append(t("man.command", lang))
    return f"{t('typer.Usage:', lang)} {' '.join(words)}".replace("： ", "：")


def name_of(param: Any) -> str:
    """What an argument is called in usage and help; of an option the longest of its names."""
    if param.param_type_name == "option":
        return str(max(param.opts, key=len))
    return str(param.metavar or param.name.upper()).strip("[]")


def allowed_of(param: Any, ctx: Any, lang: Lang) -> str:
    """What a parameter may be, in short."""
    if getattr(param, "min", None) is not None and getattr(param, "max", None) is not None:
        return t("man.range", lang, low=param.min, high=param.max).strip("[]")
    choices = str(param.display_type(ctx).strip("<>"))
    return ", ".join(choices.split("|")) if "|" in choices else choices


def _value(param: Any, ctx: Any) -> str:
    """What an option takes: its values where these are few, else a word for it."""
    choices = param.display_type(ctx).strip("<>")
    word = "N" if param.min is not None else param.name.strip("_").upper()
    return choices if "|" in choices else str(param.metavar or word)


def _argument(param: Any, ctx: Any, lang: Lang) -> Entry:
    choices = param.display_type(ctx).strip("<>")
    text = [
        param.help or "",
        f"[{choices}]" if "|" in choices else "",
        "" if param.required else t("man.optional", lang),
    ]
    return Entry(name_of(param), " ".join(filter(None, text)))


def _option(param: Any, ctx: Any, lang: Lang) -> Entry:
    names = ", ".join(sorted(param.opts, key=len))
    name = names if names[:2] != "--" else f"    {names}"
    text = [param.help or ""]
    if not param.is_flag:
        name += f" {_value(param, ctx)}"
        default = param.get_default(ctx, call=False)
        if param.min is not None and param.max is not None:
            text.append(t("man.range", lang, low=param.min, high=param.max))
        if param.multiple:
            text.append(t("man.repeatable", lang))
        if param.required:
            text.append(t("typer.[required]", lang))
        elif default not in (None, "", [], ()):
            text.append(t("typer.[default: {}]", lang).format(getattr(default, "value", default)))
    return Entry(name, " ".join(text))
