"""What happened to households."""

from uuid import UUID

from core.kit.events import Event


class HouseholdsImported(Event, frozen=True):
    import_id: UUID


class HouseholdChanged(Event, frozen=True):
    household_id: UUID


class OwnerChanged(Event, frozen=True):
    """A new file was opened for the unit; the former owner's is closed."""

    household_id: UUID
    previous_id: UUID


class PersonErased(Event, frozen=True):
    """Whoever holds a copy of this person's data must destroy it too."""

    person_id: UUID
    household_id: UUID
