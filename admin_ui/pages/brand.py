"""`/admin/brand`: the company's colour; one on which white cannot be read is refused."""

from typing import Annotated, Any

import msgspec
from litestar import Controller, Request, Response, get, post
from msgspec import Meta

from admin_ui import rendering
from admin_ui.brand import palette
from admin_ui.pages import frame
from core.kit.context import current
from core.kit.errors import DomainError
from core.kit.forms import Bound
from core.kit.i18n import _, gettext
from core.kit.web import render, requires, submitted, went
from core.plugin.contributions import NavItem
from tenants import actions
from tenants.permissions import BRAND

HERE = "/admin/brand"
WRONG = frozenset({422})
SUGGESTED = ("#0d6b59", "#1f5fae", "#6246a8", "#8a4b08", "#a12713", "#36403d")


class Colour(msgspec.Struct, kw_only=True):
    """Empty for the product's own colour."""

    color: Annotated[str, Meta(title=_("公司颜色"), max_length=7)] | None = None


class BrandPages(Controller):
    path = HERE
    include_in_schema = False
    guards = [requires(BRAND)]

    @get()
    async def show(self) -> Response[str]:
        bound = Bound(Colour, {"color": current().tenant.color or rendering.BRAND})
        return await frame.page("admin/brand.html", form=bound, suggested=SUGGESTED)

    @post()
    async def save(self, request: Request[Any, Any, Any]) -> Response[Any]:
        bound = await submitted(request, Colour)
        try:
            wanted = (bound.struct().color or rendering.BRAND).strip().lower()
            palette(wanted)
            await actions.set_color(None if wanted == rendering.BRAND else wanted)
        except DomainError as refusal:
            if refusal.status not in WRONG:
                raise
            values: dict[str, Any] = {"form": bound.refused(refusal), "suggested": SUGGESTED}
            if "hx-request" in request.headers:
                return render("admin/_brand_form.html", status=refusal.status, **values)
            return await frame.page("admin/brand.html", status=refusal.status, **values)
        return went(request, HERE, toast=gettext(_("公司颜色已换上")))


NAVIGATION = (
    NavItem(
        label=_("公司颜色"),
        path=HERE,
        permission=BRAND,
        icon="adjustments-horizontal",
        group=_("公司设置"),
        order=810,
    ),
)
