"""Amounts in capitals as vouchers need them: `伍拾捌元整`, with the signs of the reader's script."""

from decimal import Decimal

from core.kit.i18n import language
from core.kit.money import yuan

LIMIT = Decimal(1_000_000_000_000)
TRADITIONAL = str.maketrans("万亿叁贰陆", "萬億參貳陸")


def in_capitals(amount: Decimal) -> str:
    """Yuan, rounded to the fen, below a thousand 亿 (10^12). Raises ValueError for what no voucher shows."""
    rounded = yuan(amount)
    if not 0 <= rounded < LIMIT:
        raise ValueError(f"no capitals for {amount}")
    import cn2an  # noqa: PLC0415 - a tenth of a second, for those who print

    words: str = cn2an.an2cn(f"{rounded:f}", "rmb")
    return words.translate(TRADITIONAL) if language.get() == "zh-Hant" else words
