"""What tests share: the shipped edition, a copy of it to break, and the command line."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from bamai.answers import Answers, Cell, Column, Columns, Judge
from bamai.assessing import assess
from bamai.assessment import Assessment
from bamai.catalog import Catalog, Edition
from bamai.files import shipped_root

ROOT = Path(__file__).parents[1]

if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    # a job in the background has Ctrl-C ignored, and its children with it; tests press it
    signal.signal(signal.SIGINT, signal.default_int_handler)

ALL_TESTS = "BAMAI_ALL_TESTS" in os.environ
"""Set where nothing may be skipped for want of a program: what is missing fails then."""


def needs(present: bool, what: str) -> pytest.MarkDecorator:
    """Skips a test where something of the system is missing."""
    return pytest.mark.skipif(not present and not ALL_TESTS, reason=f"no {what}")


settings.register_profile("bamai", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("bamai")


@lru_cache
def edition(name: str) -> Edition:
    """A shipped edition, loaded once a process."""
    return Catalog().load(name)


@pytest.fixture
def sme() -> Edition:
    return edition("sme@2024")


@pytest.fixture
def own_rules(tmp_path: Path) -> Path:
    """A copy of the shipped rules, as a folder of a user's own."""
    root = shipped_root()
    for name in ("rules", "questionnaires"):
        shutil.copytree(root / name, tmp_path / "own" / name)
    return tmp_path / "own"


def columns_of(judge: Judge, answers: dict[str, str]) -> Columns:
    """Columns of length one; every answer must be in order."""
    cells = {name: judge.cell(name, text) for name, text in answers.items()}
    assert all(isinstance(cell, Cell) for cell in cells.values()), cells
    return {name: Column.of([cell]) for name, cell in cells.items() if isinstance(cell, Cell)}


def assessed(edition_: Edition, answers: dict[str, str], *, missing_lowest: bool = False) -> Assessment:
    """Score answers by question id."""
    columns = columns_of(Judge(edition_), answers)
    return assess(edition_, Answers(edition_.ref), columns, missing_lowest=missing_lowest)


Run = Callable[..., "subprocess.CompletedProcess[bytes]"]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """The command line in a process of its own, in a folder of its own."""

    def call(
        *args: str | Path, stdin: bytes = b"", env: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[bytes]:
        base = {k: v for k, v in os.environ.items() if k not in ("COLUMNS", "NO_COLOR", "BAMAI_LANG", "FORCE_COLOR")}
        return subprocess.run(
            [sys.executable, "-m", "bamai", *map(str, args)], input=stdin, capture_output=True, check=False,
            cwd=tmp_path, env={**base, "PYTHONIOENCODING": "utf-8", **(env or {})}, timeout=120,
        )  # fmt: skip

    return call


EXAMPLE = ROOT / "questionnaires" / "sme" / "2024" / "example.yaml"
GENERAL_EXAMPLE = ROOT / "questionnaires" / "general" / "2026-reference" / "example.yaml"
