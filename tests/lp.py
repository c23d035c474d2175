"""Linear programs, exactly: the simplex over fractions, for as many variables as a small table has cells."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

Row = list[Fraction]


class Polytope:
    """All ``x ≥ 0`` with ``rows · x = values``; the values are not negative, and there is such an x."""

    def __init__(self, rows: Sequence[Sequence[int]], values: Sequence[int], variables: int) -> None:
        self._variables = variables
        count = len(rows)
        # one artificial variable a row; what they come to is brought down to nothing
        self._table: list[Row] = [
            [Fraction(v) for v in (*row, *(int(i == j) for j in range(count)), value)]
            for i, (row, value) in enumerate(zip(rows, values, strict=True))
        ]
        self._basis = [variables + i for i in range(count)]
        goal = self._goal([0] * variables + [-1] * count)
        assert self._run(self._table, self._basis, goal, variables + count) == 0, "no such x"
        for i in [i for i, name in enumerate(self._basis) if name >= variables]:
            column = next((j for j in range(variables) if self._table[i][j] != 0), None)
            if column is not None:
                _pivot(self._table, self._basis, goal, i, column)
        kept = [i for i, name in enumerate(self._basis) if name < variables]
        self._table = [[*self._table[i][:variables], self._table[i][-1]] for i in kept]
        self._basis = [self._basis[i] for i in kept]

    def greatest(self, aim: Sequence[int]) -> Fraction | None:
        """The greatest value of ``aim · x``; None where there is no end."""
        table, basis = [row.copy() for row in self._table], self._basis.copy()
        return self._run(table, basis, self._goal(list(aim)), self._variables)

    def width(self, aim: Sequence[int]) -> Fraction | None:
        """How far apart the greatest and the least value of ``aim · x`` are."""
        most, least = self.greatest(aim), self.greatest([-a for a in aim])
        return None if most is None or least is None else most + least

    def _goal(self, aim: list[int]) -> Row:
        goal = [Fraction(a) for a in (*aim, 0)]
        for row, name in zip(self._table, self._basis, strict=True):
            factor = goal[name]
            if factor:
                goal = [g - factor * r for g, r in zip(goal, row, strict=True)]
        return goal

    @staticmethod
    def _run(table: list[Row], basis: list[int], goal: Row, variables: int) -> Fraction | None:
        while True:
            # the first of each, by Bland's rule: it never runs in circles
            column = next((j for j in range(variables) if goal[j] > 0), None)
            if column is None:
                return -goal[-1]
            ratios = [(row[-1] / row[column], basis[i], i) for i, row in enumerate(table) if row[column] > 0]
            if not ratios:
                return None
            _pivot(table, basis, goal, min(ratios)[2], column)


def _pivot(table: list[Row], basis: list[int], goal: Row, line: int, column: int) -> None:
    basis[line] = column
    by = table[line][column]
    table[line] = pivot = [value / by for value in table[line]]
    for row in (*(row for i, row in enumerate(table) if i != line), goal):
        factor = row[column]
        if factor:
            row[:] = [value - factor * p for value, p in zip(row, pivot, strict=True)]
