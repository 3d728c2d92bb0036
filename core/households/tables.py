"""Piccolo's view of the tables; keys, policies and partial indexes stand in the migration."""

from piccolo.columns import (
    JSONB,
    UUID,
    Array,
    Boolean,
    Bytea,
    Date,
    Integer,
    Text,
    Timestamptz,
)

from core.kit.database import TenantTable


class Project(TenantTable, tablename="households_project"):
    code = Text()
    name = Text()
    sort = Integer()
    version = Integer(default=1)
    created_at = Timestamptz()


class Unit(TenantTable, tablename="households_unit"):
    project_id = UUID()
    kind = Text()
    phase = Text()
    building = Text()
    stairwell = Text()
    floor = Text()
    room = Text()
    short = Text()
    long = Text()
    sort_key = Text()
    area_milli = Integer(null=True, default=None)
    butler_id = UUID(null=True, default=None)
    version = Integer(default=1)
    created_at = Timestamptz()
    updated_at = Timestamptz()
    updated_by = Text()


class Household(TenantTable, tablename="households_household"):
    project_id = UUID()
    unit_id = UUID()
    owner_name = Text()
    moved_in = Date(null=True, default=None)
    note = Text()
    mark = Bytea(null=True, default=None)
    previous_id = UUID(null=True, default=None)
    opened_at = Timestamptz()
    closed_at = Timestamptz(null=True, default=None)
    version = Integer(default=1)
    updated_at = Timestamptz()
    edited_at = Timestamptz(null=True, default=None)
    updated_by = Text()


class Person(TenantTable, tablename="households_person"):
    household_id = UUID()
    name = Text()
    relation = Text()
    data_key = Bytea(null=True, default=None)
    sort_key = Text()
    search_keys = Array(base_column=Text())
    created_at = Timestamptz()
    erased_at = Timestamptz(null=True, default=None)
    left_on = Date(null=True, default=None)


class Phone(TenantTable, tablename="households_phone"):
    person_id = UUID()
    number = Bytea()
    phone_index = Bytea()
    tail_index = Bytea()
    masked = Text()
    listed = Boolean(default=False)
    preferred = Boolean(default=False)


class Import(TenantTable, tablename="households_import"):
    name = Text()
    sha256 = Text()
    file_id = UUID(null=True, default=None)
    project_id = UUID()
    places = JSONB()
    dry_run = Boolean()
    state = Text()
    total = Integer()
    row_count = Integer()
    household_count = Integer()
    refused_count = Integer()
    repeated_count = Integer()
    created_count = Integer()
    updated_count = Integer()
    unchanged_count = Integer()
    refused = JSONB()
    skipped = Array(base_column=Text())
    error_key = Text(null=True, default=None)
    error_params = JSONB()
    task_id = UUID(null=True, default=None)
    created_by = UUID()
    created_by_name = Text()
    created_at = Timestamptz()
    finished_at = Timestamptz(null=True, default=None)
    overwritten = JSONB()
