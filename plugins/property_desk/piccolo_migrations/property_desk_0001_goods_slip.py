"""Goods release slips (PD-01, FORM-20): who carries what out on which day, who consented, signed and stamped."""

from core.kit.migrate import migration, tenant_table

ID = "property_desk_0001_goods_slip"

forwards = migration(
    ID,
    "property_desk",
    *tenant_table(
        "property_desk_goods_slip",
        """
        number text not null, project_id uuid not null,
        state text not null default 'draft' check (state in ('draft', 'consent_ok', 'applicant_signed', 'duty_signed',
          'stamped', 'issued', 'used', 'filed', 'mismatch', 'expired', 'void')),
        stage text, edition int not null default 1 check (edition > 0), version int not null default 1,
        unit_id uuid, household_id uuid, room text not null default '', place text not null default '',
        applicant text not null check (applicant in ('owner', 'renter', 'renovation_lead', 'staff')),
        applicant_name text not null check (applicant_name <> ''), staff_id uuid,
        mover_name text not null check (mover_name <> ''),
        mover_key bytea not null, mover_id bytea not null, mover_id_masked text not null,
        items jsonb not null check (jsonb_typeof(items) = 'array' and jsonb_array_length(items) between 1 and 50),
        valid_on date not null, prepared_by uuid not null,
        consent_means text check (consent_means in ('on_site', 'phone', 'written')), consent_by text,
        consent_at timestamptz, consent_note text, consent_head uuid,
        applicant_signature jsonb, applicant_signed_at timestamptz,
        duty_signed_by uuid, duty_signed_at timestamptz, stamped_by uuid, stamped_at timestamptz,
        issued_by uuid, issued_at timestamptz, released_by uuid, released_at timestamptz, filed_at timestamptz,
        difference text, void_reason text, prints int not null default 0 check (prints >= 0),
        created_at timestamptz not null default core.now(), updated_at timestamptz not null default core.now(),
        unique (tenant_id, number),
        check ((applicant = 'staff') = (staff_id is not null)), check (applicant = 'staff' or unit_id is not null),
        check (num_nulls(consent_means, consent_by, consent_at) in (0, 3)),
        check (consent_head is null or (applicant = 'staff' and consent_head <> staff_id)),
        check (applicant = 'owner' or consent_means is not null or state in ('draft', 'void')),
        check (applicant_signed_at is not null or state in ('draft', 'consent_ok', 'void')),
        check (num_nulls(duty_signed_by, duty_signed_at) in (0, 2)),
        check (num_nulls(stamped_by, stamped_at) in (0, 2)),
        check (duty_signed_by <> prepared_by), check (stamped_by <> prepared_by),
        check (stamped_by is null or (duty_signed_by is not null and stamped_by <> duty_signed_by)),
        check (duty_signed_by is not null or state not in ('duty_signed', 'stamped', 'issued', 'used', 'filed',
          'mismatch')),
        check (stamped_by is not null or state not in ('stamped', 'issued', 'used', 'filed', 'mismatch')),
        check (issued_at is not null or state not in ('issued', 'used', 'filed', 'mismatch')),
        check (released_at is not null or state not in ('used', 'filed')),
        check (difference is not null or state <> 'mismatch'), check (void_reason is not null or state <> 'void')
        """,
    ),
    "create index property_desk_goods_slip_newest on core.property_desk_goods_slip (tenant_id, created_at desc, id desc)",
    "create index property_desk_goods_slip_room on core.property_desk_goods_slip (tenant_id, room, created_at desc)",
    """
    create index property_desk_goods_slip_day on core.property_desk_goods_slip (tenant_id, valid_on)
    where state not in ('filed', 'expired', 'void')
    """,
    """
    alter table core.property_desk_goods_slip
      add foreign key (tenant_id, project_id) references core.households_project (tenant_id, id),
      add foreign key (tenant_id, project_id, unit_id) references core.households_unit (tenant_id, project_id, id),
      add foreign key (tenant_id, household_id) references core.households_household (tenant_id, id),
      add foreign key (tenant_id, staff_id) references core.staff_person (tenant_id, id),
      add foreign key (tenant_id, consent_head) references core.staff_person (tenant_id, id)
    """,
)
