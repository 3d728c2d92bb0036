"""What each arrow of a complaint checks and writes (CP-01 … CP-04, PROCEDURES 3.Q)."""

from core.complaints import errors
from core.complaints.flow import of_service, owes_feedback, unsigned
from core.flows.schemas import Move
from core.kit import sql
from core.kit.access import can
from core.kit.i18n import gettext
from core.plugin.contributions import Rule
from core.policies.queries import policy
from core.policies.values import TicketPolicy
from core.sla.policy import SlaPolicy
from core.staff import queries as staff
from core.tickets import rules as tickets
from core.tickets.errors import ConflictOfInterest, DepartmentUnknown, PersonUnknown
from core.tickets.hands import check_own_case
from core.tickets.intake import Opening

GRADES = ("simple", "general", "complex")
BREACHED = """
select exists (select 1 from core.sla_clock
 where tenant_id = $1 and record_id = $2 and breached_at is not null)
"""


async def open_complaint(opening: Opening) -> None:
    """CP-01, CP-03, CP-04: whose complaint it is, and by when it must be answered. A service-quality matter
    goes to the department complained of (PROCEDURES 2.1), a government letter to the general office.
    """
    new, details, columns = opening.new, opening.details, opening.columns
    if new.channel == "government_forward" and not details.forwarded_by:
        raise errors.ForwardingBodyRequired
    if details.complained_person is not None and await staff.person(details.complained_person) is None:
        raise PersonUnknown(field="form.complained_person")
    if details.complained_department is not None:
        if not await staff.department_exists(details.complained_department):
            raise DepartmentUnknown(field="form.complained_department")
        columns["department"] = details.complained_department
    if new.channel == "government_forward":
        columns["department"] = "gm_office"
    limits = await policy(SlaPolicy, new.project_id)
    if details.quality_hotline or limits.hotline_limit_for_all:
        opening.form["answer_in_72_hours"] = True


async def check_not_complained_of(move: Move) -> None:
    """PROCEDURES 2.2: the person whose conduct is complained of neither answers nor closes it."""
    if str(move.actor.id) == move.row["form"].get("complained_person"):
        raise ConflictOfInterest


async def check_answer(move: Move) -> None:
    await check_not_complained_of(move)
    if move.row["form"].get("severity", "general") != "simple":
        raise errors.OnlySimpleAtOnce
    if of_service(move.row):
        raise errors.ApologyRequired(field="form.reply")


async def answer(move: Move) -> None:
    move.changes |= {"result": move.form.reply, "done_at": move.at}
    await tickets.to_call_back(move)


async def check_contact(move: Move) -> None:
    await check_not_complained_of(move)
    await check_own_case(move)
    await tickets.check_instruction(move)
    if of_service(move.row) and not move.form.apologised:
        raise errors.ApologyRequired


async def contact(move: Move) -> None:
    move.changes["form"] = {**move.row["form"], "apologised": move.form.apologised}
    if move.row["specialist_owner"] is None:
        move.changes["specialist_owner"] = move.actor.id


async def check_remedy(move: Move) -> None:
    """The investigation of 004 guide 3, where the company's policy wants one for this kind or nature."""
    if of_service(move.row) and not move.row["form"].get("apologised"):
        raise errors.ApologyRequired(field="form.remedy")
    values = await policy(TicketPolicy, move.row["project_id"])
    if "complaint" in values.investigation_kinds or move.row["nature"] in values.investigation_natures:
        if not move.form.cause:
            raise errors.InvestigationRequired
        if not move.form.solution:
            raise errors.SolutionRequired


async def remedy(move: Move) -> None:
    move.changes |= {"done_at": move.at, "result": move.form.remedy}


async def check_reply(move: Move) -> None:
    await check_not_complained_of(move)
    if unsigned(move.row):
        butler = await staff.person(move.row["butler"])
        raise errors.ButlerSignatureRequired(name=butler.name if butler else gettext("管家"))


async def reply(move: Move) -> None:
    await tickets.to_call_back(move)


async def sign(move: Move) -> None:
    """FORM-04: the butler of the building signs the register, with the time."""
    move.changes["form"] = {**move.row["form"], "butler_signed": move.at.isoformat()}


async def check_sign(move: Move) -> None:
    if move.actor.id != move.row["butler"]:
        butler = await staff.person(move.row["butler"])
        raise errors.OnlyItsButler(name=butler.name if butler else "")


async def check_regrade(move: Move) -> None:
    """Never lower once a limit was broken (CP-01); the company's hotline is not the estate's (CP-04)."""
    form = move.row["form"]
    if form.get("quality_hotline") and not can("complaints.hotline.regrade", move.row["project_id"]):
        raise errors.HotlineNotYours
    lower = GRADES.index(move.form.severity) < GRADES.index(form.get("severity", "general"))
    if lower and await sql.value(BREACHED, move.id):
        raise errors.SeverityLoweredAfterBreach


async def regrade(move: Move) -> None:
    move.changes["form"] = {**move.row["form"], "severity": move.form.severity}


async def feed_back(move: Move) -> None:
    move.changes["form"] = {**move.row["form"], "fed_back": move.at.isoformat()}


async def check_close(move: Move) -> None:
    await check_not_complained_of(move)
    if owes_feedback(move.row):
        raise errors.FeedBackRequired(body=move.row["form"].get("forwarded_by", ""))


RULES = {
    **tickets.SHARED,
    "answer": Rule(check=check_answer, effect=answer),
    "dispatch": Rule(check=tickets.check_department, effect=tickets.dispatch),
    "decline": Rule(check=check_own_case, effect=tickets.decline),
    "coordinate": Rule(check=check_own_case),
    "contact": Rule(check=check_contact, effect=contact),
    "complete": Rule(check=check_remedy, effect=remedy),
    "reply": Rule(check=check_reply, effect=reply),
    "butler_sign": Rule(check=check_sign, effect=sign),
    "feed_back": Rule(effect=feed_back),
    "regrade": Rule(check=check_regrade, effect=regrade),
    "close": Rule(check=check_close, effect=tickets.close),
}
