"""Rooms with people in them, for companies made by tests."""

from typing import TYPE_CHECKING
from uuid import UUID

from core.households import actions
from core.households.importing import Contact, HouseholdRow
from core.households.rooms import parse_room
from core.policies import actions as policies

if TYPE_CHECKING:
    from tests.factories import Company

OWNERS = ("陈志远", "单然", "曾琪", "林淑芬", "李国", "欧阳文博")


async def build(company: "Company", households: int, preset: str | None) -> None:
    """A project `翠湖天地` with rooms 3-2-1801 … and one owner each, phones 13900000001 …"""
    project = await actions.create_project(name="翠湖天地", code="CH")
    company.project = project
    if preset is not None:
        await policies.choose_preset(preset)
    for number in range(households):
        await add(
            company, project, f"3-2-{1801 + number}", OWNERS[number % len(OWNERS)], f"139{number + 1:08d}"
        )


async def add(company: "Company", project: UUID, room: str, owner: str, phone: str) -> UUID:
    row = HouseholdRow(
        sheet="",
        row=1,
        room=parse_room(room),
        owner=owner,
        contacts=(Contact(f"+86{phone}", "owner"),),
        area=None,
        moved_in=None,
        note="",
    )
    unit, household = await actions.add_household(project, row)
    company.units[room], company.households[room] = unit, household
    return household
