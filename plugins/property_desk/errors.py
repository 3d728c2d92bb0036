"""Refusals of the property desk's papers (PD-01)."""

from core.kit.errors import Refused
from core.kit.i18n import _


class GoodsRequired(Refused):
    key, message, field = "goods_required", _("请至少写一件要搬出的物品"), "items"


class IdNumberInvalid(Refused):
    key, message, field = "id_number_invalid", _("身份证号不对，请核对 18 位号码和末位校验码"), "mover_id"


class UnitRequired(Refused):
    key, message, field = "unit_required", _("请选择房号"), "unit_id"


class ApplicantNotOwner(Refused):
    key, message, field = (
        "applicant_not_owner",
        _("与档案登记的业主姓名不符；不是业主本人的，请选租户或装修负责人"),
        "applicant_name",
    )


class EmployeeRequired(Refused):
    key, message, field = "employee_required", _("请选择搬出物品的员工"), "staff_id"


class DepartmentConsentRequired(Refused):
    """Staff need the consent of the head of their department, as others need the owner's."""

    key, message = "department_consent_required", _("员工搬出物品须先由其部门负责人同意")


class SlipDayPast(Refused):
    key, message, field = "slip_day_past", _("放行日期已过，请改到今天或以后"), "valid_on"


class SlipNotToday(Refused):
    key, message = "slip_not_today", _("这张放行条只在 {day} 当天有效，今天不能放行")


class GoodsUnchecked(Refused):
    key, message, field = (
        "goods_unchecked",
        _("还有 {left} 项没有核对；实物与单不符的，请选「不符，拦下」"),
        "form.checked",
    )


class SlipCodeInvalid(Refused):
    key, message, field = (
        "slip_code_invalid",
        _("没有这张放行条，或这张纸已换新，请核对单号或重新扫码"),
        "code",
    )
