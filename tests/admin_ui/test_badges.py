"""Beside the menu's entries stands what waits for this person, read in one statement and kept up to date."""

import re
from datetime import timedelta

import pytest

from core.households.actions import create_project
from core.kit import clock
from core.notifications.actions import tell
from tests.admin_ui.pages import HTMX
from tests.core.tickets.moves import Crew
from tests.factories import Browser, Company, company
from tests.working_off import sweep

pytestmark = pytest.mark.anyio


async def badges(who: Browser, path: str = "/me") -> dict[str, str]:
    """The figures of the side menu by address; a `!` marks the red ones."""
    page = (await who.get(path)).text
    side = page.split('<nav class="side"')[1].split("</nav>")[0]
    found = re.findall(r'<a href="([^"]+)".*?</a>', side, re.DOTALL)
    entries = dict(zip(found, re.findall(r"<a href=.*?</a>", side, re.DOTALL), strict=True))
    figures = {}
    for href, entry in entries.items():
        shown = re.search(r'class="n( n--danger)?" data-badge="\w+" role="img"[^>]*>([^<]+)', entry)
        if shown:
            figures[href] = shown[2] + ("!" if shown[1] else "")
    return figures


def figure(part: str, name: str) -> str:
    """What the live part brings to the places of this badge."""
    found = re.search(rf'hx-target="\[data-badge={name}\]" hx-swap="outerHTML"><span [^>]*>([^<]*)<', part)
    assert found is not None, name
    return found[1]


async def test_nothing_waits(yunqi: Company) -> None:
    supervisor = await yunqi.signed_in("cs_supervisor")
    assert await badges(supervisor) == {}


async def test_nobody_is_asked_to_sign_in(yunqi: Company) -> None:
    answer = await yunqi.client().get("/me/standing")
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=/me/standing")


async def test_what_waits_is_counted(yunqi: Company) -> None:
    crew = await Crew(yunqi).gather()
    with clock.pretending(clock.now() - timedelta(hours=5)):
        await crew.registered(content="晚了的")
    await sweep(yunqi)
    await crew.registered(content="新来的", duplicate="new")
    await crew.returned(content="等回访的", duplicate="new")
    await crew.closed(content="关了的", duplicate="new")
    assert await badges(crew.supervisor) == {"/dash": "1!", "/desk": "3!", "/tickets": "3", "/callbacks": "1"}
    page = (await crew.supervisor.get("/desk")).text
    for words in ("3 张带时限，1 张超时", "3 张未关闭", "1 张待回访"):
        assert f'aria-label="{words}"' in page
    finance = await yunqi.signed_in("finance")
    assert await badges(finance) == {"/tickets": "3"}


async def test_a_manager_of_one_estate_counts_its_own(yunqi: Company, cuihu: Company) -> None:
    """Neither another company's nor another estate's."""
    crew = await Crew(yunqi).gather()
    await crew.registered()
    await (await Crew(cuihu).gather()).registered()
    async with yunqi.inside():
        other = await create_project(name="云山苑", code="YS")
    await yunqi.person("front_desk_agent", project=other, username="there")
    there = yunqi.client()
    await there.sign_in("there")
    assert await badges(there) == {}
    assert (await badges(crew.desk))["/tickets"] == "1"


async def test_the_live_part_brings_each_figure_to_its_place(yunqi: Company) -> None:
    crew = await Crew(yunqi).gather()
    await crew.registered()
    async with yunqi.inside():
        await tell([yunqi.people["engineer"]], "ticket.moved", "派给您", "/m/jobs")
    part = (await crew.desk.get("/me/standing", headers=HTMX)).text
    assert 'data-live="tickets notices"' in part
    assert figure(part, "tickets") == "1"
    assert figure(part, "callbacks") == ""
    page = (await crew.desk.get("/desk")).text
    for name in re.findall(r"\[data-badge=(\w+)\]", part):
        assert page.count(f'data-badge="{name}"') >= 2, name
    told = (await crew.engineer.get("/me/standing", headers=HTMX)).text
    assert figure(told, "notices") == "1"


@pytest.mark.parametrize(("locale", "words"), [
    ("zh-Hant", "1 張帶時限"), ("en", "1 with a time limit"),
])  # fmt: skip
async def test_the_words_are_the_readers(app: object, locale: str, words: str) -> None:
    made = await company(app, locale=locale)
    crew = await Crew(made).gather()
    await crew.registered()
    assert f'aria-label="{words}"' in (await crew.desk.get("/desk")).text


async def test_one_statement(yunqi: Company, queries: list[int]) -> None:
    """A page that reads nothing else: who is asking, and all of the frame."""
    desk = await yunqi.signed_in("front_desk_agent")
    await desk.get("/me/shortcuts")
    queries.clear()
    await desk.get("/me/shortcuts")
    await desk.get("/me/standing", headers=HTMX)
    assert queries == [1, 1]
