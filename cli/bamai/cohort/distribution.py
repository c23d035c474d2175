"""How values are spread over many enterprises: integers and how often each occurs. They add up in any order."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from bamai.schema import MILLION

if TYPE_CHECKING:
    from bamai.answers import Ints

HUNDREDTH = MILLION // 100
TOP = 100 * 100
"""The highest score, in hundredths of a point."""

PERCENTILES = (10, 25, 50, 75, 90)


def hundredths(millionths: Ints) -> Ints:
    """Scores in millionths as hundredths of a point, half up."""
    return (millionths + HUNDREDTH // 2) // HUNDREDTH


class Distribution(NamedTuple):
    """Values, strictly increasing, and how many enterprises have each."""

    at: Ints
    counts: Ints

    @classmethod
    def of(cls, values: Ints) -> Distribution:
        """The distribution of single values."""
        return cls(*np.unique(values, return_counts=True))

    @classmethod
    def sum(cls, parts: Iterable[Distribution]) -> Distribution:
        """All together."""
        held = list(parts)
        if not held:
            return EMPTY
        if len(held) == 1:
            return held[0]
        return cls(*added(np.concatenate([p.at for p in held]), np.concatenate([p.counts for p in held])))

    @property
    def number(self) -> int:
        """How many enterprises."""
        return int(self.counts.sum())

    def percentile(self, percent: int) -> int:
        """The smallest value that at least *percent* % of the enterprises do not exceed (nearest rank).

        Raises:
            ValueError: there are no enterprises.
        """
        if not self.number:
            raise ValueError("no enterprises")
        return int(self.at[np.searchsorted(np.cumsum(self.counts), rank_of(percent, self.number))])

    def below(self, value: int) -> int:
        """How many enterprises have less than *value*."""
        return int(self.counts[: np.searchsorted(self.at, value)].sum())


def rank_of(percent: int, number: int) -> int:
    """Which of *number* values in order is the percentile: 1 is the lowest."""
    return max(1, -(-percent * number // 100))


EMPTY = Distribution(np.zeros(0, np.int64), np.zeros(0, np.int64))


def added(keys: Ints, counts: Ints) -> tuple[Ints, Ints]:
    """Distinct keys in order, with the sum of the counts of each."""
    order = np.argsort(keys, kind="stable")
    keys, counts = keys[order], counts[order]
    first = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1]))) if keys.size else np.zeros(0, np.intp)
    return keys[first], np.add.reduceat(counts, first) if first.size else counts
