"""`/api/v1/me`."""

from litestar import Response, get

from auth.schemas import Me, MyTenant
from core.households import queries as households
from core.kit import csrf
from core.kit.context import current
from core.kit.web import signed_in


@get("/me", guards=[signed_in()], tags=["me"])
async def me() -> Response[Me]:
    """The caller, the company, and what the caller may do now. `X-CSRF-Token` is what a signed-in
    browser session sends along with every change.
    """
    context = current()
    who = context.somebody
    everywhere = any(places is None for places in who.rights.values())
    some = {project for places in who.rights.values() for project in places or ()}
    projects = [p.id for p in await households.projects() if everywhere or p.id in some]
    answer = Me(
        tenant=MyTenant(context.tenant.id, context.tenant.slug, context.tenant.name, context.tenant.locale),
        username=who.username,
        name=who.name,
        email=who.email,
        sub=who.id,
        roles=list(who.roles),
        permissions=sorted(who.rights),
        projects=projects,
        plugins=sorted(context.plugins),
        locale=context.locale,
    )
    headers = {"X-CSRF-Token": csrf.token(context.csrf_subject)} if context.csrf_subject else {}
    return Response(answer, headers=headers)
