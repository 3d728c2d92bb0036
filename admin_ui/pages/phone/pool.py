"""`/m/pool`: repairs the department has accepted and nobody has taken yet; an engineer takes one."""

from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath, FromQuery

from admin_ui.pages import frame
from admin_ui.pages.phone import views
from core.kit.access import can
from core.kit.context import current
from core.kit.i18n import _, gettext
from core.kit.web import render, requires, submitted, went
from core.tickets import actions, job_queries
from core.tickets.schemas import SIZES, Take

TAKE = "tickets.order.take"


class PoolPages(Controller):
    path = "/m/pool"
    include_in_schema = False

    @get(guards=[requires("tickets.order.start")])
    async def waiting(self, part: FromQuery[str] = "") -> Response[str]:
        rows = await job_queries.pool(current().somebody.departments)
        lines = [{**views.line(row), "may_take": can(TAKE, row.project_id)} for row in rows]
        values: dict[str, Any] = {"orders": lines, "sizes": frame.options(SIZES)}
        if part == "list":
            return render("phone/_pool.html", **values)
        return await frame.page("phone/pool.html", **values)

    @post("/{number:str}/take", guards=[requires(TAKE)])
    async def take(self, request: Request[Any, Any, Any], number: FromPath[str]) -> Response[Any]:
        """409 for whoever comes second, with the name of who was first."""
        said = await submitted(request, Take)
        row = await actions.move(number, "take", raw=said.raw, browser=True)
        return went(request, f"/m/jobs/{row['number']}", toast=gettext(_("已接下这张单")))
