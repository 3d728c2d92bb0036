"""Call-backs (CB-01): one row per attempt, append-only; a ticket is closed by the row that settled it."""

from core.kit.migrate import migration, tenant_table

ID = "core_0008_callbacks"

forwards = migration(
    ID,
    "core",
    *tenant_table(
        "callbacks_call_back",
        """
        ticket_id uuid not null, project_id uuid not null, attempt int not null check (attempt >= 1),
        at timestamptz not null, day date not null,
        method text not null check (method in ('phone', 'visit', 'online')),
        result text not null check (result in ('reached', 'attempted', 'unreachable')),
        satisfaction text check (satisfaction in ('satisfied', 'acceptable', 'dissatisfied')),
        person text, note text, caller_id uuid not null, caller_name text not null, round int not null,
        unique (tenant_id, ticket_id, round, attempt),
        check ((result = 'reached') = (satisfaction is not null))
        """,
        app_may=("select", "insert"),
        retention="record",
    ),
    "create index callbacks_call_back_day on core.callbacks_call_back (tenant_id, day, project_id)",
    "alter table core.callbacks_call_back add foreign key (tenant_id, ticket_id) references core.tickets_ticket (tenant_id, id)",
    "alter table core.tickets_ticket add foreign key (tenant_id, call_back_id)"
    " references core.callbacks_call_back (tenant_id, id)",
)
