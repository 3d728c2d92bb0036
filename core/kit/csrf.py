"""Requests forged from elsewhere: a cookie caller must come from our own origin and carry a token
bound to its session.
"""

import hmac
import secrets

from core.kit.errors import Forbidden
from core.kit.i18n import _
from core.kit.settings import derive

LENGTH = 20
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Forged(Forbidden):
    key, message = "csrf_failed", _("页面已过期或来源不明，请刷新后再提交；您填写的内容没有丢失")


def token(subject: str) -> str:
    """The token for one session, or for one anonymous browser before it signs in.

    Each time it looks different: pages are compressed, and the length of one that repeats what somebody else
    had put into its address would otherwise tell the token letter by letter.
    """
    mask = secrets.token_bytes(LENGTH)
    return (mask + _masked(mask, _secret(subject))).hex()


def matches(subject: str, sent: str) -> bool:
    """Whether `sent` is a token of this subject."""
    try:
        raw = bytes.fromhex(sent)
    except ValueError:
        return False
    return bool(subject) and hmac.compare_digest(_masked(raw[:LENGTH], raw[LENGTH:]), _secret(subject))


def _secret(subject: str) -> bytes:
    return hmac.digest(derive("csrf"), subject.encode(), "sha256")[:LENGTH]


def _masked(mask: bytes, secret: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(mask, secret, strict=False))


def check(subject: str, sent: str, headers: dict[str, str], origin: str) -> None:
    """Raise Forged unless the token is this subject's and the browser does not say it comes from
    elsewhere.
    """
    if headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise Forged
    if headers.get("origin", origin) != origin:
        raise Forged
    if not matches(subject, sent):
        raise Forged
