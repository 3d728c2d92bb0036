"""What is asked: as the desk asks it, of tickets picked in an order that the seed decides."""

from collections.abc import Callable
from itertools import count
from typing import Any
from urllib.parse import quote

import msgspec

from bench.bulk import RARE
from bench.world import Home

_numbers = count(1)
FRESH = 1
"""The version of a ticket nobody has touched since it was registered."""


class Asked(msgspec.Struct):
    method: str
    target: str
    body: Any = None


class Scenario(msgspec.Struct, frozen=True):
    """The goals are by how much the cost may grow from the first database to the second and from the third
    to the fourth, 0 for none. With `fresh` a ticket is registered before, untimed."""

    name: str
    ask: Callable[[Home, int], Asked]
    writes: bool = False
    fresh: bool = False
    size_goal: float = 0.0
    spread_goal: float = 0.0


def create(home: Home, _turn: int) -> Asked:
    body = {
        "kind": "repair",
        "project_id": str(home.project),
        "household_id": str(home.household),
        "content": f"厨房水管漏水，第 {next(_numbers)} 次来电",
        "immediate": True,
        "urgency": "now",
    }
    return Asked("POST", "/api/v1/tickets", body)


def open_json(home: Home, turn: int) -> Asked:
    return Asked("GET", f"/api/v1/tickets/{home.numbers[turn % len(home.numbers)]}")


def open_page(home: Home, turn: int) -> Asked:
    return Asked("GET", f"/tickets/{home.numbers[turn % len(home.numbers)]}")


def transition(home: Home, _turn: int) -> Asked:
    number = home.fresh.pop()
    return Asked("POST", f"/api/v1/tickets/{number}/transitions/dispatch", {"version": FRESH, "form": {}})


def get(target: str) -> Callable[[Home, int], Asked]:
    return lambda _home, _turn: Asked("GET", target)


SCENARIOS = (
    Scenario("create", create, writes=True),
    Scenario("transition", transition, writes=True, fresh=True),
    Scenario("open, JSON", open_json, size_goal=1.3, spread_goal=1.2),
    Scenario("open, HTML", open_page, size_goal=1.3, spread_goal=1.2),
    Scenario("list of 50, JSON", get("/api/v1/tickets?limit=50"), size_goal=1.3, spread_goal=1.2),
    Scenario(
        "list of 50 due, JSON", get("/api/v1/tickets?limit=50&sort=due"), size_goal=1.3, spread_goal=1.2
    ),
    Scenario("list of 50, HTML", get("/tickets"), size_goal=1.3, spread_goal=1.2),
    Scenario("desk, HTML", get("/desk")),
    Scenario("search, 2 characters", get(f"/api/v1/tickets?q={quote('漏水')}")),
    Scenario("search, 4 rare characters", get(f"/api/v1/tickets?q={quote(RARE)}")),
)
