"""Why something was unfinished at the close and what comes next (TK-06): append-only, corrected by a further line."""

from core.kit.migrate import migration, tenant_table

ID = "core_0012_carryover"

forwards = migration(
    ID,
    "core",
    *tenant_table(
        "carryover_entry",
        """
        ticket_id uuid not null, project_id uuid not null, day date not null,
        entry_type text not null check (entry_type in ('unfinished', 'unreturned_sheet')),
        reason text not null check (length(reason) >= 2), next_step text not null check (length(next_step) >= 2),
        next_on date not null, next_at timestamptz, sheet text, corrects uuid, correction text,
        automatic boolean not null default false, at timestamptz not null default core.now(),
        actor_id uuid not null, actor_name text not null,
        check (next_on >= day), check ((corrects is null) = (correction is null)), check (corrects <> id)
        """,
        app_may=("select", "insert"),
        retention="record",
    ),
    # Each day one first entry for a ticket, and each entry corrected once: what two clerks may write stays a line.
    """
    create unique index carryover_entry_first on core.carryover_entry (tenant_id, ticket_id, day)
    where corrects is null
    """,
    "create unique index carryover_entry_chain on core.carryover_entry (tenant_id, corrects) where corrects is not null",
    "create index carryover_entry_ticket on core.carryover_entry (tenant_id, ticket_id, at desc, id desc)",
    "create index carryover_entry_type on core.carryover_entry (tenant_id, entry_type, day, project_id)",
    "alter table core.carryover_entry add foreign key (tenant_id, ticket_id) references core.tickets_ticket (tenant_id, id)",
    "alter table core.carryover_entry add foreign key (tenant_id, corrects) references core.carryover_entry (tenant_id, id)",
)
