"""What of a cohort anybody may know: numbers of enterprises, percentiles and shares of levels, by every margin.

Cells of few enterprises are withheld, and others with them (:mod:`bamai.cohort.suppression`): subtracting what is
published leaves of each as much open as the words "fewer than ``min_cell``" do. Shares of levels are rounded so
coarsely that a count below ``min_cell`` might also be none, or any of as many others. A percentile is the score of some
enterprise: it is given only where at least ``min_cell`` have no more, and as many no less.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import product
from typing import Any, NamedTuple

import numpy as np

from bamai.cohort.complete import AXES, SCHEMA, SCORE, Cell, Cohort, Counts, Shape
from bamai.cohort.distribution import PERCENTILES, Distribution, rank_of
from bamai.cohort.suppression import TABLES, withheld
from bamai.errors import InputError, Problem
from bamai.texts import t

Margin = tuple[str | None, str | None, str | None]
"""A cell of any margin: None stands for all industries, provinces or sizes."""

Points = tuple[int | None, ...]
"""The percentiles of :data:`~bamai.cohort.distribution.PERCENTILES`, in hundredths of a point."""

EVERYTHING: Margin = (None, None, None)

SMALLEST, USUAL = 3, 5
"""The least number of enterprises of a published cell that may be asked for, and the usual one."""

MOST_COMBINATIONS = 100_000
"""Of industries, provinces and sizes; what to withhold of so many takes minutes to find. A nation has some 20,000."""

STEPS = (1, 2, 4, 5, 10, 20, 25, 50)
"""Percentages that shares of levels may be rounded to multiples of; they divide a hundred."""


class Summary(NamedTuple):
    """One published cell.

    Attributes:
        enterprises: how many.
        percentiles: the 10th, 25th, 50th, 75th and 90th of the total score and of each dimension, in hundredths of
            a point; None where too few of them have no more, or no less, and None for all where that is so of each.
        levels: share of each level in percent, rounded; None where the cell is too small for any.
    """

    enterprises: int
    percentiles: Mapping[str, Points | None]
    levels: tuple[int, ...] | None


@dataclass(frozen=True)
class Published:
    """A cohort that anybody may read. ``parts``: of how many inputs it is made."""

    model: str
    digest: str
    created: str
    shape: Shape
    min_cell: int
    counts: Counts
    parts: int
    cells: Mapping[Margin, Summary]

    def data(self) -> dict[str, Any]:
        """As plain data: schema ``bamai.cohort/1``, numbers as exact decimals."""
        return {
            "schema": SCHEMA,
            "kind": "published",
            "confidential": False,
            "notice": {lang: t("cohort.published_notice", lang, least=self.min_cell) for lang in ("zh", "en")},
            "model": self.model,
            "digest": self.digest,
            "created": self.created,
            "sizes": dict(self.shape.sizes),
            "levels": list(self.shape.levels),
            "dimensions": list(self.shape.dimensions),
            "min_cell": self.min_cell,
            "counts": self.counts._asdict(),
            "parts": self.parts,
            "cells": [self._cell(key) for key in sorted(self.cells, key=_order)],
        }

    def _cell(self, key: Margin) -> dict[str, Any]:
        cell = self.cells[key]
        percentiles = {
            name: None
            if points is None
            else {f"p{p}": None if v is None else _points(v) for p, v in zip(PERCENTILES, points, strict=True)}
            for name, points in cell.percentiles.items()
        }
        levels = None
        if cell.levels is not None:
            levels = {name: _points(share) for name, share in zip(self.shape.levels, cell.levels, strict=True)}
        return {**dict(zip(AXES, key, strict=True)), "enterprises": cell.enterprises, "percentiles": percentiles,
                "levels": levels}  # fmt: skip


def _points(hundredths: int) -> Decimal:
    return Decimal(hundredths).scaleb(-2)


def _order(key: Margin) -> tuple[Any, ...]:
    return sum(part is not None for part in key), tuple(part is None for part in key), tuple(p or "" for p in key)


def publish(cohort: Cohort, min_cell: int = USUAL) -> Published:
    """What may be published of *cohort*.

    Args:
        min_cell: enterprises that a cell must have, at least :data:`SMALLEST`.

    Raises:
        InputError: there are not even so many enterprises altogether, or more groups than can be looked through.
    """
    if cohort.counts.counted < min_cell:
        raise InputError(Problem("cohort_too_small", {"allowed": min_cell}))
    names = [sorted({key[axis] for key in cohort.cells}) for axis in range(3)]
    combinations = math.prod(map(len, names))
    if combinations > MOST_COMBINATIONS:
        raise InputError(Problem("cohort_too_wide", {"found": combinations, "most": MOST_COMBINATIONS}))
    numbers = np.zeros([len(axis) for axis in names], np.int64)
    for key, cell in cohort.cells.items():
        numbers[tuple(names[axis].index(part) for axis, part in enumerate(key))] = cell.enterprises
    hidden = withheld(numbers, min_cell)
    keys = [EVERYTHING]
    for axes in TABLES:
        for index in np.argwhere(~hidden[axes]).tolist():
            at = dict(zip(axes, index, strict=True))
            parts = [names[axis][at[axis]] if axis in at else None for axis in range(3)]
            keys.append((parts[0], parts[1], parts[2]))
    inside: dict[Margin, list[Cell]] = {key: [] for key in keys}
    for (industry, province, size), cell in cohort.cells.items():
        for where in product((industry, None), (province, None), (size, None)):
            if where in inside:
                inside[where].append(cell)
    shape = cohort.shape._replace(values=dict.fromkeys((SCORE, *cohort.shape.dimensions), "hundredths"))
    cells = {key: summary(Cell.sum(held, shape), shape, min_cell) for key, held in inside.items()}
    return Published(cohort.model, cohort.digest, cohort.created, shape, min_cell, cohort.counts,
                     len(cohort.parts), cells)  # fmt: skip


def margin(cohort: Cohort, key: Margin) -> Cell:
    """The cells of *cohort* that *key* stands for, together."""
    chosen = (
        cell for name, cell in cohort.cells.items()
        if all(want is None or want == part for want, part in zip(key, name, strict=True))
    )  # fmt: skip
    return Cell.sum(chosen, cohort.shape)


def summary(cell: Cell, shape: Shape, min_cell: int) -> Summary:
    """What a published cell says."""
    names = (SCORE, *shape.dimensions)
    percentiles = {name: _percentiles(cell.values[name], min_cell) for name in names}
    return Summary(cell.enterprises, percentiles, _shares(cell.levels, min_cell))


def _percentiles(found: Distribution, min_cell: int) -> Points | None:
    def between(percent: int) -> bool:
        rank = rank_of(percent, found.number)
        return rank >= min_cell and found.number - rank + 1 >= min_cell

    points = tuple(found.percentile(percent) if between(percent) else None for percent in PERCENTILES)
    return None if points == (None,) * len(points) else points


def _shares(levels: tuple[int, ...], min_cell: int) -> tuple[int, ...] | None:
    """Shares in percent, rounded half up to multiples of the smallest step that is at least ``4 × min_cell``
    enterprises wide.

    A rounded share then leaves ``2 × min_cell`` open in either direction, and a count below ``min_cell`` has the
    share 0. The other levels narrow that where they all are nearly as many as they can be, or as few. In the one case
    what is possible begins above none but is as wide as before; in the other it ends early but begins with none.
    """
    number = sum(levels)
    step = next((step for step in STEPS if step * number >= 400 * min_cell), None)
    if step is None:
        return None
    return tuple((2 * 100 * count + step * number) // (2 * step * number) * step for count in levels)
