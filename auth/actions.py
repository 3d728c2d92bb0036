"""Signs people in and out, makes accounts, and gives roles in a way that acts at the next request
everywhere.
"""

from uuid import UUID

from litestar.datastructures import Cookie
from msgspec.structs import replace

from auth import passwords, sessions, throttle
from auth.acting import person_at_work
from auth.errors import PasswordUnchanged, PasswordWrong, SignInFailed
from auth.events import UserSignedIn
from core.households import queries as households
from core.kit import audit, sql
from core.kit.context import current, enter
from core.kit.database import aside
from core.kit.errors import Forbidden, NotFound
from core.kit.events import publish
from core.plugin.host import catalogue
from core.staff import actions as staff
from core.staff.errors import RoleUnknown
from core.staff.roles import ROLES
from core.staff.schemas import NewPerson

ACCOUNT = """
select a.id, a.password_hash, a.state from core.auth_account a
join core.staff_person p on p.tenant_id = a.tenant_id and p.id = a.id
where a.tenant_id = $1 and lower(p.username) = lower($2) and p.state = 'active'
"""
FAILED = """
update core.auth_account set failures = failures + 1, failed_at = core.now() where tenant_id = $1 and id = $2
"""
SUCCEEDED = """
update core.auth_account set failures = 0, password_hash = coalesce($3, password_hash)
where tenant_id = $1 and id = $2
"""
OWN_ROLE = "select 1 from core.auth_role where tenant_id = $1 and name = $2"
CHANGE = """
update core.auth_account
set password_hash = $3, must_change = $4, password_changed_at = core.now(), version = version + 1
where tenant_id = $1 and id = $2
"""
HASH = "select password_hash from core.auth_account where tenant_id = $1 and id = $2"
STATE = "update core.auth_account set state = $3, version = version + 1 where tenant_id = $1 and id = $2"
BUMP = "update core.tenants_tenant set version = version + 1 where id = $1"


async def sign_in(username: str, password: str, *, address: str, agent: str) -> Cookie:
    """A new session's cookie; the rest of the request is that person's. Raises SignInThrottled, or
    SignInFailed alike for whatever does not fit.
    """
    await throttle.check(username, address)
    rows = await sql.records(ACCOUNT, username)
    account = rows[0] if rows else None
    fits = await passwords.matches(account["password_hash"] if account else None, password)
    if account is None or not fits or account["state"] != "active":
        await _note_failure(account["id"] if account else None)
        raise SignInFailed
    fresh = await passwords.hashed(password) if passwords.outdated(account["password_hash"]) else None
    await sql.execute(SUCCEEDED, account["id"], fresh)
    token = await sessions.start(account["id"], address, agent)
    here = current()
    enter(replace(here, actor=await person_at_work(account["id"], here.tenant, here.plugins)))
    audit.record("session.started", "account", account["id"], address=address)
    publish(UserSignedIn(account["id"]))
    return sessions.cookie(token)


async def _note_failure(account: UUID | None) -> None:
    """What must survive the refusal: the count and the audit line."""
    async with aside(current().tenant.id):
        if account is not None:
            await sql.execute(FAILED, account)
        audit.record("session.refused", "account", account)


async def sign_out() -> None:
    session = current().session_id
    if session is not None:
        await sessions.end([session], "signed out")
        audit.record("session.ended", "account", current().somebody.id)


async def end_session(session: UUID) -> None:
    """End one of the current person's own sessions; raises NotFound for anybody else's."""
    mine = {row["id"] for row in await sessions.of_account(current().somebody.id)}
    if session not in mine:
        raise NotFound
    await sessions.end([session], "revoked")
    audit.record("session.revoked", "account", current().somebody.id)


async def choose_project(project: UUID | None) -> None:
    """Work in one project, or (None) in all, for the rest of this session. Raises NotFound where there is no
    such project or the current person holds no right in it.
    """
    here = current()
    allowed = here.somebody.projects
    if project is not None and (allowed is not None and project not in allowed):
        raise NotFound
    if project is not None:
        await households.project(project)
    if here.session_id is not None:
        await sessions.choose(here.session_id, project)


async def create_person(
    *,
    username: str,
    name: str,
    password: str,
    roles: list[tuple[str, UUID | None]],
    department: str | None = None,
    title: str = "",
    email: str | None = None,
    locale: str | None = None,
    must_change: bool = True,
) -> UUID:
    """A person with an account and roles, each in one project or (None) everywhere."""
    person = await staff.add_person(
        NewPerson(
            username=username, name=name, title=title, department=department, email=email, locale=locale
        )
    )
    await sql.insert(
        "auth_account",
        {"id": person, "password_hash": await passwords.hashed(password), "must_change": must_change},
    )
    for role, project in roles:
        await give_role(person, role, project)
    return person


async def give_role(person: UUID, role: str, project: UUID | None) -> None:
    """From today on; acts at the person's next request. Raises RoleUnknown, AssignmentOverlaps."""
    known = {template.name for template in catalogue().of("roles")} | ROLES.keys()
    if role not in known and await sql.value(OWN_ROLE, role) is None:
        raise RoleUnknown(role=role)
    await staff.assign(person, role, project)
    await bump()


async def take_role(person: UUID, role: str, project: UUID | None) -> None:
    """End it at once, everywhere; nobody takes the last administrator's role away."""
    if role == "tenant_admin" and person == current().somebody.id:
        raise Forbidden(permission=role)
    if not await staff.unassign(person, role, project):
        raise NotFound
    await bump()


async def set_password(person: UUID, password: str, *, must_change: bool) -> None:
    """Also signs the person out everywhere. Raises PasswordTooWeak."""
    if not await sql.execute(CHANGE, person, await passwords.hashed(password), must_change):
        raise NotFound
    await sessions.end_all(person, "password changed")
    audit.record("password.changed", "account", person)


async def change_password(before: str, after: str, *, address: str, agent: str) -> Cookie:
    """Change one's own; every session ends and this browser gets the cookie of a new one.

    Raises SignInThrottled, PasswordWrong for a wrong `before`, PasswordUnchanged, PasswordTooWeak.
    """
    actor = current().somebody
    await throttle.check(actor.username, address)
    stored = await sql.value(HASH, actor.id)
    if not await passwords.matches(stored, before):
        await _note_failure(actor.id)
        raise PasswordWrong
    if after == before:
        raise PasswordUnchanged
    await set_password(actor.id, after, must_change=False)
    return sessions.cookie(await sessions.start(actor.id, address, agent))


async def set_state(person: UUID, *, active: bool) -> None:
    """A disabled account is out at its next request."""
    if not await sql.execute(STATE, person, "active" if active else "disabled"):
        raise NotFound
    if not active:
        await sessions.end_all(person, "disabled")
    audit.record("account.enabled" if active else "account.disabled", "account", person)
    await bump()


async def bump() -> None:
    """Make every process forget what it remembers of this company's rights and switches."""
    await sql.execute(BUMP)
