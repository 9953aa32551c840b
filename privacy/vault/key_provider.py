"""Who holds the key-encryption keys. A key service takes the place of the local one here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from django.conf import settings

from privacy.vault import crypto
from privacy.vault.errors import KeyEncryptionKeyUnknown


class KeyProvider(Protocol):
    current_id: str

    def wrap(self, data_key: bytes, bound_to: bytes) -> bytes:
        """Under the current key-encryption key."""
        ...

    def unwrap(self, kek_id: str, wrapped: bytes, bound_to: bytes) -> bytes:
        """Raises KeyEncryptionKeyUnknown or SealBroken."""
        ...


class LocalKeyProvider:
    """Keys of 32 bytes in the process; the first is current, the others still open old wraps."""

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        self.current_id = next(iter(keys))
        self._keys = keys

    def wrap(self, data_key: bytes, bound_to: bytes) -> bytes:
        return crypto.encrypt(self._keys[self.current_id], data_key, bound_to)

    def unwrap(self, kek_id: str, wrapped: bytes, bound_to: bytes) -> bytes:
        if kek_id not in self._keys:
            raise KeyEncryptionKeyUnknown
        return crypto.decrypt(self._keys[kek_id], wrapped, bound_to)


def key_provider() -> KeyProvider:
    return LocalKeyProvider(settings.KEY_ENCRYPTION_KEYS)
