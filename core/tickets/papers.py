"""What stands on a ticket's papers: the work order (FORM-03) and the request as registered (FORM-01)."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from core.documents import marks
from core.documents.schemas import Printing
from core.flows.engine import known_flow
from core.flows.queries import timeline
from core.households import queries as households
from core.households.errors import RoomInvalid
from core.households.rooms import parse_room
from core.kit import sql, tasks
from core.kit.access import can, require
from core.kit.addresses import origin_of
from core.kit.capitals import in_capitals
from core.kit.context import current
from core.kit.errors import NotFound
from core.kit.i18n import _, gettext
from core.kit.money import from_fen
from core.plugin.contributions import Document
from core.staff import queries as staff
from core.tickets import actions, items, orders, queries
from core.tickets import schemas as s
from core.tickets.orders import WorkOrder

PRINT = "tickets.order.print"
BATCH = "tickets.batch"
ORDER, ORDERS, REQUEST = "tickets.work_order", "tickets.work_orders", "tickets.request"
COPIES = (_("第一联 前台存根"), _("第二联 工程"), _("第三联 业主"))
PEOPLE = ("first_responsible", "specialist_owner", "engineer", "butler", "deputy", "instructed_by")
TOLD = frozenset({"progress", "first_reply", "customer_contact", "butler_report"})
CALLED = """
select satisfaction, caller_name, at from core.callbacks_call_back where tenant_id = $1 and id = $2
"""


async def work_order(identity: UUID) -> dict[str, Any]:
    """The sheet by its own id, for whoever may print it in its project; raises NotFound, Forbidden."""
    order = await orders.one(identity)
    if order is None:
        raise NotFound
    row = await _row(order.ticket_id)
    names = await _names(row, order.engineer, order.handed_over_by)
    return {
        **await _shared(row, names),
        "order": order,
        "copies": [gettext(copy) for copy in COPIES],
        "handed_over_by": names.get(order.handed_over_by),
        "engineer": names.get(order.engineer, ""),
        "butler": names.get(row["butler"], ""),
        "size": gettext(s.SIZES[order.size]) if order.size else "",
        "department": (await _departments()).get(order.department, order.department),
        "item": gettext(items.label(row["kind"], row["form"].get("item") or "")) or order.quote_item or "",
        "materials": order.material,
        "fee": _fee(order),
        "exemption": gettext(s.EXEMPTIONS[order.signature_exemption]) if order.signature_exemption else "",
        "signed": marks.signature(order.signature),
        "called": await _called(row),
    }


async def work_orders(batch: UUID) -> dict[str, Any]:
    """The sheets one batch has counted, each with its own foot; `batch` is its task, for its maker alone."""
    task = await tasks.get(batch)
    if task.kind != BATCH or task.result is None:
        raise NotFound
    by = (await staff.names([task.created_by])).get(task.created_by, "") if task.created_by else ""
    sheets = []
    for one in task.result["outcomes"]:
        if one["record"] is not None:
            printing = Printing(by=by, at=task.created_at, times=one["times"])
            sheets.append({**await work_order(UUID(one["record"])), "printing": printing})
    return {"sheets": sheets}


async def request(identity: UUID) -> dict[str, Any]:
    """The ticket by its id, as FORM-01 has it."""
    row = await _row(identity)
    flow = known_flow(row["kind"])
    events = await timeline(row["id"], flow)
    names = await _names(row)
    return {
        **await _shared(row, names),
        "kind": gettext(flow.title) if flow else row["kind"],
        "nature": gettext(s.NATURES.get(row["nature"], row["nature"])),
        "channel": gettext(s.CHANNELS[row["channel"]]),
        "impacts": [(value, gettext(label)) for value, label in s.IMPACTS.items()],
        "department": (await _departments()).get(row["department"], ""),
        "receiver": names.get(row["first_responsible"], ""),
        "director": names.get(row["instructed_by"], ""),
        "progress": [event for event in events if event.kind == "note" and event.name in TOLD],
    }


async def _row(ticket: UUID) -> Mapping[str, Any]:
    row = await queries.row_of(ticket)
    require(PRINT, row["project_id"])
    return row


async def _shared(row: Mapping[str, Any], names: Mapping[UUID | None, str]) -> dict[str, Any]:
    """Head, where, who, how urgent: what all papers of a ticket begin with."""
    project = await households.project(row["project_id"])
    return {
        "ticket": row,
        "names": names,
        "company": current().tenant.name,
        "centre": gettext(_("{project}客户服务中心"), project=project.name),
        "where": _where(row),
        "phone": await _phone(row),
        "visit": _visit(row),
        "urgencies": [(value, gettext(label)) for value, label in s.URGENCIES.items()],
        "qr": marks.qr(f"{origin_of(current().tenant)}/tickets/{row['number']}"),
    }


def _where(row: Mapping[str, Any]) -> str:
    """The room in full, else the place in words."""
    if not row["room"]:
        return row["place"] or ""
    try:
        return parse_room(row["room"]).long()
    except RoomInvalid:
        return str(row["room"])


async def _phone(row: Mapping[str, Any]) -> str:
    """In full for whoever may read it, which is recorded; masked for others."""
    if can("tickets.phone.reveal", row["project_id"]):
        return await actions.reveal_phone(row) or ""
    return row["phone_masked"] or ""


def _visit(row: Mapping[str, Any]) -> datetime | str:
    """The moment agreed, or in words that there is none."""
    if row["appointment_at"] is not None:
        moment: datetime = row["appointment_at"]
        return moment
    return gettext(_("立即上门") if row["immediate"] else _("不指定时间"))


async def _names(row: Mapping[str, Any], *others: UUID | None) -> dict[UUID | None, str]:
    wanted = {row[column] for column in PEOPLE} | set(others)
    known = await staff.names(person for person in wanted if person is not None)
    return dict(known.items())


async def _departments() -> dict[str | None, str]:
    return {department.code: department.name for department in await staff.departments()}


def _fee(order: WorkOrder) -> dict[str, Any]:
    """Amounts in yuan. Before the work is done only what was quoted, if anything was."""
    quoted = from_fen(order.quote_fen) if order.quote_fen is not None else None
    if order.finished_at is None or (order.amount_fen is None and not order.material):
        return {"quoted": quoted, "item": order.quote_item or "", "total": None, "capitals": ""}
    total = from_fen(order.total_fen)
    return {
        "quoted": quoted,
        "item": order.quote_item or "",
        "labour": from_fen(order.amount_fen or 0),
        "material": from_fen(order.material_fen),
        "total": total,
        "capitals": in_capitals(Decimal(total)),
    }


async def _called(row: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The call-back that settled it: read by its key, as a sheet printed for the files carries it."""
    if row["call_back_id"] is None:
        return None
    found = await sql.records(CALLED, row["call_back_id"])
    return found[0] if found else None


DOCUMENTS = (
    Document(
        name=ORDER,
        title=_("维修派工单"),
        template="papers/work_order.html",
        gather=work_order,
        permission=PRINT,
        paper="slip",
    ),
    Document(
        name=ORDERS,
        title=_("维修派工单（批量）"),
        template="papers/work_orders.html",
        gather=work_orders,
        permission=PRINT,
        paper="slip",
    ),
    Document(
        name=REQUEST,
        title=_("客户诉求登记表"),
        template="papers/request.html",
        gather=request,
        permission=PRINT,
    ),
)
