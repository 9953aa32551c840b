"""A year at a glance: twelve months of weeks, each day with what it is and why."""

from __future__ import annotations

import calendar as months
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.utils import formats
from django.utils.translation import gettext as _

from core.business_time import Calendar
from organisation.enums import DayKind
from organisation.models import CalendarDay, WorkCalendar
from organisation.services.calendars import calendar_for

MONDAY_FIRST: Final = months.Calendar()


@dataclass(frozen=True, slots=True)
class Day:
    """`mark` is the one character beside the number, `said` the same in words; `own` is a day that
    only the region has."""

    number: int
    look: str
    mark: str = ""
    said: str = ""
    own: bool = False


def months_of(year: int, row: WorkCalendar) -> list[dict[str, Any]]:
    counted = calendar_for(row)
    named = _named(row, year)
    return [
        {
            "name": formats.date_format(date(year, month, 1), "F"),
            "weeks": [
                [_day(day, month, counted, named) for day in week]
                for week in MONDAY_FIRST.monthdatescalendar(year, month)
            ],
        }
        for month in range(1, 13)
    ]


def _named(row: WorkCalendar, year: int) -> dict[date, tuple[CalendarDay, bool]]:
    """Days with a name; the region's own over the base's."""
    layers = [(row.base, False), (row, row.base_id is not None)]
    return {
        day.day_on: (day, own)
        for layer, own in layers
        if layer is not None
        for day in layer.days.filter(day_on__year=year)
    }


def _day(
    day: date, month: int, counted: Calendar, named: dict[date, tuple[CalendarDay, bool]]
) -> Day | None:
    """None for the days of the neighbouring months that fill a week."""
    if day.month != month:
        return None
    works = bool(counted.intervals_on(day))
    if day in named:
        row, own = named[day]
        make_up = row.kind == DayKind.MAKE_UP
        said = f"{row.name} · {_('调休上班') if make_up else _('放假')}"
        return Day(
            day.day, "make-up" if make_up else "holiday", _("班") if make_up else _("休"), said, own
        )
    return Day(day.day, "work" if works else "rest")
