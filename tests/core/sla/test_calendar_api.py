"""`/calendar/{year}`: the company's own working days, what is refused, and clocks that waited for them."""

from datetime import date, timedelta

import pytest

from core.sla import queries
from core.sla.actions import publish_calendar
from tests.core.sla.cases import Case, acting, clocks, told
from tests.core.sla.oracle import at
from tests.factories import Company

pytestmark = pytest.mark.anyio
PATH = "/api/v1/calendar"
EVERY_DAY = [(date(2030, 1, 1) + timedelta(days=n)).isoformat() for n in range(365)]


async def test_the_national_calendar_is_there_from_the_start(yunqi: Company) -> None:
    desk = await yunqi.signed_in("front_desk_agent")
    answer = await desk.get(f"{PATH}/2026")
    year = answer.json()
    assert (answer.status_code, year["year"], year["version"], year["published"]) == (200, 2026, 0, True)
    assert year["make_up"]["2026-10-10"] == "国庆节"
    assert "2026-10-10" in year["working_days"]
    assert not {"2026-10-01", "2026-11-22"} & set(year["working_days"])
    assert (await desk.get(f"{PATH}/2040")).json()["published"] is False
    missing = await desk.get(f"{PATH}/2001")
    assert (missing.status_code, missing.json()["type"]) == (422, "calendar_missing")


async def test_a_company_publishes_its_own(yunqi: Company, cuihu: Company) -> None:
    admin = await yunqi.signed_in("tenant_admin")
    body = {"holidays": {"2030-01-01": "元旦", "2030-02-04": "春节"}, "make_up": {"2030-02-09": "春节"}}
    answer = await admin.put(f"{PATH}/2030", body)
    assert answer.status_code == 200, answer.text
    assert (answer.json()["version"], answer.headers["etag"]) == (1, '"1"')
    year = (await admin.get(f"{PATH}/2030")).json()
    assert year["holidays"] == body["holidays"]
    assert "2030-02-09" in year["working_days"]
    assert "2030-02-04" not in year["working_days"]
    assert (await (await cuihu.signed_in("tenant_admin")).get(f"{PATH}/2030")).json()["version"] == 0
    between = (await admin.get(f"{PATH}/2029")).json()
    assert (between["version"], between["published"]) == (0, False), "a year between is not missing"


async def test_a_list_of_working_days_says_the_same(yunqi: Company) -> None:
    admin = await yunqi.signed_in("tenant_admin")
    days = [date(2030, 1, 1) + timedelta(days=n) for n in range(365)]
    working = [d.isoformat() for d in days if d.isoweekday() < 6 and d.month != 2] + ["2030-01-05"]
    answer = await admin.put(f"{PATH}/2030", {"working_days": working})
    assert answer.json()["working_days"] == sorted(working)
    assert answer.json()["make_up"] == {"2030-01-05": ""}


@pytest.mark.parametrize(
    ("body", "key"),
    [
        ({"working_days": []}, "calendar_empty"),
        ({"holidays": dict.fromkeys(EVERY_DAY, "停")}, "calendar_empty"),
        ({"holidays": {"2031-01-01": "元旦"}}, "calendar_day_invalid"),
        ({"make_up": {"2030-01-02": "元旦"}}, "calendar_day_invalid"),
        ({"holidays": {"someday": "元旦"}}, "not_a_date"),
        ({"version": 7}, "stale_version"),
    ],
)
async def test_impossible_calendars_are_refused(yunqi: Company, body: dict[str, object], key: str) -> None:
    admin = await yunqi.signed_in("tenant_admin")
    answer = await admin.put(f"{PATH}/2030", body)
    assert (answer.status_code, answer.json()["type"]) == (409 if key == "stale_version" else 422, key)
    assert (await admin.get(f"{PATH}/2030")).json()["version"] == 0


async def test_only_who_keeps_it_may_change_it(yunqi: Company) -> None:
    desk = await yunqi.signed_in("front_desk_agent")
    answer = await desk.put(f"{PATH}/2030", {"holidays": {}})
    assert (answer.status_code, answer.json()["type"]) == (403, "permission_missing")


@pytest.mark.spec("SLA-53")
async def test_provisional_clocks_are_reckoned_anew_when_the_year_is_published(yunqi: Company) -> None:
    case, settled = (Case(yunqi, clocks("SLA-53", "register", "feed_back")) for _ in range(2))
    await case.happens("register", at("2028-12-28 10:00"))
    await settled.happens("register", at("2026-11-23 10:00"))
    waiting = await case.only("SLA-53")
    assert (waiting.provisional, waiting.due_at) == (True, at("2029-01-05 18:00"))
    assert (await settled.only("SLA-53")).provisional is False
    admin = await yunqi.signed_in("tenant_admin")
    for year, days in (
        (2028, {}),
        (2029, {"2029-01-01": "元旦", "2029-01-02": "元旦", "2029-01-03": "元旦"}),
    ):
        answer = await admin.put(f"{PATH}/{year}", {"holidays": days})
        assert answer.status_code == 200, answer.text
    counted = await case.only("SLA-53")
    assert (counted.provisional, counted.due_at) == (False, at("2029-01-09 18:00"))
    assert await case.standing() == (at("2029-01-09 18:00"), False, 1)
    assert counted.warn_at is not None
    assert waiting.warn_at is not None
    assert counted.warn_at > waiting.warn_at
    assert (await settled.only("SLA-53")).due_at == at("2026-11-30 18:00")
    assert await told(yunqi) == []


async def test_a_draft_leaves_them_provisional(yunqi: Company) -> None:
    case = Case(yunqi, clocks("SLA-53", "register", "feed_back"))
    await case.happens("register", at("2028-12-20 10:00"))
    admin = await yunqi.signed_in("tenant_admin")
    await admin.put(f"{PATH}/2028", {"published": False, "holidays": {"2028-12-25": "停"}})
    clock = await case.only("SLA-53")
    assert (clock.provisional, clock.due_at) == (True, at("2028-12-28 18:00"))


async def test_a_calendar_that_was_rolled_back_is_forgotten(yunqi: Company) -> None:
    """The same number may come again with other days; what a process keeps is bound to the row."""
    admin = await yunqi.signed_in("tenant_admin")
    with pytest.raises(ZeroDivisionError):
        await _publish_and_fail(yunqi)
    await admin.put(f"{PATH}/2030", {"holidays": {"2030-01-02": "停"}})
    async with yunqi.inside():
        known = await queries.calendars_of(await queries.edition())
    assert list(known[2030].holidays) == [date(2030, 1, 2)]


async def _publish_and_fail(company: Company) -> None:
    async with acting(company, "sla.calendar.edit"):
        await publish_calendar(2030, {date(2030, 5, 1): "劳动节"}, {})
        await queries.calendars_of(await queries.edition())
        raise ZeroDivisionError
