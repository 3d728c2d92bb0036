"""Dates, clocks, money and phones in three languages."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from admin_ui import formats
from core.kit import clock, i18n
from tests.admin_ui.gallery_data import run

AT = datetime(2026, 11, 22, 14, 20, tzinfo=clock.SHANGHAI)


def test_moments_are_shanghai_time() -> None:
    assert formats.moment(AT.astimezone(UTC)) == "2026-11-22 14:20"
    assert formats.time_of_day(AT.astimezone(UTC)) == "14:20"
    assert formats.day(datetime(2026, 11, 22, 17, 0, tzinfo=UTC)) == "2026-11-23"
    assert formats.long_day(date(2026, 11, 22)) == "2026 年 11 月 22 日 星期日"


def test_moments_in_english() -> None:
    i18n.language.set("en")
    assert formats.moment(AT) == "22 Nov 2026, 14:20"
    assert formats.long_day(AT) == "Sunday, 22 November 2026"


@pytest.mark.parametrize(
    ("ago", "shown"),
    [
        (timedelta(seconds=20), "刚刚"),
        (timedelta(minutes=12), "12 分钟前"),
        (timedelta(hours=23, minutes=59), "23 小时前"),
        (timedelta(hours=24), "2026-11-22 14:20"),
        (-timedelta(minutes=5), "5 分钟后"),
        (-timedelta(hours=3), "3 小时后"),
    ],
)
def test_relative_within_a_day(ago: timedelta, shown: str) -> None:
    assert formats.when(AT, AT + ago) == shown


@pytest.mark.parametrize(
    ("seconds", "plain", "compact"),
    [
        (38, "00:38", "00:38"),
        (3599, "59:59", "59:59"),
        (3600, "1:00:00", "1:00"),
        (18_720, "5:12:00", "5:12"),
        (359_999, "99:59:59", "99:59"),
        (360_000, "4 天", "4 天"),
    ],
)
def test_running_clocks(seconds: int, plain: str, compact: str) -> None:
    assert formats.ticking(timedelta(seconds=seconds)) == plain
    assert formats.ticking(timedelta(seconds=-seconds), compact=True) == compact


@pytest.mark.parametrize(
    ("state", "seconds", "shown"),
    [
        ("ok", 18_720, "剩 5:12:00"),
        ("warn", 96, "剩 01:36"),
        ("over", -492, "超时 08:12"),
        ("ok", -5, "剩 00:00"),
        ("pause", 5, "暂停"),
        ("met", 0, "达成"),
        ("missed", 0, "迟 12 分"),
    ],
)
def test_words_of_a_clock(state: str, seconds: int, shown: str) -> None:
    assert formats.clock_text(run(state, "小修", seconds, AT), now=AT) == shown


@pytest.mark.parametrize(
    ("state", "after_start", "shown"),
    [
        ("ok", -1.5, "剩 03:00"),
        ("ok", 0.0, "剩 03:00"),
        ("ok", 0.2, "剩 02:59"),
        ("warn", 179.6, "剩 00:00"),
        ("over", 180.0, "超时 00:00"),
        ("over", 180.2, "超时 00:01"),
        ("over", 181.0, "超时 00:01"),
    ],
)
def test_a_clock_counts_whole_seconds_down(state: str, after_start: float, shown: str) -> None:
    """What is left is rounded down, before and after the due moment; never more than the clock was given."""
    now = AT + timedelta(seconds=after_start)
    clocked = {"state": state, "since": AT, "due": AT + timedelta(minutes=3)}
    assert formats.clock_text(clocked, now=now) == shown


@pytest.mark.parametrize(
    ("length", "shown"),
    [
        (timedelta(seconds=42), "42 秒"),
        (timedelta(seconds=102), "1 分 42 秒"),
        (timedelta(minutes=128), "2 小时 8 分"),
        (timedelta(days=3), "3 天"),
        (timedelta(days=3, hours=4), "3 天 4 小时"),
    ],
)
def test_lengths_of_time(length: timedelta, shown: str) -> None:
    assert formats.span(length) == shown


def test_money_and_numbers() -> None:
    assert formats.money(Decimal("1234.5")) == "¥1,234.50"
    assert formats.money("-200") == "−¥200.00"
    assert formats.number(1024) == "1,024"
    assert formats.number(76.38, 1) == "76.4"


def test_phones() -> None:
    assert formats.phone("13800132671") == "138 0013 2671"
    assert formats.masked_phone("13800132671") == "138****2671"
    assert formats.phone("0592-5588123") == "0592-5588123"
    assert formats.masked_phone("0592-5588123") == "****8123"
