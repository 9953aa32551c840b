"""Calendars that do not stand in the database: what an announcement or a region's own days would
make of those that do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from core.business_time import Calendar, Intervals
from organisation.calendar_reader import AnnouncedDay
from organisation.enums import DayKind
from organisation.models import CalendarDay, CalendarInterval, WorkCalendar
from organisation.services.calendars import OwnDay, built


def announced(
    before: WorkCalendar,
    days: Iterable[AnnouncedDay],
    years: Iterable[int],
    regional: WorkCalendar | None = None,
) -> Calendar:
    """The calendar with these years announced, below the days of a region where one is given."""
    anew, known = {day.on: day for day in days}, set(years)
    kept = [
        row for row in before.days.all() if row.day_on.year not in known and row.day_on not in anew
    ]
    base = [*kept, *(CalendarDay(day_on=day.on, kind=day.kind) for day in anew.values())]
    return _stacked(before, base, known, regional)


def overridden(
    base: WorkCalendar, days: Sequence[OwnDay], week: Mapping[int, Intervals]
) -> Calendar:
    """The calendar below these days and this week of a region."""
    own_days = [
        CalendarDay(day_on=day.on, kind=day.kind, minutes=list(day.minutes)) for day in days
    ]
    own_week = [
        CalendarInterval(weekday=weekday, start_minutes=start, end_minutes=end)
        for weekday, intervals in week.items()
        for start, end in intervals
    ]
    return built(
        [list(base.intervals.all()), own_week],
        [list(base.days.all()), own_days],
        [row.year for row in base.years.all()],
        base.time_zone,
    )


def _stacked(
    base: WorkCalendar, days: list[CalendarDay], years: set[int], regional: WorkCalendar | None
) -> Calendar:
    above = [regional] if regional is not None else []
    return built(
        [list(base.intervals.all()), *(list(row.intervals.all()) for row in above)],
        [days, *(list(row.days.all()) for row in above)],
        [*years, *(row.year for row in base.years.all())],
        base.time_zone,
    )


def own_days(row: WorkCalendar) -> dict[date, OwnDay]:
    """What a version says itself, without what it stands on."""
    return {
        day.day_on: OwnDay(day.day_on, DayKind(day.kind), day.name, tuple(day.minutes))
        for day in row.days.order_by("day_on")
    }


def own_week(row: WorkCalendar) -> dict[int, Intervals]:
    """The hours a version says itself; empty where it has the base's."""
    found: dict[int, list[tuple[int, int]]] = {}
    for each in row.intervals.order_by("weekday", "start_minutes"):
        found.setdefault(each.weekday, []).append((each.start_minutes, each.end_minutes))
    return {weekday: tuple(spans) for weekday, spans in found.items()}
