"""SQL by hand, for what the query builder cannot say. In every statement `$1` is the company of the
transaction.

Piccolo serves single-table reads and writes; joins, functions, RETURNING and many rows at once come here.
Binding the company here means that no statement can forget it: write `where t.tenant_id = $1` for each
table of the query.
"""

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

import msgspec

from core.kit.database import DB
from core.kit.errors import NotFound

T = TypeVar("T")


async def records(query: str, *values: Any) -> list[Any]:
    """Rows as asyncpg records."""
    unit = DB.unit()
    unit.statements += 1
    result: list[Any] = await unit.connection.fetch(query, unit.tenant, *values)
    return result


async def many(kind: type[T], query: str, *values: Any) -> list[T]:
    """Rows as structs: columns are named like the struct's fields."""
    return [struct(kind, row) for row in await records(query, *values)]


async def maybe(kind: type[T], query: str, *values: Any) -> T | None:
    """The first row as a struct, or None."""
    rows = await records(query, *values)
    return struct(kind, rows[0]) if rows else None


async def one(kind: type[T], query: str, *values: Any) -> T:
    """The first row as a struct; raises NotFound when there is none."""
    row = await maybe(kind, query, *values)
    if row is None:
        raise NotFound
    return row


async def value(query: str, *values: Any) -> Any:
    """The first column of the first row, or None."""
    rows = await records(query, *values)
    return rows[0][0] if rows else None


async def execute(query: str, *values: Any) -> int:
    """Run a statement; the number of rows it touched."""
    unit = DB.unit()
    unit.statements += 1
    status: str = await unit.connection.execute(query, unit.tenant, *values)
    count = status.rpartition(" ")[2]
    return int(count) if count.isdigit() else 0


async def execute_many(query: str, rows: Iterable[Sequence[Any]]) -> None:
    """Run a statement once per row, in one pipelined round trip."""
    unit = DB.unit()
    unit.statements += 1
    await unit.connection.executemany(query, [(unit.tenant, *row) for row in rows])


def struct(kind: type[T], row: Any) -> T:
    return msgspec.convert(dict(row), kind, strict=False)


async def across(query: str, *values: Any) -> list[Any]:
    """Rows over all companies, as asyncpg records; only the role `sys` sees any. Nothing is bound for you."""
    unit = DB.unit()
    if unit.role == "app":
        raise RuntimeError("a request or job may not look across companies")
    unit.statements += 1
    result: list[Any] = await unit.connection.fetch(query, *values)
    return result


async def insert(table: str, values: dict[str, Any]) -> Any:
    """Write one row of `core.<table>` for the transaction's company and answer it as it was stored."""
    names = ", ".join(values)
    holes = ", ".join(f"${number}" for number in range(2, len(values) + 2))
    rows = await records(
        f"insert into core.{table} (tenant_id, {names}) values ($1, {holes}) returning *", *values.values()
    )
    return rows[0]
