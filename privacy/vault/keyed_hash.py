"""HMAC-SHA256 under BLIND_INDEX_KEY, which no database and no backup of one contains.

Every use has its own domain, so that equal values in two of them cannot be matched.
"""

from __future__ import annotations

import hashlib
import hmac
from uuid import UUID

from django.conf import settings

SUBJECT_DOMAIN = b"vault.subject:"
INDEX_DOMAIN = b"vault.index:"


def subject_ref(subject_id: UUID) -> UUID:
    """How the keys database and the record of destructions know a subject: one way."""
    return UUID(bytes=_digest(SUBJECT_DOMAIN + subject_id.bytes)[:16])


def index_of(kind: str, value: str) -> bytes:
    return _digest(INDEX_DOMAIN + f"{kind}:{value}".encode())


def _digest(message: bytes) -> bytes:
    return hmac.new(settings.BLIND_INDEX_KEY, message, hashlib.sha256).digest()
