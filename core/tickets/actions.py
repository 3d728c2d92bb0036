"""Registers tickets and takes them along their arrows; every change of a ticket passes here."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec

from core.files import actions as files
from core.flows import engine
from core.flows.schemas import Happened
from core.households import phones
from core.households import queries as households
from core.kit import audit, chinese, clock, crypto, live, sql
from core.kit.access import can, require
from core.kit.context import current
from core.kit.errors import FieldError
from core.kit.events import publish
from core.kit.ids import new_id
from core.kit.numbering import next_number
from core.plugin.contributions import Flow, Intake
from core.policies.queries import policy
from core.policies.values import CallBackPolicy
from core.staff import queries as staff
from core.tickets import priority, queries
from core.tickets.errors import NotYourBuilding
from core.tickets.events import SheetReturned, TicketMoved, TicketNoted, TicketRegistered
from core.tickets.intake import Accepted, Opening, accepted
from core.tickets.prices import AT_DESK
from core.tickets.schemas import Dispatch, NewNote, NewTicket

AGREED_BY = {"phone": "phone", "in_person": "on_site", "visit": "on_site", "patrol": "on_site"}
REPORT = "tickets.butler.report"
CONTACTS = frozenset({"first_reply", "customer_contact"})
TOLD = "customer_told"
"""What clocks hear of a note that reached the requester."""


async def register(new: NewTicket, wrong: Sequence[FieldError] = ()) -> Mapping[str, Any]:
    """TK-01.T1–T3: check, number, write, start the clocks, tell; dispatched at once where `dispatch_to`
    says so. `wrong` are fields that could not be read and are refused together with what the rules refuse.

    Raises Invalid with every refused field, DuplicateTicket where `duplicate` is "ask" and there is one.
    """
    require("tickets.ticket.register", new.project_id)
    row = await _open(new, await accepted(new, wrong))
    if new.dispatch_to is not None:
        row = await move(row["id"], "dispatch", form=Dispatch(department=new.dispatch_to))
    return row


async def follow_up(row: Mapping[str, Any], content: str) -> Mapping[str, Any]:
    """RP-06: what a visit left undone, as a ticket of its own for the same place and people, linked to the
    first. Whoever enters the visit is its first responsible; the procedure demands it, so no right is asked.
    """
    new = NewTicket(
        kind="repair",
        project_id=row["project_id"],
        content=content,
        household_id=row["household_id"],
        unit_id=row["unit_id"],
        place=row["place"],
        channel="visit",
        requester=row["requester"] or None,
        anonymous=row["call_back_exemption"] == "anonymous",
        urgency=row["urgency"],
        impact=row["impact"],
        nature=row["nature"],
        form={"follows": row["number"]},
    )
    place = await households.locate(new.project_id, household_id=new.household_id, unit_id=new.unit_id)
    flow = engine.flow_of(new.kind)
    opening = Opening(new, place, None, {}, {})
    return await _open(
        new, Accepted(flow, flow.intake or Intake(), opening, await queries.phone(row), row["id"])
    )


async def _open(new: NewTicket, case: Accepted) -> Mapping[str, Any]:
    identity = new_id()
    columns = {
        "id": identity,
        **_said(new, case),
        **case.opening.columns,
        **(await _contact(identity, case.phone)),
        "linked_to": case.linked,
        "call_back_owed": False,
        "number": await next_number(case.flow.prefix),
    }
    columns |= await _call_back(case.intake, new, columns["number"], case.phone)
    row: Mapping[str, Any] = await sql.insert("tickets_ticket", columns)
    await _attach(row, new.attachments)
    await _announce(case.flow, row, new.attachments)
    return row


def _said(new: NewTicket, case: Accepted) -> dict[str, Any]:
    nature, place = new.nature or case.intake.nature, case.place
    asked = new.immediate or new.appointment_at is not None
    requester = new.requester or place.owner_name
    if not requester and new.channel == "patrol" and place.unit_id is None:
        requester = current().somebody.name
    return {
        "project_id": new.project_id,
        "kind": case.flow.name,
        "nature": nature,
        "state": "registered",
        "priority": priority.priority(new.impact, new.urgency),
        "urgency": new.urgency,
        "impact": new.impact,
        "household_id": place.household_id,
        "unit_id": place.unit_id,
        "room": place.room_short,
        "place": new.place or None,
        "content": new.content,
        "reason": new.reason,
        "requester": "" if new.anonymous else requester,
        "channel": new.channel,
        "occurred_at": new.occurred_at,
        "received_at": clock.now(),
        "appointment_at": new.appointment_at,
        "immediate": new.immediate,
        "next_free": not asked,
        "paid": new.paid,
        "department": priority.department(nature),
        "first_responsible": current().somebody.id,
        "butler": place.butler_id,
        "promised_reply": new.promised_reply,
        "major": new.major,
        "bigrams": chinese.bigrams(new.content),
        "form": {**new.form, **_detailed(case.opening), **_priced(new, requester)},
    }


def _detailed(opening: Opening) -> dict[str, Any]:
    said: dict[str, Any] = msgspec.to_builtins(opening.details) if opening.details is not None else {}
    return {**{name: value for name, value in said.items() if value is not None}, **opening.form}


def _priced(new: NewTicket, requester: str) -> dict[str, Any]:
    """What was quoted at registration, and who agreed to it, how and when (RP-03)."""
    said: dict[str, Any] = {
        "price_item": new.price_item,
        "price": str(new.price) if new.price is not None else None,
    }
    if new.price_accepted:
        said |= {
            "price_accepted": True,
            "price_accepted_by": requester,
            "price_accepted_how": AGREED_BY.get(new.channel, "written"),
            "price_accepted_at": clock.now().isoformat(),
        }
    return {key: value for key, value in said.items() if value is not None}


async def _contact(ticket: UUID, phone: str | None) -> dict[str, Any]:
    if phone is None:
        return {}
    return {
        "phone": await crypto.encrypt(phone, table="tickets_ticket", column="phone", row=ticket),
        "phone_index": await crypto.blind_index(phone, column="phone"),
        "phone_tail": await crypto.blind_index(phones.last_four(phone), column="phone_tail"),
        "phone_masked": phones.mask(phone),
    }


async def _call_back(intake: Intake, new: NewTicket, number: str, phone: str | None) -> dict[str, Any]:
    """CB-01: all are called back; where a company lowered the share, the number decides, so that it
    can be repeated.
    """
    if not intake.called_back:
        return {"call_back_owed": False}
    if new.anonymous or phone is None:
        return {
            "call_back_owed": False,
            "call_back_exemption": "anonymous" if new.anonymous else "no_contact",
        }
    values = await policy(CallBackPolicy, new.project_id)
    share: int = getattr(values, intake.called_back)
    drawn = int.from_bytes(hashlib.sha256(number.encode()).digest()[:4], "big") % 100
    return {"call_back_owed": drawn < share, "call_back_exemption": None if drawn < share else "not_drawn"}


async def _announce(flow: Flow, row: Mapping[str, Any], attached: list[UUID]) -> None:
    actor, at = current().somebody, row["received_at"]
    await engine.write_event(
        flow, row["id"], kind="move", name="register", actor=actor, at=at,
        states=(None, "registered"), note=row["content"], channel=row["channel"], attachments=attached,
        form={name: value for name, value in row["form"].items() if name in AT_DESK},
        role=engine.role_for(actor, "tickets.ticket.register", row["project_id"]),
    )  # fmt: skip
    audit.record(f"{flow.name}.register", flow.name, row["id"], number=row["number"])
    live.changed("tickets", row["id"])
    publish(TicketRegistered(row["id"], flow.name))
    await engine.tell(Happened(flow=flow, name="register", before=None, after=row, at=at, actor=actor))


async def move(
    ticket: UUID | str,
    transition: str,
    *,
    version: int | None = None,
    raw: Mapping[str, Any] | None = None,
    form: msgspec.Struct | None = None,
    note: str | None = None,
    attachments: list[UUID] | None = None,
    browser: bool = False,
) -> Mapping[str, Any]:
    """Take an arrow by name; the row afterwards. Raises what `engine.take` and the arrow's rule raise."""
    seen = await queries.row_of(ticket)
    flow = engine.flow_of(seen["kind"])
    row = await engine.locked(flow, seen["id"])
    after = await engine.take(
        flow,
        row,
        transition,
        version=version,
        raw=raw,
        form=form,
        note=note,
        attachments=attachments,
        browser=browser,
    )
    await _attach(row, attachments or [])
    announce_move(after, transition)
    return after


async def _attach(row: Mapping[str, Any], files_named: list[UUID]) -> None:
    """Raises FileUnknown for somebody else's uploads, TooManyFiles."""
    await files.attach(
        files_named,
        record="ticket",
        record_id=row["id"],
        permission=queries.VIEW,
        project_id=row["project_id"],
    )


def announce_move(row: Mapping[str, Any], transition: str) -> None:
    publish(TicketMoved(row["id"], row["kind"], transition))
    if transition == "return_sheet":
        publish(SheetReturned(row["id"]))


async def add_note(ticket: UUID | str, new: NewNote) -> Mapping[str, Any]:
    """A line of the timeline that moves nothing but may stop or restart a clock: a report, a reply, a
    contact.
    """
    seen = await queries.row_of(ticket)
    right = REPORT if new.type == "butler_report" else "tickets.ticket.note"
    require(right, seen["project_id"])
    flow = engine.flow_of(seen["kind"])
    row = await engine.locked(flow, seen["id"])
    if new.type == "butler_report":
        await _check_butler(row)
    actor, at = current().somebody, clock.now()
    told = new.type in CONTACTS or (new.type == "progress" and new.told_customer)
    await engine.write_event(
        flow, row["id"], kind="note", name=new.type, actor=actor, at=at, note=new.note,
        attachments=new.attachments, form={TOLD: True} if told else {},
        role=engine.role_for(actor, right, row["project_id"]),
    )  # fmt: skip
    await _attach(row, new.attachments)
    for name in (new.type, *([TOLD] if told else [])):
        await engine.tell(Happened(flow=flow, name=name, before=row, after=row, at=at, actor=actor))
    live.changed("tickets", row["id"])
    publish(TicketNoted(row["id"], new.type))
    return row


async def _check_butler(row: Mapping[str, Any]) -> None:
    """The butler of the building reports on it, or who leads the butlers (SLA-05)."""
    mine = row["butler"] in {None, current().somebody.id}
    if not mine and not can("tickets.ticket.reassign", row["project_id"]):
        raise NotYourBuilding(name=(await staff.names([row["butler"]])).get(row["butler"], ""))


async def reveal_phone(row: Mapping[str, Any]) -> str | None:
    """The contact phone as it is dialled, None where there is none; that it was read is recorded."""
    require("tickets.phone.reveal", row["project_id"])
    number = await queries.phone(row)
    if number is None:
        return None
    audit.record("ticket.phone_revealed", row["kind"], row["id"])
    return phones.display(number)
