"""What ``--help`` says is whole, in one language, as wide as the screen, and true: examples run, exit codes come."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main
from rich.cells import cell_len

from bamai.commands import app
from bamai.commands.manual import EXITS, examples_of, section
from bamai.errors import Exit
from bamai.texts import LANGS, TEXTS, Lang
from sessions import Session
from supposed import ZH, for_manuals

HAN = re.compile("[\u4e00-\u9fff]")
ROOT_COMMAND = typer.main.get_command(app)


def walk(command: Any = ROOT_COMMAND, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every command and group by its path: ``model.check``."""
    yield path, command
    for name, inner in getattr(command, "commands", {}).items():
        yield from walk(inner, f"{path}.{name}".strip("."))


COMMANDS = dict(walk())
LEAVES = [path for path, command in COMMANDS.items() if not hasattr(command, "commands")]


@pytest.fixture(scope="module", params=LANGS)
def lang(request: pytest.FixtureRequest) -> Lang:
    found: Lang = request.param
    return found


@pytest.fixture(scope="module")
def session(lang: Lang) -> Iterator[Session]:
    with Session(lang) as found:
        yield found


def test_every_command_has_its_manual_and_every_manual_its_command() -> None:
    assert set(EXITS) == {"", *LEAVES}
    assert set(EXITS[""]) == {int(code) for code in Exit} == set().union(*EXITS.values())
    for path in LEAVES:
        for name in ("reads", "writes", "examples"):
            assert f"man.{path}.{name}" in TEXTS, path
    for path in COMMANDS:
        assert 1 <= len(examples_of(path, "en")) <= 3, path
        assert len(examples_of(path, "zh")) == len(examples_of(path, "en")), path
    ours = re.compile(r"man\.(?:(.*)\.)?(?:reads|writes|examples|exit\.(\d+))")
    for key in TEXTS:
        found = ours.fullmatch(key)
        assert found is None or (found[1] or "") in COMMANDS, key
        assert found is None or not found[2] or int(found[2]) in EXITS[found[1] or ""], key


# a text of either language with its pair: parameters have theirs in the language of this process
SAID = {text: pair for pair in TEXTS.values() for text in pair}


def flat(text: str) -> str:
    return re.sub(r"\s", "", text)


@pytest.mark.parametrize("columns", [60, 80, 200])
def test_help_is_whole_at_every_width(session: Session, lang: Lang, columns: int, tmp_path: Path) -> None:
    for path, command in COMMANDS.items():
        done = session.run(*filter(None, path.split(".")), "--help", cwd=tmp_path, columns=columns)
        assert (done.code, done.err) == (0, "")
        assert [line for line in done.out.splitlines() if cell_len(line) > min(columns, 100)] == [], path
        said = flat(done.out)
        first, *_ = done.out.split("\n\n")
        assert flat(first) == flat(TEXTS[f"{path or 'app'}.help"][LANGS.index(lang)])
        for name in ("reads", "writes"):
            assert flat(section(path, name, lang)) in said
        for param in command.params:
            assert flat(SAID[param.help][LANGS.index(lang)]) in said, (path, param.name)
            for name in param.opts if param.param_type_name == "option" else ():
                assert name in said, (path, name)
        for what, line in examples_of(path, lang):
            assert flat(what) in said
            assert f"    {line}\n" in done.out
        for name in getattr(command, "commands", {}):
            assert re.search(rf"(?m)^  {name}  +\S", done.out), (path, name)
        for code in EXITS.get(path, ()):
            assert re.search(rf"(?m)^  {code} +\S", done.out), (path, code)
        if lang == "en":
            assert not HAN.search(done.out), path


def test_every_option_says_its_default(session: Session, lang: Lang, tmp_path: Path) -> None:
    """Flags are off by default and need not say so."""
    word, needed = ("默认", "[必填]") if lang == "zh" else ("default", "[required]")
    silent = []
    for path in LEAVES:
        out = session.run(*path.split("."), "--help", cwd=tmp_path, columns=200).out
        for param in COMMANDS[path].params:
            if param.param_type_name == "option" and not param.is_flag:
                name = max(param.opts, key=len)
                entry = re.search(rf"(?ms)^  (?:-\w, |    ){name} (.*?)(?=^  (?:    )?-|\n\n)", out)
                assert entry, (path, name)
                if word not in entry[1] and needed not in entry[1]:
                    silent.append(f"{path} {name}")
    assert silent == []


# what a help says of options of other commands
OTHERS = {"": {"--at-least", "--engine", "--force"}, "cohort.build": {"--detail"}}


def test_help_names_no_option_that_the_command_lacks(session: Session, tmp_path: Path) -> None:
    for path, command in COMMANDS.items():
        out = session.run(*filter(None, path.split(".")), "--help", cwd=tmp_path, columns=200).out
        own = {name for param in command.params for name in param.opts}
        said = set(re.findall(r"(?<![\w-])--?[a-z][\w-]*", out.partition("\n\n")[2]))
        examples = {word for _, line in examples_of(path, "zh") + examples_of(path, "en") for word in line.split()}
        free = {"-h", "--help", "--lang", "--install-completion", "--show-completion"} | OTHERS.get(path, set())
        assert said - own - free <= (examples if hasattr(command, "commands") else set()), path


def test_examples_run(session: Session, lang: Lang, tmp_path: Path) -> None:
    for_manuals(tmp_path, session, lang)
    for path in COMMANDS:
        for _, line in examples_of(path, lang):
            program, *args = shlex.split(line)
            assert program == "bamai"
            assert set(path.split(".")) <= {*args, ""}, "an example of another command"
            # blank lines take what is offered and skip questions
            stdin = "\n" * 200 if "assess" in args else ""
            before = set(tmp_path.iterdir())
            done = session.run(*args, cwd=tmp_path, stdin=stdin)
            assert done.code == 0, (line, done)
            # examples do not build on each other, except on what is supposed
            for new in set(tmp_path.iterdir()) - before:
                new.rename(tmp_path / f"{path} {new.name}")


def test_what_the_examples_suppose_is_named_in_chinese_too() -> None:
    for path in COMMANDS:
        for _, line in examples_of(path, "zh"):
            assert not set(shlex.split(line)) & set(ZH), line


# one command line for every exit code that a command's help lists; 130 is that of Ctrl-C, which the interview's own
# tests press
BAD_RULES = "--rules nowhere"
ENDS: dict[str, dict[int, str]] = {
    "": {0: "--version", 1: f"score answers.yaml {BAD_RULES}", 2: "--oops", 3: "score bad.yaml answers.yaml",
         4: "score answers.yaml --at-least L4"},
    "assess": {0: "--resume answers.yaml --save a.jsonl", 1: f"sme --name a --save b.jsonl {BAD_RULES}", 2: "--oops",
               3: "--resume bad.yaml"},
    "score": {0: "answers.yaml", 1: "answers.yaml -o nowhere/a.json", 2: "answers.yaml -o there.json",
              3: "bad.yaml answers.yaml", 4: "answers.yaml --at-least L3"},
    "batch": {0: "rows.csv --model sme", 1: "rows.csv --model sme -o nowhere/a.csv", 2: "rows.csv --summary there.json",
              3: "bad.csv --model sme"},
    "merge": {0: "prod.yaml it.yaml --prefer it", 1: "prod.yaml it.yaml --prefer it -o nowhere/a.yaml",
              2: "prod.yaml", 3: "prod.yaml it.yaml"},
    "compare": {0: "before.yaml after.yaml", 1: "before.yaml after.yaml -o nowhere/a.md", 2: "before.yaml",
                3: "before.yaml bad.yaml"},
    "whatif": {0: "answers.yaml Q5=D", 1: "answers.yaml Q5=D -o nowhere/a.md", 2: "answers.yaml",
               3: "bad.yaml Q5=D"},
    "roadmap": {0: "answers.yaml", 1: "answers.yaml -o nowhere/a.md", 2: "answers.yaml --to L9",
                3: "bad.yaml", 4: "answers.yaml --to L4 --fix Q1=A --fix Q4=A --fix Q5=A"},
    "form": {0: "sme -o new.xlsx", 1: "nothing -o a.xlsx", 2: "sme -o form.xlsx"},
    "template": {0: "sme", 1: "nothing", 2: "sme -o there.csv"},
    "cohort.build": {0: "results.parquet -o c.json", 1: "results.parquet -o nowhere/c.json",
                     2: "results.csv -o c2.json", 3: "results.parquet results.parquet -o c3.json"},
    "cohort.merge": {0: "jiangsu.json zhejiang.json -o d.json", 1: "jiangsu.json zhejiang.json -o nowhere/d.json",
                     2: "jiangsu.json -o there.json", 3: "jiangsu.json jiangsu.json -o e.json"},
    "cohort.show": {0: "jiangsu.json", 1: f"jiangsu.json {BAD_RULES}", 2: "jiangsu.json --province Atlantis",
                    3: "jiangsu.json --min-cell 1000"},
    "cohort.publish": {0: "jiangsu.json -o p.json", 1: "jiangsu.json -o nowhere/p.json",
                       2: "jiangsu.json -o there.json", 3: "jiangsu.json -o q.json --min-cell 1000"},
    "model.list": {0: "", 1: BAD_RULES, 2: "--oops"},
    "model.show": {0: "sme", 1: "nothing", 2: ""},
    "model.explain": {0: "Q2", 1: f"Q2 {BAD_RULES}", 2: "nothing"},
    "model.check": {0: "", 1: "nowhere", 2: "--oops"},
    "model.schema": {0: "effort", 1: "-o there.json", 2: "nothing"},
    "model.new": {0: "mine2", 1: "there.json", 2: "mine --id sme"},
    "benchmark.list": {0: "", 1: BAD_RULES, 2: "--oops"},
    "benchmark.show": {0: "cnc_rate", 1: f"cnc_rate {BAD_RULES}", 2: "nothing"},
    "industry.list": {0: "", 1: BAD_RULES, 2: "--oops"},
    "industry.show": {0: "机械", 1: f"机械 {BAD_RULES}", 2: "nothing"},
    "policy.list": {0: "", 1: BAD_RULES, 2: "--industry nothing"},
    "policy.show": {0: "action_plan", 1: f"action_plan {BAD_RULES}", 2: "nothing"},
}  # fmt: skip


def test_exit_codes_are_those_that_help_lists(tmp_path: Path) -> None:
    assert {path: set(lines) | {130} & set(EXITS[path]) for path, lines in ENDS.items()} == {
        path: set(codes) for path, codes in EXITS.items()
    }
    with Session("en") as session:
        for_manuals(tmp_path, session, "en")
        (tmp_path / "bad.yaml").write_text("schema: bamai.answers/1\nmodel: sme\nanswers: {Q5: Z}\n", encoding="utf-8")
        (tmp_path / "bad.csv").write_text("id,Q5\n1,Z\n", encoding="utf-8")
        for name in ("there.json", "there.csv"):
            (tmp_path / name).write_text("{}", encoding="utf-8")
        wrong = []
        for path, lines in ENDS.items():
            for code, line in lines.items():
                args = [*filter(None, path.split(".")), *shlex.split(line)]
                done = session.run(*args, cwd=tmp_path, stdin="\n" * 200 if path == "assess" else "")
                if done.code != code or "Traceback" in done.err:
                    wrong.append((args, code, done.code, done.err[-300:]))
        assert wrong == []
