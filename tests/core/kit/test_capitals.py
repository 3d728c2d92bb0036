"""Capitals of vouchers, against a table from the banks' rules and against an own reading back."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.kit.capitals import in_capitals
from core.kit.i18n import language

DIGITS = {sign: value for value, sign in enumerate("零壹贰叁肆伍陆柒捌玖")}
STEPS = {"拾": 10, "佰": 100, "仟": 1000}

TABLE = [
    ("0", "零元整"),
    ("0.05", "伍分"),
    ("0.50", "伍角"),
    ("10", "壹拾元整"),
    ("58", "伍拾捌元整"),
    ("100.50", "壹佰元伍角"),
    ("325.04", "叁佰贰拾伍元零肆分"),
    ("1409.50", "壹仟肆佰零玖元伍角"),
    ("1680.32", "壹仟陆佰捌拾元叁角贰分"),
    ("10000", "壹万元整"),
    ("10010.01", "壹万零壹拾元零壹分"),
    ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
    ("107000.53", "壹拾万柒仟元伍角叁分"),
    ("100000000", "壹亿元整"),
    ("1000000001", "壹拾亿零壹元整"),
    ("100000000000", "壹仟亿元整"),
    ("999999999999.99", "玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"),
    ("57.995", "伍拾捌元整"),
]


@pytest.mark.parametrize(("amount", "words"), TABLE)
def test_table(amount: str, words: str) -> None:
    assert in_capitals(Decimal(amount)) == words


@pytest.mark.parametrize("amount", ["-0.01", "1000000000000"])
def test_what_no_voucher_shows_is_refused(amount: str) -> None:
    with pytest.raises(ValueError, match="no capitals"):
        in_capitals(Decimal(amount))


def test_traditional_signs() -> None:
    token = language.set("zh-Hant")
    try:
        assert in_capitals(Decimal("123456789012.36")) == (
            "壹仟貳佰參拾肆億伍仟陸佰柒拾捌萬玖仟零壹拾貳元參角陸分"
        )
    finally:
        language.reset(token)


@given(st.decimals(min_value=0, max_value=Decimal("999999999999.99"), places=2))
def test_reads_back_as_the_same_amount(amount: Decimal) -> None:
    assert _read(in_capitals(amount)) == amount


@given(st.decimals(min_value=0, max_value=Decimal("999999999999.99"), places=2))
def test_ends_as_vouchers_end(amount: Decimal) -> None:
    """After 元 comes 整, after 角 nothing need, after 分 nothing may (rules on filling in bills)."""
    words = in_capitals(amount)
    assert words.endswith("整") == (amount == amount.to_integral_value())
    assert "零零" not in words


def _read(words: str) -> Decimal:
    """The amount that somebody reading aloud would say."""
    whole, _, rest = words.removesuffix("整").rpartition("元")
    fen = 0
    for sign, unit in (("角", 10), ("分", 1)):
        if sign in rest:
            before, _, rest = rest.partition(sign)
            fen += DIGITS[before[-1]] * unit
    return Decimal(_whole(whole)) + Decimal(fen) / 100


def _whole(words: str) -> int:
    total = 0
    for sign, unit in (("亿", 10**8), ("万", 10**4)):
        if sign in words:
            before, _, words = words.partition(sign)
            total += _section(before) * unit
    return total + _section(words)


def _section(words: str) -> int:
    value, digit = 0, 0
    for sign in words:
        if sign in STEPS:
            value += (digit or 1) * STEPS[sign]
            digit = 0
        else:
            digit = DIGITS[sign]
    return value + digit
