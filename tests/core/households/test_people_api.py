"""`/api/v1/people`, `/contacts`, owners and butlers over HTTP: who may, what is refused, who was faster."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from core.kit import clock, sql
from tests.core.households.lists import row, send, workbook
from tests.factories import Browser, Company, new_repair

pytestmark = pytest.mark.anyio
TOLD = "select detail::text as said from core.kit_audit where tenant_id = $1 and action like 'household.%'"


class Home:
    """The first household as a browser sees it."""

    def __init__(self, company: Company, who: Browser, room: str = "3-2-1801") -> None:
        self.company, self.who = company, who
        self.household, self.unit = company.households[room], company.units[room]

    async def file(self) -> dict[str, Any]:
        found: dict[str, Any] = (await self.who.get(f"/api/v1/households/{self.household}")).json()
        return found

    async def version(self) -> int:
        return int((await self.file())["version"])

    async def owner(self) -> str:
        return str((await self.file())["persons"][0]["id"])

    async def add(self, **more: Any) -> httpx.Response:
        body = {"version": await self.version(), "relation": "renter", "name": "赵敏", "phones": [], **more}
        return await self.who.post(f"/api/v1/households/{self.household}/people", body)

    async def patch(self, person: str, **body: Any) -> httpx.Response:
        body.setdefault("version", await self.version())
        headers = {"X-CSRF-Token": self.who.token}
        return await self.who.http.patch(f"/api/v1/people/{person}", json=body, headers=headers)

    async def act(self, person: str, verb: str, **body: Any) -> httpx.Response:
        return await self.who.post(f"/api/v1/people/{person}/{verb}", body)


@pytest.fixture
async def home(yunqi: Company) -> Home:
    return Home(yunqi, await yunqi.signed_in("tenant_admin"))


def key(answer: httpx.Response) -> tuple[int, str, str]:
    said = answer.json()
    errors = said.get("errors") or [{"field": ""}]
    return answer.status_code, said.get("type", ""), errors[0]["field"]


async def found(who: Browser, q: str) -> list[str]:
    answer = await who.get("/api/v1/households", params={"q": q})
    return [hit["room_short"] for hit in answer.json()["items"]]


class TestAdding:
    async def test_a_person_is_added_and_found(self, home: Home) -> None:
        answer = await home.add(name=" 赵\u200b 敏\n", phones=["１３８ ０００１ ３６７１"])
        person = answer.json()
        assert (answer.status_code, person["name"], person["relation"]) == (201, "赵 敏", "renter")
        assert [phone["masked"] for phone in person["phones"]] == ["138****3671"]
        assert answer.headers["etag"] == f'"{await home.version()}"'
        for q in ("13800013671", "3671", "赵敏", "zm"):
            assert await found(home.who, q) == ["3-2-1801"], q

    @pytest.mark.parametrize(
        ("phone", "masked"),
        [
            ("+86 13800013671", "138****3671"),
            ("0086-138-0001-3671", "138****3671"),
            ("（０７５５）２６００１２３４", "0755****1234"),
            ("0755-26001234转801", "0755****1234"),
            ("400-820-8820", "40****8820"),
            ("+852 9123 4567", "+852****4567"),
        ],
    )
    async def test_phones_as_people_write_them(self, home: Home, phone: str, masked: str) -> None:
        assert [p["masked"] for p in (await home.add(phones=[phone])).json()["phones"]] == [masked]

    @pytest.mark.parametrize("phone", ["12", "not a phone", "138000136711", "😀", "+999 1", "١٢"])
    async def test_what_is_no_phone(self, home: Home, phone: str) -> None:
        assert key(await home.add(phones=[phone])) == (422, "phone_invalid", "phones")
        assert len((await home.file())["persons"]) == 1

    @pytest.mark.parametrize(
        ("more", "refused"),
        [
            ({"name": ""}, ("required", "name")),
            ({"name": "😀🎉"}, ("name_invalid", "name")),
            ({"name": "\u202e\u0000\u200b"}, ("required", "name")),
            ({"name": "长" * 101}, ("too_long", "name")),
            ({"relation": "king"}, ("not_a_choice", "relation")),
            ({"phones": [f"1380001{n:04d}" for n in range(11)]}, ("too_many_phones", "phones")),
        ],
    )
    async def test_what_is_refused_at_its_field(
        self, home: Home, more: dict[str, Any], refused: tuple[str, str]
    ) -> None:
        assert key(await home.add(**more)) == (422, *refused)

    async def test_emoji_beside_a_name_stay(self, home: Home) -> None:
        assert (await home.add(name="赵敏😀")).json()["name"] == "赵敏😀"

    async def test_twice_with_one_key_is_once(self, home: Home) -> None:
        body = {"version": await home.version(), "relation": "renter", "name": "赵敏"}
        path, headers = f"/api/v1/households/{home.household}/people", {"Idempotency-Key": uuid4().hex}
        answers = [await home.who.post(path, body, headers=headers) for _again in range(2)]
        assert [answer.status_code for answer in answers] == [201, 201]
        assert answers[0].json()["id"] == answers[1].json()["id"]
        assert len((await home.file())["persons"]) == 2

    async def test_two_at_once_name_each_other(self, yunqi: Company, home: Home) -> None:
        other = Home(yunqi, await yunqi.signed_in("front_desk_agent"))
        version = await home.version()
        answers = await asyncio.gather(*(one.add(version=version) for one in (home, other)))
        first, second = sorted(answers, key=lambda answer: answer.status_code)
        assert (first.status_code, second.status_code) == (201, 409)
        winner = "front_desk_agent甲" if answers[1] is first else "tenant_admin"
        said = second.json()
        assert (said["type"], said["version"]) == ("stale_version", version + 1)
        assert winner in said["by"] or said["by"] in said["title"]
        assert said["by"] != ""

    async def test_a_version_is_needed_here_or_in_if_match(self, home: Home) -> None:
        version = await home.version()
        path, body = f"/api/v1/households/{home.household}/people", {"relation": "renter", "name": "甲一"}
        assert key(await home.who.post(path, body))[:2] == (409, "stale_version")
        answer = await home.who.post(path, body, headers={"If-Match": f'"{version}"'})
        assert answer.status_code == 201


class TestRights:
    async def test_who_may_only_look(self, yunqi: Company, home: Home) -> None:
        guard = Home(yunqi, await yunqi.signed_in("security_guard"))
        person = await home.owner()
        assert (await guard.who.get(f"/api/v1/people/{person}")).status_code == 200
        assert (await guard.add()).status_code == 403
        assert (await guard.patch(person, name="甲")).status_code == 403
        assert (await guard.act(person, "reveal", reason="好奇")).status_code == 403
        desk = Home(yunqi, await yunqi.signed_in("front_desk_agent"))
        assert (await desk.act(person, "erase", reason="本人要求")).status_code == 403

    async def test_another_companys_ids(self, home: Home, cuihu: Company) -> None:
        there = Home(cuihu, await cuihu.signed_in("tenant_admin"))
        person, household, unit = await there.owner(), there.household, there.unit
        assert (await home.who.get(f"/api/v1/people/{person}")).status_code == 404
        new = {"version": 1, "relation": "renter", "name": "赵敏"}
        assert (await home.who.post(f"/api/v1/households/{household}/people", new)).status_code == 404
        assert (await home.patch(person, version=1, name="赵敏")).status_code == 404
        for verb, body in (
            ("move-out", {"version": 1, "left_on": "2026-01-01"}),
            ("move-in", {"version": 1}),
        ):
            assert (await home.act(person, verb, **body)).status_code == 404
        for verb in ("reveal", "erase"):
            assert (await home.act(person, verb, reason="本人要求")).status_code == 404
        contact = {"unit_id": str(unit), "relation": "owner", "name": "赵敏"}
        assert key(await home.who.post("/api/v1/contacts", contact)) == (422, "household_missing", "unit_id")
        assert (await there.file())["version"] == 1

    async def test_another_companys_ids_in_the_body(self, home: Home, cuihu: Company) -> None:
        there = Home(cuihu, await cuihu.signed_in("tenant_admin"))
        await cuihu.person("butler")
        person = (await there.who.get(f"/api/v1/people/{await there.owner()}")).json()
        theirs = person["phones"][0]["id"]
        mine = await home.owner()
        removing = await home.patch(mine, remove_phones=[theirs])
        assert key(removing) == (422, "not_a_choice", "remove_phones")
        assert (await home.patch(mine, preferred=theirs)).status_code == 422
        new = {"version": await home.version(), "name": "赵敏", "staying": [person["id"]]}
        changing = await home.who.post(f"/api/v1/households/{home.household}/owner", new)
        assert key(changing) == (422, "not_a_choice", "staying")
        giving = {"version": 1, "butler_id": str(cuihu.people["butler"])}
        answer = await home.who.put(f"/api/v1/units/{home.unit}/butler", giving)
        assert key(answer) == (422, "not_a_choice", "butler_id")

    async def test_who_works_in_another_estate(self, yunqi: Company, home: Home) -> None:
        from core.households import actions  # noqa: PLC0415

        async with yunqi.inside():
            other = await actions.create_project(name="二期", code="ER")
        await yunqi.person("front_desk_agent", project=other, username="zhou")
        zhou = Home(yunqi, await yunqi.signed_in("zhou"))
        new = {"version": 1, "relation": "renter", "name": "赵敏"}
        assert (await zhou.who.post(f"/api/v1/households/{home.household}/people", new)).status_code == 404
        contact = {"unit_id": str(home.unit), "relation": "owner", "name": "赵敏"}
        assert (await zhou.who.post("/api/v1/contacts", contact)).status_code == 422


class TestChanging:
    async def test_phones_one_by_one(self, home: Home) -> None:
        person = await home.owner()
        more = (await home.patch(person, add_phones=["13800013671", "13900000001"])).json()
        assert [p["masked"] for p in more["phones"]] == ["139****0001", "138****3671"]
        first = (await home.patch(person, preferred=more["phones"][1]["id"])).json()
        assert [p["masked"] for p in first["phones"]] == ["138****3671", "139****0001"]
        assert [p["preferred"] for p in first["phones"]] == [True, False]
        assert (await home.file())["persons"][0]["phones"][0] == "138****3671"
        newest = (await home.patch(person, add_phones=["13700000007"], preferred="137 0000 0007")).json()
        assert newest["phones"][0]["masked"] == "137****0007"
        gone = [newest["phones"][0]["id"], newest["phones"][1]["id"]]
        left = (await home.patch(person, remove_phones=gone)).json()
        assert [p["masked"] for p in left["phones"]] == ["138****3671"]
        assert await found(home.who, "13700000007") == []

    async def test_the_preferred_phone_is_the_one_a_ticket_calls(self, home: Home) -> None:
        person = await home.owner()
        await home.patch(person, add_phones=["13800013671"], preferred="13800013671")
        desk = await home.company.signed_in("front_desk_agent")
        ticket = (await desk.post("/api/v1/tickets", new_repair(home.company))).json()
        assert ticket["contact_phone"] == "138****3671"

    async def test_the_household_bears_its_owners_name(self, home: Home) -> None:
        assert (await home.patch(await home.owner(), name="陈志远远")).status_code == 200
        assert (await home.file())["owner_name"] == "陈志远远"

    async def test_somebody_must_own_it(self, home: Home) -> None:
        person = await home.owner()
        assert key(await home.patch(person, relation="renter")) == (422, "owner_required", "relation")
        today = clock.today().isoformat()
        out = await home.act(person, "move-out", version=await home.version(), left_on=today)
        assert key(out)[:2] == (422, "owner_required")
        await home.add(relation="owner", name="赵敏")
        assert (await home.patch(person, relation="relative")).status_code == 200
        assert (await home.file())["owner_name"] == "赵敏"

    async def test_a_refused_change_changes_nothing(self, home: Home) -> None:
        person = await home.owner()
        assert key(await home.patch(person, name="", add_phones=["13800013671"]))[:2] == (422, "required")
        assert (await home.file())["persons"][0]["phones"] == ["139****0001"]

    async def test_moving_out_and_in_again(self, home: Home) -> None:
        renter = (await home.add(phones=["13800013671"])).json()["id"]
        late = (clock.today() + timedelta(days=1)).isoformat()
        refused = await home.act(renter, "move-out", version=await home.version(), left_on=late)
        assert key(refused) == (422, "date_in_future", "left_on")
        today = clock.today().isoformat()
        left = await home.act(renter, "move-out", version=await home.version(), left_on=today)
        assert left.json()["left_on"] == today
        file = await home.file()
        assert [p["name"] for p in file["persons"]] == ["陈志远"]
        assert [(p["name"], p["left_on"]) for p in file["former"]] == [("赵敏", today)]
        assert (await found(home.who, "13800013671"), await found(home.who, "赵敏")) == ([], [])
        assert key(await home.patch(renter, name="甲"))[:2] == (409, "person_left")
        assert (await home.act(renter, "move-in", version=await home.version())).status_code == 200
        assert await found(home.who, "13800013671") == ["3-2-1801"]

    async def test_audit_lines_hold_no_personal_data(self, yunqi: Company, home: Home) -> None:
        person = (await home.add(phones=["13800013671"])).json()["id"]
        await home.patch(person, name="赵敏敏", add_phones=["13700000007"])
        async with yunqi.inside():
            said = " ".join(line["said"] for line in await sql.records(TOLD))
        assert person in said or str(home.household) in said
        for secret in ("赵敏", "3671", "13700000007"):
            assert secret not in said


class TestContacts:
    async def test_a_stranger_is_put_into_their_household(self, yunqi: Company, home: Home) -> None:
        desk = await yunqi.signed_in("front_desk_agent")
        new = {"unit_id": str(home.unit), "relation": "relative", "name": "陈小远", "phones": ["13800013671"]}
        answer = await desk.post("/api/v1/contacts", new)
        assert (answer.status_code, answer.json()["household_id"]) == (201, str(home.household))
        assert await found(desk, "13800013671") == ["3-2-1801"]

    async def test_who_is_known_gets_another_phone(self, home: Home) -> None:
        new = {"unit_id": str(home.unit), "relation": "owner", "name": "陳志遠", "phones": ["13800013671"]}
        answer = (await home.who.post("/api/v1/contacts", new)).json()
        assert (answer["id"], len(answer["phones"])) == (await home.owner(), 2)


class TestOwners:
    @pytest.mark.spec("HA-01")
    async def test_a_new_owner_and_who_stays(self, home: Home) -> None:
        renter = (await home.add(phones=["13800013671"])).json()["id"]
        since = (clock.today() - timedelta(days=30)).isoformat()
        new = {
            "version": await home.version(), "name": "周芷若", "phones": ["13700000007"], "moved_in": since,
            "staying": [renter],
        }  # fmt: skip
        answer = await home.who.post(f"/api/v1/households/{home.household}/owner", new)
        file = answer.json()
        assert (answer.status_code, file["owner_name"], file["moved_in"]) == (201, "周芷若", since)
        assert [(p["name"], p["phones"]) for p in file["persons"]] == [
            ("周芷若", ["137****0007"]),
            ("赵敏", ["138****3671"]),
        ]
        old = await home.file()
        assert (old["closed_at"] is not None, [p["name"] for p in old["persons"]]) == (
            True,
            ["陈志远", "赵敏"],
        )
        owners = (await home.who.get(f"/api/v1/households/{home.household}/owners")).json()["items"]
        assert [(one["owner_name"], one["moved_in"], one["until"]) for one in owners] == [
            ("周芷若", since, None),
            ("陈志远", None, since),
        ]
        calling = await home.who.get("/api/v1/households", params={"q": "13800013671"})
        assert [hit["id"] for hit in calling.json()["items"]] == [file["id"]]
        revealed = await home.act(file["persons"][1]["id"], "reveal", reason="回访")
        assert revealed.json() == {"phones": ["138 0001 3671"]}
        assert key(await home.add())[:2] == (409, "household_closed")

    async def test_not_from_tomorrow(self, home: Home) -> None:
        late = (clock.today() + timedelta(days=1)).isoformat()
        new = {"version": await home.version(), "name": "周芷若", "moved_in": late}
        answer = await home.who.post(f"/api/v1/households/{home.household}/owner", new)
        assert key(answer) == (422, "date_in_future", "moved_in")

    async def test_two_changes_at_once_open_one_file(self, home: Home) -> None:
        new = {"version": await home.version(), "name": "周芷若"}
        path = f"/api/v1/households/{home.household}/owner"
        answers = await asyncio.gather(*(home.who.post(path, new) for _one in range(2)))
        assert sorted(answer.status_code for answer in answers) == [201, 409]

    async def test_butler(self, yunqi: Company, home: Home) -> None:
        butler = await yunqi.person("butler")
        await yunqi.person("cleaner")
        path = f"/api/v1/units/{home.unit}/butler"
        unit = (await home.who.get(f"/api/v1/units/{home.unit}")).json()
        given = await home.who.put(path, {"version": unit["version"], "butler_id": str(butler)})
        assert (given.status_code, given.json()["butler_name"]) == (200, "butler甲")
        stale = await home.who.put(path, {"version": unit["version"], "butler_id": None})
        assert (stale.status_code, stale.json()["by"]) == (
            409,
            (await home.who.get("/api/v1/me")).json()["name"],
        )
        version = given.json()["version"]
        no = await home.who.put(path, {"version": version, "butler_id": str(yunqi.people["cleaner"])})
        assert key(no) == (422, "not_a_choice", "butler_id")
        none = await home.who.put(path, {"version": version, "butler_id": None})
        assert none.json()["butler_id"] is None


class TestErasure:
    async def test_requests_keep_number_and_content_only(self, yunqi: Company, home: Home) -> None:
        person, desk = await home.owner(), await yunqi.signed_in("front_desk_agent")
        ticket = (await desk.post("/api/v1/tickets", new_repair(yunqi))).json()
        assert (ticket["household"]["owner"], ticket["contact_phone"]) == ("陈志远", "139****0001")
        answer = await home.act(person, "erase", reason="本人书面要求")
        assert (answer.status_code, answer.json()["owner_name"], answer.json()["persons"]) == (200, "", [])
        after = (await desk.get(f"/api/v1/tickets/{ticket['number']}")).json()
        assert (after["content"], after["household"]["owner"]) == (ticket["content"], "")
        assert after["contact_phone"] is None
        for q in ("13900000001", "0001", "陈志远"):
            assert (await desk.get("/api/v1/tickets", params={"q": q})).json()["items"] == []
            assert await found(desk, q) == []
        assert (await home.act(person, "erase", reason="本人书面要求")).status_code == 404

    async def test_a_shared_phone_stays_with_who_else_has_it(self, yunqi: Company, home: Home) -> None:
        renter = (await home.add(phones=["13900000001"])).json()["id"]
        desk = await yunqi.signed_in("front_desk_agent")
        number = (await desk.post("/api/v1/tickets", new_repair(yunqi, requester="陈太太"))).json()["number"]
        await home.act(renter, "erase", reason="本人书面要求")
        after = (await desk.get(f"/api/v1/tickets/{number}")).json()
        assert after["contact_phone"] == "139****0001"

    @pytest.mark.parametrize("reason", ["陈志远要求删除", "来电 139 0000 0001 要求", "1390000-0001"])
    async def test_the_reason_names_nobody(self, home: Home, reason: str) -> None:
        refused = await home.act(await home.owner(), "erase", reason=reason)
        assert key(refused) == (422, "reason_names_person", "reason")
        assert key(await home.act(await home.owner(), "erase", reason=""))[:2] == (422, "required")


class TestImportingAgain:
    async def test_the_list_wins_where_it_changed_and_says_so(self, yunqi: Company, home: Home) -> None:
        rooms = ("9-1-0101", "9-1-0102", "9-1-0103")
        before = [row(room, "王伟", f"1390000{n:04d}") for n, room in enumerate(rooms)]
        await send(home.who, workbook(一期=before), project_id=str(yunqi.project))
        hits = (await home.who.get("/api/v1/households", params={"q": "王伟"})).json()["items"]
        for hit in hits[:2]:
            body = {"version": 1, "name": "王玮", "add_phones": ["13800013671"]}
            await home.who.http.patch(
                f"/api/v1/people/{hit['persons'][0]['id']}", json=body,
                headers={"X-CSRF-Token": home.who.token},
            )  # fmt: skip
        after = [
            before[0],
            row(rooms[1], "王伟", "13900000001", note="养狗"),
            row(rooms[2], "王小伟", "13900000002"),
        ]
        trial = (
            await send(home.who, workbook(一期=after), dry_run=True, project_id=str(yunqi.project))
        ).json()
        assert trial["changes"] == {"created": 0, "updated": 2, "unchanged": 1}
        assert trial["overwritten"] == [{"sheet": "一期", "row": 3, "room": "9-1-0102"}]
        done = (await send(home.who, workbook(一期=after), project_id=str(yunqi.project))).json()
        assert done["overwritten"] == trial["overwritten"]
        names = {}
        for hit in hits:
            file = (await home.who.get(f"/api/v1/households/{hit['id']}")).json()
            names[hit["room_short"]] = (file["owner_name"], file["persons"][0]["phones"])
        assert names["9-1-0101"] == ("王玮", ["139****0000", "138****3671"])
        assert names["9-1-0102"] == ("王伟", ["139****0001", "138****3671"])
        again = (
            await send(home.who, workbook(一期=after), dry_run=True, project_id=str(yunqi.project))
        ).json()
        assert again["overwritten"] == []

    async def test_the_same_list_does_not_bring_the_former_owner_back(
        self, yunqi: Company, home: Home
    ) -> None:
        lines = [row("9-1-0101", "王伟", "13900000008")]
        await send(home.who, workbook(一期=lines), project_id=str(yunqi.project))
        [hit] = (await home.who.get("/api/v1/households", params={"q": "王伟"})).json()["items"]
        new = {"version": 1, "name": "周芷若"}
        opened = (await home.who.post(f"/api/v1/households/{hit['id']}/owner", new)).json()
        answer = (await send(home.who, workbook(一期=lines), project_id=str(yunqi.project))).json()
        assert answer["changes"] == {"created": 0, "updated": 0, "unchanged": 1}
        file = (await home.who.get(f"/api/v1/households/{opened['id']}")).json()
        assert file["owner_name"] == "周芷若"
