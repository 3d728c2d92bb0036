"""`guanjia up` as somebody at a terminal has it: servers that die come back, and Ctrl-C ends everything."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from guanjia.embedded import Postgres, Valkey, erase
from guanjia.embedded.place import free_port
from guanjia.embedded.process import alive
from tests.factories import PASSWORD, token_of

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(240)]
ROOT = Path(__file__).parents[2]
GIVEN = ("GUANJIA_DATABASE_URL", "GUANJIA_REDIS_URL", "GUANJIA_METRICS_PORT")
READY = 90.0
HEALED = 40.0
ENDED = 20.0
SLUG = "upstart"


class Up:
    """`guanjia up` on that data folder, in a process group of its own as a shell gives it one."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.env = {name: value for name, value in os.environ.items() if name not in GIVEN}
        self.env |= {"GUANJIA_DATA_DIR": str(folder), "GUANJIA_PORT": str(self.port)}
        self.env["GUANJIA_LOG_LEVEL"] = "INFO"
        self.terminal = folder / "terminal.txt"
        with self.terminal.open("wb") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "guanjia", "up"],
                cwd=ROOT,
                env=self.env,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
        self.postgres, self.valkey = Postgres(folder), Valkey(folder)
        self.before = 0

    def command(self, *argv: str) -> None:
        subprocess.run([sys.executable, "-m", "guanjia", *argv], cwd=ROOT, env=self.env, check=True)

    def said(self) -> str:
        return self.terminal.read_text()

    def ready(self) -> bool:
        """All of it: the worker takes longest to load."""
        if "Worker process is ready" not in self.said():
            return False
        with suppress(httpx.TransportError):
            return httpx.get(f"http://127.0.0.1:{self.port}/health/ready").status_code == 200
        return False

    def signs_in(self) -> bool:
        """Somebody signs in: read and written."""
        host = {"host": f"{SLUG}.localhost"}
        with httpx.Client(base_url=f"http://127.0.0.1:{self.port}", headers=host) as browser:
            page = browser.get("/login")
            if page.status_code != 200:
                return False
            form = {"username": "admin", "password": PASSWORD, "_csrf_token": token_of(page.text)}
            cookie = {"cookie": f"gj_anon={page.cookies['gj_anon']}"}
            return browser.post("/login", data=form, headers=cookie).status_code == 303

    def servers(self) -> list[int]:
        pids = ((self.postgres.data / "postmaster.pid"), (self.valkey.place.run / "valkey.pid"))
        return [int(path.read_text().split()[0]) for path in pids]

    def children(self) -> list[int]:
        return children_of(self.process.pid)

    def ctrl_c(self) -> None:
        """To the whole foreground group, as a terminal does."""
        self.before = len(self.said())
        os.killpg(self.process.pid, signal.SIGINT)

    def ended(self) -> int:
        return self.process.wait(ENDED)


def children_of(pid: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def eventually(happened: Callable[[], object], seconds: float, up: Up) -> None:
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, f"did not happen in time: {up.said()[-3000:]}"
        assert up.process.poll() is None, up.said()
        time.sleep(0.05)


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="gj-up-"))
    yield made
    erase(made)
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture
def start(folder: Path) -> Iterator[Callable[[], Up]]:
    running: list[Up] = []

    def begin() -> Up:
        running.append(Up(folder))
        return running[-1]

    yield begin
    for one in running:
        if one.process.poll() is None:
            one.process.kill()
            one.process.wait()


@pytest.fixture
def up(start: Callable[[], Up]) -> Up:
    made = start()
    eventually(made.ready, READY, made)
    return made


def clean(up: Up, pids: list[int]) -> None:
    """Ended in time, in peace, and nothing left."""
    assert up.ended() in {0, 130}, up.said()
    last_words = up.said()[up.before :]
    assert "Traceback" not in last_words, last_words
    assert "已强制结束" not in last_words, last_words
    assert not [pid for pid in pids if alive(pid)]
    assert "database system is shut down" in up.postgres.log.read_text().splitlines()[-1]


def test_embedded_servers_that_die_are_started_again_and_ctrl_c_ends_everything(up: Up) -> None:
    with suppress(subprocess.CalledProcessError):
        up.command("tenant", "create", SLUG, "--name", "起", "--password", PASSWORD)
    eventually(up.signs_in, HEALED, up)
    addresses = up.postgres.url(), up.valkey.url()
    postgres, valkey = up.servers()
    children = up.children()
    os.kill(postgres, signal.SIGKILL)
    eventually(lambda: "postgres  | 已重新启动" in up.said(), HEALED, up)
    eventually(up.signs_in, HEALED, up)
    os.kill(valkey, signal.SIGKILL)
    eventually(lambda: "valkey    | 已重新启动" in up.said(), HEALED, up)
    eventually(up.signs_in, HEALED, up)
    assert (up.postgres.url(), up.valkey.url()) == addresses
    assert not {postgres, valkey} & set(up.servers())
    assert set(children) - {postgres, valkey} <= set(up.children()), "another process was started anew"
    pids = [*up.children(), *up.servers()]
    up.ctrl_c()
    clean(up, pids)


def test_a_signal_to_every_process_at_once(up: Up) -> None:
    """Where the processes share the terminal's group they are all told."""
    pids = [*up.children(), *up.servers()]
    told = [pid for child in up.children() for pid in (child, *children_of(child))]
    up.ctrl_c()
    for pid in told:
        if pid not in up.servers():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGINT)
    clean(up, pids)


@pytest.mark.parametrize("pause", [0.3, 2.0])
def test_whoever_presses_ctrl_c_again_is_no_less_safe(up: Up, pause: float) -> None:
    pids = [*up.children(), *up.servers()]
    up.ctrl_c()
    time.sleep(pause)
    with suppress(ProcessLookupError):
        up.ctrl_c()
    clean(up, pids)


@pytest.mark.parametrize("pause", [0.4, 2.0])
def test_ctrl_c_before_it_serves(start: Callable[[], Up], pause: float) -> None:
    begun = start()
    time.sleep(pause)
    begun.ctrl_c()
    assert begun.ended() in {0, 130}, begun.said()
    assert "Traceback" not in begun.said()
    assert not begun.postgres.running()
    assert not begun.valkey.running()
