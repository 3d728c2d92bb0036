"""What TK-01 and RP-01 refuse of a request, all at once, and what is found out of it on the way."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from core.flows import engine
from core.households import phones
from core.households import queries as households
from core.households.errors import PhoneInvalid
from core.kit import clock, forms
from core.kit.errors import DomainError, FieldError, Invalid, NotFound, refuse
from core.kit.i18n import gettext
from core.plugin.contributions import Flow, Intake
from core.policies.queries import policy
from core.policies.values import TicketPolicy
from core.staff import queries as staff
from core.tickets import errors, queries
from core.tickets.schemas import CHANNELS, NewTicket

WRITTEN = frozenset({"complaint", "enquiry", "suggestion"})
FOUND = frozenset({"repair", "rework", "suggestion", "elder_registration"})
ONLY = {
    **dict.fromkeys(("letter", "petition"), WRITTEN),
    **dict.fromkeys(("visit", "patrol"), FOUND),
    "government_forward": frozenset({"complaint"}),
}
"""The kinds a channel brings, where it does not bring all (PROCEDURES 3.P)."""
NOT_ONLINE = frozenset({"judicial_enquiry"})
ONLINE = frozenset({"email", "app", "online"})
WHERE = ("household_id", "unit_id")


class Opening(msgspec.Struct):
    """A request about to become a ticket, for its kind's `opening`: `details` is the kind's own struct,
    `columns` and `form` what shall be set besides what everybody says.
    """

    new: NewTicket
    place: households.Located
    details: Any = None
    columns: dict[str, Any] = {}
    form: dict[str, Any] = {}


class Accepted(msgspec.Struct):
    """A request that nothing refuses; `linked` is the earlier ticket that it belongs to."""

    flow: Flow
    intake: Intake
    opening: Opening
    phone: str | None
    linked: UUID | None

    @property
    def place(self) -> households.Located:
        return self.opening.place


async def accepted(new: NewTicket, wrong: Sequence[FieldError] = ()) -> Accepted:
    """`wrong` are fields that could not be read; what the rules say of the others is added to them.

    Raises DuplicateTicket where nothing else is refused, else Invalid with all of it. NotFound for a place,
    or an earlier ticket named, that is not there.
    """
    case = _Case(new, wrong)
    flow = case.flow()
    intake = flow.intake if flow is not None else None
    place = await case.place()
    phone = case.phone(place)
    case.check_times()
    case.check_price()
    opening: Opening | None = None
    if flow is not None and intake is not None:
        case.check_channel(flow)
        case.check_schedule(intake, place)
        case.check_contact(intake, place, phone)
        opening = await case.open(intake, place)
    await case.check_department()
    linked = await case.link(place)
    refuse(case.wrong, case.refusals)
    assert flow is not None and intake is not None and opening is not None  # noqa: S101, PT018 - else it was refused
    return Accepted(flow, intake, opening, phone, linked)


class _Case:
    """One request under examination; a rule is not asked about what could not be read."""

    def __init__(self, new: NewTicket, wrong: Sequence[FieldError]) -> None:
        self.new, self.wrong = new, list(wrong)
        self.unread = {error.field.partition(".")[0] for error in wrong}
        self.refusals: list[DomainError] = []

    def knows(self, *fields: str) -> bool:
        return self.unread.isdisjoint(fields)

    def flow(self) -> Flow | None:
        if not self.knows("kind"):
            return None
        try:
            flow = engine.flow_of(self.new.kind)
        except NotFound:
            flow = None
        if flow is None or flow.intake is None:
            self.refusals.append(errors.KindUnknown(kind=self.new.kind))
            return None
        return flow

    async def place(self) -> households.Located | None:
        """Where it is; a project alone must be the company's own too."""
        new = self.new
        named = new.household_id is not None or new.unit_id is not None
        if not self.knows(*WHERE) or not (named or self.knows("project_id")):
            return None
        found = await households.locate(new.project_id, household_id=new.household_id, unit_id=new.unit_id)
        if self.knows("project_id") and found.project_id != new.project_id:
            self.refusals.append(errors.UnitNotInProject())
        return found

    def phone(self, place: households.Located | None) -> str | None:
        if not self.new.contact_phone:
            return place.phone if place else None
        try:
            return phones.normalise(self.new.contact_phone, field="contact_phone")
        except PhoneInvalid as refusal:
            if self.new.kind != "emergency":
                self.refusals.append(refusal)
                self.unread.add("contact_phone")
            return None

    def check_times(self) -> None:
        new = self.new
        if new.occurred_at is not None and new.occurred_at > clock.now():
            self.refusals.append(errors.OccurredInFuture())
        if new.appointment_at is not None and new.appointment_at < clock.now():
            self.refusals.append(errors.AppointmentInPast())
        if new.promised_reply is not None and new.promised_reply < clock.today():
            self.refusals.append(errors.PromiseInPast())
        if new.immediate and new.appointment_at is not None:
            self.refusals.append(errors.OneScheduleOnly())

    def check_price(self) -> None:
        new = self.new
        told = bool(new.price_item) and new.price is not None
        if new.price_accepted and not told and self.knows("price", "price_item"):
            self.refusals.append(errors.PriceMissing(field="price"))

    def check_channel(self, flow: Flow) -> None:
        channel = self.new.channel
        brought = flow.name in ONLY[channel] if channel in ONLY else True
        if channel in ONLINE and flow.name in NOT_ONLINE:
            brought = False
        if not brought and self.knows("channel"):
            words = {"kind": gettext(flow.title), "channel": gettext(CHANNELS[channel])}
            self.refusals.append(errors.ChannelNotForKind(**words))

    def check_schedule(self, intake: Intake, place: households.Located | None) -> None:
        """What a repair must say of where and when."""
        new = self.new
        if not intake.scheduled:
            return
        if place is not None and place.unit_id is None and not new.place and self.knows("place"):
            self.refusals.append(errors.UnitOrPlaceRequired())
        asked = (
            new.immediate or new.appointment_at is not None or not self.knows("immediate", "appointment_at")
        )
        if new.next_free is False and not asked:
            self.refusals.append(errors.ScheduleRequired())

    def check_contact(self, intake: Intake, place: households.Located | None, phone: str | None) -> None:
        """Whoever is called back is called at a number; a repair's sheet has a name, in public places the
        reporter's own. Of what staff find on patrol there, that is whoever registers it.
        """
        new, repair = self.new, intake.scheduled
        if new.anonymous and not intake.anonymous and self.knows("anonymous"):
            self.refusals.append(errors.AnonymousNotAllowed())
            return
        if place is None:
            return
        owed = bool(intake.called_back) and not (new.anonymous and intake.anonymous)
        found = new.channel == "patrol" and place.unit_id is None
        wanted = place.unit_id is not None or (repair and not found)
        if phone is None and owed and wanted and self.knows("contact_phone", "channel"):
            self.refusals.append(errors.PhoneRequired())
        named = new.requester or place.owner_name or found
        if repair and not named and self.knows("requester"):
            self.refusals.append(errors.RequesterRequired())

    async def open(self, intake: Intake, place: households.Located | None) -> Opening | None:
        """What the kind itself asks and refuses; not asked where the place or its own fields are wrong."""
        details = self._details(intake)
        if place is None or (intake.details is not None and details is None):
            return None
        opening = Opening(self.new, place, details, {}, {})
        if intake.opening is not None:
            try:
                await intake.opening(opening)
            except DomainError as refusal:
                self.refusals.append(refusal)
        return opening

    def _details(self, intake: Intake) -> Any:
        if intake.details is None:
            return None
        known = {
            field: value
            for field, value in self.new.form.items()
            if field in intake.details.__struct_fields__
        }
        try:
            return forms.bind(intake.details, known)
        except Invalid as refusal:
            self.wrong += [msgspec.structs.replace(e, field=f"form.{e.field}") for e in refusal.errors]
            return None

    async def check_department(self) -> None:
        chosen = self.new.dispatch_to
        if chosen is not None and not await staff.department_exists(chosen):
            self.refusals.append(errors.DepartmentUnknown(field="dispatch_to"))

    async def link(self, place: households.Located | None) -> UUID | None:
        """The open ticket of the last hours that this one follows, or any of the same home that is named
        (TK-07); one not spoken of is a refusal.
        """
        new = self.new
        if new.duplicate == "new" or place is None or place.unit_id is None:
            return None
        if not self.knows("kind", "duplicate", "duplicate_of"):
            return None
        if new.duplicate == "link" and new.duplicate_of is not None:
            return await _earlier(new.duplicate_of, place)
        hours = (await policy(TicketPolicy, place.project_id)).duplicate_hours
        found = await queries.duplicates(place.unit_id, new.kind, hours)
        if new.duplicate == "link":
            if not found:
                raise NotFound(field="duplicate_of")
            return found[0][0]
        if found:
            self.refusals.append(errors.DuplicateTicket(number=found[0][1], ticket=str(found[0][0])))
        return None


async def _earlier(ticket: UUID, place: households.Located) -> UUID:
    """Raises NotFound for a ticket of another home, or one this caller does not see."""
    row = await queries.row_of(ticket)
    same = row["unit_id"] == place.unit_id or row["household_id"] in {place.household_id} - {None}
    if not same:
        raise NotFound(field="duplicate_of")
    return ticket
