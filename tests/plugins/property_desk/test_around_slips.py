"""What happens around goods slips: who is told, what the guided tour shows, what is hidden when it is off."""

from collections import Counter
from uuid import UUID

import msgspec
import pytest

from core.kit import sql
from core.kit.context import SYSTEM
from core.kit.errors import DomainError
from core.plugin import host
from core.plugin.host import catalogue
from plugins.property_desk import errors, listeners, seeds
from plugins.property_desk.events import GoodsSlipMoved
from plugins.property_desk.flow import GOODS_SLIP
from plugins.property_desk.rules import RULES, is_owner
from tests.factories import Company
from tests.plugins.property_desk.making import BASE, DESK, DIRECTOR, DUTY, GUARD, ISSUED, opened, taken

pytestmark = [pytest.mark.anyio, pytest.mark.spec("PD-01")]
NOTICES = "select person_id, message, link from core.notifications_notice where tenant_id = $1"


def product() -> object:
    """The system with all rights, as workers act."""
    everything = host.catalogue().permissions()
    return msgspec.structs.replace(SYSTEM, rights=dict.fromkeys(everything))


@pytest.mark.parametrize(
    ("arrow", "role", "link"),
    [
        ("sign_applicant", DUTY, "/property_desk/goods_slips/"),
        ("sign_duty", DIRECTOR, "/property_desk/goods_slips/"),
        ("stamp", DESK, "/property_desk/goods_slips/"),
        ("issue", GUARD, "/m/property_desk/gate?code="),
        ("mismatch", DUTY, "/property_desk/goods_slips/"),
        ("expire", DESK, "/property_desk/goods_slips/"),
    ],
)
async def test_who_is_told(yunqi: Company, arrow: str, role: str, link: str) -> None:
    slip = await opened(yunqi)
    if role not in yunqi.people:
        await yunqi.person(role)
    async with yunqi.inside(product()):  # type: ignore[arg-type]
        await listeners.on_moved(GoodsSlipMoved(UUID(slip["id"]), arrow))
        told = await sql.records(NOTICES)
    assert yunqi.people[role] in {row["person_id"] for row in told}
    assert all(row["link"].startswith(link) for row in told)


async def test_what_nobody_need_hear_is_not_told(yunqi: Company) -> None:
    slip = await opened(yunqi)
    async with yunqi.inside(product()):  # type: ignore[arg-type]
        await listeners.on_moved(GoodsSlipMoved(UUID(slip["id"]), "file"))
        assert await sql.records(NOTICES) == []


async def test_the_tour_shows_every_state_once_and_is_written_once(yunqi: Company) -> None:
    for role in (DESK, DUTY, DIRECTOR, GUARD):
        await yunqi.person(role)
    for _ in range(2):
        async with yunqi.inside():
            await catalogue().call_one("property_desk", "seed", True)
    async with yunqi.inside():
        rows = await sql.records("select state from core.property_desk_goods_slip where tenant_id = $1")
    states = Counter(row["state"] for row in rows)
    assert set(states) >= {"draft", "consent_ok", "applicant_signed", "stamped", "issued", "used", "filed"}
    assert set(states) >= {"mismatch", "void"}
    assert sum(states.values()) == len(seeds.STORIES)


async def test_a_company_without_signers_is_left_empty(yunqi: Company) -> None:
    async with yunqi.inside():
        await seeds.demonstrate()
        assert await sql.value("select count(*) from core.property_desk_goods_slip where tenant_id = $1") == 0


async def test_what_switching_off_would_hide(yunqi: Company) -> None:
    await taken(yunqi, await opened(yunqi), *ISSUED)
    await taken(yunqi, await opened(yunqi), *ISSUED, "release", "file")
    async with yunqi.inside():
        said = await catalogue().call_one("property_desk", "hidden_when_off")
    assert [effect.count for effect in said] == [1, 1]


def test_every_arrow_that_says_something_has_a_rule() -> None:
    """A form that nobody checks or keeps would be lost."""
    silent = [arrow.name for arrow in GOODS_SLIP.transitions if arrow.form and arrow.name not in RULES]
    assert silent == []


def test_every_state_can_be_reached() -> None:
    reached = {arrow.target for arrow in GOODS_SLIP.transitions}
    assert {state.name for state in GOODS_SLIP.states} <= reached


@pytest.mark.parametrize(
    ("registered", "name", "owner"),
    [
        ("陈志远", "陈志远", True),
        ("陈志远", "陳志遠", True),
        ("陈志远、林淑芬", "林淑芬", True),
        ("陈志远、林淑芬", "陈志远、林淑芬", True),
        ("陈志远", "陈志", False),
        ("", "", False),
        ("", "陈志远", False),
    ],
)
def test_who_is_the_owner(registered: str, name: str, owner: bool) -> None:
    assert is_owner(registered, name) == owner


def test_refusals_are_said_in_words() -> None:
    ours = [
        kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, DomainError)
    ]
    assert all(kind.message for kind in ours if kind.__module__ == errors.__name__)


async def test_only_what_a_person_may_see_is_offered(yunqi: Company) -> None:
    slip = await opened(yunqi)
    viewer = await yunqi.signed_in("viewer")
    shown = (await viewer.get(f"{BASE}/{slip['id']}")).json()
    assert shown["transitions"] == []
    assert shown["code"] is None
