"""Versions of policies and of the working calendar, the runs of clocks, and what each run has set off."""

from core.kit.migrate import migration, tenant_table

ID = "core_0007_sla"

forwards = migration(
    ID,
    "core",
    *tenant_table(
        "policies_version",
        """
        project_id uuid, number int not null check (number > 0), from_at timestamptz not null, preset text,
        document jsonb not null default '{}', published_at timestamptz not null default core.now(),
        published_by uuid not null
        """,
        app_may=("select", "insert"),
        retention="permanent",
    ),
    "create unique index policies_version_company on core.policies_version (tenant_id, number) where project_id is null",
    """
    create unique index policies_version_project on core.policies_version (tenant_id, project_id, number)
    where project_id is not null
    """,
    """
    alter table core.policies_version add foreign key (tenant_id, project_id)
    references core.households_project (tenant_id, id)
    """,
    # A calendar's version counts over all years of a company, so that one number names the whole of what was known.
    *tenant_table(
        "sla_calendar",
        """
        year int not null check (year between 2000 and 2100), version int not null check (version > 0),
        published boolean not null, days jsonb not null, published_at timestamptz not null default core.now(),
        published_by uuid not null, unique (tenant_id, version)
        """,
        app_may=("select", "insert"),
        retention="permanent",
    ),
    "create index sla_calendar_year on core.sla_calendar (tenant_id, year, version desc)",
    *tenant_table(
        "sla_clock",
        """
        flow text not null, record_id uuid not null, project_id uuid, code text not null, name text not null,
        unit text not null, amount int not null, breach text[] not null, appointed boolean not null,
        started_at timestamptz not null, due_at timestamptz not null, late_at timestamptz not null,
        target_at timestamptz, warn_at timestamptz, next_level_at timestamptz,
        pauses jsonb not null, paused_at timestamptz, stopped_at timestamptz,
        outcome text check (outcome in ('met', 'late', 'withdrawn')),
        target_warned_at timestamptz, warned_at timestamptz, breached_at timestamptz, escalated_at timestamptz,
        repeated boolean not null, level int not null check (level >= 0), next_fire_at timestamptz,
        policy_company uuid, policy_project uuid, calendar_version int not null, provisional boolean not null,
        created_at timestamptz not null default core.now(),
        check ((stopped_at is null) = (outcome is null)), check (due_at <= late_at),
        check (next_fire_at is null or (stopped_at is null and paused_at is null)),
        check (outcome is distinct from 'late' or breached_at is not null)
        """,
        app_may=("select", "insert", "update"),
        retention="record",
    ),
    "create unique index sla_clock_running on core.sla_clock (tenant_id, record_id, code) where stopped_at is null",
    "create index sla_clock_record on core.sla_clock (tenant_id, record_id, started_at)",
    """
    create index sla_clock_due on core.sla_clock (tenant_id, next_fire_at)
    where stopped_at is null and paused_at is null and next_fire_at is not null
    """,
    "create index sla_clock_provisional on core.sla_clock (tenant_id, id) where provisional and stopped_at is null",
    "create index sla_clock_breached on core.sla_clock (tenant_id, breached_at) where breached_at is not null",
    *tenant_table(
        "sla_fire",
        """
        clock_id uuid not null, kind text not null check (kind in ('target', 'warn', 'breach', 'escalation')),
        level int not null, at timestamptz not null, unique (tenant_id, clock_id, kind, level)
        """,
        app_may=("select", "insert"),
        retention="record",
    ),
    "alter table core.sla_fire add foreign key (tenant_id, clock_id) references core.sla_clock (tenant_id, id)",
)
