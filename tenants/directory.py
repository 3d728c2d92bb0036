"""From a host name to a company: read by the system role, remembered for a few seconds."""

import time

import msgspec

from core.kit import sql
from core.kit.context import Tenant
from core.kit.database import aside
from core.kit.errors import Forbidden, NotFound
from core.kit.i18n import _

REMEMBERED = 5.0
BY_SLUG = """
select id, slug, name, locale, version, color, state, suspended_because
from core.tenants_tenant where slug = $1
"""
ACTIVE = (
    "select id, slug, name, locale, version from core.tenants_tenant where state = 'active' order by slug"
)


class Suspended(Forbidden):
    key, message = "tenant_suspended", _("本公司的服务已暂停：{reason}")


class Entry(msgspec.Struct):
    tenant: Tenant
    suspended_because: str | None
    read_at: float


_entries: dict[str, Entry | None] = {}
_missed: dict[str, float] = {}


async def by_slug(slug: str) -> Entry | None:
    """The company of that subdomain, at most five seconds old; None for none."""
    entry = _entries.get(slug)
    if entry is not None and time.monotonic() - entry.read_at < REMEMBERED:
        return entry
    if time.monotonic() - _missed.get(slug, -REMEMBERED) < 1.0:
        return None
    async with aside(None, "sys"):
        rows = await sql.across(BY_SLUG, slug)
    if not rows:
        _missed[slug] = time.monotonic()
        if len(_missed) > 10_000:  # noqa: PLR2004 - strangers must not fill the memory
            _missed.clear()
        return None
    row = rows[0]
    because = (row["suspended_because"] or "") if row["state"] == "suspended" else None
    entry = Entry(
        Tenant(row["id"], row["slug"], row["name"], row["locale"], row["version"], row["color"]),
        because,
        time.monotonic(),
    )
    _entries[slug] = entry
    return entry


def forget(slug: str | None = None) -> None:
    """Read the company afresh next time; all of them without a name."""
    if slug is None:
        _entries.clear()
        _missed.clear()
    else:
        _entries.pop(slug, None)
        _missed.pop(slug, None)


async def active() -> list[Tenant]:
    """All companies in service; needs a transaction of the system role."""
    return [sql.struct(Tenant, row) for row in await sql.across(ACTIVE)]


async def named(slug: str) -> Tenant:
    """The company of that subdomain, for commands; raises NotFound."""
    entry = await by_slug(slug)
    if entry is None:
        raise NotFound
    return entry.tenant
