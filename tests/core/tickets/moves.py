"""Short words for moving tickets in tests."""

from typing import Any

import httpx

from tests.factories import Browser, Company, new_repair

SIGNATURE = '{"w":300,"h":120,"strokes":[[[10,10,0],[60,40,16],[120,30,32]]]}'
DONE = {"work": "更换角阀一只，通水无渗漏", "signature": SIGNATURE, "signed_by": "陈志远"}
CHARGED = {**DONE, "amount": "30"}
PUBLIC = {"household_id": None, "requester": "巡楼张工", "contact_phone": "139 0000 8888"}
"""Who reports something in a public place."""


async def take(who: Browser, ticket: dict[str, Any], name: str, **form: Any) -> httpx.Response:
    """Take a transition of the ticket as it stands now."""
    seen = (await who.get(f"/api/v1/tickets/{ticket['id']}")).json()
    return await who.post(
        f"/api/v1/tickets/{ticket['id']}/transitions/{name}", {"version": seen["version"], "form": form}
    )


async def ok(who: Browser, ticket: dict[str, Any], name: str, **form: Any) -> dict[str, Any]:
    answer = await take(who, ticket, name, **form)
    assert answer.status_code == 200, answer.json()
    after: dict[str, Any] = answer.json()
    return after


async def refused(who: Browser, ticket: dict[str, Any], name: str, **form: Any) -> tuple[int, str]:
    answer = await take(who, ticket, name, **form)
    return answer.status_code, answer.json()["type"]


class Crew:
    """The people of a repair, signed in."""

    def __init__(self, company: Company) -> None:
        self.company = company

    async def gather(self) -> "Crew":
        self.desk = await self.company.signed_in("front_desk_agent")
        self.dispatcher = await self.company.signed_in("engineering_dispatcher")
        self.engineer = await self.company.signed_in("engineer")
        self.supervisor = await self.company.signed_in("cs_supervisor")
        self.engineer_id = str(self.company.people["engineer"])
        return self

    async def registered(self, **more: Any) -> dict[str, Any]:
        answer = await self.desk.post("/api/v1/tickets", new_repair(self.company, **more))
        assert answer.status_code == 201, answer.json()
        ticket: dict[str, Any] = answer.json()
        return ticket

    async def dispatched(self, **more: Any) -> dict[str, Any]:
        return await ok(self.desk, await self.registered(**more), "dispatch")

    async def accepted(self, **more: Any) -> dict[str, Any]:
        return await ok(self.dispatcher, await self.dispatched(**more), "accept")

    async def assigned(self, size: str = "minor", **more: Any) -> dict[str, Any]:
        ticket = await self.accepted(**more)
        return await ok(self.dispatcher, ticket, "assign", engineer=self.engineer_id, size=size)

    async def on_site(self, **more: Any) -> dict[str, Any]:
        return await ok(self.engineer, await self.assigned(**more), "start", consent="resident")

    async def done(self, **more: Any) -> dict[str, Any]:
        return await ok(self.engineer, await self.on_site(**more), "complete", **DONE)

    async def returned(self, **more: Any) -> dict[str, Any]:
        return await ok(self.desk, await self.done(**more), "return_sheet", sheet_no="S-1")

    async def closed(self, **more: Any) -> dict[str, Any]:
        ticket = await self.returned(**more)
        answer = await self.called_back(ticket, satisfaction="satisfied")
        assert answer.status_code == 201, answer.json()
        after: dict[str, Any] = answer.json()
        return after

    async def called_back(self, ticket: dict[str, Any], **said: Any) -> httpx.Response:
        body = {"method": "phone", "result": "reached", **said}
        return await self.desk.post(f"/api/v1/tickets/{ticket['id']}/call-backs", body)
