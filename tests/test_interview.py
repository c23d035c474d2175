"""The interview over lines: what is typed, what is told, what is kept."""

from __future__ import annotations

import datetime
import json
import os
import shlex
import stat
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from rich.cells import cell_len

import bamai
from bamai.answers import Answers, AnswersFile, Enterprise, Entry, Judge
from bamai.answersfile import written
from bamai.errors import Problem
from bamai.interview.session import Session
from bamai.texts import Lang
from bamai.yamlfile import parse_bytes
from conftest import EXAMPLE, GENERAL_EXAMPLE, Run, edition


def script(answers: dict[str, str], model: str) -> list[str]:
    """The lines that a respondent types to give *answers*, in the order of asking."""
    used = edition(model)
    talk = Session(used, Answers(used.ref), lambda _: None)
    typed = []
    while (question := talk.current) is not None:
        typed.append(answers.get(question.id, ""))
        assert not isinstance(talk.answer(typed[-1]), Problem)
    return typed


def answers_of(path: Path) -> dict[str, str]:
    raw = yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)["answers"]
    plain = {name: value["value"] if isinstance(value, dict) else value for name, value in raw.items()}
    return {name: "|".join(value) if isinstance(value, list) else value for name, value in plain.items()}


def lines_of(*typed: str) -> bytes:
    return "".join(f"{line}\n" for line in typed).encode()


@pytest.mark.parametrize(("model", "example"), [("sme@2024", EXAMPLE), ("general@2026-reference", GENERAL_EXAMPLE)])
def test_a_typed_interview_gives_what_the_file_gives(run: Run, tmp_path: Path, model: str, example: Path) -> None:
    typed = script(answers_of(example), model)
    done = run("assess", model, "--name", "晨溪（示例）", "--save", "a.jsonl", stdin=lines_of(*typed, ""))
    assert done.returncode == 0, done.stderr.decode()
    expected = bamai.score_file(example)
    told = done.stdout.decode()
    assert "晨溪（示例）" in told and str(expected.level) in told
    for path in (tmp_path / "a.yaml", tmp_path / "a.jsonl"):
        result = bamai.score_file(path)
        assert (result.score, result.level, result.gates) == (expected.score, expected.level, expected.gates)
        assert result.enterprise == Enterprise(name="晨溪（示例）")
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0
    assert "a.yaml" in done.stderr.decode() and "a.jsonl" in done.stderr.decode()


def test_without_any_argument(run: Run, tmp_path: Path) -> None:
    done = run("assess", stdin=lines_of("2", "Plant", "C34", "sme", "Li", "B", ":q"), env={"LANG": "zh_CN.UTF-8"})
    told = done.stderr.decode()
    assert done.returncode == 3
    assert "1 = 中文" in told and "2 = English" in told
    assert "Which networks" not in told and "Name of the enterprise" in told  # in the language that was chosen
    assert "(general_equipment)" in told and "about" in told and "minutes" in told
    [path] = tmp_path.glob("bamai-sme-*.jsonl")
    assert told.count(path.name) >= 2  # where it goes, and how to go on
    assert f"bamai assess --resume {path.name}" in told
    answers, _, _ = AnswersFile.open(path).read(Judge(edition("sme@2024")))
    assert answers.enterprise == Enterprise(name="Plant", industry="C34")
    assert (answers.assessor, answers.entries["network"].text) == ("Li", "B")


def test_leaving_before_the_first_question_leaves_nothing(run: Run, tmp_path: Path) -> None:
    assert run("assess", stdin=lines_of("", "甲")).returncode == 3
    assert run("assess", stdin=b"").returncode == 3
    assert list(tmp_path.iterdir()) == []


def test_the_end_of_input_keeps_the_answers_and_resumes(run: Run, tmp_path: Path) -> None:
    typed = script(answers_of(EXAMPLE), "sme@2024")
    first = run("assess", "sme", "--name", "甲", "--save", "a.jsonl", stdin="\n".join(typed[:9]).encode())
    assert first.returncode == 3
    assert "--resume a.jsonl" in first.stderr.decode()
    assert first.stdout == b""
    assert len(bamai.score_file(tmp_path / "a.jsonl").open) > 20
    second = run("assess", "--resume", "a.jsonl", stdin=lines_of(*typed[9:], ""))
    assert second.returncode == 0, second.stderr.decode()
    assert bamai.score_file(tmp_path / "a.yaml").score == bamai.score_file(EXAMPLE).score


def test_an_unfinished_interview_of_the_folder_is_offered(run: Run, tmp_path: Path) -> None:
    run("assess", "sme", "--name", "恒泽", "--save", "a.jsonl", stdin=lines_of("B"))
    (tmp_path / "rows.jsonl").write_text('{"id": "x"}\n', encoding="utf-8")
    going = run("assess", "--lang", "zh", stdin=lines_of("", "57.7"))
    told = going.stderr.decode()
    assert "恒泽 · sme@2024 · 已答 1 题" in told and "rows.jsonl" not in told
    assert "已处理 1/" in told
    entries = AnswersFile.open(tmp_path / "a.jsonl").read(Judge(edition("sme@2024")))[0].entries
    assert {name: entry.text for name, entry in entries.items()} == {"network": "B", "equipment_digital_rate": "57.7"}
    fresh = run("assess", "--lang", "zh", stdin=lines_of("new", "乙", "", "sme", "", "A"))
    assert fresh.returncode == 3
    assert len(list(tmp_path.glob("bamai-sme-*.jsonl"))) == 1
    # one that came to its end is not offered
    run("assess", "--resume", "a.jsonl", stdin=lines_of(*[""] * 60))
    assert "a.jsonl" not in run("assess", "--lang", "zh", stdin=b"").stderr.decode()


def test_an_interview_of_another_enterprise_is_not_offered(run: Run, tmp_path: Path) -> None:
    """Enter would give it the name that was asked for, and its answers to that enterprise."""
    run("assess", "sme", "--name", "恒泽", "--save", "a.jsonl", stdin=lines_of("B"))
    before = (tmp_path / "a.jsonl").read_bytes()
    other = run("assess", "--name", "晨溪", "--lang", "zh", stdin=lines_of("", "sme", "", "C"))
    assert "恒泽" not in other.stderr.decode() and "a.jsonl" not in other.stderr.decode()
    assert (tmp_path / "a.jsonl").read_bytes() == before
    assert "恒泽 · sme@2024" in run("assess", "--name", "恒泽", "--lang", "zh", stdin=b"").stderr.decode()


def test_an_interview_goes_on_in_its_language(run: Run) -> None:
    chinese = {"LANG": "zh_CN.UTF-8"}
    run("assess", "sme", "--name", "x", "--save", "a.jsonl", "--lang", "en", stdin=lines_of("B"))
    done = run("assess", "--resume", "a.jsonl", stdin=b"", env=chinese)
    assert "going on: 1 of" in done.stderr.decode() and "production equipment is digital" in done.stderr.decode()
    done = run("assess", "--resume", "a.jsonl", "--lang", "zh", stdin=b"")
    assert "已处理 1/" in done.stderr.decode()


def test_interviews_of_the_same_second_have_journals_of_their_own(run: Run, tmp_path: Path) -> None:
    now = datetime.datetime.now().astimezone()
    for second in range(120):
        at = now + datetime.timedelta(seconds=second)
        (tmp_path / f"bamai-sme-{at:%Y%m%d-%H%M%S}.jsonl").write_text("keep", encoding="utf-8")
    done = run("assess", "sme", "--name", "x", stdin=lines_of("B"))
    assert done.returncode == 3, done.stderr.decode()
    [path] = tmp_path.glob("bamai-sme-*-2.jsonl")
    assert bamai.score_file(path).enterprise.name == "x"
    assert sum(path.read_text(encoding="utf-8") == "keep" for path in tmp_path.iterdir()) == 120


@pytest.mark.parametrize("command", [["assess", "sme", "--name", "x"], ["merge", "a.yaml", "b.yaml", "--ask"]])
def test_a_closed_stdin_is_the_end_of_input(tmp_path: Path, command: list[str]) -> None:
    for name, answer in (("a.yaml", "B"), ("b.yaml", "C")):
        (tmp_path / name).write_text(
            f"schema: bamai.answers/1\nmodel: sme@2024\nanswers: {{systems: {answer}}}\n", encoding="utf-8"
        )
    code = f"import sys; sys.stdin = None; sys.argv = {['bamai', *command]}; from bamai.__main__ import main; main()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False, cwd=tmp_path,
                          env={**os.environ, "BAMAI_LANG": "en"})  # fmt: skip
    assert done.returncode == 3
    assert b"go on with" in done.stderr or b"nothing was written" in done.stderr


def test_an_answers_file_can_be_gone_on_with(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(
        "schema: bamai.answers/1\nmodel: sme@2024\nenterprise: {name: 甲, province: 江苏}\nassessed_on: 2026-03-01\n"
        "answers:\n  network: {value: [scada, apps], note: 见照片, evidence: [照片]}\n", encoding="utf-8",
    )  # fmt: skip
    done = run("assess", "--resume", "a.yaml", "--lang", "en", stdin=lines_of("57.7"))
    assert "going on: 1 of" in done.stderr.decode()
    answers = AnswersFile.open(tmp_path / "a.jsonl").read(Judge(edition("sme@2024")))[0]
    assert answers.entries["network"] == Entry(("scada", "apps"), ("照片",), "见照片")
    assert (answers.assessed_on, answers.enterprise.province) == ("2026-03-01", "江苏")
    assert answers.entries["equipment_digital_rate"].text == "57.7"
    again = run("assess", "--resume", "a.yaml", "--lang", "en")
    assert (again.returncode, b"go on with --resume a.jsonl" in again.stderr) == (2, True)
    assert run("assess", "--resume", "a.yaml", "--save", "b.jsonl", stdin=b"").returncode == 3


def test_a_refused_answer_is_asked_again(run: Run) -> None:
    typed = lines_of("Z", "b|c", "h", ":b", "", "n see photo", "e photo | ledger", "200", "57.7", "q")
    told = run("assess", "sme", "--name", "x", "--lang", "en", stdin=typed).stderr.decode()
    assert "! Q1 has no option Z" in told
    assert "Evidence: " in told and "Help: " in told
    assert "(answered: B " in told
    assert "noted" in told and "evidence kept: 2" in told
    assert "! Q2 must be within 0–100 %, or A=" in told
    assert "Q2 = 57.7 %" in told


@pytest.mark.parametrize(("typed", "entries"), [
    (["b"], {"network": Entry("b")}),  # an option of this letter is the option
    ([":s", "e"], {"equipment_digital_rate": Entry("e")}),
    (["B", "back", "C"], {"network": Entry("C")}),
    (["B", "：b", "C"], {"network": Entry("C")}),
    (["B", "返回", "x", ":x"], {}),
    (["g Q12", "C"], {"energy_trend": Entry("C")}),
    (["?", "不清楚", "u"], {"network": Entry("?"), "equipment_digital_rate": Entry("unknown"),
                           "equipment_network_rate": Entry("unknown")}),
    (["n 备注 一"], {"network": Entry("", (), "备注 一")}),
    (["n/a"], {}),
    (["g Q4", "e | f", "e photo"], {"data_collection": Entry("e | f"), "systems": Entry("", ("photo",))}),
])  # fmt: skip
def test_commands_and_answers_are_told_apart(
    run: Run, tmp_path: Path, typed: list[str], entries: dict[str, Entry]
) -> None:
    done = run("assess", "sme", "--name", "x", "--save", "a.jsonl", stdin=lines_of(*typed))
    found = AnswersFile.open(tmp_path / "a.jsonl").read(Judge(edition("sme@2024")))[0].entries
    assert found == entries, done.stderr.decode()


def test_overview_and_level_so_far(run: Run) -> None:
    typed = lines_of("B", "o", "l", "skip", ":o")
    told = run("assess", "sme", "--name", "x", "--lang", "en", stdin=typed).stderr.decode()
    assert "Q2  skipped" in told and "Q1  B " in told and "Q3  open" in told
    assert "undecided: Total score" in told


def test_a_blank_note_or_blank_evidence_takes_it_away(run: Run, tmp_path: Path) -> None:
    told = run("assess", "sme", "--name", "x", "--save", "a.jsonl", "--lang", "en",
               stdin=lines_of("n seen", "e photo", ":n", ":e")).stderr.decode()  # fmt: skip
    assert "→ no note any more" in told and "→ no evidence any more" in told
    assert AnswersFile.open(tmp_path / "a.jsonl").read(Judge(edition("sme@2024")))[0].entries == {}


def test_skipping_leaves_an_answer_and_says_so(run: Run, tmp_path: Path) -> None:
    told = run("assess", "sme", "--name", "x", "--save", "a.jsonl", "--lang", "en",
               stdin=lines_of("B", "back", ":s", "57.7")).stderr.decode()  # fmt: skip
    assert "→ the answer stays" in told and "→ skipped" not in told
    entries = AnswersFile.open(tmp_path / "a.jsonl").read(Judge(edition("sme@2024")))[0].entries
    assert entries == {"network": Entry("B"), "equipment_digital_rate": Entry("57.7")}


def test_a_question_that_is_not_asked_is_told_from_one_that_is_not_there(run: Run) -> None:
    told = run("assess", "sme", "--name", "x", "--lang", "en", stdin=lines_of("g equipment_total", "g Q99")).stderr
    assert b"as things stand equipment_total is not asked" in told
    assert b"there is no question or section Q99" in told


def test_a_command_that_needs_a_question_says_at_the_end_what_can_be_done(run: Run) -> None:
    run("model", "new", "mine", "--id", "tiny")
    typed = lines_of(*[":s"] * 6, "h", ":s", "n text", "q")
    told = run("assess", "tiny", "--rules", "mine", "--name", "x", "--lang", "en", stdin=typed).stderr.decode()
    assert told.count("Empty = report") == 4
    assert "no question" not in told


def test_open_questions_are_listed_at_the_end(run: Run, tmp_path: Path) -> None:
    answers = answers_of(EXAMPLE)
    del answers["systems"]
    typed = script(answers, "sme@2024")
    done = run("assess", "sme", "--name", "x", "--save", "a.jsonl", "--lang", "en",
               stdin=lines_of(*typed, "Q99", "Q5", "several", ""))  # fmt: skip
    told = done.stderr.decode()
    assert done.returncode == 0
    assert "Q5  " in told and "(scored)" in told and "no question or section Q99" in told
    assert bamai.score_file(tmp_path / "a.yaml").score == bamai.score_file(EXAMPLE).score


def test_nothing_is_overwritten(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("keep", encoding="utf-8")
    assert run("assess", "sme", "--name", "x", "--save", "a.jsonl", stdin=b"x\n").returncode == 2
    assert run("assess", "sme", "--name", "x", "--save", "a.yaml", stdin=b"x\n").returncode == 2  # no journal's name
    for name in ("a.jsonl", "a.yaml"):
        done = run("assess", "--save", name, stdin=b"")
        assert (done.returncode, b"> " in done.stderr) == (2, False)  # before anything is asked
    assert (tmp_path / "a.jsonl").read_text(encoding="utf-8") == "keep"
    (tmp_path / "b.yaml").write_text("keep", encoding="utf-8")
    done = run("assess", "sme", "--name", "x", "--save", "b.jsonl", stdin=lines_of(*[""] * 60))
    assert done.returncode == 0
    assert (tmp_path / "b.yaml").read_text(encoding="utf-8") == "keep"
    assert bamai.score_file(tmp_path / "b-2.yaml").enterprise.name == "x"


def test_a_hostile_name_is_data(run: Run, tmp_path: Path) -> None:
    name = '<script>alert(1)</script>[red]=HYPERLINK("x")\x1b[31m'
    run("assess", "sme", "--name", name, "--save", "a.jsonl", stdin=lines_of("n \x1b[31mred", ":b"))
    told = run("assess", "--lang", "en", stdin=lines_of("1")).stderr
    assert b"\x1b" not in told and rb"\x1b[31mred" in told and b"[red]=HYPERLINK" in told
    head = json.loads((tmp_path / "a.jsonl").read_text(encoding="utf-8").split("\n")[2])
    assert head["value"]["name"] == name


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("width", [48, 60, 80])
def test_no_line_is_too_wide_and_no_text_is_cut(run: Run, lang: Lang, width: int) -> None:
    used = edition("general")
    done = run("assess", "general", "--name", "x", "--width", width, "--lang", lang, stdin=lines_of(*[":h", ":s"] * 60))
    told = done.stderr.decode().replace("> ", "")
    assert max(map(cell_len, told.splitlines())) <= width + cell_len("bamai-general-20261123-000000.jsonl") * 2
    inside = [line for line in told.splitlines() if "jsonl" not in line]
    assert max(map(cell_len, inside)) <= width
    joined = "".join(told.split())
    for question in used.questions.values():
        shown = [question.text, *(o.label for o in question.options), *question.grades]
        for text in (*shown, *(text for text in (question.help, question.evidence) if text)):
            if question.id not in used.counts and question.show_if is None:
                assert "".join(text[lang].split()) in joined, (question.id, text[lang])


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


def test_who_it_is_can_be_said_anew(run: Run, tmp_path: Path) -> None:
    """What stands on the command line is never passed over in silence."""
    run("assess", "sme", "--name", "旧名", "--save", "a.jsonl", "--plain", stdin=b"B\n:q\n")
    again = ("assess", "--resume", "a.jsonl", "--name", "新名", "--industry", "foobarzz", "--assessor", "Li")
    done = run(*again, "--plain", "--lang", "en", stdin=b":q\n")
    assert done.returncode == 3
    assert "--industry: unknown industry “foobarzz”" in done.stderr.decode()
    answers, _, _ = AnswersFile.open(tmp_path / "a.jsonl").read(Judge(edition("sme@2024")))
    assert answers.enterprise == Enterprise(name="新名", industry="foobarzz")
    assert (answers.assessor, answers.entries["network"].text) == ("Li", "B")


def test_the_command_that_goes_on_can_be_typed(run: Run) -> None:
    assert run("model", "new", "my own", "--id", "tiny").returncode == 0
    start = ("assess", "tiny", "--name", "x", "--save", "my plant; ls.jsonl", "--plain", "--rules", "my own")
    told = run(*start, "--lang", "en", stdin=b"120\n:q\n").stderr.decode()
    command = shlex.split(
        next(line for line in told.splitlines() if "go on with: " in line).partition("go on with: ")[2]
    )
    assert command == ["bamai", "assess", "--resume", "my plant; ls.jsonl", "--rules", "my own", "--plain"]
    done = run(*command[1:], "--lang", "en", stdin=b":q\n")
    assert "going on: 1 of" in done.stderr.decode()


def test_a_file_name_steers_no_terminal(run: Run, tmp_path: Path) -> None:
    name = "a\x1b[31m.yaml"
    (tmp_path / name).write_text(EXAMPLE.read_text(encoding="utf-8"), encoding="utf-8")
    for arguments in (("score", name, "-o", "b\x1b[31m.md"), ("merge", name, name, "-o", "c\x1b[31m.yaml")):
        done = run(*arguments)
        assert b"\x1b" not in done.stderr + done.stdout
        assert rb"\x1b[31m" in done.stderr
