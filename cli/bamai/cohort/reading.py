"""Cohort files from disk, complete or published, checked to the last count."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from bamai.cohort.complete import (
    AXES,
    HIGHEST,
    MOST,
    SCHEMA,
    SCORE,
    Cell,
    Cohort,
    Counts,
    Key,
    Part,
    Shape,
)
from bamai.cohort.distribution import PERCENTILES, TOP, Distribution
from bamai.cohort.published import SMALLEST, Margin, Points, Published, Summary
from bamai.errors import InputError, Place, Problem
from bamai.schema import did_you_mean
from bamai.texts import shown
from bamai.yamlfile import read_bytes

MAX_BYTES = 256 << 20
"""Of a file; what it becomes in memory is several times as much. A nation's is some dozen MB."""

MOST_NAMES = 500
"""Levels, dimensions or values of an edition."""

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_SURROGATE = re.compile("[\ud800-\udfff]")  # half a character, which no file can hold
_HEAD = ("schema", "kind", "confidential", "notice", "model", "digest", "created", "sizes", "levels", "dimensions")


def read(path: Path) -> Cohort | Published:
    """The cohort in a file.

    Raises:
        InputError: it is none, or what it says cannot be.
    """
    file = str(path)
    raw = read_bytes(path, file, MAX_BYTES)
    if len(raw) > MAX_BYTES:
        raise InputError(Problem("cohort_too_large", {"limit": MAX_BYTES >> 20}, Place(file)))

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(items)
        if len(found) < len(items):
            [(twice, _)] = Counter(name for name, _ in items).most_common(1)
            raise InputError(Problem("cohort_key_twice", {"found": shown(twice)}, Place(file)))
        return found

    try:
        data = json.loads(raw, object_pairs_hook=pairs, parse_float=Decimal, parse_constant=str)
    except json.JSONDecodeError as error:
        raise InputError(Problem("json_syntax", {"why": error.msg}, Place(file, error.lineno, error.colno))) from None
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise InputError(Problem("json_syntax", {"why": shown(error)}, Place(file))) from None
    reader = _Reader(file)
    top = reader.mapping(data, "")
    if top.get("schema") != SCHEMA:
        reader.fail("wrong_schema", "schema", found=shown(top.get("schema")), allowed=SCHEMA)
    kind = reader.one_of(top.get("kind"), "kind", ("complete", "published"))
    return reader.complete(top) if kind == "complete" else reader.published(top)


class _Reader:
    def __init__(self, file: str) -> None:
        self._place = Place(file)

    # ── pieces ───────────────────────────────────────────────────────────────────────────────────

    def fail(self, code: str, path: str, **params: object) -> NoReturn:
        raise InputError(Problem(code, params, self._place, path))

    def wrong(self, path: str, found: object, allowed: str) -> NoReturn:
        self.fail("not_one_of", path, found=shown(found), allowed=allowed)

    def mapping(self, value: Any, path: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            self.wrong(path, value, "{…}")
        return value

    def fields(self, value: Any, path: str, names: Sequence[str]) -> dict[str, Any]:
        """A mapping with exactly these keys."""
        found = self.mapping(value, path)
        for name in found:
            if name not in names:
                allowed, hint = ", ".join(names), did_you_mean(name, names)
                self.fail("unknown_key", _below(path, shown(name)), found=shown(name), allowed=allowed, hint=hint)
        for name in names:
            if name not in found:
                self.fail("missing_key", path, key=name)
        return found

    def list(self, value: Any, path: str) -> list[Any]:
        if not isinstance(value, list):
            self.wrong(path, value, "[…]")
        return value

    def text(self, value: Any, path: str) -> str:
        if not isinstance(value, str) or not 0 < len(value) <= 100 or _SURROGATE.search(value):
            self.wrong(path, value, "1–100 characters")
        return str(value)

    def texts(self, value: Any, path: str) -> tuple[str, ...]:
        items = self.list(value, path)
        self.count(len(items), path, 0, MOST_NAMES)
        found = tuple(self.text(item, f"{path}.{i}") for i, item in enumerate(items))
        if len(set(found)) < len(found):
            self.wrong(path, value, "no name twice")
        return found

    def one_of(self, value: Any, path: str, allowed: Iterable[Any]) -> Any:
        known = tuple(allowed)
        if value not in known or isinstance(value, bool) is not isinstance(known[0], bool):
            self.wrong(path, value, ", ".join(str(item).lower() for item in known))
        return value

    def count(self, value: Any, path: str, least: int = 0, most: int = MOST) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            self.wrong(path, value, f"{least}–{most}")
        return int(value)

    def sum(self, path: str, found: int, allowed: int) -> None:
        if found != allowed:
            self.fail("cohort_sum", path, found=found, allowed=allowed)

    def head(self, top: dict[str, Any], *, confidential: bool) -> tuple[str, str, str, Shape]:
        self.one_of(top["confidential"], "confidential", (confidential,))
        notice = self.fields(top["notice"], "notice", ("zh", "en"))
        for lang, text in notice.items():
            if not isinstance(text, str):
                self.wrong(f"notice.{lang}", text, '"…"')
        digest = self.text(top["digest"], "digest")
        if not _DIGEST.fullmatch(digest):
            self.wrong("digest", digest, "sha256:…")
        created = self.text(top["created"], "created")
        if not is_date(created):
            self.wrong("created", created, "YYYY-MM-DD")
        sizes = {
            self.text(name, "sizes"): self.count(start, f"sizes.{shown(name)}")
            for name, start in self.mapping(top["sizes"], "sizes").items()
        }
        dimensions = self.texts(top["dimensions"], "dimensions")
        shape = Shape(self.texts(top["levels"], "levels"), {}, dimensions, sizes)
        return self.text(top["model"], "model"), digest, created, shape

    def counts(self, top: dict[str, Any]) -> Counts:
        given = self.fields(top["counts"], "counts", Counts._fields)
        counts = Counts(**{name: self.count(value, f"counts.{name}") for name, value in given.items()})
        self.sum("counts.results", counts.results, counts.counted + counts.incomplete + counts.duplicates)
        if counts.repeated > counts.counted:
            self.wrong("counts.repeated", counts.repeated, f"0–{counts.counted}")
        return counts

    def key(self, cell: dict[str, Any], path: str) -> Key:
        return (
            self.text(cell["industry"], f"{path}.industry"),
            self.text(cell["province"], f"{path}.province"),
            self.text(cell["size"], f"{path}.size"),
        )

    # ── complete ─────────────────────────────────────────────────────────────────────────────────

    def complete(self, top: dict[str, Any]) -> Cohort:
        self.fields(top, "", (*_HEAD, "values", "counts", "parts", "cells"))
        model, digest, created, shape = self.head(top, confidential=True)
        values = self.mapping(top["values"], "values")
        self.count(len(values), "values", 0, MOST_NAMES)
        for name, unit in values.items():
            self.one_of(unit, f"values.{shown(name)}", HIGHEST)
        shape = shape._replace(values=values)
        for name in (SCORE, *shape.dimensions):
            if values.get(name) != "hundredths":
                self.wrong(f"values.{name}", values.get(name), "hundredths")
        counts = self.counts(top)
        parts: dict[str, Part] = {}
        for i, item in enumerate(self.list(top["parts"], "parts")):
            part = self.fields(item, f"parts.{i}", Part._fields)
            results = self.count(part["results"], f"parts.{i}.results", 1)
            name = self.text(part["digest"], f"parts.{i}.digest")
            if not _DIGEST.fullmatch(name):
                self.wrong(f"parts.{i}.digest", name, "sha256:…")
            if name in parts:
                self.fail("cohort_twice", f"parts.{i}", results=results, first="parts")
            parts[name] = Part(name, results)
        self.sum("parts", sum(part.results for part in parts.values()), counts.results)
        cells: dict[Key, Cell] = {}
        for i, item in enumerate(self.list(top["cells"], "cells")):
            path = f"cells.{i}"
            cell = self.fields(item, path, (*AXES, "enterprises", "levels", "values"))
            key = self.key(cell, path)
            if key in cells:
                self.fail("cohort_cell_twice", path, found=" × ".join(key))
            cells[key] = self.cell(cell, path, shape)
        self.sum("cells", sum(cell.enterprises for cell in cells.values()), counts.counted)
        return Cohort(model, digest, created, shape, tuple(sorted(parts.values())), counts, cells)

    def cell(self, cell: dict[str, Any], path: str, shape: Shape) -> Cell:
        number = self.count(cell["enterprises"], f"{path}.enterprises", 1)
        levels = self.fields(cell["levels"], f"{path}.levels", shape.levels)
        by_level = tuple(self.count(levels[name], f"{path}.levels.{name}") for name in shape.levels)
        self.sum(f"{path}.levels", sum(by_level), number)
        given = self.mapping(cell["values"], f"{path}.values")
        found = {}
        for name, spread in given.items():
            below = f"{path}.values.{shown(name)}"
            if name not in shape.values:
                names = list(shape.values)
                self.fail("unknown_key", below, found=shown(name), allowed=", ".join(names),
                          hint=did_you_mean(name, names))  # fmt: skip
            found[name] = self.distribution(spread, below, HIGHEST[shape.values[name]])
        for name in shape.values:
            here = found[name].number if name in found else 0
            if shape.whole(name) or here > number:
                self.sum(f"{path}.values.{name}", here, number)
        return Cell(number, by_level, found)

    def distribution(self, value: Any, path: str, top: int) -> Distribution:
        spread = self.fields(value, path, Distribution._fields)
        arrays = []
        for name, least, most in (("at", 0, top), ("counts", 1, MOST)):
            items = self.list(spread[name], f"{path}.{name}")
            if set(map(type, items)) - {int} or not items or not least <= min(items) <= max(items) <= most:
                for i, item in enumerate(items):
                    self.count(item, f"{path}.{name}.{i}", least, most)
                self.wrong(f"{path}.{name}", items, "[…]")
            arrays.append(np.array(items, np.int64))
        at, counts = arrays
        if len(at) != len(counts):
            self.sum(f"{path}.counts", len(counts), len(at))
        if (np.diff(at) <= 0).any():
            self.fail("cohort_order", f"{path}.at.{int(np.argmax(np.diff(at) <= 0)) + 1}")
        return Distribution(at, counts)

    # ── published ────────────────────────────────────────────────────────────────────────────────

    def published(self, top: dict[str, Any]) -> Published:
        self.fields(top, "", (*_HEAD, "min_cell", "counts", "parts", "cells"))
        model, digest, created, shape = self.head(top, confidential=False)
        shape = shape._replace(values=dict.fromkeys((SCORE, *shape.dimensions), "hundredths"))
        least = self.count(top["min_cell"], "min_cell", SMALLEST)
        counts = self.counts(top)
        parts = self.count(top["parts"], "parts")
        cells: dict[Margin, Summary] = {}
        for i, item in enumerate(self.list(top["cells"], "cells")):
            path = f"cells.{i}"
            cell = self.fields(item, path, (*AXES, "enterprises", "percentiles", "levels"))
            axes = [None if cell[a] is None else self.text(cell[a], f"{path}.{a}") for a in AXES]
            key: Margin = (axes[0], axes[1], axes[2])
            if key in cells:
                self.fail("cohort_cell_twice", path, found=" × ".join(str(part) for part in key))
            cells[key] = self.summary(cell, path, shape, least)
        total = cells.get((None, None, None))
        if total is not None:
            self.sum("cells.0.enterprises", total.enterprises, counts.counted)
        return Published(model, digest, created, shape, least, counts, parts, cells)

    def summary(self, cell: dict[str, Any], path: str, shape: Shape, least: int) -> Summary:
        number = self.count(cell["enterprises"], f"{path}.enterprises", least)
        names = tuple(f"p{percent}" for percent in PERCENTILES)
        spreads: dict[str, Points | None] = {}
        given = self.fields(cell["percentiles"], f"{path}.percentiles", tuple(shape.values))
        for name in shape.values:
            below = f"{path}.percentiles.{name}"
            if given[name] is None:
                spreads[name] = None
                continue
            points = self.fields(given[name], below, names)
            found = tuple(None if points[p] is None else self.hundredth(points[p], f"{below}.{p}", TOP) for p in names)
            told = [point for point in found if point is not None]
            if told != sorted(told):
                self.fail("cohort_order", below)
            spreads[name] = found
        levels = None
        if cell["levels"] is not None:
            shares = self.fields(cell["levels"], f"{path}.levels", shape.levels)
            levels = tuple(self.hundredth(shares[n], f"{path}.levels.{n}", 100) for n in shape.levels)
        return Summary(number, spreads, levels)

    def hundredth(self, value: Any, path: str, top: int) -> int:
        """A number with at most two decimals, in hundredths."""
        number = isinstance(value, int | Decimal) and not isinstance(value, bool)
        if not number or not 0 <= value * 100 <= top or value * 100 != int(value * 100):
            self.wrong(path, value, f"0, 0.01, … {top // 100}")
        return int(value * 100)


def is_date(text: str) -> bool:
    """Whether *text* is a day as ISO writes it."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def only_complete(found: Sequence[tuple[str, Cohort | Published]]) -> list[tuple[str, Cohort]]:
    """Cohorts with their file names, none of them a published one.

    Raises:
        InputError: one is.
    """
    problems = [Problem("cohort_published", {}, Place(file)) for file, c in found if isinstance(c, Published)]
    if problems:
        raise InputError(problems)
    return [(file, cohort) for file, cohort in found if isinstance(cohort, Cohort)]
