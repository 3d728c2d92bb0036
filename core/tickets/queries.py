"""Reads tickets: lists by keyset, one by id or number, and how each stands with its clocks."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

from core.flows.engine import known_flow
from core.flows.queries import offered
from core.households import phones
from core.households.errors import PhoneInvalid, RoomInvalid
from core.households.rooms import parse_room
from core.kit import chinese, crypto, paging, sql
from core.kit.access import in_view, places
from core.kit.errors import NotFound
from core.sla import queries as sla
from core.tickets import schemas as s

VIEW = "tickets.ticket.view"
NUMBER = re.compile(r"^[A-Z]{2}-\d{8}-\d{4,}$")
SEARCHED = 200
COLUMNS = """
t.id, t.number, t.version, t.kind, t.nature, t.priority, t.state, t.stage, t.project_id, t.room, t.place,
 t.content,
t.department, e.name as engineer_name, o.name as owner_name, t.due_at, t.breached, t.paid, t.urgency,
 t.appointment_at,
t.created_at, t.reopened, t.escalation, t.major
"""
FROM = """
from core.tickets_ticket t
left join core.staff_person e on e.tenant_id = t.tenant_id and e.id = t.engineer
left join core.staff_person o on o.tenant_id = t.tenant_id and o.id = t.specialist_owner
where t.tenant_id = $1
"""
BRIEF = "select id, number, state, project_id, kind from core.tickets_ticket where tenant_id = $1 and "
DUPLICATE = """
select id, number from core.tickets_ticket
where tenant_id = $1 and unit_id = $2 and kind = $3 and created_at > core.now() - make_interval(hours => $4)
  and state not in ('closed', 'cancelled', 'merged', 'refused')
order by created_at desc limit 5
"""
HISTORY = f"select {COLUMNS} {FROM} and t.household_id = $2 order by t.created_at desc, t.id desc limit $3"
PEOPLE = "select id, name from core.staff_person where tenant_id = $1 and id = any ($2)"
EQUAL = {
    "kind": "kind",
    "department": "department",
    "engineer": "engineer",
    "project": "project_id",
    "household": "household_id",
}
HANDS = ("specialist_owner", "engineer", "first_responsible", "deputy", "butler")
ENDED = "('closed', 'cancelled', 'merged', 'refused')"
SWITCHES = {
    "urgent": "t.urgency = 'now'",
    "paid": "t.paid",
    "reopened": "t.reopened > 0",
    "government": "t.channel = 'government_forward'",
    "overdue": f"t.breached and t.state not in {ENDED}",
}


class Brief(msgspec.Struct):
    id: UUID
    number: str
    state: str
    project_id: UUID
    kind: str


class Filter(msgspec.Struct, kw_only=True):
    """What a list shows. `state` may be `open` for all that has not ended; `q` is a number, room,
    phone or words.
    """

    state: tuple[str, ...] = ()
    kind: str | None = None
    project: UUID | None = None
    assignee: UUID | None = None
    department: str | None = None
    overdue: bool = False
    sort: Literal["due", "created"] = "created"
    q: str | None = None
    engineer: UUID | None = None
    household: UUID | None = None
    responsible: UUID | None = None
    """Whoever answers for it, works it or was asked first."""
    urgent: bool = False
    paid: bool = False
    reopened: bool = False
    government: bool = False
    """Forwarded by the authorities."""


class _Where:
    """Conditions with their values, numbered after the company's $1."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.values: list[Any] = []

    def add(self, condition: str, *values: Any) -> None:
        for value in values:
            self.values.append(value)
            condition = condition.replace("?", f"${len(self.values) + 1}", 1)
        self.parts.append(condition)

    def __str__(self) -> str:
        return "".join(f" and {part}" for part in self.parts)


async def tickets(
    wanted: Filter, *, cursor: str | None = None, limit: int = 50, back: bool = False
) -> paging.Page[s.TicketRow]:
    """A page of the tickets this caller may see, newest or soonest due first; two queries, three with
    words to find.

    `back` pages towards the start: the rows before the cursor, in the same order; `next` then leads
    further back.
    """
    where = await conditions(wanted)
    if where is None:
        return paging.Page([], None)
    by_due = wanted.sort == "due"
    after = paging.decode(cursor, datetime, UUID)
    if after is not None:
        column, sign = ("due_at", ">") if by_due else ("created_at", "<")
        sign = {">": "<", "<": ">"}[sign] if back else sign
        where.add(f"(t.{column}, t.id) {sign} (?, ?)", *after)
    order = order_of(by_due=by_due, back=back)
    where.values.append(limit + 1)
    query = f"select {COLUMNS} {FROM} {where} order by {order} limit ${len(where.values) + 1}"
    rows = await sql.many(s.TicketRow, query, *where.values)
    page = paging.page(rows, limit, lambda row: key_of(row, wanted))
    if back:
        page.items.reverse()
    await with_clocks(page.items)
    return page


def key_of(row: s.TicketRow, wanted: Filter) -> tuple[datetime | None, UUID]:
    """Where a row stands in such a list, for `paging.encode`."""
    return (row.due_at if wanted.sort == "due" else row.created_at), row.id


def order_of(*, by_due: bool, back: bool = False) -> str:
    if by_due:
        return "t.due_at desc, t.id desc" if back else "t.due_at, t.id"
    return "t.created_at, t.id" if back else "t.created_at desc, t.id desc"


async def conditions(wanted: Filter) -> _Where | None:
    """None where nothing can match."""
    where = _Where()
    visible = in_view(VIEW)
    if visible is not None:
        where.add("t.project_id = any (?)", list(visible))
    _standing(where, wanted)
    for name, column in EQUAL.items():
        if getattr(wanted, name) is not None:
            where.add(f"t.{column} = ?", getattr(wanted, name))
    if wanted.assignee is not None:
        where.add("(t.specialist_owner = ? or t.engineer = ?)", wanted.assignee, wanted.assignee)
    if wanted.responsible is not None:
        where.add(f"({' or '.join(f't.{name} = ?' for name in HANDS)})", *[wanted.responsible] * len(HANDS))
    for name, condition in SWITCHES.items():
        if getattr(wanted, name):
            where.add(condition)
    if wanted.q and not await _matching(where, wanted.q.strip(), visible):
        return None
    return where


def _standing(where: _Where, wanted: Filter) -> None:
    if wanted.state == ("open",) or (wanted.sort == "due" and not wanted.state):
        where.add(f"t.state not in {ENDED}")
    elif wanted.state:
        where.add("t.state = any (?)", list(wanted.state))
    if wanted.sort == "due":
        where.add("t.due_at is not null")


async def _matching(where: _Where, text: str, visible: Any) -> bool:
    """Add what `q` asks for: a number, a phone, the last four digits, a room, or words of the content."""
    if NUMBER.match(text.upper()):
        where.add("t.number = ?", text.upper())
        return True
    digits = chinese.fold(text)
    if digits.isdecimal() and len(digits) == 4:  # noqa: PLR2004 - what callers read out
        where.add("t.phone_tail = ?", await crypto.blind_index(digits, column="phone_tail"))
        return True
    try:
        where.add("t.phone_index = ?", await crypto.blind_index(phones.normalise(text), column="phone"))
        return True
    except PhoneInvalid:
        pass
    try:
        where.add("t.room = ?", parse_room(text).short())
        return True
    except RoomInvalid:
        pass
    ids = await search(text, visible)
    if ids:
        where.add("t.id = any (?)", ids)
    return bool(ids)


async def search(text: str, visible: Any, limit: int = SEARCHED) -> list[UUID]:
    """The newest tickets whose content has all these characters next to each other; two characters at
    the least.
    """
    grams = chinese.bigrams(text)
    if not grams:
        return []
    rows = await sql.records(
        "select * from core.tickets_search($1, $2, $3, $4)",
        grams,
        list(visible) if visible is not None else None,
        limit,
    )
    return [row[0] for row in rows]


async def with_clocks(rows: list[s.TicketRow]) -> None:
    clocks = await sla.clocks_of_many([row.id for row in rows]) if rows else {}
    for row in rows:
        running = [c for c in clocks.get(row.id, []) if c.stopped_at is None]
        soonest = min(running, key=lambda c: c.due_at, default=None)
        if soonest is not None:
            row.clock_code, row.clock_started_at = soonest.code, soonest.started_at
            row.clock_warn_at, row.clock_paused = soonest.warn_at, soonest.paused


async def brief(identity: UUID | str) -> Brief:
    """A ticket by id or number, whatever its state; raises NotFound."""
    if isinstance(identity, UUID):
        return await sql.one(Brief, BRIEF + "id = $2", identity)
    try:
        return await sql.one(Brief, BRIEF + "id = $2", UUID(identity))
    except ValueError:
        return await sql.one(Brief, BRIEF + "number = $2", identity.upper())


async def row_of(identity: UUID | str) -> Mapping[str, Any]:
    """The whole row by id or number, if this caller may see it; raises NotFound."""
    try:
        key, value = "id", UUID(str(identity))
    except ValueError:
        key, value = "number", str(identity).upper()  # type: ignore[assignment]
    rows = await sql.records(f"select * from core.tickets_ticket where tenant_id = $1 and {key} = $2", value)
    visible = places(VIEW)
    if not rows or (visible is not None and rows[0]["project_id"] not in visible):
        raise NotFound
    row: Mapping[str, Any] = rows[0]
    return row


async def duplicates(unit: UUID, kind: str, hours: int) -> list[tuple[UUID, str]]:
    """Open tickets of this kind at this unit from the last hours, newest first (TK-01.T3)."""
    return [(row["id"], row["number"]) for row in await sql.records(DUPLICATE, unit, kind, hours)]


async def history(household: UUID, limit: int = 10) -> list[s.TicketRow]:
    return await sql.many(s.TicketRow, HISTORY, household, limit)


async def shown(row: Mapping[str, Any]) -> s.Ticket:
    """A row as the API answers it: with people, clocks and the arrows this caller may take. Three queries."""
    people = await _people(row)
    flow = known_flow(row["kind"])
    return s.Ticket(
        household=s.HouseholdBrief(row["household_id"], row["unit_id"], row["room"], row["requester"]),
        contact_phone=row["phone_masked"],
        first_responsible=_person(people, row["first_responsible"])
        or s.PersonBrief(row["first_responsible"], ""),
        specialist_owner=_person(people, row["specialist_owner"]),
        engineer=_person(people, row["engineer"]),
        butler=_person(people, row["butler"]),
        clocks=await clocks(row["id"]),
        transitions=offered(flow, row) if flow else [],
        follow_up_tickets=row["form"].get("follow_up_tickets", []),
        **{name: row[name] for name in SAME},
    )


SAME = (
    *(
        "id",
        "number",
        "version",
        "kind",
        "nature",
        "priority",
        "state",
        "stage",
        "project_id",
        "place",
        "content",
    ),
    *(
        "requester",
        "channel",
        "urgency",
        "impact",
        "immediate",
        "appointment_at",
        "paid",
        "size",
        "department",
        "result",
    ),
    *("reopened", "escalation", "major", "linked_to", "merged_into", "call_back_owed", "call_back_exemption"),
    *("created_at", "updated_at", "closed_at"),
)


async def _people(row: Mapping[str, Any]) -> dict[UUID, str]:
    ids = {row[name] for name in ("first_responsible", "specialist_owner", "engineer", "butler") if row[name]}
    return {found["id"]: found["name"] for found in await sql.records(PEOPLE, list(ids))}


def _person(people: dict[UUID, str], identity: UUID | None) -> s.PersonBrief | None:
    return s.PersonBrief(identity, people.get(identity, "")) if identity else None


async def clocks(record: UUID) -> list[s.ClockView]:
    """The ticket's clocks, oldest first, ended ones too."""
    return [
        msgspec.convert(clock, s.ClockView, from_attributes=True) for clock in await sla.clocks_of(record)
    ]


async def phone(row: Mapping[str, Any]) -> str | None:
    """The contact phone in full; whoever shows it writes the audit line."""
    if row["phone"] is None:
        return None
    return await crypto.decrypt(row["phone"], table="tickets_ticket", column="phone", row=row["id"])
