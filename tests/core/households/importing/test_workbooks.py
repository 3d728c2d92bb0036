"""Large files, and files that are refused whole."""

import time
import zipfile
from io import BytesIO

import pytest
import xlsxwriter
from openpyxl import Workbook

from core.households.errors import TooManyRows
from core.households.importing import read_households, workbooks
from core.kit.errors import UnsupportedFile
from tests.core.households.importing.making import HEADER, a_row, book, saved


def big_list(count: int) -> bytes:
    file = BytesIO()
    workbook = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False})
    sheet = workbook.add_worksheet("一期")
    sheet.write_row(0, 0, HEADER)
    for i in range(count):
        phone = f"139{i:08d}" if i % 3 else f"139{i:08d}/138{i:08d}"
        row = [
            f"{i // 400 + 1}栋",
            f"{i % 4 + 1}单元",
            float(i % 400 // 4 + 101),
            128.6,
            "欧阳文",
            phone,
            "2025-07-26",
            "=1",
        ]
        sheet.write_row(i + 1, 0, row)
    workbook.close()
    return file.getvalue()


def packed(members: dict[str, bytes]) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package:
        for name, content in members.items():
            package.writestr(name, content)
    return file.getvalue()


class TestFiles:
    def test_fifty_thousand_rows_are_read_in_seconds(self):
        data = big_list(50_000)
        started = time.perf_counter()
        found = read_households(data)
        assert (found.rows, len(found.households), found.refused, found.repeated) == (50_000, 50_000, [], 0)
        assert time.perf_counter() - started < 20

    def test_too_many_rows(self):
        data = book([HEADER, *(a_row(room=str(100 + i)) for i in range(4))])
        assert read_households(data, most_rows=4).rows == 4
        with pytest.raises(TooManyRows) as refused:
            read_households(data, most_rows=3)
        assert (refused.value.key, refused.value.params) == ("too_many_rows", {"most": 3})

    def test_rows_of_all_sheets_count(self):
        with pytest.raises(TooManyRows):
            read_households(book([HEADER, a_row()], [HEADER, a_row()]), most_rows=1)

    @pytest.mark.parametrize(
        ("data", "reason"),
        [
            (b"", "不是 Excel 工作簿（xlsx）"),
            (b"room,owner\n101,x\n", "不是 Excel 工作簿（xlsx）"),
            (b"PK\x03\x04 and nothing else", "不是 Excel 工作簿（xlsx）"),
            (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504), "旧版 xls，请另存为 xlsx"),
            (
                bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504) + "EncryptedPackage".encode("utf-16-le"),
                "文件有密码，请取消密码后再导入",
            ),
        ],
    )
    def test_fakes_and_encrypted_files(self, data, reason):
        with pytest.raises(UnsupportedFile) as refused:
            read_households(data)
        assert (refused.value.key, refused.value.params) == ("unsupported_file", {"reason": reason})

    def test_a_zip_that_is_no_workbook(self):
        with pytest.raises(UnsupportedFile):
            read_households(packed({"word/document.xml": b"<x/>"}))

    def test_a_workbook_in_name_only(self):
        with pytest.raises(UnsupportedFile):
            read_households(packed({"xl/workbook.xml": b"not xml"}))

    def test_a_damaged_workbook(self):
        data = bytearray(book([HEADER, a_row()]))
        middle = len(data) // 2
        data[middle : middle + 200] = bytes(200)
        with pytest.raises(UnsupportedFile):
            read_households(bytes(data))

    def test_a_truncated_workbook(self):
        with pytest.raises(UnsupportedFile):
            read_households(book([HEADER, a_row()])[:-100])

    def test_a_cell_at_the_far_corner_exhausts_nothing(self):
        workbook = Workbook()
        workbook.active.append(HEADER)
        workbook.active.append(a_row())
        workbook.active["XFD1048576"] = "x"
        with pytest.raises(UnsupportedFile):
            read_households(saved(workbook))

    def test_a_zip_bomb_is_not_unpacked(self, monkeypatch):
        monkeypatch.setattr(workbooks, "MOST_BYTES", 1_000_000)
        with pytest.raises(UnsupportedFile) as refused:
            read_households(packed({"xl/workbook.xml": b"<x/>", "xl/bomb.xml": b"\n" * 1_000_000}))
        assert refused.value.params == {"reason": "展开后太大"}
