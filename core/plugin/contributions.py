"""The values a plugin declares. All frozen: they are read once at start and shared by every request."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Literal
from uuid import UUID

import msgspec

from core.kit.events import Event


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """Who a plugin is. `name` is its folder, URL segment, and table, permission and scope prefix.

    `database` is the module path of its Piccolo app; `settings` the struct of what a company may set;
    `always_on` is for what the product itself is made of.
    """

    name: str
    title: str
    summary: str = ""
    database: str | None = None
    settings: type[msgspec.Struct] | None = None
    always_on: bool = False
    templates: bool = False


class Permission(msgspec.Struct, frozen=True):
    """`<area>.<noun>.<verb>`, the words an admin reads, and the coarser OAuth scope that covers it."""

    name: str
    label: str
    scope: str


class NavItem(msgspec.Struct, frozen=True, kw_only=True):
    """A menu entry, shown to holders of its permission. `group` is the heading it stands under, "" for
    the first; `go` the letter that leads here after a G.
    """

    label: str
    path: str
    permission: str
    icon: str
    group: str = ""
    order: int = 100
    phone: bool = False
    go: str = ""
    count: str = ""
    """The address of a fragment with the figure beside the label, fetched once the page is there."""


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the palette on every desktop page, offered to holders of its permission; `hotkey` is the
    single key that uses it without the palette.
    """

    label: str
    path: str
    permission: str
    icon: str
    hotkey: str = ""
    order: int = 100


class Clock(msgspec.Struct, frozen=True, kw_only=True):
    """A time limit of a flow: which events of the record (arrows and notes, by name) start, stop,
    restart, withdraw it.

    `code` is the limit's id in the policy (`SLA-07`), which says how long it runs. A start while it runs
    changes nothing. It runs only while `runs_if` holds for the record (its columns by name) and is
    withdrawn, neither met nor breached, when that ends. `begins_at` names the column that holds the start
    where that is not the event's moment, `due_at` the column that holds the due moment itself (an
    appointment). In the states `pauses_in`, and while `pauses_if` holds for the record, it stands still.
    """

    code: str
    starts_on: frozenset[str]
    stops_on: frozenset[str]
    withdrawn_on: frozenset[str] = frozenset()
    restarts_on: frozenset[str] = frozenset()
    pauses_in: frozenset[str] = frozenset()
    pauses_if: Callable[[Any], bool] | None = None
    runs_if: Callable[[Any], bool] | None = None
    begins_at: str | None = None
    due_at: str | None = None


class Transition(msgspec.Struct, frozen=True, kw_only=True):
    """One arrow of a flow. `target` "=" keeps the state; `form` is what must be said when it is taken.

    `check` refuses by raising a DomainError, `effect` writes what else changes; both run in the arrow's
    transaction and are given the `Move`. A `hidden` arrow is taken by another action, never by its name.
    `stage` is where the record's own machine stands afterwards (a work order's), None to leave it.
    Where `offered_if` does not hold for the record (its columns by name) the arrow is neither offered
    nor taken.
    """

    name: str
    label: str
    sources: frozenset[str]
    target: str
    permission: str
    form: type[msgspec.Struct] | None = None
    check: Callable[[Any], Awaitable[None]] | None = None
    effect: Callable[[Any], Awaitable[None]] | None = None
    hidden: bool = False
    tone: Literal["plain", "primary", "danger"] = "plain"
    icon: str = "arrow-right"
    stage: str | None = None
    offered_if: Callable[[Any], bool] | None = None


class State(msgspec.Struct, frozen=True, kw_only=True):
    """`dot` is its shape and colour on screen: todo, doing, waiting, return, call, done or void."""

    name: str
    label: str
    dot: str
    final: bool = False


class Intake(msgspec.Struct, frozen=True, kw_only=True):
    """How requests of a kind are taken in (TK-01), for flows whose records are tickets.

    `nature` is what they are about unless somebody says. `details` is the struct of what else is asked; it
    is kept as the ticket's `form`. `opening` is given the `Opening` before the ticket is written: it
    refuses by raising and may set columns. A `scheduled` kind needs a place, a contact and a time; for a
    `visited` one somebody comes to the household; one `at_once` is answered at the desk unless given away.
    An `anonymous` kind may be registered without a name and then owes no call-back. `called_back` names the
    field of CallBackPolicy with the share that is called back; "" owes none.
    """

    nature: str = "other"
    details: type[msgspec.Struct] | None = None
    opening: Callable[[Any], Awaitable[None]] | None = None
    scheduled: bool = False
    visited: bool = False
    at_once: bool = False
    anonymous: bool = False
    called_back: str = ""


class Flow(msgspec.Struct, frozen=True, kw_only=True):
    """A procedure as states and arrows. `name` is the kind of record: `repair`, `goods_slip`; `table`
    holds the records, with at least the columns project_id, state, stage, version and updated_at. `intake`
    says how a request is taken in where the record is a ticket, None where it is none; `stages` are the words
    of the record's own machine, `steps` the arrows that lead from its start to its end and their words.
    """

    name: str
    title: str
    prefix: str
    states: tuple[State, ...]
    transitions: tuple[Transition, ...]
    clocks: tuple[Clock, ...] = ()
    intake: Intake | None = None
    stages: Mapping[str, str] = {}
    steps: Mapping[str, str] = {}
    tone: str = "i"
    icon: str = "clipboard-list"
    form: type[msgspec.Struct] | None = None
    table: str = "tickets_ticket"

    def state(self, name: str) -> State:
        return next(state for state in self.states if state.name == name)

    def transition(self, name: str) -> Transition | None:
        return next((arrow for arrow in self.transitions if arrow.name == name), None)


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """A printable paper: a template and the coroutine that gathers what stands on it from the record's id."""

    name: str
    title: str
    template: str
    gather: Callable[[UUID], Awaitable[dict[str, Any]]]
    permission: str
    paper: str = "A4"


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """A coroutine for the workers, given the payload it was enqueued with; with `cron` also run by the
    clock, for each company, in Shanghai time. It may run twice.
    """

    name: str
    run: Callable[..., Awaitable[None]]
    cron: str | None = None


class Listener(msgspec.Struct, frozen=True):
    """A coroutine called after the commit, at least once, with each event of the class."""

    event: type[Event]
    handle: Callable[[Any], Awaitable[None]]


class Home(msgspec.Struct, frozen=True, kw_only=True):
    """The household beside which a card stands; a `closed` one is only read."""

    household: UUID
    unit: UUID
    project: UUID
    closed: bool = False


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """What a plugin shows of a household to holders of its permission there: a card on its page
    (`household`), or a link where the desk has found it (`desk`). `gather` reads what the template
    needs, None where there is nothing to show; it writes nothing.
    """

    name: str
    place: Literal["household", "desk"]
    template: str
    gather: Callable[[Home], Awaitable[dict[str, Any] | None]]
    permission: str
    order: int = 100


class RoleTemplate(msgspec.Struct, frozen=True, kw_only=True):
    """A role every new company starts with; its permissions are this plugin's share of it."""

    name: str
    label: str
    permissions: frozenset[str]


class Effect(msgspec.Struct, frozen=True):
    """What switching a plugin off would hide: so many of this."""

    label: str
    count: int


class Rule(msgspec.Struct, frozen=True):
    """What an arrow checks and what it writes; see `Transition`."""

    check: Callable[[Any], Awaitable[None]] | None = None
    effect: Callable[[Any], Awaitable[None]] | None = None


def bound(
    flow: Flow, rules: dict[str, Rule], *, opening: Callable[[Any], Awaitable[None]] | None = None
) -> Flow:
    """The flow with its arrows' rules and its intake's `opening`: `flow.py` declares, `actions` and `rules`
    act, `plugin.py` puts them together.

    Raises KeyError for a rule whose arrow does not exist.
    """
    names = {arrow.name for arrow in flow.transitions}
    strangers = set(rules) - names
    if strangers:
        raise KeyError(f"{flow.name} has no arrows {sorted(strangers)}")
    arrows = tuple(
        msgspec.structs.replace(arrow, check=rules[arrow.name].check, effect=rules[arrow.name].effect)
        if arrow.name in rules
        else arrow
        for arrow in flow.transitions
    )
    intake = flow.intake
    if opening is not None and intake is not None:
        intake = msgspec.structs.replace(intake, opening=opening)
    return msgspec.structs.replace(flow, transitions=arrows, intake=intake)
