"""Does in this process what scheduler and worker do: sweeps the clocks, hands out the outbox."""

from uuid import UUID

from core.kit.context import SYSTEM, Context, acting_as
from core.kit.database import unit_of_work
from core.sla import sweeper
from jobs.delivery import deliver
from tests.factories import Company

WAITING = """
select id from core.kit_outbox
where tenant_id = $1 and done_at is null and parked_at is null order by created_at, id
"""


async def work_off(company: Company) -> int:
    """Hand every waiting message to its listeners until nothing is left; how many there were."""
    handled = 0
    while messages := await _waiting(company):
        for message in messages:
            await deliver(company.tenant.id, message)
        handled += len(messages)
    return handled


async def _waiting(company: Company) -> list[UUID]:
    async with unit_of_work(company.tenant.id) as unit:
        return [row["id"] for row in await unit.connection.fetch(WAITING, company.tenant.id)]


async def sweep(company: Company) -> int:
    """Fire the company's due clocks as the scheduler would; how many fired."""
    fired = 0
    context = Context(company.tenant, SYSTEM, channel="system")
    while True:
        with acting_as(context):
            async with unit_of_work(company.tenant.id):
                done = await sweeper.sweep(context)
        if not done:
            return fired
        fired += done
