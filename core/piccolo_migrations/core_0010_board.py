"""Indexes by the days on which things ended: what a manager's page counts."""

from core.kit.migrate import migration

ID = "core_0010_board"

forwards = migration(
    ID,
    "core",
    "create index tickets_ticket_done on core.tickets_ticket (tenant_id, done_at) where done_at is not null",
    "create index tickets_ticket_closed on core.tickets_ticket (tenant_id, closed_at) where closed_at is not null",
    """
    create index sla_clock_ended on core.sla_clock (tenant_id, stopped_at) where outcome in ('met', 'late')
    """,
)
