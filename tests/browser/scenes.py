"""What stands in a company before a browser looks at it: people, jobs at every stage, notices."""

from contextlib import nullcontext
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

from core.kit import clock, sql
from core.kit.context import Actor
from core.notifications.actions import tell
from core.plugin import host
from core.tickets import actions
from core.tickets.schemas import Arrive, Assign, NewTicket, Quote, WaitCustomer
from tests.factories import Company, new_repair

ROLES = ("front_desk_agent", "engineering_dispatcher", "engineer", "butler")


def everything(company: Company, person: str) -> Actor:
    """Somebody of the company with every right there is."""
    plugins = frozenset(manifest.name for manifest in host.catalogue().switchable())
    rights: dict[str, None] = dict.fromkeys(host.catalogue().view(plugins).permissions)
    return Actor(company.people[person], f"{person}甲", person, rights=rights)


async def staffed(company: Company) -> None:
    for role in ROLES:
        await company.person(role)
    async with company.inside():
        await sql.execute(
            "update core.households_unit set butler_id = $2 where tenant_id = $1", company.people["butler"]
        )


async def registered(company: Company, **more: Any) -> Any:
    """A repair at the desk; the row."""
    new = msgspec.convert({**new_repair(company), **more}, NewTicket)
    async with company.inside(everything(company, "front_desk_agent")):
        return await actions.register(new)


async def job(
    company: Company,
    *,
    start: bool = False,
    quote: bool = False,
    wait: bool = False,
    late: bool = False,
    **more: Any,
) -> str:
    """A repair given to the engineer, begun if `start`, an hour old if `late`; its number."""
    with clock.pretending(clock.now() - timedelta(hours=1)) if late else nullcontext():
        row = await registered(company, **more)
    async with company.inside(everything(company, "engineering_dispatcher")):
        await actions.move(row["id"], "dispatch", raw={})
        await actions.move(row["id"], "accept", raw={})
        assigned = Assign(engineer=company.people["engineer"], size="minor")
        await actions.move(row["id"], "assign", form=assigned)
    async with company.inside(everything(company, "engineer")):
        if start:
            await actions.move(row["id"], "start", form=Arrive(consent="resident"))
        if quote:
            await actions.move(row["id"], "quote", form=Quote(item="更换角阀", amount=Decimal(58)))
        if wait:
            await actions.move(row["id"], "wait_customer", form=WaitCustomer(reason="家中无人"))
    number: str = row["number"]
    return number


async def day(company: Company) -> str:
    """An engineer's day: one job at hand, some to come, one in the pool; the number at hand."""
    await staffed(company)
    rooms = list(company.households.values())
    at_hand = await job(company, start=True, content="主卫洗手盆下方角阀渗水，业主已关总阀。")
    later = (clock.now() + timedelta(hours=3)).isoformat()
    await job(
        company, household_id=str(rooms[1]), content="厨房插座跳闸，整屋断电", urgency="soon", immediate=False
    )
    await job(
        company, household_id=str(rooms[2]), content="阳台推拉门滑轮坏", urgency="normal",
        immediate=False, appointment_at=later,
    )  # fmt: skip
    await pooled(company, "入户门可视对讲无声")
    await told(company, company.people["engineer"])
    return at_hand


async def pooled(company: Company, content: str) -> str:
    row = await registered(company, content=content, urgency="soon", immediate=False)
    async with company.inside(everything(company, "engineering_dispatcher")):
        await actions.move(row["id"], "dispatch", raw={})
        await actions.move(row["id"], "accept", raw={})
    number: str = row["number"]
    return number


async def told(company: Company, person: UUID) -> None:
    """Three notices of three tones."""
    async with company.inside():
        for tone, words in (
            ("info", "{room} 派给您"),
            ("warn", "{room} 即将超时"),
            ("danger", "{room} 已超时"),
        ):
            await tell([person], "ticket.moved", words, "/m/jobs", tone=tone, room="3-2-1801")  # type: ignore[arg-type]
