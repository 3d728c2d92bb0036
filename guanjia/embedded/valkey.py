"""An embedded Valkey: the queue of one data folder, on a socket or loopback only, never as root."""

import signal
from pathlib import Path
from urllib.parse import quote

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

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
from guanjia.embedded.process import PATIENCE, Detached, Life, alone, launch, stop, tail, wait_until
from guanjia.embedded.programs import find_valkey, reachable

KEEPING: dict[str, str] = {
    "appendonly": "yes",
    "appendfsync": "everysec",
    "maxmemory-policy": "noeviction",
    "save": "",
}


class Valkey:
    """The Valkey of one data folder, which any number of processes may share: the first one starts it."""

    name = "valkey"

    def __init__(
        self,
        data_dir: Path,
        *,
        settings: dict[str, str] = KEEPING,
        leash: bool = False,
        system_root: Path = SYSTEM_ROOT,
        user: str = "nobody",
        system_first: bool = False,
    ) -> None:
        """`settings` are server settings; with `leash` it ends together with the thread that started it."""
        self.place: Place = place(data_dir, system_root=system_root, user=user)
        self.settings, self.leash, self.system_first = settings, leash, system_first
        self.data = self.place.root / "valkey"
        self.socket = self.place.run / "valkey.sock"
        self.log = self.place.log / "valkey.log"
        self._port = self.place.data_dir / "valkey.port"
        self._life = Life(self.place, "valkey")
        self._process: Detached | None = None
        self._served_at = ""

    def start(self) -> str:
        """Start it unless it runs already, and return its address."""
        with alone(self.place):
            wait_until(lambda: self.running() or not self._life.held(), PATIENCE)
            if not self.running():
                self._start()
        return self.url()

    def stop(self) -> None:
        """End it, whoever started it; everything it was told is on disk."""
        with alone(self.place):
            if self._life.held():
                pid = int((self.place.run / "valkey.pid").read_text())
                stop(pid, self._life, signal.SIGTERM, signal.SIGKILL, seconds=PATIENCE / 2)
            if self._process is not None:
                self._process.wait()
                self._process = None

    def running(self) -> bool:
        """Whether it answers; one that is still loading does not."""
        return self._life.held() and self._answers()

    def ended(self) -> bool:
        """Whether its process is gone: it was killed, or somebody has stopped it."""
        return not self._life.held()

    def url(self) -> str:
        """Its address. Raises EmbeddedError where it does not run."""
        if not self.running():
            raise EmbeddedError(_("内置 Valkey 没有运行"))
        return self._url()

    def _url(self) -> str:
        word = password(self.place, "valkey")
        if self._port.exists():
            self._served_at = self._port.read_text()
            return f"redis://:{word}@127.0.0.1:{self._served_at}/0"
        return f"unix://:{word}@{quote(str(self.socket), safe='/')}?db=0"

    def _answers(self) -> bool:
        once = Retry(NoBackoff(), 0)
        client = Redis.from_url(self._url(), retry=once, socket_timeout=2.0, socket_connect_timeout=2.0)
        try:
            return bool(client.ping())
        except (RedisError, OSError):
            return False
        finally:
            client.close()

    def _start(self) -> None:
        if self._process is not None:
            self._process.poll()
        program = reachable(self.place, find_valkey(system_first=self.system_first))
        if not self._life.released(PATIENCE):
            raise EmbeddedError(_("上一次的 Valkey 进程还没有结束，详见 {log}"), log=self.log)
        if not self.data.exists():
            self.data.mkdir(mode=0o700)
            hand_over(self.place, self.data)
        self._port.unlink(missing_ok=True)
        before = self.log.stat().st_size if self.log.exists() else 0
        with self._life.taken() as lock:
            leash = "TERM" if self.leash else ""
            server = launch(
                self.place, [program, "-"], log=self.log, lock=lock, given=self._configuration(), leash=leash
            )
        self._process = server
        wait_until(lambda: server.poll() is not None or self.running(), PATIENCE)
        if not self.running():
            raise EmbeddedError(_("Valkey 未能启动：{words}"), words=tail(self.log, before))

    def _configuration(self) -> str:
        """Told through standard input, so that no list of processes shows the password."""
        lines = {
            **self.settings,
            "dir": str(self.data),
            "pidfile": str(self.place.run / "valkey.pid"),
            "requirepass": password(self.place, "valkey"),
            "protected-mode": "yes",
            "daemonize": "no",
        }
        if socket_fits(self.socket):
            lines |= {"port": "0", "unixsocket": str(self.socket), "unixsocketperm": "700"}
        else:
            self._port.write_text(self._served_at or str(free_port()))
            lines |= {"port": self._port.read_text(), "bind": "127.0.0.1"}
        return "".join(f'{name} "{value}"\n' for name, value in lines.items())
