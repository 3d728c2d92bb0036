"""An xlsx file as sheets of rows. Fakes, encrypted files and memory bombs are refused first."""

import re
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from io import BytesIO

import msgspec
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetVisibleEnum, load_workbook

from core.kit.errors import UnsupportedFile
from core.kit.i18n import _

Cell = int | float | str | bool | time | date | datetime | timedelta
Row = list[Cell]

MOST_BYTES = 400_000_000  # unpacked; a list of 100,000 rows unpacks to some 100 MB
MOST_CELLS = 12_000_000  # the reader holds every cell between A1 and the last one used, empty or not
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_REFERENCE = re.compile(rb"""<(?:\w+:)?c\s[^<>]*?\br=["']([A-Za-z]{1,3})(\d{1,7})["']""")


class Sheet(msgspec.Struct, frozen=True):
    """A visible sheet; `rows` gives Excel's row number and the cells from column A on, once."""

    name: str
    rows: Iterator[tuple[int, Row]]


def open_sheets(data: bytes) -> tuple[list[Sheet], list[str]]:
    """The visible sheets, and the names of the others. Raises UnsupportedFile."""
    _refuse_fakes(data)
    try:
        book = load_workbook(BytesIO(data))
        hidden = [m.name for m in book.sheets_metadata if m.visible != SheetVisibleEnum.Visible]
        return [Sheet(name, _rows(book, name)) for name in book.sheet_names if name not in hidden], hidden
    except CalamineError:
        raise UnsupportedFile(reason=_("文件已损坏")) from None


def _rows(book: CalamineWorkbook, name: str) -> Iterator[tuple[int, Row]]:
    try:
        sheet = book.get_sheet_by_name(name)
    except CalamineError:
        raise UnsupportedFile(reason=_("文件已损坏")) from None
    left: Row = [""] * (sheet.start[1] if sheet.start else 0)
    yield from _merged(sheet, (left + row for row in sheet.iter_rows()))


def _merged(sheet: CalamineSheet, rows: Iterator[Row]) -> Iterator[tuple[int, Row]]:
    """A cell merged over several rows holds its value in each of them, unless the whole row is empty."""
    starts: dict[int, list[tuple[int, int]]] = {}
    for (first, column), (last, _column) in sheet.merged_cell_ranges or ():
        if last > first:
            starts.setdefault(first, []).append((column, last))
    open_cells: dict[int, tuple[int, Cell]] = {}
    for index, row in enumerate(rows):
        if open_cells and any(not isinstance(cell, str) or cell.strip() for cell in row):
            open_cells = {column: held for column, held in open_cells.items() if held[0] >= index}
            for column, (_last, value) in open_cells.items():
                if column < len(row) and row[column] == "":
                    row[column] = value
        for column, last in starts.get(index, ()):
            if column < len(row):
                open_cells[column] = (last, row[column])
        yield index + 1, row


def _refuse_fakes(data: bytes) -> None:
    if data.startswith(_OLE):
        encrypted = "EncryptedPackage".encode("utf-16-le") in data
        reason = _("文件有密码，请取消密码后再导入") if encrypted else _("旧版 xls，请另存为 xlsx")
        raise UnsupportedFile(reason=reason)
    try:
        with zipfile.ZipFile(BytesIO(data)) as package:
            _refuse_packages(package)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, ValueError):
        raise UnsupportedFile(reason=_("不是 Excel 工作簿（xlsx）")) from None
    except RuntimeError:
        raise UnsupportedFile(reason=_("文件有密码，请取消密码后再导入")) from None


def _refuse_packages(package: zipfile.ZipFile) -> None:
    if "xl/workbook.xml" not in package.namelist():
        raise UnsupportedFile(reason=_("不是 Excel 工作簿（xlsx）"))
    if sum(entry.file_size for entry in package.infolist()) > MOST_BYTES:
        raise UnsupportedFile(reason=_("展开后太大"))
    if sum(_cells(package.read(name)) for name in package.namelist() if name.endswith(".xml")) > MOST_CELLS:
        raise UnsupportedFile(reason=_("工作表用到的范围太大，请只保留清单本身"))


def _cells(xml: bytes) -> int:
    """The cells from A1 to the last: a single one at XFD1048576 makes the reader ask for 100 gigabytes."""
    if b"\0" in xml:
        raise UnsupportedFile(reason=_("文件已损坏"))
    references = _REFERENCE.findall(xml)
    widest = max(map(_column, {letters for letters, _number in references}), default=0)
    deepest = max((int(number) for _letters, number in references), default=0)
    return widest * deepest


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number
