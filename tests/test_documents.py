"""PDF, Word and Excel reports: read back with other libraries than those that wrote them."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
import zipfile
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import docx as word
import openpyxl
import pypdf
import pytest
import typst

import bamai
from bamai.answers import Enterprise
from bamai.assessment import Assessment
from bamai.errors import UsageError
from bamai.report import pdf as pdf_module
from bamai.report.content import AllAnswers, Grades, Heading, blocks
from bamai.report.docx import docx
from bamai.report.pdf import pdf
from bamai.report.xlsx import xlsx
from bamai.texts import LANGS, Lang, printable
from conftest import EXAMPLE, GENERAL_EXAMPLE, Run, assessed, edition, needs

pytestmark = needs(bool(set(typst.Fonts().families()) & set(pdf_module.CHINESE)), "Chinese font")

HOSTILE = '<script>alert(1)</script>[red]=HYPERLINK("x")\x1b[31m\u202e #let x = 1 $y$ *z*'
MODELS = ["sme", "general"]


@lru_cache
def result(name: str) -> Assessment:
    if name == "hostile":
        answers = {"network": "B"}
        found = assessed(edition("sme@2024"), answers)
        return found._replace(enterprise=Enterprise(name=HOSTILE), assessor="=1+1")
    if name == "empty":
        return assessed(edition("sme@2024"), {})
    return bamai.score_file(EXAMPLE if name == "sme" else GENERAL_EXAMPLE)


@lru_cache
def made(kind: str, name: str, lang: Lang) -> bytes:
    return {"pdf": pdf, "docx": docx, "xlsx": xlsx}[kind](blocks(result(name), lang, full=True), lang)


def bare(text: str) -> str:
    """Without spaces and line ends, which a page breaks anywhere."""
    return "".join(text.split())


# ── PDF ──────────────────────────────────────────────────────────────────────────────────────────────


@lru_cache
def reader(name: str, lang: Lang) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(made("pdf", name, lang)))


@lru_cache
def pdf_text(name: str, lang: Lang) -> str:
    return bare("".join(page.extract_text() for page in reader(name, lang).pages))


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", MODELS)
def test_a_pdf_says_everything(name: str, lang: Lang) -> None:
    found = result(name)
    text = pdf_text(name, lang)
    assert bare(found.enterprise.name or "") in text
    for answer in found.answers:
        assert bare(answer.text[lang]) in text, answer.question
        for told in (answer.note, *answer.evidence):
            assert bare(told or "") in text, answer.question
    for dimension in found.dimensions:
        if dimension.score is not None:
            assert f"{dimension.score:.2f}" in text
    for block in blocks(found, lang, full=True):
        if isinstance(block, Heading):
            assert bare(block.text) in text


@pytest.mark.parametrize("lang", LANGS)
def test_a_pdf_is_tagged_named_and_has_its_fonts(lang: Lang) -> None:
    found = reader("sme", lang)
    root: Any = found.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/StructTreeRoot"]
    assert root["/Lang"][:2] == lang
    assert found.metadata is not None
    assert "晨溪精密部件有限公司" in (found.metadata.title or "")
    fonts = 0
    for page in found.pages:
        resources: Any = page["/Resources"]
        for font in resources.get("/Font", {}).values():
            for inner in font.get_object()["/DescendantFonts"]:
                descriptor = inner.get_object()["/FontDescriptor"]
                assert {"/FontFile2", "/FontFile3"} & set(descriptor)
                fonts += 1
    assert fonts
    assert not any(action in str(root) for action in ("/OpenAction", "/JavaScript", "/URI"))


def test_every_picture_of_a_pdf_has_words() -> None:
    """Typst writes the alternative text into the tags; the two charts and every bar have one."""
    found: list[str] = []

    def walk(node: Any) -> None:
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, list):
            for item in node:
                walk(item)
        elif isinstance(node, dict):
            if node.get("/S") == "/Figure":
                found.append(str(node.get("/Alt", "")))
            if "/K" in node:
                walk(node["/K"])

    root: Any = reader("sme", "zh").trailer["/Root"]
    walk(root["/StructTreeRoot"])
    assert len(found) >= 2 + len(result("sme").comparisons)
    assert all(found)


def test_without_a_chinese_font_there_is_no_pdf(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_module, "CHINESE", ("No Such Font",))
    with pytest.raises(UsageError) as caught:
        pdf(blocks(result("sme"), "zh"), "zh")
    assert caught.value.problems[0].code == "pdf_no_font"
    assert "--font" in caught.value.problems[0].text("en")
    # an English report of an enterprise with an English name needs none
    plain = result("empty")._replace(enterprise=Enterprise(name="Plant"), documents=(), comparisons=(), not_compared=())
    assert pdf(list(blocks(plain, "en"))[:2], "en").startswith(b"%PDF")


def test_a_font_that_is_not_there(run: Run) -> None:
    done = run("score", EXAMPLE, "-o", "r.pdf", "--font", "missing.ttf", "--lang", "en")
    assert (done.returncode, b"missing.ttf" in done.stderr, b"[font_missing]" in done.stderr) == (2, True, True)


def test_without_the_extra_it_says_how_to_install_it(tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['typst'] = None; sys.argv = ['bamai', 'score', sys.argv[1], '-o', sys.argv[2]];"
        "from bamai.__main__ import main; main()"
    )
    for suffix in ("pdf", "docx"):
        out = tmp_path / f"r.{suffix}"
        done = subprocess.run([sys.executable, "-c", code, EXAMPLE, out], capture_output=True, check=False)
        assert done.returncode == 2
        assert b'pip install "bamai[pdf]"' in done.stderr
        assert not out.exists()


def test_a_word_file_without_charts_needs_no_extra(tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['typst'] = None; sys.argv = ['bamai', *sys.argv[1:]];"
        "from bamai.__main__ import main; main()"
    )
    lines: tuple[list[str | Path], ...] = (["compare", EXAMPLE, EXAMPLE], ["roadmap", EXAMPLE])
    for number, line in enumerate(lines):
        out = tmp_path / f"{number}.docx"
        done = subprocess.run([sys.executable, "-c", code, *line, "-o", out], capture_output=True, check=False)
        assert (done.returncode, done.stderr.count(b"typst"), out.read_bytes()[:2]) == (0, 0, b"PK")


# ── Word ─────────────────────────────────────────────────────────────────────────────────────────────


def document(name: str, lang: Lang) -> Any:
    return word.Document(io.BytesIO(made("docx", name, lang)))


def docx_text(name: str, lang: Lang) -> str:
    found = document(name, lang)
    cells = [cell.text for table in found.tables for row in table.rows for cell in row.cells]
    return bare("".join([*(paragraph.text for paragraph in found.paragraphs), *cells]))


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", MODELS)
def test_a_word_document_says_everything(name: str, lang: Lang) -> None:
    found = result(name)
    text = docx_text(name, lang)
    for answer in found.answers:
        for told in (answer.text[lang], answer.note, *answer.evidence):
            assert bare(told or "") in text, answer.question
    for item in found.comparisons:
        assert bare(item.benchmark.title[lang]) in text
    wanted = [block.text for block in blocks(found, lang, full=True) if isinstance(block, Heading)]
    headings = [p.text for p in document(name, lang).paragraphs if p.style.name == "Heading 1"]
    assert headings == wanted
    sections = next(block.sections for block in blocks(found, lang, full=True) if isinstance(block, AllAnswers))
    below = [p.text for p in document(name, lang).paragraphs if p.style.name == "Heading 2"]
    assert below[-len(sections) :] == [title for title, _ in sections]


def test_word_has_styles_fonts_and_alternative_texts() -> None:
    found = document("sme", "zh")
    normal = found.styles["Normal"].element.rPr.rFonts
    names = {key.rsplit("}", 1)[1]: value for key, value in normal.attrib.items()}
    assert names["eastAsia"] == "Microsoft YaHei" and names["ascii"] == "Arial"
    raw = zipfile.ZipFile(io.BytesIO(made("docx", "sme", "zh")))
    styles = raw.read("word/styles.xml").decode()
    for name in ("Heading1", "Heading2", "Title", "Normal"):
        block = styles[styles.index(f'w:styleId="{name}"') :]
        assert "eastAsiaTheme" not in block[: block.index("</w:style>")]
    content = raw.read("word/document.xml").decode()
    assert content.count("<wp:docPr") == content.count("descr=") == 3
    assert 'descr=""' not in content
    assert content.count("w:tblHeader") >= 8
    # an address of a document is text and no link
    tags = " ".join(re.findall(r"<[^>]*>", content))
    assert not re.findall(r"://(?!schemas\.|www\.w3\.org)[^\s\"]*", tags)
    assert all("External" not in raw.read(name).decode() for name in raw.namelist() if name.endswith(".rels"))


# ── Excel ────────────────────────────────────────────────────────────────────────────────────────────


def book(name: str, lang: Lang) -> Any:
    return openpyxl.load_workbook(io.BytesIO(made("xlsx", name, lang)))


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", MODELS)
def test_a_workbook_says_everything(name: str, lang: Lang) -> None:
    found = result(name)
    workbook = book(name, lang)
    report, figures, _, answers = workbook.worksheets
    rows = list(answers.iter_rows(min_row=2, values_only=True))
    assert [row[1] for row in rows] == [answer.label for answer in found.answers]
    for row, answer in zip(rows, found.answers, strict=True):
        assert row[2] == answer.text[lang]
        assert (row[6] or None) == (printable(answer.note) if answer.note else None)
    assert figures.max_row - 1 == len(found.comparisons)
    # scores are numbers, exactly those of the result
    numbers = {cell.value for row in report.iter_rows() for cell in row if isinstance(cell.value, float | int)}
    scores = {float(d.score) for d in found.dimensions if d.scored and d.score is not None}
    assert scores <= numbers
    assert len(report._charts) == len(figures._charts) == 1
    own = {cell.value for cell in figures["I"][1:] if cell.value is not None}
    assert Decimal(str(max(own))) == max(c.value for c in found.comparisons if c.value in own)
    assert answers.auto_filter.ref and answers.freeze_panes == "C2"


def test_no_cell_is_a_formula_or_a_link() -> None:
    workbook = book("hostile", "en")
    cells = [cell for sheet in workbook.worksheets for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n", "inlineStr"}
    assert all(cell.hyperlink is None for cell in cells)
    raw = zipfile.ZipFile(io.BytesIO(made("xlsx", "hostile", "en")))
    assert not any(b"<f>" in raw.read(name) for name in raw.namelist() if name.startswith("xl/worksheets/"))


# ── all of them ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("lang", LANGS)
def test_a_hostile_name_is_plain_text_everywhere(lang: Lang) -> None:
    shown = bare(printable(HOSTILE))
    assert shown in pdf_text("hostile", lang)
    assert shown in docx_text("hostile", lang)
    texts = [str(cell.value) for sheet in book("hostile", lang).worksheets for row in sheet.iter_rows() for cell in row]
    assert any(bare(text) == shown for text in texts)


@pytest.mark.parametrize("kind", ["pdf", "docx", "xlsx"])
def test_incomplete_results_have_documents_too(kind: str) -> None:
    assert len(made(kind, "empty", "zh")) > 5000


def test_one_assessment_to_all_formats(run: Run, tmp_path: Path) -> None:
    names = [f"r.{suffix}" for suffix in ("html", "pdf", "docx", "xlsx", "md", "json", "txt")]
    outputs = [part for name in names for part in ("-o", name)]
    done = run("score", EXAMPLE, *outputs)
    assert done.returncode == 0, done.stderr.decode()
    assert all((tmp_path / name).stat().st_size > 1000 for name in names)
    assert run("score", EXAMPLE, EXAMPLE, "-o", "two.pdf").returncode == 2
    compared = run("compare", EXAMPLE, EXAMPLE, *(part.replace("r.", "c.") for part in outputs))
    assert compared.returncode == 0, compared.stderr.decode()
    assert all((tmp_path / name.replace("r.", "c.")).stat().st_size > 500 for name in names)


@needs(shutil.which("soffice") is not None, "LibreOffice")
def test_libreoffice_opens_word_and_excel(tmp_path: Path) -> None:
    for kind in ("docx", "xlsx"):
        (tmp_path / f"r.{kind}").write_bytes(made(kind, "sme", "zh"))
    home = f"-env:UserInstallation=file://{tmp_path}/office"
    subprocess.run(
        ["soffice", home, "--headless", "--convert-to", "pdf", "--outdir", tmp_path / "out", *tmp_path.glob("r.*")],
        check=True, capture_output=True, timeout=180,
    )  # fmt: skip
    # both convert to r.pdf: the last one stands; either holds the name and the appendix
    text = bare("".join(page.extract_text() for page in pypdf.PdfReader(tmp_path / "out" / "r.pdf").pages))
    assert "晨溪精密部件有限公司" in text
    assert bare(result("sme").answers[-1].text.zh) in text


def test_policy_targets_stand_where_the_report_is() -> None:
    book = openpyxl.load_workbook(io.BytesIO(made("xlsx", "general", "zh")))
    where = {str(cell.value): sheet.title for sheet in book for row in sheet.iter_rows() for cell in row if cell.value}
    assert where["机械工业数字化转型实施方案"] == where["政策目标"] == book.sheetnames[0]
    assert where["其他可加分项，由多到少"] == where["总分变化"] != book.sheetnames[0]


@lru_cache
def long_winded(length: int) -> Assessment:
    """A note that ends in a word of its own, after *length* characters."""
    found = assessed(edition("sme@2024"), {"network": "B"})
    first = found.answers[0]._replace(note="犇" * length + "末尾")
    return found._replace(answers=(first, *found.answers[1:]))


def test_a_note_longer_than_a_page_is_whole() -> None:
    data = pdf(blocks(long_winded(12_000), "zh", full=True), "zh")
    text = bare("".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages))
    assert text.count("犇") == 12_000 and "犇末尾" in text


@pytest.mark.parametrize("lang", LANGS)
def test_what_no_cell_can_hold_is_said_to_be_cut(lang: Lang) -> None:
    workbook = openpyxl.load_workbook(
        io.BytesIO(xlsx(blocks(long_winded(40_000), lang, full=True), lang)), data_only=True
    )
    answers = workbook.worksheets[-1]
    told = str(answers["G2"].value)
    assert len(told) == 32_767
    assert told.endswith("其他格式中有全文）" if lang == "zh" else "the other formats have all of it)")
    assert answers.row_dimensions[2].height == pytest.approx(409, abs=0.5)
    whole = openpyxl.load_workbook(io.BytesIO(xlsx(blocks(long_winded(32_000), lang, full=True), lang)))
    assert str(whole.worksheets[-1]["G2"].value).endswith("犇末尾")


def test_a_cell_does_not_round_a_score_across_a_threshold() -> None:
    found = result("sme")
    below = found.dimensions[0]._replace(
        score=Decimal("39.999999"), low=Decimal("39.999999"), high=Decimal("39.999999")
    )
    near = found._replace(
        dimensions=(below, *found.dimensions[1:]), thresholds={**found.thresholds, below.id: (Decimal(40),)}
    )
    workbook = openpyxl.load_workbook(io.BytesIO(xlsx(blocks(near, "zh", full=True), "zh")))
    cells = {cell.value: cell.number_format for row in workbook.worksheets[0].iter_rows() for cell in row}
    assert cells[39.999999] == "0.000000"
    assert cells[42.5] == "0.00"


def test_a_word_for_a_grade_leaves_its_name_room() -> None:
    """It stood beside the name, which it then covered, or pressed into a column of single characters."""
    text = "\n".join(page.extract_text() for page in reader("empty", "zh").pages)
    lines = [line.strip().removesuffix("★").rstrip() for line in text.splitlines()]
    told = next(block for block in blocks(result("empty"), "zh") if isinstance(block, Grades))
    titles = [grade.title for _, row in told.rows for grade in row]
    assert len(titles) == 16 and [title for title in titles if title not in lines] == []


def test_a_grade_stands_beside_the_longest_name() -> None:
    """The name “Office collaboration” reached under its figure."""
    found: dict[str, float] = {}

    def seen(text: str, page: Any, line: Any, *_: Any) -> None:
        if text.strip() == "2" and "collaboration" in found:
            found.setdefault("its grade", page[4] + line[4])
        found.setdefault(text.strip(), page[4] + line[4])

    for page in reader("sme", "en").pages:
        page.extract_text(visitor_text=seen)
    # thirteen letters of 8 points, at 0.52 of their height
    assert found["its grade"] - found["collaboration"] >= 13 * 8 * 0.52


def test_word_breaks_no_name_of_a_question() -> None:
    """A letter of Arial is about half as wide as it is high, and the margins of a cell take four millimetres."""
    document = word.Document(io.BytesIO(made("docx", "general", "zh")))
    widths = {cell.text: cell.width.mm for table in document.tables for row in table.rows for cell in row.cells}
    names = [answer.label for answer in result("general").answers]
    assert max(map(len, names)) == 28
    assert [name for name in names if widths[name] < 4 + len(name) * 9.5 / 2 * 25.4 / 72] == []
