"""`/m/pool`: repairs the department has accepted and nobody has taken yet."""

from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath, FromQuery

from admin_ui.pages import frame
from admin_ui.pages.phone import views
from core.kit.access import can
from core.kit.context import current
from core.kit.i18n import _, gettext
from core.kit.web import render, requires, went
from core.staff import queries as staff
from core.tickets import actions, errors, job_queries, queries
from core.tickets.schemas import Assign

ASSIGN = "tickets.order.assign"


class PoolPages(Controller):
    path = "/m/pool"
    include_in_schema = False

    @get(guards=[requires("tickets.order.start")])
    async def waiting(self, part: FromQuery[str] = "") -> Response[str]:
        rows = await job_queries.pool(current().somebody.departments)
        lines = [{**views.line(row), "may_take": can(ASSIGN, row.project_id)} for row in rows]
        if part == "list":
            return render("phone/_pool.html", orders=lines)
        return await frame.page("phone/pool.html", orders=lines)

    @post("/{number:str}/take", guards=[requires(ASSIGN)])
    async def take(self, request: Request[Any, Any, Any], number: FromPath[str]) -> Response[Any]:
        """Assign it to oneself, as a dispatcher may; 409 for whoever comes second."""
        row = await queries.row_of(number)
        if row["engineer"] is not None:
            names = await staff.names([row["engineer"]])
            raise errors.JobTaken(name=names.get(row["engineer"], ""))
        me = current().somebody.id
        await actions.move(row["id"], "assign", form=Assign(engineer=me), version=row["version"])
        return went(request, f"/m/jobs/{row['number']}", toast=gettext(_("已接下这张单")))
