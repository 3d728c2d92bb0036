"""The bytes: `<data>/files/<company>/<sha256>`. Companies share none, so that none can probe another's."""

import contextlib
import hashlib
import os
import secrets
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from core.kit.settings import settings


def write(company: UUID, data: bytes) -> str:
    """Store and answer the hash; the file is whole and on disk when this returns."""
    sha256 = hashlib.sha256(data).hexdigest()
    place = _place(company, sha256)
    if place.exists():
        os.utime(place)
        return sha256
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    unfinished = place.with_name(f".{sha256}.{secrets.token_hex(4)}")
    with unfinished.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(place)
    return sha256


def read(company: UUID, sha256: str) -> bytes:
    """Raises FileNotFoundError."""
    return _place(company, sha256).read_bytes()


def remove(company: UUID, sha256: str) -> None:
    with contextlib.suppress(FileNotFoundError):
        _place(company, sha256).unlink()


def older_than(company: UUID, seconds: float) -> Iterator[str]:
    """Names of what was last written so long ago, unfinished writes among them."""
    folder = settings().files_dir / str(company)
    limit = time.time() - seconds
    if folder.is_dir():
        for entry in os.scandir(folder):
            if entry.is_file() and entry.stat().st_mtime < limit:
                yield entry.name


def _place(company: UUID, sha256: str) -> Path:
    return settings().files_dir / str(company) / sha256
