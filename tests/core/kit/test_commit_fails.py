"""The database goes away as a request commits: a refusal that says so, nothing kept, the pool unharmed."""

from typing import Any

import pytest

from core.kit import database, live, sql
from tests.factories import Company, new_repair

pytestmark = pytest.mark.anyio
COUNT = "select count(*) from core.tickets_ticket where tenant_id = $1"


async def hang_up(_notices: list[Any]) -> None:
    """The last thing written before the commit ends our own connection."""
    await database.DB.unit().connection.execute("select pg_terminate_backend(pg_backend_pid())")


async def test_a_commit_that_fails_is_told_and_may_be_tried_again(
    yunqi: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = await yunqi.signed_in("front_desk_agent")
    key = {"Idempotency-Key": "once"}
    with monkeypatch.context() as patch:
        patch.setattr(live, "_write", hang_up)
        for _turn in range(12):
            answer = await browser.post("/api/v1/tickets", new_repair(yunqi), headers=key)
            assert answer.status_code == 503, answer.text
            assert int(answer.headers["retry-after"]) > 0
            assert answer.json()["status"] == 503
    async with yunqi.inside():
        assert await sql.value(COUNT) == 0
    again = await browser.post("/api/v1/tickets", new_repair(yunqi), headers=key)
    assert again.status_code == 201, again.text
