"""Policy values of PROCEDURES 5.1 and section 3 that are no clocks, with the product's defaults."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

Kind = Literal[
    "repair", "rework", "complaint", "enquiry", "lookup", "suggestion", "help", "coordination",
    "neighbour_dispute", "judicial_enquiry", "emergency", "home_service",
]  # fmt: skip
Nature = Literal[
    "facility_damage", "environment_hygiene", "safety", "service_quality", "fees", "renovation", "noise",
    "parking", "greening", "other",
]  # fmt: skip
Review = Literal["ledger_daily", "ledger_weekly", "log_daily", "inspections_weekly", "procedure_monthly"]
Percent = Annotated[int, Meta(ge=0, le=100)]
Count = Annotated[int, Meta(ge=0, le=10_000)]
AtLeastOne = Annotated[int, Meta(ge=1, le=10_000)]
Role = Annotated[str, Meta(pattern=r"^[a-z][a-z_]*$")]


class _Values(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What all policy structs have in common: frozen, by name only, nothing unknown."""


class TicketPolicy(_Values, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How requests are taken in, decided and escalated (TK-01 to TK-07)."""

    intake_24h: Literal["repair", "all"] = "repair"
    primary_staff: tuple[Role, ...] = ("front_desk_agent",)
    duplicate_hours: Count = 24
    redirect_minutes: AtLeastOne = 15
    reopen_days: Count = 30
    deputy_after_absent_days: AtLeastOne = 1
    instruction_required_kinds: tuple[Kind, ...] = (
        "complaint", "coordination", "neighbour_dispute", "judicial_enquiry",
    )  # fmt: skip
    """Kinds on which work waits for the director's written instruction."""
    progress_needs_director_review: tuple[Kind, ...] = ("complaint", "coordination", "neighbour_dispute")
    """Kinds whose progress texts the director reads before the customer does."""
    investigation_kinds: tuple[Kind, ...] = ("complaint", "coordination")
    investigation_natures: tuple[Nature, ...] = ("safety",)
    escalation_chain: Literal["A", "B", "M"] = "A"
    major_flooded_units: AtLeastOne = 2
    major_complaining_units: AtLeastOne = 5
    major_claimed_yuan: AtLeastOne = 10_000
    vip_raises_priority: bool = False


class CallBackPolicy(_Values, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who is called back, by whom and how often it is tried (CB-01, CB-03, SMP-01, CF-05)."""

    repair_percent: Percent = 100
    complaint_percent: Percent = 100
    help_percent: Percent = 100
    suggestion_percent: Percent = 100
    home_service_percent: Percent = 100
    attempts: AtLeastOne = 3
    attempt_days: AtLeastOne = 2
    callers: tuple[Role, ...] = ("front_desk_agent", "building_keeper")
    complaint_by_receiver: bool = False
    major_callers: tuple[Role, ...] = ("cs_manager", "cs_supervisor", "cs_team_lead")
    monthly_customers_every_months: AtLeastOne = 1


class SamplingPolicy(_Values, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The company's monthly samples (CB-02, SMP-02 to SMP-04)."""

    on: bool = False
    complaint_percent: Percent = 10
    help_percent: Percent = 1
    each_kind_percent: Percent = 3


class DutyPolicy(_Values, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Roster and supervision (HO-01, HO-05, SMP-06, SMP-07)."""

    roster_chain: Literal["A", "B"] = "A"
    reviews: tuple[Review, ...] = ("ledger_daily", "ledger_weekly")
    ledger_views_per_week: AtLeastOne = 1
    inspections_per_week: AtLeastOne = 3


class JudicialPolicy(_Values, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an authority must bring (JI-01): M a police escort, D notice and legal office."""

    modes: tuple[Literal["M", "D"], ...] = ("M", "D")


class ServicePricePolicy(_Values, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How home cleaning is priced (CF-16)."""

    cleaning: Literal["list_first", "on_site"] = "list_first"


class PublicationPolicy(_Values, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Publication of fee accounts and the maintenance fund (BL-04, MF-03)."""

    every_months: AtLeastOne = 6


STRUCTS: tuple[type[Struct], ...] = (
    TicketPolicy,
    CallBackPolicy,
    SamplingPolicy,
    DutyPolicy,
    JudicialPolicy,
    ServicePricePolicy,
    PublicationPolicy,
)
