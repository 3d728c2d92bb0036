"""Starting, watching and stopping a server: the lock that tells whether it lives, and how it is launched."""

import fcntl
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO

from core.kit.i18n import _
from guanjia.embedded.place import EmbeddedError, Place

LOG_LIMIT = 10_000_000
TAIL = 2_000
PATIENCE = 60.0


class Detached(subprocess.Popen[bytes]):
    """A server may outlive us, so collecting its handle is nothing to warn about."""

    def __del__(self) -> None:
        return

    def tell(self, words: str) -> None:
        """Write to its standard input and close that."""
        if self.stdin is not None:
            with suppress(BrokenPipeError), self.stdin as pipe:
                pipe.write(words.encode())


class Life:
    """The lock `<data_dir>/<name>.lock`, held by a running server and every process it forks.

    The kernel lets go of it when the last of them is gone, so it tells the truth after a kill -9, in a
    restarted container where process ids repeat, and while orphans of a killed server still use its files.
    """

    def __init__(self, there: Place, name: str) -> None:
        self.path = there.data_dir / f"{name}.lock"

    def held(self) -> bool:
        with self._opened() as descriptor:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False

    def released(self, seconds: float) -> bool:
        """Whether the lock is free, waiting for it so long."""
        return wait_until(lambda: not self.held(), seconds)

    @contextmanager
    def taken(self) -> Iterator[int]:
        """The descriptor a new server inherits; ours is closed at the end, the server's keeps the lock."""
        with self._opened() as descriptor:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield descriptor

    @contextmanager
    def _opened(self) -> Iterator[int]:
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            yield descriptor
        finally:
            os.close(descriptor)


@contextmanager
def alone(there: Place) -> Iterator[None]:
    """Entered while one process starts or stops a data folder's servers; the others wait."""
    with Life(there, "embedded").taken():
        yield


def wait_until(happened: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def alive(pid: int) -> bool:
    """Whether that process runs; one that has ended and waits to be collected does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    return True


def stop(pid: int, life: Life, *signals: signal.Signals, seconds: float) -> None:
    """Ask a server to end, each signal being less polite than the one before, until its lock is free."""
    for number in signals:
        with suppress(ProcessLookupError):
            os.kill(pid, number)
        if life.released(seconds):
            return
    raise EmbeddedError(_("进程 {pid} 未能结束"), pid=pid)


def command(there: Place, argv: Sequence[str | Path], log: Path, given: str = "") -> None:
    """Run a program to its end as the servers' user, its words going to the log."""
    before = _size(log)
    with _appending(log) as output:
        done = subprocess.run(  # noqa: S603 - our own arguments
            _words(argv), input=given.encode(), stdout=output, stderr=output, check=False, **_as_server(there)
        )
    if done.returncode:
        raise EmbeddedError(_("{program} 失败：{words}"), program=Path(argv[0]).name, words=tail(log, before))


def launch(
    there: Place, argv: Sequence[str | Path], *, log: Path, lock: int, given: str = "", leash: str = ""
) -> Detached:
    """Start a server that holds the lock; the kernel sends it the leash, a signal, when we die.

    The leash is tied to the calling *thread*, and exists on Linux only.
    """
    _rotate(log)
    rope = ["setpriv", "--pdeathsig", leash] if leash and leashes() else []
    with _appending(log) as output:
        server = Detached(
            [*rope, *_words(argv)],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=output,
            pass_fds=[lock],
            start_new_session=True,
            **_as_server(there),
        )
    server.tell(given)
    return server


@cache
def leashes() -> bool:
    """Whether this system's `setpriv` can tie a process to its parent's life."""
    found = shutil.which("setpriv")
    return found is not None and _quiet([found, "--pdeathsig", "TERM", "true"])


def readable(there: Place, program: Path) -> bool:
    """Whether the servers' user can run that program where it lies."""
    return _quiet([str(program), "--version"], **_as_server(there))


def tail(log: Path, start: int = 0) -> str:
    """The last words written to a log since that position."""
    text = log.read_bytes()[start:].decode(errors="replace").strip()
    return text[-TAIL:]


def _quiet(argv: list[str], **options: Any) -> bool:
    try:
        done = subprocess.run(argv, capture_output=True, check=False, **options)  # noqa: S603 - our own arguments
    except OSError:
        return False
    return done.returncode == 0


def _as_server(there: Place) -> dict[str, Any]:
    """Popen's options: nothing of our environment (PGHOST, LD_LIBRARY_PATH …) reaches a server."""
    options: dict[str, Any] = {"env": {"LC_ALL": "C", "PATH": os.defpath}, "cwd": there.root, "umask": 0o077}
    if there.uid is not None:
        options |= {"user": there.uid, "group": there.gid, "extra_groups": []}
    return options


def _words(argv: Sequence[str | Path]) -> list[str]:
    return [str(part) for part in argv]


def _appending(log: Path) -> BinaryIO:
    return os.fdopen(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab")


def _size(log: Path) -> int:
    return log.stat().st_size if log.exists() else 0


def _rotate(log: Path) -> None:
    if _size(log) > LOG_LIMIT:
        log.replace(log.with_suffix(".log.1"))
