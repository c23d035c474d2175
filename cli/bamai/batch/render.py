"""Frames as lines of CSV and of JSON, column by column."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bamai.batch.cells import TextColumn
from bamai.batch.frame import Coded, Frame, Part, Points, spelt
from bamai.schema import MILLION

if TYPE_CHECKING:
    from bamai.answers import Ints

COMMA = ord(",")
COMBINED = 4096
"""Distinct texts up to which columns of few distinct texts are put together before they are spelt out."""

_FORMULA = np.zeros(256, np.bool_)
_FORMULA[[ord(c) for c in "=+-@\t\r"]] = True


def csv_lines(rows: Frame | pa.RecordBatch) -> bytes:
    """*rows* as CSV without a header, in UTF-8; nulls are empty, lines end in \\n.

    Texts that a spreadsheet would take for a formula get an apostrophe; numbers stay numbers.
    """
    frame = rows if isinstance(rows, Frame) else Frame.of(rows)
    if not frame.rows:
        return b""
    *pieces, last = [_csv_text(part) for part in _merged(frame.columns)]
    return _joined([*pieces, _join([last, "\n"], "")], ",")


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
    return pc.binary_join_element_wise(*pieces, mark, null_handling="replace", null_replacement="")


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
    return bool((part.starts == ends + 1).all() and (part.data[ends] == COMMA).all() and not _odd(part, before))


def _odd(*columns: TextColumn) -> bool:
    """Whether a cell needs more than its bytes: quotes, or an apostrophe before a formula."""
    return any(bool((_FORMULA[column.data[column.starts]] & (column.lengths > 0)).any()) for column in columns)


def _together(run: list[Part]) -> Part:
    first, last = run[0], run[-1]
    if len(run) == 1:
        return first
    if isinstance(first, TextColumn) and isinstance(last, TextColumn):
        whole = first._replace(lengths=last.starts + last.lengths - first.starts)
        text = whole.arrow()
        if not _holds(text, b'"\r\n'):
            return _Spelt(text)
        return _Spelt(_join([_csv_text(part) for part in run], ","))
    codes: Any = 0
    for part in run:
        assert isinstance(part, Coded)
        codes = codes * len(part.texts) + part.codes
    texts = _crossed(tuple(tuple(part.texts) for part in run if isinstance(part, Coded)))
    return _Spelt(texts.take(pa.array(codes)))


@lru_cache(64)
def _crossed(columns: tuple[tuple[str | None, ...], ...]) -> pa.Array:
    """Every combination of the texts of some columns as CSV."""
    texts = [""]
    for column in columns:
        told = [text or "" for text in _csv_text(spelt(column)).to_pylist()]
        texts = [f"{before},{text}" for before in texts for text in told]
    return spelt(tuple(text[1:] for text in texts))


class _Spelt:
    """Text that is CSV already."""

    def __init__(self, text: pa.Array) -> None:
        self.text = text


def _csv_text(part: Any) -> pa.Array:
    if isinstance(part, _Spelt):
        return part.text
    if isinstance(part, Points):
        return decimal_texts(part, nulls=False)
    if isinstance(part, Coded):
        return _csv_text(spelt(tuple(part.texts))).take(pa.array(part.codes))
    column = part.arrow() if isinstance(part, TextColumn) else part
    if not pa.types.is_string(column.type):
        return column.cast(pa.string())
    if _holds(column, b"=+-@\t\r") and _FORMULA[_first_bytes(column)].any():
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
        return _json_text(spelt(tuple(part.texts))).take(pa.array(part.codes))
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
    values, known = points
    unknown = np.zeros(0, np.intp) if known is None else np.flatnonzero(~known)
    mask = None
    if unknown.size * 2 > len(values) and known is not None:
        rows = np.flatnonzero(known)
        views = np.zeros((len(values), 2), np.uint64)
        if rows.size:
            told = _views(values[rows])
            if told is None:
                return _slow_texts(points, nulls=nulls)
            views[rows] = told
    else:
        told = _views(values if known is None else np.where(known, values, 0))
        if told is None:
            return _slow_texts(points, nulls=nulls)
        views = told
        views[unknown] = 0
    if nulls and unknown.size and known is not None:
        mask = pa.py_buffer(np.packbits(known, bitorder="little"))
    return pa.Array.from_buffers(pa.string_view(), len(values), [mask, pa.py_buffer(views)]).cast(pa.string())


def _slow_texts(points: Points, *, nulls: bool) -> pa.Array:
    texts = pc.utf8_rtrim(pc.utf8_rtrim(points.arrow().cast(pa.string()), "0"), ".")
    return texts if nulls else pc.fill_null(texts, "")


def _views(values: Ints) -> Any:
    """Arrow string views of numbers: a length and up to twelve bytes, which is room for ``999.999999``; None where
    a number is negative or larger."""
    if values.size and (int(values.min()) < 0 or int(values.max()) >= 1000 * MILLION):
        return None
    whole_text, whole_size, full, trimmed, trimmed_size, last, last_size = _tables()
    whole = values // MILLION
    rest = values - whole * MILLION
    high = rest // 1000
    low = rest - high * 1000
    has_low = low > 0
    part = np.where(has_low, full.take(high) | (last.take(low) << np.uint64(32)), trimmed.take(high))
    size = np.where(has_low, last_size.take(low), trimmed_size.take(high))
    units, units_size = whole_text.take(whole), whole_size.take(whole)
    shift = (units_size << 3).view(np.uint64)
    text = units | part << shift
    over = part >> (np.uint64(64) - shift)
    views = np.empty((len(values), 2), np.uint64)
    views[:, 0] = (units_size + size).view(np.uint64) | (text << np.uint64(32))
    views[:, 1] = (text >> np.uint64(32)) | (over << np.uint64(32))
    return views


@cache
def _tables() -> tuple[Any, ...]:
    """Little-endian bytes, and sizes, of 0 … 999: whole; as the first three decimals, in full and trimmed; as the
    last three decimals, trimmed, their size with the point and the first three."""

    def packed(texts: list[str]) -> Any:
        return np.array([int.from_bytes(text.encode(), "little") for text in texts], np.uint64)

    def sizes(texts: list[str], more: int = 0) -> Any:
        return np.array([len(text) + more for text in texts], np.int64)

    whole = [str(n) for n in range(1000)]
    full = [f".{n:03d}" for n in range(1000)]
    trimmed = [f".{n:03d}".rstrip("0").rstrip(".") for n in range(1000)]
    last = [f"{n:03d}".rstrip("0") for n in range(1000)]
    return (
        packed(whole), sizes(whole), packed(full), packed(trimmed), sizes(trimmed), packed(last), sizes(last, 4),
    )  # fmt: skip
