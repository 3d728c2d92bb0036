"""The tables of the property desk, as Piccolo's migration runner knows them."""

from pathlib import Path

from piccolo.conf.apps import AppConfig

from plugins.property_desk.tables import GoodsSlip

APP_CONFIG = AppConfig(
    app_name="property_desk",
    migrations_folder_path=str(Path(__file__).parent / "piccolo_migrations"),
    table_classes=[GoodsSlip],
    migration_dependencies=["core.piccolo_app"],
    commands=[],
)
