"""Is the process alive, and can it serve? Asked by supervisors and load balancers, on any host name."""

import asyncio

from litestar import Response, get

from core.kit.database import DB, aside
from core.kit.web import DATABASE_DOWN, public

PATIENCE = 2.0


@get("/health/live", opt={"bare": True}, guards=[public], include_in_schema=False)
async def live() -> dict[str, str]:
    return {"status": "live"}


@get("/health/ready", opt={"bare": True}, guards=[public], include_in_schema=False)
async def ready() -> Response[dict[str, str]]:
    """503 while the database does not answer. Valkey does not count: writes work without it."""
    try:
        async with asyncio.timeout(PATIENCE), aside(None, "app"):
            await DB.unit().connection.fetchval("select 1")
    except (*DATABASE_DOWN, KeyError):
        return Response({"status": "database unavailable"}, status_code=503, headers={"Retry-After": "2"})
    return Response({"status": "ready"})


ROUTES = [live, ready]
