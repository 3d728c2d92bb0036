"""The figures beside the menu's entries: what waits there for this person, and whether any of it is late."""

from collections.abc import Callable, Iterable

import msgspec

from core.builtin.standing import MOST, Standing
from core.kit.i18n import _, gettext


class Badge(msgspec.Struct, frozen=True):
    """`number` is empty where nothing waits; `words` say to those who hear the page what is counted."""

    name: str
    number: str = ""
    tone: str = ""
    words: str = ""


def _dash(now: Standing) -> Badge:
    return _badge("dash", now.overdue, now.overdue, _("{n} 张超时"))


def _desk(now: Standing) -> Badge:
    said = _("{n} 张带时限，{late} 张超时") if now.overdue else _("{n} 张带时限")
    return _badge("desk", now.due, now.overdue, said)


def _tickets(now: Standing) -> Badge:
    return _badge("tickets", now.open, 0, _("{n} 张未关闭"))


def _call_backs(now: Standing) -> Badge:
    said = _("{n} 张待回访，{late} 张超时") if now.call_backs_late else _("{n} 张待回访")
    return _badge("callbacks", now.call_backs, now.call_backs_late, said)


def _notices(now: Standing) -> Badge:
    return _badge("notices", now.unread, 0, _("{n} 条未读"), most=100)


OF: dict[str, Callable[[Standing], Badge]] = {
    "/dash": _dash,
    "/desk": _desk,
    "/tickets": _tickets,
    "/callbacks": _call_backs,
    "/notices": _notices,
}
"""By the address of the menu's entry."""


def of(now: Standing, paths: Iterable[str]) -> list[Badge]:
    """Those of a menu with these addresses."""
    return [OF[path](now) for path in dict.fromkeys(paths) if path in OF]


def _badge(name: str, count: int, late: int, words: str, *, most: int = MOST) -> Badge:
    if not count:
        return Badge(name)
    number = f"{most - 1}+" if count >= most else str(count)
    return Badge(name, number, "danger" if late else "", gettext(words, n=number, late=late))
