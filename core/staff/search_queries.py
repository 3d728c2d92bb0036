"""Finds staff by name, pinyin, initials or user name, for pickers and the global search."""

from core.kit import sql
from core.kit.chinese import fold
from core.staff.schemas import Person

FIND = """
select p.id, p.username, p.name, p.title, p.department, p.email, p.locale, p.state, p.version
from core.staff_person p
where p.tenant_id = $1 and p.state = 'active' and ($2 = '' or p.username like $3 or exists
  (select 1 from unnest(p.search_keys || lower(p.name)) key where key like $3))
order by p.sort_key, p.id limit $4
"""
ESCAPED = str.maketrans({"%": r"\%", "_": r"\_", "\\": r"\\"})


async def find(text: str, limit: int = 10) -> list[Person]:
    """Active people whose name begins so, in characters or pinyin; everybody for an empty text."""
    typed = fold(text).replace(" ", "")[:40]
    return await sql.many(Person, FIND, typed, typed.translate(ESCAPED) + "%", limit)
