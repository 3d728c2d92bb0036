"""`/api/v1/staff` and `/api/v1/departments`: who can be given work."""

from uuid import UUID

from litestar import Controller, get
from litestar.params import FromQuery

from core.kit import paging
from core.kit.web import signed_in
from core.staff import queries
from core.staff.schemas import Department, Person


class StaffApi(Controller):
    path = "/"
    tags = ["staff"]
    guards = [signed_in()]

    @get("/staff")
    async def people(
        self,
        role: FromQuery[str | None] = None,
        project: FromQuery[UUID | None] = None,
        department: FromQuery[str | None] = None,
        cursor: FromQuery[str | None] = None,
        limit: FromQuery[int | None] = None,
    ) -> paging.Page[Person]:
        """Active people, by name: those who hold the role today in the project, or everywhere."""
        return await queries.people_page(
            role=role, project=project, department=department, cursor=cursor, limit=paging.limit(limit)
        )

    @get("/departments")
    async def departments(
        self, cursor: FromQuery[str | None] = None, limit: FromQuery[int | None] = None
    ) -> paging.Page[Department]:
        """The company's departments."""
        known = await queries.departments()
        return paging.among(known, paging.limit(limit), cursor, lambda department: department.code)
