"""Answers files, YAML and JSON: read, judged, scored, reported, and written so that they read back the same."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from random import Random

from bamai.answers import AnswersFile, Judge
from bamai.answersfile import written
from bamai.assessing import assess
from bamai.changes import read_changes
from bamai.errors import BamaiError, Problem
from bamai.report.writers import report
from bamai.yamlfile import parse_bytes
from conftest import EXAMPLE, GENERAL_EXAMPLE, edition
from fuzz.hostile import Door, as_json, broken, main, rebuilt, spoken


@lru_cache
def seeds() -> list[bytes]:
    """The shipped examples, as YAML and as JSON."""
    raws = [EXAMPLE.read_bytes(), GENERAL_EXAMPLE.read_bytes()]
    data = [parse_bytes(raw, "f", "text").data for raw in raws]
    return raws + [json.dumps(d, ensure_ascii=index % 2 == 0, indent=1).encode() for index, d in enumerate(data)]


def either(random: Random, content: bytes) -> bytes:
    """Bytes that are broken, or what they mean."""
    if random.random() < 0.4:
        return broken(random, content)
    try:
        data = parse_bytes(content, "seed", "text", as_json=content.startswith(b"{")).data
    except BamaiError:
        return broken(random, content)
    return as_json(random, rebuilt(random, data))


@lru_cache
def judge(model: str) -> Judge:
    return Judge(edition(model))


def enter(content: bytes, folder: Path) -> tuple[str, ...]:
    """As ``bamai score`` does."""
    del folder
    return scored(AnswersFile.parse(content, "answers"))


def scored(opened: AnswersFile) -> tuple[str, ...]:
    """Judge, score, report, and write what was read."""
    if opened.model not in ("sme@2024", "general@2026-reference"):
        spoken([Problem("unknown_model", {"found": opened.model, "allowed": "", "hint": ""}, opened.place(("model",)))])
        return ("another model",)
    by = judge(opened.model)
    answers, columns, warnings = opened.read(by)
    told = spoken(warnings)
    result = assess(by.edition, answers, columns, missing_lowest=False)
    for suffix in (".json", ".md", ".txt", ".html"):
        report(suffix, [result], "zh")
    again, same, _ = AnswersFile.parse(written(answers).encode(), "again").read(by)
    assert again == answers, "answers were lost in writing"
    assert same.keys() == columns.keys()
    return ("DONE", *told)


def enter_change(content: bytes, folder: Path) -> tuple[str, ...]:
    """As ``--fix`` and the arguments of ``bamai whatif`` are read."""
    del folder
    text = content.decode("utf-8", "surrogateescape")
    found = read_changes(judge("sme@2024"), [text], bare=True)
    return ("DONE", *found)


def change(random: Random, content: bytes) -> bytes:
    return broken(random, content)[:10_000_000]


DOORS = (
    Door("answers", seeds, either, enter),
    Door("changes", lambda: [b"Q1=B|C", b"s02=3", b"Q3=37.5%", b"product_design=unknown", b"Q5", b"Q14=A"], change,
         enter_change),
)  # fmt: skip

if __name__ == "__main__":
    main(DOORS)
