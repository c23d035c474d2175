"""Batches: what goes in, what comes out, what is refused, and where it is said to stand."""

from __future__ import annotations

import csv
import gzip
import io
import json
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
from bamai.assessment import Range
from bamai.batch import csvfile, outputs
from bamai.batch.inputs import known_names
from bamai.errors import InputError
from batches import batch, batch_of, csv_text
from conftest import ROOT, Run, edition

SME = ROOT / "questionnaires" / "sme" / "2024" / "example.csv"
GENERAL = ROOT / "questionnaires" / "general" / "2026-reference" / "example.csv"


def rows_of(raw: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline="")))


# ── the same as one by one ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("path", "model"), [(SME, "sme"), (GENERAL, "general")])
@pytest.mark.parametrize("missing_lowest", [False, True])
def test_a_row_is_what_score_says_of_the_same_answers(path: Path, model: str, missing_lowest: bool) -> None:
    done = batch(path, model=model, missing_lowest=missing_lowest)
    assert done.rejects == []
    rows = rows_of(path.read_bytes())
    assert len(done.results) == len(rows) == 30
    for row, result in zip(rows, done.results, strict=True):
        answers = {name: text for name, text in row.items() if name in edition(model).questions}
        one = score_answers(edition(model), answers, missing_lowest=missing_lowest)
        assert (result["id"], result["name"]) == (row["id"], row["name"])
        assert (result["status"], result["level"], result["scored_level"]) == (one.status, one.level, one.scored_level)
        assert result["score"] == one.score
        assert result["completeness"] == one.completeness
        sides = one.range._asdict() if one.range else dict.fromkeys(Range._fields)
        assert {name: result[name] for name in sides} == sides
        assert result["blocked_by"] == "|".join(one.blocked_by)
        for dimension in one.dimensions:
            if dimension.scored:
                assert result[dimension.id] == dimension.score
            else:
                assert {g: result[f"{dimension.id}_{g}"] for g in dimension.grades} == dimension.grades
        if missing_lowest:
            assert result["assumed"] == "|".join(one.assumed)


def test_detail_has_every_indicator(tmp_path: Path) -> None:
    row = rows_of(SME.read_bytes())[4]
    done = batch_of(tmp_path, csv_text(list(row), [list(row.values())]), detail=True)
    answers = {name: text for name, text in row.items() if name in edition("sme").questions}
    for indicator in score_answers(edition("sme"), answers).indicators.values():
        expected = indicator.grade if indicator.max_points is None else indicator.score
        assert done.results[0][indicator.id] == expected, indicator.id


# ── headers ──────────────────────────────────────────────────────────────────────────────────────────


def test_columns_by_id_code_and_text_in_any_order(tmp_path: Path) -> None:
    text = edition("sme").questions["network"].text
    by_id = batch_of(tmp_path, "id,network,product_design\na,B,3\n").results
    assert by_id[0]["operations_3"] == 1
    for header, row in (
        ("ID,q1,S01", "a,B,3"), ("s01,企业编号,Q1", "3,a,B"), ("Ｓ０１,Enterprise id,Q1", "3,a,B"),
        (f'"{text.zh}",id,s01', "B,a,3"), (f'"{text.en}",id,s01', "B,a,3"),
    ):  # fmt: skip
        assert batch_of(tmp_path, f"{header}\n{row}\n").results == by_id


def test_every_unknown_column_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        batch_of(tmp_path, "id,produc_design,foo,Q1,network,,id\n")
    problems = {problem.code: problem for problem in caught.value.problems}
    codes = [problem.code for problem in caught.value.problems]
    assert codes == ["unknown_column", "unknown_column", "column_twice", "column_without_name", "column_twice"]
    assert "did you mean product_design?" in caught.value.problems[0].message("en")
    assert problems["column_twice"].place.line == 1


def test_columns_can_be_mapped_kept_and_left_out(tmp_path: Path) -> None:
    content = "单位代码,网络,备注,负责人\na,B,=1+1,张\n"
    done = batch_of(tmp_path, content, columns={"单位代码": "id", "网络": "Q1", "负责人": None}, keep=True)
    assert done.results[0]["备注"] == "=1+1"
    assert "负责人" not in done.results[0]
    with pytest.raises(InputError, match="column_is_a_result"):
        batch_of(tmp_path, "id,level\na,x\n", keep=True)


def test_a_wrong_map_is_told_with_its_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("a,b\n1,B\n")
    (tmp_path / "map.yaml").write_text("a: id\nb: [Q1]\n")
    done = run("batch", "rows.csv", "--model", "sme", "--columns", "map.yaml", "--lang", "en")
    assert done.returncode == 3
    assert b"map.yaml:2:4: b: text is needed here" in done.stderr


def test_a_map_that_leads_nowhere_or_two_ways_is_told_with_its_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("a,b\n1,B\n")
    (tmp_path / "map.yaml").write_text("a: id\nb: netwrk\n")
    done = run("batch", "rows.csv", "--model", "sme", "--columns", "map.yaml", "--keep", "--lang", "en")
    assert done.returncode == 3
    assert done.stderr.decode().splitlines() == [
        "map.yaml:2:4: this model has no column netwrk; write an id, a code or a label, or nothing to leave the column "
        "out; did you mean network? [mapped_to_unknown]"
    ]
    (tmp_path / "map.yaml").write_text("a: id\nb: Q1\nB: city\n")
    done = run("batch", "rows.csv", "--model", "sme", "--columns", "map.yaml", "--lang", "en")
    assert done.returncode == 3
    assert done.stderr.decode().splitlines() == ["map.yaml:3:4: columns B and b are the same [column_twice]"]


def test_an_entry_of_a_map_for_a_column_that_no_input_has_is_a_warning(run: Run, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("Firm,networks in use,region\n1,B,Wuxi\n")
    (tmp_path / "more.csv").write_text("firm,seats\n2,9\n")
    (tmp_path / "map.yaml").write_text("firm: id\nnetwork in use: Q1\nseats:\nregion:\nzzz: city\n")
    command = ["batch", "more.csv", "--model", "sme", "--columns", "map.yaml", "--keep", "-o", "o.csv", "--lang"]
    done = run(*command[:1], "rows.csv", *command[1:], "en")
    assert done.returncode == 0
    assert [line for line in done.stderr.decode().splitlines() if line.startswith("map.yaml")] == [
        "map.yaml:2:17: no input has a column network in use, so this entry serves nothing; "
        "did you mean networks in use? [mapped_from_unknown]",
        "map.yaml:5:6: no input has a column zzz, so this entry serves nothing [mapped_from_unknown]",
    ]
    done = run(*command, "zh", "--force")
    assert done.returncode == 0
    assert "map.yaml:4:8: 输入中没有列 region，这一条没有用上 [mapped_from_unknown]" in done.stderr.decode()


def test_chinese_utf_16_without_a_mark_is_told_how_to_be_read(run: Run, tmp_path: Path) -> None:
    questions = edition("sme").questions
    header = ["企业名称", *(questions[name].text.zh for name in ("network", "equipment_total"))]
    text = ",".join(header) + "\r\n一上厂,B,30\r\n"
    for encoding, other in (("utf-16-le", "utf-16-be"), ("utf-16-be", "utf-16-le")):
        (tmp_path / "a.csv").write_bytes(text.encode(encoding))
        done = run("batch", "a.csv", "--model", "sme", "-o", "o.csv", "--lang", "en", "--force")
        assert done.returncode == 3
        assert done.stderr.decode().splitlines() == [
            "a.csv:1:1: the header holds NUL bytes and may be UTF-16 without a mark; "
            f"say --encoding {encoding}, or else --encoding {other} [header_nul]"
        ]
        done = run("batch", "a.csv", "--model", "sme", "-o", "o.csv", "--encoding", encoding, "--force")
        assert done.returncode == 0
        assert "一上厂" in (tmp_path / "o.csv").read_text(encoding="utf-8-sig")


def test_a_guessed_encoding_is_told_by_its_name(run: Run, tmp_path: Path) -> None:
    text = ",".join(["id", "name", *list(edition("sme").questions)[:10]]) + "\n" + f"1,某某机械厂,B{',' * 9}\n" * 30
    for name, encoding in (("a.csv", "utf-16-le"), ("b.csv", "utf-16-be"), ("c.csv", "gb18030")):
        (tmp_path / name).write_bytes(text.encode(encoding))
    (tmp_path / "d.csv").write_bytes(text.encode("utf-8"))
    (tmp_path / "e.csv").write_bytes(text.encode("utf-16"))
    done = run("batch", "a.csv", "b.csv", "c.csv", "d.csv", "e.csv", "--model", "sme", "-o", "o.csv", "--lang", "en")
    assert done.returncode == 0
    assert [line for line in done.stderr.decode().splitlines() if ": read as " in line] == [
        f"{name}: read as {encoding}; if that is wrong, say --encoding"
        for name, encoding in (("a.csv", "UTF-16-LE"), ("b.csv", "UTF-16-BE"), ("c.csv", "GB18030"))
    ]
    assert {row["name"] for row in rows_of((tmp_path / "o.csv").read_bytes())} == {"某某机械厂"}


def test_an_input_named_twice_in_two_ways_is_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("id,Q1\n1,B\n")
    (tmp_path / "again.csv").symlink_to("rows.csv")
    for twice in ("./rows.csv", str(tmp_path / "rows.csv"), "again.csv"):
        done = run("batch", "rows.csv", twice, "--model", "sme", "--lang", "en")
        assert done.returncode == 2
        assert done.stderr.decode().splitlines() == [
            f"{twice}: the same input is named twice (first as rows.csv) [input_twice]"
        ]


def test_outputs_that_cannot_be_are_refused_before_any_row_is_scored(run: Run, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("id,Q1\n1,Z\n")
    (tmp_path / "folder.parquet").mkdir()
    (tmp_path / "folder.csv").mkdir()
    for options, told in (
        (["-o", "folder.parquet"], "folder.parquet: could not be written: Is a directory"),
        (["-o", "o.csv", "--rejects", "folder.csv"], "folder.csv: could not be written: Is a directory"),
        (["-o", "o.csv", "--rejects", "no/r.csv"], "no/r.csv: could not be written: No such file or directory"),
        (["-o", "o.csv", "--summary", "no/s.md"], "no/s.md: could not be written: No such file or directory"),
        (["-o", "o.csv", "--summary", "rows.csv/s.md"], "rows.csv/s.md: could not be written: Not a directory"),
    ):
        done = run("batch", "rows.csv", "--model", "sme", "--force", *options, "--lang", "en")
        assert done.returncode == 1
        assert done.stderr.decode().splitlines() == [f"{told} [output_failed]"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder.csv", "folder.parquet", "rows.csv"]


def test_an_id_or_a_name_is_needed(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no_identity_column"):
        batch_of(tmp_path, "Q1\nB\n")
    done = batch_of(tmp_path, "id,name,Q1\na,,B\n,b,B\n,,B\n　, ,B\n")
    assert [row["record"] for row in done.results] == [1, 2]
    assert done.refused == [(3, 4, "no_identity"), (4, 5, "no_identity")]
    assert done.rejects[0]["column"] == "id|name"


# ── text stays text ──────────────────────────────────────────────────────────────────────────────────


def test_ids_are_never_numbers(tmp_path: Path) -> None:
    ids = ["91E000000000000499", "007", "1e5", "000000000000000001", " x ", "ｘ", "1,200", "-1", "NULL", "nan"]
    done = batch_of(tmp_path, csv_text(["id", "Q1"], [[name, "B"] for name in ids]))
    assert [row["id"] for row in done.results] == ids


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".parquet"])
def test_names_come_out_as_they_went_in(run: Run, tmp_path: Path, suffix: str) -> None:
    names = ['a,"b"\nc', "晨溪；制造", "<script>alert(1)</script>[red]", "\x1b[31mx", "\\ \t x", "ends \r", "😀"]
    formulas = ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\tx"]
    numbers = ["-8.5", "+12"]
    listed = names + formulas + numbers
    (tmp_path / "rows.csv").write_text(csv_text(["name", "Q1"], [[name, "B"] for name in listed]), newline="")
    done = run("batch", "rows.csv", "--model", "sme", "-o", f"out{suffix}")
    assert done.returncode == 0, done.stderr.decode()
    raw = (tmp_path / f"out{suffix}").read_bytes()
    if suffix == ".parquet":
        assert parquet.read_table(tmp_path / "out.parquet")["name"].to_pylist() == listed
    elif suffix == ".jsonl":
        told = [json.loads(line, parse_float=Decimal) for line in raw.decode().splitlines()]
        assert [row["name"] for row in told] == listed
        assert told[0]["duplicate"] is False
        assert told[0]["score_low"] == Decimal("2") and told[0]["score"] is None
    else:
        assert raw.startswith(b"\xef\xbb\xbf")
        # what a spreadsheet would compute is marked as text
        assert [row["name"] for row in rows_of(raw)] == names + [f"'{name}" for name in formulas] + numbers


# ── broken CSV ───────────────────────────────────────────────────────────────────────────────────────


def test_short_and_long_rows_cost_themselves_only(tmp_path: Path) -> None:
    done = batch_of(tmp_path, "id,Q1,s01\na,B,3\nb,B\nc,B,3,4\n\nd,B,3\n")
    assert [(row["id"], row["record"]) for row in done.results] == [("a", 1), ("d", 4)]
    assert done.refused == [(2, 3, "field_count"), (3, 4, "field_count")]
    assert done.rejects[0]["value"] == "b,B"


@pytest.mark.parametrize("block", [1, 16, 1 << 20])
def test_an_unclosed_quote_costs_its_own_record_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    monkeypatch.setattr(csvfile, "BLOCK", block)
    lines = ["id,name,Q1", "1,a,B", '2,"b,B', "3,c,B", "4,d,B", '5,"e\nf",B', "6,g,B", '7,"h,B', "8,i,B"]
    done = batch_of(tmp_path, "\n".join(lines) + "\n")
    assert [(row["id"], row["record"]) for row in done.results] == [
        ("1", 1), ("3", 3), ("4", 4), ("5", 5), ("6", 6), ("8", 8),
    ]  # fmt: skip
    assert done.results[3]["name"] == "e\nf"
    assert done.refused == [(2, 3, "unclosed_quote"), (7, 9, "unclosed_quote")]


def test_quotes(tmp_path: Path) -> None:
    content = 'id,name,Q1\n1,"a ""b""",B\n2,"x" y,B\n3,"x, y",B\n4,6" pipe,B\n"5","","B"\n'
    done = batch_of(tmp_path, content)
    assert [(row["id"], row["name"]) for row in done.results] == [
        ("1", 'a "b"'),
        ("3", "x, y"),
        ("4", '6" pipe'),
        ("5", ""),
    ]
    assert done.refused == [(2, 3, "bad_quotes")]


def test_a_record_beyond_all_measure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csvfile, "LONGEST", 100_000)
    monkeypatch.setattr(csvfile, "BLOCK", 30_000)
    monkeypatch.setattr("bamai.batch.inputs.BLOCK", 1_000)
    done = batch_of(tmp_path, f"id,name,Q1\n1,{'x' * 90_000},B\n2,{'y' * 200_000},B\n3,z,B\n")
    assert [(row["id"], row["record"]) for row in done.results] == [("1", 1), ("3", 3)]
    assert done.refused == [(2, 3, "record_too_long")]


def test_a_cell_of_ten_megabytes(tmp_path: Path) -> None:
    big = "x" * (10 << 20)
    done = batch_of(tmp_path, f'id,name,Q1\n1,"{big}",B\n2,b,{big}\n')
    assert done.results[0]["name"] == big
    assert done.refused == [(2, 3, "no_such_option")]
    assert len(done.rejects[0]["value"]) <= 200


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends(tmp_path: Path, end: str) -> None:
    done = batch_of(tmp_path, end.join(["id,Q1,s01", "a,B,3", "", 'b,"B",2', "c,Z,1", "d,B,0"]))
    assert [(row["id"], row["record"], row["operations_2"]) for row in done.results] == [
        ("a", 1, 0),
        ("b", 2, 1),
        ("d", 4, 0),
    ]
    assert done.refused == [(3, 5, "no_such_option")]


def test_nul_bytes(tmp_path: Path) -> None:
    done = batch_of(tmp_path, b"id,name,Q1\n1,a\0b,B\n2,c,B\0\n3,,B\n")
    assert [row["name"] for row in done.results] == ["a\0b", ""]
    assert done.refused == [(2, 3, "no_such_option")]


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf"])
def test_an_empty_file(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(InputError, match="file_empty"):
        batch_of(tmp_path, content)


def test_a_header_alone(tmp_path: Path) -> None:
    done = batch_of(tmp_path, "id,Q1")
    assert (done.results, done.rejects, done.report.records) == ([], [], 0)


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
@pytest.mark.parametrize("hint", [False, True])
def test_delimiters(tmp_path: Path, delimiter: str, hint: bool) -> None:
    lines = ["id,name,Q4,s01", 'a,"x;y,\tz",B|C,3', "b,,A,9"]
    parts = [next(csv.reader([line])) for line in lines]
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\n").writerows(parts)
    done = batch_of(tmp_path, (f"sep={delimiter}\n" if hint else "") + out.getvalue())
    assert [(row["id"], row["name"], row["operations_3"]) for row in done.results] == [("a", "x;y,\tz", 1)]
    assert done.refused == [(2, 4 if hint else 3, "no_such_option")]


# ── encodings ────────────────────────────────────────────────────────────────────────────────────────

CHINESE = "id,name,province,数字化,Q1\n1,晨溪镕丒丂制造,江苏,注,B\n2,恒泽,广东,b,B\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le-bom", "utf-16-be-bom"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    raw = {"utf-16-le-bom": b"\xff\xfe", "utf-16-be-bom": b"\xfe\xff"}.get(encoding, b"") + CHINESE.encode(
        encoding.removesuffix("-bom")
    )
    done = batch_of(tmp_path, raw, keep=True)
    assert [(r["name"], r["province"], r["数字化"]) for r in done.results] == [
        ("晨溪镕丒丂制造", "江苏", "注"), ("恒泽", "广东", "b"),
    ]  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_one_line_in_another_encoding_costs_itself_only(tmp_path: Path, encoding: str) -> None:
    other = {"utf-8": "gb18030", "gb18030": "utf-8"}[encoding]
    lines = [f"{n},晨溪{n}号厂,B\n".encode(other if n == 7 else encoding) for n in range(30)]
    broken = b"7,\xff\xff\xff,B\n"
    lines[7] = broken
    done = batch_of(tmp_path, b"id,name,Q1\n" + b"".join(lines))
    assert [row["name"] for row in done.results] == [f"晨溪{n}号厂" for n in range(30) if n != 7]
    assert done.refused == [(8, 9, "bad_encoding")]


def test_chinese_far_down_a_file_of_ascii(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bamai.batch.inputs.BLOCK", 4096)
    content = "id,name,Q1\n" + "".join(f"{n},plant {n},B\n" for n in range(2000)) + "x,晨溪,B\n"
    assert batch_of(tmp_path, content.encode("gb18030")).results[-1]["name"] == "晨溪"


def test_an_encoding_can_be_said(run: Run, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_bytes(CHINESE.encode("gb18030"))
    done = run("batch", "rows.csv", "--model", "sme", "--keep", "--encoding", "utf-8", "--lang", "en")
    assert done.returncode == 3 and b"bad_encoding" in done.stderr
    done = run("batch", "rows.csv", "--model", "sme", "--keep", "--lang", "en")
    assert done.returncode == 0 and b"rows.csv: read as GB18030" in done.stderr
    assert run("batch", "rows.csv", "--encoding", "big5").returncode == 2


# ── files ────────────────────────────────────────────────────────────────────────────────────────────


def test_several_files_and_their_duplicates(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "county"
    folder.mkdir()
    (folder / "b.csv").write_text("id,Q1\n1,B\n2,Z\n")
    (folder / "a.csv").write_text("Q1,id,name\nB,1,x\nB,1,y\nB,,z\nB,,z\n")
    with gzip.open(folder / "c.csv.gz", "wt") as stream:
        stream.write("id,Q1\n3,B\n1,B\n")
    (folder / "ignored.md").write_text("x")
    for names in (["county"], ["county/*.csv*"], [f"county/{n}" for n in ("a.csv", "b.csv", "c.csv.gz")]):
        done = run("batch", *names, "--model", "sme", "-o", "o.csv", "--force")
        assert done.returncode == 3
        rows = rows_of((tmp_path / "o.csv").read_bytes())
        assert [(r["id"], r["duplicate"], r["record"], Path(r["file"]).name) for r in rows] == [
            ("1", "false", "1", "a.csv"), ("1", "true", "2", "a.csv"), ("", "false", "3", "a.csv"),
            ("", "false", "4", "a.csv"), ("1", "true", "1", "b.csv"), ("3", "false", "1", "c.csv.gz"),
            ("1", "true", "2", "c.csv.gz"),
        ]  # fmt: skip
        rejects = rows_of((tmp_path / "o.rejects.csv").read_bytes())
        assert [(r["record"], r["line"], r["id"], r["column"], r["value"]) for r in rejects] == [
            ("2", "3", "2", "Q1", "Z")
        ]


def test_notes_in_a_folder_are_no_rows(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "county"
    folder.mkdir()
    (folder / "readme.txt").write_text("whoever reads this\n")
    done = run("batch", "county", "--model", "sme", "-o", "o.csv", "--lang", "en")
    assert (done.returncode, b"[folder_without_rows]" in done.stderr) == (2, True)
    (folder / "a.csv").write_text("id,Q1\n1,B\n")
    assert run("batch", "county", "--model", "sme", "-o", "o.csv").returncode == 0
    assert [row["id"] for row in rows_of((tmp_path / "o.csv").read_bytes())] == ["1"]
    (folder / "readme.txt").write_text("id\tQ1\n2\tB\n")
    assert run("batch", "county/a.csv", "county/*.txt", "--model", "sme", "-o", "o.csv", "--force").returncode == 0
    assert [row["id"] for row in rows_of((tmp_path / "o.csv").read_bytes())] == ["1", "2"]


@pytest.mark.parametrize("folder", [".", "/"])
def test_an_output_that_is_a_folder(run: Run, folder: str) -> None:
    done = run("batch", "-", "--model", "sme", "-o", folder, "--lang", "en", stdin=b"id,Q1\n1,B\n")
    assert (done.returncode, b"[output_suffix]" in done.stderr) == (2, True)


def test_stdin_to_stdout(run: Run) -> None:
    done = run("batch", "-", "--model", "sme", "--lang", "en", stdin=b"id,Q1\n1,B\n2,\x1b]0;x\x07\n")
    assert done.returncode == 3
    assert [row["id"] for row in rows_of(done.stdout)] == ["1"]
    assert not done.stdout.startswith(b"\xef\xbb\xbf")
    assert b"-:3: record 2 Q1: " in done.stderr and b"[no_such_option]" in done.stderr
    assert b"records: 2 = 1 scored + 1 refused" in done.stderr
    assert b"\x1b]0" not in done.stderr


def test_a_damaged_gzip_keeps_what_came_before(run: Run, tmp_path: Path) -> None:
    rows = "".join(f"{n},plant {n * 7919 % 10007},B\n" for n in range(60_000))
    (tmp_path / "r.csv.gz").write_bytes(gzip.compress(f"id,name,Q1\n{rows}".encode())[:-5000])
    done = run("batch", "r.csv.gz", "--model", "sme", "-o", "o.csv", "--lang", "en")
    assert done.returncode == 3
    assert b"[gzip_damaged]" in done.stderr
    scored = rows_of((tmp_path / "o.csv").read_bytes())
    assert 1_000 < len(scored) < 60_000
    assert [row["id"] for row in scored] == [str(n) for n in range(len(scored))]


def test_parquet_columns_become_text(tmp_path: Path) -> None:
    table = pa.table(
        {
            "id": pa.array([1, 2, 3, 4]),
            "name": pa.array(["a", None, "c", "d"]).dictionary_encode(),
            "equipment_total": pa.array([320.0, float("nan"), None, 100.0]),
            "equipment_digital": pa.array([185, None, None, 200], pa.int16()),
            "cnc_rate": pa.array([Decimal("57.70"), None, Decimal("100.00"), Decimal("1.00")]),
            "design_tools_used": pa.array([True, False, None, True]),
            "s01": pa.array([3.0, 2.0, 1.0, 0.0]),
        }
    )
    parquet.write_table(table, tmp_path / "r.parquet")
    done = batch(tmp_path / "r.parquet")
    assert [(row["id"], row["name"], row["operations_3"]) for row in done.results] == [
        ("1", "a", 1),
        ("2", "", 0),
        ("3", "c", 0),
    ]
    assert [(row["record"], row["line"], row["code"]) for row in done.rejects] == [(4, None, "part_above_whole")]
    assert done.rejects[0]["value"] == "200 | 100"


def test_parquet_that_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_bytes(b"id,Q1\n1,B\n")
    with pytest.raises(InputError, match="not_parquet"):
        batch(tmp_path / "a.parquet")
    parquet.write_table(pa.table({"id": ["1"], "Q1": [["B"]]}), tmp_path / "b.parquet")
    with pytest.raises(InputError, match="column_type"):
        batch(tmp_path / "b.parquet")


def test_results_as_parquet_are_typed(run: Run, tmp_path: Path) -> None:
    assert run("batch", SME, "--model", "sme", "-o", "o.parquet", "-o", "o.csv").returncode == 0
    table = parquet.read_table(tmp_path / "o.parquet")
    assert table.schema.field("score").type == pa.decimal128(9, 6)
    assert table.schema.field("duplicate").type == pa.bool_()
    rows = rows_of((tmp_path / "o.csv").read_bytes())
    assert table.column_names == list(rows[0])
    for wide, row in zip(table.to_pylist(), rows, strict=True):
        for name, text in row.items():
            if isinstance(wide[name], Decimal):
                assert Decimal(text) == wide[name]
                assert text == "0" or not text.startswith(("0", ".")) or text.startswith("0.")
                assert "." not in text or not text.endswith(("0", "."))
            else:
                told = "" if wide[name] is None else str(wide[name])
                assert (told.lower() if isinstance(wide[name], bool) else told) == text, name


# ── rejects ──────────────────────────────────────────────────────────────────────────────────────────


def test_every_problem_of_a_row_is_told(tmp_path: Path) -> None:
    content = "id,Q1,Q2,equipment_total,equipment_digital,s01\na,B,50,100,10,9\nb,Z,101,5,7,3\nc,B,50,100,50,1\n"
    done = batch_of(tmp_path, content)
    assert [row["id"] for row in done.results] == ["c"]
    assert [(r["record"], r["id"], r["column"], r["value"], r["code"]) for r in done.rejects] == [
        (1, "a", "s01", "9", "no_such_option"),
        (1, "a", "Q2|equipment_digital|equipment_total", "50 | 10 | 100", "value_against_counts"),
        (2, "b", "Q1", "Z", "no_such_option"),
        (2, "b", "Q2", "101", "out_of_range"),
        (2, "b", "equipment_digital|equipment_total", "7 | 5", "part_above_whole"),
    ]
    assert "allowed: 0–4" in done.rejects[0]["message"]
    assert (done.report.records, done.report.results, done.report.rejected) == (3, 1, 2)


def test_messages_come_in_both_languages(run: Run, tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text("id,s01\n1,9\n")
    zh, en = (run("batch", "r.csv", "--model", "sme", "--lang", lang).stderr.decode() for lang in ("zh", "en"))
    assert "第 1 条 s01：" in zh or "第 1 条 s01" in zh
    assert "没有选项" in zh and "has no option" in en


def test_lenient_keeps_the_row_as_incomplete(tmp_path: Path) -> None:
    rows = rows_of(SME.read_bytes())
    full = next(row for row in rows if row["id"] == "DEMO-0010")
    broken = {**full, "id": "x", "product_design": "9"}
    unneeded = {**full, "id": "y", "cnc_rate": "1000"}
    torn = {**full, "id": "z", "equipment_digital_rate": "1", "equipment_total": "100", "equipment_digital": "99"}
    content = csv_text(list(full), [list(row.values()) for row in (full, broken, unneeded, torn)])
    strict, lenient = batch_of(tmp_path, content), batch_of(tmp_path, content, lenient=True)
    assert [row["id"] for row in strict.results] == ["DEMO-0010"]
    assert lenient.rejects == []
    assert [(row["status"], row["ignored"]) for row in lenient.results] == [
        ("complete", ""),
        ("incomplete", "product_design:no_such_option"),
        ("incomplete", "cnc_rate:out_of_range"),
        (
            "incomplete",
            "equipment_digital_rate+equipment_digital+equipment_total:value_against_counts"
            "|equipment_network_rate+equipment_networked+equipment_total:value_against_counts",
        ),
    ]
    whole, _, untouched, _ = lenient.results
    # what was ignored decides nothing here: the range is one point
    assert untouched["score"] is None and untouched["score_low"] == untouched["score_high"] == whole["score"]
    assert untouched["level_low"] == untouched["level_high"] == whole["level"]


def test_shares_of_one_draw_one_warning_a_column(run: Run, tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text("id,Q2,cnc_rate\n1,50,60\n2,0.5,1\n3,0.25,０．７\n")
    done = run("batch", "r.csv", "--model", "sme", "--lang", "en")
    assert done.returncode == 0
    warnings = [line for line in done.stderr.decode().splitlines() if "between 0 and 1" in line]
    assert [line.split(" (")[0] for line in warnings] == [
        "Q2: percentages between 0 and 1: 2", "cnc_rate: percentages between 0 and 1: 1",
    ]  # fmt: skip
    assert "record 2)" in warnings[0] and "record 3)" in warnings[1]


# ── outputs ──────────────────────────────────────────────────────────────────────────────────────────


def test_nothing_is_written_over(run: Run, tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text("id,Q1\n1,B\n")
    (tmp_path / "o.csv").write_text("mine")
    assert run("batch", "r.csv", "--model", "sme", "-o", "o.csv").returncode == 2
    assert (tmp_path / "o.csv").read_text() == "mine"
    assert run("batch", "r.csv", "--model", "sme", "-o", "o.csv", "--force").returncode == 0
    assert run("batch", "r.csv", "--model", "sme", "-o", "r.csv", "--force").returncode == 2
    assert run("batch", "r.csv", "--model", "sme", "-o", "n.csv", "-o", "n.csv").returncode == 2
    assert run("batch", "r.csv", "--model", "sme", "-o", "n.xlsx").returncode == 2
    # rejects of an earlier run do not stay beside results that have none
    (tmp_path / "o.rejects.csv").write_text("old")
    assert run("batch", "r.csv", "--model", "sme", "-o", "o.csv").returncode == 2
    assert run("batch", "r.csv", "--model", "sme", "-o", "o.csv", "--force").returncode == 0
    assert not (tmp_path / "o.rejects.csv").exists()


def test_a_full_disk_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    made = outputs.opened(tmp_path / "o.csv", pa.schema([("id", pa.string())]))
    assert isinstance(made, outputs.TextOutput)
    monkeypatch.setattr(made, "_stream", type("Full", (), {"write": full})())
    with pytest.raises(Exception, match="No space left"):
        made.write(b"x")
    made.abort()
    assert list(tmp_path.iterdir()) == []


def test_ctrl_c_leaves_no_file(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "bamai", "batch", "-", "--model", "sme", "-o", "o.csv"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path) as process:
        assert process.stdin is not None
        process.stdin.write(b"id,Q1\n" + b"1,B\n" * 2_500_000)
        process.stdin.flush()
        deadline = time.monotonic() + 60
        while not list(tmp_path.glob(".o.csv.*")) and time.monotonic() < deadline:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 130
        assert process.stderr is not None
        assert b"Traceback" not in process.stderr.read()
    assert list(tmp_path.iterdir()) == []


def test_a_reader_that_goes_away(tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text("id,Q1\n" + "".join(f"{n},B\n" for n in range(200_000)))
    command = f"{sys.executable} -m bamai batch r.csv --model sme | head -1"
    done = subprocess.run(command, shell=True, capture_output=True, cwd=tmp_path, check=True)
    assert done.stdout.startswith(b"id,status,")
    assert b"Traceback" not in done.stderr


def test_the_template_and_the_examples_are_batches(run: Run, tmp_path: Path) -> None:
    for model in ("sme", "general"):
        assert run("template", model, "-o", f"{model}.csv").returncode == 0
        assert run("batch", f"{model}.csv", "--model", model, "-o", f"{model}.out.csv").returncode == 0
        [row] = rows_of((tmp_path / f"{model}.out.csv").read_bytes())
        assert row["status"] == "complete"


def test_rows_of_another_model_are_recognised(run: Run, tmp_path: Path) -> None:
    assert run("template", "sme", "-o", "rows.csv").returncode == 0
    header = (tmp_path / "rows.csv").read_text(encoding="utf-8-sig").splitlines()[0]
    unlike = len(set(header.split(",")) - set(known_names(edition("general")).values()))
    for lang, word in (("zh", "请加 --model sme"), ("en", "--model sme")):
        done = run("batch", "rows.csv", env={"BAMAI_LANG": lang})
        assert (done.returncode, done.stdout) == (3, b"")
        told = done.stderr.decode().splitlines()
        assert [line.rsplit(" ", 1)[1] for line in told] == [
            *["[unknown_column]"] * unlike,
            "[columns_of_another_model]",
        ]
        assert word in told[-1]
    # a column that no model knows leaves it open whose rows these are
    (tmp_path / "rows.csv").write_text(f"{header},colour\n", encoding="utf-8")
    assert b"columns_of_another_model" not in run("batch", "rows.csv").stderr


def test_own_vocabulary_and_model(run: Run, tmp_path: Path) -> None:
    assert run("model", "new", "mine", "--id", "steel").returncode == 0
    assert run("template", "steel", "--rules", "mine", "-o", "r.csv").returncode == 0
    assert run("batch", "r.csv", "--model", "steel", "--rules", "mine", "-o", "o.csv").returncode == 0
    assert len(rows_of((tmp_path / "o.csv").read_bytes())) == 1


def test_a_long_text_is_not_taken_for_its_beginning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Texts are known again by their first 32 bytes: one that goes on after them is another."""
    monkeypatch.setattr(csvfile, "BLOCK", 1000)
    known = f"{'2':32}"  # outer space does not count
    cells = [known] * 200 + [f"{known}x", f"{known} "] * 200
    done = batch_of(tmp_path, "id,s01\n" + "".join(f"e{n},{cell}\n" for n, cell in enumerate(cells)))
    assert [row["record"] for row in done.results] == [n + 1 for n, cell in enumerate(cells) if "x" not in cell]
    assert [row["value"] for row in done.rejects] == [f"{known}x"] * 200


def test_many_rows_are_numbered_through(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csvfile, "BLOCK", 1000)
    random = np.random.default_rng(7)
    grades = random.integers(0, 7, 3000)  # 5 and 6 do not exist
    content = "id,s01\n" + "".join(f"e{n},{g}\n" for n, g in enumerate(grades))
    done = batch_of(tmp_path, content)
    assert [row["record"] for row in done.results] == [n + 1 for n, g in enumerate(grades) if g < 5]
    assert [(r["record"], r["line"]) for r in done.rejects] == [(n + 1, n + 2) for n, g in enumerate(grades) if g >= 5]


def test_models_with_more_indicators_and_gates_than_a_byte_counts(run: Run, tmp_path: Path) -> None:
    names = [f"q{number:03}" for number in range(200)]
    text = {"zh": "某", "en": "some"}
    questions = [{"id": name, "kind": "grade", "text": {"zh": name, "en": name}, "grades": [text]} for name in names]
    leaves = [{"id": f"i_{name}", "title": text, "scoring": {"kind": "staged", "question": name}} for name in names]
    gates = [{"kind": "count", "id": f"L1.g{number}", "grade": 1, "needs": 140 + number} for number in range(1, 61)]
    own = {"id": "own", "title": text, "seen": "original"}
    model = {
        "schema": "bamai.model/1", "id": "wide", "edition": "1", "in_force": True, "title": text, "summary": text,
        "status": "illustrative", "seen": "original", "source": "own", "sources": [own], "no_level": text,
        "levels": [{"id": "L1", "title": text, "gates": gates}],
        "dimensions": [{"id": "all", "title": text, "scored": False, "indicators": leaves}],
    }  # fmt: skip
    questionnaire = {
        "schema": "bamai.questionnaire/1", "model": "wide", "edition": "1", "title": text,
        "sections": [{"id": "s", "title": text, "questions": questions}],
    }  # fmt: skip
    for folder, name, content in (
        ("rules", "model", model),
        ("questionnaires", "questionnaire", questionnaire),
    ):
        place = tmp_path / "mine" / folder / "wide" / "1"
        place.mkdir(parents=True)
        (place / f"{name}.yaml").write_text(json.dumps(content), encoding="utf-8")

    high = (200, 199, 141, 140, 0)
    rows = [[str(number), *("1" if n < number else "0" for n in range(200))] for number in high]
    (tmp_path / "rows.csv").write_text(csv_text(["id", *names], rows), encoding="utf-8")
    done = run("batch", "rows.csv", "--model", "wide", "--rules", "mine", "-o", "out.csv")
    assert done.returncode == 0, done.stderr
    found = rows_of((tmp_path / "out.csv").read_bytes())
    assert [(int(row["all_0"]), int(row["all_1"])) for row in found] == [(200 - n, n) for n in high]
    assert [row["level"] for row in found] == ["L1", "none", "none", "none", "none"]
    # the gates ask for 141 to 200 of them
    assert [row["blocked_by"].split("|") if row["blocked_by"] else [] for row in found] == [
        [f"L1.g{number}" for number in range(1, 61) if n < 140 + number] for n in high
    ]
