"""Each test starts in Chinese and leaves the language as it was; `queries` counts what a request asks."""

from collections.abc import Iterator

import pytest

from core.kit import requests
from core.kit.context import Context
from core.kit.database import DB, Unit
from core.kit.i18n import SOURCE, language


@pytest.fixture(autouse=True)
def _language() -> Iterator[None]:
    token = language.set(SOURCE)
    yield
    language.reset(token)


@pytest.fixture
def queries(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The number of statements of every request answered since, without finding out who asks."""
    counted: list[int] = []
    begun: dict[int, int] = {}
    enter, give_back = requests.enter, Unit._give_back

    def entered(context: Context) -> None:
        unit = DB.unit()
        begun[id(unit)] = unit.statements
        enter(context)

    async def given_back(unit: Unit) -> None:
        if id(unit) in begun:
            counted.append(unit.statements - begun.pop(id(unit)))
        await give_back(unit)

    monkeypatch.setattr(requests, "enter", entered)
    monkeypatch.setattr(Unit, "_give_back", given_back)
    return counted
