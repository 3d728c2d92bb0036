"""`/search` over HTTP: rooms, people and tickets in groups, for the palette and for pickers."""

import pytest

from tests.admin_ui.pages import HTMX
from tests.core.tickets.moves import Crew
from tests.factories import Company

pytestmark = pytest.mark.anyio


async def test_nobody_is_asked_to_sign_in(yunqi: Company) -> None:
    assert (await yunqi.client().get("/search?q=1801")).status_code == 303


async def test_in_groups(yunqi: Company, queries: list[int]) -> None:
    crew = await Crew(yunqi).gather()
    ticket = await crew.registered(content="厨房水管爆了")
    queries.clear()
    page = (await crew.desk.get("/search?q=3-2-1801")).text
    assert queries[0] <= 10
    assert f"/households/{yunqi.households['3-2-1801']}" in page
    assert f"/tickets/{ticket['number']}" in page
    assert "/desk?household=" in page
    words = (await crew.desk.get("/search?q=水管")).text
    assert f"/tickets/{ticket['number']}" in words
    assert "front_desk_agent甲" in (await crew.desk.get("/search?q=front_desk")).text
    assert "没有找到" in (await crew.desk.get("/search?q=查无此人")).text
    assert (await crew.desk.get("/search")).status_code == 200


async def test_a_whole_number_leads_to_its_ticket(yunqi: Company) -> None:
    crew = await Crew(yunqi).gather()
    number = (await crew.registered())["number"]
    answer = await crew.desk.get(f"/search?q={number.lower()}")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/tickets/{number}")


async def test_what_one_may_not_see_is_not_found(yunqi: Company) -> None:
    crew = await Crew(yunqi).gather()
    ticket = await crew.registered(content="厨房水管爆了")
    guard = await yunqi.signed_in("security_guard")
    page = (await guard.get("/search?q=水管")).text
    assert ticket["number"] not in page
    assert (
        ticket["number"] not in (await guard.get(f"/search?q={ticket['number']}")).text.split("没有找到")[1]
    )


async def test_the_palette_and_pickers(yunqi: Company) -> None:
    crew = await Crew(yunqi).gather()
    number = (await crew.registered())["number"]
    palette = (await crew.desk.get("/search?part=palette&q=1801", headers=HTMX)).text
    assert palette.count('role="option"') == 2
    assert f'data-href="/desk?household={yunqi.households["3-2-1801"]}"' in palette
    by_room = (await crew.desk.get("/search?part=palette&q=3-2-1801", headers=HTMX)).text
    assert f'data-href="/tickets/{number}"' in by_room
    rooms = (await crew.desk.get("/search?part=pick&kind=room&q=1802", headers=HTMX)).text
    assert f'data-value="{yunqi.units["3-2-1802"]}"' in rooms
    staff = (await crew.desk.get("/search?part=pick&kind=staff&q=engineer", headers=HTMX)).text
    assert f'data-value="{crew.engineer_id}"' in staff
    assert (await crew.desk.get("/search?part=pick&kind=room&q=", headers=HTMX)).text.strip() == ""
    assert "role=" not in (await crew.desk.get("/search?part=pick&kind=staff&q=%25%25", headers=HTMX)).text
