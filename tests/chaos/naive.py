"""The product without its precautions, for the negative control: answers before the commit, ignores
idempotency keys, does an effect each time it is asked to. The checker must find all of it.

`python -m tests.chaos.naive` serves the web; `dramatiq tests.chaos.naive_worker` works.
"""

import asyncio
import sys
from typing import Any
from uuid import UUID

import uvicorn
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from core.kit import log
from core.kit.context import enter
from core.kit.database import unit_of_work
from core.kit.requests import UnitOfWork
from core.kit.settings import settings
from guanjia import app as composition
from jobs import actions

UNTIL_COMMIT = 0.25
careful = UnitOfWork.handle


async def handle(self: UnitOfWork, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
    """The API answers as soon as the answer is known; the commit follows. People may sign in as ever."""
    if not scope["path"].startswith("/api/"):
        await careful(self, scope, receive, send, next_app)
        return
    tenant: Any = scope["state"]["tenant"]
    headers = {name.decode(): value.decode() for name, value in scope["headers"]}
    statuses: list[int] = []

    async def at_once(message: Message) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])
        await send(message)

    async with unit_of_work(tenant.id) as unit:
        enter(await self.identify(scope, tenant, headers))
        await next_app(scope, receive, at_once)
        if statuses[0] >= 400:
            await unit.rollback()
        else:
            await asyncio.sleep(UNTIL_COMMIT)


async def consume(_message: UUID, _consumer: str) -> bool:
    """Without an inbox nobody knows whether it was done before."""
    return True


def forget_precautions() -> None:
    UnitOfWork.handle = handle  # type: ignore[method-assign]
    actions.consume = consume


def main() -> None:
    log.configure()
    forget_precautions()
    uvicorn.run(
        composition.create_app, factory=True, host=settings().host, port=settings().port, log_config=None
    )


if __name__ == "__main__":
    sys.exit(main())
