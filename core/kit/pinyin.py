"""Pinyin of names: a sort key, since PostgreSQL's own order is by code point, and every key one may type."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from heapq import heappop, heappush

from core.kit.chinese import fold, is_chinese

MOST_READINGS = 24
_SEPARATORS = re.compile(r"[、,，;；/|&]+")

# Surnames whose usual reading is not the first one of the dictionary; all others are read by the dictionary.
SURNAMES = {
    "单": "shan", "曾": "zeng", "仇": "qiu", "解": "xie", "查": "zha", "区": "ou", "盖": "ge", "朴": "piao",
    "翟": "zhai", "乐": "yue", "员": "yun", "种": "chong", "缪": "miao", "繁": "po", "秘": "bi", "折": "she",
    "黑": "he", "召": "shao", "覃": "qin", "洗": "xian", "藏": "zang", "隗": "wei", "郇": "xun", "都": "du",
    "祭": "zhai", "乜": "nie", "薄": "bo", "卜": "bu", "句": "gou", "角": "jue", "佴": "nai", "重": "chong",
    "长": "chang", "适": "kuo", "阚": "kan",
}  # fmt: skip
COMPOUND_SURNAMES = {
    "尉迟": "yu chi", "万俟": "mo qi", "澹台": "tan tai", "长孙": "zhang sun", "单于": "chan yu",
    "子车": "zi ju",
}  # fmt: skip


def sort_key(name: str) -> str:
    """Orders by the pinyin of the surname, of the rest, then the characters; compare with COLLATE "C"."""
    return f"{' '.join(readings[0] for readings in _readings(fold(name)))}\t{name}"


def search_keys(name: str) -> list[str]:
    """Full pinyin and initials in all readings, most likely first, without spaces: `shanran dan… sr dr`.

    Names written together (张三、李四) are keyed one by one. At most MOST_READINGS readings a name; ü is
    keyed as both `v` and `u`, as people type it.
    """
    keys: dict[str, None] = {}
    for one in filter(None, _SEPARATORS.split(fold(name))):
        spelled = list(_combinations(_readings(one)))
        keys.update(dict.fromkeys("".join(syllables) for syllables in spelled))
        keys.update(dict.fromkeys("".join(s).replace("v", "u") for s in spelled if "v" in "".join(s)))
        keys.update(dict.fromkeys("".join(s[0] for s in syllables) for syllables in spelled))
    return list(keys)


def _readings(name: str) -> list[tuple[str, ...]]:
    """For each character, or each run of other signs, its readings with the likeliest first."""
    compound = COMPOUND_SURNAMES.get(name[:2])
    if compound:
        pairs = zip(name[:2], compound.split(), strict=True)
        return [_first(said, _character(c)) for c, said in pairs] + list(_each(name[2:]))
    if name[:1] in SURNAMES:
        return [_first(SURNAMES[name[0]], _character(name[0])), *_each(name[1:])]
    return list(_each(name))


def _each(text: str) -> Iterator[tuple[str, ...]]:
    for piece in re.findall(r"[\u3400-\u9fff\U00020000-\U0003ffff]|[^\W_\u3400-\u9fff]+", text):
        yield _character(piece) if is_chinese(piece) else (piece,)


@lru_cache(maxsize=8192)
def _character(character: str) -> tuple[str, ...]:
    from pypinyin import Style, pinyin  # noqa: PLC0415 - its dictionary takes a quarter of a second

    return tuple(dict.fromkeys(pinyin(character, style=Style.NORMAL, heteronym=True)[0]))


def _first(reading: str, others: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((reading, *others)))


def _combinations(readings: list[tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    """The likeliest combinations first: those whose readings stand nearest the front."""
    heap = [(0, (0,) * len(readings))]
    seen = {heap[0][1]}
    for _ in range(MOST_READINGS if readings else 0):
        if not heap:
            return
        rank, places = heappop(heap)
        yield tuple(readings[i][place] for i, place in enumerate(places))
        for i, place in enumerate(places):
            following = (*places[:i], place + 1, *places[i + 1 :])
            if place + 1 < len(readings[i]) and following not in seen:
                seen.add(following)
                heappush(heap, (rank + 1, following))
