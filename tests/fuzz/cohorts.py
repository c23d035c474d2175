"""Cohorts, complete and published, the results that they are built from, and effort files."""

from __future__ import annotations

import io
import json
import tempfile
from functools import lru_cache
from pathlib import Path
from random import Random

from bamai.answers import AnswersFile, Judge
from bamai.assessment import assess, dumps
from bamai.batch.inputs import Mapped, Reading
from bamai.batch.kernel import Options
from bamai.batch.local import Inputs, Run, schemas
from bamai.batch.outputs import opened
from bamai.cohort.build import Results, Rules, build
from bamai.cohort.complete import Cohort, merge
from bamai.cohort.published import publish
from bamai.cohort.reading import read
from bamai.cohort.standing import standing
from bamai.errors import BamaiError
from bamai.report.cohort import cohort_blocks
from bamai.report.terminal import text
from bamai.roadmap.effort import read_efforts
from bamai.roadmap.mapping import road_map
from bamai.yamlfile import parse_bytes
from batches import Kept, vocabulary
from conftest import EXAMPLE, edition
from fuzz.hostile import Door, as_json, broken, main, rebuilt
from fuzz.rows import ROWS, rows, table

DAY = "2026-03-01"


@lru_cache
def results(suffix: str) -> bytes:
    """The shipped rows, scored."""
    reading = Reading(edition("sme@2024"), Options(detail=True, lang="en"), Mapped({}), False, None)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"results{suffix}"
        inputs = Inputs([str(ROWS)], reading)
        output = opened(path, schemas(inputs)[0])
        Run(inputs, vocabulary(), [output], [Kept()], threads=1).run()
        output.close()
        return path.read_bytes()


def rules() -> Rules:
    return Rules(edition("sme@2024"), vocabulary())


@lru_cache
def seeds() -> list[bytes]:
    """The shipped rows as a cohort, complete and published."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "results.parquet"
        path.write_bytes(results(".parquet"))
        whole = build([Results(path)], rules(), DAY)
    return [spelt(whole), dumps(publish(whole, 3).data()).encode()]


def spelt(whole: Cohort) -> bytes:
    """A complete cohort as its file."""
    stream = io.BytesIO()
    whole.write(stream)
    return stream.getvalue()


def cohort(random: Random, content: bytes) -> bytes:
    """Bytes that are broken, or what they mean."""
    if random.random() < 0.3:
        return broken(random, content)
    try:
        return as_json(random, rebuilt(random, json.loads(content)))
    except (ValueError, RecursionError):
        return broken(random, content)


def enter_cohort(content: bytes, folder: Path) -> tuple[str, ...]:
    """Read, written again, added up, published, and an enterprise held against it."""
    path = folder / "cohort.json"
    path.write_bytes(content)
    found = read(path)
    if isinstance(found, Cohort):
        path.write_bytes(spelt(found))
        again = read(path)
        assert isinstance(again, Cohort)
        assert spelt(again) == spelt(found) == spelt(merge([("a", found)])), "another cohort after writing"
        public = publish(found, 3)
    else:
        public = found
        dumps(public.data()).encode()
    blocks = cohort_blocks(public, (None, None, None), vocabulary(), edition("sme@2024"), "zh")
    text(blocks, "zh", 80, ascii_only=False).encode()
    answers, columns, _ = AnswersFile.open(EXAMPLE).read(Judge(edition("sme@2024")))
    standing(assess(edition("sme@2024"), answers, columns), found, vocabulary())
    return ("DONE",)


def enter_results(suffix: str, content: bytes, folder: Path) -> tuple[str, ...]:
    """Results as ``bamai cohort build`` reads them."""
    path = folder / f"results{suffix}"
    path.write_bytes(content)
    build([Results(path)], rules(), DAY)
    return ("DONE",)


def enter_results_csv(content: bytes, folder: Path) -> tuple[str, ...]:
    return enter_results(".csv", content, folder)


def enter_results_parquet(content: bytes, folder: Path) -> tuple[str, ...]:
    return enter_results(".parquet", content, folder)


EFFORTS = """\
schema: bamai.effort/1
model: sme@2024
unit: 万元
default: {fixed: 1, per_step: 2.5}
questions:
  Q1: {fixed: 3}
  s02: {fixed: 1, per_step: 4, grades: {"3": 12.5, "4": 20}}
  Q4: {options: {B: 1, C: 2.25}}
  Q3: {per_step: 0.5}
""".encode()


def efforts(random: Random, content: bytes) -> bytes:
    if random.random() < 0.3:
        return broken(random, content)
    try:
        return as_json(random, rebuilt(random, parse_bytes(content, "seed", "rules").data))
    except BamaiError:
        return broken(random, content)


def enter_effort(content: bytes, folder: Path) -> tuple[str, ...]:
    """Read, and a road map made by it."""
    path = folder / "effort.yaml"
    path.write_bytes(content)
    judge = Judge(edition("sme@2024"))
    found = read_efforts(path, judge)
    answers, columns, _ = AnswersFile.open(EXAMPLE).read(judge)
    plan = road_map(judge.edition, "a.yaml", answers, columns, found, to=None, budget=None, fixes={})
    dumps(plan.data("zh")).encode()
    return ("DONE",)


DOORS = (
    Door("cohort", seeds, cohort, enter_cohort),
    Door("results-csv", lambda: [results(".csv")], rows, enter_results_csv),
    Door("results-parquet", lambda: [results(".parquet")], table, enter_results_parquet),
    Door("effort", lambda: [EFFORTS], efforts, enter_effort),
)

if __name__ == "__main__":
    main(DOORS)
