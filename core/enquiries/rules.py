"""What each arrow of an enquiry or look-up checks and writes (EQ-01 to EQ-05)."""

from core.enquiries import errors
from core.enquiries.flow import on_topic, unpermitted
from core.flows.schemas import Move
from core.plugin.contributions import Rule
from core.staff import queries as staff
from core.tickets import rules as tickets
from core.tickets.errors import DepartmentUnknown, PromiseInPast
from core.tickets.intake import Opening

LETTERS = frozenset({"letter", "petition"})


async def open_enquiry(opening: Opening) -> None:
    """What came by letter is answered by letter; what is not the estate's waits for permission."""
    topic = "written" if opening.new.channel in LETTERS else opening.details.topic
    opening.form["topic"] = topic
    if topic == "out_of_competence":
        opening.columns["stage"] = "needs_permission"


async def check_answer(move: Move) -> None:
    row, form = move.row, move.form
    if unpermitted(row):
        raise errors.PermissionNeeded
    if on_topic("specialist")(row) and form.joint_with is None and row["state"] != "done":
        raise errors.JointAnswerRequired
    if form.joint_with is not None and not await staff.department_exists(form.joint_with):
        raise DepartmentUnknown(field="form.joint_with")
    if on_topic("written")(row) and not form.letter_no:
        raise errors.LetterRequired


async def answer(move: Move) -> None:
    move.changes |= {"result": move.form.answer, "done_at": move.at, "closed_at": move.at}


async def check_promise(move: Move) -> None:
    if move.form.promised_at <= move.at:
        raise PromiseInPast(field="form.promised_at")


async def promise(move: Move) -> None:
    move.changes["appointment_at"] = move.form.promised_at


async def permit(move: Move) -> None:
    move.changes["form"] = {**move.row["form"], "permitted": move.form.guidance}


async def check_found(move: Move) -> None:
    if not move.form.identity_checked:
        raise errors.IdentityNotChecked


GIVEN_AWAY = {name: rule for name, rule in tickets.PLAIN.items() if name not in {"answer", "return_sheet"}}
ENQUIRY = {
    **GIVEN_AWAY,
    "answer": Rule(check=check_answer, effect=answer),
    "promise": Rule(check=check_promise, effect=promise),
    "permit": Rule(effect=permit),
}
LOOKUP = {**GIVEN_AWAY, "answer": Rule(check=check_found, effect=answer)}
