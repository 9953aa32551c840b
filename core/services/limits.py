"""Limits of how often something may be tried, in PostgreSQL: a flushed cache opens nothing."""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F

from core.errors import LimitReached
from core.models import LimitWindow

_COUNT = """
INSERT INTO core_limitwindow (scope, bucket, window_start, hits) VALUES (%s, %s, %s, 1)
ON CONFLICT (scope, bucket, window_start) DO UPDATE SET hits = core_limitwindow.hits + 1
RETURNING hits
"""


def bucket_hash(scope: str, bucket: str) -> bytes:
    """A keyed hash, so that the table names no number and no address."""
    message = f"limit:{scope}:{bucket}".encode()
    return hmac.digest(settings.BLIND_INDEX_KEY, message, "sha256")


def window_start(at: datetime, minutes: int) -> datetime:
    """The start of the fixed window of `minutes` that holds `at`."""
    size = minutes * 60
    return at - timedelta(seconds=at.timestamp() % size)


def give_back(scope: str, bucket: str, *, at: datetime, window_minutes: int) -> None:
    """Uncount one try that `hit` counted at the same moment: it turned out to be a good one."""
    window = LimitWindow.objects.filter(
        scope=scope,
        bucket=bucket_hash(scope, bucket),
        window_start=window_start(at, window_minutes),
        hits__gt=0,
    )
    window.update(hits=F("hits") - 1)


def hit(scope: str, bucket: str, *, at: datetime, window_minutes: int, most: int) -> None:
    """Count one try; the call that makes it `most + 1` within a window raises LimitReached.

    Raises RuntimeError inside a transaction: its rollback would uncount the try.
    """
    start = window_start(at, window_minutes)
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(_COUNT, [scope, bucket_hash(scope, bucket), start])
        row = cursor.fetchone()
    if row[0] > most:
        raise LimitReached(retry_at=start + timedelta(minutes=window_minutes))
