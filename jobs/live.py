"""Live updates in a web process: one listening connection tells every open page of its own company's changes.

A notice says what to look at again, never what is there. Notices that were missed, because the connection was
lost or a page was slow, become one notice for everything.
"""

import asyncio
import signal
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any
from uuid import UUID

import msgspec

from core.kit.live import CHANNEL
from jobs.listening import listen
from jobs.loops import sleep

MOST = 100
EVERYTHING = "*"
STOPPING = (signal.SIGTERM, signal.SIGINT)


class Notice(msgspec.Struct, frozen=True):
    """`topic` "*" means: anything may have changed. `id` is the changed record's, or empty."""

    topic: str
    id: str


class Subscription:
    """One open page's unread notices, each once."""

    def __init__(self, topics: frozenset[str]) -> None:
        self.topics = topics
        self._unread: dict[Notice, None] = {}
        self._told = asyncio.Event()
        self.ended = False

    def end(self) -> None:
        """The process is about to stop: the page shall connect again, elsewhere."""
        self.ended = True
        self._told.set()

    def tell(self, notice: Notice) -> None:
        if notice.topic != EVERYTHING and self.topics and notice.topic not in self.topics:
            return
        if notice.topic == EVERYTHING or len(self._unread) >= MOST:
            self._unread.clear()
            notice = Notice(EVERYTHING, "")
        if Notice(EVERYTHING, "") not in self._unread:
            self._unread[notice] = None
        self._told.set()

    async def next(self, seconds: float) -> list[Notice]:
        """What is unread, after at most so many seconds; empty when nothing came."""
        await sleep(seconds, self._told)
        self._told.clear()
        unread, self._unread = list(self._unread), {}
        return unread


class Hub:
    """All open pages of this process, by company."""

    def __init__(self) -> None:
        self._pages: dict[UUID, set[Subscription]] = {}

    @contextmanager
    def subscribe(self, tenant: UUID, topics: frozenset[str] = frozenset()) -> Iterator[Subscription]:
        """Hear of that company's changes; without topics of all of them."""
        subscription = Subscription(topics)
        self._pages.setdefault(tenant, set()).add(subscription)
        try:
            yield subscription
        finally:
            self._pages[tenant].discard(subscription)
            if not self._pages[tenant]:
                del self._pages[tenant]

    def heard(self, payload: str) -> None:
        """Pass on what PostgreSQL brought: `<tenant>|<topic>|<id>`."""
        tenant, topic, subject = payload.split("|", 2)
        for subscription in self._pages.get(UUID(tenant), ()):
            subscription.tell(Notice(topic, subject))

    def refresh(self) -> None:
        """Have every page look again: notices may have been missed."""
        for pages in self._pages.values():
            for subscription in pages:
                subscription.tell(Notice(EVERYTHING, ""))

    def end(self) -> None:
        """End every stream: the server waits for open answers before it stops."""
        for pages in self._pages.values():
            for subscription in pages:
                subscription.end()


HUB = Hub()


@asynccontextmanager
async def listening(hub: Hub = HUB) -> AsyncIterator[None]:
    """Keep the process's listening connection while the web application runs, and end its streams when it
    is told to stop."""
    stop = asyncio.Event()
    task = asyncio.create_task(listen(CHANNEL, "app", hub.heard, hub.refresh, stop))
    try:
        with _ending(hub):
            yield
    finally:
        stop.set()
        await task


@contextmanager
def _ending(hub: Hub) -> Iterator[None]:
    """Stand before the server's own signal handlers, which tell the application nothing until all answers
    are out."""
    loop = asyncio.get_running_loop()
    before: dict[int, Any] = {number: signal.getsignal(number) for number in STOPPING}
    mine = [number for number in STOPPING if callable(before[number])] if _in_main_thread() else []

    def told(number: int, frame: Any) -> None:
        loop.call_soon_threadsafe(hub.end)
        before[number](number, frame)

    for number in mine:
        signal.signal(number, told)
    try:
        yield
    finally:
        for number in mine:
            if signal.getsignal(number) is told:
                signal.signal(number, before[number])


def _in_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()
