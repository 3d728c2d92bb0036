"""The numbers people see: `<prefix>-<yyyymmdd>-<nnnn>`, counted per company, prefix and Shanghai day."""

from datetime import date

from core.kit import clock, sql

COUNT = """
insert into core.kit_counter as c (tenant_id, prefix, day, last) values ($1, $2, $3, $4)
on conflict (tenant_id, prefix, day) do update set last = c.last + excluded.last returning last
"""


async def next_number(prefix: str, day: date | None = None) -> str:
    """The next number of that day. Take it last: the counter's row stays locked until the commit. Gaps
    may occur.
    """
    return (await next_numbers(prefix, 1, day))[0]


async def next_numbers(prefix: str, amount: int, day: date | None = None) -> list[str]:
    on = day or clock.today()
    last: int = await sql.value(COUNT, prefix, on, amount)
    return [f"{prefix}-{on:%Y%m%d}-{n:04d}" for n in range(last - amount + 1, last + 1)]
