"""Hostile input: a bounded, repeatable run of what the scripts in ``tests/fuzz`` do for as long as one likes."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from fuzz import answers_files, cohorts, journals, rows, rule_files, workbooks
from fuzz.hostile import Door, entered, patience

DOORS = [door for module in (answers_files, cohorts, journals, rows, rule_files, workbooks) for door in module.DOORS]
MANY = {"answers": 150, "changes": 1500, "journal": 250, "xls": 100}
FEW = 25


@pytest.mark.parametrize("door", DOORS, ids=[door.name for door in DOORS])
def test_hostile_input_is_refused_in_words_or_taken(door: Door, tmp_path: Path) -> None:
    random = Random(20260301)
    corpus = list(door.seeds())
    for content in corpus:
        came = entered(door, content, tmp_path)
        assert "REFUSED" not in came and "FAILED" not in came, came
    for _ in range(MANY.get(door.name, FEW)):
        content = door.broken(random, random.choice(corpus))
        with patience():
            assert entered(door, content, tmp_path)
