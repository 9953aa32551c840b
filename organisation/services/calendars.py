"""Work calendars: versions in the database, announced year by year, as values that count time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from itertools import groupby
from typing import TypeVar
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from core.actors import Actor
from core.business_time import HOLIDAY, WEEK, Calendar, Intervals
from core.errors import InvalidInput, Text
from organisation import access
from organisation.calendar_reader import LONGEST_NAME, AnnouncedDay
from organisation.enums import DayKind
from organisation.models import CalendarDay, CalendarInterval, CalendarYear, Unit, WorkCalendar
from organisation.querysets import paths_above

DEFAULT_CODE = "cn"
MONDAY = 1
MANAGE = "organisation.manage"

Row = TypeVar("Row", CalendarInterval, CalendarDay, CalendarYear)


def default_calendar() -> WorkCalendar:
    """The newest version of the calendar that holds where nothing else is said."""
    return WorkCalendar.objects.filter(code=DEFAULT_CODE).latest("version")


def calendar_for(source: WorkCalendar | Unit | None = None) -> Calendar:
    """The calendar of a row, or the one that a unit works by: the newest of the smallest region
    that has one on the default calendar, else the default itself.

    A version is never edited, so that the value is kept by the process; a row costs no statement
    after the first time.
    """
    row = source if isinstance(source, WorkCalendar) else row_of(source)
    return _built(row.pk, row.code, row.version, row.time_zone)


def row_of(unit: Unit | None) -> WorkCalendar:
    """The version that holds there now."""
    default = default_calendar()
    if unit is None:
        return default
    regional = default.regional_versions.filter(unit__path__in=paths_above(unit.path))
    return regional.order_by("-unit__path", "-version").first() or default


def whole_years(days: Iterable[AnnouncedDay]) -> list[int]:
    """The years that these days announce: a notice always names New Year's Day. A notice may also
    name single days of the year before, which it does not announce."""
    return sorted({day.on.year for day in days if (day.on.month, day.on.day) == (1, 1)})


def known_years(code: str = DEFAULT_CODE) -> set[int]:
    """The years whose arrangement the newest version knows; empty where there is no calendar."""
    newest = WorkCalendar.objects.filter(code=code).order_by("-version").first()
    return set(newest.years.values_list("year", flat=True)) if newest else set()


@transaction.atomic
def announce(
    code: str,
    days: Iterable[AnnouncedDay],
    *,
    sources: Mapping[int, str],
    actor: Actor,
    at: datetime,
    name: str = "",
) -> WorkCalendar:
    """A new version in which the years of `sources` are as announced, all else as before but for
    single days in `days`; the first version of a calendar has office hours.

    Regional calendars on the version before get a version on this one. Clocks keep what they were
    started with until somebody moves them, so that every deadline stays explicable.
    """
    access.require(actor, MANAGE)
    versions = WorkCalendar.objects.select_for_update(no_key=True).filter(code=code)
    before = versions.order_by("-version").first()
    after = WorkCalendar.objects.create(
        code=code,
        version=before.version + 1 if before else 1,
        name=name or (before.name if before else code),
        time_zone=before.time_zone if before else "Asia/Shanghai",
        created_at=at,
    )
    announced = {day.on: day for day in days}
    _carry_over(before, after, years=set(sources), days=set(announced))
    CalendarDay.objects.bulk_create(
        CalendarDay(calendar=after, day_on=day.on, kind=day.kind, name=day.name)
        for day in announced.values()
    )
    CalendarYear.objects.bulk_create(
        CalendarYear(calendar=after, year=year, source=source)
        for year, source in sorted(sources.items())
    )
    for regional in newest_regional(before):
        _next_regional(regional, after, at)
    return after


@dataclass(frozen=True, slots=True)
class OwnDay:
    """A day on which a region differs; a make-up day without `minutes` works Monday's hours."""

    on: date
    kind: DayKind
    name: str
    minutes: tuple[int, ...] = ()


@transaction.atomic
def override(
    unit: Unit,
    days: Sequence[OwnDay],
    *,
    week: Mapping[int, Intervals] | None = None,
    actor: Actor,
    at: datetime,
) -> WorkCalendar:
    """A new version of the unit's own calendar on the newest default: exactly these days of its
    own, and this week where one is given; without any it counts as the company again.

    Raises NotAllowed, or InvalidInput for days or intervals that cannot be.
    """
    access.require(actor, MANAGE, unit)
    check_own(days, week or {})
    base = (
        WorkCalendar.objects.select_for_update(no_key=True)
        .filter(code=DEFAULT_CODE)
        .latest("version")
    )
    last = WorkCalendar.objects.filter(unit=unit).order_by("-version").first()
    after = _regional(unit, base, (last.version if last else 0) + 1, at)
    CalendarDay.objects.bulk_create(
        CalendarDay(
            calendar=after, day_on=day.on, kind=day.kind, name=day.name, minutes=list(day.minutes)
        )
        for day in days
    )
    CalendarInterval.objects.bulk_create(_intervals(after, week or {}))
    return after


def check_own(days: Sequence[OwnDay], week: Mapping[int, Intervals]) -> None:
    found: dict[str, list[Text]] = {}
    if len({day.on for day in days}) < len(days):
        found["days"] = [_("同一天只能有一条。")]
    if not all(0 < len(day.name) <= LONGEST_NAME for day in days):
        found.setdefault("days", []).append(_("请填写名称，最多 40 个字。"))
    try:
        Calendar(
            week=week or WEEK,
            exceptions={
                day.on: tuple(zip(day.minutes[::2], day.minutes[1::2], strict=True)) for day in days
            },
        )
    except ValueError:
        found.setdefault("days", []).append(_("工作时段应按先后排列、互不重叠，且在一天之内。"))
    if found:
        raise InvalidInput(fields=found)


def newest_regional(base: WorkCalendar | None) -> list[WorkCalendar]:
    """Of each unit with a calendar of its own on this base, the version that holds."""
    if base is None:
        return []
    rows = base.regional_versions.select_related("unit").order_by("unit__path", "-version")
    return list(rows.distinct("unit__path"))


def _regional(unit: Unit, base: WorkCalendar, version: int, at: datetime) -> WorkCalendar:
    return WorkCalendar.objects.create(
        code=f"{base.code}@{unit.pk}",
        version=version,
        name=unit.name,
        time_zone=base.time_zone,
        created_at=at,
        base=base,
        unit=unit,
    )


def _next_regional(before: WorkCalendar, base: WorkCalendar, at: datetime) -> None:
    """The same days of its own on another base."""
    if before.unit is None:
        return
    after = _regional(before.unit, base, before.version + 1, at)
    CalendarInterval.objects.bulk_create(_moved(before.intervals.all(), after))
    CalendarDay.objects.bulk_create(_moved(before.days.all(), after))


def _intervals(calendar: WorkCalendar, week: Mapping[int, Intervals]) -> Iterator[CalendarInterval]:
    for weekday, intervals in week.items():
        for start, end in intervals:
            yield CalendarInterval(
                calendar=calendar, weekday=weekday, start_minutes=start, end_minutes=end
            )


def _carry_over(
    before: WorkCalendar | None, after: WorkCalendar, *, years: set[int], days: set[date]
) -> None:
    """Everything of the version before but these years and days, which are announced anew."""
    if before is None:
        CalendarInterval.objects.bulk_create(_intervals(after, WEEK))
        return
    kept_days = (
        row for row in before.days.all() if row.day_on.year not in years and row.day_on not in days
    )
    kept_years = (row for row in before.years.all() if row.year not in years)
    CalendarInterval.objects.bulk_create(_moved(before.intervals.all(), after))
    CalendarDay.objects.bulk_create(_moved(kept_days, after))
    CalendarYear.objects.bulk_create(_moved(kept_years, after))


def _moved(rows: Iterable[Row], calendar: WorkCalendar) -> Iterator[Row]:
    for row in rows:
        row.pk, row.calendar = None, calendar
        yield row


@lru_cache(maxsize=256)
def _built(calendar_id: int, code: str, version: int, time_zone: str) -> Calendar:
    """All four name one unchanging version; code and version are there so that an id used again
    in another database, as tests do, is not taken for it."""
    row = (
        WorkCalendar.objects.select_related("base")
        .prefetch_related("days", "years", "base__days", "base__years")
        .get(pk=calendar_id)
    )
    layers = [layer for layer in (row.base, row) if layer is not None]
    return built(
        [list(layer.intervals.all()) for layer in layers],
        [list(layer.days.all()) for layer in layers],
        [each.year for layer in layers for each in layer.years.all()],
        time_zone,
    )


def built(
    intervals: Sequence[Sequence[CalendarInterval]],
    days: Sequence[Iterable[CalendarDay]],
    years: Iterable[int],
    time_zone: str,
) -> Calendar:
    """A calendar of layers, the regional one above its base: a week of its own replaces the base's,
    a day of its own the base's day. Make-up days work the hours of the week that then holds."""
    own_week = next((rows for rows in reversed(intervals) if rows), ())
    week = _week((each.weekday, each.start_minutes, each.end_minutes) for each in own_week)
    return Calendar(
        week=week,
        exceptions={day.day_on: _intervals_of(day, week) for layer in days for day in layer},
        known_years=frozenset(years),
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
