"""Windows laid over dates: when a project is open, and time counted without its pauses."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta

from msgspec.structs import replace

from core.kit.clock import SHANGHAI, local
from core.kit.errors import ZoneRequired
from core.sla.calendars import kind_of
from core.sla.errors import DueTooFar, PauseReversed, WindowEmpty
from core.sla.schemas import SATURDAY, Calendars, Frame, Hours, Pause, Term, Window, WindowName

Stretch = tuple[datetime, datetime]

DAY = timedelta(days=1)
HORIZON = 3660
"""Days after which a count gives up: ten years."""
BY_THE_CLOCK = frozenset({"E", "AT", "date"})
"""Units that ask no window: they run day and night, or name their moment."""
NEVER = datetime(2199, 1, 1, tzinfo=SHANGHAI)


def window_of(term: Term, hours: Hours) -> Window:
    """The frames that the term's days end with; for WD they hold on working days only, however written."""
    name: WindowName = term.window or ("office" if term.unit == "WD" else "service")
    window: Window = getattr(hours, name)
    if not opens_ever(window, working=term.unit == "WD"):
        raise WindowEmpty(field=f"{name}_window")
    return tuple(replace(frame, working=True) for frame in window) if term.unit == "WD" else window


def opens_ever(window: Window, *, working: bool) -> bool:
    """Whether a week without holidays has any frame; with `working` only its weekdays are asked."""
    return any(day < SATURDAY or not (working or frame.working) for frame in window for day in frame.days)


def overlaps(window: Window) -> bool:
    """Whether a frame may run past midnight into one of the next date; then the days would have no order."""
    return any(
        late.closes < late.opens
        and early.opens < late.closes
        and (late.working or early.working or any(day % 7 + 1 in early.days for day in late.days))
        for late in window
        for early in window
    )


def frames_on(window: Window, day: date, calendars: Calendars) -> list[Stretch]:
    """The frames that open on that date, in order; one past midnight ends on the next."""
    return sorted(_laid(frame, day) for frame in window if _applies(frame, day, calendars))


def closing(window: Window, day: date, calendars: Calendars) -> datetime | None:
    """When the date's last frame closes; None when it has none."""
    return max((end for _, end in frames_on(window, day, calendars)), default=None)


def opening(window: Window, day: date, calendars: Calendars) -> datetime | None:
    return min((start for start, _ in frames_on(window, day, calendars)), default=None)


def first_day(window: Window, start: datetime) -> date:
    """The earliest date whose frames may reach the start: the day before where a frame passes midnight."""
    overnight = any(frame.closes <= frame.opens for frame in window)
    return start.date() - DAY if overnight else start.date()


def stretches(window: Window, start: datetime, calendars: Calendars) -> Iterator[Stretch]:
    """Open time from `start` on, in order and without overlaps. Raises DueTooFar past the horizon."""
    first, seen = first_day(window, start), start
    for number in range(HORIZON):
        for begin, end in frames_on(window, first + number * DAY, calendars):
            if end > seen:
                yield max(begin, seen), end
                seen = end
    raise DueTooFar


def merged(pauses: Sequence[Pause], start: datetime) -> tuple[Pause, ...]:
    """Pauses after `start` in Shanghai time, in order, those that touch joined."""
    found: list[Pause] = []
    for pause in sorted((_checked(pause) for pause in pauses), key=lambda pause: pause.start):
        begin = max(pause.start, start)
        if found and begin <= found[-1].end:
            found[-1] = Pause(found[-1].start, max(found[-1].end, pause.end))
        elif pause.end > begin:
            found.append(Pause(begin, pause.end))
    return tuple(found)


def running(open_time: Iterable[Stretch], pauses: Sequence[Pause]) -> Iterator[Stretch]:
    """The stretches less the pauses (merged ones)."""
    for start, end in open_time:
        begin = start
        for pause in pauses:
            if pause.end <= begin or pause.start >= end:
                continue
            if pause.start > begin:
                yield begin, pause.start
            begin = min(pause.end, end)
        if begin < end:
            yield begin, end


def add_up(open_time: Iterable[Stretch], need: timedelta) -> tuple[datetime, list[Stretch]]:
    """The moment at which the stretches add up to `need`, a closing included, and what was counted."""
    taken: list[Stretch] = []
    for start, end in open_time:
        if end - start >= need:
            return start + need, [*taken, (start, start + need)]
        taken.append((start, end))
        need -= end - start
    raise DueTooFar


def is_paused(moment: datetime, pauses: Sequence[Pause]) -> bool:
    """Whether a closing is out of reach: a pause until it leaves no time, one that begins there does."""
    return any(pause.start < moment <= pause.end for pause in pauses)


def _checked(pause: Pause) -> Pause:
    if pause.start.tzinfo is None or pause.end.tzinfo is None:
        raise ZoneRequired(field="pauses")
    if pause.end < pause.start:
        raise PauseReversed
    return Pause(local(pause.start), local(pause.end))


def _applies(frame: Frame, day: date, calendars: Calendars) -> bool:
    if not frame.working:
        return day.isoweekday() in frame.days
    kind = kind_of(calendars, day)
    return kind.working and (kind.made_up or day.isoweekday() in frame.days)


def _laid(frame: Frame, day: date) -> Stretch:
    midnight = datetime.combine(day, time.min, SHANGHAI)
    start, end = midnight + _since_midnight(frame.opens), midnight + _since_midnight(frame.closes)
    return start, end if end > start else end + DAY


def _since_midnight(text: str) -> timedelta:
    return timedelta(hours=int(text[:2]), minutes=int(text[3:]))
