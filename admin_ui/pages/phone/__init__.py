"""The pages of those who are on their feet: `/m/jobs`, `/m/pool`, `/m/butler`, `/m/me`, `/m/outbox`."""

from admin_ui.pages.phone.butler import ButlerPages
from admin_ui.pages.phone.jobs import JobPages
from admin_ui.pages.phone.me import PhonePages
from admin_ui.pages.phone.pool import PoolPages
from core.kit.i18n import _
from core.plugin.contributions import NavItem

PAGES = [JobPages, PoolPages, ButlerPages, PhonePages]
WORK, REPORT = "tickets.ticket.work", "tickets.butler.report"


def _both(label: str, path: str, permission: str, icon: str, order: int) -> list[NavItem]:
    """In the menu and in the phone's bar."""
    return [
        NavItem(label=label, path=path, permission=permission, icon=icon, order=order, phone=phone)
        for phone in (False, True)
    ]


NAVIGATION = (
    *_both(_("任务"), "/m/jobs", WORK, "clipboard-list", 1),
    *_both(_("抢单"), "/m/pool", "tickets.order.start", "bucket", 2),
    *_both(_("回复"), "/m/butler", REPORT, "message-2", 3),
    *(
        NavItem(label=label, path=path, permission=permission, icon=icon, order=order, phone=True)
        for permission in (WORK, REPORT)
        for label, path, icon, order in (
            (_("消息"), "/notices", "bell", 940),
            (_("我的"), "/m/me", "user", 950),
        )
    ),
)

__all__ = ["NAVIGATION", "PAGES"]
