import time, pytest, os
from uuid import UUID
from collections import Counter
from core.households.actions import writing
from core.households.jobs import import_list
from core.kit import sql
from tests.core.households.lists import KEEPER, send
import importlib.util
spec=importlib.util.spec_from_file_location("tb","/tmp/hhplug/test_big.py"); tb=importlib.util.module_from_spec(spec); spec.loader.exec_module(tb)
pytestmark = pytest.mark.anyio
async def test_t(yunqi, monkeypatch):
    admin = await yunqi.signed_in("tenant_admin")
    data = tb.make(int(os.environ.get("N","20000")))
    spent=Counter(); orig=sql.execute_many; n=[0]
    async def em(q, rows):
        t=time.perf_counter(); await orig(q, rows); spent[q.split()[2] if q.strip().startswith("insert") else q[:30]]+=time.perf_counter()-t
        n[0]+=1
        if os.environ.get("AN") and n[0]==4:
            import asyncpg
            from core.kit.database import DB
            await DB.unit().connection.execute("select core.households_analyze()")
    monkeypatch.setattr(sql,"execute_many",em)
    a = await send(admin, data); i = UUID(a.json()["id"]); t=time.time()
    if os.environ.get("AN"):
        import asyncpg; from core.kit.settings import settings
        c=await asyncpg.connect(settings().database_url)
        await c.execute("create function core.households_analyze() returns void language plpgsql security definer as $$ begin analyze core.households_unit, core.households_household, core.households_person, core.households_phone; end $$; alter function core.households_analyze() owner to gj_owner; grant execute on function core.households_analyze() to gj_app"); await c.close()
    async with yunqi.inside(KEEPER): await import_list(i)
    print("\nworker", round(time.time()-t,1), {k: round(v,1) for k,v in spent.items()})
