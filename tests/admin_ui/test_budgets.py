"""What the pages one lives in may weigh, as they are sent: a full list, a desk in use, a ticket with a
history.
"""

import pytest

from bench.weight import weigh
from tests.core.tickets.moves import Crew
from tests.factories import Browser, Company, new_repair

pytestmark = pytest.mark.anyio
PAGEFUL = 50
"""As many tickets as a page of the list shows."""


@pytest.fixture
async def crew(yunqi: Company) -> Crew:
    crew = await Crew(yunqi).gather()
    for number in range(PAGEFUL):
        body = new_repair(yunqi, content=f"厨房水管爆了，水漫到客厅，第 {number} 户")
        assert (await crew.desk.post("/api/v1/tickets", body)).status_code == 201
    return crew


def cookies(who: Browser) -> dict[str, str]:
    sent = "; ".join(f"{cookie.name}={cookie.value}" for cookie in who.http.cookies.jar)
    return {"host": f"{who.company.tenant.slug}.localhost:8000", "cookie": sent}


async def test_pages_stay_within_their_budgets(crew: Crew) -> None:
    ticket = await crew.done()
    pages = ["/desk", "/tickets", "/callbacks", f"/tickets/{ticket['number']}"]
    weights = [await weigh(crew.company.app, cookies(crew.desk), page) for page in pages]
    assert {w.page: {name: w.figures[name] for name in w.over()} for w in weights if w.over()} == {}
    assert all(w.figures["html"] > 1 and w.figures["css"] > 1 and w.figures["nodes"] > 100 for w in weights)
