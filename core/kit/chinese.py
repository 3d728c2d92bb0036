"""Chinese text for comparing and searching: traditional folded to simplified, bigrams, numerals."""

import re
import unicodedata

from proces.conf import T2S_DICT

# Written in household lists and ticket texts, and missing from or different in the library's table.
_EXTRA = dict(zip("夥臺裏裡註週鐘餘係隻籤範鬆鬱囑", "伙台里里注周钟余系只签范松郁嘱", strict=True))
_SIMPLIFIED = str.maketrans(T2S_DICT | _EXTRA)
_RUNS = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]+|[^\W_\u3400-\u9fff\U00020000-\U0003ffff]+")
_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"\u3007": 0, "两": 2}


def simplified(text: str) -> str:
    return text.translate(_SIMPLIFIED)


def fold(text: str) -> str:
    """One form for every way of writing: half width, lower case, simplified, no spaces at the ends."""
    return simplified(unicodedata.normalize("NFKC", text)).casefold().strip()


def is_chinese(character: str) -> bool:
    return "\u3400" <= character <= "\u9fff" or "\U00020000" <= character <= "\U0003ffff"


def bigrams(text: str) -> list[str]:
    """What a search index holds of a text, each once: pairs of neighbouring characters, other words whole.

    A single Chinese character between other signs is kept alone. A query is cut the same way and matches
    where all its grams are held; a query of one character finds only texts where that stands alone.
    """
    grams: dict[str, None] = {}
    for run in _RUNS.findall(fold(text)):
        if is_chinese(run[0]) and len(run) > 1:
            grams.update(dict.fromkeys(run[i : i + 2] for i in range(len(run) - 1)))
        else:
            grams[run] = None
    return list(grams)


def numeral(text: str) -> int:
    """The value of 零 … 九十九, and of digits in a row (一八零二). ValueError where it is none."""
    if not text or any(c not in _DIGITS and c != "十" for c in text) or text.count("十") > 1:
        raise ValueError(text)
    if "十" not in text:
        return int("".join(str(_DIGITS[c]) for c in text))
    tens, ones = text.split("十")
    if len(tens) > 1 or len(ones) > 1:
        raise ValueError(text)
    return (_DIGITS[tens] if tens else 1) * 10 + (_DIGITS[ones] if ones else 0)
