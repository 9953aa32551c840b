"""A one-time code on its way: what the page that asks for it must know.

It travels in an encrypted cookie that lives for minutes, so that a telephone number stands neither
in an address nor in a row of the database.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from residents.enums import CodePurpose

COOKIE: Final = "desk_code"
LIFETIME: Final = timedelta(minutes=30)
#: who pressed twice gets no second code for it
AGAIN_AFTER: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Pending:
    """`about` is the number that signs in, or the privacy request that is proven."""

    purpose: CodePurpose
    code_id: UUID
    about: str
    sent_at: datetime

    def seconds_to_wait(self, at: datetime) -> int:
        """Until another code may be asked for; 0 when it may be now."""
        left = self.sent_at + AGAIN_AFTER - at
        return max(0, -int(-left.total_seconds() // 1))


def keep(response: HttpResponse, pending: Pending) -> None:
    plain = [pending.purpose, str(pending.code_id), pending.about, pending.sent_at.isoformat()]
    response.set_cookie(
        COOKIE,
        _cipher().encrypt(json.dumps(plain).encode()).decode(),
        max_age=LIFETIME,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def read(request: HttpRequest, purpose: CodePurpose) -> Pending | None:
    """The code asked for from this browser; None when there is none, or for something else."""
    try:
        seconds = int(LIFETIME.total_seconds())
        plain = _cipher().decrypt(request.COOKIES.get(COOKIE, "").encode(), ttl=seconds)
    except InvalidToken:
        return None
    kind, code_id, about, sent_at = json.loads(plain)
    if kind != purpose:
        return None
    return Pending(purpose, UUID(code_id), about, datetime.fromisoformat(sent_at))


def forget(response: HttpResponse) -> None:
    response.delete_cookie(COOKIE, samesite="Lax")


def _cipher() -> Fernet:
    key = hmac.new(settings.SECRET_KEY.encode(), b"portal.pending", hashlib.sha256).digest()
    return Fernet(base64.urlsafe_b64encode(key))
