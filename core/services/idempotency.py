"""Same key and same body: the first answer again. Kept in the transaction of what it created."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias, TypeVar

from django.conf import settings
from django.db import IntegrityError, connection

from core.actors import Actor
from core.errors import IdempotencyConflict, IdempotencyInProgress
from core.models import IdempotencyKey
from core.models.idempotency import ONE_ANSWER
from core.services.limits import bucket_hash
from core.transactions import atomic

Found = TypeVar("Found")
#: asks a statement for its one row, and for something else on the way
Asking: TypeAlias = Callable[[str, Sequence[Any]], tuple[tuple[Any, ...], Found]]

# Two locks of 32 bits each: this one says what the other is about.
_LOCK_CLASS = 4107

# One statement sees the keys as they were just before it had the lock. Whoever committed in
# between is noticed by the unique constraint, at the end.
_LOCK_AND_FIND = """
SELECT lock.held, key.id, key.body_sha256, key.status_code, key.response, key.expires_at
FROM (SELECT pg_try_advisory_xact_lock(%s, %s) AS held) AS lock
LEFT JOIN core_idempotencykey AS key ON key.scope = %s AND key.key = %s
"""


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
    """`kept` where it was written with what it answers for, from the row of `to_keep`."""

    status_code: int
    response: dict[str, Any]
    replayed: bool = False
    kept: bool = False


def scope_of(what: str, actor: Actor) -> str:
    """The caller's own scope of keys, so that keys of others cannot be tried. Nothing personal: who
    it is stands there as a keyed hash."""
    who = actor.staff_id or actor.machine_id or actor.subject_id or actor.ticket_id
    return f"{what}:{bucket_hash('idempotency', f'{actor.kind}:{who}').hex()[:32]}"


def once(claim: Claim, create: Callable[[], Answer], *, at: datetime) -> Answer:
    """Run `create` once for the claim and keep its answer for 48 hours, in one transaction.

    Raises IdempotencyConflict when the key was used with another body, and IdempotencyInProgress
    while another call with the same key is still running. Nothing is kept when `create` raises.
    """
    return once_knowing(claim, _asked_alone, lambda _: create(), at=at)


@atomic
def once_knowing(
    claim: Claim,
    asking: Asking[Found],
    create: Callable[[Found], Answer],
    *,
    at: datetime,
) -> Answer:
    """`once`, where what `create` has to know is read in the statement that looks for the key."""
    earlier, known = _lock_and_find(claim, asking)
    if earlier and earlier.expires_at > at:
        return _replay(earlier, claim)
    if earlier:
        earlier.delete()
    try:
        answer = create(known)
        if not answer.kept:
            to_keep(claim, answer, at=at).save(force_insert=True)
    except IntegrityError as error:
        if _is_of_a_key(error):
            raise IdempotencyInProgress from None
        raise
    return answer


def answered(claim: Claim, *, at: datetime) -> Answer | None:
    """The answer that is kept for the claim, for whoever has something to do before `once` that
    would be left behind. Raises IdempotencyConflict."""
    kept = IdempotencyKey.objects.filter(scope=claim.scope, key=claim.key, expires_at__gt=at)
    earlier = kept.first()
    return _replay(earlier, claim) if earlier else None


def to_keep(claim: Claim, answer: Answer, *, at: datetime) -> IdempotencyKey:
    """The unsaved row of an answer."""
    return IdempotencyKey(
        scope=claim.scope,
        key=claim.key,
        body_sha256=claim.sha256,
        status_code=answer.status_code,
        response=answer.response,
        created_at=at,
        expires_at=at + timedelta(hours=settings.IDEMPOTENCY_HOURS),
    )


def _lock_and_find(claim: Claim, asking: Asking[Found]) -> tuple[IdempotencyKey | None, Found]:
    digest = hashlib.sha256(f"{claim.scope}\0{claim.key}".encode()).digest()
    number = int.from_bytes(digest[:4], "big", signed=True)
    row, known = asking(_LOCK_AND_FIND, [_LOCK_CLASS, number, claim.scope, claim.key])
    held, pk, body_sha256, status_code, response, expires_at = row
    if not held:
        raise IdempotencyInProgress
    if pk is None:
        return None, known
    earlier = IdempotencyKey(
        pk=pk,
        body_sha256=body_sha256,
        status_code=status_code,
        response=json.loads(response),
        expires_at=expires_at,
    )
    return earlier, known


def _asked_alone(sql: str, parameters: Sequence[Any]) -> tuple[tuple[Any, ...], None]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchone(), None


def _replay(earlier: IdempotencyKey, claim: Claim) -> Answer:
    if bytes(earlier.body_sha256) != claim.sha256:
        raise IdempotencyConflict
    return Answer(earlier.status_code, earlier.response, replayed=True)


def _is_of_a_key(error: IntegrityError) -> bool:
    found = getattr(error.__cause__, "diag", None)
    return found is not None and found.constraint_name == ONE_ANSWER
