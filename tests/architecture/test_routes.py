"""Every route, tried as nobody, as another company's user, without the right, with the plugin off.

The list comes from the application itself, so a new route cannot be forgotten.
"""

import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute

from auth.actions import create_person
from core.kit.web import Requires, SignedIn, is_public
from tests.factories import PASSWORD, Browser, Company
from tests.switching import switch_all_off

pytestmark = pytest.mark.anyio
FILLED = {
    "uuid": lambda: str(uuid4()),
    "int": lambda: "2026",
    "str": lambda: "BX-20990101-0001",
    "path": lambda: "x",
}
UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}


def routes(app: Any) -> Iterator[tuple[str, str, HTTPRouteHandler]]:
    """Method, path with its parameters filled in, handler; without what runs outside of any company."""
    inner: Litestar = app.app
    for route in inner.routes:
        if not isinstance(route, HTTPRoute) or "openapi" in route.path:
            continue
        path = re.sub(r"\{\w+:(\w+)\}", lambda part: FILLED[part[1]](), route.path)
        for handler in route.route_handlers:
            if not handler.opt.get("bare"):
                for method in sorted(handler.http_methods - {"HEAD", "OPTIONS"}):
                    yield method, path, handler


async def ask(browser: Browser, method: str, path: str) -> int:
    headers = {"X-CSRF-Token": browser.token} if method in UNSAFE else {}
    body = {"json": {}} if method in UNSAFE else {}
    return (await browser.http.request(method, path, headers=headers, **body)).status_code


def permissions(handler: HTTPRouteHandler) -> set[str]:
    guards = handler.resolve_guards()
    return {g.permission for g in guards if isinstance(g, Requires) and not isinstance(g, SignedIn)}


async def test_every_route_says_who_may_use_it(app: Any) -> None:
    bare = [
        f"{method} {path}"
        for method, path, handler in routes(app)
        if not is_public(handler) and not any(isinstance(g, Requires) for g in handler.resolve_guards())
    ]
    assert not bare


async def test_nobody_is_turned_away(yunqi: Company, app: Any) -> None:
    stranger = yunqi.client()
    wrong = []
    for method, path, handler in routes(app):
        status = await ask(stranger, method, path)
        if not is_public(handler) and status not in {401, 403} | ({303} if method == "GET" else set()):
            wrong.append(f"{method} {path} answered {status}")
    assert not wrong


async def test_another_companys_session_is_nobodys(yunqi: Company, cuihu: Company, app: Any) -> None:
    await cuihu.person("front_desk_agent")
    visitor = cuihu.client()
    await visitor.sign_in("front_desk_agent")
    session = visitor.http.cookies["sid"]
    here = yunqi.client()
    here.http.cookies.set("sid", session, domain=f"{yunqi.tenant.slug}.localhost")
    here.token = visitor.token
    wrong = []
    for method, path, handler in routes(app):
        status = await ask(here, method, path)
        if not is_public(handler) and status not in {401, 403} | ({303} if method == "GET" else set()):
            wrong.append(f"{method} {path} answered {status}")
    assert not wrong


async def test_without_the_right(yunqi: Company, app: Any) -> None:
    """Somebody who is signed in and holds no role gets 403 wherever a permission is asked for."""
    async with yunqi.inside():
        await create_person(username="nobody", name="无角色", password=PASSWORD, roles=[], must_change=False)
    clerk = yunqi.client()
    await clerk.sign_in("nobody")
    wrong = []
    for method, path, handler in routes(app):
        if permissions(handler) and (status := await ask(clerk, method, path)) != 403:
            wrong.append(f"{method} {path} answered {status}")
    assert not wrong


async def test_with_the_plugin_off(yunqi: Company, app: Any) -> None:
    """What is off is not there, not even for those who might use it."""
    admin = await yunqi.signed_in("tenant_admin")
    await switch_all_off(yunqi)
    wrong = [
        f"{method} {path} answered {status}"
        for method, path, handler in routes(app)
        if handler.opt.get("switchable") and (status := await ask(admin, method, path)) != 404
    ]
    assert not wrong
    document = (await admin.get("/api/v1/openapi.json")).json()
    assert not [path for path in document["paths"] if path.startswith("/api/v1/property_desk")]
