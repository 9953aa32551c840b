"""When a digest goes. Pure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Final

from notifications.enums import Pace

#: longer than any row of holidays
FURTHEST_DAYS: Final = 40


def next_digest(
    at: datetime, pace: Pace, *, when: time, zone: tzinfo, works: Callable[[date], bool]
) -> datetime:
    """The first moment after `at`: `when` on a working day, or on the first one of a week."""
    today = at.astimezone(zone).date()
    for ahead in range(FURTHEST_DAYS):
        day = today + timedelta(days=ahead)
        moment = datetime.combine(day, when, zone)
        if moment > at and works(day) and (pace is Pace.DAILY or _begins_week(day, works)):
            return moment
    # no calendar rests for so long: better some moment than none
    return datetime.combine(today + timedelta(days=FURTHEST_DAYS), when, zone)


def _begins_week(day: date, works: Callable[[date], bool]) -> bool:
    monday = day - timedelta(days=day.weekday())
    return not any(works(monday + timedelta(days=each)) for each in range(day.weekday()))
