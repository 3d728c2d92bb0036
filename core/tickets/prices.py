"""What paid repairs check and write (RP-03): the price is told and agreed before the work, and kept to."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from core.flows.schemas import Move
from core.kit.money import from_fen, to_fen
from core.tickets import errors, orders
from core.tickets.hands import check_own_job
from core.tickets.orders import WorkOrder
from core.tickets.schemas import Complete

AT_DESK = (
    *("price_item", "price", "price_accepted"),
    *("price_accepted_by", "price_accepted_how", "price_accepted_at"),
)
"""What a ticket's `form` says of a price as long as no sheet is out."""
AGREED = "agreed"
"""The earlier agreement of a sheet that is quoted anew, in the ticket's `form`."""


async def check_quote(move: Move) -> None:
    """On site a free order may turn out to be a paid one; at the desk that is said at registration."""
    if not move.row["paid"] and move.row["state"] != "in_progress":
        raise errors.NotPaid
    if move.row["state"] == "in_progress":
        await check_own_job(move)


async def quote(move: Move) -> None:
    """Where the order goes on afterwards is kept in `resume_state`; what was agreed before, beside it."""
    item, fen = move.form.item, to_fen(move.form.amount)
    order = await orders.out(move.id)
    form = _without(move.row["form"], AGREED, *AT_DESK)
    if order is None:
        form |= {"price_item": item, "price": str(move.form.amount)}
    else:
        if order.price_accepted_at is not None:
            form[AGREED] = _agreement(order)
        await orders.change(
            move.id,
            "quoted",
            paid=True,
            quote_item=item,
            quote_fen=fen,
            price_accepted_at=None,
            price_accepted_by=None,
            price_accepted_how=None,
        )
    move.changes |= {"resume_state": move.row["state"], "paid": True, "form": form}


async def accept_price(move: Move) -> None:
    back = move.row["resume_state"] or "in_progress"
    form = _without(move.row["form"], AGREED)
    move.target = back
    consent = {"price_accepted_by": move.form.accepted_by, "price_accepted_how": move.form.how}
    if back == "registered":
        move.stage = None
        form |= {"price_accepted": True, "price_accepted_at": move.at.isoformat(), **consent}
    else:
        move.stage = _stage(back)
        await orders.change(move.id, move.stage, price_accepted_at=move.at, **consent)
    move.changes |= {"resume_state": None, "form": form}


async def drop_quote(move: Move) -> None:
    """As if it had not been quoted: the ticket is at the desk again, or goes on as agreed before."""
    back, before = move.row["resume_state"], move.row["form"].get(AGREED)
    move.target = back
    if back == "registered":
        move.stage = None
        form = _without(move.row["form"], *AT_DESK)
    else:
        move.stage = _stage(back)
        form = _without(move.row["form"], AGREED)
        at = datetime.fromisoformat(before["price_accepted_at"])
        await orders.change(move.id, move.stage, **{**before, "price_accepted_at": at})
    move.changes |= {"resume_state": None, "form": form}


def check_charges(order: WorkOrder, said: Complete) -> None:
    """An unpaid order costs nothing, a paid one what was agreed at the most."""
    if not order.paid:
        charged = [n for n, item in enumerate(said.material) if item.amount]
        if said.amount or charged:
            raise errors.FreeOfCharge(
                field="form.amount" if said.amount else f"form.material.{charged[0]}.amount"
            )
        return
    if order.price_accepted_at is None:
        raise errors.PriceConsentRequired
    if said.amount is None:
        raise errors.AmountRequired
    agreed = order.quote_fen or 0
    if to_fen(said.amount) + sum(to_fen(item.amount) for item in said.material) > agreed:
        raise errors.AmountOverQuote(agreed=f"{from_fen(agreed):.2f}")


def _stage(back: str) -> str:
    return "issued" if back == "dispatched" else "price_accepted"


def _agreement(order: WorkOrder) -> dict[str, Any]:
    assert order.price_accepted_at is not None  # noqa: S101 - only what was agreed is kept
    return {
        "quote_item": order.quote_item,
        "quote_fen": order.quote_fen,
        "price_accepted_at": order.price_accepted_at.isoformat(),
        "price_accepted_by": order.price_accepted_by,
        "price_accepted_how": order.price_accepted_how,
    }


def _without(form: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in form.items() if name not in names}
