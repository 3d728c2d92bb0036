"""The checker itself: a small true story passes, and each way of breaking a promise is found."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from core.tickets.listeners import BREACHED, ESCALATED, MOVED, REGISTERED, WARNED
from tests.chaos.checking import check
from tests.chaos.facts import Clock, Facts, Fire, Letter, Line, Notice, Ticket
from tests.chaos.load import Ledger, Said

T0 = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
TICKET, CLOCK = UUID(int=1), UUID(int=2)
BUTLER, DESK, SUPERIOR, TAKER = (UUID(int=number) for number in range(10, 14))
NUMBER, LINK = "BX-20261120-0001", "/tickets/BX-20261120-0001"
R, D = "<1.0.1.0>", "<1.0.1.1>"


def at(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


def letter(number: int, name: str, **payload: object) -> Letter:
    return Letter(UUID(int=100 + number), name, {"ticket": str(TICKET), **payload}, done=True, parked=False)


def of_clock(number: int, name: str) -> Letter:
    payload = {"record": str(TICKET), "clock": str(CLOCK)}
    return Letter(UUID(int=100 + number), name, payload, done=True, parked=False)


def notice(person: UUID, event: str, message: str) -> Notice:
    return Notice(person, event, message, LINK, None)


def story() -> tuple[Ledger, Facts]:
    """A repair registered and dispatched, whose visit was missed."""
    ledger = Ledger(
        said=[
            Said(R, "register", "k0", ticket=str(TICKET), number=NUMBER, status=201),
            Said(D, "dispatch", "k1", ticket=str(TICKET), number=NUMBER, status=200),
        ]
    )
    facts = Facts(
        at=at(60),
        tickets=[Ticket(TICKET, NUMBER, f"漏水 {R}", 2, "dispatched")],
        lines=[
            Line(TICKET, "move", "register", f"漏水 {R}", "registered"),
            Line(TICKET, "move", "dispatch", D, "dispatched"),
            Line(TICKET, "system", "clock_breached", None, None),
        ],
        letters=[
            letter(1, "ticket.registered"),
            letter(2, "ticket.moved", transition="dispatch"),
            of_clock(3, "clock.warned"),
            of_clock(4, "clock.breached"),
        ],
        notices=[
            notice(BUTLER, "ticket.registered", REGISTERED.message),
            notice(TAKER, "ticket.moved", MOVED["dispatch"].message),
            notice(DESK, "clock.warned", WARNED.message),
            notice(DESK, "clock.breached", BREACHED.message),
            notice(SUPERIOR, "clock.breached", BREACHED.message),
        ],
        clocks=[
            Clock(
                id=CLOCK, record_id=TICKET, code="SLA-04", told=True, started_at=at(0), late_at=at(40),
                warn_at=at(30), next_level_at=at(80), stopped_at=None, outcome=None, breached_at=at(41),
                paused=False,
            )
        ],
        fires=[Fire(CLOCK, "warn", 0, at(31)), Fire(CLOCK, "breach", 0, at(41))],
        answered=["k0", "k1"],
        audited=[("repair.register", TICKET), ("repair.dispatch", TICKET)],
    )  # fmt: skip
    return ledger, facts


def test_a_true_story_passes() -> None:
    assert check(*story()) == []


def test_an_unanswered_intent_may_have_been_carried_out_or_not() -> None:
    ledger, facts = story()
    ledger.said[1].status = 0
    assert check(ledger, facts) == []
    ledger.said.append(Said("<1.0.2.0>", "register", "k2"))
    assert check(ledger, facts) == []


BREAKS: dict[str, Callable[[Facts], object]] = {
    "ticket lost": lambda f: f.tickets.clear(),
    "ticket doubled": lambda f: f.tickets.append(
        Ticket(UUID(int=9), "BX-20261120-0002", f"漏水 {R}", 1, "registered")
    ),
    "number doubled": lambda f: f.tickets.append(Ticket(UUID(int=9), NUMBER, "漏水", 1, "registered")),
    "ticket differs": lambda f: setattr(f.tickets[0], "number", "BX-20261120-0007"),
    "ticket from nowhere": lambda f: f.tickets.append(Ticket(UUID(int=9), "n", "<9.9.9.9>", 1, "registered")),
    "move lost": lambda f: f.lines.pop(1),
    "move doubled": lambda f: f.lines.append(f.lines[1]),
    "state differs": lambda f: setattr(f.tickets[0], "state", "accepted"),
    "answer lost": lambda f: f.answered.remove("k1"),
    "message undone": lambda f: setattr(f.letters[0], "done", False),
    "message parked": lambda f: setattr(f.letters[0], "parked", True),
    "message missing": lambda f: f.letters.pop(1),
    "message doubled": lambda f: f.letters.append(letter(5, "ticket.registered")),
    "notice missing": lambda f: f.notices.pop(0),
    "notice doubled": lambda f: f.notices.append(f.notices[0]),
    "timer missing": lambda f: f.fires.pop(1),
    "timer doubled": lambda f: f.fires.append(f.fires[0]),
    "timer early": lambda f: setattr(f.fires[1], "at", at(40)),
    "timer after stop": lambda f: setattr(f.clocks[0], "stopped_at", at(35)),
    "timer differs": lambda f: setattr(f.clocks[0], "breached_at", None),
    "audit line missing": lambda f: f.audited.pop(),
    "audit line doubled": lambda f: f.audited.append(f.audited[0]),
}


@pytest.mark.parametrize("kind", BREAKS)
def test_every_broken_promise_is_found(kind: str) -> None:
    ledger, facts = story()
    BREAKS[kind](facts)
    assert kind in {problem.kind for problem in check(ledger, facts)}


def test_an_escalation_that_never_came_is_missed() -> None:
    ledger, facts = story()
    facts.at = at(90)
    assert {problem.kind for problem in check(ledger, facts)} == {"timer missing"}


def test_an_escalation_raises_the_ticket_once() -> None:
    ledger, facts = story()
    facts.at, facts.clocks[0].next_level_at = at(90), None
    facts.fires.append(Fire(CLOCK, "escalation", 1, at(81)))
    payload = {"record": str(TICKET), "clock": str(CLOCK), "level": 1}
    facts.letters.append(Letter(UUID(int=105), "clock.escalated", payload, done=True, parked=False))
    facts.notices.append(notice(SUPERIOR, "clock.escalated", ESCALATED.message))
    for version, found in ((2, {"state differs"}), (3, set()), (4, {"state differs"})):
        facts.tickets[0].version = version
        assert {problem.kind for problem in check(ledger, facts)} == found


def test_a_person_told_twice_for_another_who_was_not_told_is_found() -> None:
    ledger, facts = story()
    facts.notices[4].person_id = DESK
    assert {problem.kind for problem in check(ledger, facts)} == {"notice doubled"}


def test_a_clock_stopped_in_time_owes_nothing() -> None:
    ledger, facts = story()
    clock = facts.clocks[0]
    clock.stopped_at, clock.outcome, clock.breached_at = at(20), "met", None
    facts.fires.clear()
    del facts.letters[2:], facts.notices[2:]
    assert check(ledger, facts) == []
