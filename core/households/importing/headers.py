"""Finding the header row of a sheet and which column holds what, whatever the order, script and synonyms."""

import re
from collections.abc import Sequence

import msgspec

from core.households.importing.cells import text
from core.households.importing.workbooks import Row
from core.kit.chinese import fold

SEARCHED_ROWS = 40  # titles and notes above a header are fewer
FEWEST_NAMES = 2
REQUIRED = {"room": "房号", "owner": "业主姓名", "phone": "联系电话"}
_SYNONYMS = {
    "phase": "苑 期 苑区 苑期 期区 分期 期数 区 组团 苑区名称",
    "building": "楼栋 栋号 楼号 栋 幢 座 楼 幢号 座号 座栋 栋座 楼栋号 楼座 楼幢 楼宇 栋数 栋楼 building",
    "stairwell": "单元 单元号 梯 梯号 楼梯 门洞 stairwell",
    "floor": "楼层 层 所在层 所在楼层 楼层号 floor",
    "room": "房号 房间号 房屋号 室号 室 房 房间 房屋 门牌 门牌号 门牌号码 户号 "
    "房屋编号 房间编号 房屋地址 房产 单位 room roomno",
    "kind": "房屋类型 物业类型 房产类型 房间类型 类型 业态 房屋用途 用途 type",
    "area": "面积 建筑面积 建面 产权面积 房屋面积 房产面积 计费面积 收费面积 area",
    "owner": "业主 业主姓名 业主名称 业主名 业户姓名 姓名 户主 户主姓名 房主 "
    "产权人 产权人姓名 权利人 客户姓名 owner ownername name",
    "phone": "电话 联系电话 联络电话 电话号码 联系方式 手机 手机号 手机号码 业主电话 "
    "业主手机 联系手机 移动电话 住宅电话 备用电话 第二电话 紧急电话 tel telephone phone phonenumber mobile",
    "identity": "身份 住户身份 身份类型 人员类型 住户类型 与业主关系 与户主关系 关系 identity relation",
    "moved_in": "入伙日期 入伙时间 入伙日 入住日期 入住时间 "
    "收楼日期 收楼时间 交房日期 交房时间 交楼日期 交付日期 交付时间 movein moveindate",
    "note": "备注 附注 说明 备注说明 note notes remark remarks",
}
_FIELDS = {name: field for field, names in _SYNONYMS.items() for name in names.split()}


class Header(msgspec.Struct, frozen=True):
    """`columns` counts from 0; further phone columns of a sheet are named phone2, phone3 and so on."""

    row: int
    columns: dict[str, int]
    titles: dict[str, str]

    @property
    def missing(self) -> list[str]:
        """The columns every list needs and this header lacks, by their usual names."""
        return [name for field, name in REQUIRED.items() if field not in self.columns]

    @property
    def phones(self) -> list[str]:
        return [field for field in self.columns if field.startswith("phone")]

    def title(self, field: str) -> str:
        """The column as the list itself names it, for people who look for it there."""
        return self.titles.get(field, REQUIRED.get(field, field))


def find_header(rows: Sequence[tuple[int, Row]]) -> Header | None:
    """The first of the rows with the most known names; None where no row has at least two."""
    best = max((_header(number, row) for number, row in rows), key=lambda h: len(h.columns), default=None)
    return best if best and len(best.columns) >= FEWEST_NAMES else None


def repeats(header: Header, row: Row) -> bool:
    """A list that was printed page by page says its header again."""
    named = ((header.columns[field], header.titles[field]) for field in REQUIRED)
    return all(i < len(row) and text(row[i]) == title for i, title in named)


def _header(number: int, row: Row) -> Header:
    columns: dict[str, int] = {}
    titles: dict[str, str] = {}
    for index, cell in enumerate(row):
        title = text(cell)
        field = _field(title)
        if field == "phone" and field in columns:
            field = f"phone{sum(name.startswith('phone') for name in columns) + 1}"
        if field and field not in columns:
            columns[field] = index
            titles[field] = title
    return Header(number, columns, titles)


def _field(title: str) -> str:
    """`建築面積(㎡)` is area, `联系电话2` a phone: brackets and a number behind do not count."""
    name = re.sub(r"[(\[【].*?[)\]】]", "", fold(title))
    name = re.sub(r"[\s*:_./、-]", "", name)
    return _FIELDS.get(name) or _FIELDS.get(re.sub(r"(?:\d|[一二三])$", "", name), "")
