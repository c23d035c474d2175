"""The same doors, with inputs that are bred by which lines of the program they reach: needs ``pip install atheris``.

``cd tests && python -m fuzz.guided answers_files answers --seconds 600 --corpus FOLDER``: the module and the name of a
door. It pays where the program itself reads short files (answers, arguments, journals): there it tries a thousand
inputs a second and finds its way behind every check. Rule files are too long for that, and cells of tables are read in
compiled code, where it sees nothing.
"""

from __future__ import annotations

import argparse
import importlib
import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["bamai", "yaml"]):
    importlib.import_module("bamai.checks")
    importlib.import_module("bamai.journal")
    importlib.import_module("bamai.assessing")

from fuzz.hostile import Door, entered

LONGEST = 20_000
"""Bytes of an input: short ones are broken fastest."""


def main() -> None:
    """Break one door until the time is over or something is found."""
    parser = argparse.ArgumentParser()
    parser.add_argument("module")
    parser.add_argument("door")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--corpus", type=Path, help="where inputs with new outcomes are kept")
    asked = parser.parse_args()
    doors: dict[str, Door] = {door.name: door for door in importlib.import_module(f"fuzz.{asked.module}").DOORS}
    door = doors[asked.door]
    with tempfile.TemporaryDirectory() as name:
        folder, corpus = Path(name), asked.corpus or Path(name) / "corpus"
        corpus.mkdir(parents=True, exist_ok=True)
        for number, content in enumerate(door.seeds()):
            (corpus / f"seed-{number}").write_bytes(content)
        limits = [f"-max_len={LONGEST}", f"-max_total_time={asked.seconds}", "-timeout=20", "-rss_limit_mb=3000"]
        atheris.Setup([sys.argv[0], str(corpus), *limits], lambda content: entered(door, content, folder))
        atheris.Fuzz()


if __name__ == "__main__":
    main()
