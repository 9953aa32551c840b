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
    return _opened(handle, LIFETIME_SECONDS)


def renewed(handle: str) -> str:
    """One for the same person that is good from now on, of an answer that is kept for longer than
    its handle is good: whoever gets it was given that one. Raises NotFound for one that is not
    ours."""
    return handle_of(_opened(handle, None))


def _opened(handle: str, seconds: int | None) -> UUID:
    try:
        plain = _cipher(settings.SECRET_KEY).decrypt(handle.encode(), ttl=seconds)
    except InvalidToken:
        raise NotFound from None
    return UUID(bytes=plain)


@cache
def _cipher(secret: str) -> Fernet:
    key = hmac.new(secret.encode(), b"residents.handle", hashlib.sha256).digest()
    return Fernet(base64.urlsafe_b64encode(key))
