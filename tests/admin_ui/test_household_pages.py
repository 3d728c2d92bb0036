"""`/households` over HTTP: browsing by building, searching, one file, phones behind a recorded reason."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from core.kit import sql
from tests import homes
from tests.admin_ui.jobs import HTMX
from tests.factories import Browser, Company, new_repair

pytestmark = pytest.mark.anyio


@pytest.fixture
async def desk(yunqi: Company) -> Browser:
    return await yunqi.signed_in("front_desk_agent")


async def first(company: Company) -> tuple[str, str]:
    """Address of the first household's file, and of its owner below it."""
    household = next(iter(company.households.values()))
    async with company.inside():
        person = await sql.value(
            "select id from core.households_person where tenant_id = $1 and household_id = $2", household
        )
    return f"/households/{household}", f"/households/{household}/people/{person}/reveal"


async def reasons(company: Company) -> list[str]:
    async with company.inside():
        rows = await sql.records(
            "select detail->>'reason' as reason from core.kit_audit where tenant_id = $1 and action = $2",
            "household.phone_revealed",
        )
    return [row["reason"] for row in rows]


async def test_strangers_are_sent_to_sign_in(yunqi: Company) -> None:
    page, reveal = await first(yunqi)
    for path in ("/households", page):
        answer = await yunqi.client().get(path)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/login?next={path}")
    assert (await yunqi.client().post(reveal, data={"reason": "回访"})).status_code == 401


async def test_without_the_right(yunqi: Company) -> None:
    page, reveal = await first(yunqi)
    await yunqi.person("cleaner")
    cleaner = await yunqi.signed_in("cleaner")
    assert (await cleaner.get("/households")).status_code == 403
    assert (await cleaner.get(page)).status_code == 403
    engineer = await yunqi.signed_in("engineer")
    assert "查看完整号码" not in (await engineer.get(page)).text
    assert (await engineer.post(reveal, data={"reason": "回访"})).status_code == 403
    assert await reasons(yunqi) == []


async def test_another_companys_household_is_not_there(desk: Browser, cuihu: Company) -> None:
    page, reveal = await first(cuihu)
    assert (await desk.get(page)).status_code == 404
    assert (await desk.post(reveal, data={"reason": "回访"})).status_code == 404
    assert (await desk.get(f"/households?project={cuihu.project}")).text.count("3 栋 2 单元") == 0
    assert (await desk.get(f"/households/{uuid4()}")).status_code == 404


async def test_a_person_of_another_household_is_not_there(yunqi: Company, desk: Browser) -> None:
    other = list(yunqi.households.values())[1]
    _page, reveal = await first(yunqi)
    wrong = reveal.replace(str(next(iter(yunqi.households.values()))), str(other))
    assert (await desk.post(wrong, data={"reason": "回访"})).status_code == 404


async def test_rooms_by_building_and_stairwell(yunqi: Company, desk: Browser) -> None:
    async with yunqi.inside():
        await homes.add(yunqi, yunqi.project, "5-1-0301", "李国", "13900000031")
    page = (await desk.get("/households")).text
    assert "3 栋 2 单元 1801" in page
    assert "5 栋 1 单元 0301" in page
    assert page.index("3 栋 2 单元 1803") < page.index("5 栋 1 单元 0301")
    five = (await desk.get(f"/households?project={yunqi.project}&building=5")).text
    assert "5 栋 1 单元 0301" in five
    assert "3 栋 2 单元 1801" not in five
    none = (await desk.get(f"/households?project={yunqi.project}&building=5&stairwell=9")).text
    assert "这里没有房屋" in none


async def test_pages_of_fifty_by_key(yunqi: Company, desk: Browser) -> None:
    async with yunqi.inside():
        for number in range(60):
            await homes.add(yunqi, yunqi.project, f"9-1-{101 + number}", "林淑芬", f"138{number:08d}")
    page = (await desk.get("/households?building=9")).text
    assert page.count('data-href="/households/') == 50
    following = page.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = (await desk.get(following)).text
    assert second.count('data-href="/households/') == 10
    assert 'rel="prev"' in second
    assert 'rel="next"' not in second


@pytest.mark.parametrize("q", ["3-2-1802", "3栋1802", "单然", "shanran", "sr", "0002", "13900000002"])
async def test_search_in_any_spelling(desk: Browser, q: str) -> None:
    page = (await desk.get("/households", params={"q": q})).text
    assert "3 栋 2 单元 1802" in page
    assert "139****0002" in page
    assert "13900000002" not in page.replace(f'value="{q}"', "")


async def test_nothing_found_says_how_else(desk: Browser) -> None:
    page = (await desk.get("/households", params={"q": "<没有>"})).text
    assert "没有找到" in page
    assert "&lt;没有&gt;" in page
    assert "清除筛选" in page


async def test_a_file_shows_people_history_and_unit(yunqi: Company, desk: Browser) -> None:
    number = (await desk.post("/api/v1/tickets", new_repair(yunqi))).json()["number"]
    path, _reveal = await first(yunqi)
    page = (await desk.get(path)).text
    for words in ("3 栋 2 单元 1801", "陈志远", "139****0001", "翠湖天地", number, "厨房水管爆了"):
        assert words in page
    assert "13900000001" not in page
    async with yunqi.inside():
        opened = await sql.value(
            "select count(*) from core.kit_audit where tenant_id = $1 and action = 'household.opened'"
        )
    assert opened == 1


async def test_a_phone_is_read_for_a_reason_that_is_kept(yunqi: Company, desk: Browser) -> None:
    _page, reveal = await first(yunqi)
    refused = await desk.post(reveal, data={"reason": ""}, headers=HTMX)
    assert (refused.status_code, 'class="errsum"' in refused.text) == (422, True)
    assert "<html" not in refused.text
    assert "139 0000 0001" not in refused.text
    shown = await desk.post(reveal, data={"reason": "约上门时间"}, headers=HTMX)
    assert 'href="tel:13900000001"' in shown.text
    assert await reasons(yunqi) == ["约上门时间"]


async def test_the_same_without_scripts(yunqi: Company, desk: Browser) -> None:
    _page, reveal = await first(yunqi)
    refused = await desk.post(reveal, data={})
    assert (refused.status_code, "<html" in refused.text) == (422, True)
    shown = await desk.post(reveal, data={"reason": "回访"})
    assert (shown.status_code, 'href="tel:13900000001"' in shown.text) == (200, True)


async def test_a_company_without_rooms_is_led_to_the_import(app: Any) -> None:
    from tests.factories import company  # noqa: PLC0415

    empty = await company(app, households=0)
    page = (await (await empty.signed_in("tenant_admin")).get("/households")).text
    assert 'href="/admin/import"' in page
    assert "还没有房屋" in page


async def test_who_works_in_one_estate_sees_no_other(yunqi: Company) -> None:
    from core.households import actions  # noqa: PLC0415

    async with yunqi.inside():
        other: UUID = await actions.create_project(name="二期", code="ER")
    await yunqi.person("butler", project=other, username="zhou")
    butler = await yunqi.signed_in("zhou")
    assert "3 栋 2 单元 1801" not in (await butler.get("/households")).text
    assert "3 栋 2 单元 1801" not in (await butler.get(f"/households?project={yunqi.project}")).text
    assert (await butler.get(f"/households/{yunqi.households['3-2-1801']}")).status_code == 404
