"""Batches: CSV in every encoding, plain or gzip, Parquet, and the map of ``--columns``."""

from __future__ import annotations

import gzip
import io
import zlib
from functools import lru_cache
from pathlib import Path
from random import Random

import pyarrow as pa
from pyarrow import csv, parquet

from bamai.batch.frame import Frame
from bamai.batch.inputs import Mapped, Reading
from bamai.batch.kernel import Options
from bamai.batch.local import Inputs, Run
from bamai.batch.render import csv_lines, json_lines
from batches import Kept, vocabulary
from conftest import ROOT, edition
from fuzz.hostile import TEXTS, Door, broken, main, spoken

ROWS = ROOT / "questionnaires" / "sme" / "2024" / "example.csv"


class Spelled(Kept):
    """Rows that are spelled out as files want them, too."""

    def rendered(self, frame: Frame) -> list[dict[str, object]]:
        csv_lines(frame).decode(), json_lines(frame).decode()
        return super().rendered(frame)


@lru_cache
def seeds() -> list[bytes]:
    """The shipped rows, in every encoding."""
    text = ROWS.read_bytes().decode("utf-8-sig")
    short = "\n".join(text.splitlines()[:4]) + "\n"
    quoted = "\n".join(",".join(f'"{cell}"' for cell in line.split(",")) for line in text.splitlines()[:5])
    return [text.encode(), short.encode("gb18030"), short.encode("utf-16"), quoted.encode(), short.encode("utf-8-sig")]


def rows(random: Random, content: bytes) -> bytes:
    """Bytes that are broken; now and then cells, and what is hard on a delimiter or an encoding."""
    if random.random() < 0.5:
        return broken(random, content)
    lines = content.split(b"\n")
    for _ in range(random.choice((1, 2, 10))):
        at = random.randrange(len(lines))
        cells = lines[at].split(b",")
        text = random.choice(TEXTS).encode("utf-8", "surrogatepass")
        cells[random.randrange(len(cells))] = random.choice((text, b'"' + text.replace(b'"', b'""') + b'"'))
        lines[at] = b",".join(cells)
    return b"\n".join(lines)


def batch(path: Path, columns: dict[str, str | None] | None = None) -> tuple[str, ...]:
    """Score a file: every record comes out once, as a result or refused."""
    reading = Reading(edition("sme@2024"), Options(True, False, False, "en"), Mapped(columns or {}), True, None)
    inputs = Inputs([str(path)], reading)
    results, rejects = Spelled(), Spelled()
    report = Run(inputs, vocabulary(), [results], [rejects], threads=2).run()
    refused = {row["record"] for row in rejects.rows}
    assert not refused & {row["record"] for row in results.rows}, "a record came out twice"
    assert len(results.rows) + len(refused) == report.records, "records were lost"
    assert {row["record"] for row in results.rows} | refused == set(range(1, report.records + 1)), "odd records"
    return ("DONE", *sorted({row["code"] for row in rejects.rows}), *spoken(report.unfinished))


def enter_csv(content: bytes, folder: Path) -> tuple[str, ...]:
    path = folder / "rows.csv"
    path.write_bytes(content)
    return batch(path)


def enter_gzip(content: bytes, folder: Path) -> tuple[str, ...]:
    path = folder / "rows.csv.gz"
    path.write_bytes(content)
    return batch(path)


def enter_parquet(content: bytes, folder: Path) -> tuple[str, ...]:
    path = folder / "rows.parquet"
    path.write_bytes(content)
    return batch(path)


def enter_columns(content: bytes, folder: Path) -> tuple[str, ...]:
    path = folder / "columns.yaml"
    path.write_bytes(content)
    mapped = Mapped.read(path)
    rows_path = folder / "rows.csv"
    rows_path.write_bytes(seeds()[0])
    return batch(rows_path, dict(mapped.names))


@lru_cache
def tables() -> list[bytes]:
    """The shipped rows as Parquet: of text, of dictionaries, of the types that a reader guesses."""
    guessed = csv.read_csv(io.BytesIO(seeds()[0]))
    text = guessed.cast(pa.schema([(name, pa.string()) for name in guessed.column_names]))
    coded = pa.table({name: text[name].dictionary_encode() for name in text.column_names})
    made = []
    for table in (text, coded, guessed):
        for compression in ("none", "zstd"):
            stream = io.BytesIO()
            parquet.write_table(table.slice(0, 8), stream, compression=compression)
            made.append(stream.getvalue())
    return made


def table(random: Random, content: bytes) -> bytes:
    """Bytes that are broken, or cells that are and a file that is not."""
    if random.random() < 0.6:
        return broken(random, content)
    try:
        read = parquet.read_table(io.BytesIO(content))
    except (OSError, pa.ArrowException, UnicodeDecodeError):
        return broken(random, content)
    if not read.num_columns or not read.num_rows:
        return broken(random, content)
    name = random.choice(read.column_names)
    values = [random.choice(TEXTS).encode("utf-8", "surrogatepass") for _ in range(read.num_rows)]
    kinds = (pa.binary(), pa.float64(), pa.int64(), pa.decimal128(38, 10), pa.list_(pa.string()), pa.timestamp("ms"))
    kind = random.choice(kinds)
    if kind == pa.binary():
        raw = pa.array(values, kind)
        # text that is none: Arrow believes whoever says so
        column = random.choice((raw, pa.Array.from_buffers(pa.string(), len(raw), raw.buffers())))
    elif kind == pa.float64():
        column = pa.array([random.choice((1e308, -1e308, float("nan"), float("inf"), 1e-320, 0.1)) for _ in values])
    elif kind == pa.list_(pa.string()):
        column = pa.array([["a"] for _ in values])
    else:
        column = pa.array([random.choice((0, -1, 2**40, None)) for _ in values], pa.int64()).cast(kind)
    stream = io.BytesIO()
    parquet.write_table(read.set_column(read.column_names.index(name), name, column), stream)
    return stream.getvalue()


def packed(random: Random, content: bytes) -> bytes:
    """Rows that are broken and packed, or packed and broken."""
    if random.random() < 0.6:
        return broken(random, content)
    try:
        return gzip.compress(broken(random, gzip.decompress(content)), mtime=0)
    except (OSError, EOFError, zlib.error):
        return broken(random, content)


DOORS = (
    Door("csv", seeds, rows, enter_csv),
    Door("gzip", lambda: [gzip.compress(content, mtime=0) for content in seeds()], packed, enter_gzip),
    Door("parquet", tables, table, enter_parquet),
    Door(
        "columns", lambda: [b"Q1: Q2\nQ2: Q1\n", '"企业": name\nQ9:\n'.encode(), b"name: null\n"], broken, enter_columns
    ),
)

if __name__ == "__main__":
    main(DOORS)
