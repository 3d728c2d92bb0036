"""The committed calendars against both sources, and years that nobody has published."""

from datetime import date, timedelta

import msgspec
import pytest

from core.sla.calendars import HOLIDAYS, kind_of, national, of_year, published
from core.sla.errors import CalendarDayInvalid, CalendarEmpty, CalendarMissing
from core.sla.schemas import DayKind, YearCalendar
from tools.build_calendars import FOLDER, build, cross_check, from_notice

PUBLISHED = (2024, 2025, 2026)


@pytest.mark.parametrize("year", PUBLISHED)
def test_both_sources_agree_with_the_committed_year(year):
    calendar = national()[year]
    assert calendar.published
    off, worked = from_notice(year)
    assert (calendar.holidays, calendar.make_up) == (off, worked)
    assert (set(calendar.holidays), set(calendar.make_up)) == cross_check(year)


@pytest.mark.parametrize("year", [*PUBLISHED, 2027])
def test_the_files_are_what_the_script_writes(year):
    assert (FOLDER / f"calendar-{year}.toml").read_text("utf-8") == build(year)


def test_2027_is_provisional_and_has_no_make_up_days_yet():
    calendar = national()[2027]
    assert not calendar.published
    assert not calendar.make_up
    assert date(2027, 2, 8) in calendar.holidays
    with pytest.raises(NotImplementedError):
        from_notice(2027)


def test_2026_is_as_the_examples_say():
    calendar = national()[2026]
    days = "0101 0102 0216 0217 0218 0219 0220 0223 0406 0501 0504 0505 0619 0925 1001 1002 1005 1006 1007"
    assert [f"{day:%m%d}" for day in calendar.holidays] == days.split()
    assert [f"{day:%m%d}" for day in calendar.make_up] == ["0104", "0214", "0228", "0509", "0920", "1010"]


def test_every_name_is_marked_for_translation():
    names = {
        name for year in national().values() for name in (*year.holidays.values(), *year.make_up.values())
    }
    assert names <= set(HOLIDAYS)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 10, 10), DayKind(working=True, made_up=True, name="国庆节")),
        (date(2026, 10, 7), DayKind(working=False, name="国庆节")),
        (date(2026, 11, 22), DayKind(working=False)),
        (date(2026, 11, 23), DayKind(working=True)),
        (date(2030, 5, 1), DayKind(working=False, name="劳动节")),
        (date(2030, 5, 6), DayKind(working=True)),
    ],
)
def test_kind_of_day(day, expected):
    assert kind_of(national(), day) == expected


def test_a_company_lays_its_own_year_over_the_national_ones():
    own = {**national(), 2027: YearCalendar(2027, make_up={date(2027, 2, 6): "春节"})}
    assert kind_of(own, date(2027, 2, 6)).working
    assert published(own, 2026, 2027)
    assert not published(national(), 2026, 2027)
    assert not published(national(), 2030, 2030)


def test_years_gone_by_are_not_guessed():
    for calendars, year in (
        (national(), 2023),
        ({}, 2026),
        ({2024: YearCalendar(2024), 2026: YearCalendar(2026)}, 2025),
    ):
        with pytest.raises(CalendarMissing):
            of_year(calendars, year)


def test_a_calendar_without_a_working_day_is_refused():
    every_day = {date(2026, 1, 1) + timedelta(days=number): "休" for number in range(365)}
    with pytest.raises(CalendarEmpty):
        YearCalendar(2026, holidays=every_day)
    assert YearCalendar(2026, holidays=dict(list(every_day.items())[1:]))


@pytest.mark.parametrize(
    "values",
    [
        {"holidays": {date(2025, 12, 31): "元旦"}},
        {"make_up": {date(2026, 11, 23): "元旦"}},
        {"holidays": {date(2026, 11, 22): "元旦"}, "make_up": {date(2026, 11, 22): "元旦"}},
    ],
)
def test_days_that_cannot_be(values):
    with pytest.raises(CalendarDayInvalid):
        YearCalendar(2026, **values)


def test_a_calendar_survives_json():
    calendar = national()[2026]
    assert msgspec.json.decode(msgspec.json.encode(calendar), type=YearCalendar) == calendar
