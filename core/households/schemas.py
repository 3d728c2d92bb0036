"""What look-ups answer and what changes are asked with."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from core.households.importing import Relation
from core.households.rooms import RoomKind
from core.kit.i18n import _

ImportState = Literal["waiting", "running", "done", "failed"]
PersonName = Annotated[str, Meta(max_length=100, title=_("姓名"))]
Phones = Annotated[list[Annotated[str, Meta(max_length=60)]], Meta(max_length=10, title=_("电话"))]


class Project(msgspec.Struct, kw_only=True):
    id: UUID
    code: str
    name: str
    version: int = 1


class NewProject(msgspec.Struct, kw_only=True):
    code: Annotated[str, Meta(min_length=1, max_length=20, title=_("项目代码"))]
    name: Annotated[str, Meta(min_length=2, max_length=60, title=_("项目名称"))]
    sort: Annotated[int, Meta(ge=0, le=10_000, title=_("排序"))] = 0


class Unit(msgspec.Struct, kw_only=True):
    """`area` is in ㎡; `household_id` is the open file's, None where nobody is registered."""

    id: UUID
    version: int
    project_id: UUID
    kind: RoomKind
    phase: str
    building: str
    stairwell: str
    floor: str
    room: str
    room_short: str
    room_long: str
    area: Decimal | None
    household_id: UUID | None
    owner_name: str
    butler_id: UUID | None
    butler_name: str | None


class PersonBrief(msgspec.Struct, kw_only=True):
    """`phones` are masked, the one to call first; a person from a list of whom only the phone is known has
    no name.
    """

    id: UUID
    name: str
    relation: Relation
    phones: list[str]
    left_on: date | None = None


class PhoneBrief(msgspec.Struct, kw_only=True):
    id: UUID
    masked: str
    preferred: bool


class Person(msgspec.Struct, kw_only=True):
    """One person of a household; `version` is the household's, `closed_at` when its file was closed."""

    id: UUID
    version: int
    household_id: UUID
    project_id: UUID
    room_short: str
    room_long: str
    name: str
    relation: Relation
    phones: list[PhoneBrief] = []
    left_on: date | None
    closed_at: datetime | None


class HouseholdHit(msgspec.Struct, kw_only=True):
    """A household as a search, the desk or an incoming call shows it; the owner comes first."""

    id: UUID
    unit_id: UUID
    project_id: UUID
    room_short: str
    room_long: str
    owner_name: str
    butler_id: UUID | None
    butler_name: str | None
    persons: list[PersonBrief] = []


class Household(msgspec.Struct, kw_only=True):
    """The whole file of a household."""

    id: UUID
    version: int
    project_id: UUID
    project_name: str
    unit: Unit
    owner_name: str
    moved_in: date | None
    note: str
    opened_at: datetime
    closed_at: datetime | None
    previous_id: UUID | None
    updated_at: datetime
    persons: list[PersonBrief] = []
    former: list[PersonBrief] = []
    """Who moved out."""


class Ownership(msgspec.Struct, kw_only=True):
    """One of the files of a unit: who owned it, from when as far as that is known, and until the next took
    over.
    """

    id: UUID
    owner_name: str
    moved_in: date | None
    until: date | None
    opened_at: datetime
    closed_at: datetime | None


class Located(msgspec.Struct, kw_only=True):
    """Where a ticket is: `project_id` is the unit's own project. `phone` is in its stored form, decrypted."""

    project_id: UUID
    unit_id: UUID | None = None
    household_id: UUID | None = None
    room_short: str = ""
    room_long: str = ""
    owner_name: str = ""
    butler_id: UUID | None = None
    phone: str | None = None


class NewPerson(msgspec.Struct, kw_only=True):
    """`version` is the household's, here or in `If-Match`."""

    version: int | None = None
    relation: Annotated[Relation, Meta(title=_("与业主关系"))]
    name: PersonName = ""
    phones: Phones = []


class UpdatePerson(msgspec.Struct, kw_only=True):
    """What is None stays; `phones` replaces them all, `add_phones` and `remove_phones` (ids) only some.

    `preferred` is the phone to call first: the id of one that stays or a number given here. `version` is the
    household's, here or in `If-Match`.
    """

    version: int | None = None
    name: PersonName | None = None
    relation: Annotated[Relation | None, Meta(title=_("与业主关系"))] = None
    phones: Phones | None = None
    add_phones: Phones = []
    remove_phones: Annotated[list[UUID], Meta(title=_("删除电话"))] = []
    preferred: Annotated[str, Meta(max_length=60, title=_("首选电话"))] | None = None


class MoveOut(msgspec.Struct, kw_only=True):
    """Since when somebody lives there no more; `version` is the household's."""

    version: int | None = None
    left_on: Annotated[date, Meta(title=_("搬走日期"))]


class MoveIn(msgspec.Struct, kw_only=True):
    """Somebody who was said to have moved out lives there after all; `version` is the household's."""

    version: int | None = None


class Because(msgspec.Struct, kw_only=True):
    """Why a number is read in full or a person's data destroyed; kept in the audit."""

    reason: Annotated[str, Meta(min_length=2, max_length=200, title=_("原因"))]


class Numbers(msgspec.Struct, kw_only=True):
    """A person's phones in full, as they are dialled."""

    phones: list[str]


class NewContact(msgspec.Struct, kw_only=True):
    """Somebody of a unit whom nobody knew, as the desk hears of them."""

    unit_id: Annotated[UUID, Meta(title=_("房号"))]
    relation: Annotated[Relation, Meta(title=_("与业主关系"))]
    name: Annotated[str, Meta(min_length=1, max_length=100, title=_("姓名"))]
    phones: Phones = []


class NewOwner(msgspec.Struct, kw_only=True):
    """Who takes the unit over, and since when (`moved_in`); `version` is that of the file to be closed.

    `staying` are people of that file who live on there, such as a renter: they stand in the new one too.
    """

    version: int | None = None
    name: Annotated[str, Meta(min_length=1, max_length=100, title=_("业主姓名"))]
    phones: Phones = []
    moved_in: Annotated[date | None, Meta(title=_("入伙日期"))] = None
    staying: Annotated[list[UUID], Meta(title=_("继续居住"))] = []


class SetButler(msgspec.Struct, kw_only=True):
    """Who looks after a unit, None for nobody; `version` is the unit's."""

    version: int | None = None
    butler_id: Annotated[UUID | None, Meta(title=_("管家"))] = None


class Counts(msgspec.Struct):
    """`rows` = `households` + `refused` + `repeated`."""

    rows: int = 0
    households: int = 0
    refused: int = 0
    repeated: int = 0


class Changes(msgspec.Struct):
    """What the households of a list were to the database; of a dry run, what they would be."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0


class OverwrittenRow(msgspec.Struct):
    """A household changed by hand since its last list, of which this one says something else."""

    sheet: str
    row: int
    room: str


class RefusedRow(msgspec.Struct):
    """`column` as the list titles it, `message` in the reader's language."""

    sheet: str
    row: int
    column: str
    key: str
    message: str


class StoredRefusal(msgspec.Struct):
    sheet: str
    row: int
    column: str
    key: str
    params: dict[str, Any] = {}


class Failure(msgspec.Struct):
    key: str
    message: str


class Import(msgspec.Struct, kw_only=True):
    """An import as `GET /imports/{id}` answers it; `progress` counts rows of `total`."""

    id: UUID
    name: str
    state: ImportState
    dry_run: bool
    counts: Counts
    changes: Changes
    refused: list[RefusedRow]
    overwritten: list[OverwrittenRow] = []
    skipped: list[str]
    progress: int
    total: int
    error: Failure | None
    created_at: datetime
    finished_at: datetime | None
    created_by_name: str


class ImportRow(msgspec.Struct, kw_only=True):
    """The stored row; `places` says which project each sheet belongs to."""

    id: UUID
    name: str
    sha256: str
    file_id: UUID | None
    project_id: UUID
    places: dict[str, UUID]
    dry_run: bool
    state: ImportState
    progress: int
    total: int
    row_count: int
    household_count: int
    refused_count: int
    repeated_count: int
    created_count: int
    updated_count: int
    unchanged_count: int
    refused: list[dict[str, Any]]
    overwritten: list[OverwrittenRow] = []
    skipped: list[str]
    error_key: str | None
    error_params: dict[str, Any]
    task_id: UUID | None
    created_by_name: str
    created_at: datetime
    finished_at: datetime | None
