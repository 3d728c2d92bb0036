"""A company's brand colour; the tints are derived from it when its stylesheet is asked for."""

from core.kit.migrate import migration

ID = "tenants_0002_color"

forwards = migration(
    ID,
    "tenants",
    "alter table core.tenants_tenant add column color text check (color ~ '^#[0-9a-f]{6}$')",
)
