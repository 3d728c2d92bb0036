"""Bound forms as macros see them: an empty one, one that was typed, one that was refused."""

from collections.abc import Mapping
from typing import Any


class Form:
    """A bound form as macros see it."""

    def __init__(
        self,
        values: Mapping[str, Any] | None = None,
        errors: Mapping[str, str] | None = None,
        prefix: str = "",
    ) -> None:
        self.values, self.said, self.prefix = values or {}, errors or {}, prefix

    def value(self, name: str) -> Any:
        return self.values.get(name, "")

    def error(self, name: str) -> str:
        return self.said.get(name, "")

    @property
    def errors(self) -> list[tuple[str, str]]:
        return list(self.said.items())


TYPED = Form(
    {
        "kind": "repair",
        "item": "water",
        "desc": "主卫洗手盆下方角阀渗水，已自行关闭总阀，家中有老人，希望尽快上门。",
        "pri": "urgent",
        "when": "now",
        "told": "on",
        "grp": "eng",
        "tel": "138 0013 2671",
    }
)
WRONG = Form(
    {
        "kind": "repair",
        "item": "water",
        "desc": "水",
        "pri": "urgent",
        "when": "now",
        "grp": "eng",
        "tel": "138 0013 2671",
    },
    {"desc": "请填写诉求内容，至少 4 个字", "told": "有偿服务请先向业主讲明费用并勾选"},
)
