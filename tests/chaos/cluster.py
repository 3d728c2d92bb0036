"""A whole installation for one test: servers, processes under the real supervisor, and ways to hurt them."""

import asyncio
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TypeVar

import httpx
import msgspec

from guanjia import guard
from guanjia.embedded import DURABLE, Postgres, Urls, Valkey, erase
from guanjia.embedded.place import free_port
from guanjia.supervise import Child, Pace, Supervisor

ROOT = Path(__file__).parents[2]
T = TypeVar("T")
FORGETFUL = {"appendonly": "no", "save": "", "maxmemory-policy": "noeviction"}
"""A Valkey that keeps nothing: with every kill the whole queue is gone."""
AT_ONCE = Pace(first=0.2, longest=0.5, healthy=0.0, most=10_000, grace=10.0)
SECRET = "only for tests"
SYSTEM = os.environ.get("GUANJIA_TEST_SYSTEM") == "1"


class Servers:
    """PostgreSQL as durable as in production, and Valkey; both end with the thread that keeps them."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="gj-chaos-"))
        self.keeper = ThreadPoolExecutor(1, "servers")
        self.postgres = Postgres(self.folder, settings=DURABLE, leash=True, system_first=SYSTEM)
        self.valkey = Valkey(self.folder, settings=FORGETFUL, leash=True, system_first=SYSTEM)

    async def ask(self, what: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self.keeper, what)

    async def start(self) -> Urls:
        return Urls(await self.ask(self.postgres.start), await self.ask(self.valkey.start))

    def close(self) -> None:
        self.keeper.submit(self.postgres.stop).result()
        self.keeper.submit(self.valkey.stop).result()
        self.keeper.submit(erase, self.folder).result()
        self.keeper.shutdown()
        shutil.rmtree(self.folder, ignore_errors=True)

    def postmaster(self) -> int:
        return int((self.postgres.data / "postmaster.pid").read_text().split()[0])

    def valkey_pid(self) -> int:
        return int((self.valkey.place.run / "valkey.pid").read_text())

    async def kill_postgres(self, *, away: float = 1.5) -> None:
        """Kill the postmaster alone; its orphans end by themselves, then a new one recovers from the log."""
        kill(self.postmaster())
        await asyncio.sleep(away)
        await self.ask(self.postgres.start)

    async def kill_valkey(self, *, away: float = 1.0) -> None:
        kill(self.valkey_pid())
        await asyncio.sleep(away)
        await self.ask(self.valkey.start)


def kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    with suppress(ChildProcessError):
        os.waitpid(pid, 0)


class Processes:
    """Children of the real supervisor, started again whenever they die."""

    def __init__(self, children: Sequence[Child], log: Path) -> None:
        self.log = log
        self.out = log.open("wb")
        self.supervisor = Supervisor(children, AT_ONCE, self.out)

    def pid(self, name: str) -> int | None:
        """None while it is between two lives."""
        process = self.supervisor.alive.get(name)
        return process.pid if process is not None else None

    def signal(self, name: str, number: signal.Signals) -> bool:
        """To the process and all it has started; whether anybody was there."""
        pid = self.pid(name)
        return pid is not None and guard.tell(pid, number)

    async def pause(self, name: str, seconds: float) -> None:
        """Stop it in its tracks and wake it up again, to find that the others went on without it."""
        self.signal(name, signal.SIGSTOP)
        await asyncio.sleep(seconds)
        self.signal(name, signal.SIGCONT)

    async def end(self, running: "asyncio.Task[int]") -> None:
        """At once: what had to be seen has been seen."""
        self.supervisor.stopping.set()
        self.supervisor.hurried.set()
        await running
        self.out.close()


@asynccontextmanager
async def processes(children: Sequence[Child], log: Path) -> AsyncIterator[Processes]:
    made = Processes(children, log)
    running = asyncio.create_task(made.supervisor.run())
    try:
        yield made
    finally:
        await made.end(running)


def environment(folder: Path, urls: Urls) -> dict[str, str]:
    """What the processes are told; the machine's real clock, unlike other tests."""
    return {
        "GUANJIA_DATA_DIR": str(folder),
        "GUANJIA_DATABASE_URL": urls.database,
        "GUANJIA_REDIS_URL": urls.redis,
        "GUANJIA_SECRET_KEY": SECRET,
        "GUANJIA_TEST_CLOCK": "0",
        "GUANJIA_LOG_LEVEL": "WARNING",
        "GUANJIA_PASSWORD_PASSES": "1",
        "GUANJIA_PASSWORD_KIB": "64",
        "PYTHONPATH": str(ROOT),
    }


def product(name: str, env: Mapping[str, str], *, command: str = "", port: int | None = None) -> Child:
    """`guanjia web`, `worker` or `scheduler`."""
    more = {"GUANJIA_PORT": str(port)} if port else {}
    return Child(name, [sys.executable, "-m", "guanjia", command or name], {**env, **more})


async def run(env: Mapping[str, str], *argv: str) -> str:
    """A command of this installation to its end; its standard output. Fails with what it said."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        *argv,
        cwd=ROOT,
        env={**os.environ, **env},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    assert process.returncode == 0, f"{argv}: {out.decode()} {err.decode()[-2000:]}"
    return out.decode()


class Office(msgspec.Struct):
    """The company the load works in, as `tests.chaos.stage` made it."""

    tenant: str
    slug: str
    project: str
    households: list[str]
    people: dict[str, str]
    """By user name: person ids."""


async def office(env: Mapping[str, str], slug: str) -> Office:
    return msgspec.json.decode(await run(env, "tests.chaos.stage", slug), type=Office)


async def ready(port: int, *, within: float = 120.0) -> float:
    """Wait until the web process there can serve; how long that took."""
    began = asyncio.get_running_loop().time()
    async with httpx.AsyncClient(timeout=2.0) as client:
        while True:
            with suppress(httpx.TransportError):
                if (await client.get(f"http://127.0.0.1:{port}/health/ready")).status_code == 200:
                    return asyncio.get_running_loop().time() - began
            waited = asyncio.get_running_loop().time() - began
            assert waited < within, f"web at {port} not ready after {within} s"
            await asyncio.sleep(0.1)


def ports(count: int) -> list[int]:
    found: set[int] = set()
    while len(found) < count:
        found.add(free_port())
    return sorted(found)
