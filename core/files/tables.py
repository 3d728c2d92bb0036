"""Piccolo's view of the table; key, policy and indexes stand in the migration."""

from piccolo.columns import UUID, Integer, Text, Timestamptz

from core.kit.database import TenantTable


class File(TenantTable, tablename="files_file"):
    name = Text()
    media_type = Text()
    size = Integer()
    sha256 = Text()
    purpose = Text()
    record = Text(null=True, default=None)
    record_id = UUID(null=True, default=None)
    project_id = UUID(null=True, default=None)
    permission = Text(null=True, default=None)
    created_by = UUID()
    created_at = Timestamptz()
