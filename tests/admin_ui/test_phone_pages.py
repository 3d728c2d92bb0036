"""The phone pages over HTTP: an engineer's job from arrival to signature, the pool, a butler's reports."""

import re
from typing import Any
from uuid import UUID, uuid4

import pytest

from core.flows.queries import timeline
from core.kit import sql
from core.tickets import flow, orders
from core.tickets.orders import WorkOrder
from tests.admin_ui import jobs
from tests.core.tickets.moves import PUBLIC
from tests.factories import Browser, Company

pytestmark = pytest.mark.anyio

PAGES = ["/m/jobs", "/m/pool", "/m/butler", "/m/me", "/m/outbox"]


@pytest.fixture
async def engineer(yunqi: Company) -> Browser:
    return await yunqi.signed_in("engineer")


@pytest.fixture
async def on_site(yunqi: Company) -> str:
    return await jobs.begun(yunqi, **jobs.AGREED)


async def ticket(company: Company, number: str) -> dict[str, Any]:
    desk = await company.signed_in("front_desk_agent")
    answer = await desk.get(f"/api/v1/tickets/{number}")
    body: dict[str, Any] = answer.json()
    return body


async def order_of(company: Company, number: str) -> WorkOrder:
    found = await ticket(company, number)
    async with company.inside():
        order = await orders.latest(UUID(found["id"]))
    assert order is not None
    return order


async def audit_lines(company: Company, action: str) -> int:
    async with company.inside():
        count: int = await sql.value(
            "select count(*) from core.kit_audit where tenant_id = $1 and action = $2", action
        )
    return count


@pytest.mark.parametrize("path", PAGES)
async def test_strangers_are_sent_to_sign_in(yunqi: Company, path: str) -> None:
    answer = await yunqi.client().get(path)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/login?next={path}")


@pytest.mark.parametrize(("path", "role"), [
    ("/m/jobs", "viewer"), ("/m/pool", "viewer"), ("/m/butler", "engineer"), ("/m/jobs", "butler"),
])  # fmt: skip
async def test_without_the_right(yunqi: Company, path: str, role: str) -> None:
    assert (await (await yunqi.signed_in(role)).get(path)).status_code == 403


@pytest.mark.parametrize("path", ["/m/jobs", "/m/pool", "/m/me", "/m/outbox"])
async def test_an_engineer_opens_their_pages(engineer: Browser, path: str) -> None:
    answer = await engineer.get(path)
    assert answer.status_code == 200, answer.text
    assert 'style="' not in answer.text
    assert " onclick" not in answer.text


async def test_another_companys_job_is_not_there(yunqi: Company, cuihu: Company) -> None:
    theirs = await jobs.assigned(cuihu, content="對講機沒有聲音")
    engineer = await yunqi.signed_in("engineer")
    for path in (f"/m/jobs/{theirs}", f"/m/jobs/{theirs}/call"):
        assert (await engineer.get(path)).status_code == 404
    answer = await engineer.post(f"/m/jobs/{theirs}/start", data={"consent": "resident"})
    assert answer.status_code == 404
    assert (await ticket(cuihu, theirs))["state"] == "accepted"


@pytest.mark.spec("RP-01")
async def test_nothing_that_is_not_theirs(yunqi: Company) -> None:
    number = await jobs.assigned(yunqi)
    await yunqi.person("engineer", username="majun")
    other = await yunqi.signed_in("majun")
    assert (await other.get(f"/m/jobs/{number}")).status_code == 403
    for step, form in (
        ("start", {"consent": "resident"}),
        ("notes", {"note": "到了"}),
        ("wait", {"whom": "customer"}),
    ):
        answer = await other.post(f"/m/jobs/{number}/{step}", data=form)
        assert answer.status_code == 403, step
        assert "engineer甲" in answer.text
    assert number not in (await other.get("/m/jobs")).text
    assert (await ticket(yunqi, number))["state"] == "accepted"


@pytest.mark.spec("RP-01")
async def test_the_day_by_time_left_with_the_job_at_hand_on_top(yunqi: Company, engineer: Browser) -> None:
    first = await jobs.begun(yunqi, content="主卫角阀渗水")
    second = await jobs.assigned(yunqi, content="厨房插座跳闸")
    page = (await engineer.get("/m/jobs")).text
    current = page[page.index('class="card current"') : page.index('id="queue"')]
    assert first in current
    assert "3 栋 2 单元 1801" in current
    assert "紧急" in current
    assert f'href="/m/jobs/{second}"' in page[page.index('id="queue"') :]
    part = await engineer.get("/m/jobs?part=list", headers=jobs.HTMX)
    assert "<html" not in part.text
    assert second in part.text


@pytest.mark.spec("RP-06")
async def test_nobody_enters_without_consent(yunqi: Company, engineer: Browser) -> None:
    number = await jobs.assigned(yunqi)
    refused = await engineer.post(f"/m/jobs/{number}/start", data={}, headers=jobs.HTMX)
    assert refused.status_code == 422
    assert "<html" not in refused.text
    assert 'id="consent-e"' in refused.text
    public = await engineer.post(
        f"/m/jobs/{number}/start", data={"consent": "public_area"}, headers=jobs.HTMX
    )
    assert public.status_code == 422
    assert "进门前须取得业主同意" in public.text
    answer = await engineer.post(f"/m/jobs/{number}/start", data={"consent": "resident"}, headers=jobs.HTMX)
    assert (answer.status_code, answer.headers["hx-redirect"]) == (200, f"/m/jobs/{number}")
    order = await order_of(yunqi, number)
    assert (order.state, order.consent) == ("on_site", "resident")
    assert order.arrived_at is not None


@pytest.mark.spec("RP-06")
async def test_public_areas_need_no_consent(yunqi: Company, engineer: Browser) -> None:
    number = await jobs.assigned(yunqi, **PUBLIC, place="2 栋电梯厅", channel="patrol")
    answer = await engineer.post(f"/m/jobs/{number}/start", data={"consent": "public_area"})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/m/jobs/{number}")


async def test_without_scripts_a_refusal_is_the_whole_page(yunqi: Company, engineer: Browser) -> None:
    number = await jobs.assigned(yunqi)
    answer = await engineer.post(f"/m/jobs/{number}/start", data={})
    assert answer.status_code == 422
    assert "<html" in answer.text
    assert 'class="errsum"' in answer.text


@pytest.mark.spec("RP-01", "RP-06", "FORM-77", "FORM-03")
async def test_a_job_is_finished(yunqi: Company, engineer: Browser, on_site: str) -> None:
    picture = jobs.photo()
    answer = await engineer.post(
        f"/m/jobs/{on_site}/complete",
        data=jobs.done(),
        files=[("photos", ("后.jpg", picture, "image/jpeg"))],
        headers=jobs.HTMX,
    )
    assert (answer.status_code, answer.headers.get("hx-redirect")) == (200, "/m/jobs"), answer.text
    order = await order_of(yunqi, on_site)
    assert (order.state, order.work) == ("completed", "更换角阀 1 只，通水十分钟无渗漏")
    assert [item["name"] for item in order.material] == ["DN15 铜角阀"]
    assert (order.amount_fen, order.total_fen) == (3000, 5800)
    assert order.signature is not None
    assert order.signature["strokes"]
    assert order.signed_by == "陈志远"
    assert order.checklist == {"done": ["badge", "knock", "shoe_covers", "no_gifts"], "satisfied": True}
    found = await ticket(yunqi, on_site)
    assert found["state"] == "done"
    async with yunqi.inside():
        last = (await timeline(UUID(found["id"]), flow.REPAIR))[-1]
    assert (last.name, len(last.attachments)) == ("complete", 1)
    desk = await yunqi.signed_in("front_desk_agent")
    assert (await desk.get(f"/api/v1/files/{last.attachments[0]}")).status_code == 200


REFUSED = [
    ("unsigned", {"signature": ""}, "signature"),
    ("work", {"work": ""}, "work"),
    ("unhappy", {"satisfied": "false"}, "follow_up"),
    ("amount", {"amount": "三十"}, "amount"),
    ("material", {"material.0.name": ""}, "material.0.name"),
    ("public", {"signature": "", "signature_exemption": "public_area"}, "signature_exemption"),
]


@pytest.mark.spec("RP-01", "RP-06")
@pytest.mark.parametrize(("what", "change", "field"), REFUSED, ids=[row[0] for row in REFUSED])
async def test_what_is_missing_is_said_at_its_field_and_nothing_typed_is_lost(
    engineer: Browser, on_site: str, what: str, change: dict[str, str], field: str
) -> None:
    sent = jobs.done(**change)
    answer = await engineer.post(
        f"/m/jobs/{on_site}/complete",
        data=sent,
        files=[("photos", ("前.jpg", jobs.photo(), "image/jpeg"))],
        headers=jobs.HTMX,
    )
    assert answer.status_code == 422, (what, answer.text)
    assert f'href="#{field}"' in answer.text
    for name in ("work", "material.0.amount", "signed_by"):
        assert sent[name] in answer.text
    for code in sent["checklist"]:
        assert re.search(rf'value="{code}"( id="checklist")? checked', answer.text), code
    assert 'name="attachments"' in answer.text


@pytest.mark.spec("RP-06")
async def test_photos_survive_a_refusal_and_come_once(
    yunqi: Company, engineer: Browser, on_site: str
) -> None:
    upload = [
        ("photos", ("前.jpg", jobs.photo(1), "image/jpeg")),
        ("photos", ("后.jpg", jobs.photo(2), "image/jpeg")),
    ]
    refused = await engineer.post(f"/m/jobs/{on_site}/complete", data=jobs.done(work=""), files=upload)
    kept = [part.split('"')[0] for part in refused.text.split('name="attachments" value="')[1:]]
    assert len(kept) == 2
    again = jobs.done() | {"attachments": kept}
    answer = await engineer.post(f"/m/jobs/{on_site}/complete", data=again, files=upload)
    assert answer.status_code == 303, answer.text
    found = await ticket(yunqi, on_site)
    async with yunqi.inside():
        events = await timeline(UUID(found["id"]), flow.REPAIR)
    assert sorted(str(identity) for identity in events[-1].attachments) == sorted(kept)


async def test_what_is_no_photo_is_refused(engineer: Browser, on_site: str) -> None:
    answer = await engineer.post(
        f"/m/jobs/{on_site}/complete",
        data=jobs.done(),
        files=[("photos", ("a.svg", b"<svg onload=alert(1)>", "image/svg+xml"))],
        headers=jobs.HTMX,
    )
    assert answer.status_code == 422
    assert 'href="#photos"' in answer.text


@pytest.mark.spec("RP-01")
async def test_allowed_reasons_instead_of_a_signature(
    yunqi: Company, engineer: Browser, on_site: str
) -> None:
    form = jobs.done(signature="", signature_exemption="absent_with_consent")
    assert (await engineer.post(f"/m/jobs/{on_site}/complete", data=form)).status_code == 303
    order = await order_of(yunqi, on_site)
    assert (order.signature, order.signature_exemption) == (None, "absent_with_consent")


@pytest.mark.spec("RP-03")
async def test_paid_work_is_priced_and_agreed_first(yunqi: Company, engineer: Browser) -> None:
    number = await jobs.begun(yunqi, paid=True)
    page = (await engineer.get(f"/m/jobs/{number}")).text
    assert f'action="/m/jobs/{number}/quote"' in page
    assert f'action="/m/jobs/{number}/complete"' not in page
    early = await engineer.post(f"/m/jobs/{number}/complete", data=jobs.done(), headers=jobs.HTMX)
    assert early.status_code == 422
    assert "同意" in early.text
    nothing = await engineer.post(f"/m/jobs/{number}/quote", data={"item": "更换角阀"}, headers=jobs.HTMX)
    assert (nothing.status_code, 'href="#amount"' in nothing.text) == (422, True)
    assert "更换角阀" in nothing.text
    assert (
        await engineer.post(f"/m/jobs/{number}/quote", data={"item": "更换角阀", "amount": "58"})
    ).status_code == 303
    agree = (await engineer.get(f"/m/jobs/{number}")).text
    assert f'action="/m/jobs/{number}/accept_price"' in agree
    assert "58.00" in agree
    assert (
        await engineer.post(
            f"/m/jobs/{number}/accept_price", data={"accepted_by": "陈志远", "how": "on_site"}
        )
    ).status_code == 303
    assert (await engineer.post(f"/m/jobs/{number}/complete", data=jobs.done())).status_code == 303
    order = await order_of(yunqi, number)
    assert (order.quote_fen, order.price_accepted_by, order.price_accepted_how) == (5800, "陈志远", "on_site")


@pytest.mark.spec("TK-04")
@pytest.mark.parametrize(
    ("form", "state"),
    [
        ({"whom": "customer", "reason": "家中无人，改约明天"}, "waiting_customer"),
        ({"whom": "third_party", "party": "配件供应商"}, "waiting_third_party"),
    ],
)
async def test_a_job_waits_and_goes_on(
    yunqi: Company, engineer: Browser, on_site: str, form: dict[str, str], state: str
) -> None:
    empty = await engineer.post(f"/m/jobs/{on_site}/wait", data={"whom": form["whom"]}, headers=jobs.HTMX)
    assert empty.status_code == 422
    assert f'href="#wait-{"reason" if form["whom"] == "customer" else "party"}"' in empty.text
    assert (await engineer.post(f"/m/jobs/{on_site}/wait", data=form)).status_code == 303
    assert (await ticket(yunqi, on_site))["state"] == state
    assert f'action="/m/jobs/{on_site}/resume"' in (await engineer.get(f"/m/jobs/{on_site}")).text
    assert (await engineer.post(f"/m/jobs/{on_site}/resume", data={})).status_code == 303
    assert (await ticket(yunqi, on_site))["state"] == "in_progress"


async def test_a_step_that_is_behind_us_is_a_conflict(engineer: Browser, on_site: str) -> None:
    answer = await engineer.post(f"/m/jobs/{on_site}/start", data={"consent": "resident"}, headers=jobs.HTMX)
    assert answer.status_code == 409
    assert 'class="errsum"' in answer.text
    assert (await engineer.post(f"/m/jobs/{on_site}/explode", data={})).status_code == 404


async def test_the_same_form_twice_happens_once(yunqi: Company, engineer: Browser, on_site: str) -> None:
    """What the outbox sends again after a broken connection carries the key it had."""
    key = {"Idempotency-Key": str(uuid4()), **jobs.HTMX}
    first = await engineer.post(f"/m/jobs/{on_site}/complete", data=jobs.done(), headers=key)
    again = await engineer.post(f"/m/jobs/{on_site}/complete", data=jobs.done(), headers=key)
    assert first.headers["hx-redirect"] == again.headers["hx-redirect"] == "/m/jobs"
    assert again.headers["idempotent-replayed"] == "true"


async def test_the_number_to_dial_is_shown_and_recorded(
    yunqi: Company, engineer: Browser, on_site: str
) -> None:
    page = (await engineer.get(f"/m/jobs/{on_site}")).text
    assert "139****0001" in page
    assert "0000 0001" not in page
    assert await audit_lines(yunqi, "ticket.phone_revealed") == 0
    part = await engineer.get(f"/m/jobs/{on_site}/call", headers=jobs.HTMX)
    assert 'href="tel:13900000001"' in part.text
    assert "<html" not in part.text
    assert "<html" in (await engineer.get(f"/m/jobs/{on_site}/call")).text
    assert await audit_lines(yunqi, "ticket.phone_revealed") == 2


@pytest.mark.spec("TK-04")
async def test_progress_is_noted_with_photos(yunqi: Company, engineer: Browser, on_site: str) -> None:
    empty = await engineer.post(f"/m/jobs/{on_site}/notes", data={"type": "progress"}, headers=jobs.HTMX)
    assert (empty.status_code, 'href="#note-note"' in empty.text) == (422, True)
    answer = await engineer.post(
        f"/m/jobs/{on_site}/notes",
        data={"type": "progress", "note": "已关总阀，去取角阀"},
        files=[("photos", ("a.jpg", jobs.photo(), "image/jpeg"))],
    )
    assert answer.status_code == 303
    found = await ticket(yunqi, on_site)
    async with yunqi.inside():
        last = (await timeline(UUID(found["id"]), flow.REPAIR))[-1]
    assert (last.name, last.note, len(last.attachments)) == ("progress", "已关总阀，去取角阀", 1)


@pytest.mark.spec("RP-01")
async def test_an_engineer_takes_from_the_pool_once(yunqi: Company, engineer: Browser) -> None:
    number = await jobs.accepted(yunqi)
    seen = await engineer.get("/m/pool")
    assert "3-2-1801" in seen.text
    assert f"/m/pool/{number}/take" in seen.text
    await yunqi.person("engineer", username="majun")
    other = await yunqi.signed_in("majun")
    taken = await engineer.post(f"/m/pool/{number}/take", data={})
    assert (taken.status_code, taken.headers["location"]) == (303, f"/m/jobs/{number}")
    assert (await ticket(yunqi, number))["engineer"]["name"] == "engineer甲"
    second = await other.post(f"/m/pool/{number}/take", data={}, headers=jobs.HTMX)
    assert second.status_code == 409
    assert "被engineer甲抢先接了这张单" in second.text
    assert number not in (await other.get("/m/pool")).text


@pytest.mark.spec("RP-01")
async def test_a_dispatcher_sees_the_pool_and_takes_nothing(yunqi: Company) -> None:
    number = await jobs.accepted(yunqi)
    dispatcher = await yunqi.signed_in("engineering_dispatcher")
    seen = (await dispatcher.get("/m/pool")).text
    assert "3-2-1801" in seen
    assert f"/m/pool/{number}/take" not in seen
    assert f'href="/tickets/{number}"' in seen
    assert (await dispatcher.post(f"/m/pool/{number}/take", data={})).status_code == 403


async def butlers_ticket(company: Company) -> tuple[Browser, str]:
    """A butler who looks after 3-2-1801, and a repair there."""
    butler = await company.signed_in("butler")
    async with company.inside():
        await sql.execute(
            "update core.households_unit set butler_id = $2 where tenant_id = $1", company.people["butler"]
        )
    return butler, await jobs.assigned(company)


@pytest.mark.spec("TK-04", "SLA-05")
@pytest.mark.parametrize(
    "form", [{"phrase": "等配件，已告知业主"}, {"note": "业主约了明早九点", "phrase": ""}]
)
async def test_a_butler_reports_in_one_tap(yunqi: Company, form: dict[str, str]) -> None:
    butler, number = await butlers_ticket(yunqi)
    page = (await butler.get("/m/butler")).text
    assert number in page
    assert "还没有回复过" in page
    answer = await butler.post(f"/m/butler/{number}/report", data=form)
    assert answer.status_code == 303
    found = await ticket(yunqi, number)
    async with yunqi.inside():
        last = (await timeline(UUID(found["id"]), flow.REPAIR))[-1]
    assert (last.name, last.note) == ("butler_report", form.get("note") or form["phrase"])
    assert "上次回复" in (await butler.get("/m/butler")).text


async def test_an_empty_report_and_another_butlers_building(yunqi: Company) -> None:
    butler, number = await butlers_ticket(yunqi)
    empty = await butler.post(f"/m/butler/{number}/report", data={"note": " "}, headers=jobs.HTMX)
    assert (empty.status_code, f'href="#{number}-note"' in empty.text) == (422, True)
    await yunqi.person("butler", username="zhoumin")
    other = await yunqi.signed_in("zhoumin")
    assert number not in (await other.get("/m/butler")).text
    assert (await other.post(f"/m/butler/{number}/report", data={"note": "到了"})).status_code == 403


async def test_service_worker_manifest_and_offline_page_need_nobody(yunqi: Company) -> None:
    stranger = yunqi.client()
    worker = await stranger.get("/sw.js")
    assert worker.headers["content-type"].startswith("text/javascript")
    assert worker.headers["cache-control"] == "no-cache"
    manifest = (await stranger.get("/manifest.webmanifest")).json()
    assert (manifest["name"], manifest["start_url"]) == (yunqi.tenant.name, "/m/jobs")
    offline = await stranger.get("/offline")
    assert (offline.status_code, "没有网络" in offline.text) == (200, True)
    assert (await stranger.get("/brand/1f5fae.css")).headers["content-type"].startswith("text/css")
    for colour in ("ffff00", "nonsense"):
        assert (await stranger.get(f"/brand/{colour}.css")).status_code == 404
