"""When a late ticket was last pressed for."""

from core.kit.migrate import migration

ID = "core_0014_reminders"

forwards = migration(
    ID,
    "core",
    "alter table core.tickets_ticket add column reminded_at timestamptz",
    "grant update (reminded_at) on core.tickets_ticket to gj_app",
)
