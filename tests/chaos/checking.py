"""Compares what clients were told with what the database holds: nothing lost, nothing doubled. Pure."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from core.tickets.listeners import BREACHED, ESCALATED, MOVED, REGISTERED, WARNED
from core.tickets.raising import RAISED as PRIORITY_RAISED
from tests.chaos.facts import Clock, Facts, Fire
from tests.chaos.load import Ledger

TOKEN = re.compile(r"<\d+\.\d+\.\d+\.\d+>")
GRACE = timedelta(seconds=3)
"""How long before the snapshot a timer must have fallen due to be missed in it."""
LISTENERS = {"ticket.registered", "ticket.moved", "clock.warned", "clock.breached", "clock.escalated"}
HEARD = {"dispatch": 1, "accept": 2, "assign": 2, "complete": 2}
"""How many people hear of each arrow the load takes: order-taker; butler and receiver; engineer and butler;
receiver and butler."""
EVENT_OF = {
    "target": "clock.warned",
    "warn": "clock.warned",
    "breach": "clock.breached",
    "escalation": "clock.escalated",
}
CLOCK_WORDS = {
    "clock.warned": (WARNED, 1),
    "clock.breached": (BREACHED, 2),
    "clock.escalated": (ESCALATED, 1),
}


class Problem(msgspec.Struct, frozen=True):
    kind: str
    what: str


def check(ledger: Ledger, facts: Facts) -> list[Problem]:
    """Every broken promise; empty when all is well. The company must have come to rest."""
    return [
        *_registered(ledger, facts),
        *_kept(ledger, facts),
        *_moved(ledger, facts),
        *_told(facts),
        *_noticed(facts),
        *_timed(facts),
        *_audited(facts),
    ]


def _registered(ledger: Ledger, facts: Facts) -> Iterator[Problem]:
    """One intent is one ticket, one number is one ticket, and none comes from nowhere."""
    tokens = Counter(token for ticket in facts.tickets for token in TOKEN.findall(ticket.content))
    for token, count in tokens.items():
        if count > 1:
            yield Problem("ticket doubled", f"{token} stands in {count} tickets")
    for number, count in Counter(ticket.number for ticket in facts.tickets).items():
        if count > 1:
            yield Problem("number doubled", f"{number}: {count} tickets")
    known = {said.token for said in ledger.said if said.kind == "register"}
    for token in tokens.keys() - known:
        yield Problem("ticket from nowhere", token)


def _kept(ledger: Ledger, facts: Facts) -> Iterator[Problem]:
    """Acknowledged means there, as it was told, its answer kept for whoever asks again."""
    by_id = {str(ticket.id): ticket for ticket in facts.tickets}
    kept = set(facts.answered)
    for said in ledger.said:
        if not said.acknowledged:
            continue
        if said.key not in kept:
            yield Problem("answer lost", f"{said.token} under {said.key}")
        found = by_id.get(said.ticket)
        if found is None:
            yield Problem("ticket lost", f"{said.token} was told {said.number}")
        elif found.number != said.number:
            yield Problem("ticket differs", f"{said.token} was told {said.number}, is {found.number}")
        elif said.kind == "register" and TOKEN.findall(found.content) != [said.token]:
            yield Problem("ticket differs", f"{said.token} was told the number of another")


def _moved(ledger: Ledger, facts: Facts) -> Iterator[Problem]:
    """Each acknowledged arrow stands in the timeline once; state and version follow from the timeline, and
    from what the ticket's timers have raised.
    """
    written = Counter(line.note for line in facts.lines if line.note and TOKEN.fullmatch(line.note))
    for token, count in written.items():
        if count > 1:
            yield Problem("move doubled", f"{token} stands in the timeline {count} times")
    for said in ledger.said:
        if said.kind != "register" and said.acknowledged and not written[said.token]:
            yield Problem("move lost", f"{said.token} {said.kind} of {said.number}")
    moves: dict[UUID, list[str | None]] = {}
    for line in facts.lines:
        if line.kind == "move":
            moves.setdefault(line.record_id, []).append(line.to_state)
    raised = Counter(line.record_id for line in facts.lines if line.name == PRIORITY_RAISED)
    owner = {clock.id: clock.record_id for clock in facts.clocks}
    raised += Counter(owner[fire.clock_id] for fire in facts.fires if fire.kind == "escalation")
    for ticket in facts.tickets:
        taken = moves.get(ticket.id, [])
        version = len(taken) + raised[ticket.id]
        if (ticket.version, ticket.state) != (version, taken[-1] if taken else None):
            yield Problem(
                "state differs", f"{ticket.number} is {ticket.state} v{ticket.version}, took {taken}"
            )


def _told(facts: Facts) -> Iterator[Problem]:
    """One message per thing that happened, each done, none given up."""
    for letter in facts.letters:
        if letter.parked or not letter.done:
            yield Problem(
                "message parked" if letter.parked else "message undone", f"{letter.name} {letter.id}"
            )
    sent = Counter(
        _subject(letter.name, letter.payload) for letter in facts.letters if letter.name in LISTENERS
    )
    wanted: Counter[Any] = Counter(("ticket.registered", str(ticket.id)) for ticket in facts.tickets)
    for line in facts.lines:
        if line.kind == "move" and line.name != "register":
            wanted["ticket.moved", str(line.record_id), line.name] += 1
    for fire in facts.fires:
        level = fire.level if fire.kind == "escalation" else 0
        wanted[EVENT_OF[fire.kind], str(fire.clock_id), level] += 1
    yield from _compare("message", wanted, sent)


def _subject(name: str, payload: dict[str, Any]) -> tuple[Any, ...]:
    if name == "ticket.registered":
        return name, payload["ticket"]
    if name == "ticket.moved":
        return name, payload["ticket"], payload["transition"]
    return name, payload["clock"], payload.get("level", 0)


def _noticed(facts: Facts) -> Iterator[Problem]:
    """Each effect once: of every message as many notices as people are told, and nobody told twice."""
    numbers = {str(ticket.id): ticket.number for ticket in facts.tickets}
    wanted: Counter[tuple[str, ...]] = Counter()
    messages: Counter[tuple[str, ...]] = Counter()
    for letter in facts.letters:
        if letter.name not in LISTENERS:
            continue
        words, people = _rule(letter.name, letter.payload)
        if people:
            ticket = letter.payload.get("ticket") or letter.payload["record"]
            key = (letter.name, words, numbers.get(ticket, "nowhere"))
            wanted[key] += people
            messages[key] += 1
    got = Counter((n.event, n.message, n.link.rpartition("/")[2]) for n in facts.notices)
    yield from _compare("notice", wanted, got)
    each = Counter((n.event, n.message, n.link.rpartition("/")[2], n.person_id) for n in facts.notices)
    for (*key, person), count in each.items():
        if count > messages[tuple(key)]:
            yield Problem("notice doubled", f"{person} was told {count} times of {key}")


def _rule(name: str, payload: dict[str, Any]) -> tuple[str, int]:
    if name == "ticket.registered":
        return REGISTERED.message, 1
    if name == "ticket.moved":
        rule = MOVED.get(payload["transition"])
        return (rule.message, HEARD[payload["transition"]]) if rule else ("", 0)
    rule, people = CLOCK_WORDS[name]
    return rule.message, people


def _compare(noun: str, wanted: Counter[Any], got: Counter[Any]) -> Iterator[Problem]:
    for key in wanted.keys() | got.keys():
        if got[key] != wanted[key]:
            kind = f"{noun} missing" if got[key] < wanted[key] else f"{noun} doubled"
            yield Problem(kind, f"{key}: {got[key]} instead of {wanted[key]}")


def _timed(facts: Facts) -> Iterator[Problem]:
    """Whatever fell due fired once, nothing fired early, or after its clock had stopped."""
    fires: dict[UUID, list[Fire]] = {}
    for fire in facts.fires:
        fires.setdefault(fire.clock_id, []).append(fire)
    for clock in facts.clocks:
        mine = fires.get(clock.id, [])
        for (kind, level), count in Counter((fire.kind, fire.level) for fire in mine).items():
            if count > 1:
                yield Problem("timer doubled", f"{kind} {level} of {clock.code} {clock.id}: {count} times")
        by_kind = {fire.kind: fire for fire in mine}
        for kind, due in _due(clock, facts.at, by_kind):
            if kind not in by_kind:
                yield Problem("timer missing", f"{kind} of {clock.code} {clock.id}, due {due}")
        for fire in mine:
            yield from _in_time(clock, fire)


def _due(clock: Clock, at: datetime, fired: dict[str, Fire]) -> Iterator[tuple[str, datetime]]:
    """What must have fired by now. A warning is not given any more once its breach is there."""
    if not clock.told or clock.paused or clock.outcome == "withdrawn":
        return
    if clock.stopped_at is not None:
        if clock.stopped_at > clock.late_at:
            yield "breach", clock.late_at
        return
    if clock.late_at < at - GRACE:
        yield "breach", clock.late_at
    if clock.warn_at is not None and clock.warn_at < at - GRACE and "breach" not in fired:
        yield "warn", clock.warn_at
    if clock.next_level_at is not None and clock.next_level_at < at - GRACE:
        yield "escalation", clock.next_level_at


def _in_time(clock: Clock, fire: Fire) -> Iterator[Problem]:
    moments = {"warn": clock.warn_at, "breach": clock.late_at, "escalation": clock.next_level_at}
    due = moments.get(fire.kind)
    if due is not None and fire.at <= due:
        yield Problem("timer early", f"{fire.kind} of {clock.code} {clock.id} at {fire.at}, due {due}")
    if clock.stopped_at is not None and fire.at > clock.stopped_at:
        yield Problem("timer after stop", f"{fire.kind} of {clock.code} {clock.id}")
    if fire.kind == "breach" and clock.breached_at != fire.at:
        yield Problem("timer differs", f"breach of {clock.code} {clock.id}")


def _audited(facts: Facts) -> Iterator[Problem]:
    """One audit line per arrow taken."""
    wanted = Counter((f"repair.{line.name}", line.record_id) for line in facts.lines if line.kind == "move")
    yield from _compare("audit line", wanted, Counter(facts.audited))


def lateness(facts: Facts) -> list[float]:
    """By how many seconds each breach fired late, the latest last."""
    due = {clock.id: clock for clock in facts.clocks if clock.stopped_at is None}
    return sorted(
        (fire.at - due[fire.clock_id].late_at).total_seconds()
        for fire in facts.fires
        if fire.kind == "breach" and fire.clock_id in due
    )
