"""Forms are written, filled in and read back: the result is that of the same answers in an answers file."""

from __future__ import annotations

import csv
import datetime
import io
import json
import shutil
import subprocess
import sys
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bamai.answers import ANSWERED, NA, OPEN, UNKNOWN, Answers, AnswersFile, Cell, Enterprise, Entry, Judge
from bamai.assessing import assess
from bamai.assessment import Assessment
from bamai.catalog import Catalog
from bamai.errors import InputError, Problem
from bamai.formfile import OPTION, QUESTION, open_form
from bamai.questionnaire import NUMERIC
from bamai.texts import LANGS, Lang
from conftest import EXAMPLE, GENERAL_EXAMPLE, Run, edition, needs
from forms import EVIDENCE_COLUMN, NOTE_COLUMN, Filling, blank_form
from test_broken_rules import small

EXAMPLES = {"sme@2024": EXAMPLE, "general@2026-reference": GENERAL_EXAMPLE}


def result(path: Path, model: str) -> Assessment:
    answers, columns, _ = AnswersFile.open(path).read(Judge(edition(model)))
    return assess(edition(model), answers, columns)


def filled(model: str, lang: Lang, path: Path) -> Filling:
    filling = Filling(blank_form(edition(model), lang, path))
    answers, _, _ = AnswersFile.open(EXAMPLES[model]).read(Judge(edition(model)))
    filling.fill(edition(model), answers)
    return filling


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("model", EXAMPLES)
def test_a_filled_form_scores_as_its_answers_file(model: str, lang: Lang, tmp_path: Path) -> None:
    form = filled(model, lang, tmp_path / "form.xlsx").save()
    assert result(form, model).data("en") == result(EXAMPLES[model], model).data("en")


# ── what people do to forms ──────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return blank_form(edition("sme@2024"), "zh", tmp_path_factory.mktemp("form") / "blank.xlsx")


@pytest.fixture
def filling(blank: Path, tmp_path: Path) -> Filling:
    return Filling(Path(shutil.copy(blank, tmp_path / "form.xlsx")))


def read(filling: Filling) -> tuple[Answers, list[Problem]]:
    answers, _, warnings = AnswersFile.open(filling.save()).read(Judge(edition("sme@2024")))
    return answers, warnings


def refused(filling: Filling) -> list[tuple[str, str | None]]:
    """Code and cell of every problem."""
    with pytest.raises(InputError) as caught:
        read(filling)
    return [(problem.code, problem.place.cell) for problem in caught.value.problems]


def texts(answers: Answers) -> dict[str, str | tuple[str, ...]]:
    return {name: entry.text for name, entry in answers.entries.items()}


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        (0.577, "0.0 %", "57.7"),
        (0.577, '0.0"%"', "0.577"),  # a sign that is only written behind the number
        (57.7, "General", "57.7"),
        (0.57699999999999996, "0%", "57.7"),
        (0.29, "0.00%", "29"),  # 28.999999999999996 by the floats' own arithmetic
        (1, "0%", "100"),
        (0, "0.0 %", "0"),
        (1 / 3, "0.0 %", "33.3333333333333"),
        ("57.7%", "General", "57.7%"),
        ("５７．７％", "General", "５７．７％"),
        ("\u00a057.7\u200b", "@", "57.7"),
        ("C", "0.0 %", "C"),
        ("不清楚", "0.0 %", "unknown"),
    ],
)
def test_percentages(filling: Filling, value: object, number_format: str, text: str) -> None:
    cell = filling.cell(QUESTION, "equipment_digital_rate")
    cell.value, cell.number_format = value, number_format
    answers, warnings = read(filling)
    assert texts(answers) == {"equipment_digital_rate": text}
    assert [w.code for w in warnings] == (["suspicious_share"] if text == "0.577" else [])


@pytest.mark.parametrize(
    ("value", "text"),
    [(320, "320"), (320.0, "320"), ("320 台", "320 台"), (" 320\u3000", "320"), (1e5, "100000")],
)
def test_numbers(filling: Filling, value: object, text: str) -> None:
    filling.cell(QUESTION, "equipment_total").value = value
    assert texts(read(filling)[0]) == {"equipment_total": text}


def test_choices_by_text_letter_and_number(filling: Filling) -> None:
    words = filling.lists
    filling.cell(QUESTION, "systems").value = words["systems"]["several"]
    filling.cell(QUESTION, "product_design").value = 3
    filling.cell(QUESTION, "process_design").value = words["process_design"]["2"].replace("  ", "\u00a0 ")
    filling.cell(QUESTION, "energy_trend").value = "c"
    filling.cell(QUESTION, "design_tools_used").value = True
    assert texts(read(filling)[0]) == {
        "systems": "several", "product_design": "3", "process_design": "2", "energy_trend": "c",
        "design_tools_used": "true",
    }  # fmt: skip


OPTIONS = ("none", "scada", "apps", "mobile_5g", "full_coverage")


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ({"scada": "是", "apps": "是"}, ("scada", "apps")),
        ({"scada": True, "apps": "no"}, ("scada",)),
        ({"none": "是"}, ("none",)),
        (dict.fromkeys(OPTIONS[1:], "否"), ("none",)),
        ({"none": "是", **dict.fromkeys(OPTIONS[1:], "否")}, ("none",)),
        ({"": "不清楚"}, "unknown"),
        ({"": "B|C"}, "B|C"),
    ],
)
def test_several_choices(filling: Filling, said: dict[str, object], answer: object) -> None:
    for option, word in said.items():
        target = filling.cell(OPTION, "network", option) if option else filling.cell(QUESTION, "network")
        target.value = word
    assert read(filling)[0].entries["network"].text == answer


def test_a_half_answered_choice_is_open_and_said_to_be(filling: Filling) -> None:
    filling.cell(OPTION, "network", "scada").value = "否"
    answers, warnings = read(filling)
    assert answers.entries == {}
    assert [(w.code, w.place.cell, w.params["count"]) for w in warnings] == [
        ("form_half", filling.where(QUESTION, "network"), 3)
    ]


def test_evidence_note_and_who_it_is(filling: Filling) -> None:
    filling.cell(QUESTION, "network", column=EVIDENCE_COLUMN).value = "拓扑图\n照片；=1+1"
    filling.cell(QUESTION, "network", column=NOTE_COLUMN).value = datetime.date(2026, 3, 1)
    filling.cell("enterprise", "name").value = " 某某机械厂\u200b"
    filling.cell("enterprise", "employees").value = 320
    filling.cell("enterprise", "id").value = 7.0
    filling.cell("assessed_on").value = datetime.datetime(2026, 3, 18)  # noqa: DTZ001
    answers, _ = read(filling)
    assert answers.entries == {"network": Entry("", ("拓扑图", "照片", "=1+1"), "2026-03-01")}
    assert answers.enterprise == Enterprise(id="7", name="某某机械厂", employees="320")
    assert answers.assessed_on == "2026-03-18"


@pytest.mark.parametrize("written", ["2026-03-18", "2026/3/18", "2026年3月18日", "2026.03.18"])
def test_dates_as_people_write_them(filling: Filling, written: str) -> None:
    filling.cell("assessed_on").value = written
    assert read(filling)[0].assessed_on == "2026-03-18"


def test_every_problem_names_its_cell(filling: Filling) -> None:
    filling.cell(QUESTION, "equipment_digital_rate").value = 1.57
    filling.cell(QUESTION, "equipment_total").value = "#DIV/0!"
    filling.cell(QUESTION, "equipment_digital").value = datetime.date(2026, 1, 3)
    filling.cell(QUESTION, "equipment_networked").value = "=D5+1"
    filling.cell(QUESTION, "systems").value = "某些"
    filling.cell(OPTION, "network", "scada").value = "也许"
    filling.cell(QUESTION, "data_security").value = "不清楚"
    filling.cell(OPTION, "data_security", "rules").value = "是"
    for option in edition("sme@2024").questions["mechanism"].option_ids:
        filling.cell(OPTION, "mechanism", option).value = "否"
    filling.cell("enterprise", "employees").value = "很多"
    filling.cell("assessed_on").value = "昨天"
    assert refused(filling) == [
        ("not_a_count", filling.where("enterprise", "employees")),
        ("not_a_date", filling.where("assessed_on")),
        ("form_yes_no", filling.where(OPTION, "network", "scada")),
        ("out_of_range", filling.where(QUESTION, "equipment_digital_rate")),
        ("form_error_value", filling.where(QUESTION, "equipment_total")),
        ("form_date", filling.where(QUESTION, "equipment_digital")),
        ("form_uncomputed", filling.where(QUESTION, "equipment_networked")),
        ("no_such_option", filling.where(QUESTION, "systems")),
        ("form_state_and_options", filling.where(QUESTION, "data_security")),
        ("form_all_no", filling.where(QUESTION, "mechanism")),
    ]


def test_what_cells_do_not_keep_together_names_a_cell(filling: Filling) -> None:
    filling.cell(QUESTION, "equipment_total").value = 100
    filling.cell(QUESTION, "equipment_digital").value = 101
    assert refused(filling) == [("part_above_whole", filling.where(QUESTION, "equipment_digital"))]


def test_inserted_rows_and_columns_are_survived(filling: Filling) -> None:
    filling.cell(QUESTION, "equipment_total").value = 320
    filling.unmerge()
    filling.sheet.insert_rows(8, 3)
    filling.sheet.insert_cols(3)
    filling.sheet.title = "改了名"
    assert texts(read(filling)[0]) == {"equipment_total": "320"}


def test_deleted_and_copied_and_mixed_rows_are_noticed(filling: Filling) -> None:
    first, second = filling.rows["question:equipment_total"], filling.rows["question:equipment_digital"]
    filling.sheet.cell(first, 1).value = "question:equipment_digital"
    filling.sheet.cell(filling.rows["question:systems"], 2).value = "Q6"
    assert refused(filling) == [
        ("form_row_missing", None),
        ("form_row_mixed", f"问卷!B{first}"),
        ("form_row_twice", f"问卷!B{second}"),
        ("form_row_mixed", f"问卷!B{filling.rows['question:systems']}"),
    ]


def test_an_answer_beside_no_question_is_noticed(filling: Filling) -> None:
    row = filling.rows["question:equipment_digital"]
    filling.unmerge()
    filling.sheet.insert_rows(row)
    filling.sheet.cell(row, 4).value = 185
    assert refused(filling) == [("form_stray", f"问卷!D{row}")]


def test_merged_answers_are_noticed(filling: Filling) -> None:
    first, second = filling.rows["question:equipment_total"], filling.rows["question:equipment_digital"]
    filling.cell(QUESTION, "equipment_total").value = 320
    filling.sheet.merge_cells(f"D{first}:D{second}")
    assert refused(filling) == [("form_merged", f"问卷!D{second}")]


def test_missing_sheets_and_columns(filling: Filling) -> None:
    filling.sheet.cell(1, 4).value = None
    assert refused(filling) == [("form_column_missing", "问卷!A1")]
    copied = filling.book.copy_worksheet(filling.sheet)
    assert refused(filling) == [("form_sheet_twice", None)]
    filling.book.remove(copied)
    filling.book.remove(filling.sheet)
    assert refused(filling) == [("form_sheet_missing", None)]
    filling.book.remove(filling.book["bamai_meta"])
    assert refused(filling) == [("not_a_form", None)]


def test_other_rules_and_models(filling: Filling, run: Run) -> None:
    meta = filling.book["bamai_meta"]
    meta["B3"] = "sha256:0000"
    assert refused(filling) == [("form_other_rules", None)]
    meta["B2"] = "sme@1999"
    done = run("--lang", "en", "score", filling.save())
    assert done.returncode == 3
    assert "bamai_meta!B2: there is no model sme@1999" in done.stderr.decode()
    meta["B1"] = "bamai.form/2"
    assert refused(filling) == [("wrong_schema", "bamai_meta!B1")]


def test_by_content_and_from_stdin(filling: Filling, run: Run) -> None:
    filling.cell("enterprise", "name").value = "[red]甲[/red]\u202e"
    raw = filling.save().read_bytes()
    filling.path.with_suffix(".dat").write_bytes(raw)
    for arguments, stdin in ((["form.dat"], b""), (["-"], raw)):
        done = run("--lang", "en", "score", *arguments, "--format", "json", stdin=stdin)
        assert done.returncode == 0, done.stderr.decode()
        assert json.loads(done.stdout)["enterprise"]["name"] == "[red]甲[/red]\u202e"


# ── files that are no forms, and worse ───────────────────────────────────────────────────────────────


def rezipped(raw: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    """The parts of a workbook, each changed, packed again."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return out.getvalue()


SHEET = "xl/worksheets/sheet2.xml"


def with_doctype(name: str, content: bytes) -> bytes:
    entities = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    return content.replace(b"?>", b"?>" + entities, 1) if name == SHEET else content


def bomb(name: str, content: bytes) -> bytes:
    return content.replace(b"</sheetData>", b"<row/>" * 20_000_000 + b"</sheetData>") if name == SHEET else content


def lying_bomb(raw: bytes) -> bytes:
    """A bomb that declares to be small."""
    packed = bytearray(rezipped(raw, bomb))
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        size = archive.getinfo(SHEET).file_size.to_bytes(4, "little")
    assert packed.count(size) == 2  # in the part's own header and in the directory
    return bytes(packed.replace(size, (1_000_000).to_bytes(4, "little")))


def encrypted(_: bytes) -> bytes:
    """As far as it is read: what Office makes of a workbook with a password."""
    return bytes.fromhex("d0cf11e0a1b11ae1") + bytes(2000) + "EncryptedPackage".encode("utf-16-le") + bytes(2000)


def other_workbook(_: bytes) -> bytes:
    out = io.BytesIO()
    openpyxl.Workbook().save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("made", "code"),
    [
        (lambda _: b"name,Q1\nx,B\n", "not_a_workbook"),
        (lambda _: "企业,Q1\n".encode("gb18030"), "not_a_workbook"),
        (lambda _: b"", "file_empty"),
        (lambda raw: raw[: len(raw) // 2], "workbook_damaged"),
        (lambda raw: raw[:9000] + bytes(200) + raw[9200:], "workbook_damaged"),
        (lambda raw: rezipped(raw, lambda name, part: part[:500] if name == SHEET else part), "workbook_damaged"),
        (lambda raw: rezipped(raw, lambda name, part: b"" if name == "xl/workbook.xml" else part), "workbook_damaged"),
        (lambda raw: rezipped(raw, with_doctype), "workbook_entities"),
        (lambda raw: rezipped(raw, bomb), "workbook_too_large"),
        (lying_bomb, "workbook_damaged"),
        (lambda _: bytes.fromhex("d0cf11e0a1b11ae1") + bytes(5000), "workbook_damaged"),
        (encrypted, "workbook_password"),
        (other_workbook, "not_a_form"),
    ],
)
def test_files_that_are_no_forms(blank: Path, made: Callable[[bytes], bytes], code: str, tmp_path: Path) -> None:
    path = tmp_path / "form.xlsx"
    path.write_bytes(made(blank.read_bytes()))
    tracemalloc.start()
    try:
        with pytest.raises(InputError) as caught:
            AnswersFile.open(path)
        assert tracemalloc.get_traced_memory()[1] < 60 << 20
    finally:
        tracemalloc.stop()
    assert [problem.code for problem in caught.value.problems] == [code]


def test_a_sheet_that_claims_to_be_huge_is_read_as_far_as_a_form_goes(filling: Filling) -> None:
    filling.cell(QUESTION, "equipment_total").value = 320
    filling.sheet["XFD1048576"] = "far away"
    raw = filling.save().read_bytes()
    assert b"XFD1048576" in zipfile.ZipFile(io.BytesIO(raw)).read(SHEET)
    assert texts(AnswersFile.parse(raw, "x").read(Judge(edition("sme@2024")))[0]) == {"equipment_total": "320"}


# ── LibreOffice ──────────────────────────────────────────────────────────────────────────────────────

OFFICE = shutil.which("soffice")


def converted(path: Path, suffix: str, folder: Path) -> Path:
    """*path* opened and saved by LibreOffice."""
    assert OFFICE is not None
    profile = (folder / "profile").as_uri()
    command = [OFFICE, f"-env:UserInstallation={profile}", "--headless", "--convert-to", suffix, "--outdir"]
    subprocess.run([*command, str(folder), str(path)], check=True, capture_output=True, timeout=120)
    return folder / f"{path.stem}.{suffix}"


@needs(OFFICE is not None, "LibreOffice")
@pytest.mark.parametrize(("model", "lang"), [("sme@2024", "zh"), ("general@2026-reference", "en")])
def test_saved_by_libreoffice(model: str, lang: Lang, tmp_path: Path) -> None:
    filling = filled(model, lang, tmp_path / "form.xlsx")
    filling.cell(QUESTION, "equipment_digital_rate").value = 185 / 320
    note = filling.cell(QUESTION, "equipment_digital_rate", column=NOTE_COLUMN)
    note.value = "=1/0 <&> 两  空格"
    note.data_type = "s"
    filling.cell(QUESTION, "equipment_networked").value = "=60*2"
    filling.save()
    expected = AnswersFile.open(EXAMPLES[model]).read(Judge(edition(model)))[0].entries
    saved = {suffix: converted(filling.path, suffix, tmp_path) for suffix in ("ods", "xls")}
    (tmp_path / "back").mkdir()
    saved["xlsx"] = converted(saved["ods"], "xlsx", tmp_path / "back")
    for suffix, path in saved.items():
        answers, columns, warnings = AnswersFile.open(path).read(Judge(edition(model)))
        assert warnings == [], suffix
        rate = answers.entries.pop("equipment_digital_rate")
        assert (rate.text, rate.note) == ("57.8125", "=1/0 <&> 两  空格"), suffix
        assert answers.entries["equipment_networked"].text == "120", suffix
        assert {name: entry.evidence for name, entry in answers.entries.items()} == {
            name: entry.evidence for name, entry in expected.items()
        }, suffix
        assert assess(edition(model), answers, columns).score == result(EXAMPLES[model], model).score, suffix
    book = openpyxl.load_workbook(saved["xlsx"], data_only=True)
    sheet = book.worksheets[1]
    assert sheet.protection.sheet
    before = {str(area) for rule in filling.sheet.data_validations.dataValidation for area in rule.sqref.ranges}
    assert {str(a) for rule in sheet.data_validations.dataValidation for a in rule.sqref.ranges} == before
    done = sum(row[0] == "✓" for row in sheet.iter_rows(min_col=5, max_col=5, values_only=True))
    assert str(sheet["D2"].value).split()[1] == str(done)
    assert done >= len(expected)


@needs(OFFICE is not None, "LibreOffice")
def test_questions_that_depend_on_others_are_in_neither_count(tmp_path: Path) -> None:
    """Of seven questions that are always due one is answered; the tick of the eighth is seen and not counted."""
    own = Catalog(small(tmp_path)).load("own")
    filling = Filling(blank_form(own, "en", tmp_path / "form.xlsx"))
    filling.cell(QUESTION, "tools").value = "yes"
    filling.cell(QUESTION, "plan").value = "2"
    filling.save()
    (tmp_path / "back").mkdir()
    sheet = openpyxl.load_workbook(converted(filling.path, "xlsx", tmp_path / "back"), data_only=True).worksheets[1]
    ticks = [row[0] for row in sheet.iter_rows(min_col=5, max_col=5, values_only=True)]
    assert (sheet["D2"].value, ticks.count("✓")) == ("Answered 1 / 7", 2)


@needs(OFFICE is not None, "LibreOffice")
@pytest.mark.parametrize("suffix", ["ods", "xls"])
def test_what_is_wrong_is_seen_in_every_format(filling: Filling, suffix: str, tmp_path: Path) -> None:
    first, second = filling.rows["question:equipment_total"], filling.rows["question:equipment_digital"]
    filling.sheet.merge_cells(f"D{first}:D{second}")
    filling.cell(QUESTION, "equipment_networked").value = "=1/0"
    filling.cell(QUESTION, "equipment_network_rate").value = 0.5
    filling.cell(QUESTION, "equipment_network_rate").number_format = "General"
    filling.cell(QUESTION, "systems").value = datetime.date(2026, 1, 3)
    path = converted(filling.save(), suffix, tmp_path)
    with pytest.raises(InputError) as caught:
        AnswersFile.open(path).read(Judge(edition("sme@2024")))
    assert [(p.code, p.place.cell) for p in caught.value.problems] == [
        ("form_merged", f"问卷!D{second}"),
        ("form_error_value", filling.where(QUESTION, "equipment_networked")),
        ("form_date", filling.where(QUESTION, "systems")),
    ]


# ── laws ─────────────────────────────────────────────────────────────────────────────────────────────


@st.composite
def cells(draw: st.DrawFn, model: str) -> dict[str, Cell]:
    """Judged answers to some questions of a model."""
    found: dict[str, Cell] = {}
    for name, question in edition(model).questions.items():
        states = [OPEN, ANSWERED, ANSWERED, UNKNOWN] + ([NA] if name in edition(model).na_permitted else [])
        state = draw(st.sampled_from(states))
        if state == OPEN:
            continue
        value = 0
        if state == ANSWERED and question.kind in NUMERIC:
            assert question.min is not None and question.max is not None
            places = 0 if question.integer else draw(st.integers(0, 4))
            number = draw(st.decimals(question.min, question.max, places=places))
            value = int(number * 1_000_000)
        elif state == ANSWERED and question.kind == "multiple":
            options = [o.id for o in question.options]
            some = draw(st.lists(st.sampled_from([o for o in options if o != "none"]), min_size=1, unique=True))
            value = sum(1 << options.index(option) for option in some)
        elif state == ANSWERED and question.kind != "text":
            value = draw(st.integers(0, len(question.option_ids) - 1))
        found[name] = Cell(state, value)
    return found


@settings(max_examples=8)
@pytest.mark.parametrize("model", EXAMPLES)
@given(data=st.data())
def test_any_answers_come_back_as_they_were_filled_in(
    model: str, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    given_ = data.draw(cells(model))
    path = tmp_path_factory.mktemp("law") / "form.xlsx"
    filling = Filling(blank_form(edition(model), data.draw(st.sampled_from(LANGS)), path))
    for name, cell in given_.items():
        filling.answer(edition(model).questions[name], cell)
    document = open_form(filling.save())
    assert document.problems == ()
    judge = Judge(edition(model))
    found = {
        name: judge.cell(name, entry["value"]) if isinstance(entry["value"], str)
        else judge.several(name, entry["value"])
        for name, entry in document.data["answers"].items()
    }  # fmt: skip
    # whether a percentage looks like a share of 1 is told besides
    assert {name: cell[:3] for name, cell in found.items()} == {name: cell[:3] for name, cell in given_.items()}


# ── batches and the rest of the program ──────────────────────────────────────────────────────────────


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text("utf-8-sig").splitlines()))


def test_a_folder_of_forms_is_a_batch(tmp_path: Path, run: Run) -> None:
    folder = tmp_path / "forms"
    folder.mkdir()
    for name in "abc":
        filling = filled("sme@2024", "zh", folder / f"{name}.xlsx")
        filling.cell("enterprise", "id").value = name
        if name == "b":
            filling.cell(QUESTION, "systems").value = "某些"
        if name == "c":
            filling.cell(QUESTION, "systems").value = "#REF!"
            filling.cell(QUESTION, "equipment_total").value = datetime.date(2026, 1, 3)
        filling.save()
    filled("general@2026-reference", "en", folder / "d.xlsx").save()
    (folder / "e.xlsx").write_bytes((folder / "a.xlsx").read_bytes()[:5000])
    (folder / "~$a.xlsx").write_bytes(b"lock")
    done = run("batch", "forms", "-o", "results.csv", "--lang", "en")
    assert done.returncode == 3, done.stderr.decode()
    [good] = rows(tmp_path / "results.csv")
    assert (good["id"], good["level"], good["score"], good["file"]) == ("a", "L2", "53.35", str(Path("forms/a.xlsx")))
    where = {name: filling.where(QUESTION, name) for name in ("systems", "equipment_total")}
    assert [(r["file"][-6:], r["id"], r["column"], r["code"]) for r in rows(tmp_path / "results.rejects.csv")] == [
        ("b.xlsx", "b", where["systems"], "no_such_option"),
        ("c.xlsx", "", where["equipment_total"], "form_date"),
        ("c.xlsx", "", where["systems"], "form_error_value"),
        ("d.xlsx", "", "bamai_meta!B2", "form_other_model"),
        ("e.xlsx", "", "", "workbook_damaged"),
    ]


def test_forms_and_tables_in_one_batch(tmp_path: Path, run: Run) -> None:
    filled("sme@2024", "zh", tmp_path / "form.xlsx").save()
    assert run("template", "sme", "-o", "rows.csv").returncode == 0
    done = run("batch", "form.xlsx", "rows.csv", "--model", "sme", "-o", "results.csv", "--lang", "en")
    assert done.returncode == 0, done.stderr.decode()
    assert b"forms: 1, tables: 1" in done.stderr
    assert [r["id"] for r in rows(tmp_path / "results.csv")] == ["demo-chenxi", "DEMO-0001"]
    done = run("batch", "form.xlsx", "--engine", "spark", "-o", "other.csv", "--lang", "en")
    assert (done.returncode, b"[spark_form]" in done.stderr) == (2, True)


def test_the_command_writes_and_guards_its_output(tmp_path: Path, run: Run) -> None:
    done = run("form", "sme")
    assert (done.returncode, done.stdout) == (0, b"")
    assert AnswersFile.open(tmp_path / "bamai-sme-2024.xlsx").model == "sme@2024"
    assert run("form", "sme").returncode == 2
    assert run("form", "sme", "--force").returncode == 0
    assert run("form", "sme", "-o", "form.xls").returncode == 2
    assert run("form", "nothing").returncode == 1


def test_resuming_a_form_leaves_it_alone(tmp_path: Path, run: Run) -> None:
    form = filled("sme@2024", "zh", tmp_path / "form.xlsx").save()
    before = form.read_bytes()
    done = run("assess", "--resume", "form.xlsx", "--plain", "--lang", "en")
    assert form.read_bytes() == before, done.stderr.decode()
    assert result(tmp_path / "form.jsonl", "sme@2024").score == result(EXAMPLE, "sme@2024").score


def test_compared_with_its_answers_file(tmp_path: Path, run: Run) -> None:
    filled("sme@2024", "en", tmp_path / "form.xlsx").save()
    done = run("compare", EXAMPLE, "form.xlsx", "--format", "json")
    assert done.returncode == 0, done.stderr.decode()


def test_xls_without_its_reader_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "xlrd", None)
    (tmp_path / "form.xls").write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(500))
    with pytest.raises(InputError) as caught:
        AnswersFile.open(tmp_path / "form.xls")
    assert 'pip install "bamai[xls]"' in caught.value.problems[0].message("en")
