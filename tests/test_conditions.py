"""What a level asks is told the same way everywhere: at least or at most, met or not, of which indicators."""

from __future__ import annotations

import io
import json
from pathlib import Path

import docx as word
import openpyxl
import pypdf
import pytest

from conftest import EXAMPLE, ROOT, Run

FACTORY = ROOT / "questionnaires/smart_factory/2025/example.yaml"

QUESTION = """
      - id: scrap_rate
        kind: percent
        text: {zh: 废品率, en: Scrap rate}
        min: 0
        max: 100
        metric: {better: down}
      - id: networks
"""
INDICATOR = """
      - id: scrap_rate
        title: {zh: 废品率, en: Scrap rate}
        scoring:
          kind: bands
          question: scrap_rate
          out_of: 10
          closed: right
          bands: [{from: 0, to: 5, points: 10}, {from: 5, to: 20, points: 5}, {from: 20, to: 100, points: 0}]
      - id: networks
"""


@pytest.fixture
def scrap(run: Run, tmp_path: Path) -> Path:
    """A model of one's own: L2 asks for at most 5 % scrap; the tag of its starred indicator has a name of its own."""
    assert run("model", "new", "own", "--id", "tiny").returncode == 0
    model = tmp_path / "own" / "rules" / "tiny" / "1" / "model.yaml"
    text = model.read_text(encoding="utf-8").replace("\n      - id: networks\n", INDICATOR)
    text = text.replace("        weight: 50\n", "").replace("id: core,", "id: must,").replace("[core]", "[must]")
    text = text.replace("tag: core", "tag: must")
    text = text.replace("metric: digital_rate, needs: 30}", "metric: scrap_rate, needs: 5}")
    model.write_text(text, encoding="utf-8")
    asked = tmp_path / "own" / "questionnaires" / "tiny" / "1"
    questions = (asked / "questionnaire.yaml").read_text(encoding="utf-8")
    (asked / "questionnaire.yaml").write_text(questions.replace("\n      - id: networks\n", QUESTION), encoding="utf-8")
    example = (asked / "example.yaml").read_text(encoding="utf-8").replace("  energy:", "  scrap_rate: 8\n  energy:")
    (asked / "example.yaml").write_text(example, encoding="utf-8")
    return asked / "example.yaml"


def test_at_most_is_said_wherever_a_condition_is(run: Run, scrap: Path) -> None:
    def out(*arguments: str | Path, code: int = 0) -> str:
        done = run(*arguments, "--rules", "own", "--lang", "en")
        assert done.returncode == code, done.stderr.decode()
        return " ".join(done.stdout.decode().split())

    assert "Scrap rate: needs ≤ 5 %, has 8.00 %, 3.00 too much" in out("score", scrap)
    gates = {gate["id"]: gate for gate in json.loads(out("score", scrap, "--format", "json"))["gates"]}
    assert (gates["L2.digital"]["better"], gates["L2.base"]["better"]) == ("down", "up")
    assert "Scrap rate ≤ 5" in out("model", "show", "tiny")
    assert "L2.digital Scrap rate ≤ 5" in out("model", "explain", "tiny.L2")
    assert "Needs ≤ 5" in out("model", "explain", "tiny.L2.digital")
    assert "✗ 8.00/≤ 5 ✓ 5.00/≤ 5" in out("whatif", scrap, "scrap_rate=5").replace("\u00a0", " ")
    assert "✗ 8.00/≤ 5 ✓ 5.00/≤ 5" in out("roadmap", scrap, "--to", "L2")
    held = out("roadmap", scrap, "--to", "L2", "--fix", "scrap_rate", code=4)
    assert "L2 Scrap rate: needs ≤ 5 %, has 8.00 % at best 8.00 %" in held


def test_stars_stand_by_whatever_tag_a_model_has(run: Run, scrap: Path) -> None:
    report = run("score", scrap, "--rules", "own", "--lang", "en").stdout.decode()
    assert "★ Core scenario" in report and "Planning★ 2" in report
    shown = run("model", "show", "tiny", "--rules", "own", "--lang", "en").stdout.decode()
    assert "Planning *" in shown and "Energy trend *" not in shown


@pytest.mark.usefixtures("scrap")
def test_a_condition_on_some_indicators_names_what_it_counts(run: Run) -> None:
    """Wherever it stands, also apart from the condition on all of them: in a road map, in what blocks most."""
    own = run("model", "show", "tiny", "--rules", "own", "--lang", "en").stdout.decode()
    assert "Work at grade 2 or above (only: Core scenario) ≥ 1" in own
    general = " ".join(run("model", "show", "general", "--lang", "en").stdout.decode().split())
    assert "Digital operations at grade 3 or above ≥ 8;" in general
    assert "Digital operations at grade 3 or above (only: Core scenario) ≥ 5;" in general


def test_a_map_that_does_not_arrive_says_so(run: Run) -> None:
    """Without the digital base the total is 77.1 at best, and L4 asks for 80: nothing is ticked as reached."""
    base = [f"q{number}" for number in (1, 2, 3, 4, 6, 7, 8)]
    held = [part for code in base for part in ("--fix", code)]
    done = run("roadmap", EXAMPLE, "--to", "L4", "--lang", "en", *held, "--fix", "q5=D")
    text = done.stdout.decode()
    assert done.returncode == 4, done.stderr.decode()
    assert "cannot be reached" in text and "✓ " not in text.split("What cannot be met")[0]
    assert "is the least there is" not in text


def test_a_map_without_scores_speaks_of_none(run: Run) -> None:
    text = run("roadmap", FACTORY, "--to", "L4", "--lang", "en").stdout.decode()
    assert "The level is that after the step" in " ".join(text.split())
    spent = run("roadmap", FACTORY, "--budget", "0", "--lang", "en").stdout.decode()
    for told in (text, spent):
        assert "score" not in told.lower()


def told_in(kind: str, data: bytes) -> str:
    match kind:
        case "pdf":
            return "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages)
        case "docx":
            document = word.Document(io.BytesIO(data))
            cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
            return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])
        case _:
            book = openpyxl.load_workbook(io.BytesIO(data))
            return "\n".join(str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row)


@pytest.mark.parametrize("kind", ["pdf", "docx", "xlsx"])
@pytest.mark.parametrize("command", [("roadmap", "--to", "L3"), ("whatif", "s02=3", "s03=3"), ("compare",)])
def test_documents_of_every_command_have_no_escapes(
    run: Run, tmp_path: Path, kind: str, command: tuple[str, ...]
) -> None:
    """Blanks that do not break, line ends and a name with either are plain text of a page."""
    answers = EXAMPLE.read_text(encoding="utf-8").replace("晨溪精密部件有限公司", '"晨溪\u00a0精密"  #')
    (tmp_path / "a.yaml").write_text(answers, encoding="utf-8")
    name, *options = command
    files = ["a.yaml", "a.yaml"] if name == "compare" else ["a.yaml"]
    done = run(name, *files, *options, "-o", f"r.{kind}")
    assert done.returncode == 0, done.stderr.decode()
    text = told_in(kind, (tmp_path / f"r.{kind}").read_bytes())
    assert "\\" not in text
    assert "晨溪 精密" in text.replace("\n", " ")
    assert "/8" in text
