"""Record ids: UUIDv7, made by the application, so that rows of one time lie together and nothing
counts globally.
"""

from uuid import UUID

import uuid_utils.compat


def new_id() -> UUID:
    return uuid_utils.compat.uuid7()
