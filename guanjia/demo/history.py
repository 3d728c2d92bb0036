"""Sixty days of tickets from a fixed seed: most closed and called back, some on their way, a few too late."""

from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

import msgspec

from core.callbacks import actions as callbacks
from core.callbacks.schemas import NewCallBack
from core.kit import clock, sql
from core.tickets import actions as tickets
from core.tickets import queries
from core.tickets import schemas as s
from guanjia.demo import cast
from guanjia.demo.stage import Stage, at

SIGNATURE = (
    '{"w":300,"h":120,"strokes":[[[20,60,0],[40,30,16],[60,90,32],[90,40,48]],[[120,50,80],[170,80,96]]]}'
)
STEPS = ("dispatch", "accept", "assign", "start", "complete", "return_sheet", "call_back")
HOUSEHOLDS = "select id, project_id from core.households_household where tenant_id = $1 order by id"
FORGET = "delete from core.kit_outbox where tenant_id = $1 and created_at < now() + interval '1 minute'"


class Plan(msgspec.Struct, kw_only=True):
    """One ticket: when it came, what it says, how many of STEPS it takes, and the minutes each took."""

    kind: str
    content: str
    at: datetime
    steps: int
    paces: tuple[int, ...]
    ending: str = ""
    place: str | None = None
    immediate: bool = False
    appointment: datetime | None = None
    paid: bool = False
    urgency: str = "normal"


def plans(place: cast.Place, now: datetime) -> list[Plan]:
    """All tickets of a company, oldest first; the last thirty-odd are those still open now."""
    dice = Random(place.seed)  # noqa: S311 - a demo is repeatable, not secret
    current = still_open(place, dice, now)
    past = [finished(place, dice, now) for _ in range(place.tickets - len(current))]
    return sorted([*past, *current], key=lambda plan: plan.at)


def finished(place: cast.Place, dice: Random, now: datetime) -> Plan:
    day = (now - timedelta(days=dice.randint(2, 60))).date()
    moment = clock.at(day, datetime.min.time()) + timedelta(minutes=dice.randint(9 * 60, 17 * 60))
    kind = dice.choices(("repair", "enquiry", "help"), (80, 12, 8))[0]
    slow = dice.random() < 0.08  # noqa: PLR2004 - about one in twelve was late
    immediate = dice.random() < 0.3  # noqa: PLR2004
    arriving = dice.randint(3, 8) if immediate else dice.randint(5, 40)
    working, asking = dice.randint(15, 90), dice.randint(10, 60)
    paces = (1, 5 if slow else 1, 4, 300 if slow else arriving, working, 20, asking)
    return Plan(
        kind=kind,
        content=dice.choice(_contents(place, kind)),
        at=moment,
        steps=len(STEPS),
        paces=paces,
        ending=dice.choices(("", "cancel", "dissatisfied"), (92, 4, 4))[0] if kind == "repair" else "",
        immediate=immediate,
        paid=kind == "repair" and dice.random() < 0.25,  # noqa: PLR2004
        urgency=dice.choice(("normal", "normal", "soon", "now")),
    )


def _contents(place: cast.Place, kind: str) -> tuple[str, ...]:
    if kind == "enquiry":
        return cast.ENQUIRIES
    if kind == "help":
        return cast.HELPS
    return cast.REPAIRS_HANT if place.locale == "zh-Hant" else cast.REPAIRS


def still_open(place: cast.Place, dice: Random, now: datetime) -> list[Plan]:
    """What the desk sees today: six too late, eight due within the hour, the rest in hand."""
    share = 1 if place.tickets >= 200 else 3  # noqa: PLR2004 - the smaller company
    repairs = _contents(place, "repair")

    def plan(steps: int, ago: int, **more: Any) -> Plan:
        return Plan(
            kind="repair", content=dice.choice(repairs), at=now - timedelta(minutes=ago), steps=steps,
            paces=(1, 1, 3, 9, 20, 10, 5), **more,
        )  # fmt: skip

    late = [
        plan(1, 12),
        plan(3, 600, urgency="soon"),
        plan(4, 560),
        plan(3, 40, immediate=True),
        plan(1, 25),
        plan(4, 700),
    ]
    soon = [plan(3, 120 + n, appointment=now + timedelta(minutes=12 + 6 * n)) for n in range(8)]
    work = [plan(4, 30 + 12 * n, immediate=n % 2 == 0) for n in range(9)]
    waits = [plan(4, 90 + 20 * n, ending="wait") for n in range(4)]
    sheets = [plan(5, 70 + 15 * n) for n in range(5)]
    calls = [plan(6, 100 + 15 * n) for n in range(7)]
    services = [
        Plan(kind="home_service", content=words, at=now - timedelta(minutes=50), steps=0, paces=())
        for words in cast.SERVICES
    ]
    public = [plan(4, 60, place=where) for where in cast.PUBLIC[:2]]
    groups = (late, soon, work, waits, sheets, calls, services, public)
    return [one for group in groups for one in group[: max(1, len(group) // share)]]


class Player:
    """Plays the plans on a stage, each ticket in one transaction."""

    def __init__(self, stage: Stage, seed: int) -> None:
        self.stage, self.dice = stage, Random(seed + 1)  # noqa: S311
        self.homes: list[tuple[UUID, UUID]] = []
        self.unhappy: set[UUID] = set()
        self.now = clock.now()
        self.engineers = [m.login for m in stage.place.staff if m.role == "engineer"]

    async def prepare(self) -> None:
        async with self.stage.transaction():
            self.homes = [(row["id"], row["project_id"]) for row in await sql.records(HOUSEHOLDS)]

    async def play(self, plan: Plan) -> None:
        moment = plan.at
        async with self.stage.transaction(moment), at(moment):
            with self.stage.acting("front_desk_agent"):
                ticket = await tickets.register(self._said(plan))
            if plan.kind == "enquiry":
                await self._answer(ticket["id"], plan)
                return
            engineer = self.dice.choice(self.engineers)
            for step, minutes in self._steps(plan):
                moment += timedelta(minutes=minutes)
                async with at(min(moment, self.now) if plan.steps == len(STEPS) else moment):
                    if not await self._step(step, ticket["id"], plan, engineer):
                        return
            if plan.steps and plan.steps < len(STEPS):
                await self._keep_informed(ticket["id"], plan, moment)

    def _steps(self, plan: Plan) -> list[tuple[str, int]]:
        """What happens and after how many minutes; an unhappy household's repair goes round once more."""
        steps = list(zip(STEPS, plan.paces, strict=False))[: plan.steps]
        return steps + steps[1:] if plan.ending == "dissatisfied" else steps

    def _said(self, plan: Plan) -> s.NewTicket:
        household, project = self.dice.choice(self.homes)
        return s.NewTicket(
            kind=plan.kind,
            project_id=project,
            content=plan.content,
            household_id=None if plan.place else household,
            place=plan.place,
            channel="patrol"
            if plan.place
            else self.dice.choice(("phone", "phone", "phone", "in_person", "app")),
            urgency=plan.urgency,  # type: ignore[arg-type]
            immediate=plan.immediate and plan.appointment is None and plan.kind == "repair",
            appointment_at=plan.appointment,
            paid=plan.paid,
            price_item="上门维修" if plan.paid else None,
            price=Decimal("58.00") if plan.paid else None,
            price_accepted=plan.paid,
        )

    async def _answer(self, ticket: UUID, plan: Plan) -> None:
        async with at(plan.at + timedelta(minutes=2)):
            with self.stage.acting("front_desk_agent"):
                await tickets.move(ticket, "answer", raw={"answer": "已当场答复"})

    async def _step(self, step: str, ticket: UUID, plan: Plan, engineer: str) -> bool:
        """Whether the ticket goes on after it."""
        if step == "dispatch" and plan.ending == "cancel":
            with self.stage.acting("front_desk_agent"):
                form = s.Cancel(reason="业主自行解决", confirmed_by="业主")
                await tickets.move(ticket, "cancel", form=form)
            return False
        await self._deeds(plan, engineer)[step](ticket)
        return True

    def _deeds(self, plan: Plan, engineer: str) -> dict[str, Callable[[UUID], Coroutine[Any, Any, None]]]:
        repair = plan.kind == "repair"
        lead = "office_director"

        async def by(username: str, ticket: UUID, name: str, form: msgspec.Struct | None = None) -> None:
            with self.stage.acting(username):
                await tickets.move(ticket, name, form=form)

        async def assign(ticket: UUID) -> None:
            if repair:
                ended = plan.steps == len(STEPS)
                size = self.dice.choices(("minor", "medium"), (85, 15 if ended else 0))[0]
                kept = None if ticket in self.unhappy else size
                form = s.Assign(engineer=self.stage.actors[engineer].id, size=kept)  # type: ignore[arg-type]
                await by("engineering_dispatcher", ticket, "assign", form)

        async def call_back(ticket: UUID) -> None:
            unhappy = plan.ending == "dissatisfied" and ticket not in self.unhappy
            self.unhappy.add(ticket)
            mood = "dissatisfied" if unhappy else self.dice.choices(("satisfied", "acceptable"), (90, 10))[0]
            words = "还在漏，请再来" if unhappy else self.dice.choice(cast.OPINIONS)
            with self.stage.acting("front_desk_agent"):
                said = NewCallBack(result="reached", satisfaction=mood, note=words)  # type: ignore[arg-type]
                await callbacks.record(ticket, said)

        worker = "engineering_dispatcher" if repair else lead
        return {
            "dispatch": lambda t: by("front_desk_agent", t, "dispatch", s.Dispatch()),
            "accept": lambda t: by(worker if repair else lead, t, "accept"),
            "assign": assign,
            "start": lambda t: by(
                engineer if repair else lead, t, "start", s.Arrive(consent="resident") if repair else None
            ),
            "complete": lambda t: by(engineer if repair else lead, t, "complete", self._finished(plan)),
            "return_sheet": lambda t: by(
                "front_desk_agent", t, "return_sheet", s.ReturnSheet() if repair else None
            ),
            "call_back": call_back,
        }

    def _finished(self, plan: Plan) -> msgspec.Struct:
        work = self.dice.choice(cast.WORK)
        if plan.kind != "repair":
            return s.Finish(result="已按业主要求处理")
        amount = Decimal("30.00") if plan.paid else None
        if plan.place:
            return s.Complete(work=work, signature_exemption="public_area")
        return s.Complete(work=work, amount=amount, signature=SIGNATURE, signed_by="业主")

    async def _butler_of(self, ticket: UUID) -> str:
        """The login of whoever looks after the building; anybody for a public place."""
        with self.stage.acting("butler"):
            butler = (await queries.row_of(ticket))["butler"]
        return next((login for login, actor in self.stage.actors.items() if actor.id == butler), "butler")

    async def _keep_informed(self, ticket: UUID, plan: Plan, moment: datetime) -> None:
        """An open ticket's household has been told where it stands; some wait for something."""
        async with at(moment + timedelta(minutes=2)):
            with self.stage.acting(await self._butler_of(ticket)):
                await tickets.add_note(
                    ticket, s.NewNote(type="progress", note="已告知业主进度", told_customer=True)
                )
                await tickets.add_note(ticket, s.NewNote(type="butler_report", note="师傅已联系业主"))
            if plan.ending == "wait":
                with self.stage.acting("engineering_dispatcher"):
                    await tickets.move(
                        ticket, "wait_customer", form=s.WaitCustomer(reason="等业主购买同款龙头")
                    )


async def forget_messages(stage: Stage) -> None:
    """The past's events were for the past: nobody is told of them now."""
    async with stage.transaction():
        await sql.execute(FORGET)
