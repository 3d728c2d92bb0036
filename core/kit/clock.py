"""The one source of the current time and the one time zone of the product."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
_pretended: ContextVar[datetime | None] = ContextVar("pretended", default=None)


def now() -> datetime:
    """The current moment with the Shanghai zone. Whether something is due is decided by the database's
    clock.
    """
    return _pretended.get() or datetime.now(SHANGHAI)  # noqa: TID251 - the only place that may ask


@contextmanager
def pretending(moment: datetime) -> Iterator[None]:
    """Let everything inside, the database too, happen at that moment: how the demo gets a history."""
    token = _pretended.set(moment)
    try:
        yield
    finally:
        _pretended.reset(token)


def pretended() -> datetime | None:
    return _pretended.get()


def today() -> date:
    """Today's Shanghai date: numbers, same-day limits and reports count in these days."""
    return now().date()


def at(day: date, moment: time) -> datetime:
    """That wall time in Shanghai; 24:00 is written as `time.max` by nobody: use `end_of(day)`."""
    return datetime.combine(day, moment, SHANGHAI)


def end_of(day: date) -> datetime:
    """24:00 of a Shanghai date, which is 00:00 of the next."""
    return datetime.combine(day + timedelta(days=1), time.min, SHANGHAI)


def local(moment: datetime) -> datetime:
    """The same moment on Shanghai's clock."""
    return moment.astimezone(SHANGHAI)
