"""The outbox reaches the queue whoever dies, and whatever the queue forgets."""

import asyncio
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from dramatiq.brokers.redis import RedisBroker

from core.kit import events
from core.kit.database import unit_of_work
from guanjia.embedded import Valkey
from jobs import actions, delivery, relay
from jobs.broker import make_broker
from jobs.relay import QueueAway
from tests.jobs.conftest import Office, queued

pytestmark = pytest.mark.anyio


@pytest.fixture
def valkey() -> Iterator[Valkey]:
    """A Valkey of this test's own, to be stopped and started."""
    folder = Path(tempfile.mkdtemp(prefix="guanjia-"))
    folder.chmod(0o755)
    server = Valkey(folder / "data", settings={"save": ""}, system_root=folder / "system")
    server.start()
    yield server
    server.stop()
    shutil.rmtree(folder)


async def test_each_message_is_handed_over_by_one_of_two_relays(office: Office, queue: RedisBroker) -> None:
    messages = [await office.enqueue(mark="r") for _ in range(30)]
    second = make_broker()
    await asyncio.gather(relay.sweep(queue), relay.sweep(second))
    ours = [name for name in queued(queue) if UUID(name) in messages]
    assert sorted(ours) == sorted(str(message) for message in messages)
    second.client.close()


async def test_rolled_back_transaction_sends_nothing(office: Office, queue: RedisBroker) -> None:
    class Undone(Exception):
        pass

    await relay.sweep(queue)
    before = queued(queue)
    with pytest.raises(Undone):
        async with office.inside():
            events.enqueue("sample.work", {"mark": "never"})
            raise Undone
    await relay.sweep(queue)
    assert queued(queue) == before


async def test_delayed_message_waits_for_its_moment(office: Office, queue: RedisBroker) -> None:
    async with office.inside():
        message = events.enqueue("sample.work", {"mark": "later"}, delay=0.5)
    await relay.sweep(queue)
    assert str(message) not in queued(queue)
    await asyncio.sleep(0.6)
    await relay.sweep(queue)
    assert queued(queue).count(str(message)) == 1


async def test_relay_that_dies_before_publishing_costs_only_time(office: Office, queue: RedisBroker) -> None:
    message = await office.enqueue(mark="crash")
    async with unit_of_work(office.id, "sys"):
        assert [due.id for due in await actions.send(0.4)] == [message]
    await relay.sweep(queue)
    assert str(message) not in queued(queue)
    await asyncio.sleep(0.5)
    await relay.sweep(queue)
    assert queued(queue).count(str(message)) == 1


@pytest.mark.spec("R4")
async def test_queue_that_forgot_everything_is_filled_again(office: Office, queue: RedisBroker) -> None:
    messages = {str(await office.enqueue(mark="flushed")) for _ in range(10)}
    await relay.sweep(queue, resend=0.4)
    assert messages <= set(queued(queue))
    queue.client.flushdb()
    await asyncio.sleep(0.5)
    await relay.sweep(queue, resend=0.4)
    assert messages <= set(queued(queue))
    for message in messages:
        await delivery.deliver(office.id, UUID(message))
    await asyncio.sleep(0.5)
    queue.client.flushdb()
    await relay.sweep(queue, resend=0.4)
    assert not messages & set(queued(queue))
    assert await office.counted("flushed") == 10


async def test_rows_wait_while_valkey_is_away_and_go_out_when_it_is_back(
    office: Office, valkey: Valkey
) -> None:
    broker = make_broker(valkey.url())
    message = str(await office.enqueue(mark="away"))
    valkey.stop()
    stop = asyncio.Event()
    running = asyncio.create_task(relay.run(broker, stop, poll=0.1))
    await asyncio.sleep(1.0)
    assert not running.done()
    row = await office.row(UUID(message))
    assert (row["sent_at"], row["attempts"]) == (None, 0)
    valkey.start()
    await _until(lambda: message in queued(broker), 10)
    stop.set()
    await running
    assert queued(broker).count(message) == 1
    broker.client.close()


async def test_relay_says_that_the_queue_is_away(office: Office, valkey: Valkey) -> None:
    broker = make_broker(valkey.url())
    valkey.stop()
    await office.enqueue(mark="away")
    with pytest.raises(QueueAway):
        await relay.sweep(broker)
    broker.client.close()


async def test_commit_wakes_the_relay_long_before_its_poll(office: Office, queue: RedisBroker) -> None:
    stop = asyncio.Event()
    running = asyncio.create_task(relay.run(queue, stop, poll=60))
    await asyncio.sleep(0.5)
    message = str(await office.enqueue(mark="woken"))
    began = time.monotonic()
    await _until(lambda: message in queued(queue), 5)
    assert time.monotonic() - began < 2
    stop.set()
    await running


async def test_great_backlog_of_one_company_does_not_hold_up_another(
    office: Office, other: Office, queue: RedisBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "WINDOW", 20)
    noisy = {str(await office.enqueue(mark="noise")) for _ in range(60)}
    quiet = str(await other.enqueue(mark="quiet"))
    for _ in range(4):
        await relay.sweep(queue)
    assert len(noisy & set(queued(queue))) == 20
    assert quiet in queued(queue)


async def _until(true: object, seconds: float) -> None:
    assert callable(true)
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "waited in vain"
        await asyncio.sleep(0.05)
