"""A 0/1 programme over moves, solved by HiGHS. It proposes; whether a proposal holds is for the scorer to say.

The solver computes in floats, so every row that stands for a rounded score is slack by what rounding can add, and
what it proposes beyond that is cut off by the caller. No answer that holds is ever excluded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

TOLERANCE = 1e-9
"""What a row may be violated by; the slack of a score row is at least ten times that."""


class Program:
    """Binary variables, rows ``low <= sum(coefficient * variable)``, one objective at a time.

    Raises:
        ImportError: HiGHS is not installed.
    """

    def __init__(self, groups: Sequence[Sequence[int]], forced: Iterable[int], variables: int) -> None:
        """*groups*: variables of which one at most is 1 (exactly one in those of *forced*, by position)."""
        import highspy  # noqa: PLC0415  (only a road map needs it)

        self._highspy = highspy
        self._infinity = highspy.kHighsInf
        self._solver = highspy.Highs()
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
            self._solver.setOptionValue(name, value)
        self._variables = variables
        self._columns = 0
        self._add_columns(variables)
        must = set(forced)
        for position, group in enumerate(groups):
            if group:
                self._row(dict.fromkeys(group, 1.0), 1.0 if position in must else 0.0, 1.0)
        self._costs = np.zeros(variables)

    def at_least(self, coefficients: Mapping[int, float], low: float) -> None:
        """Add a row."""
        self._row(coefficients, low, self._infinity)

    def at_most(self, coefficients: Mapping[int, float], high: float) -> None:
        """Add a row."""
        self._row(coefficients, -self._infinity, high)

    def any_of(self, rows: Sequence[tuple[Mapping[int, float], float, float]]) -> None:
        """At least one of *rows* (coefficients, low, the least their sum can be) holds."""
        first = self._columns
        self._add_columns(len(rows))
        for offset, (coefficients, low, least) in enumerate(rows):
            self._row({**coefficients, first + offset: -(low - least)}, least, self._infinity)
        self._row({first + offset: 1.0 for offset in range(len(rows))}, 1.0, self._infinity)

    def fix(self, variable: int, value: int) -> None:
        """Settle a variable."""
        self._solver.changeColBounds(variable, float(value), float(value))

    def solve(self, costs: Mapping[int, float], *, maximise: bool = False) -> frozenset[int] | None:
        """The variables that are 1 where *costs* sum to the least (or most); None where no choice keeps all rows."""
        sense = self._highspy.ObjSense.kMaximize if maximise else self._highspy.ObjSense.kMinimize
        self._solver.changeObjectiveSense(sense)
        for variable in range(self._variables):
            cost = costs.get(variable, 0.0)
            if cost != self._costs[variable]:
                self._solver.changeColCost(variable, cost)
                self._costs[variable] = cost
        self._solver.run()
        status = self._solver.getModelStatus()
        if status == self._highspy.HighsModelStatus.kInfeasible:
            return None
        if status != self._highspy.HighsModelStatus.kOptimal:
            raise RuntimeError(f"HiGHS: {self._solver.modelStatusToString(status)}")
        values = self._solver.getSolution().col_value
        return frozenset(index for index in range(self._variables) if values[index] > 0.5)

    def _add_columns(self, count: int) -> None:
        for _ in range(count):
            self._solver.addVar(0.0, 1.0)
            self._solver.changeColIntegrality(self._columns, self._highspy.HighsVarType.kInteger)
            self._columns += 1

    def _row(self, coefficients: Mapping[int, float], low: float, high: float) -> None:
        present = {index: value for index, value in coefficients.items() if value != 0.0}
        indexes = np.fromiter(present, np.int32, len(present))
        values = np.fromiter(present.values(), np.float64, len(present))
        self._solver.addRow(low, high, len(present), indexes, values)
