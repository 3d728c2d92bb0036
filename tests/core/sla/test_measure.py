"""The warning at 75 % and other shares of a limit, each in the limit's own time."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from core.sla.calendars import national
from core.sla.due import due
from core.sla.measure import at_percent, counted, warn_at
from core.sla.policy import SlaPolicy, hours
from core.sla.schemas import Pause
from tests.core.sla.oracle import at

POLICY = SlaPolicy()
HOURS = hours(POLICY, national())


@pytest.mark.spec("JOB-24")
@pytest.mark.parametrize(
    ("code", "start", "expected"),
    [
        ("SLA-07", "2026-11-23 18:30", "2026-11-24 00:30"),
        ("SLA-05", "2026-11-21 19:00", "2026-11-22 10:00"),
        ("SLA-13c", "2026-11-23 09:00", "2026-11-23 18:00"),
        ("SLA-13c", "2026-11-23 22:00", "2026-11-24 18:00"),
        # 12 h each on the 24th, 25th and 26th: 27 h of 36
        ("SLA-08", "2026-11-23 22:00", "2026-11-26 12:00"),
        # office hours: 2 h on Friday, then 9 h a day; 21 h 45 min of 29 h
        ("SLA-14b", "2026-11-20 16:00", "2026-11-25 10:45"),
        ("SLA-30", "2026-11-12 00:00", "2026-11-15 00:00"),
    ],
)
def test_warns_at_three_quarters_of_the_limits_own_time(code, start, expected):
    limit = POLICY.limits[code]
    answer = due(limit, at(start), HOURS)
    assert warn_at(limit, at(start), answer.due_at, HOURS, percent=POLICY.warn_percent) == at(expected)


def test_pauses_do_not_use_up_the_limit():
    limit, start = POLICY.limits["SLA-07"], at("2026-11-23 08:00")
    stood = [Pause(at("2026-11-23 10:00"), at("2026-11-23 20:00"))]
    answer = due(limit, start, HOURS, pauses=stood)
    assert answer.due_at == at("2026-11-24 02:00")
    assert warn_at(limit, start, answer.due_at, HOURS, pauses=stood) == at("2026-11-24 00:00")


@pytest.mark.spec("SLA-29")
def test_a_limit_before_its_start_warns_when_it_is_due():
    limit = POLICY.limits["SLA-29"]
    answer = due(limit, at("2026-11-23 12:00"), HOURS)
    assert warn_at(limit, at("2026-11-23 12:00"), answer.due_at, HOURS) == answer.due_at


@pytest.mark.spec("SLA-48")
def test_an_appointment_warns_on_the_way_to_it():
    limit, start, agreed = POLICY.limits["SLA-48"], at("2026-11-23 08:00"), at("2026-11-23 12:00")
    answer = due(limit, start, HOURS, appointed=agreed)
    assert warn_at(limit, start, answer.due_at, HOURS) == at("2026-11-23 11:00")


@pytest.mark.parametrize(
    ("code", "start", "expected"),
    [("SLA-07", "2026-11-23 18:30", "2026-11-24 10:30"), ("SLA-05", "2026-11-21 19:00", "2026-11-22 15:00")],
)
def test_twice_the_limit(code, start, expected):
    limit = POLICY.limits[code]
    due_at = due(limit, at(start), HOURS).due_at
    assert at_percent(limit, at(start), due_at, HOURS, percent=POLICY.next_level_percent) == at(expected)


@pytest.mark.parametrize(
    ("unit", "hours_counted"), [("E", 24 * 3), ("S", 12 * 3), ("CD", 12 * 3), ("WD", 9), ("month", 12 * 3)]
)
def test_the_measure_of_each_unit(unit, hours_counted):
    """Friday noon to Monday noon: office time is 6 h on Friday and 3 h on Monday."""
    limit = replace(POLICY.limits["SLA-07"], unit=unit, amount=1)
    spent = counted(limit, at("2026-11-20 12:00"), at("2026-11-23 12:00"), HOURS)
    assert spent == timedelta(hours=hours_counted)
    assert counted(limit, at("2026-11-23 12:00"), at("2026-11-20 12:00"), HOURS) == timedelta()


def test_working_days_are_measured_in_working_days_even_in_an_office_open_daily():
    daily = replace(HOURS, office=HOURS.service)
    spent = counted(POLICY.limits["SLA-14b"], at("2026-11-20 12:00"), at("2026-11-23 12:00"), daily)
    assert spent == timedelta(hours=9 + 3)
