"""Makes a company: its row, its key, its plugins, departments and first administrator, in one transaction."""

import re
from collections.abc import Iterable
from uuid import UUID

import asyncpg
import msgspec

from auth.actions import create_person
from auth.errors import SlugInvalid, SlugTaken
from core.kit import audit, crypto, sql
from core.kit.context import SYSTEM, Context, Tenant, acting_as
from core.kit.database import unit_of_work
from core.kit.errors import NotFound
from core.kit.ids import new_id
from core.plugin.host import catalogue
from core.staff.actions import add_departments
from tenants import directory

SLUG = re.compile(r"^[a-z][a-z0-9-]{1,30}[a-z0-9]$")
RESERVED = {"www", "api", "admin", "platform", "static", "health", "mail", "app", "console"}
TENANT = "insert into core.tenants_tenant (id, slug, name, locale) values ($1, $2, $3, $4)"
PLUGIN = """
insert into core.tenants_plugin (tenant_id, id, name, granted, enabled) values ($1, $2, $3, $4, $5)
on conflict (tenant_id, name) do nothing
"""
STATE = """
update core.tenants_tenant set state = $2, suspended_because = $3, version = version + 1
 where slug = $1 returning id
"""


class Created(msgspec.Struct, frozen=True):
    tenant: Tenant
    admin: UUID


async def create_company(
    *,
    slug: str,
    name: str,
    locale: str = "zh-Hans",
    admin_username: str = "admin",
    admin_password: str,
    admin_name: str = "公司管理员",
    granted: Iterable[str] | None = None,
    enabled: Iterable[str] | None = None,
) -> Created:
    """All plugins are granted and on unless said otherwise. Raises SlugInvalid, SlugTaken,
    PasswordTooWeak; nothing is left behind by a refusal.
    """
    if not SLUG.match(slug) or slug in RESERVED:
        raise SlugInvalid
    tenant = Tenant(new_id(), slug, name, locale, 1)
    installed = {manifest.name for manifest in catalogue().switchable()}
    given = installed if granted is None else set(granted)
    on = given if enabled is None else set(enabled) & given
    context = Context(tenant, SYSTEM, plugins=frozenset(on), locale=locale, channel="system")
    try:
        with acting_as(context):
            async with unit_of_work(tenant.id, "sys"):
                await sql.execute(TENANT, slug, name, locale)
                await crypto.make_company_key()
                await sql.execute_many(
                    PLUGIN, [(new_id(), p, p in given, p in on) for p in sorted(installed)]
                )
                await add_departments()
                admin = await create_person(
                    username=admin_username, name=admin_name, password=admin_password,
                    roles=[("tenant_admin", None)],
                    must_change=False,
                )  # fmt: skip
                for plugin in sorted(on):
                    await catalogue().call_one(plugin, "seed", False)  # noqa: FBT003 - the hook's own argument
                audit.record("company.created", "company", tenant.id, slug=slug)
    except asyncpg.UniqueViolationError as problem:
        raise SlugTaken(slug=slug) from problem
    directory.forget(slug)
    return Created(tenant, admin)


async def suspend(slug: str, because: str) -> None:
    """Close the company's doors within seconds, with words for whoever comes."""
    await _set_state(slug, "suspended", because)


async def resume(slug: str) -> None:
    await _set_state(slug, "active", None)


async def _set_state(slug: str, state: str, because: str | None) -> None:
    async with unit_of_work(None, "sys"):
        if not await sql.across(STATE, slug, state, because):
            raise NotFound
    directory.forget(slug)
