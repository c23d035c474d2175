"""What is installed is what works: the wheel in an environment of its own."""

from __future__ import annotations

import os
import subprocess
import sys
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
