"""Pools of a process that starts while the database is away."""

import asyncpg
import pytest

from core.kit.database import Database
from core.kit.settings import settings

pytestmark = pytest.mark.anyio


async def test_a_process_may_start_before_its_database(monkeypatch: pytest.MonkeyPatch) -> None:
    where = settings().database_url
    database = Database()
    monkeypatch.setenv("GUANJIA_APP_DATABASE_URL", "postgresql://gj_app:x@127.0.0.1:1/nowhere")
    settings.cache_clear()
    try:
        await database.open(app=1)
        with pytest.raises((OSError, asyncpg.PostgresError)):
            await database.pool_of("app").acquire(timeout=2)
    finally:
        await database.close()
        monkeypatch.undo()
        settings.cache_clear()
    assert settings().database_url == where
