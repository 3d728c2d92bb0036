"""TK-01 and TK-02 over HTTP: what a registration makes of a call, and everything it refuses."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from core.kit import clock
from tests.factories import Company, new_repair, tomorrow_at

pytestmark = pytest.mark.anyio


async def test_nobody_is_asked_to_sign_in(yunqi: Company) -> None:
    answer = await yunqi.client().post("/api/v1/tickets", new_repair(yunqi))
    assert answer.status_code in {401, 403}


async def test_without_the_right(yunqi: Company) -> None:
    viewer = await yunqi.signed_in("viewer")
    answer = await viewer.post("/api/v1/tickets", new_repair(yunqi))
    assert (answer.status_code, answer.json()["type"]) == (403, "permission_missing")


async def test_another_companys_household_is_not_found(yunqi: Company, cuihu: Company) -> None:
    desk = await yunqi.signed_in("front_desk_agent")
    foreign = new_repair(yunqi) | {"household_id": str(next(iter(cuihu.households.values())))}
    answer = await desk.post("/api/v1/tickets", foreign)
    assert (answer.status_code, answer.json()["type"]) == (404, "not_found")
    answer = await desk.post("/api/v1/tickets", new_repair(yunqi) | {"project_id": str(cuihu.project)})
    assert (answer.status_code, answer.json()["type"]) == (422, "unit_not_in_project")
    elsewhere = {k: v for k, v in new_repair(yunqi).items() if k != "household_id"}
    answer = await desk.post(
        "/api/v1/tickets", elsewhere | {"place": "大堂", "project_id": str(cuihu.project)}
    )
    assert (answer.status_code, answer.json()["type"]) == (404, "not_found")


@pytest.mark.spec("TK-01", "TK-02", "RP-01", "IN-01", "SLA-02", "SLA-03")
async def test_an_immediate_repair(yunqi: Company) -> None:
    """IN-01: number, classification, first responsible, clocks of 3 and 15 minutes."""
    desk = await yunqi.signed_in("front_desk_agent")
    answer = await desk.post("/api/v1/tickets", new_repair(yunqi))
    ticket = answer.json()
    assert answer.status_code == 201, ticket
    assert ticket["number"] == f"BX-{clock.today():%Y%m%d}-0001"
    assert (ticket["kind"], ticket["nature"], ticket["priority"]) == ("repair", "facility_damage", "P2")
    assert (ticket["state"], ticket["department"]) == ("registered", "engineering")
    assert ticket["first_responsible"]["id"] == str(yunqi.people["front_desk_agent"])
    assert ticket["household"]["room"] == "3-2-1801"
    assert ticket["contact_phone"] == "139****0001"
    codes = {c["code"] for c in ticket["clocks"]}
    assert {"SLA-02", "SLA-03", "SLA-07", "SLA-08", "SLA-20"} <= codes
    assert "SLA-04" not in codes
    assert "dispatch" in {t["name"] for t in ticket["transitions"]}
    assert answer.headers["etag"] == '"1"'


@pytest.mark.spec("RP-02", "IN-02", "SLA-04")
async def test_a_booked_repair(yunqi: Company) -> None:
    desk = await yunqi.signed_in("front_desk_agent")
    at = tomorrow_at(15)
    booked = new_repair(yunqi) | {
        "immediate": False,
        "appointment_at": at,
        "urgency": "normal",
        "content": "客厅灯不亮",
    }
    ticket = (await desk.post("/api/v1/tickets", booked)).json()
    clocks = {c["code"]: c for c in ticket["clocks"]}
    assert ticket["priority"] == "P4"
    assert clocks["SLA-04"]["due_at"] is not None
    assert "SLA-03" not in clocks


@pytest.mark.spec("RP-03", "IN-05")
async def test_a_paid_repair_quoted_at_the_desk(yunqi: Company) -> None:
    desk = await yunqi.signed_in("front_desk_agent")
    paid = new_repair(yunqi) | {
        "paid": True,
        "immediate": False,
        "urgency": "normal",
        "content": "问换马桶盖收多少钱",
    }
    ticket = (await desk.post("/api/v1/tickets", paid)).json()
    assert (ticket["paid"], ticket["priority"]) == (True, "P4")
    assert "quote" in {t["name"] for t in ticket["transitions"]}


REFUSED: list[tuple[str, dict[str, Any], str, str]] = [
    ("nowhere", {"household_id": None}, "unit_or_place_required", "place"),
    ("phone", {"contact_phone": "12"}, "phone_invalid", "contact_phone"),
    ("short", {"content": "漏"}, "too_short", "content"),
    ("nothing", {"content": ""}, "required", "content"),
    ("kind", {"kind": "party"}, "kind_unknown", "kind"),
    ("both", {"appointment_at": "2099-01-01T10:00:00+08:00"}, "one_schedule_only", "appointment_at"),
    (
        "naive",
        {"immediate": False, "appointment_at": "2099-01-01T10:00:00"},
        "zone_required",
        "appointment_at",
    ),
    ("no time", {"immediate": False, "next_free": False}, "schedule_required", "immediate"),
    ("urgency", {"urgency": "very"}, "not_a_choice", "urgency"),
    ("long", {"content": "水" * 4001}, "too_long", "content"),
]


@pytest.mark.spec("TK-01", "RP-01")
@pytest.mark.parametrize(("what", "change", "key", "field"), REFUSED, ids=[row[0] for row in REFUSED])
async def test_refusals(yunqi: Company, what: str, change: dict[str, Any], key: str, field: str) -> None:
    desk = await yunqi.signed_in("front_desk_agent")
    answer = await desk.post(
        "/api/v1/tickets", {k: v for k, v in (new_repair(yunqi) | change).items() if v is not None}
    )
    problem = answer.json()
    assert (answer.status_code, problem["type"]) == (422, key), (what, problem)
    assert field in {e["field"] for e in problem["errors"]}
    assert answer.headers["content-type"].startswith("application/problem+json")


@pytest.mark.spec("TK-01", "RP-01")
async def test_everything_is_refused_at_once(yunqi: Company) -> None:
    """What cannot be read and what the rules say of the rest, the earlier ticket too."""
    desk = await yunqi.signed_in("front_desk_agent")
    await desk.post("/api/v1/tickets", new_repair(yunqi))
    wrong = {
        "content": "",
        "impact": "planet",
        "contact_phone": "12",
        "appointment_at": "2020-01-01T10:00:00+08:00",
        "dispatch_to": "moon",
        "duplicate": "ask",
    }
    answer = await desk.post("/api/v1/tickets", new_repair(yunqi) | wrong)
    assert (answer.status_code, answer.json()["type"]) == (422, "required")
    assert {(e["field"], e["key"]) for e in answer.json()["errors"]} == {
        ("content", "required"),
        ("impact", "not_a_choice"),
        ("contact_phone", "phone_invalid"),
        ("appointment_at", "appointment_in_past"),
        ("appointment_at", "one_schedule_only"),
        ("dispatch_to", "department_unknown"),
        ("duplicate", "duplicate_ticket"),
    }


@pytest.mark.spec("TK-01", "RP-01")
async def test_a_rule_is_silent_about_what_cannot_be_read(yunqi: Company) -> None:
    desk = await yunqi.signed_in("front_desk_agent")
    for change, keys in (
        ({"kind": 7, "household_id": None}, {"required"}),
        (
            {"household_id": "x", "immediate": False, "next_free": False},
            {"not_a_choice", "schedule_required"},
        ),
        ({"immediate": "maybe", "next_free": False}, {"not_a_choice"}),
        ({"project_id": "x"}, {"not_a_choice"}),
        ({"price_accepted": True, "price": "much"}, {"not_a_number"}),
    ):
        answer = await desk.post("/api/v1/tickets", new_repair(yunqi) | change)
        assert answer.status_code == 422
        assert {e["key"] for e in answer.json()["errors"]} == keys, change


@pytest.mark.spec("TK-01")
async def test_times_that_cannot_be(yunqi: Company) -> None:
    desk = await yunqi.signed_in("front_desk_agent")
    yesterday = (clock.now() - timedelta(days=1)).isoformat()
    later = (clock.now() + timedelta(hours=2)).isoformat()
    answer = await desk.post(
        "/api/v1/tickets", new_repair(yunqi) | {"immediate": False, "appointment_at": yesterday}
    )
    assert (answer.status_code, answer.json()["type"]) == (422, "appointment_in_past")
    answer = await desk.post("/api/v1/tickets", new_repair(yunqi) | {"occurred_at": later})
    assert (answer.status_code, answer.json()["type"]) == (422, "occurred_in_future")


async def test_a_refused_call_writes_nothing(yunqi: Company) -> None:
    desk = await yunqi.signed_in("front_desk_agent")
    await desk.post("/api/v1/tickets", new_repair(yunqi) | {"contact_phone": "12"})
    ticket = (await desk.post("/api/v1/tickets", new_repair(yunqi))).json()
    assert ticket["number"].endswith("-0001")
    assert len((await desk.get("/api/v1/tickets")).json()["items"]) == 1


@pytest.mark.spec("TK-01")
async def test_a_public_place_needs_no_unit(yunqi: Company) -> None:
    desk = await yunqi.signed_in("front_desk_agent")
    body = new_repair(yunqi, household_id=None, place="2栋电梯厅", channel="patrol")
    ticket = (await desk.post("/api/v1/tickets", body)).json()
    assert (ticket["place"], ticket["requester"], ticket["call_back_exemption"]) == (
        "2栋电梯厅",
        "front_desk_agent甲",
        "no_contact",
    )


@pytest.mark.spec("TK-01")
async def test_the_same_again_within_a_day(yunqi: Company) -> None:
    """TK-01.T3: shown to API callers, asked at the desk, linked or new as the agent says."""
    desk = await yunqi.signed_in("front_desk_agent")
    first = (await desk.post("/api/v1/tickets", new_repair(yunqi))).json()
    second = (await desk.post("/api/v1/tickets", new_repair(yunqi))).json()
    assert second["duplicates"] == [first["number"]]
    asked = await desk.post("/api/v1/tickets", new_repair(yunqi) | {"duplicate": "ask"})
    assert (asked.status_code, asked.json()["type"]) == (409, "duplicate_ticket")
    linked = (await desk.post("/api/v1/tickets", new_repair(yunqi) | {"duplicate": "link"})).json()
    assert linked["linked_to"] == second["id"]


async def test_the_same_key_twice_is_one_ticket(yunqi: Company) -> None:
    desk = await yunqi.signed_in("front_desk_agent")
    key = {"Idempotency-Key": str(uuid4())}
    first = await desk.post("/api/v1/tickets", new_repair(yunqi), headers=key)
    again = await desk.post("/api/v1/tickets", new_repair(yunqi), headers=key)
    assert first.json()["id"] == again.json()["id"]
    assert again.headers["idempotent-replayed"] == "true"
    other = await desk.post("/api/v1/tickets", new_repair(yunqi) | {"content": "别的内容"}, headers=key)
    assert (other.status_code, other.json()["type"]) == (422, "idempotency_key_reused")
    assert len((await desk.get("/api/v1/tickets")).json()["items"]) == 1


@pytest.mark.parametrize(
    "content", ["水管爆了😀请快来", "３栋水管\u0000爆了", "業主反映電梯異響，請盡快安排檢修", "a" * 4000]
)
async def test_odd_texts_are_kept(yunqi: Company, content: str) -> None:
    desk = await yunqi.signed_in("front_desk_agent")
    ticket = (await desk.post("/api/v1/tickets", new_repair(yunqi) | {"content": content})).json()
    assert ticket["content"] == content.replace("\u0000", "")


async def test_full_width_digits_in_a_phone(yunqi: Company) -> None:
    desk = await yunqi.signed_in("front_desk_agent")
    ticket = (
        await desk.post("/api/v1/tickets", new_repair(yunqi) | {"contact_phone": "１３９００００９６８５"})
    ).json()
    assert ticket["contact_phone"] == "139****9685"


async def test_a_body_of_ten_megabytes(yunqi: Company) -> None:
    desk = await yunqi.signed_in("front_desk_agent")
    answer = await desk.post("/api/v1/tickets", new_repair(yunqi) | {"content": "水" * 3_400_000})
    assert (answer.status_code, answer.json()["type"]) == (413, "payload_too_large")


PRIORITIES = [
    ("household", "normal", "P4"), ("household", "soon", "P3"), ("household", "now", "P2"),
    ("building", "normal", "P3"), ("building", "soon", "P2"), ("building", "now", "P1"),
    ("estate", "normal", "P2"), ("estate", "soon", "P1"), ("estate", "now", "P1"),
]  # fmt: skip


@pytest.mark.spec("TK-02")
@pytest.mark.parametrize(("impact", "urgency", "expected"), PRIORITIES)
async def test_priority(yunqi: Company, impact: str, urgency: str, expected: str) -> None:
    desk = await yunqi.signed_in("front_desk_agent")
    ticket = (
        await desk.post("/api/v1/tickets", new_repair(yunqi) | {"impact": impact, "urgency": urgency})
    ).json()
    assert ticket["priority"] == expected
