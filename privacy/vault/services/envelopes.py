"""Texts of a row that belongs to nobody known yet: each under a key of its own, which lies with it,
wrapped as subjects' keys are. For short lives only: emptying the column ends key and text.

A sealed value is: length of the id (1 byte) | id of the wrapping key | wrapped key | sealed text.
"""

from __future__ import annotations

from typing import Final
from uuid import UUID

from privacy.vault import crypto
from privacy.vault.errors import SealBroken
from privacy.vault.key_provider import key_provider

WRAPPED_BYTES: Final = crypto.OVERHEAD + crypto.KEY_BYTES


def seal(row_id: UUID, field: str, text: str) -> bytes:
    provider, key = key_provider(), crypto.new_key()
    bound_to = crypto.associated_data(row_id, field)
    kek_id = provider.current_id.encode()
    wrapped = provider.wrap(key, bound_to)
    return bytes([len(kek_id)]) + kek_id + wrapped + crypto.encrypt(key, text.encode(), bound_to)


def reveal(row_id: UUID, field: str, sealed: bytes | memoryview) -> str:
    """Raises SealBroken, or KeyEncryptionKeyUnknown once the wrapping key was retired."""
    whole = bytes(sealed)
    begin = 1 + whole[0] if whole else 0
    if len(whole) < begin + WRAPPED_BYTES + crypto.OVERHEAD:
        raise SealBroken
    bound_to = crypto.associated_data(row_id, field)
    kek_id, wrapped = whole[1:begin].decode(), whole[begin : begin + WRAPPED_BYTES]
    key = key_provider().unwrap(kek_id, wrapped, bound_to)
    return crypto.decrypt(key, whole[begin + WRAPPED_BYTES :], bound_to).decode()
