"""Result columns as they come out of the arithmetic, before they become Arrow columns or lines of text.

An Arrow batch of everything would cost more than it is worth where lines of CSV are wanted: cells that were read
next to each other can be written next to each other, and columns of few distinct texts need not be spelt out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa

from bamai.batch.cells import TextColumn

if TYPE_CHECKING:
    from bamai.answers import Flags, Ints
    from bamai.batch.cells import Codes

DECIMAL = pa.decimal128(9, 6)
"""Scores: exact, in points with six decimals."""


@lru_cache(256)
def spelt(texts: tuple[str | None, ...]) -> pa.Array:
    """Texts as an Arrow array; the same few lists come again in every block."""
    return pa.array(texts, pa.string())


def integers(values: Ints) -> pa.Array:
    """Numbers as an Arrow array; Arrow's own way looks every time whether there is a pandas."""
    return pa.Array.from_buffers(pa.int64(), len(values), [None, pa.py_buffer(np.ascontiguousarray(values, np.int64))])


class Coded(NamedTuple):
    """A column of few distinct texts: row *i* is ``texts[codes[i]]``; None is null."""

    texts: Sequence[str | None]
    codes: Codes

    def arrow(self) -> pa.Array:
        """As an Arrow array of strings."""
        return spelt(tuple(self.texts)).take(integers(self.codes))


class Points(NamedTuple):
    """A column of millionths; null where not ``known``, known everywhere where that is None."""

    values: Ints
    known: Flags | None = None

    def arrow(self) -> pa.Array:
        """As Arrow decimals."""
        wide = np.empty((len(self.values), 2), np.int64)
        wide[:, 0] = self.values
        wide[:, 1] = self.values >> 63
        mask = None
        if self.known is not None and not self.known.all():
            mask = pa.py_buffer(np.packbits(self.known, bitorder="little"))
        return pa.Array.from_buffers(DECIMAL, len(self.values), [mask, pa.py_buffer(wide)])

    @classmethod
    def of(cls, column: pa.Array) -> Points:
        """Of Arrow decimals."""
        values = np.frombuffer(column.buffers()[1], np.int64, 2 * len(column), column.offset * 16)[::2]
        return cls(values, column.is_valid().to_numpy(zero_copy_only=False) if column.null_count else None)


Part = TextColumn | Coded | Points | Any
"""A column; what is none of ours is an Arrow array."""


class Frame(NamedTuple):
    """Columns of one schema, all of ``rows`` rows."""

    schema: pa.Schema
    columns: tuple[Part, ...]
    rows: int

    @classmethod
    def of(cls, batch: pa.RecordBatch) -> Frame:
        """The columns of an Arrow batch."""
        columns = [Points.of(column) if column.type == DECIMAL else column for column in batch.columns]
        return cls(batch.schema, tuple(columns), batch.num_rows)

    def batch(self) -> pa.RecordBatch:
        """As an Arrow batch."""
        columns = [part if isinstance(part, pa.Array) else part.arrow() for part in self.columns]
        arrays = [column.cast(field.type) for column, field in zip(columns, self.schema, strict=True)]
        return pa.RecordBatch.from_arrays(arrays, schema=self.schema)

    def changed(self, name: str, part: Part) -> Frame:
        """The same with another column in the place of *name*."""
        index = self.schema.get_field_index(name)
        return self._replace(columns=(*self.columns[:index], part, *self.columns[index + 1 :]))

    def extended(self, name: str, text: str) -> Frame:
        """The same with one more column that says *text* in every row."""
        schema = self.schema.append(pa.field(name, pa.string()))
        return Frame(schema, (*self.columns, Coded((text,), np.zeros(self.rows, np.intp))), self.rows)


Rendering = Callable[[Frame], Any]
"""Makes of a frame what an output writes; safe in any thread."""
