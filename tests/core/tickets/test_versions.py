"""Whoever changes a record says which version of it they saw, or is told the current one."""

from typing import Any

import pytest

from tests.core.tickets.moves import Crew
from tests.factories import Browser, Company
from tests.plugins.property_desk import making

pytestmark = pytest.mark.anyio


@pytest.fixture
async def crew(yunqi: Company) -> Crew:
    return await Crew(yunqi).gather()


async def refused(who: Browser, path: str, body: dict[str, Any], current: int, **headers: str) -> str:
    answer = await who.post(path, body, headers=headers)
    problem = answer.json()
    assert (answer.status_code, problem["version"]) == (409, current), problem
    key: str = problem["type"]
    return key


async def test_a_ticket_is_moved_by_who_has_seen_it(crew: Crew) -> None:
    ticket = await crew.registered()
    path, current = f"/api/v1/tickets/{ticket['id']}/transitions/dispatch", ticket["version"]
    assert await refused(crew.desk, path, {"form": {}}, current) == "version_required"
    assert await refused(crew.desk, path, {"form": {}}, current, **{"If-Match": "*"}) == "version_required"
    assert await refused(crew.desk, path, {"version": current + 1}, current) == "stale_version"
    assert await refused(crew.desk, path, {}, current, **{"If-Match": '"0"'}) == "stale_version"
    moved = await crew.desk.post(path, {"form": {}}, headers={"If-Match": f'"{current}"'})
    assert (moved.status_code, moved.json()["version"]) == (200, current + 1)


async def test_who_may_not_is_told_that(crew: Crew) -> None:
    ticket = await crew.registered()
    path = f"/api/v1/tickets/{ticket['id']}/transitions/dispatch"
    assert (await crew.engineer.post(path, {"form": {}})).status_code == 403


async def test_a_call_back_may_say_it_and_an_exemption_must(crew: Crew) -> None:
    ticket = await crew.returned()
    path, current = f"/api/v1/tickets/{ticket['id']}/call-backs", ticket["version"]
    told = {"method": "phone", "result": "attempted"}
    assert await refused(crew.desk, path, told, current, **{"If-Match": '"1"'}) == "stale_version"
    assert (await crew.desk.post(path, told)).status_code == 201
    reason = {"reason": "业主已撤回诉求"}
    assert await refused(crew.supervisor, f"{path}/exempt", reason, current) == "version_required"
    done = await crew.supervisor.post(f"{path}/exempt", {**reason, "version": current})
    assert done.status_code == 201, done.json()


async def test_a_goods_slip(yunqi: Company) -> None:
    slip = await making.opened(yunqi)
    desk = await yunqi.signed_in(making.DESK)
    path = f"{making.BASE}/{slip['id']}/transitions/sign_applicant"
    form = {"form": making.WAY["sign_applicant"][1]}
    assert await refused(desk, path, form, slip["version"]) == "version_required"
    answer = await desk.post(path, {**form, "version": slip["version"]})
    assert answer.status_code == 200, answer.json()


async def test_in_the_callers_language(crew: Crew, cuihu: Company) -> None:
    desk = await cuihu.signed_in("front_desk_agent")
    ticket = (await desk.post("/api/v1/tickets", _enquiry(cuihu))).json()
    answer = await desk.post(f"/api/v1/tickets/{ticket['id']}/transitions/cancel", {"form": {}})
    assert (answer.status_code, answer.json()["type"]) == (409, "version_required"), answer.json()
    assert "目前版本" in answer.json()["detail"]


def _enquiry(company: Company) -> dict[str, Any]:
    return {"kind": "enquiry", "project_id": str(company.project), "content": "问停车费"}
