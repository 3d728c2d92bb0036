"""Sessions of our own: a random id in a cookie, its hash in the database, a new one at every sign-in.

Rows in PostgreSQL, so that a Valkey that forgot everything signs nobody out. An id that a client brings
along is never adopted.
"""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from litestar.datastructures import Cookie

from core.kit import clock, sql
from core.kit.database import defer
from core.kit.ids import new_id
from core.kit.settings import settings

IDLE = timedelta(hours=8)
ABSOLUTE = timedelta(hours=12)
TOUCHED_EVERY = timedelta(minutes=1)
TOUCH = """
update core.auth_session set seen_at = core.now() where tenant_id = $1 and id = (
  select id from core.auth_session where tenant_id = $1 and id = $2 for update skip locked
)
"""
END = """
update core.auth_session set ended_at = core.now(), ended_because = $3
where tenant_id = $1 and id = any ($2) and ended_at is null
"""
END_ALL = """
update core.auth_session set ended_at = core.now(), ended_because = $3
where tenant_id = $1 and account_id = $2 and ended_at is null
"""
CHOOSE = "update core.auth_session set project_id = $3 where tenant_id = $1 and id = $2"
MINE = """
select id, created_at, seen_at, address, agent from core.auth_session
where tenant_id = $1 and account_id = $2 and ended_at is null and expires_at > core.now() and seen_at > $3
order by seen_at desc
"""


def cookie_name() -> str:
    return _own("sid")


def anonymous_name() -> str:
    """The cookie that binds forms to a browser nobody has signed in with yet."""
    return _own("gj_anon")


def cookie(token: str) -> Cookie:
    return _cookie(cookie_name(), token)


def anonymous_cookie(value: str) -> Cookie:
    return _cookie(anonymous_name(), value)


def no_cookie() -> Cookie:
    """Takes the session's cookie away; a browser obeys only what is as secure as the cookie itself."""
    return _cookie(cookie_name(), "", max_age=0)


def _own(name: str) -> str:
    """`__Host-` on https, where browsers then refuse any other host's; plain on loopback http."""
    return f"__Host-{name}" if settings().scheme == "https" else name


def _cookie(name: str, value: str, max_age: int | None = None) -> Cookie:
    secure = settings().scheme == "https"
    return Cookie(
        key=name, value=value, path="/", max_age=max_age, secure=secure, httponly=True, samesite="lax"
    )


def token_hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


async def start(account: UUID, address: str, agent: str) -> str:
    """A new session; the token for the cookie, which is kept nowhere."""
    token = secrets.token_urlsafe(32)
    now = clock.now()
    values: dict[str, Any] = {
        "id": new_id(),
        "account_id": account,
        "token_hash": token_hash(token),
        "created_at": now,
        "seen_at": now,
        "expires_at": now + ABSOLUTE,
        "address": address[:60],
        "agent": agent[:300],
    }
    await sql.insert("auth_session", values)
    return token


async def end(sessions: list[UUID], because: str) -> int:
    return await sql.execute(END, sessions, because)


async def end_all(account: UUID, because: str) -> int:
    """Sign the account out everywhere."""
    return await sql.execute(END_ALL, account, because)


async def choose(session: UUID, project: UUID | None) -> None:
    """Keep the project that is worked in from the next request on; None for all."""
    await sql.execute(CHOOSE, session, project)


async def of_account(account: UUID) -> list[Any]:
    """Running sessions, the last used first: id, created_at, seen_at, address, agent."""
    return await sql.records(MINE, account, clock.now() - IDLE)


def is_stale(seen_at: datetime) -> bool:
    return clock.now() - seen_at > TOUCHED_EVERY


def touch(session: UUID) -> None:
    """Note at the end of this transaction that the session is in use; another request of it waits for
    nothing.
    """
    defer(_touch, session)


async def _touch(used: list[UUID]) -> None:
    await sql.execute(TOUCH, used[0])
