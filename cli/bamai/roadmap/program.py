"""A 0/1 programme over moves, solved by HiGHS. It proposes; whether a proposal holds is for the scorer to say.

The solver computes in floats, so every row that stands for a rounded score is slack by more than rounding and
floats can make up; what it proposes beyond that is cut off by the caller. No answer that holds is ever excluded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import highspy
import numpy as np

TOLERANCE = 1e-9
"""What HiGHS may violate a row by."""


class _Silent(highspy.Highs):
    """It greets on stdout while it is made (from 1.16 on), before anybody can ask it not to."""

    def enableCallbacks(self) -> None:  # noqa: N802  (its name, and the first that the constructor calls)
        self.silent()
        super().enableCallbacks()  # type: ignore[no-untyped-call]


def quiet_solver() -> highspy.Highs:
    """A solver that says nothing, goes on to the optimum, and does the same every time."""
    solver = _Silent()  # type: ignore[no-untyped-call]
    options: dict[str, bool | int | float] = {
        "output_flag": False,
        "threads": 1,
        "random_seed": 0,
        "mip_rel_gap": 0.0,
        "mip_abs_gap": 1e-9,
        "primal_feasibility_tolerance": TOLERANCE,
        "mip_feasibility_tolerance": TOLERANCE,
    }
    for name, value in options.items():
        solver.setOptionValue(name, value)
    return solver


class Program:
    """Variables that are 0 or 1, rows ``low <= sum(coefficient * variable)``, one objective at a time."""

    def __init__(self, groups: Iterable[tuple[Sequence[int], bool]], variables: int) -> None:
        """*groups*: variables of which one at most is 1, or where the flag says so exactly one."""
        self._solver = quiet_solver()
        self._variables = variables
        self._columns = 0
        self._add(variables)
        for group, one in groups:
            self._row(dict.fromkeys(group, 1.0), 1.0 if one else 0.0, 1.0)
        self._costs = np.zeros(variables)

    def at_least(self, coefficients: Mapping[int, float], low: float) -> None:
        """Add a row."""
        self._row(coefficients, low, highspy.kHighsInf)

    def at_most(self, coefficients: Mapping[int, float], high: float) -> None:
        """Add a row."""
        self._row(coefficients, -highspy.kHighsInf, high)

    def between(self, coefficients: Mapping[int, float], low: float, high: float) -> None:
        """Add a row."""
        self._row(coefficients, low, high)

    def any_of(self, rows: Sequence[tuple[Mapping[int, float], float, float]]) -> None:
        """At least one of *rows* (coefficients, low, the least that the sum can be) holds."""
        first = self._columns
        self._add(len(rows))
        for switch, (coefficients, low, least) in enumerate(rows, first):
            self._row({**coefficients, switch: least - low}, least, highspy.kHighsInf)
        self._row(dict.fromkeys(range(first, self._columns), 1.0), 1.0, highspy.kHighsInf)

    def solve(self, costs: Mapping[int, float], *, maximise: bool = False) -> frozenset[int] | None:
        """The variables that are 1 where *costs* sum to the least (or most); None where no choice keeps all rows."""
        self._solver.changeObjectiveSense(highspy.ObjSense.kMaximize if maximise else highspy.ObjSense.kMinimize)
        for variable in range(self._variables):
            cost = costs.get(variable, 0.0)
            if cost != self._costs[variable]:
                self._solver.changeColCost(variable, cost)
                self._costs[variable] = cost
        self._solver.run()
        status = self._solver.getModelStatus()
        if status == highspy.HighsModelStatus.kInfeasible:
            return None
        if status not in (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kModelEmpty):
            raise RuntimeError(f"HiGHS: {self._solver.modelStatusToString(status)}")
        values = self._solver.getSolution().col_value
        return frozenset(index for index in range(self._variables) if values[index] > 0.5)

    def _add(self, count: int) -> None:
        for _ in range(count):
            self._solver.addVar(0.0, 1.0)
            self._solver.changeColIntegrality(self._columns, highspy.HighsVarType.kInteger)
            self._columns += 1

    def _row(self, coefficients: Mapping[int, float], low: float, high: float) -> None:
        present = {index: value for index, value in coefficients.items() if value != 0.0}
        indexes = np.fromiter(present, np.int32, len(present))
        values = np.fromiter(present.values(), np.float64, len(present))
        self._solver.addRow(low, high, len(present), indexes, values)
