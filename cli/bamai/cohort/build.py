"""Results that a batch has written → a cohort, in one pass.

What is held grows with the number of different cells and scores, not with the number of rows.
"""

from __future__ import annotations

import codecs
import hashlib
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa
from pyarrow import compute as pc

from bamai.batch.cells import TextColumn
from bamai.batch.duplicates import Fingerprints
from bamai.batch.frame import DECIMAL, Points
from bamai.batch.kernel import DIGEST_KEY, FILE, MODEL_KEY
from bamai.batch.tally import BLANK, GROUPINGS, Groups
from bamai.cohort.complete import NOT_STATED, SCORE, Cell, Cohort, Counts, Key, Part, Shape, shape_of
from bamai.cohort.distribution import TOP, Distribution, added, hundredths
from bamai.errors import InputError, Place, Problem
from bamai.schema import did_you_mean
from bamai.texts import shown

if TYPE_CHECKING:
    import numpy.typing as npt

    from bamai.answers import Flags, Ints
    from bamai.batch.cells import Codes
    from bamai.catalog import Edition
    from bamai.vocabulary import Vocabulary

SUFFIXES = (".parquet", ".csv")
BLOCK = 1 << 17
"""Rows read at once."""

BLOCK_BYTES = 1 << 23
"""Of a CSV that is read at a time."""

MAX_HEADER = 1 << 20
"""Characters of a CSV's header."""

COMPACT = 1 << 20
"""Counts of blocks that wait to be added up."""

_BITS = 14  # of a value: TOP is less than 2**14
_WHO = ("id", "name", *GROUPINGS)
_STATUS = ("complete", "incomplete")
_FACTOR = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F))


class Results:
    """A file of results, or a folder of them.

    Attributes:
        columns: their names.
        rules: model and digest by which they were scored, where they say so.

    Raises:
        InputError: it cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.place = Place(str(path))
        self._files = sorted(path.glob("*.parquet")) if path.is_dir() else [path]
        self._csv = path.suffix.lower() == ".csv" and not path.is_dir()
        if not self._files:
            raise InputError(Problem("cohort_no_parts", {}, self.place))
        if self._csv:
            self.columns, self.rules = _csv_header(path), frozenset[tuple[str, str]]()
            self._each_once(self.columns)
            return
        schemas = [_opened(file).schema_arrow for file in self._files]
        for schema in schemas:
            self._each_once(schema.names)
        self.columns = [name for name in schemas[0].names if all(name in schema.names for schema in schemas)]
        told = [_decoded(schema.metadata or {}) for schema in schemas]
        # of a folder everyone's: they may be of several batches
        self.rules = frozenset((one[MODEL_KEY], one.get(DIGEST_KEY, "")) for one in told if MODEL_KEY in one)

    def _each_once(self, names: Sequence[str]) -> None:
        twice = [name for name, times in Counter(names).items() if times > 1]
        if twice:
            raise InputError([Problem("cohort_column_twice", {"column": shown(name)}, self.place) for name in twice])

    def batches(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """The rows, *columns* only; of CSV as text.

        Raises:
            InputError: they cannot be read further.
        """
        try:
            for batch in self._csv_batches(columns) if self._csv else self._parquet_batches(columns):
                batch.validate(full=True)  # Parquet believes what it is told of lengths and texts
                yield batch
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError) as error:
            if self._csv:
                _check_utf8(self.path)
            why = shown(error, 200)
            raise InputError(Problem("cohort_unreadable", {"why": why}, self.place)) from None

    def _parquet_batches(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        for file in self._files:
            with _opened(file) as opened:
                yield from opened.iter_batches(BLOCK, columns=list(columns))

    def _csv_batches(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        from pyarrow import csv  # noqa: PLC0415

        types = dict.fromkeys(columns, pa.string())
        convert = csv.ConvertOptions(include_columns=list(columns), column_types=types, null_values=[""],
                                     strings_can_be_null=True)  # fmt: skip
        with csv.open_csv(
            self.path, csv.ReadOptions(block_size=BLOCK_BYTES), csv.ParseOptions(newlines_in_values=True), convert
        ) as reader:
            yield from reader


def _opened(path: Path) -> Any:
    from pyarrow import parquet  # noqa: PLC0415

    try:
        return parquet.ParquetFile(path)
    except (pa.ArrowException, OSError, ValueError) as error:
        if isinstance(error, FileNotFoundError):
            raise InputError(Problem("file_not_found", {}, Place(str(path)))) from None
        raise InputError(Problem("not_parquet", {"why": shown(error, 200)}, Place(str(path)))) from None


def _decoded(metadata: Mapping[bytes, bytes]) -> dict[str, str]:
    return {name.decode("utf-8", "replace"): value.decode("utf-8", "replace") for name, value in metadata.items()}


def _csv_header(path: Path) -> list[str]:
    import csv  # noqa: PLC0415

    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            # of a longer one the names are cut off, and then missing
            return next(csv.reader(io.StringIO(lines.read(MAX_HEADER), newline="")), [])
    except FileNotFoundError:
        raise InputError(Problem("file_not_found", {}, Place(str(path)))) from None
    except UnicodeDecodeError:
        _check_utf8(path)
        raise
    except (OSError, csv.Error) as error:
        raise InputError(Problem("cohort_unreadable", {"why": shown(error, 200)}, Place(str(path)))) from None


def _check_utf8(path: Path) -> None:
    """Say where a CSV is not UTF-8: what Excel saves in China may be GBK.

    Raises:
        InputError: it is not.
    """
    decode = codecs.getincrementaldecoder("utf-8")().decode
    with path.open("rb") as stream:
        while True:
            block = stream.read(BLOCK_BYTES)
            try:
                decode(block, final=not block)
            except UnicodeDecodeError as error:
                params = {"byte": f"0x{error.object[error.start]:02x}"}
                raise InputError(Problem("not_utf8", params, Place(str(path)))) from None
            if not block:
                return


class Rules(NamedTuple):
    """What results are counted by."""

    edition: Edition
    vocabulary: Vocabulary

    @property
    def sizes(self) -> dict[str, int]:
        return {size.id: size.from_ for size in self.vocabulary.file.sizes.entries}


def check_rules(results: Iterable[Results], edition: Edition) -> list[Problem]:
    """What keeps *results* from being counted as those of *edition*."""
    problems: list[Problem] = []
    for one in results:
        others = [" ".join(rules) for rules in sorted(one.rules) if rules != (edition.ref, edition.digest)]
        if others:
            params = {"found": shown("; ".join(others), 200), "allowed": f"{edition.ref} {edition.digest}"}
            problems.append(Problem("cohort_other_rules", params, one.place))
            continue
        shape = shape_of(edition, (), {})
        needed = ("status", "level", *shape.values, "duplicate")
        for name in needed:
            if name not in one.columns:
                hint = did_you_mean(name, one.columns)
                told = {"column": name, "model": edition.ref, "hint": hint}
                problems.append(Problem("cohort_column", told, one.place))
    return problems


def build(files: Sequence[Results], rules: Rules, created: str, *, with_duplicates: bool = False) -> Cohort:
    """Count the complete results of *files*.

    Args:
        created: ISO date that the cohort states.
        with_duplicates: count results whose id came before in their batch; by default they are left out.

    Raises:
        InputError: they are not results of this edition, a row cannot be, or the same results come twice.
    """
    problems = check_rules(files, rules.edition)
    if problems:
        raise InputError(problems)
    # indicators count where every file has them: a cell would otherwise say less than it seems to
    columns = set.intersection(*(set(one.columns) for one in files))
    builder = _Builder(rules, shape_of(rules.edition, columns, rules.sizes), with_duplicates)
    for one in files:
        builder.add(one)
    return builder.cohort(created)


class _Builder:
    def __init__(self, rules: Rules, shape: Shape, with_duplicates: bool) -> None:
        self._rules = rules
        self._shape = shape
        self._with_duplicates = with_duplicates
        self._groups = Groups(rules.vocabulary)
        self._cells: dict[Key, int] = {}
        self._levels: npt.NDArray[np.int64] = np.zeros((64, len(shape.levels)), np.int64)
        self._waiting: list[tuple[Ints, Ints]] = []
        self._size = 0
        self._counts = Counts()
        self._parts: dict[str, tuple[Part, str]] = {}

    def add(self, results: Results) -> None:
        """Count one file."""
        shape = self._shape
        # all columns that say who and which input, and every number
        columns = [name for name in (*_WHO, FILE) if name in results.columns]
        columns += ["status", "level", *shape.values, "duplicate"]
        sums: dict[str, list[int]] = {}
        start = 1
        for batch in results.batches(columns):
            self._add(batch, _Block(batch, results.place, start, shape), sums)
            start += batch.num_rows
        for name, (first, second, number) in sums.items():
            text = f"{self._rules.edition.digest} {first} {second} {number}"
            part = Part("sha256:" + hashlib.sha256(text.encode()).hexdigest(), number)
            told = f"{results.path}: {name}" if name else str(results.path)
            if part.digest in self._parts:
                params = {"results": number, "first": self._parts[part.digest][1]}
                raise InputError(Problem("cohort_twice", params, results.place, shown(name)))
            self._parts[part.digest] = (part, told)

    def _add(self, batch: pa.RecordBatch, block: _Block, sums: dict[str, list[int]]) -> None:
        rows = batch.num_rows
        block.part(sums)
        kept = block.complete & (np.True_ if self._with_duplicates else ~block.duplicate)
        left_out = 0 if self._with_duplicates else int(np.count_nonzero(block.duplicate))
        counted = int(np.count_nonzero(kept))
        repeated = int(np.count_nonzero(kept & block.duplicate))
        self._counts = self._counts.plus(Counts(rows, counted, rows - counted - left_out, left_out, repeated))
        index = np.flatnonzero(kept)
        cells = self._cells_of(block, index)
        np.add.at(self._levels, (cells, block.level[index]), 1)
        width = len(self._shape.values)
        for number, name in enumerate(self._shape.values):
            values, known = block.values(name, kept)
            keys = ((cells * width + number) << _BITS) + values[index]
            if known is not None:
                keys = keys[known[index]]
            self._keep(*np.unique(keys, return_counts=True))

    def _cells_of(self, block: _Block, rows: Codes) -> Codes:
        """The number of each row's cell."""
        texts = {name: block.texts[name] for name in GROUPINGS if name in block.texts}
        coded = self._groups.codes(texts, rows)
        code = np.zeros(len(rows), np.int64)
        for name in GROUPINGS:
            code = code * len(coded[name][0]) + coded[name][1]
        distinct, which = np.unique(code, return_inverse=True)
        numbers = np.zeros(len(distinct), np.int64)
        for place, value in enumerate(distinct.tolist()):
            key = []
            for name in reversed(GROUPINGS):
                ids = coded[name][0]
                value, at = divmod(value, len(ids))  # noqa: PLW2901
                key.append(NOT_STATED if ids[at] == BLANK else ids[at])
            numbers[place] = self._cells.setdefault((key[2], key[1], key[0]), len(self._cells))
        while len(self._cells) > len(self._levels):
            self._levels = np.concatenate((self._levels, np.zeros_like(self._levels)))
        return numbers[which]

    def _keep(self, keys: Ints, counts: Ints) -> None:
        self._waiting.append((keys, counts))
        self._size += len(keys)
        if self._size > COMPACT + 2 * len(self._waiting[0][0]):
            self._compact()

    def _compact(self) -> None:
        keys, counts = (np.concatenate(part) for part in zip(*self._waiting, strict=True))
        self._waiting = [added(keys, counts)]
        self._size = len(self._waiting[0][0])

    def cohort(self, created: str) -> Cohort:
        """What was counted."""
        names = list(self._shape.values)
        if self._waiting:
            self._compact()
        keys, counts = self._waiting[0] if self._waiting else (np.zeros(0, np.int64), np.zeros(0, np.int64))
        ends = np.searchsorted(keys >> _BITS, np.arange(len(self._cells) * len(names) + 1))
        values = keys & ((1 << _BITS) - 1)
        cells = {}
        for key, cell in self._cells.items():
            spread = {}
            for number, name in enumerate(names):
                span = slice(ends[cell * len(names) + number], ends[cell * len(names) + number + 1])
                spread[name] = Distribution(values[span], counts[span])
            levels = tuple(self._levels[cell].tolist())
            cells[key] = Cell(sum(levels), levels, spread)
        parts = tuple(sorted(part for part, _ in self._parts.values()))
        edition = self._rules.edition
        return Cohort(edition.ref, edition.digest, created, self._shape, parts, self._counts, cells)


class _Block:
    """Some rows of results, checked.

    Raises:
        InputError: a row says what no batch writes.
    """

    def __init__(self, batch: pa.RecordBatch, place: Place, start: int, shape: Shape) -> None:
        self._batch = batch
        self._place = place
        self._start = start
        self._shape = shape
        self.texts = {name: TextColumn.of(self._text(name)) for name in (*_WHO, FILE) if name in batch.schema.names}
        status = self._coded("status", _STATUS)
        self.complete: Flags = status == 0
        self.duplicate: Flags = self._coded("duplicate", ("false", "true")) == 1
        level = self._coded("level", (*shape.levels, ""))
        self._refuse(self.complete & (level == len(shape.levels)), "level", "")
        self.level = level

    def _text(self, name: str) -> pa.Array:
        return self._cast(name, pa.string())

    def _cast(self, name: str, wanted: pa.DataType) -> pa.Array:
        column = self._batch.column(name)
        try:
            return column if column.type == wanted else column.cast(wanted)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            raise InputError(Problem("column_type", {"found": str(column.type)}, self._place, name)) from None

    def _coded(self, name: str, allowed: tuple[str, ...]) -> Codes:
        """Which of the *allowed* texts each row has; blank counts as the last where that is allowed."""
        encoded = self._text(name).dictionary_encode()
        column = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
        table = [allowed.index(text) if text in allowed else -1 for text in encoded.dictionary.to_pylist()]
        table.append(allowed.index("") if "" in allowed else -1)
        codes: Codes = np.array(table, np.intp)[column]
        self._refuse(codes < 0, name, ", ".join(text for text in allowed if text))
        return codes

    def values(self, name: str, rows: Flags) -> tuple[Ints, Flags | None]:
        """Values as they are counted, and where they are known; *rows* must be possible."""
        unit = self._shape.values[name]
        column = self._numbers(name)
        known = None if not column.null_count else column.is_valid().to_numpy(zero_copy_only=False)
        if unit == "hundredths":
            millionths = Points.of(column).values
            values = hundredths(millionths)
            wrong = (millionths < 0) | (values > TOP)
        else:
            values = column.fill_null(0).to_numpy(zero_copy_only=False)
            wrong = (values < 0) | (values > 127)
        wrong = wrong & rows if known is None else wrong & rows & known
        self._refuse(wrong, name, "0–100")
        if known is not None and self._shape.whole(name):
            self._refuse(rows & ~known, name, "0–100")
        return values, known

    def _numbers(self, name: str) -> pa.Array:
        """A column as decimals or whole numbers."""
        scores = self._shape.values[name] == "hundredths"
        column, wanted = self._batch.column(name), DECIMAL if scores else pa.int64()
        if pa.types.is_string(column.type):
            pattern = r"^-?[0-9]{1,3}(\.[0-9]{1,6})?$" if scores else r"^-?[0-9]{1,3}$"
            sound = pc.match_substring_regex(column, pattern).fill_null(True)
            self._refuse(~sound.to_numpy(zero_copy_only=False), name, "0–100")
        return self._cast(name, wanted)

    def _refuse(self, wrong: Flags, name: str, allowed: str) -> None:
        if wrong.any():
            row = int(np.argmax(wrong))
            found = shown(self._batch.column(name)[row].as_py())
            params = {"row": self._start + row, "column": name, "found": found, "allowed": allowed or "–"}
            raise InputError(Problem("cohort_value", params, self._place, name))

    def part(self, sums: dict[str, list[int]]) -> None:
        """Add this block to the sums that tell each input's results from others, whatever their order."""
        rows = self._batch.num_rows
        who = [self._prints(name) for name in _WHO]
        scores = np.where(self.complete, self.values(SCORE, self.complete)[0], -1).astype(np.uint64)
        prints = []
        for factor in _FACTOR:
            state = np.zeros(rows, np.uint64)
            for found in who:
                # a blank among them moves those that follow
                state = _mixed((state + np.uint64(1)) ^ found, factor)
            prints.append(_mixed(state ^ scores, factor))
        names, codes = self._inputs()
        for index, name in enumerate(names):
            mine = codes == index
            first, second = (int(one[mine].sum(dtype=np.uint64)) for one in prints)
            held = sums.setdefault(name, [0, 0, 0])
            held[0] = (held[0] + first) % 2**64
            held[1] = (held[1] + second) % 2**64
            held[2] += int(np.count_nonzero(mine))

    def _prints(self, name: str) -> npt.NDArray[np.uint64]:
        found = np.zeros(self._batch.num_rows, np.uint64)
        if name in self.texts:
            told = Fingerprints(self.texts[name])
            found[told.rows] = told.key
        return found

    def _inputs(self) -> tuple[list[str], Codes]:
        """Which input of the batch each row comes from."""
        if FILE not in self.texts:
            return [""], np.zeros(self._batch.num_rows, np.intp)
        encoded = self._text(FILE).fill_null("").dictionary_encode()
        return encoded.dictionary.to_pylist(), encoded.indices.to_numpy(zero_copy_only=False)


def _mixed(value: npt.NDArray[np.uint64], factor: np.uint64) -> npt.NDArray[np.uint64]:
    value = (value ^ (value >> np.uint64(32))) * factor
    return value ^ (value >> np.uint64(29))
