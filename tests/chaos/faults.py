"""What is killed when: a deck of faults shuffled by a seed, dealt at a steady pace."""

import asyncio
import os
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from random import Random

import msgspec

from tests.chaos.cluster import Processes, Servers

WEBS = ("web0", "web1")
SCHEDULERS = ("scheduler0", "scheduler1")
KILLED = ("postgres", "valkey", *WEBS, "worker", *SCHEDULERS)
STOPPED = tuple(f"stop {name}" for name in ("worker", "scheduler0", "web0", "valkey"))
FROZEN = 2.5


class Fault(msgspec.Struct):
    """Began and ended at these monotonic seconds."""

    name: str
    began: float
    ended: float = 0.0


def deck(seed: int) -> list[str]:
    """Each kind once before any comes again; the costly ones a third time."""
    random = Random(seed)
    first, second = [*KILLED, *STOPPED], [*KILLED]
    third = ["postgres", "valkey", "worker", "web0", "web1"]
    for part in (first, second, third):
        random.shuffle(part)
    return [*first, *second, *third]


class Storm:
    """Deals faults to an installation."""

    def __init__(self, servers: Servers, processes: Processes) -> None:
        self.servers, self.processes = servers, processes
        self.dealt: list[Fault] = []
        self.around: Callable[[], AbstractAsyncContextManager[None]] = nullcontext
        """Entered before PostgreSQL is killed, left once it is back and before anything else is killed."""

    async def deal(self, names: Sequence[str], *, pause: float, until: Callable[[], bool]) -> None:
        for name in names:
            await asyncio.sleep(pause)
            if until():
                return
            fault = Fault(name, time.monotonic())
            async with self.around() if name == "postgres" else nullcontext():
                await self._strike(name)
            fault.ended = time.monotonic()
            self.dealt.append(fault)

    async def _strike(self, name: str) -> None:
        victim = name.removeprefix("stop ")
        if name == "postgres":
            await self.servers.kill_postgres()
        elif name == "valkey":
            await self.servers.kill_valkey()
        elif name == "stop valkey":
            await self._freeze_valkey()
        elif name.startswith("stop "):
            await self.processes.pause(victim, FROZEN)
        else:
            self.processes.signal(victim, signal.SIGKILL)

    async def _freeze_valkey(self) -> None:
        pid = self.servers.valkey_pid()
        os.kill(pid, signal.SIGSTOP)
        await asyncio.sleep(FROZEN)
        os.kill(pid, signal.SIGCONT)
