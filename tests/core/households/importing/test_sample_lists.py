"""The two sample lists, to the row."""

from datetime import date
from decimal import Decimal
from importlib.resources import files

from core.households.importing import Contact, HouseholdList, read_households
from core.kit.errors import REGISTRY
from tests.core.households.importing.making import refusals


def demo(name: str) -> HouseholdList:
    return read_households(files("guanjia").joinpath("demo_data", name).read_bytes())


class TestSampleLists:
    def test_hans(self):
        found = demo("households-hans.xlsx")
        assert (found.rows, len(found.households), len(found.refused), found.repeated) == (1048, 1021, 20, 7)
        expected = {
            ("联系电话", "phone_invalid"): [
                201,
                204,
                210,
                235,
                326,
                330,
                338,
                391,
                473,
                477,
                835,
                1041,
                1050,
            ],
            ("业主姓名", "owner_missing"): [57, 457],
            ("建筑面积(㎡)", "area_not_positive"): [31, 474, 479, 599, 928],
        }
        rows = [("业主清单", row, *reason) for reason, numbers in expected.items() for row in numbers]
        assert refusals(found) == sorted(rows, key=lambda r: r[1])
        assert {str(r.params) for r in found.refused} == {"{'phone': '12'}", "{'area': '-5'}", "{}"}

    def test_hant(self):
        found = demo("households-hant.xlsx")
        assert (found.rows, len(found.households), len(found.refused), found.repeated) == (517, 501, 15, 1)
        expected = [
            ("一期", 39, "電話", "phone_invalid"),
            ("一期", 57, "電話", "phone_invalid"),
            ("一期", 170, "業主", "owner_missing"),
            ("一期", 187, "電話", "phone_invalid"),
            ("一期", 199, "面積", "area_not_positive"),
            ("一期", 245, "面積", "area_not_positive"),
            ("一期", 293, "電話", "phone_invalid"),
            ("二期", 36, "面積", "area_not_positive"),
            ("二期", 68, "電話", "phone_invalid"),
            ("二期", 75, "業主", "owner_missing"),
            ("二期", 170, "業主", "owner_missing"),
            ("二期", 176, "電話", "phone_invalid"),
            ("二期", 180, "業主", "owner_missing"),
            ("二期", 187, "電話", "phone_invalid"),
            ("二期", 218, "面積", "area_not_positive"),
        ]
        assert refusals(found) == expected

    def test_what_the_rows_hold(self):
        hans = {h.row: h for h in demo("households-hans.xlsx").households}
        first = hans[2]
        assert (first.room.short(), first.owner, first.area) == ("1-1-102", "周英博", Decimal("128.6"))
        assert (first.contacts, first.moved_in) == ((Contact("+8613900007364"),), date(2025, 7, 26))
        assert hans[3].room.short() == "1-1-103"
        assert hans[3].contacts == (Contact("+8613900009685"),)
        assert hans[6].area == Decimal("143.085")
        assert hans[12].note == "=1+1"
        assert [c.phone for c in hans[15].contacts] == ["+8613900000341", "+8613900002625"]
        assert all(h.room.stairwell and h.room.floor and h.moved_in and h.contacts for h in hans.values())

    def test_whose_phone_it_is(self):
        hant = {(h.sheet, h.row): h for h in demo("households-hant.xlsx").households}
        assert hant["一期", 5].contacts == (Contact("+8613900005915", "relative"),)
        assert hant["一期", 6].contacts == (Contact("+8613900008225", "renter"),)
        assert hant["一期", 12].contacts == (Contact("+8613900004011", "owner"),)

    def test_every_reason_is_a_known_sentence(self):
        found = demo("households-hans.xlsx")
        assert all(REGISTRY[r.key].message.format_map(r.params) for r in found.refused)
