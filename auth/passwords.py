"""Passwords: argon2id, computed beside the event loop; and a hash to spend the same time on nobody."""

import asyncio

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from auth.errors import PasswordTooWeak
from core.kit.settings import settings

LEAST = 8
HASHER = PasswordHasher(time_cost=settings().password_passes, memory_cost=settings().password_kib)
NOBODY = HASHER.hash("there is no such account")


async def hashed(password: str) -> str:
    """Raises PasswordTooWeak under eight characters."""
    if len(password) < LEAST:
        raise PasswordTooWeak(least=LEAST)
    return await asyncio.to_thread(HASHER.hash, password)


async def matches(stored: str | None, password: str) -> bool:
    """Whether it is the password; an unknown account takes as long as a known one."""
    return await asyncio.to_thread(_verify, stored or NOBODY, password) and stored is not None


def outdated(stored: str) -> bool:
    return HASHER.check_needs_rehash(stored)


def _verify(stored: str, password: str) -> bool:
    try:
        return HASHER.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False
