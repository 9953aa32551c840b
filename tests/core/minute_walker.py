"""A brute-force oracle: it asks every single minute whether it works. Imports nothing of ours."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
OFFICE = [(540, 720), (810, 1080)]


def working_on(local_day, week, exceptions, known_years, fixed):
    if local_day in exceptions:
        return exceptions[local_day]
    if local_day.year not in known_years and (local_day.month, local_day.day) in fixed:
        return []
    return week.get(local_day.isoweekday(), [])


class Walk:
    """The minutes of a window of time as bytes, one per minute of UTC: 1 works, 0 does not."""

    def __init__(self, first, last, *, week, exceptions, known_years, zone, fixed):
        self.begin = datetime(first.year, first.month, first.day, tzinfo=UTC)
        end = datetime(last.year, last.month, last.day, tzinfo=UTC)
        flags = bytearray()
        moment = self.begin
        while moment < end:
            local = moment.astimezone(zone)
            minute = local.hour * 60 + local.minute
            hours = working_on(local.date(), week, exceptions, known_years, fixed)
            flags.append(any(start <= minute < stop for start, stop in hours))
            moment += MINUTE
        self.flags = bytes(flags)

    def moment(self, minute):
        return self.begin + minute * MINUTE

    def worked(self, first, last):
        return sum(self.flags[first:last])

    def due(self, first, amount):
        """The minute by whose beginning `amount` minutes have been worked; None past the end."""
        minute = first
        while amount:
            minute = self.flags.find(1, minute) + 1
            if minute == 0:
                return None
            amount -= 1
        return minute

    def begun(self, last, amount):
        """The latest minute from whose beginning `amount` minutes lead to `last`."""
        minute = last
        while amount:
            minute = self.flags.rfind(1, 0, minute)
            if minute == -1:
                return None
            amount -= 1
        return minute


SHANGHAI = ZoneInfo("Asia/Shanghai")
FIXED = {(1, 1), (5, 1), (10, 1), (10, 2), (10, 3)}

# typed from the announcements, not read from our data
SPRING_2020 = {date(2020, 1, day): [] for day in range(24, 32)}
SPRING_2020 |= {date(2020, 2, 1): [], date(2020, 2, 2): [], date(2020, 1, 19): OFFICE}
YEAR_2026 = {date(2026, 1, 1): [], date(2026, 1, 2): [], date(2026, 1, 4): OFFICE}
YEAR_2026 |= {date(2026, 2, day): [] for day in (16, 17, 18, 19, 20, 23)}
YEAR_2026 |= {date(2026, 2, 14): OFFICE, date(2026, 2, 28): OFFICE}
YEAR_2026 |= {
    date(2026, 4, 6): [],
    date(2026, 5, 1): [],
    date(2026, 5, 4): [],
    date(2026, 5, 5): [],
}
YEAR_2026 |= {date(2026, 5, 9): OFFICE, date(2026, 6, 19): [], date(2026, 9, 20): OFFICE}
YEAR_2026 |= {date(2026, 9, 25): [], date(2026, 10, 10): OFFICE}
YEAR_2026 |= {date(2026, 10, day): [] for day in (1, 2, 5, 6, 7)}
