"""Rows of text → results and rejects: the one place that scores many enterprises.

The local run, Parquet input and Spark all come here with columns of text. Each column is read through the judge
once per distinct text (:mod:`bamai.batch.cells`); from there it is the arithmetic of a single enterprise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa

from bamai.answers import IDENTITY, MEMO, OPEN, Column, Columns, Judge, Judged, RowProblem, floor_quotient, judge_rows
from bamai.batch.cells import ColumnReader, ReadColumn, TextColumn, joined
from bamai.batch.csvfile import Records, Refused
from bamai.batch.frame import DECIMAL, Coded, Frame, Part, Points, integers
from bamai.batch.tally import Groups, Tally
from bamai.catalog import Edition
from bamai.errors import Problem
from bamai.model import NO_LEVEL, Dimension, StagedScoring
from bamai.schema import MILLION, millionths
from bamai.scoring import ABSENT, Scorer, Scores, counter
from bamai.texts import Lang, shown
from bamai.vocabulary import Vocabulary

if TYPE_CHECKING:
    from bamai.answers import Flags, Ints
    from bamai.batch.cells import Codes

LONGEST_VALUE = 200
"""Bytes of a refused value that rejects repeat."""


class Options(NamedTuple):
    """What a run was asked for.

    Attributes:
        detail: one result column per indicator.
        lenient: refused cells count as open, their rows are kept.
        missing_lowest: open answers count as the worst.
        lang: language of the messages.
    """

    detail: bool = False
    lenient: bool = False
    missing_lowest: bool = False
    lang: Lang = "zh"


class Header(NamedTuple):
    """What the columns of an input mean: index by our name, and those that are passed through.

    ``written`` is how the input calls each of our names. The columns of several inputs together have no index.
    """

    fields: int
    identity: Mapping[str, int]
    questions: Mapping[str, int]
    kept: Mapping[str, int]
    written: Mapping[str, str]


class Rows(NamedTuple):
    """What the kernel takes: columns of text, and which records of the input they are.

    Attributes:
        header: what the input calls its columns.
        columns: identity columns and questions, by our names.
        kept: columns that are passed through.
        record: number of every row in its input, from 1.
        line: its first physical line, from 1; None where the input has no lines.
        refused: records that are no row; their numbers are indexes from ``first_record`` and ``first_line``.
        records: how many records there are, rows and refused ones together.
    """

    header: Header
    columns: Cells
    kept: Cells
    record: Ints
    line: Ints | None
    refused: Sequence[Refused] = ()
    records: int = 0
    first_record: int = 1
    first_line: int = 1

    @classmethod
    def of_records(cls, records: Records, header: Header, first_record: int, first_line: int) -> Rows:
        """The rows of a block of CSV."""
        return cls(
            header,
            Cells(records.column, {**header.identity, **header.questions}), Cells(records.column, header.kept),
            records.record + first_record, records.line + first_line,
            records.refused, records.records, first_record, first_line,
        )  # fmt: skip

    @classmethod
    def of_arrow(cls, batch: pa.RecordBatch, header: Header, first_record: int) -> Rows:
        """The rows of an Arrow batch whose columns are all text."""

        record = np.arange(first_record, first_record + batch.num_rows)
        refused: tuple[Refused, ...] = ()
        if not all(map(_sound, batch.columns)):
            cells = [[_decodes(cell) for cell in column.cast(pa.binary()).to_pylist()] for column in batch.columns]
            broken = np.array([not all(row) for row in zip(*cells, strict=True)], np.bool_)
            refused = tuple(Refused(row, 0, "bad_encoding", {}, "") for row in np.flatnonzero(broken).tolist())
            batch, record = batch.filter(pa.array(~broken)), record[~broken]

        def column(index: int, some: Codes | None) -> TextColumn:
            cells = TextColumn.of(batch.column(index))
            return cells if some is None else cells.take(some)

        return cls(
            header, Cells(column, {**header.identity, **header.questions}), Cells(column, header.kept),
            record, None, refused, len(record) + len(refused), first_record,
        )  # fmt: skip


def _sound(column: pa.Array) -> bool:
    """Whether a column of text is UTF-8, which those who write Parquet promise and nobody checks."""
    try:
        column.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _decodes(cell: bytes | None) -> bool:
    try:
        (cell or b"").decode()
    except UnicodeDecodeError:
        return False
    return True


class Cells(Mapping[str, TextColumn]):
    """Columns by name, made when they are asked for: together they would take more memory than the block itself.

    Args:
        column: makes the column of an index, or some rows of it.
    """

    def __init__(self, column: Callable[[int, Codes | None], TextColumn], indexes: Mapping[str, int]) -> None:
        self._column = column
        self._indexes = indexes

    def some(self, name: str, rows: Codes) -> TextColumn:
        """Some rows of a column."""
        return self._column(self._indexes[name], rows)

    def __getitem__(self, name: str) -> TextColumn:
        return self._column(self._indexes[name], None)

    def __contains__(self, name: object) -> bool:
        return name in self._indexes

    def __iter__(self) -> Iterator[str]:
        return iter(self._indexes)

    def __len__(self) -> int:
        return len(self._indexes)

    @classmethod
    def of(cls, columns: Mapping[str, TextColumn]) -> Cells:
        """Columns that are there already."""
        names = list(columns)

        def column(index: int, some: Codes | None) -> TextColumn:
            cells = columns[names[index]]
            return cells if some is None else cells.take(some)

        return cls(column, {name: index for index, name in enumerate(names)})


class Scored(NamedTuple):
    """What became of some rows.

    Attributes:
        accepted: one row per accepted record, in the order of the input.
        refused: one row per problem of a refused record.
        records: how many records came in; they are in ``accepted`` or, ``rejected`` of them, in ``refused``.
        suspicious: per question how many percentages may have been meant as shares of 1, and the first record.
        ids: enterprise ids of the results, where the input has them.
    """

    accepted: Frame
    refused: Frame
    records: int
    rejected: int
    suspicious: Mapping[str, tuple[int, int]]
    ids: TextColumn | None

    @property
    def results(self) -> pa.RecordBatch:
        """The accepted rows as an Arrow batch."""
        return self.accepted.batch()

    @property
    def rejects(self) -> pa.RecordBatch:
        """The problems as an Arrow batch."""
        return self.refused.batch()


REJECTS = pa.schema(
    [("record", pa.int64()), ("line", pa.int64())]
    + [(name, pa.string()) for name in ("id", "column", "value", "code", "message")]
)
"""Columns of rejects."""

MODEL_KEY, DIGEST_KEY, PROFILE_KEY = "bamai.model", "bamai.digest", "bamai.profile"
"""Metadata of a schema of results, and so of Parquet: which rules the results were scored by."""

FILE = "file"
"""Column that says which of several inputs a row comes from."""


class Numbered:
    """Texts that come again in every block, always under the same number: so what is made of their list is, too.

    The empty text is number 0.
    """

    MOST = 4096
    """Texts that are kept from one block to the next."""

    def __init__(self) -> None:
        self._numbers = {"": 0}

    def begin(self) -> None:
        """A block begins: numbers given before it need not last."""
        if len(self._numbers) > self.MOST:
            self._numbers = {"": 0}

    def of(self, texts: Iterable[str]) -> Codes:
        """The numbers of *texts*."""
        numbers = self._numbers
        return np.array([numbers.setdefault(text, len(numbers)) for text in texts], np.intp)

    @property
    def texts(self) -> tuple[str, ...]:
        """All texts, by number."""
        return tuple(self._numbers)


class Kernel:
    """Scores rows of one edition, and counts them in ``tally``.

    Holds what it has learnt, so it is not for several threads at once; the judge may be shared.
    """

    def __init__(
        self, edition: Edition, header: Header, vocabulary: Vocabulary, options: Options, judge: Judge | None = None
    ) -> None:
        self.edition = edition
        self.header = header
        self.options = options
        judge = judge or Judge(edition)
        self._readers = {name: ColumnReader(judge, edition.questions[name]) for name in header.questions}
        self._scorer = Scorer(edition)
        self._groups = Groups(vocabulary)
        self.schema = result_schema(edition, header, options)
        self.tally = Tally.empty(edition)
        self.unmet = Numbered()
        self.told = Numbered(), Numbered(), Numbered()
        self._messages: dict[int, tuple[Problem, str]] = {}  # by identity: the judge hands out the same ones

    def score(self, rows: Rows) -> Scored:
        """Judge and score *rows*."""
        count = len(rows.record)
        read = {name: self._readers[name].read(rows.columns[name]) for name in rows.header.questions}
        rejects = _Rejects(self, rows)
        rejected = self._nameless(rows, rejects, count)
        given: Columns = {name: column.column for name, column in read.items()}
        ignored = _Ignored(count) if self.options.lenient else None
        for name, column in read.items():
            if column.bad is not None:
                if ignored is not None:
                    ignored.cells(name, column)
                else:
                    rejected |= column.bad
                    rejects.cells(name, column)
        judged = self._judged(given, count)
        while judged.problems and ignored is not None:
            given = ignored.opened(given or judged.given, judged)
            judged = self._judged(given, count)
        for problem in judged.problems:
            rejected |= problem.rows
            rejects.rows(problem)
        scores = self._scorer.score(judged, missing_lowest=self.options.missing_lowest)
        incomplete = scores.incomplete
        if ignored is not None and not self.options.missing_lowest:
            incomplete = incomplete | ignored.rows
        kept = np.flatnonzero(~rejected)
        accepted = _Results(self, rows, judged, scores, incomplete, ignored, kept).frame()
        self.tally.add(judged, scores, incomplete, kept, self._groups.codes(rows.columns, kept))
        refused = count - len(kept) + len({item.record for item in rows.refused})
        ids = rows.columns["id"].take(kept) if "id" in rows.columns else None
        suspicious = _suspicious(read, rows)
        return Scored(accepted, rejects.frame(), rows.records, refused, suspicious, ids)

    def _judged(self, given: Columns, count: int) -> Judged:
        if given:
            return judge_rows(self.edition, given)
        # a file with identity columns only: every question is open
        name = next(iter(self.edition.questions))
        return judge_rows(self.edition, {name: Column.blank(count)})

    def _nameless(self, rows: Rows, rejects: _Rejects, count: int) -> Flags:
        """Rows that say neither id nor name."""
        nameless = np.ones(count, np.bool_)
        names = [name for name in ("id", "name") if name in rows.header.identity]
        for name in names:
            if nameless.any():
                nameless &= rows.columns[name].blank()
        if nameless.any():
            written = "|".join(rows.header.written[name] for name in names)
            rejects.add(np.flatnonzero(nameless), [Problem("no_identity")] * int(nameless.sum()), written)
        return nameless

    def message(self, problem: Problem) -> str:
        """The wording of a problem; the few that come up again and again are kept."""
        known = self._messages.get(id(problem))
        if known is None:
            known = (problem, problem.message(self.options.lang))
            if len(self._messages) < MEMO:
                self._messages[id(problem)] = known
        return known[1]


def _suspicious(read: Mapping[str, ReadColumn], rows: Rows) -> dict[str, tuple[int, int]]:
    found = {}
    for name, column in read.items():
        if column.suspicious is not None and column.suspicious.any():
            first = int(np.argmax(column.suspicious))
            found[name] = (int(np.count_nonzero(column.suspicious)), int(rows.record[first]))
    return found


class _Ignored:
    """Cells that a lenient run counts as open, by row."""

    def __init__(self, count: int) -> None:
        self.rows = np.zeros(count, np.bool_)
        self._told: dict[int, list[str]] = {}

    def cells(self, name: str, column: ReadColumn) -> None:
        assert column.bad is not None and column.codes is not None
        self.rows |= column.bad
        for row in np.flatnonzero(column.bad).tolist():
            problem = column.problems[column.codes[row]]
            assert problem is not None
            self._told.setdefault(row, []).append(f"{name}:{problem.code}")

    def opened(self, given: Columns, judged: Judged) -> Columns:
        """*given* with the cells of every row problem open."""
        given = dict(given)
        for problem in judged.problems:
            self.rows |= problem.rows
            for row in np.flatnonzero(problem.rows).tolist():
                told = problem.describe(row)
                self._told.setdefault(row, []).append(f"{'+'.join(told.questions)}:{told.code}")
            for name in problem.questions:
                if name in given:
                    column = given[name]
                    state = column.state.copy()
                    state[problem.rows] = OPEN
                    given[name] = Column(state, column.value, column.band)
        return given

    def texts(self, kept: Codes) -> pa.Array:
        return pa.array(["|".join(self._told.get(row, ())) for row in kept.tolist()], pa.string())


class _Rejects:
    """Collects the problems of some rows: few distinct ones, by many rows."""

    def __init__(self, kernel: Kernel, rows: Rows) -> None:
        self._kernel = kernel
        self._rows = rows
        self._told: list[tuple[str, str, str]] = []  # column, code, message
        self._which: list[Codes] = []
        self._indexes: list[Codes] = []
        self._values: list[TextColumn] = []

    def cells(self, name: str, column: ReadColumn) -> None:
        """The refused cells of one column."""
        assert column.bad is not None and column.codes is not None
        rows = np.flatnonzero(column.bad)
        written = self._rows.header.written[name]
        told: dict[int, int] = {}
        for code in column.codes[rows].tolist():
            if code not in told:
                problem = column.problems[code]
                assert problem is not None
                told[code] = len(self._told)
                self._told.append((written, problem.code, self._kernel.message(problem)))
        self._which.append(np.array([told[code] for code in column.codes[rows].tolist()], np.intp))
        self._indexes.append(rows)
        self._values.append(self._rows.columns.some(name, rows))

    def rows(self, problem: RowProblem) -> None:
        """A problem between cells; it is told with all of them."""
        rows = np.flatnonzero(problem.rows)
        self.add(rows, [problem.describe(int(row)) for row in rows])

    def add(self, rows: Codes, problems: Sequence[Problem], column: str | None = None) -> None:
        """Problems of whole rows, one each; the columns are those of the questions that a problem names."""
        values = []
        for row, problem in zip(rows.tolist(), problems, strict=True):
            names = [name for name in problem.questions if name in self._rows.columns]
            written = "|".join(self._rows.header.written[name] for name in names) if column is None else column
            self._told.append((written, problem.code, self._kernel.message(problem)))
            values.append(" | ".join(shown(self._rows.columns[name].text(row)) for name in names))
        self._which.append(np.arange(len(self._told) - len(values), len(self._told)))
        self._indexes.append(rows)
        self._values.append(TextColumn.of_texts(values))

    def frame(self) -> Frame:
        """All of them in the order of the input."""
        refused = self._rows.refused
        if refused:
            self._which.append(np.arange(len(self._told), len(self._told) + len(refused)))
            problems = [Problem(item.code, item.params) for item in refused]
            self._told += [
                (item.column, problem.code, self._kernel.message(problem))
                for item, problem in zip(refused, problems, strict=True)
            ]
            self._values.append(TextColumn.of_texts([shown(item.value) for item in refused]))
        if not self._told:
            return Frame(REJECTS, tuple(pa.nulls(0, field.type) for field in REJECTS), 0)
        rows = np.concatenate([*self._indexes, np.zeros(0, np.intp)])
        first_record, first_line = self._rows.first_record, self._rows.first_line
        record = np.concatenate([self._rows.record[rows], _integers(item.record + first_record for item in refused)])
        order = np.argsort(record, kind="stable")
        line = pa.nulls(len(record), pa.int64())
        if self._rows.line is not None:
            lines = [self._rows.line[rows], _integers(item.line + first_line for item in refused)]
            line = integers(np.concatenate(lines)[order])
        if "id" in self._rows.columns:
            no_row = [TextColumn.of_texts([""] * len(refused))] if refused else []
            known = joined([self._rows.columns.some("id", rows), *no_row])
        else:
            known = TextColumn.of_texts([""] * len(record))
        told = np.concatenate(self._which)[order]
        parts = []
        for numbered, texts in zip(self._kernel.told, zip(*self._told, strict=True), strict=True):
            numbered.begin()
            codes = numbered.of(texts)
            parts.append(Coded(numbered.texts, codes[told]))
        column, code, message = parts
        values = joined([_shortened(texts) for texts in self._values])
        cells = known.take(order), column, values.take(order), code, message
        return Frame(REJECTS, (integers(record[order]), line, *cells), len(record))


def _integers(numbers: Iterable[int]) -> Ints:
    return np.fromiter(numbers, np.int64)


def _shortened(texts: TextColumn) -> TextColumn:
    if texts.lengths.size and int(texts.lengths.max()) > LONGEST_VALUE:
        return TextColumn.of_texts([shown(texts.text(row), LONGEST_VALUE) for row in range(len(texts.lengths))])
    return texts


# ── results ──────────────────────────────────────────────────────────────────────────────────────────


def result_schema(edition: Edition, header: Header, options: Options) -> pa.Schema:
    """Columns of results: who, what came out, each dimension, and what was asked for beyond."""
    text = pa.string()
    fields: list[tuple[str, pa.DataType]] = [(name, text) for name in IDENTITY if name in header.identity]
    fields += [(name, text) for name in ("status", "level", "scored_level")]
    fields += [(name, DECIMAL) for name in ("score", "score_low", "score_high")]
    fields += [(name, text) for name in ("level_low", "level_high", "blocked_by")]
    fields.append(("completeness", DECIMAL))
    for dimension in edition.model.dimensions:
        if dimension.scored:
            fields.append((dimension.id, DECIMAL))
        else:
            fields += [(name, pa.int16()) for name in grade_columns(edition, dimension)]
    if options.detail:
        for indicator in edition.indicators.values():
            graded = isinstance(indicator.scoring, StagedScoring) and indicator.scoring.points is None
            fields.append((indicator.id, pa.int16() if graded else DECIMAL))
    fields += [("assumed", text)] if options.missing_lowest else []
    fields += [("ignored", text)] if options.lenient else []
    fields += [("duplicate", pa.bool_()), ("record", pa.int64())]
    fields += [(name, text) for name in header.kept]
    by = {PROFILE_KEY: edition.applied.profile.id} if edition.applied else {}
    return pa.schema(fields, metadata={MODEL_KEY: edition.ref, DIGEST_KEY: edition.digest, **by})


def grade_columns(edition: Edition, dimension: Dimension) -> list[str]:
    """Names of the counts of an unscored dimension: how many of its indicators stand at each grade."""
    return [f"{dimension.id}_{grade}" for grade in range(_top_grade(edition, dimension) + 1)]


def _top_grade(edition: Edition, dimension: Dimension) -> int:
    return max((len(edition.questions[i.scoring.question].grades) for i in dimension.leaves), default=0)


class _Results:
    """The result columns of the accepted rows."""

    def __init__(
        self, kernel: Kernel, rows: Rows, judged: Judged, scores: Scores, incomplete: Flags,
        ignored: _Ignored | None, kept: Codes,
    ) -> None:  # fmt: skip
        self._kernel = kernel
        self._edition = kernel.edition
        self._rows = rows
        self._judged = judged
        self._scores = scores
        self._ignored = ignored
        self._kept = kept
        self._open = incomplete.take(kept)
        self._levels = (None, NO_LEVEL, *(level.id for level in kernel.edition.model.levels))

    def frame(self) -> Frame:
        columns: dict[str, Part] = {}
        for name in self._kernel.header.identity:
            columns[name] = self._as_written(self._rows.columns.get(name))
        scores, kept, opened = self._scores, self._kept, self._open
        settled = ~opened
        columns["status"] = Coded(("complete", "incomplete"), opened.astype(np.intp))
        columns["level"] = self._level(scores.level.low, settled)
        scored = self._edition.model.scored
        columns["scored_level"] = self._level(scores.scored_level.low, settled & scored)
        columns["score"] = Points(scores.score.low.take(kept), settled & scored)
        columns["score_low"] = Points(scores.score.low.take(kept), opened & scored)
        columns["score_high"] = Points(scores.score.high.take(kept), opened & scored)
        columns["level_low"] = self._level(scores.level.low, opened)
        columns["level_high"] = self._level(scores.level.high, opened)
        columns["blocked_by"] = self._blocked(settled)
        columns["completeness"] = Points(completeness(scores).take(kept))
        for dimension in self._edition.model.dimensions:
            if dimension.scored:
                columns[dimension.id] = self._node(dimension.id)
            else:
                columns |= self._grades(dimension)
        if self._kernel.options.detail:
            for indicator in self._edition.indicators.values():
                graded = isinstance(indicator.scoring, StagedScoring) and indicator.scoring.points is None
                columns[indicator.id] = self._grade(indicator.id) if graded else self._node(indicator.id)
        if self._kernel.options.missing_lowest:
            columns["assumed"] = self._assumed()
        if self._ignored is not None:
            columns["ignored"] = self._ignored.texts(kept)
        columns["duplicate"] = flags(np.zeros(len(kept), np.bool_))
        columns["record"] = integers(self._rows.record.take(kept))
        for name in self._kernel.header.kept:
            columns[name] = self._as_written(self._rows.kept.get(name))
        schema = self._kernel.schema
        return Frame(schema, tuple(columns[name] for name in schema.names), len(kept))

    def _as_written(self, texts: TextColumn | None) -> Part:
        return Coded(("",), np.zeros(len(self._kept), np.intp)) if texts is None else texts.take(self._kept)

    def _level(self, reached: Ints, where: Flags) -> Coded:
        """Level ids; null where they are not told."""
        return Coded(self._levels, np.where(where, reached.take(self._kept) + 2, 0))

    def _node(self, name: str) -> Points:
        bounds = self._scores.nodes[name]
        low = bounds.low.take(self._kept)
        known = low != ABSENT
        if bounds.open is not None:
            known &= low == bounds.high.take(self._kept)
        return Points(low, known)

    def _grade(self, name: str) -> pa.Array:
        bounds = self._scores.grades[name]
        low, high = bounds.low.take(self._kept), bounds.high.take(self._kept)
        return pa.array(low.astype(np.int16), mask=(low != high) | (low == ABSENT))

    def _grades(self, dimension: Dimension) -> dict[str, pa.Array]:
        """How many indicators stand at each grade; those that are open stand nowhere."""
        indicators = dimension.leaves
        shape = _top_grade(self._edition, dimension) + 1, len(self._rows.record)
        counts = np.zeros(shape, counter(len(indicators)))
        for indicator in indicators:
            bounds = self._scores.grades[indicator.id]
            grade = bounds.low.astype(np.int8)
            if bounds.open is not None:
                rows, high = bounds.open
                grade[rows[grade[rows] != high]] = ABSENT
            for number in range(len(counts)):
                counts[number] += grade == number
        told = (pa.array(count.take(self._kept).astype(np.int16)) for count in counts)
        return dict(zip(grade_columns(self._edition, dimension), told, strict=True))

    def _blocked(self, settled: Flags) -> Coded:
        """The unmet conditions of the level directly above, of rows whose level is known."""
        reached = self._scores.level.low.take(self._kept)
        codes = np.zeros(len(self._kept), np.intp)
        unmet = self._kernel.unmet
        unmet.begin()
        for index, level in enumerate(self._edition.model.levels):
            here = np.flatnonzero((reached == index - 1) & settled)
            if not here.size:
                continue
            names = [f"{level.id}.score", *(gate.id for gate in level.gates)]
            rows = self._kept[here]
            mask = (self._scores.score.low.take(rows) < millionths(level.score)).astype(np.intp)
            for bit, gate in enumerate(level.gates, 1):
                mask |= (~self._scores.gates[gate.id].met_low.take(rows)).astype(np.intp) << bit
            found, which = distinct(mask)
            codes[here] = unmet.of(
                "|".join(name for bit, name in enumerate(names) if key >> bit & 1) for key in found.tolist()
            )[which]
        return Coded(unmet.texts, codes)

    def _assumed(self) -> pa.Array:
        """Questions that were open and counted as lowest."""
        rows = np.flatnonzero((self._scores.answered < self._scores.required)[self._kept])
        told: dict[int, list[str]] = {row: [] for row in rows.tolist()}
        for name, needed in self._judged.required.items():
            state = self._judged.columns[name].state
            for row in np.flatnonzero((needed & (state == OPEN))[self._kept]).tolist():
                told[row].append(name)
        return pa.array(["|".join(told.get(row, ())) for row in range(len(self._kept))], pa.string())


def flags(values: Flags) -> Coded:
    """A column of yes and no."""
    return Coded(("false", "true"), values.astype(np.intp))


def distinct(values: Ints) -> tuple[Ints, Codes]:
    """The distinct numbers of a column, and which of them each row is."""
    encoded = integers(values).dictionary_encode()
    return encoded.dictionary.to_numpy(zero_copy_only=False), encoded.indices.to_numpy(zero_copy_only=False)


def completeness(scores: Scores) -> Ints:
    """Required questions that are not open, as a share of the required ones, in millionths, half up."""
    required = np.maximum(scores.required, 1)
    share = floor_quotient(2 * scores.answered * MILLION + required, 2 * required)
    return np.where(scores.required == 0, MILLION, share)
