"""Business time: adding to a moment and measuring between two, over days and over years."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from statistics import median

from benchmarks import outcome
from benchmarks.outcome import Check, Figure, Outcome
from benchmarks.rounds import in_turn
from benchmarks.works.context import Context
from core.business_time import Calendar, add, between, subtract
from core.clock import database_now
from organisation.services.calendars import calendar_for

CALLS = 5_000
DAY_MINUTES = 450
FEW_DAYS, MANY_DAYS = 3, 1_000  # working days; the greater is four years
LOOK_BACK = timedelta(days=2_000)


def measure(context: Context) -> Outcome:
    calendar, starts = calendar_for(), _starts(database_now())
    least, *found = in_turn(
        {"floor: datetime + timedelta": lambda: _plain(starts), **_sides(calendar, starts)},
        context.size,
        unit="calls/CPU s",
        asked=1,
        clock=time.thread_time,  # nothing is waited for: others' load is not part of it
    )
    checks = [
        Check(f"{figure.side}, a call", 5, _microseconds(figure), at_least=False, unit=" µs")
        for figure in found
    ]
    few, many = found[::2], found[1::2]
    checks += [
        outcome.times_slower(f"{slow.side}, times days", slow, fast, 1.3)
        for slow, fast in zip(many, few, strict=True)
    ]
    share = median(_microseconds(least))
    return Outcome(
        "business-time arithmetic",
        (*found, least),
        tuple(checks),
        (f"Adding a timedelta alone takes {share:.2f} µs.",),
    )


def _sides(calendar: Calendar, starts: list[datetime]) -> dict[str, Callable[[], int]]:
    sides: dict[str, Callable[[], int]] = {}
    for verb in (_adding, _taking, _measuring):
        for words, days in (("days", FEW_DAYS), ("years", MANY_DAYS)):
            sides[f"ours: {verb.__name__.lstrip('_')} {words}"] = verb(calendar, starts, days)
    return sides


def _adding(calendar: Calendar, starts: list[datetime], days: int) -> Callable[[], int]:
    amount = days * DAY_MINUTES
    return lambda: len([add(calendar, start, amount) for start in starts])


def _taking(calendar: Calendar, starts: list[datetime], days: int) -> Callable[[], int]:
    amount = days * DAY_MINUTES
    return lambda: len([subtract(calendar, start, amount) for start in starts])


def _measuring(calendar: Calendar, starts: list[datetime], days: int) -> Callable[[], int]:
    pairs = [(start, add(calendar, start, days * DAY_MINUTES).at) for start in starts]
    return lambda: len([between(calendar, start, end) for start, end in pairs])


def _plain(starts: list[datetime]) -> int:
    amount = timedelta(minutes=DAY_MINUTES)
    return len([start + amount for start in starts])


def _starts(at: datetime) -> list[datetime]:
    """Any minute of the year that began two thousand days ago."""
    random = Random(1)
    return [at - LOOK_BACK + timedelta(minutes=random.randrange(365 * 1440)) for _ in range(CALLS)]


def _microseconds(figure: Figure) -> tuple[float, ...]:
    return tuple(1e6 / rate for rate in figure.rounds)
