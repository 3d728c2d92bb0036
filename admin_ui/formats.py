"""How dates, clocks, money and phones look on screen and paper, in the language of the current context."""

import math
import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal

from core.kit import clock
from core.kit.i18n import _, gettext, language

LOCALES = {"zh-Hans": "zh_Hans", "zh-Hant": "zh_Hant", "en": "en_GB"}
MOMENT = {"zh-Hans": "yyyy-MM-dd HH:mm", "zh-Hant": "yyyy-MM-dd HH:mm", "en": "d MMM yyyy, HH:mm"}
DAY = {"zh-Hans": "yyyy-MM-dd", "zh-Hant": "yyyy-MM-dd", "en": "d MMM yyyy"}
LONG_DAY = {
    "zh-Hans": "yyyy 年 M 月 d 日 EEEE",
    "zh-Hant": "yyyy 年 M 月 d 日 EEEE",
    "en": "EEEE, d MMMM yyyy",
}
MINUS = "\N{MINUS SIGN}"
HOUR = 3600
DAYS_FROM = 100 * HOUR
MOBILE = re.compile(r"1\d{10}")


def _locale() -> str:
    return LOCALES.get(language.get(), "zh_Hans")


def moment(at: datetime) -> str:
    """Date and time on Shanghai's clock: `2026-11-22 14:20`, `22 Nov 2026, 14:20`."""
    return format_datetime(clock.local(at).replace(tzinfo=None), MOMENT[language.get()], locale=_locale())


def day(on: date | datetime) -> str:
    shown = clock.local(on).date() if isinstance(on, datetime) else on
    return format_date(shown, DAY[language.get()], locale=_locale())


def long_day(on: date | datetime) -> str:
    shown = clock.local(on).date() if isinstance(on, datetime) else on
    return format_date(shown, LONG_DAY[language.get()], locale=_locale())


def time_of_day(at: datetime) -> str:
    return f"{clock.local(at):%H:%M}"


def when(at: datetime, now: datetime | None = None) -> str:
    """Relative within 24 hours (`12 分钟前`), else the date and time."""
    seconds = int((at - (now or clock.now())).total_seconds())
    if abs(seconds) >= timedelta(days=1).total_seconds():
        return moment(at)
    minutes, hours = abs(seconds) // 60, abs(seconds) // HOUR
    if minutes < 1:
        return gettext(_("刚刚"))
    if hours < 1:
        return gettext(_("{n} 分钟前") if seconds < 0 else _("{n} 分钟后"), n=minutes)
    return gettext(_("{n} 小时前") if seconds < 0 else _("{n} 小时后"), n=hours)


def span(length: timedelta) -> str:
    """A length of time in words, two units at most, no zero: `1 分 42 秒`, `2 小时 8 分`, `3 天`."""
    seconds = max(0, int(length.total_seconds()))
    steps = (
        (24 * HOUR, HOUR, _("{n} 天"), _("{n} 天 {m} 小时")),
        (HOUR, 60, _("{n} 小时"), _("{n} 小时 {m} 分")),
        (60, 1, _("{n} 分"), _("{n} 分 {m} 秒")),
    )
    for unit, below, whole, mixed in steps:
        if seconds >= unit:
            rest = seconds % unit // below
            return gettext(mixed if rest else whole, n=seconds // unit, m=rest)
    return gettext(_("{n} 秒"), n=seconds)


def ticking(length: timedelta, *, compact: bool = False) -> str:
    """A running clock in whole seconds, rounded down: `mm:ss` under an hour, `h:mm:ss` (`h:mm` if compact)
    under 100 hours, then days. What is overdue has no sign.
    """
    seconds = abs(math.floor(length.total_seconds()))
    hours, minutes, rest = seconds // HOUR, seconds // 60 % 60, seconds % 60
    if seconds >= DAYS_FROM:
        return gettext(_("{n} 天"), n=seconds // (24 * HOUR))
    if not hours:
        return f"{minutes:02}:{rest:02}"
    return f"{hours}:{minutes:02}" if compact else f"{hours}:{minutes:02}:{rest:02}"


def clock_text(run: Mapping[str, Any] | Any, *, compact: bool = False, now: datetime | None = None) -> str:
    """The words of an SLA pill: `run` has `state` (ok warn over pause met missed), `due`, `late` and `since`,
    where the clock began: no more is left than it was given.
    """

    def of(name: str) -> Any:
        return run.get(name) if isinstance(run, Mapping) else getattr(run, name, None)

    state, due = of("state"), of("due")
    if state == "met":
        return gettext(_("达成"))
    if state == "missed":
        late = of("late")
        return gettext(_("迟 {span}"), span=span(late)) if late else gettext(_("未达成"))
    if state == "pause" or due is None:
        return gettext(_("暂停"))
    at, since = now or clock.now(), of("since")
    left = due - (max(at, since) if since else at)
    if state == "over":
        return gettext(_("超时 {left}"), left=ticking(left, compact=compact))
    return gettext(_("剩 {left}"), left=ticking(max(left, timedelta()), compact=compact))


def number(value: Decimal | float, digits: int | None = None) -> str:
    """Grouped by thousands; `digits` fixes the decimals."""
    pattern = "#,##0.###" if digits is None else "#,##0" + ("." + "0" * digits if digits else "")
    return format_decimal(value, pattern, locale=_locale()).replace("-", MINUS)


def money(yuan: Decimal | int | str | Any) -> str:
    """`¥1,234.00`; the minus sign stands before the currency."""
    amount = Decimal(str(yuan))
    shown = format_decimal(abs(amount), "#,##0.00", locale=_locale())
    return f"{MINUS if amount < 0 else ''}¥{shown}"


def phone(digits: str) -> str:
    """`138 0013 2671`; anything but a mainland mobile number is shown as it was typed."""
    if MOBILE.fullmatch(digits):
        return f"{digits[:3]} {digits[3:7]} {digits[7:]}"
    return digits


def masked_phone(digits: str) -> str:
    """`138****2671`; of other numbers only the last four stay. What is masked already stays as it is."""
    if "*" in digits:
        return digits
    if MOBILE.fullmatch(digits):
        return f"{digits[:3]}****{digits[7:]}"
    return "****" + digits[-4:]


FILTERS = {
    "when": when,
    "moment": moment,
    "day": day,
    "long_day": long_day,
    "time": time_of_day,
    "span": span,
    "ticking": ticking,
    "clock_text": clock_text,
    "money": money,
    "number": number,
    "phone": phone,
    "masked_phone": masked_phone,
}
