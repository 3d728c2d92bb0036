"""Where the files of a data folder's servers live, whom the servers run as, their passwords and addresses."""

import hashlib
import os
import pwd
import secrets
import socket
from pathlib import Path

import msgspec

from core.kit.i18n import _, gettext

SYSTEM_ROOT = Path("/var/lib/guanjia")
SOCKET_LIMIT = 100
NOBODY = 65_534


class EmbeddedError(Exception):
    """An embedded server cannot be used; `str()` is the whole explanation in the current language."""

    def __init__(self, message: str, **params: object) -> None:
        super().__init__(message)
        self.message, self.params = message, params

    def __str__(self) -> str:
        return gettext(self.message, **self.params)


class Place(msgspec.Struct, frozen=True):
    """One data folder as its servers see it.

    `data_dir` is ours (passwords, logs, locks), `root` the servers' (databases, sockets), `programs` holds
    copies of their programs where they cannot read the originals. `uid` and `gid` are None where they run as
    ourselves.
    """

    data_dir: Path
    root: Path
    programs: Path
    uid: int | None
    gid: int | None

    @property
    def run(self) -> Path:
        return self.root / "run"

    @property
    def log(self) -> Path:
        return self.data_dir / "log"


def place(data_dir: Path, *, system_root: Path = SYSTEM_ROOT, user: str = "nobody") -> Place:
    """The place of that data folder, its folders made. As root the servers' files go below `system_root`."""
    data_dir = data_dir.absolute()
    if os.geteuid() != 0:
        found = Place(data_dir, data_dir, data_dir / "programs", None, None)
    elif (data_dir / "postgres").exists():
        raise EmbeddedError(_("数据文件夹 {path} 由普通用户建立，请改用该用户启动"), path=data_dir)
    else:
        name = hashlib.sha256(os.fsencode(data_dir.resolve())).hexdigest()[:12]
        found = Place(data_dir, system_root / name, system_root / "programs", *account(user))
    try:
        _make_folders(found)
    except OSError as error:
        raise EmbeddedError(
            _("无法建立文件夹 {path}：{reason}"), path=error.filename, reason=error.strerror
        ) from error
    return found


def account(user: str) -> tuple[int, int]:
    """The ids of an existing unprivileged user; the usual ids of "nobody" where that name is unknown."""
    try:
        entry = pwd.getpwnam(user)
    except KeyError:
        return NOBODY, NOBODY
    if entry.pw_uid == 0:
        raise EmbeddedError(_("内置数据库不能以 root 身份运行"))
    return entry.pw_uid, entry.pw_gid


def _make_folders(there: Place) -> None:
    there.data_dir.mkdir(parents=True, exist_ok=True)
    there.log.mkdir(mode=0o700, exist_ok=True)
    there.root.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    for folder in (there.root, there.run):
        if not folder.exists():
            folder.mkdir(mode=0o700)
            hand_over(there, folder)


def hand_over(there: Place, path: Path) -> None:
    """Make the servers' user its owner."""
    if there.uid is not None and there.gid is not None:
        os.chown(path, there.uid, there.gid, follow_symlinks=False)


def password(there: Place, name: str) -> str:
    """The password kept in `<data_dir>/<name>.password`, for our eyes only; made at the first call."""
    path = there.data_dir / f"{name}.password"
    if not path.exists():
        fresh = path.with_suffix(f".{os.getpid()}")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as handle:
            handle.write(secrets.token_urlsafe(24))
        fresh.rename(path)
    return path.read_text()


def socket_fits(path: Path) -> bool:
    """A socket's address holds about a hundred bytes; with a longer path the server needs a port."""
    return len(os.fsencode(path)) < SOCKET_LIMIT


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
