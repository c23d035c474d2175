"""What is installed is what works: the wheel in an environment of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

from conftest import EXAMPLE, ROOT


def test_the_wheel_holds_every_rule_file_and_scores(tmp_path: Path) -> None:
    env = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    quiet = ["--disable-pip-version-check", "-q"]
    subprocess.run([sys.executable, "-m", "pip", "wheel", *quiet, "--no-deps", "-w", str(tmp_path), str(ROOT)],
                   check=True, env=env)  # fmt: skip
    [wheel] = tmp_path.glob("bamai-*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    wanted = {f"bamai/{path.relative_to(ROOT).as_posix()}" for folder in ("rules", "questionnaires")
              for path in (ROOT / folder).rglob("*.yaml")}  # fmt: skip
    assert len(wanted) >= 5
    assert wanted <= names
    assert {"bamai/py.typed", "bamai/report/page.css", "bamai/report/report.typ"} <= names

    # as for a machine without a network: first everything into a folder, then from that folder alone
    house = tmp_path / "wheelhouse"
    subprocess.run([sys.executable, "-m", "pip", "download", *quiet, "-d", str(house), f"{wheel}[pdf]"],
                   check=True, env=env)  # fmt: skip
    venv.create(tmp_path / "env", with_pip=True)
    python = next((tmp_path / "env").glob("[bS]*/python*"))
    offline = ["--no-index", "--find-links", str(house)]
    subprocess.run([str(python), "-m", "pip", "install", *quiet, *offline, "bamai[pdf]"], check=True, env=env)
    command = [str(python), "-m", "bamai", "--lang", "en"]
    checked = subprocess.run([*command, "model", "check"], capture_output=True, check=True, cwd=tmp_path, env=env)
    assert b"all correct" in checked.stderr
    assert str(ROOT).encode() not in checked.stderr
    scored = subprocess.run([*command, "score", str(EXAMPLE)], capture_output=True, check=True, cwd=tmp_path, env=env)
    assert b"53.35 / 100" in scored.stdout


def test_the_source_distribution_makes_the_same_wheel(tmp_path: Path) -> None:
    """It holds the tests and what a change must pass (README names it), but no caches."""
    env = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    subprocess.run([sys.executable, "-m", "build", "--sdist", "--outdir", str(tmp_path), str(ROOT)],
                   check=True, capture_output=True, env=env)  # fmt: skip
    [source] = tmp_path.glob("bamai-*.tar.gz")
    with tarfile.open(source) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"README.md", "CHANGELOG.md", "pyproject.toml", "tests/conftest.py", "rules/vocabulary.yaml"} <= names
    assert {".ci/run", "tests/bench/batch.py", "tests/fuzz/rows.py"} <= names
    assert not [name for name in names if "__pycache__" in name or name.startswith((".git/", ".hypothesis"))]
    quiet = ["--disable-pip-version-check", "-q", "--no-deps"]
    for made, what in (("a", str(source)), ("b", str(ROOT))):
        subprocess.run([sys.executable, "-m", "pip", "wheel", *quiet, "-w", str(tmp_path / made), what],
                       check=True, env=env)  # fmt: skip
    held = []
    for folder in ("a", "b"):
        [wheel] = (tmp_path / folder).glob("bamai-*.whl")
        with zipfile.ZipFile(wheel) as file:
            held.append({name: file.read(name) for name in file.namelist() if not name.endswith("/RECORD")})
    assert held[0] == held[1]
