"""What each arrow of a goods slip checks and writes (PROCEDURES PD-01, 3.Q)."""

import re
from typing import Any
from uuid import UUID

import msgspec

from core.flows.errors import DocumentMissing, OwnerAuthorisationRequired, PreparerIsApprover
from core.flows.schemas import Move
from core.households.names import same
from core.households.queries import locate
from core.kit import clock, signatures
from core.kit.errors import FieldError, Invalid, Required
from core.plugin.contributions import Rule
from core.policies.queries import policy
from core.policies.values import TicketPolicy
from core.staff import queries as staff
from core.staff.roles import ladder
from core.tickets.errors import OccurredInFuture, SignatureRequired
from plugins.property_desk import errors, queries

SEPARATORS = re.compile(r"[、,，;；/|&]+")
UNSIGNED = {
    "applicant_signature": None,
    "applicant_signed_at": None,
    "duty_signed_by": None,
    "duty_signed_at": None,
    "stamped_by": None,
    "stamped_at": None,
    "issued_by": None,
    "issued_at": None,
    "consent_means": None,
    "consent_by": None,
    "consent_at": None,
    "consent_note": None,
    "consent_head": None,
    "difference": None,
}
"""What a slip that was stopped at the gate loses: all of it concerned the goods as they were written."""


def is_owner(registered: str, name: str) -> bool:
    """Whether the name is the registered owner's: of several, one or all as they are written."""
    owners = [registered, *SEPARATORS.split(registered)]
    return any(same(one, name) for one in owners if one.strip())


def kept_items(items: list[Any]) -> list[Any]:
    if not items:
        raise errors.GoodsRequired(field="form.items")
    kept: list[Any] = msgspec.to_builtins(items)
    return kept


async def check_consent(move: Move) -> None:
    """Who agreed, how and when; a telephone call with its time, a letter with its picture."""
    form = move.form
    if move.row["applicant"] == "owner":
        raise OwnerAuthorisationRequired(field="form.means")
    if form.at is not None and form.at > move.at:
        raise OccurredInFuture(field="form.at")
    if form.means == "phone" and form.at is None:
        raise Invalid([FieldError("form.at", Required.key)])
    if form.means == "written" and not move.attachments:
        raise DocumentMissing(field="attachments")
    if move.row["applicant"] == "staff":
        await _check_head(move)
    elif not is_owner(await _owner(move.row), form.by):
        raise OwnerAuthorisationRequired(field="form.by")


async def _owner(row: Any) -> str:
    """Who owns the unit now, which may no longer be who owned it when the slip was opened."""
    return (await locate(row["project_id"], household_id=None, unit_id=row["unit_id"])).owner_name


async def _check_head(move: Move) -> None:
    """The head of the department: somebody who stands above the employee, who is never the employee."""
    head, employee, project = move.form.head, move.row["staff_id"], move.row["project_id"]
    person = await staff.person(head) if head is not None else None
    if person is None or person.id == employee:
        raise errors.DepartmentConsentRequired(field="form.head")
    chain = (await policy(TicketPolicy, project)).escalation_chain
    above = {role for held in await staff.roles_of(employee, project) for role in ladder(held, chain)}
    if above and above.isdisjoint(await staff.roles_of(person.id, project)):
        raise errors.DepartmentConsentRequired(field="form.head")


async def consent(move: Move) -> None:
    form, by = move.form, move.form.by
    if form.head is not None:
        by = (await staff.names([form.head])).get(form.head, "")
    move.changes |= {
        "consent_means": form.means,
        "consent_by": by,
        "consent_at": form.at or move.at,
        "consent_note": form.note or None,
        "consent_head": form.head,
    }


async def check_applicant(move: Move) -> None:
    """The owner signs; others on the recorded consent of the owner, or of their department's head."""
    if move.row["state"] == "draft" and move.row["applicant"] == "staff":
        raise errors.DepartmentConsentRequired
    if move.row["state"] == "draft" and move.row["applicant"] != "owner":
        raise OwnerAuthorisationRequired
    if not move.form.on_paper and signatures.read(move.form.signature) is None:
        raise SignatureRequired
    if move.row["valid_on"] < clock.local(move.at).date():
        raise errors.SlipNotToday(day=str(move.row["valid_on"]))


async def sign_applicant(move: Move) -> None:
    drawn = signatures.read(move.form.signature)
    move.changes |= {
        "applicant_signature": msgspec.to_builtins(drawn) if drawn else None,
        "applicant_signed_at": move.at,
    }
    move.form = msgspec.structs.replace(move.form, signature=None, on_paper=drawn is None)


async def check_duty(move: Move) -> None:
    await _check_separate(move, move.row["prepared_by"])


async def _check_separate(move: Move, *others: UUID | None) -> None:
    """Who approves is none of those before, has written nothing of it, and carries nothing out on it."""
    me = move.actor.id
    if me in {*others, move.row["staff_id"]} or await queries.has_written(move.id, me):
        raise PreparerIsApprover


async def sign_duty(move: Move) -> None:
    move.changes |= {"duty_signed_by": move.actor.id, "duty_signed_at": move.at}


async def check_stamp(move: Move) -> None:
    await _check_separate(move, move.row["duty_signed_by"], move.row["prepared_by"])


async def stamp(move: Move) -> None:
    move.changes |= {"stamped_by": move.actor.id, "stamped_at": move.at}


async def check_day_left(move: Move) -> None:
    if move.row["valid_on"] < clock.local(move.at).date():
        raise errors.SlipNotToday(day=str(move.row["valid_on"]))


async def issue(move: Move) -> None:
    move.changes |= {"issued_by": move.actor.id, "issued_at": move.at}


async def check_gate(move: Move) -> None:
    """On the stated day only, and only when every item was found in its number."""
    if move.row["valid_on"] != clock.local(move.at).date():
        raise errors.SlipNotToday(day=str(move.row["valid_on"]))
    left = set(range(len(move.row["items"]))) - set(move.form.checked)
    if left:
        raise errors.GoodsUnchecked(left=len(left))


async def release(move: Move) -> None:
    move.changes |= {"released_by": move.actor.id, "released_at": move.at}


async def stop(move: Move) -> None:
    move.changes["difference"] = move.form.difference


async def check_amend(move: Move) -> None:
    if not move.form.items:
        raise errors.GoodsRequired(field="form.items")
    if move.form.valid_on < clock.local(move.at).date():
        raise errors.SlipDayPast(field="form.valid_on")


async def amend(move: Move) -> None:
    """Another list or day makes another paper: the code of the old one is no longer taken."""
    move.changes |= {
        "items": kept_items(move.form.items),
        "valid_on": move.form.valid_on,
        "edition": move.row["edition"] + 1,
        "prints": 0,
    }


async def redo(move: Move) -> None:
    await amend(move)
    move.changes |= UNSIGNED


async def file(move: Move) -> None:
    move.changes["filed_at"] = move.at


async def void(move: Move) -> None:
    move.changes["void_reason"] = move.form.reason


RULES = {
    "record_consent": Rule(check_consent, consent),
    "sign_applicant": Rule(check_applicant, sign_applicant),
    "sign_duty": Rule(check_duty, sign_duty),
    "stamp": Rule(check_stamp, stamp),
    "issue": Rule(check_day_left, issue),
    "release": Rule(check_gate, release),
    "mismatch": Rule(None, stop),
    "redo": Rule(check_amend, redo),
    "amend": Rule(check_amend, amend),
    "file": Rule(None, file),
    "void": Rule(None, void),
}
