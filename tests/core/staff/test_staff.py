"""People, the roles they hold where and when, whom they report to, and who is on duty."""

from datetime import timedelta

import pytest
import time_machine

from auth import actions as accounts
from core.households import actions as households
from core.kit import clock, sql
from core.staff import actions, queries
from core.staff.errors import AssignmentOverlaps, RoleUnknown, UsernameTaken
from core.staff.roles import ROLES, ladder
from tests.factories import PASSWORD, Company

pytestmark = pytest.mark.anyio


async def test_staff_are_listed_by_role_and_project_in_the_order_of_pinyin(yunqi: Company) -> None:
    async with yunqi.inside():
        other = await households.create_project(name="云山苑", code="YS")
    async with yunqi.inside():
        for username, name, project in [
            ("zhang", "张伟", yunqi.project),
            ("chen", "陈静", other),
            ("li", "李娜", None),
        ]:
            await accounts.create_person(
                username=username, name=name, password=PASSWORD, roles=[("engineer", project)]
            )
    admin = await yunqi.signed_in("tenant_admin")
    everywhere = (await admin.get("/api/v1/staff", params={"role": "engineer"})).json()["items"]
    here = (
        await admin.get("/api/v1/staff", params={"role": "engineer", "project": str(yunqi.project)})
    ).json()["items"]
    assert [one["name"] for one in everywhere] == ["陈静", "李娜", "张伟"]
    assert [one["name"] for one in here] == ["李娜", "张伟"]


async def test_departments_of_the_procedures_are_there_from_the_start(yunqi: Company) -> None:
    admin = await yunqi.signed_in("tenant_admin")
    items = (await admin.get("/api/v1/departments")).json()["items"]
    assert [one["code"] for one in items][:5] == [
        "engineering",
        "security",
        "finance",
        "admin_hr",
        "cleaning",
    ]
    assert len(items) == 13


async def test_staff_is_only_for_those_signed_in(yunqi: Company) -> None:
    assert (await yunqi.client().get("/api/v1/staff")).status_code == 401
    assert (await yunqi.client().get("/api/v1/departments")).status_code == 401


async def test_another_companys_people_are_not_seen(yunqi: Company, cuihu: Company) -> None:
    engineer = await yunqi.person("engineer")
    admin = await cuihu.signed_in("tenant_admin")
    seen = (await admin.get("/api/v1/staff")).json()["items"]
    assert [one["username"] for one in seen] == ["tenant_admin"]
    async with cuihu.inside():
        assert await queries.person(engineer) is None
        assert await queries.holders("engineer", None) == []
        assert await queries.names([engineer]) == {}


async def test_a_user_name_is_one_persons_in_a_company_and_free_in_another(
    yunqi: Company, cuihu: Company
) -> None:
    await yunqi.person("engineer")
    with pytest.raises(UsernameTaken):
        await yunqi.person("engineer")
    assert await cuihu.person("engineer")


async def test_nobody_is_given_a_role_nobody_knows(yunqi: Company) -> None:
    with pytest.raises(RoleUnknown):
        await yunqi.person("emperor")


async def test_a_role_is_held_once_at_a_time_in_each_project(yunqi: Company) -> None:
    keeper = await yunqi.person("butler", project=yunqi.project)
    with pytest.raises(AssignmentOverlaps):
        async with yunqi.inside():
            await actions.assign(keeper, "butler", yunqi.project)
    async with yunqi.inside():
        assert await actions.assign(keeper, "butler", None)


async def test_a_role_ends_after_its_last_day(yunqi: Company) -> None:
    butler = await yunqi.person("butler")
    last = clock.now() + timedelta(days=3)
    async with yunqi.inside():
        await actions.assign(butler, "building_keeper", None, until=last)
    for day, held in [(last, True), (last + timedelta(days=1), False)]:
        with time_machine.travel(day, tick=True):
            async with yunqi.inside():
                assert await queries.holds_role(butler, "building_keeper", yunqi.project) is held
                assert (butler in await queries.holders("building_keeper", None)) is held
                assert await queries.holds_role(butler, "butler", yunqi.project)


async def test_a_role_taken_on_its_first_day_was_never_held(yunqi: Company) -> None:
    butler = await yunqi.person("butler")
    async with yunqi.inside():
        assert await actions.unassign(butler, "butler", None)
        assert not await actions.unassign(butler, "butler", None)
        assert not await queries.holds_role(butler, "butler", None)


async def test_a_role_taken_later_is_remembered_up_to_the_day_before(yunqi: Company) -> None:
    butler = await yunqi.person("butler")
    today = clock.now()
    with time_machine.travel(today + timedelta(days=10), tick=True):
        async with yunqi.inside():
            assert await actions.unassign(butler, "butler", None)
            assert not await queries.holds_role(butler, "butler", None)
    with time_machine.travel(today + timedelta(days=9), tick=True):
        async with yunqi.inside():
            assert await queries.holds_role(butler, "butler", None)


@pytest.mark.parametrize(
    ("chain", "above"), [("A", "cs_administrator"), ("B", "cs_supervisor"), ("M", "cs_administrator")]
)
async def test_the_desk_reports_to_whom_its_roster_chain_says(chain: str, above: str) -> None:
    assert ladder("front_desk_agent", chain)[0] == above  # type: ignore[arg-type]


async def test_every_ladder_leads_to_known_roles_and_ends(yunqi: Company) -> None:
    for name in ROLES:
        for chain in ("A", "B", "M"):
            steps = ladder(name, chain)  # type: ignore[arg-type]
            assert set(steps) <= ROLES.keys()
            assert name not in steps
            assert name == "company_leader" or steps[-1] == "company_leader"


async def test_a_rung_nobody_stands_on_is_skipped(yunqi: Company) -> None:
    desk = await yunqi.person("front_desk_agent")
    manager = await yunqi.person("cs_manager")
    async with yunqi.inside():
        assert await queries.superior_of(desk, yunqi.project) == manager
    supervisor = await yunqi.person("cs_supervisor", project=yunqi.project)
    async with yunqi.inside():
        assert await queries.superior_of(desk, yunqi.project) == supervisor
        assert await queries.superior_of(manager, yunqi.project) is None


async def test_a_superior_of_another_project_is_nobodys_here(yunqi: Company) -> None:
    desk = await yunqi.person("front_desk_agent")
    async with yunqi.inside():
        other = await households.create_project(name="云山苑", code="YS")
    supervisor = await yunqi.person("cs_supervisor", project=other)
    async with yunqi.inside():
        assert await queries.superior_of(desk, yunqi.project) is None
        assert await queries.superior_of(desk, other) == supervisor


async def test_duty_counts_from_its_start_to_just_before_its_end(yunqi: Company) -> None:
    engineer, other = await yunqi.person("engineer"), await yunqi.person("engineer", username="engineer2")
    start = (clock.now() + timedelta(days=1)).replace(microsecond=0)
    end = start + timedelta(hours=8)
    async with yunqi.inside():
        await actions.put_on_duty(engineer, yunqi.project, start, end)
    second = timedelta(seconds=1)
    for moment, there in [
        (start - second, (True, True)),
        (start, (True, False)),
        (end - second, (True, False)),
        (end, (True, True)),
    ]:
        with time_machine.travel(moment, tick=False):
            async with yunqi.inside():
                assert (
                    await queries.is_on_duty(engineer, yunqi.project),
                    await queries.is_on_duty(other, yunqi.project),
                ) == there


async def test_somebody_who_left_is_listed_nowhere(yunqi: Company) -> None:
    engineer = await yunqi.person("engineer")
    async with yunqi.inside():
        assert engineer in await queries.holders("engineer", yunqi.project)
        await sql.execute(
            "update core.staff_person set state = 'left' where tenant_id = $1 and id = $2", engineer
        )
        assert engineer not in await queries.holders("engineer", yunqi.project)
        assert engineer not in [one.id for one in await queries.people()]
