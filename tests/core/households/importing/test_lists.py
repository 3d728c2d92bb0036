"""Rows of a list, each oddity on a workbook of its own."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from core.households.importing import Contact, read_households
from tests.core.households.importing.making import HEADER, PHONE, PHONE_2, a_row, book, read, refusals


class TestRows:
    @pytest.mark.parametrize(
        "changes",
        [
            {"building": " 1栋"},
            {"building": "１棟", "stairwell": "1单元"},
            {"stairwell": "１單元", "room": 101.0},
            {"building": 1, "stairwell": 1, "room": 101},
            {"room": "101.0"},
            {"room": "101室"},
            {"building": "", "stairwell": "", "room": "1-1-101"},
        ],
    )
    def test_rooms(self, changes):
        assert read(a_row(**changes)).households[0].room.short() == "1-1-101"

    def test_kinds_and_phases(self):
        header = ["期", "楼栋", "房号", "房屋类型", "业主", "电话"]
        found = read(
            ["一期", "6栋", "", "别墅", "单然", "13900000001"],
            ["一期", "", "A12", "商铺", "单然", "13900000001"],
            ["", "", "B1-0231", "车位", "单然", "13900000001"],
            ["2", "3", "1802", "住宅", "单然", "13900000001"],
            header=header,
        )
        shown = [h.room.long() for h in found.households]
        assert shown == ["1期 6 号别墅", "1期 商铺 A-12", "B1-0231", "2期 3 栋 1802"]

    def test_buildings_merged_over_their_rows(self):
        rows = [
            HEADER,
            a_row(),
            a_row(building=None, room="102"),
            ["", " "],
            a_row(building=None, room="103"),
            a_row(building="2"),
        ]
        found = read_households(book(rows, merge="A2:A5"))
        assert [h.room.short() for h in found.households] == ["1-1-101", "1-1-102", "1-1-103", "2-1-101"]
        assert found.rows == 4

    @pytest.mark.parametrize(
        "cell",
        [
            "2025-07-26",
            "2025/7/26",
            "2025.7.26",
            "2025年7月26日",
            "２０２５－０７－２６",
            "20250726",
            "2025-07-26 00:00:00",
            "民國114年7月26日",
            45864,
            45864.0,
            "45864",
            date(2025, 7, 26),
            datetime(2025, 7, 26, 9, 30),  # noqa: DTZ001 - as a cell of a workbook is
        ],
    )
    def test_dates(self, cell):
        assert read(a_row(day=cell)).households[0].moved_in == date(2025, 7, 26)

    @pytest.mark.parametrize("cell", ["未入伙", "2025-13-01", "99999999", "1899-01-01", "1"])
    def test_what_is_no_date_is_kept_as_a_note(self, cell):
        [one] = read(a_row(day=cell, note="急")).households
        assert (one.moved_in, one.note) == (None, f"急；入伙日期：{cell}")

    @pytest.mark.parametrize(
        ("cell", "area"),
        [
            (128.6, "128.6"),
            (143.085, "143.085"),
            ("143.0854", "143.085"),
            ("１２８．６", "128.6"),
            ("1,028.5㎡", "1028.5"),
            ("98 平方米", "98"),
            (98, "98"),
        ],
    )
    def test_areas(self, cell, area):
        assert read(a_row(area=cell)).households[0].area == Decimal(area)

    @pytest.mark.parametrize("cell", [0, "-5", -5, "0.0001", "NaN", "Infinity", "未知", "1e30"])
    def test_areas_that_are_not_positive(self, cell):
        assert refusals(read(a_row(area=cell))) == [("一期", 2, "建筑面积(㎡)", "area_not_positive")]

    def test_what_may_be_empty(self):
        [one] = read(a_row(area="", phone="", day="")).households
        assert (one.area, one.contacts, one.moved_in, one.note) == (None, (), None, "")

    @pytest.mark.parametrize("note", ["=1+1", "+86", "@SUM(A1)", "-1", "=cmd|' /C calc'!A0"])
    def test_notes_that_look_like_formulas_stay_text(self, note):
        assert read(a_row(note=note)).households[0].note == note

    @pytest.mark.parametrize("owner", ["", " ", "　", "无", "無", "-", "/"])
    def test_no_owner(self, owner):
        assert refusals(read(a_row(owner=owner))) == [("一期", 2, "业主姓名", "owner_missing")]

    @pytest.mark.parametrize(
        ("cell", "owner"), [("张　三", "张三"), (" 单然 ", "单然"), ("John  Smith", "John Smith")]
    )
    def test_owners(self, cell, owner):
        assert read(a_row(owner=cell)).households[0].owner == owner

    @pytest.mark.parametrize("phone", ["12", "无", "1390000736", "13900000001/12", 1.39e9])
    def test_a_phone_that_is_none(self, phone):
        assert refusals(read(a_row(phone=phone))) == [("一期", 2, "联系电话", "phone_invalid")]

    @pytest.mark.parametrize("phone", [13900000001, 13900000001.0, "１３９００００００１１", "139 0000 0001"])
    def test_a_phone_in_any_cell(self, phone):
        assert len(read(a_row(phone=phone)).households[0].contacts) == 1

    @pytest.mark.parametrize(
        ("room", "key"), [("", "room_missing"), ("不详", "room_invalid"), ("商铺", "room_invalid")]
    )
    def test_rooms_that_are_none(self, room, key):
        assert refusals(read(a_row(building="", stairwell="", room=room))) == [("一期", 2, "房号", key)]

    @pytest.mark.parametrize(
        ("identity", "relation"),
        [
            ("業主", "owner"),
            ("", "owner"),
            ("租戶", "renter"),
            ("租客", "renter"),
            ("家屬", "relative"),
            ("配偶", "relative"),
        ],
    )
    def test_identities(self, identity, relation):
        found = read(["1-1-101", "单然", "13900000001", identity], header=["房号", "业主", "电话", "身份"])
        assert found.households[0].contacts == (Contact(PHONE, relation),)

    def test_an_unknown_identity_is_kept_as_a_note(self):
        found = read(["1-1-101", "单然", "13900000001", "中介"], header=["房号", "业主", "电话", "身份"])
        assert found.households[0].contacts == (Contact(PHONE, "other"),)
        assert found.households[0].note == "身份：中介"

    def test_blank_rows_are_no_rows_and_numbers_are_excels(self):
        found = read(a_row(), [], ["", " ", None], a_row(room="102", phone="12"))
        assert found.rows == 2
        assert refusals(found) == [("一期", 5, "联系电话", "phone_invalid")]

    def test_a_row_with_two_faults_is_refused_once(self):
        assert len(read(a_row(area="-5", phone="12", owner="")).refused) == 1


class TestRepeated:
    def test_the_same_room_and_owner_is_one_household(self):
        found = read(a_row(), a_row(), a_row(building="1栋", owner="單 然"))
        assert (found.rows, len(found.households), found.repeated) == (3, 1, 2)

    def test_further_phones_join_the_household(self):
        header = ["房号", "业主", "电话", "身份"]
        rows = [["101", "单然", "13900000001", "业主"], ["101", "单然", "13900000002/13900000001", "租户"]]
        [one] = read(*rows, header=header).households
        assert one.contacts == (Contact(PHONE, "owner"), Contact(PHONE_2, "renter"))

    def test_another_owner_of_the_same_room_is_refused(self):
        found = read(a_row(), a_row(owner="曾静"))
        assert refusals(found) == [("一期", 3, "房号", "room_listed_twice")]
        assert found.refused[0].params == {"sheet": "一期", "row": 2}
        assert found.households[0].owner == "单然"

    def test_a_repeated_row_with_a_fault_is_refused(self):
        found = read(a_row(), a_row(phone="12"))
        assert (found.repeated, len(found.refused)) == (0, 1)
