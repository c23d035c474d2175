"""The runner of rule tests is itself tested: with cases that must fail."""

from __future__ import annotations

from pathlib import Path

import pytest

from bamai.ruletests import run_tests
from bamai.texts import LANGS
from conftest import ROOT, edition

HEAD = """\
schema: bamai.tests/1
model: sme@2024
bases:
  some:
    network: [B, C]
    equipment_digital_rate: 57.7
tests:
"""


def outcome(tmp_path: Path, cases: str, head: str = HEAD) -> list[str]:
    (tmp_path / "t.yaml").write_text(head + cases, encoding="utf-8")
    found = run_tests(edition("sme@2024"), tmp_path)
    for problem in found.problems:
        for lang in LANGS:
            assert "{" not in problem.text(lang).replace("{…}", "")
            assert f"{tmp_path / 't.yaml'}:" in problem.text(lang)
    return [problem.code for problem in found.problems]


def case(expect: str, answers: str = "{}", extra: str = "") -> str:
    head = f"  - name: one\n    why: Because it is so.\n    base: some\n    answers: {answers}\n"
    return f"{head}{extra}    expect: {expect}\n"


def test_a_true_expectation_passes(tmp_path: Path) -> None:
    assert outcome(tmp_path, case("{points: {Q1: 4, Q2: 4.5}, status: incomplete, scores: {network: 50}}")) == []


@pytest.mark.parametrize(
    ("expect", "code"),
    [
        ("{points: {Q1: 4.000001}}", "test_failed"),
        ("{points: {Q1: 4, Q2: 3}}", "test_failed"),  # not only the first expectation is checked
        ("{points: {Q99: 4}}", "test_names_nothing"),
        ("{grades: {Q1: 4}}", "test_failed"),
        ("{gates: {L9.count: {met: true}}}", "test_names_nothing"),
        ("{gates: {L1.count: {needs: 7}}}", "test_failed"),
        ("{level: L1}", "test_failed"),
        ("{status: complete}", "test_failed"),
        ("{score: 0}", "test_failed"),
        ("{range: {score: [0, 100], level: [none, L4]}}", "test_failed"),
        ("{unknown: [network]}", "test_failed"),
        ("{blocked_by: [L1.score]}", "test_failed"),
        ("{comparisons: {equipment_digital_rate_2025: 1}}", "test_failed"),
        ("{comparisons: {no_such_figure: 1}}", "test_names_nothing"),
        ("{problems: [out_of_range]}", "test_not_refused"),
        ("{}", "test_expects_nothing"),
        ("{points: {Q1: four}}", "wrong_value"),
        ("{pionts: {Q1: 4}}", "unknown_key"),
    ],
)
def test_a_wrong_expectation_fails(tmp_path: Path, expect: str, code: str) -> None:
    assert outcome(tmp_path, case(expect)) == [code]


def test_refused_answers(tmp_path: Path) -> None:
    assert outcome(tmp_path, case("{problems: [out_of_range]}", "{Q3: 157}")) == []
    assert outcome(tmp_path, case("{problems: [not_a_number]}", "{Q3: 157}")) == ["test_refused"]
    assert outcome(tmp_path, case("{score: 4}", "{Q3: 157}")) == ["test_refused"]


def test_the_file_itself(tmp_path: Path) -> None:
    good = case("{points: {Q1: 4}}")
    assert outcome(tmp_path, good.replace("base: some", "base: sum")) == ["unknown_name"]
    assert outcome(tmp_path, good + good) == ["id_twice"]
    assert outcome(tmp_path, good, HEAD.replace("sme@2024", "sme@2022")) == ["wrong_test_model"]
    assert outcome(tmp_path, good.replace("why: Because it is so.", "why: So.")) == ["wrong_value"]
    assert outcome(tmp_path, "  []\n") == ["wrong_value"]


def test_the_shipped_editions_have_tests_and_pass_them() -> None:
    for path in (ROOT / "rules").glob("*/*/tests"):
        ref = f"{path.parent.parent.name}@{path.parent.name}"
        found = run_tests(edition(ref), path)
        assert found.problems == [], [p.text("en") for p in found.problems]
        assert found.tests >= 25
