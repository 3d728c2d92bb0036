"""What is typed to sign in, and what `/me` answers."""

from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from core.kit.i18n import _


class SignIn(msgspec.Struct, kw_only=True):
    username: Annotated[str, Meta(title=_("账号"), min_length=1, max_length=60)]
    password: Annotated[str, Meta(title=_("密码"), min_length=1, max_length=1000)]
    next: Annotated[str, Meta(max_length=2000)] = "/"


class MyTenant(msgspec.Struct, frozen=True):
    id: UUID
    slug: str
    name: str
    locale: str


class Me(msgspec.Struct, kw_only=True):
    """Who is asking and what they may do; `projects` is None for somebody whose rights hold everywhere."""

    tenant: MyTenant
    username: str
    name: str
    email: str | None
    sub: UUID
    roles: list[str]
    permissions: list[str]
    projects: list[UUID]
    plugins: list[str]
    locale: str
