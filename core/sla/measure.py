"""Time counted between two moments in a limit's own measure, and the moment at a share of it (JOB-24)."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from core.kit.clock import local
from core.sla.schemas import Hours, Pause, Term
from core.sla.windows import BY_THE_CLOCK, NEVER, Stretch, add_up, merged, running, stretches, window_of

WARN_PERCENT = 75


def counted(
    term: Term, start: datetime, until: datetime, hours: Hours, *, pauses: Sequence[Pause] = ()
) -> timedelta:
    """Unpaused time between two moments: all for E, AT and date, office time for WD, else service time."""
    total = timedelta()
    for begin, end in _open_time(term, local(start), hours, pauses):
        if begin >= until:
            break
        total += min(end, until) - begin
    return total


def at_percent(
    term: Term,
    start: datetime,
    due_at: datetime,
    hours: Hours,
    *,
    percent: int = WARN_PERCENT,
    pauses: Sequence[Pause] = (),
) -> datetime:
    """The moment at which that share of a limit's time is used up; above 100 after the due one (TK-05).

    Day limits are measured in the hours their days are made of, so the moment falls into working time. A
    limit that leaves no such time answers its due moment.
    """
    whole = counted(term, start, due_at, hours, pauses=pauses)
    if whole <= timedelta():
        return due_at
    at, _taken = add_up(_open_time(term, local(start), hours, pauses), whole * percent / 100)
    return at


def warn_at(
    term: Term,
    start: datetime,
    due_at: datetime,
    hours: Hours,
    *,
    percent: int = WARN_PERCENT,
    pauses: Sequence[Pause] = (),
) -> datetime:
    """When the case handler is warned before the due moment; `Due.target_at` is a mark of its own."""
    return min(at_percent(term, start, due_at, hours, percent=percent, pauses=pauses), due_at)


def _open_time(term: Term, start: datetime, hours: Hours, pauses: Sequence[Pause]) -> Iterator[Stretch]:
    if term.unit in BY_THE_CLOCK:
        standing = merged(pauses, start) if term.unit == "E" else ()
        return running([(start, NEVER)], standing)
    return running(stretches(window_of(term, hours), start, hours.calendars), merged(pauses, start))
