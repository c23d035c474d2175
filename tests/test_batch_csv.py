"""Traps on the way in and out of a batch: what spreadsheets, platforms and accidents make of rows."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import resource
import signal
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from bamai.api import score_answers
from bamai.batch import csvfile, inputs
from bamai.errors import InputError
from batches import Batch, batch, batch_of, csv_text
from conftest import Run, edition

BLOCKS = [1, 9, 40, 1 << 20]
"""Bytes of a block: every record by itself, borders inside records, and a whole file at once."""


def told(done: Batch) -> list[tuple[int, str]]:
    """Record and id of every result."""
    return [(row["record"], row["id"]) for row in done.results]


def rows_of(raw: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline="")))


# ── quotes ───────────────────────────────────────────────────────────────────────────────────────────

UNCLOSED = {
    "first": (['1,"a,B', "2,b,B", "3,c,B"], [2, 3], [(1, 2)]),
    "last": (["1,a,B", "2,b,B", '3,"c,B'], [1, 2], [(3, 4)]),
    "alone": (['1,"a,B'], [], [(1, 2)]),
    "twice running": (["1,a,B", '2,"b,B', '3,"c,B', "4,d,B"], [1, 4], [(2, 3), (3, 4)]),
    "three times running": (['1,"a,B', '2,"b,B', '3,"c,B', "4,d,B"], [4], [(1, 2), (2, 3), (3, 4)]),
    "before one of several lines": (['1,"a,B', '2,"b', 'c",B', "3,d,B"], [2, 3], [(1, 2)]),
    "after one of several lines": (['1,"a', 'b",B', '2,"c,B', "3,d,B"], [1, 3], [(2, 4)]),
    "between two of several lines": (
        ['1,"a', '', 'b",B', '2,"c,B', '3,"d', 'e",B', "4,f,B"], [1, 3, 4], [(2, 5)],
    ),
    "among blank lines": (["", '1,"a,B', "", "", "2,b,B", ""], [2], [(1, 3)]),
}  # fmt: skip


@pytest.mark.parametrize("block", BLOCKS)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("case", UNCLOSED)
def test_an_unclosed_quote_anywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: str, end: str, block: int
) -> None:
    monkeypatch.setattr(csvfile, "BLOCK", block)
    lines, good, bad = UNCLOSED[case]
    for last in ("", end):
        done = batch_of(tmp_path, end.join(["id,name,Q1", *lines]) + last)
        assert told(done) == [(record, str(record)) for record in good]
        assert done.refused == [(record, line, "unclosed_quote") for record, line in bad]


@pytest.mark.parametrize("block", BLOCKS)
def test_a_record_of_several_lines_counts_its_lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    monkeypatch.setattr(csvfile, "BLOCK", block)
    done = batch_of(tmp_path, 'id,name,Q1\n1,"a\n\n""b"",\n",B\n2,c,Z\n"3","d\ne","B"\n4,f,Z\n')
    assert [(row["record"], row["name"]) for row in done.results] == [(1, 'a\n\n"b",\n'), (3, "d\ne")]
    assert done.refused == [(2, 6, "no_such_option"), (4, 9, "no_such_option")]


def test_several_lines_that_do_not_fit_the_header_stand_alone(tmp_path: Path) -> None:
    """A closing quote further down must not swallow the rows between."""
    done = batch_of(tmp_path, 'id,name,Q1\n1,x,"a,B\n2,b,B\n3,c",B\n4,d,B\n')
    assert told(done) == [(2, "2"), (3, "3"), (4, "4")]
    assert done.results[1]["name"] == 'c"'
    assert done.refused == [(1, 2, "unclosed_quote")]


def test_a_quoted_last_cell_without_a_last_newline(tmp_path: Path) -> None:
    for end in ("", "\n", "\r\n"):
        done = batch_of(tmp_path, f'id,Q1,name\n1,B,"a ""x"""{end}')
        assert [row["name"] for row in done.results] == ['a "x"']


def test_a_header_of_several_lines(tmp_path: Path) -> None:
    content = '\n\nid,"备注\n(选填)",Q1\n\n1,x,B\n2,y,Z\n'
    done = batch_of(tmp_path, content, columns={"备注\n(选填)": None})
    assert told(done) == [(1, "1")]
    assert done.refused == [(2, 7, "no_such_option")]


# ── lines ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("block", BLOCKS)
def test_mixed_line_ends_and_blank_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int) -> None:
    monkeypatch.setattr(csvfile, "BLOCK", block)
    done = batch_of(tmp_path, "\r\n\nid,name,Q1\r\n\r\n1,a,B\n\n2,b\rc,B\r\n3,d,Z\r\n\n\r\n4,e,B\n\n\n")
    assert [(row["record"], row["name"]) for row in done.results] == [(1, "a"), (2, "b\rc"), (4, "e")]
    assert done.refused == [(3, 8, "no_such_option")]


@pytest.mark.parametrize("block", BLOCKS)
def test_blank_lines_before_the_header_are_counted_whatever_their_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    monkeypatch.setattr(csvfile, "BLOCK", block)
    for blank in ("\n" * 100, "\r\n" * 100):
        done = batch_of(tmp_path, blank + "id,Q1\n1,B\n2,Z\n")
        assert told(done) == [(1, "1")]
        assert done.refused == [(2, 103, "no_such_option")]


def test_a_header_beyond_bounds_is_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_bytes(b"id,Q1," + b"x" * (4 << 20) + b"\n1,B,\n")
    done = run("batch", str(tmp_path / "rows.csv"), "--model", "sme", "--lang", "en", "-o", str(tmp_path / "out.csv"))
    assert done.returncode == 3
    assert "rows.csv: the header is longer than 4 MB" in done.stderr.decode()
    assert not (tmp_path / "out.csv").exists()


def test_a_line_of_spaces_or_delimiters_is_a_record(tmp_path: Path) -> None:
    done = batch_of(tmp_path, 'id,Q1\n  \n,\n""\n1,B\n')
    assert told(done) == [(4, "1")]
    assert done.refused == [(1, 2, "field_count"), (2, 3, "no_identity"), (3, 4, "field_count")]


def test_one_column_alone(tmp_path: Path) -> None:
    done = batch_of(tmp_path, 'id\n1\n\n"2"\n""\n3\n')
    assert told(done) == [(1, "1"), (2, "2"), (4, "3")]
    assert done.refused == [(3, 5, "no_identity")]


def test_a_delimiter_too_many_at_every_end(tmp_path: Path) -> None:
    """Some programs end each line with a delimiter; the header says so in words."""
    with pytest.raises(InputError) as caught:
        batch_of(tmp_path, "id,Q1,\n1,B,\n")
    assert [problem.code for problem in caught.value.problems] == ["column_without_name"]
    assert caught.value.problems[0].params == {"found": 3}


@pytest.mark.parametrize("block", [1_000, 3_000, 7_000])
def test_the_longest_record_is_the_same_in_every_block(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    monkeypatch.setattr(csvfile, "LONGEST", 10_000)
    monkeypatch.setattr(csvfile, "BLOCK", block)
    monkeypatch.setattr("bamai.batch.inputs.BLOCK", block)
    done = batch_of(tmp_path, f"id,name,Q1\n1,{'x' * 9_000},B\n2,{'y' * 12_000},B\n3,z,B\n")
    assert told(done) == [(1, "1"), (3, "3")]
    assert done.refused == [(2, 3, "record_too_long")]


@pytest.mark.parametrize("content", ["sep=;\r\nid;Q1\r\n1;B\r\n2;Z\r\n", "SEP=;\nid;Q1\n1;B\n2;Z\n"])
def test_a_line_that_names_the_delimiter(tmp_path: Path, content: str) -> None:
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        done = batch_of(tmp_path, content.encode(encoding))
        assert told(done) == [(1, "1")]
        assert done.refused == [(2, 4, "no_such_option")]


def test_a_delimiter_that_nobody_uses_is_found_out_from_the_header(tmp_path: Path) -> None:
    assert told(batch_of(tmp_path, "sep=|\nid\tQ1\n1\tB\n")) == [(1, "1")]


# ── who it is ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("length", [1, 20, 61, 200])
def test_white_space_is_no_identity_however_long(tmp_path: Path, length: int) -> None:
    spaces = [space * length for space in (" ", "\t", "\u3000", "\u00a0", "\u2003")]
    done = batch_of(tmp_path, "id,name,Q1\n1,,B\n" + "".join(f"{space},{space},B\n" for space in spaces))
    assert [record for record, _ in told(done)] == [1]
    assert done.refused == [(record, record + 1, "no_identity") for record in range(2, 7)]


@pytest.mark.parametrize("block", BLOCKS)
def test_repeated_ids_are_found_across_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int) -> None:
    monkeypatch.setattr(csvfile, "BLOCK", block)
    long = "91E000000000000499" * 5
    ids = ["007", "7", long, "007", f"{long}x", "", "", long, "007 "]
    done = batch_of(tmp_path, csv_text(["id", "name"], [[name, "n"] for name in ids]))
    assert [row["duplicate"] for row in done.results] == [
        False, False, False, True, False, False, False, True, False,
    ]  # fmt: skip
    assert done.report.duplicates == 2


def test_a_name_is_enough_and_never_a_duplicate(tmp_path: Path) -> None:
    done = batch_of(tmp_path, "name,Q1\na,B\na,B\n")
    assert [(row["name"], row["duplicate"]) for row in done.results] == [("a", False), ("a", False)]


# ── headers ──────────────────────────────────────────────────────────────────────────────────────────


def test_one_question_by_id_and_by_code_is_refused_with_both_names(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        batch_of(tmp_path, "id,Q1,network\n1,B,B\n")
    [problem] = caught.value.problems
    assert problem.code == "column_twice"
    assert problem.params == {"found": "network", "first": "Q1"}


def test_the_map_of_columns(run: Run, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("单位代码,Ｑ一,负责人,level\na,B,张,x\n", encoding="utf-8")
    (tmp_path / "map.yaml").write_text("单位代码: id\nＱ一: Q1\n负责人:\nlevel:\n", encoding="utf-8")
    done = run("batch", "rows.csv", "--model", "sme", "--columns", "map.yaml", "--keep", "-o", "o.csv")
    assert done.returncode == 0, done.stderr.decode()
    [row] = rows_of((tmp_path / "o.csv").read_bytes())
    assert (row["id"], row["level"], row["status"]) == ("a", "", "incomplete")
    assert "负责人" not in row


def test_a_map_to_a_column_that_is_not_there_is_told_with_its_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("a,b\n1,B\n")
    (tmp_path / "map.yaml").write_text("a: id\nb: netwrk\n")
    done = run("batch", "rows.csv", "--model", "sme", "--columns", "map.yaml", "--lang", "en")
    assert done.returncode == 3
    assert b"map.yaml:2:4" in done.stderr and b"did you mean network?" in done.stderr


@pytest.mark.parametrize("name", ["record", "score", "base", "operations_3", "duplicate"])
def test_a_kept_column_must_not_be_called_like_a_result(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="column_is_a_result"):
        batch_of(tmp_path, f"id,{name}\n1,x\n", keep=True)


def test_a_kept_column_may_be_called_like_a_result_that_was_not_asked_for(tmp_path: Path) -> None:
    content = "id,s01_,ignored\n1,x,y\n"
    [row] = batch_of(tmp_path, content, keep=True).results
    assert (row["s01_"], row["ignored"]) == ("x", "y")
    with pytest.raises(InputError, match="column_is_a_result"):
        batch_of(tmp_path, content, keep=True, lenient=True)


def test_a_kept_column_called_file_is_not_lost_among_several_inputs(tmp_path: Path) -> None:
    paths = [tmp_path / "a.csv", tmp_path / "b.csv"]
    for path in paths:
        path.write_text("id,file\n1,scan.pdf\n")
    with pytest.raises(InputError, match="column_is_a_result"):
        batch(*paths, keep=True)
    assert [row["file"] for row in batch(paths[0], keep=True).results] == ["scan.pdf"]


def test_several_inputs_may_have_different_columns(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,Q1,memo\n1,B,x\n")
    (tmp_path / "b.csv").write_text("s01;name;other\n3;n;y\n")
    done = batch(tmp_path / "a.csv", tmp_path / "b.csv", keep=True)
    assert [(r["id"], r["name"], r["memo"], r["other"], r["operations_3"]) for r in done.results] == [
        ("1", "", "x", "", 0), ("", "n", "", "y", 1),
    ]  # fmt: skip


# ── encodings ────────────────────────────────────────────────────────────────────────────────────────


def test_every_second_byte_of_gb18030(tmp_path: Path) -> None:
    """Second bytes look like letters, backslashes, bars; four-byte characters hold digits."""
    pairs = [bytes([0x81 + n % 0x7D, second]) for n, second in enumerate([*range(0x40, 0x7F), *range(0x80, 0xFF)])]
    quads = [b"\x81" + bytes([0x30 + n]) + b"\x81" + bytes([0x30 + n]) for n in range(10)]
    names = [raw.decode("gb18030") for raw in (*pairs, *quads)]
    content = "".join(f'{n},{name},"{name}",B\n' for n, name in enumerate(names))
    done = batch_of(tmp_path, f"id,name,备注,Q1\n{content}".encode("gb18030"), keep=True)
    assert [(row["name"], row["备注"]) for row in done.results] == [(name, name) for name in names]


def test_a_broken_quote_in_gb18030_is_shown_in_chinese(tmp_path: Path) -> None:
    done = batch_of(tmp_path, 'id,name,Q1\n1,晨溪,B\n2,"恒泽,B\n3,江苏,B\n'.encode("gb18030"))
    assert told(done) == [(1, "1"), (3, "3")]
    assert done.refused == [(2, 3, "unclosed_quote")]
    assert done.rejects[0]["value"] == '2,"恒泽,B'


@pytest.mark.parametrize("block", BLOCKS)
def test_a_bad_byte_costs_its_record_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int) -> None:
    monkeypatch.setattr(csvfile, "BLOCK", block)
    content = "id,name,Q1\n1,晨,B\n2,".encode() + b'\xff,B\n3,"c\n\xfe\n",B\n4,' + '溪,B\n5,"\n",Z\n'.encode()
    done = batch_of(tmp_path, content, encoding="utf-8")
    assert told(done) == [(1, "1"), (4, "4")]
    assert done.refused == [(2, 3, "bad_encoding"), (3, 4, "bad_encoding"), (5, 8, "no_such_option")]


@pytest.mark.parametrize("raw", [b"\xc0\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe6\x99", b"\x80"])
def test_what_only_looks_like_utf8(tmp_path: Path, raw: bytes) -> None:
    done = batch_of(tmp_path, b"id,name,Q1\n1,a,B\n2,x" + raw + b",B\n3,c,B\n", encoding="utf-8")
    assert told(done) == [(1, "1"), (3, "3")]
    assert done.refused == [(2, 3, "bad_encoding")]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_half_a_surrogate_pair_costs_its_record_only(tmp_path: Path, encoding: str) -> None:
    mark = "\ufeff".encode(encoding)
    content = "id,name,Q1\n1,😀,B\n2,x\ud800y,B\n3,c,B\n4,d,Z\n".encode(encoding, "surrogatepass")
    done = batch_of(tmp_path, mark + content)
    assert told(done) == [(1, "1"), (3, "3")]
    assert done.results[0]["name"] == "😀"
    assert done.refused == [(2, 3, "bad_encoding"), (4, 5, "no_such_option")]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark(tmp_path: Path, encoding: str) -> None:
    content = "id,name,Q1\n" + "".join(f"{n},plant {n},B\n" for n in range(50))
    assert len(batch_of(tmp_path, content.encode(encoding)).results) == 50
    short = "id,Q1\n1,B\n".encode(encoding)
    assert told(batch_of(tmp_path, short, encoding=encoding)) == [(1, "1")]


def test_utf16_that_ends_in_half_a_character(tmp_path: Path) -> None:
    done = batch_of(tmp_path, "id,name,Q1\n1,a,B\n2,b,B\n".encode("utf-16") + b"\x41")
    assert told(done)[:2] == [(1, "1"), (2, "2")]
    assert done.report.records == len(done.results) + done.report.rejected


def test_chinese_far_down_in_gzip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bamai.batch.inputs.BLOCK", 4096)
    content = "id,name,Q1\n" + "".join(f"{n},plant {n},B\n" for n in range(2000)) + "x,晨溪,B\n"
    done = batch_of(tmp_path, gzip.compress(content.encode("gb18030")), "rows.csv.gz")
    assert done.results[-1]["name"] == "晨溪" and done.rejects == []


# ── gzip ─────────────────────────────────────────────────────────────────────────────────────────────


def test_gzip_of_several_members_and_padding(tmp_path: Path) -> None:
    raw = gzip.compress(b"id,Q1\n1,") + gzip.compress(b"B\n2,B\n") + gzip.compress(b"3,Z\n") + b"\0" * 512
    done = batch_of(tmp_path, raw, "rows.csv.gz")
    assert told(done) == [(1, "1"), (2, "2")]
    assert done.refused == [(3, 4, "no_such_option")]
    assert done.report.unfinished == []


@pytest.mark.parametrize("raw", [b"id,Q1\n1,B\n", gzip.compress(b"id,Q1\n1,B\n" * 50, mtime=0)[:8]])
def test_gzip_that_gives_nothing(tmp_path: Path, raw: bytes) -> None:
    with pytest.raises(InputError, match="gzip_damaged"):
        batch_of(tmp_path, raw, "rows.csv.gz")
    with pytest.raises(InputError, match="file_empty"):
        batch_of(tmp_path, gzip.compress(b""), "rows.csv.gz")


def test_gzip_with_a_wrong_checksum(tmp_path: Path) -> None:
    raw = bytearray(gzip.compress(b"id,Q1\n1,B\n2,B\n"))
    raw[-8] ^= 1
    done = batch_of(tmp_path, bytes(raw), "rows.csv.gz")
    assert told(done) == [(1, "1"), (2, "2")]
    assert [problem.code for problem in done.report.unfinished] == ["gzip_damaged"]


# ── Parquet ──────────────────────────────────────────────────────────────────────────────────────────


def parquet_of(folder: Path, columns: dict[str, object], **options: object) -> Batch:
    """Score a Parquet file of these columns."""
    parquet.write_table(pa.table(columns), folder / "r.parquet", **options)
    return batch(folder / "r.parquet")


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        (pa.array([1e10, 123456789012.0, 1e15, None]), ["10000000000", "123456789012", "1000000000000000", ""]),
        (pa.array([16777216.0, 0.5], pa.float32()), ["16777216", "0.5"]),
        (pa.array([2**64 - 1, 7], pa.uint64()), ["18446744073709551615", "7"]),
        (pa.array([Decimal("7.00"), Decimal("100.00"), Decimal("0.50")]), ["7", "100", "0.5"]),
        (pa.array([Decimal(700), Decimal(0)], pa.decimal128(5, 0)), ["700", "0"]),
        (pa.array(["007", "1e5"], pa.large_string()), ["007", "1e5"]),
        (pa.array(["007", "x" * 40], pa.string_view()), ["007", "x" * 40]),
        (pa.array(["007", None, "007"]).dictionary_encode(), ["007", "", "007"]),
    ],
    ids=["float64", "float32", "uint64", "decimal", "whole decimal", "large", "view", "dictionary"],
)  # fmt: skip
def test_ids_in_parquet_are_what_a_csv_would_hold(tmp_path: Path, values: pa.Array, texts: list[str]) -> None:
    done = parquet_of(tmp_path, {"id": values, "name": ["n"] * len(values)})
    assert [row["id"] for row in done.results] == texts


def test_small_floats_in_parquet_are_numbers(tmp_path: Path) -> None:
    rates = [33.333333333333336, 1e-4, 1e-7, 100.0, float("nan")]
    in_parquet = parquet_of(tmp_path, {"id": list("abcde"), "Q2": rates})
    texts = ["33.333333333333336", "0.0001", "0.0000001", "100", ""]
    in_csv = batch_of(tmp_path, csv_text(["id", "Q2"], list(zip("abcde", texts, strict=True))))
    assert (in_parquet.results, in_parquet.refused) == (in_csv.results, [])


def test_parquet_is_numbered_through_its_row_groups(tmp_path: Path) -> None:
    answers = ["B", "Z", "B", "B", "Z"]
    done = parquet_of(tmp_path, {"id": list("abcde"), "Q1": answers}, row_group_size=2)
    assert told(done) == [(1, "a"), (3, "c"), (4, "d")]
    assert [(row["record"], row["line"]) for row in done.rejects] == [(2, None), (5, None)]


def test_long_texts_that_parquet_holds_once_are_spelled_out_a_few_rows_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = pa.table({"id": [str(row) for row in range(9)], "name": ["x" * 900] * 9, "Q1": ["B"] * 8 + ["Z"]})
    parquet.write_table(table, tmp_path / "rows.parquet")
    whole = batch(tmp_path / "rows.parquet")
    monkeypatch.setattr(inputs, "BLOCK", 1000)  # two rows to a part
    parts = batch(tmp_path / "rows.parquet")
    assert parts.results == whole.results
    assert [row["record"] for row in parts.results] == [*range(1, 9)]
    assert parts.rejects == whole.rejects
    assert [(row["record"], row["code"]) for row in parts.rejects] == [(9, "no_such_option")]


def test_parquet_without_rows_and_with_nulls_only(tmp_path: Path) -> None:
    empty = parquet_of(tmp_path, {"id": pa.array([], pa.string()), "Q1": pa.array([], pa.null())})
    assert (empty.results, empty.rejects, empty.report.records) == ([], [], 0)
    done = parquet_of(tmp_path, {"id": ["1", "2"], "Q1": pa.nulls(2)})
    assert [row["status"] for row in done.results] == ["incomplete", "incomplete"]


def test_a_parquet_column_that_is_left_out_may_be_a_list(tmp_path: Path) -> None:
    parquet.write_table(pa.table({"id": ["1"], "tags": [["a", "b"]]}), tmp_path / "r.parquet")
    assert told(batch(tmp_path / "r.parquet", columns={"tags": None})) == [(1, "1")]
    with pytest.raises(InputError, match="column_type"):
        batch(tmp_path / "r.parquet", keep=True)


def test_parquet_text_that_is_no_utf8_stops_nothing(run: Run, tmp_path: Path) -> None:
    offsets = pa.py_buffer(np.array([0, 1, 3], np.int32))
    broken = pa.Array.from_buffers(pa.string(), 2, [None, offsets, pa.py_buffer(b"B\xff\xfe")])
    for names in ({"id": ["1", "2"], "Q1": broken}, {"id": broken, "name": ["a", "b"]}):
        parquet.write_table(pa.table(names), tmp_path / "r.parquet")
        done = run("batch", "r.parquet", "--model", "sme", "--lang", "en")
        assert done.returncode == 3, done.stderr.decode()
        assert b"a defect of the program" not in done.stderr


def test_damage_inside_parquet_is_the_inputs_fault(run: Run, tmp_path: Path) -> None:
    count = 50_000
    table = pa.table({"id": [str(n) for n in range(count)], "Q1": ["B"] * count})
    parquet.write_table(table, tmp_path / "r.parquet", compression="snappy")
    raw = bytearray((tmp_path / "r.parquet").read_bytes())
    raw[1000:3000] = b"\xff" * 2000
    (tmp_path / "r.parquet").write_bytes(raw)
    done = run("batch", "r.parquet", "--model", "sme", "--lang", "en")
    assert done.returncode == 3, done.stderr.decode()
    assert b"r.parquet" in done.stderr and b"output_failed" not in done.stderr


# ── answers ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("longer", "short"), [("B|E|M|I|C", "B|E|M|I|"), ("B|C|O|D|L ", "B|C|O|D|")])
def test_an_answer_is_not_taken_for_a_longer_one_that_begins_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, longer: str, short: str
) -> None:
    """Both stand in one table of answers, and each pair in one place of it."""
    monkeypatch.setattr(csvfile, "BLOCK", 1)
    done = batch_of(tmp_path, f"id,Q4\n1,{longer}\n2,{short}\n", detail=True)
    for row, text in zip(done.results, (longer, short), strict=True):
        one = score_answers(edition("sme"), {"Q4": text}).indicators
        [name] = [i for i in one if edition("sme").indicators[i].scoring.question == "data_collection"]
        assert row[name] == one[name].score


def test_lenient_keeps_what_can_be_kept(tmp_path: Path) -> None:
    """What is no row, or nobody's, stays refused."""
    content = 'id,name,Q1,s01\n1,a,Z,9\n2,b\n,,B,3\n3,"c" d,B,3\n4,e,B,3\n'
    done = batch_of(tmp_path, content, lenient=True)
    assert [(r["record"], r["ignored"], r["status"]) for r in done.results] == [
        (1, "network:no_such_option|product_design:no_such_option", "incomplete"), (5, "", "incomplete"),
    ]  # fmt: skip
    assert done.refused == [(2, 3, "field_count"), (3, 4, "no_identity"), (4, 5, "bad_quotes")]


def test_lenient_with_missing_lowest_counts_ignored_cells_as_lowest(tmp_path: Path) -> None:
    content = "id,Q1,s01\n1,B,9\n2,B,3\n"
    ignored, given = batch_of(tmp_path, content, lenient=True, missing_lowest=True).results
    assert (ignored["status"], ignored["ignored"]) == ("complete", "product_design:no_such_option")
    assert "product_design" in ignored["assumed"].split("|")
    assert "product_design" not in given["assumed"].split("|")
    assert ignored["operations_3"] == given["operations_3"] - 1 == 0


# ── out ──────────────────────────────────────────────────────────────────────────────────────────────


def test_formulas_in_kept_columns_headers_and_rejects_are_text(run: Run, tmp_path: Path) -> None:
    hyper = '=HYPERLINK("http://x","y")'
    rows = [[hyper, "B", "=1"], ["-1+1", "=cmd", "x"], ["-7", "B", "@x"]]
    (tmp_path / "r.csv").write_text(csv_text(["id", "Q1", "=memo"], rows))
    done = run("batch", "r.csv", "--model", "sme", "--keep", "-o", "o.csv", "-o", "o.jsonl")
    assert done.returncode == 3
    results = rows_of((tmp_path / "o.csv").read_bytes())
    assert [(row["id"], row["'=memo"]) for row in results] == [(f"'{hyper}", "'=1"), ("-7", "'@x")]
    [reject] = rows_of((tmp_path / "o.rejects.csv").read_bytes())
    assert (reject["id"], reject["value"]) == ("'-1+1", "'=cmd")
    lines = [json.loads(line) for line in (tmp_path / "o.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [(row["id"], row["=memo"]) for row in lines] == [(hyper, "=1"), ("-7", "@x")]


def test_nothing_steers_the_terminal(run: Run, tmp_path: Path) -> None:
    escape = "\x1b[2J"
    name = f"r{escape}.csv"
    (tmp_path / name).write_text(f'id,Q1,name\n1,{escape},x\n2,B\n3,B,"{escape}" x\n4,"{escape}\n')
    done = run("batch", name, "--model", "sme", "--lang", "en")
    assert done.returncode == 3
    assert done.stderr.count(b"\\x1b[2J") >= 4 and b"\x1b" not in done.stderr
    (tmp_path / name).write_text(f"id,{escape}Q1\n1,B\n")
    for path in (name, f"missing{escape}.csv"):
        done = run("batch", path, "--model", "sme", "--lang", "en")
        assert done.returncode in (2, 3)
        assert b"\x1b" not in done.stderr


def test_inputs_that_are_not_there_are_told_together(run: Run, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "r.docx").write_text("x")
    (tmp_path / "r.csv").write_text("id\n1\n")
    names = ["missing.csv", "folder", "r.docx", "*.nothing", "r.csv", "r.csv"]
    done = run("batch", *names, "--model", "sme", "--lang", "en", "-o", "o.csv")
    assert done.returncode == 2
    for code in ("file_not_found", "folder_without_rows", "input_suffix", "pattern_matches_nothing", "input_twice"):
        assert f"[{code}]".encode() in done.stderr
    assert not (tmp_path / "o.csv").exists()


def test_headers_of_all_inputs_are_refused_together(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,foo\n1,x\n")
    (tmp_path / "b.csv").write_text("")
    (tmp_path / "c.csv").write_text("id\n1\n")
    done = run("batch", "a.csv", "b.csv", "c.csv", "--model", "sme", "--lang", "en", "-o", "o.csv")
    assert done.returncode == 3
    assert b"a.csv:1" in done.stderr and b"[unknown_column]" in done.stderr and b"b.csv: " in done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "b.csv", "c.csv"]


def test_no_folder_for_the_output(run: Run, tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text("id,Q1\n1,B\n")
    for out in ("missing/o.csv", "r.csv/o.parquet"):
        done = run("batch", "r.csv", "--model", "sme", "-o", out, "--lang", "en")
        assert done.returncode == 1
        assert b"[output_failed]" in done.stderr and b"Traceback" not in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["r.csv"]


def limited() -> None:
    """No file of this process may grow beyond 20 kB, as on a disk that is full."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
def test_a_disk_that_fills_up_leaves_no_file(tmp_path: Path, suffix: str) -> None:
    (tmp_path / "r.csv").write_text("id,Q1\n" + "".join(f"{n * 7919 % 100003},B\n" for n in range(20_000)) + "x,Z\n")
    command = [sys.executable, "-m", "bamai", "batch", "r.csv", "--model", "sme", "-o", f"o.{suffix}", "--lang", "en"]
    done = subprocess.run(command, capture_output=True, cwd=tmp_path, check=False, preexec_fn=limited)
    assert done.returncode == 1, done.stderr.decode()
    assert f"o.{suffix}".encode() in done.stderr and b"[output_failed]" in done.stderr
    assert b"Traceback" not in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["r.csv"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_stdout_is_told(tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text("id,Q1\n1,B\n")
    command = [sys.executable, "-m", "bamai", "batch", "r.csv", "--model", "sme", "--lang", "en"]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, cwd=tmp_path, check=False)
    assert done.returncode == 1
    assert b"No space left" in done.stderr and b"Traceback" not in done.stderr


def test_ctrl_c_while_waiting_for_rows(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "bamai", "batch", "-", "--model", "sme", "-o", "o.csv"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path) as process:
        assert process.stdin is not None and process.stderr is not None
        process.stdin.write(b"id,Q1\n1,B\n")
        process.stdin.flush()
        modules = Path(f"/proc/{process.pid}/maps")
        deadline = time.monotonic() + 30
        while modules.exists() and "libarrow" not in modules.read_text() and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 130
        assert b"Traceback" not in process.stderr.read()
    assert list(tmp_path.iterdir()) == []


def test_a_pipe_that_gives_a_byte_at_a_time(tmp_path: Path) -> None:
    """Reads may be short anywhere: in the mark, the header, a character, a quoted cell."""
    content = '\ufeffid,name,Q1\r\n1,"晨\n溪",B\r\n2,b,Z\r\n'.encode()
    command = [sys.executable, "-m", "bamai", "batch", "-", "--model", "sme", "--lang", "en"]
    reader, writer = os.pipe()
    with subprocess.Popen(command, stdin=reader, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path) as run_:
        os.close(reader)
        for byte in content:
            os.write(writer, bytes([byte]))
            time.sleep(0.001)
        os.close(writer)
        out, err = run_.communicate(timeout=60)
    assert run_.returncode == 3
    assert [row["name"] for row in rows_of(out)] == ["晨\n溪"]
    assert b"-:4: record 2 Q1: " in err


def test_counts_and_exit_codes(run: Run, tmp_path: Path) -> None:
    for content, code, counts in (
        ("id,Q1\n1,B\n", 0, "records: 1 = 1 scored + 0 refused"),
        ("id,Q1\n1,Z\n2,B\n3\n", 3, "records: 3 = 1 scored + 2 refused"),
        ("id,Q1\n", 0, "records: 0 = 0 scored + 0 refused"),
    ):
        (tmp_path / "r.csv").write_text(content)
        done = run("batch", "r.csv", "--model", "sme", "--lang", "en", "-o", "o.csv", "--force")
        assert (done.returncode, counts.encode() in done.stderr) == (code, True), done.stderr.decode()
        assert len(rows_of((tmp_path / "o.csv").read_bytes())) == int(counts.split(" = ")[1].split()[0])
