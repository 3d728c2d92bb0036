"""The desk, a ticket and the call-backs in Chromium: by keyboard, live, without losing what was typed."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from auth import sessions
from core.kit import clock
from guanjia import app as composition
from tests import homes
from tests.browser.conftest import Opened, Served, picture, sign_in, violations
from tests.core.tickets.moves import Crew
from tests.factories import Company, company

pytestmark = pytest.mark.browser
WIDTHS = (1440, 390)
MATTERS = ("厨房插座跳闸", "入户门可视对讲无声", "卫生间吊顶渗水，待楼上配合", "等业主购买同款龙头")


RING = """async token => (await fetch("/api/v1/calls", {
  method: "POST", body: JSON.stringify({phone: "13900000002", line: "热线 1"}),
  headers: {"Content-Type": "application/json", "X-CSRF-Token": token},
})).status"""


class Scene:
    """A company in the middle of its day; `numbers` of tickets by where they stand."""

    def __init__(self, made: Company, numbers: dict[str, str]) -> None:
        self.company, self.numbers = made, numbers


async def build() -> Scene:
    made = await company(composition.create_app(), households=6)
    async with made.inside():
        await homes.add(made, made.project, "3-2-1601", "陈志远", "13900000001")
    crew = await Crew(made).gather()
    rooms = list(made.households.values())
    numbers: dict[str, str] = {}
    with clock.pretending(clock.now() - timedelta(hours=5)):
        numbers["late"] = (await crew.registered(household_id=str(rooms[1]), content=MATTERS[1]))["number"]
        numbers["waiting"] = (await crew.on_site(household_id=str(rooms[2]), content=MATTERS[2]))["number"]
    numbers["returned"] = (await crew.returned(household_id=str(rooms[3])))["number"]
    numbers["done"] = (await crew.done(household_id=str(rooms[4]), content=MATTERS[3]))["number"]
    numbers["assigned"] = (await crew.assigned(household_id=str(rooms[5]), content=MATTERS[0]))["number"]
    numbers["on_site"] = (await crew.on_site())["number"]
    numbers["fresh"] = (await crew.registered(content="阳台灯坏了", duplicate="new"))["number"]
    return Scene(made, numbers)


@pytest.fixture(scope="module")
def scene(served: Served) -> Scene:
    return served.run(build)


@pytest.mark.parametrize("width", WIDTHS)
def test_look(opened: Opened, scene: Scene, width: int) -> None:
    page = opened(scene.company, "front_desk_agent", width=width, height=900)
    for name, path in (
        ("desk", "/desk?phone=13900000002"),
        ("desk-two", "/desk?phone=13900000001"),
        ("desk-empty", "/desk"),
        ("tickets", "/tickets"),
        ("ticket-return", f"/tickets/{scene.numbers['done']}"),
        ("ticket-callback", f"/tickets/{scene.numbers['returned']}"),
        ("callbacks", "/callbacks"),
        ("search", "/search?q=1801"),
    ):
        page.goto(path)
        picture(page, f"look-{name}-{width}")
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", WIDTHS)
def test_look_engineer(opened: Opened, scene: Scene, width: int) -> None:
    page = opened(scene.company, "engineer", width=width, height=900)
    page.goto(f"/tickets/{scene.numbers['on_site']}")
    picture(page, f"look-ticket-complete-{width}")
    assert violations(page) == []
    page = opened(scene.company, "engineering_dispatcher", width=width, height=900)
    page.goto(f"/tickets/{scene.numbers['assigned']}")
    picture(page, f"look-ticket-assigned-{width}")
    assert violations(page) == []


def test_a_call_is_logged_with_the_keyboard_alone(opened: Opened, served: Served) -> None:
    """Search as one types, the kind and item by keys, Ctrl+Enter; the clean form, a toast, the queue live."""
    made = served.company()
    served.run(lambda: made.person("front_desk_agent"))
    page = opened(made, "front_desk_agent", width=1440, height=900)
    page.goto("/desk")
    expect(page.locator("#desk-q")).to_be_focused()
    page.keyboard.type("3-2-1802")
    page.wait_for_selector("#reg-where [name=household_id]", state="attached")
    page.keyboard.press("Alt+2")
    page.locator("#kind").press("Tab")
    page.keyboard.press("1")
    assert page.locator("#item").is_checked()
    page.focus("#content")
    page.keyboard.type("水")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".errsum")
    assert page.title().startswith("有误：")
    assert page.evaluate("document.activeElement.className") == "errsum"
    assert page.input_value("#content") == "水"
    page.focus("#content")
    page.keyboard.press("End")
    page.keyboard.type("管漏水，已关总阀")
    page.wait_for_selector("[data-draft-mark]:has-text('草稿已存')")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".toast")
    assert "已登记，已派单" in page.inner_text(".toast")
    assert page.input_value("#content") == ""
    assert page.locator(".errsum").count() == 0
    assert page.locator("#reg-where [name=household_id]").count() == 0
    page.wait_for_selector("#queue >> text=水管漏水，已关总阀")
    assert page.evaluate("Object.keys(localStorage).filter(key => key.includes('desk:new'))") == []
    assert page.inner_text("[data-draft-mark]") == ""
    page.keyboard.press("Escape")
    page.goto("/desk")
    assert (page.locator("[data-offer]").count(), page.input_value("#content")) == (0, "")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/tickets/BX-*")
    assert "3 栋 2 单元 1802" in page.inner_text("h1")


def test_a_draft_comes_back_and_another_kind_changes_the_items(opened: Opened, scene: Scene) -> None:
    page = opened(scene.company, "front_desk_agent", width=1440, height=900)
    page.goto("/desk")
    page.fill("#content", "说到一半断了线")
    page.wait_for_selector("[data-draft-mark]:has-text('草稿已存')")
    page.goto("/desk")
    page.click("[data-offer] button >> nth=0")
    page.wait_for_selector("[data-offer]", state="detached")
    assert page.input_value("#content") == "说到一半断了线"
    page.check("[name=kind][value=help]")
    page.wait_for_selector("text=忘带钥匙")
    assert page.input_value("#content") == "说到一半断了线"
    assert page.input_value("#dispatch_to") == "management_office"
    assert not page.is_visible("[name=visit] >> nth=0")
    page.check("[name=kind][value=repair]")
    page.wait_for_selector("text=水管漏水")
    assert page.input_value("#dispatch_to") == "engineering"
    page.check("#paid")
    assert page.is_visible("#price")
    page.check("[name=visit][value=booked]")
    assert page.is_visible("#appointment_at")
    picture(page, "look-desk-paid-1440")
    assert violations(page) == []


def test_a_draft_outlives_the_session(opened: Opened, served: Served) -> None:
    """Sent after the session ended, the words stay; after signing in they are offered, household and all."""
    made = served.company()
    served.run(lambda: made.person("front_desk_agent"))
    page = opened(made, "front_desk_agent", width=1440, height=900)
    page.goto("/desk?q=3-2-1802")
    page.check("[name=kind][value=help]")
    page.wait_for_selector("text=忘带钥匙")
    page.check("[name=item][value=lost]")
    page.fill("#content", "钱包落在大堂")
    served.run(lambda: signed_out(made))
    page.click("#reg [type=submit] >> nth=0")
    page.wait_for_selector("#banner >> text=登录已过期")
    assert page.input_value("#content") == "钱包落在大堂"
    sign_in(page, "front_desk_agent")
    page.goto("/desk")
    page.click("[data-offer] button >> nth=0")
    page.wait_for_selector("#reg-where [name=household_id]", state="attached")
    assert page.input_value("#content") == "钱包落在大堂"
    assert page.is_checked("[name=item][value=lost]")
    page.wait_for_selector("#found >> text=3 栋 2 单元 1802")
    page.click("#reg [type=submit] >> nth=0")
    page.wait_for_selector(".toast")
    page.goto("/desk")
    assert page.locator("[data-offer]").count() == 0


async def signed_out(company: Company) -> None:
    async with company.inside():
        await sessions.end_all(company.people["front_desk_agent"], "revoked")


def test_a_clock_never_shows_more_than_it_was_given(opened: Opened, scene: Scene) -> None:
    """Not yet begun, begun, and overdue; and the page's clock stays true to the server's."""
    page = opened(scene.company, "front_desk_agent", width=1440, height=900)
    page.goto("/desk")
    shown = page.evaluate(
        """() => {
          const at = (seconds) => new Date(gj.serverNow() + seconds * 1000).toISOString();
          const pill = (state, since, due) => {
            const time = document.createElement("time");
            Object.assign(time.dataset, { state, since: at(since), due: at(due) });
            return document.querySelector("#main").appendChild(time);
          };
          const pills = [pill("ok", 1.5, 181.5), pill("ok", -0.1, 179.9), pill("over", -180, -0.1)];
          document.dispatchEvent(new Event("visibilitychange"));
          return pills.map((one) => one.textContent);
        }"""
    )
    assert shown == ["剩 03:00", "剩 02:59", "超时 00:01"]
    for _ in range(5):
        page.evaluate("htmx.ajax('GET', '/desk?part=calls', {target: '#calls', swap: 'outerMorph'})")
        page.wait_for_timeout(250)
        assert abs(page.evaluate("gj.serverNow() - Date.now()")) < 500


def test_the_same_matter_of_the_day_asks(opened: Opened, served: Served) -> None:
    made = served.company()
    served.run(lambda: made.person("front_desk_agent"))
    page = opened(made, "front_desk_agent", width=390)
    for content in ("水管漏水", "又漏了"):
        page.goto("/desk?q=3-2-1801")
        page.fill("#content", content)
        page.click("#reg [type=submit] >> nth=0")
        page.wait_for_selector(".toast" if content == "水管漏水" else ".errsum")
    page.check("[name=duplicate][value=link]")
    page.click("#reg [type=submit] >> nth=0")
    page.wait_for_selector(".toast")


def test_a_colleague_was_faster(opened: Opened, scene: Scene) -> None:
    """What is typed stays when the page is told of a change, and when the step is refused with 409."""
    number = scene.numbers["fresh"]
    first = opened(scene.company, "front_desk_agent", width=1440, height=900)
    first.goto(f"/tickets/{number}")
    first.click("summary:has-text('更多操作')")
    first.click("a:has-text('取消工单')")
    first.fill("#cancel-reason", "业主说不用来了")
    second = opened(scene.company, "cs_supervisor", width=1440, height=900)
    second.goto(f"/tickets/{number}")
    second.fill("#note-note", "已联系工程部")
    second.click("#note [type=submit]")
    second.wait_for_selector("#log >> text=已联系工程部")
    second.select_option("#dispatch-department", "engineering")
    second.click("#form-dispatch [type=submit]")
    second.wait_for_selector("#top >> text=接单")
    second.wait_for_selector(".toast")
    first.wait_for_selector("#changed >> text=刚更新了这张工单", state="attached")
    assert first.input_value("#cancel-reason") == "业主说不用来了"
    first.click("#form-cancel [type=submit]")
    first.wait_for_selector("#form-cancel >> text=刚被cs_supervisor甲修改")
    assert first.input_value("#cancel-reason") == "业主说不用来了"
    picture(first, "look-ticket-conflict-1440")
    first.click("#form-cancel [type=submit]")
    first.wait_for_selector("#top >> text=已取消")


def test_a_call_back_is_recorded_in_place(opened: Opened, scene: Scene) -> None:
    number = scene.numbers["returned"]
    page = opened(scene.company, "cs_supervisor", width=1440, height=900)
    page.goto("/callbacks")
    page.check("[name=satisfaction][value=dissatisfied]")
    page.click("#form-call-back [type=submit]")
    page.wait_for_selector(".errsum >> text=请记录业主不满意的原因")
    page.check("[name=result][value=attempted]")
    assert not page.is_visible("[name=satisfaction] >> nth=0")
    page.check("[name=result][value=reached]")
    page.check("[name=satisfaction][value=satisfied]")
    page.fill("#cb-note", "水管不漏了，师傅很客气")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("text=今天的回访都做完了")
    assert number in page.inner_text(".toast")


def test_a_call_pops_up_beside_a_half_written_form(opened: Opened, served: Served) -> None:
    """It steals no focus; taken, the household is there and the words still stand."""
    made = served.company()
    served.run(lambda: made.person("front_desk_agent"))
    page = opened(made, "front_desk_agent", width=1440, height=900)
    page.goto("/desk")
    page.fill("#content", "说到一半")
    page.wait_for_timeout(600)
    token = page.get_attribute("meta[name=csrf-token]", "content") or ""
    assert page.evaluate(RING, token) == 201
    page.wait_for_selector("#calls .call >> text=3-2-1802")
    assert page.evaluate("document.activeElement.id") == "content"
    picture(page, "look-desk-ringing-1440")
    page.click("#calls button")
    page.wait_for_selector("#found >> text=139 0000 0002")
    page.wait_for_selector("#reg-where [name=household_id]", state="attached")
    assert page.input_value("#content") == "说到一半"
    assert page.input_value("#contact_phone") == "139 0000 0002"
    page.wait_for_selector("#calls .call", state="detached")


@pytest.mark.parametrize("width", WIDTHS)
def test_refused_and_opened_states_are_accessible(opened: Opened, scene: Scene, width: int) -> None:
    """Each state on a page of its own: axe leaves marks that a later swap would trip over."""
    page = opened(scene.company, "cs_supervisor", width=width, height=900)
    page.goto("/desk?q=3-2-1801")
    page.click("#reg [type=submit] >> nth=0")
    page.wait_for_selector(".errsum")
    seen(page, f"desk-errors-{width}")
    page.goto("/desk?q=3-2-1801")
    page.fill("#content", "又漏了")
    page.click("#reg [type=submit] >> nth=0")
    page.wait_for_selector("[name=duplicate]", state="attached")
    seen(page, f"desk-duplicate-{width}")
    page.goto(f"/tickets/{scene.numbers['late']}")
    page.click("summary:has-text('更多操作')")
    seen(page, f"ticket-menu-{width}")
    page.click("a:has-text('转派专员')")
    page.fill("#reassign-specialist_owner", "engineer")
    page.wait_for_selector("#step-reassign [role=option]")
    seen(page, f"ticket-dialog-{width}")
    page.goto("/callbacks")
    if page.locator("#form-call-back").count():
        page.click("#form-call-back [type=submit]")
        page.wait_for_selector(".errsum")
        seen(page, f"callbacks-errors-{width}")
    page.goto("/desk")
    page.keyboard.press("Control+k")
    page.keyboard.type("1801")
    page.wait_for_selector("#gj-found [role=option]")
    seen(page, f"palette-{width}")


def seen(page: Page, name: str) -> None:
    """From the top: what the sticky bar half covers where the page happens to stand is no finding."""
    picture(page, f"look-{name}")
    page.evaluate("scrollTo(0, 0)")
    assert violations(page) == []
