"""Laws of batches: nothing lost, nothing invented, the same whatever the blocks, threads and order of rows."""

from __future__ import annotations

import csv
import io
import json
import random
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bamai.answers import NO_BAND, Answers, Cell, Column, Judge, judge_rows
from bamai.api import score_answers
from bamai.assessing import assess
from bamai.assessment import Assessment, Range
from bamai.batch import csvfile
from bamai.batch.cells import ColumnReader, TextColumn
from bamai.batch.csvfile import Grammar, Splitter, counted, tokenise
from bamai.batch.duplicates import Fingerprints, Seen
from bamai.batch.frame import Points
from bamai.batch.inputs import Reading
from bamai.batch.kernel import Options
from bamai.batch.local import Inputs, Run
from bamai.batch.outputs import TextOutput
from bamai.batch.render import csv_header, csv_lines, decimal_texts, json_lines
from bamai.errors import InputError, Problem
from batches import Kept, batch, batch_of, csv_text, vocabulary
from bench import rows as bench_rows
from conftest import edition

FIXTURES = [HealthCheck.function_scoped_fixture]

# ── the grammar ──────────────────────────────────────────────────────────────────────────────────────

PIECES = [
    b"a", b"b", b"1", b",", b",", b",", b'"', b'""', b"\n", b"\n", b"\r\n", b"\r", b'"x,y"', b'"p\nq"', b'"c""d"',
    "中".encode(), b" ", b"\xff", b"\0",
]  # fmt: skip

Read = tuple[int, list[bytes] | None]  # line, and cells unless the record is refused


def fields_at(data: bytes, position: int) -> tuple[list[bytes] | None, int] | None:
    """One record by the grammar, character by character; None where a quote stays open."""
    fields: list[bytes] = []
    while True:
        cell = b""
        if data[position : position + 1] == b'"':
            position += 1
            while True:
                if position >= len(data):
                    return None
                if data[position : position + 2] == b'""':
                    cell, position = cell + b'"', position + 2
                elif data[position : position + 1] == b'"':
                    position += 1
                    break
                else:
                    cell, position = cell + data[position : position + 1], position + 1
            if data[position : position + 2] == b"\r\n":
                position += 1
            elif data[position : position + 1] not in (b",", b"\n"):
                return None if position >= len(data) else (None, position)
        else:
            while data[position : position + 1] not in (b",", b"\n"):
                cell, position = cell + data[position : position + 1], position + 1
            if data[position : position + 1] == b"\n":
                cell = cell.removesuffix(b"\r")
        fields.append(cell)
        position += 1
        if data[position - 1 : position] == b"\n":
            return fields, position


def whole_file(data: bytes, width: int) -> tuple[list[Read], int]:
    """Every record of a file, read without blocks, and how many lines it has."""
    if data and not data.endswith(b"\n"):
        data += b"\n"
    found: list[Read] = []
    position = line = 0
    while position < len(data):
        after = data.index(b"\n", position) + 1
        raw = data[position:after]
        fields: list[bytes] | None = None
        lines = 1
        if raw.count(b'"') % 2 == 0:
            alone = fields_at(raw, 0)
            fields = alone[0] if alone is not None and alone[1] == len(raw) else None
        else:
            parsed = fields_at(data, position)
            if parsed is not None and parsed[0] is not None and (parsed[1] <= after or len(parsed[0]) == width):
                fields, after = parsed
                lines = data[position:after].count(b"\n")
        if fields is not None:
            try:
                b"".join(fields).decode()
            except UnicodeDecodeError:
                fields = None
        if raw not in (b"\n", b"\r\n"):
            found.append((line, fields if fields is not None and len(fields) == width else None))
        position, line = after, line + lines
    return found, line


def in_blocks(data: bytes, width: int) -> tuple[list[Read], int]:
    """The same by the engine."""
    grammar = Grammar(",")
    found: list[Read] = []
    line = 0
    for block in Splitter(io.BytesIO(data).read, b"", grammar, width):
        records = tokenise(block, grammar, width, "utf-8")
        assert counted(block) == (records.records, records.lines)
        columns = [records.column(index) for index in range(width)]
        told: dict[int, Read] = {}
        for row, (record, at) in enumerate(zip(records.record.tolist(), records.line.tolist(), strict=True)):
            told[record] = at + line, [
                bytes(c.data[c.starts[row] : c.starts[row] + c.lengths[row]]) for c in columns
            ]  # fmt: skip
        for refused in records.refused:
            assert refused.record not in told
            told[refused.record] = refused.line + line, None
        assert sorted(told) == list(range(records.records))
        found += [told[record] for record in sorted(told)]
        line += records.lines
    return found, line


@settings(max_examples=600, suppress_health_check=FIXTURES)
@given(
    data=st.lists(st.sampled_from(PIECES), max_size=60).map(b"".join),
    width=st.integers(1, 3),
    block=st.sampled_from([1, 7, 64, 1 << 20]),
)
def test_no_record_is_lost_or_invented(monkeypatch: pytest.MonkeyPatch, data: bytes, width: int, block: int) -> None:
    monkeypatch.setattr(csvfile, "BLOCK", block)
    assert in_blocks(data, width) == whole_file(data, width)


# ── from bytes to results ────────────────────────────────────────────────────────────────────────────

HOSTILE = ["id", "name", "network", "data_collection", "equipment_digital_rate", "equipment_total",
           "equipment_digital", "product_design", "cost_trend"]  # fmt: skip
ANSWERS = {
    "id": ["1", "007", "91E000000000000499", "x" * 70, ""],
    "name": ["晨溪", "=1+1", "a b", ""],
    "network": ["B", "B|C", "A", "A|B", "Z", ""],
    "data_collection": ["B|C|D|E", "B|E|M|I|C", "B|E|M|I|", "N", "?", ""],
    "equipment_digital_rate": ["57.7", "57.7%", "0.5", "101", "C", "1e1", "99.9999999", ""],
    "equipment_total": ["100", "1,200", "0", "-1", ""],
    "equipment_digital": ["50", "101", "n/a", "不清楚", ""],
    "product_design": ["0", "4", "9", "３", ""],
    "cost_trend": ["A", "C", "n/a", "unknown", "Z", ""],
}
SPICES = [b'"', b'""', b",", b"\n", b"\r", b"\r\n", b"\0", b"\xff", b" ", "晨".encode()]


def quoted(cell: bytes) -> bytes:
    return b'"' + cell.replace(b'"', b'""') + b'"'


@st.composite
def hostile(draw: st.DrawFn) -> bytes:
    """Rows of answers with something in or between them now and then that does not belong there."""
    out = []
    for _ in range(draw(st.integers(0, 8))):
        cells = [draw(st.sampled_from(ANSWERS[name])).encode() for name in HOSTILE]
        kind = draw(st.sampled_from(["sound", "sound", "quoted", "spiced", "spiced and quoted", "torn"]))
        at = draw(st.integers(0, len(cells) - 1))
        if kind.startswith("spiced"):
            cut = draw(st.integers(0, len(cells[at])))
            cells[at] = cells[at][:cut] + draw(st.sampled_from(SPICES)) + cells[at][cut:]
        if kind.endswith("quoted"):
            cells[at] = quoted(cells[at])
        if kind == "torn":
            del cells[at:]
        out.append(b",".join(cells) + draw(st.sampled_from([b"\n", b"\n", b"\r\n", b"\n\n"])))
    return b"".join(out).removesuffix(draw(st.sampled_from([b"", b"\n"])))


def codes_or_assessment(judge: Judge, cells: list[bytes]) -> set[str] | Assessment:
    """What the path of a single enterprise says of one row."""
    texts = dict(zip(HOSTILE, (cell.decode() for cell in cells), strict=True))
    nameless = {"no_identity"} if not (texts["id"].strip() or texts["name"].strip()) else set()
    judged = {name: judge.cell(name, texts[name]) for name in HOSTILE[2:]}
    if codes := nameless | {cell.code for cell in judged.values() if isinstance(cell, Problem)}:
        return codes
    columns = {name: Column.of([cell]) for name, cell in judged.items() if isinstance(cell, Cell)}
    if problems := judge_rows(judge.edition, columns).problems:
        return {problem.describe(0).code for problem in problems}
    return assess(judge.edition, Answers(judge.edition.ref), columns)


@settings(max_examples=200, suppress_health_check=FIXTURES)
@given(data=hostile(), block=st.sampled_from([1, 30, 200, 1 << 20]), threads=st.integers(1, 3))
def test_every_record_becomes_what_it_is_by_itself(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, data: bytes, block: int, threads: int
) -> None:
    monkeypatch.setattr(csvfile, "BLOCK", block)
    folder = tmp_path_factory.getbasetemp()
    header = ",".join(HOSTILE).encode() + b"\n"
    done = batch_of(folder, header + data, "hostile.csv", encoding="utf-8", threads=threads, detail=True)
    results = {row["record"]: row for row in done.results}
    rejects: dict[int, list[Any]] = {}
    for reject in done.rejects:
        rejects.setdefault(reject["record"], []).append(reject)
    records, _ = whole_file(data, len(HOSTILE))
    assert (len(results), done.report.records) == (len(done.results), len(records))
    assert results.keys() | rejects.keys() == set(range(1, len(records) + 1))
    assert not results.keys() & rejects.keys()
    judge = Judge(edition("sme"))
    for record, (line, cells) in enumerate(records, 1):
        one = {"field_count", "unclosed_quote", "bad_quotes", "bad_encoding"} if cells is None else (
            codes_or_assessment(judge, cells)
        )  # fmt: skip
        if isinstance(one, set):
            assert {reject["line"] for reject in rejects[record]} == {line + 2}
            codes = {reject["code"] for reject in rejects[record]}
            # of a broken record there is one reason; a bad cell may be told together with what it does to others
            assert len(codes & one) == 1 if cells is None else one <= codes
            continue
        assert cells is not None
        result = results[record]
        assert (result["id"], result["name"]) == (cells[0].decode(), cells[1].decode())
        assert (result["status"], result["level"], result["scored_level"]) == (one.status, one.level, one.scored_level)
        assert (result["score"], result["completeness"]) == (one.score, one.completeness)
        assert result["blocked_by"] == "|".join(one.blocked_by)
        sides = one.range._asdict() if one.range else dict.fromkeys(Range._fields)
        assert {name: result[name] for name in sides} == sides
        for indicator in one.indicators.values():
            told = indicator.grade if indicator.max_points is None else indicator.score
            assert result[indicator.id] == told, indicator.id


# ── answers ──────────────────────────────────────────────────────────────────────────────────────────

CELLS = [
    "", "A", "B", "C", "b", "Ｂ", "0", "3", "4", "9", "57.7", "57.7%", "５７．７％", "0.5", "-8.5", "100", "1,200",
    "1e5", "?", "不清楚", "n/a", "是", "no", "B|C", "A|B", "B、D", "Z", "abc", "01", "1.", ".5", "12345678",
    "123456789", "0.1234567", "99999999.999999", "1.5 ", "band_a", "x" * 40,
]  # fmt: skip


def some_rows(model: str, seed: int, count: int, odd: float) -> Iterator[list[str]]:
    """Rows of generated answers with odd cells among them."""
    [table] = bench_rows.chunks(edition(model), count)
    chance = random.Random(seed)
    for row in table.to_pylist():
        cells = [
            chance.choice(CELLS) if name in edition(model).questions and chance.random() < odd else text
            for name, text in row.items()
        ]
        yield cells


@pytest.mark.filterwarnings("ignore::bamai.AnswersWarning")  # some shares are drawn below 1
@pytest.mark.parametrize("model", ["sme", "general"])
@pytest.mark.parametrize("odd", [0.0, 0.03, 0.3])
def test_good_rows_are_what_score_gives(tmp_path: Path, model: str, odd: float) -> None:
    names = ["id", "name", "industry", "province", "city", "employees", *edition(model).questions]
    rows = list(some_rows(model, 5, 60, odd))
    done = batch_of(tmp_path, csv_text(names, rows), model=model, detail=True)
    results = {row["record"]: row for row in done.results}
    rejects: dict[int, set[str]] = {}
    for reject in done.rejects:
        rejects.setdefault(reject["record"], set()).add(reject["code"])
    assert results.keys() | rejects.keys() == set(range(1, 61))
    assert not results.keys() & rejects.keys()
    for record, row in enumerate(rows, 1):
        answers = {name: text for name, text in zip(names, row, strict=True) if name in edition(model).questions}
        try:
            one = score_answers(edition(model), answers)
        except InputError as error:
            # an answers file hides what a bad cell would do to others; a batch may tell that, too
            assert {problem.code for problem in error.problems} <= rejects[record]
            continue
        result = results[record]
        assert (result["status"], result["level"], result["score"]) == (one.status, one.level, one.score)
        assert result["blocked_by"] == "|".join(one.blocked_by)
        assert (result["score_low"], result["level_high"]) == (
            (one.range.score_low, one.range.level_high) if one.range else (None, None)
        )
        for dimension in one.dimensions:
            if dimension.scored:
                assert result[dimension.id] == dimension.score


@settings(max_examples=25, suppress_health_check=FIXTURES)
@given(block=st.integers(64, 5000), threads=st.integers(1, 4))
def test_blocks_and_threads_change_nothing(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, block: int, threads: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "blocks.csv"
    if not path.exists():
        names = ["id", "name", "industry", "province", "city", "employees", *edition("sme").questions]
        text = csv_text(names, list(some_rows("sme", 3, 120, 0.02)))
        path.write_text(text.replace("晨溪7", '"晨溪\n7"').replace("晨溪9", '"晨溪9'), encoding="utf-8")
    monkeypatch.setattr(csvfile, "BLOCK", 1 << 20)
    whole = batch(path, threads=1)
    assert len(whole.results) > 50 and len(whole.rejects) > 5
    monkeypatch.setattr(csvfile, "BLOCK", block)
    pieces = batch(path, threads=threads)
    assert pieces.results == whole.results
    assert pieces.rejects == whole.rejects


def spelt_out(path: Path, threads: int) -> tuple[bytes, ...]:
    """Results and rejects of a run as CSV and as JSON lines."""
    inputs = Inputs([str(path)], Reading(edition("sme"), Options(lang="en", detail=True), keep=True))
    streams = [io.BytesIO() for _ in range(4)]
    made = [TextOutput(stream, make) for stream, make in zip(streams, [csv_lines, json_lines] * 2, strict=True)]
    Run(inputs, vocabulary(), made[:2], made[2:], threads=threads).run()
    return tuple(stream.getvalue() for stream in streams)


def test_blocks_and_threads_do_not_change_a_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What stands next to each other in the input is written in one piece only where that is the same."""
    chance = random.Random(11)
    names = ["", "晨溪", "=1+1", "-5", "a,b", 'say "x"', "two\nlines", "cr\r", "\ttab", "x" * 300]
    rows = [
        [f"{n % 70}", chance.choice(names), chance.choice(names), chance.choice("BBBCZ"), chance.choice(names)]
        for n in range(150)
    ]
    content = csv_text(["id", "name", "province", "Q1", "memo"], rows).replace("\n10,", '\n10,"', 1)
    path = tmp_path / "r.csv"
    path.write_text(content, encoding="utf-8", newline="")
    whole = spelt_out(path, 1)
    assert all(len(text.splitlines()) > 20 for text in whole)
    for block in (1, 64, 333, 1024, 5000):
        monkeypatch.setattr(csvfile, "BLOCK", block)
        assert spelt_out(path, 1) == spelt_out(path, 3) == whole, block


PLAIN = st.text(alphabet="ab1 =+-@晨.", max_size=20)
ODD = (
    PLAIN
    | st.text(alphabet="a,", max_size=4)
    | st.text(alphabet="a;", max_size=4)
    | st.text(alphabet="a\r", max_size=4)
)


@given(
    st.lists(st.tuples(ODD, PLAIN, st.sampled_from("BCZ"), ODD), min_size=1, max_size=12),
    st.sampled_from(",;\t"), st.sampled_from(["\n", "\r\n"]), st.booleans(), st.integers(1, 5),
)  # fmt: skip
@settings(max_examples=150)
def test_lines_of_results_say_what_the_rows_say(
    rows: list[tuple[str, str, str, str]], delimiter: str, end: str, quotes: bool, threes: int
) -> None:
    """Cells are written from where they stand in the input, whatever stands beside them there."""
    lines = [("name", "city", "id", "Q1", "memo")]
    lines += [
        (f'"{name}"' if quotes else name.replace(delimiter, ""), city, f"{number}" * threes, answer,
         memo.replace(delimiter, "")) for number, (name, city, answer, memo) in enumerate(rows)
    ]  # fmt: skip
    text = "".join(delimiter.join(line) + end for line in lines)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "rows.csv"
        path.write_text(text, encoding="utf-8", newline="")
        inputs = Inputs([str(path)], Reading(edition("sme"), Options(lang="en", detail=True), keep=True))
        kept, spelt = (Kept(), Kept()), (io.BytesIO(), io.BytesIO())
        results, rejects = (TextOutput(stream, csv_lines) for stream in spelt)
        Run(inputs, vocabulary(), [kept[0], results], [kept[1], rejects], threads=1).run()
    for expected, stream in zip(kept, spelt, strict=True):
        back = list(csv.reader(io.StringIO(stream.getvalue().decode(), newline=""), strict=True))
        assert len(back) == len(expected.rows)
        for cells, row in zip(back, expected.rows, strict=True):
            for cell, was in zip(cells, row.values(), strict=True):
                if isinstance(was, str):
                    formula = was[:1] in tuple("=+-@\t\r") and not _number(was)
                    assert cell == ("'" if formula else "") + was
                elif isinstance(was, Decimal | int) and not isinstance(was, bool):
                    assert Decimal(cell) == was
                else:
                    assert cell == ("" if was is None else str(was).lower())


def test_the_order_of_rows_only_orders_results(tmp_path: Path) -> None:
    names = ["id", "name", "industry", "province", "city", "employees", *edition("general").questions]
    rows = list(some_rows("general", 9, 200, 0.01))
    shuffled = rows.copy()
    random.Random(4).shuffle(shuffled)
    outcomes = []
    for listed in (rows, shuffled):
        done = batch_of(tmp_path, csv_text(names, listed), model="general")
        told: dict[str, Any] = {row["id"]: {**row, "record": None} for row in done.results}
        for reject in done.rejects:
            told.setdefault(reject["id"], []).append({**reject, "record": None, "line": None})
        outcomes.append(told)
    assert outcomes[0] == outcomes[1]


NUMBERS = st.one_of(
    st.from_regex(r"[-+]?[0-9]{0,10}\.?[0-9]{0,8}%?", fullmatch=True),
    st.decimals(allow_nan=False, allow_infinity=False, places=6).map(str),
    st.floats(allow_nan=False).map(str),
    st.sampled_from(CELLS),
    st.text(alphabet="0123456789.-,% １５．％|ABn/a?", max_size=18),
    st.integers(-10, 10**9).map(str),
)


@pytest.mark.parametrize("model", ["sme", "general"])
@settings(max_examples=60)
@given(texts=st.lists(NUMBERS, min_size=1, max_size=40))
def test_a_column_is_read_as_its_cells_are_judged(model: str, texts: list[str]) -> None:
    judge = Judge(edition(model))
    for name, question in edition(model).questions.items():
        reader = ColumnReader(judge, question)
        for _ in range(2):  # what was learnt the first time is looked up the second
            found = reader.read(TextColumn.of_texts(texts))
            for row, text in enumerate(texts):
                judged = judge.cell(name, text)
                if isinstance(judged, Problem):
                    assert found.bad is not None and found.bad[row] and found.codes is not None, (name, text)
                    assert found.problems[found.codes[row]] == judged
                else:
                    assert found.bad is None or not found.bad[row], (name, text)
                    cell = Cell(int(found.column.state[row]), int(found.column.value[row]), int(found.column.band[row]))
                    assert cell == judged._replace(suspicious=False), (name, text)
                    assert bool(found.suspicious is not None and found.suspicious[row]) == judged.suspicious


@pytest.mark.parametrize("model", ["sme", "general"])
@settings(max_examples=40)
@given(texts=st.lists(st.one_of(NUMBERS, st.text(max_size=40)), min_size=1, max_size=20))
def test_beginnings_of_texts_are_read_for_themselves(model: str, texts: list[str]) -> None:
    """A table that knows the longer texts must not take their beginnings for them, nor a NUL for an end."""
    judge = Judge(edition(model))
    rounds = [texts, *([text[:size] for text in texts] for size in (32, 31, 16, 8, 7, 1)), [f"{t}\0" for t in texts]]
    for name, question in edition(model).questions.items():
        reader = ColumnReader(judge, question)
        for again in rounds:
            found = reader.read(TextColumn.of_texts(again))
            for row, text in enumerate(again):
                judged = judge.cell(name, text)
                bad = found.bad is not None and bool(found.bad[row])
                assert bad == isinstance(judged, Problem), (name, text)
                if isinstance(judged, Cell):
                    cell = (found.column.state[row], found.column.value[row], found.column.band[row])
                    assert cell == judged[:3], (name, text)


def test_bands_may_have_letters_that_are_digits() -> None:
    """What looks like a number is one only where no option is called so."""
    question = edition("sme").questions["equipment_digital_rate"]
    assert question.options
    found = ColumnReader(Judge(edition("sme")), question).read(TextColumn.of_texts(["A", "57.7", "b"]))
    assert found.column.band.tolist() == [0, NO_BAND, 1]


# ── writing ──────────────────────────────────────────────────────────────────────────────────────────


@given(st.lists(st.one_of(st.none(), st.integers(-(10**9), 10**9), st.integers(0, 10**8)), min_size=1))
def test_decimals_are_spelt_exactly(values: list[int | None]) -> None:
    known = np.array([value is not None for value in values])
    points = Points(np.array([value or 0 for value in values], np.int64), None if known.all() else known)
    expected = [
        None if value is None else format((Decimal(value) / 10**6).normalize() + 0, "f") for value in values
    ]  # fmt: skip
    assert decimal_texts(points).to_pylist() == expected
    assert decimal_texts(points.arrow()).to_pylist() == expected
    assert decimal_texts(points, nulls=False).to_pylist() == [text or "" for text in expected]


TEXTS = st.text(alphabet=st.one_of(st.sampled_from(',"\n\r\t=+-@\\;x1 晨'), st.characters(codec="utf-8")), max_size=12)


@given(st.lists(st.tuples(TEXTS, st.one_of(st.none(), TEXTS), st.booleans()), min_size=1, max_size=20))
def test_lines_read_back_as_they_were(rows: list[tuple[str, str | None, bool]]) -> None:
    schema = pa.schema([("a", pa.string()), ("b", pa.string()), ("c", pa.bool_())])
    batch_ = pa.RecordBatch.from_pylist([dict(zip("abc", row, strict=True)) for row in rows], schema=schema)
    told = [json.loads(line) for line in json_lines(batch_).decode().split("\n")[:-1]]
    assert [tuple(row.values()) for row in told] == rows
    text = (csv_header(["a", "b", "c"]) + csv_lines(batch_)).decode()
    back = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    plain = [["" if cell is None else str(cell) for cell in row] for row in rows]
    for row, expected in zip(back[1:], plain, strict=True):
        for cell, was in zip(row[:2], expected[:2], strict=True):
            assert cell in (was, f"'{was}")
            assert (cell != was) == (was[:1] in tuple("=+-@\t\r") and not _number(was))
        assert row[2] == expected[2].lower()


WHOLE = st.one_of(st.none(), st.integers(0, 2000), st.integers(0, 10**9 - 1), st.integers(-5, 2 * 10**9))


@given(
    st.lists(
        st.tuples(st.one_of(st.none(), st.integers(-(10**9) + 1, 10**9 - 1)), st.integers(-1, 40), WHOLE), min_size=1
    )
)
def test_figures_read_back_exactly(rows: list[tuple[int | None, int, int | None]]) -> None:
    schema = pa.schema([("points", pa.decimal128(9, 6)), ("grade", pa.int16()), ("record", pa.int64())])
    points = [None if value is None else Decimal(value).scaleb(-6) for value, _, _ in rows]
    grades = [None if grade < 0 else grade for _, grade, _ in rows]
    numbers = [number for _, _, number in rows]
    batch_ = pa.RecordBatch.from_arrays(
        [pa.array(values, kind) for values, kind in zip((points, grades, numbers), schema.types, strict=True)],
        schema=schema,
    )
    for part in (batch_, batch_.slice(len(rows) // 2)):
        expected = list(zip(points, grades, numbers, strict=True))[-part.num_rows :]
        lines = [json.loads(line, parse_float=Decimal) for line in json_lines(part).decode().splitlines()]
        assert [(row["points"], row["grade"], row["record"]) for row in lines] == expected
        back = csv.reader(io.StringIO(csv_lines(part).decode()))
        assert [tuple(Decimal(cell) if cell else None for cell in row) for row in back] == expected


def _number(text: str) -> bool:
    digits = text[1:] if text[:1] in ("+", "-") else text
    whole, point, places = digits.partition(".")
    return all(part.isascii() and part.isdigit() for part in ([whole, places] if point else [whole]))


@given(st.lists(st.lists(st.text(alphabet="ab0 晨", max_size=70), max_size=30), max_size=5))
def test_repeated_ids_are_found(blocks: list[list[str]]) -> None:
    seen, known = Seen(), set[str]()
    for block in blocks:
        flags = seen.repeated(Fingerprints(TextColumn.of_texts(block)), len(block)).tolist()
        for text, flag in zip(block, flags, strict=True):
            assert flag == (text in known and text.strip() != "")
            known.add(text)


def test_repeated_ids_are_found_while_the_table_grows() -> None:
    seen = Seen()
    for start in range(0, 400_000, 20_000):
        texts = [f"91{n:016d}" for n in range(start, start + 20_000)]
        assert not seen.repeated(Fingerprints(TextColumn.of_texts(texts)), len(texts)).any()
    again = [f"91{n:016d}" for n in range(390_000, 410_000)]
    flags = seen.repeated(Fingerprints(TextColumn.of_texts(again)), len(again))
    assert flags.tolist() == [True] * 10_000 + [False] * 10_000
