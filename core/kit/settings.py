"""What one process is told from outside: environment variables with the prefix GUANJIA_, read once."""

import hashlib
import hmac
import secrets
from functools import cache
from pathlib import Path
from typing import Literal
from urllib.parse import quote, urlsplit, urlunsplit

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

Role = Literal["app", "sys", "owner"]


class Settings(BaseSettings):
    """Every field is `GUANJIA_<NAME>` in the environment; `docs/operating.md` explains each."""

    model_config = SettingsConfigDict(env_prefix="GUANJIA_", frozen=True)

    data_dir: Path = Path(".guanjia")
    database_url: str | None = None
    app_database_url: str | None = None
    sys_database_url: str | None = None
    owner_database_url: str | None = None
    redis_url: str | None = None
    secret_key: SecretStr | None = None
    host: str = "127.0.0.1"
    port: int = 8000
    base_domain: str = "localhost"
    scheme: Literal["http", "https"] = "http"
    trusted_proxies: frozenset[str] = frozenset()
    pool_size: int = 10
    sys_pool_size: int = 4
    aside_pool_size: int = 4
    statement_timeout_ms: int = 3000
    lock_timeout_ms: int = 2000
    log_level: str = "INFO"
    log_format: Literal["json", "console"] = "json"
    metrics_port: int | None = None
    test_clock: bool = False
    login_attempts: int = 10
    password_passes: int = 3
    password_kib: int = 65536

    @property
    def files_dir(self) -> Path:
        return self.data_dir / "files"


@cache
def settings() -> Settings:
    return Settings()


@cache
def secret() -> bytes:
    """The installation's master secret, 32 bytes: GUANJIA_SECRET_KEY, else `<data_dir>/secret.key`, made
    once.

    Everything encrypted depends on it; losing it loses the phones.
    """
    given = settings().secret_key
    if given is not None:
        return hashlib.sha256(given.get_secret_value().encode()).digest()
    path = settings().data_dir / "secret.key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600, exist_ok=True)
        if not path.read_bytes():
            path.write_bytes(secrets.token_bytes(32))
    return path.read_bytes()


def derive(purpose: str) -> bytes:
    """A 32-byte key for one purpose, from the master secret."""
    return hmac.digest(secret(), purpose.encode(), "sha256")


def role_password(role: Role) -> str:
    return derive(f"database role {role}").hex()[:40]


def role_url(role: Role) -> str:
    """The address a process uses as that database role: given whole, or GUANJIA_DATABASE_URL with our
    own role.
    """
    told = settings()
    given: str | None = getattr(told, f"{role}_database_url")
    if given is not None:
        return given
    if told.database_url is None:
        raise RuntimeError("GUANJIA_DATABASE_URL is not set and no embedded server was started")
    parts = urlsplit(told.database_url)
    place = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"gj_{role}:{quote(role_password(role))}@{place}"))
