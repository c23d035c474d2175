"""Which cells of a table of enterprises, and of all its margins, must be withheld.

Withheld are cells of fewer than ``least`` enterprises, all that a withheld margin is made of, and as many others as
it takes to protect these: for every withheld cell with an enterprise in it there is another table, just as possible
by all that is published, in which it differs; the counts that are possible for it span at least ``least``.

Such tables are made by moving enterprises about where only withheld cells change:

- *line*: between two categories that are withheld themselves, all else equal;
- *rectangle*: along one side and back along the other, in a pair of axes whose four cells are withheld;
- *cube*: eight withheld cells, by turns more and fewer; no margin changes.

A cell that none of these moves far enough gets the one that costs the fewest enterprises. Nothing is solved and
nothing is left to chance: each withheld cell has its move when this ends, and more withholding only adds moves.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from bamai.answers import Flags, Ints

Axes = tuple[int, ...]
"""Which axes a margin keeps: (0,) industries, (0, 2) industries by size, (0, 1, 2) the table itself."""

TABLES: tuple[Axes, ...] = tuple(axes for size in (1, 2, 3) for axes in combinations(range(3), size))


def withheld(numbers: Ints, least: int) -> Mapping[Axes, Flags]:
    """The cells of each margin that must not be published.

    Args:
        numbers: enterprises by industry, province and size; no category is empty.
        least: what a published cell must have, and how wide the range of a withheld one must be.

    Returns:
        by margin an array of flags. Of fewer than *least* enterprises altogether not even the total may be published.
    """
    return _Suppression(numbers, least).run()


class _Suppression:
    def __init__(self, numbers: Ints, least: int) -> None:
        self._x = numbers
        self._least = least
        self._n = {axes: numbers.sum(axis=_others(axes)) for axes in TABLES}
        self._hidden = {axes: self._n[axes] < least for axes in TABLES}
        self._safe: dict[Axes, Flags] = {axes: self._n[axes] == 0 for axes in TABLES}

    def run(self) -> Mapping[Axes, Flags]:
        while True:
            self._inherit()
            for axes in TABLES:
                open_ = self._hidden[axes] & ~self._safe[axes]
                if open_.any():
                    break
            else:
                return self._hidden
            # the largest first: what protects them protects many others
            order = np.argmax(np.where(open_, self._n[axes], -1))
            self._protect(axes, tuple(int(i) for i in np.unravel_index(order, open_.shape)))

    def _inherit(self) -> None:
        """What a withheld cell is made of is withheld."""
        for axes in TABLES:
            for part in TABLES:
                if len(part) < len(axes) and set(part) <= set(axes):
                    self._hidden[axes] |= _spread(self._hidden[part], part, axes)

    def _protect(self, axes: Axes, cell: tuple[int, ...]) -> None:
        """Find or make a move for one cell."""
        moves = [*self._cubes(cell)] if len(axes) == 3 else []
        for plane in combinations(axes, 2):
            moves += self._rectangles(axes, cell, plane)
        for axis in axes:
            moves += self._lines(axes, cell, axis)
        if not moves:
            self._hide_all()
            return
        _, _, hide, safe = min(moves, key=lambda move: (move[0], move[1]))
        for table, where in hide:
            self._hidden[table][where] = True
        for where in safe:
            self._safe[axes][where] = True

    def _hide_all(self) -> None:
        """Only the total is left: any table of so many enterprises is possible then."""
        for axes in TABLES:
            if any(self._x.shape[axis] > 1 for axis in axes):
                self._hidden[axes][:] = True
            self._safe[axes][:] = True

    # ── moves: what they cost, a rank among equals, what to withhold, which cells they make safe ─────────

    def _cubes(self, cell: tuple[int, ...]) -> list[Move]:
        x, (i, p, s) = self._x, cell
        hidden = self._hidden[0, 1, 2]
        a, b, c = x[:, p, s][:, None, None], x[i, :, s][None, :, None], x[i, p, :][None, None, :]
        ab, ac, bc = x[:, :, s][:, :, None], x[:, p, :][:, None, :], x[i, :, :][None, :, :]
        plus = np.minimum(np.minimum(x[i, p, s], ab), np.minimum(ac, bc))
        minus = np.minimum(np.minimum(a, b), np.minimum(c, x))
        cost = np.where(hidden, 0, x)
        k = cost
        price = (
            k[i, p, s] + k[:, p, s][:, None, None] + k[i, :, s][None, :, None] + k[i, p, :][None, None, :]
            + k[:, :, s][:, :, None] + k[:, p, :][:, None, :] + k[i, :, :][None, :, :] + k
        )  # fmt: skip
        fits = plus + minus >= self._least
        fits[i], fits[:, p], fits[:, :, s] = False, False, False
        found = _cheapest(price, fits)
        if found is None:
            return []
        (j, q, r), value = found
        corners: list[tuple[int, ...]] = [(u, v, w) for u in (i, j) for v in (p, q) for w in (s, r)]
        return [(value, 0, [((0, 1, 2), corner) for corner in corners], corners)]

    def _rectangles(self, axes: Axes, cell: tuple[int, ...], plane: Axes) -> list[Move]:
        """Moves in the cells of *plane*; of a cell of the table itself, in its own layer."""
        left = next(axis for axis in range(3) if axis not in plane)
        x = np.moveaxis(self._x, (*plane, left), (0, 1, 2))
        at = dict(zip(axes, cell, strict=True))
        i, j = at[plane[0]], at[plane[1]]
        if left in at:
            x = x[:, :, at[left] : at[left] + 1]
        one = np.minimum(x[i, j], x).sum(axis=2)
        two = np.minimum(x[:, j][:, None], x[i][None]).sum(axis=2)
        number, hidden = self._n[plane], self._hidden[plane]
        cost = np.where(hidden, 0, number)
        price = cost[i, j] + cost[:, j][:, None] + cost[i][None, :] + cost
        fits = one + two >= self._least
        fits[i], fits[:, j] = False, False
        found = _cheapest(price, fits)
        if found is None:
            return []
        (k, m), value = found
        corners = [(i, j), (i, m), (k, j), (k, m)]
        safe = [self._place(axes, {**at, plane[0]: u, plane[1]: v}) for u, v in corners]
        return [(value, 1, [(plane, corner) for corner in corners], safe)]

    def _lines(self, axes: Axes, cell: tuple[int, ...], axis: int) -> list[Move]:
        """Moves between categories of *axis*, together with those that are withheld anyway."""
        at = dict(zip(axes, cell, strict=True))
        line = self._n[axes][tuple(slice(None) if a == axis else at[a] for a in axes)]
        hidden = self._hidden[axis,].copy()
        number = self._n[axis,]
        price = 0 if hidden[at[axis]] else int(number[at[axis]])
        hidden[at[axis]] = True
        chosen = [at[axis]]
        while hidden.sum() < 2 or line[hidden].sum() < self._least:
            useful = ~hidden & (line > 0) if hidden.sum() >= 2 else ~hidden
            if not useful.any():
                return []
            # the fewest enterprises for what it brings
            best = int(np.argmin(np.where(useful, number, np.iinfo(np.int64).max)))
            hidden[best] = True
            chosen.append(best)
            price += int(number[best])
        safe = [self._place(axes, {**at, axis: k}) for k in np.flatnonzero(hidden).tolist()]
        return [(price, 2, [((axis,), (k,)) for k in chosen], safe)]

    @staticmethod
    def _place(axes: Axes, at: Mapping[int, int]) -> tuple[int, ...]:
        return tuple(at[axis] for axis in axes)


Move = tuple[int, int, list[tuple[Axes, tuple[int, ...]]], list[tuple[int, ...]]]


def _cheapest(price: Ints, fits: npt.NDArray[np.bool_]) -> tuple[tuple[int, ...], int] | None:
    if not fits.any():
        return None
    index = int(np.argmin(np.where(fits, price, np.iinfo(np.int64).max)))
    return tuple(int(i) for i in np.unravel_index(index, price.shape)), int(price.flat[index])


def _others(axes: Axes) -> Axes:
    return tuple(axis for axis in range(3) if axis not in axes)


def _spread(flags: Flags, part: Axes, axes: Axes) -> Flags:
    """Flags of a margin over the axes of a finer one."""
    return flags[tuple(slice(None) if axis in part else None for axis in axes)]
