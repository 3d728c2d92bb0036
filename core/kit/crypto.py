"""Personal data at rest: AES-256-GCM with a key per person, wrapped by the company's, wrapped by the
installation's.

A ciphertext is bound to its place (company, table, column, row): moved anywhere else it does not open.
Blind indexes find an encrypted value by an HMAC of its normal form. Erasing a person destroys their key
and their indexes.
"""

import hmac
import secrets
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import aes_key_unwrap, aes_key_wrap

from core.kit import sql
from core.kit.context import current
from core.kit.ids import new_id
from core.kit.settings import derive

NONCE = 12
_company_keys: dict[UUID, bytes] = {}

READ = "select wrapped from core.kit_tenant_key where tenant_id = $1"
WRITE = "insert into core.kit_tenant_key (tenant_id, id, wrapped) values ($1, $2, $3)"


async def company_key() -> bytes:
    """The current company's key, read once per process; raises LookupError for a company without one."""
    tenant = current().tenant.id
    if tenant not in _company_keys:
        wrapped = await sql.value(READ)
        if wrapped is None:
            raise LookupError("this company has no key")
        _company_keys[tenant] = aes_key_unwrap(derive("key encryption key"), wrapped)
    return _company_keys[tenant]


async def make_company_key() -> None:
    """Part of creating a company."""
    await sql.execute(WRITE, new_id(), aes_key_wrap(derive("key encryption key"), secrets.token_bytes(32)))


async def new_person_key() -> bytes:
    """A fresh key for one person, wrapped by the company's: the column `data_key` of their row."""
    return aes_key_wrap(await company_key(), secrets.token_bytes(32))


async def encrypt(plain: str, *, table: str, column: str, row: UUID, data_key: bytes | None = None) -> bytes:
    """Encrypt for exactly this place, with the person's wrapped key or, without one, the company's."""
    nonce = secrets.token_bytes(NONCE)
    cipher = AESGCM(await _open(data_key))
    return nonce + cipher.encrypt(nonce, plain.encode(), _place(table, column, row))


async def decrypt(data: bytes, *, table: str, column: str, row: UUID, data_key: bytes | None = None) -> str:
    """Raises cryptography's InvalidTag for a ciphertext that was moved or altered."""
    cipher = AESGCM(await _open(data_key))
    return cipher.decrypt(data[:NONCE], data[NONCE:], _place(table, column, row)).decode()


async def blind_index(normal: str, *, column: str) -> bytes:
    """16 bytes that are equal for equal values of one column of one company, and tell nothing else."""
    key = hmac.digest(await company_key(), column.encode(), "sha256")
    return hmac.digest(key, normal.encode(), "sha256")[:16]


async def _open(data_key: bytes | None) -> bytes:
    return await company_key() if data_key is None else aes_key_unwrap(await company_key(), data_key)


def _place(table: str, column: str, row: UUID) -> bytes:
    return f"{current().tenant.id}|{table}|{column}|{row}".encode()
