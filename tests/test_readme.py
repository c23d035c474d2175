"""What the README shows is what happens: its commands run, its outputs come, and what it names exists."""

from __future__ import annotations

import gzip
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import typer.main

import bamai
from bamai.answers import AnswersFile, Judge
from bamai.catalog import Catalog
from bamai.commands import app
from bamai.errors import Exit
from bamai.interview.plain import COMMANDS as TYPED
from bamai.roadmap.effort import read_efforts
from conftest import EXAMPLE, ROOT
from sessions import Session
from supposed import answers, filled, repository, rows, succeeds

README = (ROOT / "README.md").read_text(encoding="utf-8")


class Block(NamedTuple):
    """A fenced block: its section, what kind it is, the paragraph before it, its text."""

    section: str
    kind: str
    before: str
    text: str


def blocks(readme: str = README) -> Iterator[Block]:
    section = before = ""
    for match in re.finditer(r"(?ms)^```(\w*)\n(.*?)^```$|^## (.*?)$|^([^\s`<#|].*?)$", readme):
        kind, text, heading, line = match.groups()
        if heading:
            section, before = heading, ""
        elif line:
            before = line
        else:
            yield Block(section, kind, before, text)


BLOCKS = list(blocks())

# a block that no test can run says so in the line before it, in bold; each is here with the reason
NOT_RUN = {
    "python3 -m venv .venv && .venv/bin/pip install -q .": "a network: pip fetches what bamai depends on",
    'python3 -m venv .venv && .venv/bin/pip install -q -e ".[test]"': "a network: pip; .ci/run runs this one",
    "pip wheel --no-deps -w wheelhouse .": "a network: pip; test_wheel.py builds and installs the wheel",
    'pip install "bamai[spark]"': "a Spark cluster: test_spark.py runs the engine on one machine",
}
MARK = re.compile(r"\*\*needs? ([^*]+)\*\*")


def runnable(block: Block) -> bool:
    return block.kind in ("sh", "console") and not MARK.search(block.before)


def test_what_is_not_run_is_marked_and_named() -> None:
    marked = [block for block in BLOCKS if MARK.search(block.before)]
    assert len(marked) == len(NOT_RUN)
    for block, (begins, why) in zip(marked, NOT_RUN.items(), strict=True):
        [found] = MARK.findall(block.before)
        assert block.text.startswith(begins)
        assert why.startswith(f"{found}:")


def test_there_is_nothing_but_commands_transcripts_and_files() -> None:
    assert {block.kind for block in BLOCKS} == {"sh", "console", "yaml"}
    assert sum(map(runnable, BLOCKS)) >= 8


def forms(folder: Path, _: Session) -> None:
    (folder / "forms").mkdir()
    filled(folder / "forms" / "one.xlsx")
    filled(folder / "forms" / "two.xlsx", "en")


def many(folder: Path, _: Session) -> None:
    rows(folder / "county" / "east.csv", "江苏", 3)
    rows(folder / "county" / "west.csv", "浙江", 3)
    theirs = rows(folder / "theirs.csv", "江苏", 2).read_text(encoding="utf-8").replace("id,name", "编号,name", 1)
    (folder / "rows.csv.gz").write_bytes(gzip.compress(theirs.encode()))
    (folder / "names.yaml").write_text("编号: id\n", encoding="utf-8")


def provinces(folder: Path, session: Session) -> None:
    rows(folder / "jiangsu" / "a.csv", "江苏", 60)
    rows(folder / "jiangsu" / "b.csv", "江苏", 70)
    rows(folder / "zhejiang.csv", "浙江", 60)
    succeeds("batch zhejiang.csv --model sme@2024 --detail -o zhejiang.parquet", session, folder)
    succeeds("cohort build zhejiang.parquet -o zhejiang.json", session, folder)
    answers(folder / "答卷.yaml")


def profiled(folder: Path, _: Session) -> None:
    answers(folder / "答卷.yaml")
    rows(folder / "企业.csv", "江苏", 3)
    [text] = [block.text for block in BLOCKS if block.kind == "yaml" and "bamai.profile/1" in block.text]
    for path in (folder / "to_drawings.yaml", folder / "mine/rules/sme/2024/profiles/to_drawings.yaml"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


# the files of their own that readers of a section have
SUPPOSED: dict[str, Callable[[Path, Session], None]] = {
    "Forms": forms, "Many enterprises": many, "Cohorts": provinces, "Scoring profiles": profiled,
}  # fmt: skip


def played(line: str, session: Session, folder: Path) -> tuple[int, str]:
    """A line of a block as a user types it: exit code, and what stands on the screen."""
    program, *args = shlex.split(line, comments=True)
    if program == "cat":
        return 0, "".join((folder / name).read_text(encoding="utf-8-sig") for name in args)
    assert program == "bamai", line
    # an ellipsis stands for what differs from run to run
    for index, word in enumerate(args):
        if "…" in word:
            [args[index]] = [path.name for path in folder.glob(word.replace("…", "*"))]
    # the interview takes what is offered and skips every question
    done = session.run(*args, cwd=folder, stdin="\n" * 200 if args[0] == "assess" else "")
    return done.code, done.screen.replace("\\", "/")


def replayed(block: Block, session: Session, folder: Path) -> tuple[str, list[str]]:
    """The block as it is when it is run now, and what did not end with 0."""
    now, failed = [], []
    for line in block.text.splitlines():
        command = line.removeprefix("$ ") if block.kind == "console" else line
        if block.kind == "console" and command == line:
            continue
        code, screen = played(command, session, folder)
        now.append(f"{line}\n{screen}" if block.kind == "console" else f"{line}\n")
        if code:
            failed.append(f"{block.section}: {line} ends with {code}: {screen[-400:]}")
    return "".join(now), failed


def replay(folder: Path) -> tuple[list[tuple[Block, str]], list[str]]:
    """Every runnable block with what it is when it is run now; each section begins in a folder of its own."""
    found, failed = [], []
    with Session("zh") as session:
        for number, section in enumerate(dict.fromkeys(block.section for block in BLOCKS)):
            place = folder / str(number)
            place.mkdir()
            repository(place)
            if section in SUPPOSED:
                SUPPOSED[section](place, session)
            for block in BLOCKS:
                if block.section == section and runnable(block):
                    now, wrong = replayed(block, session, place)
                    found.append((block, now))
                    failed += wrong
    return found, failed


def test_every_example_runs_and_every_output_comes(tmp_path: Path) -> None:
    assert set(SUPPOSED) <= {block.section for block in BLOCKS}
    found, failed = replay(tmp_path)
    assert failed == []
    for block, now in found:
        assert now == block.text, block.section


def tree(command: Any, path: str = "bamai") -> Iterator[tuple[str, Any]]:
    yield path, command
    for name, inner in getattr(command, "commands", {}).items():
        yield from tree(inner, f"{path} {name}")


COMMANDS = dict(tree(typer.main.get_command(app)))
GROUPS = {path for path, command in COMMANDS.items() if hasattr(command, "commands")}
OPTIONS = {
    path: {name for param in command.params for name in param.opts if name.startswith("-")} | {"-h", "--help", "--lang"}
    for path, command in COMMANDS.items()
}
ROWS = re.findall(r"(?m)^\| `(bamai [^`]*)` \| (.*) \|$", README)


def command_of(line: str) -> str:
    """``bamai model check`` of ``bamai model check mine``."""
    words = line.split()
    return next(path for end in (3, 2, 1) if (path := " ".join(words[:end])) in COMMANDS)


def test_the_table_of_commands_is_complete() -> None:
    assert [command_of(line) for line, _ in ROWS] == [
        command_of(line) for line in dict.fromkeys(line for line, _ in ROWS)
    ]
    assert {command_of(line) for line, _ in ROWS} == set(COMMANDS) - GROUPS


def test_every_option_is_explained() -> None:
    named = set(re.findall(r"(?<![\w-])--?[a-z][\w-]*", README))
    for command, names in OPTIONS.items():
        for name in names - {"-h", "--help", "--install-completion", "--show-completion", "-o", "--output"}:
            assert name in named, (command, name)


def test_the_contents_are_in_the_order_of_the_page() -> None:
    [contents] = re.findall(r"(?m)^\[What it prints\].*$", README)
    assert len(re.findall(r"\]\(#", contents)) >= 10
    targets = re.findall(r"\(#([^)]*)\)", contents)
    sections = re.findall(r"(?m)^## (.*)$", re.sub(r"(?ms)^```.*?^```$", "", README))
    listed = [anchor(section) for section in sections if anchor(section) in targets]
    assert listed == targets


def test_every_command_and_option_that_is_named_exists() -> None:
    """In prose as in blocks: what was renamed is not left behind."""
    spans = [*re.findall(r"`(bamai [^`\n]*)`", README), *(line for line, _ in ROWS)]
    spans += [line for block in BLOCKS if block.kind in ("sh", "console") for line in block.text.splitlines()]
    for span in spans:
        if not (found := re.match(r"(?:\$ )?(bamai .*)", span)):
            continue
        line = found[1].split("#")[0]
        command = command_of(line)
        words = line.split()[len(command.split()) :]
        assert command not in GROUPS or not words or words[0].startswith(("-", "[", "COMMAND")), span
        assert {word.split("=")[0] for word in words if re.match(r"--?[a-z]", word)} <= OPTIONS[command], span
    # beside a command in the table stand its own options
    for line, text in ROWS:
        said = set(re.findall(r"`(--[a-z][\w-]*)", text))
        assert said <= OPTIONS[command_of(line)], (line, said)
    every = set().union(*OPTIONS.values())
    prose = re.sub(r"(?ms)^```.*?^```$", "", README)
    spoken = set(re.findall(r"`(--[a-z][\w-]*)", prose))
    assert spoken <= every, spoken - every


def test_every_exit_code_is_in_the_readme() -> None:
    assert {int(code) for code in re.findall(r"^\| (\d+) \|", README, re.MULTILINE)} == {int(code) for code in Exit}


def test_what_is_typed_in_an_interview_is_all_there() -> None:
    section = README.partition("## 访谈")[2].partition("\n## ")[0]
    _, chinese, english, *_ = section.split("\n\n")
    # a blank line skips and ? is unknown: their letters are not needed
    words = {names[0] for command, names in TYPED.items() if command not in ("skip", "unknown")} | {"?", ":b"}
    for text in (chinese, english):
        spans = re.findall(r"`([^`]*)`", text)
        assert {span.split()[0] for span in spans} - {"bamai", "--plain"} == words
        assert re.findall(r"F\d", text) == [f"F{number}" for number in range(1, 9)]


def anchor(heading: str) -> str:
    """The address of a heading, as GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def test_links_lead_somewhere() -> None:
    headings = re.findall(r"(?m)^#+ (.*)$", re.sub(r"(?ms)^```.*?^```$", "", README))
    anchors = {anchor(heading) for heading in headings}
    for target in re.findall(r"\]\(([^)]*)\)", README):
        assert target.removeprefix("#") in anchors if target.startswith("#") else (ROOT / target).exists(), target


def test_paths_that_are_named_exist() -> None:
    for path in re.findall(r"`((?:tests|rules|cli|\.ci)/[\w./-]*)`", README):
        assert (ROOT / path).exists(), path


def file_of(schema: str, folder: Path) -> Path:
    [text] = [block.text for block in BLOCKS if block.kind == "yaml" and block.text.startswith(f"schema: {schema}\n")]
    (folder / "file.yaml").write_text(text, encoding="utf-8")
    return folder / "file.yaml"


def test_the_answers_shown_are_answers(tmp_path: Path) -> None:
    opened = AnswersFile.open(file_of("bamai.answers/1", tmp_path))
    found, _, warnings = opened.read(Judge(Catalog().load(opened.model)))
    assert len(found.entries) == 6
    assert warnings == []


def test_the_python_shown_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    answers(tmp_path / "answers.yaml")
    [line] = re.findall(r"(?m)^From Python: .*$", README)
    from_file, from_answers = re.findall(r"`(bamai\..*?)`", line)
    assert eval(from_file, {"bamai": bamai}).level == "L2"
    some = eval(from_answers.replace(", …", ""), {"bamai": bamai})
    assert (some.model, some.level) == ("sme@2024", None)


def test_the_efforts_shown_are_efforts(tmp_path: Path) -> None:
    efforts = read_efforts(file_of("bamai.effort/1", tmp_path), Judge(Catalog().load("sme@2024")))
    assert set(efforts.costs) == {"systems", "network", "process_design"}


def test_no_file_is_shown_that_no_test_reads() -> None:
    shown = [block.text.splitlines()[0] for block in BLOCKS if block.kind == "yaml"]
    assert sorted(shown) == ["schema: bamai.answers/1", "schema: bamai.effort/1", "schema: bamai.profile/1"]


@pytest.mark.skipif(shutil.which("sh") is None, reason="a POSIX shell")
def test_examples_of_a_shell_are_what_it_takes() -> None:
    text = "\n".join(block.text for block in BLOCKS if block.kind == "sh")
    done = subprocess.run(["sh", "-n"], input=text.encode(), capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


def test_the_profile_shown_is_a_profile(tmp_path: Path) -> None:
    [text] = re.findall(r"```yaml\n(schema: bamai.profile/1.*?)```", README, re.DOTALL)
    (tmp_path / "to_drawings.yaml").write_text(text, encoding="utf-8")
    result = bamai.score_file(EXAMPLE, profile=str(tmp_path / "to_drawings.yaml"))
    assert result.level == "L3" and result.profile is not None and len(result.profile.changes) == 8


if __name__ == "__main__":  # python tests/test_readme.py writes the transcripts anew
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        again, complaints = replay(Path(folder))
    for block, text in again:
        README = README.replace(f"```console\n{block.text}```", f"```console\n{text}```")
    (ROOT / "README.md").write_text(README, encoding="utf-8")
    sys.exit("\n".join(complaints) or None)
