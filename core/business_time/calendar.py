"""Which minutes of which days work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo

from core.business_time.index import Index, build_index

Interval = tuple[int, int]
"""Half-open: from the first minute of the local day to just before the second, 0 to 1440."""

Intervals = tuple[Interval, ...]

HOLIDAY: Intervals = ()
OFFICE_HOURS: Intervals = ((9 * 60, 12 * 60), (13 * 60 + 30, 18 * 60))
"""450 minutes a day."""

WEEK: Mapping[int, Intervals] = dict.fromkeys(range(1, 6), OFFICE_HOURS)
"""ISO weekdays, 1 Monday to 7 Sunday; a weekday left out does not work."""

FIXED_HOLIDAYS = frozenset({(1, 1), (5, 1), (10, 1), (10, 2), (10, 3)})
"""(month, day) of the holidays that law fixes on the solar calendar."""

DAY_MINUTES = 1440
FIRST_YEAR, LAST_YEAR = 1902, 2199


class CalendarInvalid(ValueError):
    """The given intervals or years cannot make a calendar."""


@dataclass(frozen=True, eq=False)
class Calendar:
    """A work calendar as a value. Its index of working time grows as years are asked for.

    `exceptions` maps a date to the intervals it works instead of its weekday's: HOLIDAY for none,
    any other for a make-up day. A year outside `known_years` has no announced arrangement: there,
    dates without an exception follow the week, the fixed holidays are off, and every deadline that
    consults such a year is provisional. Holidays not yet announced count as working time, so a
    provisional deadline is the earlier one. What this cannot foresee is a weekend day that will be
    made to work: deadlines are to be computed again when the year is announced.
    """

    week: Mapping[int, Intervals] = field(default_factory=lambda: WEEK)
    exceptions: Mapping[date, Intervals] = field(default_factory=dict)
    known_years: frozenset[int] = frozenset()
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Asia/Shanghai"))
    fixed_holidays: frozenset[tuple[int, int]] = FIXED_HOLIDAYS
    _index: Index = field(init=False, repr=False)

    def __post_init__(self) -> None:
        for weekday, intervals in self.week.items():
            _check_weekday(weekday)
            _check_intervals(intervals, f"weekday {weekday}")
        for day, intervals in self.exceptions.items():
            _check_intervals(intervals, day.isoformat())
        if not any(self.week.values()):
            raise CalendarInvalid("no weekday works, so no deadline would ever come")
        object.__setattr__(self, "week", dict(self.week))
        object.__setattr__(self, "exceptions", dict(self.exceptions))
        years = self.known_years or {2020}
        object.__setattr__(self, "_index", build_index(self, min(years), max(years)))

    def intervals_on(self, day: date) -> Intervals:
        """The intervals of local time in which `day` works."""
        announced = self.exceptions.get(day)
        if announced is not None:
            return announced
        if day.year not in self.known_years and (day.month, day.day) in self.fixed_holidays:
            return HOLIDAY
        return self.week.get(day.isoweekday(), HOLIDAY)

    def is_known(self, year: int) -> bool:
        return year in self.known_years

    def index_covering(self, first: int, last: int) -> Index:
        """The index of working time, grown to hold both instants (microseconds since 1970, UTC)."""
        index = self._index
        if not index.start <= first < index.end:
            index = self._grow(index, first)
        if not index.start <= last < index.end:
            index = self._grow(index, last)
        return index

    def index_beyond(self, index: Index) -> Index:
        """The index with at least one year more at its end."""
        return self._grow(index, index.end)

    def index_before(self, index: Index) -> Index:
        """The index with at least one year more at its beginning."""
        return self._grow(index, index.start - 1)

    def _grow(self, index: Index, instant: int) -> Index:
        first, last = index.years_covering(instant)
        grown = build_index(self, max(first, FIRST_YEAR), min(last, LAST_YEAR))
        if not grown.start <= instant < grown.end:
            raise OverflowError(f"business time is counted from {FIRST_YEAR} to {LAST_YEAR}")
        # threads that grow at the same time each keep a whole index; the last one stays
        object.__setattr__(self, "_index", grown)
        return grown


def _check_weekday(weekday: int) -> None:
    if not 1 <= weekday <= 7:
        raise CalendarInvalid(f"{weekday} is no ISO weekday")


def _check_intervals(intervals: Intervals, where: str) -> None:
    previous_end = 0
    for start, end in intervals:
        if not previous_end <= start < end <= DAY_MINUTES:
            raise CalendarInvalid(f"{where}: intervals must be sorted, apart and within the day")
        previous_end = end
