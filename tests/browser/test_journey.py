"""The main job in a real browser, two companies at once: list, call, dispatch, visit, call-back, switch."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from core.kit import clock
from tests.browser import scenes
from tests.browser.conftest import Opened, Served, sign_in
from tests.browser.walking import (
    NUMBER,
    Estate,
    Resident,
    choose_household,
    logged,
    number_in,
    photo,
    pick,
    sign,
    tab_to,
    ticks,
    type_moment,
    write,
)
from tests.factories import Company

pytestmark = pytest.mark.browser
STAFF = ("front_desk_agent", "engineering_dispatcher", "engineer", "cs_manager")
BURST = "厨房水管爆了，水漫到客厅，请马上来人"
AGAIN = "水还在往外冒"
LAMP = "客厅灯不亮，约明天下午3点上门"
SEAT = "业主问换马桶盖收多少钱，先报价再派人"
CLOSED, REOPENED = "#top li.is-done:last-child", ".ph .badge"
ENDS = {"satisfied": "关闭", "dissatisfied": "重开 {n}"}
PATIENCE, MANY = 15_000, 30_000
"""Milliseconds a list may take that is read and written while the browser waits."""


@pytest.fixture(autouse=True)
def patient() -> Iterator[None]:
    """On a busy machine an answer may take longer than the five seconds Playwright waits by itself."""
    expect.set_options(timeout=PATIENCE)
    yield
    expect.set_options(timeout=5_000)


@pytest.fixture
def estates(served: Served) -> list[Estate]:
    """Two companies, one by the product's defaults, one by the preset with the butler's four hours."""
    hans = served.company(households=0)
    hant = served.company(households=0, locale="zh-Hant", preset="butler_4h")

    async def hire() -> None:
        for made in (hans, hant):
            for role in STAFF:
                await made.person(role)

    served.run(hire)
    return [
        Estate(
            company=hans,
            list="households-hans.xlsx",
            counts=(1048, 1021, 20, 7),
            refused=("业主清单", 31, "建筑面积(㎡)", "面积“-5”不是大于 0 的数"),
            projects=("翠湖天地",),
            burst=Resident("7364", "周英博"),
            lamp=Resident("1-1-103", "赵涵雨"),
            seat=Resident("syy", "沈远怡"),
        ),
        Estate(
            company=hant,
            list="households-hant.xlsx",
            counts=(517, 501, 15, 1),
            refused=("一期", 39, "電話", "「12」不是有效的電話"),
            projects=("翠湖天地", "翠湖天地二期"),
            burst=Resident("1-1-302", "郑涵"),
            lamp=Resident("ct", "褚桐"),
            seat=Resident("9723", "金怡怡"),
        ),
    ]


@pytest.mark.timeout(300)
@pytest.mark.spec("IN-01", "IN-02", "IN-05", "RP-01", "RP-03", "RP-06", "CB-01")
def test_the_main_job_in_two_companies(opened: Opened, estates: list[Estate]) -> None:
    admins = [opened(one.company, "tenant_admin", width=1440, height=900) for one in estates]
    for estate, admin in zip(estates, admins, strict=True):
        import_list(admin, estate)
    desks = [opened(one.company, "front_desk_agent", width=1440, height=900) for one in estates]
    numbers = [log_calls(desk, estate) for estate, desk in zip(estates, desks, strict=True)]
    for estate, said in zip(estates, numbers, strict=True):
        dispatch(opened(estate.company, "engineering_dispatcher", width=1440, height=900), estate, said)
    for estate, said in zip(estates, numbers, strict=True):
        visit(opened(estate.company, "engineer"), estate, said)
    for estate, desk, said in zip(estates, desks, numbers, strict=True):
        call_back(desk, estate, said)
        board(opened(estate.company, "cs_manager", width=1440, height=900), estate, said["burst"])
    for estate, admin, desk in zip(estates, admins, desks, strict=True):
        switch(admin, desk, estate, desks[estates.index(estate) - 1])


def import_list(page: Page, estate: Estate) -> None:
    """Upload, say which sheet is which project, look at the dry run, import."""
    page.goto("/admin/import")
    assert page.get_attribute("html", "lang") == estate.company.tenant.locale
    page.set_input_files(
        "#file", {"name": estate.list, "mimeType": "application/xlsx", "buffer": estate.content}
    )
    page.click("form[action='/admin/import'] [type=submit]")
    page.wait_for_url("**/admin/import/files/*")
    if len(estate.projects) > 1:
        page.select_option("[name='place.0']", label=estate.projects[0])
        page.select_option("[name='place.1']", "new")
        page.fill("[name='name.1']", estate.projects[1])
        page.fill("[name='code.1']", "CH2")
    estate.picture(page, "1-sheets")
    page.click("form[action^='/admin/import/files/'] [type=submit]")
    button = page.locator("form[action$='/confirm'] [type=submit]")
    expect(button).to_be_visible(timeout=MANY)
    counts_are_shown(page, estate)
    sheet, row, column, reason = estate.refused
    line = page.locator("#refused tbody tr", has_text=sheet).filter(
        has=page.get_by_role("cell", name=str(row), exact=True)
    )
    expect(line).to_contain_text(column)
    expect(line.locator("td").last).to_contain_text(reason)
    estate.picture(page, "1-dry-run")
    button.click()
    expect(page.locator("main a[href='/households'].btn")).to_be_visible(timeout=MANY)
    counts_are_shown(page, estate)
    created = page.locator(".kpi").nth(2).locator(".kpi__v")
    expect(created).to_contain_text(f"{estate.counts[1]:,} / 0")
    estate.picture(page, "1-imported")


def counts_are_shown(page: Page, estate: Estate) -> None:
    rows, households, refused, repeated = estate.counts
    cards = page.locator(".kpi")
    expect(cards.nth(0)).to_contain_text(f"{rows:,}")
    expect(cards.nth(0)).to_contain_text(estate.says("重复 {n} 行，已并入同一户", n=repeated))
    expect(cards.nth(1)).to_contain_text(f"{households:,}")
    expect(cards.nth(3)).to_contain_text(str(refused))
    expect(page.locator("#refused tbody tr")).to_have_count(refused)


def log_calls(page: Page, estate: Estate) -> dict[str, str]:
    """Three calls and a repeated one, by keyboard alone; their numbers."""
    page.goto("/desk")
    numbers = {"burst": burst(page, estate)}
    ticks(page, "#queue time[data-due]")
    numbers["again"] = the_same_again(page, estate)
    numbers["lamp"] = lamp(page, estate)
    numbers["seat"] = seat(page, estate)
    assert len(set(numbers.values())) == len(numbers)
    expect(page.locator("#queue li")).to_have_count(len(numbers))
    estate.picture(page, "2-queue")
    return numbers


def burst(page: Page, estate: Estate) -> str:
    """IN-01: first sent without a word and with half a phone number; then as it should be."""
    choose_household(page, estate.burst)
    page.keyboard.press("Alt+2")
    page.keyboard.press("Tab")
    page.keyboard.press("1")
    assert page.locator("#item").is_checked()
    pick(page, "urgency", "now")
    pick(page, "visit", "now")
    write(page, "#contact_phone", "12")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#reg .errsum")).to_be_focused()
    expect(page).to_have_title(re.compile("^" + estate.says("有误：")))
    expect(page.locator("#contact_phone")).to_have_value("12")
    expect(page.locator("[name=urgency][value=now]")).to_be_checked()
    estate.picture(page, "2-refused")
    tab_to(page, ".errsum a[href='#content']")
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_be_focused()
    page.keyboard.type(BURST)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#contact_phone")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#reg .errsum")).to_be_focused()
    expect(page.locator("#content")).to_have_value(BURST)
    write(page, "#contact_phone", "13900001234")
    estate.picture(page, "2-filled")
    number = logged(page, BURST)
    expect(page.locator("#content")).to_have_value("")
    return number


def the_same_again(page: Page, estate: Estate) -> str:
    """Within the day: linked in the one company, another matter in the other."""
    choose_household(page, estate.burst)
    write(page, "#content", AGAIN)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#reg .errsum")).to_be_focused()
    expect(page.locator("#content")).to_have_value(AGAIN)
    expect(page.locator("[name=duplicate]")).to_have_count(2)
    estate.picture(page, "2-again")
    tab_to(page, "[name=duplicate]")
    page.keyboard.press("Space" if estate.name == "hans" else "ArrowDown")
    return logged(page, AGAIN)


def lamp(page: Page, estate: Estate) -> str:
    """IN-02: tomorrow at three."""
    choose_household(page, estate.lamp)
    write(page, "#content", LAMP)
    pick(page, "visit", "booked")
    tomorrow = clock.local(clock.now()) + timedelta(days=1)
    type_moment(page, "#appointment_at", tomorrow.replace(hour=15, minute=0))
    return logged(page, LAMP)


def seat(page: Page, estate: Estate) -> str:
    """IN-05: not sent before the price was explained."""
    choose_household(page, estate.seat)
    write(page, "#content", SEAT)
    tab_to(page, "#paid")
    page.keyboard.press("Space")
    write(page, "#price_item", "更换马桶盖")
    write(page, "#price", "120")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#reg .errsum")).to_be_focused()
    expect(page.locator("#price")).to_have_value("120")
    tab_to(page, "#price_accepted")
    page.keyboard.press("Space")
    return logged(page, SEAT)


def dispatch(page: Page, estate: Estate, numbers: dict[str, str]) -> None:
    """Accept and give away with a size; what is doubled is declined with a reason."""
    for name, size in (("burst", "minor"), ("lamp", "medium")):
        page.goto(f"/tickets/{numbers[name]}")
        page.click("#form-accept [type=submit]")
        page.select_option("#form-assign [name=engineer]", str(estate.company.people["engineer"]))
        page.check(f"#form-assign [name=size][value={size}]")
        if name == "burst":
            estate.picture(page, "3-assign")
        page.click("#form-assign [type=submit]")
        expect(page.locator(".record__side")).to_contain_text("engineer甲")
    page.goto(f"/tickets/{numbers['again']}")
    page.click("details.menu--btn summary")
    page.click("a[href='#step-decline']")
    page.fill("#form-decline [name=reason]", "与前一张是同一处漏水，一起修")
    estate.picture(page, "3-decline")
    page.click("#form-decline [type=submit]")
    expect(page.locator("#log")).to_contain_text("与前一张是同一处漏水，一起修")
    expect(page.locator("#top")).to_have_attribute("data-live", "tickets")


def visit(page: Page, estate: Estate, numbers: dict[str, str]) -> None:
    for name in ("burst", "lamp"):
        page.goto(f"/m/jobs/{numbers[name]}")
        page.check("[name=consent][value=resident]")
        page.click("form[action$='/start'] [type=submit]")
        finish(page, estate, first=name == "burst")


def finish(page: Page, estate: Estate, *, first: bool) -> None:
    """Photo, work, material, signature."""
    form = page.locator("form[action$='/complete']")
    expect(form).to_be_visible()
    page.set_input_files("form[action$='/complete'] [data-photo]", photo())
    expect(page.locator(".photo canvas")).to_be_visible()
    page.fill("[name=work]", "更换角阀 1 只，通水十分钟无渗漏")
    page.fill("[name='material.0.name']", "DN15 铜角阀")
    page.fill("[name='material.0.quantity']", "1")
    expect(form).to_contain_text(estate.says("无偿服务，不收费。"))
    sign(page)
    page.fill("[name=signed_by]", estate.burst.owner if first else estate.lamp.owner)
    if first:
        estate.picture(page, "4-signed")
    form.locator(".sticky [type=submit]").click()
    page.wait_for_url("**/m/jobs")
    expect(page.locator(".toast")).to_contain_text(estate.says("已完工，等前台返单"))


def call_back(page: Page, estate: Estate, numbers: dict[str, str]) -> None:
    """The sheets come back; one resident is content, the other is not."""
    for name, mood, shown in (("burst", "satisfied", CLOSED), ("lamp", "dissatisfied", REOPENED)):
        page.goto(f"/tickets/{numbers[name]}")
        page.click("#form-return_sheet [type=submit]")
        page.check(f"#form-call-back [name=satisfaction][value={mood}]")
        page.fill("#form-call-back [name=note]", f"{name}：业主原话记下")
        if name == "burst":
            estate.picture(page, "5-call-back")
        page.click("#form-call-back [type=submit]")
        expect(page.locator(shown, has_text=estate.says(ENDS[mood], n=1))).to_be_visible()
        expect(page.locator("#log")).to_contain_text(f"{name}：业主原话记下")
        estate.picture(page, f"5-{mood}")


def board(page: Page, estate: Estate, number: str) -> None:
    page.goto("/dash")
    open_ones = page.locator(".kpi", has_text=estate.says("未关闭")).locator(".kpi__v")
    expect(open_ones).to_contain_text("3")
    expect(page.locator("tr", has_text=estate.says("已接通")).first).to_be_visible()
    estate.picture(page, "6-board")
    page.goto(f"/tickets/{number}/print")
    expect(page.locator("main, body").first).to_contain_text(number)
    expect(page.locator("body")).to_contain_text("DN15 铜角阀")
    estate.picture(page, "6-work-order")


def switch(admin: Page, desk: Page, estate: Estate, other: Page) -> None:
    """Off: gone for the desk at once, in this company only. On: back."""
    entry = ".side a[href='/property_desk/goods_slips']"
    expect_page(desk, entry, status=200)
    admin.goto("/admin/plugins")
    toggle = admin.locator("[aria-labelledby=plugin-property_desk]")
    toggle.uncheck(force=True)
    expect(admin.locator("#confirm")).to_be_visible()
    estate.picture(admin, "7-confirm")
    with admin.expect_response("**/admin/plugins/property_desk"):
        admin.click("#confirm [type=submit]")
    expect_page(desk, entry, status=404)
    estate.picture(desk, "7-gone")
    expect_page(other, entry, status=200)
    expect(admin.locator("#confirm")).to_have_count(0)
    expect(toggle).not_to_be_checked()
    with admin.expect_response("**/admin/plugins/property_desk"):
        toggle.check(force=True)
    expect_page(desk, entry, status=200)


def expect_page(page: Page, entry: str, *, status: int) -> None:
    page.goto("/desk")
    expect(page.locator(entry)).to_have_count(1 if status == 200 else 0)
    answer = page.goto("/property_desk/goods_slips")
    assert answer is not None
    assert answer.status == status


@pytest.fixture
def small(served: Served) -> Company:
    made = served.company()

    async def hire() -> None:
        for role in ("front_desk_agent", "cs_supervisor"):
            await made.person(role)

    served.run(hire)
    return made


@pytest.fixture
def plain(chromium: Browser, served: Served, small: Company) -> Iterator[Page]:
    """A page without scripts, not signed in."""
    context = chromium.new_context(
        viewport={"width": 1440, "height": 900}, base_url=served.url(small), java_script_enabled=False
    )
    yield context.new_page()
    context.close()


def test_a_call_without_scripts(plain: Page) -> None:
    sign_in(plain, "front_desk_agent")
    plain.goto("/desk")
    plain.fill("#desk-q", "3-2-1802")
    plain.press("#desk-q", "Enter")
    expect(plain.locator("#reg-where")).to_contain_text("单然")
    plain.fill("#contact_phone", "12")
    plain.click("#reg [type=submit] >> nth=0")
    expect(plain.locator(".errsum")).to_be_visible()
    expect(plain.locator("#contact_phone")).to_have_value("12")
    plain.fill("#content", BURST)
    plain.fill("#contact_phone", "13900001234")
    plain.check("[name=visit][value=now]")
    plain.click("#reg [type=submit] >> nth=0")
    plain.wait_for_url("**/desk?done=BX-*")
    expect(plain.locator(".toast")).to_contain_text(NUMBER)
    expect(plain.locator("#queue")).to_contain_text(BURST)
    plain.goto(f"/tickets/{number_in(plain)}")
    expect(plain.locator("h1")).to_contain_text(BURST)


def test_two_clerks_take_one_step_at_once(served: Served, opened: Opened, small: Company) -> None:
    row = served.run(lambda: scenes.registered(small))
    pages = [opened(small, name, width=1440, height=900) for name in ("front_desk_agent", "cs_supervisor")]
    for page in pages:
        page.goto(f"/tickets/{row['number']}")
        page.click("details.menu--btn summary")
        page.click("a[href='#step-cancel']")
        page.fill("#cancel-reason", f"业主来电取消 {pages.index(page) + 1}")
        page.fill("#cancel-confirmed_by", "陈志远")
    first, second = pages
    first.click("#form-cancel [type=submit]")
    expect(first.locator("#log")).to_contain_text("业主来电取消 1")
    with second.expect_response("**/moves/cancel") as answer:
        second.click("#form-cancel [type=submit]")
    assert answer.value.status == 409
    expect(second.locator("#form-cancel .errsum")).to_contain_text("front_desk_agent甲")
    expect(second.locator("#cancel-reason")).to_have_value("业主来电取消 2")
    expect(second.locator("#cancel-confirmed_by")).to_have_value("陈志远")
