"""What the README shows is what happens."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer.main

import bamai
from bamai.answers import AnswersFile, Judge
from bamai.catalog import Catalog
from bamai.commands import app
from bamai.errors import Exit
from bamai.roadmap.effort import read_efforts
from conftest import EXAMPLE, ROOT, Run

README = (ROOT / "README.md").read_text(encoding="utf-8")
TRANSCRIPTS = re.findall(r"<!-- transcript -->\n```console\n\$ bamai (.*?)\n(.*?)```", README, re.DOTALL)


def printed(command: str) -> str:
    env = {k: v for k, v in os.environ.items() if k not in ("COLUMNS", "BAMAI_LANG", "FORCE_COLOR")}
    done = subprocess.run([sys.executable, "-m", "bamai", *shlex.split(command)], capture_output=True, check=True,
                          cwd=ROOT, env={**env, "PYTHONIOENCODING": "utf-8"})  # fmt: skip
    return done.stdout.decode()


@pytest.mark.parametrize(("command", "output"), TRANSCRIPTS)
def test_transcripts_are_real(command: str, output: str) -> None:
    assert printed(command) == output


def test_there_is_a_transcript() -> None:
    assert len(TRANSCRIPTS) >= 1


def test_every_command_is_in_the_readme() -> None:
    help_text = printed("--lang en --help") + printed("--lang en model --help") + printed("--lang en benchmark --help")
    help_text += printed("--lang en cohort --help")
    names = set(re.findall(r"^│ ([a-z]+) {2,}", help_text, re.MULTILINE)) - {"model", "benchmark", "cohort"}
    assert len(names) >= 6
    for name in names:
        assert re.search(rf"^\| `bamai (model |benchmark |cohort )?{name}\b", README, re.MULTILINE), name


def options() -> list[tuple[str, list[str], str | None]]:
    """Every option of every command, its names and its help."""
    found = []

    def walk(command: Any, path: str) -> None:
        for param in command.params:
            names = [name for name in param.opts if name.startswith("-")]
            if names and "completion" not in names[0]:
                found.append((path, names, param.help))
        for name, inner in getattr(command, "commands", {}).items():
            walk(inner, f"{path} {name}")

    walk(typer.main.get_command(app), "bamai")
    return found


def test_every_option_is_explained() -> None:
    listed = options()
    assert len(listed) > 30
    for command, names, text in listed:
        assert text, (command, names)
        assert any(re.search(rf"(?<![\w-]){name}(?![\w-])", README) for name in names), (command, names)


def test_write_your_own_model(run: Run) -> None:
    [commands] = re.findall(r"<!-- own model -->\n```sh\n(.*?)```", README, re.DOTALL)
    lines = commands.splitlines()
    assert len(lines) >= 4
    for line in lines:
        program, *arguments = shlex.split(line)
        assert program == "bamai"
        done = run("--lang", "en", *arguments)
        assert done.returncode == 0, (line, done.stderr.decode())


def test_every_exit_code_is_in_the_readme() -> None:
    assert {int(code) for code in re.findall(r"^\| (\d+) \|", README, re.MULTILINE)} == {int(code) for code in Exit}


def test_the_answers_shown_are_answers(tmp_path: Path) -> None:
    [text] = re.findall(r"```yaml\n(schema: bamai.answers/1.*?)```", README, re.DOTALL)
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
    opened = AnswersFile.open(tmp_path / "a.yaml")
    answers, _, warnings = opened.read(Judge(Catalog().load(opened.model)))
    assert len(answers.entries) == 6
    assert warnings == []


def test_the_efforts_shown_are_efforts(tmp_path: Path) -> None:
    [text] = re.findall(r"```yaml\n(schema: bamai.effort/1.*?)```", README, re.DOTALL)
    (tmp_path / "effort.yaml").write_text(text, encoding="utf-8")
    efforts = read_efforts(tmp_path / "effort.yaml", Judge(Catalog().load("sme@2024")))
    assert set(efforts.costs) == {"systems", "network", "process_design"}


def test_the_profile_shown_is_a_profile(tmp_path: Path) -> None:
    [text] = re.findall(r"```yaml\n(schema: bamai.profile/1.*?)```", README, re.DOTALL)
    (tmp_path / "to_drawings.yaml").write_text(text, encoding="utf-8")
    result = bamai.score_file(EXAMPLE, profile=str(tmp_path / "to_drawings.yaml"))
    assert result.level == "L3" and result.profile is not None and len(result.profile.changes) == 8


if __name__ == "__main__":  # python tests/test_readme.py writes the transcripts anew
    for shown, old in TRANSCRIPTS:
        README = README.replace(f"$ bamai {shown}\n{old}```", f"$ bamai {shown}\n{printed(shown)}```")
    (ROOT / "README.md").write_text(README, encoding="utf-8")
