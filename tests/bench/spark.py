"""What a batch on Spark costs beside Spark itself: ``python tests/bench/spark.py [--input ROWS.csv]``.

Spark's own work is to read the same rows as text from the same CSV and to write them as Parquet. Both are processes
of their own on ``local[2]``, Spark's start included, and take turns, so that a drifting machine hits both.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).parent
MASTER = "local[2]"

COPY = """\
import sys
from pyspark.sql import SparkSession
spark = SparkSession.builder.master(sys.argv[1]).config("spark.ui.enabled", "false").getOrCreate()
spark.read.option("header", True).csv(sys.argv[2]).write.parquet(sys.argv[3])
spark.stop()
"""


def main() -> None:
    """Print seconds and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="general")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--input", type=Path, help="rows that were made before, by tests/bench/rows.py")
    parser.add_argument("--repeat", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bamai-bench-") as name:
        place = Path(name)
        path = given.input or place / "rows.csv"
        if given.input is None:
            subprocess.run([sys.executable, str(HERE / "rows.py"), given.model, str(given.rows), str(path)], check=True)
        ours, theirs = [], []
        for turn in range(given.repeat):
            theirs.append(seconds([sys.executable, "-c", COPY, MASTER, str(path), str(place / f"copy{turn}")], (0,)))
            out = str(place / f"out{turn}.parquet")
            options = ["-o", out, "--model", given.model, "--engine", "spark", "--master", MASTER]
            ours.append(seconds([sys.executable, "-m", "bamai", "batch", str(path), *options], (0, 3)))
    print(f"{'':24}{'lowest s':>10}{'median s':>10}")
    for what, runs in (("bamai on Spark", ours), ("Spark, CSV to Parquet", theirs)):
        print(f"{what:24}{min(runs):10.2f}{statistics.median(runs):10.2f}")
    ratio = statistics.median(a / b for a, b in zip(ours, theirs, strict=True))
    print(f"ratio: {min(ours) / min(theirs):.2f} of the lowest, {ratio:.2f} median of the pairs")


def seconds(command: list[str], allowed: Sequence[int]) -> float:
    """How long *command* takes, by the clock."""
    start = time.perf_counter()
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
    if done.returncode not in allowed:
        sys.exit(f"{' '.join(command)}\nended with {done.returncode}:\n{done.stderr.decode(errors='replace')}")
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
