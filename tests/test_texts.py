"""Every text exists in both languages, every key that code uses exists, and every key is used."""

from __future__ import annotations

import ast
import re
import string
from pathlib import Path

import bamai
from bamai.texts import LANGS, TEXTS, printable, shown, t

PACKAGE = Path(bamai.__file__).parent
HAN = re.compile(r"[\u4e00-\u9fff]")


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_both_languages_say_the_same_parameters() -> None:
    for key, (zh, en) in TEXTS.items():
        assert zh and en, key
        assert placeholders(zh) == placeholders(en), key
        assert not HAN.search(en), key


def constants() -> set[str]:
    """Every string in the code, and every f-string as a pattern with * for what is filled in."""
    found = set()
    for path in PACKAGE.rglob("*.py"):
        if path.name == "texts.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
            elif isinstance(node, ast.JoinedStr):
                found.add("".join(p.value if isinstance(p, ast.Constant) else "*" for p in node.values))  # type: ignore[misc]
    return found


def test_no_key_is_dead() -> None:
    strings = constants()
    patterns = [re.compile(re.escape(s).replace(r"\*", "[^ ]+") + r"\Z") for s in strings if "*" in s and "." in s]
    dead = []
    for key in TEXTS:
        if key in strings or key.startswith("typer."):
            continue
        if key.startswith("problem.") and key.removeprefix("problem.") in strings:
            continue
        if not key.startswith("problem.") and any(pattern.match(key) for pattern in patterns):
            continue
        dead.append(key)
    assert dead == []


# where each function that makes a problem takes its code
CODE_AT = {"Problem": 0, "_problem": 0, "_add": 0, "at": 1, "problem_at": 2, "_row_problem": 3}
NO_CODES = {"model"}  # `found.at(place, "model")` fills in a place


def test_every_key_that_is_asked_for_exists() -> None:
    asked = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            index = 0 if called in ("t", "word", "both", "group") else CODE_AT.get(called)
            if index is None or len(node.args) <= index:
                continue
            key = node.args[index]
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                asked.add(f"problem.{key.value}" if called in CODE_AT else key.value)
    assert {"problem.band_hole", "problem.part_above_whole", "report.benchmarks", "problem.yaml_guess"} <= asked
    assert {key for key in asked if key not in TEXTS and key.removeprefix("problem.") not in NO_CODES} == set()


def test_parameters_are_filled_in_both_languages() -> None:
    for lang in LANGS:
        assert "L3" in t("report.why", lang, level="L3")


def test_hostile_text_is_made_visible() -> None:
    hostile = "甲\x1b[31m\u202e\x07乙"
    assert printable(hostile) == "甲\\x1b[31m\\u202e\\x07乙"
    assert "\x1b" not in shown(hostile)
    assert len(shown("长" * 500)) == 60
