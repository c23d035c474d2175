"""Frames as lines of CSV and of JSON, column by column."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from math import prod
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bamai.batch.cells import TextColumn
from bamai.batch.frame import Coded, Frame, Part, Points, integers, spelt
from bamai.schema import MILLION

if TYPE_CHECKING:
    import numpy.typing as npt

    from bamai.answers import Ints
    from bamai.batch.cells import Codes

    Views = npt.NDArray[np.void]

COMMA = ord(",")
COMBINED = 4096
"""Distinct texts up to which columns of few distinct texts are put together before they are spelt out."""

VIEW = np.dtype("V16")
"""Arrow's view of a text: its size in four bytes, then the text if short, else its beginning and where it lies."""

INLINE = 12
"""Bytes of the longest text that stands in its view."""

SLICE = 1 << 16
"""Views that are written out at once."""

_SIZE = np.uint64(0xFFFFFFFF)

FORMULA = b"=+-@\t\r"
"""What a text begins with that a spreadsheet takes for a formula."""

_FORMULA = np.zeros(256, np.bool_)
_FORMULA[list(FORMULA)] = True


def csv_lines(rows: Frame | pa.RecordBatch) -> bytes:
    """*rows* as CSV without a header, in UTF-8; nulls are empty, lines end in \\n.

    Texts that a spreadsheet would take for a formula get an apostrophe; numbers stay numbers.
    """
    return b"".join(csv_pieces(rows))


def csv_pieces(rows: Frame | pa.RecordBatch) -> list[memoryview]:
    """As :func:`csv_lines`, in pieces that are to be written one after the other."""
    frame = rows if isinstance(rows, Frame) else Frame.of(rows)
    if not frame.rows:
        return []
    lines = _Lines(frame.rows)
    *parts, last = _merged(frame.columns)
    for part in parts:
        lines.add(part, ",")
    lines.add(last, "\n")
    return lines.content()


def csv_header(names: Sequence[str]) -> bytes:
    """The header line of CSV."""
    return csv_lines(pa.RecordBatch.from_arrays([pa.array([name]) for name in names], names=list(names)))


def json_lines(rows: Frame | pa.RecordBatch) -> bytes:
    """*rows* as one JSON object a line; decimals are exact literals."""
    frame = rows if isinstance(rows, Frame) else Frame.of(rows)
    if not frame.rows:
        return b""
    pieces: list[Any] = []
    for index, (column, part) in enumerate(zip(frame.schema, frame.columns, strict=True)):
        pieces.append((", " if index else "{") + json.dumps(column.name, ensure_ascii=False) + ": ")
        # yes and no are kept as texts, and are literals in JSON
        pieces.append(
            part.arrow() if pa.types.is_boolean(column.type) and isinstance(part, Coded) else _json_text(part)
        )
    return _joined([*pieces, "}\n"], "")


def _join(pieces: list[Any], mark: str) -> pa.Array:
    texts = [_scalar(piece) if isinstance(piece, str) else piece for piece in (*pieces, mark)]
    return pc.binary_join_element_wise(*texts, null_handling="replace", null_replacement="")


@cache
def _scalar(text: str) -> pa.Scalar:
    # to make one, Arrow looks every time whether there is a pandas
    return pa.scalar(text)


def _joined(pieces: list[Any], mark: str) -> bytes:
    lines = _join(pieces, mark)
    offsets = np.frombuffer(lines.buffers()[1], np.int32, len(lines) + 1, lines.offset * 4)
    return bytes(memoryview(lines.buffers()[2])[int(offsets[0]) : int(offsets[-1])])


# ── CSV ──────────────────────────────────────────────────────────────────────────────────────────────


def _merged(parts: Sequence[Part]) -> Iterator[Part]:
    """The same lines in fewer pieces: cells that stand next to each other in the input, and coded columns."""
    run: list[Part] = []
    for part in parts:
        if run and not _goes_on(run, part):
            yield _together(run)
            run = []
        run.append(part)
    if run:
        yield _together(run)


def _goes_on(run: list[Part], part: Part) -> bool:
    before = run[-1]
    if isinstance(part, Coded) and isinstance(before, Coded):
        return prod(len(one.texts) for one in (*run, part) if isinstance(one, Coded)) <= COMBINED
    if not (isinstance(part, TextColumn) and isinstance(before, TextColumn)) or part.data is not before.data:
        return False
    ends = before.starts + before.lengths
    if not np.array_equal(part.starts, ends + 1) or (len(run) == 1 and _odd(before)) or _odd(part):
        return False
    # between bare cells of one line that are a byte apart there can only be a comma
    return (part.bare and before.bare) or bool((part.data.take(ends) == COMMA).all())


def _odd(column: TextColumn) -> bool:
    """Whether a cell needs an apostrophe before a formula."""
    leads = column.data.take(column.starts)
    told = leads.tobytes()
    return any(lead in told for lead in FORMULA) and bool((_FORMULA[leads] & (column.lengths > 0)).any())


def _together(run: list[Part]) -> Part:
    first, last = run[0], run[-1]
    if isinstance(first, Coded):
        codes: Any = 0
        for part in run:
            assert isinstance(part, Coded)
            codes = codes * len(part.texts) + part.codes
        return _Crossed(tuple(tuple(part.texts) for part in run if isinstance(part, Coded)), codes)
    if not (isinstance(first, TextColumn) and isinstance(last, TextColumn)):
        return first
    whole = first._replace(lengths=last.starts + last.lengths - first.starts)
    if whole.bare and (len(run) > 1 or not _odd(first)):
        return _Spelt(whole)
    if len(run) == 1:
        return first
    text = whole.arrow()
    return _Spelt(_join([_csv_text(part) for part in run], ",") if _holds(text, b'"\r\n') else text)


class _Spelt(NamedTuple):
    """Text that is CSV already."""

    text: TextColumn | pa.Array


class _Crossed(NamedTuple):
    """Columns of few distinct texts: row *i* is number ``codes[i]`` of all combinations of them."""

    columns: tuple[tuple[str | None, ...], ...]
    codes: Codes


class _Lines:
    """Puts lines together: pieces of text stand beside each other as Arrow's views (a length, and the text itself or
    where it lies), and one pass over all of them writes them out."""

    def __init__(self, rows: int) -> None:
        self._rows = rows
        self._pieces: list[Views] = []
        self._buffers: list[pa.Buffer] = []

    def add(self, part: Any, mark: str) -> None:
        """One more column, or some, each cell followed by *mark*."""
        views = None
        if isinstance(part, Points):
            views = _point_views(part, mark)
        elif isinstance(part, pa.Array) and pa.types.is_integer(part.type):
            views = _whole_views(part, mark)
        if views is not None:
            self._pieces.append(views)
        elif isinstance(part, _Crossed):
            views, buffer = _crossed(part.columns, mark)
            self._pieces.append(self._moved(views, buffer).take(part.codes))
        elif isinstance(part, _Spelt) and isinstance(part.text, TextColumn):
            self._add_cells(part.text, mark)
        else:
            views, buffer = _text_views(part.text if isinstance(part, _Spelt) else _csv_text(part))
            self._pieces += [self._moved(views, buffer), self._only(mark)]

    def _add_cells(self, cells: TextColumn, mark: str) -> None:
        # cells of CSV have their mark behind them; else it is a piece of its own
        marked = bool((cells.data.take(cells.starts + cells.lengths) == ord(mark)).all())
        if marked:
            cells = cells._replace(lengths=cells.lengths + 1)
        self._pieces.append(self._moved(cells.views().view(VIEW)[:, 0], pa.py_buffer(cells.data)))
        if not marked:
            self._pieces.append(self._only(mark))

    def _only(self, mark: str) -> Views:
        """Nothing but *mark*."""
        return np.repeat(_nothing(mark), self._rows)

    def _moved(self, views: Views, buffer: pa.Buffer) -> Views:
        """*views* that lie in another place of the list of buffers."""
        place = len(self._buffers)
        self._buffers.append(buffer)
        if not place:
            return views
        words = views.view(np.uint64).reshape(-1, 2).copy()
        words[:, 1] += np.where(words[:, 0] & _SIZE > INLINE, np.uint64(place), np.uint64(0))
        return words.view(VIEW)[:, 0]

    def content(self) -> list[memoryview]:
        """All lines, in slices that stay in a processor's cache."""
        step = max(1, SLICE // len(self._pieces))
        return [self._slice(start, min(step, self._rows - start)) for start in range(0, self._rows, step)]

    def _slice(self, start: int, rows: int) -> memoryview:
        views = np.empty((rows, len(self._pieces)), VIEW)
        for index, piece in enumerate(self._pieces):
            views[:, index] = piece[start : start + rows]
        buffers = [None, pa.py_buffer(views.view(np.uint8)), *self._buffers]
        text = pa.Array.from_buffers(pa.string_view(), views.size, buffers).cast(pa.large_string())
        size = int(np.frombuffer(text.buffers()[1], np.int64, 1, 8 * views.size)[0])
        return memoryview(text.buffers()[2])[:size]


def _text_views(text: pa.Array) -> tuple[Views, pa.Buffer]:
    """Texts, nulls as empty ones, and where the long ones lie."""
    viewed = (text.fill_null("") if text.null_count else text).cast(pa.string_view())
    _, views, *rest = viewed.buffers()
    assert len(rest) <= 1
    buffer = rest[0] if rest else pa.py_buffer(b"")
    return np.frombuffer(views, VIEW, len(viewed), viewed.offset * VIEW.itemsize), buffer


def _nothing(mark: str) -> Views:
    """The empty text and *mark*."""
    return _crossed((("",),), mark)[0]


@lru_cache(64)
def _crossed(columns: tuple[tuple[str | None, ...], ...], mark: str) -> tuple[Views, pa.Buffer]:
    """Every combination of the texts of some columns as CSV, each followed by *mark*."""
    texts = [""]
    for column in columns:
        told = [text or "" for text in _csv_text(spelt(column)).to_pylist()]
        texts = [f"{before},{text}" for before in texts for text in told]
    return _text_views(pa.array([text[1:] + mark for text in texts], pa.string()))


def _csv_text(part: Any) -> pa.Array:
    if isinstance(part, Points):
        return decimal_texts(part, nulls=False)
    column = part.arrow() if isinstance(part, TextColumn) else part
    if not pa.types.is_string(column.type):
        return column.cast(pa.string())
    if _holds(column, FORMULA) and _FORMULA[_first_bytes(column)].any():
        formula = pc.match_substring_regex(column, r"^[=+\-@\t\r]")
        number = pc.match_substring_regex(column, r"^[+\-]?[0-9]+(\.[0-9]+)?$")
        column = pc.if_else(pc.and_not(formula, number), pc.binary_join_element_wise("'", column, ""), column)
    if _holds(column, b',"\n\r'):
        special = pc.match_substring_regex(column, '[,"\n\r]')
        quoted = pc.binary_join_element_wise('"', pc.replace_substring(column, '"', '""'), '"', "")
        column = pc.if_else(special, quoted, column)
    return column


def _content(column: pa.Array) -> bytes:
    """The bytes of all texts of a column, one after the other."""
    data = column.buffers()[2]
    if data is None:
        return b""
    offsets = np.frombuffer(column.buffers()[1], np.int32, len(column) + 1, column.offset * 4)
    return bytes(memoryview(data)[int(offsets[0]) : int(offsets[-1])])


def _holds(column: pa.Array, characters: bytes) -> bool:
    content = _content(column)
    return any(content.find(character) >= 0 for character in characters)


def _first_bytes(column: pa.Array) -> Any:
    content = np.frombuffer(_content(column) + b"\0", np.uint8)
    offsets = np.frombuffer(column.buffers()[1], np.int32, len(column) + 1, column.offset * 4)
    starts, lengths = offsets[:-1] - offsets[0], np.diff(offsets)
    return np.where(lengths > 0, content[starts], 0)


# ── JSON ─────────────────────────────────────────────────────────────────────────────────────────────


def _json_text(part: Part) -> pa.Array:
    if isinstance(part, Points):
        return pc.fill_null(decimal_texts(part), "null")
    if isinstance(part, Coded):
        return _json_text(spelt(tuple(part.texts))).take(integers(part.codes))
    column = part.arrow() if isinstance(part, TextColumn) else part
    if not pa.types.is_string(column.type):
        return pc.fill_null(column.cast(pa.string()), "null")
    content = np.frombuffer(_content(column), np.uint8)
    if ((content < 0x20) | (content == ord('"')) | (content == ord("\\"))).any():
        texts = column.to_pylist()
        return pa.array(["null" if text is None else json.dumps(text, ensure_ascii=False) for text in texts])
    return pc.fill_null(pc.binary_join_element_wise('"', column, '"', ""), "null")


# ── decimals ─────────────────────────────────────────────────────────────────────────────────────────


def decimal_texts(points: Points | pa.Array, *, nulls: bool = True) -> pa.Array:
    """Millionths as texts without needless zeros; where not known null, or empty.

    Numbers from 0 to 999.999999 are put together from tables of three digits; others are left to Arrow.
    """
    if not isinstance(points, Points):
        points = Points.of(points)
    views = _point_views(points)
    if views is None:
        texts = pc.utf8_rtrim(pc.utf8_rtrim(points.arrow().cast(pa.string()), "0"), ".")
        return texts if nulls else pc.fill_null(texts, "")
    mask = None
    if nulls and points.known is not None and not points.known.all():
        mask = pa.py_buffer(np.packbits(points.known, bitorder="little"))
    buffers = [mask, pa.py_buffer(views.view(np.uint8))]
    return pa.Array.from_buffers(pa.string_view(), len(views), buffers).cast(pa.string())


def _point_views(points: Points, mark: str = "") -> Views | None:
    """Millionths as texts, each followed by *mark*, alone where not known; None where one is negative or too large."""
    known = points.known
    values = points.values if known is None else np.where(known, points.values, 0)
    if values.size and (int(values.min()) < 0 or int(values.max()) >= 1000 * MILLION):
        return None
    # what most say, or that they say nothing, is spelt once
    usual = _views(values[:1], mark) if known is None else _nothing(mark)
    others = np.flatnonzero(values != values[:1] if known is None else known)
    if others.size * 2 < len(values):
        views = np.repeat(usual, len(values))
        views[others] = _views(values[others], mark)
        return views
    views = _views(values, mark)
    if known is not None and others.size < len(values):
        views[np.flatnonzero(~known)] = usual
    return views


def _whole_views(column: pa.Array, mark: str) -> Views | None:
    """Whole numbers as texts, each followed by *mark*, alone where null; None where one is negative or too large."""
    values = column.fill_null(0).to_numpy().astype(np.int64, copy=False)
    most = int(values.max()) if values.size and int(values.min()) >= 0 else 10**9
    if most >= 10**9:
        return None
    told = _small_views(mark).take(values) if most < 1000 else _large_views(values, mark)
    if column.null_count:
        told[column.is_null().to_numpy(zero_copy_only=False)] = _nothing(mark)
    return told


@cache
def _small_views(mark: str) -> Views:
    """0 … 999, each followed by *mark*."""
    return _views(np.arange(1000, dtype=np.int64) * MILLION, mark)


def _large_views(values: Ints, mark: str) -> Views:
    """Numbers of up to nine digits, each followed by *mark*: zeros before them are shifted out."""
    end = np.uint64(ord(mark) if mark else 0)
    digits = np.ones(len(values), np.uint8)
    for power in _TEN_POWERS:
        digits += values >= power
    padded = _padded()
    thousands = values // 1000
    low = padded.take(values - thousands * 1000)
    high = thousands // 1000
    first = padded.take(high) | (padded.take(thousands - high * 1000) << np.uint64(24)) | (low << np.uint64(48))
    second = (low >> np.uint64(16)) | (end << np.uint64(8))
    needless = ((np.uint8(9) - digits) << np.uint8(3)).astype(np.uint64)
    text = (first >> needless) | (second << (np.uint64(64) - needless))
    views = np.empty((len(values), 2), np.uint64)
    views[:, 0] = (digits + np.uint8(len(mark))) | (text << np.uint64(32))
    views[:, 1] = (text >> np.uint64(32)) | ((second >> needless) << np.uint64(32))
    return views.view(VIEW)[:, 0]


_TEN_POWERS = tuple(10**digits for digits in range(1, 9))


@cache
def _padded() -> Any:
    """Little-endian bytes of 000 … 999."""
    return np.array([int.from_bytes(f"{n:03d}".encode(), "little") for n in range(1000)], np.uint64)


def _views(values: Ints, mark: str) -> Views:
    """Views of millionths from 0 to 999.999999, each followed by a *mark* of at most one byte."""
    units, thousandths, trimmed, millionths = _tables(mark)
    whole = values // MILLION
    rest = values - whole * MILLION
    high = rest // 1000
    rest -= high * 1000
    text, size = units.take(whole), millionths.take(rest)
    after = size << _HALF
    after |= thousandths.take(high)
    size >>= _TOP_BYTE
    short = np.flatnonzero(rest == 0)
    if short.size:
        told = trimmed.take(high[short])
        after[short], size[short] = told & _TEXT, told >> _TOP_BYTE
    before = text >> _TOP_BYTE
    size += before
    before <<= np.uint64(3)
    text &= _TEXT
    text |= after << before
    after >>= np.uint64(64) - before
    after <<= _HALF
    views = np.empty((len(values), 2), np.uint64)
    np.bitwise_or(text << _HALF, size, out=views[:, 0])
    np.bitwise_or(text >> _HALF, after, out=views[:, 1])
    return views.view(VIEW)[:, 0]


_HALF, _TOP_BYTE, _TEXT = np.uint64(32), np.uint64(56), np.uint64((1 << 56) - 1)


@cache
def _tables(mark: str) -> tuple[Any, ...]:
    """Little-endian bytes of 0 … 999 and, in the top byte, how many: whole; as the first three decimals in full, which
    are four bytes with the point and say no number, and trimmed; as the last three decimals trimmed, where the number
    counts the four before them. *mark* follows what is trimmed."""

    def packed(texts: list[str], more: int = 0) -> Any:
        told = [int.from_bytes(text.encode(), "little") | len(text) + more << 56 for text in texts]
        return np.array(told, np.uint64)

    whole = [str(n) for n in range(1000)]
    full = [int.from_bytes(f".{n:03d}".encode(), "little") for n in range(1000)]
    trimmed = [f".{n:03d}".rstrip("0").rstrip(".") + mark for n in range(1000)]
    last = [f"{n:03d}".rstrip("0") + mark for n in range(1000)]
    return packed(whole), np.array(full, np.uint64), packed(trimmed), packed(last, 4)
