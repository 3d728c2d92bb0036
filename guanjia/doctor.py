"""What this machine lacks to run Guanjia, in plain words and with the remedy; each check is one function."""

import asyncio
import http.client
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from typing import Literal

import asyncpg
import msgspec
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rich.console import Console
from rich.table import Table
from rich.text import Text

from core.documents import pdf as paper
from core.kit.i18n import _, gettext
from guanjia.embedded import EmbeddedError
from guanjia.embedded.place import SYSTEM_ROOT
from guanjia.embedded.programs import OLDEST_POSTGRES, Programs, find_postgres, find_valkey

OLDEST_PYTHON = (3, 11)
GIGABYTE = 1_000_000_000
LITTLE_SPACE, NO_SPACE = 2 * GIGABYTE, GIGABYTE // 4
PATIENCE = 3.0
BROWSERS = ("chromium", "chromium-browser", "google-chrome")

Level = Literal["ok", "hint", "error"]
MARKS: dict[Level, str] = {"ok": "[green]✓[/]", "hint": "[yellow]![/]", "error": "[red]✗[/]"}


class Check(msgspec.Struct, frozen=True):
    """A finding: what was looked at, how it stands, and what to do about it (empty when all is well)."""

    name: str
    level: Level
    words: str
    mend: str = ""

    @property
    def ok(self) -> bool:
        return self.level == "ok"


class Subject(msgspec.Struct, frozen=True):
    """What is examined: the settings, and the names of the running code's migrations (empty: unknown)."""

    data_dir: Path
    host: str = "127.0.0.1"
    port: int = 8000
    base_domain: str = "localhost"
    database_url: str | None = None
    redis_url: str | None = None
    migrations: Collection[str] = ()


def examine(subject: Subject) -> Iterator[Check]:
    """Every finding, as soon as it is known."""
    yield python()
    yield folder(subject.data_dir)
    yield space(subject.data_dir)
    yield database(subject.database_url, subject.migrations) if subject.database_url else postgres()
    yield queue(subject.redis_url) if subject.redis_url else valkey()
    yield port(subject.host, subject.port)
    yield names(subject.base_domain)
    yield pdf()
    yield fonts()
    yield browser()


def show(checks: Sequence[Check], console: Console | None = None) -> int:
    """Print them as a table; answers the exit status: 1 when something must be mended, hints do not count."""
    console = console or Console()
    table = Table(
        "", gettext(_("检查项")), gettext(_("情况")), gettext(_("处理办法")), show_lines=False, box=None
    )
    for check in checks:
        table.add_row(MARKS[check.level], *map(Text, (check.name, check.words, check.mend)))
    console.print(table)
    errors = sum(check.level == "error" for check in checks)
    hints = sum(check.level == "hint" for check in checks)
    console.print(gettext(_("{errors} 项必须处理，{hints} 项建议处理"), errors=errors, hints=hints))
    return 1 if errors else 0


def python(version: tuple[int, ...] = sys.version_info[:3]) -> Check:
    told = ".".join(map(str, version))
    if version >= OLDEST_PYTHON:
        return Check("Python", "ok", told)
    return Check("Python", "error", told, gettext(_("需要 Python 3.11 或更高版本")))


def folder(data_dir: Path) -> Check:
    """The data folder, or the nearest one above that exists; for root also the embedded servers' place."""
    name = gettext(_("数据文件夹"))
    wanted = [data_dir.absolute()] + ([SYSTEM_ROOT] if os.geteuid() == 0 else [])
    for path in wanted:
        try:
            tempfile.TemporaryFile(dir=existing(path)).close()
        except OSError:
            mend = gettext(_("改变其权限，或用 GUANJIA_DATA_DIR 指定另一个文件夹"))
            return Check(name, "error", gettext(_("{path} 不可写"), path=path), mend)
    return Check(name, "ok", str(wanted[0]))


def existing(path: Path) -> Path:
    return path if path.exists() else existing(path.parent)


def space(data_dir: Path) -> Check:
    name = gettext(_("磁盘空间"))
    free = shutil.disk_usage(existing(data_dir.absolute())).free
    words = gettext(_("剩余 {free} GB"), free=round(free / GIGABYTE, 1))
    if free >= LITTLE_SPACE:
        return Check(name, "ok", words)
    level: Level = "hint" if free >= NO_SPACE else "error"
    return Check(name, level, words, gettext(_("请清理磁盘；演示约需 1 GB")))


def postgres() -> Check:
    return _programs("PostgreSQL", find_postgres)


def valkey() -> Check:
    return _programs("Valkey", find_valkey)


def _programs(name: str, find: Callable[[], Programs]) -> Check:
    try:
        found = find()
    except EmbeddedError as error:
        return Check(name, "error", gettext(_("没有找到")), str(error))
    return Check(
        name, "ok", gettext(_("内置，{version}（{source}）"), version=found.version, source=found.name)
    )


def database(url: str, migrations: Collection[str]) -> Check:
    """Of the outside database: that it answers, its version, its encoding, whether its schema is current."""
    try:
        return asyncio.run(_database(url, set(migrations)))
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, ValueError) as error:
        mend = gettext(_("请检查 GUANJIA_DATABASE_URL，以及数据库是否已启动"))
        return Check("PostgreSQL", "error", gettext(_("连接失败：{reason}"), reason=error), mend)


async def _database(url: str, wanted: set[str]) -> Check:
    connection = await asyncpg.connect(url, timeout=PATIENCE)
    try:
        version = connection.get_server_version()
        told = gettext(_("外部，{version}"), version=f"{version.major}.{version.minor}")
        if version.major < OLDEST_POSTGRES:
            return Check("PostgreSQL", "error", told, gettext(_("需要 PostgreSQL 15 或更高版本")))
        if await connection.fetchval("show server_encoding") != "UTF8":
            return Check("PostgreSQL", "error", told, gettext(_("请以 UTF8 编码重新建立数据库")))
        ran: set[str] = set()
        if await connection.fetchval("select to_regclass('core.migration')"):
            ran = {row["name"] for row in await connection.fetch("select name from core.migration")}
        if not ran or wanted - ran:
            mend = gettext(_("请执行 guanjia migrate"))
            return Check("PostgreSQL", "hint", gettext(_("{told}，表结构不是最新"), told=told), mend)
        return Check("PostgreSQL", "ok", told)
    finally:
        await connection.close()


def queue(url: str) -> Check:
    """Of the outside queue: that it answers and never throws messages away to save memory."""
    try:
        with Redis.from_url(
            url, retry=Retry(NoBackoff(), 0), socket_timeout=PATIENCE, decode_responses=True
        ) as client:
            told = gettext(_("外部，{version}"), version=client.info("server")["redis_version"])
            policy = client.info("memory").get("maxmemory_policy", "noeviction")
    except (RedisError, OSError, ValueError) as error:
        mend = gettext(_("请检查 GUANJIA_REDIS_URL，以及服务是否已启动"))
        return Check("Valkey", "error", gettext(_("连接失败：{reason}"), reason=error), mend)
    if policy != "noeviction":
        return Check(
            "Valkey", "hint", f"{told}, {policy}", gettext(_("请把 maxmemory-policy 设为 noeviction"))
        )
    return Check("Valkey", "ok", told)


def port(host: str, number: int) -> Check:
    name = gettext(_("端口"))
    address = f"{host}:{number}"
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, number))
    except OSError as error:
        if is_guanjia(host, number):
            return Check(name, "ok", gettext(_("{address} 上管家正在运行"), address=address))
        words = gettext(_("{address} 不可用：{reason}"), address=address, reason=error.strerror)
        return Check(name, "error", words, gettext(_("用 GUANJIA_PORT 指定另一个端口")))
    return Check(name, "ok", address)


def is_guanjia(host: str, number: int) -> bool:
    """Whether what listens there answers as Guanjia does."""
    connection = http.client.HTTPConnection(host, number, timeout=PATIENCE)
    try:
        connection.request("GET", "/health/live")
        return connection.getresponse().read() == b'{"status":"live"}'
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def names(base_domain: str) -> Check:
    """Companies live on subdomains. Browsers know `*.localhost` by themselves, other programs may not."""
    name, host = gettext(_("子域名")), f"guanjia.{base_domain}"
    try:
        socket.getaddrinfo(host, None)
    except OSError:
        if base_domain == "localhost":
            mend = gettext(_("浏览器可直接打开；其他程序请连 127.0.0.1 并带上 Host 头"))
        else:
            mend = gettext(_("请在 DNS 中为 *.{domain} 添加解析"), domain=base_domain)
        return Check(name, "hint", gettext(_("本机解析不了 {host}"), host=host), mend)
    return Check(name, "ok", f"*.{base_domain}")


def pdf(libraries: Sequence[str] = paper.LIBRARIES) -> Check:
    """What WeasyPrint loads; on other systems than Linux the names differ, so there it is only a hint."""
    missing = [library for library in libraries if not paper.loads(library)]
    if not missing:
        return Check("PDF", "ok", "Pango")
    words = gettext(_("缺少 {libraries}，无法生成 PDF"), libraries=", ".join(missing))
    return Check("PDF", "hint", words, "apt install libpangoft2-1.0-0 libharfbuzz-subset0")


def fonts(listing: Sequence[str] = ("fc-list", ":lang=zh", "family")) -> Check:
    name = gettext(_("中文字体"))
    try:
        done = subprocess.run(listing, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
        found = done.stdout.splitlines()
    except OSError:
        found = []
    if found:
        return Check(name, "ok", found[0].partition(",")[0])
    words = gettext(_("没有中文字体，PDF 中的汉字会变成方框"))
    return Check(name, "hint", words, "apt install fontconfig fonts-noto-cjk")


def browser(candidates: Sequence[str] = BROWSERS) -> Check:
    name = gettext(_("浏览器测试"))
    found = next((path for path in map(shutil.which, candidates) if path), None)
    if found:
        return Check(name, "ok", found)
    return Check(name, "hint", gettext(_("没有 Chromium，只影响浏览器测试")), "apt install chromium")
