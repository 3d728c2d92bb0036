"""The timeline: every arrow taken and every note made, append-only."""

from core.kit.migrate import migration, tenant_table

ID = "core_0004_flows"

forwards = migration(
    ID,
    "core",
    *tenant_table(
        "flows_event",
        """
        flow text not null, record_id uuid not null, kind text not null check (kind in ('move', 'note', 'system')),
        name text not null, at timestamptz not null default core.now(), actor_id uuid not null,
        actor_name text not null, role text not null default '', from_state text, to_state text, note text,
        form jsonb not null default '{}', attachments uuid[] not null default '{}', channel text not null
        """,
        app_may=("select", "insert"),
        retention="record",
    ),
    "create index flows_event_timeline on core.flows_event (tenant_id, record_id, at, id)",
    "create index flows_event_by_name on core.flows_event (tenant_id, name, at)",
)
