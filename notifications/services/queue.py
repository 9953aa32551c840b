"""The outbox: which message is sent next, by whom, and what became of it.

A claim is a lease of the database's clock. Who claimed and died loses the message after a minute to
the next one; who was merely slow finds at the end that the lease is no longer theirs.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection, transaction

from notifications import backoff
from notifications.enums import MessageState
from notifications.models import Message

LEASE_SECONDS: Final = 60
FOLD_BATCH: Final = 10_000

_CLAIM = """
UPDATE notifications_message
SET leased_until = clock_timestamp() + %(lease)s * interval '1 second', attempts = attempts + 1
WHERE id = (
    SELECT id FROM notifications_message
    WHERE state = 'queued' AND due_at <= %(at)s
      AND (leased_until IS NULL OR leased_until < clock_timestamp())
    ORDER BY due_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
)
RETURNING id, leased_until
"""

# What was never tried moves into the oldest message to the same person. Once tried, a message keeps
# its notices: its id must mean the same letter at every attempt.
_FOLD = """
WITH waiting AS (
    SELECT id, channel, staff_id, subject_id FROM notifications_message
    WHERE state = 'queued' AND due_at <= %(at)s AND attempts = 0 AND leased_until IS NULL
    ORDER BY due_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED
),
folded AS (
    SELECT id, min(id) OVER (PARTITION BY channel, staff_id, subject_id) AS into_id FROM waiting
),
moved AS (
    UPDATE notifications_messagenotice link SET message_id = folded.into_id
    FROM folded WHERE link.message_id = folded.id AND folded.id <> folded.into_id
)
DELETE FROM notifications_message message
USING folded WHERE message.id = folded.id AND folded.id <> folded.into_id
"""


@dataclass(frozen=True, slots=True)
class Claim:
    """A message that is ours until the lease ends."""

    message: Message
    leased_until: datetime


def fold(at: datetime) -> int:
    """Merge waiting messages to one person over one channel into one; returns how many went.

    Notices stay as many as they are; a storm of them is one letter.
    """
    with connection.cursor() as cursor:
        cursor.execute(_FOLD, {"at": at, "limit": FOLD_BATCH})
        return cursor.rowcount


def claim(at: datetime) -> Claim | None:
    """Lease the message that has waited longest, and count the attempt before it is made: one
    that kills its sender must not be tried for ever."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"at": at, "lease": LEASE_SECONDS})
        row = cursor.fetchone()
    if row is None:
        return None
    message_id, leased_until = row
    return Claim(Message.objects.select_related("staff").get(pk=message_id), leased_until)


def sent(claim: Claim, at: datetime) -> bool:
    return _settle(claim, state=MessageState.SENT, sent_at=at, error_code="")


def dropped(claim: Claim, code: str) -> bool:
    return _settle(claim, state=MessageState.DROPPED, error_code=code)


def postponed(claim: Claim, until: datetime) -> bool:
    """Quiet hours: not an attempt, so that it may still be merged with what comes overnight."""
    return _settle(claim, due_at=until, attempts=claim.message.attempts - 1)


def failed(claim: Claim, code: str, at: datetime) -> MessageState:
    """Try again later, or never: a dead letter waits in the list for a person."""
    attempts = claim.message.attempts
    if attempts >= backoff.MOST_ATTEMPTS:
        _settle(claim, state=MessageState.DEAD, error_code=code)
        return MessageState.DEAD
    wait = backoff.wait_after(attempts, random.random())  # noqa: S311  # spreads load, hides nothing
    _settle(claim, due_at=at + wait, error_code=code)
    return MessageState.QUEUED


def resend(message_ids: list[int], *, at: datetime) -> int:
    """Give dead letters another twenty attempts, under the id they had."""
    return Message.objects.filter(pk__in=message_ids, state=MessageState.DEAD).update(
        state=MessageState.QUEUED, attempts=0, due_at=at, leased_until=None, error_code=""
    )


def _settle(claim: Claim, **values: object) -> bool:
    """False when the lease ran out and another sender has the message."""
    ours = Message.objects.filter(pk=claim.message.pk, leased_until=claim.leased_until)
    return bool(ours.update(leased_until=None, **values))
