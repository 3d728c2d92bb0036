"""Household lists over HTTP: exact counts, dry runs, repeating, changed rows, what is refused."""

import asyncio
from contextvars import Context
from typing import Any
from uuid import UUID

import pytest

from core.households import actions
from core.households.actions import imports
from core.households.jobs import import_list
from core.households.schemas import NewPerson, UpdatePerson
from core.kit import sql, tasks
from tests.core.households.lists import HANS, HANT, KEEPER, row, sample, send, workbook
from tests.factories import Browser, Company
from tests.working_off import work_off

pytestmark = pytest.mark.anyio

STORED = """
select u.short, h.owner_name, h.note, h.version, u.area_milli, p.relation, p.name,
  (select array_agg(n.masked order by n.id) from core.households_phone n
   where n.tenant_id = $1 and n.person_id = p.id) as phones
from core.households_household h
join core.households_unit u on u.tenant_id = h.tenant_id and u.id = h.unit_id
join core.households_person p on p.tenant_id = h.tenant_id and p.household_id = h.id
where h.tenant_id = $1 and u.project_id = $2 order by u.sort_key, p.relation <> 'owner', p.id
"""
TABLES = ("unit", "household", "person", "phone")


@pytest.fixture
async def admin(yunqi: Company) -> Browser:
    return await yunqi.signed_in("tenant_admin")


@pytest.fixture
async def second(yunqi: Company) -> UUID:
    async with yunqi.inside():
        return await actions.create_project(name="二期", code="ER")


async def stored(company: Company, project: UUID) -> list[Any]:
    async with company.inside():
        return await sql.records(STORED, project)


async def rows_in(company: Company) -> dict[str, int]:
    async with company.inside():
        return {
            name: await sql.value(f"select count(*) from core.households_{name} where tenant_id = $1")
            for name in TABLES
        }


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        (HANS, {"rows": 1048, "households": 1021, "refused": 20, "repeated": 7}),
        (HANT, {"rows": 517, "households": 501, "refused": 15, "repeated": 1}),
    ],
)
async def test_sample_lists_count_exactly(
    yunqi: Company, admin: Browser, second: UUID, name: str, counts: dict[str, int]
) -> None:
    places = {"projects": {"二期": str(second), "一期": str(yunqi.project)}} if name == HANT else {}
    dry = await send(admin, sample(name), dry_run=True, **places)
    assert dry.status_code == 200
    assert dry.json()["counts"] == counts
    assert dry.json()["state"] == "done"
    assert len(dry.json()["refused"]) == counts["refused"]
    before = await rows_in(yunqi)
    real = await send(admin, sample(name), **places)
    assert real.status_code == 201
    assert real.json()["counts"] == counts
    assert real.json()["changes"] == dry.json()["changes"]
    assert real.json()["refused"] == dry.json()["refused"]
    after = await rows_in(yunqi)
    assert after["household"] - before["household"] == real.json()["changes"]["created"]
    assert real.json()["changes"]["created"] + real.json()["changes"]["updated"] == counts["households"]
    asked = await admin.get(f"/api/v1/imports/{real.json()['id']}")
    assert asked.json() == real.json()


async def test_dry_run_writes_nothing(yunqi: Company, admin: Browser) -> None:
    before = await rows_in(yunqi)
    answer = await send(admin, sample(HANS), dry_run=True)
    assert answer.json()["changes"]["created"] > 1000
    assert await rows_in(yunqi) == before


async def test_refused_rows_say_where_and_why(admin: Browser) -> None:
    data = workbook(
        一期=[row("1-1-101", "王小明", "12"), row("1-1-102", ""), row("1-1-103", "李国", area=-5)]
    )
    refused = (await send(admin, data, dry_run=True)).json()["refused"]
    assert [(r["sheet"], r["row"], r["column"], r["key"]) for r in refused] == [
        ("一期", 2, "联系电话", "phone_invalid"),
        ("一期", 3, "业主姓名", "owner_missing"),
        ("一期", 4, "建筑面积", "area_not_positive"),
    ]
    assert "“12”" in refused[0]["message"]


async def test_refusals_come_in_the_readers_language(cuihu: Company) -> None:
    browser = await cuihu.signed_in("tenant_admin")
    refused = (await send(browser, workbook(一期=[row("1-1-102", "")]))).json()["refused"]
    assert refused[0]["key"] == "owner_missing"
    assert refused[0]["message"]


async def test_same_list_again_changes_nothing(yunqi: Company, admin: Browser) -> None:
    first = await send(admin, sample(HANS))
    before, households = await rows_in(yunqi), await stored(yunqi, yunqi.project)
    again = await send(admin, sample(HANS))
    assert again.json()["counts"] == first.json()["counts"]
    assert again.json()["changes"] == {"created": 0, "updated": 0, "unchanged": 1021}
    assert await rows_in(yunqi) == before
    assert await stored(yunqi, yunqi.project) == households


async def test_changed_row_updates_its_household(yunqi: Company, admin: Browser, second: UUID) -> None:
    lines = [
        row("1-1-101", "王小明", "13900000101", note="一楼有花园"),
        row("1-1-102", "李国", "13900000102"),
        row("1-1-103", "单然", "13900000103/13900000104", "租户"),
    ]
    await send(admin, workbook(一期=lines), project_id=str(second))
    lines[0] = row("1-1-101", "王晓明", "13900000105", area=90)
    lines[2] = row("1-1-103", "单然", "13900000104", "家属")
    answer = await send(admin, workbook(一期=lines), project_id=str(second))
    assert answer.json()["changes"] == {"created": 0, "updated": 2, "unchanged": 1}
    found = [tuple(r.values()) for r in await stored(yunqi, second)]
    assert found == [
        ("1-1-101", "王晓明", "一楼有花园", 2, 90_000, "owner", "王晓明", ["139****0105"]),
        ("1-1-102", "李国", "", 1, 88_500, "owner", "李国", ["139****0102"]),
        ("1-1-103", "单然", "", 2, 88_500, "owner", "单然", None),
        ("1-1-103", "单然", "", 2, 88_500, "relative", "", ["139****0104"]),
    ]


async def test_what_the_desk_corrected_survives_the_same_list(
    yunqi: Company, admin: Browser, second: UUID
) -> None:
    data = workbook(一期=[row("1-1-101", "王小明", "13900000101")])
    await send(admin, data, project_id=str(second))
    household = (await admin.get("/api/v1/households?q=王小明")).json()["items"][0]
    async with yunqi.inside(KEEPER):
        await actions.update_person(
            UUID(household["persons"][0]["id"]),
            UpdatePerson(version=1, name="王小茗", phones=["13900000999"]),
        )
    again = await send(admin, data, project_id=str(second))
    assert again.json()["changes"]["unchanged"] == 1
    assert [(r["owner_name"], r["phones"]) for r in await stored(yunqi, second)] == [
        ("王小茗", ["139****0999"])
    ]


async def test_phone_the_desk_added_survives_a_changed_row(
    yunqi: Company, admin: Browser, second: UUID
) -> None:
    await send(admin, workbook(一期=[row("1-1-101", "王小明", "13900000101")]), project_id=str(second))
    household = (await admin.get("/api/v1/households?q=王小明")).json()["items"][0]
    async with yunqi.inside(KEEPER):
        await actions.add_person(
            UUID(household["id"]),
            NewPerson(version=1, relation="relative", name="王大明", phones=["13900000998"]),
        )
    await send(admin, workbook(一期=[row("1-1-101", "王小明", "13900000102")]), project_id=str(second))
    assert [(r["name"], r["phones"]) for r in await stored(yunqi, second)] == [
        ("王小明", ["139****0102"]),
        ("王大明", ["139****0998"]),
    ]


async def test_sheets_go_to_their_projects(yunqi: Company, admin: Browser, second: UUID) -> None:
    data = workbook(一期=[row("1-1-101", "王小明")], 二期=[row("1-1-101", "李国")])
    apart = await send(admin, data, projects={"二期": str(second)})
    assert apart.json()["counts"] == {"rows": 2, "households": 2, "refused": 0, "repeated": 0}
    assert [r["owner_name"] for r in await stored(yunqi, second)] == ["李国"]
    together = await send(admin, data, dry_run=True)
    assert [r["key"] for r in together.json()["refused"]] == ["room_listed_twice"]


async def test_unknown_sheet_and_foreign_project_are_refused(
    yunqi: Company, cuihu: Company, admin: Browser
) -> None:
    data = workbook(一期=[row("1-1-101", "王小明")])
    sheet = await send(admin, data, projects={"三期": str(yunqi.project)})
    assert (sheet.status_code, sheet.json()["type"]) == (422, "sheet_unknown")
    for fields in ({"projects": {"一期": str(cuihu.project)}}, {"project_id": str(cuihu.project)}):
        assert (await send(admin, data, **fields)).status_code == 404
    nonsense = await send(admin, data, projects="[1]")
    assert (nonsense.status_code, nonsense.json()["errors"][0]["field"]) == (422, "projects")


async def test_company_without_project_is_told_so(yunqi: Company, admin: Browser) -> None:
    async with yunqi.inside():
        for name in ("phone", "person", "household", "unit", "project"):
            await sql.execute(f"delete from core.households_{name} where tenant_id = $1")
    answer = await send(admin, sample(HANS), dry_run=True)
    assert (answer.status_code, answer.json()["type"]) == (422, "project_required")


async def test_only_who_may_import_imports(yunqi: Company, cuihu: Company, admin: Browser) -> None:
    clerk = await yunqi.signed_in("front_desk_agent")
    assert (await send(clerk, sample(HANS))).status_code == 403
    assert (await send(yunqi.client(), sample(HANS))).status_code in {401, 403}
    made = (await send(admin, sample(HANS), dry_run=True)).json()
    stranger = await cuihu.signed_in("tenant_admin")
    assert (await stranger.get(f"/api/v1/imports/{made['id']}")).status_code == 404
    assert (await clerk.get(f"/api/v1/imports/{made['id']}")).status_code == 403


async def test_right_in_one_project_does_not_reach_another(yunqi: Company, second: UUID) -> None:
    await yunqi.person("tenant_admin", project=second, username="second_admin")
    browser = await yunqi.signed_in("second_admin")
    data = workbook(一期=[row("1-1-101", "王小明")])
    assert (await send(browser, data, project_id=str(yunqi.project))).status_code == 403
    assert (await send(browser, data, project_id=str(second))).status_code == 201


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"PK\x03\x04 not a workbook at all", "Excel"),
        (b"name,phone\n1,2\n", "Excel"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + "EncryptedPackage".encode("utf-16-le"), "密码"),
    ],
)
async def test_fakes_and_encrypted_files_are_refused(admin: Browser, data: bytes, words: str) -> None:
    answer = await send(admin, data)
    assert (answer.status_code, answer.json()["type"]) == (422, "unsupported_file")
    assert words in answer.json()["detail"]


async def test_too_many_rows_are_refused_at_once(admin: Browser) -> None:
    lines = [("1", "1", str(n), 80, "王", "", "", "", "") for n in range(100_001)]
    answer = await send(admin, workbook(一期=lines))
    assert (answer.status_code, answer.json()["type"]) == (422, "too_many_rows")


async def test_no_file_and_missing_columns_are_refused(admin: Browser) -> None:
    nothing = await admin.post("/api/v1/imports/households", json={})
    assert (nothing.status_code, nothing.json()["errors"][0]["field"]) == (422, "file")
    headless = await send(admin, workbook(("房号", "业主姓名"), 一期=[("101", "王小明")]))
    assert (headless.status_code, headless.json()["type"]) == (422, "header_missing")


async def test_long_list_waits_for_a_worker(
    yunqi: Company, admin: Browser, second: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "AT_ONCE", 2)
    data = workbook(一期=[row(f"1-1-{n}", "王小明") for n in range(101, 106)])
    started = await send(admin, data, project_id=str(second))
    assert (started.status_code, started.json()["state"]) == (202, "waiting")
    assert started.json()["total"] == 5
    identity = UUID(started.json()["id"])
    assert await stored(yunqi, second) == []
    await work(yunqi, identity)
    done = (await admin.get(f"/api/v1/imports/{identity}")).json()
    assert (done["state"], done["progress"], done["changes"]["created"]) == ("done", 5, 5)
    await work(yunqi, identity)
    assert len(await stored(yunqi, second)) == 5
    task = await task_of(yunqi, identity)
    assert (task["state"], task["progress"]) == ("done", 5)


async def test_long_list_goes_through_the_outbox_as_who_sent_it(
    yunqi: Company, admin: Browser, second: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "AT_ONCE", 2)
    data = workbook(一期=[row(f"1-1-{n}", "王小明") for n in range(101, 106)])
    started = (await send(admin, data, project_id=str(second))).json()
    await work_off(yunqi)
    done = (await admin.get(f"/api/v1/imports/{started['id']}")).json()
    assert (done["state"], done["changes"]["created"]) == ("done", 5)
    async with yunqi.inside():
        line = "select actor_id from core.kit_audit where tenant_id = $1 and action = 'household.imported'"
        assert await sql.value(line) == yunqi.people["tenant_admin"]


async def test_progress_is_seen_while_the_worker_writes(
    yunqi: Company, admin: Browser, second: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "AT_ONCE", 2)
    data = workbook(一期=[row(f"1-1-{n}", "王小明") for n in range(101, 106)])
    identity = UUID((await send(admin, data, project_id=str(second))).json()["id"])
    seen: list[dict[str, Any]] = []
    progress = tasks.progress

    async def watched(task: UUID, done: int, total: int | None = None) -> None:
        await progress(task, done, total)
        asked = asyncio.create_task(admin.get(f"/api/v1/imports/{identity}"), context=Context())
        seen.append((await asked).json())

    monkeypatch.setattr(tasks, "progress", watched)
    await work(yunqi, identity)
    assert [(s["state"], s["progress"]) for s in seen] == [("running", 5)]


async def test_crash_in_the_middle_leaves_nothing_and_may_be_repeated(
    yunqi: Company, admin: Browser, second: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "AT_ONCE", 2)
    monkeypatch.setattr(imports.writing, "BATCH", 2)
    data = workbook(一期=[row(f"1-1-{n}", "王小明", "13900000101") for n in range(101, 106)])
    identity = UUID((await send(admin, data, project_id=str(second))).json()["id"])
    written = 0

    async def crash(_task: UUID, done: int, _total: int | None = None) -> None:
        nonlocal written
        written = done
        if done >= 4:
            raise RuntimeError("power cut")

    with monkeypatch.context() as broken:
        broken.setattr(tasks, "progress", crash)
        with pytest.raises(RuntimeError):
            await work(yunqi, identity)
    assert written == 4
    assert await stored(yunqi, second) == []
    assert (await admin.get(f"/api/v1/imports/{identity}")).json()["state"] == "failed"
    await work(yunqi, identity)
    assert (await admin.get(f"/api/v1/imports/{identity}")).json()["state"] == "done"
    assert len(await stored(yunqi, second)) == 5


async def test_list_that_vanished_fails_the_import_once_for_all(
    yunqi: Company, admin: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "AT_ONCE", 0)
    started = (await send(admin, workbook(一期=[row("1-1-101", "王小明")]))).json()
    monkeypatch.setattr(imports.storage, "read", _gone)
    await work(yunqi, UUID(started["id"]))
    failed = (await admin.get(f"/api/v1/imports/{started['id']}")).json()
    assert (failed["state"], failed["error"]["key"]) == ("failed", "not_found")
    assert (await task_of(yunqi, UUID(started["id"])))["state"] == "failed"


def _gone(_company: UUID, sha256: str) -> bytes:
    raise FileNotFoundError(sha256)


async def test_dry_run_can_be_confirmed(yunqi: Company, admin: Browser, second: UUID) -> None:
    data = workbook(一期=[row("1-1-101", "王小明")])
    dry = (await send(admin, data, dry_run=True, project_id=str(second))).json()
    real = await admin.post(f"/api/v1/imports/{dry['id']}/confirm")
    assert (real.status_code, real.json()["changes"]["created"]) == (201, 1)
    assert [r["owner_name"] for r in await stored(yunqi, second)] == ["王小明"]
    assert (await admin.post(f"/api/v1/imports/{real.json()['id']}/confirm")).status_code == 404


async def test_list_is_kept_no_longer_than_needed(yunqi: Company, admin: Browser) -> None:
    await send(admin, workbook(一期=[row("1-1-101", "王小明")]))
    async with yunqi.inside():
        assert await sql.value("select count(*) from core.files_file where tenant_id = $1") == 0


async def test_imports_are_audited_and_announced(yunqi: Company, admin: Browser) -> None:
    made = (await send(admin, workbook(一期=[row("1-1-101", "王小明")]))).json()
    async with yunqi.inside():
        lines = await sql.records(
            "select action, detail from core.kit_audit where tenant_id = $1 and subject_id = $2 order by id",
            UUID(made["id"]),
        )
        told = await sql.value(
            "select payload from core.kit_outbox where tenant_id = $1 and name = 'households.imported'"
        )
    assert [line["action"] for line in lines] == ["household.import_started", "household.imported"]
    assert lines[1]["detail"]["created"] == 1
    assert told == {"import_id": made["id"]}


async def test_newest_imports_are_listed(admin: Browser) -> None:
    for owner in ("王小明", "李国", "单然"):
        await send(admin, workbook(一期=[row("1-1-101", owner)]), dry_run=True)
    first = (await admin.get("/api/v1/imports?limit=2")).json()
    assert len(first["items"]) == 2
    rest = (await admin.get(f"/api/v1/imports?limit=2&cursor={first['next']}")).json()
    assert len(rest["items"]) == 1
    assert rest["next"] is None


async def work(company: Company, identity: UUID) -> None:
    """What a worker does with the job."""
    async with company.inside(KEEPER):
        await import_list(identity)


async def task_of(company: Company, identity: UUID) -> Any:
    async with company.inside():
        rows = await sql.records(
            "select t.* from core.kit_task t join core.households_import i"
            " on i.tenant_id = t.tenant_id and i.task_id = t.id where t.tenant_id = $1 and i.id = $2",
            identity,
        )
    return rows[0]
