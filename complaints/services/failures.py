"""Tickets whose step raised. They wait, their due time untouched, and come again."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection
from django.db.models import QuerySet

from complaints.models import SweepFailure

logger = logging.getLogger(__name__)

FIRST_WAIT: Final = timedelta(minutes=1)
LONGEST_WAIT: Final = timedelta(minutes=15)

_RECORD = """
INSERT INTO complaints_sweepfailure (ticket_id, clock_id, error_code, attempts, first_at, retry_at)
VALUES (%(ticket)s, %(clock)s, %(code)s, 1, %(at)s, %(at)s + %(first)s)
ON CONFLICT {arbiter} DO UPDATE SET
    error_code = EXCLUDED.error_code,
    attempts = complaints_sweepfailure.attempts + 1,
    retry_at = %(at)s + least(%(first)s * power(2, least(complaints_sweepfailure.attempts, 10)),
                              %(longest)s)
"""


def record(ticket_id: int, clock_id: int | None, error: Exception, *, at: datetime) -> None:
    """Note the failure and when to try again: after a minute, doubling to a quarter of an hour."""
    code = error_code(error)
    arbiter = "(ticket_id) WHERE clock_id IS NULL" if clock_id is None else "(clock_id)"
    values: dict[str, Any] = {
        "ticket": ticket_id,
        "clock": clock_id,
        "code": code,
        "at": at,
        "first": FIRST_WAIT,
        "longest": LONGEST_WAIT,
    }
    with connection.cursor() as cursor:
        cursor.execute(_RECORD.format(arbiter=arbiter), values)
    logger.error("sweep of ticket %s failed: %s", ticket_id, code)


def forget(ticket_ids: Sequence[int]) -> None:
    if ticket_ids:
        SweepFailure.objects.filter(ticket_id__in=ticket_ids).delete()


def forget_ended() -> int:
    """Failures of tickets that a person has ended meanwhile."""
    return SweepFailure.objects.filter(ticket__next_step_at__isnull=True).delete()[0]


def outstanding() -> QuerySet[SweepFailure]:
    return SweepFailure.objects.select_related("ticket", "clock").order_by("first_at")


def error_code(error: Exception) -> str:
    """Type and SQLSTATE. Never the text: the database quotes values in it."""
    cause: Any = error.__cause__ if error.__cause__ is not None else error
    state = getattr(cause, "sqlstate", None)
    own = getattr(error, "code", None)
    return ":".join(filter(None, [type(error).__name__, state or own]))[:60]
