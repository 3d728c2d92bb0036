"""The service day a moment belongs to: from one close to the next, days without reception skipped."""

from datetime import date

import pytest

from core.sla.calendars import national
from core.sla.days import ServiceDay, named_day, service_day
from core.sla.schemas import Frame, Window
from tests.core.sla.oracle import at

DAILY: Window = (Frame("09:00", "21:00"),)
SPLIT: Window = (Frame("09:00", "12:00"), Frame("14:00", "18:00"))
WEEKDAYS: Window = (Frame("09:00", "18:00", days=(1, 2, 3, 4, 5)),)
WORKING: Window = (Frame("09:00", "18:00", working=True),)
NIGHT: Window = (Frame("20:00", "02:00"),)
ROUND: Window = (Frame("00:00", "24:00"),)

CASES = [
    (DAILY, "2026-11-23 10:00", "2026-11-23", "2026-11-22 21:00", "2026-11-23 21:00"),
    (DAILY, "2026-11-23 03:00", "2026-11-23", "2026-11-22 21:00", "2026-11-23 21:00"),
    (DAILY, "2026-11-23 20:59:59", "2026-11-23", "2026-11-22 21:00", "2026-11-23 21:00"),
    (DAILY, "2026-11-23 21:00", "2026-11-24", "2026-11-23 21:00", "2026-11-24 21:00"),
    (SPLIT, "2026-11-23 12:30", "2026-11-23", "2026-11-22 18:00", "2026-11-23 18:00"),
    (WEEKDAYS, "2026-11-20 18:00", "2026-11-23", "2026-11-20 18:00", "2026-11-23 18:00"),
    (WORKING, "2026-09-30 20:00", "2026-10-08", "2026-09-30 18:00", "2026-10-08 18:00"),
    (WORKING, "2026-10-10 10:00", "2026-10-10", "2026-10-09 18:00", "2026-10-10 18:00"),
    (NIGHT, "2026-11-24 01:00", "2026-11-23", "2026-11-23 02:00", "2026-11-24 02:00"),
    (ROUND, "2026-11-23 00:00", "2026-11-23", "2026-11-23 00:00", "2026-11-24 00:00"),
]


@pytest.mark.spec("TK-06")
@pytest.mark.parametrize(("window", "moment", "day", "begins", "closes"), CASES)
def test_the_day_a_moment_belongs_to(window: Window, moment: str, day: str, begins: str, closes: str) -> None:
    found = service_day(window, at(moment), national())
    assert found == ServiceDay(date.fromisoformat(day), at(begins), at(closes))
    assert named_day(window, found.day, national()) == found


def test_a_day_without_reception_is_none() -> None:
    assert named_day(WEEKDAYS, date(2026, 11, 21), national()) is None
    assert named_day(WORKING, date(2026, 10, 1), national()) is None
