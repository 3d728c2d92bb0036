"""`/notices`: what somebody was told, the bell that counts it, and marking it as read."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath, FromQuery

from admin_ui.pages import frame
from core.kit.i18n import _, gettext
from core.kit.web import render, signed_in, submitted, went
from core.notifications import actions, queries
from core.notifications.schemas import MarkRead

HERE = "/notices"
SIZE = 30


def _here(cursor: str) -> str:
    return f"{HERE}?part=list&cursor={cursor}" if cursor else f"{HERE}?part=list"


class NoticePages(Controller):
    path = HERE
    include_in_schema = False
    guards = [signed_in()]

    @get()
    async def list(self, part: FromQuery[str] = "", cursor: FromQuery[str] = "") -> Response[str]:
        """`part=count` is the figure on the bell, `part=list` the notices alone."""
        if part == "count":
            return render("notices/_count.html", unread=await queries.unread())
        page = await queries.mine(cursor or None, SIZE)
        more = f"{HERE}?cursor={page.next}" if page.next else ""
        values: dict[str, Any] = {
            "notices": page.items,
            "more": more,
            "older": bool(cursor),
            "here": _here(cursor),
        }
        if part == "list":
            return render("notices/_list.html", **values)
        return await frame.page("notices/list.html", **values)

    @get("/{notice:uuid}")
    async def follow(self, request: Request[Any, Any, Any], notice: FromPath[UUID]) -> Response[Any]:
        """Mark one as read and go where it points."""
        found = await queries.one(notice)
        await actions.mark_read([notice])
        return went(request, found.link)

    @post("/read")
    async def read(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """The notices ticked, or all of them."""
        bound = await submitted(request, MarkRead)
        count = await actions.mark_read(bound.struct().ids)
        at = await queries.last_read()
        if not count or at is None:
            return went(request, HERE)
        undo = frame.address(f"{HERE}/unread", {"at": at.isoformat()})
        return went(request, HERE, toast=gettext(_("{n} 条已标为已读"), n=count), undo=undo)

    @post("/unread")
    async def unread(self, request: Request[Any, Any, Any], at: FromQuery[datetime]) -> Response[Any]:
        """Take back what was marked as read at that moment."""
        await actions.mark_unread(at)
        return went(request, HERE)
