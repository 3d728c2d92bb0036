"""Makes the schema and the company that the load works in: `python -m tests.chaos.stage slug`.

Its only limit is the appointed visit, whose timers fall due in seconds: warned at three quarters of the way,
breached on the dot, one level up after as long again.
"""

import asyncio
import sys

import msgspec

from auth import actions as auth
from auth.provisioning import create_company
from core.kit import migrate, sql
from core.kit.database import DB
from core.policies import actions as policies
from core.sla.limits import DEFINITIONS
from guanjia.app import load_catalogue, migrations
from tests import homes
from tests.chaos.cluster import Office
from tests.factories import PASSWORD, Company

TIMED = "SLA-04"
DESKS = tuple(f"desk{number}" for number in range(4))
ROLES = {
    **dict.fromkeys(DESKS, "front_desk_agent"),
    "dispatcher": "engineering_dispatcher",
    "engineer": "engineer",
    "supervisor": "cs_supervisor",
    "butler": "butler",
}
BUTLER = "update core.households_unit set butler_id = $2 where tenant_id = $1"


async def make(slug: str) -> Office:
    made = await create_company(
        slug=slug, name="云栖物业", admin_username="tenant_admin", admin_password=PASSWORD
    )
    company = Company(app=None, tenant=made.tenant, project=made.admin)
    async with company.inside():
        await homes.build(company, 40, None)
        limits: dict[str, object] = {
            code: {"on": False} for code in DEFINITIONS if code not in {TIMED, "SLA-13d"}
        }
        limits[TIMED] = {"tolerance": 0, "breach": ["W", "E"]}
        await policies.publish(None, None, {"sla": {"limits": limits}})
    for username, role in ROLES.items():
        await _person(company, username, role)
    async with company.inside():
        await sql.execute(BUTLER, company.people["butler"])
    return Office(
        tenant=str(made.tenant.id),
        slug=slug,
        project=str(company.project),
        households=[str(identity) for identity in company.households.values()],
        people={name: str(identity) for name, identity in company.people.items()},
    )


async def _person(company: Company, username: str, role: str) -> None:
    async with company.inside():
        company.people[username] = await auth.create_person(
            username=username,
            name=f"{username}甲",
            password=PASSWORD,
            roles=[(role, None)],
            must_change=False,
        )


async def main() -> None:
    load_catalogue()
    await migrate.migrate(migrations())
    await DB.open(app=2, sys=2)
    try:
        sys.stdout.buffer.write(msgspec.json.encode(await make(sys.argv[1])))
    finally:
        await DB.close()


if __name__ == "__main__":
    asyncio.run(main())
