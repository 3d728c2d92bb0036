"""Switching a plugin: two keys, at once everywhere, what it hides is said first, nothing is lost."""

import json
from typing import Any

import httpx
import pytest

from auth.acting import person_at_work
from core.flows.engine import known_flow
from core.flows.queries import timeline
from core.kit import sql
from core.kit.context import current
from guanjia import app as composition
from plugins.property_desk import actions as slips
from plugins.property_desk import plugin as desk
from plugins.property_desk import queries as slip_queries
from tenants import actions, directory, queries
from tests.factories import Browser, Company
from tests.plugins.property_desk.making import BASE, DESK, GUARD, ISSUED, new_slip, opened, refusal, taken

pytestmark = pytest.mark.anyio
PLUGINS = "/api/v1/plugins"
DESK_SWITCH = f"{PLUGINS}/property_desk"
PAGE = "/admin/plugins"


async def switch(company: Company, *, on: bool, **more: Any) -> httpx.Response:
    admin = await company.signed_in("tenant_admin")
    answer = await admin.put(DESK_SWITCH, {"enabled": on, **more})
    assert answer.status_code == 200, answer.text
    return answer


async def state_of(company: Company) -> dict[str, Any]:
    admin = await company.signed_in("tenant_admin")
    found = (await admin.get(PLUGINS)).json()["items"]
    state: dict[str, Any] = next(one for one in found if one["name"] == "property_desk")
    return state


class TestRights:
    async def test_strangers(self, yunqi: Company) -> None:
        assert refusal(await yunqi.client().get(PLUGINS)) == (401, "sign_in_required")

    @pytest.mark.parametrize("role", [DESK, GUARD, "office_director"])
    async def test_nobody_but_the_administrator(self, yunqi: Company, role: str) -> None:
        browser = await yunqi.signed_in(role)
        assert refusal(await browser.put(DESK_SWITCH, {"enabled": False})) == (403, "permission_missing")
        assert refusal(await browser.get(PLUGINS)) == (403, "permission_missing")
        assert (await browser.get(PAGE)).status_code == 403
        assert (await state_of(yunqi))["enabled"]

    async def test_what_is_not_installed_or_always_on_is_not_found(self, yunqi: Company) -> None:
        admin = await yunqi.signed_in("tenant_admin")
        for name in ("nothing", "core", "auth", "tenants"):
            answer = await admin.put(f"{PLUGINS}/{name}", {"enabled": False})
            assert refusal(answer) == (404, "not_found")

    async def test_what_the_platform_has_not_granted(self, yunqi: Company) -> None:
        async with yunqi.inside(role="sys"):
            taken_back = await actions.grant("property_desk", granted=False)
        assert (taken_back.granted, taken_back.enabled) == (False, False)
        admin = await yunqi.signed_in("tenant_admin")
        answer = await admin.put(DESK_SWITCH, {"enabled": True})
        assert refusal(answer) == (422, "plugin_not_granted")
        assert "物业前台" in answer.json()["detail"]
        page = await admin.get(PAGE)
        assert "平台未开通" in page.text
        async with yunqi.inside(role="sys"):
            await actions.grant("property_desk", granted=True)
        assert (await state_of(yunqi))["enabled"] is False
        await switch(yunqi, on=True)
        assert (await state_of(yunqi))["enabled"] is True


class TestSwitch:
    async def test_off_and_on_again_with_everything_kept(self, yunqi: Company) -> None:
        slip = await taken(yunqi, await opened(yunqi), *ISSUED)
        desk = await yunqi.signed_in(DESK)
        await switch(yunqi, on=False)
        assert refusal(await desk.get(f"{BASE}/{slip['id']}")) == (404, "not_found")
        assert "/property_desk/goods_slips" not in (await desk.get("/me/shortcuts")).text
        await switch(yunqi, on=True)
        again = (await desk.get(f"{BASE}/{slip['id']}")).json()
        assert (again["number"], again["state"], again["items"]) == (slip["number"], "issued", slip["items"])

    async def test_permissions_and_the_menu_of_the_phone_go_too(self, yunqi: Company) -> None:
        guard = await yunqi.signed_in(GUARD)
        before = (await guard.get("/api/v1/me")).json()
        assert "property_desk.goods_slip.release" in before["permissions"]
        assert "property_desk" in before["plugins"]
        await switch(yunqi, on=False)
        after = (await guard.get("/api/v1/me")).json()
        assert not [name for name in after["permissions"] if name.startswith("property_desk.")]
        assert after["plugins"] == []

    async def test_openapi_tells_what_is_on(self, yunqi: Company, cuihu: Company) -> None:
        await switch(yunqi, on=False)
        off = (await yunqi.client().get("/api/v1/openapi.json")).json()["paths"]
        on = (await cuihu.client().get("/api/v1/openapi.json")).json()["paths"]
        assert not [path for path in off if "property_desk" in path]
        assert [path for path in on if "property_desk" in path]
        assert "/api/v1/tickets" in off

    async def test_another_company_is_not_touched(self, yunqi: Company, cuihu: Company) -> None:
        await switch(yunqi, on=False)
        assert (await state_of(cuihu))["enabled"] is True
        slip = await opened(cuihu)
        assert slip["number"].startswith("FT-")
        async with cuihu.inside():
            lines = await sql.value(
                "select count(*) from core.kit_audit where tenant_id = $1 and action = 'plugin.switched'"
            )
        assert lines == 0

    async def test_a_flow_that_is_off_stays_readable(self, yunqi: Company) -> None:
        slip = await taken(yunqi, await opened(yunqi), "sign_applicant")
        await switch(yunqi, on=False)
        async with yunqi.inside():
            row = (await sql.records("select id from core.property_desk_goods_slip where tenant_id = $1"))[0]
            events = await timeline(row["id"], known_flow(slips.NAME))
        assert [event.label for event in events] == ["开放行条", "办证人签字"]
        assert str(row["id"]) == slip["id"]

    async def test_every_process_sees_it_with_its_next_request(self, yunqi: Company) -> None:
        """Two applications, each with what it remembers of the company filled before the switch."""
        second = composition.create_app()
        transport = httpx.ASGITransport(app=second, raise_app_exceptions=False)
        desk = await yunqi.signed_in(DESK)
        async with httpx.AsyncClient(
            transport=transport, base_url=yunqi.url, cookies=desk.http.cookies
        ) as other:
            assert (await other.get(BASE)).status_code == 200
            remembered = await directory.by_slug(yunqi.tenant.slug)
            await switch(yunqi, on=False)
            directory._entries[yunqi.tenant.slug] = remembered  # another process has not heard of it
            assert (await other.get(BASE)).status_code == 404
            await switch(yunqi, on=True)
            directory._entries[yunqi.tenant.slug] = remembered
            assert (await other.get(BASE)).status_code == 200

    async def test_the_version_counts_up_with_the_switch_or_not_at_all(self, yunqi: Company) -> None:
        async def version() -> int:
            async with yunqi.inside():
                found: int = await sql.value("select version from core.tenants_tenant where id = $1")
                return found

        before = await version()
        await switch(yunqi, on=False)
        assert await version() == before + 1
        with pytest.raises(ZeroDivisionError):
            await switch_and_fail(yunqi, await administrator(yunqi))
        assert await version() == before + 1
        assert (await state_of(yunqi))["enabled"] is False

    async def test_switching_to_what_it_is_changes_nothing(self, yunqi: Company) -> None:
        before = await state_of(yunqi)
        await switch(yunqi, on=True)
        assert (await state_of(yunqi))["version"] == before["version"]

    async def test_an_old_version_is_stale(self, yunqi: Company) -> None:
        state = await state_of(yunqi)
        admin = await yunqi.signed_in("tenant_admin")
        answer = await admin.put(DESK_SWITCH, {"enabled": False, "version": state["version"] + 1})
        assert refusal(answer) == (409, "stale_version")
        header = {"If-Match": f'"{state["version"]}"'}
        assert (await admin.put(DESK_SWITCH, {"enabled": False}, headers=header)).status_code == 200


class TestDryRun:
    async def test_it_counts_what_would_be_hidden_and_hides_nothing(self, yunqi: Company) -> None:
        await opened(yunqi)
        await taken(yunqi, await opened(yunqi), *ISSUED)
        answer = await switch(yunqi, on=False, dry_run=True)
        effects = {effect["label"]: effect["count"] for effect in answer.json()["effects"]}
        assert effects == {"物品放行条": 2, "今天有效、门岗还没核放的放行条": 1, "停下的定时任务": 2}
        assert answer.json()["enabled"] is True
        assert (await state_of(yunqi))["enabled"] is True
        desk = await yunqi.signed_in(DESK)
        assert (await desk.get(BASE)).status_code == 200
        assert await audited(yunqi) == []

    async def test_only_this_companys_records_count(self, yunqi: Company, cuihu: Company) -> None:
        await opened(cuihu)
        answer = await switch(yunqi, on=False, dry_run=True)
        assert {effect["label"] for effect in answer.json()["effects"]} == {"停下的定时任务"}

    async def test_a_plugin_that_cannot_say_is_no_reason_to_keep_it(
        self, yunqi: Company, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def broken() -> int:
            raise RuntimeError("no figures today")

        await opened(yunqi)
        monkeypatch.setattr(slip_queries, "open_count", broken)
        answer = await switch(yunqi, on=False)
        labels = {effect["label"]: effect["count"] for effect in answer.json()["effects"]}
        assert labels["物品放行条"] == 1
        assert answer.json()["enabled"] is False


class TestTraces:
    async def test_who_switched_what_is_audited_and_announced(self, yunqi: Company) -> None:
        await switch(yunqi, on=False)
        await switch(yunqi, on=True)
        assert await audited(yunqi) == [
            ("公司管理员", {"name": "property_desk", "before": True, "after": False}),
            ("公司管理员", {"name": "property_desk", "before": False, "after": True}),
        ]
        async with yunqi.inside():
            events = await sql.records(
                "select payload from core.kit_outbox where tenant_id = $1"
                " and name = 'plugin.switched' order by id"
            )
        assert [event["payload"]["enabled"] for event in events] == [False, True]


class TestPage:
    async def test_the_administrator_finds_it_in_the_menu(self, yunqi: Company) -> None:
        admin = await yunqi.signed_in("tenant_admin")
        page = await admin.get(PAGE)
        assert page.status_code == 200
        assert 'href="/admin/plugins"' in page.text
        assert "已启用 1 / 1" in page.text

    async def test_off_is_asked_once_more_with_what_it_hides(self, yunqi: Company) -> None:
        await opened(yunqi)
        admin = await yunqi.signed_in("tenant_admin")
        asked = await send(admin, f"{PAGE}/property_desk", {})
        assert asked.status_code == 200
        assert "停用「物业前台」？" in asked.text
        assert "物品放行条" in asked.text
        assert (await state_of(yunqi))["enabled"] is True
        version = str((await state_of(yunqi))["version"])
        done = await send(admin, f"{PAGE}/property_desk", {"confirmed": "1", "version": version})
        assert (done.status_code, done.headers["location"]) == (303, PAGE)
        assert "已启用 0 / 1" in (await admin.get(PAGE)).text
        on = await send(admin, f"{PAGE}/property_desk", {"enabled": "on"})
        assert on.status_code == 303
        assert (await state_of(yunqi))["enabled"] is True

    async def test_htmx_gets_the_list_alone(self, yunqi: Company) -> None:
        admin = await yunqi.signed_in("tenant_admin")
        asked = await send(admin, f"{PAGE}/property_desk", {}, headers={"HX-Request": "true"})
        assert asked.text.lstrip().startswith('<div class="stack main--narrow" id="plugins">')

    async def test_a_stale_confirmation_is_refused_in_words(self, yunqi: Company) -> None:
        admin = await yunqi.signed_in("tenant_admin")
        answer = await send(admin, f"{PAGE}/property_desk", {"confirmed": "1", "version": "99"})
        assert answer.status_code == 409
        assert "刚被别人修改" in answer.text


async def test_enabling_writes_what_the_plugin_needs(yunqi: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """The seed runs once, as the product, with the plugin already on."""
    seen: list[tuple[bool, str, bool]] = []

    async def seed(demo: bool) -> None:
        seen.append((demo, current().somebody.username, "property_desk" in current().plugins))

    await switch(yunqi, on=False)
    seed.guanjia_impl = desk.seed.guanjia_impl  # type: ignore[attr-defined]
    monkeypatch.setattr(desk, "seed", seed)
    await switch(yunqi, on=True)
    assert seen == [(False, "system", True)]


async def test_a_plugin_no_row_speaks_of_was_never_granted(yunqi: Company) -> None:
    async with yunqi.inside():
        await sql.execute("delete from core.tenants_plugin where tenant_id = $1")
        states = await queries.plugins()
    assert [(state.granted, state.enabled) for state in states] == [(False, False)]


async def switch_and_fail(company: Company, actor: Any) -> None:
    async with company.inside(actor):
        await actions.switch("property_desk", enabled=True)
        raise ZeroDivisionError


async def administrator(company: Company) -> Any:
    async with company.inside():
        found = await person_at_work(company.people["tenant_admin"], company.tenant, frozenset())
    assert found is not None
    return found


async def audited(company: Company) -> list[tuple[str, dict[str, Any]]]:
    async with company.inside():
        lines = await sql.records(
            "select actor_name, detail from core.kit_audit where tenant_id = $1"
            " and action = 'plugin.switched'"
            " order by id"
        )
    return [(line["actor_name"], line["detail"]) for line in lines]


async def send(browser: Browser, path: str, fields: dict[str, str], **more: Any) -> httpx.Response:
    return await browser.http.post(path, data={**fields, "_csrf_token": browser.token}, **more)


async def test_new_slips_are_refused_while_it_is_off(yunqi: Company) -> None:
    desk = await yunqi.signed_in(DESK)
    await switch(yunqi, on=False)
    assert refusal(await desk.post(BASE, new_slip(yunqi))) == (404, "not_found")


class TestUndo:
    @pytest.mark.parametrize("enabled", [False, True])
    async def test_a_switch_thrown_is_taken_back(self, yunqi: Company, enabled: bool) -> None:
        await switch(yunqi, on=not enabled)
        admin = await yunqi.signed_in("tenant_admin")
        sent = {"_csrf_token": admin.token, "confirmed": "1", **({"enabled": "on"} if enabled else {})}
        page = f"{PAGE}/property_desk"
        done = await admin.http.post(page, data=sent, headers={"HX-Request": "true"})
        assert (await state_of(yunqi))["enabled"] is enabled
        undo = json.loads(done.headers["hx-trigger"])["gj:toast"]["undo"]
        assert (await (await yunqi.signed_in(DESK)).post(undo)).status_code == 403
        assert (await admin.post(undo)).status_code == 303
        assert (await state_of(yunqi))["enabled"] is not enabled
        assert (await admin.post(undo)).status_code == 409
