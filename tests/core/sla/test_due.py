"""The rules of counting one by one: windows, pauses, months, years, refusals, and the telling of it."""

from datetime import date, datetime

import pytest
from msgspec.structs import replace

from core.kit.errors import ZoneRequired
from core.sla.calendars import national
from core.sla.due import due, met
from core.sla.errors import (
    AmountInvalid,
    CalendarMissing,
    DueTooFar,
    LimitNotTimed,
    PauseReversed,
    StartOutOfRange,
    WindowEmpty,
)
from core.sla.policy import OFFICE_WINDOW, SALES_WINDOW, SERVICE_WINDOW
from core.sla.schemas import Frame, Hours, Pause, Term
from core.sla.steps import told
from tests.core.sla.oracle import at

DAILY = Hours(SERVICE_WINDOW, OFFICE_WINDOW, SALES_WINDOW, national())
LUNCH = (Frame("09:00", "12:00"), Frame("14:00", "18:00"))
NIGHT = (Frame("20:00", "04:00"),)
ROUND_THE_CLOCK = (Frame("00:00", "24:00"),)
WEEKDAYS = (Frame("09:00", "18:00", days=(1, 2, 3, 4, 5)), Frame("10:00", "16:00", days=(6,)))


def moment(unit, start, amount=0, *, window=SERVICE_WINDOW, pauses=(), **values):
    stood = [Pause(at(begin), at(end)) for begin, end in pauses]
    return due(
        Term(unit=unit, amount=amount, **values), at(start), replace(DAILY, service=window), pauses=stood
    ).due_at


class TestService:
    @pytest.mark.parametrize(
        ("window", "start", "minutes", "expected"),
        [
            (LUNCH, "2026-11-23 11:30", 60, "2026-11-23 14:30"),
            (LUNCH, "2026-11-23 11:30", 30, "2026-11-23 12:00"),
            (LUNCH, "2026-11-23 12:00", 1, "2026-11-23 14:01"),
            (LUNCH, "2026-11-23 13:00", 240, "2026-11-23 18:00"),
            (LUNCH, "2026-11-23 09:00", 421, "2026-11-24 09:01"),
            (NIGHT, "2026-11-23 23:00", 300, "2026-11-24 04:00"),
            (NIGHT, "2026-11-24 03:59:30", 1, "2026-11-24 20:00:30"),
            (NIGHT, "2026-11-24 04:00", 1, "2026-11-24 20:01"),
            (NIGHT, "2026-11-24 12:00", 481, "2026-11-25 20:01"),
            (ROUND_THE_CLOCK, "2026-11-23 23:30", 60, "2026-11-24 00:30"),
            (ROUND_THE_CLOCK, "2026-11-23 23:30", 30, "2026-11-24 00:00"),
            (WEEKDAYS, "2026-11-20 17:30", 60, "2026-11-21 10:30"),
            (WEEKDAYS, "2026-11-21 15:30", 60, "2026-11-23 09:30"),
            (SERVICE_WINDOW, "2026-12-31 20:30", 60, "2027-01-01 09:30"),
            (SERVICE_WINDOW, "2028-02-28 20:30", 60, "2028-02-29 09:30"),
        ],
    )
    def test_counts_open_minutes_only(self, window, start, minutes, expected):
        assert moment("S", start, minutes, window=window) == at(expected)

    @pytest.mark.parametrize(
        ("pauses", "expected"),
        [
            ([("2026-11-23 10:00", "2026-11-23 11:00")], "2026-11-23 14:00"),
            ([("2026-11-23 20:00", "2026-11-24 10:00")], "2026-11-23 13:00"),
            ([("2026-11-23 08:00", "2026-11-23 09:30")], "2026-11-23 13:30"),
            ([("2026-11-23 10:00", "2026-11-24 10:00")], "2026-11-24 13:00"),
            (
                [("2026-11-23 10:00", "2026-11-23 11:00"), ("2026-11-23 10:30", "2026-11-23 11:30")],
                "2026-11-23 14:30",
            ),
            (
                [("2026-11-23 11:00", "2026-11-23 12:00"), ("2026-11-23 10:00", "2026-11-23 11:00")],
                "2026-11-23 15:00",
            ),
            ([("2026-11-23 13:00", "2026-11-23 14:00")], "2026-11-23 13:00"),
            ([("2026-11-22 13:00", "2026-11-22 14:00")], "2026-11-23 13:00"),
        ],
    )
    def test_pauses_give_back_their_part_in_the_window(self, pauses, expected):
        assert moment("S", "2026-11-23 09:00", 240, pauses=pauses) == at(expected)

    def test_pauses_outside_the_window_give_nothing(self):
        assert moment("S", "2026-11-23 20:00", 120, pauses=[("2026-11-23 21:00", "2026-11-24 09:00")]) == at(
            "2026-11-24 10:00"
        )

    def test_working_frames_follow_the_calendar(self):
        """Sunday 2026-09-20 is worked, Friday the 25th is not."""
        assert moment("S", "2026-09-19 12:00", 60, window=OFFICE_WINDOW) == at("2026-09-20 10:00")
        assert moment("S", "2026-09-24 17:30", 60, window=OFFICE_WINDOW) == at("2026-09-28 09:30")

    def test_is_provisional_only_where_the_window_asks_the_calendar(self):
        term, start = Term(unit="S", amount=60), at("2026-12-31 17:30")
        assert not due(term, start, DAILY).provisional
        answer = due(term, start, replace(DAILY, service=OFFICE_WINDOW))
        assert answer.provisional
        assert answer.due_at == at("2027-01-04 09:30")
        assert due(term, at("2027-03-01 10:00"), replace(DAILY, service=OFFICE_WINDOW)).provisional


class TestElapsed:
    def test_pauses_move_it_whole(self):
        pauses = [("2026-11-21 23:00", "2026-11-22 05:00")]
        assert moment("E", "2026-11-21 22:00", 120, pauses=pauses) == at("2026-11-22 06:00")

    def test_an_end_where_the_pause_begins_stands(self):
        assert moment("E", "2026-11-21 22:00", 60, pauses=[("2026-11-21 23:00", "2026-11-22 05:00")]) == at(
            "2026-11-21 23:00"
        )

    def test_a_start_within_a_pause_waits_for_its_end(self):
        assert moment("E", "2026-11-21 22:00", 10, pauses=[("2026-11-21 21:00", "2026-11-21 23:00")]) == at(
            "2026-11-21 23:10"
        )

    def test_another_zone_is_the_same_moment(self):
        answer = due(Term(unit="E", amount=60), datetime.fromisoformat("2026-11-21T12:00:00+00:00"), DAILY)
        assert answer.due_at.isoformat() == "2026-11-21T21:00:00+08:00"


class TestSameDay:
    @pytest.mark.parametrize(
        ("window", "start", "expected"),
        [
            (LUNCH, "2026-11-23 12:30", "2026-11-23 18:00"),
            (LUNCH, "2026-11-23 18:00", "2026-11-24 18:00"),
            (LUNCH, "2026-11-23 03:00", "2026-11-23 18:00"),
            (NIGHT, "2026-11-24 02:00", "2026-11-24 04:00"),
            (NIGHT, "2026-11-24 04:00", "2026-11-25 04:00"),
            (NIGHT, "2026-11-24 12:00", "2026-11-25 04:00"),
            (ROUND_THE_CLOCK, "2026-11-23 23:59:59", "2026-11-24 00:00"),
            (ROUND_THE_CLOCK, "2026-11-24 00:00", "2026-11-25 00:00"),
            (WEEKDAYS, "2026-11-21 16:00", "2026-11-23 18:00"),
            (SERVICE_WINDOW, "2026-12-31 21:00", "2027-01-01 21:00"),
        ],
    )
    def test_ends_with_the_service_day(self, window, start, expected):
        assert moment("SD", start, window=window) == at(expected)

    @pytest.mark.parametrize(
        ("pause", "expected"),
        [
            (("2026-11-23 10:00", "2026-11-23 20:59"), "2026-11-23 21:00"),
            (("2026-11-23 10:00", "2026-11-23 21:00"), "2026-11-24 21:00"),
            (("2026-11-23 21:00", "2026-11-24 09:00"), "2026-11-23 21:00"),
            (("2026-11-23 20:00", "2026-11-25 22:00"), "2026-11-26 21:00"),
        ],
    )
    def test_a_pause_over_closing_moves_it_a_day(self, pause, expected):
        assert moment("SD", "2026-11-23 09:30", pauses=[pause]) == at(expected)


class TestDays:
    @pytest.mark.parametrize(
        ("unit", "pause", "expected"),
        [
            ("CD", ("2026-11-24 10:00", "2026-11-24 15:00"), "2026-11-26 21:00"),
            ("CD", ("2026-11-24 00:00", "2026-11-26 00:00"), "2026-11-28 21:00"),
            ("CD", ("2026-11-23 12:00", "2026-11-23 23:00"), "2026-11-26 21:00"),
            ("CD", ("2026-11-26 20:00", "2026-11-27 10:00"), "2026-11-27 21:00"),
            ("WD", ("2026-11-24 00:00", "2026-11-26 00:00"), "2026-11-30 18:00"),
            ("WD", ("2026-11-28 00:00", "2026-11-30 00:00"), "2026-11-26 18:00"),
            ("WD", ("2026-11-26 12:00", "2026-11-30 17:59"), "2026-11-30 18:00"),
        ],
    )
    def test_a_paused_closing_is_not_counted(self, unit, pause, expected):
        assert moment(unit, "2026-11-23 10:00", 3, pauses=[pause]) == at(expected)

    def test_calendar_days_end_at_the_last_frame(self):
        assert moment("CD", "2026-11-23 22:00", 1, window=LUNCH) == at("2026-11-24 18:00")
        assert moment("CD", "2026-11-23 22:00", 1, window=NIGHT) == at("2026-11-25 04:00")

    def test_a_count_does_not_end_on_a_day_that_is_shut(self):
        assert moment("CD", "2026-11-20 10:00", 2, window=WEEKDAYS) == at("2026-11-23 18:00")
        assert moment("CD", "2026-11-20 10:00", 1, window=WEEKDAYS) == at("2026-11-21 16:00")
        assert moment("CD", "2026-11-20 10:00", 3, window=WEEKDAYS) == at("2026-11-23 18:00")

    def test_rolling_off_holidays_is_the_companys_choice(self):
        assert moment("CD", "2026-09-30 11:00", 2) == at("2026-10-02 21:00")
        assert moment("CD", "2026-09-30 11:00", 2, roll_if_holiday=True) == at("2026-10-08 21:00")
        rolling = replace(DAILY, roll_if_holiday=True)
        assert due(Term(unit="CD", amount=2), at("2026-09-30 11:00"), rolling).due_at == at(
            "2026-10-08 21:00"
        )
        kept = due(Term(unit="CD", amount=2, roll_if_holiday=False), at("2026-09-30 11:00"), rolling)
        assert kept.due_at == at("2026-10-02 21:00")

    def test_rolling_lands_on_a_make_up_saturday(self):
        assert moment("CD", "2026-10-07 11:00", 3, roll_if_holiday=True) == at("2026-10-10 21:00")

    def test_working_days_end_with_the_office_not_the_desk(self):
        assert moment("WD", "2026-11-20 10:00", 1) == at("2026-11-23 18:00")
        office = (Frame("08:30", "12:00"), Frame("13:00", "17:30"))
        answer = due(Term(unit="WD", amount=1), at("2026-11-20 10:00"), replace(DAILY, office=office))
        assert answer.due_at == at("2026-11-23 17:30")

    def test_a_make_up_day_keeps_office_hours_whatever_its_weekday(self):
        office = (
            Frame("09:00", "18:00", days=(1, 2, 3, 4), working=True),
            Frame("09:00", "17:00", days=(5,), working=True),
        )
        answer = due(Term(unit="WD", amount=3), at("2026-09-30 17:00"), replace(DAILY, office=office))
        assert answer.due_at == at("2026-10-10 18:00")

    def test_an_office_shut_on_a_working_day_ends_no_count(self):
        office = (Frame("09:00", "18:00", days=(1, 2, 4, 5), working=True),)
        hours = replace(DAILY, office=office)
        assert due(Term(unit="WD", amount=2), at("2026-11-23 10:00"), hours).due_at == at("2026-11-26 18:00")
        assert due(Term(unit="WD", amount=3), at("2026-11-23 10:00"), hours).due_at == at("2026-11-26 18:00")

    @pytest.mark.spec("SLA-28")
    @pytest.mark.parametrize(("amount", "expected"), [(-1, "2026-11-23 00:00"), (0, "2026-11-24 00:00")])
    def test_the_day_before_and_the_day_itself_end_at_midnight(self, amount, expected):
        assert moment("CD", "2026-11-23 12:00", amount, ends="midnight") == at(expected)

    def test_a_year_without_notice_is_provisional(self):
        answer = due(Term(unit="WD", amount=2), at("2026-12-31 10:00"), DAILY)
        assert (answer.due_at, answer.provisional) == (at("2027-01-05 18:00"), True)
        assert not due(Term(unit="WD", amount=1), at("2026-12-30 10:00"), DAILY).provisional
        assert not due(Term(unit="CD", amount=2), at("2026-12-31 10:00"), DAILY).provisional
        assert due(Term(unit="CD", amount=2, roll_if_holiday=True), at("2026-12-31 10:00"), DAILY).provisional

    def test_a_year_nobody_entered_has_weekends_and_fixed_holidays(self):
        answer = due(Term(unit="WD", amount=1), at("2029-12-31 10:00"), DAILY)
        assert (answer.due_at, answer.provisional) == (at("2030-01-02 18:00"), True)


class TestMonthsAndDates:
    @pytest.mark.parametrize(
        ("start", "months", "expected"),
        [
            ("2026-01-31 10:00", 1, "2026-02-28 21:00"),
            ("2028-01-31 10:00", 1, "2028-02-29 21:00"),
            ("2028-02-29 10:00", 12, "2029-02-28 21:00"),
            ("2026-03-31 10:00", 1, "2026-04-30 21:00"),
            ("2026-12-15 22:00", 1, "2027-01-15 21:00"),
            ("2026-02-28 10:00", 1, "2026-03-28 21:00"),
        ],
    )
    def test_same_day_number_or_the_months_last(self, start, months, expected):
        assert moment("month", start, months) == at(expected)

    def test_paused_days_are_added_to_months(self):
        assert moment(
            "month", "2026-11-22 10:00", 3, pauses=[("2026-12-01 00:00", "2026-12-06 00:00")]
        ) == at("2027-02-27 21:00")

    @pytest.mark.parametrize(
        ("start", "day", "expected"),
        [
            ("2026-11-15 23:59", 15, "2026-11-16 00:00"),
            ("2026-11-16 00:00", 15, "2026-12-16 00:00"),
            ("2026-02-01 00:00", 31, "2026-03-01 00:00"),
            ("2026-12-31 12:00", 20, "2027-01-21 00:00"),
        ],
    )
    def test_a_date_is_the_next_such_day_without_shift(self, start, day, expected):
        assert moment("date", start, day) == at(expected)

    @pytest.mark.spec("SLA-55")
    def test_a_date_named_in_a_letter_replaces_the_count(self):
        term = Term(unit="WD", amount=5, target=2)
        answer = due(term, at("2026-11-20 10:00"), DAILY, on=date(2026, 11, 29))
        assert (answer.due_at, answer.target_at) == (at("2026-11-30 00:00"), None)

    @pytest.mark.spec("SLA-04", "SLA-19")
    def test_an_appointment_is_its_own_moment_with_a_tolerance(self):
        term = Term(unit="AT", tolerance=10)
        answer = due(term, at("2026-11-20 10:00"), DAILY, appointed=at("2026-11-21 14:00"))
        assert answer.due_at == at("2026-11-21 14:00")
        assert met(answer, at("2026-11-21 14:10"))
        assert not met(answer, at("2026-11-21 14:10:01"))
        assert due(term, at("2026-11-20 10:00"), DAILY).due_at == at("2026-11-20 10:00")


class TestRefusals:
    @pytest.mark.parametrize(
        ("error", "term", "hours"),
        [
            (LimitNotTimed, Term(unit="rings", amount=3), DAILY),
            (LimitNotTimed, Term(unit="none"), DAILY),
            (AmountInvalid, Term(unit="S", amount=0), DAILY),
            (AmountInvalid, Term(unit="S", amount=-1), DAILY),
            (AmountInvalid, Term(unit="WD", amount=0), DAILY),
            (AmountInvalid, Term(unit="CD", amount=0), DAILY),
            (AmountInvalid, Term(unit="month", amount=0), DAILY),
            (AmountInvalid, Term(unit="date", amount=32), DAILY),
            (AmountInvalid, Term(unit="E", amount=10**9), DAILY),
            (WindowEmpty, Term(unit="S", amount=5), replace(DAILY, service=())),
            (WindowEmpty, Term(unit="SD"), replace(DAILY, service=(Frame("09:00", "10:00", days=()),))),
            (WindowEmpty, Term(unit="WD", amount=1), replace(DAILY, office=())),
            (CalendarMissing, Term(unit="WD", amount=1), replace(DAILY, calendars={})),
            (DueTooFar, Term(unit="S", amount=3660 * 1440), DAILY),
        ],
    )
    def test_refused(self, error, term, hours):
        with pytest.raises(error):
            due(term, at("2026-11-20 10:00"), hours)

    def test_a_year_before_the_first_calendar(self):
        with pytest.raises(CalendarMissing):
            due(Term(unit="WD", amount=1), at("2021-03-01 10:00"), DAILY)

    def test_a_pause_that_never_ends_is_too_far(self):
        with pytest.raises(DueTooFar):
            moment("CD", "2026-11-20 10:00", 1, pauses=[("2026-11-20 11:00", "2190-01-01 00:00")])

    def test_pauses_run_forward(self):
        with pytest.raises(PauseReversed):
            moment("E", "2026-11-20 10:00", 1, pauses=[("2026-11-20 12:00", "2026-11-20 11:00")])

    def test_times_carry_a_zone(self):
        naive = datetime(2026, 11, 20, 10)  # noqa: DTZ001
        for start, pauses in ((naive, []), (at("2026-11-20 10:00"), [Pause(naive, naive)])):
            with pytest.raises(ZoneRequired):
                due(Term(unit="E", amount=1), start, DAILY, pauses=pauses)

    def test_starts_lie_in_this_century(self):
        for text in ("1999-12-31 10:00", "2101-01-01 10:00"):
            with pytest.raises(StartOutOfRange):
                moment("E", text, 1)


class TestSteps:
    def test_windows_and_pauses_add_up(self):
        stood = [Pause(at("2026-11-21 20:00"), at("2026-11-22 10:00"))]
        steps = due(Term(unit="S", amount=240), at("2026-11-21 19:00"), DAILY, pauses=stood).steps
        assert [step.kind for step in steps] == ["window", "paused", "window", "due"]
        assert [step.minutes for step in steps if step.kind == "window"] == [60, 180]

    @pytest.mark.parametrize(
        ("start", "pauses", "kinds"),
        [
            ("2026-11-22 21:00", [], ["window"]),
            ("2026-11-23 08:00", [("2026-11-23 09:00", "2026-11-23 10:00")], ["paused", "window"]),
            ("2026-11-23 09:00", [("2026-11-22 09:00", "2026-11-23 08:00")], ["window"]),
            (
                "2026-11-23 09:00",
                [("2026-11-23 10:00", "2026-11-23 11:00"), ("2026-11-23 11:00", "2026-11-23 12:00")],
                ["window", "paused", "window"],
            ),
        ],
    )
    def test_no_step_is_empty_or_told_twice(self, start, pauses, kinds):
        stood = [Pause(at(begin), at(end)) for begin, end in pauses]
        steps = due(Term(unit="S", amount=120), at(start), DAILY, pauses=stood).steps
        assert [step.kind for step in steps] == [*kinds, "due"]

    def test_a_pause_elsewhere_shuts_no_day(self):
        stood = [Pause(at("2026-11-20 11:00"), at("2026-11-20 12:00"))]
        answer = due(
            Term(unit="CD", amount=4), at("2026-11-20 10:00"), replace(DAILY, service=WEEKDAYS), pauses=stood
        )
        assert [step.kind for step in answer.steps] == ["start_day", "day", "day", "day", "day", "due"]

    def test_working_days_name_what_they_skip(self):
        steps = told(due(Term(unit="WD", amount=3), at("2026-09-30 17:00"), DAILY).steps)
        assert [step.kind for step in steps] == [
            "start_day", "holiday", "holiday", "weekend", "weekend", "holiday", "holiday", "holiday",
            "working_day", "working_day", "make_up_day", "due",
        ]  # fmt: skip
        assert steps[1].text == "2026-10-01 国庆节放假，不计"
        assert steps[-2].text == "第 3 个工作日：2026-10-10，国庆节调休上班"

    @pytest.mark.parametrize(
        ("term", "start", "kinds", "text"),
        [
            (Term(unit="E", amount=180), "2026-11-23 21:00", ["elapsed", "due"], "2026-11-23 24:00 到期"),
            (Term(unit="E", amount=-15), "2026-11-23 12:00", ["before", "due"], "2026-11-23 11:45 到期"),
            (
                Term(unit="SD"),
                "2026-11-23 22:00",
                ["after_close", "same_day", "due"],
                "2026-11-24 21:00 到期",
            ),
            (
                Term(unit="CD", amount=1),
                "2026-11-23 22:00",
                ["start_day", "day", "due"],
                "2026-11-24 21:00 到期",
            ),
            (Term(unit="month", amount=1), "2026-11-23 22:00", ["month", "due"], "2026-12-23 21:00 到期"),
            (Term(unit="date", amount=31), "2026-11-23 22:00", ["date", "due"], "2026-11-30 24:00 到期"),
        ],
    )
    def test_each_unit_tells_its_own(self, term, start, kinds, text):
        steps = told(due(term, at(start), DAILY).steps)
        assert [step.kind for step in steps] == kinds
        assert steps[-1].text == text
        assert all(step.text and "{" not in step.text for step in steps)

    def test_a_count_cannot_end_while_shut_or_paused_and_says_so(self):
        shut = due(Term(unit="CD", amount=2), at("2026-11-20 10:00"), replace(DAILY, service=WEEKDAYS))
        assert [step.kind for step in shut.steps] == ["start_day", "day", "day", "shut", "due"]
        stood = [Pause(at("2026-11-23 20:00"), at("2026-11-24 09:00"))]
        paused = due(Term(unit="SD"), at("2026-11-23 10:00"), DAILY, pauses=stood)
        assert [step.kind for step in paused.steps] == ["paused_day", "same_day", "due"]
