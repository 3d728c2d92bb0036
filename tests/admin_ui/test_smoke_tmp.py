import pytest
from tests.factories import Company, new_repair
pytestmark = pytest.mark.anyio
async def test_smoke(yunqi: Company):
    desk = await yunqi.signed_in("front_desk_agent")
    t = (await desk.post("/api/v1/tickets", new_repair(yunqi, dispatch_to="engineering"))).json()
    n = t["number"]
    for path in ("/", "/desk","/desk?q=3-2-1801","/desk?q=139","/desk?phone=13900000001","/tickets","/tickets?sort=due&state=open&q=水管", f"/tickets/{n}","/callbacks","/search","/search?q=1801","/search?q=czy&part=palette","/search?part=pick&kind=staff&q=front","/search?part=pick&kind=room&q=1801"):
        a = await desk.get(path)
        print(path, a.status_code, len(a.text))
        if a.status_code >= 400: print(a.text[:3000])
    for path in ("/desk?part=queue","/desk?part=found&q=3-2-1801","/desk?part=kind&kind=help",f"/tickets/{n}?part=top&version=99",f"/tickets/{n}?part=log","/tickets?part=list","/callbacks?part=queue","/callbacks?part=card"):
        a = await desk.get(path, headers={"HX-Request":"true"})
        print(path, a.status_code, len(a.text))
        if a.status_code >= 400: print(a.text[:2000])
