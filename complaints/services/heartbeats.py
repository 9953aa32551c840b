"""Which waker swept last, and how much: the sign of life of a sweep that found nothing."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from complaints.services.escalation import SweepResult

_BEAT = """
INSERT INTO complaints_sweepbeat AS beat (waker, last_at, fired, failed)
VALUES (%s, %s, %s, %s)
ON CONFLICT (waker) DO UPDATE
SET last_at = greatest(beat.last_at, EXCLUDED.last_at), fired = beat.fired + EXCLUDED.fired,
    failed = beat.failed + EXCLUDED.failed
"""


def beat(waker: str, result: SweepResult, *, at: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_BEAT, [waker, at, result.fired, result.failed])
