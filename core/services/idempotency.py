"""Same key and same body: the first answer again. Kept in the transaction of what it created."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from core.errors import IdempotencyConflict, IdempotencyInProgress
from core.models import IdempotencyKey

# Two locks of 32 bits each: this one says what the other is about.
_LOCK_CLASS = 4107

_LOCK = "SELECT pg_try_advisory_xact_lock(%s, %s)"


@dataclass(frozen=True, slots=True)
class Claim:
    """A caller's wish to create something once: whose, under which key, with which body."""

    scope: str
    key: str
    body: bytes

    @property
    def sha256(self) -> bytes:
        return hashlib.sha256(self.body).digest()


@dataclass(frozen=True, slots=True)
class Answer:
    status_code: int
    response: dict[str, Any]
    replayed: bool = False


def once(claim: Claim, create: Callable[[], Answer], *, at: datetime) -> Answer:
    """Run `create` once for the claim and keep its answer for 48 hours, in one transaction.

    Raises IdempotencyConflict when the key was used with another body, and IdempotencyInProgress
    while another call with the same key is still running. Nothing is kept when `create` raises.
    """
    with transaction.atomic():
        if not _lock(claim):
            raise IdempotencyInProgress
        earlier = IdempotencyKey.objects.filter(scope=claim.scope, key=claim.key).first()
        if earlier and earlier.expires_at > at:
            return _replay(earlier, claim)
        if earlier:
            earlier.delete()
        answer = create()
        _keep(claim, answer, at)
        return answer


def _lock(claim: Claim) -> bool:
    digest = hashlib.sha256(f"{claim.scope}\0{claim.key}".encode()).digest()
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [_LOCK_CLASS, int.from_bytes(digest[:4], "big", signed=True)])
        row = cursor.fetchone()
    return bool(row[0])


def _replay(earlier: IdempotencyKey, claim: Claim) -> Answer:
    if bytes(earlier.body_sha256) != claim.sha256:
        raise IdempotencyConflict
    return Answer(earlier.status_code, earlier.response, replayed=True)


def _keep(claim: Claim, answer: Answer, at: datetime) -> None:
    IdempotencyKey.objects.create(
        scope=claim.scope,
        key=claim.key,
        body_sha256=claim.sha256,
        status_code=answer.status_code,
        response=answer.response,
        created_at=at,
        expires_at=at + timedelta(hours=settings.IDEMPOTENCY_HOURS),
    )
