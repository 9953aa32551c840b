"""A table of working time: spans of UTC microseconds and the working time before each.

Built per run of years from local intervals. Local time is cut where the zone's offset changes, so
that a day of 23 or 25 hours has exactly the working time a clock on the wall would show.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Protocol

SECOND = 1_000_000
MINUTE = 60 * SECOND
DAY = 1440 * MINUTE
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
MARGIN_YEARS = 2


class Days(Protocol):
    """What the index needs to know of a calendar."""

    @property
    def zone(self) -> tzinfo: ...

    def intervals_on(self, day: date) -> tuple[tuple[int, int], ...]: ...

    def is_known(self, year: int) -> bool: ...


@dataclass(frozen=True, slots=True)
class Index:
    """Working spans of whole local years, in microseconds since 1970 (UTC).

    Span i runs from `starts[i]` to `ends[i]`; `before[i]` is the working time from the index's
    start to `starts[i]`. `year_starts` has one entry per year and one for the end;
    `unknown_before[i]` counts the unknown years before year i.
    """

    first_year: int
    starts: list[int]
    ends: list[int]
    before: list[int]
    total: int
    year_starts: list[int]
    unknown_before: list[int]

    @property
    def start(self) -> int:
        return self.year_starts[0]

    @property
    def end(self) -> int:
        return self.year_starts[-1]

    def position(self, instant: int) -> int:
        """Working time from the index's start to `instant`."""
        at = bisect_right(self.starts, instant) - 1
        if at < 0:
            return 0
        return self.before[at] + min(instant, self.ends[at]) - self.starts[at]

    def earliest(self, position: int) -> int:
        """The first instant at which `position` (above 0, up to `total`) has been worked."""
        at = bisect_left(self.before, position) - 1
        return self.starts[at] + position - self.before[at]

    def latest(self, position: int) -> int:
        """The last instant at which no more than `position` (from 0, below `total`) is worked."""
        at = bisect_right(self.before, position) - 1
        return self.starts[at] + position - self.before[at]

    def consults_unknown(self, begin: int, end: int) -> bool:
        """Whether the time from `begin` to `end` touches a year without arrangement."""
        first = bisect_right(self.year_starts, begin) - 1
        last = bisect_left(self.year_starts, end)
        return self.unknown_before[last] > self.unknown_before[first]

    def years_covering(self, instant: int) -> tuple[int, int]:
        """First and last year of an index that holds this one and `instant`.

        At least twice as long as this one, so that growing far costs no more than reading far.
        """
        year = (EPOCH + timedelta(microseconds=instant)).year
        length = len(self.year_starts) - 1
        last_year = self.first_year + length - 1
        if instant < self.start:
            return min(year - MARGIN_YEARS, self.first_year - length), last_year
        return self.first_year, max(year + MARGIN_YEARS, last_year + length)


def to_instant(moment: datetime) -> int:
    """Microseconds since 1970 (UTC) of an aware moment."""
    since = moment - EPOCH
    return (since.days * 86_400 + since.seconds) * SECOND + since.microseconds


def to_moment(instant: int) -> datetime:
    return EPOCH + timedelta(microseconds=instant)


def build_index(days: Days, first_year: int, last_year: int) -> Index:
    """The index of the local years `first_year` to `last_year`, both included."""
    years = range(first_year, last_year + 1)
    year_starts = [_midnight(date(year, 1, 1), days.zone) for year in (*years, last_year + 1)]
    starts: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    total = 0
    for start, end in _working_spans(days, year_starts[0], year_starts[-1]):
        starts.append(start)
        ends.append(end)
        before.append(total)
        total += end - start
    unknown_before = [0]
    for year in years:
        unknown_before.append(unknown_before[-1] + (not days.is_known(year)))
    return Index(first_year, starts, ends, before, total, year_starts, unknown_before)


def _working_spans(days: Days, begin: int, end: int) -> Iterator[tuple[int, int]]:
    for piece_begin, piece_end, offset in _pieces_of_one_offset(days.zone, begin, end):
        day = (EPOCH + timedelta(microseconds=piece_begin + offset)).date()
        midnight = (day.toordinal() - EPOCH.toordinal()) * DAY - offset
        while midnight < piece_end:
            for start_minute, end_minute in days.intervals_on(day):
                start = max(midnight + start_minute * MINUTE, piece_begin)
                stop = min(midnight + end_minute * MINUTE, piece_end)
                if start < stop:
                    yield start, stop
            midnight += DAY
            day += timedelta(days=1)


def _pieces_of_one_offset(zone: tzinfo, begin: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Cut the time from `begin` to `end` where the zone changes its offset from UTC."""
    offset = _offset(zone, begin)
    piece_begin = seen = begin
    while seen < end:
        ahead = min(seen + DAY, end)
        if _offset(zone, ahead) != offset:
            change = _first_instant_with_other_offset(zone, seen, ahead)
            yield piece_begin, change, offset
            piece_begin, offset = change, _offset(zone, change)
            ahead = change
        seen = ahead
    if piece_begin < end:
        yield piece_begin, end, offset


def _first_instant_with_other_offset(zone: tzinfo, same: int, other: int) -> int:
    offset = _offset(zone, same)
    while other - same > SECOND:
        middle = same + (other - same) // (2 * SECOND) * SECOND
        if _offset(zone, middle) == offset:
            same = middle
        else:
            other = middle
    return other


def _offset(zone: tzinfo, instant: int) -> int:
    offset = to_moment(instant).astimezone(zone).utcoffset() or timedelta()
    return offset // MICROSECOND


def _midnight(day: date, zone: tzinfo) -> int:
    return to_instant(datetime(day.year, day.month, day.day, tzinfo=zone))
