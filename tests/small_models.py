"""Small random models with random answers and efforts, and everything that their answers can become."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from itertools import product
from typing import Any, NamedTuple

import numpy as np

from bamai.answers import ANSWERED, Cell, Column, Columns, Judge, judge_rows
from bamai.catalog import Edition
from bamai.checks import Files, check_edition
from bamai.model import MaturityModel
from bamai.questionnaire import Questionnaire
from bamai.roadmap.effort import Cost, Efforts, unit_efforts
from bamai.schema import validate
from bamai.scoring import Scorer
from bamai.yamlfile import parse_bytes

Text = {"zh": "某", "en": "some"}
POINT = 1_000_000


class Option(NamedTuple):
    """What a question can become: the cells it takes, and the effort in hundredths."""

    cells: dict[str, Cell]
    effort: int


class Case(NamedTuple):
    edition: Edition
    columns: Columns
    efforts: Efforts
    options: dict[str, list[Option]]

    def every_outcome(self) -> Iterator[tuple[int, int, int, int]]:
        """Effort, questions moved, score and index of the level of every combination of options."""
        choices = list(product(*self.options.values()))
        columns: Columns = {}
        for name in self.edition.questions:
            start = self.columns.get(name) or Column.blank(1)
            kept = Cell(int(start.state[0]), int(start.value[0]), int(start.band[0]))
            columns[name] = Column.of(
                next((option.cells[name] for option in choice if name in option.cells), kept) for choice in choices
            )
        judged = judge_rows(self.edition, columns)
        assert judged.problems == []
        scores = Scorer(self.edition).score(judged, missing_lowest=True)
        for row, choice in enumerate(choices):
            effort = sum(option.effort for option in choice)
            moved = sum(bool(option.cells) for option in choice)
            yield effort, moved, int(scores.score.low[row]), int(scores.level.low[row])


def loaded(model: dict[str, Any], questions: dict[str, Any]) -> Edition:
    """An edition of plain data, checked as rule files are."""
    documents = [parse_bytes(json.dumps(data).encode(), "tiny", "rules") for data in (model, questions)]
    found = Edition(validate(MaturityModel, documents[0]), validate(Questionnaire, documents[1]), ())
    problems = check_edition(found.model, found.questionnaire, Files(*documents))
    assert problems == [], problems[0].text("en")
    return found


class _Maker:
    def __init__(self, seed: int, *, hide: bool) -> None:
        self.random = random.Random(seed)
        self.hide = hide
        self.questions: list[dict[str, Any]] = []
        self.scorings: dict[str, dict[str, Any]] = {}
        self.gates: dict[str, list[int]] = {}

    def case(self) -> Case:
        pick = self.random
        kinds = ["single", "multiple", "grade", "grade", "line", "bands", "share"]
        names = []
        for number in range(pick.randint(3, 6)):
            name = f"q{number}"
            names.append(name)
            self.question(name, pick.choice(kinds))
        if self.hide:
            self.hidden(names)
        model = self.model(names)
        questions = {"schema": "bamai.questionnaire/1", "model": "tiny", "edition": "1", "title": Text,
                     "sections": [{"id": "all", "title": Text, "questions": self.questions}]}  # fmt: skip
        edition = loaded(model, questions)
        judge = Judge(edition)
        columns: Columns = {}
        costs: dict[str, Cost] = {}
        options: dict[str, list[Option]] = {}
        for name in names:
            answers = self.answers(name)
            for question, text in answers.items():
                cell = judge.cell(question, text)
                assert isinstance(cell, Cell), (question, text, cell)
                columns[question] = Column.of([cell])
            costs[name] = self.cost(name)
            options[name] = [Option({}, 0), *self.options(name, answers, costs[name])]
        efforts = unit_efforts()._replace(illustrative=False, costs=costs)
        return Case(edition, columns, efforts, options)

    # ── the model ────────────────────────────────────────────────────────────────────────────────

    def question(self, name: str, kind: str) -> None:
        pick = self.random
        question: dict[str, Any] = {"id": name, "text": {"zh": name, "en": name}}
        scoring: dict[str, Any] = {"question": name}
        if kind == "single":
            count = pick.randint(2, 4)
            question |= {"kind": "single", "options": [self.option(i) for i in range(count)]}
            scoring |= {"kind": "choice", "out_of": 7, "points": dict(zip("pqrs", self.rising(count, 7), strict=False))}
        elif kind == "multiple":
            count = pick.randint(2, 4)
            question |= {"kind": "multiple", "options": [{"id": "none", "label": {"zh": "无", "en": "None"}},
                                                         *(self.option(i) for i in range(count))]}  # fmt: skip
            each = {"none": 0, **{"pqrs"[i]: pick.randint(1, 3) for i in range(count)}}
            out_of = pick.randint(max(each.values()), sum(each.values()))
            scoring |= {"kind": "checklist", "out_of": out_of, "points": each}
        elif kind == "grade":
            count = pick.randint(2, 4)
            question |= {"kind": "grade", "grades": [{"zh": f"{i}级", "en": f"G{i}"} for i in range(count)]}
            scoring |= {"kind": "staged", "out_of": 7, "points": self.rising(count + 1, 7)}
        else:
            better = pick.choice(["up", "down"]) if kind != "share" else "up"
            question |= {"kind": "percent", "min": 0, "max": 100, "metric": {"better": better}}
            if kind == "share":
                for count_name in (f"{name}_part", f"{name}_all"):
                    self.questions.append({"id": count_name, "kind": "number", "integer": True, "min": 0, "max": 1000,
                                           "unit": Text, "text": {"zh": count_name, "en": count_name}})  # fmt: skip
                question["metric"] |= {"kind": "share", "part": f"{name}_part", "whole": f"{name}_all"}
            if kind == "bands" or (kind == "share" and pick.random() < 0.5):
                ends = [0, *sorted(pick.sample(range(10, 100, 10), pick.randint(1, 3))), 100]
                points = self.rising(len(ends) - 1, 7)
                points = points if better == "up" else points[::-1]
                bands = [{"from": a, "to": b, "points": p} for a, b, p in zip(ends, ends[1:], points, strict=False)]
                scoring |= {"kind": "bands", "out_of": 7, "closed": pick.choice(["left", "right"]), "bands": bands}
                if pick.random() < 0.5:
                    question["options"] = [{**self.option(i), "from": band["from"], "to": band["to"]}
                                           for i, band in enumerate(bands)]  # fmt: skip
            else:
                knots = [{"at": 20, "points": 0}, {"at": 70, "points": 7}]
                if better == "down":
                    knots = [{"at": 20, "points": 7}, {"at": 70, "points": 0}]
                scoring |= {"kind": "linear", "out_of": 7, "knots": knots}
        self.questions.append(question)
        self.scorings[name] = scoring

    def option(self, index: int) -> dict[str, Any]:
        return {"id": "pqrs"[index], "label": {"zh": f"选项{index}", "en": f"Option {index}"}}

    def rising(self, count: int, top: int) -> list[int]:
        return [0, *sorted(self.random.randint(0, top) for _ in range(count - 2)), top]

    def hidden(self, names: list[str]) -> None:
        """Shows some questions only by the answers to earlier ones."""
        counts = {f"{name}_part" for name in names} | {f"{name}_all" for name in names}
        earlier: list[dict[str, Any]] = []
        for question in self.questions:
            if earlier and question["id"] not in counts and self.random.random() < 0.6:
                conditions = [self.condition(self.random.choice(earlier)) for _ in range(self.random.randint(1, 2))]
                question["show_if"] = {self.random.choice(["all", "any"]): conditions}
            if question["id"] not in counts:
                earlier.append(question)

    def condition(self, on: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = {"question": on["id"]}
        if on["kind"] in ("single", "multiple"):
            return found | {"in": [self.random.choice([option["id"] for option in on["options"]])]}
        limit = 1 if on["kind"] == "grade" else 40
        return found | {self.random.choice(["at_least", "at_most"]): limit}

    def model(self, names: list[str]) -> dict[str, Any]:
        pick = self.random
        indicators = [{"id": f"i_{name}", "title": {"zh": name, "en": name}, "na": name != "q0",
                       "tags": ["core"] if pick.random() < 0.5 else [], "scoring": self.scorings[name]}
                      for name in names]  # fmt: skip
        cut = pick.randint(1, len(names) - 1)
        dimensions: list[dict[str, Any]] = [
            {"id": "d0", "title": Text, "groups": [{"id": "g0", "title": Text, "indicators": indicators[:cut]}]},
            {"id": "d1", "title": Text, "indicators": indicators[cut:]},
        ]
        if pick.random() < 0.6:
            dimensions[0]["weight"] = 30
            dimensions[1]["weight"] = 70
        levels = []
        for number in range(1, 4):
            score = 0 if number == 1 else pick.randint(45 * number - 70, 45 * number - 50)
            kinds = [kind for kind in ("count", "score", "metric") if number > 1 and pick.random() < 0.5]
            gates = [gate for kind in kinds for gate in self.gate(f"L{number}", kind, names)]
            levels.append({"id": f"L{number}", "title": Text, "score": score, "gates": gates})
        return {"schema": "bamai.model/1", "id": "tiny", "edition": "1", "in_force": True, "title": Text,
                "summary": Text, "status": "illustrative", "seen": "original", "source": "us",
                "sources": [{"id": "us", "title": Text, "seen": "original"}], "levels": levels,
                "tags": [{"id": "core", "title": Text}], "dimensions": dimensions}  # fmt: skip

    def gate(self, level: str, kind: str, names: list[str]) -> Iterator[dict[str, Any]]:
        pick = self.random
        grade = pick.randint(1, 3)
        graded = [name for name in names if len(self.scorings[name].get("points", ())) > grade
                  and self.scorings[name]["kind"] == "staged"]  # fmt: skip
        if kind == "count" and graded:
            needs = pick.randint(1, len(graded))
            yield {"kind": "count", "id": f"{level}.count", "grade": grade, "needs": needs}
        elif kind == "score":
            nodes = pick.choice([[], ["d1"], ["d0", "d1"], ["g0"]])
            yield {"kind": "score", "id": f"{level}.base", "nodes": nodes, "needs": pick.randint(10, 70)}
        elif kind == "metric":
            by_letter = {question["id"] for question in self.questions if "options" in question}
            rates = [name for name in names
                     if self.scorings[name]["kind"] in ("bands", "linear") and name not in by_letter]  # fmt: skip
            if rates:
                name = pick.choice(rates)
                needs = pick.randint(15, 85)
                self.gates.setdefault(name, []).append(needs)
                yield {"kind": "metric", "id": f"{level}.rate", "metric": name, "needs": needs}

    # ── answers, efforts and what answers can become ─────────────────────────────────────────────

    def answers(self, name: str) -> dict[str, str]:
        pick = self.random
        if pick.random() < 0.2:
            return {name: pick.choice(["", "?", "n/a" if name != "q0" else ""])}
        question = next(q for q in self.questions if q["id"] == name)
        if question["kind"] == "single":
            return {name: question["options"][pick.randint(0, len(question["options"]) - 1) // 2]["id"]}
        if question["kind"] == "multiple":
            ticked = [option["id"] for option in question["options"][1:] if pick.random() < 0.3]
            return {name: "|".join(ticked) or "none"}
        if question["kind"] == "grade":
            return {name: str(pick.randint(0, len(question["grades"])) // 2)}
        if "options" in question and pick.random() < 0.5:
            return {name: pick.choice(question["options"])["id"]}
        if "part" in question["metric"]:
            whole = pick.randint(1, 60)
            return {f"{name}_all": str(whole), f"{name}_part": str(pick.randint(0, whole))}
        return {name: f"{pick.uniform(0, 100):.{pick.randint(0, 6)}f}"}

    def cost(self, name: str) -> Cost:
        pick = self.random
        at = {i: pick.choice([0, 50, 120, 300]) for i in range(1, 4) if pick.random() < 0.4}
        scored_in_steps = self.scorings[name]["kind"] in ("linear", "bands")
        return Cost(pick.choice([0, 0, 70]), pick.choice([0, 30, 100, 100, 150]), {} if scored_in_steps else at)

    def options(self, name: str, answers: dict[str, str], cost: Cost) -> Iterator[Option]:
        question = next(q for q in self.questions if q["id"] == name)
        text = answers.get(name, "")
        scoring = self.scorings[name]
        if text == "n/a":
            return
        if scoring["kind"] in ("choice", "staged"):
            ids = ([o["id"] for o in question["options"]] if scoring["kind"] == "choice"
                   else [str(i) for i in range(len(question["grades"]) + 1)])  # fmt: skip
            at = ids.index(text) if text in ids else 0
            for to in range(at + 1, len(ids)):
                steps = sum(cost.at.get(i, cost.step) for i in range(at + 1, to + 1))
                yield Option({name: Cell(ANSWERED, to)}, cost.fixed + steps)
        elif scoring["kind"] == "checklist":
            ids = [o["id"] for o in question["options"]]
            had = {ids.index(i) for i in text.split("|") if i in ids and i != "none"}
            free = [i for i in range(1, len(ids)) if i not in had]
            for flags in product([0, 1], repeat=len(free)):
                more = [i for i, flag in zip(free, flags, strict=True) if flag]
                if more:
                    mask = sum(1 << i for i in (*had, *more))
                    effort = cost.fixed + sum(cost.at.get(i, cost.step) for i in more)
                    yield Option({name: Cell(ANSWERED, mask)}, effort)
        else:
            yield from self.numbers(name, question, answers, cost)

    def numbers(self, name: str, question: dict[str, Any], answers: dict[str, str], cost: Cost) -> Iterator[Option]:
        up = question["metric"]["better"] == "up"
        scoring = self.scorings[name]
        whole = int(answers.get(f"{name}_all", "0"))
        part = int(answers.get(f"{name}_part", "0"))
        text = answers.get(name, "")
        letters = [option["id"] for option in question.get("options", ())]
        if letters and not whole and text in (*letters, "", "?"):  # a letter moves to better letters, a band a step
            here = letters.index(text) if text in letters else 0 if up else len(letters) - 1
            for there in range(here + 1, len(letters)) if up else range(here):
                yield Option({name: Cell(ANSWERED, 0, there)}, cost.fixed + abs(there - here) * cost.step)
            return
        if whole:
            start = (200 * POINT * part + whole) // (2 * whole)
        elif text and text != "?":
            start = round(float(text) * POINT)
        elif scoring["kind"] == "linear":
            start = (20 if up else 70) * POINT
        else:
            start = 0 if up else 100 * POINT
        for value, effort in self.places(name, start, up, cost):
            if whole:
                count = -(-whole * value // (100 * POINT))
                yield Option({f"{name}_part": Cell(ANSWERED, count * POINT)}, effort)
            else:
                yield Option({name: Cell(ANSWERED, value)}, effort)

    def places(self, name: str, start: int, up: bool, cost: Cost) -> Iterator[tuple[int, int]]:
        """Values that a rate can move to, in millionths, and the effort."""
        scoring = self.scorings[name]
        sign = 1 if up else -1
        gates = [needs * POINT for needs in self.gates.get(name, [])]
        if scoring["kind"] == "linear":
            end = (70 if up else 20) * POINT
            values = set(gates)
            value = start
            while (end - value) * sign > 0:
                value = min(value + 5 * POINT, end) if up else max(value - 5 * POINT, end)
                values.add(value)
            for value in values:
                if (value - start) * sign > 0:
                    steps = -(-abs(value - start) // (5 * POINT))
                    yield value, cost.fixed + steps * cost.step
            return
        right = scoring["closed"] == "right"
        ends = [band["to"] * POINT for band in scoring["bands"][:-1]]

        def band(value: int) -> int:
            return sum(value > end if right else value >= end for end in ends)

        entries = {}
        for end in ends:
            if up:
                entries[end + 1 if right else end] = 0
            else:
                entries[end if right else end - 1] = 0
        for value in {*entries, *gates}:
            if (value - start) * sign > 0:
                crossed = abs(band(value) - band(start))
                within = 0 if value in entries and crossed else 1
                yield value, cost.fixed + (crossed + within) * cost.step


def small_case(seed: int, *, hide: bool = False, most: int = 6_000) -> Case | None:
    """A random case; None where its answers are too many to go through, or do not hold together."""
    case = _Maker(seed, hide=hide).case()
    if np.prod([len(options) for options in case.options.values()], dtype=np.float64) > most:
        return None
    return None if judge_rows(case.edition, case.columns).problems else case
