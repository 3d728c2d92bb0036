"""Companies, people, households and tickets for tests: plain functions with a default for everything."""

import itertools
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import msgspec

from auth import actions as auth
from auth.provisioning import create_company
from core.kit import clock, csrf
from core.kit.context import SYSTEM, Actor, Context, Tenant, acting_as
from core.kit.database import unit_of_work
from core.plugin import host
from tenants import directory

PASSWORD = "correct horse battery"
_numbers = itertools.count(1)


class Company(msgspec.Struct):
    """A company made for one test, with the application it is asked through."""

    app: Any
    tenant: Tenant
    project: UUID
    people: dict[str, UUID] = {}
    units: dict[str, UUID] = {}
    households: dict[str, UUID] = {}

    @property
    def url(self) -> str:
        return f"http://{self.tenant.slug}.localhost:8000"

    def client(self) -> "Browser":
        """A browser that is not signed in."""
        return Browser(self)

    async def signed_in(self, role: str) -> "Browser":
        """A browser of the person who holds this role; made when first asked for."""
        if role not in self.people:
            await self.person(role)
        browser = Browser(self)
        await browser.sign_in(role)
        return browser

    @asynccontextmanager
    async def inside(self, actor: Actor = SYSTEM, role: str = "app") -> AsyncIterator[Context]:
        """Code run as this company, in a transaction of its own."""
        plugins = frozenset(m.name for m in host.catalogue().switchable())
        context = Context(self.tenant, actor, plugins=plugins, channel="system")
        with acting_as(context):
            async with unit_of_work(self.tenant.id, role):  # type: ignore[arg-type]
                yield context

    async def person(self, role: str, *, project: UUID | None = None, username: str | None = None) -> UUID:
        """Somebody who holds the role, in one project or (None) everywhere; the user name is the role's."""
        name = username or role
        async with self.inside():
            identity = await auth.create_person(
                username=name, name=f"{name}甲", password=PASSWORD, roles=[(role, project)], must_change=False
            )
        self.people[name] = identity
        directory.forget(self.tenant.slug)
        return identity


class Browser:
    """An HTTP client with cookies that adds the CSRF token to what it sends, as our pages do."""

    def __init__(self, company: Company) -> None:
        self.company = company
        transport = httpx.ASGITransport(app=company.app, raise_app_exceptions=False)
        self.http = httpx.AsyncClient(transport=transport, base_url=company.url)
        self.token = ""

    async def sign_in(self, username: str, password: str = PASSWORD) -> httpx.Response:
        page = await self.http.get("/login")
        self.token = token_of(page.text)
        answer = await self.http.post(
            "/login", data={"username": username, "password": password, "_csrf_token": self.token}
        )
        if answer.status_code < 400:
            self.token = await self._fresh_token()
        return answer

    async def _fresh_token(self) -> str:
        session = self.http.cookies.get("sid") or ""
        me = await self.http.get("/api/v1/me")
        return me.headers.get("x-csrf-token") or csrf.token(session)

    async def get(self, path: str, **more: Any) -> httpx.Response:
        return await self.http.get(path, **more)

    async def post(self, path: str, json: Any = None, **more: Any) -> httpx.Response:
        headers = {"X-CSRF-Token": self.token, **more.pop("headers", {})}
        return await self.http.post(path, json=json, headers=headers, **more)

    async def put(self, path: str, json: Any = None, **more: Any) -> httpx.Response:
        headers = {"X-CSRF-Token": self.token, **more.pop("headers", {})}
        return await self.http.put(path, json=json, headers=headers, **more)


def token_of(html: str) -> str:
    """The CSRF token a page carries in its forms."""
    return html.split('name="_csrf_token" value="')[1].split('"', maxsplit=1)[0]


async def company(
    app: Any, *, locale: str = "zh-Hans", households: int = 3, preset: str | None = None
) -> Company:
    """A company with one project and a few households (3-2-1801, 3-2-1802 …), their phones known."""
    from tests import homes  # noqa: PLC0415

    slug = f"t{next(_numbers)}{secrets.token_hex(3)}"
    created = await create_company(
        slug=slug,
        name=f"测试物业{slug}",
        locale=locale,
        admin_username="tenant_admin",
        admin_password=PASSWORD,
    )
    made = Company(
        app=app, tenant=created.tenant, project=UUID(int=0), people={"tenant_admin": created.admin}
    )
    async with made.inside():
        await homes.build(made, households, preset)
    return made


def new_repair(company: Company, **more: Any) -> Mapping[str, Any]:
    """The body of a repair that nothing refuses."""
    return {
        "kind": "repair",
        "project_id": str(company.project),
        "household_id": str(next(iter(company.households.values()))),
        "content": "厨房水管爆了，水漫到客厅",
        "channel": "phone",
        "urgency": "now",
        "impact": "household",
        "immediate": True,
        **more,
    }


def tomorrow_at(hour: int) -> str:
    return (clock.now() + timedelta(days=1)).replace(hour=hour, minute=0, second=0, microsecond=0).isoformat()
