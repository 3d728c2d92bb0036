"""What is asked for most, per kind: the chips of the log form. Kept as the ticket's `form.item`."""

from core.kit.i18n import _

OTHER = {"other": _("其他")}
ITEMS: dict[str, dict[str, str]] = {
    "repair": {
        "water_leak": _("水管漏水"),
        "drain": _("下水堵塞"),
        "power": _("跳闸停电"),
        "lighting": _("灯具"),
        "door_window": _("门窗五金"),
        "wall_seepage": _("墙面渗水"),
        "intercom": _("可视对讲"),
        **OTHER,
    },
    "complaint": {
        "noise": _("噪音扰民"),
        "hygiene": _("环境卫生"),
        "parking": _("停车秩序"),
        "security": _("安全管理"),
        "attitude": _("服务态度"),
        "delay": _("处理不及时"),
        "fees": _("收费争议"),
        **OTHER,
    },
    "suggestion": {
        "facility": _("设施改善"),
        "greening": _("绿化"),
        "service": _("服务流程"),
        "activity": _("社区活动"),
        **OTHER,
    },
    "enquiry": {
        "fees": _("费用"),
        "parking": _("停车"),
        "renovation": _("装修手续"),
        "move_in": _("入伙手续"),
        "water_power": _("停水停电"),
        "title": _("产权证"),
        "contacts": _("办事电话"),
        **OTHER,
    },
    "lookup": {"bill": _("账单"), "progress": _("办理进度"), "archive": _("档案"), **OTHER},
    "help": {
        "locked_out": _("忘带钥匙"),
        "elder": _("老人求助"),
        "lift": _("电梯困人"),
        "lost": _("寻人寻物"),
        "carry": _("代搬重物"),
        "pet": _("宠物走失"),
        **OTHER,
    },
    "home_service": {
        "monthly_cleaning": _("包月清洁"),
        "move_in_cleaning": _("全屋清洁"),
        "hourly_cleaning": _("钟点清洁"),
        "greening": _("家庭绿化"),
        "carpet": _("地毯清洗"),
        "windows": _("擦窗"),
        **OTHER,
    },
}


def label(kind: str, code: str) -> str:
    """The item as a message id; empty for one that is not on the list any more."""
    return ITEMS.get(kind, {}).get(code, "")
