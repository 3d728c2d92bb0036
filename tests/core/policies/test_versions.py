"""Stored versions: layers, moments, what is refused, and how few queries it takes."""

from datetime import timedelta
from typing import Any

import pytest

from core.households.actions import create_project
from core.kit import clock, errors, sql
from core.kit.database import DB
from core.policies import queries
from core.policies.actions import choose_preset, publish
from core.policies.errors import PolicyFromPast, PolicyKeyUnknown, PolicyValueInvalid, PresetUnknown
from core.policies.values import CallBackPolicy, TicketPolicy
from core.sla.errors import DueTooFar, LimitUnknown
from core.sla.policy import SlaPolicy
from tests.core.sla.cases import acting
from tests.factories import Company

pytestmark = pytest.mark.anyio
EDIT = "policies.policy.edit"


async def test_without_any_version_the_products_defaults_hold(yunqi: Company) -> None:
    async with yunqi.inside():
        assert await queries.policy(TicketPolicy, yunqi.project) == TicketPolicy()
        assert await queries.policy(SlaPolicy) == SlaPolicy()


async def test_project_over_company_over_preset_over_default(yunqi: Company) -> None:
    async with yunqi.inside():
        await choose_preset("butler_4h")
    async with acting(yunqi, EDIT):
        await publish(None, "butler_4h", {"ticket": {"duplicate_hours": 12, "reopen_days": 14}})
        await publish(yunqi.project, None, {"ticket": {"reopen_days": 7}})
    async with yunqi.inside():
        here, company = await queries.policy(TicketPolicy, yunqi.project), await queries.policy(TicketPolicy)
        limits = (await queries.policy(SlaPolicy, yunqi.project)).limits
    assert (here.reopen_days, here.duplicate_hours, here.redirect_minutes) == (7, 12, 15)
    assert (company.reopen_days, company.duplicate_hours) == (14, 12)
    assert here.primary_staff == ("front_desk_agent", "butler")
    assert (limits["SLA-05"].on, limits["SLA-22"].on, limits["SLA-20"].on) == (True, False, True)


@pytest.mark.spec("CF-02")
async def test_a_project_may_have_a_preset_of_its_own(yunqi: Company) -> None:
    async with yunqi.inside():
        other = await create_project(name="竹里馆", code="ZL")
        await choose_preset("butler_4h")
        await choose_preset("desk_duty", other)
        here, there = await queries.policy(SlaPolicy, yunqi.project), await queries.policy(SlaPolicy, other)
    assert (here.limits["SLA-05"].on, here.service_window[0].opens) == (True, "09:00")
    assert (there.limits["SLA-05"].on, there.service_window[0].opens) == (False, "07:30")


async def test_companies_do_not_see_one_anothers(yunqi: Company, cuihu: Company) -> None:
    async with acting(yunqi, EDIT):
        await publish(None, None, {"ticket": {"reopen_days": 3}})
    async with cuihu.inside():
        assert (await queries.policy(TicketPolicy)).reopen_days == 30
        assert await queries.history() == []


async def test_a_version_holds_from_its_moment_on(yunqi: Company) -> None:
    tomorrow = clock.now() + timedelta(days=1)
    async with acting(yunqi, EDIT):
        await publish(None, None, {"ticket": {"reopen_days": 3}}, from_at=tomorrow)
        days = [(await queries.policy(TicketPolicy, at=at)).reopen_days for at in (
            None, tomorrow - timedelta(seconds=1), tomorrow)]  # fmt: skip
        versions = await queries.history()
    assert days == [30, 30, 3]
    assert [(v.number, v.from_at, v.document) for v in versions] == [
        (1, tomorrow, {"ticket": {"reopen_days": 3}})
    ]


async def test_the_first_preset_holds_from_the_beginning(yunqi: Company) -> None:
    async with yunqi.inside():
        await choose_preset("butler_4h")
        await choose_preset("desk_duty")
        long_ago = await queries.policy(SlaPolicy, at=clock.now() - timedelta(days=60))
        now = await queries.policy(SlaPolicy)
    assert (long_ago.limits["SLA-05"].on, now.limits["SLA-05"].on) == (True, False)


async def test_old_versions_keep_their_values(yunqi: Company) -> None:
    async with acting(yunqi, EDIT):
        await publish(None, None, {"ticket": {"reopen_days": 3}})
        kept = await queries.in_force(yunqi.project)
        await publish(None, None, {"ticket": {"reopen_days": 5}})
        assert (await queries.values_of(TicketPolicy, kept)).reopen_days == 3
        assert (await queries.policy(TicketPolicy)).reopen_days == 5


async def test_one_query_per_transaction(yunqi: Company) -> None:
    async with acting(yunqi, EDIT):
        await publish(None, None, {"ticket": {"reopen_days": 3}})
    for expected in (3, 1):
        async with yunqi.inside():
            for _again in range(3):
                await queries.policy(TicketPolicy, yunqi.project)
                await queries.policy(CallBackPolicy, yunqi.project)
            assert DB.unit().statements == expected, (
                "one more per struct when a process first meets a version"
            )


@pytest.mark.parametrize(
    ("preset", "document", "refusal"),
    [
        ("nobody", {}, PresetUnknown),
        (None, {"weather": {}}, PolicyKeyUnknown),
        (None, {"ticket": {"colour": "red"}}, PolicyKeyUnknown),
        (None, {"ticket": {"reopen_days": -1}}, PolicyValueInvalid),
        (None, {"sla": {"limits": {"SLA-99": {"unit": "E", "amount": 5}}}}, LimitUnknown),
        (None, {"sla": {"limits": {"SLA-24": {"amount": 3600}}}}, DueTooFar),
    ],
)
async def test_what_cannot_work_is_refused(
    yunqi: Company, preset: str | None, document: dict[str, Any], refusal: type[errors.DomainError]
) -> None:
    async with acting(yunqi, EDIT):
        with pytest.raises(refusal):
            await publish(None, preset, document)
        assert await queries.history() == []


async def test_nor_what_breaks_a_project_that_lies_over_it(yunqi: Company) -> None:
    """The project's target of 5 days needs the company's limit to stay that long."""
    async with acting(yunqi, EDIT):
        await publish(yunqi.project, None, {"sla": {"limits": {"SLA-38": {"target": 5}}}})
        with pytest.raises(errors.DomainError) as refusal:
            await publish(None, None, {"sla": {"limits": {"SLA-38": {"amount": 4, "target": 2}}}})
    assert refusal.value.key == "limit_amount_invalid"


async def test_who_may_publish_and_for_what(yunqi: Company, cuihu: Company) -> None:
    async with acting(yunqi):
        with pytest.raises(errors.Forbidden):
            await publish(None, None, {})
    async with acting(yunqi, EDIT):
        with pytest.raises(PolicyFromPast):
            await publish(None, None, {}, from_at=clock.now() - timedelta(minutes=1))
    with pytest.raises(errors.NotFound):
        await _publish_for(yunqi, cuihu)


async def _publish_for(company: Company, other: Company) -> None:
    async with acting(company, EDIT):
        await publish(other.project, None, {})


async def test_it_is_audited_and_announced(yunqi: Company) -> None:
    async with acting(yunqi, EDIT):
        version = await publish(yunqi.project, None, {"ticket": {"reopen_days": 3}})
    async with yunqi.inside():
        line = (
            await sql.records(
                "select * from core.kit_audit where tenant_id = $1 and subject_id = $2", version.id
            )
        )[0]
        event = await sql.value(
            "select payload from core.kit_outbox where tenant_id = $1 and name = 'policy.published'"
        )
    assert (line["action"], line["detail"]["number"]) == ("policy.published", 1)
    assert line["detail"]["document"] == {"ticket": {"reopen_days": 3}}
    assert event == {"policy_version": str(version.id), "project": str(yunqi.project)}
