"""The words of what is chosen at a ticket's arrows, and how a page draws their fields."""

from typing import Any

from core.kit.i18n import _

CONSENTS = {"resident": _("业主本人同意"), "public_area": _("公共区域，无须同意")}
AGREED_HOW = {"on_site": _("当面"), "phone": _("电话"), "written": _("书面")}
CONDUCT = {
    "badge": _("佩戴工牌，着工装"),
    "knock": _("敲门、问候，征得同意再进门"),
    "shoe_covers": _("穿好鞋套"),
    "tools": _("工具放在工具包里"),
    "sheet": _("工具和零件下铺了干净垫布"),
    "quiet": _("轻声作业，有噪音先告知"),
    "no_touch": _("不坐卧、不动用业主物品、不闲聊"),
    "no_gifts": _("不收礼物和小费"),
    "tidy": _("收拾工具零件，擦净地面"),
    "stains": _("擦不掉的污渍已当场通知清洁"),
    "explained": _("讲明做了什么、怎样正确使用"),
    "accepted": _("请业主验收并签名"),
}
"""FORM-77: what an engineer minds inside a unit, in the order of the visit (RP-06)."""

DEPARTMENT: dict[str, Any] = {"as": "department"}
PERSON: dict[str, Any] = {"as": "person"}
"""What a field's `Meta(extra=…)` may say to the page that draws it: `as` (department, person, engineer, long,
signature, checks) and `labels`, the words of its choices.
"""
