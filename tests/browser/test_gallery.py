"""What scripts and styles do in a real browser, on the gallery, under the product's own security headers."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.admin_ui import gallery
from tests.admin_ui.gallery_server import ERRORS, serving

pytestmark = pytest.mark.browser

AXE = (Path(__file__).parent / "vendor/axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
OTHERS = [
    "/login",
    "/login?lang=en",
    "/desk?lang=en",
    "/ticket?lang=zh-Hant",
    "/offline",
    "/m/outbox",
    "/desk?wrong",
    *(f"/errors/{status}" for status in ERRORS),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield started
        started.close()


@pytest.fixture(scope="module")
def site() -> Iterator[tuple[str, list[dict[str, list[str]]]]]:
    with serving() as served:
        yield served


@pytest.fixture
def posts(site: tuple[str, list[dict[str, list[str]]]]) -> list[dict[str, list[str]]]:
    site[1].clear()
    return site[1]


@pytest.fixture
def page(browser: Browser, site: tuple[str, Any]) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, base_url=site[0], locale="zh-CN")
    context.set_default_timeout(8000)
    opened = context.new_page()
    said: list[str] = []
    opened.on("pageerror", lambda error: said.append(str(error)))
    opened.on(
        "console", lambda message: said.append(message.text) if "Security Policy" in message.text else None
    )
    yield opened
    context.close()
    assert said == []


def violations(page: Page) -> list[tuple[str, list[Any]]]:
    page.evaluate(AXE)
    found = page.evaluate("rules => axe.run({runOnly: rules})", RULES)
    return [(one["id"], [node["target"] for node in one["nodes"]]) for one in found["violations"]]


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("path", [*gallery.PAGES, *OTHERS])
def test_pages_have_no_accessibility_violation(page: Page, path: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(path)
    assert violations(page) == []


@pytest.mark.parametrize("path", ["/desk", "/ticket"])
def test_dialogs_and_toasts_have_no_accessibility_violation(page: Page, path: str) -> None:
    page.goto(path)
    page.keyboard.press("Control+k")
    page.evaluate("gj.toast({text: '已派工程部', undo: '/undo'})")
    assert violations(page) == []
    page.keyboard.press("Escape")
    page.evaluate("gj.open('cheatsheet')")
    assert violations(page) == []


@pytest.mark.parametrize(("width", "factor"), [(1440, 1.4), (390, 1.4), (320, 1.0)])
@pytest.mark.parametrize("path", list(gallery.PAGES))
def test_nothing_overflows_sideways(page: Page, path: str, width: int, factor: float) -> None:
    """At 320 px, and with words 1.4 times as long, as other languages have them."""
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(path)
    page.evaluate(
        """factor => {
            const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
            for (let node = walker.nextNode(); node; node = walker.nextNode()) {
                const text = node.nodeValue.trim();
                if (text) node.nodeValue = text + text.slice(0, Math.round(text.length * (factor - 1)));
            }
        }""",
        factor,
    )
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_first_load_stays_small(page: Page) -> None:
    names: list[str] = []
    page.on("request", lambda request: names.append(request.url))
    page.goto("/desk")
    page.wait_for_load_state("networkidle")
    loaded = [name for name in names if "/events" not in name]
    assert len(loaded) <= 10
    assert page.evaluate("document.querySelectorAll('*').length") <= 1500


def test_refused_form_keeps_the_words_and_focuses_the_summary(page: Page, posts: list[Any]) -> None:
    page.goto("/desk")
    page.fill("#desc", "水")
    page.press("#desc", "Control+Enter")
    expect(page.locator(".errsum")).to_be_focused()
    expect(page.locator("#desc")).to_have_value("水")
    expect(page).to_have_title(re.compile("^有误："))
    page.click(".errsum a >> nth=0")
    expect(page.locator("#desc")).to_be_focused()
    assert len(posts) == 1


def test_accepted_form_is_clean_again_and_says_so(page: Page, posts: list[dict[str, list[str]]]) -> None:
    page.goto("/desk")
    page.fill("#desc", "厨房水管漏水")
    page.wait_for_function("() => localStorage.getItem('draft:yunqi:1:desk:new')")
    page.press("#desc", "Control+Enter")
    toast = page.locator(".toast")
    expect(toast).to_contain_text("BX-20261122-0038")
    expect(toast.get_by_role("button")).to_have_text("撤销")
    expect(page.locator("#desc")).to_have_value("")
    assert page.evaluate("localStorage.getItem('draft:yunqi:1:desk:new')") is None
    assert posts[0]["_idempotency_key"]
    assert posts[0]["_csrf_token"] == ["token"]


def test_drafts_come_back_after_a_reload(page: Page) -> None:
    page.goto("/desk")
    page.fill("#desc", "说到一半断电")
    page.check("input[name=item][value=drain]", force=True)
    page.wait_for_function("() => localStorage.getItem('draft:yunqi:1:desk:new')?.includes('断电')")
    page.reload()
    expect(page.locator("[data-offer]")).to_contain_text("恢复")
    page.click("[data-offer] button >> nth=0")
    expect(page.locator("#desc")).to_have_value("说到一半断电")
    expect(page.locator("input[name=item][value=drain]")).to_be_checked()


def test_a_session_that_ended_loses_nothing(page: Page, posts: list[dict[str, list[str]]]) -> None:
    page.goto("/desk")
    page.fill("#desc", "登录过期时填的字")
    page.press("#desc", "Control+Enter")
    banner = page.locator("#banner")
    expect(banner).to_contain_text("登录已过期，内容已保留")
    expect(banner.get_by_role("link")).to_have_attribute("href", "/login?next=%2Fdesk")
    expect(page.locator("#desc")).to_have_value("登录过期时填的字")
    banner.get_by_role("button", name="重新提交").click()
    expect(page.locator(".toast")).to_contain_text("BX-20261122-0038")
    assert [post["desc"] for post in posts] == [["登录过期时填的字"]] * 2
    assert posts[0]["_idempotency_key"] == posts[1]["_idempotency_key"]


def test_a_server_error_keeps_the_page(page: Page, posts: list[Any]) -> None:
    page.goto("/desk")
    page.fill("#desc", "这次服务器会出错")
    page.press("#desc", "Control+Enter")
    banner = page.locator("#banner")
    expect(banner).to_contain_text("系统出错了")
    expect(banner).to_contain_text("01jd9")
    expect(banner.get_by_role("button", name="重试")).to_be_visible()
    expect(page.locator("#desc")).to_have_value("这次服务器会出错")


def test_double_clicks_send_once(page: Page, posts: list[Any]) -> None:
    page.goto("/desk")
    page.fill("#desc", "连点两下只算一次")
    page.evaluate("() => { const f = document.querySelector('#reg'); f.requestSubmit(); f.requestSubmit(); }")
    expect(page.locator(".toast")).to_be_visible()
    page.wait_for_timeout(300)
    assert len(posts) == 1


def test_palette_finds_commands_and_records(page: Page) -> None:
    page.goto("/desk")
    page.keyboard.press("Control+k")
    field = page.locator("#palette input")
    expect(field).to_be_focused()
    field.fill("交接")
    expect(page.locator("#gj-po [role=option]:visible")).to_contain_text(["交接班", "3-2-1802"])
    field.fill("1802")
    expect(page.locator("#gj-found [role=option]")).to_have_attribute("aria-selected", "true")
    field.press("Enter")
    page.wait_for_url("**/ticket")


def test_single_keys_work_outside_fields_only(page: Page) -> None:
    page.goto("/desk")
    page.keyboard.press("n")
    expect(page.locator("#desc")).to_be_focused()
    page.keyboard.type("j?")
    expect(page.locator("#desc")).to_have_value(re.compile(r"j\?"))
    page.locator("#main").focus()
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#t2"
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#t1"
    page.keyboard.press("3")
    expect(page.locator("input[name=item][value=power]")).to_be_checked()
    page.keyboard.press("Alt+Digit2")
    assert page.evaluate("document.activeElement.closest('[data-pane]').dataset.pane") == "2"
    page.locator("#main").focus()
    page.keyboard.press("?")
    expect(page.locator("#cheatsheet")).to_be_visible()
    page.keyboard.press("Escape")
    page.evaluate("localStorage.gjKeys = 'off'")
    page.keyboard.press("?")
    expect(page.locator("#cheatsheet")).to_be_hidden()


def test_go_keys_follow_the_menu(page: Page) -> None:
    page.goto("/desk")
    page.locator("#main").focus()
    page.keyboard.press("g")
    page.keyboard.press("t")
    page.wait_for_url("**/ticket")


def test_clocks_tick_and_never_decide_breach(page: Page) -> None:
    page.goto("/desk")
    pill = page.locator(".sla--warn time").first
    before = pill.text_content()
    page.wait_for_function(
        "before => document.querySelector('.sla--warn time').textContent !== before", arg=before
    )
    pill.evaluate("pill => { pill.dataset.due = '2020-01-01T00:00:00+08:00' }")
    expect(pill).to_have_text("剩 00:00")
    expect(page).to_have_title(re.compile(r"^\(2\) 超时 · "))


def change(page: Page, topic: str) -> None:
    page.evaluate(
        """topic => htmx.trigger(document.querySelector('[data-stream]'), 'gj:changed',
            {data: JSON.stringify({topic, id: '1'})})""",
        topic,
    )


def test_new_items_wait_behind_a_pill_while_the_pointer_is_there(page: Page) -> None:
    page.goto("/desk")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "part=queue" in request.url else None)
    page.hover("#queue li >> nth=2")
    change(page, "tickets")
    expect(page.locator("#queue > .pill")).to_have_text("1 条新单")
    assert asked == []
    page.mouse.move(5, 5)
    change(page, "other")
    change(page, "tickets")
    page.wait_for_timeout(300)
    assert len(asked) == 1


def test_irreversible_acts_ask_for_the_room(page: Page) -> None:
    page.goto("/ticket")
    page.click("[data-dialog=cancel]")
    button = page.locator("#cancel [type=submit]")
    expect(button).to_be_disabled()
    page.fill("#cancel [name=confirm]", "3-2-1802")
    expect(button).to_be_enabled()
    page.keyboard.press("Escape")
    expect(page.locator("[data-dialog=cancel]")).to_be_focused()


def test_batch_bar_counts_what_is_picked(page: Page) -> None:
    page.goto("/dash")
    bar = page.locator("[data-batch]")
    expect(bar).to_be_hidden()
    page.check("[data-pick-all]")
    expect(bar).to_contain_text("已选 4 条")
    page.click("[data-pick-none]")
    expect(bar).to_be_hidden()


def test_photos_are_made_small(page: Page, tmp_path: Path) -> None:
    noise = Image.frombytes("RGB", (2400, 1800), Random(1).randbytes(2400 * 1800 * 3))
    noise.save(tmp_path / "basement.png")
    page.goto("/ticket")
    page.set_input_files("input[data-photo]", tmp_path / "basement.png")
    expect(page.locator(".photo canvas")).to_have_attribute("aria-label", "basement.jpg")
    size = page.evaluate("document.querySelector('[data-photo]').files[0].size")
    width = page.evaluate(
        "createImageBitmap(document.querySelector('[data-photo]').files[0]).then(b => b.width)"
    )
    assert width == 1600
    assert size < 2400 * 1800
    page.click(".photo__off")
    assert page.evaluate("document.querySelector('[data-photo]').files.length") == 0


def test_signatures_become_strokes(page: Page) -> None:
    page.goto("/ticket")
    box = page.locator("[data-signature] canvas")
    box.scroll_into_view_if_needed()
    place = box.bounding_box()
    assert place
    page.mouse.move(place["x"] + 20, place["y"] + 40)
    page.mouse.down()
    page.mouse.move(place["x"] + 120, place["y"] + 90, steps=8)
    page.mouse.up()
    drawn = json.loads(page.input_value("input[name=sign]"))
    assert drawn["w"] == round(place["width"])
    assert len(drawn["strokes"]) == 1
    assert drawn["strokes"][0][0][:2] == pytest.approx([20, 40], abs=1.5)
    page.click("[data-sign-again]")
    assert page.input_value("input[name=sign]") == ""


def test_forms_wait_in_the_phone_until_there_is_a_network(page: Page, posts: list[Any]) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/m/jobs")
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    page.click(".sticky [type=submit]")
    expect(page.locator(".toast")).to_contain_text("已存在手机")
    expect(page.locator("[data-outbox-note]")).to_contain_text("1 条记录已存在手机")
    assert posts == []
    page.context.set_offline(False)
    expect(page.locator("[data-outbox-note]")).to_be_hidden()
    assert len(posts) == 1
