"""A repair on its way to the engineer, for tests of the phone pages."""

from io import BytesIO
from random import Random
from typing import Any

from PIL import Image

from tests.factories import Browser, Company, new_repair

HTMX = {"HX-Request": "true"}
SIGNED = '{"w":300,"h":148,"strokes":[[[20,40,0],[60,90,40],[120,50,80]]]}'


async def take(browser: Browser, number: str, name: str, **form: Any) -> None:
    path = f"/api/v1/tickets/{number}"
    seen = {"If-Match": (await browser.get(path)).headers["etag"]}
    answer = await browser.post(f"{path}/transitions/{name}", {"form": form}, headers=seen)
    assert answer.status_code == 200, (name, answer.text)


async def accepted(company: Company, **more: Any) -> str:
    """A repair that engineering has accepted and given to nobody; its number."""
    desk = await company.signed_in("front_desk_agent")
    dispatcher = await company.signed_in("engineering_dispatcher")
    answer = await desk.post("/api/v1/tickets", {**new_repair(company), **more})
    assert answer.status_code == 201, answer.text
    number: str = answer.json()["number"]
    await take(desk, number, "dispatch")
    await take(dispatcher, number, "accept")
    return number


async def assigned(company: Company, username: str = "engineer", **more: Any) -> str:
    """A repair given to an engineer; its number."""
    if username not in company.people:
        await company.person("engineer", username=username)
    number = await accepted(company, **more)
    dispatcher = await company.signed_in("engineering_dispatcher")
    await take(dispatcher, number, "assign", engineer=str(company.people[username]), size="minor")
    return number


async def begun(company: Company, **more: Any) -> str:
    """A repair whose engineer is on site."""
    number = await assigned(company, **more)
    engineer = await company.signed_in("engineer")
    place = "resident" if more.get("household_id", True) else "public_area"
    await take(engineer, number, "start", consent=place)
    return number


def photo(seed: int = 1, size: tuple[int, int] = (64, 48)) -> bytes:
    """A picture of its own; the seed makes it another one."""
    picture = Image.frombytes("RGB", size, Random(seed).randbytes(size[0] * size[1] * 3))
    out = BytesIO()
    picture.save(out, "JPEG", quality=90)
    return out.getvalue()


AGREED = {"paid": True, "price_item": "更换角阀", "price": "58", "price_accepted": True}
"""A charge that was agreed to when the repair was registered."""


def done(**more: Any) -> dict[str, Any]:
    """What an engineer sends at the end of a job that is charged for."""
    return {
        "work": "更换角阀 1 只，通水十分钟无渗漏",
        "material.0.name": "DN15 铜角阀",
        "material.0.quantity": "1",
        "material.0.amount": "28.00",
        "material.1.name": "",
        "material.1.quantity": "",
        "material.1.amount": "",
        "amount": "30",
        "checklist": ["badge", "knock", "shoe_covers", "no_gifts"],
        "satisfied": "true",
        "signed_by": "陈志远",
        "signature": SIGNED,
        "signature_exemption": "",
        **more,
    }
