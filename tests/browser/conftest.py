"""A real Chromium, and the real application on loopback in a process of its own."""

import asyncio
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any, TypeVar
from urllib.request import urlopen

import pytest
from limits.aio.storage import MemoryStorage
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from auth import throttle
from core.kit.database import DB
from guanjia import app as composition
from tests.factories import PASSWORD, Company, company

T = TypeVar("T")
CHROMIUM = "/usr/bin/chromium"
ROOT = Path(__file__).parents[2]
ARTEFACTS = ROOT / "artefacts"
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
READY_WITHIN = 40.0


class Served:
    """The application at `port`. `run` does something as a company with database pools of its own."""

    def __init__(self, port: int) -> None:
        self.port = port

    def url(self, of: Company) -> str:
        return f"http://{of.tenant.slug}.localhost:{self.port}"

    def run(self, work: Callable[[], Awaitable[T]]) -> T:
        """Await `work()` beside the browser, whose own loop occupies this thread."""
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(asyncio.run, _alone(work)).result(120)

    def company(self, **more: Any) -> Company:
        return self.run(lambda: company(None, **more))


async def _alone(work: Callable[[], Awaitable[T]]) -> T:
    async with _pools():
        return await work()


@asynccontextmanager
async def _pools() -> AsyncIterator[None]:
    """Pools of this loop while it runs; the test process may have others open in a loop that sleeps. Tries
    to sign in are counted in memory meanwhile: that connection too belongs to the other loop.
    """
    before, DB.pools = DB.pools, {}
    counted = throttle._shared, throttle._own
    throttle._shared, throttle._own = cache(lambda: None), cache(MemoryStorage)
    try:
        await DB.open(app=2, sys=2)
        yield
    finally:
        await DB.close()
        DB.pools = before
        throttle._shared, throttle._own = counted


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    """uvicorn with the whole application on the test servers."""
    composition.load_catalogue()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "uvicorn", "--factory", "guanjia.app:create_app", "--port", str(port)]
    environment = {**os.environ, "GUANJIA_PORT": str(port)}
    running = subprocess.Popen([*command, "--log-level", "warning"], cwd=ROOT, env=environment)
    try:
        _wait(running, port)
        yield Served(port)
    finally:
        running.terminate()
        running.wait(20)


def _wait(running: "subprocess.Popen[bytes]", port: int) -> None:
    until = time.monotonic() + READY_WITHIN
    while time.monotonic() < until:
        if running.poll() is not None:
            pytest.fail(f"the application ended with {running.returncode}")
        try:
            urlopen(f"http://127.0.0.1:{port}/health/live", timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("the application did not answer in time")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Where it is missing these tests fail in CI, and elsewhere say why they were left out."""
    path = CHROMIUM if Path(CHROMIUM).exists() else shutil.which("chromium")
    if path is None:
        words = f"no Chromium at {CHROMIUM} or on the PATH: apt-get install chromium"
        if os.environ.get("CI") == "true":
            pytest.fail(words)
        pytest.skip(words)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield started
        started.close()


Opened = Callable[..., Page]


@pytest.fixture
def opened(chromium: Browser, served: Served) -> Iterator[Opened]:
    """Opens a signed-in page: `opened(company, "engineer", width=390)`; scripts must not fail on it."""
    contexts: list[BrowserContext] = []
    said: list[str] = []

    def begin(of: Company, username: str, *, width: int = 390, height: int = 844) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": height}, base_url=served.url(of), locale="zh-CN",
            has_touch=width < 768, device_scale_factor=2 if width < 768 else 1,
        )  # fmt: skip
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("console", lambda line: said.append(line.text) if "Security Policy" in line.text else None)
        sign_in(page, username)
        return page

    yield begin
    for context in contexts:
        context.close()
    assert said == []


def sign_in(page: Page, username: str) -> None:
    page.goto("/login?next=/me")
    page.fill("[name=username]", username)
    page.fill("[name=password]", PASSWORD)
    page.click("[type=submit]")
    page.wait_for_url("**/me")


def violations(page: Page) -> list[tuple[str, list[Any]]]:
    """What axe finds wrong on the page as it stands."""
    page.evaluate(AXE)
    found = page.evaluate("rules => axe.run({runOnly: rules})", RULES)
    return [(one["id"], [node["target"] for node in one["nodes"]]) for one in found["violations"]]


def picture(page: Page, name: str) -> None:
    """A screenshot of the whole page for whoever reviews the run."""
    ARTEFACTS.mkdir(exist_ok=True)
    page.screenshot(path=ARTEFACTS / f"{name}.png", full_page=True, caret="initial")
