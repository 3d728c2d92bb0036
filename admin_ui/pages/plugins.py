"""`/admin/plugins`: the company's switches, with what would be hidden before one is thrown."""

from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath, FromQuery

from admin_ui.pages import frame
from core.kit.access import can
from core.kit.errors import DomainError
from core.kit.i18n import _, gettext
from core.kit.web import render, requires, went
from core.kit.web import submitted as sent_form
from tenants import actions, queries
from tenants.permissions import SWITCH, VIEW
from tenants.schemas import PluginState, SwitchPlugin

HERE = "/admin/plugins"
ON = {"on", "true", "1"}


class PluginPages(Controller):
    path = HERE
    include_in_schema = False

    @get(guards=[requires(VIEW)])
    async def show(self) -> Response[str]:
        return await _page()

    @post("/{name:str}", guards=[requires(SWITCH)])
    async def switch(self, request: Request[Any, Any, Any], name: FromPath[str]) -> Response[Any]:
        """Switching off is asked once more, with what it hides; everything else is done at once."""
        sent = (await sent_form(request, SwitchPlugin)).raw
        enabled = sent.get("enabled") in ON
        if not enabled and "confirmed" not in sent:
            return await _page(request, asked=await actions.switch(name, enabled=enabled, dry_run=True))
        version = str(sent.get("version", ""))
        try:
            state = await actions.switch(
                name, enabled=enabled, version=int(version) if version.isdecimal() else None
            )
        except DomainError as refusal:
            words = gettext(refusal.message, **refusal.params)
            return await _page(request, refused=words, status=refusal.status)
        done = _("「{title}」已启用") if state.enabled else _("「{title}」已停用，数据都保留着")
        before = "false" if enabled else "true"
        undo = frame.address(f"{HERE}/{name}/undo", {"enabled": before, "version": state.version})
        return went(request, HERE, toast=gettext(done, title=state.title), undo=undo)

    @post("/{name:str}/undo", guards=[requires(SWITCH)])
    async def undo(
        self,
        request: Request[Any, Any, Any],
        name: FromPath[str],
        enabled: FromQuery[bool],
        version: FromQuery[int],
    ) -> Response[Any]:
        """Back to how the switch stood. 409 where somebody threw it since."""
        await actions.switch(name, enabled=enabled, version=version)
        return went(request, HERE)


async def _page(
    request: Request[Any, Any, Any] | None = None,
    *,
    asked: PluginState | None = None,
    refused: str = "",
    status: int = 200,
) -> Response[str]:
    """For htmx the list alone. `asked` is the plugin whose switching off is to be confirmed."""
    states = await queries.plugins()
    part = request is not None and "hx-request" in request.headers
    return render(
        "admin/plugins_list.html" if part else "admin/plugins.html",
        status=status,
        plugins=states,
        on=sum(state.enabled for state in states),
        asked=asked if asked is not None and asked.enabled else None,
        refused=refused,
        may_switch=can(SWITCH),
    )
