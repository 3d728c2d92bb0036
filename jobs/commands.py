"""What the commands `guanjia jobs` and `guanjia audit` do; they need the pools app and sys."""

from uuid import UUID

from core.kit.context import acting_as
from core.kit.database import unit_of_work
from jobs import acting, actions, queries, verification
from jobs.schemas import Company, Parked
from jobs.verification import Verdict


async def parked() -> list[tuple[Company, Parked]]:
    """The parked messages of every company, newest first within each."""
    async with unit_of_work(None, "sys"):
        companies = await queries.companies_of(await queries.with_parked())
    found = []
    for company in companies:
        async with unit_of_work(company.id):
            found += [(company, message) for message in await queries.parked()]
    return found


async def replay(message: UUID) -> None:
    """Send a parked message of any company again; raises NotFound, NotParked."""
    async with unit_of_work(None, "sys"):
        company = await queries.owner(message)
    with acting_as(acting.system_context(company, channel="system")):
        async with unit_of_work(company.id):
            await actions.replay(message)


async def verify_audit(slug: str, known: tuple[int, str] | None = None) -> Verdict:
    """Check a company's audit chain, against a head noted earlier where there is one. Raises NotFound."""
    async with unit_of_work(None, "sys"):
        company = await queries.company_called(slug)
    return await verification.verify(company.id, known=known)
