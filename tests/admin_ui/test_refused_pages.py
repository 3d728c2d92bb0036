"""What a refused page says and where it leads back: the right that is missing, and deep links whole."""

from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest

from auth import actions as auth
from core.kit import sql
from core.staff import queries as staff
from tests.factories import PASSWORD, Company

pytestmark = pytest.mark.anyio
DEEP = "/tickets?state=open&q=%E6%B0%B4%E7%AE%A1&due=2026-11-24T10:00&sort=due"


async def test_a_missing_right_is_named_with_who_has_it_and_who_grants_it(yunqi: Company) -> None:
    async with yunqi.inside():
        admin = (await staff.people(role="tenant_admin"))[0].name
    engineer = await yunqi.signed_in("engineer")
    page = await engineer.get("/dash")
    assert page.status_code == 403
    assert "需要的权限：查看看板" in page.text
    assert "有此权限的岗位：客户服务管理员、客户服务主管、" in page.text
    assert f"可以找{admin}开通" in page.text
    part = await engineer.get("/dash", headers={"HX-Request": "true"})
    assert "需要的权限：查看看板" in part.text


async def test_roles_are_those_of_this_company_now(yunqi: Company, cuihu: Company) -> None:
    engineer = await yunqi.signed_in("engineer")
    assert "有此权限的岗位：公司管理员" in (await engineer.get("/admin/plugins")).text
    async with yunqi.inside():
        await sql.execute(
            "insert into core.auth_role (tenant_id, id, name, label, permissions)"
            " values ($1, gen_random_uuid(), 'switcher', '开关员', $2)",
            ["tenants.plugin.view"],
        )
        await auth.bump()
    assert "switcher" in (await engineer.get("/admin/plugins")).text
    other = await cuihu.signed_in("engineer")
    assert "switcher" not in (await other.get("/admin/plugins")).text


async def test_rights_of_a_plugin_that_is_off_are_not_named(yunqi: Company) -> None:
    finance = await yunqi.signed_in("finance")
    assert "需要的权限：查看物品放行条" in (await finance.get("/property_desk/goods_slips")).text


async def test_a_deep_link_comes_back_whole_after_signing_in(yunqi: Company) -> None:
    browser = await yunqi.signed_in("front_desk_agent")
    stranger = yunqi.client()
    led = await stranger.get(DEEP)
    assert led.status_code == 303
    to = led.headers["location"]
    assert parse_qs(urlsplit(to).query)["next"] == [DEEP]
    form = await stranger.get(to)
    assert f'name="next" value="{DEEP.replace("&", "&amp;")}"' in form.text
    token = form.text.split('name="_csrf_token" value="')[1].split('"')[0]
    fields = {"username": "front_desk_agent", "password": PASSWORD, "_csrf_token": token, "next": DEEP}
    answer = await stranger.http.post("/login", data=fields)
    assert answer.headers["location"] == DEEP
    assert (await browser.get(DEEP)).status_code == 200


async def test_a_form_sent_after_the_session_leads_back_to_its_page(yunqi: Company) -> None:
    await yunqi.signed_in("front_desk_agent")
    stranger = yunqi.client()
    sent = {"kind": "repair", "content": "水管漏水"}
    answer = await stranger.http.post("/desk", data=sent, headers={"Referer": f"{yunqi.url}{DEEP}"})
    assert answer.status_code == 401
    link = unescape(answer.text).split('href="/login?next=')[1].split('"')[0]
    assert parse_qs(f"next={link}")["next"] == [DEEP]
    elsewhere = await stranger.http.post("/desk", data=sent, headers={"Referer": "http://evil.example/x"})
    assert "evil" not in elsewhere.text
    assert 'href="/login?next=/"' in elsewhere.text


@pytest.mark.parametrize("to", ["//evil.example", "https://evil.example", "/\\evil", "/x:y", "/a\nb", "x"])
async def test_nobody_is_sent_elsewhere(yunqi: Company, to: str) -> None:
    browser = await yunqi.signed_in("front_desk_agent")
    answer = await browser.get("/login", params={"next": to})
    assert answer.headers["location"] == "/"
