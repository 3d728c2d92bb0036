"""Why a call cannot be taken."""

from core.kit.errors import Conflict
from core.kit.i18n import _


class CallTaken(Conflict):
    """`by` is who took it."""

    key, message = "call_taken", _("这个电话已由{by}接听")
