"""Piccolo's view of the tables; keys, checks and policies stand in the migration."""

from piccolo.columns import JSONB, UUID, Bytea, Date, Integer, Text, Timestamptz

from core.kit.database import TenantTable


class GoodsSlip(TenantTable, tablename="property_desk_goods_slip"):
    """`edition` counts up whenever what the paper says is changed: older papers' codes are then void."""

    number = Text()
    project_id = UUID()
    state = Text()
    stage = Text(null=True, default=None)
    edition = Integer(default=1)
    version = Integer(default=1)
    unit_id = UUID(null=True, default=None)
    household_id = UUID(null=True, default=None)
    room = Text()
    place = Text()
    applicant = Text()
    applicant_name = Text()
    staff_id = UUID(null=True, default=None)
    mover_name = Text()
    mover_key = Bytea()
    mover_id = Bytea()
    mover_id_masked = Text()
    items = JSONB()
    valid_on = Date()
    prepared_by = UUID()
    consent_means = Text(null=True, default=None)
    consent_by = Text(null=True, default=None)
    consent_at = Timestamptz(null=True, default=None)
    consent_note = Text(null=True, default=None)
    consent_head = UUID(null=True, default=None)
    applicant_signature = JSONB(null=True, default=None)
    applicant_signed_at = Timestamptz(null=True, default=None)
    duty_signed_by = UUID(null=True, default=None)
    duty_signed_at = Timestamptz(null=True, default=None)
    stamped_by = UUID(null=True, default=None)
    stamped_at = Timestamptz(null=True, default=None)
    issued_by = UUID(null=True, default=None)
    issued_at = Timestamptz(null=True, default=None)
    released_by = UUID(null=True, default=None)
    released_at = Timestamptz(null=True, default=None)
    filed_at = Timestamptz(null=True, default=None)
    difference = Text(null=True, default=None)
    void_reason = Text(null=True, default=None)
    prints = Integer(default=0)
    created_at = Timestamptz()
    updated_at = Timestamptz()
