"""`/api/v1/notifications`: the bell of the person who asks."""

from typing import Any

from litestar import Controller, Request, get, post
from litestar.params import FromQuery

from core.kit import paging
from core.kit.web import accepts, read, signed_in
from core.notifications import actions, queries
from core.notifications.schemas import MarkRead, Notice


class NotificationsApi(Controller):
    path = "/notifications"
    tags = ["notifications"]
    guards = [signed_in()]

    @get()
    async def list(
        self, cursor: FromQuery[str | None] = None, limit: FromQuery[int | None] = None
    ) -> paging.Page[Notice]:
        """Your notices, newest first."""
        return await queries.mine(cursor, paging.limit(limit))

    @post(opt=accepts(MarkRead), status_code=200)
    async def mark_read(self, request: Request[Any, Any, Any]) -> dict[str, int]:
        """Mark notices as read, all of them when `ids` is empty."""
        body = await read(request, MarkRead)
        return {"read": await actions.mark_read(body.ids)}
