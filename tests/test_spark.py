"""A batch on Spark gives what a batch on this machine gives, row for row, and loses nothing with a lost worker."""

from __future__ import annotations

import codecs
import contextlib
import csv
import gzip
import io
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyspark
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pyarrow import parquet

from bamai.batch import csvfile
from bamai.batch import spark as on_spark
from bamai.batch.csvfile import Grammar, Splitter, counted, tokenise
from bamai.batch.inputs import Reading, found_files
from bamai.batch.kernel import REJECTS, Options
from bamai.batch.local import Inputs, Report, Run, schemas
from bamai.batch.outputs import Output, opened
from bamai.batch.spark import Folder, SparkRun, session
from bamai.batch.summary import Summary
from bamai.errors import UsageError
from bamai.vocabulary import load_vocabulary
from bench import rows
from conftest import Run as Bamai
from conftest import edition, needs

needs_java = needs(shutil.which("java") is not None or "JAVA_HOME" in os.environ, "Java")

BLOCK = 20_000
"""Bytes of CSV in a block here: many tasks come of few rows."""

OPTIONS = Options(detail=True, lang="en")


# ── counting ─────────────────────────────────────────────────────────────────────────────────────────

PIECES = ["a", "b,c", ",", '"', '""', "\n", "\n", "\r\n", "\r", " ", '"x\ny"', "甲", "\x1a", "x,y\n", '"a,b",c\n']


@given(st.lists(st.sampled_from(PIECES)).map("".join), st.integers(1, 40), st.sampled_from([1, 2]))
@example('a,b\n"open,1\nc,d\n\n\r\n"x\n\ny",2\n,\n"z', 7, 2)
@example("\n\n\n\r\n\r\na,b", 3, 2)
@example('"a\n\n\nb",c\n\n', 100, 2)
def test_blocks_are_counted_as_they_are_tokenised(text: str, chunk: int, fields: int) -> None:
    data = text.encode()
    stream = io.BytesIO(data)
    grammar = Grammar(",")
    blocks = list(Splitter(lambda _: stream.read(chunk), b"", grammar, fields))
    offset = 0
    for block in blocks:
        found = tokenise(block, grammar, fields, "utf-8")
        assert counted(block) == (found.records, found.lines)
        # the same bytes by themselves are the same block: what a worker sees of it
        own = data[offset : offset + block.size]
        [again] = Splitter(lambda _: b"", own, grammar, fields)
        assert (again.data, again.size) == (block.data, block.size)
        offset += block.size
    assert offset == len(data)
    assert sum(counted(block)[1] for block in blocks) == data.count(b"\n") + (not data.endswith(b"\n") and data != b"")


def test_a_line_that_is_given_up_counts_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csvfile, "LONGEST", 50)
    data = b"a,b\n" + b"x" * 500 + b"\nc,d\n"
    stream = io.BytesIO(data)
    blocks = list(Splitter(lambda _: stream.read(20), b"", Grammar(","), 2))
    assert [(special.code, block.size) for block in blocks for special in block.specials] == [("record_too_long", 501)]
    assert sum(counted(block)[0] for block in blocks) == sum(counted(block)[1] for block in blocks) == 3
    assert sum(block.size for block in blocks) == len(data)


# ── the same as here ─────────────────────────────────────────────────────────────────────────────────

HEADER = "id,name,province,product_design,process_design,equipment_total,equipment_digital,equipment_digital_rate\n"


def hostile(start: int) -> str:
    """Rows that go wrong in every way, between rows that do not."""
    lines = []
    for number in range(start, start + 400):
        good = f"E{number % 350},企业{number},江苏,{number % 5},2,100,50,50\n"
        lines.append(
            {
                3: "\n",
                7: "\r\n",
                11: f'Q{number},"两行\n名称",广东,1,1,,,\n',
                13: f'U{number},"没有闭合,江苏,1,2,,,\n',
                17: f'B{number},"闭合"之后,江苏,1,2,,,\n',
                19: f"{number},少了字段\n",
                23: f"C{number},甲,江苏,9,many,100,200,50\n",
                29: ",,江苏,1,1,,,\n",
                31: f'D{number},"带""引号"",的",浙江,1,1,100,0.4,0.4\r\n',
                37: f'"E{number}",=1+1,"",,,,,\n',
            }.get(number % 41, good)
        )
    return "".join(lines)


def write_damaged(path: Path, table: pa.Table, group: int) -> None:
    """Row groups of 500 rows, the first page of one of which is not what it was."""
    table = table.set_column(0, "id", pa.array([f"P{number}" for number in range(table.num_rows)]))
    parquet.write_table(table, path, row_group_size=500, use_dictionary=False)
    with parquet.ParquetFile(path) as file:
        begins = file.metadata.row_group(group).column(0).data_page_offset
    data = bytearray(path.read_bytes())
    data[begins : begins + 200] = b"\xff" * 200
    path.write_bytes(data)


@pytest.fixture(scope="session")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Files of every kind; enterprises come back in later ones."""
    folder = tmp_path_factory.mktemp("进 [in]%20")
    text = HEADER + hostile(0)
    (folder / "a.csv").write_bytes(text.encode().replace("企业5,".encode(), b"\xff\xfe5,"))
    (folder / "a0.csv.gz").write_bytes(gzip.compress(HEADER.encode()))  # no rows
    (folder / "b.csv.gz").write_bytes(gzip.compress((HEADER + hostile(100)).encode()))
    (folder / "c.csv").write_bytes((HEADER + hostile(200)).encode("gb18030"))
    (folder / "d.csv").write_bytes(codecs.BOM_UTF16_LE + (HEADER + hostile(300)).encode("utf-16-le"))
    (folder / "e.csv").write_bytes((HEADER + "R1,甲,江苏,1,2,,,\nE1,乙,江苏,9,2,,,\n").replace("\n", "\r").encode())
    (folder / "f.csv").write_bytes(HEADER.rstrip("\n").encode())
    long = "".join(f"L{number},{'长' * 30_000},江苏,1,2,,,\n" for number in range(300))
    (folder / "g.csv.gz").write_bytes(gzip.compress((HEADER + hostile(400) + long).encode())[:-8])
    table = next(rows.chunks(edition("general@2026-reference"), 3000))
    parquet.write_table(table, folder / "h.parquet", row_group_size=700)
    write_damaged(folder / "h0.parquet", table, group=3)
    parquet.write_table(table.slice(0, 0), folder / "h1.parquet")
    rows.write(edition("general@2026-reference"), 20_000, str(folder / "i.csv"))
    return found_files([str(folder)])


class Made(NamedTuple):
    """What a run has written and said."""

    folder: Path
    report: Report


def read_inputs(files: list[str]) -> Inputs:
    return Inputs(files, Reading(edition("general@2026-reference"), OPTIONS))


@pytest.fixture(scope="session")
def here(inputs: list[str], tmp_path_factory: pytest.TempPathFactory) -> Made:
    """The batch on this machine."""
    folder = tmp_path_factory.mktemp("here")
    read = read_inputs(inputs)
    both: list[list[Output]] = [
        [opened(folder / f"{name}{suffix}", schema) for suffix in (".csv", ".parquet")]
        for name, schema in zip(("out", "rejects"), schemas(read), strict=True)
    ]
    report = Run(read, load_vocabulary(), *both, threads=2).run()
    for output in (*both[0], *both[1]):
        output.close()
    return Made(folder, report)


@pytest.fixture(scope="session")
def there(inputs: list[str], tmp_path_factory: pytest.TempPathFactory) -> Made:
    """The batch on Spark."""
    folder = tmp_path_factory.mktemp("出 [out]")
    read = read_inputs(inputs)
    both: list[list[Output | Folder]] = [
        [opened(folder / f"{name}.csv", schema), Folder(folder / f"{name}.parquet")]
        for name, schema in zip(("out", "rejects"), schemas(read), strict=True)
    ]
    with session("local[2]") as spark, pytest.MonkeyPatch.context() as patch:
        patch.setattr(on_spark, "GROUP_ROWS", 1000)
        report = SparkRun(spark, read, load_vocabulary(), both[0], both[1], folder, size=BLOCK).run()
    for output in (*both[0], *both[1]):
        output.close()
    return Made(folder, report)


@needs_java
def test_text_is_the_same(here: Made, there: Made) -> None:
    for name in ("out.csv", "rejects.csv"):
        assert (there.folder / name).read_bytes() == (here.folder / name).read_bytes()


def test_the_comparison_sees_every_kind_of_row(here: Made) -> None:
    results = parquet.read_table(here.folder / "out.parquet")
    rejects = parquet.read_table(here.folder / "rejects.parquet")
    assert {Path(file).name for file in results["file"].unique().to_pylist()} == {
        "a.csv", "b.csv.gz", "c.csv", "d.csv", "e.csv", "g.csv.gz", "h.parquet", "h0.parquet", "i.csv",
    }  # fmt: skip
    assert {"bad_encoding", "unclosed_quote", "bad_quotes", "field_count", "no_identity"} <= set(
        rejects["code"].unique().to_pylist()
    )
    assert set(results["duplicate"].unique().to_pylist()) == {True, False}
    assert [problem.code for problem in here.report.unfinished] == ["gzip_damaged", "parquet_damaged"]


def test_row_groups_before_a_damaged_one_are_whole(here: Made) -> None:
    found = set()
    for name in ("out.parquet", "rejects.parquet"):
        rows_of = parquet.read_table(here.folder / name, columns=["file", "record"]).to_pylist()
        found |= {row["record"] for row in rows_of if row["file"].endswith("h0.parquet")}
    assert found == set(range(1, 1501))


@needs_java
@pytest.mark.parametrize("name", ["out.parquet", "rejects.parquet"])
def test_parquet_is_the_same_in_part_files(here: Made, there: Made, name: str) -> None:
    folder = there.folder / name
    parts = [path for path in folder.iterdir() if path.suffix == ".parquet"]
    assert len(parts) == 2
    assert {path.name[:5] for path in folder.iterdir() if not path.name.startswith(".")} == {"part-", "_SUCC"}
    mine = parquet.read_table(here.folder / name)
    theirs = pa.concat_tables([parquet.read_table(path) for path in parts])
    assert theirs.schema.remove_metadata() == mine.schema.remove_metadata()
    order = [
        (key, "ascending") for key in ("file", "record", *(["column", "code"] if "code" in mine.schema.names else []))
    ]
    assert theirs.sort_by(order).equals(mine.sort_by(order))


@needs_java
def test_the_report_is_the_same(here: Made, there: Made) -> None:
    mine, theirs = here.report, there.report
    assert mine.records == mine.results + mine.rejected > 22_000
    for name in ("records", "results", "rejected", "duplicates", "suspicious"):
        assert getattr(theirs, name) == getattr(mine, name), name
    assert [problem.text("en") for problem in theirs.unfinished] == [problem.text("en") for problem in mine.unfinished]
    summaries = [
        Summary.of(report, edition("general@2026-reference"), load_vocabulary(), OPTIONS).data("en")
        for report in (mine, theirs)
    ]
    assert summaries[0] == summaries[1]


@needs_java
def test_nothing_else_is_left(there: Made) -> None:
    names = {path.name for path in there.folder.iterdir()}
    assert names == {"out.csv", "out.parquet", "rejects.csv", "rejects.parquet"}


# ── a cluster ────────────────────────────────────────────────────────────────────────────────────────


class Cluster(NamedTuple):
    """A standalone master and two workers of one core on the loopback; each worker leads a group of processes."""

    url: str
    workers: list[subprocess.Popen[bytes]]


def answers(port: int) -> bool:
    with socket.socket() as there:
        return there.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    started: list[subprocess.Popen[bytes]] = []

    def start(name: str, *arguments: str) -> subprocess.Popen[bytes]:
        spark_class = Path(pyspark.__file__).parent / "bin" / "spark-class"
        command = [str(spark_class), f"org.apache.spark.deploy.{name}", "--host", "127.0.0.1", *arguments]
        log = (tmp_path / f"{len(started)}.log").open("wb")
        env = {**os.environ, "SPARK_LOCAL_IP": "127.0.0.1", "LC_ALL": "C.UTF-8"}
        with log:
            started.append(subprocess.Popen(command, stdout=log, stderr=log, env=env, start_new_session=True))
        return started[-1]

    try:
        start("master.Master", "--port", str(port), "--webui-port", "0")
        deadline = time.monotonic() + 120
        while not answers(port):
            assert time.monotonic() < deadline, "the master did not start"
            time.sleep(0.2)
        workers = [
            start("worker.Worker", "--webui-port", "0", "-c", "1", "-m", "1g", "-d", str(tmp_path / f"work{index}"),
                  f"spark://127.0.0.1:{port}")
            for index in range(2)
        ]  # fmt: skip
        yield Cluster(f"spark://127.0.0.1:{port}", workers)
    finally:
        for process in started:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


SMALL_BLOCKS = """\
import sys
from bamai.batch import spark as on_spark
run, size = on_spark.SparkRun, int(sys.argv[1])
on_spark.SparkRun = lambda *given, **named: run(*given, **named, size=size)
sys.argv = ["bamai", *sys.argv[2:]]
from bamai.__main__ import main
main()
"""
"""The command line with smaller blocks than a user gets."""


@needs_java
def test_a_cluster_neither_loses_nor_doubles_a_row(
    cluster: Cluster, inputs: list[str], run: Bamai, tmp_path: Path
) -> None:
    files = [name for name in inputs if name.endswith(("a.csv", "i.csv"))]
    batch = ["--lang", "en", "batch", *files, "--rejects", "rejects.csv", "--force", "-o", "out.csv"]
    here = run(*batch)
    made = {name: (tmp_path / name).read_bytes() for name in ("out.csv", "rejects.csv")}

    def started(*options: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-c", SMALL_BLOCKS, "60000", *batch, *options]
        env = {**os.environ, "SPARK_LOCAL_IP": "127.0.0.1", "PYTHONIOENCODING": "utf-8"}
        return subprocess.Popen(
            [*command, "--engine", "spark", "--master", cluster.url], cwd=tmp_path, env=env,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def ended(spark: subprocess.Popen[bytes]) -> None:
        out, err = spark.communicate(timeout=300)
        assert (spark.returncode, out) == (3, b""), err.decode()
        told = [line for line in err.decode().splitlines() if not line.startswith("written:")]
        assert told == [line for line in here.stderr.decode().splitlines() if not line.startswith("written:")]
        assert {name: (tmp_path / name).read_bytes() for name in made} == made
        assert list(tmp_path.glob(".*")) == []

    assert here.returncode == 3
    text = io.StringIO(made["out.csv"].decode(), newline="")
    ended(started("-o", "out.parquet"))
    assert parquet.read_table(tmp_path / "out.parquet").num_rows == len(list(csv.reader(text))) - 1
    with started() as spark:
        committed: list[Path] = []
        deadline = time.monotonic() + 240
        while len(committed) < 3 and time.monotonic() < deadline and spark.poll() is None:
            committed = list(tmp_path.glob(".bamai.*.part/scored/_temporary/0/task_*"))
            time.sleep(0.02)
        os.killpg(cluster.workers[0].pid, signal.SIGKILL)
        assert 3 <= len(committed) <= 15, "the job was not in its middle"
        ended(spark)


# ── what cannot be ───────────────────────────────────────────────────────────────────────────────────

ONE = HEADER + "E1,甲,江苏,1,2,,,\n"


@pytest.fixture
def one(tmp_path: Path) -> Path:
    path = tmp_path / "one.csv"
    path.write_text(ONE, encoding="utf-8")
    return path


def test_without_pyspark_it_says_how_to_install_it(run: Bamai, one: Path, tmp_path: Path) -> None:
    (tmp_path / "none" / "pyspark").mkdir(parents=True)
    (tmp_path / "none" / "pyspark" / "__init__.py").write_text("raise ImportError", encoding="utf-8")
    done = run(
        "--lang", "en", "batch", one, "-o", "out.csv", "--engine", "spark", env={"PYTHONPATH": str(tmp_path / "none")}
    )
    assert done.returncode == 2
    assert done.stderr.decode().splitlines() == [
        '--engine spark needs PySpark; install it: pip install "bamai[spark]" [spark_missing]'
    ]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["none", "one.csv"]


def test_without_java_it_says_so(run: Bamai, one: Path, tmp_path: Path) -> None:
    done = run("--lang", "en", "batch", one, "-o", "out.csv", "--engine", "spark", env={"JAVA_HOME": str(tmp_path)})
    assert done.returncode == 2
    assert "needs Java 17 or newer" in done.stderr.decode()
    assert [path.name for path in tmp_path.iterdir()] == ["one.csv"]


OLD = "java.lang.UnsupportedClassVersionError: org/apache/spark/launcher/Main has been compiled by a newer version"
NO_MASTER = "org.apache.spark.SparkException: Master must either be yarn or start with spark, k8s, or local"


@pytest.mark.parametrize(
    ("says", "told"),
    [
        (f"Error: LinkageError occurred\n\t{OLD}", "--engine spark needs Java 17 or newer"),
        (f'WARNING: x\nException in thread "main" {NO_MASTER}\n\tat x', f"Spark failed: {NO_MASTER}; details are in "),
        ("Killed", "Spark failed: [JAVA_GATEWAY_EXITED]"),
    ],
)
def test_what_java_said_when_it_did_not_start(run: Bamai, one: Path, tmp_path: Path, says: str, told: str) -> None:
    java = tmp_path / "java" / "bin" / "java"
    java.parent.mkdir(parents=True)
    java.write_text(f"#!/bin/sh\ncat >&2 <<'END'\n{says}\nEND\nexit 1\n", encoding="utf-8")
    java.chmod(0o755)
    env = {"JAVA_HOME": str(tmp_path / "java"), "TMPDIR": str(tmp_path)}
    done = run("--lang", "en", "batch", one, "-o", "out.csv", "--engine", "spark", env=env)
    assert done.returncode == 1
    [line] = done.stderr.decode().splitlines()
    assert line.startswith(told)
    logs = [str(path) for path in tmp_path.glob("bamai-spark-*.log")]
    assert [log in line for log in logs] == [True] * ("details are in" in line)
    assert not (tmp_path / "out.csv").exists()


def test_a_master_that_is_not_there(run: Bamai, one: Path, tmp_path: Path) -> None:
    java = tmp_path / "java"
    (java / "bin").mkdir(parents=True)
    (java / "bin" / "java").touch(0o755)  # nobody need call it
    with socket.socket() as taken:  # bound, and nobody listens
        taken.bind(("127.0.0.1", 0))
        url = f"spark://127.0.0.1:{taken.getsockname()[1]}"
        done = run("--lang", "en", "batch", one, "-o", "out.csv", "--engine", "spark", "--master", url,
                   env={"JAVA_HOME": str(java)})  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.decode().splitlines() == [
        f"no Spark master answers at {url} (Connection refused); check host and port, and that it is running"
        " [spark_no_master]"
    ]


def test_threads_are_not_for_spark(run: Bamai, one: Path) -> None:
    done = run("--lang", "en", "batch", one, "-o", "out.csv", "--engine", "spark", "--threads", "2")
    assert done.returncode == 2
    assert "--master says how many cores Spark uses, like local[2] [threads_with_spark]" in done.stderr.decode()


def test_stdin_is_refused(run: Bamai) -> None:
    done = run("--lang", "en", "batch", "-", "--engine", "spark", stdin=ONE.encode())
    assert done.returncode == 2
    assert "[spark_stdin]" in done.stderr.decode()


TROUBLE = """\
import sys
from pyspark import SparkContext
from bamai.batch import spark as on_spark
parts, read = on_spark._parts, on_spark.SparkRun._read

def without_java(*given):
    SparkContext._gateway.proc.kill()
    return read(*given)

if sys.argv[1] == "unshared":
    on_spark._parts = lambda folder: parts(folder)[1:]
else:
    on_spark.SparkRun._read = without_java
sys.argv = ["bamai", *sys.argv[2:]]
from bamai.__main__ import main
main()
"""
"""The command line where the driver does not see what one worker has written, or where Java ends half-way."""


@needs_java
@pytest.mark.parametrize(
    ("trouble", "told"),
    [
        ("unshared", "what the workers wrote to this folder is not to be seen here"),
        ("ended", "Spark's Java process ended in the middle, often for want of memory; details are in "),
    ],
)
def test_what_breaks_off_half_way_is_told(one: Path, tmp_path: Path, trouble: str, told: str) -> None:
    (tmp_path / "two.csv").write_text(ONE, encoding="utf-8")
    options = ["-o", "out.parquet", "--engine", "spark", "--master", "local[2]", "--lang", "en"]
    done = subprocess.run(
        [sys.executable, "-c", TROUBLE, trouble, "batch", one.name, "two.csv", *options], cwd=tmp_path,
        env={**os.environ, "TMPDIR": str(tmp_path), "PYTHONIOENCODING": "utf-8"}, capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    [line] = done.stderr.decode().splitlines()
    assert told in line
    names = {path.name for path in tmp_path.iterdir() if path.suffix in (".csv", ".parquet", ".part")}
    assert names == {"one.csv", "two.csv"}


@needs_java
def test_a_python_without_bamai_is_told(run: Bamai, one: Path, tmp_path: Path) -> None:
    bare = tmp_path / "bare" / "bin" / "python"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "bare")], check=True)
    options = ["-o", "out.csv", "--engine", "spark", "--master", "local[1]"]
    done = run("--lang", "en", "batch", one, *options, env={"PYSPARK_PYTHON": str(bare)})
    assert done.returncode == 1
    [line] = done.stderr.decode().splitlines()
    assert line.startswith(f"the workers' Python ({bare}) lacks bamai or what it needs (no module pyarrow)")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bare", "one.csv"]


@needs_java
def test_a_failure_is_one_sentence_and_leaves_nothing(run: Bamai, one: Path, tmp_path: Path) -> None:
    (tmp_path / "out.parquet").mkdir()
    (tmp_path / "out.parquet" / "part-00000-old.parquet").write_bytes(b"old")
    options = ["-o", "out.parquet", "--engine", "spark", "--master", "local[1]", "--force"]
    done = run("--lang", "en", "batch", one, *options, env={"PYSPARK_PYTHON": "/nowhere/python"})
    told = done.stderr.decode()
    assert done.returncode == 1
    assert len(told.splitlines()) == 1
    assert told.startswith("Spark failed: ")
    assert "/nowhere/python" in told
    Path(told.split("details are in ")[1].split()[0]).unlink()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one.csv", "out.parquet"]
    assert [path.name for path in (tmp_path / "out.parquet").iterdir()] == ["part-00000-old.parquet"]


def test_an_existing_output_needs_force(run: Bamai, one: Path, tmp_path: Path) -> None:
    (tmp_path / "out.parquet").mkdir()
    done = run("--lang", "en", "batch", one, "-o", "out.parquet", "--engine", "spark")
    assert done.returncode == 2
    assert "[output_exists]" in done.stderr.decode()


# ── folders ──────────────────────────────────────────────────────────────────────────────────────────


def made(folder: Folder, name: str = "part-00000-new.parquet") -> None:
    folder.stage.mkdir()
    (folder.stage / name).write_bytes(b"new")


@pytest.mark.parametrize("old", ["nothing", "file", "folder"])
def test_a_folder_appears_when_it_is_whole(tmp_path: Path, old: str) -> None:
    path = tmp_path / "out.parquet"
    if old == "file":
        path.write_bytes(b"old")
    elif old == "folder":
        path.mkdir()
        (path / "part-00000-old.parquet").write_bytes(b"old")
        (path / "_SUCCESS").write_bytes(b"")
    folder = Folder(path)
    made(folder)
    assert not (path / "part-00000-new.parquet").exists()
    folder.close()
    assert [one.name for one in tmp_path.iterdir()] == ["out.parquet"]
    assert [one.name for one in path.iterdir()] == ["part-00000-new.parquet"]


KILLED = """\
import ctypes, os, signal, sys
from pathlib import Path
from bamai.batch.spark import Folder

if sys.argv[2] == "elsewhere":
    def missing(*_, **__):
        raise OSError("another system")
    ctypes.CDLL = missing
rename = Path.rename

def killed(self, target):
    rename(self, target)
    os.kill(os.getpid(), signal.SIGKILL)

Path.rename = killed
folder = Folder(Path(sys.argv[1]))
folder.stage.mkdir()
(folder.stage / "part-00000-new.parquet").write_bytes(b"new")
folder.close()
"""


def closed_by_another(path: Path, where: str) -> int:
    """The exit code of a process that lets a folder appear at *path*, and is killed once it has renamed anything."""
    path.mkdir()
    (path / "part-00000-old.parquet").write_bytes(b"old")
    return subprocess.run([sys.executable, "-c", KILLED, str(path), where], check=False, timeout=60).returncode


@pytest.mark.skipif(os.name != "posix", reason="nobody is killed so on Windows")
def test_what_a_killed_run_had_moved_away_is_put_back(tmp_path: Path) -> None:
    path = tmp_path / "out.parquet"
    assert closed_by_another(path, "elsewhere") == -signal.SIGKILL
    assert not path.exists()
    Folder(tmp_path / "other.parquet")
    assert not path.exists()
    folder = Folder(path)
    assert [one.name for one in path.iterdir()] == ["part-00000-old.parquet"]
    made(folder)
    folder.close()
    assert [one.name for one in path.iterdir()] == ["part-00000-new.parquet"]
    assert [one.name for one in tmp_path.iterdir() if one.suffix == ".old"] == []


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux exchanges two names in one step")
def test_on_linux_the_new_folder_takes_the_place_of_the_old_in_one_step(tmp_path: Path) -> None:
    path = tmp_path / "out.parquet"
    assert closed_by_another(path, "here") == 0
    assert [one.name for one in tmp_path.iterdir()] == ["out.parquet"]
    assert [one.name for one in path.iterdir()] == ["part-00000-new.parquet"]


def test_a_folder_that_was_given_up_leaves_nothing(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "out.parquet")
    made(folder)
    folder.abort()
    assert list(tmp_path.iterdir()) == []


def test_rejects_of_an_earlier_run_are_not_left_standing(tmp_path: Path) -> None:
    (tmp_path / "rejects.parquet").mkdir()
    Folder(tmp_path / "rejects.parquet").close()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_of_others_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "out.parquet").mkdir()
    (tmp_path / "out.parquet" / "thesis.docx").write_bytes(b"")
    with pytest.raises(UsageError, match=r"thesis\.docx"):
        Folder(tmp_path / "out.parquet")


@needs_java
def test_rejects_have_their_columns_where_several_files_are_read(there: Made) -> None:
    header = (there.folder / "rejects.csv").read_text(encoding="utf-8-sig").splitlines()[0]
    assert header == ",".join([*REJECTS.names, "file"])
