"""As whom a job runs: always inside one company, under the name of who caused it.

What the clock or an event starts is the product's own work and may do everything its company's plugins offer.
A job that a person enqueued may do what that person may do when it runs, once the composition root has said
how to ask.
"""

from collections.abc import Awaitable, Callable
from uuid import UUID

from core.kit.context import SYSTEM, Actor, Context, Places, Tenant
from core.plugin.host import catalogue
from jobs.schemas import Claim, Company

Resolver = Callable[[UUID, Tenant, frozenset[str]], Awaitable[Actor | None]]
_resolvers: list[Resolver] = []


def resolve_people_with(resolver: Resolver) -> None:
    """`resolver(id, company, plugins)` is awaited in the company's transaction. It answers whoever
    enqueued a job with the rights of today, or None for somebody who may do nothing (any more)."""
    _resolvers[:] = [resolver]


def system_context(company: Company, *, channel: str = "job") -> Context:
    """The product itself at work in that company."""
    return _context(company, _with_rights(SYSTEM, everything(company)), channel=channel)


async def context_of(claimed: Claim, company: Company) -> Context:
    """The context a message is handled in; needs the company's transaction."""
    return _context(company, await _actor(claimed, company), request_id=claimed.request_id or "")


async def _actor(claimed: Claim, company: Company) -> Actor:
    if claimed.actor_id is None or claimed.actor_id == SYSTEM.id:
        return _with_rights(SYSTEM, everything(company))
    named = Actor(claimed.actor_id, claimed.actor_name or "", "")
    if claimed.kind == "event" or not _resolvers:
        return _with_rights(named, everything(company))
    return await _resolvers[0](named.id, _tenant(company), company.plugins) or named


def everything(company: Company) -> dict[str, Places]:
    return dict.fromkeys(catalogue().view(company.plugins).permissions)


def _with_rights(actor: Actor, rights: dict[str, Places]) -> Actor:
    return Actor(actor.id, actor.name, actor.username, actor.kind, rights=rights)


def _context(company: Company, actor: Actor, *, channel: str = "job", request_id: str = "") -> Context:
    return Context(
        _tenant(company),
        actor,
        company.plugins,
        locale=company.locale,
        request_id=request_id,
        channel=channel,
    )


def _tenant(company: Company) -> Tenant:
    return Tenant(company.id, company.slug, company.name, company.locale, company.version)
