"""The interview: a session without a terminal, and one line a question."""

from __future__ import annotations

from pathlib import Path

import yaml

import bamai
from bamai.answers import Answers, AnswersFile, Enterprise, Entry, Judge
from bamai.answersfile import written
from bamai.catalog import Catalog, Edition
from bamai.errors import Problem
from bamai.interview.session import Session
from bamai.yamlfile import parse_bytes
from conftest import EXAMPLE, Run, edition
from test_broken_rules import small


def session(used: Edition, answers: Answers | None = None) -> tuple[Session, list[str]]:
    saved: list[str] = []
    return Session(used, answers or Answers(used.ref), lambda current: saved.append(written(current))), saved


def script(answers: dict[str, str], used: Edition) -> list[str]:
    """The lines that a respondent types to give *answers*, in the order of asking."""
    talk, _ = session(used)
    typed = []
    while (question := talk.current) is not None:
        text = answers.get(question.id, "")
        typed.append(text)
        assert not isinstance(talk.answer(text), Problem)
    return typed


def example_answers() -> dict[str, str]:
    raw = yaml.load(EXAMPLE.read_text(encoding="utf-8"), yaml.BaseLoader)["answers"]
    plain = {name: value["value"] if isinstance(value, dict) else value for name, value in raw.items()}
    return {name: "|".join(value) if isinstance(value, list) else value for name, value in plain.items()}


def test_a_typed_interview_gives_what_the_file_gives(run: Run, tmp_path: Path) -> None:
    typed = ["晨溪（示例）", *script(example_answers(), edition("sme@2024"))]
    done = run("assess", "sme@2024", "--plain", "--save", "a.yaml", stdin="\n".join([*typed, ""]).encode())
    assert done.returncode == 0, done.stderr.decode()
    assert "53.35 / 100" in done.stdout.decode()
    result = bamai.score_file(tmp_path / "a.yaml")
    expected = bamai.score_file(EXAMPLE)
    assert (result.score, result.level, result.gates) == (expected.score, expected.level, expected.gates)
    assert result.enterprise.name == "晨溪（示例）"


def test_the_end_of_input_keeps_the_answers_and_resumes(run: Run, tmp_path: Path) -> None:
    typed = script(example_answers(), edition("sme@2024"))
    first = run("assess", "sme", "--plain", "--name", "甲", "--save", "a.yaml", stdin="\n".join(typed[:9]).encode())
    assert first.returncode == 3
    assert "--resume a.yaml" in first.stderr.decode()
    assert len(bamai.score_file(tmp_path / "a.yaml").open) > 20
    rest = "\n".join([*typed[9:], ""]).encode()
    second = run("assess", "--resume", "a.yaml", stdin=rest)
    assert second.returncode == 0, second.stderr.decode()
    assert bamai.score_file(tmp_path / "a.yaml").score == bamai.score_file(EXAMPLE).score


def test_a_refused_answer_is_asked_again(run: Run) -> None:
    done = run("assess", "sme", "--plain", "--lang", "en", stdin=b"Plant\nZ\nB|C\nh\nb\nA\nn see photo\nq\n")
    told = done.stderr.decode()
    assert done.returncode == 3
    assert "Q1 has no option Z" in told
    assert "Evidence:" in told
    assert "(answered: B|C)" in told
    assert "noted" in told


def test_nothing_is_overwritten(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("keep", encoding="utf-8")
    assert run("assess", "sme", "--plain", "--save", "a.yaml", stdin=b"x\n").returncode == 2
    assert (tmp_path / "a.yaml").read_text(encoding="utf-8") == "keep"


def test_counts_are_asked_where_the_value_is_skipped() -> None:
    used = edition("sme@2024")
    talk, _ = session(used)
    asked = []
    while (question := talk.current) is not None:
        asked.append(question.id)
        answer = {"equipment_digital_rate": "", "equipment_total": "20", "equipment_digital": "5",
                  "equipment_network_rate": "30"}.get(question.id, "?")  # fmt: skip
        assert not isinstance(talk.answer(answer), Problem)
    assert "equipment_total" in asked
    assert "equipment_networked" not in asked
    assert talk.answers.entries["equipment_digital"].text == "5"


def test_contradicting_answers_are_refused_where_they_are_typed() -> None:
    talk, saved = session(edition("sme@2024"))
    while (question := talk.current) is not None and question.id != "equipment_digital":
        result = talk.answer({"equipment_total": "20"}.get(question.id, ""))
        assert not isinstance(result, Problem)
    assert question is not None
    before = len(saved)
    refused = talk.answer("21")
    assert isinstance(refused, Problem)
    assert refused.code == "part_above_whole"
    assert len(saved) == before
    assert talk.current is question


def test_hidden_questions_are_not_asked(tmp_path: Path) -> None:
    used = Catalog(small(tmp_path)).load("own")
    for tools, expected in (("no", False), ("yes", True)):
        talk, _ = session(used)
        asked = []
        while (question := talk.current) is not None:
            asked.append(question.id)
            talk.answer(tools if question.id == "tools" else "")
        assert ("plan" in asked) is expected


def test_going_back_and_changing_an_answer(tmp_path: Path) -> None:
    talk, saved = session(Catalog(small(tmp_path)).load("own"))
    assert not talk.back()
    talk.answer("yes")
    assert talk.back()
    assert talk.current is not None
    assert talk.current.id == "tools"
    talk.answer("no")
    assert talk.answers.entries["tools"].text == "no"
    assert len(saved) == 2


def test_what_is_written_reads_back_the_same() -> None:
    used = edition("sme@2024")
    names = [
        "甲: 乙 #1",
        "no",
        "null",
        "- x",
        "'\"",
        "=1+1",
        "2024-01-01",
        "a\\b",
        "\u202e\x07\x1b",
        "🏭",
        "1",
        "~",
        "yes",
    ]
    for name in names:
        entries = {"network": Entry(("scada", "apps"), (name, "x"), name), "systems": Entry("B")}
        answers = Answers(used.ref, Enterprise(name=name, city=name), name, "2026-03-01", entries)
        file = AnswersFile(parse_bytes(written(answers).encode(), "a.yaml", "text"))
        assert file.read(Judge(used))[0] == answers
