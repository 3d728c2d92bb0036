"""A plugin whose every hook takes half a minute: in Python, or in the database."""

import asyncio
from collections.abc import Sequence
from typing import Any

from core.kit import sql
from core.plugin.contributions import Card, Effect, Home, Manifest, Permission
from core.plugin.hookspecs import hookimpl

NAP = 30.0
SLEEP = "select pg_sleep($2) where $1::uuid is not null"


async def nap(*_: Any, **__: Any) -> Any:
    await asyncio.sleep(NAP)


async def nap_in_the_database(*_: Any, **__: Any) -> Any:
    await sql.value(SLEEP, NAP)


async def gather(_home: Home) -> dict[str, Any]:
    await nap()
    return {}


@hookimpl
def manifest() -> Sequence[Manifest]:
    return [Manifest(name="sleepy", title="午睡")]


@hookimpl
def permissions() -> Sequence[Permission]:
    return [Permission("sleepy.nap.view", "看午睡", "sleepy:read")]


@hookimpl
def cards() -> Sequence[Card]:
    return [
        Card(
            name="sleepy.naps",
            place="household",
            template="errors/fragment.html",
            gather=gather,
            permission="households.household.view",
        )
    ]


@hookimpl
async def seed(demo: bool) -> None:
    await nap_in_the_database()


@hookimpl
async def hidden_when_off() -> Sequence[Effect]:
    await nap()
    return []
