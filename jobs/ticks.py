"""Periodic jobs: a row per company, job and due moment, written with its message, by one scheduler only.

What fell due while no scheduler ran is done once, not as often as it was missed, and only where the job had
been ticking before: a new company does not run yesterday's reports.
"""

from datetime import datetime, timedelta

import msgspec
from cronsim import CronSim

from core.kit import clock, events, sql
from core.kit.context import acting_as
from core.kit.database import unit_of_work
from core.kit.log import log
from core.plugin.contributions import Job
from core.plugin.host import catalogue
from jobs import acting, queries
from jobs.errors import describe
from jobs.schemas import Company

EVERY = 5.0
TICK = "insert into core.kit_tick (tenant_id, job, due_at) values ($1, $2, $3) on conflict do nothing"


class Clockwork(msgspec.Struct):
    """What one scheduler remembers: since when it looks, and up to when each job has been seen to."""

    since: datetime
    seen: dict[str, datetime] = {}


def last_due(cron: str, moment: datetime) -> datetime:
    """The latest moment of the schedule that is not after `moment`, in Shanghai time."""
    after = clock.local(moment).replace(microsecond=0) + timedelta(seconds=1)
    return next(CronSim(cron, after, reverse=True))


async def tick(clockwork: Clockwork) -> int:
    """Enqueue what has fallen due since the last look, in every company in service; how many messages."""
    moment = clock.now()
    due = {name: last_due(cron, moment) for name, cron in periodic().items()}
    fresh = {name: at for name, at in due.items() if clockwork.seen.get(name) != at}
    if not fresh:
        return 0
    async with unit_of_work(None, "sys"):
        companies = await queries.companies()
    counts = [await _tick_company(company, fresh, clockwork.since) for company in companies]
    if None not in counts:
        clockwork.seen.update(fresh)
    return sum(count or 0 for count in counts)


def periodic() -> dict[str, str]:
    """The cron expression of each periodic job."""
    jobs: list[Job] = catalogue().of("jobs")
    return {job.name: job.cron for job in jobs if job.cron is not None}


async def _tick_company(company: Company, fresh: dict[str, datetime], since: datetime) -> int | None:
    """None where it failed, so that it is looked at again."""
    mine = {name: at for name, at in fresh.items() if name in catalogue().view(company.plugins).jobs}
    with acting_as(acting.system_context(company, channel="system")):
        try:
            async with unit_of_work(company.id):
                before = await queries.last_ticks() if any(at < since for at in mine.values()) else {}
                return sum(
                    [await _tick(name, at) for name, at in mine.items() if at >= since or name in before]
                )
        except Exception as problem:  # noqa: BLE001 - the other companies' jobs are due as well
            log("jobs").error("tick failed", error=describe(problem), exc_info=problem)
            return None


async def _tick(job: str, due: datetime) -> int:
    if not await sql.execute(TICK, job, due):
        return 0
    events.enqueue(job)
    return 1


def begun() -> Clockwork:
    return Clockwork(clock.now())
