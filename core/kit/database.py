"""The database: one engine with its pools, and the transaction that every request and job runs in.

Piccolo's own transaction keeps its connection for ever when COMMIT fails, treats a nested one as a no-op
and lets queries run outside of any. Ours always gives the connection back, sets the company for this
transaction only, and refuses queries outside of one. Nothing else in the product begins or commits.
"""

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from contextvars import ContextVar
from typing import Any, Literal, Self

import asyncpg
import msgspec
from piccolo.columns import UUID, Column
from piccolo.engine.postgres import PostgresEngine, PostgresTransaction
from piccolo.querystring import QueryString
from piccolo.table import Table

from core.kit import clock
from core.kit.ids import new_id
from core.kit.settings import Role, role_url, settings

Writer = Callable[[list[Any]], Awaitable[None]]
PoolName = Literal["app", "sys", "owner", "aside"]
UNHURRIED_MS = 60_000
"""The statement timeout of processes that nobody waits for at a page."""
PATIENCE = 0.75
"""Of the statement timeout: we wait for an answer less long than the server would work on it, so that whoever
asks while it is silent is refused within that time."""
LONGEST_OPENING = 10.0
LAST_WORD = 0.4


class Unit(PostgresTransaction):
    """One transaction. `tenant` is what row-level security lets it see; None sees no company's rows. `memo`
    keeps what an area has read once and may need again before the end. One that `is_aside` runs beside
    another and never waits for the connections of such.
    """

    __slots__ = ("afterwards", "deferred", "is_aside", "memo", "pool", "role", "statements", "tenant")

    def __init__(
        self, engine: "Database", role: Role, tenant: uuid.UUID | None, *, is_aside: bool = False
    ) -> None:
        super().__init__(engine=engine)
        self.role, self.tenant, self.is_aside = role, tenant, is_aside
        self.deferred: dict[Writer, list[Any]] = {}
        self.afterwards: list[Callable[[], None]] = []
        self.statements = 0
        self.memo: dict[str, Any] = {}

    async def __aenter__(self) -> Self:
        if self._parent is not None:
            raise RuntimeError(
                "a transaction is open already: use savepoint(), or aside() for what must survive"
            )
        self.pool = DB.pool_of("aside" if self.is_aside and self.role == "app" else self.role)
        async with asyncio.timeout(DB.opening):
            self.connection = await self.pool.acquire()
            try:
                await self.connection.execute(self._opening())
            except BaseException:
                await self._give_back()
                raise
        self.engine.current_transaction.set(self)
        return self

    def _opening(self) -> str:
        opening = "begin"
        if self.tenant is not None:
            opening += f"; set local app.tenant_id = '{self.tenant}'"
        if settings().test_clock or clock.pretended() is not None:
            opening += f"; set local app.now = '{clock.now().isoformat()}'"
        return opening

    async def commit(self) -> None:
        """Write what was deferred (outbox, audit), commit, then tell whoever waits for the commit."""
        while self.deferred:
            writer, rows = next(iter(self.deferred.items()))
            del self.deferred[writer]
            await writer(rows)
        await self.connection.execute("commit")
        self._committed = True
        for call in self.afterwards:
            call()

    async def rollback(self) -> None:
        """Undo everything; a server that does not answer to it does so when the connection is gone."""
        with suppress(TimeoutError):
            await self.last_word("rollback")
        self._rolled_back = True

    async def last_word(self, statement: str) -> None:
        """Say what ends or undoes something. A server that is silent now is given up at once."""
        try:
            async with asyncio.timeout(LAST_WORD):
                await self.connection.execute(statement)
        except TimeoutError:
            self.connection.terminate()
            raise

    async def __aexit__(self, kind: type[BaseException] | None, error: object, trace: object) -> bool:
        try:
            if not (self._committed or self._rolled_back):
                await (self.rollback() if kind else self.commit())
        finally:
            self.engine.current_transaction.set(None)  # not reset(token): the exit may run in another context
            await self._give_back()
        return False

    async def _give_back(self) -> None:
        connection = self.connection
        try:
            closed = connection.is_closed()
        except asyncpg.InterfaceError:  # the server ended it, and the pool has taken it back already
            return
        if closed:
            await asyncio.shield(self.pool.release(connection))
            return
        if not (self._committed or self._rolled_back):
            connection.terminate()
        await asyncio.shield(self.pool.release(connection))


class Database(PostgresEngine):
    """Piccolo's engine with a pool per database role, and one more for transactions aside; it connects when
    opened, never at import.
    """

    def __init__(self) -> None:
        self.config: dict[str, Any] = {}
        self.extensions = ()
        self.log_queries = self.log_responses = False
        self.extra_nodes = {}
        self.pool = None
        self.engine_type = "postgres"
        self.min_version_number = 15
        self.query_id = 0
        self.current_transaction: ContextVar[Any] = ContextVar("unit_of_work", default=None)
        self.pools: dict[PoolName, asyncpg.Pool[Any]] = {}
        self.opening = LONGEST_OPENING

    async def open(self, *, statement_timeout_ms: int | None = None, **sizes: int) -> None:
        """Open a pool for each role named: `open(app=10, sys=4)`; with `app` comes the one for `aside()`.
        Connections are made when first needed, so that a process may start while the database is away.
        """
        timeout = statement_timeout_ms or settings().statement_timeout_ms
        patience = timeout / 1000 * PATIENCE
        self.opening = min(patience, LONGEST_OPENING)
        if "app" in sizes:
            sizes = {"aside": settings().aside_pool_size, **sizes}
        for name, size in sizes.items():
            self.pools[name] = await asyncpg.create_pool(  # type: ignore[index]
                role_url("app" if name == "aside" else name),  # type: ignore[arg-type]
                min_size=0,
                max_size=size,
                reset=_nothing_to_reset,
                init=_register_types,
                command_timeout=patience,
                timeout=self.opening,
                server_settings={
                    "application_name": f"guanjia {name}",
                    "statement_timeout": str(timeout),
                    "lock_timeout": str(settings().lock_timeout_ms),
                    "idle_in_transaction_session_timeout": str(max(60_000, timeout * 10)),
                },
            )

    async def close(self) -> None:
        pools, self.pools = list(self.pools.values()), {}
        for pool in pools:
            try:
                await asyncio.wait_for(pool.close(), 5)
            except TimeoutError:
                pool.terminate()

    def pool_of(self, name: PoolName) -> "asyncpg.Pool[Any]":
        return self.pools[name]

    def unit(self) -> Unit:
        """The open transaction; raises RuntimeError outside of one."""
        unit: Unit | None = self.current_transaction.get()
        if unit is None:
            raise RuntimeError("query outside a transaction: open unit_of_work() first")
        return unit

    async def run_querystring(self, querystring: QueryString, in_pool: bool = True) -> Any:  # noqa: ARG002, FBT001, FBT002
        query, arguments = querystring.compile_string(engine_type=self.engine_type)
        unit = self.unit()
        unit.statements += 1
        return await unit.connection.fetch(query, *arguments)

    async def run_ddl(self, ddl: str, in_pool: bool = True) -> Any:  # noqa: ARG002, FBT001, FBT002
        return await self.unit().connection.fetch(ddl)

    def transaction(self, allow_nested: bool = True) -> PostgresTransaction:  # noqa: FBT001, FBT002
        return PostgresTransaction(engine=self, allow_nested=allow_nested)

    async def batch(self, *_query: Any, **_options: Any) -> Any:
        raise RuntimeError("batch() leaves the transaction and the company: page by key")


async def _nothing_to_reset(connection: Any) -> None:
    """Every setting of ours is SET LOCAL, so a connection comes back as clean as it left."""


async def _register_types(connection: Any) -> None:
    await connection.set_type_codec(
        "jsonb", schema="pg_catalog", encoder=_to_json, decoder=msgspec.json.decode, format="text"
    )


def _to_json(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


DB = Database()


class TenantTable(Table, db=DB, schema="core"):
    """A table whose rows belong to one company. The real key is (tenant_id, id), which Piccolo cannot say."""

    tenant_id = UUID()
    id = UUID(primary_key=True, default=new_id)

    def __init_subclass__(cls, tablename: str | None = None, **kwargs: Any) -> None:
        super().__init_subclass__(tablename=tablename, db=DB, schema="core", **kwargs)

    @classmethod
    def column(cls, name: str) -> Column:
        return cls._meta.get_column_by_name(name)


@asynccontextmanager
async def unit_of_work(tenant: uuid.UUID | None, role: Role = "app") -> AsyncIterator[Unit]:
    """The transaction of a request or job, seeing one company's rows; committed at the end, rolled
    back on an error.
    """
    async with Unit(DB, role, tenant) as unit:
        yield unit


@asynccontextmanager
async def aside(tenant: uuid.UUID | None, role: Role = "app") -> AsyncIterator[Unit]:
    """A second, short transaction for what must survive the refusal of the first: failed log-ins, denials.

    It has connections of its own: whoever holds one and waits for a second of the same starves everybody once
    there are as many of them as connections.
    """
    outer = DB.current_transaction.get()
    if outer is not None and outer.is_aside:
        raise RuntimeError("this transaction is aside already, and may not wait for another")
    DB.current_transaction.set(None)
    try:
        async with Unit(DB, role, tenant, is_aside=True) as unit:
            yield unit
    finally:
        DB.current_transaction.set(outer)


@asynccontextmanager
async def savepoint() -> AsyncIterator[None]:
    """Undo only what happened inside when it raises; the transaction goes on."""
    unit = DB.unit()
    name = f"sp_{unit.get_savepoint_id()}"
    await unit.connection.execute(f"savepoint {name}")
    try:
        yield
    except (TimeoutError, asyncio.CancelledError):
        await unit.last_word(f"rollback to savepoint {name}")
        raise
    except BaseException:
        await unit.connection.execute(f"rollback to savepoint {name}")
        raise
    await unit.connection.execute(f"release savepoint {name}")


def defer(writer: Writer, row: Any) -> None:
    """Let `writer` write all its rows at once just before the commit."""
    DB.unit().deferred.setdefault(writer, []).append(row)


def after_commit(call: Callable[[], None]) -> None:
    """Call when, and only if, this transaction has been committed."""
    DB.unit().afterwards.append(call)
