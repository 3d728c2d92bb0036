"""A plugin of this folder's tests: its effects are counted in rows, so that what happened twice shows."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

from core.kit import audit, clock, sql
from core.kit.access import can
from core.kit.context import current
from core.kit.errors import Refused
from core.kit.events import Event
from core.plugin.contributions import Job, Listener, Manifest, Permission
from core.plugin.hookspecs import hookimpl

COUNT = """
insert into core.kit_counter (tenant_id, prefix, day, last) values ($1, $2, $3, 1)
on conflict (tenant_id, prefix, day) do update set last = core.kit_counter.last + 1
"""
COUNTED = "select last from core.kit_counter where tenant_id = $1 and prefix = $2"
BROKEN: set[str] = set()


class SampleRefused(Refused):
    key, message = "sample_refused", "不行"


class SampleHappened(Event):
    mark: str


async def count(mark: str) -> None:
    await sql.execute(COUNT, mark, clock.today())


async def counted(mark: str) -> int:
    return await sql.value(COUNTED, mark) or 0


async def work(mark: str, seconds: float = 0, subject: UUID | None = None) -> None:
    """Count, then perhaps take long, or fail with a phone number in the text."""
    assert subject is None or isinstance(subject, UUID)
    await count(mark)
    await asyncio.sleep(seconds)
    if mark in BROKEN:
        raise ValueError("13800138000 does not answer")
    rights = can("sample.thing.do")
    audit.record("sample.worked", "sample", subject, channel=current().channel, rights=rights)


async def refuse() -> None:
    raise SampleRefused


async def hourly() -> None:
    await count("hourly")


async def first(event: SampleHappened) -> None:
    await count(f"{event.mark} first")


async def second(event: SampleHappened) -> None:
    await count(f"{event.mark} second")
    if event.mark in BROKEN:
        raise RuntimeError("broken")


async def third(event: SampleHappened) -> None:
    await count(f"{event.mark} third")


@hookimpl
def manifest() -> Sequence[Manifest]:
    return [Manifest(name="sample", title="样品")]


@hookimpl
def permissions() -> Sequence[Permission]:
    return [Permission("sample.thing.do", "做", "sample:write")]


@hookimpl
def jobs() -> Sequence[Job]:
    return [
        Job(name="sample.work", run=work),
        Job(name="sample.refuse", run=refuse),
        Job(name="sample.hourly", run=hourly, cron="0 * * * *"),
    ]


@hookimpl
def listeners() -> Sequence[Listener]:
    return [Listener(SampleHappened, handle) for handle in (first, second, third)]
