"""Slips for the guided tour: one at each place of the procedure, written by taking its arrows."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from stdnum.cn import ric

from core.households import queries as households
from core.households.schemas import HouseholdHit
from core.kit import clock
from core.kit.context import SYSTEM, Actor, Context, acting_as, current
from core.plugin.host import view
from core.staff import queries as staff
from plugins.property_desk import actions, queries
from plugins.property_desk.schemas import (
    Applicant,
    Consent,
    Mismatch,
    NewGoodsSlip,
    Reason,
    Release,
)
from plugins.property_desk.schemas import ApplicantSigns as Signs
from plugins.property_desk.schemas import GoodsItem as Goods

DESK, DUTY, DIRECTOR, GUARD = "front_desk_agent", "duty_supervisor", "office_director", "security_guard"
SIGNED = ("sign_applicant",)
STAMPED = (*SIGNED, "sign_duty", "stamp")
ISSUED = (*STAMPED, "issue")
BY = {"sign_duty": DUTY, "stamp": DIRECTOR, "release": GUARD, "mismatch": GUARD}
DRAWN = (
    '{"w":320,"h":120,"strokes":[[[30,70,0],[60,40,40],[90,80,80],[120,35,120]],[[140,50,0],[170,85,50],[200,45,90],'
    "[250,75,150]]]}"
)


class Story(msgspec.Struct, frozen=True):
    """How far a slip has come; `days` is how long ago its day was."""

    applicant: Applicant
    mover: str
    items: list[Goods]
    arrows: tuple[str, ...] = ()
    days: int = 0


SOFA = [Goods("旧三人沙发", 1, "张"), Goods("浴缸", 1, "个"), Goods("木门扇", 2, "扇")]
STORIES = (
    Story("owner", "吴建平", SOFA),
    Story(
        "renter",
        "何晓东",
        [Goods("布艺沙发", 1, "张"), Goods("电脑桌", 1, "张")],
        ("record_consent",),
    ),
    Story("owner", "吴建平", [Goods("双开门冰箱", 1, "台")], SIGNED),
    Story(
        "renovation_lead",
        "马俊",
        [Goods("拆下的橱柜", 3, "组"), Goods("瓷砖", 12, "箱")],
        ("record_consent", *STAMPED),
    ),
    Story("owner", "搬家公司 刘师傅", [Goods("钢琴", 1, "架"), Goods("纸箱", 18, "箱")], ISSUED),
    Story(
        "renter",
        "何晓东",
        [Goods("洗衣机", 1, "台"), Goods("床垫", 2, "张")],
        ("record_consent", *ISSUED),
    ),
    Story("owner", "赵师傅", [Goods("空调外机", 2, "台")], (*ISSUED, "release"), 1),
    Story("owner", "赵师傅", [Goods("跑步机", 1, "台")], (*ISSUED, "release", "file"), 3),
    Story(
        "owner",
        "搬家公司 刘师傅",
        [Goods("餐桌", 1, "张"), Goods("餐椅", 6, "把")],
        (*ISSUED, "mismatch"),
    ),
    Story("owner", "吴建平", [Goods("旧电视", 1, "台")], ("void",), 2),
)


async def demonstrate() -> None:
    """Nothing where there are slips already; nothing in a project that lacks somebody to sign."""
    if await queries.any_slip():
        return
    with _acting(SYSTEM):
        await _everywhere()


async def _everywhere() -> None:
    for project in await households.projects():
        cast = {role: await staff.holders(role, project.id) for role in (DESK, DUTY, DIRECTOR, GUARD)}
        found = await households.search_households(None, frozenset({project.id}), limit=50)
        homes = [home for home in found.items if home.owner_name]
        if all(cast.values()) and homes:
            people = {role: holders[0] for role, holders in cast.items()}
            for number, story in enumerate(STORIES):
                await _tell(story, homes[number % len(homes)], people)


async def _tell(story: Story, home: HouseholdHit, people: Mapping[str, UUID]) -> None:
    moment = clock.now() - timedelta(days=story.days)
    with clock.pretending(moment):
        slip = await _open(story, home, people[DESK], moment.date())
        for arrow in story.arrows:
            role = BY.get(arrow, DESK)
            with await _as(people[role], role):
                row = await actions.move(slip, arrow, form=_form(arrow, story, home, moment))
                slip = row["id"]


async def _open(story: Story, home: HouseholdHit, desk: UUID, day: date) -> UUID:
    name = {"renter": "何晓东", "renovation_lead": "马俊"}.get(story.applicant, home.owner_name)
    with await _as(desk, DESK):
        row = await actions.create(
            NewGoodsSlip(
                project_id=home.project_id,
                unit_id=home.unit_id,
                applicant=story.applicant,
                applicant_name=name,
                mover_name=story.mover,
                mover_id=invented_id(sum(map(ord, story.mover))),
                items=story.items,
                valid_on=day,
            )
        )
    identity: UUID = row["id"]
    return identity


def _form(arrow: str, story: Story, home: HouseholdHit, moment: datetime) -> Any:
    match arrow:
        case "record_consent":
            return Consent(means="phone", by=home.owner_name, at=moment - timedelta(minutes=5))
        case "sign_applicant":
            return Signs(signature=DRAWN)
        case "release":
            return Release(checked=list(range(len(story.items))))
        case "mismatch":
            return Mismatch(difference="车上多了一台电视机，放行条上没有")
        case "void":
            return Reason(reason="业主改天再搬")
    return None


def invented_id(number: int) -> str:
    """A valid ID number of somebody born in 1900, so that it is nobody's."""
    head = f"11010119000101{number % 1000:03d}"
    check: str = ric.calc_check_digit(head + "0")
    return head + check


async def _as(person: UUID, role: str) -> AbstractContextManager[Context]:
    found = await staff.person(person)
    name, username = (found.name, found.username) if found else (role, role)
    return _acting(Actor(person, name, username, roles=(role,)))


def _acting(actor: Actor) -> AbstractContextManager[Context]:
    """With all rights: what is told is made up, only who does what must be right."""
    able = msgspec.structs.replace(actor, rights=dict.fromkeys(view().permissions))
    return acting_as(msgspec.structs.replace(current(), actor=able))
