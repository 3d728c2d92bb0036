"""Each setting is told to whoever operates the product, and secrets are made once."""

from pathlib import Path

from core.kit import settings as told

ROOT = Path(__file__).parents[2]


def test_every_setting_is_in_the_operators_page() -> None:
    page = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    missing = [name for name in told.Settings.model_fields if f"GUANJIA_{name.upper()}" not in page]
    assert not missing


def test_roles_get_addresses_of_their_own() -> None:
    url = "postgresql://guanjia:pw@/guanjia?host=/run/pg&port=5432"
    settings = told.Settings(database_url=url)
    assert settings.database_url == url
    assert told.role_password("app") != told.role_password("sys")
