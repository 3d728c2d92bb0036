"""Each preset says what PROCEDURES 5.1 says, and nothing that is already so."""

import pytest

from core.policies.errors import PresetUnknown
from core.policies.layers import check, diff, resolve, section
from core.policies.presets import TITLES, load_preset
from core.policies.values import (
    STRUCTS,
    CallBackPolicy,
    DutyPolicy,
    JudicialPolicy,
    PublicationPolicy,
    SamplingPolicy,
    ServicePricePolicy,
    TicketPolicy,
)
from core.sla.policy import SlaPolicy
from core.sla.schemas import Frame

ALL = (*STRUCTS, SlaPolicy)
NAMES = list(TITLES)
BUTLER, DESK, WINDOW, CALLS, OFFICE = NAMES[1:]


def of(struct, name):
    return resolve(struct, load_preset(name))


@pytest.mark.parametrize("name", NAMES)
def test_a_preset_holds_differences_only(name):
    document = load_preset(name)
    check(document, ALL)
    stated = {section(struct): diff(of(struct, name), struct()) for struct in ALL}
    plain = {key: {k: v for k, v in part.items() if v != {}} for key, part in document.items()}
    assert {key: _listed(part) for key, part in stated.items() if part} == _with_frames(plain)


def _listed(value):
    if isinstance(value, dict):
        return {key: _listed(each) for key, each in value.items()}
    return [_listed(each) for each in value] if isinstance(value, list | tuple) else value


def _with_frames(document):
    """Frames are written without their defaults and stored with them."""
    if window := document.get("sla", {}).get("service_window"):
        frames = [{"days": [1, 2, 3, 4, 5, 6, 7], "working": False, **frame} for frame in window]
        return {**document, "sla": {**document["sla"], "service_window": frames}}
    return document


def test_an_unknown_preset_is_refused():
    with pytest.raises(PresetUnknown):
        load_preset("butler_5h")


CLOCKS = {
    "product_default": {"SLA-13b", "SLA-20", "SLA-22"},
    BUTLER: {"SLA-05", "SLA-06", "SLA-10", "SLA-13b", "SLA-20"},
    DESK: {"SLA-13b", "SLA-20", "SLA-22"},
    WINDOW: {"SLA-20"},
    CALLS: {"SLA-13a", "SLA-20"},
    OFFICE: {"SLA-13c", "SLA-16", "SLA-17", "SLA-20"},
}
VARYING = {
    "SLA-05", "SLA-06", "SLA-10", "SLA-13a", "SLA-13b", "SLA-13c", "SLA-16", "SLA-17", "SLA-20", "SLA-22",
}  # fmt: skip


@pytest.mark.spec("CF-01", "CF-04", "CF-05")
@pytest.mark.parametrize("name", NAMES)
def test_which_clocks_run(name):
    limits = of(SlaPolicy, name).limits
    running = {code for code, limit in limits.items() if limit.on}
    assert running & VARYING == CLOCKS[name]
    assert limits.keys() - running <= VARYING
    assert (limits["SLA-13d"].on, limits["SLA-13d"].amount) == (True, 72 * 60)
    assert of(SlaPolicy, name).hotline_limit_for_all is (name == WINDOW)


@pytest.mark.spec("CF-02")
@pytest.mark.parametrize("name", NAMES)
def test_windows(name):
    frame = Frame("07:30", "20:00") if name == DESK else Frame("09:00", "21:00")
    assert of(SlaPolicy, name).service_window == (frame,)
    assert of(SlaPolicy, name).office_window == (Frame("09:00", "18:00", working=True),)


@pytest.mark.parametrize("name", NAMES)
def test_amounts_that_every_preset_shares(name):
    limits = of(SlaPolicy, name).limits
    shared = ("SLA-01", "SLA-02", "SLA-03", "SLA-07", "SLA-08", "SLA-24", "SLA-25", "SLA-30", "SLA-31")
    assert [limits[code].amount for code in shared] == [3, 3, 15, 480, 3, 2, 15, 15, 20]
    call_back = of(CallBackPolicy, name)
    assert (call_back.repair_percent, call_back.complaint_percent, call_back.help_percent) == (100, 100, 100)
    assert of(PublicationPolicy, name).every_months == 6


@pytest.mark.spec("CF-06", "CF-08", "CF-16", "CF-23")
def test_values_that_are_no_clocks():
    assert [of(SamplingPolicy, name).on for name in NAMES] == [False] * 5 + [True]
    assert [of(DutyPolicy, name).roster_chain for name in NAMES] == ["A", "A", "B", "A", "A", "A"]
    assert [of(JudicialPolicy, name).modes for name in NAMES] == [("M", "D")] * 4 + [("D",), ("M",)]
    assert [of(ServicePricePolicy, name).cleaning == "on_site" for name in NAMES].index(True) == NAMES.index(
        BUTLER
    )
    assert [of(TicketPolicy, name).intake_24h for name in NAMES] == ["repair"] * 5 + ["all"]
    assert of(DutyPolicy, DESK).reviews == ("log_daily", "inspections_weekly")
    assert of(DutyPolicy, OFFICE).reviews == ("procedure_monthly",)
    assert of(TicketPolicy, BUTLER).primary_staff == ("front_desk_agent", "butler")
    assert of(CallBackPolicy, BUTLER).complaint_by_receiver


@pytest.mark.spec("TK-04")
def test_instruction_and_review():
    default, butler, office = (of(TicketPolicy, name) for name in ("product_default", BUTLER, OFFICE))
    assert default.instruction_required_kinds == (
        "complaint", "coordination", "neighbour_dispute", "judicial_enquiry",
    )  # fmt: skip
    assert butler.instruction_required_kinds == ()
    assert len(office.instruction_required_kinds) == 11
    assert "emergency" not in office.instruction_required_kinds
    assert len(office.progress_needs_director_review) == 12
    assert "repair" not in default.progress_needs_director_review
