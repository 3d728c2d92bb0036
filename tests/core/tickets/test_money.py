"""Yuan are written with two places everywhere, and nobody writes tenths of a fen."""

from typing import Any
from uuid import UUID

import pytest

from core.kit import sql
from core.kit.money import from_fen
from tests.core.tickets.moves import Crew, take
from tests.factories import Company, new_repair

pytestmark = pytest.mark.anyio
PRICED = {"paid": True, "price_item": "更换角阀", "price_accepted": True}

PRICE = "select form ->> 'price' from core.tickets_ticket where tenant_id = $1 and id = $2"


@pytest.fixture
async def crew(yunqi: Company) -> Crew:
    return await Crew(yunqi).gather()


async def said(crew: Crew, ticket: dict[str, Any], name: str) -> dict[str, Any]:
    events = (await crew.desk.get(f"/api/v1/tickets/{ticket['id']}/events")).json()["items"]
    return next(event["form"] for event in events if event["name"] == name)


@pytest.mark.parametrize("amount", ["58", "58.0", 58, "58.00", "５８"])
async def test_a_quote_is_kept_with_two_places(crew: Crew, amount: Any) -> None:
    ticket = await crew.on_site(paid=True)
    assert (await take(crew.engineer, ticket, "quote", item="角阀", amount=amount)).status_code == 200
    assert (await said(crew, ticket, "quote"))["amount"] == "58.00"


@pytest.mark.parametrize("amount", ["58.005", 58.005, "0.001"])
async def test_tenths_of_a_fen_are_refused(crew: Crew, amount: Any) -> None:
    ticket = await crew.on_site(paid=True)
    answer = await take(crew.engineer, ticket, "quote", item="角阀", amount=amount)
    problem = answer.json()
    assert (answer.status_code, problem["type"]) == (422, "too_many_places"), problem
    assert [(e["field"], e["message"]) for e in problem["errors"]] == [("form.amount", "最多 2 位小数")]


async def test_the_price_said_at_the_desk(yunqi: Company, crew: Crew) -> None:
    answer = await crew.desk.post("/api/v1/tickets", new_repair(yunqi, **PRICED, price="1.234"))
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "price")
    ticket = await crew.registered(**PRICED, price="58")
    async with yunqi.inside():
        assert await sql.value(PRICE, UUID(ticket["id"])) == "58.00"


async def test_material_used(crew: Crew) -> None:
    ticket = await crew.on_site(**PRICED, price="50.5")
    lines = [{"name": "角阀", "quantity": "1.5", "amount": "30"}, {"name": "生料带"}]
    form = {"work": "更换角阀", "amount": "20.5", "material": lines, "signed_by": "陈志远"}
    answer = await take(crew.engineer, ticket, "complete", signature=_drawn(), **form)
    assert answer.status_code == 200, answer.json()
    kept = await said(crew, ticket, "complete")
    assert (kept["amount"], [line["amount"] for line in kept["material"]]) == ("20.50", ["30.00", "0.00"])
    assert kept["material"][0]["quantity"] == "1.5"


def _drawn() -> str:
    return '{"w":300,"h":120,"strokes":[[[10,10,0],[60,40,16],[120,30,32]]]}'


def test_fen_as_yuan() -> None:
    assert [str(from_fen(fen)) for fen in (0, 5, 5800)] == ["0.00", "0.05", "58.00"]
