"""What each arrow of a ticket checks and writes (PROCEDURES 3.Q work_order, TK-03 to TK-07, RP-01 to
RP-06).
"""

from datetime import timedelta
from typing import Any

import msgspec

from core.flows.schemas import Move
from core.kit import clock, signatures
from core.kit.access import can
from core.kit.errors import NotFound
from core.kit.i18n import gettext
from core.kit.money import to_fen
from core.plugin.contributions import Rule
from core.policies.queries import policy
from core.policies.values import TicketPolicy
from core.staff import queries as staff
from core.tickets import errors, orders, queries
from core.tickets.priority import raised


async def check_department(move: Move) -> None:
    chosen = move.form.department or move.row["department"]
    if chosen is not None and not await staff.department_exists(chosen):
        raise errors.DepartmentUnknown
    if move.form.specialist_owner is not None:
        await _must_exist(move.form.specialist_owner, "form.specialist_owner")


async def dispatch(move: Move) -> None:
    """TK-04.T1: who shall do it, and for a repair the sheet that goes out."""
    department = move.form.department or move.row["department"]
    move.changes["department"] = department
    if move.form.specialist_owner is not None:
        move.changes["specialist_owner"] = move.form.specialist_owner
    if move.transition.stage is not None:
        number = await orders.issue(move.row, department=department, at=move.at, by=move.actor.id)
        move.extra["work_order"] = number


async def check_instruction(move: Move) -> None:
    """TK-04: where the company wants the director's written instruction first, no department accepts
    before it.
    """
    values = await policy(TicketPolicy, move.row["project_id"])
    if move.row["kind"] in values.instruction_required_kinds and move.row["instruction"] is None:
        raise errors.InstructionRequired


async def hand_over(move: Move) -> None:
    await orders.change(move.id, "handed_over", handed_over_at=move.at, handed_over_by=move.actor.id)


async def void_sheet(move: Move) -> None:
    await orders.change(move.id, "void", void_reason=move.form.reason)
    move.changes["engineer"] = None


async def check_engineer(move: Move) -> None:
    person = await staff.person(move.form.engineer)
    if person is None or not await staff.holds_role(person.id, "engineer", move.row["project_id"]):
        raise errors.EngineerUnknown
    if not await staff.is_on_duty(person.id, move.row["project_id"]):
        raise errors.EngineerOffDuty(name=person.name)
    if move.form.appointment_at is not None and move.form.appointment_at < move.at:
        raise errors.AppointmentInPast(field="form.appointment_at")
    size = move.form.size
    if size is not None and move.row["size"] not in {None, size}:
        _check_resize(move, move.form.reason)


def _check_resize(move: Move, reason: str | None) -> None:
    if not can("tickets.order.resize", move.row["project_id"]):
        raise errors.SizeChangeRefused
    if not reason:
        raise errors.ReasonRequired


async def assign(move: Move) -> None:
    size = move.form.size or move.row["size"] or "minor"
    move.changes |= {"engineer": move.form.engineer, "size": size}
    if move.row["specialist_owner"] is None:
        move.changes["specialist_owner"] = move.form.engineer
    if move.form.appointment_at is not None:
        move.changes |= {"appointment_at": move.form.appointment_at, "immediate": False}
    await orders.change(move.id, "assigned", engineer=move.form.engineer, size=size)


async def cannot_attend(move: Move) -> None:
    await orders.change(move.id, "cannot_attend")


async def check_own_job(move: Move) -> None:
    """The engineer it was given to; a dispatcher may enter what comes in on paper."""
    engineer = move.row["engineer"]
    if move.actor.id != engineer and not can("tickets.order.assign", move.row["project_id"]):
        names = await staff.names([engineer]) if engineer else {}
        raise errors.NotYourJob(name=names.get(engineer, ""))


async def check_arrival(move: Move) -> None:
    """RP-06: a home is entered with the resident's consent; nobody's consent is asked in public areas."""
    await check_own_job(move)
    if move.form.consent == "public_area" and move.row["unit_id"] is not None:
        raise errors.ConsentRequired


async def arrive(move: Move) -> None:
    await orders.change(move.id, "on_site", arrived_at=move.at, consent=move.form.consent)


async def check_quote(move: Move) -> None:
    if not move.row["paid"]:
        raise errors.NotPaid
    if move.row["state"] == "in_progress":
        await check_own_job(move)


async def quote(move: Move) -> None:
    """RP-03: the charge is explained before work; where the order goes on afterwards is kept in
    `resume_state`.
    """
    move.changes["resume_state"] = move.row["state"]
    item, fen = move.form.item, to_fen(move.form.amount)
    if await orders.out(move.id) is None:
        move.changes["form"] = {**move.row["form"], "price_item": item, "price": str(move.form.amount)}
    else:
        await orders.change(move.id, "quoted", quote_item=item, quote_fen=fen)


async def accept_price(move: Move) -> None:
    back = move.row["resume_state"] or "in_progress"
    move.target = back
    move.changes["resume_state"] = None
    if back == "registered":
        move.stage = None
        move.changes["form"] = {
            **move.row["form"],
            "price_accepted": True,
            "price_accepted_by": move.form.accepted_by,
        }
        return
    stage = "issued" if back == "dispatched" else "price_accepted"
    move.stage = stage
    await orders.change(
        move.id,
        stage,
        price_accepted_at=move.at,
        price_accepted_by=move.form.accepted_by,
        price_accepted_how=move.form.how,
    )


async def wait(move: Move) -> None:
    move.changes["resume_state"] = "in_progress"
    await orders.change(move.id, "cannot_complete")


async def resume(move: Move) -> None:
    move.changes["resume_state"] = None
    await orders.change(move.id, "on_site")


async def check_completion(move: Move) -> None:
    """RP-01 Refuse, RP-03, RP-06: nothing is finished before arrival, unpriced, unsigned or with an
    unhappy resident.
    """
    await check_own_job(move)
    order = await orders.out(move.id)
    if order is None or order.arrived_at is None:
        raise errors.ArrivalRequired
    if order.paid and order.price_accepted_at is None:
        raise errors.PriceConsentRequired
    if signatures.read(move.form.signature) is None and move.form.signature_exemption is None:
        raise errors.SignatureRequired
    if move.form.signature_exemption == "public_area" and move.row["unit_id"] is not None:
        raise errors.SignatureRequired(field="form.signature_exemption")
    if not move.form.satisfied and not move.form.follow_up:
        raise errors.FollowUpRequired


async def complete(move: Move) -> None:
    form, drawn = move.form, signatures.read(move.form.signature)
    move.changes |= {"done_at": move.at, "result": form.work}
    await orders.change(
        move.id,
        "completed",
        finished_at=move.at,
        work=form.work,
        material=msgspec.to_builtins(form.material),
        amount_fen=to_fen(form.amount) if form.amount is not None else None,
        signature=msgspec.to_builtins(drawn),
        signature_exemption=form.signature_exemption if drawn is None else None,
        signed_by=form.signed_by or move.row["requester"],
        checklist={"done": form.checklist, "satisfied": form.satisfied},
    )
    move.form = msgspec.structs.replace(form, signature="signed" if drawn else None)


async def return_sheet(move: Move) -> None:
    await orders.change(move.id, "returned", returned_at=move.at, returned_no=move.form.sheet_no)
    await to_call_back(move)


async def to_call_back(move: Move) -> None:
    """Where nobody can be called back (anonymous, no contact), the ticket closes here: not applicable
    (CB-01).
    """
    if not move.row["call_back_owed"]:
        move.target = "closed"
        move.changes["closed_at"] = move.at


async def finish(move: Move) -> None:
    move.changes |= {"done_at": move.at, "result": move.form.result}


async def answer(move: Move) -> None:
    """TK-04.T13: an enquiry answered on the spot closes; other kinds are called back like everything else."""
    move.changes |= {"result": move.form.answer, "done_at": move.at}
    await to_call_back(move)
    if move.target == "closed":
        move.changes["closed_at"] = move.at


async def end(move: Move) -> None:
    """A request that ends without being worked keeps its words; its sheet, if one is out, is void."""
    move.changes |= {"closed_at": move.at, "result": move.form.reason}
    await orders.change(move.id, "void", void_reason=move.form.reason)


async def check_merge(move: Move) -> None:
    """TK-04.T14: the other ticket must be open; this one follows its result."""
    try:
        other = await queries.brief(move.form.into)
    except NotFound as problem:
        raise errors.MergeIntoItself from problem
    if other.id == move.id or other.state in {"closed", "cancelled", "merged", "refused"}:
        raise errors.MergeIntoItself
    move.changes |= {"merged_into": other.id, "closed_at": move.at, "call_back_exemption": "merged"}
    move.extra["into"] = other.number


async def merge(move: Move) -> None:
    await orders.change(move.id, "void", void_reason=gettext("合并"))


async def escalate(move: Move) -> None:
    move.changes["escalation"] = move.row["escalation"] + 1
    if move.form.major:
        move.changes["major"] = True


async def reassign(move: Move) -> None:
    await _must_exist(move.form.specialist_owner, "form.specialist_owner")
    move.changes["specialist_owner"] = move.form.specialist_owner


async def name_deputy(move: Move) -> None:
    await _must_exist(move.form.deputy, "form.deputy")
    move.changes["deputy"] = move.form.deputy


async def instruct(move: Move) -> None:
    move.changes |= {"instruction": move.form.instruction, "instructed_by": move.actor.id}


async def check_resize(move: Move) -> None:
    _check_resize(move, move.form.reason)


async def resize(move: Move) -> None:
    """The clock of the new class runs from the same start as the old one's (RP-01 Exc)."""
    move.changes["size"] = move.form.size
    await orders.change(move.id, move.row["stage"], size=move.form.size)


async def check_reopen(move: Move) -> None:
    closed = move.row["closed_at"]
    days = (await policy(TicketPolicy, move.row["project_id"])).reopen_days
    if closed is not None and clock.now() - closed > timedelta(days=days):
        raise errors.ReopenTooLate(days=days)


async def reopen(move: Move) -> None:
    """TK-07: one step more urgent, a new sheet, and what was recorded of the first round stays in the
    timeline.
    """
    move.changes |= {
        "reopened": move.row["reopened"] + 1,
        "priority": raised(move.row["priority"]),
        "closed_at": None,
        "done_at": None,
        "call_back_id": None,
        "appointment_at": None,
        "immediate": move.row["appointment_at"] is None and move.row["immediate"],
    }
    if move.row["kind"] == "repair":
        number = await orders.issue(move.row, department=move.row["department"], at=move.at, by=move.actor.id)
        move.extra["work_order"] = number


async def close(move: Move) -> None:
    move.changes["closed_at"] = move.at


async def _must_exist(person: Any, field: str) -> None:
    if await staff.person(person) is None:
        raise errors.PersonUnknown(field=field)


SHARED = {
    "cancel": Rule(effect=end),
    "refuse": Rule(effect=end),
    "merge": Rule(check=check_merge, effect=merge),
    "escalate": Rule(effect=escalate),
    "reassign": Rule(effect=reassign),
    "deputy": Rule(effect=name_deputy),
    "instruct": Rule(effect=instruct),
    "wait_customer": Rule(effect=wait),
    "wait_third_party": Rule(effect=wait),
    "reopen": Rule(check=check_reopen, effect=reopen),
    "dispatch": Rule(check=check_department, effect=dispatch),
    "resume": Rule(effect=resume),
    "close": Rule(effect=close),
}
REPAIR = {
    **SHARED,
    "accept": Rule(check=check_instruction, effect=hand_over),
    "decline": Rule(effect=void_sheet),
    "assign": Rule(check=check_engineer, effect=assign),
    "cannot_attend": Rule(effect=cannot_attend),
    "start": Rule(check=check_arrival, effect=arrive),
    "quote": Rule(check=check_quote, effect=quote),
    "accept_price": Rule(effect=accept_price),
    "complete": Rule(check=check_completion, effect=complete),
    "return_sheet": Rule(effect=return_sheet),
    "void_sheet": Rule(effect=void_sheet),
    "resize": Rule(check=check_resize, effect=resize),
}
PLAIN = {
    **SHARED,
    "accept": Rule(check=check_instruction),
    "complete": Rule(effect=finish),
    "return_sheet": Rule(effect=to_call_back),
    "answer": Rule(effect=answer),
}
