"""How large an installation is to carry: ``python tests/bench/wheels.py`` (needs a network, and ``pip``).

Prints the megabytes (10^6 bytes) of the wheels that ``pip download`` brings for Windows, the base set and then what
each extra named on the command line adds: ``python tests/bench/wheels.py pdf``. What has no wheel is refused by pip,
except ``spark``, which is a source package and downloaded as such.

``--platforms`` prints instead, as the table of README's "Without a network", what the wheels of the compiled
dependencies ask of each platform; pip downloads all dependencies for each platform and Python, wheels only (1 GB in
all), and the first combination that lacks one ends the run.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).parents[2]
WINDOWS = ["--only-binary=:all:", "--platform", "win_amd64", "--python-version", "3.12"]


PYTHONS = ("3.11", "3.12", "3.13")
GLIBC = ("manylinux2014", "manylinux_2_17", "manylinux_2_24", "manylinux_2_27", "manylinux_2_28")
PLATFORMS = {
    "Windows `win_amd64`": ["win_amd64"],
    "macOS `arm64`": [f"macosx_{version}_0_arm64" for version in (11, 12, 13, 14)],
    "Linux `x86_64`": [f"{tag}_x86_64" for tag in GLIBC],
    "Linux `aarch64`": [f"{tag}_aarch64" for tag in GLIBC],
}


def resolved(wheel: Path, tags: Iterable[str], python: str) -> list[str]:
    """The files that pip would install of *wheel*, with the extras ``pdf`` and ``xls``, wheels only.

    They are really downloaded: ``pip install --dry-run`` leaves out what needs a newer Python than its own.
    """
    line = [sys.executable, "-m", "pip", "download", "-q", "--only-binary=:all:", "--python-version", python]
    line += [word for tag in tags for word in ("--platform", tag)]
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([*line, "-d", folder, f"{wheel}[pdf,xls]"], check=True)
        return [path.name for path in Path(folder).iterdir()]


def asked(file: str) -> str:
    """What a wheel asks of its platform, by its name."""
    system = re.search(r"macosx_(\d+)_(\d+)", file)
    if system:
        return "any" if int(system[1]) < 11 else f"{system[1]} or later"
    # a name may list several, of which one is enough
    glibc = [int(version) for version in re.findall(r"manylinux_2_(\d+)", file)]
    return f"glibc 2.{min(glibc)}" if glibc else "any"


def platforms(wheel: Path) -> None:
    rows: dict[str, dict[str, set[str]]] = {}
    for platform, tags in PLATFORMS.items():
        for python in PYTHONS:
            for file in resolved(wheel, tags, python):
                if not file.endswith("-none-any.whl") and file != wheel.name:
                    name = " ".join(file.split("-")[:2])
                    rows.setdefault(name, {}).setdefault(platform, set()).add(asked(file))
    print("| Compiled dependency |", " | ".join(PLATFORMS), "|")
    print("|---" * (len(PLATFORMS) + 1) + "|")
    for name, found in sorted(rows.items()):
        print(f"| {name} |", " | ".join(" / ".join(sorted(found.get(one, {"–"}))) for one in PLATFORMS), "|")


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
        if extras == ["--platforms"]:
            platforms(wheel)
            return
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
