"""The kit's own tables: counters, outbox and inbox, idempotency keys, audit, company keys, ticks, tasks."""

from core.kit.migrate import migration, tenant_table

ID = "core_0001_kit"

forwards = migration(
    ID,
    "core",
    """
    create function core.tid() returns uuid language sql stable parallel safe as
    $$ select nullif(current_setting('app.tenant_id', true), '')::uuid $$
    """,
    """
    create function core.now() returns timestamptz language sql stable parallel safe as
    $$ select coalesce(nullif(current_setting('app.now', true), '')::timestamptz, now()) $$
    """,
    """
    create function core.distribute(t regclass) returns void language plpgsql as $$ begin
      if to_regclass('pg_catalog.pg_dist_partition') is null then return; end if;
      if exists (select from pg_dist_partition
                 where logicalrelid = 'core.kit_outbox'::regclass and partmethod = 'h') then
        perform create_distributed_table(t, 'tenant_id', colocate_with => 'core.kit_outbox');
      end if; end $$
    """,
    "grant select on core.migration to gj_app, gj_sys",
    *tenant_table(
        "kit_counter",
        "prefix text not null, day date not null, last bigint not null",
        key="tenant_id, prefix, day",
    ),
    *tenant_table(
        "kit_outbox",
        """
        kind text not null check (kind in ('event', 'job')), name text not null, payload jsonb not null,
        actor_id uuid, actor_name text, request_id text, created_at timestamptz not null default now(),
        due_at timestamptz not null, attempts int not null default 0, starts int not null default 0,
        sent_at timestamptz, leased_until timestamptz, done_at timestamptz, parked_at timestamptz, error text
        """,
        retention="transient",
    ),
    """
    create index kit_outbox_waiting on core.kit_outbox (tenant_id, due_at)
    where done_at is null and parked_at is null
    """,
    "create index kit_outbox_done on core.kit_outbox (tenant_id, done_at) where done_at is not null",
    *tenant_table(
        "kit_inbox",
        "consumer text not null, at timestamptz not null default now()",
        key="tenant_id, id, consumer",
        retention="transient",
    ),
    *tenant_table(
        "kit_idempotency",
        """
        actor_id uuid not null, key text not null, fingerprint bytea not null, status int, headers jsonb,
        body bytea, created_at timestamptz not null default now(), unique (tenant_id, actor_id, key)
        """,
        retention="transient",
    ),
    *tenant_table(
        "kit_audit",
        """
        at timestamptz not null default core.now(), action text not null, subject text not null, subject_id uuid,
        actor_id uuid, actor_name text not null, roles text[] not null, channel text not null,
        request_id text not null, detail jsonb not null
        """,
        app_may=("select", "insert"),
        retention="log",
    ),
    "create index kit_audit_subject on core.kit_audit (tenant_id, subject_id)",
    *tenant_table(
        "kit_audit_waiting",
        "at timestamptz not null default now()",
        app_may=("select", "insert"),
        retention="transient",
    ),
    *tenant_table(
        "kit_audit_seal",
        """
        seq bigint not null, audit_id uuid not null, hash bytea not null, at timestamptz not null default now(),
        unique (tenant_id, seq), unique (tenant_id, audit_id)
        """,
        app_may=("select",),
        retention="log",
    ),
    *tenant_table("kit_tenant_key", "wrapped bytea not null, created_at timestamptz not null default now()"),
    *tenant_table(
        "kit_tick",
        "job text not null, due_at timestamptz not null, at timestamptz not null default now()",
        key="tenant_id, job, due_at",
        retention="transient",
    ),
    *tenant_table(
        "kit_task",
        """
        kind text not null, state text not null check (state in ('waiting', 'running', 'done', 'failed')),
        progress int not null default 0, total int not null default 0, input jsonb not null, result jsonb,
        error text, created_by uuid, created_at timestamptz not null default now(), finished_at timestamptz
        """,
        retention="transient",
    ),
)
