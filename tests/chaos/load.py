"""Clients that register tickets and move them, insisting until they are answered, and what they were told.

Every intent has a token that stands in what it writes, so that the checker can count how often it was
carried out. Some attempts hang up before the answer: to the server that is a lost reply.
"""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from random import Random
from typing import Any

import httpx
import msgspec

from core.kit import clock
from tests.chaos.cluster import Office
from tests.chaos.stage import DESKS
from tests.factories import PASSWORD, token_of

SIGNATURE = '{"w":300,"h":120,"strokes":[[[10,10,0],[60,40,16],[120,30,32]]]}'
OTHERS = ("dispatcher", "engineer")
PATIENCE = 40.0
ANSWER = 8.0
IMPATIENT = 0.12
RETRIED = {429, 500, 502, 503, 504}


class Said(msgspec.Struct):
    """An intent, and how it was answered: `ticket` and `number` are those of the answer, empty for none."""

    token: str
    kind: str
    key: str
    ticket: str = ""
    number: str = ""
    status: int = 0
    why: str = ""
    tries: int = 0
    replayed: bool = False

    @property
    def acknowledged(self) -> bool:
        return 200 <= self.status < 300


class Ledger(msgspec.Struct):
    """All that was said, and when each acknowledgement came (monotonic seconds)."""

    said: list[Said] = []
    acknowledged_at: list[float] = []
    lost_replies: int = 0
    statuses: Counter[int] = msgspec.field(default_factory=Counter)


def _later(ledger: Ledger, answer: httpx.Response) -> bool:
    """Whether the same request may well be answered otherwise in a moment."""
    ledger.statuses[answer.status_code] += 1
    in_progress = answer.status_code == 409 and answer.json()["type"] == "in_progress"
    return in_progress or answer.status_code in RETRIED


class Client:
    """One person's session, sending to any of the web processes."""

    def __init__(
        self, office: Office, username: str, ports: list[int], random: Random, impatient: float = IMPATIENT
    ) -> None:
        self.office, self.username, self.ports, self.random = office, username, ports, random
        self.impatient = impatient
        self.http = httpx.AsyncClient(headers={"host": f"{office.slug}.localhost"}, timeout=ANSWER)
        self.headers: dict[str, str] = {}

    def base(self) -> str:
        return f"http://127.0.0.1:{self.random.choice(self.ports)}"

    async def sign_in(self) -> "Client":
        page = await self.http.get(f"{self.base()}/login")
        anonymous = {"cookie": f"gj_anon={page.cookies['gj_anon']}"}
        form = {"username": self.username, "password": PASSWORD, "_csrf_token": token_of(page.text)}
        answer = await self.http.post(f"{self.base()}/login", data=form, headers=anonymous)
        assert answer.status_code == 303, answer.text
        self.headers = {"cookie": f"sid={answer.cookies['sid']}"}
        self.http.cookies.clear()
        me = await self.http.get(f"{self.base()}/api/v1/me", headers=self.headers)
        self.headers["x-csrf-token"] = me.headers["x-csrf-token"]
        return self

    async def insist(self, ledger: Ledger, said: Said, path: str, body: Any, *, keyed: bool = True) -> Any:
        """Send until answered with anything but "not now"; the answer's JSON where it was acknowledged."""
        ledger.said.append(said)
        headers = {**self.headers, "idempotency-key": said.key} if keyed else self.headers
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            said.tries += 1
            answer = await self._once(ledger, path, body, headers)
            if answer is not None and not _later(ledger, answer):
                return self._note(ledger, said, answer)
            said.why = answer.text[:200] if answer is not None else "no answer"
            await asyncio.sleep(self.random.uniform(0.05, 0.4))
        return None

    async def _once(
        self, ledger: Ledger, path: str, body: Any, headers: dict[str, str]
    ) -> httpx.Response | None:
        hurry = self.random.uniform(0.0, 0.06) if self.random.random() < self.impatient else None
        try:
            async with asyncio.timeout(hurry):
                return await self.http.post(f"{self.base()}{path}", json=body, headers=headers)
        except httpx.TransportError:
            return None
        except TimeoutError:
            ledger.lost_replies += 1
            return None

    @staticmethod
    def _note(ledger: Ledger, said: Said, answer: httpx.Response) -> Any:
        said.status, said.why = answer.status_code, "" if answer.is_success else answer.text[:300]
        if not answer.is_success:
            return None
        ticket = answer.json()
        said.ticket, said.number = ticket["id"], ticket["number"]
        said.replayed = "idempotent-replayed" in answer.headers
        ledger.acknowledged_at.append(time.monotonic())
        return ticket


class Crowd(msgspec.Struct):
    """The people at work, signed in once for all; `visits` says whether appointments are made now."""

    office: Office
    desks: list[Client]
    dispatcher: Client
    engineer: Client
    visits: Callable[[], bool]


@asynccontextmanager
async def gather(
    office: Office, ports: list[int], seed: int, visits: Callable[[], bool], impatient: float = IMPATIENT
) -> AsyncIterator[Crowd]:
    clients = {
        name: Client(office, name, ports, Random(f"{seed} {name}"), impatient) for name in (*DESKS, *OTHERS)
    }
    try:
        for client in clients.values():
            await client.sign_in()
        yield Crowd(office, [clients[name] for name in DESKS], *(clients[name] for name in OTHERS), visits)
    finally:
        for client in clients.values():
            await client.http.aclose()


async def load(
    crowd: Crowd, ledger: Ledger, *, seed: int, clients: int, until: Callable[[], bool], keyed: bool = True
) -> None:
    """Work with so many tickets at a time until `until()`; whatever was begun is then finished."""
    async with asyncio.TaskGroup() as group:
        for number in range(clients):
            group.create_task(
                _work(crowd, ledger, Random(f"{seed} {number}"), f"{seed}.{number}", until, keyed=keyed)
            )


async def _work(
    crowd: Crowd, ledger: Ledger, random: Random, name: str, until: Callable[[], bool], *, keyed: bool
) -> None:
    count = 0
    while not until():
        count += 1
        await _ticket(crowd, ledger, random, f"{name}.{count}", keyed=keyed)
        await asyncio.sleep(random.uniform(0.0, 0.1))


async def _ticket(crowd: Crowd, ledger: Ledger, random: Random, name: str, *, keyed: bool) -> None:
    """One request from registration as far as chance lets it come; half of them with a visit soon."""
    desk = random.choice(crowd.desks)
    token = f"<{name}.0>"
    ticket = await desk.insist(
        ledger,
        Said(token, "register", f"{name}-0"),
        "/api/v1/tickets",
        _request(crowd, random, token),
        keyed=keyed,
    )
    for number, (who, arrow, form) in enumerate(_way(crowd, desk), 1):
        if ticket is None or random.random() < 0.3:
            return
        token = f"<{name}.{number}>"
        ticket = await who.insist(
            ledger,
            Said(token, arrow, f"{name}-{number}"),
            f"/api/v1/tickets/{ticket['id']}/transitions/{arrow}",
            {"version": ticket["version"], "note": token, "form": form},
            keyed=keyed,
        )


def _request(crowd: Crowd, random: Random, token: str) -> dict[str, Any]:
    soon = clock.now() + timedelta(seconds=random.uniform(5, 9))
    timed = random.random() < 0.5 and crowd.visits()
    visit = {"appointment_at": soon.isoformat()} if timed else {"immediate": True}
    return {
        "kind": "repair",
        "project_id": crowd.office.project,
        "household_id": random.choice(crowd.office.households),
        "content": f"厨房水管漏水 {token}",
        "channel": "phone",
        "urgency": "now",
        "impact": "household",
        **visit,
    }


def _way(crowd: Crowd, desk: Client) -> list[tuple[Client, str, dict[str, Any]]]:
    done = {"work": "更换角阀", "signature": SIGNATURE, "signed_by": "陈志远"}
    return [
        (desk, "dispatch", {}),
        (crowd.dispatcher, "accept", {}),
        (crowd.dispatcher, "assign", {"engineer": crowd.office.people["engineer"], "size": "minor"}),
        (crowd.engineer, "start", {"consent": "resident"}),
        (crowd.engineer, "complete", done),
    ]
