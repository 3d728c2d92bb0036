"""Host names: unknown, foreign, suspended, upper-case, forwarded by somebody nobody trusts."""

from typing import Any

import httpx
import pytest

from auth import provisioning
from auth.errors import SlugInvalid, SlugTaken
from core.kit.database import unit_of_work
from tests.factories import PASSWORD, Company

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    "host", ["ghost.localhost:8000", "localhost:8000", "evil.example", "a.b.localhost", ""]
)
async def test_unknown_hosts(http: httpx.AsyncClient, host: str) -> None:
    answer = await http.get("http://x.localhost:8000/login", headers={"Host": host})
    assert answer.status_code == 404
    assert answer.headers["content-security-policy"]


async def test_a_forwarded_host_counts_only_from_a_proxy_we_know(
    http: httpx.AsyncClient, yunqi: Company
) -> None:
    headers = {"Host": "ghost.localhost:8000", "X-Forwarded-Host": f"{yunqi.tenant.slug}.localhost:8000"}
    assert (await http.get("http://ghost.localhost:8000/login", headers=headers)).status_code == 404


async def test_case_and_port_do_not_matter(http: httpx.AsyncClient, yunqi: Company) -> None:
    host = f"{yunqi.tenant.slug.upper()}.LOCALHOST"
    assert (await http.get("http://x.localhost/login", headers={"Host": host})).status_code == 200


async def test_suspended_with_words(yunqi: Company) -> None:
    admin = await yunqi.signed_in("tenant_admin")
    await provisioning.suspend(yunqi.tenant.slug, "费用逾期，请联系平台")
    page = await admin.get("/login")
    assert (page.status_code, "费用逾期，请联系平台" in page.text) == (403, True)
    answer = await admin.get("/api/v1/me")
    assert (answer.status_code, answer.json()["type"]) == (403, "tenant_suspended")
    await provisioning.resume(yunqi.tenant.slug)
    assert (await admin.get("/api/v1/me")).status_code == 200


async def test_unknown_paths_look_alike_everywhere(yunqi: Company) -> None:
    admin = await yunqi.signed_in("tenant_admin")
    answer = await admin.get("/api/v1/nothing/here")
    assert (answer.status_code, answer.json()["type"]) == (404, "not_found")
    assert (await admin.get("/nothing/here")).status_code == 404


@pytest.mark.parametrize("slug", ["a", "A-b", "1abc", "www", "api", "bad_slug", "x" * 40, "ends-"])
async def test_slugs_that_cannot_be(app: Any, slug: str) -> None:
    with pytest.raises(SlugInvalid):
        await provisioning.create_company(slug=slug, name="x", admin_password=PASSWORD)


async def test_a_slug_is_taken_once_and_leaves_nothing(app: Any, yunqi: Company) -> None:
    async with unit_of_work(None, "sys") as unit:
        before = await unit.connection.fetchval("select count(*) from core.staff_person")
    with pytest.raises(SlugTaken):
        await provisioning.create_company(slug=yunqi.tenant.slug, name="x", admin_password=PASSWORD)
    async with unit_of_work(None, "sys") as unit:
        assert await unit.connection.fetchval("select count(*) from core.staff_person") == before


async def test_a_made_up_company_cannot_be_named_in_a_body(yunqi: Company, cuihu: Company) -> None:
    desk = await yunqi.signed_in("front_desk_agent")
    body = {
        "tenant_id": str(cuihu.tenant.id),
        "kind": "enquiry",
        "project_id": str(yunqi.project),
        "content": "问停车费",
    }
    ticket = (await desk.post("/api/v1/tickets", body)).json()
    stranger = await cuihu.signed_in("front_desk_agent")
    assert (await stranger.get(f"/api/v1/tickets/{ticket['id']}")).status_code == 404


async def test_the_health_of_a_process_needs_no_company(http: httpx.AsyncClient, app: Any) -> None:
    assert (await http.get("http://127.0.0.1:8000/health/live")).json() == {"status": "live"}
    assert (await http.get("http://127.0.0.1:8000/health/ready")).status_code == 200
