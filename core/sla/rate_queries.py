"""How often each limit was kept: runs met over runs ended; withdrawn ones count for neither."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import msgspec

from core.kit import sql

MIDNIGHT = "::date::timestamp at time zone 'Asia/Shanghai'"
RATES = f"""
select code, count(*) filter (where stopped_at >= $4{MIDNIGHT} and outcome = 'met') as met,
 count(*) filter (where stopped_at >= $4{MIDNIGHT} and outcome = 'late') as late,
 count(*) filter (where stopped_at < $4{MIDNIGHT} and outcome = 'met') as met_before,
 count(*) filter (where stopped_at < $4{MIDNIGHT} and outcome = 'late') as late_before
from core.sla_clock
where tenant_id = $1 and ($2::uuid[] is null or project_id = any ($2)) and outcome in ('met', 'late')
  and stopped_at >= $3{MIDNIGHT} and stopped_at < $5{MIDNIGHT}
group by code order by code
"""


class Kept(msgspec.Struct, kw_only=True):
    """Of one limit in the period, and in the one before it."""

    code: str
    met: int
    late: int
    met_before: int
    late_before: int

    @property
    def ended(self) -> int:
        return self.met + self.late


async def kept(projects: Sequence[UUID] | None, before: date, first: date, end: date) -> list[Kept]:
    """Runs that ended from `first` to before `end` (Shanghai days); `before` to `first` is what they are
    compared with.
    """
    return await sql.many(Kept, RATES, projects, before, first, end)


def percent(met: int, ended: int) -> float | None:
    """With one place; never 100 unless every single one was met, None where there was none."""
    if not ended:
        return None
    shown = round(met * 100 / ended, 1)
    return shown if met == ended else min(shown, 99.9)
