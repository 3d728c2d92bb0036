"""Gathers a ticket's page: ten queries at the most, whatever its state."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec

from admin_ui import pills
from admin_ui.pages import clocks
from admin_ui.pages.tickets import arrows, stepper, story
from core.callbacks import queries as callbacks
from core.callbacks.schemas import METHODS, SATISFACTIONS, CallBack, Exempt, NewCallBack
from core.carryover import queries as carryover
from core.carryover.schemas import Entry
from core.files import queries as files
from core.files.schemas import File
from core.flows.engine import known_flow
from core.flows.queries import timeline
from core.flows.schemas import TimelineEvent
from core.households.errors import RoomInvalid
from core.households.queries import PersonBrief
from core.households.queries.lookups import persons_of
from core.households.rooms import parse_room
from core.kit.access import can
from core.kit.forms import Bound
from core.kit.i18n import _, gettext
from core.plugin.contributions import Flow
from core.staff import queries as staff
from core.tickets import items, merging, orders, queries
from core.tickets.flow import STAGES
from core.tickets.orders import WorkOrder
from core.tickets.schemas import CHANNELS, NOTE_TYPES, SIZES, NewNote

HANDS = ("first_responsible", "specialist_owner", "deputy", "engineer", "butler")
TITLE = 40
WAITS = {
    "registered": _("等待前台派单。"),
    "dispatched": _("等待{department}接单。"),
    "accepted": _("{department}已接单，等待上门。"),
    "in_progress": _("{who}正在处理。"),
    "waiting_customer": _("挂起：等业主。"),
    "waiting_third_party": _("挂起：等第三方。"),
    "done": _("已完工，等待返单到前台。"),
    "pending_call_back": _("等待回访。"),
}


class Told(msgspec.Struct):
    """What is read of a ticket once, for every part of its page."""

    row: Mapping[str, Any]
    flow: Flow | None
    events: list[TimelineEvent]
    names: dict[UUID, str]
    departments: dict[str, str]
    files: dict[UUID, File]


async def told(row: Mapping[str, Any]) -> Told:
    """Three queries, four where something is attached."""
    flow = known_flow(row["kind"])
    events = await timeline(row["id"], flow)
    people = story.people_in(row, events, flow) | {row[hand] for hand in HANDS if row[hand]}
    attached = any(event.attachments for event in events)
    return Told(
        row=row,
        flow=flow,
        events=events,
        names=await staff.names(people),
        departments={d.code: d.name for d in await staff.departments()},
        files={file.id: file for file in await files.of_record(row["id"])} if attached else {},
    )


def head(seen: Told) -> dict[str, Any]:
    """Title and marks."""
    row = seen.row
    content = row["content"] if len(row["content"]) <= TITLE else row["content"][:TITLE] + "…"
    item = items.label(row["kind"], str(row["form"].get("item", "")))
    return {
        "ticket": row,
        "room": room_long(row),
        "title": f"{room_long(row)} · {content}" if room_long(row) else content,
        "kind": pills.kind(row["kind"]),
        "item": gettext(item) if item else "",
        "standing": pills.status(row["kind"], row["state"]),
    }


def room_long(row: Mapping[str, Any]) -> str:
    """As it is read out; a public place as it was written."""
    try:
        return parse_room(row["room"]).long() if row["room"] else (row["place"] or "")
    except RoomInvalid:
        return str(row["room"])


async def top(seen: Told) -> dict[str, Any]:
    """Steps and clocks; one query."""
    now, rest = clocks.strip(await queries.clocks(seen.row["id"]))
    return {"steps": stepper.steps(seen.row, seen.flow, seen.events), "runs": now, "more_runs": rest}


def log(seen: Told) -> list[story.Line]:
    return story.story(
        seen.events, seen.flow, names=seen.names, departments=seen.departments, files=seen.files
    )


async def page(
    row: Mapping[str, Any], refused: arrows.StepForm | None = None, **forms: Bound[Any]
) -> dict[str, Any]:
    """Everything. `refused` is shown as the thing to do; `forms` replaces the note's or the call-back's."""
    seen = await told(row)
    sheets = await orders.of_ticket(row["id"])
    main, others = await _steps(seen, sheets, refused)
    return {
        **head(seen),
        **(await top(seen)),
        "log": log(seen),
        "main": main,
        "others": others,
        "waits": _waits(seen),
        "note": forms.get("note") or note_form(),
        "note_types": note_types(row),
        "may_note": can("tickets.ticket.note", row["project_id"]),
        "call_back": await call_back(row, forms.get("call_back")),
        "exempt": forms.get("exempt") or Bound(Exempt, {"version": str(row["version"])}, prefix="ex-"),
        "kept": [],
        "household": _household(seen, await _persons(row)),
        "facts": _facts(seen),
        "sheets": [_sheet(order, seen.names) for order in reversed(sheets)],
        "departments": [{"value": code, "label": name} for code, name in seen.departments.items()],
        "left": await _left(row),
        "seen_version": row["version"],
        "changed": "",
    }


async def _left(row: Mapping[str, Any]) -> Entry | None:
    """Why it was unfinished when the desk closed; of no interest once its sheet is back."""
    unfinished = row["state"] in {*carryover.UNDONE, "done"}
    return await carryover.last_of(row["id"]) if unfinished else None


async def _steps(
    seen: Told, sheets: Sequence[WorkOrder], refused: arrows.StepForm | None
) -> tuple[arrows.StepForm | None, list[arrows.StepForm]]:
    """The arrow to take now, and the others; a refused form takes the first place."""
    offered = arrows.offered(seen.flow, seen.row)
    quote = sheets[-1].quote_fen if sheets else None
    forms = [arrows.step(arrow, seen.row, quote=quote) for arrow in offered]
    await arrows.fill_engineers(forms, seen.row)
    unpriced = bool(sheets) and sheets[-1].paid and sheets[-1].price_accepted_at is None
    main = arrows.main_of(forms, offered, seen.row, unpriced=unpriced)
    if refused is not None:
        await arrows.fill_engineers([refused], seen.row)
        forms = [form for form in forms if form.name != refused.name]
        main = refused
    return main, [form for form in forms if form is not main]


async def _persons(row: Mapping[str, Any]) -> list[PersonBrief]:
    if row["household_id"] is None:
        return []
    return (await persons_of([row["household_id"]])).get(row["household_id"], [])


def _waits(seen: Told) -> str:
    row = seen.row
    department = seen.departments.get(row["department"] or "", gettext(_("责任部门")))
    who = seen.names.get(row["engineer"] or row["specialist_owner"], department)
    if row["state"] in WAITS:
        return gettext(WAITS[row["state"]], department=department, who=who)
    return gettext(_("结果：{result}"), result=row["result"]) if row["result"] else ""


async def department_choices() -> list[dict[str, str]]:
    return [{"value": d.code, "label": d.name} for d in await staff.departments()]


def note_form() -> Bound[NewNote]:
    return Bound(NewNote, {"type": "progress"}, prefix="note-")


def note_types(row: Mapping[str, Any]) -> list[dict[str, str]]:
    mine = can("tickets.butler.report", row["project_id"])
    return [
        {"value": value, "label": gettext(label)}
        for value, label in NOTE_TYPES.items()
        if mine or value != "butler_report"
    ]


async def call_back(row: Mapping[str, Any], form: Bound[Any] | None = None) -> dict[str, Any] | None:
    """The card of a call-back that is due, for those who may make it; one query."""
    if row["state"] != "pending_call_back" or not can("callbacks.call_back.record", row["project_id"]):
        return None
    attempts = [one for one in await callbacks.of_ticket(row["id"]) if one.round == row["reopened"]]
    return call_back_view(row, attempts, form, merged=await merging.merged_into(row))


def call_back_form(row: Mapping[str, Any]) -> Bound[NewCallBack]:
    start = {"method": "phone", "result": "reached", "version": str(row["version"])}
    return Bound(NewCallBack, start, prefix="cb-")


def call_back_view(
    row: Mapping[str, Any],
    attempts: Sequence[CallBack],
    form: Bound[Any] | None = None,
    *,
    merged: Sequence[merging.Merged] = (),
) -> dict[str, Any]:
    return {
        "merged": merged,
        "ticket": row,
        "form": form or call_back_form(row),
        "attempts": attempts,
        "room": room_long(row),
        "clock": clocks.due_pill(row["due_at"], gettext(_("当日回访"))),
        "methods": [{"value": value, "label": gettext(label)} for value, label in METHODS.items()],
        "moods": [{"value": value, "label": gettext(label)} for value, label in SATISFACTIONS.items()],
        "results": [
            {"value": "reached", "label": gettext(_("接通"))},
            {"value": "attempted", "label": gettext(_("未接通"))},
        ],
        "may_exempt": can("callbacks.call_back.exempt", row["project_id"]),
        "may_reveal": can("tickets.phone.reveal", row["project_id"]),
    }


def _household(seen: Told, persons: list[PersonBrief]) -> dict[str, Any]:
    row = seen.row
    return {
        "id": row["household_id"],
        "persons": persons,
        "requester": row["requester"],
        "phone": row["phone_masked"],
        "may_reveal": bool(row["phone_masked"]) and can("tickets.phone.reveal", row["project_id"]),
        "butler": seen.names.get(row["butler"], ""),
        "channel": gettext(CHANNELS.get(row["channel"], row["channel"])),
    }


def _facts(seen: Told) -> dict[str, Any]:
    row, names = seen.row, seen.names
    return {
        "department": seen.departments.get(row["department"] or "", ""),
        "engineer": names.get(row["engineer"], ""),
        "first": names.get(row["first_responsible"], ""),
        "owner": names.get(row["specialist_owner"], ""),
        "deputy": names.get(row["deputy"], ""),
        "size": gettext(SIZES[row["size"]]) if row["size"] else "",
        "appointment": row["appointment_at"],
        "instruction": row["instruction"] or "",
        "linked": row["form"].get("follows") or row["linked_to"] or row["merged_into"],
        "follow_ups": row["form"].get("follow_up_tickets", []),
        "details": story.details(row, seen.flow, names, seen.departments),
    }


def _sheet(order: WorkOrder, names: Mapping[UUID, str]) -> dict[str, Any]:
    return {
        "order": order,
        "stage": gettext(STAGES.get(order.state, order.state)),
        "engineer": names.get(order.engineer, "") if order.engineer else "",
    }
