"""How far a withheld count can be from what it is, by all that is published: exactly, as an integer programme.

What the solver proposes is believed only after it was held against every published count.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import highspy
import numpy as np

from bamai.cohort.suppression import TABLE, TABLES, Axes, Place, margins
from bamai.roadmap.program import quiet_solver

if TYPE_CHECKING:
    from bamai.answers import Flags, Ints

MOST_NODES = 1_000
"""Branches after which a table is given up: few need more than one."""


def nearest(numbers: Ints, hidden: Mapping[Axes, Flags], axes: Axes, cell: Place, aim: int) -> int:
    """The count of *cell* in the table that comes nearest to *aim*, of all tables with the same published counts.

    Args:
        hidden: by margin what is not published; what a withheld cell is made of is withheld.
        aim: what the count is to be; beyond it no table is looked for.
    """
    known = margins(numbers)
    here = int(known[axes][cell])
    free = hidden[TABLE]
    index = np.full(numbers.shape, -1)
    index[free] = np.arange(np.count_nonzero(free))
    total = int(numbers.sum())
    solver = quiet_solver()
    solver.setOptionValue("mip_max_nodes", MOST_NODES)
    for variable in range(int(np.count_nonzero(free))):
        solver.addVar(0, total)
        solver.changeColIntegrality(variable, highspy.HighsVarType.kInteger)

    def inside(margin: Axes, place: Place) -> tuple[slice | int, ...]:
        at = dict(zip(margin, place, strict=True))
        return tuple(at.get(axis, slice(None)) for axis in range(3))

    def row(part: tuple[slice | int, ...], low: int, high: int) -> Ints:
        variables = np.atleast_1d(index[part]).ravel()
        variables = variables[variables >= 0]
        solver.addRow(low, high, len(variables), variables.astype(np.int32), np.ones(len(variables)))
        return variables

    for margin in ((), *TABLES[:-1]):
        for place in np.argwhere(~hidden[margin]).tolist() if margin else [[]]:
            part = inside(margin, tuple(place))
            value = int((numbers[part] * free[part]).sum())
            row(part, value, value)
    # the cell itself is withheld, so that all it is made of is free
    for variable in row(inside(axes, cell), min(here, aim), max(here, aim)).tolist():
        solver.changeColCost(variable, 1.0 if aim < here else -1.0)
    solver.run()
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return here
    found = numbers.copy()
    found[free] = np.rint(solver.getSolution().col_value)
    told = margins(found)
    same = all((told[margin] == known[margin])[~hidden[margin]].all() for margin in TABLES)
    return int(told[axes][cell]) if same and int(found.sum()) == total and (found >= 0).all() else here
