"""What goes wrong around the program: killed, full, closed, cut off. Afterwards there is the old file or the new one,
never half of one, and nobody saw a traceback."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from conftest import EXAMPLE, ROOT, Run, needs

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


# ── full, read-only, in the way ──────────────────────────────────────────────────────────────────────

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


@POSIX
@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root writes everywhere")
def test_a_folder_that_is_read_only(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        for command in (["score", EXAMPLE, "-o", "r.md"], ["assess", "sme", "--name", "x", "--plain"]):
            done = bamai(*command, folder=tmp_path, stdin=subprocess.DEVNULL)
            quiet(done)
            assert done.returncode == 1
    finally:
        tmp_path.chmod(0o700)


# ── around it ────────────────────────────────────────────────────────────────────────────────────────


@POSIX
@pytest.mark.parametrize("command", [["score", str(EXAMPLE)], ["model", "show", "sme"], ["benchmark", "list"],
                                     ["model", "list"], ["batch", str(ROWS), "--model", "sme", "-o", "-"]])  # fmt: skip
def test_a_reader_that_goes_away(tmp_path: Path, command: list[str]) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "bamai", *command], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.read(10)
        process.stdout.close()
        told = process.stderr.read()
    assert b"Traceback" not in told and b"BrokenPipe" not in told
    assert process.returncode is not None


def test_without_a_home(tmp_path: Path) -> None:
    bare = {key: value for key, value in os.environ.items() if key not in ("HOME", "USERPROFILE", "USER", "LOGNAME")}
    assert bamai("score", EXAMPLE, "-o", "r.html", folder=tmp_path, env=bare).returncode == 0
    done = bamai("assess", "sme", "--name", "x", "--plain", folder=tmp_path, env=bare, input=b"B\n")
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
    for command in (
        ["score", EXAMPLE, *outputs],
        ["compare", EXAMPLE, EXAMPLE, "-o", "c.html"],
        ["batch", ROWS, "--model", "sme", "-o", "o.parquet", "--summary", "s.md"],
        ["template", "sme", "-o", "t.csv"],
        ["model", "check"],
        ["benchmark", "list"],
        ["merge", EXAMPLE, EXAMPLE, "-o", "m.yaml"],
    ):
        cut_off = ["unshare", "-rn", sys.executable, "-m", "bamai", *map(str, command)]
        done = subprocess.run(cut_off, cwd=tmp_path, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode(errors="replace")


@POSIX
def test_files_with_answers_are_their_owners_alone(run: Run, tmp_path: Path) -> None:
    run("assess", "sme", "--name", "x", "--save", "j.jsonl", stdin=b"\n" * 60)
    run("merge", EXAMPLE, EXAMPLE, "-o", "m.yaml")
    for name in ("j.jsonl", "j.yaml", "m.yaml"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) & 0o077 == 0, name


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
