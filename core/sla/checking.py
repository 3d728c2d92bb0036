"""Refuses a policy under which some clock could never be reckoned, before any case runs into it."""

from core.kit import clock
from core.kit.context import SYSTEM
from core.policies.schemas import Versions
from core.sla.clocks import begin, limit_for, rules
from core.sla.policy import SlaPolicy
from core.sla.schemas import Calendars


def check_policy(policy: SlaPolicy, calendars: Calendars) -> None:
    """Reckon every limit that is on, from now on, with its warning and its next level.

    Raises DueTooFar and whatever else `due` refuses.
    """
    by, now = rules(policy, Versions(), calendars, 0), clock.now()
    for code in policy.limits:
        limit = limit_for(code, by)
        if limit is not None:
            begin(code, limit, by, flow="", record=SYSTEM.id, project=None, at=now)
