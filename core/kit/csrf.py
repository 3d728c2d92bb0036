"""Requests forged from elsewhere: a cookie caller must come from our own origin and carry a token
bound to its session.
"""

import hmac

from core.kit.errors import Forbidden
from core.kit.i18n import _
from core.kit.settings import derive

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Forged(Forbidden):
    key, message = "csrf_failed", _("页面已过期或来源不明，请刷新后再提交；您填写的内容没有丢失")


def token(subject: str) -> str:
    """The token for one session, or for one anonymous browser before it signs in."""
    return hmac.digest(derive("csrf"), subject.encode(), "sha256").hex()[:40]


def check(subject: str, sent: str, headers: dict[str, str], origin: str) -> None:
    """Raise Forged unless the token is this subject's and the browser does not say it comes from
    elsewhere.
    """
    if headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise Forged
    if headers.get("origin", origin) != origin:
        raise Forged
    if not subject or not hmac.compare_digest(token(subject).encode(), sent.encode()):
        raise Forged
