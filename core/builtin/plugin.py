"""Core's own implementations of the hooks: its areas contribute exactly as plugins do."""

from collections.abc import Sequence

from core.builtin import api as builtin_api
from core.builtin import jobs as builtin_jobs
from core.builtin.flows import FLOWS, LISTENERS
from core.builtin.search import search
from core.callbacks import permissions as callbacks
from core.callbacks.api import CallBacksApi
from core.calls import permissions as calls
from core.calls.api import CallsApi
from core.carryover import follower as carryover_follower  # noqa: F401 - it follows once this is imported
from core.carryover import permissions as carryover
from core.carryover.api import CarryoverApi
from core.complaints import permissions as complaints
from core.documents import jobs as documents_jobs
from core.enquiries import permissions as enquiries
from core.files import jobs as files_jobs
from core.files.api import FilesApi
from core.households import jobs as households_jobs
from core.households import permissions as households
from core.households.api import HouseholdsApi, ImportsApi
from core.households.people_api import PeopleApi
from core.kit.i18n import _
from core.notifications.api import NotificationsApi
from core.plugin.contributions import Document, Flow, Job, Listener, Manifest, Permission, RoleTemplate
from core.plugin.hookspecs import Route, hookimpl
from core.policies import events as policy_events  # noqa: F401 - workers know an event only once it is imported
from core.policies import permissions as policies
from core.sla import follower  # noqa: F401 - clocks follow every flow once this is imported
from core.sla import permissions as sla
from core.sla.api import CalendarApi, SlaApi
from core.staff.api import StaffApi
from core.tickets import erasure, papers  # noqa: F401 - requests forget an erased person once this is imported
from core.tickets import permissions as tickets
from core.tickets.api import TicketsApi


@hookimpl
def manifest() -> Sequence[Manifest]:
    return [Manifest(name="core", title=_("客服中心"), database="core.piccolo_app", always_on=True)]


@hookimpl
def permissions() -> Sequence[Permission]:
    return [
        Permission("core.task.view", _("查看所有人的后台任务"), "core:read"),
        Permission("core.message.replay", _("重放被搁置的消息"), "core:write"),
        *households.PERMISSIONS,
        *tickets.PERMISSIONS,
        *callbacks.PERMISSIONS,
        *complaints.PERMISSIONS,
        *enquiries.PERMISSIONS,
        *calls.PERMISSIONS,
        *carryover.PERMISSIONS,
        *sla.PERMISSIONS,
        *policies.PERMISSIONS,
    ]


@hookimpl
def roles() -> Sequence[RoleTemplate]:
    return [
        *households.ROLES,
        *tickets.ROLES,
        *callbacks.ROLES,
        *complaints.ROLES,
        *enquiries.ROLES,
        *calls.ROLES,
        *carryover.ROLES,
        *sla.ROLES,
        *policies.ROLES,
    ]


@hookimpl
def api() -> Sequence[Route]:
    return [
        builtin_api.TasksApi,
        FilesApi,
        HouseholdsApi,
        ImportsApi,
        PeopleApi,
        StaffApi,
        TicketsApi,
        CallBacksApi,
        CallsApi,
        CarryoverApi,
        SlaApi,
        CalendarApi,
        NotificationsApi,
        search,
    ]


@hookimpl
def flows() -> Sequence[Flow]:
    return FLOWS


@hookimpl
def documents() -> Sequence[Document]:
    return papers.DOCUMENTS


@hookimpl
def jobs() -> Sequence[Job]:
    return [*builtin_jobs.JOBS, *files_jobs.JOBS, *documents_jobs.JOBS, *households_jobs.JOBS]


@hookimpl
def listeners() -> Sequence[Listener]:
    return LISTENERS
