"""Tells people things."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from core.kit import live, sql
from core.kit.context import current
from core.kit.ids import new_id
from core.notifications.schemas import Tone

INSERT = """
insert into core.notifications_notice (tenant_id, id, person_id, event, message, params, link, tone)
values ($1, $2, $3, $4, $5, $6, $7, $8)
"""
UNREAD = """
update core.notifications_notice set read_at = null
where tenant_id = $1 and person_id = $2 and read_at = $3
"""
READ = """
update core.notifications_notice set read_at = core.now()
where tenant_id = $1 and person_id = $2 and read_at is null and ($3::uuid[] is null or id = any ($3))
"""


async def tell(
    people: Iterable[UUID], event: str, message: str, link: str, *, tone: Tone = "info", **params: Any
) -> None:
    """Put a notice into each person's bell, once per person. `message` is a message id, `params` its
    holes: no personal data, it is kept as it is.
    """
    everyone = list(dict.fromkeys(people))
    if not everyone:
        return
    await sql.execute_many(
        INSERT, [(new_id(), person, event, message, params, link, tone) for person in everyone]
    )
    for person in everyone:
        live.changed("notices", person)


async def mark_read(ids: list[UUID]) -> int:
    """Mark the current person's notices as read; all of them when none is named."""
    return await sql.execute(READ, current().somebody.id, ids or None)


async def mark_unread(read_at: datetime) -> int:
    """Take back what the current person marked as read at that moment."""
    count = await sql.execute(UNREAD, current().somebody.id, read_at)
    live.changed("notices", current().somebody.id)
    return count
