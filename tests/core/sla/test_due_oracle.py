"""`due()` against the naive oracle, and the laws every count obeys."""

from datetime import date, datetime, timedelta

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from core.kit.clock import SHANGHAI
from core.sla.due import due
from core.sla.measure import at_percent, counted, warn_at
from core.sla.schemas import Frame, Hours, Pause, Term, YearCalendar
from core.sla.windows import overlaps
from tests.core.sla import oracle

LAWS = settings(max_examples=100, deadline=None)

YEAR = 2026
FIRST = datetime(YEAR, 3, 1, tzinfo=SHANGHAI)
DAYS = [date(YEAR, 1, 1) + timedelta(days=number) for number in range(365)]
WEEKDAYS = [day for day in DAYS if day.weekday() < 5]
WEEKENDS = [day for day in DAYS if day.weekday() >= 5]


def clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


@st.composite
def frames(draw):
    opens = draw(st.integers(0, 95)) * 15
    length = draw(st.integers(4, 60)) * 15
    closes = opens + length
    closing = "24:00" if closes == 1440 else clock(closes % 1440)
    days = draw(st.sets(st.integers(1, 7), min_size=2).map(lambda found: tuple(sorted({*found, 3}))))
    return Frame(clock(opens), closing, days=days, working=draw(st.booleans()))


windows = st.lists(frames(), min_size=1, max_size=3).map(tuple).filter(lambda window: not overlaps(window))
starts = st.integers(0, 60 * 1440).map(lambda minute: FIRST + timedelta(minutes=minute))


@st.composite
def pause_lists(draw):
    found = []
    for _ in range(draw(st.integers(0, 3))):
        begin = draw(starts)
        found.append(Pause(begin, begin + timedelta(minutes=draw(st.integers(0, 4 * 1440)))))
    return found


calendars = st.builds(
    lambda off, worked: YearCalendar(
        YEAR, holidays=dict.fromkeys(off, "休"), make_up=dict.fromkeys(worked, "班")
    ),
    st.sets(st.sampled_from(WEEKDAYS), max_size=40),
    st.sets(st.sampled_from(WEEKENDS), max_size=10),
)
terms = st.one_of(
    st.integers(1, 3000).map(lambda amount: Term(unit="E", amount=amount)),
    st.integers(1, 1500).map(lambda amount: Term(unit="S", amount=amount)),
    st.just(Term(unit="SD")),
    st.builds(
        lambda n, roll: Term(unit="CD", amount=n, roll_if_holiday=roll), st.integers(1, 9), st.booleans()
    ),
    st.integers(1, 9).map(lambda amount: Term(unit="WD", amount=amount)),
    st.integers(1, 3).map(lambda amount: Term(unit="month", amount=amount)),
)


def hours(window, calendar, office=None):
    return Hours(window, office or window, window, {YEAR: calendar})


@LAWS
@given(starts, st.integers(1, 5000), pause_lists())
def test_elapsed(start, minutes, pauses):
    answer = due(Term(unit="E", amount=minutes), start, hours((), YearCalendar(YEAR)), pauses=pauses)
    assert answer.due_at == oracle.elapsed(start, minutes, pauses)


@LAWS
@given(starts, st.integers(1, 600), windows, pause_lists(), calendars)
def test_service(start, minutes, window, pauses, calendar):
    answer = due(Term(unit="S", amount=minutes), start, hours(window, calendar), pauses=pauses)
    assert answer.due_at == oracle.service(start, minutes, window, pauses, calendar)


@LAWS
@given(starts, windows, pause_lists(), calendars)
def test_same_day(start, window, pauses, calendar):
    answer = due(Term(unit="SD"), start, hours(window, calendar), pauses=pauses)
    assert answer.due_at == oracle.same_day(start, window, pauses, calendar)


@LAWS
@given(starts, st.integers(1, 12), windows, pause_lists(), calendars, st.booleans())
def test_calendar_days(start, number, window, pauses, calendar, roll):  # noqa: PLR0917
    term = Term(unit="CD", amount=number, roll_if_holiday=roll)
    answer = due(term, start, hours(window, calendar), pauses=pauses)
    assert answer.due_at == oracle.days(start, number, window, pauses, calendar, "CD", roll=roll)


@LAWS
@given(starts, st.integers(1, 12), windows, pause_lists(), calendars)
def test_working_days(start, number, window, pauses, calendar):
    term = Term(unit="WD", amount=number)
    answer = due(term, start, hours((Frame("09:00", "21:00"),), calendar, office=window), pauses=pauses)
    office = tuple(Frame(frame.opens, frame.closes, frame.days, working=True) for frame in window)
    assert answer.due_at == oracle.days(start, number, office, pauses, calendar, "WD", roll=False)


@LAWS
@given(terms, starts, st.integers(0, 20_000), windows, pause_lists(), calendars)
def test_a_later_start_is_never_due_earlier(term, start, later, window, pauses, calendar):  # noqa: PLR0917
    at = hours(window, calendar)
    first = due(term, start, at, pauses=pauses)
    second = due(term, start + timedelta(seconds=later), at, pauses=pauses)
    assert start < first.due_at <= second.due_at


@LAWS
@given(terms, starts, st.integers(0, 20), windows, pause_lists(), calendars)
def test_a_longer_limit_is_never_due_earlier(term, start, more, window, pauses, calendar):  # noqa: PLR0917
    assume(term.unit != "SD")
    at = hours(window, calendar)
    longer = Term(unit=term.unit, amount=term.amount + more, roll_if_holiday=term.roll_if_holiday)
    assert due(term, start, at, pauses=pauses).due_at <= due(longer, start, at, pauses=pauses).due_at


@LAWS
@given(terms, starts, windows, pause_lists(), pause_lists(), calendars)
def test_a_pause_never_makes_it_due_earlier(term, start, window, pauses, more, calendar):  # noqa: PLR0917
    at = hours(window, calendar)
    assert due(term, start, at, pauses=pauses).due_at <= due(term, start, at, pauses=[*pauses, *more]).due_at


@LAWS
@given(terms, starts, windows, pause_lists(), calendars)
def test_the_warning_comes_in_between(term, start, window, pauses, calendar):
    at = hours(window, calendar)
    answer = due(term, start, at, pauses=pauses)
    assert start <= warn_at(term, start, answer.due_at, at, pauses=pauses) <= answer.due_at


@LAWS
@given(terms, starts, windows, pause_lists(), calendars)
def test_what_was_counted_is_the_amount(term, start, window, pauses, calendar):
    assume(term.unit in {"E", "S"})
    at = hours(window, calendar)
    answer = due(term, start, at, pauses=pauses)
    assert counted(term, start, answer.due_at, at, pauses=pauses) == timedelta(minutes=term.amount)
    told = sum(step.minutes for step in answer.steps if step.kind in {"elapsed", "window"})
    assert round(told, 6) == term.amount
    assert at_percent(term, start, answer.due_at, at, percent=100, pauses=pauses) == answer.due_at


@LAWS
@given(starts, st.integers(0, 59), windows, calendars)
def test_seconds_are_kept(start, seconds, window, calendar):
    """Within one open minute the due moment moves with the start, second by second."""
    at, term = hours(window, calendar), Term(unit="S", amount=45)
    moved = start + timedelta(seconds=seconds)
    gap = due(term, moved, at).due_at - due(term, start, at).due_at
    opened = oracle.is_open(window, start, calendar)
    crossed = counted(term, start, moved, at) == timedelta(seconds=seconds)
    assert opened == crossed or not seconds
    assert (gap >= timedelta(seconds=seconds)) if opened else (gap == timedelta())
