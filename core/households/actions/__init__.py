"""Every change of projects, households and their people, and the import of household lists."""

from core.households.actions.homes import add_household, change_owner, create_project, set_butler
from core.households.actions.imports import confirm, import_households, start_import
from core.households.actions.people import add_person, erase_person, reveal_phone, update_person

__all__ = [
    "add_household",
    "add_person",
    "change_owner",
    "confirm",
    "create_project",
    "erase_person",
    "import_households",
    "reveal_phone",
    "set_butler",
    "start_import",
    "update_person",
]
