"""Whose step it is, besides the right for it (TK-04): the engineer's own job, the department's own case."""

from core.flows.schemas import Move
from core.kit.access import can
from core.staff import queries as staff
from core.tickets import errors

ORDER_TAKERS = {
    "engineering": "engineering_dispatcher",
    "cleaning": "cleaning_lead",
    "greening": "greening_lead",
    "security": "public_order_lead",
    "finance": "finance",
    "customer_service": "cs_supervisor",
    "management_office": "office_director",
    "property_dept": "property_dept_head",
    "mgmt_dept": "company_mgmt_dept",
    "gm_office": "company_gm_office",
}
DESK = "tickets.ticket.dispatch"


def order_taker(department: str | None) -> str:
    """The role that accepts what is dispatched there; the office's director where a department has none."""
    return ORDER_TAKERS.get(department or "", "office_director")


async def check_own_job(move: Move) -> None:
    """The engineer it was given to; a dispatcher may enter what comes in on paper."""
    engineer = move.row["engineer"]
    if engineer is None:
        raise errors.NobodyAssigned
    if move.actor.id != engineer and not can("tickets.order.assign", move.row["project_id"]):
        raise errors.NotYourJob(name=(await staff.names([engineer])).get(engineer, ""))


async def check_own_case(move: Move) -> None:
    """The person named for it, the order-taker or anybody else of the department it was given to."""
    row, me = move.row, move.actor
    if me.kind != "person" or me.id == row["specialist_owner"] or row["department"] in me.departments:
        return
    if not await staff.holds_role(me.id, order_taker(row["department"]), row["project_id"]):
        raise errors.OtherDepartment


async def check_job_or_desk(move: Move) -> None:
    """What a customer says reaches the engineer, or the desk by telephone."""
    if not can(DESK, move.row["project_id"]):
        await check_own_job(move)


async def check_case_or_desk(move: Move) -> None:
    if not can(DESK, move.row["project_id"]):
        await check_own_case(move)
