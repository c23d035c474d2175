"""The files that examples suppose the reader has: answers, a filled form, rows, results, cohorts, a model."""

from __future__ import annotations

import csv
import io
import re
import shlex
import shutil
from pathlib import Path

from bamai.answers import AnswersFile, Judge
from bamai.answersfile import csv_template
from bamai.starter import starter
from bamai.texts import Lang
from conftest import EXAMPLE, edition
from forms import Filling, blank_form
from sessions import Done, Session

INDUSTRIES = ("机械", "食品", "纺织")


def rows(path: Path, province: str, count: int, lang: Lang = "zh") -> Path:
    """*count* enterprises of *province*, all as the template's, with some answers of their own."""
    head, example = csv.reader(io.StringIO(csv_template(edition("sme"), lang)))
    path.parent.mkdir(exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as stream:
        out = csv.DictWriter(stream, head)
        out.writeheader()
        for number in range(count):
            own = {"id": f"{province}{number}", "province": province, "industry": INDUSTRIES[number % 3],
                   "employees": str(40 + 9 * number)}  # fmt: skip
            out.writerow({**dict(zip(head, example, strict=True)), **own})
    return path


def filled(path: Path, lang: Lang = "zh") -> Path:
    """The shipped example as a filled form."""
    form = Filling(blank_form(edition("sme"), lang, path))
    answers, _, _ = AnswersFile.open(EXAMPLE).read(Judge(edition("sme")))
    form.fill(edition("sme"), answers)
    return form.save()


def answers(path: Path, **changed: str) -> Path:
    """The shipped example with some answers replaced."""
    text = EXAMPLE.read_text(encoding="utf-8")
    for name, value in changed.items():
        text, found = re.subn(rf"(?m)^  {name}:.*$", f"  {name}: {value}", text)
        assert found == 1, name
    path.write_text(text, encoding="utf-8")
    return path


def model(folder: Path, name: str = "own") -> Path:
    """A model of one's own, as `bamai model new` writes it."""
    for path, text in starter(name).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return folder


ZH = {
    "answers.yaml": "答卷.yaml", "form.xlsx": "问卷.xlsx", "rows.csv": "企业.csv",
    "prod.yaml": "生产.yaml", "it.yaml": "财务.yaml", "before.yaml": "改造前.yaml", "after.yaml": "改造后.yaml",
    "results.parquet": "结果.parquet", "results.csv": "结果.csv",
    "jiangsu.json": "江苏.json", "zhejiang.json": "浙江.json", "mine": "我的模型",
}  # fmt: skip


def for_manuals(folder: Path, session: Session, lang: Lang) -> None:
    """What the examples in help read."""
    answers(folder / "answers.yaml")
    filled(folder / "form.xlsx")
    rows(folder / "rows.csv", "江苏", 60)
    answers(folder / "prod.yaml", systems="D")
    answers(folder / "it.yaml", systems="E")
    answers(folder / "before.yaml")
    answers(folder / "after.yaml", systems="E")
    model(folder / "mine")
    rows(folder / "zhejiang.csv", "浙江", 60)
    for line in (
        "batch rows.csv --model sme -o results.parquet -o results.csv", "batch zhejiang.csv --model sme -o z.parquet",
        "cohort build results.parquet -o jiangsu.json", "cohort build z.parquet -o zhejiang.json",
    ):  # fmt: skip
        succeeds(line, session, folder)
    if lang == "zh":
        for name, ours in ZH.items():
            (folder / name).rename(folder / ours)


def succeeds(line: str, session: Session, folder: Path, stdin: str = "") -> Done:
    """Runs a command line without the ``bamai`` before it, which has to end with 0."""
    done = session.run(*shlex.split(line, comments=True), cwd=folder, stdin=stdin)
    assert done.code == 0, (line, done)
    return done


def repository(folder: Path) -> Path:
    """What a reader of the README has before the first command."""
    for name in ("questionnaires", "rules"):
        shutil.copytree(EXAMPLE.parents[3] / name, folder / name)
    return folder
