"""Phones in every spelling, their stored form, and how they are shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.households import phones
from core.households.errors import PhoneInvalid


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("13900007364", "+8613900007364"),
        ("139 0000 7364", "+8613900007364"),
        ("139-0000-7364", "+8613900007364"),
        ("１３９００００７３６４", "+8613900007364"),
        ("+86 139 0000 7364", "+8613900007364"),
        ("0086 13900007364", "+8613900007364"),
        ("8613900007364", "+8613900007364"),
        ("手机：13900007364", "+8613900007364"),
        ("父親13900007364", "+8613900007364"),
        ("13900007364（本人）", "+8613900007364"),
        ("075526001234", "+8675526001234"),
        ("(0755)26001234", "+8675526001234"),
        ("0755－26001234", "+8675526001234"),
        ("010-12345678", "+861012345678"),
        ("0755-26001234-801", "+8675526001234;ext=801"),
        ("0755-26001234转801", "+8675526001234;ext=801"),
        ("0755-26001234 轉 801", "+8675526001234;ext=801"),
        ("4008001234", "+864008001234"),
        ("400-800-1234", "+864008001234"),
        ("+852 9123 4567", "+85291234567"),
    ],
)
def test_one_stored_form(written, stored):
    assert phones.normalise(written) == stored
    assert phones.normalise(phones.display(stored)) == stored


@pytest.mark.parametrize(
    "written", ["", "12", "无", "abc", "26001234", "1390000736", "139000073640", "1.39E+10", "95588", "110"]
)
def test_what_is_no_phone(written):
    with pytest.raises(PhoneInvalid) as refused:
        phones.normalise(written)
    assert refused.value.key == "phone_invalid"
    assert refused.value.params == {"phone": written}
    assert refused.value.errors[0].field == "phone"


def test_the_field_at_fault_is_the_callers():
    with pytest.raises(PhoneInvalid) as refused:
        phones.normalise("12", field="contact_phone")
    assert refused.value.errors[0].field == "contact_phone"


@pytest.mark.parametrize("written", ["95588", "110", "10086", "12345", "96110"])
def test_service_numbers_only_where_asked(written):
    assert phones.normalise(written, service=True) == written
    with pytest.raises(PhoneInvalid):
        phones.normalise(written)


@pytest.mark.parametrize("between", ["/", "、", "，", ";", " ", "\n", " / ", "和", "　"])
def test_two_phones_in_one_cell(between):
    assert phones.split(f"13900000341{between}０７５５－２６００１２３４") == (
        "+8613900000341",
        "+8675526001234",
    )


def test_two_phones_with_spaces_inside():
    assert phones.split("139 0000 0341 139 0000 2625") == ("+8613900000341", "+8613900002625")


def test_labels_of_two_phones():
    assert phones.split("本人：13900007364、妻子：13800138000") == ("+8613900007364", "+8613800138000")


def test_the_same_phone_twice_is_one():
    assert phones.split("13900000341/139 0000 0341") == ("+8613900000341",)


@pytest.mark.parametrize("cell", ["", "  ", "\n"])
def test_an_empty_cell_holds_no_phone(cell):
    assert phones.split(cell) == ()


@pytest.mark.parametrize(
    ("cell", "wrong"), [("13900000341/12", "12"), ("12 13900000341", "12 13900000341"), ("/", "/")]
)
def test_one_wrong_phone_refuses_the_cell(cell, wrong):
    with pytest.raises(PhoneInvalid) as refused:
        phones.split(cell)
    assert refused.value.params == {"phone": wrong}


@pytest.mark.parametrize(
    ("stored", "shown", "masked", "last"),
    [
        ("+8613800132671", "138 0013 2671", "138****2671", "2671"),
        ("+8675526001234;ext=801", "0755 2600 1234-801", "0755****1234", "1234"),
        ("+85291234567", "+852 9123 4567", "+852****4567", "4567"),
        ("95588", "95588", "95588", "5588"),
    ],
)
def test_display_mask_and_last_four(stored, shown, masked, last):
    assert (phones.display(stored), phones.mask(stored), phones.last_four(stored)) == (shown, masked, last)


@given(st.from_regex(r"1390000[0-9]{4}", fullmatch=True))
def test_every_invented_number_is_one(written):
    assert phones.normalise(written) == f"+86{written}"
    assert phones.mask(f"+86{written}") == f"139****{written[-4:]}"
