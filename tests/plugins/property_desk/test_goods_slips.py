"""PD-01: who may open, sign, stamp, hand out and release a goods slip, and everything it is refused for."""

from datetime import timedelta
from typing import Any

import pytest

from auth import actions as auth
from core.kit import clock, sql
from core.kit.database import unit_of_work
from plugins.property_desk import actions, jobs
from tests.factories import Company
from tests.plugins.property_desk.making import (
    BASE,
    DESK,
    DIRECTOR,
    DRAWN,
    DUTY,
    GUARD,
    ID_NUMBER,
    ISSUED,
    fields,
    new_slip,
    opened,
    refusal,
    take,
    taken,
)
from tests.plugins.property_desk.pictures import png

pytestmark = [pytest.mark.anyio, pytest.mark.spec("PD-01", "FORM-20")]
UPLOAD = "/api/v1/files"
PHONE = {"means": "phone", "by": "陈志远"}


def moment(**ago: Any) -> str:
    return (clock.now() - timedelta(**ago)).isoformat()


async def both(company: Company, *roles: str) -> Any:
    """One person with several roles, signed in."""
    name = "_".join(role[:6] for role in roles)
    async with company.inside():
        await auth.create_person(
            username=name, name="双职甲", password="correct horse battery", must_change=False,
            roles=[(role, None) for role in roles],
        )  # fmt: skip
    company.people[name] = company.project
    return await company.signed_in(name)


class TestOpen:
    async def test_strangers_are_asked_to_sign_in(self, yunqi: Company) -> None:
        answer = await yunqi.client().get(BASE)
        assert refusal(answer) == (401, "sign_in_required")

    async def test_whoever_lacks_the_right_is_refused(self, yunqi: Company) -> None:
        guard = await yunqi.signed_in(GUARD)
        assert refusal(await guard.post(BASE, new_slip(yunqi))) == (403, "permission_missing")

    async def test_another_company_sees_and_finds_nothing(self, yunqi: Company, cuihu: Company) -> None:
        slip = await opened(yunqi)
        desk = await cuihu.signed_in(DESK)
        assert refusal(await desk.get(f"{BASE}/{slip['id']}")) == (404, "not_found")
        assert (
            refusal(await desk.get(f"{BASE}/by-code", params={"code": slip["code"]}))[1]
            == "slip_code_invalid"
        )
        assert (await desk.get(BASE)).json()["items"] == []
        assert refusal(await desk.post(BASE, new_slip(yunqi)))[0] in {403, 404}

    async def test_a_slip_has_a_number_a_masked_id_and_its_next_steps(self, yunqi: Company) -> None:
        slip = await opened(yunqi)
        assert slip["number"] == f"FT-{clock.today():%Y%m%d}-0001"
        assert slip["state"] == "draft"
        assert slip["room"] == "3-2-1801"
        assert slip["applicant_name"] == "陈志远"
        assert slip["mover_id"] == "1101**********002X"
        assert {arrow["name"] for arrow in slip["transitions"]} == {"sign_applicant", "amend", "void"}

    async def test_the_id_number_is_nowhere_in_the_clear(self, yunqi: Company) -> None:
        slip = await opened(yunqi)
        async with yunqi.inside():
            row = (await sql.records("select * from core.property_desk_goods_slip where tenant_id = $1"))[0]
            events = await sql.records("select * from core.flows_event where tenant_id = $1")
        assert ID_NUMBER not in repr(dict(row)) + repr([dict(event) for event in events])
        desk = await yunqi.signed_in(DESK)
        assert ID_NUMBER not in (await desk.get(f"{BASE}/{slip['id']}")).text

    async def test_looking_at_the_whole_id_number_is_audited(self, yunqi: Company) -> None:
        slip = await opened(yunqi)
        desk, guard = await yunqi.signed_in(DESK), await yunqi.signed_in(GUARD)
        assert refusal(await guard.post(f"{BASE}/{slip['id']}/identity"))[0] == 403
        assert (await desk.post(f"{BASE}/{slip['id']}/identity")).json() == {"mover_id": ID_NUMBER}
        async with yunqi.inside():
            lines = await sql.records(
                "select actor_name from core.kit_audit where tenant_id = $1"
                " and action = 'goods_slip.id_revealed'"
            )
        assert [line["actor_name"] for line in lines] == [f"{DESK}甲"]

    @pytest.mark.parametrize(
        ("wrong", "field", "key"),
        [
            ({"items": []}, "items", "goods_required"),
            ({"items": [{"name": "沙发", "n": 0}]}, "items.0.n", "not_a_number"),
            ({"mover_id": "110105194912310021"}, "mover_id", "id_number_invalid"),
            ({"mover_id": "123"}, "mover_id", "id_number_invalid"),
            ({"mover_id": ""}, "mover_id", "required"),
            ({"mover_name": ""}, "mover_name", "required"),
            ({"unit_id": None}, "unit_id", "unit_required"),
            ({"applicant_name": "李四"}, "applicant_name", "applicant_not_owner"),
            ({"applicant": "renter"}, "applicant_name", "required"),
            ({"applicant": "renovation_lead"}, "applicant_name", "required"),
            ({"applicant": "guest"}, "applicant", "not_a_choice"),
            ({"applicant": "staff", "unit_id": None}, "staff_id", "employee_required"),
            ({"valid_on": "2020-01-01"}, "valid_on", "slip_day_past"),
        ],
    )
    async def test_refused(self, yunqi: Company, wrong: dict[str, Any], field: str, key: str) -> None:
        desk = await yunqi.signed_in(DESK)
        answer = await desk.post(BASE, new_slip(yunqi, **wrong))
        assert answer.status_code == 422
        assert (field, key) in fields(answer)
        assert (await desk.get(BASE)).json()["items"] == []

    async def test_what_cannot_be_read_is_refused_together_with_the_rest(self, yunqi: Company) -> None:
        desk = await yunqi.signed_in(DESK)
        wrong = {"mover_name": "", "applicant_name": "李四", "mover_id": "1", "valid_on": "soon", "items": []}
        assert fields(await desk.post(BASE, new_slip(yunqi, **wrong))) == {
            ("mover_name", "required"),
            ("valid_on", "not_a_date"),
            ("applicant_name", "applicant_not_owner"),
            ("items", "goods_required"),
            ("mover_id", "id_number_invalid"),
        }
        answer = await desk.post(BASE, new_slip(yunqi, unit_id="x", mover_id="1"))
        assert fields(answer) == {("unit_id", "not_a_choice"), ("mover_id", "id_number_invalid")}

    async def test_everything_wrong_is_said_at_once(self, yunqi: Company) -> None:
        desk = await yunqi.signed_in(DESK)
        answer = await desk.post(BASE, new_slip(yunqi, items=[], mover_id="1", valid_on="2020-01-01"))
        assert {key for _field, key in fields(answer)} == {
            "goods_required",
            "id_number_invalid",
            "slip_day_past",
        }

    async def test_full_width_digits_and_a_small_x_are_the_same_number(self, yunqi: Company) -> None:
        slip = await opened(yunqi, mover_id="１１０１０５ 19491231 ００２x")
        assert slip["mover_id"] == "1101**********002X"


@pytest.mark.spec("IN-27")
class TestConsent:
    async def test_a_renter_without_consent_cannot_sign(self, yunqi: Company) -> None:
        slip = await opened(yunqi, applicant="renter", applicant_name="何晓东")
        assert "sign_applicant" not in {arrow["name"] for arrow in slip["transitions"]}
        desk = await yunqi.signed_in(DESK)
        answer = await take(desk, slip, "sign_applicant", signature=DRAWN)
        assert refusal(answer) == (422, "owner_authorisation_required")

    async def test_the_owner_agreed_by_telephone(self, yunqi: Company) -> None:
        slip = await opened(yunqi, applicant="renter", applicant_name="何晓东")
        desk = await yunqi.signed_in(DESK)
        answer = await take(desk, slip, "record_consent", **PHONE, at=moment(minutes=5), note="沙发一张")
        assert answer.json()["state"] == "consent_ok"
        assert answer.json()["consent"]["by"] == "陈志远"
        assert (await take(desk, slip, "sign_applicant", signature=DRAWN)).json()[
            "state"
        ] == "applicant_signed"

    @pytest.mark.parametrize(
        ("form", "field", "key"),
        [
            (PHONE, "form.at", "required"),
            (
                {**PHONE, "by": "何晓东", "at": "2026-01-01T08:00:00+08:00"},
                "form.by",
                "owner_authorisation_required",
            ),
            ({"means": "written", "by": "陈志远"}, "attachments", "document_missing"),
            ({**PHONE, "at": "2999-01-01T08:00:00+08:00"}, "form.at", "occurred_in_future"),
            ({"means": "hearsay", "by": "陈志远"}, "form.means", "not_a_choice"),
        ],
    )
    async def test_refused(self, yunqi: Company, form: dict[str, Any], field: str, key: str) -> None:
        slip = await opened(yunqi, applicant="renovation_lead", applicant_name="马俊")
        answer = await take(await yunqi.signed_in(DESK), slip, "record_consent", **form)
        assert answer.status_code == 422
        assert (field, key) in fields(answer)

    async def test_a_letter_comes_with_its_picture(self, yunqi: Company) -> None:
        slip = await opened(yunqi, applicant="renter", applicant_name="何晓东")
        desk = await yunqi.signed_in(DESK)
        kept = await desk.post(UPLOAD, files={"file": ("letter.png", png(), "image/png")})
        body = {
            "version": slip["version"],
            "form": {"means": "written", "by": "陈志远"},
            "attachments": [kept.json()["id"]],
        }
        answer = await desk.post(f"{BASE}/{slip['id']}/transitions/record_consent", body)
        assert answer.json()["state"] == "consent_ok", answer.text
        duty = await yunqi.signed_in(DUTY)
        assert (await duty.get(f"{UPLOAD}/{kept.json()['id']}")).status_code == 200

    async def test_staff_need_the_head_of_their_department(self, yunqi: Company) -> None:
        employee, head = await yunqi.person("engineer"), await yunqi.person("engineering_supervisor")
        slip = await opened(
            yunqi, applicant="staff", unit_id=None, staff_id=str(employee), place="工程部仓库"
        )
        assert slip["applicant_name"] == "engineer甲"
        desk = await yunqi.signed_in(DESK)
        signed = await take(desk, slip, "sign_applicant", signature=DRAWN)
        assert refusal(signed) == (422, "department_consent_required")
        guard = await yunqi.person("security_guard")
        for wrong in (None, str(employee), str(guard)):
            answer = await take(desk, slip, "record_consent", means="on_site", head=wrong)
            assert ("form.head", "department_consent_required") in fields(answer)
        answer = await take(desk, slip, "record_consent", means="on_site", head=str(head))
        assert answer.json()["consent"]["by"] == "engineering_supervisor甲"
        assert (await take(desk, slip, "sign_applicant", on_paper=True)).json()["state"] == "applicant_signed"

    async def test_the_owner_needs_no_consent(self, yunqi: Company) -> None:
        slip = await opened(yunqi)
        answer = await take(
            await yunqi.signed_in(DESK), slip, "record_consent", **PHONE, at=moment(minutes=1)
        )
        assert answer.status_code == 422


class TestSignatures:
    @pytest.mark.parametrize("form", [{}, {"signature": ""}, {"signature": "[]"}, {"signature": '{"w":1}'}])
    async def test_unsigned_is_refused(self, yunqi: Company, form: dict[str, Any]) -> None:
        slip = await opened(yunqi)
        answer = await take(await yunqi.signed_in(DESK), slip, "sign_applicant", **form)
        assert refusal(answer) == (422, "signature_required")

    async def test_each_step_has_its_own_right(self, yunqi: Company) -> None:
        slip = await taken(yunqi, await opened(yunqi), "sign_applicant")
        for role, arrow in (
            (DESK, "sign_duty"),
            (DIRECTOR, "sign_duty"),
            (GUARD, "sign_duty"),
            (DUTY, "stamp"),
        ):
            answer = await take(await yunqi.signed_in(role), slip, arrow)
            assert refusal(answer) == (403, "permission_missing"), (role, arrow)

    async def test_steps_are_taken_in_order(self, yunqi: Company) -> None:
        slip = await opened(yunqi)
        assert refusal(await take(await yunqi.signed_in(DIRECTOR), slip, "stamp")) == (
            409,
            "transition_not_allowed",
        )

    async def test_who_prepared_does_not_sign(self, yunqi: Company) -> None:
        person = await both(yunqi, DESK, DUTY)
        slip = (await person.post(BASE, new_slip(yunqi))).json()
        await take(person, slip, "sign_applicant", signature=DRAWN)
        assert refusal(await take(person, slip, "sign_duty")) == (422, "preparer_is_approver")

    async def test_who_signed_does_not_stamp(self, yunqi: Company) -> None:
        person = await both(yunqi, DUTY, DIRECTOR)
        slip = await taken(yunqi, await opened(yunqi), "sign_applicant")
        assert (await take(person, slip, "sign_duty")).status_code == 200
        assert refusal(await take(person, slip, "stamp")) == (422, "preparer_is_approver")

    async def test_nobody_approves_what_they_carry_out_or_have_amended(self, yunqi: Company) -> None:
        """PD-01: office staff need a slip like anybody, signed and stamped by others."""
        for role in (DUTY, DIRECTOR):
            await yunqi.signed_in(role)
            head = await yunqi.person(
                "company_leader" if role == DIRECTOR else DIRECTOR, username=f"head-{role}"
            )
            said = {"applicant": "staff", "unit_id": None, "place": "办公室"}
            slip = await opened(yunqi, **said, staff_id=str(yunqi.people[role]))
            desk = await yunqi.signed_in(DESK)
            given = {"means": "on_site", "by": "x", "head": str(head)}
            assert (await take(desk, slip, "record_consent", **given)).status_code == 200
            slip = await taken(yunqi, slip, "sign_applicant", *(["sign_duty"] if role == DIRECTOR else []))
            name = "stamp" if role == DIRECTOR else "sign_duty"
            answer = await take(await yunqi.signed_in(role), slip, name)
            assert refusal(answer) == (422, "preparer_is_approver")
        async with yunqi.inside():
            await auth.give_role(yunqi.people[DUTY], DESK, None)
        slip = await opened(yunqi)
        duty = await yunqi.signed_in(DUTY)
        amended = await take(duty, slip, "amend", items=[{"name": "冰箱"}], valid_on=slip["valid_on"])
        assert amended.status_code == 200
        slip = await taken(yunqi, slip, "sign_applicant")
        assert refusal(await take(duty, slip, "sign_duty")) == (422, "preparer_is_approver")

    async def test_the_database_refuses_it_too(self, yunqi: Company) -> None:
        slip = await taken(yunqi, await opened(yunqi), "sign_applicant", "sign_duty")
        for changed in (
            "stamped_by = duty_signed_by",
            "stamped_by = prepared_by",
            "duty_signed_by = prepared_by",
        ):
            with pytest.raises(Exception, match="violates check constraint"):
                async with yunqi.inside():
                    await sql.execute(
                        f"update core.property_desk_goods_slip set {changed}, stamped_at = now()"
                        " where tenant_id = $1 and number = $2",
                        slip["number"],
                    )

    async def test_an_old_version_is_stale(self, yunqi: Company) -> None:
        slip = await taken(yunqi, await opened(yunqi), "sign_applicant")
        duty = await yunqi.signed_in(DUTY)
        body = {"version": slip["version"] - 1, "form": {}}
        answer = await duty.post(f"{BASE}/{slip['id']}/transitions/sign_duty", body)
        assert refusal(answer) == (409, "stale_version")
        assert answer.json()["version"] == slip["version"]

    async def test_the_same_request_sent_twice_signs_once(self, yunqi: Company) -> None:
        slip = await taken(yunqi, await opened(yunqi), "sign_applicant")
        duty = await yunqi.signed_in(DUTY)
        address, key = f"{BASE}/{slip['id']}/transitions/sign_duty", {"Idempotency-Key": "once-only"}
        seen = {"version": slip["version"]}
        answers = [await duty.post(address, seen, headers=key) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [200, 200]
        events = (await duty.get(f"{BASE}/{slip['id']}/events")).json()["items"]
        assert [event["name"] for event in events].count("sign_duty") == 1


class TestAmendAndVoid:
    async def test_a_draft_may_be_changed_which_makes_another_paper(self, yunqi: Company) -> None:
        slip = await opened(yunqi)
        desk = await yunqi.signed_in(DESK)
        changed = await take(desk, slip, "amend", items=[{"name": "冰箱"}], valid_on=slip["valid_on"])
        assert changed.json()["items"] == [{"name": "冰箱", "n": 1, "measure": ""}]
        assert changed.json()["code"] != slip["code"]
        for form, key in (
            ({"items": [], "valid_on": slip["valid_on"]}, "goods_required"),
            ({"items": [{"name": "冰箱"}], "valid_on": "2020-01-01"}, "slip_day_past"),
        ):
            assert refusal(await take(desk, slip, "amend", **form)) == (422, key)

    async def test_a_signed_slip_may_not(self, yunqi: Company) -> None:
        slip = await taken(yunqi, await opened(yunqi), "sign_applicant")
        answer = await take(
            await yunqi.signed_in(DESK), slip, "amend", items=[{"name": "冰箱"}], valid_on=slip["valid_on"]
        )
        assert refusal(answer) == (409, "transition_not_allowed")

    async def test_voiding_needs_a_reason_and_ends_it(self, yunqi: Company) -> None:
        slip = await taken(yunqi, await opened(yunqi), *ISSUED)
        desk = await yunqi.signed_in(DESK)
        assert ("form.reason", "required") in fields(await take(desk, slip, "void"))
        assert (await take(desk, slip, "void", reason="改天再搬")).json()["state"] == "void"
        answer = await take(await yunqi.signed_in(GUARD), slip, "release", checked=[0, 1])
        assert refusal(answer)[0] == 409

    async def test_prints_are_counted_on_the_paper(self, yunqi: Company) -> None:
        slip = await opened(yunqi)
        desk = await yunqi.signed_in(DESK)
        address = f"/property_desk/goods_slips/{slip['number']}/print"
        for times in (1, 2):
            await desk.post(address)
            assert f"第 {times} 次" in (await desk.get(address)).text
        assert (await desk.get(f"{BASE}/{slip['id']}")).json()["prints"] == 2


class TestMidnight:
    async def test_signed_slips_end_with_their_day_and_drafts_do_not(self, yunqi: Company) -> None:
        issued, used, draft = [await opened(yunqi) for _ in range(3)]
        await taken(yunqi, issued, *ISSUED)
        await taken(yunqi, used, *ISSUED, "release")
        tomorrow = clock.now() + timedelta(days=1)
        with clock.pretending(tomorrow):
            async with yunqi.inside():
                await jobs.expire_slips()
            async with yunqi.inside():
                assert await actions.expire() == 0
        desk = await yunqi.signed_in(DESK)
        states = {row["number"]: row["state"] for row in (await desk.get(BASE)).json()["items"]}
        assert states == {issued["number"]: "expired", used["number"]: "used", draft["number"]: "draft"}

    async def test_the_day_itself_is_not_over(self, yunqi: Company) -> None:
        await taken(yunqi, await opened(yunqi), *ISSUED)
        async with yunqi.inside():
            assert await actions.expire() == 0

    async def test_the_desk_is_told_weekly_what_lies_at_the_gate(
        self, yunqi: Company, cuihu: Company
    ) -> None:
        await taken(yunqi, await opened(yunqi), *ISSUED, "release")
        for company in (yunqi, cuihu):
            async with company.inside():
                await jobs.collect_slips()
        async with yunqi.inside():
            told = await sql.records(
                "select person_id, params from core.notifications_notice where tenant_id = $1"
            )
        assert [row["params"] for row in told] == [{"count": 1}]
        assert told[0]["person_id"] == yunqi.people[DESK]
        async with cuihu.inside():
            assert await sql.value("select count(*) from core.notifications_notice where tenant_id = $1") == 0


class TestPluginOff:
    async def test_it_is_not_there(self, yunqi: Company, cuihu: Company) -> None:
        slip, other = await opened(yunqi), await opened(cuihu)
        desk, admin = await yunqi.signed_in(DESK), await yunqi.signed_in("tenant_admin")
        assert (await admin.put("/api/v1/plugins/property_desk", {"enabled": False})).status_code == 200
        for address in (BASE, f"{BASE}/{slip['id']}"):
            assert refusal(await desk.get(address)) == (404, "not_found")
        assert refusal(await desk.post(BASE, new_slip(yunqi))) == (404, "not_found")
        for page in ("/property_desk/goods_slips", "/property_desk/goods_slips/new", "/m/property_desk/gate"):
            assert (await desk.get(page)).status_code == 404
        elsewhere = await cuihu.signed_in(DESK)
        assert (await elsewhere.get(f"{BASE}/{other['id']}")).status_code == 200


async def test_the_system_role_is_not_needed(yunqi: Company) -> None:
    """Slips are read and written under row-level security: another company's transaction sees none."""
    slip = await opened(yunqi)
    async with unit_of_work(yunqi.tenant.id):
        found = await sql.records("select number from core.property_desk_goods_slip where tenant_id = $1")
    assert [row["number"] for row in found] == [slip["number"]]
