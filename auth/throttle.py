"""How often somebody may try to sign in: counted per account and per address, in Valkey, or here while
it is away.
"""

import asyncio
from functools import cache

from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage, Storage
from limits.aio.strategies import MovingWindowRateLimiter
from limits.errors import StorageError
from limits.storage import storage_from_string
from redis.exceptions import RedisError

from auth.errors import SignInThrottled
from core.kit.clock import now
from core.kit.context import current
from core.kit.settings import settings

WINDOW_MINUTES = 5
ADDRESS_SHARE = 5
AWAY = (RedisError, StorageError, OSError, TimeoutError)


async def check(username: str, address: str) -> None:
    """Count an attempt; raises SignInThrottled with the seconds to wait."""
    most = settings().login_attempts
    tenant = str(current().tenant.id)
    await _hit(RateLimitItemPerMinute(most, WINDOW_MINUTES), "account", tenant, username.casefold())
    await _hit(RateLimitItemPerMinute(most * ADDRESS_SHARE, WINDOW_MINUTES), "address", tenant, address)


async def _hit(limit: RateLimitItemPerMinute, *parts: str) -> None:
    for storage in (_shared(), _own()):
        if storage is None:
            continue
        limiter = MovingWindowRateLimiter(storage)
        try:
            async with asyncio.timeout(1):
                if await limiter.hit(limit, *parts):
                    return
                stats = await limiter.get_window_stats(limit, *parts)
        except AWAY:
            continue
        raise SignInThrottled(seconds=max(int(stats.reset_time - now().timestamp()), 1))


@cache
def _own() -> Storage:
    return MemoryStorage()


@cache
def _shared() -> Storage | None:
    url = settings().redis_url
    if url is None:
        return None
    scheme = "async+redis+unix" if url.startswith("unix:") else "async+redis"
    storage = storage_from_string(
        f"{scheme}{url[url.index(':') :]}", wrap_exceptions=True, implementation="redispy"
    )
    return storage if isinstance(storage, Storage) else None
