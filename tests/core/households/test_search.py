"""Finding a household by whatever the desk types."""

from typing import Any
from uuid import UUID

import pytest

from core.households import actions, queries
from core.kit.context import Actor
from core.kit.database import DB
from tests.core.households.lists import KEEPER, row, send, workbook
from tests.factories import Browser, Company

pytestmark = pytest.mark.anyio

LIST = workbook(
    一期=[
        row("3-2-1802", "单雄信", "13900001802/0755-26001234"),
        row("3-1-1802", "曾国藩", "13911112222"),
        row("3-2-1801", "王伟", "13911113333"),
        row("3-2-1803", "欧阳文博", "13911114444", "租户"),
        row("1-1-802", "仇英", "13911115555"),
        row("18-1-101", "陈體國", "13911116666"),
        row("1-1-803", "吕布", "13911117777"),
        row("1-1-804", "张三、李四", "+852 9123 4567"),
    ]
)


@pytest.fixture
async def desk(yunqi: Company) -> Browser:
    async with yunqi.inside():
        project = await actions.create_project(name="云栖", code="YQ")
    admin = await yunqi.signed_in("tenant_admin")
    assert (await send(admin, LIST, project_id=str(project))).json()["counts"]["households"] == 8
    yunqi.project = project
    return await yunqi.signed_in("front_desk_agent")


async def found(browser: Browser, q: str, project: UUID | None = None) -> list[str]:
    where = {"q": q} | ({"project": str(project)} if project else {})
    answer = await browser.get("/api/v1/households", params=where)
    assert answer.status_code == 200, answer.text
    return [item["owner_name"] for item in answer.json()["items"]]


@pytest.mark.parametrize(
    ("q", "owners"),
    [
        ("3-2-1802", ["单雄信"]),
        ("3栋2单元1802", ["单雄信"]),
        ("３棟２單元１８０２室", ["单雄信"]),
        ("三栋二单元1802", ["单雄信"]),
        ("03021802", ["单雄信"]),
        ("3栋1802", ["曾国藩", "单雄信"]),
        ("031802", ["曾国藩", "单雄信"]),
        ("3#1802", ["曾国藩", "单雄信"]),
        ("3栋2单元", ["王伟", "单雄信", "欧阳文博"]),
        ("18栋", ["陈體國"]),
        ("3栋2单元18层", ["王伟", "单雄信", "欧阳文博"]),
    ],
)
async def test_rooms_in_every_spelling(desk: Browser, yunqi: Company, q: str, owners: list[str]) -> None:
    assert await found(desk, q, yunqi.project) == owners


@pytest.mark.parametrize(
    ("q", "owners"),
    [
        ("13900001802", ["单雄信"]),
        ("139 0000 1802", ["单雄信"]),
        ("+86 13900001802", ["单雄信"]),
        ("0755 2600 1234", ["单雄信"]),
        ("２６００１２３４", []),
        ("+85291234567", ["张三、李四"]),
        ("4567", ["张三、李四"]),
        ("3333", ["王伟"]),
        ("13911114444", ["欧阳文博"]),
        ("13900009999", []),
    ],
)
async def test_phones_and_their_last_four_digits(
    desk: Browser, yunqi: Company, q: str, owners: list[str]
) -> None:
    assert await found(desk, q, yunqi.project) == owners


async def test_four_digits_may_be_a_room_or_the_end_of_a_phone(desk: Browser, yunqi: Company) -> None:
    assert await found(desk, "1802", yunqi.project) == ["曾国藩", "单雄信"]
    assert await found(desk, "2222", yunqi.project) == ["曾国藩"]


@pytest.mark.parametrize(
    ("q", "owners"),
    [
        ("单雄信", ["单雄信"]),
        ("單雄信", ["单雄信"]),
        ("单", ["单雄信"]),
        ("雄信", ["单雄信"]),
        ("雄", ["单雄信"]),
        ("shan", ["单雄信"]),
        ("shanxiongxin", ["单雄信"]),
        ("Shan Xiong", ["单雄信"]),
        ("sxx", ["单雄信"]),
        ("SX", ["单雄信"]),
        ("zengguofan", ["曾国藩"]),
        ("zgf", ["曾国藩"]),
        ("cengguofan", ["曾国藩"]),
        ("qiuying", ["仇英"]),
        ("王伟", ["王伟"]),
        ("王偉", ["王伟"]),
        ("ww", ["王伟"]),
        ("欧阳", ["欧阳文博"]),
        ("歐陽文博", ["欧阳文博"]),
        ("oywb", ["欧阳文博"]),
        ("陈体国", ["陈體國"]),
        ("陳體國", ["陈體國"]),
        ("lvbu", ["吕布"]),
        ("lubu", ["吕布"]),
        ("lü bu", ["吕布"]),
        ("李四", ["张三、李四"]),
        ("lisi", ["张三、李四"]),
        ("信雄", []),
        ("xiongxin", []),
        ("%", []),
        ("' or 1=1 --", []),
        ("\\", []),
        ("王:*", ["王伟"]),
    ],
)
async def test_names_pinyin_and_initials(desk: Browser, yunqi: Company, q: str, owners: list[str]) -> None:
    assert await found(desk, q, yunqi.project) == owners


async def test_hit_shows_room_people_and_masked_phones(desk: Browser, yunqi: Company) -> None:
    answer = await desk.get("/api/v1/households", params={"q": "13911114444"})
    [hit] = answer.json()["items"]
    assert (hit["room_short"], hit["room_long"]) == ("3-2-1803", "3 栋 2 单元 1803")
    assert hit["project_id"] == str(yunqi.project)
    assert [(p["name"], p["relation"], p["phones"]) for p in hit["persons"]] == [
        ("欧阳文博", "owner", []),
        ("", "renter", ["139****4444"]),
    ]
    assert "13911114444" not in answer.text


@pytest.mark.parametrize("q", [None, "3栋", "1802", "王"])
async def test_search_takes_three_queries_at_the_most(desk: Browser, yunqi: Company, q: str | None) -> None:
    async with yunqi.inside(KEEPER):
        await queries.search_households(q, None, limit=1)
    async with yunqi.inside(KEEPER):
        page = await queries.search_households(q, None)
        assert page.items
        assert DB.unit().statements <= 3


async def test_pages_follow_one_another(desk: Browser, yunqi: Company) -> None:
    seen: list[str] = []
    for q in ("3栋", ""):
        cursor, pages = None, []
        while True:
            where: dict[str, Any] = {"q": q, "limit": 2, "project": str(yunqi.project)}
            answer = (await desk.get("/api/v1/households", params=where | {"cursor": cursor or ""})).json()
            pages.append([item["owner_name"] for item in answer["items"]])
            cursor = answer["next"]
            if cursor is None:
                break
        flat = [name for page in pages for name in page]
        assert all(len(page) == 2 for page in pages[:-1])
        assert flat == await found(desk, q, yunqi.project)
        seen += flat
    assert len(seen) == 4 + 8


async def test_cursor_of_another_list_is_refused(desk: Browser) -> None:
    answer = await desk.get("/api/v1/households?q=王&cursor=bm9uc2Vuc2U")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "cursor")


async def test_company_finds_only_its_own(desk: Browser, cuihu: Company) -> None:
    stranger = await cuihu.signed_in("front_desk_agent")
    for q in ("单雄信", "13900001802", "3-2-1803", "1802"):
        hits = (await stranger.get("/api/v1/households", params={"q": q})).json()["items"]
        assert "单雄信" not in [hit["owner_name"] for hit in hits]
        assert "欧阳文博" not in [hit["owner_name"] for hit in hits]


async def test_search_function_answers_no_other_company(
    desk: Browser, yunqi: Company, cuihu: Company
) -> None:
    foreign = (
        "select * from core.households_search($1, null, '[]', null, null, $2, null, null, null, null, 9)"
    )
    rooms = 'select * from core.households_rooms($1, null, \'[{"building": "3"}]\')'
    async with yunqi.inside():
        assert len(await DB.unit().connection.fetch(foreign, yunqi.tenant.id, "王伟")) == 1
        assert len(await DB.unit().connection.fetch(rooms, yunqi.tenant.id)) > 0
    async with cuihu.inside():
        assert await DB.unit().connection.fetch(foreign, yunqi.tenant.id, "王伟") == []
        assert await DB.unit().connection.fetch(rooms, yunqi.tenant.id) == []


async def test_clerk_of_one_project_finds_only_there(desk: Browser, yunqi: Company) -> None:
    async with yunqi.inside():
        other = await actions.create_project(name="山语", code="SY")
    await yunqi.person("front_desk_agent", project=other, username="other_desk")
    browser = await yunqi.signed_in("other_desk")
    assert await found(browser, "王伟") == []
    assert await found(browser, "王伟", yunqi.project) == []
    assert await found(browser, "3-2-1802") == []
    assert [p["name"] for p in (await browser.get("/api/v1/projects")).json()["items"]] == ["山语"]


async def test_units_are_found_by_room(desk: Browser, yunqi: Company) -> None:
    where = {"q": "3栋1802", "project": str(yunqi.project)}
    units = (await desk.get("/api/v1/units", params=where)).json()["items"]
    assert [(u["room_short"], u["owner_name"], u["area"]) for u in units] == [
        ("3-1-1802", "曾国藩", "88.5"),
        ("3-2-1802", "单雄信", "88.5"),
    ]
    assert (await desk.get("/api/v1/units?q=王伟")).json()["items"] == []
    one = await desk.get(f"/api/v1/units/{units[0]['id']}")
    assert one.json() == units[0]
    assert one.headers["etag"] == '"1"'


async def test_erased_person_is_found_no_more(desk: Browser, yunqi: Company) -> None:
    [hit] = (await desk.get("/api/v1/households?q=单雄信")).json()["items"]
    async with yunqi.inside(KEEPER):
        await actions.erase_person(UUID(hit["persons"][0]["id"]), "本人要求")
    for q in ("单雄信", "单", "sxx", "shanxiongxin", "13900001802", "075526001234"):
        assert await found(desk, q, yunqi.project) == [], q
    where = {"q": "3-2-1802", "project": str(yunqi.project)}
    [left] = (await desk.get("/api/v1/households", params=where)).json()["items"]
    assert (left["owner_name"], left["persons"]) == ("", [])


async def test_stranger_without_the_right_finds_nothing(yunqi: Company, desk: Browser) -> None:
    assert (await yunqi.client().get("/api/v1/households?q=王")).status_code in {401, 403}
    nobody = Actor(UUID(int=9), "无", "none")
    async with yunqi.inside(nobody):
        assert await queries.by_phone("+8613911113333") == []
