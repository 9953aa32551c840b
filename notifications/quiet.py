"""Quiet hours: when messages wait. Clocks and safety never do. Pure."""

from __future__ import annotations

from datetime import datetime, time, timedelta, tzinfo
from typing import NamedTuple


class QuietHours(NamedTuple):
    """From `start` until `end` on the wall; across midnight when `end` is the earlier."""

    start: time
    end: time


def held_until(at: datetime, hours: QuietHours | None, zone: tzinfo) -> datetime | None:
    """The end of the quiet hours that `at` lies in, or None when messages may go."""
    if hours is None:
        return None
    local = at.astimezone(zone)
    for evening in (local.date() - timedelta(days=1), local.date()):
        start = datetime.combine(evening, hours.start, zone)
        morning = evening if hours.start < hours.end else evening + timedelta(days=1)
        end = datetime.combine(morning, hours.end, zone)
        if start <= local < end:
            return end
    return None
