"""What the database's own catalogue says of our tables: whose rows are whose cannot be forgotten."""

import pytest

from core.kit.database import DB, unit_of_work

pytestmark = pytest.mark.anyio

TABLES = """
select c.relname as name, c.relrowsecurity as secured, c.relforcerowsecurity as forced,
  obj_description(c.oid) as comment,
  exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id') as of_company,
  (select array_agg(pg_get_expr(polqual, polrelid)) from pg_policy where polrelid = c.oid) as policies
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname = 'core' and c.relkind in ('r', 'p') order by c.relname
"""
KEYS = """
select t.relname as table, i.relname as index, x.indisunique as only_one,
  (select attname from pg_attribute where attrelid = t.oid and attnum = x.indkey[0]) as first
from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class t on t.oid = x.indrelid
join pg_namespace n on n.oid = t.relnamespace
where n.nspname = 'core' and exists
  (select from pg_attribute a where a.attrelid = t.oid and a.attname = 'tenant_id')
"""
FOREIGN = """
select conname, conrelid::regclass::text as table, pg_get_constraintdef(oid) as says
from pg_constraint where contype = 'f' and connamespace = 'core'::regnamespace
"""
TRIGGERS = """
select tgname from pg_trigger t join pg_class c on c.oid = t.tgrelid
join pg_namespace n on n.oid = c.relnamespace
where n.nspname = 'core' and not t.tgisinternal
"""
FUNCTIONS = """
select p.proname, p.prosrc, pg_get_function_arguments(p.oid) as arguments, r.rolname as owner
from pg_proc p join pg_namespace n on n.oid = p.pronamespace join pg_roles r on r.oid = p.proowner
where n.nspname = 'core' and p.prosecdef
"""
TELLS_NOTHING = {"households_analyze"}  # refreshes the planner's statistics, answers true or false
GLOBAL = {"migration", "tenants_tenant"}
EXACT = "(tenant_id = core.tid())"


async def ask(app: object, query: str) -> list[dict[str, object]]:
    async with unit_of_work(None):
        return [dict(row) for row in await DB.unit().connection.fetch(query)]


async def test_every_company_table_has_both_locks(app: object) -> None:
    tables = await ask(app, TABLES)
    loose = [t["name"] for t in tables if not t["of_company"] and t["name"] not in GLOBAL]
    open_ones = [t["name"] for t in tables if t["of_company"] and not (t["secured"] and t["forced"])]
    odd = [t["name"] for t in tables if t["of_company"] and EXACT not in (t["policies"] or [])]
    assert (loose, open_ones, odd) == ([], [], [])
    assert len(tables) > 20


async def test_every_table_names_its_retention(app: object) -> None:
    silent = [
        t["name"]
        for t in await ask(app, TABLES)
        if t["name"] != "migration" and not str(t["comment"]).startswith("retention: ")
    ]
    assert not silent


async def test_every_index_leads_with_the_company(app: object) -> None:
    wrong = [f"{k['table']}.{k['index']}" for k in await ask(app, KEYS) if k["first"] != "tenant_id"]
    assert not wrong


async def test_no_foreign_key_leaves_the_company(app: object) -> None:
    wrong = [
        f["conname"]
        for f in await ask(app, FOREIGN)
        if not str(f["says"]).startswith("FOREIGN KEY (tenant_id, ")
    ]
    nulls = [f["conname"] for f in await ask(app, FOREIGN) if "SET NULL" in str(f["says"])]
    assert (wrong, nulls) == ([], [])


async def test_nothing_that_a_distributed_database_refuses(app: object) -> None:
    assert await ask(app, TRIGGERS) == []


async def test_functions_past_row_level_security_carry_the_company(app: object) -> None:
    for function in await ask(app, FUNCTIONS):
        if function["proname"] in TELLS_NOTHING:
            continue
        assert str(function["arguments"]).startswith("p_tenant uuid"), function["proname"]
        assert "p_tenant is distinct from core.tid()" in str(function["prosrc"]), function["proname"]
        assert function["owner"] == "gj_sys"


async def test_the_application_cannot_pass_the_lock(app: object) -> None:
    roles = await ask(app, "select rolname, rolsuper, rolbypassrls from pg_roles where rolname like 'gj_%'")
    assert {r["rolname"] for r in roles} >= {"gj_app", "gj_sys", "gj_owner"}
    assert not [r for r in roles if r["rolsuper"] or r["rolbypassrls"]]
