"""What a cohort costs beside reading its results: ``python tests/bench/cohort.py [--rows N] [--detail]``.

Results of N enterprises (by default a million) are made in a temporary folder; then the Parquet is read by columns
and thrown away, built to a cohort, written, opened, published, each five times but for the last two. Prints the best
seconds, rows a second, the ratio of building to reading alone, and the most memory of this process.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from pyarrow import parquet

from bamai.catalog import Catalog
from bamai.cohort.build import BLOCK, Results, Rules, build
from bamai.cohort.complete import Cohort
from bamai.cohort.published import publish
from bamai.cohort.reading import read
from bamai.vocabulary import load_vocabulary

HERE = Path(__file__).parent
MODEL = "sme@2024"
T = TypeVar("T")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--detail", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        results, path = Path(folder) / "results.parquet", Path(folder) / "c.json"
        made = Path(folder) / "rows.csv"
        subprocess.run([sys.executable, HERE / "rows.py", MODEL, str(asked.rows), made], check=True)
        batch = [sys.executable, "-m", "bamai", "batch", str(made), "--model", MODEL, "-o", str(results)]
        # rejects are expected: some cells are bad
        subprocess.run([*batch, *(["--detail"] if asked.detail else [])], check=False, capture_output=True)
        number = parquet.ParquetFile(results).metadata.num_rows
        print(f"{number:,} results, {results.stat().st_size / 1e6:.1f} MB of Parquet")
        reading, _ = _timed("read", number, lambda: _read(results))
        rules = Rules(Catalog().load(MODEL), load_vocabulary())
        building, cohort = _timed("build", number, lambda: build([Results(results)], rules, "2026-01-01"))
        print(f"build / read: {building / reading:.2f}")
        _timed("write", number, lambda: _write(cohort, path))
        print(f"{path.stat().st_size / 1e6:.1f} MB of JSON, {len(cohort.cells):,} cells")
        _timed("open", number, lambda: read(path), times=1)
        _timed("publish", number, lambda: publish(cohort), times=1)
    print(f"most memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def _read(path: Path) -> None:
    with parquet.ParquetFile(path) as opened:
        for _ in opened.iter_batches(BLOCK):
            pass


def _write(cohort: Cohort, path: Path) -> None:
    with path.open("wb") as stream:
        cohort.write(stream)


def _timed(name: str, rows: int, work: Callable[[], T], times: int = 5) -> tuple[float, T]:
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        found = work()
        seconds.append(time.perf_counter() - start)
    print(f"{name:<8}{min(seconds):8.2f} s  {rows / min(seconds):>12,.0f} rows/s")
    return min(seconds), found


if __name__ == "__main__":
    main()
