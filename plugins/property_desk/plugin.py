"""The property desk's implementations of the hooks, in the order of hookspecs.py."""

from collections.abc import Sequence

from core.kit.i18n import _
from core.plugin.contributions import (
    Card,
    Command,
    Document,
    Effect,
    Flow,
    Job,
    Listener,
    Manifest,
    NavItem,
    Permission,
    RoleTemplate,
    bound,
)
from core.plugin.hookspecs import Route, hookimpl
from plugins.property_desk import cards as shown
from plugins.property_desk import papers, queries, rules, seeds
from plugins.property_desk.api import GoodsSlipsApi
from plugins.property_desk.flow import GOODS_SLIP
from plugins.property_desk.jobs import JOBS
from plugins.property_desk.listeners import LISTENERS
from plugins.property_desk.pages import GatePages, GoodsSlipPages
from plugins.property_desk.permissions import PERMISSIONS, ROLES


@hookimpl
def manifest() -> Sequence[Manifest]:
    return [
        Manifest(
            name="property_desk",
            title=_("物业前台"),
            summary=_("物品放行条：受理、签字盖章、门岗核放"),
            database="plugins.property_desk.piccolo_app",
            templates=True,
        )
    ]


@hookimpl
def permissions() -> Sequence[Permission]:
    return PERMISSIONS


@hookimpl
def roles() -> Sequence[RoleTemplate]:
    return ROLES


@hookimpl
def pages() -> Sequence[Route]:
    return [GoodsSlipPages, GatePages]


@hookimpl
def api() -> Sequence[Route]:
    return [GoodsSlipsApi]


@hookimpl
def navigation() -> Sequence[NavItem]:
    return [
        NavItem(
            label=_("放行与证件"),
            path="/property_desk/goods_slips",
            permission=queries.VIEW,
            icon="door-exit",
            group=_("业务"),
            order=200,
        ),
        NavItem(
            label=_("门岗核放"),
            path="/m/property_desk/gate",
            permission=queries.RELEASE,
            icon="door-exit",
            order=200,
            phone=True,
        ),
    ]


@hookimpl
def commands() -> Sequence[Command]:
    return [
        Command(
            label=_("开放行条"),
            path="/property_desk/goods_slips/new",
            permission=queries.PREPARE,
            icon="door-exit",
            hotkey="f",
        )
    ]


@hookimpl
def cards() -> Sequence[Card]:
    return [
        Card(
            name="property_desk.goods_slips",
            place="household",
            template="property_desk/household_card.html",
            gather=shown.slips,
            permission=queries.VIEW,
        ),
        Card(
            name="property_desk.new_goods_slip",
            place="desk",
            template="property_desk/new_slip_link.html",
            gather=shown.new_slip,
            permission=queries.PREPARE,
        ),
    ]


@hookimpl
def flows() -> Sequence[Flow]:
    return [bound(GOODS_SLIP, rules.RULES)]


@hookimpl
def documents() -> Sequence[Document]:
    return [
        Document(
            name="property_desk.goods_slip",
            title=_("物品放行条"),
            template="property_desk/slip_paper.html",
            gather=papers.goods_slip,
            permission=queries.PRINT,
            paper="A5",
        )
    ]


@hookimpl
def jobs() -> Sequence[Job]:
    return JOBS


@hookimpl
def listeners() -> Sequence[Listener]:
    return LISTENERS


@hookimpl
async def seed(demo: bool) -> None:  # noqa: FBT001 - the hook's own signature
    if demo:
        await seeds.demonstrate()


@hookimpl
async def hidden_when_off() -> Sequence[Effect]:
    return [
        Effect(GOODS_SLIP.title, await queries.open_count()),
        Effect(_("今天有效、门岗还没核放的放行条"), await queries.today_count()),
    ]
