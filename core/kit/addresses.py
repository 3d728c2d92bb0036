"""Where a company's pages are found from outside."""

from core.kit.context import Tenant
from core.kit.settings import settings


def origin_of(tenant: Tenant) -> str:
    """The company's own origin, from configuration and never from what a client sent."""
    told = settings()
    port = "" if told.port in {80, 443} else f":{told.port}"
    return f"{told.scheme}://{tenant.slug}.{told.base_domain}{port}"
