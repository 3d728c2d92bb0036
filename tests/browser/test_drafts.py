"""What was typed survives another form's shape, a reload, a log-out; where it belongs, for whose it is."""

import pytest
from playwright.sync_api import Page, expect

from guanjia import app as composition
from tests.browser.conftest import Opened, Served, picture, sign_in, violations
from tests.core.tickets.moves import Crew
from tests.factories import Company, company

pytestmark = pytest.mark.browser
ID_NUMBER = "11010519491231002X"
SLIP = "/property_desk/goods_slips/new"
DRAFTS = "() => Object.entries(localStorage).filter(([key]) => key.startsWith('draft:')).flat().join(' ')"
LEFT = """async () => {
  await caches.open("gj-1").then(cache => cache.add("/offline"));
  const opening = indexedDB.open("guanjia", 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore("outbox", {keyPath: "id"});
  await new Promise(done => { opening.onsuccess = done; });
  const rows = opening.result.transaction("outbox", "readwrite").objectStore("outbox");
  const entry = {id: "k1", scope: document.body.dataset.scope, url: "/m/nowhere", label: "完工 3-2-1801",
    at: Date.now(), entries: [["note", "x"]], multipart: false, refused: "缺签名"};
  await new Promise(done => { rows.put(entry).onsuccess = done; });
  opening.result.close();
}"""


@pytest.fixture(scope="module")
def estate(served: Served) -> Company:
    async def staffed() -> Company:
        made = await company(composition.create_app(), households=3)
        for role in ("front_desk_agent", "engineer", "cs_supervisor"):
            await made.person(role)
        return made

    return served.run(staffed)


def kept(page: Page, words: str) -> None:
    page.wait_for_function(f"() => ({DRAFTS})().includes('{words}')")


def take_up(page: Page) -> None:
    page.click("[data-offer] button >> nth=0")
    page.wait_for_selector("[data-offer]", state="detached")


def test_a_draft_of_the_desk_brings_its_household_and_kind(opened: Opened, estate: Company) -> None:
    page = opened(estate, "front_desk_agent", width=1440, height=900)
    room = estate.households["3-2-1802"]
    page.goto(f"/desk?household={room}&kind=help")
    page.check("[name=item] >> nth=1")
    item = page.input_value("[name=item]:checked")
    page.fill("#content", "钥匙忘在家里")
    kept(page, "钥匙忘在家里")
    page.goto("/desk")
    assert page.locator("#reg-where [name=household_id]").count() == 0
    take_up(page)
    assert page.input_value("#content") == "钥匙忘在家里"
    assert page.input_value("#reg-where [name=household_id]") == str(room)
    assert page.input_value("[name=kind]:checked") == "help"
    assert page.input_value("[name=item]:checked") == item
    expect(page.locator("#found .room-t")).to_have_text("3 栋 2 单元 1802")
    kept(page, "钥匙忘在家里")


@pytest.mark.parametrize("width", [1440, 390])
def test_a_slip_keeps_what_was_typed_whoever_applies(opened: Opened, estate: Company, width: int) -> None:
    page = opened(estate, "front_desk_agent", width=width)
    page.goto(SLIP)
    page.fill("#mover_name", "吴建平")
    page.fill("#mover_id", ID_NUMBER)
    page.get_by_role("button", name="加一行").click()
    page.wait_for_selector("[name='items.1.name']")
    page.fill("[name='items.1.name']", "木门扇")
    page.get_by_role("button", name="租户").click()
    page.wait_for_selector("text=租户搬出物品须业主同意")
    assert page.input_value("#mover_name") == "吴建平"
    assert page.input_value("#mover_id") == ID_NUMBER
    assert page.input_value("[name='items.1.name']") == "木门扇"
    picture(page, f"slip-form-{width}")
    assert violations(page) == []
    page.fill("#applicant_name", "何晓东")
    kept(page, "renter")
    assert ID_NUMBER not in page.evaluate(f"({DRAFTS})()")
    page.goto(SLIP)
    take_up(page)
    expect(page.get_by_role("button", name="租户")).to_have_attribute("aria-pressed", "true")
    assert page.input_value("[name='items.1.name']") == "木门扇"
    assert page.input_value("#mover_name") == "吴建平"
    assert page.input_value("#mover_id") == ""


def test_a_draft_of_one_ticket_is_not_offered_on_another(
    opened: Opened, served: Served, estate: Company
) -> None:
    async def two() -> list[str]:
        crew = await Crew(estate).gather()
        return [(await crew.registered(duplicate="new"))["number"] for _ in range(2)]

    first, second = served.run(two)
    page = opened(estate, "cs_supervisor", width=1440, height=900)
    page.goto(f"/tickets/{first}")
    page.select_option("#form-dispatch select", "cleaning")
    kept(page, f"move-dispatch:{first}")
    page.goto(f"/tickets/{second}")
    assert page.locator("#form-dispatch [data-offer]").count() == 0
    page.goto(f"/tickets/{first}")
    expect(page.locator("#form-dispatch [data-offer]")).to_be_visible()


def test_leaving_wipes_pages_and_keeps_what_was_not_sent_for_its_person(
    opened: Opened, estate: Company
) -> None:
    page = opened(estate, "engineer", width=1440, height=900)
    page.goto("/tickets")
    page.evaluate(LEFT)
    page.evaluate("localStorage.gjKeys = 'on'; localStorage.setItem('draft:x', 'y')")
    page.click("summary:has-text('我的账号')")
    page.click("[data-logout] button")
    page.wait_for_url("**/login**")
    assert page.evaluate("caches.keys()") == []
    assert page.evaluate("[localStorage.gjKeys, localStorage.getItem('draft:x')]") == ["on", "y"]
    sign_in(page, "front_desk_agent")
    page.goto("/m/outbox")
    expect(page.locator("[data-outbox-list]")).to_contain_text("都已提交")
    page.context.clear_cookies()
    sign_in(page, "engineer")
    page.goto("/m/outbox")
    expect(page.locator("[data-outbox-list]")).to_contain_text("完工 3-2-1801")
