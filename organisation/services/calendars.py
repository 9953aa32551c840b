"""Work calendars of the database as values that count business time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from itertools import groupby
from zoneinfo import ZoneInfo

from core.business_time import HOLIDAY, Calendar, Intervals
from organisation.enums import DayKind
from organisation.models import CalendarDay, Unit, WorkCalendar

DEFAULT_CODE = "cn"
MONDAY = 1


def default_calendar() -> WorkCalendar:
    """The newest version of the calendar that holds where nothing else is said."""
    return WorkCalendar.objects.filter(code=DEFAULT_CODE).latest("version")


def calendar_for(source: WorkCalendar | Unit | None = None) -> Calendar:
    """The calendar of a row, or the one that a unit works by: today the default for every unit.

    A version is never edited, so that the value is kept by the process; a row costs no statement
    after the first time.
    """
    row = source if isinstance(source, WorkCalendar) else default_calendar()
    return _built(row.pk, row.code, row.version, row.time_zone)


def calendar_by_id(calendar_id: int) -> Calendar:
    return calendar_for(WorkCalendar.objects.get(pk=calendar_id))


def latest_known_year(row: WorkCalendar) -> int | None:
    newest = row.years.order_by("-year").first()
    return newest.year if newest else None


@lru_cache(maxsize=256)
def _built(calendar_id: int, code: str, version: int, time_zone: str) -> Calendar:
    """All four name one unchanging version; code and version are there so that an id used again
    in another database, as tests do, is not taken for it."""
    row = WorkCalendar.objects.prefetch_related("days", "years").get(pk=calendar_id)
    week = _week(
        (each.weekday, each.start_minutes, each.end_minutes) for each in row.intervals.all()
    )
    return Calendar(
        week=week,
        exceptions={day.day_on: _intervals_of(day, week) for day in row.days.all()},
        known_years=frozenset(each.year for each in row.years.all()),
        zone=ZoneInfo(time_zone),
    )


def _week(rows: Iterable[tuple[int, int, int]]) -> dict[int, Intervals]:
    by_weekday = groupby(sorted(rows), key=lambda row: row[0])
    return {
        weekday: tuple((start, end) for _, start, end in group) for weekday, group in by_weekday
    }


def _intervals_of(day: CalendarDay, week: dict[int, Intervals]) -> Intervals:
    if day.kind == DayKind.HOLIDAY:
        return HOLIDAY
    own = day.minutes
    return tuple(zip(own[::2], own[1::2], strict=True)) or week.get(MONDAY, HOLIDAY)


def is_make_up_day(calendar: Calendar, day: date) -> bool:
    """A day that works although its weekday does not."""
    return bool(calendar.exceptions.get(day)) and not calendar.week.get(day.isoweekday())
