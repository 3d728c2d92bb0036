"""Drives clocks by what happens to records, in the transaction in which it happens."""

from core.flows.engine import follow
from core.flows.schemas import Happened
from core.policies.sections import declare
from core.sla import following, storing
from core.sla.calendars import national
from core.sla.checking import check_policy
from core.sla.policy import SlaPolicy
from core.sla.queries import rules_at, rules_of, runs_of

declare(SlaPolicy, lambda values: check_policy(values, national()))


@follow
async def follow_clocks(happened: Happened) -> None:
    """Start, stop, restart, withdraw and pause the record's clocks. Nothing is read where nothing can change;
    else one query (two more at the most for the policy), and two writes at the most, four for a late stop.

    A record keeps the policy version that its first clock started under.
    """
    if not any(following.concerns(clock, happened) for clock in happened.flow.clocks):
        return
    runs, edition = await runs_of(happened.after["id"])
    if runs:
        by = await rules_of(runs[0].versions, edition)
    else:
        by = await rules_at(happened.after["project_id"], happened.at, edition)
    changes = following.apply(happened, runs, by)
    await storing.put([*changes.changed, *changes.begun])
    await storing.set_off(changes.fires, happened.at)
    await storing.show(happened.flow.table, happened.after, [*runs, *changes.begun])
