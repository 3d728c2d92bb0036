"""Reading the household lists that property companies keep in Excel."""

from core.households.importing.lists import (
    Contact,
    HouseholdList,
    HouseholdRow,
    Relation,
    RowRefusal,
    Survey,
    read_households,
    survey,
)

__all__ = [
    "Contact",
    "HouseholdList",
    "HouseholdRow",
    "Relation",
    "RowRefusal",
    "Survey",
    "read_households",
    "survey",
]
