"""Months and quarters: arithmetic against the calendar."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complaints.periods import Period

ZONE = ZoneInfo("Asia/Shanghai")
DAYS = st.dates(min_value=dt.date(1950, 1, 1), max_value=dt.date(2200, 1, 1))
MAKERS = st.sampled_from([Period.month_of, Period.quarter_of])


@given(DAYS, MAKERS)
def test_a_day_lies_in_its_period_alone(day, maker):
    period = maker(day)
    noon = dt.datetime.combine(day, dt.time(12), ZONE)
    assert period.starts_at(ZONE) <= noon < period.ends_at(ZONE)
    assert period.ends_at(ZONE) == period.shifted(1).starts_at(ZONE)


@given(DAYS, MAKERS, st.integers(-200, 200))
def test_shifting_and_writing_come_back(day, maker, by):
    period = maker(day)
    assert period.shifted(by).shifted(-by) == period
    assert Period.parse(period.code) == period


@pytest.mark.parametrize(
    ("code", "first", "last"),
    [
        ("2026-02", dt.date(2026, 2, 1), dt.date(2026, 3, 1)),
        ("2026-12", dt.date(2026, 12, 1), dt.date(2027, 1, 1)),
        ("2026-4q", dt.date(2026, 10, 1), dt.date(2027, 1, 1)),
    ],
)
def test_known_ones(code, first, last):
    period = Period.parse(code)
    assert (period.starts_at(ZONE).date(), period.ends_at(ZONE).date()) == (first, last)


@pytest.mark.parametrize(
    "code",
    [
        "",
        "2026",
        "2026-13",
        "2026-5q",
        "2026-00",
        "0000-01",
        "2026-1",
        "0001-01",
        "9999-12",
        "9999-4q",
    ],
)
def test_what_is_none(code):
    with pytest.raises(ValueError, match=code or "$"):
        Period.parse(code)
