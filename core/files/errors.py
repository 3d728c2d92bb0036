"""Refusals about uploads."""

from core.kit.errors import Refused
from core.kit.i18n import _


class TooManyFiles(Refused):
    key, message, field = "too_many_files", _("一条记录最多 {most} 个附件"), "attachments"


class FileUnknown(Refused):
    """Not the caller's own upload, or already part of another record."""

    key, message, field = "file_unknown", _("附件不存在或不属于您，请重新上传"), "attachments"
