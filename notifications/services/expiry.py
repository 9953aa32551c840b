"""Messages have a short life: what was sent or dropped goes after thirty days. Notices stay, and so
do dead letters until somebody has looked at them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import connection

KEPT: Final = timedelta(days=30)
BATCH: Final = 5_000

_DELETE = """
WITH old AS (
    SELECT id FROM notifications_message
    WHERE state IN ('sent', 'dropped') AND created_at < %(before)s LIMIT %(limit)s
),
links AS (
    DELETE FROM notifications_messagenotice link USING old WHERE link.message_id = old.id
),
events AS (
    DELETE FROM notifications_occurrence occurrence USING old WHERE occurrence.message_id = old.id
)
DELETE FROM notifications_message message USING old WHERE message.id = old.id
"""


def delete_old(at: datetime) -> int:
    """In batches, so that no lock lasts; returns how many messages went."""
    gone = 0
    while deleted := _delete_batch(at - KEPT):
        gone += deleted
    return gone


def _delete_batch(before: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_DELETE, {"before": before, "limit": BATCH})
        return cursor.rowcount
