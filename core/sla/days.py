"""The service day: what comes in at or after a close belongs to the next one (PROCEDURES 0.4, unit SD)."""

from datetime import date, datetime

from msgspec import Struct

from core.kit.clock import local
from core.sla.errors import DueTooFar
from core.sla.schemas import Calendars, Window
from core.sla.windows import DAY, HORIZON, closing, first_day


class ServiceDay(Struct, frozen=True):
    """From the last close before it (`begins`) to its own; half-open, like the window."""

    day: date
    begins: datetime
    closes: datetime


def service_day(window: Window, moment: datetime, calendars: Calendars) -> ServiceDay:
    """The day the moment belongs to; one without reception is part of the next. Raises DueTooFar."""
    day = first_day(window, local(moment))
    for _ in range(HORIZON):
        closes = closing(window, day, calendars)
        if closes is not None and closes > moment:
            return ServiceDay(day, _close_before(window, day, calendars), closes)
        day += DAY
    raise DueTooFar


def named_day(window: Window, day: date, calendars: Calendars) -> ServiceDay | None:
    """That date as a service day; None where nobody receives on it."""
    closes = closing(window, day, calendars)
    return None if closes is None else ServiceDay(day, _close_before(window, day, calendars), closes)


def _close_before(window: Window, day: date, calendars: Calendars) -> datetime:
    for _ in range(HORIZON):
        day -= DAY
        closes = closing(window, day, calendars)
        if closes is not None:
            return closes
    raise DueTooFar
