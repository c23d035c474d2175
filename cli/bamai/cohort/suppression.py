"""Which cells of a table of enterprises, and of all its margins, must be withheld.

Withheld are cells of fewer than ``least`` enterprises, all that a withheld margin is made of, and as many others as
it takes to protect these. Protected is a cell when other tables, just as possible by all that is published, give it
other counts, the greatest and the least of them at least ``least - 1`` apart: as wide a range as the words "fewer
than ``least``" leave. Such tables are made here, one after the other, by moving enterprises about where only withheld
cells change:

- *line*: between two categories that are withheld themselves, all else equal;
- *rectangle*: along one side and back along the other, in a pair of axes whose four cells are withheld;
- *cube*: eight withheld cells, by turns more and fewer; no margin changes.

Where no move is free, the one is taken that withholds the fewest enterprises for what it moves; but before a margin is
withheld, in tables that are not large, all possible tables are asked how far apart they are
(:mod:`bamai.cohort.tables`), for that may be enough already. Where there is no move, a whole category is withheld,
which makes room for more of them. Nothing is left to chance; and since no table that is possible becomes impossible
by withholding more, what is protected stays so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from bamai.answers import Flags, Ints

Axes = tuple[int, ...]
"""Which axes a margin keeps: (0,) industries, (0, 2) industries by size, (0, 1, 2) the table itself."""

Place = tuple[int, ...]

TABLES: tuple[Axes, ...] = tuple(axes for size in (1, 2, 3) for axes in combinations(range(3), size))
TABLE = TABLES[-1]

MOST_FREE = 1_000
"""Withheld cells of the table up to which all possible tables are asked; large tables have moves enough."""

FREE = 2.0**-10
"""What a move costs that withholds nothing new: so little that of such moves only what they move matters."""


def withheld(numbers: Ints, least: int) -> Mapping[Axes, Flags]:
    """The cells of each margin that must not be published.

    Args:
        numbers: enterprises by industry, province and size; no category is empty.
        least: what a published cell must have; the range of a withheld one is at least ``least - 1`` wide.

    Returns:
        by margin an array of flags. Of fewer than *least* enterprises altogether not even the total may be published.
    """
    return _Suppression(numbers, least).run()


class _Move(NamedTuple):
    """A way to change a cell.

    Attributes:
        price: enterprises to withhold for each that is moved.
        hide: cells of margins to withhold.
        takes, gives: parts of the table, all of one shape; in each place as many are taken as the least of ``gives``.
    """

    price: float
    hide: list[tuple[Axes, Place]]
    takes: list[Part]
    gives: list[Part]


class _Suppression:
    def __init__(self, numbers: Ints, least: int) -> None:
        self._x = numbers
        self._width = least - 1
        self._n = margins(numbers)
        self._low = {axes: n.copy() for axes, n in self._n.items()}
        self._high = {axes: n.copy() for axes, n in self._n.items()}
        self._hidden = {axes: n < least for axes, n in self._n.items()}

    def run(self) -> Mapping[Axes, Flags]:
        while True:
            self._inherit()
            for axes in TABLES:
                # an empty cell says nothing of anybody
                narrow = self._high[axes] - self._low[axes] < self._width
                unsafe = self._hidden[axes] & (self._n[axes] > 0) & narrow
                if unsafe.any():
                    # the largest first: what protects it protects many others
                    at = np.argmax(np.where(unsafe, self._n[axes], -1))
                    self._protect(axes, tuple(int(i) for i in np.unravel_index(at, unsafe.shape)))
                    break
            else:
                return self._hidden

    def _inherit(self) -> None:
        """What a withheld cell is made of is withheld."""
        for axes in TABLES:
            for part in TABLES:
                if len(part) < len(axes) and set(part) <= set(axes):
                    over = self._hidden[part][tuple(slice(None) if axis in part else None for axis in axes)]
                    self._hidden[axes] |= over

    def _protect(self, axes: Axes, cell: Place) -> None:
        """Make tables in which *cell* has other counts, until these are far enough apart."""
        for more in (True, False):
            y = self._x.copy()
            while (need := self._width - int(self._high[axes][cell] - self._low[axes][cell])) > 0:
                move = self._best(axes, cell, more, y, need) or self._detour(axes, cell, more, y, need)
                if move is None:
                    break
                # a margin is a lot to withhold: it may not be needed
                costly = any(of != TABLE and not self._hidden[of][place] for of, place in move.hide)
                if costly and self._apart(axes, cell):
                    return
                self._make(move, y)
                self._note(y)
        if self._high[axes][cell] - self._low[axes][cell] < self._width and not self._apart(axes, cell):
            self._widen(dict(zip(axes, cell, strict=True)))

    def _apart(self, axes: Axes, cell: Place) -> bool:
        """Whether *cell* is protected as things stand, though no moves were found that show it."""
        from bamai.cohort.tables import nearest  # noqa: PLC0415  (few tables need the solver)

        if np.count_nonzero(self._hidden[TABLE]) > MOST_FREE:
            return False
        low, high = self._low[axes], self._high[axes]
        high[cell] = max(int(high[cell]), nearest(self._x, self._hidden, axes, cell, int(low[cell]) + self._width))
        if high[cell] - low[cell] < self._width:
            aim = max(0, int(high[cell]) - self._width)
            low[cell] = min(int(low[cell]), nearest(self._x, self._hidden, axes, cell, aim))
        return bool(high[cell] - low[cell] >= self._width)

    def _best(self, axes: Axes, cell: Place, more: bool, y: Ints, need: int) -> _Move | None:
        best = None
        for move in self._moves(axes, cell, more, y, need):
            if move.price * need <= FREE:
                return move  # nothing is better: it costs nothing and moves enough
            if best is None or move.price < best.price:
                best = move
        return best

    def _detour(self, axes: Axes, cell: Place, more: bool, y: Ints, need: int) -> _Move | None:
        """A move of *cell* after one that brings enterprises beside it; *y* is then where that one ended."""
        here = int(margins(y)[axes][cell])
        for axis in axes if more else ():
            for k in range(self._x.shape[axis]):
                beside = tuple(k if a == axis else i for a, i in zip(axes, cell, strict=True))
                if beside == cell or not self._hidden[axes][beside]:
                    continue
                first = self._best(axes, beside, True, y, need)
                if first is None:
                    continue
                z = y.copy()
                self._shift(first, z)
                then = self._best(axes, cell, more, z, need)
                if then is not None and int(margins(z)[axes][cell]) >= here:
                    self._make(first, y)
                    return then
        return None

    def _widen(self, at: Mapping[int, int]) -> None:
        """Withhold a whole category: of the cell that cannot be protected otherwise, else the smallest there is."""
        own = [(int(self._n[axis,][i]), axis, i) for axis, i in at.items() if not self._hidden[axis,][i]]
        rest = [(int(n), axis, i) for axis in range(3) for i, n in enumerate(self._n[axis,].tolist())
                if not self._hidden[axis,][i] and len(self._n[axis,]) > 1]  # fmt: skip
        chosen = min((c for c in own if c in rest), default=min(rest, default=None))
        if chosen is None:
            self._hide_all()
        else:
            self._hidden[chosen[1],][chosen[2]] = True

    def _make(self, move: _Move, y: Ints) -> None:
        new = [(axes, place) for axes, place in move.hide if not self._hidden[axes][place]]
        for axes, place in new:
            self._hidden[axes][place] = True
        if new:
            self._inherit()
        self._shift(move, y)

    @staticmethod
    def _shift(move: _Move, y: Ints) -> None:
        amount = np.minimum.reduce([y[part] for part in move.gives])
        for part in move.takes:
            y[part] += amount
        for part in move.gives:
            y[part] -= amount

    def _note(self, y: Ints) -> None:
        """Remember what *y* makes possible."""
        for axes, n in margins(y).items():
            np.minimum(self._low[axes], n, out=self._low[axes])
            np.maximum(self._high[axes], n, out=self._high[axes])

    def _hide_all(self) -> None:
        """Only the total is left, and every table of so many enterprises is possible."""
        total = int(self._x.sum())
        for axes in TABLES:
            # along the one category of an axis there is nothing to hide
            if any(self._x.shape[axis] > 1 for axis in axes):
                self._hidden[axes][:] = True
            self._low[axes][:], self._high[axes][:] = 0, max(total, self._width)

    # ── moves ────────────────────────────────────────────────────────────────────────────────────

    def _moves(self, axes: Axes, cell: Place, more: bool, y: Ints, need: int) -> Iterator[_Move]:
        """The best move of each kind that changes *cell*."""
        at = dict(zip(axes, cell, strict=True))
        if axes == TABLE:
            yield from self._cubes(cell, more, y, need)
        for plane in combinations(axes, 2):
            yield from self._rectangles(at, plane, more, y, need)
        for axis in axes:
            yield from self._lines(at, axis, more, y, need)

    def _cubes(self, cell: Place, more: bool, y: Ints, need: int) -> Iterator[_Move]:
        cost = np.where(self._hidden[TABLE], 0, self._x)
        there, costs = _corners(y, cell), _corners(cost, cell)
        gain = np.minimum.reduce(np.broadcast_arrays(*(there[1::2] if more else there[::2])))
        best = _cheapest(sum(costs[1:], costs[0]), gain, need, cell)
        if best is None:
            return
        price, other = best
        pairs = list(zip(cell, other, strict=True))
        corners = [tuple(pair[bit] for pair, bit in zip(pairs, bits, strict=True)) for bits in _BITS]
        parts = [tuple(slice(i, i + 1) for i in corner) for corner in corners]
        hide = [(TABLE, corner) for corner in corners]
        yield _move(price, hide, parts[::2], parts[1::2], more)

    def _rectangles(self, at: Mapping[int, int], plane: Axes, more: bool, y: Ints, need: int) -> Iterator[_Move]:
        """Moves in the cells of *plane*, in all layers, or in that of a cell of the table itself."""
        left = next(axis for axis in range(3) if axis not in plane)
        layer = slice(at[left], at[left] + 1) if left in at else slice(None)
        z = np.moveaxis(y, (*plane, left), (0, 1, 2))[:, :, layer]
        i, j = at[plane[0]], at[plane[1]]
        gain = (np.minimum(z[:, j][:, None], z[i][None]) if more else np.minimum(z[i, j], z)).sum(axis=2)
        cost = np.where(self._hidden[plane], 0, self._n[plane])
        # every cell of a margin stands for cells of the table too
        best = _cheapest(2 * (cost[i, j] + cost[:, j][:, None] + cost[i][None] + cost), gain, need, (i, j))
        if best is None:
            return
        price, (k, m) = best
        corners = [(i, j), (i, m), (k, m), (k, j)]
        parts = [_part({plane[0]: slice(u, u + 1), plane[1]: slice(v, v + 1), left: layer}) for u, v in corners]
        yield _move(price, [(plane, corner) for corner in corners], parts[::2], parts[1::2], more)

    def _lines(self, at: Mapping[int, int], axis: int, more: bool, y: Ints, need: int) -> Iterator[_Move]:
        """Moves between categories of *axis*."""
        here = _part({a: slice(i, i + 1) for a, i in at.items()})
        line = _part({a: slice(i, i + 1) for a, i in at.items() if a != axis})
        numbers = y[line].sum(axis=tuple(a for a in range(3) if a != axis))
        gain = numbers if more else np.full_like(numbers, numbers[at[axis]])
        cost = np.where(self._hidden[axis,], 0, self._n[axis,])
        best = _cheapest(4 * (cost[at[axis]] + cost), gain, need, (at[axis],))
        if best is None:
            return
        price, (k,) = best
        there = _part({a: slice(i, i + 1) for a, i in {**at, axis: k}.items()})
        yield _move(price, [((axis,), (at[axis],)), ((axis,), (k,))], [here], [there], more)


Part = tuple[slice, ...]

_BITS = ((0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0), (1, 0, 1), (0, 0, 1), (0, 1, 1), (1, 1, 1))
"""The corners of a cube, by turns those that change as the first one does and those that change against it."""


def _corners(table: Ints, cell: Place) -> list[Ints]:
    """What each corner of the cubes between *cell* and every other cell has, in the order of :data:`_BITS`."""
    found = []
    for bits in _BITS:
        index = tuple(slice(None) if bit else slice(i, i + 1) for bit, i in zip(bits, cell, strict=True))
        found.append(table[index])
    return found


def _cheapest(cost: Ints, gain: Ints, need: int, cell: Place) -> tuple[float, Place] | None:
    """Price and place of the best opposite corner; it shares nothing with *cell*."""
    fits = gain > 0
    for axis, index in enumerate(cell):
        fits[(slice(None),) * axis + (index,)] = False
    if not fits.any():
        return None
    # of moves that cost nothing the one that moves most
    price = np.where(fits, (cost + FREE) / np.minimum(np.maximum(gain, 1), need), np.inf)
    index = int(np.argmin(price))
    return float(price.flat[index]), tuple(int(i) for i in np.unravel_index(index, price.shape))


def _move(price: float, hide: list[tuple[Axes, Place]], first: list[Part], second: list[Part], more: bool) -> _Move:
    return _Move(price, hide, first, second) if more else _Move(price, hide, second, first)


def _part(at: Mapping[int, slice]) -> Part:
    return tuple(at.get(axis, slice(None)) for axis in range(3))


def margins(numbers: Ints) -> dict[Axes, Ints]:
    """The table, and what it adds up to by fewer axes."""
    return {axes: numbers.sum(axis=tuple(axis for axis in range(3) if axis not in axes)) for axes in TABLES}
