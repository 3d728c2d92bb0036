"""The summary of each refused form names the fields as their labels do; `refusals` compares the two."""

from typing import Any

import pytest

from tests.admin_ui import jobs
from tests.admin_ui.pages import refusals, send
from tests.core.tickets.moves import Crew
from tests.factories import Browser, Company

pytestmark = pytest.mark.anyio


async def refused(who: Browser, path: str, **form: Any) -> list[str]:
    answer = await send(who, path, **form)
    assert answer.status_code == 422, answer.text
    said = refusals(answer.text)
    assert said
    return said


async def test_every_form_of_a_job(yunqi: Company) -> None:
    engineer = await yunqi.signed_in("engineer")
    number = await jobs.assigned(yunqi, paid=True)
    assert await refused(engineer, f"/m/jobs/{number}/start") == ["请填写此项"]
    await jobs.take(engineer, number, "start", consent="resident")
    assert await refused(engineer, f"/m/jobs/{number}/notes") == ["请填写此项"]
    assert await refused(engineer, f"/m/jobs/{number}/quote") == ["请填写此项", "请填写此项"]
    await jobs.take(engineer, number, "quote", item="换角阀", amount="30")
    assert await refused(engineer, f"/m/jobs/{number}/accept_price") == ["请填写此项", "请填写此项"]
    await jobs.take(engineer, number, "accept_price", accepted_by="陈志远", how="on_site")
    rows = {"material.0.name": "角阀", "material.0.quantity": "许多", "material.0.amount": "贵"}
    typed = await refused(engineer, f"/m/jobs/{number}/complete", **jobs.done(work="", amount="x", **rows))
    assert typed.count("请填写数字") == 3
    for form in ({"signature": ""}, {"signature_exemption": "public_area", "signature": ""}):
        await refused(engineer, f"/m/jobs/{number}/complete", **jobs.done(**form))
    await refused(engineer, f"/m/jobs/{number}/complete", **jobs.done(satisfied="false"))
    for whom in ("customer", "third_party"):
        await refused(engineer, f"/m/jobs/{number}/wait", whom=whom)


async def test_a_photo_that_is_none(yunqi: Company) -> None:
    number = await jobs.begun(yunqi)
    engineer = await yunqi.signed_in("engineer")
    answer = await engineer.post(
        f"/m/jobs/{number}/notes",
        data={"note": "看"},
        files={"photos": ("a.jpg", b"no picture", "image/jpeg")},
        headers=jobs.HTMX,
    )
    assert answer.status_code == 422
    assert len(refusals(answer.text)) == 1


async def test_every_arrow_of_a_ticket(yunqi: Company) -> None:
    crew = await Crew(yunqi).gather()
    fresh = await crew.registered()
    given = await crew.accepted(duplicate="new")
    for who, ticket, arrow in (
        (crew.dispatcher, given, "assign"),
        (crew.supervisor, given, "reassign"),
        (crew.supervisor, given, "escalate"),
        (crew.desk, fresh, "cancel"),
        (crew.supervisor, fresh, "merge"),
    ):
        version = (await who.get(f"/api/v1/tickets/{ticket['id']}")).json()["version"]
        await refused(who, f"/tickets/{ticket['number']}/moves/{arrow}", version=version)


async def test_ones_own_account_and_the_companys_settings(yunqi: Company) -> None:
    admin = await yunqi.signed_in("tenant_admin")
    assert await refused(admin, "/me/password") == ["请填写此项"] * 3
    await refused(admin, "/admin/brand", color="#ffff00")
    assert await refused(admin, "/admin/import") == ["请填写此项"]
    stranger = yunqi.client()
    await stranger.get("/login")
    page = await stranger.sign_in("", "")
    assert refusals(page.text) == ["请填写此项", "请填写此项"]
