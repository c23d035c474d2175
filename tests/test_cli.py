"""The command line as scripts and consultants meet it: output, messages, exit codes."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import bamai
from bamai.__main__ import take_lang
from bamai.catalog import Catalog
from bamai.commands import run as run_here
from conftest import EXAMPLE, GENERAL_EXAMPLE, Run
from test_broken_rules import SMALL_MODEL, small

EXAMPLE_TEXT = EXAMPLE.read_text(encoding="utf-8")


def minimal(answers: str = "answers: {}\n", head: str = "schema: bamai.answers/1\nmodel: sme@2024\n") -> bytes:
    return (head + answers).encode()


def test_the_example_as_json(run: Run) -> None:
    done = run("score", EXAMPLE, "--format", "json")
    assert (done.returncode, done.stderr) == (0, b"")
    data = json.loads(done.stdout.decode(), parse_float=Decimal)
    assert data["schema"] == "bamai.assessment/1"
    assert (data["model"], data["status"], data["level"], data["scored_level"]) == ("sme@2024", "complete", "L2", "L2")
    # worked out by hand from the points table: 27.10 + 12.75 + 13.50
    assert data["score"] == Decimal("53.35")
    assert [d["points"] for d in data["dimensions"]] == [Decimal("27.1"), None, Decimal("12.75"), Decimal("13.5")]
    assert data["dimensions"][1]["score"] is None
    assert data["dimensions"][1]["grades"] == {"0": 0, "1": 2, "2": 8, "3": 6, "4": 0}
    q1 = data["dimensions"][0]["indicators"][0]
    assert (q1["code"], q1["points"], q1["max_points"]) == ("Q1", 4, 8)
    assert data["range"] is None
    assert data["next_level"] == "L3"
    assert data["missing_points"] == Decimal("6.65")
    assert data["blocked_by"] == ["L3.score", "L3.count"]
    gates = {gate["id"]: gate for gate in data["gates"]}
    assert (gates["L3.count"]["met"], gates["L3.count"]["needs"], gates["L3.count"]["has"]) == (False, 8, 6)
    assert data["unknown"] == ["cost_trend"]
    compared = {item["benchmark_value"]: item for item in data["comparisons"]}
    assert compared[Decimal("57.7")]["gap"] == Decimal("0.1125")
    assert compared[Decimal("71.1")]["gap"] == Decimal("-6.1")
    assert compared[Decimal("86.7")]["gap"] is None
    assert compared[Decimal("86.7")]["value"] is True
    assert data["sources"] == {"official": 31, "adapted": 12, "illustrative": 0, "secondary": 12}
    assert re.fullmatch("sha256:[0-9a-f]{64}", data["digest"])


def test_every_national_figure_that_fits_is_in_the_general_report(run: Run) -> None:
    done = run("score", GENERAL_EXAMPLE, "--format", "json")
    data = json.loads(done.stdout, parse_float=Decimal)
    assert (data["score"], data["level"], data["scored_level"]) == (Decimal("54.74375"), "L2", "L3")
    compared = {(item["metric"], Decimal(item["benchmark_value"]), item["op"]) for item in data["comparisons"]}
    assert compared == {
        ("equipment_digital_rate", Decimal("57.7"), "="),
        ("cnc_rate", Decimal("71.1"), "="),
        ("cnc_rate", Decimal("66.2"), "="),
        ("design_tools_used", Decimal("86.7"), "="),
        ("design_tools_used", Decimal("83.5"), "="),
        ("energy_per_value_added", Decimal("1.4"), "="),
        ("rd_intensity", Decimal("4.64"), "="),
        ("rd_intensity", Decimal("1.6"), ">"),
        ("renovation_investment_growth", Decimal("7.3"), "="),
        ("renovation_investment_growth", Decimal("0.5"), "="),
        ("upgrade_started", Decimal("89.6"), "="),
        ("upgrade_started", Decimal(100), "="),
        ("platform_registered", Decimal("47.1"), "="),
    }
    for item in data["comparisons"]:
        assert (item["gap"] is None) == ("share_of_enterprises" in (item["statistic"], item["target_of"]))
        assert item["population"]
        assert item["source"]
        assert item["seen"] == "secondary"


def test_macro_figures_are_listed_and_not_compared(run: Run) -> None:
    listed = run("benchmark", "list", "--lang", "en", "--width", "200").stdout.decode()
    for value in ("27.4 trillion yuan", "1724 ", "62 centres", "238 factories", "15 provinces", "248000", "42 %"):
        assert value in listed, value
    shown = run("benchmark", "show", "cmmm_2022_l2", "--lang", "en").stdout.decode()
    assert "Caution" in shown


DIGESTS = {
    "general": "sha256:a889c98140fab7889e825dce3008d7c2d7fd9ee7cb0dcfaa0bf6f7fcd552842b",
    "sme": "sha256:6ec1c6e59b5c8a027ffa5b5d33475350681b995c9ac06088f37af90953663f8e",
}


@pytest.mark.parametrize("model", DIGESTS)
def test_the_digests_are_pinned(model: str) -> None:
    """They change only when what decides results changes: then say so in the changelog."""
    assert Catalog().load(model).digest == DIGESTS[model]


def test_texts_sources_and_figures_do_not_change_the_digest(own_rules: Path) -> None:
    before = Catalog(own_rules, shipped=False).load("sme")
    for file, old, new in (
        ("rules/sme/2024/model.yaml", "Network", "Networking"),
        ("rules/benchmarks/cn.yaml", "value: 57.7", "value: 57.8"),
    ):
        text = (own_rules / file).read_text(encoding="utf-8")
        assert old in text
        (own_rules / file).write_text(text.replace(old, new), encoding="utf-8")
    after = Catalog(own_rules, shipped=False).load("sme")
    assert after.digest == before.digest
    assert after.content_digest != before.content_digest
    path = own_rules / "rules/sme/2024/model.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("needs: 8", "needs: 7"), encoding="utf-8")
    assert Catalog(own_rules, shipped=False).load("sme").digest != before.digest


@pytest.mark.parametrize("position", [0, 1, 2])
def test_lang_may_stand_anywhere(run: Run, position: int) -> None:
    arguments = ["score", str(EXAMPLE)]
    arguments[position:position] = ["--lang", "en"]
    assert b"Digital transformation assessment" in run(*arguments).stdout
    arguments[position : position + 2] = ["--lang=zh"]
    assert "数字化转型诊断报告".encode() in run(*arguments).stdout


def test_the_language_comes_from_the_environment_too(run: Run) -> None:
    english = b"Digital transformation assessment"
    assert english in run("score", EXAMPLE, env={"BAMAI_LANG": "en"}).stdout
    assert english in run("score", EXAMPLE, env={"LC_ALL": "en_US.UTF-8"}).stdout
    assert english not in run("score", EXAMPLE, env={"LC_ALL": "zh_CN.UTF-8"}).stdout
    done = run("--lang", "fr", "score", EXAMPLE)
    assert done.returncode == 2
    assert b"zh" in done.stderr


BATCH = "bamai batch ROWS… [{}]"
GROUPS = (
    "assess, batch, benchmark, cohort, compare, form, industry, merge, model, policy, roadmap, score, template, whatif"
)

# a command line, what is wrong with it in Chinese and in English, and how the command is used
WRONG_LINES = [
    ("batch", "缺少参数 ROWS… [missing_argument]", "the argument ROWS… is missing [missing_argument]", BATCH),
    ("batch r.csv --engine spork", "--engine 收到 spork；可用：local, spark [wrong_option]",
     "--engine: found spork; allowed: local, spark [wrong_option]", BATCH),
    ("batch r.csv --threads 0", "--threads 收到 0；可用：1–256 [wrong_option]",
     "--threads: found 0; allowed: 1–256 [wrong_option]", BATCH),
    ("batch r.csv --threads two", "--threads 收到 two；可用：1–256 [wrong_option]",
     "--threads: found two; allowed: 1–256 [wrong_option]", BATCH),
    ("batch r.csv --modle sme", "没有选项 --modle；是否想写 --model？ [unknown_option]",
     "there is no option --modle; did you mean --model? [unknown_option]", BATCH),
    ("batch r.csv --model", "选项 --model 后面要有值 [option_without_value]",
     "the option --model needs a value [option_without_value]", BATCH),
    ("batch r.csv --keep=3", "选项 --keep 不带值 [option_takes_no_value]",
     "the option --keep takes no value [option_takes_no_value]", BATCH),
    ("model show sme and more", "多出的参数：and more [extra_arguments]",
     "too many arguments: and more [extra_arguments]", "bamai model show MODEL [{}]"),
    ("cohort publish c.json", "缺少选项 --output [missing_option]", "the option --output is missing [missing_option]",
     "bamai cohort publish FILE -o OUT [{}]"),
    ("scor x.yaml", f"没有命令 scor；现有：{GROUPS}；是否想写 score？ [unknown_command]",
     f"there is no command scor; there is: {GROUPS}; did you mean score? [unknown_command]", "bamai [{}] {}"),
    ("cohort -", "没有命令 -；现有：build, merge, publish, show [unknown_command]",
     "there is no command -; there is: build, merge, publish, show [unknown_command]", "bamai cohort [{}] {}"),
    ("-- --", f"没有命令 --；现有：{GROUPS} [unknown_command]",
     f"there is no command --; there is: {GROUPS} [unknown_command]", "bamai [{}] {}"),
    ("policy --", "缺少命令；现有：list, show [missing_command]",
     "the command is missing; there is: list, show [missing_command]", "bamai policy [{}] {}"),
    ("cohort [red]x\x1b[31m", "没有命令 [red]x\\x1b[31m；现有：build, merge, publish, show [unknown_command]",
     "there is no command [red]x\\x1b[31m; there is: build, merge, publish, show [unknown_command]",
     "bamai cohort [{}] {}"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "zh", "en", "usage"), WRONG_LINES, ids=[line for line, *_ in WRONG_LINES])
def test_a_wrong_command_line_is_told_in_the_language(run: Run, line: str, zh: str, en: str, usage: str) -> None:
    command = re.match("[a-z ]+[a-z]", usage)[0]  # type: ignore[index]
    for lang, told, used, help_, words in (
        ("zh", zh, "用法：", "说明：", ("选项", "命令")),
        ("en", en, "Usage: ", "Help: ", ("options", "COMMAND")),
    ):
        done = run(*line.split(" "), env={"BAMAI_LANG": lang})
        assert (done.returncode, done.stdout) == (2, b"")
        assert done.stderr.decode().splitlines() == [told, used + usage.format(*words), f"{help_}{command} --help"]


WORDS = (
    *("", "-", "--", "---", "-x", "-xyz", "--=", "--model=", "--threads=ü", "[red]", "\x1b[31m", "\udcff", "0", "-1"),
    *(
        "L3",
        "sme",
        "x.csv",
        "none.yaml",
        "-o=",
        "--force=1",
        "--no-force",
        "--to",
        "--format",
        "--missing",
        "{x}",
        "%s",
    ),
)
COMMANDS = [
    (),
    *((name,) for name in GROUPS.split(", ") if name != "assess"),
    *(("cohort", "build"), ("cohort", "show"), ("model", "show"), ("model", "new"), ("policy", "show")),
]


@given(st.sampled_from(COMMANDS), st.lists(st.sampled_from(WORDS), max_size=3))
def test_whatever_is_typed_is_told(command: tuple[str, ...], rest: list[str]) -> None:
    told = io.StringIO()
    with (
        tempfile.TemporaryDirectory() as folder,
        contextlib.chdir(folder),
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(told),
    ):
        code = run_here([*command, *rest])
    assert code in (0, 1, 2, 3)
    assert "[wrong_usage]" not in told.getvalue() and "BAMAI_DEBUG" not in told.getvalue()
    assert "\x1b" not in told.getvalue()
    if code and rest:
        assert re.search(r"\[[a-z_]+\]$", told.getvalue(), re.MULTILINE)


def test_what_the_system_says_is_told_in_the_language(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    long = "n" * 300
    for args, zh, en in (
        (("score", EXAMPLE, "-o", "none/r.json"), "没有这个文件或文件夹", "No such file or directory"),
        (("template", "sme", "-o", "file/t.csv"), "路径中有一段不是文件夹", "Not a directory"),
        (("score", f"{long}.yaml"), "文件名太长", "File name too long"),
        (("batch", f"{long}.csv"), "文件名太长", "File name too long"),
    ):
        assert zh in run(*args, env={"BAMAI_LANG": "zh"}).stderr.decode()
        assert en in run(*args, env={"BAMAI_LANG": "en"}).stderr.decode()


def test_stdin(run: Run) -> None:
    for content in (EXAMPLE_TEXT.encode(), json.dumps({"schema": "bamai.answers/1", "model": "sme",
                                                       "answers": {"Q2": 57.7}}).encode()):  # fmt: skip
        done = run("score", "-", "--format", "json", stdin=content)
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["model"] == "sme@2024"


def test_output_files(run: Run, tmp_path: Path) -> None:
    done = run("score", EXAMPLE, "-o", "r.json", "-o", "r.md", "-o", "r.txt")
    assert (done.returncode, done.stdout) == (0, b"")
    assert json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))["level"] == "L2"
    assert (tmp_path / "r.md").read_text(encoding="utf-8").startswith("# ")
    assert "53.35" in (tmp_path / "r.txt").read_text(encoding="utf-8")
    assert run("score", EXAMPLE, "-o", "r.json").returncode == 2
    assert run("score", EXAMPLE, "-o", "r.json", "--force").returncode == 0
    assert run("score", EXAMPLE, "-o", "r.xyz").returncode == 2
    assert run("score", EXAMPLE, "-o", "missing/r.json").returncode == 1
    assert sorted(p.name for p in tmp_path.iterdir() if p.is_file()) == ["r.json", "r.md", "r.txt"]


def test_several_files_one_bad(run: Run, tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_bytes(minimal("answers: {Q2: 157}\n"))
    shutil.copy(EXAMPLE, tmp_path / "good.yaml")
    done = run("score", "bad.yaml", "good.yaml", "good.yaml", "--format", "json")
    assert done.returncode == 3
    assert [item["level"] for item in json.loads(done.stdout)] == ["L2", "L2"]
    assert b"bad.yaml:3:15" in done.stderr


@pytest.mark.parametrize(("level", "code"), [("L1", 0), ("L2", 0), ("l2", 0), ("L3", 4), ("L9", 2), ("none", 2)])
def test_at_least(run: Run, level: str, code: int) -> None:
    assert run("score", EXAMPLE, "--at-least", level).returncode == code


def test_an_incomplete_result_counts_by_its_lowest_level(run: Run, tmp_path: Path) -> None:
    text = re.sub(r"(?m)^  systems:.*$", "  systems:", EXAMPLE_TEXT)
    assert text != EXAMPLE_TEXT
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
    done = run("score", "a.yaml", "--format", "json", "--at-least", "L2")
    data = json.loads(done.stdout, parse_float=Decimal)
    assert (data["status"], data["score"], data["level"]) == ("incomplete", None, None)
    # systems is worth 0 to 10 points, and brings 5 in the example
    assert data["range"] == {"score_low": Decimal("48.35"), "score_high": Decimal("58.35"), "level_low": "L2",
                             "level_high": "L2"}  # fmt: skip
    assert data["open"] == ["systems"]
    assert done.returncode == 0
    assert run("score", "a.yaml", "--at-least", "L3").returncode == 4
    data = json.loads(run("score", "a.yaml", "--format", "json", "--missing", "lowest").stdout, parse_float=Decimal)
    assert (data["status"], data["score"], data["assumed"]) == ("complete", Decimal("48.35"), ["systems"])


BAD = {
    "answers: {Q99: A}\n": ["unknown_question"],
    "answers: {Q1: A, network: B}\n": ["question_twice"],
    "answers: {Q2: 157, Q3: '57,7', Q5: Z, s01: 5}\n": ["out_of_range", "decimal_comma", "no_such_option",
                                                        "no_such_option"],
    "answers: {Q2: 2024-01-01}\n": ["not_a_number"],
    "answers: {Q1: [A, B], Q5: [B]}\n": ["none_and_more", "one_value"],
    "answers: {Q1: []}\n": ["empty_list"],
    "answers: {Q1: {value: B, evidenz: x}}\n": ["unknown_key"],
    "answers: {Q1: [[B]]}\n": ["not_a_value"],
    "answers: [Q1]\n": ["not_a_mapping"],
    "answers: {equipment_total: 10, equipment_digital: 11}\n": ["part_above_whole"],
    "answers: {equipment_total: 0, equipment_digital: 0, equipment_networked: 0}\n": ["whole_zero"],
    "answers: {Q1: n/a}\n": ["na_not_allowed"],
    "answers: {Q1: A, Q1: B}\n": ["yaml_duplicate"],
    "answers: {Q1: &a A, Q5: *a}\n": ["yaml_alias", "yaml_alias"],
    "answer: {}\n": ["unknown_key"],
    "enterprise: {nome: 甲}\nanswers: {}\n": ["unknown_key"],
    "enterprise: {employees: many}\nanswers: {}\n": ["not_a_count"],
    "assessed_on: 2026-02-30\nanswers: {}\n": ["not_a_date"],
    "assessor: [a]\nanswers: {}\n": ["not_text"],
}  # fmt: skip


@pytest.mark.parametrize("text", BAD)
def test_every_problem_of_a_file_at_once_with_its_place(run: Run, tmp_path: Path, text: str) -> None:
    (tmp_path / "a.yaml").write_bytes(minimal(text))
    for lang in ("zh", "en"):
        done = run("--lang", lang, "score", "a.yaml")
        lines = done.stderr.decode().splitlines()
        assert done.returncode == 3
        assert done.stdout == b""
        assert [re.fullmatch(r"a\.yaml:\d+:\d+: .*\[(\w+)\]", line) is not None for line in lines] == [True] * len(
            lines
        )
        assert [line.rsplit("[", 1)[1].rstrip("]") for line in lines] == BAD[text]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"), (b"\xff\xfe", "not_utf8"), ("名: 甲".encode("gb18030"), "not_utf8"),
        (b"- 1\n", "not_a_mapping"), (b"just text", "not_a_mapping"), (b"a: [\n", "yaml_syntax"),
        (b"schema: bamai.model/1\n", "wrong_schema"), (b"schema: bamai.answers/1\n", "no_model"),
        (b"schema: bamai.answers/1\nmodel: cmmm\n", "unknown_model"),
        (b"schema: bamai.answers/1\nmodel: sme@2022\n", "unknown_model"),
        (b"\x00\x01\x02", "yaml_characters"), (b"[" * 99_999, "yaml_depth"), (b"{" * 99_999, "yaml_depth"),
    ],
)  # fmt: skip
def test_what_is_no_answers_file(run: Run, tmp_path: Path, content: bytes, code: str) -> None:
    (tmp_path / "a.yaml").write_bytes(content)
    done = run("score", "a.yaml")
    assert done.returncode == 3
    assert done.stderr.decode().splitlines()[0].endswith(f"[{code}]")
    assert b"Traceback" not in done.stderr


def test_a_file_of_nothing_but_mistakes_is_given_up_with_a_word(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(
        "schema: bamai.answers/1\nmodel: sme@2024\nanswers:\n" + "".join(f"  x{i}: A\n" for i in range(900))
    )
    done = run("score", str(path), "--lang", "en")
    lines = done.stderr.decode().splitlines()
    assert done.returncode == 3
    assert len([line for line in lines if "[unknown_question]" in line]) == 500
    assert "500 mistakes; what follows was not looked at" in lines[-1]


def test_a_rule_file_of_nothing_but_mistakes_counts_the_rest(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "effort.yaml"
    path.write_text("schema: bamai.effort/1\nmodel: sme@2024\n" + "".join(f"x{i}: 1\n" for i in range(900)))
    done = run("roadmap", str(EXAMPLE), "--effort", str(path), "--lang", "en")
    assert done.returncode == 3
    assert len(done.stderr.decode().splitlines()) == 501
    assert "and further mistakes: 400" in done.stderr.decode().splitlines()[-1]


def test_files_that_are_none(run: Run, tmp_path: Path) -> None:
    with (tmp_path / "large.yaml").open("wb") as stream:
        stream.truncate(50 * 2**20)
    for name, code in (("large.yaml", "file_too_large"), (".", "is_folder"), ("none.yaml", "file_not_found")):
        done = run("score", name)
        assert (done.returncode, done.stderr.decode().strip().endswith(f"[{code}]")) == (3, True)


def test_a_suspicious_percentage_is_only_a_warning(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(minimal("answers: {Q2: 0.577}\n"))
    done = run("score", "a.yaml", "--format", "json")
    assert done.returncode == 0
    assert "[suspicious_share]" in done.stderr.decode()
    json.loads(done.stdout)


def test_from_python_a_suspicious_percentage_is_a_warning_too(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("schema: bamai.answers/1\nmodel: sme@2024\nanswers:\n  Q3: 0.577\n", encoding="utf-8")
    with pytest.warns(bamai.AnswersWarning) as caught:
        result = bamai.score_file(path)
    told = [warning.message for warning in caught]
    said = "answers.Q3: Q3 says 0.577 %; was 100 times that meant? (counted as 0.577 %) [suspicious_share]"
    assert [str(one) for one in told] == [f"{path}:4:7: {said}"]
    assert [one.problem.code for one in told if isinstance(one, bamai.AnswersWarning)] == ["suspicious_share"]
    assert caught[0].filename == __file__
    with pytest.warns(bamai.AnswersWarning) as caught:
        assert bamai.score_answers(bamai.load("sme@2024"), {"Q3": 0.577}).range == result.range
    assert [str(warning.message) for warning in caught] == [f"answers:1:1: {said}"]
    assert caught[0].filename == __file__


LINEAR = """\
          kind: linear
          question: speed
          out_of: 100
          knots:
            - {at: 0, points: 0}
            - {at: 30, points: 100}
"""
BANDS = """\
          kind: bands
          question: speed
          out_of: 100
          closed: left
          bands: [{to: -7.5, points: 0}, {from: -7.5, to: -5, points: 50}, {from: -5, points: 100}]
"""


def test_negative_answers_and_bands_are_told_with_a_minus_sign(tmp_path: Path) -> None:
    assert LINEAR in SMALL_MODEL
    for name, model, told in (
        ("line", SMALL_MODEL, "−5.5 pieces: 0 of 100"),
        ("bands", SMALL_MODEL.replace(LINEAR, BANDS), "−5.5 pieces lies in [−7.5, −5): 50 of 100"),
    ):
        edition = bamai.load("own", small(tmp_path / name, model=model))
        assert bamai.score_answers(edition, {"speed": "-5.5"}).indicators["speed"].reason.en == told


def test_a_console_that_lacks_the_minus_sign_gets_a_hyphen(run: Run, tmp_path: Path) -> None:
    small(tmp_path / "own", model=SMALL_MODEL.replace(LINEAR, BANDS))
    for encoding, told in (("cp936", "[-7.5, -5)"), ("ascii", "[-7.5, -5)"), ("utf-8", "[−7.5, −5)")):
        done = run("model", "explain", "own.speed", "--rules", "own", env={"PYTHONIOENCODING": encoding})
        assert done.returncode == 0
        assert told in done.stdout.decode(encoding)


def test_usage_errors(run: Run) -> None:
    for arguments in (["nonsense"], ["score"], ["score", EXAMPLE, "--format", "xml"], ["score", EXAMPLE, "--oops"]):
        done = run(*arguments)
        assert done.returncode == 2
        assert b"Traceback" not in done.stderr


def test_a_wrong_rule_file_ends_with_1(run: Run, tmp_path: Path) -> None:
    small(tmp_path / "own")
    path = tmp_path / "own/rules/own/1/model.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("weight: 60", "weight: 61"), encoding="utf-8")
    (tmp_path / "a.yaml").write_bytes(minimal(head="schema: bamai.answers/1\nmodel: own\n"))
    done = run("score", "a.yaml", "--rules", "own")
    assert done.returncode == 1
    assert b"[weight_sum]" in done.stderr
    assert run("score", EXAMPLE, "--rules", "nowhere").returncode == 1


def test_own_rules_score(run: Run, tmp_path: Path) -> None:
    small(tmp_path / "own")
    text = "answers: {tools: yes, nets: [lan], rate: 40, plan: 2, speed: 15}\n"
    (tmp_path / "a.yaml").write_bytes(minimal(text, head="schema: bamai.answers/1\nmodel: own\n"))
    data = json.loads(run("score", "a.yaml", "--rules", "own", "--format", "json").stdout, parse_float=Decimal)
    # base (25·100 + 25·50 + 50·50)/100 = 62.5; work (100 + 50)/2 = 75; 0.6·62.5 + 0.4·75 = 67.5
    assert (data["score"], data["level"]) == (Decimal("67.5"), "L2")


def test_blank_answers(run: Run, tmp_path: Path) -> None:
    done = run("template", "sme@2024", "--format", "yaml")
    assert done.returncode == 0
    (tmp_path / "t.yaml").write_bytes(done.stdout)
    scored = run("score", "t.yaml", "--format", "json")
    data = json.loads(scored.stdout)
    assert data["completeness"] == 0
    assert data["range"] == {"score_low": 0, "score_high": 100, "level_low": "none", "level_high": "L4"}
    assert run("template", "sme", "-o", "u.yaml", "--lang", "en").returncode == 0
    assert "Fill in" in (tmp_path / "u.yaml").read_text(encoding="utf-8")


def test_model_commands(run: Run) -> None:
    for lang in ("zh", "en"):
        listed = run("--lang", lang, "model", "list")
        assert b"sme@2024" in listed.stdout
        shown = run("--lang", lang, "model", "show", "sme").stdout.decode()
        assert shown.count("s16") == 1
        assert "sha256:" in shown
    assert run("model", "show", "nothing").returncode == 1


def test_model_check_says_that_the_shipped_rules_hold(run: Run) -> None:
    done = run("model", "check", "--lang", "en")
    assert done.returncode == 0, done.stderr
    assert re.search(rb"sme@2024: correct; indicators: 31, rule tests passed: \d{2,}, ", done.stderr)


def test_model_check_of_a_folder_finds_every_mistake(run: Run, own_rules: Path) -> None:
    assert run("model", "check", own_rules).returncode == 0
    path = own_rules / "rules/sme/2024/model.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("needs: 8", "needs: 9"), encoding="utf-8")
    done = run("model", "check", own_rules, "--lang", "en")
    assert done.returncode == 1
    assert b"[test_failed]" in done.stderr


def test_benchmark_commands(run: Run) -> None:
    listed = run("benchmark", "list", "--lang", "en", "--width", "160").stdout.decode()
    assert "57.7 %" in listed
    shown = run("benchmark", "show", "cnc_rate", "--lang", "en").stdout.decode()
    for value in ("24.6 %", "49.2 %", "52.1 %", "55.3 %", "62.9 %", "66.2 %", "71.1 %"):
        assert value in shown
    lines = [" ".join(line.replace("█", "").split()) for line in shown.splitlines()]
    assert {"2020 52.1 %", "2020 65.7 % Raw materials", "2027 75 % Food"} <= set(lines)
    done = run("benchmark", "show", "cnc_rat", "--lang", "en")
    assert done.returncode == 2
    assert b"there is no benchmark cnc_rat; see bamai benchmark list; did you mean cnc_rate? [" in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="a POSIX shell")
def test_a_closed_pipe_is_no_traceback() -> None:
    command = f'"{sys.executable}" -m bamai model show sme | head -1'
    done = subprocess.run(["sh", "-c", command], capture_output=True, check=False, env={**os.environ})
    assert b"Traceback" not in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_no_traceback() -> None:
    command = f'"{sys.executable}" -m bamai score "{EXAMPLE}" --format json > /dev/full'
    done = subprocess.run(["sh", "-c", command], capture_output=True, check=False)
    assert done.returncode == 1
    assert b"Traceback" not in done.stderr


def test_the_version_names_the_editions(run: Run) -> None:
    told = run("--version").stdout.decode()
    assert told.startswith("bamai 0.1.0 (")
    assert all(str(ref) in told for ref in Catalog().refs)


def test_help_in_both_languages(run: Run) -> None:
    for command in ([], ["score"], ["assess"], ["template"], ["model"], ["model", "check"], ["benchmark", "show"]):
        zh = run("--lang", "zh", *command, "--help").stdout.decode()
        assert re.search("[\u4e00-\u9fff]", run("--lang", "en", *command, "--help").stdout.decode()) is None
        assert "显示帮助" in zh
        for line in zh.splitlines():
            assert not re.search(r"\b(Show|Install|Options|Commands|Arguments)\b", line), line


@pytest.mark.parametrize(
    ("locale", "lang"),
    [
        ("zh_CN.UTF-8", "zh"), ("zh_TW.Big5", "zh"), ("Chinese_China", "zh"), ("C", "zh"), ("C.UTF-8", "zh"),
        ("POSIX", "zh"), ("", "zh"), ("en_US.UTF-8", "en"), ("de_DE.UTF-8", "en"), ("cs_CZ.UTF-8", "en"),
        ("ca_ES.UTF-8", "en"),
    ],
)  # fmt: skip
def test_a_locale_of_another_language_gets_english(locale: str, lang: str) -> None:
    assert take_lang(["score"], {"LANG": locale})[0] == lang
