"""What stands behind the question mark is refused like any field: 422, its name, the caller's language."""

import pytest

from tests.factories import Browser, Company

pytestmark = pytest.mark.anyio


@pytest.fixture
async def admin(yunqi: Company) -> Browser:
    return await yunqi.signed_in("tenant_admin")


@pytest.mark.parametrize(
    ("path", "field", "key"),
    [
        ("/api/v1/tickets?project=abc", "project", "not_a_choice"),
        ("/api/v1/tickets?assignee=1", "assignee", "not_a_choice"),
        ("/api/v1/tickets?overdue=perhaps", "overdue", "not_a_choice"),
        ("/api/v1/tickets?limit=many", "limit", "not_a_number"),
        ("/api/v1/tickets?limit=1.5", "limit", "not_a_number"),
        ("/api/v1/tickets?cursor=%00", "cursor", "not_a_choice"),
        ("/api/v1/property_desk/goods_slips?on=yesterday", "on", "not_a_date"),
        ("/api/v1/staff?project=abc", "project", "not_a_choice"),
    ],
)
async def test_refused_at_its_name(admin: Browser, path: str, field: str, key: str) -> None:
    answer = await admin.get(path)
    problem = answer.json()
    assert (answer.status_code, problem["type"]) == (422, key), problem
    assert [(e["field"], e["key"]) for e in problem["errors"]] == [(field, key)]
    assert problem["errors"][0]["message"] == problem["detail"]
    assert not problem["detail"].isascii()


async def test_all_of_them_at_once(admin: Browser) -> None:
    problem = (await admin.get("/api/v1/tickets?project=abc&limit=many")).json()
    assert {(e["field"], e["key"]) for e in problem["errors"]} == {
        ("project", "not_a_choice"),
        ("limit", "not_a_number"),
    }


async def test_in_the_callers_language(cuihu: Company) -> None:
    admin = await cuihu.signed_in("tenant_admin")
    assert (await admin.get("/api/v1/tickets?limit=many")).json()["detail"] == "請填寫數字"


@pytest.mark.parametrize("path", ["/tickets?project=abc", "/dash?from=never"])
async def test_a_page_says_so_too(admin: Browser, path: str) -> None:
    answer = await admin.get(path)
    assert (answer.status_code, "Expected" in answer.text) in {(422, False), (200, False)}
