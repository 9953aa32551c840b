"""Ends what is kept about staff for a time only: sessions, traces, names of those who left."""

from __future__ import annotations

from datetime import datetime, timedelta

from axes.models import AccessAttempt, AccessFailureLog
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session

from organisation.services import staff
from organisation.services.posts import local_date
from privacy.vault.terms import TRACES

DEPARTED_KEPT = timedelta(days=2 * 365)


def delete_expired(at: datetime) -> int:
    """Returns how many rows went or were overwritten."""
    traces = at - timedelta(days=TRACES.days or 0)
    expired = (
        Session.objects.filter(expire_date__lt=at),
        AccessAttempt.objects.filter(attempt_time__lt=traces),
        AccessFailureLog.objects.filter(attempt_time__lt=traces),
        LogEntry.objects.filter(action_time__lt=traces),
    )
    gone = sum(rows.delete()[0] for rows in expired)
    return gone + staff.overwrite_departed(before=local_date(at - DEPARTED_KEPT))
