"""People who moved out, the phone to call first, who changed a file last, and what a list would overwrite."""

from core.kit.migrate import migration

ID = "core_0013_people"

forwards = migration(
    ID,
    "core",
    """
    alter table core.households_household
      add column edited_at timestamptz, add column updated_by text not null default ''
    """,
    "alter table core.households_unit add column updated_by text not null default ''",
    "alter table core.households_person add column left_on date",
    "alter table core.households_phone add column preferred boolean not null default false",
    """
    create unique index households_phone_preferred on core.households_phone (tenant_id, person_id) where preferred
    """,
    "alter table core.households_import add column overwritten jsonb not null default '[]'",
    # Who moved out is found no more; otherwise as it was.
    """
    create or replace function core.households_search(
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
            join core.households_person p on p.tenant_id = p_tenant and p.id = n.person_id and p.left_on is null
            where n.tenant_id = p_tenant and n.phone_index = p_phone
          union all
          select p.household_id, 2 from core.households_phone n
            join core.households_person p on p.tenant_id = p_tenant and p.id = n.person_id and p.left_on is null
            where n.tenant_id = p_tenant and n.tail_index = p_tail
          union all
          select p.household_id, case when p_key = any (p.search_keys) then 3 else 4 end
            from core.households_person p
            where p.tenant_id = p_tenant and p.left_on is null and array_to_tsvector(p.search_keys) @@ words
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
)
