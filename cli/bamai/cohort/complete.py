"""Complete cohorts (``bamai.cohort/1``): every count, by industry, province and size; confidential.

Scores are counted by hundredths of a point, half up: rounding keeps order, so a percentile of the rounded scores is
the rounded percentile. An indicator has its score (or grade) for a value: the bands by which a model scores a metric
are then the bins of the metric, and no model need declare others.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any, Literal, NamedTuple

from bamai.cohort.distribution import EMPTY, TOP, Distribution
from bamai.errors import InputError, Place, Problem
from bamai.texts import t

if TYPE_CHECKING:
    from bamai.catalog import Edition

SCHEMA = "bamai.cohort/1"
SCORE = "score"
UNRECOGNISED, NOT_STATED = "unrecognised", "not_stated"
"""Groups of enterprises that say what the vocabulary does not know, and that say nothing."""

AXES = ("industry", "province", "size")
Key = tuple[str, str, str]
"""Ids of an industry, a province and a size."""

Unit = Literal["hundredths", "count", "grade"]
"""What the values of a distribution are: hundredths of a point; indicators at one grade; a grade."""

HIGHEST: Mapping[Unit, int] = {"hundredths": TOP, "count": 127, "grade": 127}
MOST = 10**12
"""No count is greater; sums of these are exact in 64 bits."""


class Shape(NamedTuple):
    """What the cells of a cohort hold, in the order of the model.

    Attributes:
        levels: ids, "none" first.
        values: names of distributions and what their values are; every enterprise counts in ``whole`` ones.
        dimensions: the scored ones.
        sizes: size ids and the number of employees from which each begins.
    """

    levels: tuple[str, ...]
    values: Mapping[str, Unit]
    dimensions: tuple[str, ...]
    sizes: Mapping[str, int]

    def whole(self, name: str) -> bool:
        """Whether every complete result has a value: the score and the counts of grades."""
        return name == SCORE or self.values[name] == "count"


class Part(NamedTuple):
    """The results of one input of a batch: how many, and a digest of them in any order."""

    digest: str
    results: int


class Counts(NamedTuple):
    """Results = counted + incomplete + duplicates. ``repeated``: duplicates that were counted all the same."""

    results: int = 0
    counted: int = 0
    incomplete: int = 0
    duplicates: int = 0
    repeated: int = 0

    def plus(self, other: Counts) -> Counts:
        """Both together."""
        return Counts(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))


class Cell(NamedTuple):
    """Enterprises of one industry, province and size: how many, by level, and how their values are spread."""

    enterprises: int
    levels: tuple[int, ...]
    values: Mapping[str, Distribution]

    @classmethod
    def sum(cls, cells: Iterable[Cell], shape: Shape) -> Cell:
        """All together."""
        held = list(cells)
        levels = tuple(sum(column) for column in zip(*(cell.levels for cell in held), strict=True))
        values = {name: Distribution.sum(c.values[name] for c in held if name in c.values) for name in shape.values}
        return cls(sum(cell.enterprises for cell in held), levels or (0,) * len(shape.levels), values)


@dataclass(frozen=True)
class Cohort:
    """Distributions of the complete results of one edition.

    Attributes:
        created: ISO date of the latest part.
    """

    model: str
    digest: str
    created: str
    shape: Shape
    parts: tuple[Part, ...]
    counts: Counts
    cells: Mapping[Key, Cell]

    def write(self, stream: IO[bytes]) -> None:
        """As JSON, one cell a line; the same cohort is always the same bytes."""
        head = {
            "schema": SCHEMA,
            "kind": "complete",
            "confidential": True,
            "notice": {lang: t("cohort.notice", lang) for lang in ("zh", "en")},
            "model": self.model,
            "digest": self.digest,
            "created": self.created,
            "sizes": dict(self.shape.sizes),
            "levels": list(self.shape.levels),
            "dimensions": list(self.shape.dimensions),
            "values": dict(self.shape.values),
            "counts": self.counts._asdict(),
            "parts": [part._asdict() for part in sorted(self.parts)],
        }
        text = json.dumps(head, ensure_ascii=False, indent=1).removesuffix("\n}")
        stream.write(f'{text},\n "cells": ['.encode())
        for index, key in enumerate(sorted(self.cells)):
            line = json.dumps(self._cell(key), ensure_ascii=False, separators=(",", ":"))
            stream.write(f"{',' if index else ''}\n{line}".encode())
        stream.write(b"\n]}\n")

    def _cell(self, key: Key) -> dict[str, Any]:
        cell = self.cells[key]
        spread = {
            name: {"at": found.at.tolist(), "counts": found.counts.tolist()}
            for name in self.shape.values
            if (found := cell.values.get(name, EMPTY)).at.size
        }
        return {
            **dict(zip(AXES, key, strict=True)),
            "enterprises": cell.enterprises,
            "levels": dict(zip(self.shape.levels, cell.levels, strict=True)),
            "values": spread,
        }


def shape_of(edition: Edition, columns: Iterable[str], sizes: Mapping[str, int]) -> Shape:
    """What a cohort of results with these *columns* holds; indicators are among them after ``batch --detail``."""
    from bamai.batch.kernel import grade_columns  # noqa: PLC0415  (reading needs no kernel)
    from bamai.model import NO_LEVEL  # noqa: PLC0415

    dimensions = edition.model.dimensions
    values: dict[str, Unit] = {SCORE: "hundredths"}
    for dimension in dimensions:
        if dimension.scored:
            values[dimension.id] = "hundredths"
        else:
            values |= dict.fromkeys(grade_columns(edition, dimension), "count")
    there = set(columns)
    if all(name in there for name in edition.indicators):
        for indicator in edition.indicators.values():
            graded = indicator.scoring.kind == "staged" and indicator.scoring.points is None
            values[indicator.id] = "grade" if graded else "hundredths"
    levels = (NO_LEVEL, *(level.id for level in edition.model.levels))
    return Shape(levels, values, tuple(d.id for d in dimensions if d.scored), sizes)


def merge(cohorts: Sequence[tuple[str, Cohort]]) -> Cohort:
    """All cohorts as one; whatever their order, or that of several merges, the result is the same.

    Args:
        cohorts: file names and cohorts, at least one.

    Raises:
        InputError: they are of different editions or sizes, or the same results are in two of them.
    """
    first_file, first = cohorts[0]
    problems: list[Problem] = []
    seen: dict[str, str] = {}
    shape = first.shape
    for file, cohort in cohorts:
        params: dict[str, object] = {"first": first_file}
        if (cohort.model, cohort.digest) != (first.model, first.digest):
            params |= {"found": f"{cohort.model} {cohort.digest}", "allowed": f"{first.model} {first.digest}"}
            problems.append(Problem("cohort_mixed", params, Place(file), "digest"))
            continue
        if cohort.shape.sizes != first.shape.sizes:
            params |= {"found": _spelt(cohort.shape.sizes), "allowed": _spelt(first.shape.sizes)}
            problems.append(Problem("cohort_sizes", params, Place(file), "sizes"))
        if len(cohort.shape.values) > len(shape.values):
            shape = cohort.shape
        for index, part in enumerate(cohort.parts):
            if part.digest in seen:
                params = {"results": part.results, "first": seen[part.digest]}
                problems.append(Problem("cohort_twice", params, Place(file), f"parts.{index}"))
            seen.setdefault(part.digest, file)
    problems += [
        Problem("cohort_shape", {"first": first_file}, Place(file))
        for file, cohort in cohorts
        if not problems and not _fits(cohort.shape, shape)
    ]
    if problems:
        raise InputError(problems)
    cells: dict[Key, list[Cell]] = {}
    for _, cohort in cohorts:
        for key, cell in cohort.cells.items():
            cells.setdefault(key, []).append(cell)
    counts = Counts()
    for _, cohort in cohorts:
        counts = counts.plus(cohort.counts)
    parts = sorted(part for _, cohort in cohorts for part in cohort.parts)
    created = max(cohort.created for _, cohort in cohorts)
    merged = {key: Cell.sum(held, shape) for key, held in cells.items()}
    return Cohort(first.model, first.digest, created, shape, tuple(parts), counts, merged)


def _spelt(sizes: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {start}+" for name, start in sizes.items())


def _fits(part: Shape, whole: Shape) -> bool:
    """Whether *part* holds what *whole* does, but for indicators that only ``batch --detail`` gives."""
    begins = list(part.values.items()) == list(whole.values.items())[: len(part.values)]
    return begins and (part.levels, part.dimensions) == (whole.levels, whole.dimensions)
