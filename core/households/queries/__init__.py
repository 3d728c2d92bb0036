"""Reads projects, units, households and imports; a search in any spelling takes three queries at the most."""

from core.households.queries.imports import import_row, imports, shown
from core.households.queries.lookups import (
    VIEW,
    by_phone,
    household,
    locate,
    owners,
    person,
    persons_of,
    project,
    projects,
    unit,
)
from core.households.queries.places import places_of, rooms
from core.households.queries.search import search_households, units, within
from core.households.schemas import HouseholdHit, Located, PersonBrief

__all__ = [
    "VIEW",
    "HouseholdHit",
    "Located",
    "PersonBrief",
    "by_phone",
    "household",
    "import_row",
    "imports",
    "locate",
    "owners",
    "person",
    "persons_of",
    "places_of",
    "project",
    "projects",
    "rooms",
    "search_households",
    "shown",
    "unit",
    "units",
    "within",
]
