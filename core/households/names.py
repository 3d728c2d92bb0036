"""What a person is found by: their name and its parts, its pinyin in every reading, its initials."""

import re
import unicodedata

from core.households.errors import NameInvalid
from core.kit import pinyin
from core.kit.chinese import fold

MOST_KEYS = 120
_SEPARATORS = re.compile(r"[、,，;；/|&]+")
_PIECES = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]|[^\W_\u3400-\u9fff\U00020000-\U0003ffff]+")


def tidy(name: str) -> str:
    """As it is stored: one space between words, nothing invisible. Raises NameInvalid for signs alone."""
    seen = "".join(" " if sign.isspace() else sign for sign in name if sign.isspace() or _visible(sign))
    tidied = " ".join(seen.split())
    if tidied and not any(sign.isalpha() for sign in tidied):
        raise NameInvalid
    return tidied


def search_keys(name: str) -> list[str]:
    """Keys to be matched by their beginning: `王小明` gives 王小明 小明 明 wangxiaoming wxm."""
    keys: dict[str, None] = {}
    for one in _SEPARATORS.split(fold(name)):
        pieces = _PIECES.findall(one)
        keys.update(dict.fromkeys("".join(pieces[i:]) for i in range(len(pieces))))
    return list(keys | dict.fromkeys(pinyin.search_keys(name)))[:MOST_KEYS]


def same(one: str, other: str) -> bool:
    """Whether two spellings are one name: script, width and spaces do not count."""
    return "".join(_PIECES.findall(fold(one))) == "".join(_PIECES.findall(fold(other)))


def _visible(sign: str) -> bool:
    return unicodedata.category(sign) not in {"Cc", "Cf"}
