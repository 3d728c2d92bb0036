"""Until when a declined ticket must be sent elsewhere, whom an escalation has reached, and what follows whom."""

from core.kit.migrate import migration

ID = "core_0016_ticket_rules"

forwards = migration(
    ID,
    "core",
    "alter table core.tickets_ticket add column redirect_by timestamptz, add column escalated_to uuid",
    "grant update (redirect_by, escalated_to) on core.tickets_ticket to gj_app",
    """
    create index tickets_ticket_merged on core.tickets_ticket (tenant_id, merged_into) where merged_into is not null
    """,
)
