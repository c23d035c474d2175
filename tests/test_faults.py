"""What goes wrong around the program: killed, full, closed, cut off. Afterwards there is the old file or the new one,
never half of one, and nobody saw a traceback."""

from __future__ import annotations

import contextlib
import gzip
import json
import os
import shlex
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pytest
from pyarrow import parquet

from bamai.batch.inputs import Reading
from bamai.batch.kernel import Options
from bamai.batch.local import Inputs, schemas
from bamai.batch.local import Run as Batch
from bamai.batch.outputs import opened
from bamai.errors import InputError
from bamai.vocabulary import load_vocabulary
from conftest import EXAMPLE, ROOT, Run, edition, needs

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="signals, limits and name spaces are POSIX")
FORMATS = ("json", "md", "txt", "html", "pdf", "docx", "xlsx")
ROWS = ROOT / "questionnaires" / "sme" / "2024" / "example.csv"


def bamai(*args: str | Path, folder: Path, **more: object) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "bamai", *map(str, args)]
    return subprocess.run(command, cwd=folder, capture_output=True, check=False, **more)  # type: ignore[call-overload, no-any-return]


def quiet(done: subprocess.CompletedProcess[bytes]) -> None:
    assert b"Traceback" not in done.stderr, done.stderr.decode(errors="replace")


def many_rows(path: Path, copies: int) -> Path:
    """The example's enterprises many times over, each with an id of its own."""
    head, *rows = ROWS.read_text(encoding="utf-8-sig").splitlines()
    with path.open("w", encoding="utf-8") as stream:
        stream.write(head + "\n")
        for copy in range(copies):
            stream.writelines(f"c{copy}-{row}\n" for row in rows)
    return path


FORKS = """\
import json, os, subprocess, sys
from pathlib import Path

os.environ["BAMAI_LANG"] = "en"
jobs, size = json.loads(sys.argv[1]), int(sys.argv[2])
import numpy, pyarrow.parquet, rich.console, rich.table
import bamai.batch.local, bamai.catalog, bamai.commands, bamai.report.content
from bamai.__main__ import main

here = Path.cwd()
if size:
    here /= "disk"
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "none", here], check=True)
told = []
for job in jobs:
    for name in job["old"]:
        (here / name).write_text("old")
    if size:
        with (here / "filler").open("wb", buffering=0) as filler:
            filler.write(bytes(size - 4096 * len(job["old"]) - job["room"]))
    reader, errors = os.pipe()
    unread, printed = os.pipe()
    child = os.fork()
    os.close(unread)
    if child == 0:
        os.chdir(here)
        stdout = os.open(job["stdout"], os.O_RDWR) if job["stdout"] else printed
        for number, handle in enumerate((os.open(os.devnull, os.O_RDONLY), stdout, errors)):
            os.dup2(handle, number)
        os.closerange(3, 50)
        sys.argv = ["bamai", *job["command"]]
        main()
    os.close(errors)
    os.close(printed)
    with open(reader, "rb") as stream:
        said = stream.read().decode(errors="replace")
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    (here / "filler").unlink(missing_ok=True)
    found = {str(p.relative_to(here)): p.stat().st_size for p in sorted(here.rglob("*")) if p.is_file()}
    told.append((code, said, found))
    if size:
        subprocess.run(["find", ".", "-mindepth", "1", "-delete"], cwd=here, check=True)
print(json.dumps(told))
"""
"""The command line many times over, in processes that need not be started each: exit codes, messages, and files with
their sizes. Where a size is given, on a disk of it, of which only ``room`` is free; nobody else sees it, and it is gone
afterwards. Where no stdout is given, on a pipe whose reader has gone away."""


class Job(NamedTuple):
    """A command, the files that are there before it, the bytes that are free, and where it prints."""

    command: Sequence[str | Path]
    old: Sequence[str] = ()
    room: int = 0
    stdout: str | None = os.devnull


def forked(folder: Path, jobs: Iterable[Job], *before: str, size: int = 0) -> list[tuple[int, str, dict[str, int]]]:
    """Exit code, messages and files of every job; *before* is a command that starts the others."""
    jobs = [job._replace(command=[*map(str, job.command)]) for job in jobs]
    given = json.dumps([job._asdict() for job in jobs])
    command = [*before, sys.executable, "-c", FORKS, given, str(size)]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    told: list[tuple[int, str, dict[str, int]]] = [(code, said, found) for code, said, found in json.loads(done.stdout)]
    for job, (_, said, found) in zip(jobs, told, strict=True):
        assert "Traceback" not in said and "Exception" not in said, (job, said)
        assert not [name for name in found if name.endswith(".part")], (job, found)
    return told


# ── killed ───────────────────────────────────────────────────────────────────────────────────────────


@POSIX
@pytest.mark.parametrize("wait", [0.05, 0.4, 0.7, 1.0, 1.4])
def test_a_batch_that_is_killed_leaves_the_old_file(tmp_path: Path, wait: float) -> None:
    rows = many_rows(tmp_path / "rows.csv", 4000)
    for name in ("out.csv", "bad.csv"):
        (tmp_path / name).write_text("old", encoding="utf-8")
    command = [sys.executable, "-m", "bamai", "batch", "rows.csv", "-o", "out.csv", "--rejects", "bad.csv", "--force",
               "--model", "sme@2024"]  # fmt: skip
    with subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.DEVNULL) as process:
        time.sleep(wait)
        process.kill()
    written = (tmp_path / "out.csv").read_text(encoding="utf-8-sig")
    # it may have been done before the blow fell; then everything is there
    assert written == "old" or written.count("\n") == 1 + 30 * 4000
    if process.returncode == -signal.SIGKILL and written == "old":
        assert (tmp_path / "bad.csv").read_text(encoding="utf-8-sig") == "old"
    assert rows.exists()


@POSIX
def test_a_report_that_is_killed_leaves_the_old_file(tmp_path: Path) -> None:
    for wait in (0.3, 0.5, 0.7, 0.9):
        for suffix in FORMATS:
            (tmp_path / f"r.{suffix}").write_text("old", encoding="utf-8")
        outputs = [part for suffix in FORMATS for part in ("-o", f"r.{suffix}")]
        command = [sys.executable, "-m", "bamai", "score", str(EXAMPLE), *outputs, "--force"]
        with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            time.sleep(wait)
            process.kill()
        for suffix in FORMATS:
            size = (tmp_path / f"r.{suffix}").stat().st_size
            assert size == 3 or size > 1000, suffix


@POSIX
@pytest.mark.parametrize("blow", ["SIGTERM", "SIGHUP"])
def test_a_batch_that_is_ended_leaves_nothing_but_the_old_file(tmp_path: Path, blow: str) -> None:
    """What ``kill``, a service manager or a terminal that is closed sends gives time to tidy up."""
    many_rows(tmp_path / "rows.csv", 4000)
    (tmp_path / "out.csv").write_text("old", encoding="utf-8")
    command = [sys.executable, "-m", "bamai", "batch", "rows.csv", "-o", "out.csv", "-o", "out.parquet",
               "--model", "sme", "--force"]  # fmt: skip
    number = getattr(signal, blow)
    before = signal.signal(number, signal.SIG_DFL)  # a child ignores what is ignored here, as nohup has it
    try:
        process = subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE)
    finally:
        signal.signal(number, before)
    with process:
        appears(tmp_path, ".out.parquet.*.part")
        process.send_signal(number)
        _, told = process.communicate()
    assert (process.returncode, told) == (128 + number, b"")
    assert {path.name for path in tmp_path.iterdir()} == {"rows.csv", "out.csv"}
    assert (tmp_path / "out.csv").read_text(encoding="utf-8") == "old"


def appears(folder: Path, pattern: str) -> None:
    deadline = time.monotonic() + 120
    while not list(folder.glob(pattern)):
        assert time.monotonic() < deadline, pattern
        time.sleep(0.01)


@POSIX
@needs(shutil.which("java") is not None or "JAVA_HOME" in os.environ, "Java")
def test_a_spark_batch_whose_driver_is_killed(tmp_path: Path) -> None:
    """The old outputs are whole, no folder looks like a new one, nothing of Spark goes on; the next run does it."""
    folder, temporary = tmp_path / "work", tmp_path / "tmp"
    folder.mkdir()
    temporary.mkdir()
    many_rows(folder / "rows.csv", 20)
    (folder / "out.parquet").mkdir()
    old = {"out.csv", "out.rejects.csv", "out.parquet/part-00000-old.parquet"}
    for name in old:
        (folder / name).write_text("old", encoding="utf-8")
    command = [sys.executable, "-m", "bamai", "batch", "rows.csv", "-o", "out.csv", "-o", "out.parquet", "--force",
               "--model", "sme", "--engine", "spark", "--master", "local[2]"]  # fmt: skip
    env = {**os.environ, "TMPDIR": str(temporary)}
    with subprocess.Popen(command, cwd=folder, env=env, start_new_session=True, stderr=subprocess.DEVNULL) as process:
        appears(folder, ".bamai.*.part/scored")
        process.kill()
    deadline = time.monotonic() + 60
    with pytest.raises(ProcessLookupError):  # Java notices that nobody is there
        while time.monotonic() < deadline:
            os.killpg(process.pid, 0)
            time.sleep(0.05)
    assert {name for name in old if (folder / name).read_text(encoding="utf-8") == "old"} == old
    assert {path.name for path in folder.iterdir() if not path.name.startswith(".")} == {
        "rows.csv", "out.csv", "out.rejects.csv", "out.parquet",
    }  # fmt: skip
    left = [path for path in folder.iterdir() if path.name.startswith(".")]
    assert all(path.name.endswith(".part") for path in left)
    for path in temporary.rglob("*"):  # the log; it is the owner's, and names no enterprise
        if path.is_file():
            assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0
            assert b"c0-" not in path.read_bytes()
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    assert (folder / "out.csv").read_text(encoding="utf-8").count("\n") == 1 + 30 * 20
    assert parquet.read_table(folder / "out.parquet").num_rows == 30 * 20
    assert not (folder / "out.rejects.csv").exists()


# ── full, read-only, in the way ──────────────────────────────────────────────────────────────────────


def _can_mount() -> bool:
    unshare = shutil.which("unshare")
    command = [unshare or "", "-rm", "mount", "-t", "tmpfs", "none", "/tmp"]
    return unshare is not None and subprocess.run(command, capture_output=True, check=False).returncode == 0


DISK = 1 << 20


def on_a_full_disk(folder: Path, jobs: list[Job]) -> list[tuple[int, str, dict[str, int]]]:
    (folder / "disk").mkdir(exist_ok=True)
    return forked(folder, jobs, "unshare", "-rm", size=DISK)


@needs(_can_mount(), "name spaces to mount a disk in")
def test_on_a_full_disk_every_old_file_stays(tmp_path: Path) -> None:
    rows = str(many_rows(tmp_path / "rows.csv", 20))
    example = str(EXAMPLE)
    bamai("batch", rows, "--model", "sme", "-o", "r.parquet", folder=tmp_path)
    bamai("cohort", "build", "r.parquet", "-o", "c.json", folder=tmp_path)
    results, cohort = str(tmp_path / "r.parquet"), str(tmp_path / "c.json")
    commands = [
        *((["score", example, "-o", f"o.{suffix}"], f"o.{suffix}") for suffix in FORMATS),
        (["compare", example, example, "-o", "o.html"], "o.html"),
        (["whatif", example, "Q5=D", "-o", "o.docx"], "o.docx"),
        (["roadmap", example, "-o", "o.xlsx"], "o.xlsx"),
        (["merge", example, example, "-o", "o.yaml"], "o.yaml"),
        (["form", "sme", "-o", "o.xlsx"], "o.xlsx"),
        (["template", "sme", "-o", "o.csv"], "o.csv"),
        (["cohort", "build", results, "-o", "o.json"], "o.json"),
        (["cohort", "publish", cohort, "-o", "o.json"], "o.json"),
        (["model", "schema", "model", "-o", "."], "model.schema.json"),
    ]
    jobs = [Job([*command, "--force"], [name]) for command, name in commands]
    for job, (code, said, found) in zip(jobs, on_a_full_disk(tmp_path, jobs), strict=True):
        assert (code, found) == (1, {job.old[0]: 3}), (job, said)
        assert job.old[0] in said and "No space left on device" in said, job
    jobs = [Job(["model", "new", "own"]), Job(["assess", "sme", "--name", "x", "--plain", "--save", "o.jsonl"])]
    for job, (code, said, found) in zip(jobs, on_a_full_disk(tmp_path, jobs), strict=True):
        assert (code, found) == (1, {}), (job, said)
        assert "No space left on device" in said, job


@needs(_can_mount(), "name spaces to mount a disk in")
def test_a_batch_on_a_full_disk_leaves_every_output_or_none(tmp_path: Path) -> None:
    """Whatever of it has no room: results of two kinds, rejects, or only the summary."""
    rows = many_rows(tmp_path / "rows.csv", 20)
    text = rows.read_text(encoding="utf-8").splitlines(keepends=True)
    rows.write_text("".join(text) + "".join(f"x{index},wrong\n" for index in range(300)), encoding="utf-8")
    outputs = ["o.csv", "o.jsonl", "o.parquet"]
    batch = ["batch", str(rows), "--model", "sme", *(part for name in outputs for part in ("-o", name)),
             "--rejects", "bad.csv", "--summary", "s.json", "--force"]  # fmt: skip
    sizes = {}
    whole = bamai(*batch, "--lang", "en", folder=tmp_path)
    assert whole.returncode == 3
    for name in (*outputs, "bad.csv", "s.json"):
        sizes[name] = (tmp_path / name).stat().st_size
    pages = sum(-(-size // 4096) * 4096 for name, size in sizes.items() if name != "s.json")
    olds = [*outputs, "bad.csv", "s.json"]
    # the summary is told on stderr too, and comes when all rows are on the disk
    rooms = {0: False, pages // 2: False, pages - 5 * 4096: False, pages: True}
    jobs = [Job(batch, olds, room) for room in rooms]
    for (room, done), (code, said, found) in zip(rooms.items(), on_a_full_disk(tmp_path, jobs), strict=True):
        assert code == 1 and "No space left on device" in said, (room, said)
        assert found == {**{name: sizes[name] if done else 3 for name in olds}, "s.json": 3}, (room, said)


LIMITED = (
    "import resource, sys; limit = int(sys.argv[1]); resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit));"
    "sys.argv = ['bamai', *sys.argv[2:]]; from bamai.__main__ import main; main()"
)


@POSIX
@pytest.mark.parametrize("suffix", FORMATS)
def test_a_report_on_a_full_disk(tmp_path: Path, suffix: str) -> None:
    (tmp_path / f"r.{suffix}").write_text("old", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, "700", "score", EXAMPLE, "-o", f"r.{suffix}", "--force"],
        cwd=tmp_path, capture_output=True, check=False,
    )  # fmt: skip
    quiet(done)
    assert done.returncode == 1
    assert f"r.{suffix}".encode() in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == [f"r.{suffix}"]
    assert (tmp_path / f"r.{suffix}").read_text(encoding="utf-8") == "old"


@POSIX
def test_a_batch_on_a_full_disk(tmp_path: Path) -> None:
    many_rows(tmp_path / "rows.csv", 200)
    for suffix in ("csv", "parquet", "jsonl"):
        done = subprocess.run(
            [sys.executable, "-c", LIMITED, "9000", "batch", "rows.csv", "-o", f"o.{suffix}", "--model", "sme"],
            cwd=tmp_path, capture_output=True, check=False,
        )  # fmt: skip
        quiet(done)
        assert done.returncode == 1
        assert [path.name for path in tmp_path.iterdir()] == ["rows.csv"]


@pytest.mark.parametrize("output", ["nowhere/r.html", "folder.html"])
def test_an_output_that_cannot_be(tmp_path: Path, output: str) -> None:
    (tmp_path / "folder.html").mkdir()
    done = bamai("score", EXAMPLE, "-o", output, "--force", folder=tmp_path)
    quiet(done)
    assert done.returncode in (1, 2)
    assert output.encode() in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["folder.html"]


EVERY_OUTPUT: list[tuple[list[str | Path], str]] = [
    (["score", EXAMPLE, "-o"], ".html"), (["compare", EXAMPLE, EXAMPLE, "-o"], ".pdf"),
    (["whatif", EXAMPLE, "Q5=D", "-o"], ".md"), (["roadmap", EXAMPLE, "-o"], ".xlsx"),
    (["merge", EXAMPLE, EXAMPLE, "-o"], ".yaml"), (["form", "sme", "-o"], ".xlsx"), (["template", "sme", "-o"], ".csv"),
    (["batch", ROWS, "--model", "sme", "-o"], ".jsonl"), (["batch", ROWS, "--model", "sme", "-o"], ".parquet"),
    (["batch", ROWS, "--model", "sme", "-o", "good.csv", "--rejects"], ".csv"),
    (["batch", ROWS, "--model", "sme", "-o", "good.csv", "--summary"], ".md"),
    (["assess", "sme", "--name", "x", "--plain", "--save"], ".jsonl"),
    (["cohort", "build", "../r.parquet", "-o"], ".json"), (["cohort", "merge", "../c.json", "-o"], ".json"),
    (["cohort", "publish", "../c.json", "-o"], ".json"),
]  # fmt: skip
"""Every command that writes a file, up to the name of it."""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty folder; beside it are results and a cohort."""
    folder = tmp_path_factory.mktemp("made")
    assert bamai("batch", ROWS, "--model", "sme", "-o", "r.parquet", folder=folder).returncode == 0
    assert bamai("cohort", "build", "r.parquet", "-o", "c.json", folder=folder).returncode == 0
    (folder / "in").mkdir()
    return folder / "in"


def test_no_command_writes_where_it_cannot(place: Path) -> None:
    """A folder that is not there, and a folder in the place of the file: nothing is made, nothing goes."""
    suffixes = {suffix for _, suffix in EVERY_OUTPUT}
    for suffix in suffixes:
        (place / f"folder{suffix}").mkdir()
    outputs = [
        (command, output) for command, suffix in EVERY_OUTPUT for output in (f"nowhere/o{suffix}", f"folder{suffix}")
    ]
    try:
        told = forked(place, [Job([*command, output, "--force"]) for command, output in outputs])
        for (command, output), (code, said, found) in zip(outputs, told, strict=True):
            assert (code, output in said, found) == (1, True, {}), (command, output, said)
        assert {path.name for path in place.iterdir()} == {f"folder{suffix}" for suffix in suffixes}
    finally:
        for suffix in suffixes:
            (place / f"folder{suffix}").rmdir()


UNPRIVILEGED = (
    "import ctypes, os, sys; drop = ctypes.CDLL(None).prctl if sys.platform == 'linux' and not os.geteuid() else None;"
    "[drop(24, one, 0, 0, 0) for one in (1, 2, 3) if drop];"
    "os.execv(sys.argv[1], sys.argv[1:])"
)
"""Takes from root what lets it write everywhere: CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH and CAP_FOWNER."""


@POSIX
def test_a_folder_that_is_read_only(place: Path) -> None:
    (place / "old.md").write_text("old", encoding="utf-8")
    place.chmod(0o500)
    try:
        commands: list[list[str | Path]] = [
            ["score", EXAMPLE, "-o", "r.md"], ["score", EXAMPLE, "-o", "old.md", "--force"],
            ["batch", ROWS, "--model", "sme", "-o", "o.parquet"], ["form", "sme"],
            ["assess", "sme", "--name", "x", "--plain"], ["merge", EXAMPLE, EXAMPLE, "-o", "m.yaml"],
            ["model", "new", "own"], ["model", "schema", "-o", "own"],
        ]  # fmt: skip
        jobs = [Job(command) for command in commands]
        for job, (code, said, found) in zip(jobs, forked(place, jobs, sys.executable, "-c", UNPRIVILEGED), strict=True):
            assert (code, "Permission denied" in said, found) == (1, True, {"old.md": 3}), (job, said)
    finally:
        place.chmod(0o700)
        (place / "old.md").unlink()


@pytest.mark.parametrize("letter", ["x", "厂"])
def test_a_name_as_long_as_the_disk_takes(tmp_path: Path, letter: str) -> None:
    name = letter * (252 // len(letter.encode())) + ".md"
    assert bamai("score", EXAMPLE, "-o", name, folder=tmp_path).returncode == 0
    assert [path.name for path in tmp_path.iterdir()] == [name]


@POSIX
def test_what_takes_the_place_of_a_file_is_read_by_nobody_else(tmp_path: Path) -> None:
    (tmp_path / "o.csv").write_text("old", encoding="utf-8")
    (tmp_path / "o.csv").chmod(0o640)
    assert bamai("batch", ROWS, "--model", "sme", "-o", "o.csv", "--force", folder=tmp_path).returncode == 0
    assert stat.S_IMODE((tmp_path / "o.csv").stat().st_mode) == 0o640


# ── changed under the reader ─────────────────────────────────────────────────────────────────────────


def half_read(folder: Path, files: list[str], change: Callable[[], object], model: str = "sme") -> tuple[int, str]:
    """Exit code and messages of a batch that is held up in the middle, while *change* is done.

    Its results go to a pipe that nobody reads meanwhile.
    """
    command = [sys.executable, "-m", "bamai", "batch", *files, "--model", model, "--lang", "en"]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.read(1)
        change()
        _, told = process.communicate(timeout=120)
    assert b"Traceback" not in told
    return process.returncode, told.decode(errors="replace")


HEAD = "id,name,Q5\n"
LONG_ENOUGH = 12 << 20
"""Bytes of CSV, more than is read before the first results are written."""


def long_rows(name: str = "甲") -> str:
    row = f"{name * 20},B\n"
    return HEAD + "".join(f"e{index}," + row for index in range(LONG_ENOUGH // (len(row.encode()) + 7)))


CHANGED = "the file was changed while it was read; run again when it is complete [input_changed]\n"


@POSIX
@pytest.mark.parametrize("how", ["truncated", "grown", "replaced"])
def test_a_csv_that_is_changed_while_it_is_read(tmp_path: Path, how: str) -> None:
    path, other = tmp_path / "rows.csv", tmp_path / "other"
    text = long_rows()
    path.write_text(text, encoding="utf-8")
    other.write_text(HEAD + "n1,乙,C\n", encoding="utf-8")

    def change() -> None:
        if how == "truncated":  # in the middle of a row, which then looks like a shorter one
            os.truncate(path, path.stat().st_size - 30)
        elif how == "grown":
            with path.open("a", encoding="utf-8") as stream:
                stream.write("n1,乙")
        else:
            other.replace(path)

    code, told = half_read(tmp_path, ["rows.csv"], change)
    if how == "replaced":  # what was opened is read to its end
        count = f"{text.count(chr(10)) - 1:,}"
        assert code == 0 and told.startswith(f"records: {count} = {count} scored + 0 refused\n")
    else:
        assert (code, told) == (3, f"rows.csv: {CHANGED}")


@POSIX
@pytest.mark.parametrize("suffix", [".csv", ".csv.gz", ".parquet"])
def test_a_later_file_that_is_changed_before_its_turn(tmp_path: Path, suffix: str) -> None:
    """Its columns were read at the beginning: another file in its place may have others, in another order."""
    (tmp_path / "a.csv").write_text(long_rows(), encoding="utf-8")
    path = tmp_path / f"b{suffix}"

    def written(text: str) -> None:
        new = path.with_name("new")
        if suffix == ".parquet":
            head, *rows = (line.split(",") for line in text.splitlines())
            parquet.write_table(pa.table({name: [row[at] for row in rows] for at, name in enumerate(head)}), new)
        else:
            new.write_bytes(gzip.compress(text.encode()) if suffix == ".csv.gz" else text.encode())
        new.replace(path)

    written("id,Q5,Q13\nb1,B,C\n")
    code, told = half_read(tmp_path, ["a.csv", path.name], lambda: written("id,Q13,Q5,Q14\nb1,A,B,C\n"))
    assert (code, told) == (3, f"{path.name}: {CHANGED}")


@POSIX
def test_a_later_file_that_goes_away(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(long_rows(), encoding="utf-8")
    (tmp_path / "b.csv").write_text(HEAD + "b1,乙,C\n", encoding="utf-8")
    code, told = half_read(tmp_path, ["a.csv", "b.csv"], (tmp_path / "b.csv").unlink)
    assert code == 3 and told.startswith("b.csv: ") and "No such file" in told


@pytest.mark.parametrize("suffix", [".csv", ".csv.gz", ".parquet"])
def test_a_file_that_is_written_to_ends_the_run(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"rows{suffix}"
    table = pa.table({"id": [f"e{index}" for index in range(5000)], "Q5": ["B"] * 5000})
    if suffix == ".parquet":
        parquet.write_table(table, path)
    else:
        text = "id,Q5\n" + "".join(f"e{index},B\n" for index in range(5000))
        path.write_bytes(gzip.compress(text.encode()) if suffix == ".csv.gz" else text.encode())
    inputs = Inputs([str(path)], Reading(edition("sme@2024"), Options(lang="en")))
    [result_schema, _] = schemas(inputs)
    with path.open("ab") as stream:
        stream.write(b"\0")
    output = opened(tmp_path / "out.csv", result_schema)
    with contextlib.closing(inputs), pytest.raises(InputError) as caught:
        Batch(inputs, load_vocabulary(), [output], [], threads=1).run()
    output.abort()
    assert caught.value.problems[-1].text("en") == f"{path}: {CHANGED}".rstrip()


# ── around it ────────────────────────────────────────────────────────────────────────────────────────


EVERY_PRINT: list[list[str | Path]] = [
    ["score", EXAMPLE], ["score", EXAMPLE, "--format", "json"], ["compare", EXAMPLE, EXAMPLE],
    ["whatif", EXAMPLE, "Q5=D"], ["roadmap", EXAMPLE], ["merge", EXAMPLE, EXAMPLE], ["template", "sme"],
    ["batch", ROWS, "--model", "sme"], ["cohort", "show", "../c.json"], ["model", "list"], ["model", "show", "sme"],
    ["model", "explain", "Q5"], ["model", "schema", "model"], ["benchmark", "list"], ["benchmark", "show", "cnc_rate"],
    ["industry", "list"], ["industry", "show", "machinery"], ["policy", "list"], ["--help"], ["batch", "--help"],
    ["--version"],
]  # fmt: skip
"""Every command that prints a result."""


@POSIX
def test_a_reader_that_goes_away(place: Path) -> None:
    """As with ``| head -0``: no command says a word of it."""
    jobs = [Job(command, stdout=None) for command in EVERY_PRINT]
    for job, (code, said, _) in zip(jobs, forked(place, jobs), strict=True):
        assert code == 1 and "rror" not in said and "pipe" not in said, (job, said)


@needs(Path("/dev/full").exists(), "/dev/full")
def test_a_result_that_does_not_get_out_is_a_failure(place: Path) -> None:
    """Help and the version are results too; it is told once."""
    some: list[list[str | Path]] = [
        *EVERY_PRINT[1::4],
        ["score", EXAMPLE, "--at-least", "L4"],
        ["batch", "--help"],
        ["--version"],
        [],
    ]
    jobs = [Job(command, stdout="/dev/full") for command in some]
    for job, (code, said, _) in zip(jobs, forked(place, jobs), strict=True):
        assert (code, said.count("No space left on device")) == (1, 1), (job, said)


@POSIX
def test_a_reader_that_goes_away_in_the_middle(tmp_path: Path) -> None:
    many_rows(tmp_path / "rows.csv", 100)
    command = [sys.executable, "-m", "bamai", "batch", "rows.csv", "--model", "sme"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stderr is not None
        assert process.stdout.readline().startswith(b"id,name,")
        process.stdout.close()
        told = process.stderr.read()
    assert (process.returncode, told) == (1, b"")


@POSIX
def test_a_result_for_which_there_is_no_stdout_is_a_failure(tmp_path: Path) -> None:
    for command in (["model", "list"], ["batch", str(ROWS), "--model", "sme", "--lang", "en"]):
        line = shlex.join([sys.executable, "-m", "bamai", *command, "--lang", "en"])
        done = subprocess.run(["sh", "-c", f"{line} >&-"], cwd=tmp_path, capture_output=True, check=False)
        assert done.returncode == 1
        assert done.stderr.splitlines()[-1].endswith((b"failed: Bad file descriptor [io]",
                                                      b"written: Bad file descriptor [output_failed]"))  # fmt: skip


@POSIX
def test_without_any_stream_files_are_written(tmp_path: Path) -> None:
    line = shlex.join([sys.executable, "-m", "bamai", "score", str(EXAMPLE), "-o", "r.md", "-o", "r.json"])
    done = subprocess.run(["sh", "-c", f"{line} <&- >&- 2>&-"], cwd=tmp_path, capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))["level"] == "L2"
    line = shlex.join([sys.executable, "-m", "bamai", "batch", "-", "--model", "sme", "--lang", "en"])
    done = subprocess.run(["sh", "-c", f"{line} <&-"], cwd=tmp_path, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (3, b"<stdin>: the file is empty [file_empty]\n")


@pytest.mark.parametrize("given", [{}, {"HOME": "/proc/1", "TMPDIR": "/nowhere"}], ids=["none", "wrong"])
def test_without_a_home_or_a_place_for_temporary_files(tmp_path: Path, given: dict[str, str]) -> None:
    gone = ("HOME", "USERPROFILE", "USER", "LOGNAME", "TMPDIR", "TEMP", "TMP")
    bare = {key: value for key, value in os.environ.items() if key not in gone} | given
    outputs = [part for suffix in ("html", "pdf", "docx", "xlsx") for part in ("-o", f"r.{suffix}")]
    for command in (["score", EXAMPLE, *outputs], ["form", "sme", "-o", "f.xlsx"],
                    ["batch", ROWS, "--model", "sme", "-o", "o.parquet"]):  # fmt: skip
        done = bamai(*command, folder=tmp_path, env=bare)
        assert done.returncode == 0, done.stderr.decode(errors="replace")
    done = bamai("assess", "sme", "--name", "x", "--plain", folder=tmp_path, env=bare, input=b"B\nseveral\n")
    quiet(done)
    assert done.returncode == 3


def _can_cut_off() -> bool:
    unshare = shutil.which("unshare")
    return (
        unshare is not None
        and subprocess.run([unshare, "-rn", "true"], capture_output=True, check=False).returncode == 0
    )


@needs(_can_cut_off(), "network name spaces")
def test_without_a_network_everything_works(tmp_path: Path) -> None:
    outputs = [part for suffix in FORMATS for part in ("-o", f"r.{suffix}")]
    commands: list[list[str | Path]] = [
        ["score", EXAMPLE, *outputs],
        ["compare", EXAMPLE, EXAMPLE, "-o", "c.html"],
        ["batch", ROWS, "--model", "sme", "-o", "o.parquet", "--summary", "s.md"],
        ["template", "sme", "-o", "t.csv"],
        ["model", "check"],
        ["benchmark", "list"],
        ["merge", EXAMPLE, EXAMPLE, "-o", "m.yaml"],
        ["form", "sme", "-o", "f.xlsx"],
        ["roadmap", EXAMPLE],
        ["whatif", EXAMPLE, "Q5=D"],
        ["cohort", "build", "o.parquet", "-o", "k.json"],
        ["cohort", "show", "k.json"],
        ["model", "explain", "Q5"],
        ["model", "schema", "-o", "schemas"],
        ["industry", "show", "machinery"],
        ["policy", "list"],
        ["assess", "--help"],
        ["batch", "--help"],
        ["cohort", "build", "--help"],
    ]
    told = forked(tmp_path, [Job(command) for command in commands], "unshare", "-rn")
    for command, (code, said, _) in zip(commands, told, strict=True):
        assert code == 0, (command, said)
    cut_off = ["unshare", "-rn", sys.executable, "-m", "bamai", "assess", "sme", "--name", "x", "--plain"]
    done = subprocess.run(cut_off, cwd=tmp_path, capture_output=True, check=False, input=b"\n" * 80)
    assert done.returncode == 0, done.stderr.decode(errors="replace")


WATCHED = """\
import os, sys
from pathlib import Path
os.umask(0)
here, seen, busy = Path.cwd(), set(), [False]

def look():
    seen.update(f"mode {path.stat().st_mode & 0o777:o}" for path in here.iterdir())

def watch(event, args):
    if busy[0]:
        return
    busy[0] = True
    if event == "open" and isinstance(args[0], (str, Path)) and args[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
        seen.add(f"writes {Path(args[0]).absolute().parent}")
    if event.startswith("socket."):
        seen.add(event)
    if event in ("open", "os.rename", "os.chmod", "os.remove"):
        look()
    busy[0] = False

sys.addaudithook(watch)
from bamai.__main__ import main
try:
    main()
finally:
    busy[0] = True
    look()
    print("\\n".join(sorted(seen)), file=sys.stderr)
"""
"""The command line where everybody may read what is made, and what is seen of its files and sockets on the way."""


def watched(folder: Path, *command: str | Path) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-B", "-c", WATCHED, *map(str, command)], cwd=folder, capture_output=True, check=False,
        input=b"\n" * 80,
    )  # fmt: skip
    told = done.stderr.decode(errors="replace")
    assert done.returncode == 0, told
    return {line for line in told.splitlines() if line.startswith(("mode ", "writes ", "socket."))}


@POSIX
@pytest.mark.parametrize("command", [
    ["assess", "sme", "--name", "x", "--save", "j.jsonl", "--plain"], ["merge", EXAMPLE, EXAMPLE, "-o", "m.yaml"],
    ["cohort", "build", "../r.parquet", "-o", "k.json"], ["cohort", "merge", "../c.json", "-o", "k.json"],
])  # fmt: skip
def test_files_with_answers_are_their_owners_alone(place: Path, tmp_path: Path, command: list[str | Path]) -> None:
    """From the first byte on, and written nowhere but where they were asked for."""
    folder = tmp_path / "in"
    folder.mkdir()
    for name in ("r.parquet", "c.json"):
        shutil.copy(place.parent / name, tmp_path / name)
    assert watched(folder, *command) == {"mode 600", f"writes {folder}"}


@POSIX
def test_what_is_written_is_written_beside_its_place_and_nothing_is_sent(tmp_path: Path) -> None:
    outputs = [part for suffix in FORMATS for part in ("-o", f"r.{suffix}")]
    batch = ["batch", ROWS, "--model", "sme", "-o", "o.csv", "-o", "o.parquet", "--summary", "s.md"]
    for command in (["score", EXAMPLE, *outputs], batch, ["form", "sme", "-o", "f.xlsx"]):
        assert watched(tmp_path, *command) - {"mode 600"} == {"mode 666", f"writes {tmp_path}"}


def test_a_defect_says_nothing_of_the_enterprise(tmp_path: Path) -> None:
    """What the program says of its own mistakes holds a kind of error and its words, no names and no answers."""
    code = (
        "import sys, bamai.assessing as a; a.assess = lambda *x, **y: 1 / 0;"
        "sys.argv = ['bamai', 'score', sys.argv[1]]; from bamai.__main__ import main; main()"
    )
    done = subprocess.run([sys.executable, "-c", code, EXAMPLE], cwd=tmp_path, capture_output=True, check=False)
    quiet(done)
    assert done.returncode == 1
    told = done.stderr.decode(errors="replace")
    assert "ZeroDivisionError" in told and "晨溪" not in told


def test_nothing_stays_open_when_an_output_cannot_be_made(run: Run) -> None:
    rows = EXAMPLE.with_name("example.csv")
    done = run("batch", rows, "--model", "sme", "-o", "nowhere/a.csv", "--lang", "en",
               env={"PYTHONDEVMODE": "1", "PYTHONWARNINGS": "default::ResourceWarning"})  # fmt: skip
    assert done.returncode == 1
    assert b"nowhere" in done.stderr and b"ResourceWarning" not in done.stderr
