"""Spreadsheets as tables of cells, whatever wrote them: .xlsx, .ods, .xls. The only place that knows their formats.

What a cell holds is told apart as far as its format tells: a number from a percentage, a date from a number, an error
from a text, a formula that nobody has computed from a blank. Files come from strangers: what is unpacked is limited
before it is unpacked, and nothing is ever computed, fetched or executed.
"""

from __future__ import annotations

import io
import math
import re
import warnings
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal, InvalidOperation
from pathlib import Path
from typing import IO, Any, Literal, NamedTuple
from xml.etree import ElementTree as Xml

from bamai.errors import InputError, Place, Problem, why
from bamai.texts import shown

SUFFIXES = (".xlsx", ".xlsm", ".ods", ".xls")

MAX_BYTES = 32 << 20
"""Of a file as it lies on disk: photographs pasted as evidence are large."""

MAX_UNPACKED = 16 << 20
"""Of all that is unpacked, and again of what the cells hold together: one text may stand in many of them. Pictures are
never unpacked. A filled form has a hundredth of it."""

MAX_MARKS = 1_000_000
"""Tags and attributes of all XML that is unpacked: they take many times the memory of their few letters."""

_CELL = 100
"""Bytes that a cell takes beside its text, about."""

MAX_ROWS, MAX_COLUMNS, MAX_SHEETS = 10_000, 40, 40
"""What is read of a workbook; a form is far smaller, and says itself when a part of it is missing."""

_ZIP, _OLE = b"PK", bytes.fromhex("d0cf11e0a1b11ae1")
_READ = (".xml", ".rels", "mimetype")
_LITERALS = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
_FIFTEEN = Context(prec=15, Emin=MIN_EMIN, Emax=MAX_EMAX)
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\b[^>]*\bref="([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})"')

Kind = Literal["text", "number", "percent", "date", "boolean", "error", "uncomputed"]


class Value(NamedTuple):
    """What a cell holds: as text in the way one would type it (a percentage without its sign), and what it is."""

    text: str
    kind: Kind = "text"


@dataclass
class Table:
    """One sheet: its cells that hold something, by row and column from 1, and its merged areas."""

    title: str
    cells: dict[tuple[int, int], Value] = field(default_factory=dict)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)  # first row and column, last row and column


class _Room:
    """What the cells of a workbook may still take; ``take`` raises InputError when that is used up."""

    def __init__(self, place: Place) -> None:
        self._left = MAX_UNPACKED
        self._place = place

    def take(self, size: int) -> None:
        self._left -= size
        if self._left < 0:
            raise InputError(_too_large(self._place))

    def put(self, table: Table, row: int, column: int, value: Value) -> None:
        """*value* in a cell of *table*."""
        self.take(_CELL + len(value.text))
        table.cells[row, column] = value


def _too_large(place: Place) -> Problem:
    return Problem("workbook_too_large", {"limit": MAX_UNPACKED >> 20}, place)


def looks_like_one(path: Path) -> bool:
    """Whether *path* is a workbook by its name or by its first bytes."""
    if path.name.lower().endswith(SUFFIXES):
        return True
    try:
        with path.open("rb") as stream:
            return starts_like_one(stream.read(8))
    except OSError:
        return False


def starts_like_one(raw: bytes) -> bool:
    """Whether content begins as a workbook does."""
    return raw.startswith((_ZIP, _OLE))


def read_bytes(path: Path) -> bytes:
    """The content of a workbook.

    Raises:
        InputError: it is not there or cannot be read.
    """
    try:
        if path.is_dir():
            raise InputError(Problem("is_folder", {}, Place(str(path))))
        with path.open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise InputError(Problem("file_not_found", {}, Place(str(path)))) from None
    except OSError as error:
        raise InputError(Problem("file_unreadable", {"why": why(error)}, Place(str(path)))) from None


def read_tables(raw: bytes, file: str) -> list[Table]:
    """The sheets of the workbook *raw*; *file* is what messages call it.

    Raises:
        InputError: it is none, is damaged, has a password, or is larger than any form.
    """
    place = Place(file)
    if len(raw) > MAX_BYTES:
        raise InputError(Problem("file_too_large", {"limit": MAX_BYTES >> 20}, place))
    if not raw.strip(b"\0 \r\n"):
        raise InputError(Problem("file_empty", {}, place))
    if raw.startswith(_OLE):
        return _xls(raw, place)
    if not raw.startswith(_ZIP):
        raise InputError(Problem("not_a_workbook", {"suffix": Path(file).suffix or file}, place))
    try:
        parts = _unpacked(raw, place)
        if "xl/workbook.xml" in parts:
            return _xlsx(parts, _Room(place))
        if "content.xml" in parts:
            return _ods(parts["content.xml"], _Room(place))
    except InputError:
        raise
    except Exception as error:  # the libraries raise anything on damaged files; what was read is given up whole
        why = shown(f"{type(error).__name__}: {error}", 120)
        raise InputError(Problem("workbook_damaged", {"why": why}, place)) from None
    raise InputError(Problem("not_a_workbook", {"suffix": Path(file).suffix or file}, place))


def _unpacked(raw: bytes, place: Place) -> dict[str, bytes]:
    """The parts of a workbook that can be read; pictures and macros are left packed.

    Raises:
        InputError: they are more than a form can be, encrypted, or declare XML entities.
    """
    parts: dict[str, bytes] = {}
    marks = 0
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        found = [info for info in archive.infolist() if info.filename.lower().endswith(_READ)]
        if sum(info.file_size for info in found) > MAX_UNPACKED or len(found) > 1_000:
            raise InputError(_too_large(place))
        if any(info.flag_bits & 1 for info in found):
            raise InputError(Problem("workbook_password", {}, place))
        for info in found:
            if info.filename in parts:  # programs differ in which of two they read
                raise zipfile.BadZipFile(f"two parts called {info.filename}")
            with archive.open(info) as stream:
                # with a size nothing beyond it is unpacked, whatever lies there
                content = stream.read(info.file_size)
                stream.read(1)  # the end, and with it the checksum
            marks += content.count(b"<") + content.count(b"=")
            if marks > MAX_MARKS:
                raise InputError(_too_large(place))
            if info.filename == "META-INF/manifest.xml" and b"encryption-data" in content:
                raise InputError(Problem("workbook_password", {}, place))
            # spreadsheets are UTF-8 without a document type; everything else hides something
            if b"<!DOCTYPE" in content or b"<!ENTITY" in content or b"\0" in content[:200]:
                raise InputError(Problem("workbook_entities", {"found": shown(info.filename)}, place))
            parts[info.filename] = content
    return parts


def decimal_of(number: float | int | str) -> Decimal:
    """A number as a spreadsheet means it: the shortest decimal, of at most 15 digits.

    Raises:
        InvalidOperation: it is no finite number.
    """
    exact = Decimal(number if isinstance(number, str) else repr(number))
    if not exact.is_finite():
        raise InvalidOperation
    return _FIFTEEN.create_decimal(exact)


def _number(number: float | int | str, percent: bool) -> Value:
    try:
        exact = decimal_of(number)
    except InvalidOperation:
        return Value(str(number), "error")
    if abs(exact.adjusted()) > 40:
        return Value(str(number), "number")
    exact = exact.scaleb(2) if percent else exact
    text = f"{exact:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return Value("0" if text in ("-0", "") else text, "percent" if percent else "number")


def _date(value: Any) -> Value:
    if isinstance(value, datetime) and value.time() == time(0):
        value = value.date()
    return Value(value.isoformat(" ") if isinstance(value, datetime) else str(value), "date")


def is_percent(number_format: str) -> bool:
    """Whether cells of this format show a hundred times what they hold."""
    return "%" in _LITERALS.sub("", number_format)


# ── .xlsx ────────────────────────────────────────────────────────────────────────────────────────────


def _xlsx(parts: dict[str, bytes], room: _Room) -> list[Table]:
    merged = _xlsx_merged(parts)
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as archive:  # so that nothing but what was checked is unpacked
        for name, content in parts.items():
            archive.writestr(name, content)
    tables: list[Table] = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what a reader need not know: styles, validations, print settings
        for computed in (True, False):
            for index, (title, rows) in enumerate(_xlsx_rows(raw, computed=computed)):
                if computed:
                    tables.append(Table(title, {}, merged.get(title, [])))
                table = tables[index]
                for cell in (cell for row in rows for cell in row if cell.value is not None):
                    if computed:
                        room.put(table, cell.row, cell.column, _xlsx_value(cell))
                    elif cell.data_type == "f" and (cell.row, cell.column) not in table.cells:
                        room.put(table, cell.row, cell.column, Value(_formula(cell.value), "uncomputed"))
    return tables


def _xlsx_rows(raw: IO[bytes], *, computed: bool) -> Iterator[tuple[str, Iterator[Any]]]:
    """The rows of each sheet, with the values that formulas had when the file was saved, or with the formulas."""
    import openpyxl  # noqa: PLC0415

    book = openpyxl.load_workbook(raw, read_only=True, data_only=computed, keep_links=False)
    try:
        for sheet in book.worksheets[:MAX_SHEETS]:
            sheet.reset_dimensions()  # as declared they may be anything
            yield sheet.title, sheet.iter_rows(max_row=MAX_ROWS, max_col=MAX_COLUMNS)
    finally:
        book.close()


def _xlsx_value(cell: Any) -> Value:
    value = cell.value
    if cell.data_type == "e":
        return Value(str(value), "error")
    if isinstance(value, bool):
        return Value("true" if value else "false", "boolean")
    if isinstance(value, int | float):
        return _number(value, is_percent(cell.number_format or ""))
    if isinstance(value, date | time | timedelta):
        return _date(value)
    return Value(str(value))


def _formula(value: Any) -> str:
    return str(getattr(value, "text", value))


def _xlsx_merged(parts: dict[str, bytes]) -> dict[str, list[tuple[int, int, int, int]]]:
    """Merged areas by title of the sheet: read row by row, openpyxl does not tell them."""
    relations = {
        relation.get("Id"): relation.get("Target", "")
        for relation in Xml.fromstring(parts["xl/_rels/workbook.xml.rels"])
    }
    found = {}
    for sheet in Xml.fromstring(parts["xl/workbook.xml"]).iter():
        if _local(sheet.tag) != "sheet":
            continue
        target = next((relations.get(value) for key, value in sheet.attrib.items() if _local(key) == "id"), None) or ""
        path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        if path in parts:
            areas = _MERGED.findall(parts[path])
            found[sheet.get("name", "")] = [
                (int(first), _index(left), int(last), _index(right)) for left, first, right, last in areas
            ]
    return found


def _index(letters: bytes) -> int:
    index = 0
    for letter in letters:
        index = 26 * index + letter - 64
    return index


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


# ── .ods ─────────────────────────────────────────────────────────────────────────────────────────────


def _ods(content: bytes, room: _Room) -> list[Table]:
    tables: list[Table] = []
    cells: dict[int, Value] = {}
    rows = columns = 0
    events: Any = Xml.iterparse(io.BytesIO(content), events=("start", "end"))
    for event, element in events:
        name = _local(element.tag)
        if event == "start":
            if name == "table":
                if len(tables) == MAX_SHEETS:
                    room.take(MAX_UNPACKED + 1)
                tables.append(Table(_of(element, "name")))
                rows = 0
            elif name == "table-row":
                columns, cells = 0, {}
        elif name in ("table-cell", "covered-table-cell") and tables:
            repeated = _times(element, "number-columns-repeated")
            if rows < MAX_ROWS and columns < MAX_COLUMNS:
                value = _ods_cell(tables[-1], element, rows + 1, columns + 1, room)
                if value is not None:
                    cells |= dict.fromkeys(range(columns + 1, min(columns + repeated, MAX_COLUMNS) + 1), value)
            columns += repeated
            element.clear()
        elif name == "table-row" and tables:
            repeated = _times(element, "number-rows-repeated")
            for row in range(rows + 1, min(rows + repeated, MAX_ROWS) + 1) if cells else ():
                for column, value in cells.items():
                    room.put(tables[-1], row, column, value)
            rows += repeated
            element.clear()
    return tables


def _ods_cell(table: Table, element: Any, row: int, column: int, room: _Room) -> Value | None:
    down, across = _times(element, "number-rows-spanned"), _times(element, "number-columns-spanned")
    if down > 1 or across > 1:
        table.merged.append((row, column, row + down - 1, column + across - 1))
    return _ods_value(element, room)


def _ods_value(element: Any, room: _Room) -> Value | None:
    kind = _of(element, "value-type")
    text = "\n".join(_ods_text(child, room) for child in element if _local(child.tag) == "p")
    if any(_local(key) == "value-type" and value == "error" for key, value in element.attrib.items()):
        return Value(text, "error")
    if kind in ("float", "currency", "percentage"):
        return _number(_of(element, "value"), kind == "percentage")
    if kind in ("date", "time"):
        return Value(_of(element, f"{kind}-value").removesuffix("T00:00:00"), "date")
    if kind == "boolean":
        return Value(_of(element, "boolean-value"), "boolean")
    text = text or _of(element, "string-value")
    return Value(text) if text else None


def _ods_text(paragraph: Any, room: _Room) -> str:
    parts = [paragraph.text or ""]
    for child in paragraph:
        name = _local(child.tag)
        if name == "s":
            spaces = _times(child, "c")
            room.take(spaces)
            parts.append(" " * spaces)
        elif name in ("tab", "line-break"):
            parts.append("\t" if name == "tab" else "\n")
        elif name != "annotation":
            parts.append(_ods_text(child, room))
        parts.append(child.tail or "")
    return "".join(parts)


def _of(element: Any, name: str) -> str:
    """An attribute by its name, first as OpenDocument itself has it; other programs add their own."""
    found = [(key, value) for key, value in element.attrib.items() if _local(key) == name]
    return str(min(found, key=lambda pair: "opendocument" not in pair[0])[1]) if found else ""


def _times(element: Any, name: str) -> int:
    return max(int(_of(element, name) or 1), 1)


# ── .xls ─────────────────────────────────────────────────────────────────────────────────────────────


def _xls(raw: bytes, place: Place) -> list[Table]:
    if "EncryptedPackage".encode("utf-16-le") in raw:
        raise InputError(Problem("workbook_password", {}, place))
    try:
        import xlrd  # type: ignore[import-untyped, unused-ignore]  # noqa: PLC0415
    except ImportError:
        raise InputError(Problem("workbook_needs_xls", {}, place)) from None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = xlrd.open_workbook(file_contents=raw, formatting_info=True, logfile=io.StringIO())
            room = _Room(place)
            return [_xls_table(xlrd, book, sheet, room) for sheet in book.sheets()[:MAX_SHEETS]]
    except InputError:
        raise
    except Exception as error:  # xlrd raises whatever its arithmetic on damaged bytes does
        if "encrypted" in str(error).lower():
            raise InputError(Problem("workbook_password", {}, place)) from None
        why = shown(f"{type(error).__name__}: {error}", 120)
        raise InputError(Problem("workbook_damaged", {"why": why}, place)) from None


def _xls_table(xlrd: Any, book: Any, sheet: Any, room: _Room) -> Table:
    merged = [(first + 1, left + 1, last, right) for first, last, left, right in sheet.merged_cells]
    table = Table(sheet.name, {}, merged)

    def date_of(value: float) -> Value:
        return _date(xlrd.xldate.xldate_as_datetime(value, book.datemode) if value >= 1 else f"{value}")

    made: dict[int, Callable[[Any, str], Value]] = {
        xlrd.XL_CELL_TEXT: lambda value, _: Value(value),
        xlrd.XL_CELL_NUMBER: lambda value, shape: _number(value, is_percent(shape)),
        xlrd.XL_CELL_DATE: lambda value, _: date_of(value),
        xlrd.XL_CELL_BOOLEAN: lambda value, _: Value("true" if value else "false", "boolean"),
        xlrd.XL_CELL_ERROR: lambda value, _: Value(xlrd.error_text_from_code.get(value, "#ERROR!"), "error"),
    }
    for row in range(min(sheet.nrows, MAX_ROWS)):
        for column in range(min(sheet.row_len(row), MAX_COLUMNS)):
            cell = sheet.cell(row, column)
            if cell.ctype in made and cell.value != "":
                shape = book.format_map[book.xf_list[cell.xf_index].format_key].format_str
                value = made[cell.ctype](cell.value, shape)
                if not math.isnan(float(cell.value)) if cell.ctype == xlrd.XL_CELL_NUMBER else True:
                    room.put(table, row + 1, column + 1, value)
    return table
