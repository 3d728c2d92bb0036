"""Tickets of all kinds, and the work orders of repairs."""

from core.kit.migrate import migration, owned_by_system, tenant_table

ID = "core_0006_tickets"

STATES = """'registered', 'dispatched', 'accepted', 'in_progress', 'waiting_customer', 'waiting_third_party', 'done',
 'pending_call_back', 'closed', 'cancelled', 'merged', 'refused'"""
CHANNELS = """'phone', 'in_person', 'letter', 'email', 'online', 'app', 'visit', 'petition', 'government_forward',
 'patrol', 'other'"""

forwards = migration(
    ID,
    "core",
    *tenant_table(
        "tickets_ticket",
        f"""
        project_id uuid not null, number text not null, kind text not null, nature text not null,
        state text not null check (state in ({STATES})), stage text, resume_state text,
        priority text not null check (priority in ('P1', 'P2', 'P3', 'P4')),
        urgency text not null check (urgency in ('normal', 'soon', 'now')),
        impact text not null check (impact in ('household', 'building', 'estate')),
        major boolean not null default false,
        household_id uuid, unit_id uuid, room text not null default '', place text,
        content text not null check (length(content) >= 2), reason text, requester text not null default '',
        channel text not null check (channel in ({CHANNELS})),
        phone bytea, phone_index bytea, phone_tail bytea, phone_masked text,
        occurred_at timestamptz, received_at timestamptz not null, appointment_at timestamptz,
        work_starts_at timestamptz not null generated always as (coalesce(appointment_at, received_at)) stored,
        immediate boolean not null default false, next_free boolean not null default false,
        paid boolean not null default false, size text check (size in ('minor', 'medium', 'major')),
        department text, first_responsible uuid not null, specialist_owner uuid, deputy uuid, engineer uuid, butler uuid,
        linked_to uuid, merged_into uuid, reopened int not null default 0, escalation int not null default 0,
        instruction text, instructed_by uuid, promised_reply date, result text,
        call_back_owed boolean not null, call_back_id uuid, call_back_exemption text,
        done_at timestamptz, closed_at timestamptz, due_at timestamptz, breached boolean not null default false,
        bigrams text[] not null default '{{}}', form jsonb not null default '{{}}',
        version int not null default 1, created_at timestamptz not null default core.now(),
        updated_at timestamptz not null default core.now(),
        unique (tenant_id, number),
        constraint call_back_before_closing check (
          state <> 'closed' or not call_back_owed or call_back_id is not null or call_back_exemption is not null),
        constraint closing_has_a_result check (state <> 'closed' or result is not null),
        check (not (immediate and appointment_at is not null)), check (merged_into is null or merged_into <> id)
        """,
        app_may=("select", "insert"),
        retention="record",
    ),
    # The receiver stays answerable to the end: no grant lets the application change first_responsible, number or kind.
    """
    do $$ declare columns text; begin
      select string_agg(quote_ident(column_name), ', ') into columns from information_schema.columns
      where table_schema = 'core' and table_name = 'tickets_ticket'
        and column_name not in ('tenant_id', 'id', 'number', 'kind', 'first_responsible', 'created_at', 'received_at',
                                'work_starts_at');
      execute 'grant update (' || columns || ') on core.tickets_ticket to gj_app';
    end $$
    """,
    "create index tickets_ticket_newest on core.tickets_ticket (tenant_id, created_at desc, id desc)",
    """
    create index tickets_ticket_due on core.tickets_ticket (tenant_id, due_at, id)
    where state not in ('closed', 'cancelled', 'merged', 'refused')
    """,
    "create index tickets_ticket_state on core.tickets_ticket (tenant_id, state, created_at desc, id desc)",
    "create index tickets_ticket_unit on core.tickets_ticket (tenant_id, unit_id, created_at desc) where unit_id is not null",
    "create index tickets_ticket_household on core.tickets_ticket (tenant_id, household_id, created_at desc)",
    "create index tickets_ticket_engineer on core.tickets_ticket (tenant_id, engineer, state)",
    "create index tickets_ticket_phone on core.tickets_ticket (tenant_id, phone_index)",
    "create index tickets_ticket_tail on core.tickets_ticket (tenant_id, phone_tail)",
    "create index tickets_ticket_words on core.tickets_ticket using gin (tenant_id, bigrams)",
    *tenant_table(
        "tickets_work_order",
        """
        ticket_id uuid not null, project_id uuid not null, number text not null,
        state text not null check (state in ('issued', 'handed_over', 'assigned', 'cannot_attend', 'on_site', 'quoted',
          'price_accepted', 'cannot_complete', 'completed', 'returned', 'void')),
        department text not null, engineer uuid, size text check (size in ('minor', 'medium', 'major')),
        paid boolean not null, issued_at timestamptz not null, issued_by uuid not null,
        handed_over_at timestamptz, handed_over_by uuid, arrived_at timestamptz, finished_at timestamptz,
        returned_at timestamptz, returned_no text, quote_item text, quote_fen bigint check (quote_fen >= 0),
        price_accepted_at timestamptz, price_accepted_by text, price_accepted_how text, consent text,
        work text, material jsonb not null default '[]', amount_fen bigint check (amount_fen >= 0),
        signature jsonb, signature_exemption text check (signature_exemption in
          ('public_area', 'absent_with_consent', 'refused')), signed_by text,
        checklist jsonb not null default '{}', printed int not null default 0, void_reason text,
        version int not null default 1, unique (tenant_id, number),
        check (not paid or state not in ('completed', 'returned') or price_accepted_at is not null),
        check (state not in ('completed', 'returned') or arrived_at is not null),
        check (state not in ('completed', 'returned') or signature is not null or signature_exemption is not null)
        """,
        retention="record",
    ),
    "create index tickets_work_order_ticket on core.tickets_work_order (tenant_id, ticket_id, issued_at desc)",
    "alter table core.tickets_work_order add foreign key (tenant_id, ticket_id) references core.tickets_ticket (tenant_id, id)",
    "alter table core.tickets_ticket add foreign key (tenant_id, merged_into) references core.tickets_ticket (tenant_id, id)",
    "alter table core.tickets_ticket add foreign key (tenant_id, linked_to) references core.tickets_ticket (tenant_id, id)",
    """
    create function core.tickets_search(p_tenant uuid, p_grams text[], p_projects uuid[], p_limit int)
    returns setof uuid language plpgsql stable security definer set search_path = core, pg_temp as $$
    declare found_ids uuid[]; begin
      if p_tenant is distinct from core.tid() then return; end if;
      select array_agg(id) into found_ids from (
        select n.id from (
          select t.id, t.bigrams, t.project_id, t.created_at from core.tickets_ticket t where t.tenant_id = p_tenant
          order by t.created_at desc, t.id desc limit 2000) n
        where n.bigrams @> p_grams and (p_projects is null or n.project_id = any (p_projects))
        order by n.created_at desc, n.id desc limit p_limit) newest;
      if coalesce(cardinality(found_ids), 0) < p_limit then
        return query select t.id from core.tickets_ticket t
          where t.tenant_id = p_tenant and t.bigrams @> p_grams
            and (p_projects is null or t.project_id = any (p_projects))
          order by t.created_at desc, t.id desc limit p_limit;
      else
        return query select unnest(found_ids);
      end if;
    end $$
    """,
    *owned_by_system("core.tickets_search(uuid, text[], uuid[], int)"),
)
