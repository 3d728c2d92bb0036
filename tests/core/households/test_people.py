"""A household's file and its people: read, changed, revealed, erased; where a ticket is; who is calling."""

from typing import Any
from uuid import UUID

import pytest
from cryptography.exceptions import InvalidTag

from core.households import actions, errors, queries
from core.households.schemas import NewOwner, NewPerson, UpdatePerson
from core.kit import sql
from core.kit.context import Actor
from core.kit.errors import Forbidden, Invalid, NotFound, Stale
from core.kit.ids import new_id
from tests.core.households.lists import KEEPER, row, send, workbook
from tests.factories import Company

pytestmark = pytest.mark.anyio

LOOKER = Actor(UUID(int=8), "保安", "guard", rights={"households.household.view": None})
LINES = "select * from core.kit_audit where tenant_id = $1 and subject_id = $2 order by id"


@pytest.fixture
async def home(yunqi: Company) -> Any:
    """3-2-1802 of 王伟 with two phones, whose renter has another."""
    admin = await yunqi.signed_in("tenant_admin")
    async with yunqi.inside():
        project = await actions.create_project(name="云栖", code="YQ")
    lines = [
        row("3-2-1802", "王伟", "13900001802/0755-26001234"),
        row("3-2-1803", "李国", "13900001803", "租户"),
    ]
    await send(admin, workbook(一期=lines), project_id=str(project))
    async with yunqi.inside(KEEPER):
        page = await queries.search_households(None, frozenset({project}))
    return page.items


async def test_file_shows_everything_but_the_digits(yunqi: Company, home: Any) -> None:
    desk = await yunqi.signed_in("front_desk_agent")
    answer = await desk.get(f"/api/v1/households/{home[0].id}")
    file = answer.json()
    assert answer.headers["etag"] == '"1"'
    assert (file["owner_name"], file["project_name"], file["moved_in"]) == ("王伟", "云栖", "2024-05-01")
    assert (file["unit"]["building"], file["unit"]["room"], file["unit"]["area"]) == ("3", "1802", "88.5")
    assert file["persons"][0]["phones"] == ["139****1802", "0755****1234"]
    assert "13900001802" not in answer.text
    async with yunqi.inside():
        [line] = await sql.records(LINES, home[0].id)
    assert (line["action"], line["actor_id"]) == ("household.opened", yunqi.people["front_desk_agent"])


async def test_foreign_ids_are_not_found(yunqi: Company, cuihu: Company, home: Any) -> None:
    stranger = await cuihu.signed_in("front_desk_agent")
    for path in (f"households/{home[0].id}", f"units/{home[0].unit_id}"):
        assert (await stranger.get(f"/api/v1/{path}")).status_code == 404
    async with cuihu.inside(KEEPER):
        with pytest.raises(NotFound):
            await actions.reveal_phone(home[0].persons[0].id, "好奇")
        with pytest.raises(NotFound):
            await actions.erase_person(home[0].persons[0].id, "本人要求")
        with pytest.raises(NotFound):
            await actions.set_butler([home[0].unit_id], None)
        with pytest.raises(NotFound):
            await actions.add_person(home[0].id, NewPerson(version=1, relation="owner", name="某人"))


async def test_phone_is_revealed_for_a_reason_and_recorded(yunqi: Company, home: Any) -> None:
    person = home[0].persons[0].id
    async with yunqi.inside(KEEPER):
        assert await actions.reveal_phone(person, "回访") == ["139 0000 1802", "0755 2600 1234"]
        with pytest.raises(Invalid):
            await actions.reveal_phone(person, " ")
    async with yunqi.inside(LOOKER):
        with pytest.raises(Forbidden):
            await actions.reveal_phone(person, "好奇")
        [line] = await sql.records(LINES, person)
    assert (line["action"], line["detail"]["reason"]) == ("household.phone_revealed", "回访")
    assert line["actor_name"] == KEEPER.name
    assert "1802" not in str(line["detail"])


async def test_phone_is_encrypted_for_its_place(yunqi: Company, home: Any) -> None:
    async with yunqi.inside():
        rows = await sql.records("select number, masked from core.households_phone where tenant_id = $1")
        assert all(b"13900001802" not in r["number"] for r in rows)
        swap = """
        update core.households_phone n set number = o.number from core.households_phone o
        where n.tenant_id = $1 and o.tenant_id = $1 and n.id <> o.id and n.person_id = $2
        """
        await sql.execute(swap, home[0].persons[0].id)
    with pytest.raises(InvalidTag):
        async with yunqi.inside(KEEPER):
            await actions.reveal_phone(home[0].persons[0].id, "回访")


async def test_person_is_corrected(yunqi: Company, home: Any) -> None:
    person = home[0].persons[0].id
    async with yunqi.inside(KEEPER):
        await actions.update_person(person, UpdatePerson(version=1, name="王玮", phones=["139 1234 0001"]))
        file = await queries.household(home[0].id)
        assert (file.version, file.owner_name, file.persons[0].phones) == (2, "王玮", ["139****0001"])
        with pytest.raises(Stale):
            await actions.update_person(person, UpdatePerson(version=1, name="王"))
        with pytest.raises(errors.PhoneInvalid) as refused:
            await actions.update_person(person, UpdatePerson(version=2, phones=["12"]))
        assert refused.value.at_field == "phones"
    async with yunqi.inside(KEEPER):
        assert [hit.id for hit in await queries.by_phone("+8613912340001")] == [home[0].id]
        assert await queries.by_phone("+8613900001802") == []
        assert (await queries.search_households("wangwei", None)).items[0].id == home[0].id


async def test_person_is_added(yunqi: Company, home: Any) -> None:
    async with yunqi.inside(KEEPER):
        new = NewPerson(version=1, relation="relative", name="王小明", phones=["13912340002"])
        await actions.add_person(home[0].id, new)
        file = await queries.household(home[0].id)
        assert [(p.name, p.relation) for p in file.persons] == [("王伟", "owner"), ("王小明", "relative")]
        with pytest.raises(Invalid):
            await actions.add_person(home[0].id, NewPerson(version=2, relation="renter"))
    async with yunqi.inside(LOOKER):
        with pytest.raises(Forbidden):
            await actions.add_person(home[0].id, NewPerson(version=2, relation="renter", name="甲"))


async def test_erasing_destroys_key_name_and_indexes(yunqi: Company, home: Any) -> None:
    person = home[0].persons[0].id
    async with yunqi.inside(KEEPER):
        await actions.erase_person(person, "本人要求")
        [left] = await sql.records(
            "select * from core.households_person where tenant_id = $1 and id = $2", person
        )
        assert (left["name"], left["data_key"], left["search_keys"]) == ("", None, [])
        assert left["erased_at"] is not None
        phones = "select count(*) from core.households_phone where tenant_id = $1 and person_id = $2"
        assert await sql.value(phones, person) == 0
        file = await queries.household(home[0].id)
        assert (file.owner_name, file.persons) == ("", [])
        with pytest.raises(NotFound):
            await actions.erase_person(person, "本人要求")
    async with yunqi.inside():
        told = "select payload from core.kit_outbox where tenant_id = $1 and name = 'person.erased'"
        assert await sql.value(told) == {"person_id": str(person), "household_id": str(home[0].id)}
    async with yunqi.inside(LOOKER):
        with pytest.raises(Forbidden):
            await actions.erase_person(home[1].persons[0].id, "本人要求")


async def test_same_list_does_not_bring_an_erased_person_back(yunqi: Company, home: Any) -> None:
    async with yunqi.inside(KEEPER):
        await actions.erase_person(home[0].persons[0].id, "本人要求")
    admin = await yunqi.signed_in("tenant_admin")
    lines = [row("3-2-1802", "王伟", "13900001802/0755-26001234")]
    answer = await send(admin, workbook(一期=lines), project_id=str(home[0].project_id))
    assert answer.json()["changes"] == {"created": 0, "updated": 0, "unchanged": 1}
    async with yunqi.inside(KEEPER):
        assert (await queries.household(home[0].id)).persons == []


async def test_place_of_a_ticket(yunqi: Company, cuihu: Company, home: Any) -> None:
    first, second = home
    async with yunqi.inside():
        by_household = await queries.locate(yunqi.project, household_id=first.id, unit_id=None)
        assert (by_household.project_id, by_household.unit_id) == (first.project_id, first.unit_id)
        assert (by_household.room_short, by_household.owner_name) == ("3-2-1802", "王伟")
        assert by_household.phone == "+8613900001802"
        assert await queries.locate(yunqi.project, household_id=None, unit_id=first.unit_id) == by_household
        renter = await queries.locate(yunqi.project, household_id=second.id, unit_id=second.unit_id)
        assert (renter.owner_name, renter.phone) == ("李国", "+8613900001803")
        alone = await queries.locate(yunqi.project, household_id=None, unit_id=None)
        assert (alone.project_id, alone.unit_id, alone.phone) == (yunqi.project, None, None)
        wrong = [(first.id, second.unit_id), (new_id(), None), (None, new_id())]
        for household, unit in wrong:
            with pytest.raises(NotFound):
                await queries.locate(yunqi.project, household_id=household, unit_id=unit)
        with pytest.raises(NotFound):
            await queries.locate(cuihu.project, household_id=None, unit_id=None)
    async with cuihu.inside():
        for household, unit in ((first.id, None), (None, first.unit_id)):
            with pytest.raises(NotFound):
                await queries.locate(cuihu.project, household_id=household, unit_id=unit)


async def test_caller_is_recognised(yunqi: Company, cuihu: Company, home: Any) -> None:
    async with yunqi.inside(KEEPER):
        [hit] = await queries.by_phone("+8613900001803")
        assert (hit.room_short, hit.persons[1].relation) == ("3-2-1803", "renter")
        assert await queries.by_phone("+8613999999999") == []
    elsewhere = Actor(
        UUID(int=8), "乙", "b", rights={"households.household.view": frozenset({yunqi.project})}
    )
    async with yunqi.inside(elsewhere):
        assert await queries.by_phone("+8613900001803") == []
    async with cuihu.inside(KEEPER):
        assert await queries.by_phone("+8613900001803") == []


async def test_butler_is_set_and_taken_away(yunqi: Company, home: Any) -> None:
    butler = await yunqi.person("butler")
    units = [hit.unit_id for hit in home]
    async with yunqi.inside(KEEPER):
        await actions.set_butler(units, butler)
        assert {(await queries.unit(unit)).butler_id for unit in units} == {butler}
        located = await queries.locate(yunqi.project, household_id=home[0].id, unit_id=None)
        assert located.butler_id == butler
        await actions.set_butler(units[:1], None)
        assert (await queries.unit(units[0])).butler_id is None
    async with yunqi.inside(LOOKER):
        with pytest.raises(Forbidden):
            await actions.set_butler(units, None)


@pytest.mark.spec("HA-01")
async def test_new_owner_gets_a_new_file_and_the_old_one_is_closed(yunqi: Company, home: Any) -> None:
    async with yunqi.inside(KEEPER):
        new = NewOwner(version=1, name="赵敏", phones=["13912340003"])
        identity = await actions.change_owner(home[0].id, new)
        old, fresh = await queries.household(home[0].id), await queries.household(identity)
        assert (old.owner_name, fresh.owner_name, fresh.previous_id) == ("王伟", "赵敏", old.id)
        assert old.closed_at is not None
        assert fresh.unit.household_id == identity
        assert [
            hit.id
            for hit in (await queries.search_households("3-2-1802", frozenset({fresh.project_id}))).items
        ] == [identity]
        assert await queries.by_phone("+8613900001802") == []
        with pytest.raises(errors.FileClosed):
            await actions.add_person(old.id, NewPerson(version=2, relation="owner", name="甲"))
        with pytest.raises(NotFound):
            await queries.locate(yunqi.project, household_id=old.id, unit_id=None)


async def test_projects_have_their_own_names_and_codes(yunqi: Company) -> None:
    async with yunqi.inside():
        await actions.create_project(name="云栖", code="YQ", sort=2)
        for name, code in (("云栖", "YQ2"), ("云栖二", "YQ")):
            with pytest.raises(errors.ProjectExists):
                await actions.create_project(name=name, code=code)
    desk = await yunqi.signed_in("front_desk_agent")
    listed = (await desk.get("/api/v1/projects")).json()["items"]
    assert [project["code"] for project in listed] == ["CH", "YQ"]


async def test_single_household_is_added_as_a_list_would(yunqi: Company) -> None:
    async with yunqi.inside(KEEPER):
        file = await queries.household(yunqi.households["3-2-1801"])
        assert (file.owner_name, file.unit.id) == ("陈志远", yunqi.units["3-2-1801"])
