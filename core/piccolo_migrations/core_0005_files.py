"""Uploaded files: the bytes lie in storage by their hash, the row says whose they are and what they
belong to.
"""

from core.kit.migrate import migration, tenant_table

ID = "core_0005_files"

forwards = migration(
    ID,
    "core",
    *tenant_table(
        "files_file",
        """
        name text not null, media_type text not null, size int not null check (size > 0),
        sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'), purpose text not null,
        record text, record_id uuid, project_id uuid, permission text,
        created_by uuid not null, created_at timestamptz not null default core.now(),
        check ((record is null) = (record_id is null)), check (record is null or permission is not null)
        """,
    ),
    "create index files_file_record on core.files_file (tenant_id, record_id) where record_id is not null",
    "create index files_file_loose on core.files_file (tenant_id, created_at) where record_id is null",
    "create index files_file_content on core.files_file (tenant_id, sha256)",
)
