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
    ) -> paging.Page[Person]:
        """Active people, by name: those who hold the role today in the project, or everywhere."""
        return paging.Page(await queries.people(role=role, project=project, department=department), None)

    @get("/departments")
    async def departments(self) -> paging.Page[Department]:
        """The company's departments."""
        return paging.Page(await queries.departments(), None)
