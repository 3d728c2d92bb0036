"""The national working days as committed data, and what kind of day a date is."""

import tomllib
from datetime import date
from functools import cache
from importlib.resources import files

import msgspec

from core.kit.i18n import _
from core.sla.errors import CalendarMissing
from core.sla.schemas import SATURDAY, Calendars, DayKind, YearCalendar

HOLIDAYS = (
    _("元旦"), _("春节"), _("清明节"), _("劳动节"), _("端午节"), _("中秋节"), _("国庆节"),
)  # fmt: skip
FIXED = {
    (1, 1): "元旦",
    (5, 1): "劳动节",
    (5, 2): "劳动节",
    (10, 1): "国庆节",
    (10, 2): "国庆节",
    (10, 3): "国庆节",
}
"""Statutory holidays on fixed dates of the solar year: all that is sure of a year nobody has entered."""


@cache
def national() -> Calendars:
    """The calendars that come with the product, by year."""
    found = {}
    for file in files("core.sla").joinpath("data").iterdir():
        if file.name.endswith(".toml"):
            calendar = msgspec.convert(tomllib.loads(file.read_text("utf-8")), YearCalendar)
            found[calendar.year] = calendar
    return found


def of_year(calendars: Calendars, year: int) -> YearCalendar:
    """That year's calendar. A year after the last known one is provisional: weekends and fixed holidays.

    Raises CalendarMissing for a gap and for a year before the first one: those were published long ago.
    """
    if year in calendars:
        return calendars[year]
    if not calendars or year < max(calendars):
        raise CalendarMissing(year=year)
    return _unpublished(year)


def kind_of(calendars: Calendars, day: date) -> DayKind:
    """Whether that date is worked."""
    calendar = of_year(calendars, day.year)
    if day in calendar.make_up:
        return DayKind(working=True, made_up=True, name=calendar.make_up[day])
    if day in calendar.holidays:
        return DayKind(working=False, name=calendar.holidays[day])
    return DayKind(working=day.isoweekday() < SATURDAY)


def published(calendars: Calendars, first: int, last: int) -> bool:
    """Whether every year from `first` to `last` rests on an official notice."""
    return all(of_year(calendars, year).published for year in range(first, last + 1))


@cache
def _unpublished(year: int) -> YearCalendar:
    holidays = {date(year, month, day): name for (month, day), name in FIXED.items()}
    return YearCalendar(year, published=False, holidays=holidays)
