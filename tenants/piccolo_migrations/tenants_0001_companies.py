"""The directory of companies, and which plugins each was granted and has switched on."""

from core.kit.migrate import migration, tenant_table

ID = "tenants_0001_companies"

forwards = migration(
    ID,
    "tenants",
    """
    create table core.tenants_tenant (
      id uuid primary key, slug text not null unique check (slug ~ '^[a-z][a-z0-9-]{1,30}[a-z0-9]$'),
      name text not null, locale text not null default 'zh-Hans' check (locale in ('zh-Hans', 'zh-Hant',
       'en')),
      state text not null default 'active' check (state in ('active', 'suspended')), suspended_because text,
      version int not null default 1, created_at timestamptz not null default now()
    )
    """,
    "alter table core.tenants_tenant enable row level security",
    "alter table core.tenants_tenant force row level security",
    "create policy company on core.tenants_tenant to gj_app using (id = core.tid()) with check (id = core.tid())",
    "create policy system on core.tenants_tenant to gj_sys using (true) with check (true)",
    "grant select, update on core.tenants_tenant to gj_app",
    "grant select, insert, update, delete on core.tenants_tenant to gj_sys",
    "comment on table core.tenants_tenant is 'retention: permanent'",
    *tenant_table(
        "tenants_plugin",
        """
        name text not null, granted boolean not null default true, enabled boolean not null default false,
        settings jsonb not null default '{}', version int not null default 1, unique (tenant_id, name),
        check (granted or not enabled)
        """,
        retention="permanent",
    ),
)
