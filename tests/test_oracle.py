"""The score against an independent, naive implementation that reads the YAML itself and counts in fractions."""

from __future__ import annotations

import random
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bamai.answers import Cell, Column, Columns, Judge, judge_rows
from bamai.catalog import Edition
from bamai.scoring import Scores, score
from conftest import ROOT, edition

MODELS = ["general@2026-reference", "sme@2024"]
N = 10_000

Plain = dict[str, Any]


def _fraction(loader: yaml.SafeLoader, node: yaml.Node) -> Fraction:
    assert isinstance(node, yaml.ScalarNode)
    return Fraction(str(loader.construct_scalar(node)))


def raw(name: str) -> tuple[Plain, dict[str, Plain]]:
    """Model and questions as plain YAML with every number as a fraction."""

    class Loader(yaml.SafeLoader):
        pass

    Loader.add_constructor("tag:yaml.org,2002:float", _fraction)
    model_id, edition_id = name.split("@")
    folder = f"{model_id}/{edition_id}"
    model = yaml.load((ROOT / "rules" / folder / "model.yaml").read_text(encoding="utf-8"), Loader)
    text = (ROOT / "questionnaires" / folder / "questionnaire.yaml").read_text(encoding="utf-8")
    sections = yaml.load(text, Loader)["sections"]
    return model, {q["id"]: q for section in sections for q in section["questions"]}


def up(value: Fraction) -> Fraction:
    """Half up to a millionth."""
    return Fraction((value * 10**6 + Fraction(1, 2)).__floor__(), 10**6)


NA = "n/a"


class Oracle:
    """One enterprise at a time, with dictionaries."""

    def __init__(self, name: str) -> None:
        self.model, self.questions = raw(name)

    def metric(self, question: Plain, answers: Plain) -> Any:
        metric = question.get("metric") or {}
        part, whole = (answers.get(metric.get(key, "")) for key in ("part", "whole"))
        if part not in (None, "?", NA) and whole not in (None, "?", NA):
            if Fraction(whole) == 0:
                return NA
            times = 100 if metric["kind"] == "share" else metric.get("times", 1)
            return up(Fraction(part) * times / Fraction(whole))
        direct = answers.get(question["id"])
        if direct in (None, "?"):
            if NA in (part, whole) or whole == "0":
                return NA
            if "?" in (part, whole) and None not in (part, whole):
                return "?"
        if direct in (None, "?", NA) or str(direct).isalpha():
            return direct
        return up(Fraction(direct))

    def leaf(self, indicator: Plain, answers: Plain) -> tuple[Fraction | None, int | None]:
        """Score (None: n/a) and grade."""
        scoring = indicator["scoring"]
        question = self.questions[scoring["question"]]
        numeric = question["kind"] in ("number", "percent")
        value: Any = self.metric(question, answers) if numeric else answers.get(question["id"])
        if value == NA:
            return None, None
        if value in (None, "?"):
            return Fraction(0), 0
        out_of = Fraction(scoring.get("out_of") or 1)
        kind = scoring["kind"]
        if kind == "staged":
            points = scoring.get("points")
            return (up(100 * Fraction(points[int(value)]) / out_of) if points else Fraction(0)), int(value)
        if kind == "checklist":
            assert isinstance(value, list)
            ticked = sum((Fraction(scoring["points"][name]) for name in value), Fraction(0))
            return up(100 * min(ticked, out_of) / out_of), None
        if kind == "choice":
            return up(100 * Fraction(scoring["points"][value]) / out_of), None
        if kind == "bands":
            if isinstance(value, str):
                index = "ABCDEFGH".index(value)
            else:
                right = scoring["closed"] == "right"
                ends = [Fraction(band["to"]) for band in scoring["bands"][:-1]]
                index = sum(value > end if right else value >= end for end in ends)
            return up(100 * Fraction(scoring["bands"][index]["points"]) / out_of), None
        knots = [(Fraction(k["at"]), Fraction(k["points"])) for k in scoring["knots"]]
        number = min(max(Fraction(value), knots[0][0]), knots[-1][0])
        for (x0, y0), (x1, y1) in pairwise(knots):
            if x0 <= number <= x1:
                return up(100 * (y0 + (number - x0) * (y1 - y0) / (x1 - x0)) / out_of), None
        raise AssertionError(number)

    def mean(self, parts: list[tuple[Plain, Fraction | None]]) -> Fraction | None:
        present = [(Fraction(node.get("weight") or 1), value) for node, value in parts if value is not None]
        weights = sum(weight for weight, _ in present)
        return up(sum((w * v for w, v in present), Fraction(0)) / weights) if present else None

    def run(self, answers: Plain) -> tuple[Fraction | None, str, str]:
        scores: dict[str, Fraction | None] = {}
        graded: list[tuple[Plain, set[str], int | None]] = []
        for dimension in self.model["dimensions"]:
            parts: list[tuple[Plain, Fraction | None]] = []
            for group in dimension.get("groups", []):
                inner = []
                for indicator in group["indicators"]:
                    points, grade = self.leaf(indicator, answers)
                    inner.append((indicator, points))
                    if indicator["scoring"]["kind"] == "staged":
                        graded.append((indicator, {dimension["id"], group["id"]}, grade))
                scores[group["id"]] = self.mean(inner)
                parts.append((group, scores[group["id"]]))
            for indicator in dimension.get("indicators", []):
                points, grade = self.leaf(indicator, answers)
                parts.append((indicator, points))
                if indicator["scoring"]["kind"] == "staged":
                    graded.append((indicator, {dimension["id"]}, grade))
            scores[dimension["id"]] = self.mean(parts)
        scored = [d for d in self.model["dimensions"] if d.get("scored", True)]
        total = self.mean([(d, scores[d["id"]]) for d in scored])
        level = by_score = "none"
        held = True
        for step in self.model["levels"]:
            if total is not None and total >= Fraction(step["score"]):
                by_score = step["id"]
            else:
                held = False
            for gate in step.get("gates", []):
                held = held and self.gate(gate, scores, graded, [d["id"] for d in scored], answers)
            if held:
                level = step["id"]
        return total, level, by_score

    def gate(self, gate: Plain, scores: dict[str, Fraction | None], graded: list[tuple[Plain, set[str], int | None]],
             scored: list[str], answers: Plain) -> bool:  # fmt: skip
        if gate["kind"] == "count":
            met = [grade for indicator, within, grade in graded
                   if grade is not None and grade >= gate["grade"]
                   and ("within" not in gate or gate["within"] in within)
                   and ("tag" not in gate or gate["tag"] in indicator.get("tags", []))]  # fmt: skip
            return len(met) >= int(gate["needs"])
        if gate["kind"] == "score":
            values = [scores[name] for name in gate.get("nodes") or scored]
            return all(value is not None and value >= Fraction(gate["needs"]) for value in values)
        question = self.questions[gate["metric"]]
        value = self.metric(question, answers)
        if value in (None, "?", NA):
            return False
        if question["metric"]["better"] == "up":
            return bool(Fraction(value) >= Fraction(gate["needs"]))
        return bool(Fraction(value) <= Fraction(gate["needs"]))


class Answerer:
    """Random answers in the oracle's form, and as a respondent writes them."""

    def __init__(self, used: Edition, seed: int) -> None:
        self.edition = used
        self.random = random.Random(seed)

    def answers(self, *, open_rate: float = 0.0) -> Plain:
        found: Plain = {}
        mood = self.random.random()  # enterprises differ as wholes, so that every level occurs
        for name, question in self.edition.questions.items():
            if name in self.edition.counts:
                continue
            if self.random.random() < open_rate:
                continue
            if self.random.random() < 0.01:
                found[name] = "?"
                continue
            if name in self.edition.na_permitted and self.random.random() < 0.08:
                found[name] = NA
                continue
            found[name] = self.value(name, mood)
            metric = question.metric
            if metric and metric.part and metric.whole and self.random.random() < 0.5:
                del found[name]
                if name in self.edition.na_permitted and self.random.random() < 0.1:
                    found[metric.whole] = "0"
                    continue
                whole = self.random.randint(1, 400)
                found[metric.whole] = found.get(metric.whole, str(whole))
                top = int(Fraction(found[metric.whole]))
                found[metric.part] = str(min(top, round(top * min(1, mood * self.random.uniform(0.5, 1.5)))))
        return found

    def value(self, name: str, mood: float) -> Any:
        question = self.edition.questions[name]
        lucky = min(1.0, max(0.0, self.random.gauss(mood, 0.25)))
        ids = question.option_ids
        if question.kind == "multiple":
            ticked = [i for i in ids[1:] if self.random.random() < lucky]
            return ticked or [ids[0]]
        if question.kind == "grade":
            return str(round(lucky * (len(ids) - 1)))
        if question.kind in ("single", "trend", "yes_no"):
            return ids[round(lucky * (len(ids) - 1))]
        if question.options and self.random.random() < 0.2:
            return question.letters[round(lucky * (len(ids) - 1))]
        assert question.min is not None and question.max is not None
        edges = [str(edge) for edge in (10, 20, 40, 60, "10.000001", "9.9999995", "19.9999994")]
        if question.kind == "percent" and self.random.random() < 0.2:
            return self.random.choice(edges)
        low, high = Fraction(question.min), Fraction(question.max)
        return f"{float(low + (high - low) * Fraction(lucky)):.{self.random.randint(0, 6)}f}"


def written(value: Any) -> str:
    return "|".join(value) if isinstance(value, list) else str(value)


def batch(used: Edition, rows: list[Plain]) -> Columns:
    judge = Judge(used)
    columns: Columns = {}
    for name in used.questions:
        cells = [judge.cell(name, written(row.get(name, ""))) for row in rows]
        assert all(isinstance(cell, Cell) for cell in cells), (name, [c for c in cells if not isinstance(c, Cell)][:1])
        columns[name] = Column.of(cell for cell in cells if isinstance(cell, Cell))
    return columns


def scored(used: Edition, rows: list[Plain], *, missing_lowest: bool = False) -> Scores:
    judged = judge_rows(used, batch(used, rows))
    assert judged.problems == [], judged.problems[0].describe(int(np.argmax(judged.problems[0].rows)))
    return score(used, judged, missing_lowest=missing_lowest)


def levels(used: Edition, indexes: Any) -> list[str]:
    names = ["none", *(level.id for level in used.model.levels)]
    return [names[int(index) + 1] for index in indexes]


def within_limits(used: Edition, rows: list[Plain]) -> list[Plain]:
    """Rows whose answers hold together (not too many n/a)."""
    judged = judge_rows(used, batch(used, rows))
    bad = np.zeros(len(rows), np.bool_)
    for problem in judged.problems:
        assert problem.describe(int(np.argmax(problem.rows))).code == "too_many_na"
        bad |= problem.rows
    return [row for row, wrong in zip(rows, bad, strict=True) if not wrong]


@pytest.mark.parametrize("name", MODELS)
def test_ten_thousand_enterprises_score_as_the_oracle_says(name: str) -> None:
    used = edition(name)
    oracle = Oracle(name)
    answerer = Answerer(used, 20240904)
    rows = within_limits(used, [answerer.answers(open_rate=0.02) for _ in range(N + N // 10)])[:N]
    assert len(rows) == N
    found = scored(used, rows, missing_lowest=True)
    seen = set()
    reached, by_score = levels(used, found.level.low), levels(used, found.scored_level.low)
    for i, row in enumerate(rows):
        total, level, level_by_score = oracle.run(row)
        assert total is not None
        assert total * 10**6 == int(found.score.low[i]), row
        assert (level, level_by_score) == (reached[i], by_score[i]), row
        seen.add(level)
    assert len(seen) >= len(used.model.levels), seen  # the sample reaches every level


@pytest.mark.parametrize("name", MODELS)
def test_a_batch_is_its_rows_in_any_order_and_size(name: str) -> None:
    used = edition(name)
    answerer = Answerer(used, 7)
    rows = within_limits(used, [answerer.answers(open_rate=0.1) for _ in range(300)])
    whole = scored(used, rows)
    order = list(range(len(rows)))
    random.Random(3).shuffle(order)
    shuffled = scored(used, [rows[i] for i in order])
    for position, i in enumerate(order):
        assert whole.score.low[i] == shuffled.score.low[position]
        assert whole.level.high[i] == shuffled.level.high[position]
    for i in range(0, len(rows), 10):
        alone = scored(used, [rows[i]])
        for part in ("score", "level", "scored_level"):
            both, one = getattr(whole, part), getattr(alone, part)
            assert (both.low[i], both.high[i]) == (one.low[0], one.high[0])
        assert whole.incomplete[i] == alone.incomplete[0]
        for gate, result in whole.gates.items():
            assert result.met_low[i] == alone.gates[gate].met_low[0]


@pytest.mark.parametrize("name", MODELS)
def test_the_range_contains_every_completion(name: str) -> None:
    used = edition(name)
    for seed in range(40):
        answerer = Answerer(used, seed)
        partial = within_limits(used, [answerer.answers(open_rate=0.4)])
        if not partial:
            continue
        bounds = scored(used, partial)
        filled = []
        for _ in range(60):
            more = answerer.answers()
            row = {**partial[0]}
            for question, value in more.items():
                metrics = used.counts.get(question, ()) or (question,)
                groups = [(m, used.questions[m].metric) for m in metrics]
                taken = any(
                    n in partial[0]
                    for m, metric in groups
                    for n in (m, metric and metric.part, metric and metric.whole)
                )
                if question not in partial[0] and not taken:
                    row[question] = value
            filled.append(row)
        filled = within_limits(used, filled)
        complete = scored(used, filled, missing_lowest=True)
        assert (complete.score.low >= bounds.score.low[0]).all()
        assert (complete.score.high <= bounds.score.high[0]).all()
        assert (complete.level.low >= bounds.level.low[0]).all()
        assert (complete.level.high <= bounds.level.high[0]).all()


def improved(used: Edition, row: Plain, name: str, step: random.Random) -> Iterator[Plain]:
    """The row with one answer better: more ticked, a higher option, a metric further in its direction."""
    question = used.questions[name]
    value = row.get(name)
    ids = question.option_ids
    if value is None or value == NA or name in used.counts:
        return
    if question.kind == "multiple":
        missing = [i for i in ids[1:] if value == "?" or i not in value]
        if missing:
            kept = [] if value == "?" else [i for i in value if i != ids[0]]
            yield {**row, name: [*kept, step.choice(missing)]}
    elif question.kind in ("single", "trend", "grade", "yes_no"):
        index = -1 if value == "?" else ids.index(value)
        if index + 1 < len(ids):
            yield {**row, name: ids[step.randrange(index + 1, len(ids))]}
    elif question.options and isinstance(value, str) and value.isalpha():
        index = question.letters.index(value)
        if index + 1 < len(ids):
            yield {**row, name: question.letters[step.randrange(index + 1, len(ids))]}
    elif question.metric is not None and value != "?":
        assert question.min is not None and question.max is not None
        end = Fraction(question.max if question.metric.better == "up" else question.min)
        moved = Fraction(value) + (end - Fraction(value)) * Fraction(step.random())
        yield {**row, name: f"{float(moved):.5f}" if abs(moved - Fraction(value)) > 1 else value}


@pytest.mark.parametrize("name", MODELS)
@settings(max_examples=60)
@given(seed=st.integers(0, 10**9))
def test_a_better_answer_never_lowers_the_score(name: str, seed: int) -> None:
    used = edition(name)
    step = random.Random(seed)
    rows = within_limits(used, [Answerer(used, seed).answers(open_rate=0.05)])
    better = [changed for row in rows for question in used.questions for changed in improved(used, row, question, step)]
    if not better:
        return
    before, after = scored(used, rows), scored(used, better)
    assert (after.score.low >= before.score.low[0]).all()
    assert (after.score.high >= before.score.high[0]).all()
    assert (after.level.low >= before.level.low[0]).all()
    assert (after.level.high >= before.level.high[0]).all()
