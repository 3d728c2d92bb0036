"""A job has the rights its enqueuer has when it runs."""

import pytest

from auth.acting import person_at_work
from core.kit import sql
from core.kit.ids import new_id
from tests.factories import Company

pytestmark = pytest.mark.anyio


async def test_person_has_the_rights_of_their_roles_until_the_account_is_closed(yunqi: Company) -> None:
    person = await yunqi.person("tenant_admin", username="second_admin")
    async with yunqi.inside() as context:
        actor = await person_at_work(person, yunqi.tenant, context.plugins)
        assert actor is not None
        assert (actor.id, actor.username, actor.roles) == (person, "second_admin", ("tenant_admin",))
        assert await person_at_work(new_id(), yunqi.tenant, context.plugins) is None
        await sql.execute(
            "update core.auth_account set state = 'disabled' where tenant_id = $1 and id = $2", person
        )
        assert await person_at_work(person, yunqi.tenant, context.plugins) is None


async def test_person_of_another_company_is_nobody(yunqi: Company, cuihu: Company) -> None:
    async with cuihu.inside() as context:
        assert await person_at_work(yunqi.people["tenant_admin"], cuihu.tenant, context.plugins) is None
