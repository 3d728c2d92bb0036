"""Registers tickets and takes them along their arrows; every change of a ticket passes here."""

import hashlib
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec

from core.files import actions as files
from core.flows import engine
from core.flows.schemas import Happened
from core.households import phones
from core.households import queries as households
from core.households.errors import PhoneInvalid
from core.kit import audit, chinese, clock, crypto, live, sql
from core.kit.access import require
from core.kit.context import current
from core.kit.errors import DomainError, FieldError, Invalid, NotFound
from core.kit.events import publish
from core.kit.ids import new_id
from core.kit.numbering import next_number
from core.plugin.contributions import Flow
from core.policies.queries import policy
from core.policies.values import CallBackPolicy, TicketPolicy
from core.tickets import errors, priority, queries
from core.tickets.events import SheetReturned, TicketMoved, TicketNoted, TicketRegistered
from core.tickets.schemas import Dispatch, NewNote, NewTicket

ANONYMOUS_KINDS = {"complaint", "suggestion", "emergency"}
SCHEDULED_KINDS = {"repair"}
CALL_BACK_SHARES = {
    "repair": "repair_percent",
    "complaint": "complaint_percent",
    "help": "help_percent",
    "suggestion": "suggestion_percent",
    "home_service": "home_service_percent",
}


async def register(new: NewTicket) -> Mapping[str, Any]:
    """TK-01.T1–T3: check, number, write, start the clocks, tell; dispatched at once where `dispatch_to`
    says so.

    Raises Invalid with every refused field, DuplicateTicket where `duplicate` is "ask" and there is one.
    """
    require("tickets.ticket.register", new.project_id)
    flow = _flow(new.kind)
    place = await _place(new)
    phone = _phone(new, place.phone)
    _check(new, flow, place, phone)
    linked = await _link(new, place.unit_id)
    identity = new_id()
    columns = {
        "id": identity,
        **_said(new, flow, place),
        **(await _contact(identity, phone)),
        "linked_to": linked,
        "call_back_owed": False,
        "number": await next_number(flow.prefix),
    }
    columns |= await _call_back(flow, new, columns["number"], phone)
    row: Mapping[str, Any] = await sql.insert("tickets_ticket", columns)
    await _announce(flow, row)
    if new.dispatch_to is not None:
        row = await move(row["id"], "dispatch", form=Dispatch(department=new.dispatch_to))
    return row


def _flow(kind: str) -> Flow:
    try:
        flow = engine.flow_of(kind)
    except NotFound as problem:
        raise Invalid([FieldError("kind", errors.KindUnknown.key, {"kind": kind})]) from problem
    if not flow.ticket:
        raise Invalid([FieldError("kind", errors.KindUnknown.key, {"kind": kind})])
    return flow


async def _place(new: NewTicket) -> households.Located:
    """Where it is; a project alone must be the company's own too."""
    located = await households.locate(new.project_id, household_id=new.household_id, unit_id=new.unit_id)
    if located.project_id != new.project_id:
        raise errors.UnitNotInProject
    return located


def _phone(new: NewTicket, known: str | None) -> str | None:
    if not new.contact_phone:
        return known
    try:
        return phones.normalise(new.contact_phone, field="contact_phone")
    except PhoneInvalid:
        if new.kind == "emergency":
            return None
        raise


def _check(new: NewTicket, flow: Flow, place: households.Located, phone: str | None) -> None:
    """Everything TK-01 and RP-01 refuse, all at once."""
    now = clock.now()
    refusals: list[DomainError] = []
    somewhere = place.unit_id is not None or bool(new.place)
    if not somewhere and flow.name in SCHEDULED_KINDS:
        refusals.append(errors.UnitOrPlaceRequired())
    if new.occurred_at is not None and new.occurred_at > now:
        refusals.append(errors.OccurredInFuture())
    if new.appointment_at is not None and new.appointment_at < now:
        refusals.append(errors.AppointmentInPast())
    if new.immediate and new.appointment_at is not None:
        refusals.append(errors.OneScheduleOnly())
    asked = new.immediate or new.appointment_at is not None
    if flow.name in SCHEDULED_KINDS and not asked and new.next_free is False:
        refusals.append(errors.ScheduleRequired())
    if phone is None and place.unit_id is not None and not _may_be_anonymous(new, flow):
        refusals.append(errors.PhoneRequired())
    if new.price_accepted and (new.price is None or not new.price_item):
        refusals.append(errors.PriceMissing(field="price"))
    if refusals:
        raise Invalid([error for refusal in refusals for error in refusal.errors])


def _may_be_anonymous(new: NewTicket, flow: Flow) -> bool:
    return not flow.call_back_required or (new.anonymous and flow.name in ANONYMOUS_KINDS)


async def _link(new: NewTicket, unit: UUID | None) -> UUID | None:
    if new.duplicate == "new" or unit is None:
        return None
    hours = (await policy(TicketPolicy, new.project_id)).duplicate_hours
    found = await queries.duplicates(unit, new.kind, hours)
    if new.duplicate == "link":
        chosen = [identity for identity, _number in found if new.duplicate_of in {None, identity}]
        if not chosen:
            raise NotFound(field="duplicate_of")
        return chosen[0]
    if found:
        raise errors.DuplicateTicket(number=found[0][1], ticket=str(found[0][0]))
    return None


def _said(new: NewTicket, flow: Flow, place: households.Located) -> dict[str, Any]:
    nature = new.nature or priority.nature(new.kind)
    asked = new.immediate or new.appointment_at is not None
    extra = {
        "price_item": new.price_item,
        "price": str(new.price) if new.price is not None else None,
        "price_accepted": new.price_accepted or None,
    }
    return {
        "project_id": new.project_id,
        "kind": flow.name,
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
        "requester": "" if new.anonymous else (new.requester or place.owner_name),
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
        "bigrams": chinese.bigrams(new.content),
        "form": {**new.form, **{key: value for key, value in extra.items() if value is not None}},
    }


async def _contact(ticket: UUID, phone: str | None) -> dict[str, Any]:
    if phone is None:
        return {}
    return {
        "phone": await crypto.encrypt(phone, table="tickets_ticket", column="phone", row=ticket),
        "phone_index": await crypto.blind_index(phone, column="phone"),
        "phone_tail": await crypto.blind_index(phones.last_four(phone), column="phone_tail"),
        "phone_masked": phones.mask(phone),
    }


async def _call_back(flow: Flow, new: NewTicket, number: str, phone: str | None) -> dict[str, Any]:
    """CB-01: all are called back; where a company lowered the share, the number decides, so that it
    can be repeated.
    """
    if not flow.call_back_required:
        return {"call_back_owed": False}
    if new.anonymous or phone is None:
        return {
            "call_back_owed": False,
            "call_back_exemption": "anonymous" if new.anonymous else "no_contact",
        }
    values = await policy(CallBackPolicy, new.project_id)
    share: int = getattr(values, CALL_BACK_SHARES.get(flow.name, "repair_percent"))
    drawn = int.from_bytes(hashlib.sha256(number.encode()).digest()[:4], "big") % 100
    return {"call_back_owed": drawn < share, "call_back_exemption": None if drawn < share else "not_drawn"}


async def _announce(flow: Flow, row: Mapping[str, Any]) -> None:
    actor, at = current().somebody, row["received_at"]
    await engine.write_event(
        flow, row["id"], kind="move", name="register", actor=actor, at=at,
        states=(None, "registered"), note=row["content"], channel=row["channel"],
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
    require("tickets.ticket.note", seen["project_id"])
    flow = engine.flow_of(seen["kind"])
    row = await engine.locked(flow, seen["id"])
    actor, at = current().somebody, clock.now()
    await engine.write_event(
        flow, row["id"], kind="note", name=new.type, actor=actor, at=at, note=new.note,
        attachments=new.attachments,
    )  # fmt: skip
    await _attach(row, new.attachments)
    await engine.tell(Happened(flow=flow, name=new.type, before=row, after=row, at=at, actor=actor))
    live.changed("tickets", row["id"])
    publish(TicketNoted(row["id"], new.type))
    return row


async def reveal_phone(row: Mapping[str, Any]) -> str | None:
    """The contact phone as it is dialled, None where there is none; that it was read is recorded."""
    require("tickets.phone.reveal", row["project_id"])
    number = await queries.phone(row)
    if number is None:
        return None
    audit.record("ticket.phone_revealed", row["kind"], row["id"])
    return phones.display(number)
