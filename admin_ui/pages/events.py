"""`GET /events`: the stream that tells an open page what to look at again.

It runs outside the request's transaction, so it asks who is there itself: at the start, every quarter minute,
and when the session is told to end. Messages are named `gj:changed` and carry `{topic, id}`; `gj:signed-out`
is the last one.
"""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.datastructures import Headers
from litestar.params import FromQuery
from litestar.response import ServerSentEvent, ServerSentEventMessage

from auth.identify import identify
from core.kit.context import Context, Tenant
from core.kit.database import unit_of_work
from core.kit.errors import Forbidden, Unauthorized
from core.kit.web import AS_IT_IS, DATABASE_DOWN, public
from jobs.live import HUB, Notice

HEARTBEAT = 15.0
RETRY_MS = 3000
PERSONAL = frozenset({"notices"})
SESSIONS = "sessions"

Who = Callable[[], Awaitable[Context | None]]


@get("/events", opt={"bare": True, AS_IT_IS: True}, guards=[public], include_in_schema=False)
async def events(request: Request[Any, Any, Any], topics: FromQuery[str] = "") -> Response[Any]:
    """`topics` are names parted by commas, all of the company's without any. 401 for strangers."""
    tenant: Tenant = request.scope["state"]["tenant"]
    who = _asking(request, tenant)
    person = await who()
    if person is None:
        return Response("", status_code=401, media_type="text/plain")
    return ServerSentEvent(stream(person, frozenset(filter(None, topics.split(","))), who))


def _asking(request: Request[Any, Any, Any], tenant: Tenant) -> Who:
    headers = dict(Headers.from_scope(request.scope).items())

    async def who() -> Context | None:
        try:
            async with unit_of_work(tenant.id):
                context = await identify(request.scope, tenant, headers)
        except (Unauthorized, Forbidden):
            return None
        return context if context.actor else None

    return who


async def stream(
    person: Context, topics: frozenset[str], who: Who, heartbeat: float = HEARTBEAT
) -> AsyncIterator[ServerSentEventMessage]:
    """Messages for one signed-in person until the session ends. `topics` empty means all."""
    with HUB.subscribe(person.tenant.id, topics and topics | {SESSIONS}) as subscription:
        yield ServerSentEventMessage(data=None, comment="open", retry=RETRY_MS)
        asked = time.monotonic()
        while not subscription.ended:
            notices = await subscription.next(heartbeat)
            mine = [notice for notice in notices if _concerns(notice, person)]
            if time.monotonic() - asked >= heartbeat or any(notice.topic == SESSIONS for notice in mine):
                asked = time.monotonic()
                if not await _still_there(who, person):
                    yield ServerSentEventMessage(event="gj:signed-out", data="{}")
                    return
            if not notices:
                yield ServerSentEventMessage(data=None, comment="here")
            for notice in mine:
                if notice.topic != SESSIONS:
                    yield ServerSentEventMessage(event="gj:changed", data=msgspec.json.encode(notice))


async def _still_there(who: Who, person: Context) -> bool:
    """Whether the session goes on; a database that is away ends nobody's."""
    try:
        now = await who()
    except DATABASE_DOWN:
        return True
    return now is not None and now.somebody.id == person.somebody.id


def _concerns(notice: Notice, person: Context) -> bool:
    if notice.topic == SESSIONS:
        return notice.id in {str(person.session_id), str(person.somebody.id)}
    return notice.topic not in PERSONAL or notice.id == str(person.somebody.id)


PAGES = [events]
