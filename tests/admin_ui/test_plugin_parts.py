"""What plugins contribute to pages of core: cards of a household, commands and keys; gone when off."""

import re
from typing import Any

import pytest

from admin_ui.pages import cards
from auth.actions import create_person
from core.kit import sql
from plugins.property_desk import queries as slips
from tests.admin_ui.pages import HTMX
from tests.factories import PASSWORD, Browser, Company
from tests.plugins.property_desk.making import opened
from tests.switching import switch_all_off

pytestmark = pytest.mark.anyio


@pytest.fixture
async def desk(yunqi: Company) -> Browser:
    return await yunqi.signed_in("front_desk_agent")


def home_of(company: Company) -> tuple[str, str]:
    """The household's page, and where a slip for its unit is opened."""
    room = "3-2-1801"
    return (
        f"/households/{company.households[room]}",
        f"/property_desk/goods_slips/new?unit={company.units[room]}",
    )


@pytest.mark.spec("PD-01")
async def test_a_household_shows_its_slips_and_opens_another(yunqi: Company, desk: Browser) -> None:
    page, new = home_of(yunqi)
    assert "这户还没有放行条" in (await desk.get(page)).text
    slip = await opened(yunqi)
    html = (await desk.get(page)).text
    assert f"/property_desk/goods_slips/{slip['number']}" in html
    assert f'href="{new}"' in html
    form = (await desk.get(new)).text
    assert f'name="unit_id" value="{yunqi.units["3-2-1801"]}"' in form
    assert 'value="3-2-1801"' in form


async def test_the_desk_offers_it_where_the_household_is_found(yunqi: Company, desk: Browser) -> None:
    _page, new = home_of(yunqi)
    found = await desk.get("/desk?part=found&q=3-2-1801", headers=HTMX)
    assert f'href="{new}"' in found.text
    supervisor = await yunqi.signed_in("cs_team_lead")
    assert new not in (await supervisor.get("/desk?part=found&q=3-2-1801", headers=HTMX)).text


async def test_who_may_only_see_slips_is_offered_none(yunqi: Company) -> None:
    page, new = home_of(yunqi)
    butler = await yunqi.signed_in("butler")
    html = (await butler.get(page)).text
    assert "这户还没有放行条" in html
    assert new not in html
    finance = await yunqi.signed_in("finance")
    assert "放行条" not in (await finance.get(page)).text


async def test_all_of_it_is_gone_with_the_plugin(yunqi: Company, desk: Browser) -> None:
    page, _new = home_of(yunqi)
    await switch_all_off(yunqi)
    for path in (page, "/desk?q=3-2-1801", "/me/sessions"):
        answer = await desk.get(path)
        assert answer.status_code == 200
        assert "goods_slips" not in answer.text, path


async def broken(*_: Any, **__: Any) -> Any:
    await sql.value("select 1 / (length($1::text) - 36)")


async def hangs(*_: Any, **__: Any) -> Any:
    await sql.value("select pg_sleep(20) where $1::uuid is not null")


@pytest.mark.parametrize("fault", [broken, hangs])
async def test_a_card_that_fails_takes_nothing_else_along(
    yunqi: Company, desk: Browser, monkeypatch: pytest.MonkeyPatch, fault: Any
) -> None:
    """The page answers, what it recorded is kept, and the administrator hears of it once."""
    admin = await yunqi.signed_in("tenant_admin")
    page, _new = home_of(yunqi)
    monkeypatch.setattr(slips, "slips", fault)
    monkeypatch.setattr(cards, "LIMIT", 0.3)
    for _ in range(2):
        answer = await desk.get(page)
        assert answer.status_code == 200
        assert "诉求记录" in answer.text
        assert "物品放行条" not in answer.text
    async with yunqi.inside():
        opened_times = await sql.value(
            "select count(*) from core.kit_audit where tenant_id = $1 and action = 'household.opened'"
        )
    assert opened_times == 2
    assert (await admin.get("/notices")).text.count("property_desk.goods_slips") == 1


@pytest.mark.parametrize("path", ["/property_desk/goods_slips", "/admin/plugins", "/me/sessions", "/tickets"])
async def test_commands_and_keys_are_on_every_page(yunqi: Company, path: str) -> None:
    roles: list[Any] = [("front_desk_agent", None), ("tenant_admin", None)]
    async with yunqi.inside():
        await create_person(username="both", name="甲", password=PASSWORD, roles=roles, must_change=False)
    person = yunqi.client()
    await person.sign_in("both")
    html = (await person.get(path)).text
    keys = dict(re.findall(r'data-href="([^"]+)" data-label="[^"]+" data-hotkey="(\w)"', html))
    assert keys == {
        "/desk?kind=repair": "n",
        "/callbacks": "r",
        "/property_desk/goods_slips/new": "f",
    }
    goes = set(re.findall(r'<a href="([^"]+)"[^>]* data-go="(\w)"', html))
    assert goes == {("/desk", "d"), ("/tickets", "t"), ("/callbacks", "c"), ("/households", "h")}


async def test_commands_ask_for_their_right(yunqi: Company) -> None:
    guard = await yunqi.signed_in("security_guard")
    html = (await guard.get("/me/sessions")).text
    assert 'data-hotkey="r"' not in html
    assert 'data-hotkey="f"' not in html
