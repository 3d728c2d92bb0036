"""Lists come in pages that together hold everything once, in order."""

from typing import Any

import pytest

from core.kit import paging, sql
from tests.core.tickets.moves import Crew
from tests.factories import Browser, Company, new_repair

pytestmark = pytest.mark.anyio
WAITING = 105
FINISH = """
update core.tickets_ticket set state = 'pending_call_back', done_at = core.now(),
 due_at = case when number like '%5' then null else core.now() + interval '1 hour' end
where tenant_id = $1
"""


async def walked(who: Browser, path: str, size: int) -> list[Any]:
    """Every item of the list, page by page."""
    found: list[Any] = []
    params: dict[str, Any] = {"limit": size}
    while True:
        page = (await who.get(path, params=params)).json()
        assert len(page["items"]) <= size
        found += page["items"]
        if page["next"] is None:
            return found
        assert len(page["items"]) == size
        params["cursor"] = page["next"]


@pytest.fixture
async def queue(yunqi: Company) -> Browser:
    desk = await yunqi.signed_in("front_desk_agent")
    for _number in range(WAITING):
        assert (await desk.post("/api/v1/tickets", new_repair(yunqi))).status_code == 201
    async with yunqi.inside():
        assert await sql.execute(FINISH) == WAITING
    return desk


@pytest.mark.spec("CB-01")
async def test_nobody_is_left_out_of_the_call_back_queue(queue: Browser) -> None:
    everybody = await walked(queue, "/api/v1/call-backs", 7)
    assert len({one["id"] for one in everybody}) == len(everybody) == WAITING
    due = [one["due_at"] is None for one in everybody]
    assert due == sorted(due)
    assert {True, False} == set(due)


@pytest.mark.spec("CB-01")
async def test_the_page_counts_all_and_leads_on(queue: Browser) -> None:
    page, numbers = (await queue.get("/callbacks")).text, set[str]()
    while True:
        assert f'<span class="count">{WAITING}</span>' in page
        numbers |= {part.split('"')[0].split("&")[0] for part in page.split('href="/callbacks?ticket=')[1:]}
        if 'rel="next"' not in page:
            break
        page = (await queue.get(page.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&"))).text
    assert len(numbers) == WAITING
    assert 'rel="prev" href="/callbacks"' in page


async def test_the_timeline_and_the_attempts_of_a_ticket(yunqi: Company) -> None:
    crew = await Crew(yunqi).gather()
    ticket = await crew.returned()
    for _turn in range(2):
        assert (await crew.called_back(ticket, result="attempted")).status_code == 201
    path = f"/api/v1/tickets/{ticket['id']}"
    whole = (await crew.desk.get(f"{path}/events")).json()["items"]
    assert len(whole) > 5
    assert await walked(crew.desk, f"{path}/events", 2) == whole
    attempts = await walked(crew.desk, f"{path}/call-backs", 1)
    assert [one["attempt"] for one in attempts] == [1, 2]


async def test_people_departments_estates_and_plugins(yunqi: Company) -> None:
    admin = await yunqi.signed_in("tenant_admin")
    for role in ("engineer", "front_desk_agent", "cs_supervisor"):
        await yunqi.person(role)
    for path in ("/api/v1/staff", "/api/v1/departments", "/api/v1/projects", "/api/v1/plugins"):
        whole = (await admin.get(path)).json()["items"]
        assert whole, path
        assert await walked(admin, path, 1) == whole, path
        strange = await admin.get(path, params={"cursor": paging.encode("nobody")})
        if path != "/api/v1/staff":
            assert (strange.status_code, strange.json()["errors"][0]["field"]) == (422, "cursor"), path
