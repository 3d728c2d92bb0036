"""Runs the processes of one machine (web, worker, scheduler) as children that never outlive it, and starts
the embedded servers beneath them again should one die.
"""

import asyncio
import os
import signal
import sys
import time
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import Any, BinaryIO, Protocol

import click
import msgspec

from core.kit.i18n import _, gettext
from guanjia import guard
from guanjia.embedded.process import leashes

COLOURS = ("cyan", "magenta", "yellow", "green", "blue")
CHUNK = 65_536
LAST_WORDS = 2.0
LOOKED_AT_EVERY = 0.5
NOT_FOUND = 127
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Child(msgspec.Struct, frozen=True):
    """A command to keep running; `env` is added to our own environment."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str] = {}


class Server(Protocol):
    """An embedded server: running already, and to be started again where it was."""

    name: str

    def ended(self) -> bool: ...
    def start(self) -> str: ...


class Pace(msgspec.Struct, frozen=True):
    """How what has crashed is started again, in seconds: the pause doubles from `first` to `longest`.

    After `most` crashes without `healthy` seconds of life in between everything is stopped. `grace` is how
    long each child may take to end when asked.
    """

    first: float = 0.5
    longest: float = 30.0
    healthy: float = 30.0
    most: int = 5
    grace: float = 15.0


def run(
    children: Sequence[Child],
    servers: Sequence[Server] = (),
    *,
    pace: Pace | None = None,
    out: BinaryIO | None = None,
) -> int:
    """Run them until SIGINT, SIGTERM or SIGHUP, then end the children one after another in the given order;
    the servers are whoever's who started them.

    Returns 0, or 1 when something crashed too often. A second signal kills at once. Call it in the main
    thread.
    """
    return asyncio.run(Supervisor(children, pace or Pace(), out or sys.stdout.buffer, servers).run())


class Supervisor:
    """One run: a task per child, and the guard that ends the children should this process be killed."""

    def __init__(
        self, children: Sequence[Child], pace: Pace, out: BinaryIO, servers: Sequence[Server] = ()
    ) -> None:
        self.children, self.servers, self.pace, self.out = children, servers, pace, out
        names = [*(child.name for child in children), *(server.name for server in servers)]
        self.width = max(map(len, names), default=0)
        self.colours = {name: COLOURS[at % len(COLOURS)] for at, name in enumerate(names)}
        self.keeper = ThreadPoolExecutor(1, "embedded")
        self.alive: dict[str, Process] = {}
        self.watcher: Process | None = None
        self.stopping = asyncio.Event()
        self.hurried = asyncio.Event()
        self.status = 0

    async def run(self) -> int:
        loop = asyncio.get_running_loop()
        heard = [number for number in STOPPING if signal.getsignal(number) is not signal.SIG_IGN]
        for number in heard:
            loop.add_signal_handler(number, self._asked)
        self.watcher = await asyncio.create_subprocess_exec(
            sys.executable, "-I", guard.__file__, stdin=PIPE, start_new_session=True
        )
        tasks = [
            *(asyncio.create_task(self._keep(one.name, partial(self._live, one))) for one in self.children),
            *(asyncio.create_task(self._keep(one.name, partial(self._serve, one))) for one in self.servers),
        ]
        try:
            await self.stopping.wait()
            for child in self.children:
                await self._end(child.name)
            await asyncio.gather(*tasks)
        finally:
            for number in heard:
                loop.remove_signal_handler(number)
            self.keeper.shutdown(wait=False)
            self._tell_guard(None)
            await self.watcher.wait()
        return self.status

    def _asked(self) -> None:
        (self.hurried if self.stopping.is_set() else self.stopping).set()

    async def _keep(self, name: str, live: Callable[[], Awaitable[int | None]]) -> None:
        """Have it live, and again whenever it ends, until asked to stop."""
        crashes = 0
        while not self.stopping.is_set():
            began = time.monotonic()
            code = await live()
            if self.stopping.is_set():
                return
            crashes = 1 if time.monotonic() - began >= self.pace.healthy else crashes + 1
            if crashes >= self.pace.most:
                self._say(name, gettext(_("连续崩溃 {times} 次，全部停止"), times=crashes))
                self.status = 1
                self.stopping.set()
                return
            pause = min(self.pace.first * 2 ** (crashes - 1), self.pace.longest)
            words = _("意外退出（{code}），{seconds} 秒后重新启动")
            if code is None:
                words = _("意外停止，{seconds} 秒后重新启动")
            self._say(name, gettext(words, code=code, seconds=pause))
            await self._told_to_stop(pause)

    async def _told_to_stop(self, seconds: float) -> bool:
        """Whether we are asked to stop within that time."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self.stopping.wait(), seconds)
        return self.stopping.is_set()

    async def _serve(self, server: Server) -> None:
        """One life of an embedded server, from its start, if it is gone, to its end. The thread that starts
        it lives as long as we do, because the server's leash is tied to it.
        """
        if server.ended():
            starting = asyncio.get_running_loop().run_in_executor(self.keeper, server.start)
            stopped = asyncio.create_task(self.stopping.wait())
            either: set[asyncio.Future[Any]] = {starting, stopped}
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            stopped.cancel()
            if not starting.done():
                return
            if problem := starting.exception():
                self._say(server.name, str(problem))
                return
            self._say(server.name, gettext(_("已重新启动")))
        while not server.ended():
            if await self._told_to_stop(LOOKED_AT_EVERY):
                return

    async def _live(self, child: Child) -> int:
        """One life of a child; its group is swept before its end is reported."""
        ours, theirs = os.pipe()
        relaying = asyncio.create_task(self._relay(child.name, ours))
        try:
            process = await self._start(child, theirs)
        except OSError as error:
            self._say(child.name, str(error))
            return NOT_FOUND
        finally:
            os.close(theirs)
        self.alive[child.name] = process
        self._tell_guard(f"+{process.pid}")
        code = await process.wait()
        guard.tell(process.pid, signal.SIGKILL)
        self._tell_guard(f"-{process.pid}")
        await asyncio.wait({relaying}, timeout=LAST_WORDS)
        relaying.cancel()
        del self.alive[child.name]
        return code

    async def _start(self, child: Child, output: int) -> Process:
        """With a pipe of ours: asyncio would wait for its own until the last grandchild has closed it."""
        rope = ["setpriv", "--pdeathsig", "TERM"] if leashes() else []
        return await asyncio.create_subprocess_exec(
            *rope,
            *child.argv,
            stdin=DEVNULL,
            stdout=output,
            stderr=output,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **child.env},  # noqa: TID251 - handed on, not read
            start_new_session=True,
        )

    async def _end(self, name: str) -> None:
        """Ask a child to end, wait its grace, then kill its whole group."""
        process = self.alive.get(name)
        if process is None or process.returncode is not None:
            return
        with suppress(ProcessLookupError):
            process.terminate()
        ended = asyncio.create_task(process.wait())
        hurried = asyncio.create_task(self.hurried.wait())
        done, _rest = await asyncio.wait(
            {ended, hurried}, timeout=self.pace.grace, return_when=asyncio.FIRST_COMPLETED
        )
        hurried.cancel()
        if ended not in done:
            if not self.hurried.is_set():
                self._say(name, gettext(_("未能按时停止，已强制结束")))
            guard.tell(process.pid, signal.SIGKILL)
        await ended

    async def _relay(self, name: str, descriptor: int) -> None:
        """Hand on whole lines with the child's name before them."""
        reader = asyncio.StreamReader()
        pipe = os.fdopen(descriptor, "rb")
        protocol = asyncio.StreamReaderProtocol(reader)
        transport, _protocol = await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, pipe)
        rest = b""
        try:
            while piece := await reader.read(CHUNK):
                *lines, rest = (rest + piece).split(b"\n")
                self._write(name, lines)
                if len(rest) > CHUNK:
                    self._write(name, [rest])
                    rest = b""
        finally:
            transport.close()
            if rest:
                self._write(name, [rest])

    def _say(self, name: str, words: str) -> None:
        self._write(name, [words.encode()])

    def _write(self, name: str, lines: Sequence[bytes]) -> None:
        """A reader that went away (`… | head`) means that nobody wants us any more."""
        label = f"{name:<{self.width}} | "
        if self.out.isatty():
            label = click.style(label, fg=self.colours[name])
        try:
            self.out.write(b"".join(label.encode() + line + b"\n" for line in lines))
            self.out.flush()
        except (BrokenPipeError, ValueError):
            self.stopping.set()

    def _tell_guard(self, line: str | None) -> None:
        """None ends the guard, which then has no group left to end."""
        pipe = self.watcher.stdin if self.watcher else None
        if pipe is None or pipe.is_closing():
            return
        if line is None:
            pipe.close()
        else:
            pipe.write(f"{line}\n".encode())
