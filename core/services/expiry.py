"""Deletes what has a short life, in batches so that no lock lasts."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import models

from core.models import IdempotencyKey, LimitWindow

BATCH = 5_000
LIMIT_WINDOWS_KEPT = timedelta(days=2)


def delete_expired(at: datetime) -> int:
    """Delete expired idempotency keys and old limit windows; returns how many rows went."""
    return _delete(IdempotencyKey.objects.filter(expires_at__lte=at)) + _delete(
        LimitWindow.objects.filter(window_start__lte=at - LIMIT_WINDOWS_KEPT)
    )


def _delete(
    rows: models.QuerySet[models.Model]
    | models.QuerySet[IdempotencyKey]
    | models.QuerySet[LimitWindow],
) -> int:
    gone = 0
    while batch := list(rows.values_list("pk", flat=True)[:BATCH]):
        gone += rows.model._base_manager.filter(pk__in=batch).delete()[0]
    return gone
