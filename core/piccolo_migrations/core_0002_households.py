"""Projects, units, households, the people of each and their phones; household lists that were imported."""

from core.kit.migrate import migration, owned_by_system, tenant_table

ID = "core_0002_households"

forwards = migration(
    ID,
    "core",
    *tenant_table(
        "households_project",
        """
        code text not null check (code <> ''), name text not null check (name <> ''), sort int not null default 0,
        version int not null default 1, created_at timestamptz not null default core.now(),
        unique (tenant_id, code), unique (tenant_id, name)
        """,
    ),
    *tenant_table(
        "households_unit",
        """
        project_id uuid not null, kind text not null check (kind in ('flat', 'villa', 'shop', 'parking')),
        phase text not null default '', building text not null default '', stairwell text not null default '',
        floor text not null default '', room text not null check (room <> ''), short text not null, long text not null,
        sort_key text collate "C" not null, area_milli int check (area_milli > 0), butler_id uuid,
        version int not null default 1, created_at timestamptz not null default core.now(),
        updated_at timestamptz not null default core.now(),
        unique (tenant_id, project_id, kind, phase, building, stairwell, room), unique (tenant_id, project_id, id)
        """,
    ),
    "create index households_unit_room on core.households_unit (tenant_id, room, building)",
    "create index households_unit_building on core.households_unit (tenant_id, building, stairwell)",
    "create index households_unit_order on core.households_unit (tenant_id, project_id, sort_key, id)",
    "create index households_unit_butler on core.households_unit (tenant_id, butler_id) where butler_id is not null",
    # One open file per unit (HA-01); a change of owner closes it and opens the next.
    *tenant_table(
        "households_household",
        """
        project_id uuid not null, unit_id uuid not null, owner_name text not null default '', moved_in date,
        note text not null default '', mark bytea, previous_id uuid, opened_at timestamptz not null default core.now(),
        closed_at timestamptz, version int not null default 1, updated_at timestamptz not null default core.now(),
        check (closed_at is null or closed_at >= opened_at), check (previous_id is null or previous_id <> id)
        """,
    ),
    """
    create unique index households_household_open on core.households_household (tenant_id, unit_id)
    where closed_at is null
    """,
    *tenant_table(
        "households_person",
        """
        household_id uuid not null, name text not null default '',
        relation text not null check (relation in ('owner', 'renter', 'relative', 'other')),
        data_key bytea, sort_key text collate "C" not null default '', search_keys text[] not null default '{}',
        created_at timestamptz not null default core.now(), erased_at timestamptz,
        check (data_key is not null or erased_at is not null),
        check (erased_at is null
               or (data_key is null and name = '' and sort_key = '' and cardinality(search_keys) = 0))
        """,
        retention="person",
    ),
    "create index households_person_household on core.households_person (tenant_id, household_id)",
    """
    create index households_person_keys on core.households_person
    using gin (tenant_id, array_to_tsvector(search_keys))
    """,
    *tenant_table(
        "households_phone",
        """
        person_id uuid not null, number bytea not null, phone_index bytea not null, tail_index bytea not null,
        masked text not null, listed boolean not null default false,
        unique (tenant_id, person_id, phone_index)
        """,
        retention="person",
    ),
    "create index households_phone_number on core.households_phone (tenant_id, phone_index)",
    "create index households_phone_tail on core.households_phone (tenant_id, tail_index)",
    *tenant_table(
        "households_import",
        """
        name text not null, sha256 text not null, file_id uuid, project_id uuid not null, places jsonb not null,
        dry_run boolean not null, state text not null check (state in ('waiting', 'done', 'failed')),
        total int not null, row_count int not null default 0, household_count int not null default 0,
        refused_count int not null default 0, repeated_count int not null default 0,
        created_count int not null default 0, updated_count int not null default 0,
        unchanged_count int not null default 0, refused jsonb not null default '[]', skipped text[] not null default '{}',
        error_key text, error_params jsonb not null default '{}', task_id uuid, created_by uuid not null,
        created_by_name text not null, created_at timestamptz not null default core.now(), finished_at timestamptz,
        check ((state = 'waiting') = (finished_at is null)), check ((state = 'failed') = (error_key is not null))
        """,
        retention="log",
    ),
    "create index households_import_newest on core.households_import (tenant_id, created_at desc, id desc)",
    """
    alter table core.households_unit
      add foreign key (tenant_id, project_id) references core.households_project (tenant_id, id)
    """,
    """
    alter table core.households_household
      add foreign key (tenant_id, project_id, unit_id) references core.households_unit (tenant_id, project_id, id),
      add foreign key (tenant_id, previous_id) references core.households_household (tenant_id, id)
    """,
    """
    alter table core.households_person
      add foreign key (tenant_id, household_id) references core.households_household (tenant_id, id)
    """,
    """
    alter table core.households_phone
      add foreign key (tenant_id, person_id) references core.households_person (tenant_id, id)
    """,
    """
    alter table core.households_import
      add foreign key (tenant_id, project_id) references core.households_project (tenant_id, id)
    """,
    # The units of the first reading that finds any: `031802` is building 3 room 1802 where that exists.
    """
    create function core.households_rooms(p_tenant uuid, p_projects uuid[], p_readings jsonb)
    returns setof uuid language plpgsql stable security definer rows 20 set search_path = core, pg_temp as $$
    declare r jsonb; begin
      if p_tenant is distinct from core.tid() then return; end if;
      for i in 0 .. coalesce(jsonb_array_length(p_readings), 0) - 1 loop
        r := p_readings -> i;
        if r ? 'room' then
          return query select u.id from core.households_unit u
            where u.tenant_id = p_tenant and u.room = r ->> 'room'
              and (not r ? 'building' or u.building = r ->> 'building')
              and (not r ? 'stairwell' or u.stairwell = r ->> 'stairwell')
              and (not r ? 'floor' or u.floor = r ->> 'floor')
              and (not r ? 'phase' or u.phase = r ->> 'phase') and (not r ? 'kind' or u.kind = r ->> 'kind')
              and (p_projects is null or u.project_id = any (p_projects));
        else
          return query select u.id from core.households_unit u
            where u.tenant_id = p_tenant and (not r ? 'building' or u.building = r ->> 'building')
              and (not r ? 'stairwell' or u.stairwell = r ->> 'stairwell')
              and (not r ? 'floor' or u.floor = r ->> 'floor')
              and (not r ? 'phase' or u.phase = r ->> 'phase') and (not r ? 'kind' or u.kind = r ->> 'kind')
              and (p_projects is null or u.project_id = any (p_projects));
        end if;
        if found then return; end if;
      end loop;
    end $$
    """,
    # Ranks: 1 rooms, 2 phones, 3 the whole name or its initials, 4 names that begin so or have a part that does.
    """
    create function core.households_search(
      p_tenant uuid, p_projects uuid[], p_readings jsonb, p_phone bytea, p_tail bytea, p_key text,
      p_rank int, p_project uuid, p_sort text, p_unit uuid, p_limit int)
    returns table (household_id uuid, rank int, project_id uuid, sort_key text, unit_id uuid)
    language plpgsql stable security definer set search_path = core, pg_temp as $$
    declare words tsquery := case when p_key is not null then ('''' || p_key || ''':*')::tsquery end;
    begin
      if p_tenant is distinct from core.tid() then return; end if;
      return query
        with hits as (
          select h.id, 1 as place from core.households_rooms(p_tenant, p_projects, p_readings) as r (id)
            join core.households_household h on h.tenant_id = p_tenant and h.unit_id = r.id
          union all
          select p.household_id, 2 from core.households_phone n
            join core.households_person p on p.tenant_id = p_tenant and p.id = n.person_id
            where n.tenant_id = p_tenant and n.phone_index = p_phone
          union all
          select p.household_id, 2 from core.households_phone n
            join core.households_person p on p.tenant_id = p_tenant and p.id = n.person_id
            where n.tenant_id = p_tenant and n.tail_index = p_tail
          union all
          select p.household_id, case when p_key = any (p.search_keys) then 3 else 4 end
            from core.households_person p
            where p.tenant_id = p_tenant and array_to_tsvector(p.search_keys) @@ words
        ), best as (select hits.id, min(hits.place) as place from hits group by hits.id)
        select h.id, best.place, u.project_id, u.sort_key, u.id
        from best
          join core.households_household h on h.tenant_id = p_tenant and h.id = best.id and h.closed_at is null
          join core.households_unit u on u.tenant_id = p_tenant and u.id = h.unit_id
        where (p_projects is null or u.project_id = any (p_projects))
          and (p_rank is null or (best.place, u.project_id, u.sort_key, u.id) > (p_rank, p_project, p_sort, p_unit))
        order by best.place, u.project_id, u.sort_key, u.id limit p_limit;
    end $$
    """,
    # A great list outgrows what the planner believes of these tables long before autovacuum comes round: foreign key
    # checks and joins would go on reading a whole company for each row. Owned by the tables' owner, who may analyze.
    # False when somebody else is at it just now.
    """
    create function core.households_analyze(p_new int) returns boolean language plpgsql
    security definer set search_path = core, pg_temp as $$ begin
      if to_regclass('pg_catalog.pg_dist_partition') is not null
         or p_new * 5 < (select reltuples from pg_class where oid = 'core.households_unit'::regclass) then return true; end if;
      lock table core.households_unit, core.households_household, core.households_person, core.households_phone
        in share update exclusive mode nowait;
      analyze core.households_unit, core.households_household, core.households_person, core.households_phone;
      return true;
    exception when lock_not_available then return false;
    end $$
    """,
    "revoke all on function core.households_analyze(int) from public",
    "grant execute on function core.households_analyze(int) to gj_app",
    *owned_by_system(
        "core.households_rooms(uuid, uuid[], jsonb)",
        "core.households_search(uuid, uuid[], jsonb, bytea, bytea, text, int, uuid, text, uuid, int)",
    ),
)
