"""Runs a batch inside the test's process and keeps what comes out."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from bamai.batch.frame import Frame
from bamai.batch.inputs import Mapped, Reading
from bamai.batch.kernel import Options
from bamai.batch.local import Inputs, Report, Run
from bamai.vocabulary import Vocabulary, load_vocabulary
from conftest import edition

Row = dict[str, Any]


class Kept:
    """An output that keeps rows as dictionaries."""

    def __init__(self) -> None:
        self.rows: list[Row] = []

    def rendered(self, frame: Frame) -> list[Row]:
        rows: list[Row] = frame.batch().to_pylist()
        return rows

    def write(self, rendered: list[Row]) -> None:
        self.rows += rendered

    def close(self) -> None: ...

    def abort(self) -> None: ...


class Batch(NamedTuple):
    """Results, rejects and the report of a run."""

    results: list[Row]
    rejects: list[Row]
    report: Report

    @property
    def refused(self) -> list[tuple[int, int, str]]:
        """Record, line and code of every reject."""
        return [(row["record"], row["line"], row["code"]) for row in self.rejects]


@lru_cache
def vocabulary() -> Vocabulary:
    return load_vocabulary()


def batch(
    *paths: Path, model: str = "sme", threads: int = 3, keep: bool = False,
    columns: dict[str, str | None] | None = None, encoding: str | None = None, **options: Any,
) -> Batch:  # fmt: skip
    """Score files."""
    mapped = Mapped(columns or {})
    reading = Reading(edition(model), Options(**{"lang": "en", **options}), mapped, keep, encoding)
    results, rejects = Kept(), Kept()
    inputs = Inputs([str(path) for path in paths], reading)
    report = Run(inputs, vocabulary(), [results], [rejects], threads=threads).run()
    return Batch(results.rows, rejects.rows, report)


def batch_of(folder: Path, content: bytes | str, name: str = "rows.csv", **options: Any) -> Batch:
    """Score one file of this content."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return batch(path, **options)


def csv_text(names: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Rows as CSV."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerows([names, *rows])
    return out.getvalue()
