"""Distinct enterprises as CSV, for the benchmarks: ``python tests/bench/rows.py MODEL ROWS OUT.csv``.

2 % of the rows have open questions, 1 % of the cells are n/a where that is allowed, 0.1 % of the cells are bad.
Rows are made in chunks from a seed, so ten million of them take no more memory than a hundred thousand.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import compute as pc
from pyarrow import csv

from bamai.catalog import Catalog, Edition
from bamai.questionnaire import NONE, Question

CHUNK = 100_000
PROVINCES = ["江苏", "广东", "浙江", "山东", "四川", "湖北", "安徽", "河南"]
INDUSTRIES = ["机械", "电子", "纺织", "食品", "医药", "汽车", "钢铁", "化工"]
BAD = ["many", "Z", "12..5", "1000000000000000", "未知数"]


def main() -> None:
    """Write the file."""
    model, rows, path = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    write(Catalog().load(model), rows, path)


def write(edition: Edition, rows: int, path: str) -> None:
    """*rows* distinct rows of *edition* to *path*, in constant memory."""
    with pa.OSFile(path, "wb") as out:
        writer = None
        for table in chunks(edition, rows):
            options = csv.WriteOptions(quoting_style="none", include_header=writer is None)
            if writer is None:
                writer = csv.CSVWriter(out, table.schema, write_options=options)
            writer.write(table)
        if writer is not None:
            writer.close()


def chunks(edition: Edition, rows: int) -> Iterator[pa.Table]:
    """The rows as tables of text."""
    for start in range(0, rows, CHUNK):
        yield _chunk(edition, start, min(CHUNK, rows - start))


def _chunk(edition: Edition, start: int, rows: int) -> pa.Table:
    random = np.random.default_rng([2026, start])
    number = np.arange(start, start + rows)
    text = pc.cast(pa.array(number), pa.string())
    padded = pc.utf8_lpad(text, 13, "0")
    columns: dict[str, Any] = {
        "id": pc.binary_join_element_wise("91320", padded, ""),
        "name": pc.binary_join_element_wise("晨溪", text, "号制造有限公司", ""),
        "industry": _pick(random, INDUSTRIES, rows),
        "province": _pick(random, PROVINCES, rows),
        "city": _pick(random, [f"第{n}市" for n in range(40)], rows),
        "employees": _numbers(random.integers(20, 3000, rows)),
    }
    counts = _counts(edition, random, rows)
    gaps = random.random(rows) < 0.02
    for name, question in edition.questions.items():
        column = counts[name] if name in counts else _answers(question, random, rows)
        if name in edition.na_permitted:
            column = pc.if_else(pa.array(random.random(rows) < 0.01), "n/a", column)
        column = pc.if_else(pa.array(gaps & (random.random(rows) < 0.2)), "", column)
        bad = pa.array(random.random(rows) < 0.001)
        columns[name] = pc.if_else(bad, _pick(random, BAD, rows), column)
    return pa.table(columns)


def _counts(edition: Edition, random: np.random.Generator, rows: int) -> dict[str, Any]:
    """Counts, and the metrics made of them, so that they agree."""
    values: dict[str, Any] = {}
    for name, question in edition.questions.items():
        metric = question.metric
        if metric is None or metric.part is None or metric.whole is None:
            continue
        if metric.whole not in values:
            top = min(int(edition.questions[metric.whole].max or 0), 50_000)
            values[metric.whole] = random.integers(20, top, rows)
        share = random.random(rows) ** 1.5
        values[metric.part] = np.maximum(1, (values[metric.whole] * share).astype(np.int64))
        times = 100 if metric.kind == "share" else metric.times
        rate = np.round(values[metric.part] / values[metric.whole] * float(times), 2 if times == 100 else 6)
        values[name] = rate
    return {name: _numbers(value) for name, value in values.items()}


def _answers(question: Question, random: np.random.Generator, rows: int) -> Any:
    match question.kind:
        case "yes_no":
            return _pick(random, ["是", "否"], rows)
        case "grade":
            return _pick(random, [str(grade) for grade in range(len(question.grades) + 1)], rows)
        case "single" | "trend":
            return _pick(random, list(question.letters), rows)
        case "multiple":
            letters = [a for a, option in zip(question.letters, question.option_ids, strict=True) if option != NONE]
            sets = ["|".join(x for x in letters if random.random() < 0.4) or letters[0] for _ in range(2000)]
            return _pick(random, sets, rows)
        case _:
            low, high = float(question.min or 0), min(float(question.max or 0), 1000.0)
            return _numbers(np.round(random.uniform(low, high, rows), 2))


def _pick(random: np.random.Generator, words: list[str], rows: int) -> Any:
    return pa.array(words).take(pa.array(random.integers(0, len(words), rows)))


def _numbers(values: Any) -> Any:
    return pc.cast(pa.array(values), pa.string())


if __name__ == "__main__":
    main()
