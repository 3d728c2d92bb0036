"""What Piccolo's migration runner looks for: our engine and the apps whose migrations it shall run."""

from piccolo.conf.apps import AppRegistry

from core.kit.database import DB

APP_REGISTRY = AppRegistry(apps=[])

__all__ = ["APP_REGISTRY", "DB"]
