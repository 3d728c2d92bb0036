"""`/`: everybody lands where their work is (by role), else on the first page they may use."""

from typing import Any

from litestar import Response, get
from litestar.response import Redirect

from core.kit.access import can
from core.kit.context import current
from core.kit.web import signed_in
from core.plugin.host import view

DESK, BUTLER, ORDERS, JOBS, BOARD = "/desk", "/m/butler", "/m/orders", "/m/jobs", "/dash"
LANDS = {
    **dict.fromkeys(("front_desk_agent", "cs_assistant", "cs_administrator", "building_keeper"), DESK),
    "butler": BUTLER,
    **dict.fromkeys(("engineering_dispatcher", "public_order_lead"), ORDERS),
    **dict.fromkeys(("engineer", "cleaning_lead", "greening_lead"), JOBS),
    **dict.fromkeys(
        ("cs_supervisor", "cs_team_lead", "cs_manager", "office_director", "duty_manager"), BOARD
    ),
    **dict.fromkeys(("service_centre_manager", "property_dept_head", "engineering_supervisor"), BOARD),
    **dict.fromkeys(("company_mgmt_dept", "company_gm_office", "company_leader", "viewer"), BOARD),
    "finance": "/fees",
    "archive_office": "/archives",
    "sales_consultant": "/sales",
    "tenant_admin": "/admin",
}
LAST = "/search"


@get("/", guards=[signed_in()], include_in_schema=False)
async def home() -> Response[Any]:
    return Redirect(landing(current().somebody.roles), status_code=303)


def landing(roles: tuple[str, ...]) -> str:
    """The page of the first role that has one this company's plugins bring and this person may open; else the
    first of the desktop's, a phone's page only where there is nothing else.
    """
    open_now = [item.path for item in view().navigation if can(item.permission)]
    wanted = [LANDS[role] for role in roles if role in LANDS]
    desktop = [item.path for item in view().navigation if not item.phone and can(item.permission)]
    desktop.sort(key=lambda path: path.startswith("/m/"))
    return next((path for path in wanted if path in open_now), next(iter(desktop), LAST))


PAGES = [home]
