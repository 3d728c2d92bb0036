"""Departments, people, which roles they hold where, and when they are on duty."""

from core.kit.migrate import migration, tenant_table

ID = "core_0003_staff"

forwards = migration(
    ID,
    "core",
    *tenant_table(
        "staff_department",
        "code text not null, name text not null, outsourced boolean not null default false, position int not null"
        " default 0, unique (tenant_id, code)",
        retention="permanent",
    ),
    *tenant_table(
        "staff_person",
        """
        username text not null, name text not null, title text not null default '', sort_key text not null,
        search_keys text[] not null, department text, email text, locale text
          check (locale in ('zh-Hans', 'zh-Hant', 'en')),
        state text not null default 'active' check (state in ('active', 'left')), version int not null default 1,
        created_at timestamptz not null default core.now(), unique (tenant_id, username)
        """,
        retention="person",
    ),
    "create index staff_person_sorted on core.staff_person (tenant_id, sort_key, id)",
    "alter table core.staff_person add foreign key (tenant_id, department)"
    " references core.staff_department (tenant_id, code)",
    *tenant_table(
        "staff_assignment",
        """
        person_id uuid not null, role text not null, project_id uuid, from_date date not null, until_date date,
        created_at timestamptz not null default core.now(), created_by uuid,
        check (until_date is null or until_date >= from_date),
        exclude using gist (tenant_id with =, person_id with =, role with =,
          coalesce(project_id, '00000000-0000-0000-0000-000000000000'::uuid) with =,
          daterange(from_date, until_date, '[]') with &&)
        """,
        retention="record",
    ),
    "create index staff_assignment_role on core.staff_assignment (tenant_id, role, project_id)",
    "create index staff_assignment_person on core.staff_assignment (tenant_id, person_id)",
    "alter table core.staff_assignment add foreign key (tenant_id, person_id)"
    " references core.staff_person (tenant_id, id)",
    *tenant_table(
        "staff_duty",
        """
        person_id uuid not null, project_id uuid, from_at timestamptz not null, until_at timestamptz not null,
        check (until_at > from_at)
        """,
        retention="record",
    ),
    "create index staff_duty_when on core.staff_duty (tenant_id, from_at, until_at)",
    "alter table core.staff_duty add foreign key (tenant_id, person_id) references core.staff_person (tenant_id, id)",
)
