"""Notices in the bell: what a person was told, in words that are translated when shown."""

from core.kit.migrate import migration, tenant_table

ID = "core_0009_notifications"

forwards = migration(
    ID,
    "core",
    *tenant_table(
        "notifications_notice",
        """
        person_id uuid not null, event text not null, message text not null, params jsonb not null default '{}',
        link text not null, tone text not null default 'info' check (tone in ('info', 'warn', 'danger')),
        created_at timestamptz not null default core.now(), read_at timestamptz
        """,
        retention="transient",
    ),
    "create index notifications_notice_person on core.notifications_notice (tenant_id, person_id, created_at desc, id desc)",
    "create index notifications_notice_unread on core.notifications_notice (tenant_id, person_id) where read_at is null",
)
