"""When a limit is due: one pure function of limit, start, pauses and hours, without I/O."""

import calendar
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

from msgspec import Struct

from core.kit.clock import end_of, local
from core.kit.errors import ZoneRequired
from core.sla.calendars import kind_of, published
from core.sla.errors import AmountInvalid, DueTooFar, LimitNotTimed, StartOutOfRange
from core.sla.schemas import Calendars, Due, Hours, Pause, Step, StepKind, Term, Window
from core.sla.steps import of_day, of_moment, of_stretch
from core.sla.windows import (
    BY_THE_CLOCK,
    DAY,
    HORIZON,
    NEVER,
    Stretch,
    add_up,
    closing,
    first_day,
    frames_on,
    is_paused,
    merged,
    opening,
    running,
    stretches,
    window_of,
)

MOST = {"E": HORIZON * 1440, "S": HORIZON * 1440, "CD": HORIZON, "WD": 2600, "month": 120, "date": 31}
FIRST_YEAR, LAST_YEAR = 2000, 2100


class _Case(Struct, frozen=True):
    """One count: Shanghai start, merged pauses, the window its days end with, a named moment or date."""

    term: Term
    start: datetime
    hours: Hours
    pauses: tuple[Pause, ...]
    window: Window
    appointed: datetime | None
    on: date | None

    @property
    def calendars(self) -> Calendars:
        return self.hours.calendars

    @property
    def rolls(self) -> bool:
        wish = self.term.roll_if_holiday
        return self.hours.roll_if_holiday if wish is None else wish


class _Found(Struct, frozen=True):
    at: datetime
    steps: list[Step]


def due(
    term: Term,
    start: datetime,
    hours: Hours,
    *,
    pauses: Sequence[Pause] = (),
    appointed: datetime | None = None,
    on: date | None = None,
) -> Due:
    """When the limit is due, with the windows and days that were counted.

    `appointed` is the agreed moment of an AT limit (the start itself where none is given). `on`, a date
    named in a letter, takes the place of any count: due at 24:00 of it.

    What pauses do (merged; one still open is closed by the caller at the moment of asking):
    - E and S: paused time is not counted; the due moment moves by it, for S by its part inside the
      window.
    - SD, CD, WD, month: a day whose closing falls in a pause is not counted, and no count ends on one. A
      pause within a day changes nothing; one that spans three counted closings moves the due day by
      three. A day shut all day closes at 24:00. The start day of CD and WD is not counted anyway.
    - AT and date: named moments stand.

    Raises ZoneRequired for naive times, LimitNotTimed (ring counts), AmountInvalid, WindowEmpty,
    CalendarMissing, PauseReversed, StartOutOfRange, and DueTooFar past ten years.
    """
    case = _case(term, start, hours, pauses=pauses, appointed=appointed, on=on)
    found = _count(case, term.amount)
    steps = [*found.steps, of_moment("due", found.at)]
    late_at = found.at + timedelta(minutes=term.tolerance)
    if term.tolerance:
        steps.append(of_stretch("tolerance", found.at, late_at))
    return Due(
        due_at=found.at,
        late_at=late_at,
        target_at=None if term.target is None or on else _count(case, term.target).at,
        provisional=_provisional(case, found.at),
        steps=tuple(steps),
    )


def met(answer: Due, stopped_at: datetime) -> bool:
    """Whether a clock stopped in time: at the due moment yes, one second later no."""
    return stopped_at <= answer.late_at


def remind_again_at(
    term: Term, start: datetime, hours: Hours, *, pauses: Sequence[Pause] = ()
) -> datetime | None:
    """When the reminder after the due moment comes; None for a limit without one."""
    if not term.remind_after:
        return None
    return _count(_case(term, start, hours, pauses=pauses), term.amount + term.remind_after).at


def _case(
    term: Term,
    start: datetime,
    hours: Hours,
    *,
    pauses: Sequence[Pause],
    appointed: datetime | None = None,
    on: date | None = None,
) -> _Case:
    for name, moment in (("start", start), ("appointed", appointed)):
        if moment is not None and moment.tzinfo is None:
            raise ZoneRequired(field=name)
        if moment is not None and not FIRST_YEAR <= moment.year <= LAST_YEAR:
            raise StartOutOfRange(field=name)
    here = local(start)
    agreed = None if appointed is None else local(appointed)
    window = () if term.unit in BY_THE_CLOCK else window_of(term, hours)
    return _Case(term, here, hours, merged(pauses, here), window, agreed, on)


def _count(case: _Case, amount: int) -> _Found:
    unit = case.term.unit
    if case.on is not None:
        return _Found(end_of(case.on), [of_day("date", case.on)])
    if unit not in COUNTS:
        raise LimitNotTimed
    before = unit == "E" or (unit == "CD" and case.term.ends == "midnight")
    if abs(amount) > MOST.get(unit, abs(amount)) or (unit in MOST and amount < 1 and not before):
        raise AmountInvalid(amount=amount)
    return COUNTS[unit](case, amount)


def _elapsed(case: _Case, amount: int) -> _Found:
    if amount < 0:
        at = case.start + timedelta(minutes=amount)
        return _Found(at, [of_stretch("before", at, case.start)])
    at, taken = add_up(running([(case.start, NEVER)], case.pauses), timedelta(minutes=amount))
    return _Found(at, _with_pauses(case, at, "elapsed", taken))


def _service(case: _Case, amount: int) -> _Found:
    open_time = stretches(case.window, case.start, case.calendars)
    at, taken = add_up(running(open_time, case.pauses), timedelta(minutes=amount))
    return _Found(at, _with_pauses(case, at, "window", taken))


def _same_day(case: _Case, _amount: int) -> _Found:
    steps: list[Step] = []
    day = first_day(case.window, case.start)
    for _ in range(HORIZON):
        end = closing(case.window, day, case.calendars)
        if end is not None and end > case.start:
            if not is_paused(end, case.pauses):
                steps.append(_day_step(case, "same_day", day))
                return _Found(_end_moment(case, day), steps)
            steps.append(_day_step(case, "paused_day", day))
        elif day >= case.start.date():
            steps.append(_day_step(case, "shut" if end is None else "after_close", day))
        day += DAY
    raise DueTooFar


def _calendar_days(case: _Case, amount: int) -> _Found:
    if amount < 1:
        day = case.start.date() + amount * DAY
        return _Found(end_of(day), [of_day("date", day)])
    day, steps = _walk(case, amount)
    return _Found(_end_moment(case, day), steps)


def _months(case: _Case, amount: int) -> _Found:
    months = case.start.year * 12 + case.start.month - 1 + amount
    target = _in_month(*divmod(months, 12), case.start.day)
    day, steps = _walk(case, (target - case.start.date()).days)
    told = [step for step in steps if step.kind not in {"start_day", "day"}]
    return _Found(_end_moment(case, day), [of_day("month", target, number=amount), *told])


def _date(case: _Case, amount: int) -> _Found:
    months = case.start.year * 12 + case.start.month - 1
    day = _in_month(*divmod(months, 12), amount)
    if day < case.start.date():
        day = _in_month(*divmod(months + 1, 12), amount)
    return _Found(end_of(day), [of_day("date", day)])


def _appointed(case: _Case, _amount: int) -> _Found:
    at = case.appointed or case.start
    return _Found(at, [of_moment("appointed", at)])


COUNTS: dict[str, Callable[[_Case, int], _Found]] = {
    "E": _elapsed,
    "S": _service,
    "SD": _same_day,
    "CD": _calendar_days,
    "WD": _calendar_days,
    "month": _months,
    "date": _date,
    "AT": _appointed,
}


def _walk(case: _Case, number: int) -> tuple[date, list[Step]]:
    """The `number`-th counted day after the start day, or the next one on which a count may end."""
    day, left = case.start.date(), number
    steps = [_day_step(case, "start_day", day)]
    for _ in range(2 * HORIZON):
        day += DAY
        hindrance = _hindrance(case, day, last=left <= 1)
        if hindrance in {None, "shut", "roll"} and left:
            left -= 1
            steps.append(_counted_step(case, day, number - left))
        if hindrance is None and not left:
            return day, steps
        if hindrance is not None:
            steps.append(_skipped_step(case, day, hindrance))
    raise DueTooFar


def _hindrance(case: _Case, day: date, *, last: bool) -> str | None:
    """Why a day does not count (`off`, `paused`), or counts but cannot be the last (`shut`, `roll`)."""
    working_days = case.term.unit == "WD"
    if working_days and not kind_of(case.calendars, day).working:
        return "off"
    end = closing(case.window, day, case.calendars) if last or case.pauses else end_of(day)
    if case.pauses and is_paused(end or end_of(day), case.pauses):
        return "paused"
    if last and not working_days and case.rolls and not kind_of(case.calendars, day).working:
        return "roll"
    return "shut" if last and end is None and case.term.ends != "midnight" else None


def _counted_step(case: _Case, day: date, number: int) -> Step:
    if case.term.unit != "WD":
        return _day_step(case, "day", day, number=number)
    kind = kind_of(case.calendars, day)
    return _day_step(
        case, "make_up_day" if kind.made_up else "working_day", day, number=number, name=kind.name
    )


def _skipped_step(case: _Case, day: date, hindrance: str) -> Step:
    if hindrance in {"paused", "shut"}:
        return _day_step(case, "shut" if hindrance == "shut" else "paused_day", day)
    name = kind_of(case.calendars, day).name
    return _day_step(case, "holiday" if name else "weekend", day, name=name)


def _end_moment(case: _Case, day: date) -> datetime:
    find = {"close": closing, "open": opening}.get(case.term.ends)
    found = find(case.window, day, case.calendars) if find else None
    return found or end_of(day)


def _in_month(year: int, month_before: int, day: int) -> date:
    """That day number, or the month's last day where it has no such day. `month_before` counts from 0."""
    month = month_before + 1
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))


def _provisional(case: _Case, at: datetime) -> bool:
    unit = case.term.unit
    if case.on is not None or unit in BY_THE_CLOCK:
        return False
    asked = unit == "WD" or any(frame.working for frame in case.window)
    if not asked and not (case.rolls and unit in {"CD", "month"}):
        return False
    first = case.start.year if unit in {"S", "SD"} else (case.start + DAY).year
    return not published(case.calendars, first, at.year)


def _day_step(case: _Case, kind: StepKind, day: date, *, number: int | None = None, name: str = "") -> Step:
    frames = frames_on(case.window, day, case.calendars)
    span = (frames[0][0], frames[-1][1]) if frames else None
    return of_day(kind, day, span=span, number=number, name=name)


def _with_pauses(case: _Case, at: datetime, kind: StepKind, taken: list[Stretch]) -> list[Step]:
    counted = [of_stretch(kind, *stretch) for stretch in taken]
    paused = [of_stretch("paused", pause.start, pause.end) for pause in case.pauses if pause.start < at]
    return sorted([*counted, *paused], key=lambda step: step.from_)
