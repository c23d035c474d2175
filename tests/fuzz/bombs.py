"""Small files that want to be large, and large ones: each is given to the command line in a process of its own, whose
address space and time are limited. Prints what each took."""

from __future__ import annotations

import argparse
import gzip
import io
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
from pyarrow import parquet

from bamai.journal import SCHEMA, Head, fingerprints
from conftest import EXAMPLE, edition

SPACE = 2 << 30
"""Bytes of address space: what is mapped, libraries and the stacks of threads included."""

SECONDS = 60

LONG = {
    "commas", "long_columns", "long_header", "many_entries", "many_kept_columns", "many_options", "merged_areas",
    "newlines_last", "open_quote", "packed_line", "packed_newlines", "quotes", "repeated_answer", "repeated_text",
}  # fmt: skip
"""Take more than two seconds, to make or to read."""

HEAD = b"schema: bamai.answers/1\nmodel: sme@2024\n"
ANSWERS, ROWS, FORM, COHORT, JOURNAL = "answers.yaml", "rows.csv", "form.xlsx", "cohort.json", "j.jsonl"

Bomb = Callable[[], bytes]
BOMBS: dict[str, tuple[str, Bomb]] = {}


class Done(NamedTuple):
    """What a command did: its exit code, stdout and stderr, seconds, and the most memory that it held in bytes."""

    code: int
    out: bytes
    told: bytes
    seconds: float
    memory: int


def bomb(file: str) -> Callable[[Bomb], Bomb]:
    """Registers what goes into a file of this name."""

    def register(make: Bomb) -> Bomb:
        BOMBS[make.__name__] = (file, make)
        return make

    return register


def command(file: str) -> list[str]:
    """What is done with a file of this name."""
    if file.startswith("rows"):
        keep = ["--keep"] if "keep" in file else []
        return ["batch", file, "--model", "sme@2024", "-o", "out.csv", "--rejects", "bad.csv", *keep]
    if file.startswith("cohort"):
        return ["cohort", "publish", file, "-o", "out.json"]
    if file.startswith("results"):
        return ["cohort", "build", file, "--model", "sme@2024", "-o", "out.json"]
    if file.startswith("columns"):
        return ["batch", str(EXAMPLE.with_suffix(".csv")), "--model", "sme", "-o", "out.csv", "--columns", file]
    if file.startswith("effort"):
        return ["roadmap", str(EXAMPLE), "--effort", file]
    return ["score", file]


# ── YAML and JSON ────────────────────────────────────────────────────────────────────────────────────

MEGABYTES = 4_100_000  # just below the limit of answers files


@bomb(ANSWERS)
def laughs() -> bytes:
    """A billion of them, by aliases."""
    return (
        HEAD + b"a0: &a0 [x, x]\n" + b"".join(b"a%d: &a%d [*a%d, *a%d]\n" % (i, i, i - 1, i - 1) for i in range(1, 60))
    )


@bomb(ANSWERS)
def brackets() -> bytes:
    return HEAD + b"answers: " + b"[" * MEGABYTES


@bomb(ANSWERS)
def dashes() -> bytes:
    return HEAD + b"answers: \n" + b"- " * (MEGABYTES // 2)


@bomb(ANSWERS)
def anchors() -> bytes:
    return HEAD + b"answers: [" + b"&a a," * (MEGABYTES // 5) + b"]"


@bomb(ANSWERS)
def unknown_keys() -> bytes:
    return HEAD + b"answers:\n" + b"".join(b"  q%d: A\n" % i for i in range(300_000))


@bomb(ANSWERS)
def same_key() -> bytes:
    return HEAD + b"answers:\n" + b"  Q1: B\n" * 400_000


@bomb(ANSWERS)
def long_key() -> bytes:
    return HEAD + b'answers: {"' + b"a" * MEGABYTES + b'": A}'


@bomb(ANSWERS)
def long_answer() -> bytes:
    return HEAD + b"answers: {Q3: " + b"9" * MEGABYTES + b"}"


@bomb(ANSWERS)
def many_options() -> bytes:
    return HEAD + b"answers: {Q1: [" + b"B," * (MEGABYTES // 2) + b"]}"


@bomb(ANSWERS)
def long_note() -> bytes:
    return HEAD + b'answers: {Q3: {value: 30, note: "' + b"x " * (MEGABYTES // 2) + b'"}}'


@bomb("answers.json")
def unknown_json_keys() -> bytes:
    names = ",".join(f'"q{i}":1' for i in range(300_000))
    return (
        f'{{"schema":"bamai.answers/1","model":"sme@2024","assessor":"\\ud842\\udfb7","answers":{{{names}}}}}'.encode()
    )


@bomb("answers.json")
def same_json_keys() -> bytes:
    return b"{" + b",".join(b'"%d":1' % (i // 2) for i in range(380_000)) + b"}"


@bomb("answers.json")
def json_brackets() -> bytes:
    return b"[" * MEGABYTES


@bomb("effort.yaml")
def digits() -> bytes:
    return b"schema: bamai.effort/1\nmodel: sme@2024\ndefault: {fixed: " + b"1" * MEGABYTES + b"x}"


@bomb("effort.yaml")
def decimals() -> bytes:
    return b"schema: bamai.effort/1\nmodel: sme@2024\ndefault: {fixed: 0." + b"1" * MEGABYTES + b"}"


@bomb("columns.yaml")
def long_columns() -> bytes:
    return b"".join(b"c%d: name\n" % i for i in range(300_000))


# ── rows ─────────────────────────────────────────────────────────────────────────────────────────────


@bomb(ROWS)
def long_line() -> bytes:
    return b"id,name,Q1\n" + b"x" * 100_000_000 + b"\n1,a,B\n"


@bomb(ROWS)
def long_cells() -> bytes:
    return b"id,name,Q1\n" + b"".join(b"%d,%s,B\n" % (i, b"x" * 10_000_000) for i in range(5))


@bomb(ROWS)
def long_answers() -> bytes:
    return b"id,name,Q1,Q3\n" + b"".join(b"%d,a,%s,%s\n" % (i, b"B|" * 3_000_000, b"9" * 3_000_000) for i in range(3))


@bomb(ROWS)
def many_columns() -> bytes:
    return b"id," + b",".join(b"c%d" % i for i in range(100_000)) + b"\n1\n"


@bomb("rows-keep.csv")
def many_kept_columns() -> bytes:
    head = b"id," + b",".join(b"c%d" % i for i in range(100_000)) + b"\n"
    return head + (b"1" + b",x" * 100_000 + b"\n") * 20


@bomb("rows-keep.csv")
def long_header() -> bytes:
    return b"id," + b",".join(b"column_%d" % i for i in range(150_000)) + b"\n1" + b"," * 150_000 + b"\n"


@bomb(ROWS)
def newlines_first() -> bytes:
    return b"\n" * 20_000_000 + b"id,Q1\n1,B\n"


@bomb(ROWS)
def newlines_last() -> bytes:
    return b"id,Q1\n1,B\n" + b"\n" * 100_000_000


@bomb(ROWS)
def zeros() -> bytes:
    return b"id,Q1\n1,B\n" + b"\0" * 100_000_000


@bomb(ROWS)
def open_quote() -> bytes:
    return b'id,name,Q1\n1,"x,B\n' + b"2,y,B\n" * 5_000_000


@bomb(ROWS)
def quotes() -> bytes:
    return b"id,name,Q1\n" + b'1,"a""b,B\n' * 2_000_000


@bomb(ROWS)
def commas() -> bytes:
    return b"id,name,Q1\n" + b"," * 30_000_000 + b"\n1,a,B\n"


@bomb("rows.csv.gz")
def packed_line() -> bytes:
    return gzip.compress(b"id,name,Q1\n" + b"x" * 1_000_000_000 + b"\n1,a,B\n", 9)


@bomb("rows.csv.gz")
def empty_members() -> bytes:
    return gzip.compress(b"id,Q1\n1,B\n") + gzip.compress(b"") * 500_000


@bomb("rows.csv.gz")
def packed_newlines() -> bytes:
    return gzip.compress(b"id,Q1\n1,B\n" + b"\n" * 500_000_000, 9)


@bomb("rows.parquet")
def repeated_text() -> bytes:
    """One long name, again and again: Parquet holds it once."""
    return _table({"id": [str(i) for i in range(2_000)], "name": _same("x" * 5_000_000, 2_000), "Q1": ["B"] * 2_000})


@bomb("rows.parquet")
def repeated_answer() -> bytes:
    return _table({"id": ["a"] * 5_000, "Q1": _same("B|" * 500_000, 5_000)})


@bomb("rows.parquet")
def many_parquet_columns() -> bytes:
    return _table({"id": ["1"]} | {f"c{i}": ["x"] for i in range(20_000)})


@bomb("results.csv")
def long_results_header() -> bytes:
    return b"x" * 300_000_000


def _same(text: str, times: int) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array([0] * times, pa.int32()), pa.array([text]))


def _table(columns: Mapping[str, object]) -> bytes:
    stream = io.BytesIO()
    parquet.write_table(pa.table(columns), stream, store_schema=False, compression="zstd")
    return stream.getvalue()


# ── forms ────────────────────────────────────────────────────────────────────────────────────────────

SHEET = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%s</sheetData>%s</worksheet>'
BOOK = (
    '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r='
    '"http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>'
    '<sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId%d" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/%s" Target="%s"/>%s</Relationships>'
)
TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>%s</Types>'
)
STRINGS = (
    '<Override PartName="/xl/sharedStrings.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/>'
)


def _xlsx(sheet: bytes, **others: bytes) -> bytes:
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": TYPES % (STRINGS if others else ""),
        "_rels/.rels": RELATIONS % (1, "officeDocument", "xl/workbook.xml", ""),
        "xl/workbook.xml": BOOK,
        "xl/_rels/workbook.xml.rels": RELATIONS % (1, "worksheet", "worksheets/sheet1.xml", ""),
        "xl/worksheets/sheet1.xml": sheet,
    }
    return _zip(parts | {name.replace("__", "/") + ".xml": content for name, content in others.items()})


def _zip(parts: dict[str, str | bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return stream.getvalue()


def _ods(table: bytes) -> bytes:
    head = b'<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    head += b'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    head += b'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
    return _zip({"content.xml": head + table + b"</office:spreadsheet></office:body></office:document-content>"})


@bomb(FORM)
def zip_bomb() -> bytes:
    return _xlsx(b" " * 2_000_000_000)


@bomb(FORM)
def lying_zip() -> bytes:
    """A member that says it is small."""
    raw = bytearray(_xlsx(SHEET % (b" " * 200_000_000, b"")))
    size = (200_000_000 + len(SHEET % (b"", b""))).to_bytes(4, "little")
    while (at := raw.find(size)) >= 0:
        raw[at : at + 4] = (1000).to_bytes(4, "little")
    return bytes(raw)


@bomb(FORM)
def entities() -> bytes:
    head = b'<!DOCTYPE a [<!ENTITY a0 "ha">' + b"".join(
        b'<!ENTITY a%d "&a%d;&a%d;">' % (i, i - 1, i - 1) for i in range(1, 40)
    )
    return _xlsx(head + b"]><a>&a39;</a>")


@bomb(FORM)
def many_cells() -> bytes:
    row = b"<row>" + b"<c><v>1</v></c>" * 40 + b"</row>"
    return _xlsx(SHEET % (row * 8_000, b""))


@bomb(FORM)
def empty_tags() -> bytes:
    return _xlsx(SHEET % (b"<c/>" * 3_900_000, b""))


@bomb(FORM)
def far_row() -> bytes:
    return _xlsx(SHEET % (b'<row r="2000000000"><c r="XFD2000000000"><v>1</v></c></row>', b""))


@bomb(FORM)
def merged_areas() -> bytes:
    area = b'<mergeCell ref="A1:XFD1048576"/>'
    return _xlsx(SHEET % (b"", b"<mergeCells>" + area * 450_000 + b"</mergeCells>"))


@bomb(FORM)
def shared_text() -> bytes:
    """One long text in every cell."""
    row = b"<row>" + b'<c t="s"><v>0</v></c>' * 40 + b"</row>"
    strings = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>%s</t></si></sst>'
    return _xlsx(SHEET % (row * 1_000, b""), xl__sharedStrings=strings % (b"x" * 10_000_000))


@bomb(FORM)
def attributes() -> bytes:
    return _xlsx(b"<a " + b" ".join(b'a%d=""' % i for i in range(1_000_000)) + b"/>")


@bomb(FORM)
def deep_xml() -> bytes:
    return _xlsx(b"<a>" * 900_000)


@bomb("form.ods")
def deep_ods() -> bytes:
    return _ods(b"<table:table><table:table-row><table:table-cell><text:p>" + b"<text:a>" * 900_000)


@bomb("form.ods")
def repeated_cells() -> bytes:
    cell = b'<table:table-cell table:number-columns-repeated="1000000000"><text:p>x</text:p></table:table-cell>'
    row = b'<table:table-row table:number-rows-repeated="1000000000">' + cell + b"</table:table-row>"
    return _ods((b'<table:table table:name="a">' + row + b"</table:table>") * 40)


@bomb("form.ods")
def repeated_rows() -> bytes:
    cell = b"<table:table-cell><text:p>x</text:p></table:table-cell>"
    row = b'<table:table-row table:number-rows-repeated="2">' + cell + b"</table:table-row>"
    return _ods(b'<table:table table:name="a">' + row * 150_000 + b"</table:table>")


@bomb("form.ods")
def spaces() -> bytes:
    cell = b'<table:table-cell><text:p><text:s text:c="99999999999"/></text:p></table:table-cell>'
    return _ods(b'<table:table table:name="a"><table:table-row>' + cell + b"</table:table-row></table:table>")


@bomb("form.xls")
def noise() -> bytes:
    return bytes.fromhex("d0cf11e0a1b11ae1") + b"\x09\x08\x10\x00" * 8_000_000


# ── journals and cohorts ─────────────────────────────────────────────────────────────────────────────


def _journal(*lines: bytes) -> bytes:
    sme = edition("sme@2024")
    head = Head(sme.ref, sme.digest, sme.content_digest, "x", "zh", "2026-01-01", fingerprints(sme))
    return b"\n".join([json.dumps({"schema": SCHEMA, **head._asdict()}).encode(), *lines, b""])


ENTRY = b'{"at": "x", "do": "answer", "question": "network", "value": "B"}'


@bomb(JOURNAL)
def many_entries() -> bytes:
    return _journal(*[ENTRY] * 400_000)


@bomb(JOURNAL)
def zeros_after_entries() -> bytes:
    """As a loss of power may leave, but longer."""
    return _journal(*[ENTRY] * 100_000) + b"\0" * 50_000_000


@bomb(JOURNAL)
def empty_lines() -> bytes:
    return _journal() + b"\n" * 60_000_000


@bomb(JOURNAL)
def long_entry() -> bytes:
    return _journal(ENTRY.replace(b'"B"', b'"' + b"B" * 60_000_000 + b'"'))


def _cohort(**parts: object) -> bytes:
    head = {
        "schema": "bamai.cohort/1", "kind": "complete", "confidential": True, "notice": {"zh": "", "en": ""},
        "model": "sme@2024", "digest": "sha256:" + "0" * 64, "created": "2026-01-01", "sizes": {}, "levels": ["L1"],
        "dimensions": [], "values": {"score": "hundredths"}, "counts": {}, "parts": [], "cells": [],
    }  # fmt: skip
    return json.dumps(head | parts).encode()


@bomb(COHORT)
def wide_cohort() -> bytes:
    """A thousand enterprises, each alone in its industry, province and size."""
    spread = {"score": {"at": [1], "counts": [1]}}
    cells = [{"industry": f"i{i}", "province": f"p{i}", "size": f"s{i}", "enterprises": 1, "levels": {"L1": 1},
              "values": spread} for i in range(1_000)]  # fmt: skip
    counts = {"results": 1_000, "counted": 1_000, "incomplete": 0, "duplicates": 0, "repeated": 0}
    return _cohort(counts=counts, cells=cells, parts=[{"digest": "sha256:" + "0" * 64, "results": 1_000}])


@bomb(COHORT)
def many_parts() -> bytes:
    parts = [{"digest": f"sha256:{i:064x}", "results": 1} for i in range(100_000)]
    counts = {"results": 100_000, "counted": 0, "incomplete": 100_000, "duplicates": 0, "repeated": 0}
    return _cohort(counts=counts, parts=parts)


@bomb(COHORT)
def same_cohort_keys() -> bytes:
    return b"{" + b",".join(b'"%d":1' % (i // 2) for i in range(1_000_000)) + b"}"


@bomb(COHORT)
def cohort_brackets() -> bytes:
    return b"[" * 10_000_000


@bomb(COHORT)
def large_number() -> bytes:
    return _cohort().replace(b'"counts": {}', b'"counts": ' + b"9" * 10_000_000)


# ── running ──────────────────────────────────────────────────────────────────────────────────────────


def run(name: str, folder: Path, seconds: float = SECONDS, space: int = SPACE) -> Done:
    """Give a bomb to the command line."""
    file, make = BOMBS[name]
    (folder / file).write_bytes(make())

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (space, space))
        resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds)))

    command_ = [sys.executable, "-m", "bamai", *command(file), "--lang", "en"]
    began = time.monotonic()
    with (folder / "out").open("wb") as out, (folder / "told").open("wb") as told:
        # every thread maps memory that it may never use: many processors must not make it too much
        spare = os.environ | {"OMP_NUM_THREADS": "2", "MALLOC_ARENA_MAX": "2"}
        process = subprocess.Popen(command_, cwd=folder, env=spare, stdout=out, stderr=told, preexec_fn=limit)  # noqa: PLW1509
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    took = time.monotonic() - began
    result = Done(
        process.returncode, (folder / "out").read_bytes(), (folder / "told").read_bytes(), took, usage.ru_maxrss << 10
    )
    for path in folder.iterdir():
        path.unlink()
    return result


def wrong(done: Done) -> str:
    """What must not be of what a command did; nothing where it is in order."""
    if done.code < 0:
        return f"ended by signal {-done.code}"
    if b"Traceback" in done.told or b"defect" in done.told:
        return "a defect"
    if done.code not in (0, 3):
        return f"exit code {done.code}"
    if done.code == 3 and not done.told:
        return "refused without a word"
    if len(done.told) > 1 << 20:
        return f"{len(done.told)} bytes of messages"
    return ""


def main() -> None:
    """Run all, or those that are named; tell what each took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *BOMBS])
    parser.add_argument("--space", type=int, default=SPACE >> 20, help="MB of address space")
    asked = parser.parse_args()
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        for name in asked.names or BOMBS:
            done = run(name, Path(folder), space=asked.space << 20)
            complaint = wrong(done)
            failed |= bool(complaint)
            first = done.told.split(b"\n")[0][:110].decode(errors="replace")
            print(
                f"{name:22} {done.code:4} {done.seconds:6.1f} s {done.memory >> 20:5} MB  {complaint or 'ok'}: {first}",
                flush=True,
            )
    sys.exit(failed)


if __name__ == "__main__":
    main()
