"""What a batch is read from: files, folders, globs, stdin; CSV in any of four encodings, plain or gzip; Parquet;
filled forms."""

from __future__ import annotations

import codecs
import contextlib
import glob
import os
import re
import stat
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np

from bamai.answers import IDENTITY, Judge, other_rules
from bamai.batch.cells import TextColumn
from bamai.batch.csvfile import BLOCK, Block, Grammar, Refused, Splitter, valid_utf8
from bamai.batch.kernel import FILE, Cells, Header, Options, Rows, result_schema
from bamai.catalog import Edition
from bamai.checks import fold
from bamai.errors import InputError, Mistakes, Place, Problem, UsageError, Words, why
from bamai.formfile import FormDocument, open_form
from bamai.schema import did_you_mean, meant, nearest
from bamai.texts import LANGS, printable, shown, t
from bamai.workbook import SUFFIXES as FORM_SUFFIXES
from bamai.yamlfile import read as read_yaml

CSV_SUFFIXES = (".csv", ".tsv", ".txt", ".csv.gz", ".tsv.gz", ".txt.gz")
SUFFIXES = (*CSV_SUFFIXES, ".parquet", *FORM_SUFFIXES)
NOTES = (".txt", ".txt.gz")
"""In a folder these are as likely somebody's notes as tables: read when they are named, or a pattern names them."""

STDIN = "-"

ENCODINGS = {
    "utf-8": "utf-8", "utf8": "utf-8", "utf-8-sig": "utf-8",
    "gb18030": "gb18030", "gbk": "gb18030", "gb2312": "gb18030", "cp936": "gb18030",
    "utf-16": "utf-16", "utf-16-le": "utf-16-le", "utf-16-be": "utf-16-be", "utf-16le": "utf-16-le",
    "utf-16be": "utf-16-be",
}  # fmt: skip
"""What ``--encoding`` may say, and how it is read: GB18030 contains GBK and GB2312."""

DELIMITERS = (",", "\t", ";")
MAX_HEADER = 4 << 20
"""Bytes; a hundred thousand columns may have names of some length."""

_BROKEN = "bamai.broken"
_BLANK = re.compile(rb"[\r\n]*\n")


def found_files(names: list[str]) -> list[str]:
    """The input files that *names* stand for, in order: a file is itself, a folder all its input files, a pattern
    what it matches.

    Raises:
        UsageError: nothing is there, or a file is of no known kind.
    """
    files: list[str] = []
    problems: list[Problem] = []
    for name in names:
        path = Path(name)
        if name == STDIN:
            files.append(name)
        elif path.is_dir():
            inside = sorted(str(p) for p in path.iterdir() if p.is_file() and _known(p, not_=NOTES))
            if not inside:
                allowed = ", ".join(suffix for suffix in SUFFIXES if suffix not in NOTES)
                problems.append(Problem("folder_without_rows", {"allowed": allowed}, Place(name)))
            files += inside
        elif path.exists():
            if not _known(path):
                problems.append(
                    Problem("input_suffix", {"found": path.suffix, "allowed": ", ".join(SUFFIXES)}, Place(name))
                )
            files.append(name)
        elif glob.has_magic(name):
            matched = sorted(p for p in glob.glob(name, recursive=True) if Path(p).is_file() and _known(Path(p)))  # noqa: PTH207
            if not matched:
                problems.append(Problem("pattern_matches_nothing", {}, Place(name)))
            files += matched
        else:
            problems.append(Problem("file_not_found", {}, Place(name)))
    first: dict[str, str] = {}
    for name in files:
        file = name if name == STDIN else os.path.realpath(name)
        if file in first:
            problems.append(Problem("input_twice", {"first": printable(first[file])}, Place(name)))
        first.setdefault(file, name)
    if problems:
        raise UsageError(problems)
    return files


def _known(path: Path, not_: tuple[str, ...] = ()) -> bool:
    name = path.name.lower()
    # what begins so is a lock that Office leaves beside an open workbook
    return name.endswith(SUFFIXES) and not name.endswith(not_) and not name.startswith("~$")


def is_form(name: str) -> bool:
    """Whether an input is a workbook by its name."""
    return name.lower().endswith(FORM_SUFFIXES)


# ── headers ──────────────────────────────────────────────────────────────────────────────────────────


class Mapped(NamedTuple):
    """``--columns``: our name for each foreign one, where that is written and how; None leaves a column out."""

    names: Mapping[str, str | None]
    places: Mapping[str, Place] = {}
    written: Mapping[str, str] = {}

    @classmethod
    def read(cls, path: Path | None) -> Mapped:
        """A YAML file of ``their name: our name`` pairs.

        Raises:
            InputError: the file is not such a list.
        """
        if path is None:
            return cls({})
        document = read_yaml(path, "text")
        data = document.data
        if not isinstance(data, dict):
            raise InputError(Problem("not_a_mapping", {"found": shown(data)}, document.place()))
        wrong = Mistakes()
        first: dict[str, str] = {}
        for key, value in data.items():
            if not (value is None or isinstance(value, str)):
                wrong.append(Problem("not_text", {"found": shown(value)}, document.place((key,)), shown(key)))
            if fold(key) in first:
                params = {"found": shown(key), "first": shown(first[fold(key)])}
                wrong.append(Problem("column_twice", params, document.place((key,))))
            first.setdefault(fold(key), key)
        if wrong:
            raise InputError(wrong)
        places = {fold(key): document.place((key,)) for key in data}
        return cls({fold(key): value or None for key, value in data.items()}, places, {fold(key): key for key in data})

    def unused(self, columns: Iterable[str]) -> Iterator[Problem]:
        """Entries for what none of *columns* is called: they may be for other files, or misspelt."""
        known = {fold(column): column for column in columns}
        for folded, key in self.written.items():
            if folded not in known:
                close = nearest(folded, known)
                params = {"found": shown(key), "hint": meant(shown(known[close]) if close else None)}
                yield Problem("mapped_from_unknown", params, self.places[folded])


class Reading(NamedTuple):
    """How inputs are to be read."""

    edition: Edition
    options: Options
    mapped: Mapped = Mapped({})
    keep: bool = False
    encoding: str | None = None
    several: bool = False


def known_names(edition: Edition) -> dict[str, str]:
    """Every name that a column may have, folded, with ours."""
    names = dict(Judge(edition).names)
    for name in IDENTITY:
        names[name] = name
        names |= {fold(t(f"field.{name}", lang)): name for lang in LANGS}
    return names


def understood(written: list[str], reading: Reading, place: Place) -> Header:
    """What the columns called *written* mean.

    Raises:
        InputError: with every column that is unknown, double, or not allowed.
    """
    known = known_names(reading.edition)
    problems: list[Problem] = Mistakes()
    taken: dict[str, str] = {}
    identity: dict[str, int] = {}
    questions: dict[str, int] = {}
    kept: dict[str, int] = {}
    for index, text in enumerate(written):
        folded = fold(text)
        named = reading.mapped.names.get(folded, text) if folded else None
        if named is None:
            if not folded:
                problems.append(Problem("column_without_name", {"found": index + 1}, place))
            continue
        name = known.get(fold(named))
        if name is None:
            if reading.keep and named is text:
                name = text
                kept[name] = index
            else:
                params = {"found": shown(named), "hint": did_you_mean(fold(named), known)}
                if named is text:
                    problems.append(Problem("unknown_column", params, place))
                else:
                    problems.append(Problem("mapped_to_unknown", params, reading.mapped.places.get(folded, place)))
                continue
        if name in taken:
            problems.append(Problem("column_twice", {"found": shown(text), "first": shown(taken[name])}, place))
            continue
        taken[name] = text
        if name in IDENTITY:
            identity[name] = index
        elif name not in kept:
            questions[name] = index
    if not problems and not {"id", "name"} & set(identity):
        problems.append(Problem("no_identity_column", {"found": shown(written)}, place))
    ours = {name: identity[name] for name in IDENTITY if name in identity}
    header = Header(len(written), ours, questions, kept, taken)
    results = {*result_schema(reading.edition, header._replace(kept={}), reading.options).names}
    results |= {FILE} if reading.several else set()
    clashing = [name for name in kept if name in results]
    problems += [Problem("column_is_a_result", {"found": shown(name)}, place) for name in clashing]
    if problems:
        raise InputError(problems)
    return header


# ── CSV ──────────────────────────────────────────────────────────────────────────────────────────────


State = tuple[int, int]
"""Size and time of a file: what it shows by when it is changed."""


def state_of(file: str | int) -> State | None:
    """Of a path or a descriptor; None where a change would not show: of a pipe."""
    found = os.stat(file)  # noqa: PTH116  (of a descriptor too)
    return (found.st_size, found.st_mtime_ns) if stat.S_ISREG(found.st_mode) else None


def changed(place: Place) -> InputError:
    """What is said of a file that was changed while it was read: its rows would be those of two files."""
    return InputError(Problem("input_changed", {}, place))


PACKED = 1 << 14
"""Bytes unpacked at a time: after the end of a member, and there may be millions, the rest of them is copied."""


class Gunzip:
    """Reads gzip, of several members too, as far as it is whole; :meth:`complain` says whether that was the end."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._unpack = zlib.decompressobj(wbits=31)
        self._packed = b""
        self.taken = 0  # compressed bytes
        self._why: Words | str = ""

    def read(self, size: int) -> bytes:
        """At most *size* bytes; none at the end, or where the damage begins."""
        while not self._why:
            if self._unpack.eof:
                self._packed = self._unpack.unused_data or self._more()
                if not self._packed.strip(b"\0"):  # some programs pad with zeros
                    return b""
                self._unpack = zlib.decompressobj(wbits=31)
            else:
                self._packed = self._unpack.unconsumed_tail or self._more()
                if not self._packed:
                    self._why = Words.of("gzip_ends")
                    break
            before = self._unpack.copy()
            try:
                chunk = self._unpack.decompress(self._packed, size)
            except zlib.error as error:
                self._why = str(error)
                chunk = _salvaged(before, self._packed)
            if chunk:
                return chunk
        return b""

    def _more(self) -> bytes:
        packed = self._stream.read(PACKED)
        self.taken += len(packed)
        return packed

    def complain(self, place: Place) -> None:
        """Raises InputError where reading ended before the file was whole."""
        if self._why:
            raise InputError(Problem("gzip_damaged", {"why": self._why}, place))

    def fileno(self) -> int:
        return self._stream.fileno()

    def close(self) -> None:
        self._stream.close()


def _salvaged(unpack: Any, packed: bytes) -> bytes:
    """What comes before the damage: the error took with it what its call had unpacked."""
    found = []
    with contextlib.suppress(zlib.error):
        for index in range(len(packed)):
            found.append(unpack.decompress(packed[index : index + 1]))
    return b"".join(found)


class CsvInput:
    """One CSV file, opened: its encoding, delimiter and header are known, its blocks wait to be read.

    Attributes:
        encoding: of the blocks.
        columns: how its header calls them.
        guessed: the encoding of the file, where nothing but its content says it.

    Raises:
        InputError: it cannot be read, is empty, or its header is wrong.
    """

    def __init__(self, name: str, reading: Reading) -> None:
        self.name = name
        self.place = Place("<stdin>" if name == STDIN else name)
        self._raw = self._open()
        try:
            self._begin(reading)
        except BaseException:
            self.close()
            raise

    def _begin(self, reading: Reading) -> None:
        self.state = self._now()
        self.size = self.state[0] if self.state else 0
        self.consumed = 0
        start = self._at_least(BLOCK)
        self._blank = 0
        while start and not start.strip(b"\r\n"):
            self._blank += start.count(b"\n")
            start = self._at_least(BLOCK)
        if not start and isinstance(self._raw, Gunzip):
            self._raw.complain(self.place)
        if not start.strip(b"\xef\xbb\xbf\r\n\0 "):
            raise InputError(Problem("file_empty", {}, self.place))
        self.encoding, guessed, start = self._settle_encoding(start, reading.encoding)
        self.guessed = self.encoding if guessed else None
        self._convert: Callable[[bytes, bool], bytes] | None = None
        if self.encoding.startswith("utf-16"):
            self._convert = _to_utf8(self.encoding)
            start = self._convert(start, False)
            self.encoding = "utf-8"
        self._returns_only = b"\n" not in start and b"\r" in start
        if self._returns_only:
            start = start.replace(b"\r", b"\n")
        self._read_header(start, reading)

    def _open(self) -> IO[bytes] | Gunzip:
        try:
            if self.name == STDIN:
                return sys.stdin.buffer
            path = Path(self.name)
            stream = path.open("rb")
            if path.name.lower().endswith(".gz"):
                return Gunzip(stream)
            return stream
        except OSError as error:
            raise InputError(Problem("file_unreadable", {"why": why(error)}, Place(self.name))) from None

    def _more(self, size: int) -> bytes:
        try:
            chunk = self._raw.read(size)
        except OSError as error:
            raise InputError(Problem("file_unreadable", {"why": why(error)}, self.place)) from None
        # of the file as it lies on disk: how far a run is
        self.consumed = self._raw.taken if isinstance(self._raw, Gunzip) else self.consumed + len(chunk)
        return chunk

    def _at_least(self, size: int) -> bytes:
        parts = [self._more(size)]
        while parts[-1] and sum(map(len, parts)) < size:
            parts.append(self._more(size))
        return b"".join(parts)

    def _settle_encoding(self, start: bytes, asked: str | None) -> tuple[str, bool, bytes]:
        """Encoding, whether it was guessed, and the content without its mark."""
        if start.startswith(codecs.BOM_UTF8):
            return "utf-8", False, start[len(codecs.BOM_UTF8) :]
        for mark, name in ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
            if start.startswith(mark):
                return name, False, start[len(mark) :]
        if asked is not None:
            encoding = ENCODINGS[asked.lower()]
            return "utf-16-le" if encoding == "utf-16" else encoding, False, start
        if start[1:200:2].count(0) > 90 or start[0:200:2].count(0) > 90:
            return "utf-16-le" if start[1:200:2].count(0) > 90 else "utf-16-be", True, start
        return self._guessed(start)

    def _guessed(self, start: bytes) -> tuple[str, bool, bytes]:
        """UTF-8 or GB18030, by which of them fewer lines break."""
        sample = self._telling() if start.isascii() else start
        whole = sample[: sample.rfind(b"\n") + 1] or sample
        if sample.isascii() or valid_utf8(whole):
            return "utf-8", False, start
        lines = [line for line in whole.split(b"\n") if not line.isascii()]
        broken = {name: sum(not _decodes(line, name) for line in lines) for name in ("utf-8", "gb18030")}
        return min(broken, key=lambda name: broken[name]), True, start

    def _telling(self) -> bytes:
        """The first stretch that is not ASCII, which is the same in every encoding; stdin cannot be read ahead."""
        if self.name == STDIN:
            return b""
        with contextlib.closing(self._open()) as stream:
            while chunk := stream.read(BLOCK):
                if not chunk.isascii():
                    return chunk
        return b""

    def _read_header(self, start: bytes, reading: Reading) -> None:
        self.first_line = 1 + self._blank
        self._refuse_wide(start)
        delimiter = None
        if start[:4].lower() == b"sep=":  # a line that spreadsheets write to say their delimiter
            hint, _, start = start.partition(b"\n")
            delimiter = hint.rstrip(b"\r")[4:5].decode("ascii", "replace") or None
            self.first_line += 1
        blank = _BLANK.match(start)
        if blank is not None:
            start = start[blank.end() :]
            self.first_line += blank[0].count(b"\n")
        choices = (delimiter,) if delimiter in DELIMITERS else DELIMITERS
        headers = [found for mark in choices if mark and (found := self._header(start, mark))]
        if not headers:
            raise InputError(Problem("header_quotes", {}, self.place._replace(line=self.first_line)))
        names = known_names(reading.edition)
        foreign = reading.mapped.names

        def recognised(found: tuple[list[str], int, Grammar]) -> tuple[int, int]:
            folded = [fold(text) for text in found[0]]
            return sum(text in names or text in foreign for text in folded), len(folded)

        written, end, self.grammar = max(headers, key=recognised)
        self.columns = written
        self.header = understood(written, reading, self.place._replace(line=self.first_line))
        self.first_line += start[:end].count(b"\n")
        self._rest = start[end:]

    def _refuse_wide(self, start: bytes) -> None:
        """No text has NUL bytes but UTF-16, of which a header of Chinese words has few: too few to be sure of it."""
        header = start[:MAX_HEADER].partition(b"\n")[0]
        if b"\0" in header:
            likely = ["utf-16-le", "utf-16-be"]
            if header[0::2].count(0) > header[1::2].count(0):
                likely.reverse()
            params = {"likely": likely[0], "other": likely[1]}
            raise InputError(Problem("header_nul", params, self.place._replace(line=self.first_line)))

    def _header(self, start: bytes, delimiter: str) -> tuple[list[str], int, Grammar] | None:
        """Column names by one delimiter; None where quotes do not fit it."""
        grammar = Grammar(delimiter)
        parsed = grammar.record(start[:MAX_HEADER])
        if parsed is None or parsed[0] is None:
            return None
        if parsed[1] == MAX_HEADER < len(start) and not start.endswith(b"\n", 0, MAX_HEADER):
            raise InputError(Problem("header_too_long", {"limit": MAX_HEADER >> 20}, self.place))
        texts = [field.decode(self.encoding, "backslashreplace") for field in parsed[0]]
        return texts, parsed[1], grammar

    def blocks(self) -> Iterator[Block]:
        """The blocks after the header, in order."""
        return iter(Splitter(self._next, self._rest, self.grammar, self.header.fields))

    def _next(self, size: int) -> bytes:
        while True:
            chunk = self._more(size)
            if not chunk and isinstance(self._raw, Gunzip):
                self._raw.complain(self.place)
            if self._convert is not None:
                converted = self._convert(chunk, not chunk)
                if chunk and not converted:
                    continue
                chunk = converted
            return chunk.replace(b"\r", b"\n") if self._returns_only else chunk

    def _now(self) -> State | None:
        return None if self.name == STDIN else state_of(self._raw.fileno())

    def changed(self) -> bool:
        """Whether somebody has written to it since it was opened; what took its place is another file."""
        return self._now() != self.state

    def close(self) -> None:
        if self.name != STDIN:
            self._raw.close()


def _decodes(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _to_utf8(encoding: str) -> Callable[[bytes, bool], bytes]:
    # what cannot be decoded becomes half a surrogate pair, which is no UTF-8: its line will be refused
    codecs.register_error(_BROKEN, lambda error: ("\ud800", getattr(error, "end", 0)))
    decoder = codecs.getincrementaldecoder(encoding)(_BROKEN)

    def convert(chunk: bytes, final: bool) -> bytes:
        return decoder.decode(chunk, final).encode("utf-8", "surrogatepass")

    return convert


# ── Parquet ──────────────────────────────────────────────────────────────────────────────────────────

BATCH_ROWS = 1 << 15
"""Rows of Parquet that are scored together, at most."""


class ParquetInput:
    """One Parquet file; its columns become text as they would be written in a CSV.

    Raises:
        InputError: it is no Parquet, its header is wrong, or a column holds no single values.
    """

    first_line = 1
    guessed = None
    encoding = "utf-8"

    def __init__(self, name: str, reading: Reading) -> None:
        import pyarrow as pa  # noqa: PLC0415
        from pyarrow import parquet  # noqa: PLC0415

        self.name = name
        self.place = Place(name)
        try:
            self.state, self._number = state_of(name), os.stat(name).st_ino  # noqa: PTH116
            # a text that comes again is one text until its rows are spelled out, a few at a time
            with parquet.ParquetFile(name) as file:
                texts = [field.name for field in file.schema_arrow if _is_text(field.type)]
            self._file = parquet.ParquetFile(name, read_dictionary=texts)
        except (OSError, pa.ArrowException, ValueError) as error:  # a name that is no text
            raise InputError(Problem("not_parquet", {"why": shown(str(error), 200)}, self.place)) from None
        self.size = self._file.metadata.num_rows
        self.consumed = 0
        schema = self._file.schema_arrow
        self.columns = list(schema.names)
        self.header = understood(self.columns, reading, self.place)
        used = {*self.header.identity.values(), *self.header.questions.values(), *self.header.kept.values()}
        wrong = [
            Problem("column_type", {"found": str(field.type)}, self.place, shown(field.name))
            for index, field in enumerate(schema)
            if index in used and not _as_text_possible(field.type)
        ]
        if wrong:
            raise InputError(wrong)

    def batches(self, groups: Iterable[int] | None = None) -> Iterator[Any]:
        """Record batches of text, of some row groups or of all.

        Raises:
            InputError: the file is damaged; what came before is given first.
        """
        import pyarrow as pa  # noqa: PLC0415

        waiting: list[Any] = []
        try:
            for part in self._parts(groups):
                if waiting and not _fit([*waiting, part]):
                    yield _joined(waiting)
                    waiting = []
                waiting.append(part)
        except (OSError, pa.ArrowException) as error:
            if waiting:
                yield _joined(waiting)
            raise InputError(Problem("parquet_damaged", {"why": shown(str(error), 200)}, self.place)) from None
        if waiting:
            yield _joined(waiting)

    def _parts(self, groups: Iterable[int] | None) -> Iterator[Any]:
        import pyarrow as pa  # noqa: PLC0415

        # one group at a time: a batch over several would be lost with one of them that is damaged
        for group in range(self._file.metadata.num_row_groups) if groups is None else groups:
            for batch in self._file.iter_batches(batch_size=BATCH_ROWS, row_groups=[group]):
                for part in _slices(batch):
                    self.consumed += part.num_rows
                    columns = [as_text(column) for column in part.columns]
                    yield pa.RecordBatch.from_arrays(columns, names=part.schema.names)

    def changed(self) -> bool:
        """Whether somebody has written to it since it was opened; what took its place is another file."""
        with contextlib.suppress(OSError):  # it was moved away, and is still being read
            return os.stat(self.name).st_ino == self._number and state_of(self.name) != self.state  # noqa: PTH116
        return False

    def close(self) -> None:
        self._file.close()


def _is_text(kind: Any) -> bool:
    import pyarrow as pa  # noqa: PLC0415

    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _fit(parts: list[Any]) -> bool:
    """Whether *parts*, of row groups that are small, may be one batch."""
    return bool(sum(one.num_rows for one in parts) <= BATCH_ROWS and sum(one.nbytes for one in parts) <= 2 * BLOCK)


def _joined(parts: list[Any]) -> Any:
    import pyarrow as pa  # noqa: PLC0415

    return parts[0] if len(parts) == 1 else pa.concat_batches(parts)


def _slices(batch: Any) -> Iterator[Any]:
    """*batch* in parts whose texts take no more than twice :data:`BLOCK` each, or are single rows."""
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.compute as pc  # noqa: PLC0415

    sizes = np.zeros(batch.num_rows, np.int64)
    for column in batch.columns:
        if pa.types.is_dictionary(column.type) and _is_text(column.type.value_type):
            lengths = pc.binary_length(column.dictionary)
            sizes += lengths.take(column.indices).fill_null(0).to_numpy(zero_copy_only=False)
    if int(sizes.sum()) <= 2 * BLOCK:
        yield batch
        return
    ends = np.cumsum(sizes)
    start = 0
    while start < batch.num_rows:
        before = int(ends[start - 1]) if start else 0
        stop = max(start + 1, int(np.searchsorted(ends, before + 2 * BLOCK, side="right")))
        yield batch.slice(start, stop - start)
        start = stop


def _as_text_possible(kind: Any) -> bool:
    import pyarrow as pa  # noqa: PLC0415

    if pa.types.is_dictionary(kind):
        return _as_text_possible(kind.value_type)
    return any(
        test(kind)
        for test in (
            pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view, pa.types.is_integer,
            pa.types.is_floating, pa.types.is_decimal, pa.types.is_boolean, pa.types.is_null,
        )
    )  # fmt: skip


def as_text(column: Any) -> Any:
    """An Arrow column as the text that a CSV would hold: whole floats without a point, none with an exponent, NaN as
    nothing."""
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.compute as pc  # noqa: PLC0415

    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.dictionary_decode()
        kind = column.type
    if pa.types.is_floating(kind):
        column = pc.if_else(pc.is_nan(column), pa.scalar(None, kind), column)
    if not _as_text_possible(kind):  # a column that nobody uses
        return pa.nulls(len(column), pa.string())
    text = column.cast(pa.string())
    if pa.types.is_decimal(kind) and kind.scale > 0:
        return pc.utf8_rtrim(pc.utf8_rtrim(text, "0"), ".")
    if not pa.types.is_floating(kind):
        return text
    text = pc.replace_substring_regex(text, r"\.0$", "")
    short = pc.fill_null(pc.match_substring(text, "e"), False)
    if not pc.any(short).as_py():
        return text
    whole = [format(Decimal(one), "f") for one in text.filter(short).to_pylist()]
    return pc.replace_with_mask(text, short, pa.array(whole, pa.string()))


# ── forms ────────────────────────────────────────────────────────────────────────────────────────────


class FormInput:
    """One filled form: one record, whose columns are called by their cells. A broken one is a refused record."""

    first_line = 1
    guessed = None
    encoding = "utf-8"
    columns: Sequence[str] = ()  # they are ours
    state = None  # it is read at once

    def __init__(self, name: str, reading: Reading) -> None:
        self.name = name
        self.place = Place(name)
        self._edition = reading.edition
        self.size = Path(name).stat().st_size
        self.consumed = 0
        self.header = self._header({})

    def _header(self, cells: Mapping[str, str]) -> Header:
        names = [*IDENTITY, *self._edition.questions]
        index = {name: i for i, name in enumerate(names)}
        identity = {name: index[name] for name in IDENTITY}
        questions = {name: index[name] for name in self._edition.questions}
        return Header(len(names), identity, questions, {}, {name: cells.get(name, name) for name in names})

    def batches(self) -> Iterator[Rows]:
        """The record."""
        self.consumed = self.size
        try:
            document = open_form(Path(self.name))
        except InputError as error:
            yield self._refused(error.problems)
            return
        edition = self._edition
        problems = list(document.problems)
        if document.data["model"] != edition.ref:
            params = {"found": shown(document.data["model"]), "allowed": edition.ref}
            problems = [Problem("form_other_model", params, document.place(("model",)))]
        elif document.digest != edition.without_profile.digest:
            problems = [other_rules(document, edition)]
        yield self._refused(problems) if problems else self._row(document)

    def _row(self, document: FormDocument) -> Rows:
        answers = {name: entry["value"] for name, entry in document.data["answers"].items()}
        texts = document.data["enterprise"] | {
            name: value if isinstance(value, str) else "|".join(value) for name, value in answers.items()
        }
        cells = {name: document.place(("enterprise", name)).cell for name in IDENTITY}
        cells |= {name: document.place(("answers", name)).cell for name in self._edition.questions}
        header = self._header({name: cell for name, cell in cells.items() if cell})
        columns = {name: TextColumn.of_texts([texts.get(name, "")]) for name in cells}
        return Rows(header, Cells.of(columns), Cells.of({}), np.array([1]), None, (), 1)

    def _refused(self, problems: Iterable[Problem]) -> Rows:
        refused = tuple(Refused(0, 0, p.code, dict(p.params), "", p.place.cell or "") for p in problems)
        return Rows(
            Header(0, {}, {}, {}, {}), Cells.of({}), Cells.of({}), np.zeros(0, np.int64), None, refused, 1
        )  # fmt: skip

    def changed(self) -> bool:
        """Never: it is read at once."""
        return False

    def close(self) -> None:
        """Nothing is left open."""


def model_of_forms(names: Iterable[str]) -> str | None:
    """The model of the first form among *names* that can be read; None if other inputs are among them."""
    names = list(names)
    if not all(map(is_form, names)):
        return None
    for name in names:
        with contextlib.suppress(InputError):
            return str(open_form(Path(name)).data["model"])
    return None


Input = CsvInput | ParquetInput | FormInput


def opened(name: str, reading: Reading) -> Input:
    """The input called *name*, ready to be read."""
    if is_form(name):
        return FormInput(name, reading)
    return ParquetInput(name, reading) if name.lower().endswith(".parquet") else CsvInput(name, reading)
