"""The worked examples of PROCEDURES 6.1 through the product's own limits, windows and national calendar."""

from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace

from core.kit.clock import local
from core.sla.calendars import national
from core.sla.due import due, met, remind_again_at
from core.sla.limits import DEFINITIONS
from core.sla.policy import SlaPolicy, hours
from core.sla.schemas import Due
from tests.core.sla.oracle import at
from tests.examples import DUE, STOPS, TARGET

POLICY = SlaPolicy()
HOURS = hours(POLICY, national())


def count(code: str, start: str, changes: dict[str, Any]) -> Due:
    return due(replace(POLICY.limits[code], **changes), at(start), HOURS)


ASKED = (
    "EX-01", "EX-02", "EX-03", "EX-04", "EX-06", "EX-07", "EX-08", "EX-09", "EX-10", "EX-12",
    "EX-14", "EX-15", "EX-16", "EX-17", "EX-18", "EX-20", "EX-22", "EX-23", "EX-25", "EX-26",
    "EX-27", "EX-29", "EX-30", "EX-31", "EX-33", "EX-34", "EX-36", "EX-38", "EX-39", "EX-40",
    "EX-43",
)  # fmt: skip


@pytest.mark.parametrize(("code", "start", "expected", "changes"), DUE)
def test_due(code, start, expected, changes):
    answer = count(code, start, changes)
    assert answer.due_at == at(expected)
    assert not answer.provisional


@pytest.mark.parametrize(("code", "start", "expected", "changes"), TARGET)
def test_target(code, start, expected, changes):
    assert count(code, start, changes).target_at == at(expected)


@pytest.mark.parametrize(("code", "start", "stopped", "expected", "changes"), STOPS)
def test_met_or_breach(code, start, stopped, expected, changes):
    assert met(count(code, start, changes), at(stopped)) is (expected == "met")


@pytest.mark.spec("EX-34", "SLA-32")
def test_the_collection_visit_begins_on_the_21st_and_ends_with_the_month():
    unpaid = count("SLA-31", "2026-11-15 09:30", {}).due_at
    assert DEFINITIONS["SLA-31"].then == "SLA-32"
    assert local(unpaid).date() == date(2026, 11, 21)
    assert due(POLICY.limits["SLA-32"], unpaid, HOURS).due_at == at("2026-12-01 00:00")


@pytest.mark.spec("EX-31", "SLA-39")
def test_the_filed_contract_is_asked_for_again_three_working_days_later():
    again = remind_again_at(POLICY.limits["SLA-39"], at("2026-11-20 10:00"), HOURS)
    assert again == at("2026-12-03 09:00")


@pytest.mark.spec("EX-38")
def test_a_sheet_that_stays_out_is_carried_over():
    assert DEFINITIONS["SLA-10"].then == "carry_over"


def test_every_example_of_the_section_is_here():
    shown = {"-".join(str(param.id).split("-")[:2]) for param in [*DUE, *TARGET, *STOPS]}
    assert set(ASKED) <= shown
