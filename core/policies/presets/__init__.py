"""The presets of PROCEDURES 5.1: TOML documents that hold only what differs from the product's defaults."""

import tomllib
from functools import cache
from importlib.resources import files

from core.kit.i18n import _
from core.policies.errors import PresetUnknown
from core.policies.layers import Document

PRODUCT_DEFAULT = "product_default"
TITLES = {
    PRODUCT_DEFAULT: _("产品默认"),
    "butler_4h": _("管家四小时制"),
    "desk_duty": _("前台值班制"),
    "window_72h": _("窗口服务，投诉七十二小时"),
    "call_centre_2h": _("呼叫中心，投诉两小时"),
    "mgmt_office_sameday": _("管理处，投诉当日回复"),
}


@cache
def load_preset(name: str) -> Document:
    """The preset's document; empty for `product_default`. Raises PresetUnknown."""
    if name not in TITLES:
        raise PresetUnknown(name=name)
    if name == PRODUCT_DEFAULT:
        return {}
    return tomllib.loads(files("core.policies.presets").joinpath(f"{name}.toml").read_text("utf-8"))
