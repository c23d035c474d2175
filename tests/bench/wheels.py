"""How large an installation is to carry: ``python tests/bench/wheels.py`` (needs a network, and ``pip``).

Prints the megabytes (10^6 bytes) of the wheels that ``pip download`` brings for Windows, the base set and then what
each extra named on the command line adds: ``python tests/bench/wheels.py pdf``. What has no wheel is refused by pip,
except ``spark``, which is a source package and downloaded as such.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
WINDOWS = ["--only-binary=:all:", "--platform", "win_amd64", "--python-version", "3.12"]


def downloaded(wheel: Path, extra: str, folder: Path) -> dict[str, float]:
    """Megabytes by file of *wheel* with an extra, or of the source of PySpark."""
    what = (
        ["--no-deps", "--no-binary=pyspark", "pyspark"]
        if extra == "spark"
        else [f"{wheel}[{extra}]" if extra else str(wheel), *WINDOWS]
    )
    subprocess.run([sys.executable, "-m", "pip", "download", "-q", "-d", str(folder), *what], check=True)
    return {path.name: path.stat().st_size / 1e6 for path in folder.iterdir()}


def main(extras: list[str]) -> None:
    with tempfile.TemporaryDirectory() as name:
        made = Path(name) / "made"
        subprocess.run(
            [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(made), str(ROOT)], check=True
        )
        [wheel] = made.iterdir()
        base: dict[str, float] = {}
        for extra in ["", *extras]:
            folder = Path(name) / f"wheels-{extra}"
            folder.mkdir()
            found = downloaded(wheel, extra, folder)
            new = {file: size for file, size in found.items() if file not in base}
            base = base or found
            print(f"{extra or 'base set'}: {sum(new.values()):.0f} MB")
            for file, size in sorted(new.items(), key=lambda one: -one[1])[:3]:
                print(f"    {size:6.1f}  {file}")


if __name__ == "__main__":
    main(sys.argv[1:])
