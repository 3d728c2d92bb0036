"""PostgreSQL and Valkey for a machine that has none: started on a data folder, shared, stopped, erased."""

import fcntl
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import msgspec

from guanjia.embedded.place import SYSTEM_ROOT, EmbeddedError
from guanjia.embedded.postgres import DURABLE, FAST, Postgres, named
from guanjia.embedded.valkey import Valkey

__all__ = ["DURABLE", "FAST", "EmbeddedError", "Postgres", "Urls", "Valkey", "erase", "named", "servers"]

LEFT = ("postgres.password", "valkey.password", "valkey.port")


class Urls(msgspec.Struct, frozen=True):
    """`database` is the superuser's address; the roles' own are made from it. `servers` are the embedded ones
    behind these addresses.
    """

    database: str
    redis: str
    servers: tuple[Postgres | Valkey, ...] = ()


@contextmanager
def servers(
    data_dir: Path,
    *,
    database_url: str | None = None,
    redis_url: str | None = None,
    settings: dict[str, str] = DURABLE,
    leash: bool = False,
    system_first: bool = False,
    system_root: Path = SYSTEM_ROOT,
) -> Iterator[Urls]:
    """Addresses of both servers: the given ones, else embedded ones, which the last process to leave stops.

    With `leash` they end at once when the thread that started them dies; without, a killed process leaves
    them running for the next one. With `system_first` the machine's own programs go before the wheels'.
    """
    shared: dict[str, Any] = {"leash": leash, "system_first": system_first, "system_root": system_root}
    postgres = None if database_url else Postgres(data_dir, settings=settings, **shared)
    valkey = None if redis_url else Valkey(data_dir, **shared)
    embedded = tuple(server for server in (postgres, valkey) if server)
    with _shared(data_dir, embedded):
        database = postgres.start() if postgres else database_url
        redis = valkey.start() if valkey else redis_url
        yield Urls(database or "", redis or "", embedded)


@contextmanager
def _shared(data_dir: Path, embedded: Sequence[Postgres | Valkey]) -> Iterator[None]:
    """Count ourselves among the users of these servers; the last one stops them."""
    if not embedded:
        yield
        return
    descriptor = os.open(data_dir / "users.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        yield
    finally:
        with suppress(BlockingIOError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            for server in embedded:
                server.stop()
        os.close(descriptor)


def erase(data_dir: Path, *, system_root: Path = SYSTEM_ROOT) -> None:
    """Stop both servers of a data folder and forget everything they hold."""
    for server in (Postgres(data_dir, system_root=system_root), Valkey(data_dir, system_root=system_root)):
        server.stop()
        shutil.rmtree(server.data, ignore_errors=True)
    for name in LEFT:
        (data_dir / name).unlink(missing_ok=True)
    if server.place.root != server.place.data_dir:
        shutil.rmtree(server.place.root)
