"""What a page weighs on the wire: itself and everything it fetches, as it is sent, against the budgets."""

import gzip
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any

import msgspec

from bench.asking import ask

KB = 1024
BUDGETS = {"all": 90.0, "requests": 10, "css": 14.0, "js": 32.0, "own js": 12.0, "html": 20.0, "nodes": 1500}
"""In KB, but for requests and nodes."""
FETCHED = {"link": "href", "script": "src", "img": "src"}
RELS = {"stylesheet", "icon", "manifest", "preload"}


class Weight(msgspec.Struct):
    page: str
    figures: dict[str, float]

    def over(self) -> list[str]:
        return [name for name, most in BUDGETS.items() if self.figures[name] > most]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.nodes = 0
        self.fetched: dict[str, None] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.nodes += 1
        given = dict(attrs)
        address = given.get(FETCHED.get(tag, "")) or ""
        if tag == "use":
            address = (given.get("href") or "").partition("#")[0]
        if tag == "link" and not RELS & set((given.get("rel") or "").split()):
            return
        if address.startswith("/"):
            self.fetched[address] = None


async def weigh(app: Any, headers: Mapping[str, str], path: str) -> Weight:
    """`headers` say whose page it is: the host and the cookie."""
    page = await _fetch(app, headers, path)
    reader = _Reader()
    reader.feed(gzip.decompress(page).decode())
    sizes = {"html": len(page) / KB, "css": 0.0, "js": 0.0, "own js": 0.0, "other": 0.0}
    for address in reader.fetched:
        size, kind = len(await _fetch(app, headers, address)) / KB, _kind(address)
        sizes[kind] += size
        if kind == "js" and "/vendor/" not in address:
            sizes["own js"] += size
    whole = sum(size for name, size in sizes.items() if name != "own js")
    return Weight(path, {**sizes, "all": whole, "requests": 1 + len(reader.fetched), "nodes": reader.nodes})


async def _fetch(app: Any, headers: Mapping[str, str], address: str) -> bytes:
    answer = await ask(app, "GET", address, {**headers, "accept-encoding": "gzip"})
    assert answer.status == 200, (address, answer.status)
    return answer.body


def _kind(address: str) -> str:
    name = address.partition("?")[0]
    return next((kind for kind in ("css", "js") if name.endswith(f".{kind}")), "other")
