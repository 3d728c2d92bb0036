"""Every request holds a connection and wants a second one: none waits for another."""

import asyncio
import time
from typing import Any

import pytest

from auth import actions as auth
from core.kit import sql, tasks
from core.kit.database import DB, aside, unit_of_work
from core.kit.settings import settings
from tests.factories import Company

pytestmark = pytest.mark.anyio
FAST = 2.0
AS_WHOM = "select current_user::text where $1::uuid is not null"


class Together:
    """Lets nobody go on before as many as the pool has connections have come."""

    def __init__(self) -> None:
        self.barrier = asyncio.Barrier(settings().pool_size)

    async def all_hold_one(self) -> None:
        async with asyncio.timeout(10):
            await self.barrier.wait()


def turns() -> range:
    return range(settings().pool_size)


async def test_second_transactions_do_not_wait_for_first_ones(yunqi: Company) -> None:
    together = Together()

    async def request() -> str:
        async with yunqi.inside():
            await together.all_hold_one()
            async with aside(yunqi.tenant.id):
                return str(await sql.value(AS_WHOM))

    began = time.monotonic()
    assert await asyncio.gather(*(request() for _turn in turns())) == ["gj_app"] * settings().pool_size
    assert time.monotonic() - began < FAST


async def test_a_second_transaction_has_no_third(yunqi: Company) -> None:
    """It would wait for the connections its own kind holds."""
    async with yunqi.inside(), aside(yunqi.tenant.id):
        with pytest.raises(RuntimeError, match="aside"):
            async with aside(yunqi.tenant.id):
                pass


async def test_wrong_passwords_all_at_once(yunqi: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    together, note = Together(), auth._note_failure

    async def note_together(account: Any) -> None:
        await together.all_hold_one()
        await note(account)

    monkeypatch.setattr(auth, "_note_failure", note_together)
    began = time.monotonic()
    names = [f"stranger{turn}" for turn in turns()]
    answers = await asyncio.gather(*(yunqi.client().sign_in(name, "wrong") for name in names))
    assert {answer.status_code for answer in answers} == {422}
    assert time.monotonic() - began < FAST * 2


async def test_progress_of_many_jobs_at_once(yunqi: Company) -> None:
    together = Together()

    async def job() -> None:
        async with yunqi.inside():
            task = await tasks.create_task("import", total=3)
        async with yunqi.inside():
            await together.all_hold_one()
            async with tasks.running(task):
                await tasks.progress(task, 1)
                await tasks.finish(task)

    began = time.monotonic()
    await asyncio.gather(*(job() for _turn in turns()))
    assert time.monotonic() - began < FAST * 2


async def test_the_chain_is_verified_by_many_at_once(yunqi: Company) -> None:
    admin = await yunqi.signed_in("tenant_admin")
    answers = await asyncio.gather(*(admin.post("/api/v1/audit/verify") for _turn in turns()))
    assert {answer.status_code for answer in answers} == {200}


async def test_every_process_with_requests_has_them(yunqi: Company) -> None:
    assert {"app", "sys", "aside"} <= DB.pools.keys()
    async with unit_of_work(None) as unit:
        assert unit.pool is DB.pools["app"]
