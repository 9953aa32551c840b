"""Tries are counted in PostgreSQL and are not uncounted by a rollback."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.cache import cache
from django.db import transaction

from core.errors import LimitReached
from core.models import LimitWindow
from core.services import limits

AT = dt.datetime(2026, 3, 4, 2, 10, tzinfo=dt.UTC)


def _hit(at=AT, bucket="+8613800000000"):
    limits.hit("codes", bucket, at=at, window_minutes=60, most=3)


@pytest.mark.django_db
def test_the_fourth_try_in_a_window_is_refused_and_told_when():
    for _ in range(3):
        _hit()
    cache.clear()
    with pytest.raises(LimitReached) as refused:
        _hit()
    assert refused.value.extra["retry_at"] == dt.datetime(2026, 3, 4, 3, 0, tzinfo=dt.UTC)


@pytest.mark.django_db
def test_the_next_window_is_open_again():
    for _ in range(3):
        _hit()
    _hit(at=AT + dt.timedelta(hours=1))


@pytest.mark.django_db
def test_buckets_are_counted_apart_and_name_nobody():
    for _ in range(3):
        _hit()
    _hit(bucket="+8613900000000")
    assert all(b"138" not in bytes(row.bucket) for row in LimitWindow.objects.all())


@pytest.mark.django_db(transaction=True)
def test_a_try_cannot_be_counted_inside_a_transaction_that_may_roll_back():
    with pytest.raises(RuntimeError), transaction.atomic():
        _hit()
