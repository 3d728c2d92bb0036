"""Money: a Decimal of yuan with two places in Python, fen in the database, a string in JSON. Never a
float.
"""

from decimal import ROUND_HALF_UP, Decimal

FEN = Decimal("0.01")


def yuan(amount: Decimal) -> Decimal:
    """Rounded half-up to the fen, as at the end of each line of a bill."""
    return amount.quantize(FEN, ROUND_HALF_UP)


def to_fen(amount: Decimal) -> int:
    return int(yuan(amount) * 100)


def from_fen(fen: int) -> Decimal:
    return yuan(Decimal(fen) / 100)
