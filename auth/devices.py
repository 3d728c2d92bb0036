"""What a browser calls itself, in words that its owner recognises."""

from core.kit.i18n import _, gettext

BROWSERS = (
    ("wxwork/", _("企业微信")),
    ("MicroMessenger/", _("微信")),
    ("DingTalk/", _("钉钉")),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def named(agent: str) -> str:
    """`Chrome · Windows`; what says nothing known is shown as it came."""
    found = [_first(agent, BROWSERS), _first(agent, SYSTEMS)]
    return " · ".join(filter(None, found)) or agent or gettext(_("未知设备"))


def _first(agent: str, known: tuple[tuple[str, str], ...]) -> str:
    return next((gettext(label) for mark, label in known if mark in agent), "")
