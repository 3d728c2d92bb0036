"""The table of limits as data, and what a company may not make of it."""

import pytest
from msgspec.structs import replace

from core.policies.errors import PolicyKeyUnknown, PolicyValueInvalid
from core.policies.layers import merge
from core.sla.calendars import national
from core.sla.due import due
from core.sla.errors import (
    AmountInvalid,
    FrameEmpty,
    FramesOverlap,
    HotlineLimitLoosened,
    LimitMissing,
    LimitUnknown,
    UnitNotAllowed,
    WindowEmpty,
)
from core.sla.limits import DEFAULTS, DEFINITIONS, HOTLINE, ROWS
from core.sla.policy import SlaPolicy, hours, limit_of
from core.sla.schemas import Frame
from tests.core.sla.oracle import at

POLICY = SlaPolicy()
# PROCEDURES 4.1: code, unit, amount (minutes, days, months, day of the month, rings), breach letters.
TABLE = """
01 rings 3 N | 02 E 3 WE | 03 E 15 WE | 04 AT 0 W | 05 S 240 WE | 06 S 240 WE | 07 E 480 WE | 08 CD 3 WE
09 CD 7 W | 10 SD 0 W | 11 SD 0 W | 12 SD 0 WE | 13a E 120 WE | 13b S 240 WE | 13c SD 0 WE
13d E 4320 WE | 14a E 15 W | 14b WD 3 WE | 14c WD 7 WE | 15 SD 0 E | 16 SD 0 WE | 17 SD 0 WE | 18 E 10 W
19 AT 0 WE | 20 SD 0 W | 21 E 20 W | 22 SD 0 W | 23 SD 0 W | 24 CD 2 WE | 25 E 15 WE | 26 E 2 E
27 date 25 WE | 28 CD -1 B | 29 E -15 N | 30 date 15 E | 31 date 20 - | 32 date 31 W | 33 CD 2 WE
34 SD 0 W | 35 E 120 WE | 36 none 0 B | 37 month 3 W | 38 CD 5 WE | 39 WD 6 W | 40 WD 5 WE | 41 CD 3 -
42 CD 7 - | 43 E 30 - | 44 month 1 W | 45 WD 10 W | 46 WD 10 W | 47 SD 0 WE | 48 AT 0 W | 49 AT 0 WE
50 E 30 B | 50b CD 0 B | 51 date 31 W | 52 CD 3 W | 53 WD 5 W | 54 S 30 WE | 55 WD 5 WE | 56 CD 15 W
57 WD 3 W | 58 WD 3 W | 59 E 1440 - | 60 AT 0 WE
"""


def test_the_table_is_complete():
    written = [row.split() for line in TABLE.strip().splitlines() for row in line.split("|")]
    held = [[d.code[4:], limit.unit, str(limit.amount), "".join(limit.breach) or "-"] for d, limit in ROWS]
    assert held == written
    assert len(DEFINITIONS) == len(ROWS)


@pytest.mark.parametrize(
    ("code", "values"),
    [
        ("SLA-04", {"tolerance": 10}),
        ("SLA-14b", {"target": 1}),
        ("SLA-14c", {"target": 5}),
        ("SLA-38", {"target": 3}),
        ("SLA-56", {"target": 3}),
        ("SLA-39", {"ends": "open", "remind_after": 3}),
        ("SLA-41", {"window": "sales"}),
        ("SLA-42", {"ends": "midnight"}),
        ("SLA-28", {"ends": "midnight"}),
    ],
)
def test_particulars(code, values):
    assert {name: getattr(DEFAULTS[code], name) for name in values} == values


def test_what_the_product_leaves_off():
    off = {code for code, limit in DEFAULTS.items() if not limit.on}
    assert off == {"SLA-05", "SLA-06", "SLA-10", "SLA-13a", "SLA-13c", "SLA-16", "SLA-17"}


@pytest.mark.parametrize(
    "code", [code for code, limit in DEFAULTS.items() if limit.unit not in {"rings", "none"}]
)
def test_every_timed_limit_has_a_due_moment(code):
    answer = due(DEFAULTS[code], at("2026-11-20 10:00"), hours(POLICY, national()))
    assert answer.due_at < at("2027-04-01 00:00")
    assert answer.target_at is None or answer.target_at < answer.due_at


@pytest.mark.parametrize(
    "code", [code for code, d in DEFINITIONS.items() if len(d.units) > 1 and code != HOTLINE]
)
def test_every_other_unit_works(code):
    for unit in DEFINITIONS[code].units:
        changed = merge(SlaPolicy, {"limits": {code: {"unit": unit}}}).limits[code]
        assert due(changed, at("2026-11-20 10:00"), hours(POLICY, national())).due_at > at("2026-11-20 10:00")


@pytest.mark.parametrize(
    ("error", "sparse"),
    [
        (LimitUnknown, {"limits": {"SLA-99": {"unit": "E", "amount": 5}}}),
        (PolicyValueInvalid, {"limits": {"SLA-99": {"on": True}}}),
        (PolicyKeyUnknown, {"limits": {"SLA-07": {"hours": 5}}}),
        (PolicyKeyUnknown, {"service_hours": []}),
        (PolicyValueInvalid, {"warn_percent": 100}),
        (PolicyValueInvalid, {"limits": {"SLA-07": {"amount": "8h"}}}),
        (PolicyValueInvalid, {"limits": {"SLA-07": {"breach": ["X"]}}}),
        (PolicyValueInvalid, {"service_window": [{"opens": "9:00", "closes": "21:00"}]}),
        (PolicyValueInvalid, {"service_window": [{"opens": "09:00", "closes": "24:30"}]}),
        (PolicyValueInvalid, {"service_window": [{"opens": "09:00", "closes": "21:00", "days": [0]}]}),
        (UnitNotAllowed, {"limits": {"SLA-07": {"unit": "CD"}}}),
        (UnitNotAllowed, {"limits": {"SLA-28": {"unit": "WD"}}}),
        (AmountInvalid, {"limits": {"SLA-07": {"amount": 0}}}),
        (AmountInvalid, {"limits": {"SLA-07": {"amount": 10**8}}}),
        (AmountInvalid, {"limits": {"SLA-14b": {"target": 4}}}),
        (AmountInvalid, {"limits": {"SLA-04": {"tolerance": -1}}}),
        (AmountInvalid, {"limits": {"SLA-28": {"ends": "close"}}}),
        (WindowEmpty, {"service_window": []}),
        (WindowEmpty, {"sales_window": [{"opens": "09:00", "closes": "21:00", "days": []}]}),
        (WindowEmpty, {"office_window": [{"opens": "09:00", "closes": "18:00", "days": [6, 7]}]}),
        (FrameEmpty, {"service_window": [{"opens": "09:00", "closes": "09:00"}]}),
        (
            FramesOverlap,
            {
                "service_window": [
                    {"opens": "20:00", "closes": "10:00"},
                    {"opens": "09:00", "closes": "18:00"},
                ]
            },
        ),
        (HotlineLimitLoosened, {"limits": {"SLA-13d": {"on": False}}}),
        (HotlineLimitLoosened, {"limits": {"SLA-13d": {"amount": 4321}}}),
        (HotlineLimitLoosened, {"limits": {"SLA-13d": {"unit": "S"}}}),
    ],
)
@pytest.mark.spec("CF-01")
def test_refused(error, sparse):
    with pytest.raises(error) as caught:
        merge(SlaPolicy, sparse)
    assert caught.value.at_field


def test_a_missing_limit_is_refused():
    few = {code: limit for code, limit in DEFAULTS.items() if code != "SLA-07"}
    with pytest.raises(LimitMissing):
        SlaPolicy(limits=few)


@pytest.mark.spec("CF-01", "CF-02", "CF-03")
def test_what_a_company_may_change():
    night = [{"opens": "22:00", "closes": "06:00"}, {"opens": "06:00", "closes": "22:00", "days": [6, 7]}]
    policy = merge(
        SlaPolicy, {"service_window": night, "limits": {"SLA-13d": {"amount": 1440}, "SLA-07": {"unit": "S"}}}
    )
    assert policy.service_window == (Frame("22:00", "06:00"), Frame("06:00", "22:00", days=(6, 7)))
    assert policy.limits["SLA-13d"].amount == 1440
    assert (policy.limits["SLA-05"].unit, policy.limits["SLA-13b"].unit) == ("S", "S")
    assert policy.limits["SLA-07"] == replace(DEFAULTS["SLA-07"], unit="S")
    assert policy.limits["SLA-08"] == DEFAULTS["SLA-08"]


def test_a_limit_is_found_by_code():
    assert limit_of(POLICY, "SLA-02").amount == 3
    with pytest.raises(LimitUnknown):
        limit_of(POLICY, "SLA-2")
