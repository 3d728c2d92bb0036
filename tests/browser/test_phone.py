"""The phone pages in a real browser: signature, photos made small, and a basement without a network."""

import json
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from random import Random
from uuid import UUID

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from core.files import queries as files
from core.flows.queries import timeline
from core.flows.schemas import TimelineEvent
from core.tickets import flow, orders, queries
from core.tickets.orders import WorkOrder
from tests.browser import scenes
from tests.browser.conftest import Opened, Served, picture, sign_in, violations
from tests.factories import Company

pytestmark = pytest.mark.browser

DARK = """canvas => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    let dark = 0;
    for (let at = 3; at < data.length; at += 4) if (data[at] > 128) dark += 1;
    return dark;
}"""
KEPT = """async () => {
    const cache = await caches.open('gj-1');
    const files = [...document.querySelectorAll('link[rel=stylesheet], script[src]')];
    const wanted = ['/m/outbox', location.pathname, ...files.map(one => one.href ?? one.src)];
    return (await Promise.all(wanted.map(one => cache.match(one)))).every(Boolean);
}"""
FINISH = "form[action$='/complete'] .sticky [type=submit]"


@pytest.fixture
def estate(served: Served) -> Company:
    made = served.company()
    served.run(lambda: scenes.staffed(made))
    return made


@pytest.fixture
def on_site(served: Served, estate: Company) -> str:
    """A job the engineer is at; its number."""
    agreed = {"paid": True, "price_item": "更换角阀", "price": "58", "price_accepted": True}
    return served.run(lambda: scenes.job(estate, start=True, **agreed))


def events_of(served: Served, company: Company, number: str) -> list[TimelineEvent]:
    async def read() -> list[TimelineEvent]:
        async with company.inside():
            return await timeline((await queries.brief(number)).id, flow.REPAIR)

    return served.run(read)


def order_of(served: Served, company: Company, number: str) -> WorkOrder:
    async def read() -> WorkOrder | None:
        async with company.inside():
            return await orders.latest((await queries.brief(number)).id)

    found = served.run(read)
    assert found is not None
    return found


def stored(served: Served, company: Company, identity: UUID) -> Image.Image:
    async def read() -> bytes:
        async with company.inside(scenes.everything(company, "engineer")):
            return await files.content(await files.file(identity))

    return Image.open(BytesIO(served.run(read)))


def sign(page: Page) -> None:
    """Two strokes with the finger."""
    box = page.locator("[data-signature] canvas")
    box.scroll_into_view_if_needed()
    place = box.bounding_box()
    assert place
    for x, y in ((30, 40), (120, 50)):
        page.mouse.move(place["x"] + x, place["y"] + y)
        page.mouse.down()
        page.mouse.move(place["x"] + x + 60, place["y"] + y + 40, steps=8)
        page.mouse.up()


def big_photo(folder: Path) -> Path:
    noise = Image.frombytes("RGB", (2400, 1800), Random(1).randbytes(2400 * 1800 * 3))
    noise.save(folder / "basement.png")
    return folder / "basement.png"


@pytest.mark.spec("RP-01", "RP-06")
def test_the_resident_signs_on_the_screen(
    served: Served, opened: Opened, estate: Company, on_site: str
) -> None:
    page = opened(estate, "engineer")
    page.goto("/m/jobs")
    page.fill("[name=work]", "更换角阀 1 只，通水十分钟无渗漏")
    page.fill("[name='material.0.name']", "DN15 铜角阀")
    page.fill("[name='material.0.amount']", "28")
    page.fill("[name=amount]", "30")
    expect(page.locator("[data-total-line]")).to_contain_text("58.00")
    page.click("[data-more-rows]")
    expect(page.locator("[name='material.1.name']")).to_be_focused()
    page.click(".boxed > summary")
    page.check("[name=checklist][value=shoe_covers]")
    sign(page)
    drawn = json.loads(page.input_value("[name=signature]"))
    assert len(drawn["strokes"]) == 2
    picture(page, "phone-job-signed-390")
    page.click(FINISH)
    page.wait_for_url("**/m/jobs")
    expect(page.locator(".toast")).to_contain_text("已完工")
    order = order_of(served, estate, on_site)
    assert (order.state, order.total_fen, order.checklist["done"]) == ("completed", 5800, ["shoe_covers"])
    assert order.signature is not None
    assert len(order.signature["strokes"]) == 2


@pytest.mark.spec("RP-06")
def test_a_refusal_keeps_signature_photos_and_words(
    served: Served, opened: Opened, estate: Company, on_site: str, tmp_path: Path
) -> None:
    page = opened(estate, "engineer")
    page.goto(f"/m/jobs/{on_site}")
    page.set_input_files(f"form[action$='{on_site}/complete'] [data-photo]", big_photo(tmp_path))
    expect(page.locator(".photo canvas")).to_be_visible()
    page.fill("[name='material.0.name']", "角阀")
    sign(page)
    page.click(FINISH)
    expect(page.locator(".errsum")).to_be_focused()
    expect(page.locator("#work")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("[name='material.0.name']")).to_have_value("角阀")
    expect(page.locator(".photo [name=attachments]")).to_have_count(1)
    assert page.locator("[data-signature] canvas").evaluate(DARK) > 50
    assert violations(page) == []
    picture(page, "phone-job-refused-390")
    page.fill("[name=work]", "换了角阀")
    page.click(FINISH)
    page.wait_for_url("**/m/jobs")
    last = events_of(served, estate, on_site)[-1]
    assert (last.name, len(last.attachments)) == ("complete", 1)
    photo = stored(served, estate, last.attachments[0])
    assert (photo.format, photo.size) == ("JPEG", (1600, 1200))
    assert order_of(served, estate, on_site).signature is not None


def basement(page: Page) -> None:
    """Go where there is no network, once the phone keeps the page."""
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    page.reload()
    page.wait_for_function(KEPT)
    page.context.set_offline(True)


@pytest.mark.spec("RP-01")
def test_a_job_finished_in_the_basement_is_sent_later(
    served: Served, opened: Opened, estate: Company, on_site: str, tmp_path: Path
) -> None:
    page = opened(estate, "engineer")
    page.goto("/m/jobs")
    basement(page)
    page.set_input_files(f"form[action$='{on_site}/complete'] [data-photo]", big_photo(tmp_path))
    page.fill("[name=work]", "地下室换了阀门")
    sign(page)
    page.click(FINISH)
    expect(page.locator(".toast")).to_contain_text("已存在手机")
    note = page.locator("[data-outbox-note]")
    expect(note).to_contain_text("1 条记录已存在手机")
    assert order_of(served, estate, on_site).state == "on_site"
    page.reload()
    expect(note).to_contain_text("1 条记录已存在手机")
    page.goto("/m/outbox")
    expect(page.locator("[data-outbox-list]")).to_contain_text("完工 3-2-1801")
    picture(page, "phone-outbox-390")
    assert violations(page) == []
    page.context.set_offline(False)
    expect(page.locator("[data-outbox-list]")).to_contain_text("都已提交")
    order = order_of(served, estate, on_site)
    assert (order.state, order.work) == ("completed", "地下室换了阀门")
    assert order.signature is not None
    ends = [event for event in events_of(served, estate, on_site) if event.name == "complete"]
    assert [len(event.attachments) for event in ends] == [1]


def test_two_notes_from_one_page_are_two(
    served: Served, opened: Opened, estate: Company, on_site: str
) -> None:
    """The page in the cache carries one key; what is sent from it twice must not count as the same."""
    page = opened(estate, "engineer")
    page.goto(f"/m/jobs/{on_site}")
    basement(page)
    for words in ("已关总阀", "去取角阀"):
        page.reload()
        page.click("a[data-dialog=notes]")
        page.fill("#note-note", words)
        page.click("#notes [type=submit]")
        expect(page.locator("#notes")).to_be_hidden()
    expect(page.locator("[data-outbox-note]")).to_contain_text("2 条")
    page.context.set_offline(False)
    expect(page.locator("[data-outbox-note]")).to_be_hidden()
    noted = [event.note for event in events_of(served, estate, on_site) if event.name == "progress"]
    assert noted == ["已关总阀", "去取角阀"]


def test_what_was_refused_meanwhile_waits_with_its_reason(
    served: Served, opened: Opened, estate: Company, on_site: str
) -> None:
    page = opened(estate, "engineer")
    page.goto("/m/jobs")
    basement(page)
    page.fill("[name=work]", "没有签名也没有原因")
    page.click(FINISH)
    expect(page.locator("[data-outbox-note]")).to_be_visible()
    page.goto("/m/outbox")
    page.context.set_offline(False)
    expect(page.locator("[data-outbox-list]")).to_contain_text("没有被接受")
    expect(page.locator("[data-outbox-list]")).to_contain_text("签名")
    assert order_of(served, estate, on_site).state == "on_site"


def test_a_session_begun_meanwhile_sends_what_an_older_page_kept(
    served: Served, opened: Opened, estate: Company, on_site: str
) -> None:
    """The page still holds the token of the session that ended: a fresh one is fetched."""
    page = opened(estate, "engineer")
    page.goto(f"/m/jobs/{on_site}")
    basement(page)
    page.click("a[data-dialog=notes]")
    page.fill("#note-note", "换班前记下的")
    page.click("#notes [type=submit]")
    expect(page.locator("[data-outbox-note]")).to_be_visible()
    other = opened(estate, "engineer")
    page.context.clear_cookies()
    page.context.add_cookies([{**one} for one in other.context.cookies()])  # type: ignore[typeddict-item]
    page.context.set_offline(False)
    expect(page.locator("[data-outbox-note]")).to_be_hidden()
    assert events_of(served, estate, on_site)[-1].note == "换班前记下的"


def test_a_butler_reports_with_one_tap(served: Served, opened: Opened, estate: Company, on_site: str) -> None:
    page = opened(estate, "butler")
    page.goto("/m/butler")
    page.get_by_role("button", name="等配件，已告知业主").click()
    expect(page.locator(".toast")).to_contain_text("已回复前台")
    expect(page.locator("main")).to_contain_text("上次回复")
    assert events_of(served, estate, on_site)[-1].note == "等配件，已告知业主"
    basement(page)
    page.get_by_role("button", name="已处理完，业主满意").click()
    expect(page.locator("[data-outbox-note]")).to_be_visible()
    page.context.set_offline(False)
    expect(page.locator("[data-outbox-note]")).to_be_hidden()
    assert events_of(served, estate, on_site)[-1].note == "已处理完，业主满意"


@pytest.fixture
def plain(chromium: Browser, served: Served, estate: Company) -> Iterator[Page]:
    """A page without scripts."""
    context = chromium.new_context(
        viewport={"width": 390, "height": 844}, base_url=served.url(estate), java_script_enabled=False
    )
    page = context.new_page()
    sign_in(page, "engineer")
    yield page
    context.close()


@pytest.mark.spec("RP-01", "RP-06")
def test_a_job_without_scripts(served: Served, estate: Company, plain: Page) -> None:
    """All but the signature: then the reason is given."""
    number = served.run(lambda: scenes.job(estate))
    plain.goto(f"/m/jobs/{number}")
    plain.click("form[action$='/start'] [type=submit]")
    expect(plain.locator(".errsum")).to_be_visible()
    plain.check("[name=consent]")
    plain.click("form[action$='/start'] [type=submit]")
    plain.fill("[name=work]", "换了灯管")
    plain.fill("[name='material.2.name']", "灯管")
    plain.select_option("[name=signature_exemption]", "absent_with_consent")
    plain.click(FINISH)
    plain.wait_for_url("**/m/jobs")
    order = order_of(served, estate, number)
    assert (order.state, order.signature_exemption) == ("completed", "absent_with_consent")
    assert [item["name"] for item in order.material] == ["灯管"]


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("state", ["arrive", "quote", "accept", "waiting", "unhappy", "late"])
def test_every_state_of_a_job_is_accessible(
    served: Served, opened: Opened, estate: Company, state: str, width: int
) -> None:
    number = served.run(
        lambda: scenes.job(
            estate,
            start=state not in {"arrive", "late"},
            quote=state == "accept",
            wait=state == "waiting",
            late=state == "late",
            paid=state in {"quote", "accept"},
        )
    )
    page = opened(estate, "engineer", width=width)
    page.goto(f"/m/jobs/{number}")
    if state == "unhappy":
        expect(page.locator("#follow_up")).to_be_hidden()
        page.get_by_text("不满意", exact=True).first.click()
        expect(page.locator("#follow_up")).to_be_visible()
        page.evaluate("scrollTo(0, 0)")
    picture(page, f"phone-job-{state}-{width}")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    if state not in {"arrive", "late", "accept", "waiting"}:
        page.click("a[data-dialog=wait]")
        picture(page, f"phone-job-wait-{width}")
        assert violations(page) == []


@pytest.mark.parametrize("path", ["/m/jobs", "/m/butler", "/m/pool", "/m/me"])
def test_whatever_is_tapped_is_large_enough(opened: Opened, estate: Company, on_site: str, path: str) -> None:
    """44 px in one direction at the least for buttons, fields and links that stand alone."""
    page = opened(estate, "butler" if path == "/m/butler" else "engineer")
    page.goto(path)
    small = page.evaluate(
        """() => [...document.querySelectorAll('main button, main .btn, main .chip, main select, main .in, '
            + 'main .nav a, main .job, main summary, main .seg label, main .ck')]
            .filter(one => one.checkVisibility() && one.getBoundingClientRect().height < 43.5)
            .map(one => one.outerHTML.slice(0, 120))"""
    )
    assert small == []
