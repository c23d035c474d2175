"""Rule tests in YAML, beside the edition: answers → what must come out, each with why.

Every expectation is checked, not just the first; an expectation that names nothing is itself a failure.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from bamai.answers import ANSWERED, NO_BAND, AnswersFile, Columns, Judge, judge_rows
from bamai.answers import SCHEMA as ANSWERS_SCHEMA
from bamai.assessing import assess
from bamai.assessment import Assessment, plain_decimal
from bamai.benchmark import Benchmarks
from bamai.catalog import Edition
from bamai.checks import fold
from bamai.errors import BamaiError, InputError, Problem
from bamai.model import BandsScoring, LinearScoring, MaturityModel
from bamai.policy import Policies
from bamai.profile import Profile
from bamai.questionnaire import NUMERIC, Questionnaire
from bamai.roadmap.effort import EffortFile
from bamai.schema import Number, Strict, Text, did_you_mean, load
from bamai.vocabulary import VocabularyFile
from bamai.wording import band_index
from bamai.yamlfile import Document, KeyPath, read

SCHEMA = "bamai.tests/1"


class GateExpectation(Strict):
    """What a gate must have found; what is left out is not checked."""

    met: bool | None = None
    has: Number | None = None
    needs: Number | None = None


class RangeExpectation(Strict):
    """All four ends of an incomplete result."""

    score: tuple[Number, Number] | None = None
    level: tuple[str, str]


class Expectation(Strict):
    """What must come out. ``points``, ``scores``, ``grades`` are by indicator id or official code
    (``scores`` also by dimension); ``problems`` are codes of an answers file that must be refused."""

    status: Literal["complete", "incomplete"] | None = None
    score: Number | None = None
    level: str | None = None
    scored_level: str | None = None
    range: RangeExpectation | None = None
    completeness: Number | None = None
    points: dict[str, Number] = Field(default_factory=dict)
    scores: dict[str, Number] = Field(default_factory=dict)
    grades: dict[str, int] = Field(default_factory=dict)
    gates: dict[str, GateExpectation] = Field(default_factory=dict)
    blocked_by: tuple[str, ...] | None = None
    comparisons: dict[str, Number | bool | None] = Field(default_factory=dict)
    unknown: tuple[str, ...] | None = None
    open: tuple[str, ...] | None = None
    na: tuple[str, ...] | None = None
    assumed: tuple[str, ...] | None = None
    problems: tuple[str, ...] | None = None


class Case(Strict):
    """One test: a base with some answers changed."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_]*$")]
    why: Annotated[str, Field(min_length=10)]
    base: str | None = None
    answers: dict[str, Any] = Field(default_factory=dict)
    missing: Literal["open", "lowest"] = "open"
    expect: Expectation


class RuleTests(Strict):
    """``rules/<model>/<edition>/tests/*.yaml``: named sets of answers, and cases that start from them."""

    schema_: Literal["bamai.tests/1"] = Field(alias="schema")
    model: str
    bases: dict[str, dict[str, Any]] = Field(default_factory=dict)
    tests: Annotated[tuple[Case, ...], Field(min_length=1)]


@dataclass
class Outcome:
    """How the tests of an edition went: cases run, expectations checked, cases failed, and why.

    ``reached`` says for every option, band, grade and side of a gate which tests came there.
    """

    tests: int = 0
    checks: int = 0
    failed: int = 0
    problems: list[Problem] = field(default_factory=list)
    reached: dict[str, list[str]] = field(default_factory=dict)

    def reach(self, key: str, test: str) -> None:
        """Note that *test* reached *key*, as :func:`reachable` names it."""
        tests = self.reached.setdefault(key, [])
        if test not in tests:
            tests.append(test)


def run_tests(edition: Edition, folder: Path) -> Outcome:
    """Run every test file in *folder*; a folder without tests is an empty outcome."""
    outcome = Outcome()
    judge = Judge(edition)
    for path in sorted(folder.glob("*.yaml")):
        try:
            document = read(path, "rules")
            tests = load(RuleTests, document, SCHEMA)
        except BamaiError as error:
            outcome.problems += error.problems
            continue
        if tests.model != edition.ref:
            params = {"found": tests.model, "allowed": edition.ref}
            outcome.problems.append(Problem("wrong_test_model", params, document.place(("model",)), "model"))
            continue
        names: set[str] = set()
        for index, case in enumerate(tests.tests):
            outcome.tests += 1
            found = list(_run(edition, judge, tests, case, document, ("tests", index), outcome))
            if case.name in names:
                found.append(_at(document, ("tests", index, "name"), "id_twice", found=case.name, first="–"))
            names.add(case.name)
            outcome.failed += bool(found)
            outcome.problems += found
    return outcome


def _at(document: Document, path: KeyPath, code: str, **params: object) -> Problem:
    return Problem(code, params, document.place(path), ".".join(str(part) for part in path))


def _run(
    edition: Edition, judge: Judge, tests: RuleTests, case: Case, document: Document, path: KeyPath, outcome: Outcome
) -> Iterator[Problem]:
    if case.base is not None and case.base not in tests.bases:
        hint = did_you_mean(case.base, tests.bases)
        allowed = ", ".join(tests.bases) or "–"
        yield _at(document, (*path, "base"), "unknown_name", found=case.base, allowed=allowed, hint=hint)
        return
    # an answer replaces the base's answer to the same question, whatever the two call it
    changed = {judge.names.get(fold(key), key) for key in case.answers}
    base = tests.bases[case.base] if case.base else {}
    kept = {key: value for key, value in base.items() if judge.names.get(fold(key), key) not in changed}
    merged = {**kept, **case.answers}
    written = {"schema": ANSWERS_SCHEMA, "model": tests.model, "answers": _as_text(merged)}
    file = AnswersFile(Document(document.file, written, None, "{}"))
    expected = [name for name in Expectation.model_fields if name in case.expect.model_fields_set]
    if not expected:
        yield _at(document, (*path, "expect"), "test_expects_nothing", test=case.name)
        return
    try:
        answers, columns, _ = file.read(judge)
    except InputError as error:
        codes = tuple(sorted(problem.code for problem in error.problems))
        outcome.checks += 1
        if case.expect.problems is None or tuple(sorted(case.expect.problems)) != codes:
            found = Text(
                zh="；".join(problem.message("zh") for problem in error.problems),
                en="; ".join(problem.message("en") for problem in error.problems),
            )
            yield _at(document, (*path, "expect"), "test_refused", test=case.name, codes=", ".join(codes), found=found)
        return
    if case.expect.problems:
        outcome.checks += 1
        wanted = ", ".join(case.expect.problems)
        yield _at(document, (*path, "expect", "problems"), "test_not_refused", test=case.name, codes=wanted)
        return
    result = assess(edition, answers, columns, missing_lowest=case.missing == "lowest")
    for key in _reached(edition, columns, result):
        outcome.reach(key, case.name)
    for keys, expected_value, found_value in _pairs(case.expect, result):
        outcome.checks += 1
        if found_value is _NOTHING:
            yield _at(document, (*path, "expect", *keys), "test_names_nothing", test=case.name, found=keys[-1])
        elif expected_value != found_value:
            yield _at(
                document, (*path, "expect", *keys), "test_failed", test=case.name, key=".".join(map(str, keys)),
                expected=_told(expected_value), found=_told(found_value), why=case.why,
            )  # fmt: skip


_NOTHING = object()


def reachable(edition: Edition) -> list[str]:
    """Everything that rule tests should reach: ``question.option``, ``indicator.band[i]``, ``question.grade``,
    ``gate.met`` and ``gate.missed``, for whatever decides a result."""
    keys: list[str] = []
    for indicator in edition.indicators.values():
        question = edition.questions[indicator.scoring.question]
        if isinstance(indicator.scoring, BandsScoring):
            keys += [f"{indicator.id}.band[{i}]" for i in range(len(indicator.scoring.bands))]
        elif isinstance(indicator.scoring, LinearScoring):
            keys.append(f"{indicator.id}.value")
        keys += [f"{question.id}.{name}" for name in question.option_ids]
    for level in edition.model.levels:
        for gate in level.gates:
            keys += [f"{gate.id}.met", f"{gate.id}.missed"]
    return list(dict.fromkeys(keys))


def _reached(edition: Edition, columns: Columns, result: Assessment) -> Iterator[str]:
    judged = judge_rows(edition, columns).columns
    for indicator in edition.indicators.values():
        question = edition.questions[indicator.scoring.question]
        column = judged[question.id]
        if column.state[0] != ANSWERED:
            continue
        value, band = int(column.value[0]), int(column.band[0])
        if isinstance(indicator.scoring, BandsScoring):
            index = band if band != NO_BAND else band_index(indicator.scoring, value)
            yield f"{indicator.id}.band[{index}]"
        elif isinstance(indicator.scoring, LinearScoring):
            yield f"{indicator.id}.value"
        if question.kind == "multiple":
            yield from (f"{question.id}.{name}" for bit, name in enumerate(question.option_ids) if value >> bit & 1)
        elif band != NO_BAND:
            yield f"{question.id}.{question.option_ids[band]}"
        elif question.kind not in NUMERIC:
            yield f"{question.id}.{question.option_ids[value]}"
    for gate in result.gates:
        if gate.met is not None:
            yield f"{gate.id}.{'met' if gate.met else 'missed'}"


def _as_text(value: Any) -> Any:
    """Rule files load numbers; answers are judged as they are written."""
    if isinstance(value, dict):
        return {key: _as_text(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return tuple(_as_text(item) for item in value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if value is None else str(value)


def _pairs(expect: Expectation, result: Assessment) -> Iterator[tuple[KeyPath, Any, Any]]:
    """Every expectation with what was found; ids that name nothing give ``_NOTHING``."""
    given = expect.model_fields_set
    for key in ("status", "score", "level", "scored_level", "completeness"):
        if key in given:
            yield (key,), getattr(expect, key), getattr(result, key)
    for key in ("blocked_by", "assumed"):
        if key in given:
            yield (key,), tuple(sorted(getattr(expect, key))), tuple(sorted(getattr(result, key)))
    for key in ("unknown", "open", "na"):
        if key in given:
            listed = tuple(sorted(item.question for item in getattr(result, key)))
            yield (key,), tuple(sorted(getattr(expect, key))), listed
    if "range" in given:
        span = result.range
        found_range = None
        if span is not None:
            scores = None if span.score_low is None else (span.score_low, span.score_high)
            found_range = (scores, (span.level_low, span.level_high))
        yield ("range",), expect.range and (expect.range.score, expect.range.level), found_range
    indicators = {name: item for item in result.indicators.values() for name in (item.id, item.code) if name}
    nodes: dict[str, Any] = {**indicators, **{item.id: item for item in result.dimensions}}
    nodes |= {item.id: item for dimension in result.dimensions for item in dimension.groups}
    for key, attribute, where in (("points", "points", nodes), ("scores", "score", nodes),
                                  ("grades", "grade", indicators)):  # fmt: skip
        for name, value in getattr(expect, key).items():
            item = where.get(name)
            yield (key, name), value, _NOTHING if item is None else getattr(item, attribute, _NOTHING)
    gates = {gate.id: gate for gate in result.gates}
    for name, gate in expect.gates.items():
        for key in sorted(gate.model_fields_set):
            found: Any = getattr(gates[name], key) if name in gates else _NOTHING
            yield ("gates", name, key), getattr(gate, key), found
    comparisons = {item.benchmark.id: item for item in result.comparisons}
    found_here: Any
    for name, wanted in expect.comparisons.items():
        compared = comparisons.get(name)
        is_share = compared is not None and isinstance(compared.value, bool)
        found_here = _NOTHING if compared is None else compared.value if is_share else compared.gap
        yield ("comparisons", name), wanted, found_here


def _told(value: Any) -> str:
    if isinstance(value, Decimal):
        return plain_decimal(value)
    if isinstance(value, tuple):
        return "[" + ", ".join(_told(item) for item in value) + "]"
    return "null" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def schemas() -> dict[str, dict[str, Any]]:
    """JSON Schema of every kind of rule file and of effort files, for editors that complete and check YAML."""
    kinds: dict[str, type[Strict]] = {
        "model": MaturityModel, "questionnaire": Questionnaire, "benchmarks": Benchmarks, "tests": RuleTests,
        "vocabulary": VocabularyFile, "policies": Policies, "effort": EffortFile, "profile": Profile,
    }  # fmt: skip
    found = {}
    for name, cls in kinds.items():
        schema = cls.model_json_schema(by_alias=True)
        found[name] = {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
    return found
