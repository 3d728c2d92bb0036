"""Goods slips for tests, opened and moved over HTTP as the people whose turn it is."""

from typing import Any

from core.kit import clock
from tests.factories import Browser, Company

BASE = "/api/v1/property_desk/goods_slips"
ID_NUMBER = "11010519491231002X"
DESK, DUTY, DIRECTOR, GUARD = "front_desk_agent", "duty_supervisor", "office_director", "security_guard"
DRAWN = '{"w":300,"h":100,"strokes":[[[10,50,0],[60,20,30],[120,80,60]],[[140,30,0],[200,70,40]]]}'
ITEMS = [{"name": "旧三人沙发", "n": 1, "measure": "张"}, {"name": "木门扇", "n": 2, "measure": "扇"}]
WAY = {
    "sign_applicant": (DESK, {"signature": DRAWN}),
    "sign_duty": (DUTY, {}),
    "stamp": (DIRECTOR, {}),
    "issue": (DESK, {}),
    "release": (GUARD, {"checked": [0, 1]}),
    "file": (DESK, {}),
}
ISSUED = ("sign_applicant", "sign_duty", "stamp", "issue")


def new_slip(company: Company, **more: Any) -> dict[str, Any]:
    """The body of an owner's slip for today that nothing refuses."""
    return {
        "project_id": str(company.project),
        "unit_id": str(company.units["3-2-1801"]),
        "applicant": "owner",
        "mover_name": "吴建平",
        "mover_id": ID_NUMBER,
        "items": ITEMS,
        "valid_on": str(clock.today()),
        **more,
    }


async def opened(company: Company, **more: Any) -> dict[str, Any]:
    desk = await company.signed_in(DESK)
    answer = await desk.post(BASE, new_slip(company, **more))
    assert answer.status_code == 201, answer.text
    slip: dict[str, Any] = answer.json()
    return slip


async def take(browser: Browser, slip: dict[str, Any], name: str, **form: Any) -> Any:
    """Take an arrow of the slip as it stands now; who may not see it sends what they last saw."""
    seen = (await browser.get(f"{BASE}/{slip['number']}")).headers.get("etag", f'"{slip["version"]}"')
    path = f"{BASE}/{slip['number']}/transitions/{name}"
    return await browser.post(path, {"form": form}, headers={"If-Match": seen})


async def taken(company: Company, slip: dict[str, Any], *arrows: str) -> dict[str, Any]:
    """The slip after these arrows, each taken by whose it is."""
    for arrow in arrows:
        role, form = WAY[arrow]
        answer = await take(await company.signed_in(role), slip, arrow, **form)
        assert answer.status_code == 200, answer.text
        slip = answer.json()
    return slip


def refusal(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"]


def fields(answer: Any) -> set[tuple[str, str]]:
    return {(error["field"], error["key"]) for error in answer.json()["errors"]}
