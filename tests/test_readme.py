"""What the README shows is what happens."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from bamai.answers import AnswersFile, Judge
from bamai.catalog import Catalog
from bamai.errors import Exit
from conftest import ROOT, Run

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


if __name__ == "__main__":  # python tests/test_readme.py writes the transcripts anew
    for shown, old in TRANSCRIPTS:
        README = README.replace(f"$ bamai {shown}\n{old}```", f"$ bamai {shown}\n{printed(shown)}```")
    (ROOT / "README.md").write_text(README, encoding="utf-8")
