"""Who did what: one line per change, in the change's own transaction, never altered afterwards.

The sealer (`jobs`) chains the lines of each company by HMAC within a second; `guanjia audit verify`
checks the chain.
"""

from typing import Any
from uuid import UUID

import msgspec

from core.kit import database, sql
from core.kit.context import maybe_current
from core.kit.ids import new_id

INSERT = """
insert into core.kit_audit
 (tenant_id, id, action, subject, subject_id, actor_id, actor_name, roles, channel, request_id, detail)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
"""
WAIT = "insert into core.kit_audit_waiting (tenant_id, id) values ($1, $2)"


class Line(msgspec.Struct):
    action: str
    subject: str
    subject_id: UUID | None
    detail: dict[str, Any]


def record(action: str, subject: str, subject_id: UUID | None = None, **detail: Any) -> None:
    """Write a line with this transaction's commit: `record("plugin.switched", "plugin", name="x",
    before=…, after=…)`.

    `detail` must hold no personal data: ids, codes, amounts, field names.
    """
    database.defer(_write, Line(action, subject, subject_id, msgspec.to_builtins(detail)))


async def _write(lines: list[Line]) -> None:
    context = maybe_current()
    who = context.somebody if context else None
    rows = [
        (
            new_id(),
            line.action,
            line.subject,
            line.subject_id,
            who and who.id,
            who.name if who else "",
            list(who.roles) if who else [],
            context.channel if context else "system",
            context.request_id if context else "",
            line.detail,
        )
        for line in lines
    ]
    await sql.execute_many(INSERT, rows)
    await sql.execute_many(WAIT, [(row[0],) for row in rows])
