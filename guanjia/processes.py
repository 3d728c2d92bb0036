"""The processes of one machine and the servers beneath them."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from core.kit import migrate as schema
from core.kit.settings import settings
from guanjia import app, doctor, embedded, scheduler
from guanjia.supervise import Child
from guanjia.supervise import run as supervised


@contextmanager
def servers() -> Iterator[embedded.Urls]:
    """PostgreSQL and Valkey: those of the settings, else embedded ones that live as long as this block.

    Their addresses are put where this process and its children look for them. While the servers end, an
    impatient Ctrl-C is not heard: they must be gone when the prompt is back.
    """
    told = settings()
    with embedded.servers(
        told.data_dir, database_url=told.database_url, redis_url=told.redis_url, leash=True
    ) as urls:
        os.environ["GUANJIA_DATABASE_URL"] = urls.database  # noqa: TID251 - how children are told
        os.environ["GUANJIA_REDIS_URL"] = urls.redis  # noqa: TID251
        settings.cache_clear()
        try:
            yield urls
        finally:
            signal.signal(signal.SIGINT, signal.SIG_IGN)


def subject() -> doctor.Subject:
    """This machine and this installation, for the doctor."""
    told = settings()
    app.load_catalogue()
    return doctor.Subject(
        data_dir=told.data_dir,
        host=told.host,
        port=told.port,
        base_domain=told.base_domain,
        database_url=told.database_url,
        redis_url=told.redis_url,
        migrations=tuple(sorted(schema.wanted(app.migrations()))),
    )


def migrate(tell: Callable[[str], None]) -> list[str]:
    """Bring the schema up to date, telling each migration's name."""
    app.load_catalogue()
    return asyncio.run(schema.migrate(app.migrations(), tell))


def children() -> list[Child]:
    """What runs beside each other; they are ended in this order."""
    command = [sys.executable, "-m", "guanjia"]
    return [Child(name, [*command, name]) for name in ("web", "scheduler", "worker")]


def supervise(urls: embedded.Urls) -> int:
    """Run web, worker and scheduler until told to stop; 1 when something crashed too often."""
    return supervised(children(), urls.servers)


def become_worker() -> None:
    """Turn this process into dramatiq's; one process with several threads, as one company's work is short."""
    argv = [sys.executable, "-m", "dramatiq", "guanjia.worker", "--processes", "1", "--threads", "8"]
    argv += ["--skip-logging", "--worker-shutdown-timeout", "10000"]
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # until dramatiq, once loaded, listens itself
    os.execv(sys.executable, argv)  # noqa: S606 - our own interpreter, our own arguments


def run_scheduler() -> None:
    scheduler.main()
