"""Notices reach the open pages of their own company, and a page that missed some looks at everything."""

import asyncio
import os
import signal

import pytest

from core.kit import live as notices
from core.kit.database import DB, unit_of_work
from jobs import live
from jobs.live import Hub, Notice
from tests.jobs.conftest import Office

pytestmark = pytest.mark.anyio


async def changed(office: Office, topic: str, subject: object = "") -> None:
    async with office.inside():
        notices.changed(topic, subject)


async def connected(hub: Hub, office: Office) -> None:
    """Until the hub's listening connection stands: it says so by asking all pages to look again."""
    with hub.subscribe(office.id) as page:
        assert await page.next(5) == [Notice("*", "")]


async def test_notice_reaches_only_pages_of_its_company(office: Office, other: Office) -> None:
    hub = Hub()
    async with live.listening(hub):
        await connected(hub, office)
        with hub.subscribe(office.id) as mine, hub.subscribe(other.id) as foreign:
            await changed(office, "tickets", office.id)
            assert await mine.next(5) == [Notice("tickets", str(office.id))]
            assert await foreign.next(0.3) == []
            await changed(other, "tickets", 7)
            assert await foreign.next(5) == [Notice("tickets", "7")]
            assert await mine.next(0.3) == []


async def test_rolled_back_change_is_not_told(office: Office) -> None:
    hub = Hub()
    async with live.listening(hub):
        await connected(hub, office)
        with hub.subscribe(office.id) as page:
            with pytest.raises(ZeroDivisionError):
                async with office.inside():
                    notices.changed("tickets", 1)
                    raise ZeroDivisionError
            assert await page.next(0.3) == []


async def test_page_hears_only_its_topics_and_each_notice_once(office: Office) -> None:
    hub = Hub()
    with hub.subscribe(office.id, frozenset({"tickets"})) as page:
        for payload in ("tickets|1", "charges|2", "tickets|1", "tickets|3"):
            hub.heard(f"{office.id}|{payload}")
        assert await page.next(1) == [Notice("tickets", "1"), Notice("tickets", "3")]


async def test_slow_page_is_told_to_look_at_everything(office: Office) -> None:
    hub = Hub()
    with hub.subscribe(office.id) as page:
        for number in range(live.MOST + 5):
            hub.heard(f"{office.id}|tickets|{number}")
        assert await page.next(1) == [Notice("*", "")]
        hub.heard(f"{office.id}|tickets|1")
        assert await page.next(1) == [Notice("tickets", "1")]


async def test_closed_pages_are_forgotten(office: Office) -> None:
    hub = Hub()
    with hub.subscribe(office.id), hub.subscribe(office.id):
        pass
    assert hub._pages == {}


async def test_lost_connection_comes_back_and_pages_look_again(office: Office) -> None:
    hub = Hub()
    async with live.listening(hub):
        await connected(hub, office)
        with hub.subscribe(office.id) as page:
            async with unit_of_work(None, "app"):
                ended = await DB.unit().connection.fetch(
                    "select pg_terminate_backend(pid) from pg_stat_activity "
                    "where usename = 'gj_app' and query ilike 'listen%' and datname = current_database()"
                )
            assert ended
            assert await page.next(5) == [Notice("*", "")]
            await changed(office, "tickets", 1)
            assert await page.next(5) == [Notice("tickets", "1")]


async def test_stop_signal_ends_every_stream_and_reaches_the_server_as_well(office: Office) -> None:
    hub, heard = Hub(), []
    before = signal.signal(signal.SIGTERM, lambda number, _frame: heard.append(number))
    try:
        async with live.listening(hub):
            with hub.subscribe(office.id) as page:
                os.kill(os.getpid(), signal.SIGTERM)
                while not page.ended:
                    await page.next(1)
        assert heard == [signal.SIGTERM]
        os.kill(os.getpid(), signal.SIGTERM)
        assert len(heard) == 2
    finally:
        signal.signal(signal.SIGTERM, before)


async def test_listening_ends_with_the_application(office: Office) -> None:
    before = asyncio.all_tasks()
    async with live.listening(Hub()):
        await asyncio.sleep(0.2)
        assert asyncio.all_tasks() - before
    assert not asyncio.all_tasks() - before
