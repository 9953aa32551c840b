"""Pages by key: forwards, backwards, and with a position that nobody was given."""

from __future__ import annotations

import base64
import datetime as dt
import json
from types import SimpleNamespace

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
        written(0, "=a text", 1),
        written(0, START.isoformat(), "=a text"),
        written(0, "=" + "x" * 256, 1),
        written(0, "=\x00", 1),
        written(0, "=\ud800", 1),
        base64.urlsafe_b64encode(b"[" * 2_000).decode(),
    ],
)
def test_a_position_of_one_s_own_making_is_refused(rows, cursor):
    with pytest.raises(paging.CursorInvalid):
        page(cursor)


def test_a_text_may_order_too():
    codes = ["2026-03-04", "a", "b", "=", "中"]
    for code in codes:
        LimitWindow.objects.create(scope=code, bucket=b"x", window_start=START)
    there = sorted(codes)
    first = page(size=2, order=("scope",))
    second = page(first.next_cursor, size=2, order=("scope",))
    last = page(second.next_cursor, size=2, order=("scope",))
    found = [row.scope for each in (first, second, last) for row in each.rows]
    assert sorted(found) == there
    assert keys(page(last.previous_cursor, size=2, order=("scope",))) == keys(second)


class TestOfRowsInMemory:
    ORDER = ("-number", "code")

    def rows(self):
        said = [(3, "a"), (2, "b"), (2, "c"), (1, "a"), (0, "x")]
        return [SimpleNamespace(number=number, code=code) for number, code in said]

    def page(self, cursor=None):
        return paging.page_of(self.rows(), order=self.ORDER, size=2, cursor=cursor)

    def test_there_and_back_again(self):
        first = self.page()
        second = self.page(first.next_cursor)
        third = self.page(second.next_cursor)
        assert [*first.rows, *second.rows, *third.rows] == self.rows()
        assert (first.previous_cursor, third.next_cursor) == (None, None)
        assert self.page(third.previous_cursor).rows == second.rows
        assert self.page(self.page(third.previous_cursor).previous_cursor).rows == first.rows

    def test_a_position_of_one_s_own_making_is_refused(self):
        for cursor in ("x", written(0, "=a", "=a"), written(0, 1, 1)):
            with pytest.raises(paging.CursorInvalid):
                self.page(cursor)
