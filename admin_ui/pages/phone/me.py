"""`/m/me` and `/m/outbox`: oneself, and what this phone has not sent yet."""

from litestar import Controller, Response, get

from admin_ui.pages import frame
from core.kit.context import current
from core.kit.i18n import gettext
from core.kit.web import signed_in
from core.staff import queries as staff
from core.staff.roles import label


class PhonePages(Controller):
    path = "/m"
    include_in_schema = False
    guards = [signed_in()]

    @get("/me")
    async def me(self) -> Response[str]:
        actor = current().somebody
        departments = {one.code: one.name for one in await staff.departments()}
        roles = [gettext(label(role)) for role in actor.roles]
        place = "、".join(departments.get(code, code) for code in sorted(actor.departments))
        return await frame.page("phone/me.html", who=actor, roles=roles, department=place)

    @get("/outbox")
    async def outbox(self) -> Response[str]:
        """Filled by the browser from its own store; works without a network too."""
        return await frame.page("outbox.html")
