"""Real servers in temporary folders: found again, killed, restarted, their data kept."""

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from guanjia.embedded import FAST, EmbeddedError, Postgres, Valkey, erase, named, servers
from guanjia.embedded.place import NOBODY, Place, account, place, socket_fits
from guanjia.embedded.process import alive, leashes
from guanjia.embedded.programs import Programs, find_postgres, find_valkey, reachable

ROOT = Path(__file__).parents[2]
NORMAL = {**FAST, "fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
NOT_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root can drop to another user")

Make = Callable[..., Any]


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder that the servers' user can reach: pytest's own `tmp_path` is private."""
    folder = Path(tempfile.mkdtemp(prefix="guanjia-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def make(home: Path) -> Iterator[Make]:
    """Makes servers below that folder, and stops them."""
    made: list[Postgres | Valkey] = []

    def build(kind: type[Postgres] | type[Valkey], folder: str = "data", **options: Any) -> Postgres | Valkey:
        options = {"settings": FAST, **options} if kind is Postgres else options
        made.append(kind(home / folder, system_root=home / "system", **options))
        return made[-1]

    yield build
    for server in made:
        server.stop()


async def _query(url: str, sql: str) -> Any:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()


def query(url: str, sql: str) -> Any:
    return asyncio.run(_query(url, sql))


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + 10
    while alive(pid):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def postmaster(server: Postgres) -> int:
    return int((server.data / "postmaster.pid").read_text().splitlines()[0])


def valkey_pid(server: Valkey) -> int:
    return int((server.place.run / "valkey.pid").read_text())


def owner(path: Path) -> int:
    return path.stat().st_uid


class TestPostgres:
    def test_speaks_chinese_listens_on_a_private_socket_and_asks_for_a_password(self, make):
        server = make(Postgres)
        url = server.start()
        assert query(
            url, "select pg_encoding_to_char(encoding) || ' ' || datcollate from pg_database limit 1"
        ) == ("UTF8 C.UTF-8")
        assert query(url, "show listen_addresses") == ""
        assert query(url, "select count(*) from pg_hba_file_rules where auth_method <> 'scram-sha-256'") == 0
        assert query(url, "show max_connections") == "200"
        assert query(url, "show fsync") == "off"
        assert query(url, "select upper('é') || length('管家')") == "É2"
        assert server.place.run.stat().st_mode & 0o777 == 0o700
        word = server.place.data_dir / "postgres.password"
        assert word.stat().st_mode & 0o777 == 0o600
        with pytest.raises(asyncpg.InvalidPasswordError):
            query(url.replace(word.read_text(), "wrong"), "select 1")
        assert query(named(url, "postgres"), "select current_database()") == "postgres"

    def test_durable_by_default(self, make):
        server = make(Postgres, settings=Postgres.__init__.__kwdefaults__["settings"])
        assert query(
            server.start(), "select concat(current_setting('fsync'), current_setting('synchronous_commit'))"
        ) == ("onon")

    def test_a_second_start_finds_the_running_server(self, make):
        first, second = make(Postgres), make(Postgres)
        assert first.start() == second.start() == second.start()
        assert postmaster(first) == postmaster(second)
        second.stop()
        assert not first.running()
        first.stop()
        with pytest.raises(EmbeddedError):
            first.url()

    @pytest.mark.chaos
    def test_committed_rows_survive_kill_9(self, make):
        server = make(Postgres, settings=NORMAL)
        url = server.start()
        query(url, "create table kept (id int)")
        query(url, "insert into kept select generate_series(1, 1000)")
        pid = postmaster(server)
        kill(pid)
        assert not server.running()
        again = make(Postgres, settings=NORMAL)
        assert query(again.start(), "select count(*) from kept") == 1000
        assert postmaster(again) != pid

    @pytest.mark.chaos
    def test_orphans_of_a_killed_server_are_waited_for(self, make):
        server = make(Postgres)
        url = server.start()

        async def busy() -> tuple[bool, int]:
            connection = await asyncpg.connect(url)
            backend = await connection.fetchval("select pg_backend_pid()")
            os.kill(backend, signal.SIGSTOP)
            kill(postmaster(server))
            lingering = server._life.held() and not server.running()
            asyncio.get_running_loop().call_later(1.0, os.kill, backend, signal.SIGCONT)
            await asyncio.to_thread(server.start)
            connection.terminate()
            return lingering, await _query(server.url(), "select 42")

        assert asyncio.run(busy()) == (True, 42)

    @pytest.mark.chaos
    def test_a_stale_process_id_that_belongs_to_somebody_else(self, make):
        server = make(Postgres)
        server.start()
        kill(postmaster(server))
        assert server._life.released(20)
        pid_file = server.data / "postmaster.pid"
        lines = pid_file.read_text().splitlines()
        pid_file.write_text("\n".join([str(os.getppid()), *lines[1:]]) + "\n")
        server.stop()
        assert query(server.start(), "select 1") == 1

    def test_an_interrupted_first_start_begins_anew(self, make):
        server = make(Postgres)
        half = server.data.with_name("postgres.new")
        half.mkdir()
        (half / "PG_VERSION").write_text("18")
        assert query(server.start(), "select 1") == 1
        assert not half.exists()

    def test_a_wrong_setting_is_told_in_the_servers_words(self, make):
        server = make(Postgres, settings=FAST | {"shared_buffers": "much"})
        with pytest.raises(EmbeddedError, match="shared_buffers"):
            server.start()

    def test_data_of_another_version_is_refused(self, make):
        server = make(Postgres)
        server.data.mkdir()
        (server.data / "PG_VERSION").write_text("9")
        with pytest.raises(EmbeddedError, match="PostgreSQL 9"):
            server.start()

    def test_a_server_started_by_hand_on_the_folder_is_adopted(self, make):
        server = make(Postgres)
        server.start()
        server.stop()
        folder = find_postgres().path
        drop = {"user": server.place.uid, "group": server.place.gid} if server.place.uid is not None else {}
        argv = [folder / "postgres", "-D", server.data, "-c", "port=5444", "-c", "listen_addresses="]
        argv += ["-c", f"unix_socket_directories={server.place.run}"]
        with subprocess.Popen(argv, stderr=subprocess.DEVNULL, cwd="/", **drop) as by_hand:
            deadline = time.monotonic() + 20
            while not server.running():
                assert time.monotonic() < deadline
                time.sleep(0.02)
            assert query(server.start(), "show port") == "5444"
            server.stop()
            assert by_hand.wait(20) == 0

    def test_what_the_machine_has_serves_as_well(self, make):
        if not find_postgres(system_first=True).path.is_relative_to("/usr"):
            pytest.skip("no PostgreSQL besides the wheel")
        server = make(Postgres, system_first=True)
        assert (
            query(server.start(), "show server_version").split()[0]
            == find_postgres(system_first=True).version
        )
        assert query(server.url(), "select datcollate from pg_database limit 1") == "C.UTF-8"
        server.stop()
        again = make(Postgres)
        assert (
            query(again.start(), "show server_version").split()[0] == find_postgres(system_first=True).version
        )

    def test_the_log_starts_anew_when_it_is_long(self, make, monkeypatch):
        monkeypatch.setattr("guanjia.embedded.process.LOG_LIMIT", 10)
        server = make(Postgres)
        server.start()
        assert "CREATE DATABASE" not in server.log.read_text()
        assert (server.place.log / "postgres.log.1").exists()


class TestValkey:
    def test_keeps_its_rules_and_asks_for_a_password(self, make):
        server = make(Valkey)
        with Redis.from_url(server.start()) as client:
            assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
            assert client.config_get("appendonly") == {"appendonly": "yes"}
            assert client.config_get("port") == {"port": "0"}
        word = (server.place.data_dir / "valkey.password").read_text()
        assert word not in Path(f"/proc/{valkey_pid(server)}/cmdline").read_text()
        stranger = Redis(unix_socket_path=str(server.socket), retry=Retry(NoBackoff(), 0))
        with stranger, pytest.raises(Exception, match="authenticated"):
            stranger.ping()

    def test_a_second_start_finds_the_running_server(self, make):
        first, second = make(Valkey), make(Valkey)
        assert first.start() == second.start()
        pid = valkey_pid(first)
        second.start()
        assert valkey_pid(first) == pid
        second.stop()
        assert not first.running()
        first.stop()
        with pytest.raises(EmbeddedError):
            first.url()

    @pytest.mark.chaos
    def test_entries_survive_kill_9(self, make):
        server = make(Valkey, settings={"appendonly": "yes", "appendfsync": "always"})
        with Redis.from_url(server.start()) as client:
            for number in range(200):
                client.rpush("queue", number)
        kill(valkey_pid(server))
        assert not server.running()
        with Redis.from_url(make(Valkey).start()) as client:
            assert client.llen("queue") == 200

    def test_a_wrong_setting_is_told_in_the_servers_words(self, make):
        with pytest.raises(EmbeddedError, match="no-such-setting"):
            make(Valkey, settings={"no-such-setting": "1"}).start()


class TestPlaces:
    @NOT_ROOT
    def test_as_root_the_servers_run_as_somebody_else_in_a_place_of_their_own(self, make, home):
        postgres, valkey = make(Postgres), make(Valkey)
        postgres.start(), valkey.start()
        uid, _gid = account("nobody")
        assert uid != 0
        assert {owner(Path(f"/proc/{pid}")) for pid in (postmaster(postgres), valkey_pid(valkey))} == {uid}
        assert postgres.place.root.parent == home / "system"
        assert owner(postgres.place.root) == uid
        assert owner(postgres.place.data_dir / "postgres.password") == 0

    def test_two_data_folders_have_nothing_in_common(self, make):
        one, other = make(Postgres, "one"), make(Postgres, "other")
        assert one.start() != other.start()
        query(one.url(), "create table mine ()")
        assert query(other.url(), "select count(*) from pg_tables where tablename = 'mine'") == 0

    def test_a_long_path_is_served_on_loopback_instead(self, make, monkeypatch):
        monkeypatch.setattr("guanjia.embedded.place.SOCKET_LIMIT", 5)
        postgres, valkey = make(Postgres), make(Valkey)
        assert "@127.0.0.1:" in postgres.start()
        assert "@127.0.0.1:" in valkey.start()
        assert query(postgres.url(), "show unix_socket_directories") == ""
        assert query(postgres.url(), "show listen_addresses") == "127.0.0.1"
        with Redis.from_url(make(Valkey).start()) as client:
            assert client.config_get("bind") == {"bind": "127.0.0.1"}

    @pytest.mark.chaos
    @pytest.mark.parametrize(("kind", "pid"), [(Postgres, postmaster), (Valkey, valkey_pid)])
    @pytest.mark.parametrize("limit", [100, 5], ids=["socket", "port"])
    def test_one_that_was_killed_comes_back_where_it_was(self, make, monkeypatch, kind, pid, limit):
        monkeypatch.setattr("guanjia.embedded.place.SOCKET_LIMIT", limit)
        server = make(kind)
        where = server.start()
        assert not server.ended()
        kill(pid(server))
        deadline = time.monotonic() + 10
        while not server.ended():
            assert time.monotonic() < deadline
        assert server.start() == where
        assert not server.ended()
        server.stop()
        assert server.ended()

    def test_socket_addresses_are_measured_in_bytes(self):
        assert socket_fits(Path("/" + "a" * 98))
        assert not socket_fits(Path("/" + "a" * 99))
        assert not socket_fits(Path("/" + "家" * 33))

    def test_spaces_and_chinese_in_the_path(self, home):
        data = home / "数 据"
        with servers(data, settings=FAST, system_root=home / "系 统") as urls:
            assert query(urls.database, "select 1") == 1
            with Redis.from_url(urls.redis) as client:
                assert client.ping()

    @NOT_ROOT
    @pytest.mark.parametrize("find", [find_postgres, find_valkey])
    def test_programs_out_of_reach_are_copied_once(self, home, find):
        """A virtual environment below a private home, as root's own is."""
        found = find()
        there = Place(home, home, home / "programs", *account("nobody"))
        private = home / "private"
        private.mkdir(mode=0o700)
        subprocess.run(["cp", "-a", *found.parts, private], check=True)  # noqa: S607
        inside = found.path.relative_to(found.parts[0].parent)
        parts = tuple(private / part.name for part in found.parts)
        copied = reachable(there, Programs(private / inside, found.version, found.name, parts))
        assert copied == home / "programs" / found.name / inside
        shutil.rmtree(private)
        program = copied / "initdb" if copied.is_dir() else copied
        argv = [program, "--version"]
        said = subprocess.run(argv, user=NOBODY, cwd="/", capture_output=True, text=True, check=True)
        assert found.version in said.stdout
        assert reachable(there, Programs(private / inside, found.version, found.name, parts)) == copied

    @NOT_ROOT
    def test_a_folder_made_by_an_ordinary_user_is_not_silently_ignored(self, home):
        (home / "data" / "postgres").mkdir(parents=True)
        with pytest.raises(EmbeddedError, match="普通用户"):
            place(home / "data", system_root=home / "system")

    def test_never_as_root(self):
        with pytest.raises(EmbeddedError, match="root"):
            account("root")
        assert account("no such user") == (NOBODY, NOBODY)

    def test_a_folder_that_cannot_be_made_is_named(self, home):
        (home / "file").touch()
        with pytest.raises(EmbeddedError, match="file"):
            place(home / "file" / "data", system_root=home)


class TestServers:
    def test_given_addresses_win(self, home):
        with servers(home, database_url="postgresql://given", redis_url="redis://given") as urls:
            assert (urls.database, urls.redis) == ("postgresql://given", "redis://given")
        assert not list(home.iterdir())

    def test_the_last_to_leave_stops_them(self, home):
        options = {"settings": FAST, "system_root": home / "system"}
        postgres, valkey = (kind(home, system_root=home / "system") for kind in (Postgres, Valkey))
        with servers(home, **options) as first:
            with servers(home, **options) as second:
                assert (second.database, second.redis) == (first.database, first.redis)
            assert postgres.running()
            assert valkey.running()
        assert not postgres.running()
        assert not valkey.running()

    def test_many_processes_may_start_them_at_once(self, home):
        """And all get the same two servers."""
        code = (
            "import sys, json; from pathlib import Path; from guanjia.embedded import *\n"
            "home = Path(sys.argv[1])\n"
            "with servers(home, settings=FAST, system_root=home / 'system') as urls:\n"
            "    print(json.dumps([urls.database, urls.redis]), flush=True); sys.stdin.read()\n"
        )
        argv = [sys.executable, "-c", code, str(home)]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        running = [subprocess.Popen(argv, cwd=ROOT, **pipes) for _ in range(4)]
        said = [json.loads(process.stdout.readline()) for process in running]
        assert all(urls == said[0] for urls in said)
        assert query(said[0][0], "select 1") == 1
        for process in running:
            process.communicate("")
            assert process.returncode == 0
        assert not Postgres(home, system_root=home / "system").running()

    @pytest.mark.chaos
    def test_on_a_leash_they_end_with_a_killed_process(self, home):
        if not leashes():
            pytest.skip("this system has no leash")
        code = (
            "import sys, os; from pathlib import Path; from guanjia.embedded import *\n"
            "home = Path(sys.argv[1])\n"
            "with servers(home, settings=FAST, leash=True, system_root=home / 'system'):\n"
            "    os.kill(os.getpid(), 9)\n"
        )
        subprocess.run([sys.executable, "-c", code, home], cwd=ROOT, check=False)
        for kind in (Postgres, Valkey):
            server = kind(home, system_root=home / "system")
            assert server._life.released(20)
            assert not server.running()

    def test_erased_data_is_gone_and_a_new_start_is_fresh(self, home):
        options = {"settings": FAST, "system_root": home / "system"}
        with servers(home, **options) as urls:
            query(urls.database, "create table old ()")
        erase(home, system_root=home / "system")
        with servers(home, **options) as fresh:
            assert fresh.database != urls.database
            assert query(fresh.database, "select count(*) from pg_tables where tablename = 'old'") == 0

    def test_nothing_listens_on_the_network(self, make):
        """Both servers at work, and no port of this machine more than before."""
        before = listening()
        make(Postgres).start(), make(Valkey).start()
        assert listening() <= before


def listening() -> set[str]:
    """Local addresses in state LISTEN, IPv4 and IPv6."""
    rows = [
        line.split()
        for table in ("tcp", "tcp6")
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]
    ]
    return {row[1] for row in rows if row[3] == "0A"}
