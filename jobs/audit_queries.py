"""Reads a company's audit lines, newest first."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from core.kit import paging, sql

LINES = """
select a.id, a.at, a.action, a.subject, a.subject_id, a.actor_id, a.actor_name, a.roles, a.channel,
 a.request_id, a.detail
from core.kit_audit a
where a.tenant_id = $1 and ($2::text is null or a.action = $2) and ($3::uuid is null or a.actor_id = $3)
  and ($4::uuid is null or a.subject_id = $4) and ($5::timestamptz is null or (a.at, a.id) < ($5, $6))
order by a.at desc, a.id desc limit $7
"""


class AuditLine(msgspec.Struct, kw_only=True):
    """`detail` holds ids, codes and amounts, never personal data."""

    id: UUID
    at: datetime
    action: str
    subject: str
    subject_id: UUID | None
    actor_id: UUID | None
    actor_name: str
    roles: list[str]
    channel: str
    request_id: str
    detail: dict[str, Any]


async def lines(
    *, action: str | None, actor: UUID | None, subject: UUID | None, cursor: str | None, limit: int
) -> paging.Page[AuditLine]:
    after = paging.decode(cursor, datetime, UUID) or (None, None)
    found = await sql.many(AuditLine, LINES, action, actor, subject, *after, limit + 1)
    return paging.page(found, limit, lambda line: (line.at, line.id))
