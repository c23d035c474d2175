"""Arrow batches as lines of CSV and of JSON, column by column."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bamai.batch.kernel import DECIMAL
from bamai.schema import MILLION

if TYPE_CHECKING:
    from bamai.answers import Ints

_FORMULA = np.zeros(256, np.bool_)
_FORMULA[[ord(c) for c in "=+-@\t\r"]] = True


def csv_lines(batch: pa.RecordBatch) -> bytes:
    """*batch* as CSV without a header, in UTF-8; nulls are empty, lines end in \\n."""
    *columns, last = [_csv_text(column) for column in batch.columns]
    return _joined([*columns, _join([last, "\n"], "")], ",")


def csv_header(names: list[str]) -> bytes:
    """The header line of CSV."""
    return csv_lines(pa.RecordBatch.from_arrays([pa.array([name]) for name in names], names=names))


def json_lines(batch: pa.RecordBatch) -> bytes:
    """*batch* as one JSON object a line; decimals are exact literals."""
    pieces: list[Any] = []
    for index, (name, column) in enumerate(zip(batch.schema.names, batch.columns, strict=True)):
        pieces.append((", " if index else "{") + json.dumps(name, ensure_ascii=False) + ": ")
        pieces.append(_json_text(column))
    return _joined([*pieces, "}\n"], "")


def _join(pieces: list[Any], mark: str) -> pa.Array:
    return pc.binary_join_element_wise(*pieces, mark, null_handling="replace", null_replacement="")


def _joined(pieces: list[Any], mark: str) -> bytes:
    lines = _join(pieces, mark)
    offsets = np.frombuffer(lines.buffers()[1], np.int32, len(lines) + 1, lines.offset * 4)
    data = lines.buffers()[2]
    return b"" if data is None else bytes(memoryview(data)[int(offsets[0]) : int(offsets[-1])])


def _csv_text(column: pa.Array) -> pa.Array:
    if column.type == DECIMAL:
        return decimal_texts(column)
    if not pa.types.is_string(column.type):
        return column.cast(pa.string())
    if _holds(column, b"=+-@\t\r") and _FORMULA[_first_bytes(column)].any():
        # a cell that a spreadsheet would compute is marked as text; numbers stay numbers
        formula = pc.match_substring_regex(column, r"^[=+\-@\t\r]")
        number = pc.match_substring_regex(column, r"^[+\-]?[0-9]+(\.[0-9]+)?$")
        column = pc.if_else(pc.and_not(formula, number), pc.binary_join_element_wise("'", column, ""), column)
    if _holds(column, b',"\n\r'):
        special = pc.match_substring_regex(column, '[,"\n\r]')
        quoted = pc.binary_join_element_wise('"', pc.replace_substring(column, '"', '""'), '"', "")
        column = pc.if_else(special, quoted, column)
    return column


def _json_text(column: pa.Array) -> pa.Array:
    if column.type == DECIMAL:
        return pc.fill_null(decimal_texts(column), "null")
    if not pa.types.is_string(column.type):
        return pc.fill_null(column.cast(pa.string()), "null")
    if _needs_escapes(column):
        return pa.array(
            ["null" if text is None else json.dumps(text, ensure_ascii=False) for text in column.to_pylist()]
        )
    return pc.fill_null(pc.binary_join_element_wise('"', column, '"', ""), "null")


def _content(column: pa.Array) -> Any:
    """The bytes of all texts of a column, one after the other."""
    data = column.buffers()[2]
    if data is None:
        return b""
    offsets = np.frombuffer(column.buffers()[1], np.int32, len(column) + 1, column.offset * 4)
    return bytes(memoryview(data)[int(offsets[0]) : int(offsets[-1])])


def _holds(column: pa.Array, characters: bytes) -> bool:
    content = _content(column)
    return any(content.find(character) >= 0 for character in characters)


def _needs_escapes(column: pa.Array) -> bool:
    content = np.frombuffer(_content(column), np.uint8)
    return bool(((content < 0x20) | (content == ord('"')) | (content == ord("\\")) | (content == 0x7F)).any())


def _first_bytes(column: pa.Array) -> Any:
    content = np.frombuffer(_content(column) + b"\0", np.uint8)
    offsets = np.frombuffer(column.buffers()[1], np.int32, len(column) + 1, column.offset * 4)
    starts, lengths = offsets[:-1] - offsets[0], np.diff(offsets)
    return np.where(lengths > 0, content[starts], 0)


# ── decimals ─────────────────────────────────────────────────────────────────────────────────────────


def decimal_texts(column: pa.Array) -> pa.Array:
    """Decimals with six places as texts without needless zeros.

    Numbers from 0 to 999.999999 are put together from tables of three digits; others are left to Arrow.
    """
    values = np.frombuffer(column.buffers()[1], np.int64, 2 * len(column), column.offset * 16)[::2]
    known = column.is_valid().to_numpy(zero_copy_only=False) if column.null_count else None
    if known is not None:
        rows = np.flatnonzero(known)
        texts = np.zeros((len(column), 2), np.uint64)
        if rows.size:
            told = values[rows]
            if int(told.min()) < 0 or int(told.max()) >= 1000 * MILLION:
                return _slow_texts(column)
            texts[rows] = _views(told)
        mask = pa.py_buffer(np.packbits(known, bitorder="little"))
        return pa.Array.from_buffers(pa.string_view(), len(column), [mask, pa.py_buffer(texts)]).cast(pa.string())
    if len(values) and (int(values.min()) < 0 or int(values.max()) >= 1000 * MILLION):
        return _slow_texts(column)
    return pa.Array.from_buffers(pa.string_view(), len(column), [None, pa.py_buffer(_views(values))]).cast(pa.string())


def _slow_texts(column: pa.Array) -> pa.Array:
    return pc.utf8_rtrim(pc.utf8_rtrim(column.cast(pa.string()), "0"), ".")


def _views(values: Ints) -> Any:
    """Arrow string views of numbers: a length and up to twelve bytes, which is room for ``999.999999``."""
    whole_text, whole_size, first, first_size, last, last_size = _tables()
    whole = values // MILLION
    rest = values - whole * MILLION
    high = rest // 1000
    low = rest - high * 1000
    has_low = low > 0
    part = np.where(has_low, first[0][high] | (last[low] << np.uint64(32)), first[1][high])
    size = np.where(has_low, 4 + last_size[low], first_size[high])
    units, units_size = whole_text[whole], whole_size[whole]
    shift = (units_size << 3).view(np.uint64)
    text = units | part << shift
    over = part >> (np.uint64(64) - shift)
    views = np.empty((len(values), 2), np.uint64)
    views[:, 0] = (units_size + size).view(np.uint64) | (text << np.uint64(32))
    views[:, 1] = (text >> np.uint64(32)) | (over << np.uint64(32))
    return views


@cache
def _tables() -> tuple[Any, Any, tuple[Any, Any], Any, Any, Any]:
    """Little-endian bytes and sizes of 0 … 999 as whole numbers, as the first and as the last three decimals."""

    def packed(texts: list[str]) -> Any:
        return np.array([int.from_bytes(text.encode(), "little") for text in texts], np.uint64)

    def sizes(texts: list[str]) -> Any:
        return np.array([len(text) for text in texts], np.int64)

    whole = [str(n) for n in range(1000)]
    full = [f".{n:03d}" for n in range(1000)]
    trimmed = [f".{n:03d}".rstrip("0").rstrip(".") for n in range(1000)]
    last = [f"{n:03d}".rstrip("0") for n in range(1000)]
    return packed(whole), sizes(whole), (packed(full), packed(trimmed)), sizes(trimmed), packed(last), sizes(last)
