"""The call-back register's order: when each attempt was made."""

from core.kit.migrate import migration

ID = "core_0015_registers"

forwards = migration(
    ID, "core", "create index callbacks_call_back_at on core.callbacks_call_back (tenant_id, at, id)"
)
