"""What the phone pages show of a job, gathered before a template sees it."""

from collections.abc import Mapping
from typing import Any

from admin_ui import pills
from admin_ui.formats import moment, money, time_of_day
from core.callbacks import queries as callbacks
from core.files import queries as files
from core.flows.engine import known_flow
from core.flows.queries import open_arrows
from core.households.errors import RoomInvalid, RoomMissing
from core.households.rooms import parse_room
from core.kit import clock
from core.kit.context import current
from core.kit.i18n import _, gettext
from core.kit.money import from_fen
from core.tickets import job_queries, orders, queries
from core.tickets.orders import WorkOrder
from core.tickets.schemas import TicketRow

STEPS = (_("接单"), _("到场"), _("维修"), _("签字"), _("完工"))
PLAIN_STEPS = (_("接单"), _("处理"), _("完成"))
MAIN = ("start", "accept_price", "quote", "resume", "complete")
"""Arrows with a form of their own on the job's page, the first that may be taken is what to do now."""
REACHED = {"accepted": 1, "in_progress": 2, "waiting_customer": 2, "waiting_third_party": 2}


async def jobs(number: str | None = None) -> dict[str, Any]:
    """The queue and today's figures of the current person; `number` is the job shown on top."""
    me = current().somebody.id
    rows = await job_queries.jobs(me)
    first = number or (_first(rows).number if rows else None)
    content = await callbacks.content_percent(me, clock.today().replace(day=1))
    done = await job_queries.done_today(me)
    lines = [line(row) for row in rows]
    near = sum(1 for one in lines if one["clock"] and one["clock"]["state"] in {"warn", "over"})
    return {
        "first": first,
        "queue": [one for one in lines if one["number"] != first],
        "sum": {"all": len(rows) + done, "done": done, "near": near, "content": content},
    }


def _first(rows: list[TicketRow]) -> TicketRow:
    """What somebody is at, else what is due first."""
    return next((row for row in rows if row.state == "in_progress"), rows[0])


def line(row: TicketRow) -> dict[str, Any]:
    """A job of the list: room, matter, where it stands, time left."""
    pill = pills.of_row(row)
    state = pills.status(row.kind, row.state)["text"]
    flow = known_flow(row.kind)
    stages = flow.stages if flow else {}
    stage = gettext(stages[row.stage]) if row.stage and row.stage in stages else state
    return {
        "number": row.number,
        "room": row.room or row.place or "",
        "kind": pills.kind(row.kind),
        "content": row.content,
        "clock": pill,
        "tone": pill["state"] if pill else "",
        "urgent": row.urgency == "now",
        "note": " · ".join(filter(None, (stage, _appointed(row.appointment_at)))),
    }


def _appointed(at: Any) -> str:
    if at is None:
        return ""
    local = clock.local(at)
    shown = time_of_day(at) if local.date() == clock.today() else moment(at)
    return gettext(_("预约 {time}"), time=shown)


async def job(row: Mapping[str, Any]) -> dict[str, Any]:
    """The job on top: everything its card and forms need. Reads the work order, clocks and photos."""
    order = await orders.latest(row["id"])
    flow = known_flow(row["kind"])
    arrows = [arrow.name for arrow in open_arrows(flow, row)] if flow else []
    clocks = await queries.clocks(row["id"])
    photos = [file for file in await files.of_record(row["id"]) if file.media_type.startswith("image/")]
    repair = order is not None
    return {
        "number": row["number"],
        "order": order,
        "repair": repair,
        "short": row["room"] or row["place"] or "",
        "room": _room(row),
        "inside": row["unit_id"] is not None,
        "content": row["content"],
        "requester": row["requester"],
        "phone": row["phone_masked"],
        "status": pills.status(row["kind"], row["state"]),
        "clock": pills.soonest(clocks),
        "badges": badges(row, order),
        "steps": _steps(row, order),
        "photos": photos,
        "arrows": arrows,
        "step": _step(row, order, arrows),
        "paid": row["paid"],
        "quote": from_fen(order.quote_fen) if order and order.quote_fen is not None else None,
        "result": row["result"],
        "total": from_fen(order.total_fen) if order and order.finished_at else None,
    }


def _step(row: Mapping[str, Any], order: WorkOrder | None, arrows: list[str]) -> str:
    """The form to show: paid work is priced and agreed before it can be finished (RP-03)."""
    unpriced = row["paid"] and order is not None and order.price_accepted_at is None
    for name in MAIN:
        if name not in arrows or (name == "complete" and unpriced) or (name == "quote" and not unpriced):
            continue
        return "finish" if name == "complete" and order is None else name
    return ""


def _room(row: Mapping[str, Any]) -> str:
    if not row["room"]:
        return row["place"] or ""
    try:
        return parse_room(row["room"]).long()
    except (RoomInvalid, RoomMissing):
        return str(row["room"])


def badges(row: Mapping[str, Any], order: WorkOrder | None) -> list[tuple[str, str, str]]:
    """Text, tone and icon of what must not be overlooked."""
    found: list[tuple[str, str, str]] = []
    if row["urgency"] == "now" or row["immediate"]:
        found.append((gettext(_("紧急") if row["urgency"] == "now" else _("立即上门")), "danger", "urgent"))
    if row["major"]:
        found.append((gettext(_("重大")), "danger", "alert-triangle"))
    if row["reopened"]:
        found.append((gettext(_("返修")), "warn", "refresh"))
    if row["paid"]:
        found.append((_price(order), "warn", ""))
    if row["appointment_at"] is not None:
        found.append((_appointed(row["appointment_at"]), "info", "calendar-time"))
    return found


def _price(order: WorkOrder | None) -> str:
    if order is None or order.quote_fen is None:
        return gettext(_("有偿，先报价"))
    amount = money(from_fen(order.quote_fen))
    agreed = order.price_accepted_at is not None
    return gettext(
        _("有偿 {amount} · 业主已同意") if agreed else _("有偿 {amount} · 待业主同意"), amount=amount
    )


def _steps(row: Mapping[str, Any], order: WorkOrder | None) -> list[dict[str, str]]:
    names = STEPS if order is not None else PLAIN_STEPS
    times = (order.handed_over_at, order.arrived_at, None, None, order.finished_at) if order else (None,) * 3
    reached = REACHED.get(row["state"], len(names))
    if order is None and row["state"] != "accepted":
        reached = min(reached, 1) if row["state"] in REACHED else len(names)
    return [
        {
            "label": gettext(name),
            "note": time_of_day(at) if at is not None and number < reached else "",
            "state": "done" if number < reached else "now" if number == reached else "todo",
        }
        for number, (name, at) in enumerate(zip(names, times, strict=True))
    ]
