"""Opaque names for people in pages and answers of the API. A subject's id never leaves the desk; a
handle is it encrypted, good for a working day by this machine's clock, different each time."""

from __future__ import annotations

import base64
import hashlib
import hmac
from functools import cache
from typing import Final
from uuid import UUID

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings

from core.errors import NotFound

LIFETIME_SECONDS: Final = 12 * 3600


def handle_of(subject_id: UUID) -> str:
    return _cipher(settings.SECRET_KEY).encrypt(subject_id.bytes).decode()


def subject_of(handle: str) -> UUID:
    """Raises NotFound for a handle that is not ours or too old."""
    try:
        plain = _cipher(settings.SECRET_KEY).decrypt(handle.encode(), ttl=LIFETIME_SECONDS)
    except InvalidToken:
        raise NotFound from None
    return UUID(bytes=plain)


@cache
def _cipher(secret: str) -> Fernet:
    key = hmac.new(secret.encode(), b"residents.handle", hashlib.sha256).digest()
    return Fernet(base64.urlsafe_b64encode(key))
