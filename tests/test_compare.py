"""``bamai compare``: one plant before and after, several plants, refusals."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from bamai.api import score_file
from conftest import EXAMPLE, GENERAL_EXAMPLE, Run

HOSTILE = '<script>alert(1)</script>[red]=HYPERLINK("x")'


def before(folder: Path, *changes: tuple[str, str], name: str = "before.yaml") -> Path:
    """The SME example with some of its lines changed."""
    text = EXAMPLE.read_text(encoding="utf-8")
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


EARLIER = (
    ("2026-03-18", "2025-03-18"),
    ("value: 185", "value: 120"),
    ("systems: several", "systems: A"),
    ("product_design:\n    value: 3", "product_design:\n    value: 2"),
)


def data_of(run: Run, *args: str | Path) -> dict[str, Any]:
    done = run("compare", *args, "--format", "json", "--lang", "en")
    assert done.returncode == 0, done.stderr.decode()
    found: dict[str, Any] = json.loads(done.stdout, parse_float=Decimal, parse_int=Decimal)
    return found


def test_before_and_after(run: Run, tmp_path: Path) -> None:
    """Q2 falls from 57.8 % (4.5 points) to 37.5 % (3), Q5 from 5 points to 0, s01 from grade 3 to 2."""
    found = data_of(run, before(tmp_path, *EARLIER), EXAMPLE)
    assert (found["schema"], found["same_enterprise"], found["mixed_editions"]) == ("bamai.comparison/1", True, False)
    assert found["total"]["values"] == [Decimal("46.85"), Decimal("53.35")]
    assert found["total"]["change"] == Decimal("6.5")
    changes = {row["id"]: (row["values"], row["change"], row["unit"]) for row in found["indicators"]}
    assert changes == {
        "systems": ([0, 5], 5, "points"),
        "equipment_digital_rate": ([3, Decimal("4.5")], Decimal("1.5"), "points"),
        "product_design": ([2, 3], 1, "grade"),
    }
    assert found["equal_indicators"] == 31 - 3
    # of the next level, L3, what is not met; what neither meets of L4 is not told
    [gate] = found["gates"]
    assert gate["id"] == "L3.count"
    assert (gate["met"], gate["has"]) == ([False, False], [5, 6])
    shown = {row["title"]: row["values"] for row in found["figures"]}
    assert shown["Penetration rate of digital production equipment"] == [Decimal("37.5"), Decimal("57.8125")]


def test_numbers_are_those_of_score(run: Run, tmp_path: Path) -> None:
    files = [before(tmp_path, *EARLIER), EXAMPLE]
    found = data_of(run, *files)
    for index, file in enumerate(files):
        one = score_file(file)
        assert found["total"]["values"][index] == one.score
        scores = {dimension.id: dimension.score for dimension in one.dimensions if dimension.scored}
        assert {row["id"]: row["values"][index] for row in found["dimensions"]} == scores


def test_the_order_is_the_readers(run: Run, tmp_path: Path) -> None:
    found = data_of(run, EXAMPLE, before(tmp_path, *EARLIER))
    assert found["total"]["change"] == Decimal("-6.5")
    text = run("compare", EXAMPLE, tmp_path / "before.yaml", "--lang", "en").stdout.decode()
    assert "total score −6.50." in text
    assert "2026-03-18 2025-03-18" in " ".join(text.split())


def test_several_plants(run: Run, tmp_path: Path) -> None:
    files = [
        before(tmp_path, ("id: demo-chenxi", f"id: p{n}"), ("name: 晨溪精密部件有限公司（虚构示例）", f"name: 厂{n}"),
               ("equipment_digital:\n    value: 185", f"equipment_digital:\n    value: {value}"), name=f"p{n}.yaml")
        for n, value in enumerate((185, 20, 120))
    ]  # fmt: skip
    found = data_of(run, *files)
    assert not found["same_enterprise"]
    [row] = found["indicators"]
    # 6.25 % is in [0, 20]: 0 of 6 points; 37.5 %: 3; 57.8 %: 4.5
    assert row["id"] == "equipment_digital_rate"
    assert (row["values"], row["change"]) == ([Decimal("4.5"), 0, 3], Decimal("4.5"))
    text = run("compare", *files).stdout.decode()
    assert "3 家企业：最高 厂0，" in text and "最低 厂1，" in text
    assert "极差" in text and "变化" not in text


def test_of_equal_plants_no_one_is_highest_and_lowest(run: Run, tmp_path: Path) -> None:
    name = "name: 晨溪精密部件有限公司（虚构示例）"
    files = [before(tmp_path, ("id: demo-chenxi", f"id: p{n}"), (name, f"name: 厂{n}"), name=f"p{n}.yaml")
             for n in range(2)]  # fmt: skip
    text = " ".join(run("compare", *files, "--lang", "en").stdout.decode().split())
    standing = "L2 Level 2 (53.35 points)"
    assert f"2 plants: highest 厂0, {standing}; lowest 厂1, {standing}; 0.00 points apart." in text


def test_an_incomplete_side_has_a_range_and_no_change(run: Run, tmp_path: Path) -> None:
    path = before(tmp_path, ("2026-03-18", "2025-03-18"), ("  systems: several\n", ""))
    found = data_of(run, path, EXAMPLE)
    assert (found["total"]["values"], found["total"]["change"]) == ([None, Decimal("53.35")], None)
    assert found["sides"][0]["range"]["score_high"] == Decimal("58.35")
    [row] = found["indicators"]
    assert (row["id"], row["values"], row["states"]) == ("systems", [None, 5], ["open", "answered"])
    text = run("compare", path, EXAMPLE, "--lang", "en").stdout.decode()
    assert "48.35–58.35" in text and "Some results are incomplete" in text
    lowest = data_of(run, path, EXAMPLE, "--missing", "lowest")
    assert lowest["total"]["change"] == 5


def test_editions_are_not_mixed_unless_asked(run: Run) -> None:
    done = run("compare", EXAMPLE, GENERAL_EXAMPLE, "--lang", "en")
    assert (done.returncode, done.stdout) == (3, b"")
    assert b"[other_edition]" in done.stderr and b"general@2026-reference" in done.stderr and b"--force" in done.stderr
    found = data_of(run, EXAMPLE, GENERAL_EXAMPLE, "--force")
    assert found["mixed_editions"]
    assert {row["change"] for row in (found["total"], *found["dimensions"], *found["indicators"])} == {None}
    text = run("compare", EXAMPLE, GENERAL_EXAMPLE, "--force", "--lang", "en").stdout.decode()
    assert "not comparable" in " ".join(text.split())


def test_every_bad_file_is_told_and_nothing_is_compared(run: Run, tmp_path: Path) -> None:
    broken = before(tmp_path, ("systems: several", "systems: 9"), name="broken.yaml")
    done = run("compare", EXAMPLE, broken, "missing.yaml", "-o", "out.md", "--lang", "en")
    assert (done.returncode, done.stdout) == (3, b"")
    assert b"broken.yaml:" in done.stderr and b"missing.yaml" in done.stderr
    assert not (tmp_path / "out.md").exists()


def test_one_file_is_too_few(run: Run) -> None:
    done = run("compare", EXAMPLE, "--lang", "en")
    assert (done.returncode, b"[compare_one]" in done.stderr) == (2, True)


def test_outputs(run: Run, tmp_path: Path) -> None:
    path = before(tmp_path, *EARLIER, ("晨溪精密部件有限公司（虚构示例）", json.dumps(HOSTILE)[1:-1].join('""')))
    outs = ("out.md", "out.json", "out.txt")
    done = run("compare", path, EXAMPLE, *(arg for out in outs for arg in ("-o", out)), "--lang", "en")
    assert (done.returncode, done.stdout) == (0, b""), done.stderr.decode()
    markdown = (tmp_path / "out.md").read_text(encoding="utf-8")
    assert "<script>" not in markdown and "&lt;" not in markdown and r"\<script\>" in markdown
    assert HOSTILE in " ".join((tmp_path / "out.txt").read_text(encoding="utf-8").split())
    assert json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))["sides"][0]["enterprise"]["name"] == HOSTILE
    assert run("compare", path, EXAMPLE, "-o", "out.md").returncode == 2
    assert run("compare", path, EXAMPLE, "-o", "out.md", "--force").returncode == 0


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("width", [48, 60, 80, 120])
def test_no_line_is_too_wide(run: Run, tmp_path: Path, lang: str, width: int) -> None:
    path = before(tmp_path, *EARLIER)
    text = run("compare", path, EXAMPLE, path, EXAMPLE, "--lang", lang, "--width", str(width)).stdout.decode()
    assert max(map(cell_len, text.splitlines())) <= width
    assert "…" not in text
