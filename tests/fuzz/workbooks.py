"""Filled forms: .xlsx, .ods, .xls with broken bytes, broken members, and members whose XML is broken."""

from __future__ import annotations

import io
import shutil
import subprocess
import tempfile
import warnings
import zipfile
from functools import lru_cache
from pathlib import Path
from random import Random

from bamai.answers import AnswersFile, Judge
from bamai.form import written_form
from bamai.formfile import parse_form
from bamai.vocabulary import load_vocabulary
from conftest import EXAMPLE, edition
from forms import Filling, blank_form
from fuzz.answers_files import scored
from fuzz.hostile import Door, broken, main, spoken

NUMBERS = (b"-1", b"0", b"1", b"4294967295", b"99999999999", b"1e999999", b"1e99999999999999999999", b"NaN", b"", b"x",
           b"2147483648", b"1048577", b"16385", b"0.1", b"-0", b"1E308", b"45000.5", b"2958466")  # fmt: skip
WORDS = (b"s", b"str", b"inlineStr", b"b", b"e", b"d", b"n", b"percentage", b"float", b"date", b"time", b"boolean",
         b"string", b"error", b"A1", b"XFD1048576", b"ZZZZ9", b"A0", b"1A", b"A1:XFD1048576", b"shared", b"array",
         b"dataTable", b"1000000000", b"2024-01-31T00:00:00", b"[h]:mm", b"#REF!", b"&#0;", b"&lol;",
         b"&#x202e;")  # fmt: skip
TAGS = (b"<c r='D9' t='s'><v>999999</v></c>", b"<f>1+1</f>", b"<v></v>", b"<v>1e400</v>", b"<is><t>x</t></is>",
        b"<row r='99999999'/>", b"<row r='0'><c/></row>", b"<mergeCell ref='A1:XFD1048576'/>", b"<!-- -->", b"<a",
        b"<![CDATA[x]]>", b"<?x y?>", b"<dimension ref='A1:XFD1048576'/>", b"<text:s text:c='99'/>",
        b"<x xmlns='y'><x><x><x/></x></x></x>", b"<v>&#x1F600;</v>", b"<t xml:space='preserve'> </t>")  # fmt: skip

_READ = ("content.xml", "sheet1.xml", "sheet2.xml", "sheet3.xml", "sheet4.xml", "sharedStrings.xml", "styles.xml",
         "workbook.xml")  # fmt: skip


@lru_cache
def filled() -> bytes:
    """A form of the small edition with the shipped example in it."""
    sme = edition("sme@2024")
    with tempfile.TemporaryDirectory() as folder:
        filling = Filling(blank_form(sme, "zh", Path(folder) / "form.xlsx"))
        filling.fill(sme, AnswersFile.open(EXAMPLE).read(Judge(sme))[0])
        return filling.save().read_bytes()


@lru_cache
def xlsx() -> list[bytes]:
    """As it is written, and as openpyxl saves it."""
    return [written_form(edition("sme@2024"), load_vocabulary(), "en"), filled()]


@lru_cache
def converted(suffix: str) -> bytes:
    """The filled form as an office saves it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "form.xlsx").write_bytes(filled())
        office = shutil.which("soffice") or "soffice"
        command = [office, f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", suffix,
                   "--outdir", str(folder), str(folder / "form.xlsx")]  # fmt: skip
        subprocess.run(command, check=True, capture_output=True)
        return (folder / f"form.{suffix}").read_bytes()


def ods() -> list[bytes]:
    return [converted("ods")]


def xls() -> list[bytes]:
    return [converted("xls")]


def package(random: Random, content: bytes) -> bytes:
    """Broken bytes; or the members one by one, some of them broken inside."""
    if random.random() < 0.25:
        return broken(random, content)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = {info.filename: archive.read(info) for info in archive.infolist()}
    except Exception:
        return broken(random, content)
    if not parts:
        return broken(random, content)
    for _ in range(random.choice((1, 1, 2, 4))):
        # most of it is in few members, and most of these are hardly read: every one is as likely
        name = random.choice([name for name in parts if random.random() < 0.5 or name.endswith(_READ)] or list(parts))
        match random.randrange(10):
            case 0:
                parts.pop(name) if len(parts) > 1 else None
            case 1:
                parts[name] = random.choice(list(parts.values()))
            case 2:
                parts[random.choice((name.upper(), "../" + name, "/" + name, "x.xml", name + "\x00"))] = parts[name]
            case _:
                parts[name] = markup(random, parts[name])
    stream = io.BytesIO()
    with warnings.catch_warnings(action="ignore"), zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return stream.getvalue()


def markup(random: Random, content: bytes) -> bytes:
    """XML with other values, other tags, or broken."""
    for _ in range(random.choice((1, 1, 3, 10))):
        match random.randrange(12):
            case 0:
                content = broken(random, content)
            case 1 | 2 | 3 | 4 | 5 | 6 | 7:  # what stands in quotes or between tags
                marks = random.choice(((b'"', b'"'), (b">", b"<")))
                start = content.find(marks[0], random.randint(0, len(content)))
                end = content.find(marks[1], start + 1)
                if 0 <= start < end:
                    other = random.choice(random.choice((NUMBERS, WORDS)))
                    content = content[: start + 1] + other + content[end:]
            case 8 | 9:
                at = content.find(b"<", random.randint(0, len(content)))
                if at >= 0:
                    content = content[:at] + random.choice(TAGS) + content[at:]
            case _:  # a tag that goes
                start = content.find(b"<", random.randint(0, len(content)))
                end = content.find(b">", start)
                if 0 <= start < end:
                    content = content[:start] + content[end + 1 :]
    return content


def enter(content: bytes, folder: Path) -> tuple[str, ...]:
    """As ``bamai score`` does."""
    del folder
    document = parse_form(content, "form.xlsx")
    spoken([*document.problems, *document.warnings])
    return scored(AnswersFile(document))


DOORS = (
    Door("xlsx", xlsx, package, enter),
    Door("ods", ods, package, enter),
    Door("xls", xls, broken, enter),
)

if __name__ == "__main__":
    main(DOORS)
