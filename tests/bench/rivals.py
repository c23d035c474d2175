"""What the batch engine is measured against, each in a process of its own.

``python tests/bench/rivals.py RIVAL MODEL ROWS.csv [OUT.csv REJECTS.csv]``

floor-polars, floor-duckdb, floor-arrow
    Read every column as text and add up the lengths in bytes, on two threads; no output but the sum: what reading
    alone costs. The three must print the same sum.
loop [--limit N]
    The naive way: csv.DictReader, the judge for every cell without its memo, the row step and the score for every
    row by itself: numpy columns of length one, so much of it is numpy's price per call. Prints JSON with the rows
    done and the CPU seconds they took, so that a slice can be extrapolated.
polars, polars-whole
    The job in Polars expressions made from the rules, bare and with what else a batch writes and prints; see
    :class:`PolarsJob` for what they leave out.

``python tests/bench/rivals.py check MODEL [ROWS]`` compares what the Polars rival writes with ``bamai.scoring``.
"""

from __future__ import annotations

import argparse
import csv
import importlib
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import reduce
from math import gcd
from operator import add, and_
from pathlib import Path
from typing import Any, NamedTuple

from bamai.answers import (
    _NA_WORDS,
    _UNKNOWN_WORDS,
    ANSWERED,
    IDENTITY,
    NA,
    NO_BAND,
    OPEN,
    UNKNOWN,
    Cell,
    Column,
    Columns,
    Judge,
    Judged,
    _choices,
    judge_rows,
    scored_questions,
)
from bamai.catalog import Catalog, Edition
from bamai.checks import counted_by, fold, walk
from bamai.errors import Problem
from bamai.model import (
    NO_LEVEL,
    BandsScoring,
    ChecklistScoring,
    ChoiceScoring,
    CountGate,
    Dimension,
    Gate,
    Indicator,
    LinearScoring,
    MetricGate,
    ScoreGate,
    StagedScoring,
)
from bamai.questionnaire import NONE, NUMERIC, Metric, Question
from bamai.schema import MILLION, millionths
from bamai.scoring import ABSENT, FULL, Scorer, Scores, _rounded, integer_weights

THREADS = 2
BLOCK = 8 << 20


def main() -> None:
    """Run one rival."""
    parser = argparse.ArgumentParser()
    parser.add_argument("rival", choices=[*FLOORS, "loop", "polars", "polars-whole", "check"])
    parser.add_argument("model")
    parser.add_argument("rows", nargs="?", default="20000", help="a CSV file; for check how many rows")
    parser.add_argument("out", nargs="?")
    parser.add_argument("rejects", nargs="?")
    parser.add_argument("--limit", type=int, help="loop: this many rows only")
    given = parser.parse_args()
    if given.rival in FLOORS:
        print(FLOORS[given.rival](given.rows))
        return
    if given.rival == "check":
        sys.exit(check(given.model, int(given.rows)))
    if given.out is None or given.rejects is None:
        parser.error("OUT.csv and REJECTS.csv are needed")
    edition = Catalog().load(given.model)
    if given.rival == "loop":
        print(json.dumps(loop(edition, given.rows, given.out, given.rejects, given.limit)))
    else:
        PolarsJob(edition).run(given.rows, given.out, given.rejects, whole=given.rival == "polars-whole")


# ── floors ───────────────────────────────────────────────────────────────────────────────────────────


def polars() -> Any:
    """Polars on :data:`THREADS` threads; it reads the variable when it is imported."""
    os.environ["POLARS_MAX_THREADS"] = str(THREADS)
    return importlib.import_module("polars")


def floor_polars(path: str) -> int:
    """Bytes of all cells, by Polars' streaming engine."""
    pl = polars()
    lengths = pl.scan_csv(path, infer_schema=False).select(pl.all().str.len_bytes().sum())
    return int(lengths.collect(engine="streaming").sum_horizontal()[0])


def floor_duckdb(path: str) -> int:
    """Bytes of all cells, by DuckDB."""
    connection = importlib.import_module("duckdb").connect()
    connection.execute(f"set threads={THREADS}")
    query = "select sum(strlen(columns(*))) from read_csv(?, all_varchar = true, header = true)"
    return sum(connection.execute(query, [path]).fetchone())


def floor_arrow(path: str) -> int:
    """Bytes of all cells, by Arrow's streaming reader."""
    arrow, reader, compute = (importlib.import_module(f"pyarrow{part}") for part in ("", ".csv", ".compute"))
    arrow.set_cpu_count(THREADS)
    with Path(path).open(encoding="utf-8-sig", newline="") as file:
        names = next(csv.reader(file))
    batches = reader.open_csv(
        path,
        read_options=reader.ReadOptions(block_size=BLOCK),
        convert_options=reader.ConvertOptions(column_types=dict.fromkeys(names, arrow.string())),
    )
    return sum(compute.sum(compute.binary_length(column)).as_py() or 0 for batch in batches for column in batch.columns)


FLOORS: dict[str, Callable[[str], int]] = {
    "floor-polars": floor_polars,
    "floor-duckdb": floor_duckdb,
    "floor-arrow": floor_arrow,
}


# ── loop ─────────────────────────────────────────────────────────────────────────────────────────────

REJECTS = ("record", "id", "column", "value", "code")
BOUNDS = ("score_low", "score_high", "level_low", "level_high")


def result_columns(edition: Edition) -> list[str]:
    """Names of the result columns, in order."""
    names = [*IDENTITY, "status", "level", "scored_level", "score", *BOUNDS, "blocked_by", "completeness"]
    for dimension in edition.model.dimensions:
        names += [dimension.id] if dimension.scored else _grade_columns(edition, dimension)
    return [*names, "record"]


def _graded(dimension: Dimension) -> list[Indicator]:
    return [*(i for group in dimension.groups for i in group.indicators), *dimension.indicators]


def _grade_columns(edition: Edition, dimension: Dimension) -> list[str]:
    tops = [len(edition.questions[i.scoring.question].grades) for i in _graded(dimension)]
    return [f"{dimension.id}_{grade}" for grade in range(max(tops) + 1)]


def loop(edition: Edition, path: str, out: str, rejects: str, limit: int | None) -> dict[str, float]:
    """One row after the other. Returns rows, the CPU seconds of these, and those of everything before."""
    judge, scorer = Judge(edition), Scorer(edition)
    before = time.process_time()
    rows = 0
    with (
        Path(path).open(encoding="utf-8-sig", newline="") as source,
        Path(out).open("w", encoding="utf-8", newline="") as results_file,
        Path(rejects).open("w", encoding="utf-8", newline="") as rejects_file,
    ):
        results = csv.DictWriter(results_file, result_columns(edition))
        refused = csv.writer(rejects_file)
        results.writeheader()
        refused.writerow(REJECTS)
        for rows, row in enumerate(csv.DictReader(source), 1):
            given: Columns = {}
            problems = []
            for name, question in edition.questions.items():
                cell = judge._judge(question, row[name])
                if isinstance(cell, Problem):
                    problems.append((name, row[name], cell.code))
                    cell = Cell(OPEN)
                given[name] = Column.of([cell])
            problems += _between_rows(row, judged := judge_rows(edition, given), 0)
            if problems:
                refused.writerows((rows, row["id"], *problem) for problem in problems)
            else:
                scored = _result(edition, scorer.score(judged), 0)
                results.writerow({**{name: row[name] for name in IDENTITY}, **scored, "record": rows})
            if rows == limit:
                break
    return {"rows": rows, "cpu": time.process_time() - before, "before": before}


def _between_rows(row: Mapping[str, str], judged: Judged, index: int) -> Iterator[tuple[str, str, str]]:
    """Column, value and code of what the cells of a row do not keep together."""
    for problem in judged.problems:
        if problem.rows[index]:
            told = problem.describe(index)
            yield "|".join(told.questions), " | ".join(row[name] for name in told.questions), told.code
    if not row["id"].strip() and not row["name"].strip():
        yield "id|name", "", "no_identity"


def _result(edition: Edition, scores: Scores, row: int) -> dict[str, Any]:
    """The result columns of one row; Nones are empty cells."""
    levels = [NO_LEVEL, *(level.id for level in edition.model.levels)]
    opened = bool(scores.incomplete[row])
    low, high = int(scores.score.low[row]), int(scores.score.high[row])
    level_low, level_high = int(scores.level.low[row]), int(scores.level.high[row])
    required, answered = int(scores.required[row]), int(scores.answered[row])
    found: dict[str, Any] = {"status": "incomplete" if opened else "complete"}
    if opened:
        found |= {"score_low": low / MILLION, "score_high": high / MILLION}
        found |= {"level_low": levels[level_low + 1], "level_high": levels[level_high + 1]}
    else:
        found |= {"level": levels[level_low + 1], "scored_level": levels[int(scores.scored_level.low[row]) + 1]}
        found |= {"score": low / MILLION, "blocked_by": "|".join(_blocked(edition, scores, row, level_low + 1))}
    found["completeness"] = _half_up(answered * MILLION, required) / MILLION if required else 1.0
    for dimension in edition.model.dimensions:
        if dimension.scored:
            bounds = scores.nodes[dimension.id]
            known = bounds.low[row] == bounds.high[row] != ABSENT
            found[dimension.id] = int(bounds.low[row]) / MILLION if known else None
            continue
        at = [scores.grades[indicator.id] for indicator in _graded(dimension)]
        for grade, name in enumerate(_grade_columns(edition, dimension)):
            found[name] = sum(int(b.low[row] == b.high[row] == grade) for b in at)
    return found


def _blocked(edition: Edition, scores: Scores, row: int, following: int) -> Iterator[str]:
    for level in edition.model.levels[following : following + 1]:
        if scores.score.low[row] < millionths(level.score):
            yield f"{level.id}.score"
        yield from (gate.id for gate in level.gates if not scores.gates[gate.id].met_low[row])


def _half_up(numerator: int, divisor: int) -> int:
    return (2 * numerator + divisor) // (2 * divisor)


# ── polars ───────────────────────────────────────────────────────────────────────────────────────────

NA_TEXT = "n/a"
NUMBER = r"[-+]?[0-9]+(\.[0-9]+)?$|^[-+]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?"
EXACT_FLOAT = 10**9
"""Below this a number with six decimals is told exactly by a float times a million."""


class _Problem(NamedTuple):
    """What can be wrong with a row: the column that holds its code, null where it is not; which columns of the input
    are concerned, and what these hold."""

    code: str
    column: Any
    value: Any


class PolarsJob:
    """The job by the streaming engine, in the fastest order found: read once, results held in memory until written.

    Two ways through it. *Plain* rows have a plainly written answer to everything, agree with themselves and lack
    nothing: texts become codes by one cast to an Enum, sets of letters come in their order so that the code of a
    set is its bit mask, and only one bound is computed. All other rows go the *thorough* way, which folds texts,
    knows aliases, units and separators, names mistakes and computes both bounds; they are collected first, because
    many expressions over many small batches cost more than one batch. The two are merged by record.

    Left out, to the advantage of this rival: messages, physical lines, duplicates, the tally, column names other
    than ids, guessing the encoding, marking cells that a spreadsheet would compute. With ``whole`` it does what a
    batch's files and summary hold, but for figures beside benchmarks, indicators that fall short, names of groups
    by their aliases, and lines and messages that are more than a guess.
    """

    def __init__(self, edition: Edition) -> None:
        if any(question.show_if is not None for question in edition.questions.values()):
            raise NotImplementedError("show_if")
        numbers = [question for question in edition.questions.values() if question.kind in NUMERIC]
        if any(max(map(abs, _ends(question))) > EXACT_FLOAT * MILLION for question in numbers):
            raise NotImplementedError("numbers that a float does not tell exactly")
        self.pl = polars()
        self.edition = edition
        self.questions = edition.questions
        self.levels = edition.model.levels
        self.scored = [dimension for dimension in edition.model.dimensions if dimension.scored]
        self.level_names = self.pl.Enum([NO_LEVEL, *(level.id for level in self.levels)])
        self.status_names = self.pl.Enum(["complete", "incomplete"])
        texts, self.blocked_from = [""], []
        for level in self.levels:
            names = [f"{level.id}.score", *(gate.id for gate in level.gates)]
            self.blocked_from.append(len(texts) - 1)
            texts += ["|".join(n for bit, n in enumerate(names) if m >> bit & 1) for m in range(1, 1 << len(names))]
        self.blocked_names = self.pl.Enum(texts)

    def run(self, path: str, out: str, rejects: str, *, whole: bool = False) -> None:
        """Read *path*, write results and rejects, and with *whole* print a summary."""
        pl = self.pl
        plain, rest = pl.collect_all(self._plans(path), engine="streaming")
        judged, problems = self._judged(rest.lazy())
        judged = judged.collect()
        refused = pl.concat([self._listed(judged.lazy(), problem) for problem in problems])
        if whole:
            message = pl.concat_str([pl.col("code").str.replace_all("_", " "), pl.col("value")], separator=": found ")
            refused = refused.with_columns(line=pl.col("record") + 1, value=self._marked("value"), message=message)
        refused.sort("record", maintain_order=True).collect().write_csv(rejects)
        thorough = self._thorough_results(judged.lazy().filter(~pl.col("refused"))).collect()
        # dividing by a million is multiplying by its inverse here: six decimals put the last bits right
        results = plain.merge_sorted(thorough, key="record")
        if whole:
            repeated = (pl.col("id") != "") & ~pl.col("id").is_first_distinct()
            results = results.with_columns(duplicate=repeated, **{name: self._marked(name) for name in IDENTITY})
            for table in pl.collect_all(self._summary(results.lazy())):
                print(table)
        results.write_csv(out, float_precision=6)

    def _marked(self, name: str) -> Any:
        """A text with an apostrophe before what a spreadsheet would compute."""
        pl = self.pl
        text = pl.col(name)
        odd = text.str.contains(r"^[=+\-@\t\r]") & ~text.str.contains(r"^[+\-]?[0-9]+(\.[0-9]+)?$")
        return pl.when(odd).then(pl.lit("'") + text).otherwise(text)

    def _summary(self, results: Any) -> Iterator[Any]:
        """What a batch amounts to: levels, scores, groups, what holds most of them up."""
        pl = self.pl
        complete = results.filter(pl.col("status") == "complete")
        yield results.group_by("status").len()
        yield complete.group_by("level").len()
        yield complete.group_by("blocked_by").len()
        names = [*(["score"] if self.scored else []), *(dimension.id for dimension in self.scored)]
        quarters = [pl.col(n).quantile(q, "higher").alias(f"{n}.{q}") for n in names for q in (0.25, 0.5, 0.75)]
        yield complete.select(pl.col(*names).mean(), *quarters)
        staff = pl.col("employees").cast(pl.Int64, strict=False)
        size = reduce(add, [(staff >= least).cast(pl.Int8) for least in (20, 300, 1000)]).alias("size")
        score = pl.col("score")
        inner = [score.mean(), *(score.quantile(q, "higher").alias(f"{q}") for q in (0.25, 0.5, 0.75))]
        for group in (pl.col("industry"), pl.col("province"), size):
            yield complete.group_by(group, "level").len()
            yield complete.group_by(group).agg(pl.len(), *inner)

    def _plans(self, path: str) -> tuple[Any, Any]:
        """Results of the plain rows, and the other rows, from one reading."""
        pl = self.pl
        rows = pl.scan_csv(path, infer_schema=False, empty_string_is_null=False)
        rows = rows.with_row_index("record", 1)
        read = rows.with_columns(**self._plain_cells())
        read = read.with_columns(**self._plain_quotients()).with_columns(ok=self._plain_ok().fill_null(False))
        codes = [f"{name}.c" for name, question in self.questions.items() if question.kind != "text"]
        rest = read.filter(~pl.col("ok")).select("record", *IDENTITY, *self.questions, *codes)
        return self._plain_results(read.filter("ok")), rest

    # plain rows: codes of texts, null for n/a

    def _plain_cells(self) -> dict[str, Any]:
        """``name.c``: the code of a choice (after that of n/a, where it may be), the bit mask of a set, or a number
        in millionths; null for everything else."""
        pl = self.pl
        cells = {}
        for name, question in self.questions.items():
            text = pl.col(name)
            if question.kind in NUMERIC:
                low, high = _ends(question)
                if question.integer:
                    number = text.cast(pl.Int64, strict=False) * MILLION
                    fine = number.is_between(low, high)
                else:
                    number = (text.cast(pl.Float64, strict=False) * MILLION).round().cast(pl.Int64, strict=False)
                    # floats also read exponents, bare points and more decimals than six
                    fine = number.is_between(low, high) & text.str.contains(r"^-?[0-9]+(\.[0-9]{1,6})?$")
                cells[f"{name}.c"] = pl.when(fine).then(number)
            elif question.kind != "text":
                cells[f"{name}.c"] = text.cast(pl.Enum(self._spellings(question)), strict=False).to_physical()
        return cells

    def _spellings(self, question: Question) -> list[str]:
        if question.kind == "multiple":
            none = question.letters[question.option_ids.index(NONE)] if NONE in question.option_ids else ""
            letters = self._set_letters(question)
            sets = ["|".join(x for bit, x in enumerate(letters) if m >> bit & 1) for m in range(1, 1 << len(letters))]
            return [none, *sets]
        options = {"yes_no": ["否", "是"], "grade": list(question.option_ids)}.get(question.kind, question.letters)
        return [NA_TEXT, *options] if question.id in self.edition.na_permitted else list(options)

    def _set_letters(self, question: Question) -> list[str]:
        """Letters of the options of a set, in the order of its bits; "none" is the empty set and has no bit."""
        pairs = zip(question.letters, question.option_ids, strict=True)
        return [letter for letter, option in pairs if option != NONE]

    def _plain_quotients(self) -> dict[str, Any]:
        return {
            f"{question.id}.q": self._quotient(f"{metric.part}.c", f"{metric.whole}.c", _times(metric))
            for question, metric in self._made()
        }

    def _made(self) -> Iterator[tuple[Question, Metric]]:
        """Metrics that are made from two counts."""
        for question in self.questions.values():
            if question.metric is not None and question.metric.part is not None:
                yield question, question.metric

    def _quotient(self, part: str, whole: str, times: int) -> Any:
        """``times × part ÷ whole`` in millionths, half up. A float finds it, and the remainder, which is exact in
        wrapping integers, puts it right."""
        pl = self.pl
        factor = times * MILLION
        top, bottom = pl.col(part), pl.col(whole)
        near = (top * (2.0 * factor) / (2 * bottom) + 0.5).cast(pl.Int64, strict=False)
        rest = top * (2 * factor) + bottom - near * (2 * bottom)
        return near + (rest >= 2 * bottom).cast(pl.Int64) - (rest < 0).cast(pl.Int64)

    def _plain_ok(self) -> Any:
        pl = self.pl
        good = [(pl.col("id") != "") | (pl.col("name") != "")]
        for name, question in self.questions.items():
            code = pl.col(f"{name}.c")
            if question.kind == "text":
                continue
            fine = code.is_not_null()
            if question.kind == "multiple" and NONE not in question.option_ids:
                fine = code > 0
            if question.kind in NUMERIC and name in self.edition.na_permitted:
                fine |= pl.col(name) == NA_TEXT
            good.append(fine)
        for question, metric in self._made():
            part, whole, direct = (pl.col(f"{name}.c") for name in (metric.part, metric.whole, question.id))
            value = pl.col(f"{question.id}.q")
            fits = (whole > 0) & value.is_between(*_ends(question))
            if metric.kind == "share":
                fits &= part <= whole
            agrees = direct.is_null() | ((direct - value).abs() <= self._tolerance(metric, value))
            good.append(part.is_null() | whole.is_null() | (fits & agrees))
        for limit in self.edition.model.na_limits:
            good.append(
                reduce(add, [self._plain_na(n).cast(pl.UInt8) for n in self._within(limit.within)]) <= limit.at_most
            )
        return reduce(and_, good)

    def _tolerance(self, metric: Metric, value: Any) -> Any:
        return MILLION // 10 if metric.kind == "share" else value // 100

    def _within(self, node: str) -> list[str]:
        return [
            indicator.scoring.question
            for _, dimension, group, indicator in walk(self.edition.model)
            if node in (dimension.id, group.id if group else None)
        ]

    def _plain_na(self, name: str) -> Any:
        if name not in self.edition.na_permitted:
            return self.pl.lit(False)
        question = self.questions[name]
        if question.kind in NUMERIC:
            return self._plain_value(question).is_null()
        return self.pl.col(f"{name}.c") == 0

    def _plain_value(self, question: Question) -> Any:
        """A number; where it is made from counts theirs comes first."""
        direct = self.pl.col(f"{question.id}.c")
        if question.metric is None or question.metric.part is None:
            return direct
        return self.pl.coalesce(f"{question.id}.q", direct)

    def _plain_leaf(self, indicator: Indicator) -> Any:
        """Millionths of a point, null for n/a."""
        pl = self.pl
        scoring = indicator.scoring
        question = self.questions[scoring.question]
        if question.kind in NUMERIC:
            return self._points_of_number(scoring, self._plain_value(question), None)
        code = pl.col(f"{question.id}.c")
        if isinstance(scoring, ChecklistScoring):
            return self._ticked(scoring, code, question)
        if question.id in self.edition.na_permitted:
            index = code.cast(pl.Int64) - 1
            return pl.when(code > 0).then(self._point_table(_table(scoring, question), index))
        return self._point_table(_table(scoring, question), code.cast(pl.Int64))

    def _point_table(self, table: Sequence[int], index: Any) -> Any:
        """``table[index]``: a line where the table is one, else one choice after the other."""
        pl = self.pl
        step = table[1] - table[0] if len(table) > 1 else 0
        if all(points == table[0] + at * step for at, points in enumerate(table)):
            return index * step + table[0]
        found = pl.lit(table[-1], pl.Int64)
        for at in range(len(table) - 2, -1, -1):
            found = pl.when(index == at).then(pl.lit(table[at], pl.Int64)).otherwise(found)
        return found

    def _ticked(self, scoring: ChecklistScoring, mask: Any, question: Question) -> Any:
        """Points of a set; options that give the same are counted together."""
        pl = self.pl
        options = [option for option in question.option_ids if option != NONE]
        alike: dict[Decimal, int] = {}
        for bit, name in enumerate(options):
            points = scoring.points[name]
            if points:
                alike[points] = alike.get(points, 0) | 1 << bit
        every = (1 << len(options)) - 1
        counted = [
            (mask if bits == every else mask & bits).bitwise_count_ones().cast(pl.Int64) * millionths(points)
            for points, bits in alike.items()
        ]
        out_of = millionths(scoring.out_of)
        ticked = reduce(add, counted)
        if sum(millionths(points) * bits.bit_count() for points, bits in alike.items()) > out_of:
            ticked = ticked.clip(upper_bound=out_of)
        return (ticked * (2 * FULL) + out_of) // (2 * out_of)

    def _points_of_number(self, scoring: Any, value: Any, band: Any) -> Any:
        pl = self.pl
        if isinstance(scoring, BandsScoring):
            table = [_rounded(one.points, scoring.out_of) for one in scoring.bands]
            found = pl.lit(table[-1], pl.Int64)
            for at in range(len(table) - 2, -1, -1):
                end = scoring.bands[at].to
                assert end is not None
                inside = value <= millionths(end) if scoring.closed == "right" else value < millionths(end)
                found = pl.when(inside).then(pl.lit(table[at], pl.Int64)).otherwise(found)
            if band is not None:
                found = pl.when(band == NO_BAND).then(found).otherwise(self._point_table(table, band))
            return pl.when(value.is_not_null()).then(found)
        assert isinstance(scoring, LinearScoring)
        ends = [millionths(knot.at) for knot in scoring.knots]
        points = [_rounded(knot.points, scoring.out_of) for knot in scoring.knots]
        clipped = value.clip(ends[0], ends[-1])
        found = None
        for left, right, start, stop in reversed(list(zip(ends, ends[1:], points, points[1:], strict=False))):
            common = gcd(stop - start, right - left)
            rise, run = (stop - start) // common, (right - left) // common
            along = (clipped - left) * rise if (left, rise) != (0, 1) else clipped
            line = along if run == 1 else (2 * along + run) // (2 * run)
            line = line + start if start else line
            found = line if found is None else pl.when(clipped <= right).then(line).otherwise(found)
        return found

    def _plain_grade(self, indicator: Indicator) -> Any:
        """The grade in a byte, -1 for n/a."""
        name = indicator.scoring.question
        grade = self.pl.col(f"{name}.c").cast(self.pl.Int8)
        return grade - 1 if name in self.edition.na_permitted else grade

    def _plain_results(self, rows: Any) -> Any:
        def metric(gate: MetricGate) -> Any:
            value = self._plain_value(self.questions[gate.metric])
            return self._good_enough(gate, value).fill_null(False)

        rows = self._side(rows, "", self._plain_leaf, self._plain_grade, metric)
        pl = self.pl
        complete = pl.lit("complete", self.status_names)
        return rows.select(*self._outputs("", "", complete, None, pl.lit(1.0)))

    # the score, the same for both ways

    def _side(
        self, rows: Any, side: str, leaf: Callable[[Indicator], Any], grade: Callable[[Indicator], Any],
        metric: Callable[[MetricGate], Any],
    ) -> Any:  # fmt: skip
        """Adds every node as ``node`` + *side*, the gates, the total, the level and the unmet conditions."""
        pl = self.pl
        leaves, grades = {}, {}
        nullable: dict[str, bool] = {}
        for indicator in self.edition.indicators.values():
            if isinstance(indicator.scoring, StagedScoring):
                grades[f"{indicator.id}.grade{side}"] = grade(indicator)
                if indicator.scoring.points is None:
                    continue
            nullable[indicator.id] = indicator.scoring.question in self.edition.na_permitted
            leaves[f"{indicator.id}.node{side}"] = leaf(indicator)
        rows = rows.with_columns(**leaves, **grades)
        groups = [group for dimension in self.scored for group in dimension.groups]
        rows = rows.with_columns(
            **{f"{g.id}.node{side}": self._mean(g.id, g.indicators, side, nullable) for g in groups}
        )
        rows = rows.with_columns(
            **{f"{d.id}.node{side}": self._mean(d.id, (*d.groups, *d.indicators), side, nullable) for d in self.scored}
        )
        rows = rows.with_columns(**{f"total{side}": self._mean("total", self.scored, side, nullable)})
        total = pl.col(f"total{side}")
        met = {}
        for level in self.levels:
            met[f"{level.id}.score{side}"] = (total >= millionths(level.score)).fill_null(False)
            for gate in level.gates:
                met[f"{gate.id}{side}"] = self._gate(gate, side, metric)
        rows = rows.with_columns(**met)
        so_far = by_score = total.is_not_null()
        reached, scored = [], []
        for level in self.levels:
            by_score &= pl.col(f"{level.id}.score{side}")
            so_far = reduce(and_, [so_far, *(pl.col(f"{name}{side}") for name in self._conditions(level.id))])
            reached.append(so_far.cast(pl.UInt8))
            scored.append(by_score.cast(pl.UInt8))
        return rows.with_columns(**{f"level{side}": reduce(add, reached), f"scored_level{side}": reduce(add, scored)})

    def _conditions(self, level: str) -> list[str]:
        return [f"{level}.score", *(gate.id for gate in self.edition.level(level).gates)]

    def _mean(self, name: str, children: Sequence[Any], side: str, nullable: dict[str, bool]) -> Any:
        """Weighted mean, half up; null where every child is."""
        pl = self.pl
        weights = integer_weights([child.weight for child in children])
        columns = [pl.col(f"{child.id}.node{side}") for child in children]
        loose = [nullable[child.id] for child in children]
        nullable[name] = all(loose)
        total = reduce(
            add, [(column.fill_null(0) if may else column) * weight
                  for column, weight, may in zip(columns, weights, loose, strict=True)],
        )  # fmt: skip
        fixed = sum(weight for weight, may in zip(weights, loose, strict=True) if not may)
        if not any(loose):
            return (2 * total + fixed) // (2 * fixed)
        present = [c.is_not_null().cast(pl.Int64) * w for c, w, may in zip(columns, weights, loose, strict=True) if may]
        divisor = reduce(add, present) + fixed
        return (2 * total + divisor) // pl.when(divisor > 0).then(2 * divisor)

    def _gate(self, gate: Gate, side: str, metric: Callable[[MetricGate], Any]) -> Any:
        pl = self.pl
        match gate:
            case CountGate():
                grades = [pl.col(f"{i.id}.grade{side}") for i in counted_by(gate, self.edition.model)]
                return reduce(add, [(grade >= gate.grade).cast(pl.UInt8) for grade in grades]) >= gate.needs
            case ScoreGate():
                names = gate.nodes or tuple(dimension.id for dimension in self.scored)
                needs = millionths(gate.needs)
                good = reduce(and_, [pl.col(f"{name}.node{side}") >= needs for name in names])
                return good.fill_null(False)
            case MetricGate():
                return metric(gate)

    def _good_enough(self, gate: MetricGate, value: Any) -> Any:
        question = self.questions[gate.metric]
        up = question.metric is None or question.metric.better == "up"
        return value >= millionths(gate.needs) if up else value <= millionths(gate.needs)

    def _outputs(self, low: str, high: str, status: Any, opened: Any, completeness: Any) -> Iterator[Any]:
        """The result columns; *opened* says which rows are incomplete, None that none is."""
        pl = self.pl

        def shown(expression: Any, kind: Any, *, when_open: bool = False) -> Any:
            if opened is None:
                return pl.lit(None, kind) if when_open else expression
            return pl.when(opened if when_open else ~opened).then(expression)

        level = self._named(pl.col(f"level{low}"), self.level_names)
        yield from IDENTITY
        yield status.alias("status")
        yield shown(level, self.level_names).alias("level")
        yield shown(self._named(pl.col(f"scored_level{low}"), self.level_names), self.level_names).alias("scored_level")
        total = pl.col(f"total{low}") / MILLION
        yield shown(total, pl.Float64).alias("score")
        yield shown(total, pl.Float64, when_open=True).alias("score_low")
        yield shown(pl.col(f"total{high}") / MILLION, pl.Float64, when_open=True).alias("score_high")
        yield shown(level, self.level_names, when_open=True).alias("level_low")
        best = self._named(pl.col(f"level{high}"), self.level_names)
        yield shown(best, self.level_names, when_open=True).alias("level_high")
        yield shown(self._blocked(low), self.blocked_names).alias("blocked_by")
        yield completeness.alias("completeness")
        for dimension in self.edition.model.dimensions:
            if dimension.scored:
                node, other = pl.col(f"{dimension.id}.node{low}"), pl.col(f"{dimension.id}.node{high}")
                known = node if opened is None else pl.when(node == other).then(node)
                yield (known / MILLION).alias(dimension.id)
                continue
            for number, name in enumerate(_grade_columns(self.edition, dimension)):
                stands = []
                for indicator in _graded(dimension):
                    here = pl.col(f"{indicator.id}.grade{low}") == number
                    if opened is not None:
                        here &= pl.col(f"{indicator.id}.grade{high}") == number
                    stands.append(here.cast(pl.UInt8))
                yield reduce(add, stands).alias(name)
        yield "record"

    def _blocked(self, side: str) -> Any:
        """The unmet conditions of the level above, as a position in the list of their texts."""
        pl = self.pl
        found = pl.lit(0, pl.UInt16)
        for index, level in enumerate(self.levels):
            unmet = [
                (~pl.col(f"{name}{side}")).cast(pl.UInt16) * (1 << bit)
                for bit, name in enumerate(self._conditions(level.id))
            ]
            here = reduce(add, unmet) + self.blocked_from[index]
            found = pl.when(pl.col(f"level{side}") == index).then(here).otherwise(found)
        return self._named(found, self.blocked_names)

    def _named(self, position: Any, names: Any) -> Any:
        """The text at a position in a list of names."""
        small = len(names.categories) < 255
        return position.cast(self.pl.UInt8 if small else self.pl.UInt16).cat.to(names)

    # all other rows: states, values, bands, and what is wrong

    def _judged(self, rows: Any) -> tuple[Any, list[_Problem]]:
        """Adds ``name.s`` (state), ``name.v`` (value), ``name.b`` (band), a column for every problem that there can
        be, and ``refused`` where there is one."""
        pl = self.pl
        folded = {
            f"{name}.f": self._not_plain(question).str.normalize("NFKC")
            .str.replace_all("[\u200b\u200c\u200d\u2060\ufeff]", "").str.strip_chars().str.to_lowercase()
            for name, question in self.questions.items()
        }  # fmt: skip
        rows = rows.with_columns(**folded)
        for step in (self._looked_up, self._parsed, self._valued):
            rows = rows.with_columns(**{k: v for question in self.questions.values() for k, v in step(question)})
        rows = rows.with_columns(**{f"{name}.e": self._error(question) for name, question in self.questions.items()})
        states = {f"{name}.s": self._state(question) for name, question in self.questions.items()}
        rows = rows.with_columns(**states)
        problems = [self._told((name,), f"{name}.e") for name in self.questions]
        for question, metric in self._made():
            rows, found = self._derive(rows, question, metric)
            problems += found
        for number, limit in enumerate(self.edition.model.na_limits):
            names = self._within(limit.within)
            taken = reduce(add, [(pl.col(f"{self._final(name)}.s") == NA).cast(pl.UInt8) for name in names])
            rows = rows.with_columns(**{f"limit{number}": self._when(taken > limit.at_most, "too_many_na")})
            problems.append(self._too_many(names, f"limit{number}"))
        nameless = (pl.col("id").str.strip_chars() == "") & (pl.col("name").str.strip_chars() == "")
        rows = rows.with_columns(nameless=pl.when(nameless).then(pl.lit("no_identity")))
        problems.append(_Problem("nameless", pl.lit("id|name"), pl.lit("")))
        return rows.with_columns(refused=pl.any_horizontal(pl.col(p.code).is_not_null() for p in problems)), problems

    def _not_plain(self, question: Question) -> Any:
        """The text where it has no code: few rows of a column, even here."""
        text = self.pl.col(question.id)
        if question.kind == "text":
            return text
        code = self.pl.col(f"{question.id}.c")
        missing = code.is_null()
        if question.kind == "multiple" and NONE not in question.option_ids:
            missing |= code == 0
        return self.pl.when(missing).then(text)

    def _listed(self, rows: Any, problem: _Problem) -> Any:
        pl = self.pl
        code = pl.col(problem.code)
        told = (problem.column.alias("column"), problem.value.alias("value"), code.alias("code"))
        return rows.filter(code.is_not_null()).select("record", "id", *told)

    def _told(self, names: Sequence[str], code: str) -> _Problem:
        pl = self.pl
        return _Problem(code, pl.lit("|".join(names)), pl.concat_str([pl.col(n) for n in names], separator=" | "))

    def _too_many(self, names: Sequence[str], code: str) -> _Problem:
        pl = self.pl
        absent = [pl.col(f"{self._final(name)}.s") == NA for name in names]
        pairs = list(zip(names, absent, strict=True))
        column = pl.concat_str([pl.when(na).then(pl.lit(n)) for n, na in pairs], separator="|", ignore_nulls=True)
        value = pl.concat_str([pl.when(na).then(pl.col(n)) for n, na in pairs], separator=" | ", ignore_nulls=True)
        return _Problem(code, column, value)

    def _final(self, name: str) -> str:
        """Prefix of a question's columns after the row step."""
        metric = self.questions[name].metric
        return f"{name}.made" if metric is not None and metric.part is not None else name

    def _looked_up(self, question: Question) -> Iterator[tuple[str, Any]]:
        pl = self.pl
        name = question.id
        if question.kind == "text":
            return
        folded = pl.col(f"{name}.f")
        choices = _choices(question)
        if question.kind in NUMERIC:
            digits = folded.str.replace_all("。", ".", literal=True).str.replace_all("−", "-", literal=True)
            units = ["%"] if question.kind == "percent" or (question.unit and question.unit.en == "%") else []
            if not units and question.unit is not None:
                units = [fold(question.unit.zh), fold(question.unit.en)]
            for unit in units:
                digits = digits.str.strip_suffix(unit).str.strip_chars_end()
            yield f"{name}.d", digits
            if question.options:
                yield f"{name}.i", self._mapped(folded, choices)
        elif question.kind == "multiple":
            options = [option for option in question.option_ids if option != NONE]
            # "none" has the bit above the others until it is known to stand alone
            bit = {option: 1 << index for index, option in enumerate([*options, NONE])}
            bits = {text: bit[question.option_ids[index]] for text, index in choices.items()}
            for suffix, parts in (
                ("bar", folded.str.split("|")),
                ("any", folded.str.replace_all("[;；、,，]", "|").str.split("|")),
            ):
                each = self._mapped(pl.element().str.strip_chars(), {**bits, "": 0})
                yield f"{name}.{suffix}", parts.list.eval(each)
        else:
            yield f"{name}.i", self._mapped(folded, choices)

    def _mapped(self, text: Any, table: Mapping[str, int]) -> Any:
        return text.replace_strict(list(table), list(table.values()), default=None, return_dtype=self.pl.Int64)

    def _parsed(self, question: Question) -> Iterator[tuple[str, Any]]:
        pl = self.pl
        name = question.id
        if question.kind in NUMERIC:
            digits = pl.col(f"{name}.d")
            good = digits.str.contains(f"^({NUMBER})$") & (digits.str.len_chars() <= 60)
            plain = pl.when(good).then(digits.str.replace_all(",", "", literal=True).str.strip_chars_start("+-"))
            yield f"{name}.minus", digits.str.starts_with("-")
            yield f"{name}.whole", plain.str.split(".").list.get(0).str.strip_chars_start("0")
            yield f"{name}.rest", plain.str.split(".").list.get(1, null_on_oob=True).fill_null("")
            yield f"{name}.n", good
        elif question.kind == "multiple":
            bar, every = pl.col(f"{name}.bar"), pl.col(f"{name}.any")
            parts = pl.when(bar.list.eval(pl.element().is_null()).list.any()).then(every).otherwise(bar)
            yield f"{name}.p", parts

    def _valued(self, question: Question) -> Iterator[tuple[str, Any]]:
        pl = self.pl
        name = question.id
        if question.kind in NUMERIC:
            whole, rest = pl.col(f"{name}.whole"), pl.col(f"{name}.rest")
            minus = pl.col(f"{name}.minus")
            huge = whole.str.len_chars() > 12
            units = pl.when(~huge).then(("0" + whole).cast(pl.Int64, strict=False))
            six = rest.str.slice(0, 6).str.pad_end(6, "0").cast(pl.Int64, strict=False)
            beyond = rest.str.slice(6).str.strip_chars_end("0")
            cut = units * MILLION + six
            # half towards plus infinity
            more = (beyond.str.slice(0, 1) >= "5") & ~(minus & (beyond == "5"))
            size = cut + more.cast(pl.Int64)
            low, high = _ends(question)
            above = (cut > high) | ((cut == high) & (beyond != "")) if high >= 0 else pl.lit(True)
            below = (cut > -low) | ((cut == -low) & (beyond != "")) if low <= 0 else (cut < low)
            if low > 0:
                outside = pl.when(minus).then(True).otherwise(above | below)
            else:
                outside = pl.when(minus).then(below).otherwise(above)
            yield f"{name}.v", pl.coalesce(f"{name}.c", pl.when(minus).then(-size).otherwise(size))
            yield f"{name}.outside", (huge | outside).fill_null(True)
            yield f"{name}.broken", rest.str.strip_chars_end("0") != ""
            if question.options:
                yield f"{name}.b", pl.col(f"{name}.i").fill_null(NO_BAND)
        elif question.kind == "multiple":
            parts = pl.col(f"{name}.p")
            picked = parts.list.drop_nulls().list.unique().list.sum()
            none = 1 << len(self._set_letters(question))
            known = pl.when(pl.col(f"{name}.f").is_null()).then(pl.col(f"{name}.c"))
            yield f"{name}.v", pl.coalesce(known, picked & (none - 1))
            yield f"{name}.empty", picked == 0
            yield f"{name}.mixed", picked > none
            yield f"{name}.strange", parts.list.eval(pl.element().is_null()).list.any()
        elif question.kind != "text":
            code = pl.col(f"{name}.c").cast(pl.Int64)
            yield f"{name}.v", pl.coalesce(code - 1 if name in self.edition.na_permitted else code, f"{name}.i")

    def _error(self, question: Question) -> Any:
        """Code of what is wrong with a cell, null where nothing is."""
        pl = self.pl
        name = question.id
        folded = pl.col(f"{name}.f")
        fine = folded.is_null() | (folded == "") | folded.is_in(list(_UNKNOWN_WORDS))
        found = pl.when(fine).then(pl.lit(None, pl.String))
        allowed = name in self.edition.na_permitted
        is_na = folded.is_in(list(_NA_WORDS))
        found = found.when(is_na).then(pl.lit(None, pl.String) if allowed else pl.lit("na_not_allowed"))
        if question.kind == "multiple":
            found = found.when(pl.col(f"{name}.strange")).then(pl.lit("no_such_option"))
            found = found.when(pl.col(f"{name}.empty")).then(pl.lit("empty_list"))
            found = found.when(pl.col(f"{name}.mixed")).then(pl.lit("none_and_more"))
        elif question.kind in NUMERIC:
            if question.options:
                found = found.when(pl.col(f"{name}.i").is_not_null()).then(pl.lit(None, pl.String))
            wrong = ~pl.col(f"{name}.n")
            digits = pl.col(f"{name}.d")
            found = found.when(wrong & digits.str.contains("^[-+]?[0-9]+,[0-9]+$")).then(pl.lit("decimal_comma"))
            if question.options:
                found = found.when(wrong & (digits.str.len_chars() == 1)).then(pl.lit("no_such_option"))
            found = found.when(wrong).then(pl.lit("not_a_number"))
            found = found.when(pl.col(f"{name}.outside")).then(pl.lit("out_of_range"))
            if question.integer:
                found = found.when(pl.col(f"{name}.broken")).then(pl.lit("not_whole"))
        elif question.kind != "text":
            found = found.when(pl.col(f"{name}.i").is_null()).then(pl.lit("no_such_option"))
        return found.otherwise(pl.lit(None, pl.String))

    def _state(self, question: Question) -> Any:
        pl = self.pl
        folded = pl.col(f"{question.id}.f")
        state = pl.when(pl.col(f"{question.id}.e").is_not_null() | (folded == "")).then(OPEN)
        state = state.when(folded.is_in(list(_UNKNOWN_WORDS))).then(UNKNOWN)
        absent = folded.is_in(list(_NA_WORDS))
        if question.id in self.edition.na_permitted and question.kind not in (*NUMERIC, "multiple", "text"):
            absent = absent.fill_null(pl.col(f"{question.id}.c") == 0)
        return state.when(absent).then(NA).otherwise(ANSWERED).cast(pl.Int8)

    def _derive(self, rows: Any, question: Question, metric: Metric) -> tuple[Any, list[Any]]:
        """A metric from its counts, as ``name.made.s``, ``.v`` and ``.b``, and the problems between them."""
        pl = self.pl
        assert metric.part is not None and metric.whole is not None
        name = question.id
        names = (name, metric.part, metric.whole)
        state, part_state, whole_state = (pl.col(f"{n}.s") for n in names)
        direct, part, whole = (pl.col(f"{n}.v") for n in names)
        allowed = name in self.edition.na_permitted
        both = (part_state == ANSWERED) & (whole_state == ANSWERED)
        huge = part.cast(pl.Float64) * _times(metric) / whole > 2e12
        zero = both & (whole == 0)
        made = both & (whole > 0)
        if metric.kind == "share":
            made &= part <= whole
        low, high = _ends(question)
        rows = rows.with_columns(**{
            f"{name}.zero": zero, f"{name}.both": both, f"{name}.able": made, f"{name}.huge": made & huge,
            f"{name}.q": self._quotient(f"{metric.part}.v", f"{metric.whole}.v", _times(metric)),
        })  # fmt: skip
        value, able, zero = pl.col(f"{name}.q"), pl.col(f"{name}.able"), pl.col(f"{name}.zero")
        outside = able & (pl.col(f"{name}.huge") | ~value.is_between(low, high).fill_null(False))
        rows = rows.with_columns(**{f"{name}.out": outside})
        fits = able & ~pl.col(f"{name}.out")
        apart = fits & (state == ANSWERED)
        far = (direct - value).abs() > self._tolerance(metric, value)
        if question.options:
            band = pl.col(f"{name}.b")
            far = pl.when(band == NO_BAND).then(far).otherwise(band != self._band_of(question, value))
        both_na = (part_state == NA) | (whole_state == NA)
        unknown = ((part_state == UNKNOWN) | (whole_state == UNKNOWN)) & (part_state != OPEN) & (whole_state != OPEN)
        undecided = (state == OPEN) | (state == UNKNOWN)
        final = pl.when(fits).then(ANSWERED)
        if allowed:
            final = final.when(zero).then(NA)
        final = final.when(undecided & both_na).then(NA).when(undecided & unknown).then(UNKNOWN).otherwise(state)
        columns = {
            f"{name}.made.s": final.cast(pl.Int8),
            f"{name}.made.v": pl.when(fits).then(value).otherwise(direct),
            f"{name}.e.above": self._when(pl.col(f"{name}.both") & (part > whole), "part_above_whole"),
            f"{name}.e.zero": self._when(zero, "whole_zero"),
            f"{name}.e.out": self._when(pl.col(f"{name}.out"), "quotient_out_of_range"),
            f"{name}.e.apart": self._when(apart & far, "value_against_counts"),
        }
        if question.options:
            columns[f"{name}.made.b"] = pl.when(fits).then(NO_BAND).otherwise(pl.col(f"{name}.b"))
        problems = [self._told(names[1:], f"{name}.e.above")] if metric.kind == "share" else []
        problems += [] if allowed else [self._told(names[2:], f"{name}.e.zero")]
        problems += [self._told(names[1:], f"{name}.e.out"), self._told(names, f"{name}.e.apart")]
        return rows.with_columns(**columns), problems

    def _when(self, flag: Any, code: str) -> Any:
        return self.pl.when(flag).then(self.pl.lit(code))

    def _band_of(self, question: Question, value: Any) -> Any:
        pl = self.pl
        found = pl.lit(len(question.options) - 1, pl.Int64)
        for at in range(len(question.options) - 2, -1, -1):
            end = question.options[at].to
            assert end is not None
            left = question.id in self.edition.closed_left
            inside = value < millionths(end) if left else value <= millionths(end)
            found = pl.when(inside).then(pl.lit(at, pl.Int64)).otherwise(found)
        return found

    def _thorough_results(self, rows: Any) -> Any:
        pl = self.pl
        required, missing = self._required()
        rows = rows.with_columns(required=required, missing=missing)
        for side, best in ((".low", False), (".high", True)):
            rows = self._side(
                rows, side, self._thorough_leaf(best=best), self._thorough_grade(best=best),
                self._thorough_metric(best=best),
            )  # fmt: skip
        opened = pl.col("missing") > 0
        status = self._named(opened, self.status_names)
        required = pl.col("required")
        share = (2 * (required - pl.col("missing")) * MILLION + required) // (2 * required)
        completeness = pl.when(required > 0).then(share).otherwise(MILLION) / MILLION
        return rows.select(*self._outputs(".low", ".high", status, opened, completeness))

    def _required(self) -> tuple[Any, Any]:
        """How many questions can change the result, and how many of these are open."""
        pl = self.pl
        needed: dict[str, list[Any]] = {}
        always = pl.lit(True)
        for name in scored_questions(self.edition):
            metric = self.questions[name].metric
            if metric is None or metric.part is None or metric.whole is None:
                needed.setdefault(name, []).append(always)
                continue
            part, whole = (pl.col(f"{n}.s") != OPEN for n in (metric.part, metric.whole))
            by_counts = pl.col(f"{name}.s") == OPEN
            if metric.ask != "counts":
                by_counts &= part | whole
            by_counts &= (pl.col(f"{name}.made.s") == OPEN) | (part & whole)
            needed.setdefault(name, []).append(~by_counts)
            for count in (metric.part, metric.whole):
                needed.setdefault(count, []).append(by_counts)
        flags = {name: reduce(lambda a, b: a | b, found) for name, found in needed.items()}
        required = reduce(add, [flag.cast(pl.Int64) for flag in flags.values()])
        opened = [(f & (pl.col(f"{self._final(n)}.s") == OPEN)).cast(pl.Int64) for n, f in flags.items()]
        return required, reduce(add, opened)

    def _settled(self, name: str, answered: Any, opened: int, absent: int | None) -> Any:
        pl = self.pl
        state = pl.col(f"{self._final(name)}.s")
        found = pl.when(state == ANSWERED).then(answered).when(state == OPEN).then(pl.lit(opened, pl.Int64))
        return found.when(state == UNKNOWN).then(pl.lit(0, pl.Int64)).otherwise(pl.lit(absent, pl.Int64))

    def _thorough_leaf(self, *, best: bool) -> Callable[[Indicator], Any]:
        pl = self.pl

        def leaf(indicator: Indicator) -> Any:
            scoring = indicator.scoring
            question = self.questions[scoring.question]
            final = self._final(question.id)
            value = pl.col(f"{final}.v")
            if question.kind in NUMERIC:
                band = pl.col(f"{final}.b") if question.options else None
                value = value if band is None else pl.when(band == NO_BAND).then(value).otherwise(0)
                points = self._points_of_number(scoring, value, band)
            elif isinstance(scoring, ChecklistScoring):
                points = self._ticked(scoring, value, question)
            else:
                points = self._point_table(_table(scoring, question), value)
            return self._settled(question.id, points, FULL if best else 0, None)

        return leaf

    def _thorough_grade(self, *, best: bool) -> Callable[[Indicator], Any]:
        def grade(indicator: Indicator) -> Any:
            name = indicator.scoring.question
            top = len(self.questions[name].grades) if best else 0
            return self._settled(name, self.pl.col(f"{name}.v"), top, ABSENT).cast(self.pl.Int8)

        return grade

    def _thorough_metric(self, *, best: bool) -> Callable[[MetricGate], Any]:
        pl = self.pl

        def metric(gate: MetricGate) -> Any:
            final = self._final(gate.metric)
            state = pl.col(f"{final}.s")
            met = (state == ANSWERED) & self._good_enough(gate, pl.col(f"{final}.v"))
            if self.questions[gate.metric].options:
                met &= pl.col(f"{final}.b") == NO_BAND
            met = met.fill_null(False)
            return met | (state == OPEN) if best else met

        return metric


def _times(metric: Metric) -> int:
    return 100 if metric.kind == "share" else metric.times


def _ends(question: Question) -> tuple[int, int]:
    assert question.min is not None and question.max is not None
    return millionths(question.min), millionths(question.max)


def _table(scoring: Any, question: Question) -> list[int]:
    """Points by index of the option."""
    if isinstance(scoring, ChoiceScoring):
        return [_rounded(scoring.points[name], scoring.out_of) for name in question.option_ids]
    assert isinstance(scoring, StagedScoring) and scoring.points is not None and scoring.out_of is not None
    return [_rounded(points, scoring.out_of) for points in scoring.points]


# ── check ────────────────────────────────────────────────────────────────────────────────────────────

ODD = [
    "", " ", "?", "不清楚", "n/a", "不适用", "N/A", "a", "Ｂ", "C ", "D|B", "b；c", "A|B", "B|B", "|", "b,c", "yes",
    "否", "TRUE", "3", "03", "+3", "-3", "3.0", "3.5", "1e1", ".5", "5.", "50%", "50 ％", "1,234", "1234,5", "12,5",
    "99.9999999", "100.0000001", "0.0000005", "-0.0000005", "33.33333350", "1.23456789", "0", "0.5", "1000000",
    "1000001", "999999999999999", "12台", "12 units", "5 万元", "inf", "nan", "１２", "7。5", "−8.5", "-100",
    "-100.0000001", "1000", "1000.0000001",
]  # fmt: skip
"""Cells that rows of the benchmark seldom or never hold."""


def check(model: str, rows: int) -> int:
    """Compare every result column and every reject of the Polars rival with bamai's own, on *rows* rows of the
    benchmark and on as many with odd cells. Returns the exit code."""
    edition = Catalog().load(model)
    generator = importlib.import_module("rows")
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        plain, odd = Path(folder) / "plain.csv", Path(folder) / "odd.csv"
        generator.write(edition, rows, str(plain))
        _make_odd(edition, plain, odd)
        for path in (plain, odd):
            out, rejects = Path(folder) / "out.csv", Path(folder) / "rejects.csv"
            PolarsJob(edition).run(str(path), str(out), str(rejects))
            results, refused = _expected(edition, path)
            wrong += _differences(f"{path.stem} results", results, _read(out))
            wrong += _differences(f"{path.stem} rejects", refused, _read(rejects))
    return 1 if wrong else 0


def _make_odd(edition: Edition, path: Path, out: Path) -> None:
    chance = random.Random(2026)
    with path.open(encoding="utf-8", newline="") as source, out.open("w", encoding="utf-8", newline="") as target:
        reader = csv.DictReader(source)
        writer = csv.DictWriter(target, reader.fieldnames or ())
        writer.writeheader()
        names = list(edition.questions)
        for row in reader:
            for name in chance.sample(names, chance.choice((0, 1, 1, 2, 5))):
                options = edition.questions[name].options
                labels = [text for option in options for text in (option.id, option.label.zh, option.label.en)]
                row[name] = chance.choice(labels if labels and chance.random() < 0.3 else ODD)
            writer.writerow(row)


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _expected(edition: Edition, path: Path) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    rows = _read(path)
    judge = Judge(edition)
    cells = {name: [judge.cell(name, row[name]) for row in rows] for name in edition.questions}
    given = {
        name: Column.of(Cell(OPEN) if isinstance(cell, Problem) else cell for cell in column)
        for name, column in cells.items()
    }
    judged = judge_rows(edition, given)
    scores = Scorer(edition).score(judged)
    results, refused = [], []
    for index, row in enumerate(rows):
        problems = [(n, row[n], cell.code) for n, c in cells.items() if isinstance(cell := c[index], Problem)]
        problems += _between_rows(row, judged, index)
        record = str(index + 1)
        refused += [dict(zip(REJECTS, (record, row["id"], *problem), strict=True)) for problem in problems]
        if not problems:
            told = _result(edition, scores, index) | {"record": record}
            told |= {name: row[name] for name in IDENTITY}
            texts = {name: told.get(name) for name in result_columns(edition)}
            results.append({name: _as_text(value) for name, value in texts.items()})
    return results, refused


def _as_text(value: object) -> str:
    return "" if value is None else f"{value:.6f}" if isinstance(value, float) else str(value)


def _differences(what: str, expected: Iterable[dict[str, str]], found: Iterable[dict[str, str]]) -> int:
    def key(row: dict[str, str]) -> tuple[Any, ...]:
        return (int(row["record"]), *sorted(row.items()))

    wanted, got = sorted(expected, key=key), sorted(found, key=key)
    pairs = [(a, b) for a, b in zip(wanted, got, strict=False) if a != b]
    for a, b in pairs[:5]:
        print({name: (a[name], b.get(name)) for name in a if a[name] != b.get(name)}, a["record"], b["record"])
    print(f"{what}: {len(wanted)} expected, {len(got)} found, {len(pairs)} differ")
    return len(pairs) + abs(len(wanted) - len(got))


if __name__ == "__main__":
    main()
