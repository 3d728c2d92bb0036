"""Who was refused access is in the audit, however often they ask only once a minute."""

from typing import Any

import pytest

from core.kit import denials, sql
from tests.core.tickets.moves import Crew
from tests.factories import Browser, Company

pytestmark = pytest.mark.anyio
LINES = """
select actor_id, subject_id, detail from core.kit_audit where tenant_id = $1 and action = 'access.denied'
order by id
"""


async def lines(company: Company) -> list[dict[str, Any]]:
    async with company.inside():
        return [dict(row) for row in await sql.records(LINES)]


@pytest.fixture
async def desk(yunqi: Company) -> Browser:
    return await yunqi.signed_in("front_desk_agent")


async def test_who_and_what_and_where(yunqi: Company, desk: Browser) -> None:
    assert (await desk.get("/api/v1/audit")).status_code == 403
    (line,) = await lines(yunqi)
    assert line["actor_id"] == yunqi.people["front_desk_agent"]
    assert line["detail"] == {
        "key": "permission_missing",
        "permission": "jobs.audit.view",
        "route": "GET /api/v1/audit",
        "record": "",
    }


async def test_the_record_that_was_asked_for(yunqi: Company) -> None:
    crew = await Crew(yunqi).gather()
    ticket = await crew.registered()
    body = {"version": ticket["version"], "form": {}}
    for name in (ticket["id"], ticket["number"]):
        answer = await crew.engineer.post(f"/api/v1/tickets/{name}/transitions/dispatch", body)
        assert answer.status_code == 403
        denials.forget()
    by_id, by_number = await lines(yunqi)
    assert str(by_id["subject_id"]) == ticket["id"]
    assert by_number["detail"]["record"] == ticket["number"]
    assert by_id["detail"]["route"] == "POST /api/v1/tickets/{ticket}/transitions/{name}"
    assert by_id["detail"]["permission"] == "tickets.ticket.dispatch"


async def test_once_a_minute_for_each_person_and_permission(yunqi: Company, desk: Browser) -> None:
    for _turn in range(5):
        assert (await desk.get("/api/v1/audit")).status_code == 403
    assert len(await lines(yunqi)) == 1
    assert (await desk.put("/api/v1/plugins/property_desk", {"enabled": False})).status_code == 403
    dispatcher = await yunqi.signed_in("engineering_dispatcher")
    assert (await dispatcher.get("/api/v1/audit")).status_code == 403
    assert len(await lines(yunqi)) == 3


async def test_another_companys_log_hears_nothing(yunqi: Company, cuihu: Company, desk: Browser) -> None:
    assert (await desk.get("/api/v1/audit")).status_code == 403
    assert await lines(cuihu) == []


async def test_pages_and_forged_forms_too(yunqi: Company, desk: Browser) -> None:
    assert (await desk.get("/admin/plugins")).status_code == 403
    desk.token = "0" * 40
    assert (await desk.post("/api/v1/tickets", {})).status_code == 403
    assert [line["detail"]["key"] for line in await lines(yunqi)] == ["permission_missing", "csrf_failed"]


async def test_strangers_write_nothing(yunqi: Company) -> None:
    assert (await yunqi.client().get("/api/v1/audit")).status_code == 401
    assert (await yunqi.client().http.post("/login", data={"username": "a"})).status_code == 403
    assert await lines(yunqi) == []
