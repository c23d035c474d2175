"""CSV as bytes: a stream is cut into blocks of whole records, and a block into cells.

Both are done here, and not by a CSV library, because every record must be accounted for with its number and its
physical line, a broken one must cost itself only, and cells are wanted as positions in the block, which the
judge's tables read without making strings.

The grammar: a cell that begins with a quote ends at the next quote that is not doubled, and a delimiter or the
end of the record must follow; in any other cell a quote is a character like others. A line with an even number of
quotes is a record of its own. A line with an odd number may open a record of several lines; where that record
does not fit the header, or does not end within :data:`LONGEST` bytes, the line stands alone and the lines after
it are read as if nothing had been.
"""

from __future__ import annotations

import codecs
import contextlib
import re
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa

from bamai.batch.cells import PADDING, WORD, TextColumn, padded
from bamai.errors import InputError

if TYPE_CHECKING:
    import numpy.typing as npt

    from bamai.answers import Flags, Ints
    from bamai.batch.cells import Bytes, Codes

BLOCK = 12 << 20
"""Bytes read at a time: large enough that what numpy costs by call does not count, small enough for memory."""

ROWS = 3 << 14
"""Rows of a block, about, where they are short."""

SAMPLE = 1 << 16
"""Bytes from which the length of a row is judged."""

LONGEST = 16 << 20
"""No record is longer; one that seems to be has an unclosed quote."""

PIECE = 1 << 18
"""Bytes that are searched for delimiters at a time."""

STEP = 512
"""Rows whose positions are put in order at a time."""

_NEWLINE, _RETURN, _QUOTE = 10, 13, 34
_STAND_IN = b"\x1a\n"
"""The line that stands in a block for a record that was parsed by itself."""


class Special(NamedTuple):
    """A record that the tokeniser must not read: already parsed, or refused.

    Attributes:
        line: index of its line in the block's data.
        lines: how many physical lines it takes.
        fields: its cells, in the file's encoding; None where it is refused.
        code: why it is refused.
        raw: its beginning, for the message.
    """

    line: int
    lines: int
    fields: list[bytes] | None
    code: str
    raw: bytes


class Block(NamedTuple):
    """Whole records of one file, each ending in a newline.

    Attributes:
        number: counts blocks from 0.
        data: ``body`` bytes of records, and the padding that reading in whole words needs.
        specials: records that only stand-ins in ``data`` represent.
        size: bytes of the stream that it takes.
    """

    number: int
    data: bytes
    body: int
    specials: tuple[Special, ...]
    size: int

    @classmethod
    def of(cls, number: int, pieces: Sequence[bytes | memoryview], specials: Sequence[Special], size: int) -> Block:
        """A block of the records in *pieces*."""
        body = sum(map(len, pieces))
        return cls(number, _padded_bytes(pieces, body), body, tuple(specials), size)


def _padded_bytes(pieces: Sequence[bytes | memoryview], size: int) -> bytes:
    return b"".join([*pieces, bytes(-size % WORD + PADDING)])


class Grammar:
    """Reads single records with one delimiter."""

    def __init__(self, delimiter: str) -> None:
        self.delimiter = delimiter
        mark = re.escape(delimiter.encode())
        inner = rb'"([^"]*+(?:""[^"]*+)*+)"'
        self._field = re.compile(rb"(?:" + inner + rb'|((?!")[^' + mark + rb"\n]*+))(?:(" + mark + rb")|\r?\n|\r?\Z)")
        self._quoted = re.compile(inner)

    def record(self, data: bytes, start: int = 0) -> tuple[list[bytes], int] | tuple[None, int] | None:
        """The record at *start*: its fields and where it ends; None and a position where a quoted cell is followed
        by something else; only None where a quote is still open at the end of *data*."""
        fields: list[bytes] = []
        position = start
        while True:
            found = self._field.match(data, position)
            if found is None:
                closed = self._quoted.match(data, position)
                return None if closed is None else (None, closed.end())
            position = found.end()
            quoted, plain, delimiter = found.groups()
            if delimiter is not None:
                fields.append(quoted.replace(b'""', b'"') if quoted is not None else plain)
                continue
            fields.append(quoted.replace(b'""', b'"') if quoted is not None else plain.removesuffix(b"\r"))
            return fields, position


class Splitter:
    """Cuts a stream into blocks of whole records.

    Args:
        read: gives the next bytes, at most as many as asked for, none at the end; ASCII-compatible, lines end in \\n.
        rest: bytes that were read already, from the beginning of a record.
        fields: how many the header has.
    Raises:
        InputError: *read* failed; what came before is given first.
    """

    def __init__(self, read: Callable[[int], bytes], rest: bytes, grammar: Grammar, fields: int) -> None:
        self._read = read
        self._rest = rest
        self._grammar = grammar
        self._fields = fields
        self._number = 0
        self._row = BLOCK  # bytes of a row, about

    def __iter__(self) -> Iterator[Block]:
        buffer, ended, unended, stuck = self._rest, False, False, False
        failure: InputError | None = None
        while not ended or buffer:
            most = self._most(buffer)
            reach = self._reach(buffer) if stuck else 0
            if not ended and (not reach and len(buffer) <= LONGEST if stuck else len(buffer) < most):
                try:
                    chunk = self._read(BLOCK if stuck else most - len(buffer))
                except InputError as error:  # whole lines before the damage count, a torn one does not
                    failure, chunk = error, b""
                    buffer = buffer[: buffer.rfind(b"\n") + 1]
                ended = not chunk
                end = chunk.rfind(b"\n") + 1
                if end and not stuck and b'"' not in chunk and b'"' not in buffer:
                    # nothing but lines that are records: they need not be put together first
                    size = len(buffer) + end
                    yield self._block([buffer, memoryview(chunk)[:end]], [], size)
                    buffer = chunk[end:]
                    continue
                buffer += chunk
            if ended and buffer and not buffer.endswith(b"\n"):
                buffer += b"\n"
                unended = True
            reach = reach or (self._reach(buffer) if stuck else 0)
            end = min(len(buffer), max(most, reach))
            end = buffer.rfind(b"\n", 0, end) + 1 or buffer.find(b"\n", end) + 1
            line = (buffer.find(b"\n") if end else len(buffer)) if stuck or not end else 0
            if line > LONGEST:
                special, size = Special(0, 1, None, "record_too_long", buffer[:200]), line + 1
                if end:
                    buffer = buffer[size:]
                else:
                    buffer, ended, skipped = self._after_newline()
                    size = line + skipped
                yield self._block([_STAND_IN], [special], size - (unended and not buffer))
            if line > LONGEST or not end:
                stuck = not end
                continue
            pieces, specials, end = self._parted(buffer, end, ended)
            buffer = buffer[end:]
            stuck = not end  # a record that is not over yet: it takes more to tell
            if end:
                yield self._block(pieces, specials, end - (unended and not buffer))
        if failure is not None:
            raise failure

    def _reach(self, buffer: bytes) -> int:
        """Where the record at the beginning of *buffer* ends; 0 where that takes more to tell, or it is none."""
        parsed = self._grammar.record(buffer)
        whole = parsed is not None and parsed[0] is not None and buffer.endswith(b"\n", 0, parsed[1])
        return parsed[1] if whole and parsed is not None else 0

    def _most(self, buffer: bytes) -> int:
        """Bytes of the next block: short rows make small blocks, for what a row takes in memory is the same."""
        if not self._number:
            self._row = _row(buffer)
        return min(BLOCK, max(SAMPLE, self._row * ROWS))

    def _block(self, pieces: Sequence[bytes | memoryview], specials: list[Special], size: int) -> Block:
        self._number += 1
        block = Block.of(self._number - 1, pieces, specials, size)
        self._row = _row(block.data)
        return block

    def _after_newline(self) -> tuple[bytes, bool, int]:
        """What follows the rest of a line that is given up, whether that is nothing, and how long the rest is."""
        skipped = 0
        while chunk := self._read(BLOCK):
            end = chunk.find(b"\n") + 1
            if end:
                return chunk[end:], False, skipped + end
            skipped += len(chunk)
        return b"", True, skipped

    def _parted(self, buffer: bytes, end: int, ended: bool) -> tuple[list[bytes | memoryview], list[Special], int]:
        """The block's data up to *end* at most, with lines of an odd number of quotes parsed by themselves."""
        body = np.frombuffer(buffer, np.uint8, end)
        view = memoryview(buffer)
        if buffer.find(b'"', 0, end) < 0:
            return [view[:end]], [], end
        newlines = np.flatnonzero(body == _NEWLINE)
        parity = (np.cumsum(body == _QUOTE, dtype=np.uint8) & 1)[newlines]
        odd = np.flatnonzero(np.diff(parity, prepend=np.uint8(0)))
        if not odd.size:
            return [view[:end]], [], end
        pieces: list[bytes | memoryview] = []
        specials: list[Special] = []
        copied = joined = 0  # bytes taken over; lines that joined records made fewer
        following = 0  # the first line that no record has taken yet
        for line in odd.tolist():
            if line < following:
                continue
            start = int(newlines[line - 1]) + 1 if line else 0
            first_end = int(newlines[line]) + 1
            parsed = self._grammar.record(buffer, start)
            if parsed is not None and parsed[1] - start > LONGEST:
                parsed = None
            waiting = parsed is None or (parsed[1] > end and parsed[0] is not None)
            if waiting and not ended and len(buffer) - start <= LONGEST:
                return [*pieces, view[copied:start]], specials, start
            stop, fields, code = first_end, None, "unclosed_quote"
            if parsed is not None and not waiting:
                if parsed[1] <= first_end:
                    fields, code = parsed[0], "bad_quotes"
                elif parsed[0] is not None and len(parsed[0]) == self._fields:
                    stop, fields = parsed[1], parsed[0]
            following = int(np.searchsorted(newlines, stop))
            pieces += [view[copied:start], _STAND_IN]
            specials.append(Special(line - joined, following - line, fields, code, buffer[start : start + 200]))
            joined += following - line - 1
            copied = stop
        return [*pieces, view[copied:end]], specials, end


def _row(data: bytes) -> int:
    """Bytes of a row, about."""
    return max(1, min(len(data), SAMPLE) // max(1, data.count(b"\n", 0, SAMPLE)))


def counted(block: Block) -> tuple[int, int]:
    """Records and physical lines of *block*, as :func:`tokenise` counts them, without reading its cells."""
    data = block.data[: block.body]
    lines = data.count(b"\n")
    blank = 0
    if data.startswith((b"\n", b"\r\n")) or b"\n\n" in data or b"\n\r\n" in data:
        blank = sum(line in (b"", b"\r") for line in data.split(b"\n")[:-1])
    return lines - blank, lines + sum(special.lines - 1 for special in block.specials)


# ── cells ────────────────────────────────────────────────────────────────────────────────────────────


class Refused(NamedTuple):
    """A record that is no row: its index in the block, its line (from 0), why, its beginning, and where in it."""

    record: int
    line: int
    code: str
    params: dict[str, object]
    value: str
    column: str = ""


class Records(NamedTuple):
    """The rows of a block as positions.

    Attributes:
        data: the block's bytes, and after ``body`` of them the cells of records that were parsed by themselves.
        firsts: where each row begins.
        ends: where each cell ends, shape (fields, rows); the next cell begins one byte further.
        quoted: some cells stand in quotes.
        returns: some lines may end in a carriage return.
        plain, bare: as for :class:`TextColumn`.
        record: index of each row among the block's records.
        line: index of each row's first physical line in the block.
        refused: the records that are no rows.
        records, lines: how many the block has.
    """

    data: Bytes
    body: int
    firsts: npt.NDArray[np.int32]
    ends: npt.NDArray[np.int32]
    quoted: bool
    returns: bool
    plain: bool
    record: Ints
    line: Ints
    refused: tuple[Refused, ...]
    records: int
    lines: int
    bare: bool = False

    def column(self, index: int, rows: Codes | None = None) -> TextColumn:
        """The cells of one column, or of some rows of it."""
        before, after = self.ends[index - 1] if index else self.firsts - np.int32(1), self.ends[index]
        if rows is not None:
            before, after = before.take(rows), after.take(rows)
        starts = before.astype(np.int64)
        starts += 1
        lengths = (after - before).astype(np.int64)
        lengths -= 1
        if self.returns and index == len(self.ends) - 1:
            ends = starts + lengths
            lengths = lengths - ((self.data[ends - 1] == _RETURN) & (lengths > 0) & (ends <= self.body))
        if self.quoted:
            inside = (self.data[starts] == _QUOTE) & (starts < self.body) & (lengths >= 2)
            starts = starts + inside
            lengths = lengths - 2 * inside
        return TextColumn(self.data, starts, lengths, self.plain, self.bare)


def tokenise(block: Block, grammar: Grammar, fields: int, encoding: str) -> Records:
    """The rows of *block*, in UTF-8."""
    data, size, specials = _decoded(block, encoding)
    body = np.frombuffer(data, np.uint8, size)
    positions, lines = _delimiters(body, ord(grammar.delimiter))
    quoted = b'"' in data
    returns = b"\r" in data
    plain = data.find(b"\0", 0, size) < 0
    even = not (quoted or specials) and len(positions) == lines * fields
    if even and fields > 1 and bool((body[positions[fields - 1 :: fields]] == _NEWLINE).all()):
        ends = _by_column(positions.reshape(-1, fields))
        firsts = np.concatenate([np.zeros(1, np.int32), ends[-1][:-1] + np.int32(1)])
        index = np.arange(lines)
        whole = np.frombuffer(data, np.uint8)
        bare = grammar.delimiter == "," and (not returns or data.count(b"\r") == data.count(b"\r\n"))
        return Records(whole, size, firsts, ends, False, returns, plain, index, index, (), lines, lines, bare)
    wide = positions.astype(np.int64)
    return _Uneven(data, body, wide, specials, grammar, fields, quoted, returns, plain).records()


def _delimiters(body: Bytes, delimiter: int) -> tuple[npt.NDArray[np.int32], int]:
    """Where delimiters and newlines stand, and how many of the latter; in pieces that stay in a processor's cache."""
    found = []
    newlines = 0
    newline = np.empty(PIECE, np.bool_)
    either = np.empty(PIECE, np.bool_)
    for start in range(0, len(body), PIECE):
        piece = body[start : start + PIECE]
        size = len(piece)
        np.equal(piece, _NEWLINE, out=newline[:size])
        newlines += int(np.count_nonzero(newline[:size]))
        np.equal(piece, delimiter, out=either[:size])
        either |= newline
        found.append(np.add(either[:size].nonzero()[0], start, dtype=np.int32, casting="unsafe"))
    return np.concatenate(found) if found else np.zeros(0, np.int32), newlines


def _by_column(positions: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    """*positions* with rows and columns exchanged, in pieces that stay in a processor's cache."""
    turned = np.empty(positions.shape[::-1], np.int32)
    for start in range(0, len(positions), STEP):
        turned[:, start : start + STEP] = positions[start : start + STEP].T
    return turned


def _decoded(block: Block, encoding: str) -> tuple[bytes, int, dict[int, Special]]:
    """The block in UTF-8, padded, and its size; a line that is not in *encoding* is refused by itself."""
    specials = {special.line: special for special in block.specials}
    if encoding == "utf-8" and valid_utf8(block.data, block.body):
        return block.data, block.body, _decoded_fields(specials, encoding)
    raw = block.data[: block.body]
    data = None
    if encoding != "utf-8":
        with contextlib.suppress(UnicodeDecodeError):
            data = raw.decode(encoding).encode()
    if data is None:
        data = _by_lines(raw, encoding, specials)
    return _padded_bytes([data], len(data)), len(data), _decoded_fields(specials, encoding)


def _by_lines(data: bytes, encoding: str, specials: dict[int, Special]) -> bytes:
    lines = data.split(b"\n")
    for index, line in enumerate(lines):
        try:
            lines[index] = line.decode(encoding).encode()
        except UnicodeDecodeError:
            specials[index] = Special(index, 1, None, "bad_encoding", line[:200])
            lines[index] = _STAND_IN[:-1]
    return b"\n".join(lines)


def _decoded_fields(specials: dict[int, Special], encoding: str) -> dict[int, Special]:
    for line, special in specials.items():
        if special.fields is None:
            # its end may be half a character
            decoder = codecs.getincrementaldecoder(encoding)("backslashreplace")
            specials[line] = special._replace(raw=decoder.decode(special.raw).encode())
            continue
        try:
            specials[line] = special._replace(fields=[f.decode(encoding).encode() for f in special.fields])
        except UnicodeDecodeError:
            specials[line] = special._replace(fields=None, code="bad_encoding")
    return specials


def valid_utf8(data: bytes, size: int | None = None) -> bool:
    """Whether *data*, or its first *size* bytes, is UTF-8."""
    offsets = np.array([0, len(data) if size is None else size], np.int32)
    whole = pa.Array.from_buffers(pa.string(), 1, [None, pa.py_buffer(offsets), pa.py_buffer(data)])
    try:
        whole.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


class _Uneven:
    """A block that holds more than plain rows of the right length."""

    def __init__(
        self, data: bytes, body: Bytes, positions: Ints, specials: dict[int, Special],
        grammar: Grammar, fields: int, quoted: bool, returns: bool, plain: bool,
    ) -> None:  # fmt: skip
        self._data = data
        self._body = body
        self._specials = specials
        self._grammar = grammar
        self._fields = fields
        self._flags = (quoted, returns, plain)
        quotes = body == _QUOTE
        if quoted:
            positions = positions[(np.cumsum(quotes, dtype=np.uint8) & 1)[positions] == 0]
        self._positions = positions
        last = np.flatnonzero(body[positions] == _NEWLINE)  # of each line, among the positions
        self._counts = np.diff(last, prepend=-1)
        self._line_ends = positions[last]
        self._line_starts = np.concatenate([np.zeros(1, np.int64), self._line_ends[:-1] + 1])
        content = self._line_ends - self._line_starts
        content = content - ((content > 0) & (body[self._line_ends - 1] == _RETURN))
        self._blank = content == 0
        self._alone = self._hard(quotes, last) if quoted else np.zeros(len(last), np.bool_)
        self._alone[list(specials)] = True
        self._blank &= ~self._alone

    def _hard(self, quotes: Flags, last: Ints) -> Flags:
        """Lines with a quote that does not simply begin or end a cell."""
        starts = np.concatenate([np.zeros(1, np.int64), self._positions[:-1] + 1])
        ends = self._positions.copy()
        ends[last] -= (self._body[self._line_ends - 1] == _RETURN) & (self._line_ends > 0)
        simple = (self._body[starts] == _QUOTE) & (ends - starts >= 2) & (self._body[ends - 1] == _QUOTE)
        if int(np.count_nonzero(quotes)) == 2 * int(np.count_nonzero(simple)):
            return np.zeros(len(last), np.bool_)
        by_line = np.add.reduceat(quotes, self._line_starts, dtype=np.int64)
        firsts = np.concatenate([np.zeros(1, np.int64), last[:-1] + 1])
        hard: Flags = by_line != 2 * np.add.reduceat(simple, firsts, dtype=np.int64)
        return hard

    def records(self) -> Records:
        """The rows, in the order of the file."""
        is_record = ~self._blank
        numbers = np.cumsum(is_record) - 1
        physical = np.arange(len(self._counts))
        for line in sorted(self._specials):
            physical[line + 1 :] += self._specials[line].lines - 1
        good = is_record & ~self._alone & (self._counts == self._fields)
        kept = self._positions[np.repeat(good, self._counts)]
        ends = kept.reshape(-1, self._fields).T.astype(np.int32)
        firsts = self._line_starts[good].astype(np.int32)
        record, first_line = numbers[good], physical[good]
        refused: list[Refused] = []
        own: list[tuple[int, list[bytes]]] = []
        for index in np.flatnonzero(is_record & ~good).tolist():
            fields, code, raw = self._parsed(index)
            if fields is not None and len(fields) == self._fields:
                own.append((index, fields))
                continue
            params: dict[str, object] = {}
            if fields is not None:
                code, params = "field_count", {"found": len(fields), "allowed": self._fields}
            shown = raw.decode("utf-8", "backslashreplace")
            refused.append(Refused(int(numbers[index]), int(physical[index]), code, params, shown))
        side = b""
        if own:
            side, own_firsts, own_ends = _laid_out([parsed for _, parsed in own], len(self._body))
            indexes = np.array([at for at, _ in own])
            record = np.concatenate([record, numbers[indexes]])
            order = np.argsort(record, kind="stable")
            record, first_line = record[order], np.concatenate([first_line, physical[indexes]])[order]
            firsts = np.concatenate([firsts, own_firsts])[order]
            ends = np.concatenate([ends, own_ends], axis=1)[:, order]
        taken = sum(special.lines - 1 for special in self._specials.values())
        quoted, returns, plain = self._flags
        data = padded(self._body, side) if side else np.frombuffer(self._data, np.uint8)
        return Records(
            data, len(self._body), firsts, np.ascontiguousarray(ends), quoted, returns,
            plain and b"\0" not in side, record, first_line, tuple(refused), int(np.count_nonzero(is_record)),
            len(self._counts) + taken,
        )  # fmt: skip

    def _parsed(self, line: int) -> tuple[list[bytes] | None, str, bytes]:
        special = self._specials.get(line)
        if special is not None:
            return special.fields, special.code, special.raw.split(b"\n", 1)[0]
        raw = self._data[int(self._line_starts[line]) : int(self._line_ends[line]) + 1]
        parsed = self._grammar.record(raw)
        if parsed is None or parsed[1] < len(raw):
            return None, "unclosed_quote" if parsed is None else "bad_quotes", raw[:200].rstrip(b"\r\n")
        return parsed[0], "bad_quotes", raw[:200].rstrip(b"\r\n")


def _laid_out(rows: list[list[bytes]], start: int) -> tuple[bytes, npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Cells one after the other with a byte between them, from *start*: bytes, row beginnings, cell ends."""
    lengths = np.array([[len(cell) for cell in row] for row in rows], np.int64)
    ends = start + np.cumsum(lengths.ravel() + 1) - 1
    firsts = np.concatenate([[start], ends[:-1] + 1])[:: lengths.shape[1]]
    side = b"\n".join(cell for row in rows for cell in row) + b"\n"
    return side, firsts.astype(np.int32), ends.reshape(lengths.shape).T.astype(np.int32)
