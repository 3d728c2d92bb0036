"""Finding the header, and the sheets that are lists."""

from datetime import date
from decimal import Decimal

import pytest
from openpyxl import Workbook

from core.households.errors import HeaderMissing
from core.households.importing import read_households
from tests.core.households.importing.making import HEADER, PHONE, PHONE_2, a_row, book, read, refusals, saved


class TestHeader:
    def test_any_order_script_and_synonyms(self):
        header = ["備註", "聯絡電話", "業主名稱", "房間號", "幢號", "單元號", "建築面積 (平方米)", "收樓日期"]
        found = read(["急", "13900000001", "單然", "101", "1", "1", 98.76, "2025/7/26"], header=header)
        [one] = found.households
        assert (one.room.short(), one.owner, one.note) == ("1-1-101", "單然", "急")
        assert (one.area, one.moved_in) == (Decimal("98.76"), date(2025, 7, 26))

    def test_titles_and_merged_cells_above(self):
        rows = [["翠湖天地業戶一覽表"], ["製表：客服部"], [], HEADER, a_row()]
        found = read_households(book(rows, merge="A1:H1"))
        assert (found.rows, found.households[0].row) == (1, 5)

    def test_groups_above_the_names_and_names_merged_downwards(self):
        rows = [
            ["房屋", "", "", "", "业主姓名", "联系电话", "入伙日期", "备注"],
            ["楼栋", "单元", "房号", "面积"],
            a_row(),
        ]
        workbook = Workbook()
        for row in rows:
            workbook.active.append(row)
        workbook.active.merge_cells("A1:D1")
        for column in "EFGH":
            workbook.active.merge_cells(f"{column}1:{column}2")
        found = read_households(saved(workbook))
        assert (found.rows, found.households[0].owner, found.households[0].row) == (1, "单然", 3)

    def test_a_header_said_again_is_no_row(self):
        found = read(a_row(), HEADER, a_row(room="102"))
        assert (found.rows, len(found.households)) == (2, 2)

    def test_two_phone_columns(self):
        header = ["房号", "业主", "联系电话1", "联系电话2"]
        found = read(
            ["3-2-101", "单然", "13900000001", "13900000002"], ["3-2-102", "曾静", "", "12"], header=header
        )
        assert [c.phone for c in found.households[0].contacts] == [PHONE, PHONE_2]
        assert refusals(found) == [("一期", 3, "联系电话2", "phone_invalid")]

    def test_list_beside_the_left_edge(self):
        rows = [[None, None, *HEADER], [None, None, *a_row()]]
        assert read_households(book([[], [], *rows])).households[0].row == 4

    @pytest.mark.parametrize(
        ("header", "columns"),
        [
            (["房号", "业主"], "联系电话"),
            (["房号", "备注"], "业主姓名、联系电话"),
            (["业主", "电话"], "房号"),
            (["一", "二"], "房号、业主姓名、联系电话"),
        ],
    )
    def test_missing_columns_are_named(self, header, columns):
        with pytest.raises(HeaderMissing) as refused:
            read(["1", "2"], header=header)
        assert refused.value.params == {"sheet": "一期", "columns": columns}

    def test_an_empty_workbook(self):
        with pytest.raises(HeaderMissing):
            read_households(book([]))


class TestSheets:
    def test_other_sheets_are_named_and_left_out(self):
        notes = [["填写说明"], ["姓名", "电话"], ["客服部", "0755-26001234"]]
        found = read_households(book(notes, [HEADER, a_row()], names=("说明", "一期")))
        assert (found.rows, found.skipped) == (1, ["说明"])

    def test_hidden_sheets_are_left_out(self):
        workbook = Workbook()
        for name, room in (("一期", "101"), ("旧", "102")):
            sheet = workbook.create_sheet(name)
            sheet.append(HEADER)
            sheet.append(a_row(room=room))
        workbook["旧"].sheet_state = "hidden"
        found = read_households(saved(workbook))
        assert (found.rows, found.skipped) == (1, ["旧", "Sheet"])

    def test_a_sheet_with_rooms_but_no_phones_is_not_passed_over(self):
        with pytest.raises(HeaderMissing) as refused:
            read_households(book([HEADER, a_row()], [["房号", "业主"], ["102", "曾静"]]))
        assert refused.value.params == {"sheet": "二期", "columns": "联系电话"}

    def test_rooms_are_one_within_a_project(self):
        data = book([HEADER, a_row()], [HEADER, a_row()])
        assert read_households(data).repeated == 1
        apart = read_households(data, projects={"一期": 1, "二期": 2})
        assert (len(apart.households), apart.repeated) == (2, 0)
