"""People, departments and assignments as they are read and written."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from core.kit.i18n import _


class Person(msgspec.Struct, kw_only=True):
    """`roles` are those that hold today, anywhere."""

    id: UUID
    username: str
    name: str
    title: str = ""
    department: str | None = None
    email: str | None = None
    locale: str | None = None
    state: str = "active"
    version: int = 1
    roles: list[str] = []


class Department(msgspec.Struct, kw_only=True):
    code: str
    name: str
    outsourced: bool


class NewPerson(msgspec.Struct, kw_only=True):
    username: Annotated[str, Meta(title=_("用户名"), min_length=2, max_length=60, pattern=r"^[\w.@-]+$")]
    name: Annotated[str, Meta(title=_("姓名"), min_length=1, max_length=60)]
    title: Annotated[str, Meta(title=_("职务"), max_length=60)] = ""
    department: Annotated[str, Meta(title=_("部门"), max_length=40)] | None = None
    email: Annotated[str, Meta(title=_("邮箱"), max_length=200)] | None = None
    locale: str | None = None


class Assignment(msgspec.Struct, kw_only=True):
    """A role held from one Shanghai date to another, both included; None is for ever, and all projects."""

    id: UUID
    person_id: UUID
    role: str
    project_id: UUID | None
    from_date: date
    until_date: date | None


class Duty(msgspec.Struct, kw_only=True):
    person_id: UUID
    project_id: UUID | None
    from_at: datetime
    until_at: datetime
