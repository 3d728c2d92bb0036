"""Local accounts, sessions, and the roles a company has edited or added."""

from core.kit.migrate import migration, tenant_table

ID = "auth_0001_accounts"

forwards = migration(
    ID,
    "auth",
    *tenant_table(
        "auth_account",
        """
        password_hash text not null, state text not null default 'active' check (state in ('active', 'disabled')),
        must_change boolean not null default false, password_changed_at timestamptz not null default core.now(),
        failures int not null default 0, failed_at timestamptz, version int not null default 1,
        created_at timestamptz not null default core.now()
        """,
        retention="person",
    ),
    "alter table core.auth_account add foreign key (tenant_id, id) references core.staff_person (tenant_id, id)",
    *tenant_table(
        "auth_session",
        """
        account_id uuid not null, token_hash bytea not null, created_at timestamptz not null, seen_at timestamptz not null,
        expires_at timestamptz not null, address text not null, agent text not null, ended_at timestamptz,
        ended_because text, unique (tenant_id, token_hash)
        """,
        retention="log",
    ),
    "create index auth_session_account on core.auth_session (tenant_id, account_id) where ended_at is null",
    "alter table core.auth_session add foreign key (tenant_id, account_id) references core.auth_account (tenant_id, id)",
    *tenant_table(
        "auth_role",
        "name text not null, label text not null, permissions text[] not null, version int not null default 1,"
        " unique (tenant_id, name)",
        retention="permanent",
    ),
)
