"""Refusals about rooms, phones and household lists."""

from core.kit.errors import Conflict, Refused
from core.kit.i18n import _


class PhoneInvalid(Refused):
    key, message, field = (
        "phone_invalid",
        _("“{phone}”不是有效的电话：请填手机号、区号加号码或 400 电话"),
        "phone",
    )


class RoomInvalid(Refused):
    key, message, field = "room_invalid", _("“{room}”不是房号，例如 3-2-1802"), "room"


class RoomMissing(Refused):
    key, message, field = "room_missing", _("没有填写房号"), "room"


class RoomListedTwice(Refused):
    """The list names another owner for this room in an earlier row; a person must say who it is."""

    key, message, field = "room_listed_twice", _("同一房号已在“{sheet}”第 {row} 行登记为另一位业主"), "room"


class OwnerMissing(Refused):
    key, message, field = "owner_missing", _("没有填写业主姓名"), "owner"


class AreaNotPositive(Refused):
    key, message, field = "area_not_positive", _("面积“{area}”不是大于 0 的数"), "area"


class HeaderMissing(Refused):
    key, message = "header_missing", _("工作表“{sheet}”的表头缺少这些列：{columns}")


class TooManyRows(Refused):
    key, message = "too_many_rows", _("清单超过 {most} 行，请分成几份再导入")


class ProjectExists(Conflict):
    key, message, field = "project_exists", _("已有同名或同代码的项目"), "code"


class ProjectRequired(Refused):
    key, message, field = "project_required", _("请先建立项目，再导入业户清单"), "project_id"


class SheetUnknown(Refused):
    key, message, field = "sheet_unknown", _("文件里没有名为“{sheet}”的业户清单"), "projects"


class ImportRunning(Conflict):
    key, message = "import_running", _("此项目正在导入另一份清单，请等它完成")


class FileClosed(Conflict):
    """The household has moved out: its file is kept and no longer changed."""

    key, message = "household_closed", _("这份业户档案已关闭，不能再修改")


class NameInvalid(Refused):
    key, message, field = "name_invalid", _("姓名里没有文字，请写明怎么称呼"), "name"


class TooManyPhones(Refused):
    key, message, field = "too_many_phones", _("每人最多登记 {most} 个电话"), "phones"


class HouseholdMissing(Refused):
    key, message, field = "household_missing", _("请选择一个已有业户档案的房号"), "unit_id"


class OwnerRequired(Refused):
    """Only another owner can take an owner's place: a sale opens a new file."""

    key, message = "owner_required", _("这一户只有这一位业主：房屋转让请登记业主变更")


class PersonLeft(Conflict):
    key, message = "person_left", _("此人已登记搬走，请先登记搬回")


class DateInFuture(Refused):
    key, message = "date_in_future", _("日期不能晚于今天")


class BeforeMoveIn(Refused):
    key, message = "before_move_in", _("不能早于这一户的入伙日期 {moved_in}")


class ReasonNamesPerson(Refused):
    """The reason goes into the audit, from which nothing can be taken away."""

    key, message, field = "reason_names_person", _("原因会永久留在审计记录里，请不要写姓名或电话"), "reason"
