"""Pages by key: forwards, backwards, and with a position that nobody was given."""

from __future__ import annotations

import base64
import datetime as dt
import json

import pytest

from core import paging
from core.models import LimitWindow

pytestmark = pytest.mark.django_db

START = dt.datetime(2026, 3, 4, 2, tzinfo=dt.UTC)
ORDER = ("-window_start", "-id")


@pytest.fixture
def rows():
    """Seven, of which some share a moment; newest first."""
    made = [
        LimitWindow.objects.create(
            scope="x", bucket=bytes([n]), window_start=START + dt.timedelta(hours=n // 2)
        )
        for n in range(7)
    ]
    return [row.pk for row in reversed(made)]


def page(cursor=None, size=3, order=ORDER):
    return paging.page(LimitWindow.objects.all(), order=order, size=size, cursor=cursor)


def keys(found):
    return [row.pk for row in found.rows]


def written(*values):
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def test_there_and_back_again(rows):
    first = page()
    second = page(first.next_cursor)
    third = page(second.next_cursor)
    assert [keys(each) for each in (first, second, third)] == [rows[:3], rows[3:6], rows[6:]]
    assert (first.previous_cursor, third.next_cursor) == (None, None)
    back = page(third.previous_cursor)
    assert keys(back) == rows[3:6]
    assert keys(page(back.previous_cursor)) == rows[:3]
    assert keys(page(back.next_cursor)) == rows[6:]


def test_columns_in_different_directions_go_there_and_back_too(rows):
    order = ("window_start", "-id")
    first = page(order=order)
    second = page(first.next_cursor, order=order)
    third = page(second.next_cursor, order=order)
    wanted = list(LimitWindow.objects.order_by(*order).values_list("pk", flat=True))
    assert [*keys(first), *keys(second), *keys(third)] == wanted
    assert keys(page(second.previous_cursor, order=order)) == keys(first)


def test_what_arrives_meanwhile_shifts_nothing(rows):
    first = page()
    LimitWindow.objects.create(scope="x", bucket=b"new", window_start=START + dt.timedelta(days=1))
    assert keys(page(first.next_cursor)) == rows[3:6]


def test_a_page_is_never_larger_than_the_most(rows, monkeypatch):
    monkeypatch.setattr(paging, "MOST", 2)
    assert len(page(size=1_000).rows) == 2
    assert len(page(size=-1).rows) == 1


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "ä",
        written(),
        written(0, 1),
        written(2, START.isoformat(), 1),
        written(0, 5, 1),  # a number for a moment
        written(0, START.isoformat(), START.isoformat()),
        written(0, "2026-03-04T02:00:00", 1),  # of no zone
        written(0, START.isoformat(), True),
        written(0, START.isoformat(), 2**63),
        written(0, START.isoformat(), {"pk__in": []}),
        base64.urlsafe_b64encode(b"[" * 2_000).decode(),
    ],
)
def test_a_position_of_one_s_own_making_is_refused(rows, cursor):
    with pytest.raises(paging.CursorInvalid):
        page(cursor)
