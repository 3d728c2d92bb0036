"""The role catalogue of PROCEDURES 1.1 and 2: who may do what at the core, whom each role reports to."""

from collections.abc import Iterable
from typing import Any

import pytest

from core.plugin import host
from core.staff.actions import DEPARTMENTS
from core.staff.roles import ROLES, ladder
from core.tickets.hands import ORDER_TAKERS, order_taker
from tests.factories import Company, company

pytestmark = pytest.mark.anyio

PARTIES = (
    "front_desk_agent", "cs_assistant", "cs_administrator", "cs_supervisor", "cs_team_lead", "cs_manager",
    "butler", "building_keeper", "duty_manager", "duty_supervisor", "office_director",
    "service_centre_manager", "property_dept_head", "company_leader", "company_mgmt_dept",
    "company_gm_office", "engineering_dispatcher", "engineer", "engineering_supervisor",
    "safety_supervisor", "public_order_lead", "security_guard", "lobby_assistant", "cleaning_lead",
    "cleaner", "greening_lead", "finance", "collector", "archive_office", "office_admin", "legal_office",
    "sales_consultant", "sales_supervisor", "sales_manager", "sales_assistant", "project_sales_team",
    "customer_affairs_group", "commercial_group", "contract_clerk", "tenant_admin",
)  # fmt: skip
"""Everybody of 1.1 who signs in. Outside parties do not, and the platform's operator is nobody's staff."""

ABOVE = {
    "collector": "finance",
    "archive_office": "company_leader",
    "office_admin": "company_leader",
    "legal_office": "company_leader",
    "sales_consultant": "sales_supervisor",
    "sales_supervisor": "sales_manager",
    "sales_manager": "company_leader",
    "sales_assistant": "sales_manager",
    "contract_clerk": "sales_manager",
    "project_sales_team": "sales_manager",
    "customer_affairs_group": "sales_manager",
    "commercial_group": "sales_manager",
}

DESK = "front_desk_agent cs_assistant cs_administrator cs_supervisor building_keeper"
LEADING = "cs_administrator cs_supervisor cs_team_lead cs_manager office_director property_dept_head"
LOOKING = "service_centre_manager company_mgmt_dept company_gm_office company_leader"
TAKERS = (
    "cs_administrator cs_supervisor office_director property_dept_head engineering_dispatcher"
    " engineering_supervisor cleaning_lead greening_lead public_order_lead finance company_mgmt_dept"
    " company_gm_office"
)
MAY = {
    "tickets.ticket.register": " ".join(sorted(ROLES.keys() - {"viewer", "tenant_admin"})),
    "tickets.ticket.dispatch": f"{DESK} {LEADING}",
    "tickets.ticket.answer": f"{DESK} office_director company_mgmt_dept",
    "tickets.ticket.cancel": DESK,
    "tickets.ticket.refuse": "office_director",
    "tickets.ticket.instruct": "office_director",
    "tickets.ticket.merge": LEADING,
    "tickets.ticket.accept": TAKERS,
    "tickets.ticket.work": f"{TAKERS} engineer",
    "tickets.order.accept": "engineering_dispatcher engineering_supervisor",
    "tickets.order.assign": "engineering_dispatcher engineering_supervisor",
    "tickets.order.take": "engineer",
    "tickets.order.start": "engineer engineering_dispatcher",
    "tickets.order.resize": "engineering_supervisor",
    "tickets.order.return": DESK,
    "tickets.order.void": DESK,
    "tickets.butler.report": "butler building_keeper",
    "tickets.register.view": f"{DESK} {LEADING} {LOOKING} duty_manager engineering_dispatcher"
    " engineering_supervisor",
    "callbacks.register.view": f"{DESK} {LEADING} {LOOKING}",
    "callbacks.call_back.record": f"{DESK} cs_team_lead cs_manager",
    "callbacks.call_back.major": "cs_team_lead cs_supervisor cs_manager",
    "callbacks.call_back.exempt": "cs_supervisor cs_manager",
    "carryover.entry.write": DESK,
    "households.household.edit": f"{DESK} tenant_admin",
    "calls.call.take": f"{DESK} cs_team_lead",
    "sla.calendar.edit": "tenant_admin",
    "policies.policy.edit": "tenant_admin",
}
"""Rows of section 2, of 3.Q's "who" columns and of the channels (3.P), read the other way round: who may."""
NOTHING_OF_TICKETS = (
    "duty_supervisor", "safety_supervisor", "security_guard", "lobby_assistant", "cleaner", "collector",
    "archive_office", "office_admin", "legal_office", "sales_consultant", "sales_supervisor",
    "sales_manager", "sales_assistant", "project_sales_team", "customer_affairs_group", "commercial_group",
    "contract_clerk",
)  # fmt: skip


def held(permission: str) -> set[str]:
    return {role.name for role in host.catalogue().of("roles") if permission in role.permissions}


def of_role(name: str) -> set[str]:
    given: Iterable[Any] = (role.permissions for role in host.catalogue().of("roles") if role.name == name)
    return set().union(*given)


async def test_everybody_of_the_glossary_can_be_given_their_role(app: object) -> None:
    assert set(PARTIES) - ROLES.keys() == set()
    assert ROLES.keys() - set(PARTIES) == {"viewer"}
    assert "platform_admin" not in ROLES


@pytest.mark.parametrize(("role", "above"), ABOVE.items())
async def test_whom_they_report_to(role: str, above: str) -> None:
    assert ROLES[role].reports_to == above


@pytest.mark.spec("TK-05")
async def test_the_office_chain_goes_from_keeper_by_supervisor_and_director_to_the_company() -> None:
    assert ladder("building_keeper", "M")[:3] == ["cs_supervisor", "office_director", "company_gm_office"]
    assert ladder("building_keeper", "A")[0] == "office_director"
    assert ladder("cs_supervisor", "A")[0] == "cs_manager"


@pytest.mark.parametrize(("permission", "roles"), MAY.items(), ids=MAY)
async def test_who_may(app: object, permission: str, roles: str) -> None:
    assert held(permission) == set(roles.split())


@pytest.mark.parametrize("role", NOTHING_OF_TICKETS)
async def test_who_has_no_business_with_tickets(app: object, role: str) -> None:
    """But for TK-01: whoever is asked first registers it."""
    areas = ("tickets.", "callbacks.", "carryover.", "calls.")
    assert {p for p in of_role(role) if p.startswith(areas)} == {"tickets.ticket.register"}


async def test_whom_the_table_only_lets_look_on(app: object) -> None:
    """Approving the fire stair, inspecting, permitting events: none of it handles a ticket."""
    looking = {
        "tickets.ticket.register",
        "tickets.ticket.view",
        "tickets.ticket.note",
        "tickets.ticket.escalate",
        "tickets.ticket.remind",
        "tickets.board.view",
        "tickets.register.view",
    }
    for role in ("duty_manager", "service_centre_manager", "company_leader"):
        assert {p for p in of_role(role) if p.startswith("tickets.")} <= looking, role


async def test_whoever_takes_a_departments_orders_may_take_them(app: object) -> None:
    """2.1: a nature's default department is of no use if nobody there can accept the ticket."""
    assert set(ORDER_TAKERS) <= set(DEPARTMENTS)
    for department in DEPARTMENTS:
        taker = order_taker(department)
        accept = "tickets.order.accept" if department == "engineering" else "tickets.ticket.accept"
        assert {accept, "tickets.ticket.work"} <= of_role(taker), department


@pytest.mark.parametrize(
    ("locale", "names"),
    [
        ("zh-Hans", ["工程部", "安全管理部", "财务部"]),
        ("zh-Hant", ["工程部", "安全管理部", "財務部"]),
        ("en", ["Engineering", "Security", "Finance"]),
    ],
)
async def test_departments_are_named_in_the_companys_language(
    app: object, locale: str, names: list[str]
) -> None:
    made: Company = await company(app, locale=locale)
    admin = await made.signed_in("tenant_admin")
    items = (await admin.get("/api/v1/departments")).json()["items"]
    assert len(items) == 13
    assert [one["name"] for one in items][:3] == names
