"""What somebody does in front of the pages: takes a household by keyboard, walks to a field, signs."""

import re
from datetime import datetime
from importlib.resources import files
from io import BytesIO
from typing import Any

import msgspec
from PIL import Image
from playwright.sync_api import FilePayload, Page, expect

from core.kit import i18n
from tests.browser.conftest import picture
from tests.factories import Company

NUMBER = re.compile(r"[A-Z]{2}-\d{8}-\d{4,}")
MOST_TABS = 60


class Resident(msgspec.Struct, frozen=True):
    """How the desk looks for somebody, and who it then is."""

    typed: str
    owner: str


class Estate(msgspec.Struct, frozen=True):
    """A company with its household list: what is in it, and whom three callers are looked up as."""

    company: Company
    list: str
    counts: tuple[int, int, int, int]
    """Rows, households, refused, repeated."""
    refused: tuple[str, int, str, str]
    """Sheet, row, column and part of the reason of a refused row."""
    projects: tuple[str, ...]
    burst: Resident
    lamp: Resident
    seat: Resident

    @property
    def name(self) -> str:
        return self.list.removesuffix(".xlsx").rpartition("-")[2]

    def says(self, message: str, **params: Any) -> str:
        """The sentence as this company's pages say it."""
        locale = self.company.tenant.locale
        text = message if locale == i18n.SOURCE else i18n.known(locale).get(message, message)
        return text.format_map(params)

    def picture(self, page: Page, station: str) -> None:
        width = page.viewport_size["width"]  # type: ignore[index]
        picture(page, f"journey-{station}-{self.name}-{width}")

    @property
    def content(self) -> bytes:
        return files("guanjia").joinpath("demo_data", self.list).read_bytes()


def tab_to(page: Page, selector: str, *, back: bool = False) -> None:
    """Press Tab until the focus is there, as somebody without a mouse does."""
    for _ in range(MOST_TABS):
        if page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
            return
        page.keyboard.press("Shift+Tab" if back else "Tab")
    at = page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
    raise AssertionError(f"Tab does not lead to {selector}; it is at {at}")


def pick(page: Page, name: str, value: str) -> None:
    """Choose a radio button with the arrows."""
    tab_to(page, f"[name={name}]")
    count = page.locator(f"[name={name}]").count()
    for _ in range(count):
        if page.locator(f"[name={name}][value={value}]").is_checked():
            return
        page.keyboard.press("ArrowLeft")
    raise AssertionError(f"the arrows do not lead to {name}={value}")


def choose_household(page: Page, who: Resident) -> None:
    """Type into the search; where it may be several, walk to the one meant and take it."""
    page.keyboard.press("Alt+1")
    tab_to(page, "#desk-q")
    page.keyboard.press("Control+A")
    page.keyboard.type(who.typed)
    found = page.locator("#found")
    expect(found.locator("section", has_text=who.owner).first).to_be_visible()
    taken = page.locator("#reg-where", has_text=who.owner)
    several = found.locator("[data-item] a", has_text=who.owner)
    expect(taken.or_(several).first).to_be_visible()
    if several.count():
        tab_to(page, "#found [data-item] a")
        for _ in range(found.locator("[data-item]").count()):
            if who.owner in page.evaluate("document.activeElement.innerText"):
                break
            page.keyboard.press("j")
        page.keyboard.press("Enter")
    expect(taken).to_be_visible()


def write(page: Page, selector: str, text: str) -> None:
    """Walk to a field and replace what is in it."""
    tab_to(page, selector)
    page.keyboard.press("Control+A")
    page.keyboard.type(text)


def type_moment(page: Page, selector: str, moment: datetime) -> None:
    """Type day and time; the order of their parts is that of the language Chromium was started in."""
    wanted = f"{moment:%Y-%m-%dT%H:%M}"
    for first, second in ((f"{moment:%m%d%Y}", f"{moment:%I%M%p}"), (f"{moment:%Y}", f"{moment:%m%d%H%M}")):
        tab_to(page, "[name=visit]", back=True)
        tab_to(page, selector)
        page.keyboard.type(first)
        page.keyboard.press("ArrowRight")
        page.keyboard.type(second)
        if page.input_value(selector) == wanted:
            return
    raise AssertionError(f"{page.input_value(selector)} was typed, not {wanted}")


def logged(page: Page, content: str) -> str:
    """Send with Ctrl+Enter; the number the toast names, once the queue shows the request."""
    page.keyboard.press("Control+Enter")
    expect(page.locator("#queue li", has_text=content).first).to_be_visible()
    return number_in(page)


def number_in(page: Page) -> str:
    """The number in the newest toast."""
    toast = page.locator(".toast").last
    expect(toast).to_contain_text(NUMBER)
    found = NUMBER.search(toast.inner_text())
    assert found
    return found.group()


def photo() -> FilePayload:
    """Larger than a phone sends."""
    out = BytesIO()
    Image.linear_gradient("L").resize((2000, 1500)).save(out, "JPEG")
    return {"name": "kitchen.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


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


def ticks(page: Page, clock: str) -> None:
    """The running clock says something else a moment later, without a request."""
    before = page.locator(clock).first.inner_text()
    expect(page.locator(clock).first).not_to_have_text(before)
