"""The outbox: which message is sent next, by whom, and what became of it.

A claim is a lease of the database's clock. Who claimed and died loses the message after a minute to
the next one; who was merely slow finds at the end that the lease is no longer theirs.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from django.db import connection, transaction
from django.db.models import QuerySet

from notifications import backoff
from notifications.enums import Channel, MessageState
from notifications.models import Message

LEASE_SECONDS: Final = 60
FOLD_BATCH: Final = 10_000
#: on what waits to go once more: it was tried, though its attempts are counted anew
RESENT: Final = "resent"

_CLAIM = """
UPDATE notifications_message
SET leased_until = clock_timestamp() + %(lease)s * interval '1 second', attempts = attempts + 1
WHERE id = (
    SELECT message.id FROM notifications_message message
    LEFT JOIN notifications_endpoint endpoint ON endpoint.id = message.endpoint_id
    WHERE message.state = 'queued' AND message.channel = %(lane)s AND message.due_at <= %(at)s
      AND (message.leased_until IS NULL OR message.leased_until < clock_timestamp())
      AND (endpoint.held_until IS NULL OR endpoint.held_until <= %(at)s)
    ORDER BY message.due_at, message.id LIMIT 1 FOR UPDATE OF message SKIP LOCKED
)
RETURNING id, leased_until
"""

# What was never tried moves into the oldest message to the same person or robot. Once tried, a
# message keeps its notices: its id must mean the same letter at every attempt. A digest is one
# already, and a webhook is told of each event by itself.
_FOLD = """
WITH waiting AS (
    SELECT id, staff_id, subject_id, endpoint_id FROM notifications_message
    WHERE state = 'queued' AND channel = %(lane)s AND due_at <= %(at)s AND attempts = 0
      AND leased_until IS NULL AND digest_at IS NULL AND error_code = ''
    ORDER BY due_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED
),
folded AS (
    SELECT id, min(id) OVER (PARTITION BY staff_id, subject_id, endpoint_id) AS into_id FROM waiting
),
moved AS (
    UPDATE notifications_messagenotice link SET message_id = folded.into_id
    FROM folded WHERE link.message_id = folded.id AND folded.id <> folded.into_id
)
DELETE FROM notifications_message message
USING folded WHERE message.id = folded.id AND folded.id <> folded.into_id
"""


# The conflict is the rule: a period has one digest. One that is being sent, or was, takes nothing
# more, and what was to move stays where it is. Staff in order, so that two who put off at once wait
# for each other instead of for ever. A message that gave all it had is gone.
_PUT_OFF = """
WITH wanted AS (
    SELECT * FROM unnest(%(messages)s::bigint[], %(notices)s::bigint[], %(staff)s::bigint[],
                         %(moments)s::timestamptz[])
    AS each (message_id, notice_id, staff_id, digest_at)
),
made AS (
    INSERT INTO notifications_message (delivery_id, channel, staff_id, state, attempts, due_at,
                                       error_code, created_at, digest_at)
    SELECT gen_random_uuid(), %(channel)s, staff_id, 'queued', 0, digest_at, '', %(at)s, digest_at
    FROM (SELECT DISTINCT staff_id, digest_at FROM wanted) each ORDER BY staff_id, digest_at
    ON CONFLICT (staff_id, channel, digest_at) WHERE digest_at IS NOT NULL
    DO UPDATE SET due_at = notifications_message.due_at
    WHERE notifications_message.state = 'queued' AND notifications_message.attempts = 0
      AND notifications_message.leased_until IS NULL
    RETURNING id, staff_id, digest_at
),
moved AS (
    UPDATE notifications_messagenotice link SET message_id = made.id
    FROM wanted JOIN made USING (staff_id, digest_at)
    WHERE link.message_id = wanted.message_id AND link.notice_id = wanted.notice_id
    RETURNING link.id, wanted.message_id
)
DELETE FROM notifications_message message
WHERE message.id IN (SELECT message_id FROM moved)
  AND NOT EXISTS (SELECT FROM notifications_messagenotice link
                  WHERE link.message_id = message.id AND link.id NOT IN (SELECT id FROM moved))
"""


class PutOff(NamedTuple):
    """A notice of a message that waits for its recipient's digest of a moment."""

    message_id: int
    notice_id: int
    staff_id: int
    digest_at: datetime


@dataclass(frozen=True, slots=True)
class Claim:
    """A message that is ours until the lease ends."""

    message: Message
    leased_until: datetime


def fold(at: datetime, lane: Channel = Channel.EMAIL) -> int:
    """Merge waiting messages to one recipient over one channel into one; returns how many went.

    Notices stay as many as they are; a storm of them is one letter.
    """
    if lane is Channel.WEBHOOK:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_FOLD, {"at": at, "limit": FOLD_BATCH, "lane": lane.value})
        return cursor.rowcount


def claim(at: datetime, lane: Channel = Channel.EMAIL) -> Claim | None:
    """Lease the message of a lane that has waited longest, and count the attempt before it is made:
    one that kills its sender must not be tried for ever. An endpoint on hold has none."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"at": at, "lease": LEASE_SECONDS, "lane": lane.value})
        row = cursor.fetchone()
    if row is None:
        return None
    message_id, leased_until = row
    found = Message.objects.select_related("staff", "endpoint__unit").get(pk=message_id)
    return Claim(found, leased_until)


def sent(claim: Claim, at: datetime) -> bool:
    return _settle(claim, state=MessageState.SENT, sent_at=at, error_code="")


def dropped(claim: Claim, code: str) -> bool:
    return _settle(claim, state=MessageState.DROPPED, error_code=code)


def postponed(claim: Claim, until: datetime) -> bool:
    """Quiet hours: not an attempt, so that it may still be merged with what comes overnight."""
    return _settle(claim, due_at=until, attempts=claim.message.attempts - 1)


def carried_by(claim: Claim, channel: Channel) -> bool:
    """Over another channel, now: what was found at sending is not an attempt."""
    return _settle(claim, channel=channel, attempts=claim.message.attempts - 1)


def put_off(waiting: Sequence[PutOff], channel: str, at: datetime) -> int:
    """Each into the one digest of its recipient and moment; returns how many messages are gone
    because nothing of them was left."""
    if not waiting:
        return 0
    messages, notices, staff, moments = zip(*waiting, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(
            _PUT_OFF,
            {
                "messages": list(messages),
                "notices": list(notices),
                "staff": list(staff),
                "moments": list(moments),
                "channel": channel,
                "at": at,
            },
        )
        return cursor.rowcount


def failed(
    claim: Claim, code: str, at: datetime, patience: timedelta | None = None
) -> MessageState:
    """Try again later, or never: a dead letter waits in the list for a person. `patience` is what
    the receiver asked for."""
    attempts = claim.message.attempts
    if attempts >= backoff.MOST_ATTEMPTS:
        _settle(claim, state=MessageState.DEAD, error_code=code)
        return MessageState.DEAD
    wait = backoff.wait_after(attempts, random.random())  # noqa: S311  # spreads load, hides nothing
    wait = max(wait, patience) if patience else wait
    _settle(claim, due_at=at + wait, error_code=code)
    return MessageState.QUEUED


def resend(messages: Iterable[int] | QuerySet[Message], *, at: datetime) -> int:
    """Give dead letters another twenty attempts, under the id they had; returns how many."""
    if not isinstance(messages, QuerySet):
        messages = Message.objects.filter(pk__in=list(messages))
    return messages.filter(state=MessageState.DEAD).update(
        state=MessageState.QUEUED, attempts=0, due_at=at, leased_until=None, error_code=RESENT
    )


def _settle(claim: Claim, **values: object) -> bool:
    """False when the lease ran out and another sender has the message."""
    ours = Message.objects.filter(pk=claim.message.pk, leased_until=claim.leased_until)
    return bool(ours.update(leased_until=None, **values))
