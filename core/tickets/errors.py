"""Every refusal of the ticket procedures (TK-01 … TK-07, RP-01 … RP-06)."""

from core.kit.errors import Conflict, Forbidden, Refused
from core.kit.i18n import _


class UnitOrPlaceRequired(Refused):
    key, message, field = "unit_or_place_required", _("请选择房号，或写明公共区域的位置"), "place"


class UnitNotInProject(Refused):
    key, message, field = "unit_not_in_project", _("这个房号不在所选小区"), "unit_id"


class AppointmentInPast(Refused):
    key, message, field = "appointment_in_past", _("预约时间已过，请与业主另约"), "appointment_at"


class OccurredInFuture(Refused):
    key, message, field = "occurred_in_future", _("发生时间不能晚于现在"), "occurred_at"


class PromiseInPast(Refused):
    key, message, field = "promise_in_past", _("答复日期已过，请与诉求人另约"), "promised_reply"


class ScheduleRequired(Refused):
    key, message, field = "schedule_required", _("请选择立即上门、预约时间，或不指定时间"), "immediate"


class OneScheduleOnly(Refused):
    key, message, field = "one_schedule_only", _("立即上门与预约时间只能选一个"), "appointment_at"


class PhoneRequired(Refused):
    key, message, field = "phone_required", _("请填写联系电话，回访时要用"), "contact_phone"


class RequesterRequired(Refused):
    key, message, field = "requester_required", _("请填写报修人姓名"), "requester"


class AnonymousNotAllowed(Refused):
    key, message, field = "anonymous_not_allowed", _("这类诉求不能匿名，请填写姓名和电话"), "anonymous"


class KindUnknown(Refused):
    key, message, field = "kind_unknown", _("没有「{kind}」这种诉求，或相应功能未启用"), "kind"


class DuplicateTicket(Conflict):
    """The same unit has an open ticket of this kind from the last 24 hours: link to it, or say that it
    is new.
    """

    key, message, field = (
        "duplicate_ticket",
        _("{number} 是同一房号 24 小时内的同类诉求，请选择关联或新建"),
        "duplicate",
    )


class EngineerUnknown(Refused):
    key, message, field = "engineer_unknown", _("请选择在岗的维修人员"), "form.engineer"


class EngineerOffDuty(Refused):
    key, message, field = "engineer_off_duty", _("{name}不在岗，请另派一位"), "form.engineer"


class DepartmentUnknown(Refused):
    key, message, field = "department_unknown", _("没有这个部门"), "form.department"


class PersonUnknown(Refused):
    key, message = "person_unknown", _("没有这位员工")


class NotYourJob(Forbidden):
    key, message = "not_your_job", _("这张单派给了{name}，只能由本人或派单员操作")


class NobodyAssigned(Conflict):
    key, message = "nobody_assigned", _("还没有派给维修人员，请先派工")


class NotYourBuilding(Forbidden):
    key, message = "not_your_building", _("这户由{name}负责，只能由负责的管家回复")


class JobTaken(Conflict):
    key, message = "job_taken", _("被{name}抢先接了这张单")


class OtherDepartment(Forbidden):
    key, message = "other_department", _("这张单派给了别的部门")


class ConsentRequired(Refused):
    key, message, field = "consent_required", _("进门前须取得业主同意（RP-06）"), "form.consent"


class PriceConsentRequired(Refused):
    key, message = "price_consent_required", _("有偿服务须先向业主讲明费用并记录同意，才能施工")


class PriceMissing(Refused):
    key, message, field = "price_missing", _("请填写收费项目和金额"), "form.amount"


class AmountRequired(Refused):
    key, message, field = "amount_required", _("有偿服务请填写人工费，没有就填 0"), "form.amount"


class AmountOverQuote(Refused):
    key, message, field = (
        "amount_over_quote",
        _("合计超过业主同意的 {agreed} 元，请重新报价并取得同意"),
        "form.amount",
    )


class FreeOfCharge(Refused):
    key, message = "free_of_charge", _("这是无偿服务，不能收费；要收费请先报价并取得业主同意")


class NotPaid(Refused):
    key, message = "not_paid_service", _("这是无偿服务，不能报价")


class SignatureRequired(Refused):
    key, message, field = "signature_required", _("请业主签名，或选择无法签名的原因"), "form.signature"


class ArrivalRequired(Refused):
    key, message = "arrival_required", _("请先登记到场，再登记完工")


class FollowUpRequired(Refused):
    key, message, field = "follow_up_required", _("业主不满意时须登记后续工单，才能完工"), "form.follow_up"


class InstructionRequired(Refused):
    key, message = "instruction_required", _("须先有主任批示，部门才能开始处理")


class ReasonRequired(Refused):
    key, message, field = "reason_required", _("请写明原因"), "form.reason"


class SizeChangeRefused(Forbidden):
    key, message = "size_change_refused", _("维修等级已定，更改须由工程主管说明原因")


class ReopenTooLate(Refused):
    key, message = "reopen_too_late", _("关闭已超过 {days} 天，请登记新单并关联此单")


class MergeIntoItself(Refused):
    key, message, field = "merge_target_invalid", _("请选择另一张未关闭的工单"), "form.into"


class MergeElsewhere(Refused):
    key, message, field = "merge_other_project", _("只能并入同一小区的工单"), "form.into"


class ConflictOfInterest(Refused):
    key, message = "conflict_of_interest", _("经办人或被投诉人不能做此操作，请换一位同事")


class ChannelNotForKind(Refused):
    """3.P says which kinds a channel brings."""

    key, message, field = "channel_not_for_kind", _("「{kind}」不从「{channel}」受理，请改选来源"), "channel"


class PeriodUpsideDown(Refused):
    key, message, field = "period_upside_down", _("结束日期不能早于开始日期"), "last"


class PeriodTooLong(Refused):
    key, message, field = "period_too_long", _("一次最多查 {days} 天，请缩短日期"), "last"


class BatchTooLarge(Refused):
    key, message, field = "batch_too_large", _("一次最多处理 {most} 条，请少选一些"), "ids"


class TicketBusy(Conflict):
    key, message = "ticket_busy", _("别人正在处理这张单，请稍后再试")


class NoWorkOrder(Refused):
    key, message = "no_work_order", _("这张单还没有派工单")


class CallBackRequired(Refused):
    key, message = "call_back_required", _("未回访的工单不能关闭：请登记回访，或由主管登记免回访原因")


class NotLate(Refused):
    key, message = "ticket_not_late", _("{number} 现在没有超时的时限，不用催办")


class RemindedLately(Refused):
    key, message = "reminded_lately", _("{number} 在 {at} 刚催办过，{minutes} 分钟内不重复提醒")
