"""What stands on the frame of every page at this moment, whatever the page is about; one statement."""

from uuid import UUID

import msgspec

from core.callbacks.queries import RECORD
from core.kit import sql
from core.kit.access import anywhere, in_view
from core.kit.context import Places, current
from core.tickets.queries import ENDED, VIEW

MOST = 1000
STANDING = f"""
select unread.*, open.*, waiting.*, estates.* from
 (select count(*) as unread from (select 1 from core.notifications_notice
   where tenant_id = $1 and person_id = $2 and read_at is null limit 100) n) unread,
 (select count(*) as open, count(due_at) as due, count(*) filter (where breached) as overdue
  from (select due_at, breached from core.tickets_ticket
   where tenant_id = $1 and state not in {ENDED} and ($3::uuid[] is null or project_id = any ($3))
   order by due_at, id limit {MOST}) t) open,
 (select count(*) as call_backs, count(*) filter (where breached) as call_backs_late
  from (select breached from core.tickets_ticket
   where tenant_id = $1 and state = 'pending_call_back' and ($4::uuid[] is null or project_id = any ($4))
   order by created_at desc, id desc limit {MOST}) c) waiting,
 (select array_agg(id order by sort, code) as ids, array_agg(name order by sort, code) as names
  from core.households_project where tenant_id = $1 and ($5::uuid[] is null or id = any ($5))) estates
"""


class Estate(msgspec.Struct, frozen=True):
    id: UUID
    name: str


class Standing(msgspec.Struct, kw_only=True, frozen=True):
    """Figures of the projects in view, 1000 meaning 1000 or more; of notices 100. `estates` are all those
    where this person holds any right.
    """

    unread: int
    open: int
    due: int
    overdue: int
    call_backs: int
    call_backs_late: int
    estates: list[Estate]


async def standing() -> Standing:
    visible, called, mine = in_view(VIEW), in_view(RECORD), anywhere()
    values = [_listed(places) for places in (visible, called, mine)]
    row = dict((await sql.records(STANDING, current().somebody.id, *values))[0])
    known = zip(row.pop("ids") or [], row.pop("names") or [], strict=True)
    return sql.struct(Standing, {**row, "estates": [{"id": i, "name": name} for i, name in known]})


def _listed(places: Places) -> list[UUID] | None:
    return None if places is None else list(places)
