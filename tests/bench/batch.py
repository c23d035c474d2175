"""What a batch costs beside its rivals: ``python tests/bench/batch.py``.

Every engine is a process of its own; CPU is user and system time of all its threads, and it is what to compare on
a machine that others use too. Engines take turns, so that a drifting machine hits all of them.
``tests/bench/rivals.py`` says what the rivals are; ``loop`` does a slice and is extrapolated linearly.

``--scale`` compares a batch with one ten times as large, ``--platform`` times 250,000 rows to Parquet with a summary.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
FLOORS = ("floor-polars", "floor-duckdb", "floor-arrow")
RIVALS = (*FLOORS, "loop", "polars", "polars-whole")
LOOP_ROWS = 2_000
PLATFORM_ROWS = 250_000
ENVIRON = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
"""What is installed is compiled once, not at every start."""
DONE = (0, 3)
"""Exit codes of a batch that ran through; 3 says that some rows were refused."""


class Cost(NamedTuple):
    """What one run of a process took: seconds, seconds of all its threads, MiB at most."""

    wall: float
    cpu: float
    peak: float


class Spread(NamedTuple):
    """One quantity of several runs."""

    lowest: float
    median: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        return cls(min(values), statistics.median(values))


def main() -> None:
    """Print the table that was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--models", default="general,sme")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--skip", default="", help=f"any of {','.join(RIVALS)}")
    parser.add_argument("--scale", action="store_true", help="the rows against ten times as many")
    parser.add_argument("--platform", action="store_true", help=f"{PLATFORM_ROWS:,} rows to Parquet with a summary")
    given = parser.parse_args()
    models = given.models.split(",")
    skipped = [name for name in given.skip.split(",") if name]
    if unknown := [name for name in skipped if name not in RIVALS]:
        parser.error(f"--skip {','.join(unknown)}: none of {','.join(RIVALS)}")
    for model in models:
        if given.scale:
            scale(model, given.rows, given.repeat)
        if given.platform:
            platform(model, given.repeat)
        if not (given.scale or given.platform):
            compare(model, given.rows, given.repeat, [name for name in RIVALS if name not in skipped])


def compare(model: str, rows: int, repeat: int, rivals: Sequence[str]) -> None:
    """The engine beside its rivals."""
    with folder() as place:
        path = generated(model, rows, place)
        runs: dict[str, list[Cost]] = {name: [] for name in (*rivals, "bamai")}
        sums = set()
        for _ in range(repeat):
            for name, costs in runs.items():
                if name in FLOORS:
                    cost, told = run(rival(name, model, path))
                    sums.add(told)
                elif name == "loop":
                    cost = extrapolated(model, path, place, rows)
                elif name.startswith("polars"):
                    cost, _ = run([*rival(name, model, path), str(place / "out.csv"), str(place / "rejects.csv")])
                else:
                    cost, _ = run(batch(model, path, place / "out.csv"), DONE)
                costs.append(cost)
        if len(sums) > 1:
            sys.exit(f"the floors read different texts: {sorted(sums)}")
        head(model, rows, path, repeat)
    print(f"{'':14}{'wall s':>20}{'CPU s':>22}{'peak MiB':>20}")
    for name, costs in runs.items():
        print(f"{name:14}" + cells(costs) + ("  extrapolated" if name == "loop" and rows > LOOP_ROWS else ""))
    ours = Spread.of([cost.cpu for cost in runs["bamai"]])
    spreads = {name: Spread.of([cost.cpu for cost in runs[name]]) for name in rivals}
    floors = [spread for name, spread in spreads.items() if name in FLOORS]
    against = {name: spread for name, spread in spreads.items() if name not in FLOORS}
    if floors:
        against = {"fastest floor": Spread(min(f.lowest for f in floors), min(f.median for f in floors)), **against}
    for name, theirs in against.items():
        low, median = ours.lowest / theirs.lowest, ours.median / theirs.median
        print(f"bamai CPU ÷ {name:14}{low:9.4f} of the lowest {median:9.4f} of the medians")
    print()


def scale(model: str, rows: int, repeat: int) -> None:
    """A batch and one of ten times as many rows: time should grow tenfold, memory should not."""
    runs: list[list[Cost]] = [[], []]
    with folder() as place:
        paths = [generated(model, count, place) for count in (rows, 10 * rows)]
        for _ in range(repeat):
            for path, costs in zip(paths, runs, strict=True):
                costs.append(run(batch(model, path, place / "out.csv"), DONE)[0])
        for count, path, costs in zip((rows, 10 * rows), paths, runs, strict=True):
            head(model, count, path, repeat)
            print(f"{'':14}{'wall s':>20}{'CPU s':>22}{'peak MiB':>20}\n{'bamai':14}{cells(costs)}")
    for what, quantity in QUANTITIES.items():
        small, large = (Spread.of([quantity(cost) for cost in costs]) for costs in runs)
        low, median = large.lowest / small.lowest, large.median / small.median
        print(f"ten times the rows, {what:12}{low:9.2f} of the lowest {median:9.2f} of the medians")
    print()


def platform(model: str, repeat: int) -> None:
    """From start to end: CSV to Parquet, rejects and a summary."""
    with folder() as place:
        path = generated(model, PLATFORM_ROWS, place)
        command = [*batch(model, path, place / "out.parquet"), "--summary", str(place / "summary.json")]
        costs = [run(command, DONE)[0] for _ in range(repeat)]
        head(model, PLATFORM_ROWS, path, repeat)
    print(f"{'':14}{'wall s':>20}{'CPU s':>22}{'peak MiB':>20}\n{'bamai':14}{cells(costs)}\n")


QUANTITIES: dict[str, Callable[[Cost], float]] = {
    "wall": lambda cost: cost.wall,
    "CPU": lambda cost: cost.cpu,
    "peak memory": lambda cost: cost.peak,
}


def head(model: str, rows: int, path: Path, repeat: int) -> None:
    size = path.stat().st_size / 1e6
    print(f"{model}: {rows:,} rows, {size:,.0f} MB of CSV; lowest and median of {repeat}")


def cells(costs: Sequence[Cost]) -> str:
    wall, cpu, peak = (Spread.of([quantity(cost) for cost in costs]) for quantity in QUANTITIES.values())
    text = "".join(f"{pair.lowest:11.2f}{pair.median:11.2f}" for pair in (wall, cpu))
    return f"{text[2:]}{peak.lowest:10.0f}{peak.median:10.0f}"


@contextmanager
def folder() -> Iterator[Path]:
    """A temporary folder; nothing of it stays."""
    with tempfile.TemporaryDirectory(prefix="bamai-bench-") as name:
        yield Path(name)


def generated(model: str, rows: int, place: Path) -> Path:
    """A file of rows. A process of its own makes it: the peak memory of a child begins with that of its parent."""
    path = place / f"{model}-{rows}.csv"
    run([sys.executable, str(HERE / "rows.py"), model, str(rows), str(path)])
    return path


def rival(name: str, model: str, path: Path) -> list[str]:
    return [sys.executable, str(HERE / "rivals.py"), name, model, str(path)]


def batch(model: str, path: Path, out: Path) -> list[str]:
    rejects = str(out.with_name("rejects.csv"))
    options = ["-o", str(out), "--rejects", rejects, "--model", model, "--force"]
    return [sys.executable, "-m", "bamai", "batch", str(path), *options]


def extrapolated(model: str, path: Path, place: Path, rows: int) -> Cost:
    """The loop over a slice, as if it had gone on for all rows; its memory does not grow."""
    outputs = [str(place / "out.csv"), str(place / "rejects.csv")]
    cost, told = run([*rival("loop", model, path), *outputs, "--limit", str(LOOP_ROWS)])
    done = json.loads(told)
    rest = done["cpu"] / done["rows"] * (rows - done["rows"])
    return Cost(cost.wall + rest, cost.cpu + rest, cost.peak)


def run(command: list[str], allowed: Sequence[int] = (0,)) -> tuple[Cost, str]:
    """Run *command* to its end; what it took and what it said."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=out, stderr=err, env=ENVIRON)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        if process.returncode not in allowed:
            sys.exit(f"{' '.join(command)}\nended with {process.returncode}:\n{err.read().decode(errors='replace')}")
        # Linux tells KiB, macOS bytes
        peak = usage.ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)
        return Cost(wall, usage.ru_utime + usage.ru_stime, peak), out.read().decode().strip()


if __name__ == "__main__":
    main()
