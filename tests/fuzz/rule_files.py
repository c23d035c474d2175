"""Rule files: model, questionnaire, rule tests, benchmarks, vocabulary, read and checked as ``bamai model check`` does;
where they are sound, the shipped example is scored by them."""

from __future__ import annotations

import shutil
from functools import lru_cache, partial
from pathlib import Path
from random import Random
from typing import Any

from bamai import vocabulary
from bamai.answers import AnswersFile, Judge
from bamai.assessing import assess
from bamai.catalog import Catalog, Edition
from bamai.errors import BamaiError
from bamai.files import shipped_root
from bamai.report.writers import report
from bamai.ruletests import reachable, run_tests
from bamai.yamlfile import parse_bytes
from conftest import EXAMPLE
from fuzz.hostile import Door, as_json, broken, main, rebuilt, spoken

FILES = {
    "model": "rules/sme/2024/model.yaml",
    "questionnaire": "questionnaires/sme/2024/questionnaire.yaml",
    "ruletests": "rules/sme/2024/tests/worked.yaml",
    "benchmarks": "rules/benchmarks/cn.yaml",
    "vocabulary": "rules/vocabulary.yaml",
}


@lru_cache
def seed(name: str) -> bytes:
    return (shipped_root() / FILES[name]).read_bytes()


def either(random: Random, content: bytes) -> bytes:
    """Bytes that are broken, or what they mean."""
    if random.random() < 0.3:
        return broken(random, content)
    try:
        data = parse_bytes(content, "seed", "rules").data
    except BamaiError:
        return broken(random, content)
    return as_json(random, rebuilt(random, data))


def enter(name: str, content: bytes, folder: Path) -> tuple[str, ...]:
    """The file in a folder of rules of one's own."""
    root = folder / "own"
    if not root.exists():
        for path in FILES.values():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(shipped_root() / path, root / path)
    target = root / FILES[name]
    sound = target.read_bytes()
    target.write_bytes(content)
    try:
        return checked(root, name)
    finally:
        target.write_bytes(sound)


def checked(root: Path, name: str) -> tuple[str, ...]:
    """Codes of what is wrong; where nothing is, what the rules do."""
    codes: tuple[str, ...] = ()
    if name in ("vocabulary", "benchmarks"):
        results: list[Any] = list(vocabulary.check(root)) if name == "vocabulary" else []
        results += Catalog(root, shipped=False).check(root)
        for _, found in results:
            codes += spoken(found) if not isinstance(found, Edition) else ()
        if name == "vocabulary" and not codes:
            words = vocabulary.load_vocabulary(root)
            assert words is not None
        return codes or ("DONE",)
    edition = Catalog(root, shipped=False).load("sme@2024")
    outcome = run_tests(edition, root / "rules/sme/2024/tests")
    codes = spoken(outcome.problems)
    reachable(edition)
    if name == "ruletests":
        return codes or ("DONE",)
    answers, columns, _ = AnswersFile.open(EXAMPLE).read(Judge(edition))
    result = assess(edition, answers, columns, missing_lowest=False)
    for suffix in (".json", ".txt"):
        report(suffix, [result], "zh")
    return ("DONE", *codes)


def door(name: str) -> Door:
    return Door(name, partial(_seeds, name), either, partial(enter, name))


def _seeds(name: str) -> list[bytes]:
    return [seed(name)]


DOORS = tuple(map(door, FILES))

if __name__ == "__main__":
    main(DOORS)
