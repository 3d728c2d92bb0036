"""The audit over the API: who did what, and a chain that shows when somebody meddled with it."""

import pytest

from core.kit.database import unit_of_work
from jobs.sealer import seal
from tests.core.tickets.moves import Crew
from tests.factories import Company

pytestmark = pytest.mark.anyio


async def test_what_was_done_is_listed(yunqi: Company, cuihu: Company) -> None:
    ticket = await (await Crew(yunqi).gather()).dispatched()
    admin = await yunqi.signed_in("tenant_admin")
    lines = (await admin.get("/api/v1/audit", params={"subject": ticket["id"]})).json()["items"]
    assert [line["action"] for line in lines] == ["repair.dispatch", "repair.register"]
    assert lines[0]["actor_name"] == "front_desk_agent甲"
    first = (await admin.get("/api/v1/audit", params={"limit": 1})).json()
    second = (await admin.get("/api/v1/audit", params={"limit": 1, "cursor": first["next"]})).json()
    assert first["items"][0]["id"] != second["items"][0]["id"]
    stranger = await cuihu.signed_in("tenant_admin")
    assert (await stranger.get("/api/v1/audit", params={"subject": ticket["id"]})).json()["items"] == []


async def test_who_signed_in_is_the_actor(yunqi: Company) -> None:
    await yunqi.signed_in("front_desk_agent")
    admin = await yunqi.signed_in("tenant_admin")
    lines = (await admin.get("/api/v1/audit")).json()["items"]
    begun = {
        line["subject_id"]: (line["actor_id"], line["actor_name"], line["roles"])
        for line in lines
        if line["action"] == "session.started"
    }
    desk = str(yunqi.people["front_desk_agent"])
    assert begun[desk] == (desk, "front_desk_agent甲", ["front_desk_agent"])


async def test_only_with_the_right(yunqi: Company) -> None:
    desk = await yunqi.signed_in("front_desk_agent")
    assert (await desk.get("/api/v1/audit")).status_code == 403
    assert (await desk.post("/api/v1/audit/verify")).status_code == 403


async def test_a_whole_chain_and_a_broken_one(yunqi: Company) -> None:
    await (await Crew(yunqi).gather()).registered()
    admin = await yunqi.signed_in("tenant_admin")
    await seal(yunqi.tenant.id)
    whole = (await admin.post("/api/v1/audit/verify")).json()
    assert whole["ok"]
    assert whole["count"] > 5
    async with unit_of_work(yunqi.tenant.id, "sys") as unit:
        await unit.connection.execute(
            "update core.kit_audit set actor_name = 'x' where tenant_id = $1 and action = 'repair.register'",
            yunqi.tenant.id,
        )
    broken = (await admin.post("/api/v1/audit/verify")).json()
    assert not broken["ok"]
    assert broken["broken"][0]["damage"] == "altered"
