"""Every kind of process killed with -9, again and again, under load: nothing acknowledged is lost, nothing
happens twice, and everything heals by itself."""

import asyncio
import os
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

import httpx
import msgspec
import pytest

from guanjia.embedded import Urls
from guanjia.supervise import Child
from tests.chaos import cluster, facts, load
from tests.chaos.checking import check, lateness
from tests.chaos.cluster import Office, Processes, product
from tests.chaos.conftest import Ground
from tests.chaos.facts import Facts
from tests.chaos.faults import KILLED, SCHEDULERS, WEBS, Fault, Storm, deck

pytestmark = [pytest.mark.anyio, pytest.mark.chaos, pytest.mark.timeout(600)]
SECONDS = float(os.environ.get("GUANJIA_CHAOS_SECONDS", "60"))
SEED = int(os.environ.get("GUANJIA_CHAOS_SEED", "1"))
CLIENTS = 6
QUIET = 10.0
"""At the end of the load nothing is killed any more."""
PAUSE = 0.8
NAIVE_SECONDS = 8.0
NAIVE_PAUSE = 1.5
NAIVE_IMPATIENT = 0.4
HEALED = 60.0
"""Widely measured, as is the next: the machine may have other tests to run."""
REST = 240.0


class Installation(msgspec.Struct):
    """What a test has in its hands."""

    servers: Any
    urls: Urls
    env: dict[str, str]
    ports: list[int]
    processes: Any
    office: Office
    watch: "Watch"

    @property
    def storm(self) -> Storm:
        return Storm(self.servers, self.processes)

    async def at_rest(self) -> Facts:
        """Wait until all messages are done, lines sealed, timers fired; what the database holds then."""
        deadline = time.monotonic() + REST
        while await facts.pending(self.urls.database, self.office.tenant):
            if time.monotonic() > deadline:
                break
            await asyncio.sleep(0.5)
        return await facts.read(self.urls.database, self.office.tenant)


class Watch:
    """Asks both web processes all the time whether they can serve."""

    def __init__(self, ports: Sequence[int], processes: Processes) -> None:
        self.ports, self.processes = ports, processes
        self.seen: Counter[int] = Counter()
        self.refused_since: dict[int, float] = {}
        self.ready_at: dict[int, float] = {}

    async def run(self) -> None:
        async with httpx.AsyncClient(timeout=1.0) as client:
            while True:
                for port in self.ports:
                    await self._ask(client, port)
                await asyncio.sleep(0.1)

    async def _ask(self, client: httpx.AsyncClient, port: int) -> None:
        with suppress(httpx.TransportError):
            answer = await client.get(f"http://127.0.0.1:{port}/health/ready")
            self.seen[answer.status_code] += 1
            if answer.status_code == 200:
                self.ready_at[port] = time.monotonic()

    async def healed(self, after: float) -> list[float]:
        """Wait until each web has been ready after that moment; how long each took."""
        deadline = time.monotonic() + HEALED
        while not all(self.ready_at.get(port, 0.0) > after for port in self.ports):
            assert time.monotonic() < deadline, f"not ready {HEALED} s after PostgreSQL came back"
            await asyncio.sleep(0.05)
        return [self.ready_at[port] - after for port in self.ports]


@asynccontextmanager
async def installed(ground: Ground, *, naive: bool = False) -> AsyncIterator[Installation]:
    async with ground.copied() as urls:
        env = cluster.environment(ground.servers.folder, urls)
        ports = cluster.ports(len(WEBS))
        children = _naive_children(env, ports) if naive else _children(env, ports)
        log = ground.servers.folder / f"processes-{ports[0]}.log"
        async with cluster.processes(children, log) as running:
            for port in ports:
                await cluster.ready(port)
            watch = Watch(ports, running)
            watching = asyncio.create_task(watch.run())
            try:
                yield Installation(ground.servers, urls, env, ports, running, ground.office, watch)
            finally:
                watching.cancel()
                with suppress(asyncio.CancelledError):
                    await watching


def _children(env: dict[str, str], ports: Sequence[int]) -> list[Child]:
    return [
        *(product(name, env, command="web", port=port) for name, port in zip(WEBS, ports, strict=True)),
        product("worker", env),
        *(product(name, env, command="scheduler") for name in SCHEDULERS),
    ]


def _naive_children(env: dict[str, str], ports: Sequence[int]) -> list[Child]:
    web = [sys.executable, "-m", "tests.chaos.naive"]
    worker = [
        sys.executable,
        "-m",
        "dramatiq",
        "tests.chaos.naive_worker",
        "-p",
        "1",
        "-t",
        "4",
        "--skip-logging",
    ]
    return [
        *(
            Child(name, web, {**env, "GUANJIA_PORT": str(port)})
            for name, port in zip(WEBS, ports, strict=True)
        ),
        Child("worker", worker, env),
        product(SCHEDULERS[0], env, command="scheduler"),
    ]


async def test_nothing_is_lost_or_doubled_whatever_is_killed(ground: Ground) -> None:
    async with installed(ground) as made:
        ledger, storm, healing = load.Ledger(), made.storm, Healing(made)
        storm.around = lambda: healing.watched(ledger)
        await rage(made, storm, ledger, deck(SEED), seconds=SECONDS, quiet=QUIET)
        ended = time.monotonic()
        found = await made.at_rest()
        tell(ledger, found, storm.dealt, healing, rest=time.monotonic() - ended)
        assert check(ledger, found) == [], last_words(made)
        killed = {fault.name for fault in storm.dealt}
        assert killed >= set(KILLED), "not every kind of process was killed"
        assert made.watch.seen[503] > 0, "readiness never said that the database was away"
        assert not ledger.statuses[500], f"{ledger.statuses}: {last_words(made)}"

        await facts.deliver_again(made.urls.database, made.office.tenant, one_in=4)
        again, _held = await asyncio.gather(made.at_rest(), _chain_holds(made, found))
        assert check(ledger, again) == [], "told twice, it was done twice"


async def rage(
    made: Installation,
    storm: Storm,
    ledger: load.Ledger,
    faults: Sequence[str],
    *,
    seconds: float,
    quiet: float = 0.0,
    pause: float = PAUSE,
    keyed: bool = True,
    timers: bool = True,
) -> None:
    """Load and faults at once; no fault and no visit in the last `quiet` seconds, then what was begun is
    finished. On a slow machine it lasts until every kind of process has been killed.
    """
    began = time.monotonic()
    kinds = set(faults) & set(KILLED)

    def over() -> bool:
        killed = {fault.name for fault in storm.dealt}
        return time.monotonic() > began + seconds - quiet and killed >= kinds

    impatient = load.IMPATIENT if keyed else NAIVE_IMPATIENT
    people = load.gather(made.office, made.ports, SEED, lambda: timers and not over(), impatient)
    async with people as crowd, asyncio.TaskGroup() as group:
        group.create_task(
            load.load(
                crowd,
                ledger,
                seed=SEED,
                clients=CLIENTS,
                until=lambda: time.monotonic() > began + seconds and over(),
                keyed=keyed,
            )
        )
        group.create_task(storm.deal(faults, pause=pause, until=over))


class Healing:
    """Notes how soon both web processes, the same ones, serve again after PostgreSQL has come back."""

    def __init__(self, made: Installation) -> None:
        self.made = made
        self.ready: list[float] = []
        self.acknowledged: list[float] = []

    @asynccontextmanager
    async def watched(self, ledger: load.Ledger) -> AsyncIterator[None]:
        await self.made.watch.healed(time.monotonic())
        before = [self.made.processes.pid(name) for name in WEBS]
        yield
        back = time.monotonic()
        self.ready += await self.made.watch.healed(back)
        while not ledger.acknowledged_at or ledger.acknowledged_at[-1] < back:
            assert time.monotonic() < back + HEALED, "nothing was acknowledged after PostgreSQL came back"
            await asyncio.sleep(0.05)
        self.acknowledged.append(next(at for at in ledger.acknowledged_at if at >= back) - back)
        assert [self.made.processes.pid(name) for name in WEBS] == before, "a web process had to be restarted"


async def _chain_holds(made: Installation, found: Facts) -> None:
    said = await cluster.run(made.env, "guanjia", "audit", "verify", "--tenant", made.office.slug)
    assert f"{made.office.slug}：" in said
    assert len(found.audited) > 0


async def test_a_product_without_precautions_is_found_out(ground: Ground) -> None:
    """The negative control: by the same load and checker, tickets lost and doubled, people told twice."""
    async with installed(ground, naive=True) as made:
        ledger, storm = load.Ledger(), made.storm
        storm.around = lambda: just_acknowledged(ledger)
        faults = ["postgres", "web0", "postgres"]
        await rage(
            made, storm, ledger, faults, seconds=NAIVE_SECONDS, pause=NAIVE_PAUSE, keyed=False, timers=False
        )
        await facts.deliver_again(made.urls.database, made.office.tenant, one_in=1)
        found = await made.at_rest()
        problems = Counter(problem.kind for problem in check(ledger, found))
        print(f"\nfound in the naive product: {dict(problems)}")  # noqa: T201 - shown with -s
        assert problems.keys() >= {"ticket lost", "ticket doubled", "notice doubled"}, problems


@asynccontextmanager
async def just_acknowledged(ledger: load.Ledger) -> AsyncIterator[None]:
    """Entered in the moment when somebody has been told of a ticket: it had better be kept."""
    known, deadline = len(tickets_told(ledger)), time.monotonic() + HEALED
    while len(tickets_told(ledger)) == known:
        assert time.monotonic() < deadline, "nobody was told of a ticket"
        await asyncio.sleep(0.01)
    yield


def tickets_told(ledger: load.Ledger) -> list[load.Said]:
    return [said for said in ledger.said if said.kind == "register" and said.acknowledged]


def tell(ledger: load.Ledger, found: Facts, dealt: Sequence[Fault], healing: Healing, *, rest: float) -> None:
    """Figures for whoever runs this with -s."""
    late = lateness(found)
    said = ledger.said
    lines = {
        "acknowledged": sum(one.acknowledged for one in said),
        "tries": sum(one.tries for one in said),
        "replayed": sum(one.replayed for one in said),
        "hung up on": ledger.lost_replies,
        "given up": sum(one.status == 0 for one in said),
        "refused": dict(Counter(one.why for one in said if one.status >= 400)),
        "answers": dict(ledger.statuses),
        "tickets": len(found.tickets),
        "messages": len(found.letters),
        "notices": len(found.notices),
        "fires": dict(Counter(fire.kind for fire in found.fires)),
        "late s": (late[len(late) // 2], late[-1]) if late else None,
        "faults": dict(Counter(fault.name for fault in dealt)),
        "ready again s": [round(one, 2) for one in healing.ready],
        "first 2xx s": [round(one, 2) for one in healing.acknowledged],
        "at rest s": round(rest, 1),
    }
    print("\n" + "\n".join(f"{name:>14}: {value}" for name, value in lines.items()))  # noqa: T201 - shown with -s


def last_words(made: Installation) -> str:
    words = made.processes.log.read_text(errors="replace").splitlines()
    failed = [line[-3000:] for line in words if "request failed" in line][-3:]
    escaped = [number for number, line in enumerate(words) if "Exception in ASGI" in line][-1:]
    failed += [line for number in escaped for line in words[number : number + 60]]
    return "\n".join(["the processes said:", *failed, *(line[:600] for line in words[-20:])])
