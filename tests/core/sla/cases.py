"""Bare tickets whose events a test makes up, with the clocks it wants to see driven by them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import time_machine

from core.flows import engine
from core.flows.schemas import Happened
from core.kit import clock, sql
from core.kit.context import SYSTEM, Actor
from core.kit.database import DB
from core.kit.ids import new_id
from core.plugin.contributions import Clock, Flow
from core.sla import queries
from core.sla.schemas import ClockRow
from core.sla.sweeper import sweep
from tests.core.sla.oracle import at
from tests.factories import Company


def clocks(code: str, starts: str = "register", stops: str = "accept", **more: Any) -> Clock:
    """A clock with its events as words: `restarts_on="report"`, `withdrawn_on="cancel"`."""
    sets = {
        name: frozenset(more.pop(name).split())
        for name in ("restarts_on", "withdrawn_on", "pauses_in")
        if name in more
    }
    return Clock(
        code=code, starts_on=frozenset(starts.split()), stops_on=frozenset(stops.split()), **sets, **more
    )


def flow_with(*wanted: Clock) -> Flow:
    """The repair flow with only these clocks."""
    known = engine.known_flow("repair")
    assert known is not None
    return msgspec.structs.replace(known, clocks=wanted)


@asynccontextmanager
async def acting(company: Company, *rights: str) -> AsyncIterator[None]:
    """As somebody who holds these permissions everywhere."""
    actor = Actor(SYSTEM.id, "甲", "somebody", rights=dict.fromkeys(rights))
    async with company.inside(actor):
        yield


class Case:
    """A ticket inserted as a row. `happens` tells the followers, at the moment it says."""

    def __init__(self, company: Company, *wanted: Clock) -> None:
        self.company, self.flow = company, flow_with(*wanted)
        self.id: UUID = new_id()
        self.statements = 0

    async def happens(self, name: str, when: str | datetime, **columns: Any) -> None:
        moment = at(when) if isinstance(when, str) else when
        with time_machine.travel(moment, tick=False):
            async with self.company.inside():
                before = await self._row()
                after = await self._write(before, columns)
                counted = DB.unit().statements
                await engine.tell(
                    Happened(
                        flow=self.flow, name=name, before=before, after=after, at=clock.now(), actor=SYSTEM
                    )
                )
                self.statements = DB.unit().statements - counted

    async def _row(self) -> Any:
        rows = await sql.records(
            "select * from core.tickets_ticket where tenant_id = $1 and id = $2", self.id
        )
        return rows[0] if rows else None

    async def _write(self, before: Any, columns: dict[str, Any]) -> Any:
        if before is None:
            return await sql.insert("tickets_ticket", {**bare(self.company, self.id), **columns})
        if not columns:
            return before
        names = ", ".join(f"{name} = ${number}" for number, name in enumerate(columns, 3))
        rows = await sql.records(
            f"update core.tickets_ticket set {names} where tenant_id = $1 and id = $2 returning *",
            self.id,
            *columns.values(),
        )
        return rows[0]

    async def clocks(self, code: str | None = None) -> list[ClockRow]:
        async with self.company.inside():
            return [c for c in await queries.clocks_of(self.id) if code in {None, c.code}]

    async def only(self, code: str) -> ClockRow:
        (found,) = await self.clocks(code)
        return found

    async def standing(self) -> tuple[datetime | None, bool, int]:
        """The ticket's own `due_at`, `breached` and version."""
        async with self.company.inside():
            row = await self._row()
        return row["due_at"], row["breached"], row["version"]


def bare(company: Company, identity: UUID) -> dict[str, Any]:
    return {
        "id": identity,
        "project_id": company.project,
        "number": f"BX-{identity.hex[-12:]}",
        "kind": "repair",
        "nature": "facility_damage",
        "state": "registered",
        "priority": "P3",
        "urgency": "normal",
        "impact": "household",
        "content": "水管漏水",
        "channel": "phone",
        "received_at": clock.now(),
        "first_responsible": SYSTEM.id,
        "call_back_owed": False,
        "bigrams": [],
        "form": {},
    }


async def swept(company: Company, when: str | datetime) -> int:
    """One sweep of that company at that moment, batch after batch as the scheduler does it."""
    moment = at(when) if isinstance(when, str) else when
    total = 0
    with time_machine.travel(moment, tick=False):
        while True:
            async with company.inside() as context:
                count = await sweep(context)
            total += count
            if not count:
                return total


async def told(company: Company, record: UUID | None = None) -> list[tuple[str, str, int]]:
    """What was announced of clocks: (event, code, level), in order; of one record or of all."""
    async with company.inside():
        rows = await sql.records(
            "select name, payload from core.kit_outbox"
            " where tenant_id = $1 and name like 'clock.%' order by id"
        )
    wanted = [row for row in rows if record is None or row["payload"]["record"] == str(record)]
    return [(row["name"], row["payload"]["code"], row["payload"].get("level", 0)) for row in wanted]
