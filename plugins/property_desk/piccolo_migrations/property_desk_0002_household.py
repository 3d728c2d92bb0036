"""Goods slips by household, for its page."""

from core.kit.migrate import migration

ID = "property_desk_0002_household"

forwards = migration(
    ID,
    "property_desk",
    """
    create index property_desk_goods_slip_household
    on core.property_desk_goods_slip (tenant_id, household_id, created_at desc, id desc)
    """,
)
