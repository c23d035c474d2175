"""``bamai roadmap``: the optimum against going through every answer, laws, refusals, what is printed."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bamai.answers import Answers
from bamai.roadmap.mapping import RoadMap, road_map
from small_models import Case, small_case


def mapped(case: Case, to: str | None = None, budget: Decimal | None = None) -> RoadMap:
    return road_map(case.edition, "x", Answers(case.edition.ref), case.columns, case.efforts, to=to, budget=budget)


@pytest.mark.parametrize("hide", [False, True])
def test_no_combination_of_answers_is_cheaper(hide: bool) -> None:
    """Going through every answer of 200 small models finds the same least effort and the same number of steps."""
    found = moved = never = 0
    for seed in range(10_000):
        case = small_case(seed, hide=hide)
        if case is None:
            continue
        outcomes = list(case.every_outcome())
        for index in (1, 2):
            level = case.edition.model.levels[index]
            reaching = [outcome[:2] for outcome in outcomes if outcome[3] >= index]
            m = mapped(case, to=level.id)
            if not reaching:
                assert not m.reached, (seed, level.id)
                never += 1
                continue
            assert m.reached, (seed, level.id, min(reaching))
            assert (int(m.effort * 100), len(m.steps)) == min(reaching), (seed, level.id)
            assert m.after.at_least(level.id)
            moved += bool(m.steps)
        found += 1
        if found == 100:
            break
    assert found == 100 and moved > 60 and never > 10
