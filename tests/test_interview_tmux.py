"""A whole interview in a real terminal, killed five times on the way: nothing is lost but the question in hand."""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

import bamai
from bamai import journal
from bamai.questionnaire import NUMERIC, Question
from conftest import GENERAL_EXAMPLE, edition, needs
from test_interview import answers_of

pytestmark = needs(shutil.which("tmux") is not None, "tmux")


class Tmux:
    """A terminal of its own with a shell in it."""

    def __init__(self, folder: Path, columns: int, rows: int) -> None:
        self._socket = f"bamai-{os.getpid()}-{columns}"
        env = {k: v for k, v in os.environ.items() if k not in ("PYTHONIOENCODING", "TMUX", "NO_COLOR", "BAMAI_LANG")}
        env |= {"LC_ALL": "C.UTF-8", "PS1": "$ ", "BAMAI_LANG": "zh"}
        self._run("new-session", "-d", "-x", str(columns), "-y", str(rows), "bash --norc", cwd=folder, env=env)

    def _run(self, *args: str, **options: object) -> str:
        command = ["tmux", "-u", "-L", self._socket, "-f", os.devnull, *args]
        done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True, **options)  # type: ignore[call-overload]
        return str(done.stdout)

    def type(self, *keys: str) -> None:
        self._run("send-keys", *keys)

    def text(self, text: str) -> None:
        self._run("send-keys", "-l", "--", text)

    def press(self, keys: Sequence[str]) -> None:
        for key in keys:
            if key in ("Enter", "F5"):
                self.type(key)
            else:
                self.text(key)

    def screen(self) -> str:
        return self._run("capture-pane", "-p")

    def until(self, met: Callable[[str], bool]) -> str:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            screen = self.screen()
            if met(screen):
                return screen
            time.sleep(0.02)
        raise AssertionError(screen)

    def close(self) -> None:
        self._run("kill-server")


def label_of(screen: str) -> str | None:
    """The question on the screen; "end" where they have all been asked."""
    if "完成，出报告" in screen:
        return "end"
    found = re.findall(r" › (\S+) ", screen.replace("\n", " \n"))
    return found[-1] if found else None


def keys_of(question: Question, answer: str) -> list[str]:
    """What somebody presses to give *answer*, the last key being Enter."""
    names = {option.id: letter for option, letter in zip(question.options, question.letters, strict=True)}
    if not answer:
        return ["F5"]
    if question.kind in NUMERIC:
        return [answer, "Enter"]
    if question.kind in ("grade", "yes_no"):
        return [{"yes": "1", "no": "0"}.get(answer, answer), "Enter"]
    return [names.get(part, part).lower() for part in answer.split("|")] + ["Enter"]


def answered(path: Path) -> dict[str, str]:
    return {
        e.event.question or "": e.event.value for e in journal.open_journal(path).entries if e.event.kind == "answer"
    }


def test_stdout_in_a_file_takes_the_report_and_nothing_else(tmp_path: Path) -> None:
    terminal = Tmux(tmp_path, 80, 30)
    try:
        terminal.text(f"{sys.executable} -m bamai assess sme --name 甲 --save j.jsonl > report.txt; echo RC=$?")
        terminal.type("Enter")
        terminal.until(lambda screen: label_of(screen) == "Q1")
        terminal.press(["b", "Enter"])
        terminal.until(lambda screen: label_of(screen) == "Q2")
        terminal.type("Tab")
        terminal.until(lambda screen: "结束访谈" in screen)
        terminal.type(*["Down"] * 7, "Enter")
        terminal.until(lambda screen: label_of(screen) == "end")
        terminal.type("Enter")
        terminal.until(lambda screen: "RC=0" in screen)
    finally:
        terminal.close()
    report = (tmp_path / "report.txt").read_text(encoding="utf-8")
    assert "\x1b" not in report and "❯" not in report
    scored = [sys.executable, "-m", "bamai", "score", "j.yaml", "--lang", "zh"]
    env = {**os.environ, "PYTHONIOENCODING": "utf-8"}  # as in that terminal
    assert subprocess.run(scored, capture_output=True, check=True, cwd=tmp_path, env=env).stdout.decode() == report


@pytest.mark.parametrize(("columns", "rows"), [(80, 24), (60, 20)])
def test_a_whole_interview_killed_five_times(tmp_path: Path, columns: int, rows: int) -> None:
    used = edition("general")
    by_label = {question.label: question for question in used.questions.values()}
    given = answers_of(GENERAL_EXAMPLE)
    command = f"{sys.executable} -m bamai assess"
    path = tmp_path / "j.jsonl"
    chance = random.Random(columns)
    kills = sorted(chance.sample(range(2, 38), 5))
    terminal = Tmux(tmp_path, columns, rows)
    try:
        terminal.text(f"{command} general --name 甲 --save j.jsonl; echo RC=$?")
        terminal.type("Enter")
        count = 0
        while True:
            screen = terminal.until(lambda screen: label_of(screen) is not None)
            label = label_of(screen)
            if label == "end" or label is None:
                break
            question = by_label[label]
            keys = keys_of(question, given.get(question.id, ""))
            before = answered(path)
            if kills and count == kills[0]:
                # with the answer typed but not given, or given and perhaps on its way to the disk
                kills.pop(0)
                terminal.press(keys[:-1] if chance.random() < 0.5 else keys)
                os.kill(int(journal.open_journal(path).opened()["pid"]), signal.SIGKILL)
                terminal.until(lambda screen: "RC=137" in screen)
                after = answered(path)
                assert before.items() <= after.items()
                assert after.keys() - before.keys() <= {question.id}
                terminal.type("C-u")  # what the killed process had not read yet
                terminal.text(
                    "clear; " + (f"{command} --resume j.jsonl; echo RC=$?" if kills else f"{command}; echo RC=$?")
                )
                terminal.type("Enter")
                if not kills:  # without an argument the folder's unfinished interview is offered
                    terminal.until(lambda screen: "接着做哪一份" in screen)
                    terminal.type("Enter")
                # the screen of the killed process, which may say the same, is gone
                terminal.until(
                    lambda screen: "RC=137" not in screen and "继续上次" in screen and label_of(screen) is not None
                )
                continue
            terminal.press(keys)
            terminal.until(lambda screen, label=label: label_of(screen) not in (label, None))  # type: ignore[misc]
            count += 1
        terminal.type("Enter")
        terminal.until(lambda screen: "RC=0" in screen)
    finally:
        terminal.close()
    assert not kills
    expected = bamai.score_file(GENERAL_EXAMPLE)
    for file in (path, tmp_path / "j.yaml"):
        result = bamai.score_file(file)
        assert result.enterprise.name == "甲"
        assert (result.score, result.level, result.gates) == (expected.score, expected.level, expected.gates)
        assert [d.score for d in result.dimensions] == [d.score for d in expected.dimensions]
