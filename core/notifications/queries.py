"""A person's notices."""

from datetime import datetime
from uuid import UUID

from core.kit import paging, sql
from core.kit.context import current
from core.kit.i18n import gettext
from core.notifications.schemas import Notice

MINE = """
select id, event, message, params, link, tone, created_at, read_at from core.notifications_notice
where tenant_id = $1 and person_id = $2 and ($3::timestamptz is null or (created_at, id) < ($3, $4))
order by created_at desc, id desc limit $5
"""
ONE = """
select id, event, message, params, link, tone, created_at, read_at from core.notifications_notice
where tenant_id = $1 and person_id = $2 and id = $3
"""
LAST_READ = """
select max(read_at) from core.notifications_notice where tenant_id = $1 and person_id = $2
"""
UNREAD = """
select count(*) from (select 1 from core.notifications_notice
 where tenant_id = $1 and person_id = $2 and read_at is null limit 100) as waiting
"""


async def mine(cursor: str | None = None, limit: int = 50) -> paging.Page[Notice]:
    """The current person's notices, newest first."""
    after = paging.decode(cursor, datetime, UUID) or (None, None)
    notices = await sql.many(Notice, MINE, current().somebody.id, *after, limit + 1)
    for notice in notices:
        notice.text = _text(notice)
    return paging.page(notices, limit, lambda notice: (notice.created_at, notice.id))


async def one(notice: UUID) -> Notice:
    """One of the current person's; raises NotFound for anybody else's."""
    found = await sql.one(Notice, ONE, current().somebody.id, notice)
    found.text = _text(found)
    return found


def _text(notice: Notice) -> str:
    return gettext(notice.message, **{key: gettext(str(value)) for key, value in notice.params.items()})


async def unread() -> int:
    """How many the current person has not read, 100 meaning 100 or more."""
    count: int = await sql.value(UNREAD, current().somebody.id)
    return count


async def last_read() -> datetime | None:
    """When the current person last marked any as read."""
    at: datetime | None = await sql.value(LAST_READ, current().somebody.id)
    return at
