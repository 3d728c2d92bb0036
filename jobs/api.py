"""`/api/v1/audit`: who did what, and whether the chain of it is whole."""

from uuid import UUID

import msgspec
from litestar import Controller, get, post
from litestar.params import FromQuery

from core.kit import paging
from core.kit.context import current
from core.kit.web import requires
from jobs import audit_queries, verification
from jobs.audit_queries import AuditLine

VIEW = requires("jobs.audit.view")


class Verified(msgspec.Struct):
    """`broken` names each damage: a line's place in the chain, its id, and what is wrong with it."""

    ok: bool
    count: int
    head: str
    broken: list[verification.Break]


class AuditApi(Controller):
    path = "/audit"
    tags = ["audit"]

    @get(guards=[VIEW])
    async def list(
        self,
        action: FromQuery[str | None] = None,
        actor: FromQuery[UUID | None] = None,
        subject: FromQuery[UUID | None] = None,
        cursor: FromQuery[str | None] = None,
        limit: FromQuery[int | None] = None,
    ) -> paging.Page[AuditLine]:
        """The company's audit lines, newest first, of one action, person or record."""
        return await audit_queries.lines(
            action=action, actor=actor, subject=subject, cursor=cursor, limit=paging.limit(limit)
        )

    @post("/verify", guards=[VIEW], status_code=200)
    async def verify(self) -> Verified:
        """Recompute the chain. It is read in a transaction of its own, as it stood when this was asked."""
        verdict = await verification.verify(current().tenant.id)
        return Verified(verdict.ok, verdict.count, verdict.head, verdict.broken_at)
