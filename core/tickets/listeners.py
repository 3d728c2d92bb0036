"""Who hears of a ticket, after the commit: rules as data, one row per event (TK-01, TK-04, TK-05)."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec

from core.flows.engine import known_flow
from core.kit import sql
from core.kit.events import Event
from core.kit.i18n import _
from core.notifications.actions import tell
from core.notifications.schemas import Tone
from core.sla.events import ClockBreached, ClockEscalated, ClockWarned
from core.sla.limits import DEFINITIONS
from core.staff import queries as staff
from core.tickets.events import TicketMoved, TicketRegistered

TICKET = "select * from core.tickets_ticket where tenant_id = $1 and id = $2"
ORDER_TAKERS = {
    "engineering": "engineering_dispatcher",
    "cleaning": "cleaning_lead",
    "greening": "greening_lead",
    "security": "public_order_lead",
    "finance": "finance",
    "customer_service": "cs_supervisor",
    "management_office": "office_director",
    "property_dept": "property_dept_head",
}


class Hears(msgspec.Struct, frozen=True):
    """Who is told what: recipients are columns of the ticket, `department` (its order-takers), `desk`
    or a role.
    """

    recipients: tuple[str, ...]
    message: str
    tone: Tone = "info"


REGISTERED = Hears(("butler",), _("{room} 新{kind}：{content}"))
MOVED: dict[str, Hears] = {
    "dispatch": Hears(("department",), _("{room} 待接单：{content}")),
    "accept": Hears(("butler", "first_responsible"), _("{room} 部门已接单：{content}")),
    "decline": Hears(("first_responsible",), _("{room} 被退单，请在 15 分钟内改派：{content}"), "warn"),
    "assign": Hears(("engineer", "butler"), _("{room} 派给您：{content}")),
    "cannot_attend": Hears(
        ("first_responsible", "butler"), _("{room} 无法按时上门，请立即告知业主：{content}"), "warn"
    ),
    "wait_customer": Hears(("first_responsible",), _("{room} 挂起等业主：{content}")),
    "wait_third_party": Hears(("first_responsible",), _("{room} 等第三方：{content}")),
    "complete": Hears(("first_responsible", "butler"), _("{room} 已完工，待返单：{content}")),
    "return_sheet": Hears(("first_responsible",), _("{room} 已返单，待回访：{content}")),
    "reopen": Hears(("department", "butler", "engineer"), _("{room} 业主不满意，已重开：{content}"), "warn"),
    "escalate": Hears(("superior",), _("{room} 上报给您：{content}"), "warn"),
    "reassign": Hears(("specialist_owner",), _("{room} 转派给您：{content}")),
    "deputy": Hears(("deputy",), _("{room} 请您代理首问责任人：{content}")),
    "instruct": Hears(("first_responsible", "department"), _("{room} 主任已批示：{content}")),
    "merge": Hears(("first_responsible", "engineer"), _("{room} 已合并：{content}")),
    "cancel": Hears(("department", "butler", "engineer"), _("{room} 已取消：{content}")),
    "refuse": Hears(("first_responsible",), _("{room} 不受理：{content}")),
    "void_sheet": Hears(("department", "engineer"), _("{room} 派工单作废：{content}")),
}
MAJOR = Hears(("cs_manager", "department"), _("重大事件 {room}：{content}"), "danger")
WARNED = Hears(("handler",), _("{room} 即将超时：{limit}"), "warn")
BREACHED = Hears(("handler", "superior"), _("{room} 已超时：{limit}"), "danger")
ESCALATED = Hears(("next_level",), _("{room} 超时升级到您：{limit}"), "danger")


async def on_registered(event: TicketRegistered) -> None:
    await _spread(event, event.ticket, REGISTERED)


async def on_moved(event: TicketMoved) -> None:
    rule = MOVED.get(event.transition)
    if rule is not None:
        await _spread(event, event.ticket, rule)
    if event.transition == "escalate":
        row = await _row(event.ticket)
        if row is not None and row["major"]:
            await _spread(event, event.ticket, MAJOR)


async def on_warned(event: ClockWarned) -> None:
    await _spread(event, event.record, WARNED, limit=_limit(event.code))


async def on_breached(event: ClockBreached) -> None:
    await _spread(event, event.record, BREACHED, limit=_limit(event.code))


async def on_escalated(event: ClockEscalated) -> None:
    await _spread(event, event.record, ESCALATED, level=event.level, limit=_limit(event.code))


def _limit(code: str) -> str:
    return DEFINITIONS[code].name if code in DEFINITIONS else code


async def _row(ticket: UUID) -> Mapping[str, Any] | None:
    rows = await sql.records(TICKET, ticket)
    return rows[0] if rows else None


async def _spread(event: Event, ticket: UUID, rule: Hears, *, level: int = 1, **more: str) -> None:
    row = await _row(ticket)
    if row is None:
        return
    people: list[UUID] = []
    for recipient in rule.recipients:
        people += await _recipients(recipient, row, level)
    flow = known_flow(row["kind"])
    words = {
        "room": row["room"] or row["place"] or "",
        "content": row["content"][:40],
        "kind": flow.title if flow else row["kind"],
        "number": row["number"],
        **more,
    }
    await tell(people, event.name, rule.message, f"/tickets/{row['number']}", tone=rule.tone, **words)


def handler(row: Mapping[str, Any]) -> UUID:
    """Who answers for the ticket now: the specialist, else the engineer, the deputy, the first
    responsible.
    """
    person: UUID = row["specialist_owner"] or row["engineer"] or row["deputy"] or row["first_responsible"]
    return person


async def _recipients(recipient: str, row: Mapping[str, Any], level: int) -> list[UUID]:
    project = row["project_id"]
    if recipient == "department":
        return await staff.holders(ORDER_TAKERS.get(row["department"] or "", "office_director"), project)
    if recipient == "handler":
        return [handler(row)]
    if recipient in {"superior", "next_level"}:
        return await _superior(handler(row), project, 1 if recipient == "superior" else level + 1)
    if recipient in row:
        return [row[recipient]] if row[recipient] else []
    return await staff.holders(recipient, project)


async def _superior(person: UUID, project: UUID, steps: int) -> list[UUID]:
    """So many levels up; the last one known where the ladder ends earlier."""
    found: list[UUID] = []
    for _step in range(steps):
        above = await staff.superior_of(person, project)
        if above is None:
            break
        found, person = [above], above
    return found
