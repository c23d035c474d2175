"""What road maps of the shipped examples cost, beside starting the interpreter with what they import.

PYTHONPATH=cli python tests/bench/roadmap.py
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROUNDS = 5


def seconds(*command: str) -> float:
    """The median of some runs."""
    found = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        subprocess.run([sys.executable, *command], stdout=subprocess.DEVNULL, check=True)
        found.append(time.perf_counter() - start)
    return statistics.median(found)


def main() -> None:
    imports = seconds("-c", "import bamai.commands, bamai.report.roadmap, bamai.report.terminal")
    print(f"imports                          {imports:6.2f} s")
    for name, options in (
        ("sme/2024", ("--to", "L3")),
        ("sme/2024", ("--to", "L4")),
        ("sme/2024", ("--budget", "20")),
        ("general/2026-reference", ("--to", "L4")),
        ("general/2026-reference", ("--to", "L5")),
        ("general/2026-reference", ("--budget", "20")),
    ):
        example = ROOT / "questionnaires" / name / "example.yaml"
        took = seconds("-m", "bamai", "roadmap", str(example), *options)
        print(f"{name.split('/')[0]:8} {' '.join(options):22} {took:7.2f} s, {took / imports:4.1f} times the imports")


if __name__ == "__main__":
    main()
