"""Switching plugins in tests without the page that does it."""

from auth.actions import bump
from core.kit import sql
from tenants import directory
from tests.factories import Company


async def switch_all_off(company: Company) -> None:
    async with company.inside():
        await sql.execute("update core.tenants_plugin set enabled = false where tenant_id = $1")
        await bump()
    directory.forget(company.tenant.slug)
