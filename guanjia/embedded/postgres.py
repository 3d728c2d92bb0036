"""An embedded PostgreSQL: a cluster made on first start, on a socket or loopback only, never as root."""

import os
import re
import shutil
import signal
import tempfile
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

from core.kit.i18n import _
from guanjia.embedded.place import (
    SYSTEM_ROOT,
    EmbeddedError,
    Place,
    free_port,
    hand_over,
    password,
    place,
    socket_fits,
)
from guanjia.embedded.process import (
    PATIENCE,
    Detached,
    Life,
    alive,
    alone,
    command,
    launch,
    stop,
    tail,
    wait_until,
)
from guanjia.embedded.programs import BUILTIN_LOCALE, Programs, find_postgres, reachable

NAME = "guanjia"
PORT = 5432
DURABLE: dict[str, str] = {
    "max_connections": "200",
    "shared_buffers": "128MB",
    "timezone": "UTC",
    "log_timezone": "Asia/Shanghai",
    "log_line_prefix": "%m [%p] %d %u ",
}
FAST: dict[str, str] = DURABLE | {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Postgres:
    """The PostgreSQL of one data folder, which any number of processes may share: the first one starts it."""

    name = "postgres"

    def __init__(
        self,
        data_dir: Path,
        *,
        settings: dict[str, str] = DURABLE,
        leash: bool = False,
        system_root: Path = SYSTEM_ROOT,
        user: str = "nobody",
        system_first: bool = False,
    ) -> None:
        """`settings` are server settings; with `leash` it ends together with the thread that started it."""
        self.place: Place = place(data_dir, system_root=system_root, user=user)
        self.settings, self.leash, self.system_first = settings, leash, system_first
        self.data = self.place.root / "postgres"
        self.log = self.place.log / "postgres.log"
        self._life = Life(self.place, "postgres")
        self._process: Detached | None = None
        self._port = ""

    def start(self) -> str:
        """Start it unless it runs already, and return its superuser's address (database `guanjia`)."""
        with alone(self.place):
            if not self._came_up():
                self._start()
        return self.url()

    def stop(self) -> None:
        """End it, whoever started it: open transactions are rolled back, nothing committed is lost."""
        with alone(self.place):
            pid = self._pid()
            if pid is not None and (self._life.held() or self._is_ours(pid)):
                stop(pid, self._life, signal.SIGINT, signal.SIGQUIT, seconds=PATIENCE / 2)
                wait_until(lambda: not alive(pid), PATIENCE / 2)
            if self._process is not None:
                self._process.wait()
                self._process = None

    def running(self) -> bool:
        """Whether it takes connections."""
        pid = self._pid()
        ready = pid is not None and self._line(8) == "ready"
        return ready and pid is not None and alive(pid) and (self._life.held() or self._is_ours(pid))

    def ended(self) -> bool:
        """Whether its process is gone: it was killed, or somebody has stopped it."""
        pid = self._pid()
        return pid is None or not alive(pid)

    def url(self, database: str = NAME) -> str:
        """The superuser's address of a database. Raises EmbeddedError where the server does not run."""
        if not self.running():
            raise EmbeddedError(_("内置 PostgreSQL 没有运行"))
        user = f"{NAME}:{password(self.place, 'postgres')}"
        port, sockets = self._line(4), self._line(5)
        if sockets:
            return f"postgresql://{user}@/{database}?host={quote(sockets, safe='/')}&port={port}"
        self._port = port
        return f"postgresql://{user}@127.0.0.1:{port}/{database}"

    def _came_up(self) -> bool:
        """Whether it runs, after waiting for one that is just starting, ending, or whose orphans linger."""
        wait_until(lambda: self.running() or not self._life.held(), PATIENCE)
        return self.running()

    def _start(self) -> None:
        if self._process is not None:
            self._process.poll()
        programs = find_postgres(self._made_by(), system_first=self.system_first)
        folder = reachable(self.place, programs)
        if not self._life.released(PATIENCE):
            raise EmbeddedError(_("上一次的 PostgreSQL 进程还没有结束，详见 {log}"), log=self.log)
        if not self.data.exists():
            self._create(folder, programs)
        self._clear_stale()
        before = self.log.stat().st_size if self.log.exists() else 0
        with self._life.taken() as lock:
            argv = [str(folder / "postgres"), f"-D{self.data}", *self._arguments()]
            server = launch(self.place, argv, log=self.log, lock=lock, leash="INT" if self.leash else "")
        self._process = server
        wait_until(lambda: server.poll() is not None or self.running(), PATIENCE)
        if not self.running():
            raise EmbeddedError(_("PostgreSQL 未能启动：{words}"), words=tail(self.log, before))

    def _arguments(self) -> list[str]:
        told = self.settings | self._network()
        return [word for name, value in told.items() for word in ("-c", f"{name}={value}")]

    def _network(self) -> dict[str, str]:
        if socket_fits(self.place.run / f".s.PGSQL.{PORT}.lock"):
            folder = f'"{self.place.run}"'
            return {"listen_addresses": "", "unix_socket_directories": folder, "port": str(PORT)}
        port = self._port or str(free_port())
        return {"listen_addresses": "127.0.0.1", "unix_socket_directories": "", "port": port}

    def _create(self, folder: Path, programs: Programs) -> None:
        """Made beside its final place and moved there when complete, so that a kill leaves no half."""
        fresh = self.data.with_name("postgres.new")
        shutil.rmtree(fresh, ignore_errors=True)
        options = ["--encoding=UTF8", "--locale=C.UTF-8", "--data-checksums", "--auth=scram-sha-256"]
        if programs.major >= BUILTIN_LOCALE:
            options.append("--locale-provider=builtin")
        if self.settings.get("fsync") == "off":
            options.append("--no-sync")
        with tempfile.NamedTemporaryFile("w", dir=self.place.root) as words:
            words.write(password(self.place, "postgres"))
            words.flush()
            hand_over(self.place, Path(words.name))
            options += [f"--username={NAME}", f"--pwfile={words.name}", f"--pgdata={fresh}"]
            command(self.place, [folder / "initdb", *options], self.log)
        single = ["--single", "-D", str(fresh), "-c", "exit_on_error=on", "template1"]
        command(self.place, [folder / "postgres", *single], self.log, given=f"create database {NAME}\n")
        fresh.rename(self.data)

    def _made_by(self) -> int | None:
        """The major version that made the cluster."""
        made = self.data / "PG_VERSION"
        return int(made.read_text()) if made.exists() else None

    def _clear_stale(self) -> None:
        """Remove what a killed server left: its process id may by now belong to somebody else.

        PostgreSQL itself still refuses to start while any process uses the cluster's shared memory.
        """
        pid = self._pid()
        if pid is not None and not self._is_ours(pid):
            (self.data / "postmaster.pid").unlink(missing_ok=True)
        for left in self.place.run.glob(".s.PGSQL.*"):
            left.unlink(missing_ok=True)

    def _pid(self) -> int | None:
        line = self._line(1)
        return int(line) if re.fullmatch(r"\d+", line) else None

    def _is_ours(self, pid: int) -> bool:
        """Whether that process is a PostgreSQL on this folder, started by hand and thus without our lock."""
        try:
            said = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except OSError:
            return False
        return os.fsencode(f"-D{self.data}") in said or os.fsencode(self.data) in said

    def _line(self, number: int) -> str:
        """A line of postmaster.pid: 1 process id, 4 port, 5 socket folder, 8 status."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return ""
        return lines[number - 1].strip() if len(lines) >= number else ""


def named(url: str, database: str) -> str:
    """The same server's address with another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))
