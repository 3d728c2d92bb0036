"""Due moments counted naively, minute by minute and day by day, from the words of PROCEDURES 0.4 alone."""

from datetime import date, datetime, time, timedelta

from core.kit.clock import SHANGHAI
from core.sla.schemas import Frame, Pause, Window, YearCalendar

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


def at(text: str) -> datetime:
    """`2026-11-21 19:00[:30]` in Shanghai."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def works(calendar: YearCalendar, day: date) -> bool:
    if day in calendar.make_up:
        return True
    return day.weekday() < 5 and day not in calendar.holidays


def covers(frame: Frame, day: date, minute: int, calendar: YearCalendar) -> bool:
    """Whether the frame that opens on `day` holds that minute, counted from the day's midnight."""
    opens = int(frame.opens[:2]) * 60 + int(frame.opens[3:])
    closes = int(frame.closes[:2]) * 60 + int(frame.closes[3:])
    if not opens <= minute < (closes if closes > opens else closes + 1440):
        return False
    if frame.working:
        return works(calendar, day) and (day in calendar.make_up or day.isoweekday() in frame.days)
    return day.isoweekday() in frame.days


def is_open(window: Window, moment: datetime, calendar: YearCalendar) -> bool:
    return moment.hour * 60 + moment.minute in open_minutes(window, moment.date(), calendar)


def open_minutes(window: Window, day: date, calendar: YearCalendar) -> set[int]:
    return {
        minute
        for frame in window
        for minute in range(1440)
        if covers(frame, day, minute, calendar) or covers(frame, day - DAY, minute + 1440, calendar)
    }


def stands(pauses: list[Pause], moment: datetime) -> bool:
    return any(pause.start <= moment < pause.end for pause in pauses)


def elapsed(start: datetime, minutes: int, pauses: list[Pause]) -> datetime:
    moment = start
    while minutes:
        minutes -= not stands(pauses, moment)
        moment += MINUTE
    return moment


def service(
    start: datetime, minutes: int, window: Window, pauses: list[Pause], calendar: YearCalendar
) -> datetime:
    moment = start
    days: dict[date, set[int]] = {}
    while minutes:
        day = moment.date()
        if day not in days:
            days[day] = open_minutes(window, day, calendar)
        minutes -= moment.hour * 60 + moment.minute in days[day] and not stands(pauses, moment)
        moment += MINUTE
    return moment


def closing(window: Window, day: date, calendar: YearCalendar) -> datetime | None:
    """Frames begin and end on quarter hours here, so quarter hours are asked."""
    held = [m for m in range(0, 2880, 15) if any(covers(frame, day, m, calendar) for frame in window)]
    return datetime.combine(day, time.min, SHANGHAI) + (held[-1] + 15) * MINUTE if held else None


def midnight_after(day: date) -> datetime:
    return datetime.combine(day + DAY, time.min, SHANGHAI)


def lost(moment: datetime, pauses: list[Pause]) -> bool:
    """A closing is lost to a pause that holds the minute before it."""
    return stands(pauses, moment - MINUTE)


def same_day(start: datetime, window: Window, pauses: list[Pause], calendar: YearCalendar) -> datetime:
    day = start.date() - DAY
    while True:
        end = closing(window, day, calendar)
        if end is not None and end > start and not lost(end, pauses):
            return end
        day += DAY


def days(  # noqa: PLR0917
    start: datetime,
    number: int,
    window: Window,
    pauses: list[Pause],
    calendar: YearCalendar,
    unit: str,
    *,
    roll: bool,
) -> datetime:
    """CD and WD: the first day that closes for good once `number` counted days have passed."""
    day, left = start.date(), number
    while True:
        day += DAY
        end = closing(window, day, calendar)
        if (unit == "WD" and not works(calendar, day)) or lost(end or midnight_after(day), pauses):
            continue
        left -= 1
        if left <= 0 and end is not None and (works(calendar, day) or not roll):
            return end
