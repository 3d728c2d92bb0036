"""Who lost to another transaction is told to try again; nothing of the attempt stays."""

from typing import Any

import pytest

from core.kit import database, live, sql
from tests.factories import Company, new_repair

pytestmark = pytest.mark.anyio
COUNT = "select count(*) from core.tickets_ticket where tenant_id = $1"


@pytest.mark.parametrize("state", ["40P01", "40001", "55P03"])
async def test_try_again(yunqi: Company, monkeypatch: pytest.MonkeyPatch, state: str) -> None:
    """Deadlock, serialization failure, lock not available."""

    async def lose(_notices: list[Any]) -> None:
        await database.DB.unit().connection.execute(f"do $$ begin raise sqlstate '{state}'; end $$")

    browser = await yunqi.signed_in("front_desk_agent")
    with monkeypatch.context() as patch:
        patch.setattr(live, "_write", lose)
        answer = await browser.post("/api/v1/tickets", new_repair(yunqi))
    assert (answer.status_code, answer.json()["type"]) == (503, "unavailable")
    assert int(answer.headers["retry-after"]) > 0
    async with yunqi.inside():
        assert await sql.value(COUNT) == 0
