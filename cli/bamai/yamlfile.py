"""Strict YAML and JSON: one pass over libyaml's events, with the place of every key and value.

The parser is PyYAML's; the construction is ours, because YAML's own is built for convenience:
it lets the last of two equal keys win, reads ``no`` as false, ``1:30`` as 90 and ``2024-01-01``
as a date, and unfolds aliases until memory ends. (libyaml's composer also overflows the C stack on
deep nesting; walking its events does not.)
"""

from __future__ import annotations

import contextlib
import re
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import yaml

from bamai.errors import InputError, Mistakes, Place, Problem, why
from bamai.texts import shown

MAX_BYTES = 4 * 1024 * 1024
MAX_DEPTH = 40

Scalars = Literal["rules", "text"]
"""How plain scalars load: rule files get numbers and refuse guesses; answers stay as they are written."""

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_INTEGER = re.compile(r"-?(0|[1-9][0-9]*)\Z")
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]*)\.[0-9]+\Z")
_WORDS = frozenset({"y", "yes", "n", "no", "on", "off", "true", "false", "null"})
"""YAML 1.1 reads these as booleans or nothing."""

_GUESS = re.compile(
    r"[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?\Z"  # 1:30 is ninety
    r"|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt ].*)?\Z"  # a date
    r"|[-+]?(\.inf|\.nan)\Z"
    r"|[-+]?\.?[0-9][0-9_]*(\.[0-9_]*)?(e[-+]?[0-9]+)?\Z"  # exponents, 1_000, 007, +1, .5
    r"|0[xob][0-9a-f_]+\Z",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Mark:
    """Line and column of a value, and the marks of what it holds."""

    line: int
    column: int
    entries: dict[str, tuple[int, int, Mark]] | None = None  # mapping: key → place of the key, mark of the value
    items: list[Mark] | None = None


KeyPath = tuple[str | int, ...]


class Document:
    """A parsed file: ``data`` of dicts, tuples and scalars, and where each of them stands.

    Attributes:
        problems, warnings: what was found while reading and does not keep the rest from being judged.
        digest: of the rules that the file was made by, where it says so.
    """

    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    digest: str | None = None

    def __init__(self, file: str, data: Any, mark: Mark | None, text: str = "") -> None:
        self.file = file
        self.data = data
        self._mark = mark
        self._text = text

    def place(self, path: KeyPath = (), *, key: bool = False) -> Place:
        """Place of the value at *path* (of its key with ``key``); parts of the path that do not exist are skipped."""
        if self._mark is None:
            # JSON that YAML cannot read (say, surrogate escapes) is correct all the same; it only has no places.
            if self._text:
                builder = _Builder(self._text, self.file, "text")
                with contextlib.suppress(InputError):
                    builder.run()
                self._mark, self._text = builder.root, ""
            if self._mark is None:
                return Place(self.file)
        mark = self._mark
        line, column = mark.line, mark.column
        for part in path:
            if mark.entries is not None and str(part) in mark.entries:
                line, column, mark = mark.entries[str(part)]
                if not key:
                    line, column = mark.line, mark.column
            elif mark.items is not None and isinstance(part, int) and part < len(mark.items):
                mark = mark.items[part]
                line, column = mark.line, mark.column
        return Place(self.file, line, column)


def read(path: str | Path, scalars: Scalars) -> Document:
    """Read a YAML file (or JSON, by its suffix).

    Raises:
        InputError: with every mistake found: not there, a folder, too large, not UTF-8, empty, syntax,
            duplicate keys, aliases, tags, guesses.
    """
    file = str(path)
    raw = read_bytes(Path(path), file)
    return parse_bytes(raw, file, scalars, as_json=file.lower().endswith(".json"))


def parse_bytes(
    raw: bytes, file: str, scalars: Scalars, *, as_json: bool = False, limit: int = MAX_BYTES
) -> Document:  # fmt: skip
    """As :func:`read`, for content that is already in memory; *file* is the name used in messages."""
    if len(raw) > limit:
        raise InputError(Problem("file_too_large", {"limit": limit // 2**20}, Place(file)))
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        line = before.count(b"\n") + 1
        column = error.start - (before.rfind(b"\n") + 1) + 1
        place = Place(file, line, column)
        raise InputError(Problem("not_utf8", {"byte": f"0x{raw[error.start]:02x}"}, place)) from None
    if not text.strip():
        raise InputError(Problem("file_empty", {}, Place(file)))
    if as_json:
        return _parse_json(text, file)
    builder = _Builder(text, file, scalars)
    builder.run()
    if builder.problems:
        raise InputError(builder.problems)
    return Document(file, builder.data, builder.root)


def read_bytes(path: Path, file: str, limit: int = MAX_BYTES) -> bytes:
    """Content of a file, and one byte more than *limit* where it is larger: callers refuse that.

    Raises:
        InputError: it is not there, a folder, or cannot be read.
    """
    try:
        if path.is_dir():
            raise InputError(Problem("is_folder", {}, Place(file)))
        with path.open("rb") as stream:
            return stream.read(limit + 1)
    except FileNotFoundError:
        raise InputError(Problem("file_not_found", {}, Place(file))) from None
    except (OSError, ValueError) as error:
        raise InputError(Problem("file_unreadable", {"why": why(error)}, Place(file))) from None


class _Builder:
    """Builds data and marks from libyaml's events, gathering mistakes instead of stopping at the first."""

    def __init__(self, text: str, file: str, scalars: Scalars) -> None:
        self._file = file
        self._scalars = scalars
        self._text = text
        self.problems: list[Problem] = Mistakes()
        self.data: Any = None
        self.root: Mark | None = None

    def run(self) -> None:
        loader = _Loader("")
        try:
            loader = _Loader(self._text)
            self._next = loader.get_event
            while (event := self._next()) is not None:
                if isinstance(event, yaml.DocumentStartEvent):
                    if self.root is not None:
                        self._problem("yaml_many_documents", event)
                        return
                    self.data, self.root = self._value(self._next(), 0)
        except _TooDeepError as too_deep:
            self._problem("yaml_depth", too_deep.event, limit=MAX_DEPTH)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            place = Place(self._file, mark.line + 1, mark.column + 1) if mark else Place(self._file)
            if mark is not None and "nesting depth" in (error.problem or ""):
                # libyaml 0.2.6 has a bound of its own and reads ahead to it; what comes before it passes ours
                self._text, self.problems = self._text[: mark.index], Mistakes()
                self.run()
            else:
                self.problems.append(Problem("yaml_syntax", {"why": error.problem or error.context or ""}, place))
        except yaml.YAMLError as error:  # the reader: control characters
            self.problems.append(Problem("yaml_characters", {"why": shown(str(error))}, Place(self._file)))
        except UnicodeEncodeError:  # a lone surrogate
            self.problems.append(Problem("yaml_characters", {"why": "surrogate"}, Place(self._file)))
        finally:
            loader.dispose()
        if self.root is None and not self.problems:
            self.problems.append(Problem("file_empty", {}, Place(self._file)))

    def _problem(self, code: str, event: yaml.Event, **params: object) -> None:
        mark: Any = event.start_mark
        self.problems.append(Problem(code, params, Place(self._file, mark.line + 1, mark.column + 1)))

    def _value(self, event: Any, depth: int) -> tuple[Any, Mark]:
        start = event.start_mark
        mark = Mark(start.line + 1, start.column + 1)
        kind = type(event)
        if kind is yaml.AliasEvent:
            self._problem("yaml_alias", event, found=f"*{event.anchor}")
            return None, mark
        if event.anchor is not None:
            self._problem("yaml_alias", event, found=f"&{event.anchor}")
        if event.tag is not None and event.tag != "!":
            self._problem("yaml_tag", event, found=shown(event.tag))
        if kind is yaml.ScalarEvent:
            return self._scalar(event), mark
        if depth >= MAX_DEPTH:
            raise _TooDeepError(event)
        if kind is yaml.SequenceStartEvent:
            items = []
            mark.items = []
            while type(event := self._next()) is not yaml.SequenceEndEvent:
                item, item_mark = self._value(event, depth + 1)
                items.append(item)
                mark.items.append(item_mark)
            return tuple(items), mark
        data: dict[str, Any] = {}
        mark.entries = {}
        while type(event := self._next()) is not yaml.MappingEndEvent:
            key_event = event
            key, key_mark = self._value(key_event, depth + 1)
            value, value_mark = self._value(self._next(), depth + 1)
            if type(key_event) is not yaml.ScalarEvent:
                self._problem("yaml_key", key_event)
                continue
            name = key_event.value if not isinstance(key, str) else key
            if name in mark.entries:
                self._problem("yaml_duplicate", key_event, found=shown(name), first=mark.entries[name][0])
                continue
            data[name] = value
            mark.entries[name] = (key_mark.line, key_mark.column, value_mark)
        return data, mark

    def _scalar(self, event: yaml.ScalarEvent) -> Any:
        text = event.value
        if not event.implicit[0]:  # quoted or a block
            return text
        if text in ("", "~", "null"):
            return None
        if self._scalars == "text":
            return text
        if text in ("true", "false"):
            return text == "true"
        if text[0] not in "+-.0123456789":
            if text.lower() in _WORDS:
                self._problem("yaml_guess", event, found=shown(text))
            return text
        if _INTEGER.match(text):
            return int(text) if len(text) < 30 else text
        if _DECIMAL.match(text):
            return Decimal(text)
        if _GUESS.match(text):
            self._problem("yaml_guess", event, found=shown(text))
        return text


class _TooDeepError(Exception):
    def __init__(self, event: yaml.Event) -> None:
        self.event = event


def _parse_json(text: str, file: str) -> Document:
    """JSON with numbers kept as text; the standard parser decides what is JSON, YAML's marks say where it stands."""
    import json  # noqa: PLC0415  (YAML answers do without)

    duplicates: list[str] = []

    def pairs(entries: list[tuple[str, Any]]) -> dict[str, Any]:
        data = dict(entries)
        if len(data) != len(entries):
            counts = Counter(name for name, _ in entries)
            duplicates.extend(name for name, count in counts.items() if count > 1)
        return data

    try:
        loaded = json.loads(text, object_pairs_hook=pairs, parse_int=str, parse_float=str, parse_constant=str)
        data = _as_text(loaded, 0)
    except json.JSONDecodeError as error:
        place = Place(file, error.lineno, error.colno)
        raise InputError(Problem("json_syntax", {"why": error.msg}, place)) from None
    except RecursionError:
        raise InputError(Problem("yaml_depth", {"limit": MAX_DEPTH}, Place(file))) from None
    except UnicodeEncodeError:
        # half a surrogate pair, written as an escape: no file that the text goes into could hold it
        raise InputError(Problem("yaml_characters", {"why": "surrogate"}, Place(file))) from None
    if duplicates:
        builder = _Builder(text, file, "text")
        builder.run()
        found = [p for p in builder.problems if p.code == "yaml_duplicate"]
        raise InputError(
            found or [Problem("yaml_duplicate", {"found": shown(n), "first": "?"}, Place(file)) for n in duplicates]
        )
    return Document(file, data, None, text)


def _as_text(value: Any, depth: int) -> Any:
    """*value* with all scalars as text.

    Raises:
        RecursionError: it is nested deeper than YAML may be.
        UnicodeEncodeError: a text in it is none.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        value.encode()
        return value
    if value is None:
        return value
    if depth >= MAX_DEPTH:
        raise RecursionError
    if isinstance(value, dict):
        return {_as_text(key, depth): _as_text(item, depth + 1) for key, item in value.items()}
    return tuple(_as_text(item, depth + 1) for item in value)
