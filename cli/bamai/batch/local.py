"""A batch on this machine: blocks in a pool of threads, results in the order of the input, memory bounded.

Cutting a block into cells and spelling out its results are a few long calls into compiled code, which several
threads do at once. Scoring is thousands of short ones: two threads at it only take Python's lock from each other
(measured: a quarter more processor time for a tenth less of the clock). So blocks are scored one at a time and in
order, by one kernel, which also gives records their numbers and finds ids that come again.
"""

from __future__ import annotations

import contextlib
import ctypes
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar

import numpy as np
import pyarrow as pa

from bamai.answers import IDENTITY
from bamai.batch import inputs as reading_of
from bamai.batch.csvfile import Records, tokenise
from bamai.batch.duplicates import Fingerprints, Seen
from bamai.batch.inputs import CsvInput, Input, Reading
from bamai.batch.kernel import FILE, REJECTS, Header, Kernel, Rows, Scored, flags, result_schema
from bamai.batch.outputs import Output
from bamai.batch.tally import Tally
from bamai.errors import InputError, Place, Problem
from bamai.vocabulary import Vocabulary

T = TypeVar("T")

MOST_THREADS = 3
"""Scoring goes one block at a time; cutting and spelling out others keeps no more threads than this busy."""


class Progress(NamedTuple):
    """How far a run is: records scored, and bytes (for Parquet: rows) of how many read; 0 where nobody knows."""

    records: int
    consumed: int
    size: int


@dataclass
class Report:
    """What a run has done.

    Attributes:
        records: how many came in; ``results`` + ``rejected`` of them came out.
        duplicates: results with an id that came before.
        suspicious: per column as written, how many percentages may have been meant as shares of 1, and where first.
        unfinished: problems that ended an input early; what came before them is scored.
        tally: what the summary counts.
    """

    tally: Tally
    records: int = 0
    results: int = 0
    rejected: int = 0
    duplicates: int = 0
    suspicious: dict[str, tuple[int, str, int]] = field(default_factory=dict)
    unfinished: list[Problem] = field(default_factory=list)


class Inputs:
    """All inputs of a run: their headers are read at once, their rows later.

    Attributes:
        doubts: what is wrong with no input and yet may not be meant.

    Raises:
        InputError: with every problem of every header.
    """

    def __init__(self, names: Sequence[str], reading: Reading) -> None:
        self.reading = reading = reading._replace(several=len(names) > 1)
        self.names = list(names)
        self.headers: list[Header] = []
        self.guessed: dict[str, str] = {}
        self._held: dict[str, Input] = {}
        self._states: dict[str, reading_of.State | None] = {}
        self.size = 0
        problems: list[Problem] = []
        columns: list[str] = []
        for name in names:
            try:
                one = reading_of.opened(name, reading)
            except InputError as error:
                problems += error.problems
                continue
            self.headers.append(one.header)
            columns += one.columns
            self._states[name] = one.state
            self.size += one.size
            if one.guessed:
                self.guessed[one.place.file or name] = one.guessed
            if name == reading_of.STDIN or len(names) == 1:
                self._held[name] = one  # it cannot be read twice, or need not be
            else:
                one.close()
        if problems:
            self.close()
            raise InputError(problems)
        self.doubts = list(reading.mapped.unused(columns))

    def close(self) -> None:
        """Closes what was opened for its header and not read since."""
        while self._held:
            self._held.popitem()[1].close()

    @property
    def header(self) -> Header:
        """The columns of all inputs together."""
        identity = [name for name in IDENTITY if any(name in header.identity for header in self.headers)]
        questions = dict.fromkeys(name for header in self.headers for name in header.questions)
        kept = dict.fromkeys(name for header in self.headers for name in header.kept)
        return Header(0, dict.fromkeys(identity, -1), dict.fromkeys(questions, -1), dict.fromkeys(kept, -1), {})

    def each(self) -> Iterator[Input]:
        """The inputs, each opened when its turn comes.

        Raises:
            InputError: one is not the file any more whose header was read, or was changed while it was read.
        """
        for name in self.names:
            one = self._held.pop(name, None) or reading_of.opened(name, self.reading)
            try:
                if one.state != self._states[name]:
                    raise reading_of.changed(one.place)
                yield one
                if one.changed():
                    raise reading_of.changed(one.place)
            finally:
                one.close()

    def check(self) -> None:
        """For readers that open the files by themselves.

        Raises:
            InputError: one is not the file any more whose header was read.
        """
        for name, state in self._states.items():
            try:
                now = reading_of.state_of(name) if state is not None else None
            except OSError:
                now = None
            if now != state:
                raise reading_of.changed(Place(name))


def _keep_memory() -> None:
    """Asks glibc to keep what is freed, in one place for all threads and for Arrow: the next block wants as much,
    and pages that the system takes back come again only zeroed (measured: a tenth of all processor time)."""
    if sys.platform != "linux":
        return
    with contextlib.suppress(OSError, AttributeError):  # another C library has no such knobs
        adjust = ctypes.CDLL(None).mallopt
        adjust(_TRIM_THRESHOLD, 128 << 20)
        adjust(_MMAP_THRESHOLD, 32 << 20)
        adjust(_ARENA_MAX, 1)
        pa.set_memory_pool(pa.system_memory_pool())


# of <malloc.h>
_TRIM_THRESHOLD = -1
_MMAP_THRESHOLD = -3
_ARENA_MAX = -8


class _Turn:
    """Lets one task at a time do a part of its work, in the order of the input."""

    def __init__(self) -> None:
        self._next = 0
        self._failed = False
        self._changed = threading.Condition()

    def take(self, number: int, work: Callable[[], T]) -> T:
        """*work*, when every task before *number* has had its turn."""
        with self._changed:
            while self._next != number and not self._failed:
                self._changed.wait()
            if self._failed:
                raise RuntimeError("an earlier block failed")
            done = work()
            self._next += 1
            self._changed.notify_all()
            return done

    def fail(self) -> None:
        """Nobody need wait any longer."""
        with self._changed:
            self._failed = True
            self._changed.notify_all()


class _Task(NamedTuple):
    number: int
    file: int
    input: Input
    content: Any  # a block of CSV, a record batch of text, or rows


class _Done(NamedTuple):
    file: int
    records: int
    results: int
    rejected: int
    duplicates: int
    suspicious: Mapping[str, tuple[int, int]]
    rendered: list[Any]
    rendered_rejects: list[Any]


class Run:
    """One batch.

    Args:
        inputs: what is read.
        results, rejects: where it goes; any number of each.
        threads: how many to use, the one that reads and writes included; more than three find nothing to do.
        progress: told after every block.
    """

    def __init__(
        self, inputs: Inputs, vocabulary: Vocabulary, results: Sequence[Output], rejects: Sequence[Output],
        *, threads: int, progress: Callable[[Progress], None] = lambda _: None,
    ) -> None:  # fmt: skip
        self._inputs = inputs
        self._results = results
        self._rejects = rejects
        self._workers = max(1, min(threads, MOST_THREADS) - 1)
        self._progress = progress
        self._several = len(inputs.names) > 1
        reading = inputs.reading
        self._kernel = Kernel(reading.edition, inputs.header, vocabulary, reading.options)
        self._turn = _Turn()
        self._counted = [(1, 0)] * len(inputs.names)  # next record and lines so far, by file
        self._seen: Seen | None = None
        self.report = Report(self._kernel.tally)

    def run(self) -> Report:
        """Score everything; the outputs hold it all, but are not closed."""
        _keep_memory()
        waiting: deque[Future[_Done]] = deque()
        pool = ThreadPoolExecutor(self._workers)
        try:
            for task in self._tasks():
                waiting.append(pool.submit(self._work, task))
                if len(waiting) > self._workers:
                    self._finish(waiting.popleft().result())
                    self._tell(task.input)
            while waiting:
                self._finish(waiting.popleft().result())
        finally:
            self._turn.fail()
            pool.shutdown(wait=True, cancel_futures=True)
        counts = (self.report.records, self.report.results + self.report.rejected, self.report.tally.results)
        if counts[0] != counts[1] or counts[2] != self.report.results:
            raise AssertionError(f"records were lost or invented: {counts}")
        return self.report

    def _tasks(self) -> Iterator[_Task]:
        number = 0
        self._before = 0
        for file, one in enumerate(self._inputs.each()):
            content = one.blocks() if isinstance(one, CsvInput) else one.batches()
            try:
                for part in content:
                    yield _Task(number, file, one, part)
                    number += 1
            except InputError as error:  # say a damaged end of a .gz: what came before it counts
                self.report.unfinished += error.problems
            self._before += one.size

    def _tell(self, one: Input) -> None:
        consumed = self._before + min(one.consumed, one.size) if one.size else 0
        self._progress(Progress(self.report.records, consumed, self._inputs.size))

    def _work(self, task: _Task) -> _Done:
        try:
            one = task.input
            records = None
            if isinstance(one, CsvInput):
                records = tokenise(task.content, one.grammar, one.header.fields, one.encoding)
            scored, repeated = self._turn.take(task.number, lambda: self._score(task, records))
        except BaseException:
            self._turn.fail()
            raise
        results, rejects, duplicates = scored.accepted, scored.refused, 0
        if repeated is not None and repeated.any():
            duplicates = int(np.count_nonzero(repeated))
            results = results.changed("duplicate", flags(repeated))
        # counted from what will be written, to hold against what was read
        numbers: Any = rejects.columns[0]
        refused = len(np.unique(numbers.to_numpy(zero_copy_only=False)))
        if self._several:
            results, rejects = (frame.extended(FILE, task.input.place.file or "") for frame in (results, rejects))
        return _Done(
            task.file, scored.records, results.rows, refused, duplicates, scored.suspicious,
            [output.rendered(results) for output in self._results],
            [output.rendered(rejects) for output in self._rejects] if rejects.rows else [],
        )  # fmt: skip

    def _score(self, task: _Task, records: Records | None) -> tuple[Scored, Any]:
        """The part that is done in order: numbers, scores, ids that came before."""
        one = task.input
        record, lines = self._counted[task.file]
        if records is not None:
            rows = Rows.of_records(records, one.header, record, one.first_line + lines)
            lines += records.lines
            size = task.content.size
        elif isinstance(task.content, Rows):
            rows, size = task.content, one.size
        else:
            rows, size = Rows.of_arrow(task.content, one.header, record), task.content.num_rows
        self._counted[task.file] = (record + rows.records, lines)
        scored = self._kernel.score(rows)
        if scored.ids is None:
            return scored, None
        if self._seen is None:
            self._seen = Seen(int(self._inputs.size / max(size, 1) * max(rows.records, 1) * 1.02))
        return scored, self._seen.repeated(Fingerprints(scored.ids), scored.accepted.rows)

    def _finish(self, done: _Done) -> None:
        report = self.report
        for output, rendered in zip(self._results, done.rendered, strict=True):
            output.write(rendered)
        if done.rendered_rejects:
            for output, rendered in zip(self._rejects, done.rendered_rejects, strict=True):
                output.write(rendered)
        report.records += done.records
        report.rejected += done.rejected
        report.results += done.results
        report.duplicates += done.duplicates
        header = self._inputs.headers[done.file]
        for name, (count, first) in done.suspicious.items():
            written = header.written[name]
            before = report.suspicious.get(written, (0, self._inputs.names[done.file], first))
            report.suspicious[written] = (before[0] + count, *before[1:])


def schemas(inputs: Inputs) -> tuple[pa.Schema, pa.Schema]:
    """Columns of results and of rejects; with several inputs both say which one a row comes from."""
    both = [result_schema(inputs.reading.edition, inputs.header, inputs.reading.options), REJECTS]
    if len(inputs.names) > 1:
        both = [schema.append(pa.field(FILE, pa.string())) for schema in both]
    return both[0], both[1]
