"""Where results and rejects go: CSV, JSON lines, Parquet; a file appears when it is whole, and not before."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any, Protocol, TextIO

import pyarrow as pa

from bamai.batch.frame import Frame, Rendering
from bamai.batch.render import csv_header, csv_pieces, json_lines
from bamai.files import Whole
from bamai.texts import Lang, printable, t

ROW_GROUP = 1 << 18
"""Rows collected for one row group of Parquet, at most."""

ROW_GROUP_BYTES = 24 << 20
"""Bytes collected for one, about: with a column for every indicator so many rows would take all the memory."""

BOM = b"\xef\xbb\xbf"


class Output(Protocol):
    """Takes frames of one schema, in order."""

    def rendered(self, frame: Frame) -> Any:
        """*frame* as it will be written; safe in any thread."""

    def write(self, rendered: Any) -> None:
        """Write what :meth:`rendered` gave."""

    def close(self) -> None:
        """Everything was written: let the file appear."""

    def abort(self) -> None:
        """Leave nothing behind."""


@contextlib.contextmanager
def _told(file: Whole | None) -> Iterator[None]:
    """Says which file could not be written."""
    try:
        yield
    except OSError as error:
        if file is None:
            raise
        raise file.failed(error) from None


class TextOutput:
    """Lines of text in a file that appears when it is whole, or on a stream.

    Args:
        make: a frame as lines.
        head: what comes before the first line.
    """

    def __init__(self, target: Path | IO[bytes], make: Rendering, head: bytes = b"") -> None:
        self._file = Whole(target) if isinstance(target, Path) else None
        self._stream: IO[bytes] = self._file.stream if self._file is not None else target  # type: ignore[assignment]
        self.rendered = make
        self._stream.write(head)

    def write(self, rendered: bytes | Iterable[memoryview]) -> None:
        with _told(self._file):
            for piece in [rendered] if isinstance(rendered, bytes) else rendered:
                self._stream.write(piece)

    def settle(self) -> None:
        """Everything was written: have it on the disk, where nothing but its name can go wrong."""
        if self._file is not None:
            self._file.settle()
        else:
            self._stream.flush()

    def close(self) -> None:
        self.settle()
        if self._file is not None:
            self._file.close()

    def abort(self) -> None:
        if self._file is not None:
            self._file.abort()


class ParquetOutput:
    """Typed columns; scores are decimals."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        from pyarrow import parquet  # noqa: PLC0415  (only Parquet needs it)

        self._file = Whole(path)
        # names and scores hardly repeat: a dictionary of them costs time and saves nothing
        repeating = [
            field.name for field in schema if pa.types.is_string(field.type) and field.name not in ("id", "name")
        ]
        self._writer = parquet.ParquetWriter(
            self._file.stream, schema, compression="zstd", use_dictionary=repeating, store_decimal_as_integer=True
        )
        self._waiting: list[pa.RecordBatch] = []
        self._schema = schema

    def rendered(self, frame: Frame) -> pa.RecordBatch:
        return frame.batch()

    def write(self, rendered: pa.RecordBatch) -> None:
        self._waiting.append(rendered)
        rows, size = (sum(getattr(batch, what) for batch in self._waiting) for what in ("num_rows", "nbytes"))
        if rows >= ROW_GROUP or size >= ROW_GROUP_BYTES:
            with _told(self._file):
                self._flush()

    def _flush(self) -> None:
        if self._waiting:
            self._writer.write_table(pa.Table.from_batches(self._waiting, self._schema), row_group_size=ROW_GROUP)
            self._waiting = []

    def settle(self) -> None:
        with _told(self._file):
            self._flush()
            self._writer.close()
        self._file.settle()

    def close(self) -> None:
        self.settle()
        self._file.close()

    def abort(self) -> None:
        self._waiting = []
        with contextlib.suppress(OSError, pa.ArrowException):
            self._writer.close()  # else it would try to when it is collected, on a file that is gone
        self._file.abort()


class Late:
    """A file that is only made when something is written to it; one of an earlier run is then not left standing."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._path = path
        self._schema = schema
        self._output: TextOutput | ParquetOutput | None = None
        self._renderer = renderer(path)

    def rendered(self, frame: Frame) -> Any:
        return self._renderer(frame)

    def write(self, rendered: Any) -> None:
        if self._output is None:
            self._output = opened(self._path, self._schema)
        self._output.write(rendered)

    def settle(self) -> None:
        if self._output is not None:
            self._output.settle()

    def close(self) -> None:
        if self._output is not None:
            self._output.close()
        else:
            self._path.unlink(missing_ok=True)

    def abort(self) -> None:
        if self._output is not None:
            self._output.abort()


class Complaints:
    """Rejects as messages for a reader, one a line; *file* is the input where there is only one."""

    def __init__(self, stream: TextIO, lang: Lang, file: str | None = None) -> None:
        self._stream = stream
        self._lang = lang
        self._file = file

    def rendered(self, frame: Frame) -> bytes:
        lines = []
        for row in frame.batch().to_pylist():
            place = ":".join(str(part) for part in (row.get("file", self._file), row["line"]) if part)
            record = t("batch.record", self._lang, record=row["record"])
            named = " ".join(part for part in (record, row["column"]) if part)
            lines.append(printable(f"{place}: {named}: {row['message']} [{row['code']}]") + "\n")
        return "".join(lines).encode()

    def write(self, rendered: bytes) -> None:
        self._stream.write(rendered.decode())

    def settle(self) -> None:
        self._stream.flush()

    def close(self) -> None:
        """Nothing appears that is not there."""

    def abort(self) -> None:
        self._stream.flush()


def renderer(path: Path) -> Rendering:
    """How the kind of file that *path* names wants its frames."""
    match path.suffix.lower():
        case ".parquet":
            return Frame.batch
        case ".jsonl" | ".ndjson":
            return json_lines
        case _:
            return csv_pieces


SUFFIXES = (".csv", ".jsonl", ".ndjson", ".parquet")


def opened(target: Path | IO[bytes], schema: pa.Schema) -> TextOutput | ParquetOutput:
    """An output of the kind that the suffix of *target* says; a stream gets CSV.

    Raises:
        OutputError: the file cannot be made.
    """
    if not isinstance(target, Path):
        return TextOutput(target, csv_pieces, csv_header(schema.names))
    suffix = target.suffix.lower()
    if suffix == ".parquet":
        return ParquetOutput(target, schema)
    # the mark tells Excel that this is UTF-8
    return TextOutput(target, renderer(target), BOM + csv_header(schema.names) if suffix == ".csv" else b"")
