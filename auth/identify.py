"""Who is asking, in one query: session, account and company together; rights from a cache that every
change empties.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import msgspec
from litestar.types import Scope

from auth import sessions
from auth.granting import learn, permissions_of
from core.kit import clock, i18n, sql
from core.kit.context import Actor, Context, Places, Tenant, maybe_current
from core.plugin.host import catalogue
from tenants.directory import Suspended

SESSION = """
select t.version, t.state as tenant_state, t.suspended_because, t.name as tenant_name,
 t.locale as tenant_locale, t.color,
 s.id as session_id, s.seen_at, s.project_id, a.id as account_id, a.must_change,
 p.name, p.username, p.email, p.locale, p.department
from core.tenants_tenant t
left join core.auth_session s on s.tenant_id = t.id and s.token_hash = $2 and s.ended_at is null
 and s.expires_at > core.now() and s.seen_at > $3
left join core.auth_account a on a.tenant_id = t.id and a.id = s.account_id and a.state = 'active'
left join core.staff_person p on p.tenant_id = t.id and p.id = a.id and p.state = 'active'
where t.id = $1
"""
HELD = """
select role, project_id from core.staff_assignment
where tenant_id = $1 and person_id = $2 and from_date <= $3 and (until_date is null or until_date >= $3)
order by created_at, id
"""
ROLE_ROWS = "select name, permissions from core.auth_role where tenant_id = $1"
PLUGINS = "select name from core.tenants_plugin where tenant_id = $1 and granted and enabled"
REMEMBERED = 5000


class Rights(msgspec.Struct, frozen=True):
    roles: tuple[str, ...]
    rights: dict[str, Places]
    held_by: dict[str, tuple[tuple[str, Places], ...]]


_plugins: dict[tuple[UUID, int], frozenset[str]] = {}
_rights: dict[tuple[Any, ...], Rights] = {}


async def identify(scope: Scope, tenant: Tenant, headers: dict[str, str]) -> Context:
    """The context of a request, inside its transaction. Raises Suspended for a company whose doors are
    closed.
    """
    cookies = _cookies(headers.get("cookie", ""))
    token = cookies.get(sessions.cookie_name(), "")
    rows = await sql.records(SESSION, sessions.token_hash(token), clock.now() - sessions.IDLE)
    row = rows[0]
    if row["tenant_state"] == "suspended":
        raise Suspended(reason=row["suspended_because"] or "")
    company = Tenant(
        tenant.id, tenant.slug, row["tenant_name"], row["tenant_locale"], row["version"], row["color"]
    )
    plugins = await enabled_plugins(company)
    actor = await _actor(row, company, plugins) if row["name"] is not None else None
    if actor is not None and sessions.is_stale(row["seen_at"]):
        sessions.touch(row["session_id"])
    before, api = maybe_current(), scope["path"].startswith("/api/")
    return Context(
        tenant=company,
        actor=actor,
        plugins=plugins,
        locale=_locale(scope["path"], headers, row, before, company),
        request_id=before.request_id if before else "",
        session_id=row["session_id"] if actor else None,
        channel="api" if api else "page",
        csrf_subject=str(row["session_id"]) if actor else cookies.get(sessions.anonymous_name(), ""),
        path=scope["path"],
        must_change_password=actor is not None and row["must_change"],
        project=None if api else _working_in(row["project_id"], actor),
    )


def _working_in(project: UUID | None, actor: Actor | None) -> UUID | None:
    """The project chosen in this session, unless every right there has ended meanwhile."""
    allowed = actor.projects if actor else frozenset()
    return project if allowed is None or project in allowed else None


async def enabled_plugins(company: Tenant) -> frozenset[str]:
    """What the company has on, remembered for this version of it."""
    key = (company.id, company.version)
    if key not in _plugins:
        _shrink(_plugins)
        _plugins[key] = frozenset(row["name"] for row in await sql.records(PLUGINS))
    return _plugins[key]


async def rights_of(person: UUID, company: Tenant, plugins: frozenset[str]) -> Rights:
    """Roles and permissions today; switches, roles and assignments all count the company's version up."""
    key = (company.id, company.version, person, clock.today())
    if key not in _rights:
        _shrink(_rights)
        held = await sql.records(HELD, person, clock.today())
        edited = {row["name"]: frozenset(row["permissions"]) for row in await sql.records(ROLE_ROWS)}
        await learn(company, edited, plugins)
        _rights[key] = _added_up([(row["role"], row["project_id"]) for row in held], edited, plugins)
    return _rights[key]


def _added_up(
    held: Iterable[tuple[str, UUID | None]], edited: dict[str, frozenset[str]], plugins: frozenset[str]
) -> Rights:
    seen = catalogue().view(plugins)
    rights: dict[str, Places] = {}
    held_by: dict[str, tuple[tuple[str, Places], ...]] = {}
    for role, project in held:
        here = None if project is None else frozenset({project})
        for permission in permissions_of(role, edited, plugins) & seen.permissions:
            before = rights.get(permission, frozenset())
            rights[permission] = None if here is None or before is None else before | here
            held_by[permission] = (*held_by.get(permission, ()), (role, here))
    return Rights(tuple(dict.fromkeys(role for role, _ in held)), rights, held_by)


async def _actor(row: Any, company: Tenant, plugins: frozenset[str]) -> Actor:
    found = await rights_of(row["account_id"], company, plugins)
    return Actor(
        id=row["account_id"],
        name=row["name"],
        username=row["username"],
        roles=found.roles,
        rights=found.rights,
        departments=frozenset({row["department"]} - {None}),
        email=row["email"],
        held_by=found.held_by,
    )


def _cookies(header: str) -> dict[str, str]:
    pairs = (part.strip().partition("=") for part in header.split(";"))
    return {name: value for name, _, value in pairs if name}


def _locale(path: str, headers: dict[str, str], row: Any, before: Context | None, company: Tenant) -> str:
    """Pages: the person's language, then the company's. The API: what the caller accepts, then those. For
    strangers the door has looked at their browser.
    """
    stranger = before.locale if before else company.locale
    asked = path.startswith("/api/") and bool(headers.get("accept-language"))
    if row["name"] is None or asked:
        return stranger
    own: str | None = row["locale"]
    return own if own in i18n.LANGUAGES else company.locale


def _shrink(cache: dict[Any, Any]) -> None:
    if len(cache) > REMEMBERED:
        cache.clear()
