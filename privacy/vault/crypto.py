"""AES-256-GCM as bytes in, bytes out. Knows no database, no settings and no subject.

A sealed value is: version (1 byte) | nonce (12) | ciphertext | tag (16).
"""

from __future__ import annotations

import os
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from privacy.vault.errors import SealBroken

VERSION: Final = b"\x01"
KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
TAG_BYTES: Final = 16
OVERHEAD: Final = len(VERSION) + NONCE_BYTES + TAG_BYTES


def new_key() -> bytes:
    return AESGCM.generate_key(bit_length=KEY_BYTES * 8)


def associated_data(subject_id: UUID, field: str) -> bytes:
    """Binds a value to its place: moved to another subject or field it no longer opens."""
    return subject_id.bytes + field.encode()


def encrypt(key: bytes, plain: bytes, bound_to: bytes) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return VERSION + nonce + AESGCM(key).encrypt(nonce, plain, VERSION + bound_to)


def decrypt(key: bytes, sealed: bytes, bound_to: bytes) -> bytes:
    """Raises SealBroken for a wrong key, place or version, and for altered bytes."""
    if len(sealed) < OVERHEAD or sealed[:1] != VERSION:
        raise SealBroken
    nonce, body = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    try:
        return AESGCM(key).decrypt(nonce, body, VERSION + bound_to)
    except InvalidTag:
        raise SealBroken from None
