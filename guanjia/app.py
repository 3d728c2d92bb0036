"""The web application, put together: plugins' routes, one transaction a request, the door around it all."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from types import ModuleType
from typing import Any

from litestar import Litestar, Request, Router
from litestar.config.compression import CompressionConfig
from litestar.exceptions import HTTPException
from litestar.middleware import DefineMiddleware
from litestar.middleware.compression import CompressionMiddleware
from litestar.openapi.config import OpenAPIConfig

import admin_ui.plugin
import auth.plugin
import core.builtin.plugin
import jobs.plugin
import tenants.plugin
from admin_ui import shell
from auth.identify import identify
from core.kit import i18n, web
from core.kit.addresses import origin_of
from core.kit.context import current
from core.kit.database import DB
from core.kit.errors import DomainError, NotFound
from core.kit.requests import UnitOfWork
from core.kit.settings import settings
from core.plugin import host
from core.plugin.host import Catalogue
from guanjia import health, openapi
from jobs import live
from tenants.door import Door

BUILTINS: Sequence[ModuleType] = (
    core.builtin.plugin,
    tenants.plugin,
    auth.plugin,
    jobs.plugin,
    admin_ui.plugin,
)
PACKED = CompressionConfig(backend="gzip", gzip_compress_level=6, exclude_opt_key=web.AS_IT_IS)
"""Stands outside of the transaction: a stored answer is given again unpacked to whoever cannot unpack it."""


def load_catalogue() -> Catalogue:
    """All plugins and all translations; every process begins with this."""
    catalogue = host.build(BUILTINS)
    i18n.load(shell.locale_folders(catalogue))
    return catalogue


def migrations() -> list[str]:
    """The Piccolo apps of every installed plugin, whether or not a company has it on."""
    return [m.database for m in host.catalogue().manifests.values() if m.database]


def create_app() -> Door:
    catalogue = load_catalogue()
    shell.install(catalogue)
    app = Litestar(
        route_handlers=[*_routes(catalogue), *health.ROUTES, openapi.document, *shell.STATIC_ROUTES],
        middleware=[DefineMiddleware(CompressionMiddleware, config=PACKED), UnitOfWork(identify, origin_of)],
        before_request=shell.prepare,
        exception_handlers={
            DomainError: web.refuse,
            HTTPException: web.refuse,
            Exception: web.refuse,
        },
        lifespan=[lambda _app: lifespan()],
        openapi_config=OpenAPIConfig(
            title="Guanjia", version="1", path="/internal-openapi", create_examples=False
        ),
    )
    return Door(app, _refuse_at_the_door(app))


@asynccontextmanager
async def lifespan() -> AsyncIterator[None]:
    """The pools of a web process, and its ear for live updates."""
    await DB.open(app=settings().pool_size, sys=settings().sys_pool_size)
    try:
        async with live.listening():
            yield
    finally:
        await DB.close()


def _routes(catalogue: Catalogue) -> list[Router]:
    """One router per plugin for pages and one for the API, guarded where the plugin can be switched off."""
    routers = []
    for name, manifest in catalogue.manifests.items():
        guards = [] if manifest.always_on else [_OnlyIfOn(name)]
        for noun, prefix in (("pages", ""), ("api", "/api/v1")):
            handlers = list(catalogue.by_plugin(noun)[name])
            if handlers:
                routers.append(
                    Router(
                        path=prefix or "/",
                        route_handlers=handlers,
                        guards=guards,
                        tags=[f"plugin:{name}"],
                        opt={"switchable": not manifest.always_on},
                    )
                )
    return routers


class _OnlyIfOn:
    """Answers like an unknown path for a company that has the plugin off."""

    def __init__(self, plugin: str) -> None:
        self.plugin = plugin

    async def __call__(self, _connection: Any, _handler: Any) -> None:
        if self.plugin not in current().plugins:
            raise NotFound


def _refuse_at_the_door(app: Litestar) -> Any:
    async def refuse(scope: Any, receive: Any, send: Any, refusal: DomainError) -> None:
        scope.setdefault("litestar_app", app)
        request: Request[Any, Any, Any] = Request(scope, receive)
        response = web.refuse(request, refusal)
        await response.to_asgi_response(app=None, request=request)(scope, receive, send)

    return refuse
