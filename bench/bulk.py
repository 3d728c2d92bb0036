"""Fills companies with years of tickets, timelines and clocks: SQL that makes the rows where they are stored.

The same numbers give the same rows; ids begin with their time, as those of the product do. Past row-level
security, because that is what the administrator of the database is.
"""

import random
from uuid import UUID

import asyncpg
import msgspec

from core.kit import chinese

SENTENCES = 400
OPEN_EVERY = 33
"""One ticket in so many has not ended, unless said otherwise."""
RARE = "化粪池满"
WORDS = (
    ("厨房", "卫生间", "阳台", "客厅", "地下车库", "楼道", "电梯厅", "儿童乐园", "北门岗亭", "二楼平台"),
    ("水管", "灯具", "门锁", "墙面", "窗户", "排水沟", "对讲机", "护栏", "摄像头", "消火栓"),
    ("漏水", "不亮", "损坏", "开裂", "渗水", "堵塞", "没有声音", "松动", "生锈", "异响"),
    ("请尽快处理", "已经第二次报修", "影响邻居休息", "老人在家等候", "周末才有人在家", "下午两点以后上门"),
)

SAID = "create temp table said (n int primary key, content text, bigrams text[])"
TICKETS = f"""
with c as materialized (
  select o.*,
    array(select id from core.households_household h where h.tenant_id = o.tenant order by id) as households,
    array(select unit_id from core.households_household h where h.tenant_id = o.tenant order by id) as units,
    array(select u.short from core.households_household h join core.households_unit u
      on u.tenant_id = h.tenant_id and u.id = h.unit_id where h.tenant_id = o.tenant order by h.id) as rooms
  from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[]) as o (tenant, project, agent, engineer))
insert into core.tickets_ticket (tenant_id, id, project_id, number, kind, nature, state, stage,
  priority, urgency, impact, household_id, unit_id, room, content, requester, channel,
  phone_masked, received_at, immediate, department, size, first_responsible, specialist_owner, engineer,
   butler, result, call_back_owed,
  call_back_exemption, done_at, closed_at, due_at, breached, bigrams, version, created_at, updated_at)
select c.tenant, b.id, c.project, 'BX-' || to_char(b.at at time zone 'Asia/Shanghai', 'YYYYMMDD') || '-'
    || lpad((100000 + g)::text, 6, '0'),
  'repair', 'facility_damage', case when b.open then (array['registered', 'dispatched', 'accepted',
  'in_progress'])[1 + (g / $6::int) % 4] else 'closed' end,
  case when b.open then null else 'returned' end, 'P' || 1 + g % 4,
  (array['normal', 'soon', 'now'])[1 + g % 3], 'household',
   c.households[1 + g % cardinality(c.households)], c.units[1 + g % cardinality(c.units)],
  c.rooms[1 + g % cardinality(c.rooms)], s.content, '陈志远', 'phone', '138****2671', b.at, g % 2 = 0,
  'engineering', case when b.open then null else 'minor' end, c.agent, c.engineer, c.engineer, null,
  case when b.open then null else '更换配件，试用正常' end, false, 'not_drawn',
  case when b.open then null else b.at + interval '3 hours' end,
  case when b.open then null else b.at + interval '1 day' end,
  case when b.open then b.at + interval '900 days' end, false, s.bigrams,
  case when b.open then 1 + (g / $6::int) % 4 else 8 end, b.at, b.at + interval '1 day'
from c
cross join generate_series(1, $5::int) g
cross join lateral (select md5(c.tenant::text || g) as mark,
  now() - interval '1 hour' - make_interval(secs => (($5::int - g)::float8 / $5::int) * 63072000) as at,
  g % $6::int = 0 as open) m
cross join lateral (select m.at, m.open, (lpad(to_hex((extract(epoch from m.at) * 1000)::bigint),
  12, '0') || '7'
  || substr(m.mark, 1, 3) || '8' || substr(m.mark, 4, 15))::uuid as id) b
join said s on s.n = (hashint4(g) & 2147483647) % {SENTENCES}
"""
EVENTS = """
insert into core.flows_event (tenant_id, id, flow, record_id, kind, name, at, actor_id, actor_name,
  role, from_state, to_state, note, channel)
select t.tenant_id, (substr(t.id::text, 1, 15) || to_hex(e.n) || substr(t.id::text, 17))::uuid,
  'repair', t.id, 'move', e.name, t.created_at + make_interval(mins => 10 * e.n),
  t.first_responsible, '前台甲',
    'front_desk_agent',
  e.before, e.after, case when e.n = 0 then t.content end, 'phone'
from core.tickets_ticket t
cross join (values (0, 'register', null, 'registered'), (1, 'dispatch', 'registered', 'dispatched'),
  (2, 'accept', 'dispatched', 'accepted'), (3, 'assign', 'accepted', 'accepted'),
  (4, 'start', 'accepted', 'in_progress'), (5, 'complete', 'in_progress', 'done'),
  (6, 'return_sheet', 'done', 'pending_call_back'), (7, 'close', 'pending_call_back', 'closed'))
  as e (n, name, before, after)
where t.tenant_id = any ($1) and e.n < t.version
"""
CLOCKS = """
insert into core.sla_clock (tenant_id, id, flow, record_id, project_id, code, name, unit, amount,
  breach, appointed, started_at, due_at, late_at, warn_at, next_level_at, pauses, stopped_at,
  outcome, repeated,
    level, next_fire_at,
  calendar_version, provisional)
select t.tenant_id, (substr(t.id::text, 1, 15) || to_hex(8 + k.n) || substr(t.id::text, 17))::uuid,
  'repair', t.id, t.project_id, k.code, k.name, 'E', k.minutes, array['W', 'E'], false,
  t.created_at, d.due, d.due,
  t.created_at + (d.due - t.created_at) * 0.75, t.created_at + (d.due - t.created_at) * 2, '[]',
  t.closed_at, case when t.closed_at is not null then 'met' end, false, 0,
  case when t.closed_at is null then t.created_at + (d.due - t.created_at) * 0.75 end, 0, false
from core.tickets_ticket t
cross join (values (0, 'SLA-07', '小修完工', 480), (1, 'SLA-20', '当日未办结告知进展', 900),
  (2, 'SLA-02', '报修单交工程签收', 3)) as k (n, code, name, minutes)
cross join lateral (select coalesce(t.due_at + make_interval(mins => k.minutes),
  t.created_at + make_interval(mins => k.minutes)) as due) d
where t.tenant_id = any ($1)
"""
ORDERS = """
insert into core.tickets_work_order (tenant_id, id, ticket_id, project_id, number, state,
  department, engineer, size, paid, issued_at, issued_by, handed_over_at, arrived_at, finished_at,
  returned_at, work, signature_exemption)
select t.tenant_id, t.id, t.id, t.project_id, 'PG' || substr(t.number, 3), 'returned',
  'engineering', t.engineer, 'minor', false, t.created_at, t.first_responsible, t.created_at,
  t.created_at, t.done_at,
    t.closed_at, t.result,
  'absent_with_consent'
from core.tickets_ticket t where t.tenant_id = any ($1) and t.state = 'closed'
"""
OVERDUE = """
update core.sla_clock c set late_at = now() - interval '1 second', due_at = now() - interval '1 second',
  warn_at = now() - interval '10 seconds', next_level_at = now() + interval '1 day',
  next_fire_at = now() - interval '10 seconds', breached_at = null, warned_at = null
where c.tenant_id = $1 and c.stopped_at is null
"""
TABLES = ("tickets_ticket", "flows_event", "sla_clock", "tickets_work_order")


class Owner(msgspec.Struct, frozen=True):
    """A company to be filled, and the people who stand in its tickets."""

    tenant: UUID
    project: UUID
    agent: UUID
    engineer: UUID


async def fill(
    admin: "asyncpg.Connection[asyncpg.Record]",
    owners: list[Owner],
    tickets: int,
    *,
    seed: int,
    open_every: int = OPEN_EVERY,
) -> None:
    """So many tickets for each of the companies, with timeline, three clocks and work order."""
    draw = random.Random(seed)
    rows = [
        (number, content := _sentence(draw, number), chinese.bigrams(content)) for number in range(SENTENCES)
    ]
    await admin.execute("set maintenance_work_mem = '256MB'")
    await admin.execute(SAID)
    await admin.copy_records_to_table("said", records=rows)
    columns = [
        [getattr(owner, name) for owner in owners] for name in ("tenant", "project", "agent", "engineer")
    ]
    tenants = columns[0]
    await admin.execute(TICKETS, *columns, tickets, open_every)
    for statement in (EVENTS, CLOCKS, ORDERS):
        await admin.execute(statement, tenants)
    await admin.execute("drop table said")


async def settle(admin: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Statistics and visibility as a database has them that was filled over the years."""
    for table in TABLES:
        await admin.execute(f"vacuum (analyze) core.{table}")
    await admin.execute("vacuum (analyze)")
    await admin.execute("checkpoint")


def _sentence(draw: random.Random, number: int) -> str:
    """One in a hundred holds the rare words."""
    parts = [draw.choice(words) for words in WORDS]
    if number % 100 == 0:
        parts.insert(2, RARE)
    return "".join(parts[:3]) + "，" + "".join(parts[3:])
