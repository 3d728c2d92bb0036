"""`/callbacks`: who is to be called back, soonest due first, recorded in place (CB-01)."""

from datetime import timedelta
from typing import Any

from litestar import Controller, Request, Response, get
from litestar.params import FromQuery

from admin_ui import pills
from admin_ui.pages import clocks, frame
from admin_ui.pages.tickets import shown
from core.callbacks import queries
from core.callbacks.schemas import Exempt, Waiting
from core.kit import clock
from core.kit.forms import Bound
from core.kit.i18n import _, gettext
from core.kit.web import render, requires
from core.tickets import queries as tickets

PATH = "/callbacks"
SIZE = 50
ONE_DAY = timedelta(days=1)


class CallBackPages(Controller):
    path = PATH
    include_in_schema = False

    @get(guards=[requires("callbacks.call_back.record")])
    async def queue(
        self, request: Request[Any, Any, Any], ticket: FromQuery[str] = "", after: FromQuery[str] = ""
    ) -> Response[str]:
        """`part` (htmx): `queue` alone, or `card`: the call-back of the ticket named. `after` is a cursor."""
        part = frame.in_part(request)
        found = await queries.queue(cursor=after, limit=SIZE)
        if after and not found.items:
            found, after = await queries.queue(limit=SIZE), ""
        waiting = found.items
        chosen = next((one for one in waiting if one.number == ticket), waiting[0] if waiting else None)
        lines: dict[str, Any] = {
            "lines": [_line(one, chosen) for one in waiting],
            "rate": await _rate(),
            "waiting": await queries.waiting(),
            "after": after,
            "pages": _pages(after, found.next),
        }
        if part == "queue":
            return render("callbacks/_queue.html", chosen=chosen, **lines)
        card = await _card(chosen)
        if part == "card":
            return render("callbacks/_card.html", chosen=chosen, **card)
        return await frame.page("callbacks/page.html", chosen=chosen, **card, **lines)


def _pages(after: str, following: str | None) -> dict[str, str]:
    """Back leads to the most urgent, whoever has gone through the list since."""
    return {"prev": PATH if after else "", "next": f"{PATH}?after={following}" if following else ""}


async def _card(chosen: Waiting | None) -> dict[str, Any]:
    """The record card of one ticket; two queries."""
    if chosen is None:
        return {"call_back": None, "ticket": None, "exempt": None, "back": PATH}
    row = await tickets.row_of(chosen.id)
    return {
        "call_back": await shown.call_back(row),
        "ticket": row,
        "exempt": Bound(Exempt, {"version": str(row["version"])}, prefix="ex-"),
        "back": PATH,
    }


async def _rate() -> dict[str, Any]:
    today = clock.today()
    rate = await queries.rate(today, today + ONE_DAY)
    return {"counts": rate, "percent": rate.percent}


def _line(one: Waiting, chosen: Waiting | None) -> dict[str, Any]:
    return {
        "one": one,
        "kind": pills.kind(one.kind),
        "clock": clocks.due_pill(one.due_at, gettext(_("回访"))),
        "current": chosen is not None and one.id == chosen.id,
    }
