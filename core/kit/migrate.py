"""Schema changes: hand-written SQL, all apps in one transaction under one lock, run by the role that owns
the tables.

A migration file is named `<app>_NNNN_title.py` and says `forwards = migration(ID, "app", *statements)`.
Every table of a company is made by `tenant_table()`, which writes key, row-level security, policies and
grants, so that nobody can forget them. On Citus the same statements distribute the table; foreign keys
are added afterwards by ALTER.
"""

import contextlib
import io
import os
from collections.abc import Awaitable, Callable, Sequence
from typing import Literal

import asyncpg
from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.apps.migrations.commands.forwards import ForwardsMigrationManager
from piccolo.apps.migrations.tables import Migration
from piccolo.conf.apps import AppRegistry

from core.kit import piccolo_conf
from core.kit.database import DB, unit_of_work
from core.kit.settings import Role, role_password, settings

LOCK = 0x67_75_61_6E  # "guan"
LONGEST_MS = 3_600_000
ROLES: tuple[Role, ...] = ("owner", "app", "sys")
OWN = "tenant_id = core.tid()"
ALL = ("select", "insert", "update", "delete")
Retention = Literal["permanent", "record", "person", "log", "transient"]
"""How long a table's rows are kept: for ever, as the company's records, until the person is erased, a
year, days.
"""


def migration(identity: str, app: str, *statements: str) -> Callable[[], Awaitable[MigrationManager]]:
    """The `forwards` of a migration file; each statement is run as it stands."""

    async def forwards() -> MigrationManager:
        manager = MigrationManager(migration_id=identity, app_name=app, description="")

        async def run() -> None:
            for statement in statements:
                await DB.unit().connection.execute(statement)

        manager.add_raw(run)
        return manager

    return forwards


def tenant_table(
    name: str,
    columns: str,
    *,
    key: str = "tenant_id, id",
    app_may: Sequence[str] = ALL,
    retention: Retention = "record",
) -> list[str]:
    """Statements for `core.<name>`, a table whose rows each belong to one company.

    `columns` are the columns after `tenant_id` (and `id`, unless `key` does not name it) and its checks.
    Unique constraints must begin with tenant_id; foreign keys to other company tables come by ALTER,
    after this.
    """
    table = f"core.{name}"
    identity = "" if "id" not in [part.strip() for part in key.split(",")] else "id uuid not null,"
    return [
        f"create table {table} (tenant_id uuid not null, {identity} {columns}, primary key ({key}))",
        f"alter table {table} enable row level security",
        f"alter table {table} force row level security",
        f"create policy company on {table} to gj_app using ({OWN}) with check ({OWN})",
        f"create policy system on {table} to gj_sys using (true) with check (true)",
        f"grant {', '.join(app_may)} on {table} to gj_app",
        f"grant select, insert, update, delete on {table} to gj_sys",
        f"comment on table {table} is 'retention: {retention}'",
        f"select core.distribute('{table}')",
    ]


def owned_by_system(*functions: str) -> list[str]:
    """Statements that hand SECURITY DEFINER functions to gj_sys, for search past what row-level security
    can index.

    Each takes `p_tenant uuid` first, answers nothing unless it is core.tid(), and says `tenant_id =
    p_tenant` itself.
    """
    return [
        "grant create on schema core to gj_sys",
        *(f"alter function {function} owner to gj_sys" for function in functions),
        *(f"revoke all on function {function} from public" for function in functions),
        *(f"grant execute on function {function} to gj_app" for function in functions),
        "revoke create on schema core from gj_sys",
    ]


async def bootstrap() -> None:
    """Make roles, schema and extensions, with GUANJIA_DATABASE_URL's administrator. Safe to run again."""
    admin = await asyncpg.connect(settings().database_url)
    try:
        await admin.execute(f"select pg_advisory_lock({LOCK})")
        for role in ROLES:
            await _ensure_role(admin, role)
        await admin.execute("grant gj_sys to gj_owner")
        database = await admin.fetchval("select quote_ident(current_database())")
        await admin.execute(f"grant create on database {database} to gj_owner")
        await admin.execute("create schema if not exists core")
        await admin.execute("alter schema core owner to gj_owner")
        await admin.execute("grant usage on schema core to gj_app, gj_sys")
        for extension in ("pg_trgm", "btree_gin", "btree_gist"):
            await admin.execute(f"create extension if not exists {extension}")
    finally:
        await admin.close()


async def _ensure_role(admin: "asyncpg.Connection[asyncpg.Record]", role: Role) -> None:
    with contextlib.suppress(asyncpg.DuplicateObjectError):
        await admin.execute(f"create role gj_{role} login nobypassrls")
    await admin.execute(f"alter role gj_{role} login nobypassrls password '{role_password(role)}'")


async def migrate(apps: Sequence[str], tell: Callable[[str], None] = lambda _text: None) -> list[str]:
    """Bring the schema up to date: `apps` are module paths of Piccolo apps. Answers the migrations
    that were run.
    """
    if settings().owner_database_url is None:
        await bootstrap()
    os.environ["PICCOLO_CONF"] = piccolo_conf.__name__  # noqa: TID251 - Piccolo's own way to be told
    piccolo_conf.APP_REGISTRY = AppRegistry(apps=list(apps))
    await DB.open(owner=1, statement_timeout_ms=LONGEST_MS)
    try:
        async with unit_of_work(None, "owner") as unit:
            await unit.connection.execute(f"select pg_advisory_xact_lock({LOCK})")
            await unit.connection.execute("set local search_path = core, public")
            return await _forwards(tell)
    finally:
        await DB.close()


async def _forwards(tell: Callable[[str], None]) -> list[str]:
    done: list[str] = []
    await DB.unit().connection.execute(
        "create table if not exists core.migration (id serial primary key, name varchar(200) not null,"
        " app_name varchar(200) not null, ran_on timestamp not null default current_timestamp)"
    )
    for config in piccolo_conf.APP_REGISTRY.app_configs.values():
        before = set(await Migration.get_migrations_which_ran(config.app_name))
        with contextlib.redirect_stdout(io.StringIO()):
            result = await ForwardsMigrationManager(app_name=config.app_name).run_migrations(config)
        if not result.success:
            raise RuntimeError(f"{config.app_name}: {result.message}")
        fresh = [n for n in await Migration.get_migrations_which_ran(config.app_name) if n not in before]
        done += fresh
        for name in fresh:
            tell(name)
    return done


def wanted(apps: Sequence[str]) -> set[str]:
    """The names of all migrations of these apps."""
    names: set[str] = set()
    for config in AppRegistry(apps=list(apps)).app_configs.values():
        runner = ForwardsMigrationManager(app_name=config.app_name)
        names |= set(runner.get_migration_modules(config.resolved_migrations_folder_path))
    return names


async def pending(apps: Sequence[str]) -> set[str]:
    """The migrations that this code knows and the database lacks."""
    rows = await DB.unit().connection.fetch("select name from core.migration")
    return wanted(apps) - {row["name"] for row in rows}
