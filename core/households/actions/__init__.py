"""Every change of projects, households and their people, and the import of household lists."""

from core.households.actions.homes import add_household, create_project
from core.households.actions.imports import confirm, import_households, start_import
from core.households.actions.owners import change_owner, give_butler, set_butler
from core.households.actions.people import add_contact, add_person, move_in, move_out, update_person
from core.households.actions.privacy import also_forgets, erase_person, reveal_phone

__all__ = [
    "add_contact",
    "add_household",
    "add_person",
    "also_forgets",
    "change_owner",
    "confirm",
    "create_project",
    "erase_person",
    "give_butler",
    "import_households",
    "move_in",
    "move_out",
    "reveal_phone",
    "set_butler",
    "start_import",
    "update_person",
]
