"""A batch on Spark: the same kernel in tasks of Spark, every block of the input scored once.

The driver cuts the inputs into tasks in one cheap pass, so that each knows the number of its first record and its
first physical line. Spark has the tasks scored and commits one row a block to a folder beside the outputs: results,
rejects, ids and counts, packed. That a lost worker neither loses nor doubles a row is the work of Spark's committer,
and it is checked here. Outputs are made from that folder: text by the driver, in the order of the input, Parquet by
Spark as a folder of part files.

Inputs and outputs must lie under the same path on the driver and on every worker.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import logging
import os
import pickle
import re
import secrets
import shutil
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import numpy as np
import pyarrow as pa

from bamai.batch.cells import TextColumn
from bamai.batch.csvfile import BLOCK, Block, Grammar, Special, Splitter, counted, tokenise
from bamai.batch.duplicates import Fingerprints, Seen
from bamai.batch.frame import Frame
from bamai.batch.inputs import CsvInput, Input, ParquetInput, Reading
from bamai.batch.kernel import FILE, Header, Kernel, Rows, Scored, flags
from bamai.batch.local import Inputs, Report, schemas
from bamai.batch.outputs import Output
from bamai.batch.tally import Tally
from bamai.errors import BamaiError, InputError, OutputError, Place, Problem, UsageError, Words, why
from bamai.texts import in_words, shown
from bamai.vocabulary import Vocabulary

if TYPE_CHECKING:
    from pyspark.sql import DataFrameWriter, SparkSession

T = TypeVar("T")

TOGETHER = 4
"""Blocks in a task of Spark: each task costs about as much again as a block."""

GROUP_ROWS = 1 << 17
"""Row groups of Parquet are taken together up to this many rows."""

PART_BYTES = 64 << 20
"""Packed results that one part file of an output is made of, where there are enough for every core."""

LOST = "records were lost or invented"
PATIENCE = 20.0
"""Seconds without a worker after which that is said, or without a master."""


class SparkError(BamaiError):
    """Spark could not be started, or ended a run."""


# ── the session ──────────────────────────────────────────────────────────────────────────────────────


@contextlib.contextmanager
def session(master: str | None = None) -> Iterator[SparkSession]:
    """A Spark session, stopped at the end whatever happens; errors of Spark become ours.

    Spark's own messages go to a file, which is left standing, and named, when something fails; with ``BAMAI_DEBUG``
    they stay on stderr.

    Raises:
        UsageError: Spark or Java is not installed.
        SparkError: nobody answers at the address of the master, Spark did not start, or failed later.
    """
    try:
        from py4j.protocol import Py4JError, Py4JNetworkError  # type: ignore[import-untyped]  # noqa: PLC0415
        from pyspark.errors import PySparkException  # noqa: PLC0415
    except ImportError:
        raise UsageError(Problem("spark_missing")) from None
    home = os.environ.get("JAVA_HOME")
    if shutil.which("java", path=str(Path(home) / "bin") if home else None) is None:
        raise UsageError(Problem("java_missing"))
    master = master or "local[*]"
    _look_for(master)
    handle, name = tempfile.mkstemp(prefix="bamai-spark-", suffix=".log")
    log = Path(name)
    logged = logging.root.manager.disable
    logging.disable()  # what PySpark logs, an interruption even, with tracebacks, comes as an exception too
    try:
        with _stderr_to(handle):
            spark = _started(master)
        _quieten(spark)
        try:
            yield spark
        finally:
            spark.stop()
    except (PySparkException, Py4JError, ConnectionRefusedError, ConnectionResetError) as error:
        ended = isinstance(error, (Py4JNetworkError, ConnectionError))
        problem = Problem("spark_ended", {"log": str(log)}) if ended else _problem(str(error), log)
        if "log" not in problem.params:
            log.unlink()
        raise SparkError(problem) from None
    except BaseException:
        log.unlink()
        raise
    finally:
        logging.disable(logged)
    log.unlink()


def _look_for(master: str) -> None:
    """Make sure that a standalone master is there: Spark says after a minute and a half that it has stopped.

    Raises:
        SparkError: nobody answers.
    """
    error: Exception | None = None
    for address in master.removeprefix("spark://").split(",") if master.startswith("spark://") else ():
        host, _, port = address.rpartition(":")
        if not port.isdecimal():
            return  # Spark knows what to say of it
        try:
            socket.create_connection((host.strip("[]"), int(port)), timeout=PATIENCE).close()
        except (OSError, OverflowError, UnicodeError) as refused:
            error = refused
        else:
            return
    if error is not None:
        raise SparkError(Problem("spark_no_master", {"found": shown(master), "why": why(error)}))


def _started(master: str) -> SparkSession:
    from pyspark.sql import SparkSession  # noqa: PLC0415

    # Spark would take any "python3"; the one that runs this has bamai
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    if not any("utf" in os.environ.get(name, "").lower() for name in ("LC_ALL", "LC_CTYPE", "LANG")):
        os.environ["LC_ALL"] = "C.UTF-8"  # else Java cannot name a file in Chinese
    builder = SparkSession.builder.master(master).appName("bamai batch")
    builder = builder.config("spark.ui.showConsoleProgress", "false")
    if master.startswith("local"):
        builder = builder.config("spark.ui.enabled", "false")
        if "SPARK_LOCAL_IP" not in os.environ:  # nothing need be reachable from outside
            builder = builder.config("spark.driver.bindAddress", "127.0.0.1").config("spark.driver.host", "127.0.0.1")
    return builder.getOrCreate()


def _quieten(spark: SparkSession) -> None:
    """When Java ends, the server of Spark's accumulators, which runs here, would print a traceback of it."""
    server = getattr(spark.sparkContext, "_accumulatorServer", None)
    if server is not None:
        server.handle_error = lambda *_: None


@contextlib.contextmanager
def _stderr_to(handle: int) -> Iterator[None]:
    """A process that is started meanwhile has its stderr at *handle*, which is closed."""
    if os.environ.get("BAMAI_DEBUG"):
        os.close(handle)
        yield
        return
    sys.stderr.flush()
    kept = os.dup(2)
    os.dup2(handle, 2)
    os.close(handle)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


def _problem(text: str, log: Path) -> Problem:
    """What an error of Spark comes to."""
    told = re.search(rf"{_WorkerError.__name__}: (\{{.*\}})", text)
    if told is not None:
        data = json.loads(told[1])
        return Problem(data["code"], data["params"], Place(data["file"]))
    # some things are said to the log alone
    said = log.read_text(encoding="utf-8", errors="replace")
    if "JAVA_GATEWAY_EXITED" in text:
        if "UnsupportedClassVersionError" in said:
            return Problem("java_missing")
        text = "\n".join(re.findall(r"^Exception in thread .*", said, re.MULTILINE)) or text
    crashed = "Python worker exited unexpectedly" in text
    missing = re.search(r"No module named '?([\w.]+)", said if crashed else text)
    if missing is not None:
        return Problem("spark_without_bamai", {"python": os.environ["PYSPARK_PYTHON"], "found": missing[1]})
    return Problem("spark_failed", {"why": shown(_cause(text), 300), "log": str(log)})


JAVA_ERROR = r'(?:(?:Caused by)?:|Exception in thread "[^"]*") ([\w.$]+: .*)'


def _cause(text: str) -> str:
    """What an error of Spark says in one line: the innermost error of Python, else the outermost of Java."""
    lines = [line.strip() for line in text.splitlines() if line.strip()] or ["?"]
    python = [line for line in lines if re.match(r"(?!java|org\.|py4j|pyspark)[\w.]+(Error|Exception): ", line)]
    java = [found[1] for line in lines if (found := re.match(JAVA_ERROR, line))]
    return (python[-1:] or java or lines)[0]


def _packed_params(params: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters of a problem as JSON can hold them: what is in both languages as an object."""
    return {name: Words(value.zh, value.en)._asdict() if hasattr(value, "zh") else value
            for name, value in params.items()}  # fmt: skip


def _unpacked_params(params: Mapping[str, Any]) -> dict[str, Any]:
    return {name: Words(**value) if isinstance(value, dict) else value for name, value in params.items()}


class _WorkerError(Exception):
    """A problem on a worker, in a form that survives the way through Spark."""

    def __init__(self, code: str, file: str | None, **params: object) -> None:
        super().__init__(json.dumps({"code": code, "file": file, "params": params}))


# ── tasks ────────────────────────────────────────────────────────────────────────────────────────────


class _File(NamedTuple):
    """An input as workers need to know it; ``name`` is what it was called."""

    name: str
    path: str
    header: Header
    grammar: Grammar | None
    encoding: str


class _Range(NamedTuple):
    """A block of a CSV file: where it lies, what it begins with, what is in it.

    ``given_up`` is the beginning of a line that is too long to be read.
    """

    file: int
    offset: int
    size: int
    record: int
    line: int
    records: int
    lines: int
    given_up: bytes | None


class _Whole(NamedTuple):
    """A file that can only be read from its beginning."""

    file: int


class _Groups(NamedTuple):
    """Row groups of a Parquet file, from ``first`` to before ``end``."""

    file: int
    first: int
    end: int
    record: int
    records: int


_Task = _Range | _Whole | _Groups


class _SplitCsv(CsvInput):
    """A CSV file that may be read from any line."""

    @property
    def begins(self) -> int | None:
        """Where the first record begins; None where a place in the file is none in the text that is read."""
        if self._convert is not None or self._returns_only or self.name.lower().endswith(".gz"):
            return None
        return self.consumed - len(self._rest)

    def ranges(self, file: int, begins: int, size: int) -> Iterator[_Range]:
        """The file in blocks of about *size* bytes."""
        with Path(self.name).open("rb") as stream:
            stream.seek(begins)
            offset, record, line = begins, 1, self.first_line
            splitter = Splitter(lambda most: stream.read(min(most, size)), b"", self.grammar, self.header.fields)
            for block in splitter:
                records, lines = counted(block)
                too_long = block.specials and block.specials[0].code == "record_too_long"
                given_up = block.specials[0].raw if too_long else None
                yield _Range(file, offset, block.size, record, line, records, lines, given_up)
                offset, record, line = offset + block.size, record + records, line + lines


class _SplitParquet(ParquetInput):
    """A Parquet file of which some row groups are read."""

    def groups(self, file: int) -> Iterator[_Groups]:
        """The row groups, small ones together."""
        metadata = self._file.metadata
        first, record, records = 0, 1, 0
        for index in range(metadata.num_row_groups):
            records += metadata.row_group(index).num_rows
            if records >= GROUP_ROWS or index + 1 == metadata.num_row_groups:
                yield _Groups(file, first, index + 1, record, records)
                first, record, records = index + 1, record + records, 0

    def some(self, task: _Groups) -> Iterator[Any]:
        """Record batches of text."""
        return self.batches(range(task.first, task.end))


class _Plan(NamedTuple):
    """All tasks, in the order of the input, and what ended a file early."""

    files: list[_File]
    tasks: list[_Task]
    unfinished: list[Problem]

    @classmethod
    def of(cls, inputs: Inputs, size: int) -> _Plan:
        plan = cls([], [], [])
        for file, one in enumerate(inputs.each()):
            path = str(Path(one.name).absolute())
            grammar = one.grammar if isinstance(one, CsvInput) else None
            plan.files.append(_File(one.name, path, one.header, grammar, one.encoding))
            try:
                plan.tasks.extend(cls._cut(file, one, inputs.reading, size))
            except InputError as error:
                plan.unfinished.extend(error.problems)
            except OSError as error:
                problem = Problem("file_unreadable", {"why": why(error)}, Place(one.name))
                plan.unfinished.append(problem)
        return plan

    @staticmethod
    def _cut(file: int, one: Input, reading: Reading, size: int) -> Iterator[_Task]:
        if isinstance(one, ParquetInput):
            with contextlib.closing(_SplitParquet(one.name, reading)) as parquet:
                yield from parquet.groups(file)
            return
        with contextlib.closing(_SplitCsv(one.name, reading)) as csv:
            begins = csv.begins
            if begins is None:
                yield _Whole(file)
            else:
                yield from csv.ranges(file, begins, size)


# ── on a worker ──────────────────────────────────────────────────────────────────────────────────────

STAGED = pa.schema(
    [("task", pa.int64()), ("part", pa.int32())]
    + [(name, pa.int64()) for name in ("records", "results", "rejected", "problems")]
    + [(name, pa.binary()) for name in ("scored", "refused", "ids", "tally")]
    + [("notes", pa.string())]
)
"""One row a block: which it is, what its rows became in numbers, and packed the rows themselves. ``problems`` counts
the rows of ``refused``, ``rejected`` the records they are about."""


class _Job(NamedTuple):
    """All that workers must know."""

    reading: Reading
    vocabulary: Vocabulary
    header: Header
    files: list[_File]
    tasks: list[_Task]


class _Worker:
    """Scores tasks; what its kernel learns at one it knows at the next."""

    def __init__(self, job: _Job) -> None:
        self._job = job
        self._kernel = Kernel(job.reading.edition, job.header, job.vocabulary, job.reading.options)

    def staged(self, number: int) -> Iterator[pa.RecordBatch]:
        """The rows of task *number*, one a block."""
        task = self._job.tasks[number]
        file = self._job.files[task.file]
        part = 0
        try:
            for rows in self._rows(task, file):
                yield self._staged(number, part, file, self._scored(rows))
                part += 1
        except OSError as error:
            raise self._unreadable(file, str(in_words(why(error), self._kernel.options.lang))) from None
        except InputError as error:  # say a damaged end of a .gz: what came before it counts
            yield self._staged(number, part, file, None, error.problems)
        else:
            if part == 0:  # no row at all, but that it was done must be seen
                yield self._staged(number, part, file, None)

    def _rows(self, task: _Task, file: _File) -> Iterator[Rows]:
        if isinstance(task, _Range):
            yield from self._of_range(task, file)
        elif isinstance(task, _Groups):
            with contextlib.closing(self._opened(lambda: _SplitParquet(file.path, self._job.reading), file)) as parquet:
                record = task.record
                for batch in parquet.some(task):
                    yield Rows.of_arrow(batch, parquet.header, record)
                    record += batch.num_rows
        else:
            with contextlib.closing(self._opened(lambda: CsvInput(file.path, self._job.reading), file)) as csv:
                record, line = 1, csv.first_line
                for block in csv.blocks():
                    records = tokenise(block, csv.grammar, csv.header.fields, csv.encoding)
                    yield Rows.of_records(records, csv.header, record, line)
                    record, line = record + records.records, line + records.lines

    @staticmethod
    def _of_range(task: _Range, file: _File) -> Iterator[Rows]:
        assert file.grammar is not None
        if task.given_up is not None:
            blocks = [Block.of(0, [b"\x1a\n"], [Special(0, 1, None, "record_too_long", task.given_up)], task.size)]
        else:
            with Path(file.path).open("rb") as stream:
                stream.seek(task.offset)
                data = stream.read(task.size)
            blocks = list(Splitter(lambda _: b"", data, file.grammar, file.header.fields))
        found = [tokenise(block, file.grammar, file.header.fields, file.encoding) for block in blocks]
        if (sum(one.records for one in found), sum(one.lines for one in found)) != (task.records, task.lines):
            raise _WorkerError("input_changed", file.name)
        record, line = task.record, task.line
        for records in found:
            yield Rows.of_records(records, file.header, record, line)
            record, line = record + records.records, line + records.lines

    def _opened(self, make: Callable[[], T], file: _File) -> T:
        try:
            return make()
        except InputError as error:
            raise self._unreadable(file, error.problems[0].message(self._kernel.options.lang)) from None

    @staticmethod
    def _unreadable(file: _File, why: str) -> _WorkerError:
        return _WorkerError("spark_unreadable", file.name, host=socket.gethostname(), why=why)

    def _scored(self, rows: Rows) -> tuple[Scored, Tally]:
        self._kernel.tally = Tally.empty(self._kernel.edition)
        return self._kernel.score(rows), self._kernel.tally

    def _staged(
        self, number: int, part: int, file: _File, done: tuple[Scored, Tally] | None, problems: Sequence[Problem] = ()
    ) -> pa.RecordBatch:
        row: dict[str, Any] = {"task": number, "part": part}
        notes: dict[str, Any] = {"unfinished": [(problem.code, _packed_params(problem.params)) for problem in problems]}
        row |= dict.fromkeys(("records", "results", "rejected", "problems"), 0)
        if done is not None:
            scored, tally = done
            results, rejects = scored.accepted, scored.refused
            if len(self._job.files) > 1:
                results, rejects = (frame.extended(FILE, file.name) for frame in (results, rejects))
            row |= {"records": scored.records, "results": results.rows, "problems": rejects.rows}
            row |= {"scored": _packed(results.batch()), "tally": _packed_tally(tally)}
            if rejects.rows:
                batch = rejects.batch()
                # counted from what will be written, to hold against what was read
                row |= {"refused": _packed(batch), "rejected": len(batch.column("record").unique())}
            if scored.ids is not None:
                row["ids"] = _packed(pa.RecordBatch.from_arrays([scored.ids.arrow()], ["id"]))
            notes["suspicious"] = {file.header.written[name]: found for name, found in scored.suspicious.items()}
        row["notes"] = json.dumps(notes)
        return pa.RecordBatch.from_pylist([row], STAGED)


def _packed(batch: pa.RecordBatch) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema, options=pa.ipc.IpcWriteOptions(compression="lz4")) as writer:
        writer.write_batch(batch)
    packed: bytes = sink.getvalue().to_pybytes()
    return packed


def _unpacked(packed: bytes) -> pa.RecordBatch:
    with pa.ipc.open_stream(packed) as reader:
        return reader.read_next_batch()


def _packed_tally(tally: Tally) -> bytes:
    plain = {name: value for name, value in tally._asdict().items() if name != "edition"}
    packed: bytes = pa.compress(data := pickle.dumps(plain), "zstd", asbytes=True)
    return len(data).to_bytes(8, "little") + packed  # mostly zeros


def _unpacked_tally(packed: bytes, like: Tally) -> Tally:
    size = int.from_bytes(packed[:8], "little")
    plain: dict[str, Any] = pickle.loads(pa.decompress(packed[8:], size, "zstd", asbytes=True))
    return like._replace(**plain)


def _version() -> str | None:
    """Of the bamai that is installed; None where it was put on the path by other means."""
    try:
        return version("bamai")
    except PackageNotFoundError:
        return None


_held: dict[str, _Worker] = {}
"""The worker of the last run that this process has seen."""


def _score(token: str, wanted: str | None, job: bytes, numbers: Sequence[int]) -> Iterator[pa.RecordBatch]:
    """Tasks → rows of :data:`STAGED`; runs in Spark's Python workers."""
    found = _version()
    if found != wanted and found and wanted:
        raise _WorkerError("spark_other_bamai", None, host=socket.gethostname(), found=found, allowed=wanted)
    if token not in _held:
        _held.clear()
        _held[token] = _Worker(pickle.loads(job))
    for number in numbers:
        yield from _held[token].staged(number)


def _spelt_out(
    column: str, repeated: Mapping[tuple[int, int], bytes], left_out: Set[int], paths: Sequence[str]
) -> Iterator[pa.RecordBatch]:
    """Staged files → the rows packed in them; runs in Spark's Python workers."""
    for path in paths:
        for row in _rows_of(Path(path), ["task", "part", column]):
            if row[column] is None or row["task"] in left_out:
                continue
            rows = _unpacked(row[column])
            bits = repeated.get((row["task"], row["part"]))
            if bits is not None:
                found = np.unpackbits(np.frombuffer(bits, np.uint8), count=rows.num_rows).astype(np.bool_)
                index = rows.schema.get_field_index("duplicate")
                rows = rows.set_column(index, rows.schema.field(index), pa.array(found))
            yield rows


def _rows_of(path: Path, columns: list[str]) -> Iterator[dict[str, Any]]:
    from pyarrow import parquet  # noqa: PLC0415

    with parquet.ParquetFile(path) as file:
        for batch in file.iter_batches(batch_size=1, columns=columns):
            yield from batch.to_pylist()


# ── on the driver ────────────────────────────────────────────────────────────────────────────────────


class Folder:
    """An output that Spark writes: a folder of part files, which appears when it is whole.

    Raises:
        UsageError: in its place is a folder that no batch has made; it is not replaced.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.stage = path.parent / f".{path.name}.{secrets.token_hex(4)}.part"
        self._put_back()
        if path.is_dir():
            foreign = sorted(p.name for p in path.iterdir() if not re.match(r"\.?(part-|_SUCCESS)", p.name))
            if foreign:
                raise UsageError(Problem("folder_not_ours", {"found": shown(foreign[0])}, Place(str(path))))

    def settle(self) -> None:
        """Spark has it on the disk."""

    def close(self) -> None:
        """Let it appear; where nothing was written, one of an earlier run is not left standing."""
        if self.stage.exists() and self.path.exists() and _exchanged(self.stage, self.path):
            _removed(self.stage)  # that is now the old one
            return
        old = self.stage.with_suffix(".old")
        try:
            if self.path.exists():
                self.path.rename(old)
            if self.stage.exists():
                self.stage.rename(self.path)
        except OSError as error:
            if old.exists() and not self.path.exists():
                old.rename(self.path)
            self.abort()
            raise OutputError(Problem("output_failed", {"why": why(error)}, Place(str(self.path)))) from None
        _removed(old)

    def abort(self) -> None:
        """Leave nothing behind."""
        _removed(self.stage)

    def _put_back(self) -> None:
        """What stood here, where a run was killed after moving it away and before the new one took its place."""
        if self.path.exists():
            return
        mark = re.compile(rf"\.{re.escape(self.path.name)}\.[0-9a-f]{{8}}\.old")
        with contextlib.suppress(OSError):  # where nothing can be listed or moved, there is nothing to put back
            left = [one for one in self.path.parent.iterdir() if mark.fullmatch(one.name)]
            if left:
                max(left, key=lambda one: one.stat().st_mtime_ns).rename(self.path)


def _exchanged(one: Path, other: Path) -> bool:
    """Whether the two have taken each other's names in one step, which Linux can do on most file systems."""
    here, exchange = -100, 2  # AT_FDCWD, RENAME_EXCHANGE
    try:
        rename = ctypes.CDLL(None).renameat2
    except (AttributeError, OSError, TypeError):  # another system, or a C library that lacks it
        return False
    rename.argtypes = (ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_uint)
    return bool(rename(here, os.fsencode(one), here, os.fsencode(other), exchange) == 0)


def _removed(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


class SparkRun:
    """One batch on Spark.

    Args:
        beside: a folder that driver and workers share; what is staged lies in it for the time of the run.
        waiting: told when Spark has not begun after a while.
        size: bytes of CSV in a block.
    """

    def __init__(
        self, spark: SparkSession, inputs: Inputs, vocabulary: Vocabulary,
        results: Sequence[Output | Folder], rejects: Sequence[Output | Folder], beside: Path,
        *, waiting: Callable[[], None] = lambda: None, size: int = BLOCK,
    ) -> None:  # fmt: skip
        self._spark = spark
        self._inputs = inputs
        self._vocabulary = vocabulary
        self._results = results
        self._rejects = rejects
        self._stage = beside.absolute() / f".bamai.{secrets.token_hex(4)}.part"
        self._waiting = waiting
        self._size = size
        self._seen: Seen | None = None
        self._repeated: dict[tuple[int, int], bytes] = {}  # by task and part: which results repeat an id, as bits
        self._left_out: set[int] = set()  # tasks that come after the damage of their file
        self._problems = 0
        self.report = Report(Tally.empty(inputs.reading.edition))

    def run(self) -> Report:
        """Score everything; the outputs hold it all, but are not closed.

        Raises:
            OutputError: nothing can be staged.
            SparkError: the workers do not see the folder that the driver sees.
        """
        plan = _Plan.of(self._inputs, self._size)
        try:
            self._stage.mkdir()
        except OSError as error:
            raise OutputError(Problem("output_failed", {"why": why(error)}, Place(str(self._stage.parent)))) from None
        try:
            with self._watched():
                files = self._scored(plan)
                self._read(plan, files)
                self._inputs.check()  # every worker has opened them by itself, and at another time
                result_schema, reject_schema = schemas(self._inputs)
                for output in self._results:
                    self._made(output, files, "scored", result_schema, self.report.results)
                for output in self._rejects if self._problems else ():
                    self._made(output, files, "refused", reject_schema, self._problems)
        finally:
            _removed(self._stage)
        self.report.unfinished += plan.unfinished
        return self.report

    def _scored(self, plan: _Plan) -> list[Path]:
        """Have Spark score every task; the staged files, in the order of the tasks."""
        inputs = self._inputs
        job = _Job(inputs.reading, self._vocabulary, inputs.header, plan.files, plan.tasks)
        score = partial(_score, secrets.token_hex(8), _version(), pickle.dumps(job))
        target = self._stage / "scored"
        count = max(-(-len(plan.tasks) // TOGETHER), self._spark.sparkContext.defaultParallelism)
        (
            self._computed(_slices(range(len(plan.tasks)), count), score, STAGED)
            # a value is a whole block: they are packed already, and must not gather in memory
            .option("compression", "none").option("parquet.enable.dictionary", "false")
            .option("parquet.block.size", str(16 << 20)).option("parquet.page.size.row.check.min", "1")
            .parquet(_uri(target))
        )  # fmt: skip
        return _parts(target)

    def _not_shared(self) -> SparkError:
        return SparkError(Problem("spark_not_shared", {}, Place(str(self._stage.parent))))

    def _computed(
        self, slices: Sequence[T], work: Callable[[T], Iterator[pa.RecordBatch]], schema: pa.Schema
    ) -> DataFrameWriter:
        """What *work* makes of each slice, a task of Spark, ready to be written."""
        from pyspark.sql.datasource import DataSource, DataSourceReader, InputPartition  # noqa: PLC0415
        from pyspark.sql.pandas.types import from_arrow_schema  # noqa: PLC0415
        from pyspark.sql.types import StructType  # noqa: PLC0415

        columns = from_arrow_schema(schema)
        # in bytes, so that the processes in which Spark only plans need not import all that scoring needs
        packed = pickle.dumps(work)

        # a data source, and not DataFrame.mapInArrow, which does the same but wants pandas for its own sake
        class Source(DataSource):
            def schema(self) -> StructType:
                return columns

            def reader(self, schema: StructType) -> DataSourceReader:  # noqa: ARG002
                return Reader()

        class Reader(DataSourceReader):
            def partitions(self) -> Sequence[InputPartition]:
                return [InputPartition(one) for one in slices]

            def read(self, partition: InputPartition) -> Iterator[Any]:
                made: Iterator[Any] = pickle.loads(packed)(partition.value)
                return made

        if not slices:
            return self._spark.createDataFrame([], columns).write
        self._spark.dataSource.register(Source)
        return self._spark.read.format(Source.name()).load().write

    def _read(self, plan: _Plan, files: list[Path]) -> None:
        """Count what was staged, find repeated ids, and write the outputs that are text."""
        texts = {
            column: [output for output in outputs if not isinstance(output, Folder)]
            for column, outputs in (("scored", self._results), ("refused", self._rejects))
        }
        columns = [name for name in STAGED.names if texts.get(name, True)]
        report = self.report
        for at, row, notes in self._checked(plan, files, columns):
            report.records += row["records"]
            report.results += row["results"]
            report.rejected += row["rejected"]
            self._problems += row["problems"]
            self._note(plan.files[plan.tasks[at[0]].file], notes)
            if row["tally"] is not None:
                report.tally.merge(_unpacked_tally(row["tally"], report.tally))
            repeated = self._find_repeated(at, row)
            for column, outputs in texts.items():
                if outputs and row[column] is not None:
                    frame = Frame.of(_unpacked(row[column]))
                    if column == "scored" and repeated is not None:
                        frame = frame.changed("duplicate", flags(repeated))
                    for output in outputs:
                        output.write(output.rendered(frame))
        counts = (report.records, report.results + report.rejected, report.tally.results)
        if counts[0] != counts[1] or counts[2] != report.results:
            raise AssertionError(f"{LOST}: {counts}")

    def _checked(
        self, plan: _Plan, files: list[Path], columns: list[str]
    ) -> Iterator[tuple[tuple[int, int], dict[str, Any], dict[str, Any]]]:
        """Task and part, row, and notes of what was staged: in order, everything, and nothing twice.

        A file that turns out to be damaged ends there, as it does without Spark: tasks behind it do not count.
        """
        before = (-1, 0)
        damaged: dict[int, int] = {}  # file → task
        records = [0] * len(plan.tasks)
        for row in (row for path in files for row in _rows_of(path, columns)):
            at = (row["task"], row["part"])
            if at > (before[0] + 1, 0):
                raise self._not_shared()
            if at not in ((before[0], before[1] + 1), (before[0] + 1, 0)):
                raise AssertionError(f"{LOST}: {before}, {at}")
            before = at
            file = plan.tasks[at[0]].file
            if at[0] > damaged.get(file, at[0]):
                self._left_out.add(at[0])
                continue
            notes = json.loads(row["notes"])
            if notes["unfinished"]:
                damaged[file] = at[0]
            records[at[0]] += row["records"]
            yield at, row, notes
        if before[0] + 1 < len(plan.tasks):
            raise self._not_shared()
        for number, (task, found) in enumerate(zip(plan.tasks, records, strict=True)):
            expected = found if number >= damaged.get(task.file, len(records)) else getattr(task, "records", found)
            if found != expected:
                raise AssertionError(f"{LOST}: {number}, {found}, {expected}")

    def _note(self, file: _File, notes: Mapping[str, Any]) -> None:
        for written, (count, first) in notes.get("suspicious", {}).items():
            known = self.report.suspicious.get(written, (0, file.name, first))
            self.report.suspicious[written] = (known[0] + count, *known[1:])
        place = Place(file.name)
        self.report.unfinished += [
            Problem(code, _unpacked_params(params), place) for code, params in notes["unfinished"]
        ]

    def _find_repeated(self, at: tuple[int, int], row: Mapping[str, Any]) -> Any:
        """Which results of a block have an id that came before; None where there is none."""
        if row["ids"] is None:
            return None
        if self._seen is None:
            self._seen = Seen()
        prints = Fingerprints(TextColumn.of(_unpacked(row["ids"]).column(0)))
        repeated = self._seen.repeated(prints, row["results"])
        if not repeated.any():
            return None
        self.report.duplicates += int(np.count_nonzero(repeated))
        self._repeated[at] = np.packbits(repeated).tobytes()
        return repeated

    def _made(self, output: Output | Folder, files: list[Path], column: str, schema: pa.Schema, rows: int) -> None:
        """Have Spark write *output*, if it is a folder, and look at what it has written."""
        from pyarrow import parquet  # noqa: PLC0415

        if not isinstance(output, Folder):
            return
        size = sum(path.stat().st_size for path in files)
        count = max(self._spark.sparkContext.defaultParallelism, -(-size // PART_BYTES))
        repeated = self._repeated if column == "scored" else {}
        work = partial(_spelt_out, column, repeated, self._left_out)
        slices = _slices([str(path) for path in files], count)
        target = output.stage.absolute()
        self._computed(slices, work, schema).option("compression", "zstd").parquet(_uri(target))
        written = sum(parquet.read_metadata(path).num_rows for path in _parts(target))
        if written < rows:
            raise self._not_shared()
        if written > rows:
            raise AssertionError(f"{LOST}: {written}, {rows}")

    @contextlib.contextmanager
    def _watched(self) -> Iterator[None]:
        """Says so when no task begins: a cluster without free workers lets a job wait for ever."""
        done = threading.Event()

        def watch() -> None:
            with contextlib.suppress(Exception):  # Spark has ended; the run finds that out by itself
                look()

        def look() -> None:
            tracker = self._spark.sparkContext.statusTracker()
            idle = time.monotonic()
            while not done.wait(1):
                stages = [tracker.getStageInfo(stage) for stage in tracker.getActiveStageIds()]
                if any(stage and (stage.numActiveTasks or stage.numCompletedTasks) for stage in stages) or not stages:
                    idle = time.monotonic()
                elif time.monotonic() - idle > PATIENCE:
                    self._waiting()
                    return

        thread = threading.Thread(target=watch, daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()


def _slices(items: Sequence[T], count: int) -> list[Sequence[T]]:
    """*items* in order, in *count* slices of about the same length; no slice is empty."""
    count = min(count, len(items))
    edges = [len(items) * index // max(count, 1) for index in range(count + 1)]
    return [items[start:end] for start, end in pairwise(edges)]


def _uri(path: Path) -> str:
    # not Path.as_uri(): Hadoop takes an escaped character for itself
    return f"file://{path.as_posix()}" if path.as_posix().startswith("/") else f"file:///{path.as_posix()}"


def _parts(folder: Path) -> list[Path]:
    """The part files of a folder that Spark has written, in order."""
    return sorted(folder.glob("part-*.parquet"), key=lambda path: (int(path.name.split("-")[1]), path.name))
