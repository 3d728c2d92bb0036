"""Passwords: argon2id, computed beside the event loop; and a hash to spend the same time on nobody."""

import asyncio
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from auth.errors import PasswordTooWeak
from core.kit.settings import settings

LEAST = 8
HASHER = PasswordHasher(time_cost=settings().password_passes, memory_cost=settings().password_kib)


async def hashed(password: str) -> str:
    """Raises PasswordTooWeak under eight characters."""
    if len(password) < LEAST:
        raise PasswordTooWeak(least=LEAST)
    return await asyncio.to_thread(HASHER.hash, password)


async def matches(stored: str | None, password: str) -> bool:
    """Whether it is the password; an unknown account takes as long as a known one."""
    return await asyncio.to_thread(_verify, stored, password) and stored is not None


def outdated(stored: str) -> bool:
    return HASHER.check_needs_rehash(stored)


@cache
def _nobody() -> str:
    return HASHER.hash("there is no such account")


def _verify(stored: str | None, password: str) -> bool:
    try:
        return HASHER.verify(stored or _nobody(), password)
    except (VerificationError, InvalidHashError):
        return False
