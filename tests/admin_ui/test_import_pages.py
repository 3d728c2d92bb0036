"""`/admin/import` over HTTP: upload, a project for each sheet, dry run, refused rows, import, 50,000 rows."""

import csv
import re
from io import StringIO
from typing import Any
from uuid import UUID

import pytest

from core.files.sniffing import XLSX
from core.households.jobs import import_list
from core.kit import sql
from tests.admin_ui.jobs import HTMX
from tests.core.households.lists import row, workbook
from tests.factories import Browser, Company

pytestmark = pytest.mark.anyio
HERE = "/admin/import"
GOOD = [row("1-1-101", "王小明", "13900000101"), row("1-1-102", "李国", "13900000102")]
BAD = [row("1-1-103", "", "13900000103"), row("1-1-104", "单然", "12")]


@pytest.fixture
async def admin(yunqi: Company) -> Browser:
    return await yunqi.signed_in("tenant_admin")


async def upload(browser: Browser, data: bytes, name: str = "清单.xlsx", **more: Any) -> Any:
    return await browser.post(HERE, files={"file": (name, data, XLSX)}, **more)


async def sheets_of(browser: Browser, data: bytes) -> str:
    """The address where projects are chosen for the sheets of this list."""
    answer = await upload(browser, data)
    assert answer.status_code == 303, answer.text
    place: str = answer.headers["location"]
    return place


async def checked(browser: Browser, data: bytes, **places: str) -> str:
    """The address of a dry run."""
    answer = await browser.post(await sheets_of(browser, data), data=places)
    assert answer.status_code == 303, answer.text
    place: str = answer.headers["location"]
    return place


async def count(company: Company, table: str) -> int:
    async with company.inside():
        number: int = await sql.value(f"select count(*) from core.households_{table} where tenant_id = $1")
    return number


async def test_strangers_and_those_without_the_right(yunqi: Company) -> None:
    answer = await yunqi.client().get(HERE)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/login?next={HERE}")
    desk = await yunqi.signed_in("front_desk_agent")
    assert (await desk.get(HERE)).status_code == 403
    assert (await upload(desk, workbook(一期=GOOD))).status_code == 403


async def test_another_companys_list_is_not_there(yunqi: Company, cuihu: Company, admin: Browser) -> None:
    theirs = await cuihu.signed_in("tenant_admin")
    file = await sheets_of(theirs, workbook(一期=GOOD))
    done = await checked(theirs, workbook(一期=GOOD), **{"place.0": str(cuihu.project)})
    for path in (file, done, f"{done}/refused"):
        assert (await admin.get(path)).status_code == 404
    assert (await admin.post(f"{done}/confirm", data={})).status_code == 404
    own = await sheets_of(admin, workbook(一期=GOOD))
    foreign = await admin.post(own, data={"place.0": str(cuihu.project)})
    assert foreign.status_code == 404
    assert await count(yunqi, "import") == 0


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "请填写此项"),
        (b"PK\x03\x04nonsense", "不是 Excel 工作簿"),
        (b"\x89PNG\r\n\x1a\n", "不是 Excel 工作簿"),
    ],
)
async def test_what_is_no_list_is_refused_at_its_field(admin: Browser, data: bytes, words: str) -> None:
    part = await upload(admin, data, headers=HTMX)
    assert part.status_code == 422
    assert "<html" not in part.text
    assert 'href="#file"' in part.text
    assert words in part.text
    assert "<html" in (await upload(admin, data)).text


async def test_a_list_without_its_columns_says_which(admin: Browser) -> None:
    data = workbook(("房号", "备注"), 一期=[("1-1-101", "x")])
    answer = await upload(admin, data, headers=HTMX)
    assert answer.status_code == 422
    assert "一期" in answer.text


async def test_each_sheet_is_asked_for_its_estate(yunqi: Company, admin: Browser) -> None:
    place = await sheets_of(admin, workbook(一期=GOOD, 二期=GOOD))
    page = (await admin.get(place)).text
    assert page.count("<select") == 2
    assert "翠湖天地" in page
    nothing = await admin.post(place, data={"place.0": str(yunqi.project), "place.1": ""}, headers=HTMX)
    assert (nothing.status_code, 'href="#place.1"' in nothing.text) == (422, True)
    assert f'value="{yunqi.project}" selected' in nothing.text


async def test_a_new_estate_is_made_with_the_dry_run(yunqi: Company, admin: Browser) -> None:
    place = await sheets_of(admin, workbook(一期=GOOD))
    short = await admin.post(place, data={"place.0": "new", "name.0": "云栖一期", "code.0": ""}, headers=HTMX)
    assert (short.status_code, 'href="#code.0"' in short.text) == (422, True)
    assert 'value="云栖一期"' in short.text
    assert await count(yunqi, "project") == 1
    taken = await admin.post(
        place, data={"place.0": "new", "name.0": "翠湖天地", "code.0": "CH"}, headers=HTMX
    )
    assert (taken.status_code, "已有同名或同代码的项目" in taken.text) == (409, True)
    done = await admin.post(place, data={"place.0": "new", "name.0": "云栖一期", "code.0": "YQ1"})
    assert done.status_code == 303
    assert await count(yunqi, "project") == 2
    assert "云栖一期" in (await admin.get(done.headers["location"])).text


async def test_a_dry_run_shows_every_refused_row_and_writes_nothing(yunqi: Company, admin: Browser) -> None:
    before = await count(yunqi, "household")
    place = await checked(admin, workbook(一期=[*GOOD, *BAD]), **{"place.0": str(yunqi.project)})
    page = (await admin.get(place)).text
    assert "这是试算" in page
    assert "导入 2 户" in page
    cells = re.findall(r"<td[^>]*>([^<]*)</td>", page)
    at = cells.index("4")
    assert cells[at - 1 : at + 2] == ["一期", "4", "业主姓名"]
    assert "“12”不是有效的电话" in page
    assert await count(yunqi, "household") == before
    file = await admin.get(f"{place}/refused")
    lines = list(csv.reader(StringIO(file.content.decode("utf-8-sig"))))
    assert [(line[0], line[1], line[2]) for line in lines[1:]] == [
        ("一期", "4", "业主姓名"),
        ("一期", "5", "联系电话"),
    ]


async def test_the_list_of_a_dry_run_is_imported(yunqi: Company, admin: Browser) -> None:
    before = await count(yunqi, "household")
    place = await checked(admin, workbook(一期=[*GOOD, *BAD]), **{"place.0": str(yunqi.project)})
    answer = await admin.post(f"{place}/confirm", data={})
    assert answer.status_code == 303
    page = (await admin.get(answer.headers["location"])).text
    assert "已导入" in page
    assert 'href="/households"' in page
    assert await count(yunqi, "household") == before + 2
    assert "1 栋 1 单元 101" in (await admin.get("/households?building=1")).text
    overview = (await admin.get(HERE)).text
    assert "试算完成" in overview
    assert "已导入" in overview


async def test_a_cell_that_looks_like_a_formula_is_text(yunqi: Company, admin: Browser) -> None:
    data = workbook(**{"=cmd": BAD})
    place = await checked(admin, data, **{"place.0": str(yunqi.project)})
    file = (await admin.get(f"{place}/refused")).content.decode("utf-8-sig")
    assert "\n'=cmd," in file.replace("\r", "")


def many(count: int) -> bytes:
    rows = [
        row(f"{1 + n // 1000}-{1 + n // 250 % 4}-{101 + n % 250}", "林淑芬", f"138{n:08d}")
        for n in range(count)
    ]
    return workbook(一期=rows)


async def test_fifty_thousand_rows_are_counted_while_the_page_asks(yunqi: Company, admin: Browser) -> None:
    place = await checked(admin, many(50_000), **{"place.0": str(yunqi.project)})
    page = (await admin.get(place)).text
    assert "排队中" in page
    assert "0 / 50,000" in page
    assert 'hx-trigger="every 1s"' in page
    waiting = await admin.get(f"{place}?part=progress", headers=HTMX)
    assert ("<html" in waiting.text, "hx-refresh" in waiting.headers) == (False, False)
    await _work(yunqi, place)
    ended = await admin.get(f"{place}?part=progress", headers=HTMX)
    assert ended.headers["hx-refresh"] == "true"
    assert "导入 50,000 户" in (await admin.get(place)).text


async def test_a_long_list_is_imported_by_a_worker(yunqi: Company, admin: Browser) -> None:
    place = await checked(admin, many(6_000), **{"place.0": str(yunqi.project)})
    await _work(yunqi, place)
    confirmed = (await admin.post(f"{place}/confirm", data={})).headers["location"]
    assert "0 / 6,000" in (await admin.get(confirmed)).text
    await _work(yunqi, confirmed)
    assert "已导入" in (await admin.get(confirmed)).text
    assert await count(yunqi, "household") == 6_003
    assert "6 栋" in (await admin.get("/households?building=6")).text


async def _work(company: Company, place: str) -> None:
    """What a worker does once it has the message."""
    async with company.inside():
        await import_list(UUID(place.rpartition("/")[2]))


async def test_the_dry_run_says_which_changes_by_hand_it_overwrites(yunqi: Company, admin: Browser) -> None:
    await admin.post(
        (await checked(admin, workbook(一期=GOOD), **{"place.0": str(yunqi.project)})) + "/confirm"
    )
    hits = (await admin.get("/api/v1/households", params={"q": "1-1-101"})).json()["items"]
    person = hits[0]["persons"][0]["id"]
    await admin.http.patch(
        f"/api/v1/people/{person}",
        json={"version": 1, "name": "王晓明"},
        headers={"X-CSRF-Token": admin.token},
    )
    same = await checked(admin, workbook(一期=GOOD), **{"place.0": str(yunqi.project)})
    assert "手工修改过的住户" not in (await admin.get(same)).text
    changed = [row("1-1-101", "王小明", "13900000109"), GOOD[1]]
    other = await checked(admin, workbook(一期=changed), **{"place.0": str(yunqi.project)})
    page = (await admin.get(other)).text
    assert "手工修改过的住户" in page
    assert 'title="一期 第 2 行">1-1-101<' in page
    await admin.post(f"{other}/confirm")
    household = (await admin.get(f"/api/v1/households/{hits[0]['id']}")).json()
    assert household["owner_name"] == "王小明"
