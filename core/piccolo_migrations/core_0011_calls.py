"""Calls that ring at the desk, kept for a day."""

from core.kit.migrate import migration, tenant_table

ID = "core_0011_calls"

forwards = migration(
    ID,
    "core",
    *tenant_table(
        "calls_call",
        """
        phone bytea not null, phone_index bytea not null, phone_masked text not null, line text not null default '',
        rang_at timestamptz not null default core.now(), taken_at timestamptz, taken_by uuid, taken_name text,
        check ((taken_at is null) = (taken_by is null))
        """,
        retention="transient",
    ),
    "create index calls_call_ringing on core.calls_call (tenant_id, rang_at)",
)
