"""The quick toggles above the list of tickets."""

import re
from html import unescape

import pytest

from core.kit import sql
from tests.core.tickets.moves import Crew
from tests.factories import Company

pytestmark = pytest.mark.anyio
MARK = "update core.tickets_ticket set channel = 'government_forward' where tenant_id = $1 and number = $2"


async def test_urgent_and_forwarded_by_the_authorities(yunqi: Company) -> None:
    crew = await Crew(yunqi).gather()
    rooms = [str(room) for room in yunqi.households.values()]
    await crew.registered(household_id=rooms[0], urgency="now")
    await crew.registered(household_id=rooms[1], urgency="soon")
    forwarded = await crew.registered(household_id=rooms[2], urgency="normal")
    async with yunqi.inside(role="sys"):
        await sql.execute(MARK, forwarded["number"])
    for query, expected in (
        ("?urgent=1", ["3-2-1801"]),
        ("?government=1", ["3-2-1803"]),
        ("?urgent=1&government=1", []),
        ("?urgent=1&q=3-2-1801", ["3-2-1801"]),
    ):
        page = unescape((await crew.desk.get(f"/tickets{query}")).text)
        assert re.findall(r'<a class="strong nw" href="/tickets/[^"]+">([^<]+)</a>', page) == expected, query
    page = unescape((await crew.desk.get("/tickets?urgent=1&sort=due")).text)
    assert 'href="/tickets?urgent=1&government=1&sort=due"' in page
    assert re.search(r'<a class="chip" href="/tickets\?sort=due"[^>]*>紧急</a>', page)
