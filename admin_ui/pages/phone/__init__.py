"""The pages of those on their feet: `/m/orders`, `jobs`, `pool`, `butler`, `log`, `me`, `outbox`."""

from admin_ui.pages.phone.butler import ButlerPages
from admin_ui.pages.phone.jobs import JobPages
from admin_ui.pages.phone.log import LogPages
from admin_ui.pages.phone.me import PhonePages
from admin_ui.pages.phone.orders import OrderPages
from admin_ui.pages.phone.pool import PoolPages
from core.kit.i18n import _
from core.plugin.contributions import NavItem

PAGES = [OrderPages, JobPages, PoolPages, ButlerPages, LogPages, PhonePages]
WORK, REPORT = "tickets.ticket.work", "tickets.butler.report"


def _both(label: str, path: str, permission: str, icon: str, order: int) -> list[NavItem]:
    """In the menu and in the phone's bar."""
    return [
        NavItem(label=label, path=path, permission=permission, icon=icon, order=order, phone=phone)
        for phone in (False, True)
    ]


NAVIGATION = (
    *_both(_("接单"), "/m/orders", "tickets.ticket.accept", "clipboard-check", 1),
    *_both(_("任务"), "/m/jobs", WORK, "clipboard-list", 2),
    *_both(_("抢单"), "/m/pool", "tickets.order.start", "bucket", 3),
    *_both(_("回复"), "/m/butler", REPORT, "message-2", 4),
    *_both(_("登记"), "/m/log", "tickets.ticket.register", "plus", 35),
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
