"""The estate that somebody with several chose to work in, kept with the session; null for all of them."""

from core.kit.migrate import migration

ID = "auth_0002_project"

forwards = migration(
    ID,
    "auth",
    "alter table core.auth_session add column project_id uuid",
    "alter table core.auth_session add foreign key (tenant_id, project_id)"
    " references core.households_project (tenant_id, id)",
)
