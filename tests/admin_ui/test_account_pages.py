"""The bell, `/me` and a company's colour over HTTP."""

import json
from uuid import UUID, uuid4

import pytest

from core.kit import sql
from core.notifications.actions import tell
from core.staff import queries as staff
from tests.admin_ui.jobs import HTMX
from tests.factories import PASSWORD, Browser, Company

pytestmark = pytest.mark.anyio
NEW = "a much better battery"


@pytest.fixture
async def desk(yunqi: Company) -> Browser:
    return await yunqi.signed_in("front_desk_agent")


async def told(company: Company, person: UUID, count: int = 1) -> None:
    async with company.inside():
        for number in range(count):
            await tell([person], "ticket.moved", "{room} 派给您", "/me", room=f"3-2-{number}")


@pytest.mark.parametrize("path", ["/notices", "/me", "/me/sessions", "/me/shortcuts", "/admin/brand"])
async def test_strangers_are_sent_to_sign_in(yunqi: Company, path: str) -> None:
    answer = await yunqi.client().get(path)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/login?next={path}")


async def test_the_bell_counts_what_is_unread(yunqi: Company, desk: Browser) -> None:
    assert 'data-count="unread" aria-hidden="true"' in (await desk.get("/me")).text
    await told(yunqi, yunqi.people["front_desk_agent"], 2)
    assert "消息，2 条未读" in (await desk.get("/me")).text
    part = await desk.get("/notices?part=count", headers=HTMX)
    assert ">2</span>" in part.text
    assert "<html" not in part.text
    assert (await desk.post("/notices/read", data={})).status_code == 303
    assert "消息，0 条未读" in (await desk.get("/me")).text


async def test_reading_all_can_be_taken_back(yunqi: Company, desk: Browser) -> None:
    """Only what was marked then; what was read before stays read."""
    await told(yunqi, yunqi.people["front_desk_agent"], 1)
    await desk.post("/notices/read", data={})
    await told(yunqi, yunqi.people["front_desk_agent"], 2)
    answer = await desk.post("/notices/read", data={}, headers=HTMX)
    toast = json.loads(answer.headers["hx-trigger"])["gj:toast"]
    assert toast["text"] == "2 条已标为已读"
    other = await yunqi.signed_in("butler")
    await other.post(toast["undo"])
    assert "消息，0 条未读" in (await desk.get("/me")).text
    assert (await desk.post(toast["undo"])).status_code == 303
    assert "消息，2 条未读" in (await desk.get("/me")).text
    assert "hx-trigger" not in (await other.post("/notices/read", data={}, headers=HTMX)).headers


async def test_a_notice_is_followed_and_read(yunqi: Company, desk: Browser) -> None:
    await told(yunqi, yunqi.people["front_desk_agent"])
    page = (await desk.get("/notices")).text
    assert "3-2-0 派给您" in page
    link = page.split('<a href="/notices/')[1].split('"')[0]
    answer = await desk.get(f"/notices/{link}")
    assert (answer.status_code, answer.headers["location"]) == (303, "/me")
    assert "未读" not in (await desk.get("/notices?part=list", headers=HTMX)).text


async def test_anothers_notices_are_not_there(yunqi: Company, cuihu: Company, desk: Browser) -> None:
    other = await yunqi.person("butler")
    await told(yunqi, other)
    await told(cuihu, cuihu.people["tenant_admin"])
    async with yunqi.inside():
        notice = await sql.value("select id from core.notifications_notice where tenant_id = $1")
    async with cuihu.inside():
        theirs = await sql.value("select id from core.notifications_notice where tenant_id = $1")
    for identity in (notice, theirs, uuid4()):
        assert (await desk.get(f"/notices/{identity}")).status_code == 404
    assert "还没有消息" in (await desk.get("/notices")).text
    await desk.post("/notices/read", data={"ids": str(notice)})
    async with yunqi.inside():
        assert await sql.value("select read_at from core.notifications_notice where tenant_id = $1") is None


async def test_notices_are_paged_by_key(yunqi: Company, desk: Browser) -> None:
    await told(yunqi, yunqi.people["front_desk_agent"], 35)
    page = (await desk.get("/notices")).text
    assert page.count('class="is-new"') == 30
    following = page.split('rel="next" href="')[1].split('"')[0]
    assert (await desk.get(following)).text.count('class="is-new"') == 5
    assert (await desk.get("/notices?cursor=nonsense")).status_code == 422


@pytest.mark.parametrize(("language", "words"), [("en", 'lang="en"'), ("zh-Hant", 'lang="zh-Hant"')])
async def test_the_language_goes_with_the_person(
    yunqi: Company, desk: Browser, language: str, words: str
) -> None:
    answer = await desk.post("/me/language", data={"language": language, "next": "/households"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/households")
    again = await yunqi.signed_in("front_desk_agent")
    assert f"<html {words}" in (await again.get("/me")).text
    async with yunqi.inside():
        person = await staff.person(yunqi.people["front_desk_agent"])
    assert person is not None
    assert person.locale == language


async def test_a_language_we_have_not_and_a_way_out(desk: Browser) -> None:
    assert (await desk.post("/me/language", data={"language": "fr"})).status_code == 422
    away = await desk.post("/me/language", data={"language": "en", "next": "//evil.example"})
    assert away.headers["location"] == "/"


WRONG = [
    ({"current": "wrong", "password": NEW, "again": NEW}, "current"),
    ({"current": PASSWORD, "password": "short", "again": "short"}, "password"),
    ({"current": PASSWORD, "password": NEW, "again": "another one"}, "again"),
    ({"current": "", "password": NEW, "again": NEW}, "current"),
]


@pytest.mark.parametrize(("form", "field"), WRONG, ids=["wrong", "weak", "different", "missing"])
async def test_refused_passwords(yunqi: Company, desk: Browser, form: dict[str, str], field: str) -> None:
    part = await desk.post("/me/password", data=form, headers=HTMX)
    assert (part.status_code, f'href="#{field}"' in part.text) == (422, True)
    assert PASSWORD not in part.text
    assert "<html" in (await desk.post("/me/password", data=form)).text
    assert (await yunqi.client().sign_in("front_desk_agent")).status_code == 303


async def test_a_new_password_ends_every_other_session(yunqi: Company, desk: Browser) -> None:
    elsewhere = await yunqi.signed_in("front_desk_agent")
    before = desk.http.cookies.get("sid")
    answer = await desk.post("/me/password", data={"current": PASSWORD, "password": NEW, "again": NEW})
    assert (answer.status_code, answer.headers["location"]) == (303, "/me")
    assert desk.http.cookies.get("sid") not in {None, before}
    assert (await desk.get("/me")).status_code == 200
    assert (await elsewhere.get("/me")).status_code == 303
    assert (await yunqi.client().sign_in("front_desk_agent")).status_code == 422
    assert (await yunqi.client().sign_in("front_desk_agent", NEW)).status_code == 303


async def test_trying_passwords_is_throttled(desk: Browser) -> None:
    form = {"current": "wrong", "password": NEW, "again": NEW}
    answers = [(await desk.post("/me/password", data=form, headers=HTMX)).status_code for _ in range(12)]
    assert answers[-1] == 429


async def test_sessions_are_named_and_ended(yunqi: Company, desk: Browser) -> None:
    phone = yunqi.client()
    phone.http.headers["user-agent"] = (
        "Mozilla/5.0 (Linux; Android 14) Chrome/120.0 Mobile MicroMessenger/8.0"
    )
    await phone.sign_in("front_desk_agent")
    page = (await desk.get("/me/sessions")).text
    assert "微信 · Android" in page
    assert "本机" in page
    other = page.split('action="/me/sessions/')[1].split("/")[0]
    assert (await desk.post(f"/me/sessions/{other}/end", data={})).status_code == 303
    assert (await phone.get("/me")).status_code == 303
    assert (await desk.get("/me")).status_code == 200


async def test_shortcuts_can_be_switched_off(desk: Browser) -> None:
    assert "data-keys-switch" in (await desk.get("/me/shortcuts")).text


async def test_a_companys_colour(yunqi: Company, desk: Browser) -> None:
    assert (await desk.get("/admin/brand")).status_code == 403
    admin = await yunqi.signed_in("tenant_admin")
    assert 'value="#0d6b59"' in (await admin.get("/admin/brand")).text
    pale = await admin.post("/admin/brand", data={"color": "#ffff00"}, headers=HTMX)
    assert (pale.status_code, 'href="#color"' in pale.text) == (422, True)
    assert 'value="#ffff00"' in pale.text
    assert (await admin.post("/admin/brand", data={"color": "#1f5fae"})).status_code == 303
    page = (await admin.get("/me")).text
    assert '<link rel="stylesheet" href="/brand/1f5fae.css">' in page
    sheet = await admin.get("/brand/1f5fae.css")
    assert "--p-600:#1f5fae" in sheet.text
    assert (await admin.get("/manifest.webmanifest")).json()["theme_color"] == "#1f5fae"
    assert (await admin.post("/admin/brand", data={"color": ""})).status_code == 303
    assert "/brand/" not in (await admin.get("/me")).text.split("</head>")[0]
