"""`POST /sla/preview` over HTTP: the worked examples, both languages, projects, and what is refused."""

from typing import Any

import pytest

from core.policies import actions as policies
from core.sla.limits import DEFAULTS
from tests import examples
from tests.core.sla.cases import acting
from tests.core.sla.oracle import at
from tests.factories import Browser, Company

pytestmark = pytest.mark.anyio


async def ask(browser: Browser, **body: Any) -> Any:
    answer = await browser.post("/api/v1/sla/preview", body)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def refused(browser: Browser, **body: Any) -> tuple[int, str]:
    answer = await browser.post("/api/v1/sla/preview", body)
    return answer.status_code, answer.json()["type"]


@pytest.mark.spec(*sorted({mark.args[0] for example in examples.DUE for mark in example.marks}))
async def test_every_worked_example(yunqi: Company) -> None:
    """All rows of the shared table, by code, some with another unit, in one signed-in session."""
    desk = await yunqi.signed_in("front_desk_agent")
    targets = {example.values[:2]: example.values[2] for example in examples.TARGET}
    wrong = []
    for code, start, expected, changes in [example.values for example in examples.DUE]:
        got = await ask(desk, code=code, start=at(start).isoformat(), **changes)
        target = targets.get((code, start))
        if at(expected).isoformat() != got["due_at"] or (
            target and at(target).isoformat() != got["target_at"]
        ):
            wrong.append((code, start, expected, got["due_at"], got.get("target_at")))
        assert got["provisional"] is False
        assert got["steps"], code
    assert wrong == []


async def test_units_without_a_limit(yunqi: Company) -> None:
    desk = await yunqi.signed_in("front_desk_agent")
    friday = at("2026-11-20 17:50").isoformat()
    wanted = [
        ({"unit": "E", "amount": 15}, "2026-11-20 18:05"),
        ({"unit": "S", "amount": 240}, "2026-11-21 09:50"),
        ({"unit": "SD"}, "2026-11-20 21:00"),
        ({"unit": "CD", "amount": 3}, "2026-11-23 21:00"),
        ({"unit": "WD", "amount": 1}, "2026-11-23 18:00"),
        ({"unit": "month", "amount": 3}, "2027-02-20 21:00"),
        ({"unit": "AT"}, "2026-11-20 17:50"),
    ]
    got = [(await ask(desk, start=friday, **body))["due_at"] for body, _due in wanted]
    assert got == [at(due).isoformat() for _body, due in wanted]


@pytest.mark.spec("JOB-24")
async def test_the_explanation_is_told_in_the_companys_language(yunqi: Company, cuihu: Company) -> None:
    body = {"unit": "S", "amount": 240, "start": at("2026-11-20 17:50").isoformat()}
    here = await ask(await yunqi.signed_in("front_desk_agent"), **body)
    texts = [step["text"] for step in here["steps"]]
    assert texts == [
        "服务时段 2026-11-20 17:50 至 2026-11-20 21:00，计 190 分钟",
        "服务时段 2026-11-21 09:00 至 2026-11-21 09:50，计 50 分钟",
        "2026-11-21 09:50 到期",
    ]
    assert {"from", "to", "kind"} <= here["steps"][0].keys()
    there = await ask(await cuihu.signed_in("front_desk_agent"), **body)
    assert [step["kind"] for step in there["steps"]] == ["window", "window", "due"]
    assert there["due_at"] == here["due_at"]


async def test_pauses_are_pairs(yunqi: Company) -> None:
    desk = await yunqi.signed_in("front_desk_agent")
    pause = [at("2026-11-20 18:00").isoformat(), at("2026-11-20 19:00").isoformat()]
    body = {"unit": "E", "amount": 60, "start": at("2026-11-20 17:50").isoformat()}
    assert (await ask(desk, **body, pauses=[pause]))["due_at"] == at("2026-11-20 19:50").isoformat()
    assert await refused(desk, **body, pauses=[pause[:1]]) == (422, "not_a_date")
    assert await refused(desk, **body, pauses=[pause[::-1]]) == (422, "pause_reversed")


async def test_a_project_has_its_own_window(yunqi: Company) -> None:
    window = {"sla": {"service_window": [{"opens": "08:00", "closes": "18:00"}]}}
    async with acting(yunqi, "policies.policy.edit"):
        await policies.publish(yunqi.project, None, window)
    desk = await yunqi.signed_in("front_desk_agent")
    body = {"unit": "SD", "start": at("2030-01-02 08:30").isoformat()}
    assert (await ask(desk, **body))["due_at"] == at("2030-01-02 21:00").isoformat()
    inside = await ask(desk, **body, project_id=str(yunqi.project))
    assert inside["due_at"] == at("2030-01-02 18:00").isoformat()


async def test_what_is_refused(yunqi: Company, cuihu: Company) -> None:
    desk = await yunqi.signed_in("front_desk_agent")
    start = at("2026-11-20 17:50").isoformat()
    assert await refused(desk, unit="E", amount=5, start="2026-11-20T17:50:00") == (422, "zone_required")
    assert await refused(desk, unit="E", amount=5) == (422, "required")
    assert await refused(desk, start=start) == (422, "required")
    assert await refused(desk, code="SLA-99", start=start) == (422, "limit_unknown")
    assert await refused(desk, code="SLA-01", start=start) == (422, "limit_not_timed")
    assert await refused(desk, code="SLA-02", unit="WD", start=start) == (422, "limit_unit_not_allowed")
    assert await refused(desk, unit="E", amount=-5, start=start) == (422, "limit_amount_invalid")
    assert await refused(desk, unit="fortnight", amount=1, start=start) == (422, "not_a_choice")
    assert await refused(desk, unit="SD", start=start, project_id=str(cuihu.project)) == (404, "not_found")
    stranger = yunqi.client()
    assert (await stranger.post("/api/v1/sla/preview", {"unit": "SD", "start": start})).status_code == 401


def test_an_example_of_every_unit_is_among_them() -> None:
    units = {c.get("unit", DEFAULTS[code].unit) for code, _s, _d, c in (e.values for e in examples.DUE)}
    assert units == {"E", "S", "SD", "CD", "WD", "month", "date"}
