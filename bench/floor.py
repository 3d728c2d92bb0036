"""The floor under a request: the SQL it sends, sent again by bare Litestar over bare asyncpg.

What a request sends is written down while it runs in a transaction that is undone, so that the same rows can
be written again and again. Where it commits, the floor commits too: a row of its own.
"""

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit

import asyncpg
import msgspec
from asyncpg.connection import Connection
from litestar import Litestar, Response, post
from litestar.params import FromPath

from core.kit.database import DB, Unit, _register_types
from core.kit.settings import role_url
from guanjia.embedded import named

SCRATCH = "create table if not exists public.bench_commit (at timestamptz)"
COMMIT = "insert into public.bench_commit values (now())"
NUMBER = re.compile(r"^([A-Z]{2})-\d{8}-(\d{4,})$")
METHODS = ("fetch", "execute", "executemany", "fetchval", "fetchrow")


class Statement(msgspec.Struct):
    method: str
    query: str
    args: tuple[Any, ...]


class Script(msgspec.Struct):
    """What one request sent: in which company, and whether it wrote. `count` is the product's own counter."""

    tenant: str
    statements: list[Statement] = []
    writes: bool = False
    count: int = 0


@contextmanager
def recording(script: Script) -> Iterator[None]:
    """Write down what is sent meanwhile, and undo it instead of committing."""

    def recorder(method: str) -> Any:
        true = getattr(Connection, method)

        async def wrapped(self: Any, query: str, *args: Any, **more: Any) -> Any:
            unit = DB.current_transaction.get()
            if (
                unit is not None
                and unit.role == "app"
                and not query.startswith(("begin", "commit", "rollback"))
            ):
                script.statements.append(Statement(method, query, _of_its_own(query, args)))
            return await true(self, query, *args, **more)

        return wrapped

    true_commit = Unit.commit

    async def undo(self: Unit) -> None:
        while self.deferred:
            writer, rows = next(iter(self.deferred.items()))
            del self.deferred[writer]
            await writer(rows)
        script.count += self.statements
        await self.rollback()

    patches = [patch.object(Connection, method, recorder(method)) for method in METHODS]
    for one in patches:
        one.start()
    Unit.commit = undo  # type: ignore[method-assign]
    try:
        yield
    finally:
        Unit.commit = true_commit  # type: ignore[method-assign]
        for one in patches:
            one.stop()


def _of_its_own(query: str, args: tuple[Any, ...]) -> tuple[Any, ...]:
    """New numbers of another day: the product soon gives today's to somebody else."""
    if not query.lstrip().startswith("insert"):
        return args
    return tuple(NUMBER.sub(r"\1-19990101-\2", arg) if isinstance(arg, str) else arg for arg in args)


class Floor:
    """A bare application: `POST /<number>` replays a script over a pool of its own."""

    def __init__(self) -> None:
        self.scripts: list[tuple[Any, Script]] = []

        @post("/{number:int}", status_code=200)
        async def replay(number: FromPath[int]) -> Response[list[dict[str, Any]]]:
            return Response([dict(row) for row in await self.run(number)])

        self.app = Litestar([replay], openapi_config=None, debug=True, type_encoders={object: str})

    def add(self, pool: Any, script: Script) -> int:
        self.scripts.append((pool, script))
        return len(self.scripts) - 1

    async def run(self, number: int) -> list[Any]:
        """The largest result of the script's statements."""
        pool, script = self.scripts[number]
        largest: list[Any] = []
        async with pool.acquire() as connection:
            await connection.execute(f"begin; set local app.tenant_id = '{script.tenant}'")
            if script.writes:
                await connection.execute("savepoint written")
            for statement in script.statements:
                rows = await getattr(connection, statement.method)(statement.query, *statement.args)
                if isinstance(rows, list) and len(rows) >= len(largest):
                    largest = rows
            if script.writes:
                await connection.execute("rollback to written")
                await connection.execute(COMMIT)
            await connection.execute("commit")
        return largest


@asynccontextmanager
async def pool(admin: str, role: Any = "app") -> AsyncIterator[Any]:
    """Connections as the product's role, without anything of the product around them."""
    connection = await asyncpg.connect(admin)
    await connection.execute(SCRATCH)
    await connection.execute("grant insert on public.bench_commit to gj_app, gj_sys")
    await connection.close()
    address = named(role_url(role), urlsplit(admin).path.strip("/"))
    made = await asyncpg.create_pool(address, min_size=1, max_size=1, init=_register_types, reset=_nothing)
    try:
        yield made
    finally:
        await made.close()


async def _nothing(_connection: Any) -> None:
    """Our settings end with their transaction."""
