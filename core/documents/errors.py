"""What may be wrong with a paper."""

from core.kit.errors import NotFound, Refused
from core.kit.i18n import _


class DocumentUnknown(NotFound):
    key, message = "document_unknown", _("没有这种单据，或相应功能未启用")


class ReprintReasonRequired(Refused):
    key, message, field = "reprint_reason_required", _("已打印过，请写明重打的原因"), "reason"


class PdfUnavailable(Refused):
    key, message = (
        "pdf_unavailable",
        _("这台服务器缺少生成 PDF 的组件（{missing}），请用浏览器打印，或请管理员运行 guanjia doctor"),
    )
