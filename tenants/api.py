"""`/api/v1/plugins`: what the company has and may switch."""

from typing import Any

from litestar import Controller, Request, Response, get, put
from litestar.params import FromPath, FromQuery

from core.kit import paging
from core.kit.web import accepts, etag, if_match, read, requires
from tenants import actions, queries
from tenants.permissions import SWITCH, VIEW
from tenants.schemas import PluginState, SwitchPlugin


class PluginsApi(Controller):
    path = "/plugins"
    tags = ["plugins"]

    @get(guards=[requires(VIEW)])
    async def list(
        self, cursor: FromQuery[str | None] = None, limit: FromQuery[int | None] = None
    ) -> paging.Page[PluginState]:
        """Every installed plugin with both its keys: the platform's grant and the company's switch."""
        known = await queries.plugins()
        return paging.among(known, paging.limit(limit), cursor, lambda plugin: plugin.name)

    @get("/{name:str}", guards=[requires(VIEW)])
    async def show(self, name: FromPath[str]) -> Response[PluginState]:
        state = await queries.plugin(name)
        return Response(state, headers=etag(state.version))

    @put("/{name:str}", guards=[requires(SWITCH)], opt=accepts(SwitchPlugin))
    async def switch(self, request: Request[Any, Any, Any], name: FromPath[str]) -> Response[PluginState]:
        """Switch a plugin on or off, at once in every process. `effects` is what is hidden, with `dry_run`
        what would be. 422 `plugin_not_granted` without the platform's key.
        """
        body = await read(request, SwitchPlugin)
        version = body.version if body.version is not None else if_match(request)
        state = await actions.switch(name, enabled=body.enabled, dry_run=body.dry_run, version=version)
        return Response(state, headers=etag(state.version))
