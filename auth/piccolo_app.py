"""The tables of sign-in, as Piccolo's migration runner knows them."""

from pathlib import Path

from piccolo.conf.apps import AppConfig

APP_CONFIG = AppConfig(
    app_name="auth",
    migrations_folder_path=str(Path(__file__).parent / "piccolo_migrations"),
    table_classes=[],
    migration_dependencies=["core.piccolo_app", "tenants.piccolo_app"],
    commands=[],
)
