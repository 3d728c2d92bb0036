"""Workbooks as people make them, and what reading them gives."""

from io import BytesIO

from openpyxl import Workbook

from core.households.importing import HouseholdList, read_households

HEADER = ["楼栋", "单元", "房号", "建筑面积(㎡)", "业主姓名", "联系电话", "入伙日期", "备注"]
PHONE, PHONE_2 = "+8613900000001", "+8613900000002"


def a_row(**changes: object) -> list[object]:
    """A good row of HEADER with some cells changed."""
    usual = {
        "building": "1",
        "stairwell": "1",
        "room": "101",
        "area": "98.76",
        "owner": "单然",
        "phone": "13900000001",
        "day": "2025-07-26",
        "note": "",
    }
    return list((usual | changes).values())


def book(
    *sheets: list[list[object]], names: tuple[str, ...] = ("一期", "二期", "三期"), merge: str = ""
) -> bytes:
    workbook = Workbook()
    workbook.remove(workbook.active)
    for name, rows in zip(names, sheets, strict=False):
        sheet = workbook.create_sheet(name)
        for row in rows:
            sheet.append(row)
        for cell in (c for cells in sheet.iter_rows() for c in cells if isinstance(c.value, str)):
            cell.data_type = "s"
        if merge:
            sheet.merge_cells(merge)
    return saved(workbook)


def saved(workbook: Workbook) -> bytes:
    file = BytesIO()
    workbook.save(file)
    return file.getvalue()


def read(*rows: list[object], header: list[str] = HEADER) -> HouseholdList:
    return read_households(book([header, *rows]))


def refusals(found: HouseholdList) -> list[tuple[object, ...]]:
    return [(r.sheet, r.row, r.column, r.key) for r in found.refused]
