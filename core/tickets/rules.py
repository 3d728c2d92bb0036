"""What each arrow of a ticket checks and writes (PROCEDURES 3.Q work_order, TK-03 to TK-07, RP-01 to
RP-06).
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from core.flows.schemas import Move
from core.kit import clock, signatures
from core.kit.access import can
from core.kit.errors import Required
from core.kit.money import to_fen
from core.plugin.contributions import Rule
from core.policies.queries import policy
from core.policies.values import TicketPolicy
from core.staff import queries as staff
from core.tickets import actions, errors, merging, orders, prices, raising
from core.tickets.flow import WAITING, WORKING
from core.tickets.hands import check_case_or_desk, check_job_or_desk, check_own_case, check_own_job
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
    """TK-04.T4: where the company wants the director's written instruction, nobody begins before it."""
    values = await policy(TicketPolicy, move.row["project_id"])
    if move.row["kind"] in values.instruction_required_kinds and move.row["instruction"] is None:
        raise errors.InstructionRequired


async def hand_over(move: Move) -> None:
    await orders.change(move.id, "handed_over", handed_over_at=move.at, handed_over_by=move.actor.id)


async def own(move: Move) -> None:
    """TK-03: one named person works it; who takes it over for a department, until it is given to somebody."""
    if move.row["specialist_owner"] is None:
        move.changes["specialist_owner"] = move.actor.id


async def decline(move: Move) -> None:
    """TK-04.T3: the desk has the company's minutes to send it elsewhere."""
    minutes = (await policy(TicketPolicy, move.row["project_id"])).redirect_minutes
    move.changes["redirect_by"] = move.at + timedelta(minutes=minutes)
    if move.transition.stage is not None:
        await void_sheet(move)


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
    if size is None and move.row["size"] is None:
        raise Required(field="form.size")
    if size is not None and move.row["size"] not in {None, size}:
        _check_resize(move, move.form.reason)


def _check_resize(move: Move, reason: str | None) -> None:
    if not can("tickets.order.resize", move.row["project_id"]):
        raise errors.SizeChangeRefused
    if not reason:
        raise errors.ReasonRequired


async def assign(move: Move) -> None:
    """Mid-job it is another engineer's to go on with, by another appointment or none."""
    if move.form.appointment_at is not None:
        move.changes |= _appointed(move.form.appointment_at)
    elif move.row["state"] in WORKING:
        move.changes["appointment_at"] = None
    move.changes["resume_state"] = None
    await _give_to(move, move.form.engineer, move.form.size or move.row["size"])


def _appointed(at: datetime) -> dict[str, Any]:
    return {"appointment_at": at, "immediate": False, "next_free": False}


async def _give_to(move: Move, engineer: UUID, size: str) -> None:
    move.changes |= {"engineer": engineer, "size": size}
    if move.row["specialist_owner"] in {None, move.row["engineer"]}:
        move.changes["specialist_owner"] = engineer
    await orders.change(move.id, "assigned", engineer=engineer, size=size)


async def check_pool(move: Move) -> None:
    """An engineer takes what the department has signed for and given to nobody; who comes second is told who
    was first.
    """
    engineer = move.row["engineer"]
    if engineer is not None:
        raise errors.JobTaken(name=(await staff.names([engineer])).get(engineer, ""))
    if move.actor.departments and move.row["department"] not in move.actor.departments:
        raise errors.OtherDepartment
    if not await staff.is_on_duty(move.actor.id, move.row["project_id"]):
        raise errors.EngineerOffDuty(name=move.actor.name)


async def take(move: Move) -> None:
    await _give_to(move, move.actor.id, move.row["size"] or move.form.size)


async def check_rebook(move: Move) -> None:
    if move.form.appointment_at < move.at:
        raise errors.AppointmentInPast(field="form.appointment_at")


async def rebook(move: Move) -> None:
    """Another time agreed with the customer; what was begun and waits goes on then."""
    move.changes |= _appointed(move.form.appointment_at)
    if move.row["state"] in WAITING:
        await _till_next_visit(move)


async def cannot_attend(move: Move) -> None:
    await orders.change(move.id, "cannot_attend")


async def check_arrival(move: Move) -> None:
    """RP-06: a home is entered with the resident's consent; nobody's consent is asked in public areas."""
    await check_instruction(move)
    await check_own_job(move)
    if move.form.consent == "public_area" and move.row["unit_id"] is not None:
        raise errors.ConsentRequired


async def check_begin(move: Move) -> None:
    await check_instruction(move)
    await check_own_case(move)


async def arrive(move: Move) -> None:
    move.changes["resume_state"] = None
    await orders.change(move.id, "on_site", arrived_at=move.at, consent=move.form.consent)


async def check_wait(move: Move) -> None:
    if move.form.next_at is not None and move.form.next_at < move.at:
        raise errors.AppointmentInPast(field="form.next_at")


async def wait(move: Move) -> None:
    """What cannot be completed now goes back to be attended at the next appointment where one was agreed
    (3.Q work_order).
    """
    move.changes["resume_state"] = "in_progress"
    await orders.change(move.id, "cannot_complete")
    if move.form.next_at is not None:
        move.changes |= _appointed(move.form.next_at)
        if move.row["stage"] is not None:
            await _till_next_visit(move)


async def _till_next_visit(move: Move) -> None:
    move.target, move.stage = "accepted", "assigned"
    await orders.change(move.id, "assigned")


async def check_job_wait(move: Move) -> None:
    await check_job_or_desk(move)
    await check_wait(move)


async def check_case_wait(move: Move) -> None:
    await check_case_or_desk(move)
    await check_wait(move)


async def check_resume(move: Move) -> None:
    if move.row["stage"] == "quoted":
        raise errors.PriceConsentRequired
    await check_job_or_desk(move)


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
    prices.check_charges(order, move.form)
    if signatures.read(move.form.signature) is None and move.form.signature_exemption is None:
        raise errors.SignatureRequired
    if move.form.signature_exemption == "public_area" and move.row["unit_id"] is not None:
        raise errors.SignatureRequired(field="form.signature_exemption")
    if not move.form.satisfied and not move.form.follow_up:
        raise errors.FollowUpRequired


async def complete(move: Move) -> None:
    form, drawn = move.form, signatures.read(move.form.signature)
    move.changes |= {"done_at": move.at, "result": form.work}
    if not form.satisfied:
        await _follow_up(move)
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


async def _follow_up(move: Move) -> None:
    """RP-06: an unhappy resident's visit ends with a ticket for what is left to do; each names the other."""
    opened = await actions.follow_up(move.row, move.form.follow_up)
    known = move.row["form"].get("follow_up_tickets", [])
    move.changes["form"] = {**move.row["form"], "follow_up_tickets": [*known, opened["number"]]}
    move.extra["follow_up_ticket"] = opened["number"]


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
        "engineer": None,
        "resume_state": None,
    }
    if move.row["specialist_owner"] == move.row["engineer"]:
        move.changes["specialist_owner"] = None
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
    "merge": Rule(check=merging.check_merge, effect=merging.merge),
    "escalate": Rule(effect=raising.escalate),
    "mark_major": Rule(effect=raising.mark_major),
    "reassign": Rule(effect=reassign),
    "deputy": Rule(effect=name_deputy),
    "instruct": Rule(effect=instruct),
    "reopen": Rule(check=check_reopen, effect=reopen),
    "dispatch": Rule(check=check_department, effect=dispatch),
    "answer": Rule(effect=answer),
    "close": Rule(effect=close),
}
REPAIR = {
    **SHARED,
    "accept": Rule(effect=hand_over),
    "decline": Rule(effect=decline),
    "assign": Rule(check=check_engineer, effect=assign),
    "take": Rule(check=check_pool, effect=take),
    "rebook": Rule(check=check_rebook, effect=rebook),
    "cannot_attend": Rule(effect=cannot_attend),
    "start": Rule(check=check_arrival, effect=arrive),
    "quote": Rule(check=prices.check_quote, effect=prices.quote),
    "accept_price": Rule(check=check_job_or_desk, effect=prices.accept_price),
    "refuse_price": Rule(check=check_job_or_desk, effect=end),
    "drop_quote": Rule(check=check_job_or_desk, effect=prices.drop_quote),
    "wait_customer": Rule(check=check_job_wait, effect=wait),
    "wait_third_party": Rule(check=check_job_wait, effect=wait),
    "resume": Rule(check=check_resume, effect=resume),
    "complete": Rule(check=check_completion, effect=complete),
    "return_sheet": Rule(effect=return_sheet),
    "void_sheet": Rule(effect=void_sheet),
    "resize": Rule(check=check_resize, effect=resize),
}
PLAIN = {
    **SHARED,
    "accept": Rule(check=check_own_case, effect=own),
    "decline": Rule(check=check_own_case, effect=decline),
    "start": Rule(check=check_begin),
    "wait_customer": Rule(check=check_case_wait, effect=wait),
    "wait_third_party": Rule(check=check_case_wait, effect=wait),
    "resume": Rule(check=check_case_or_desk, effect=resume),
    "complete": Rule(check=check_own_case, effect=finish),
    "return_sheet": Rule(effect=to_call_back),
}
