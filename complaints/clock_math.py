"""When a clock is due and when each level of its ladder fires. Pure: no row, no clock of its own.

A clock runs in stretches: from its start with the whole duration left, and again from the end of
each pause with what was left when it began. Both are the same arithmetic, so a pause is a shift.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import NamedTuple

from core.business_time import Basis, Calendar, Deadline, deadline, remaining

MINUTE = timedelta(minutes=1)
JUST_AFTER = timedelta(microseconds=1)  # the least that the database tells apart
STORED_STEP = Decimal("0.0001")  # of a minute, as `TicketClock.remaining_minutes` keeps it
JUST_OVERDUE = -timedelta(milliseconds=6)  # the least that is stored


class Duration(NamedTuple):
    """How long a clock runs: minutes on the wall or of the calendar."""

    minutes: int
    basis: Basis

    @property
    def whole(self) -> timedelta:
        return self.minutes * MINUTE


class Step(NamedTuple):
    """One level: when `percent` of the duration has passed, or `after_minutes` (wall) after due."""

    level: int
    percent: int | None = None
    after_minutes: int | None = None


class Firing(NamedTuple):
    level: int
    at: datetime


def due(
    duration: Duration, calendar: Calendar, start: datetime, left: timedelta | None = None
) -> Deadline:
    """The moment the promise ends, for a stretch that starts at `start` with `left` to go.

    A clock that was overdue when it paused has a negative `left` and stays overdue by as much.
    """
    return deadline(calendar, duration.basis, start, duration.whole if left is None else left)


def fire_moment(
    step: Step,
    duration: Duration,
    calendar: Calendar,
    start: datetime,
    due_at: datetime,
    left: timedelta | None = None,
) -> datetime:
    """When `step` fires in a stretch from `start` that is due at `due_at`.

    A warning whose share had already passed when the stretch began fires at its beginning.
    """
    if step.percent is None:
        return due_at + (step.after_minutes or 0) * MINUTE
    tail = duration.whole * (100 - step.percent) / 100
    before = (duration.whole if left is None else left) - tail
    return deadline(calendar, duration.basis, start, max(before, timedelta())).at


def warned_up_to(percent: int, duration: Duration, calendar: Calendar, at: datetime) -> datetime:
    """The latest due moment of which the warning at `percent` has fallen by `at`: where what is
    left after the warning, counted from now, leads."""
    tail = duration.whole * (100 - percent) / 100
    return deadline(calendar, duration.basis, at, tail).at


def firings(
    steps: Iterable[Step],
    duration: Duration,
    calendar: Calendar,
    start: datetime,
    due_at: datetime,
    left: timedelta | None = None,
) -> list[Firing]:
    """Every level of the stretch in order. A level never fires before the one below it."""
    found: list[Firing] = []
    for step in sorted(steps, key=lambda step: step.level):
        at = fire_moment(step, duration, calendar, start, due_at, left)
        found.append(Firing(step.level, max(at, found[-1].at) if found else at))
    return found


def left_at(duration: Duration, calendar: Calendar, at: datetime, due_at: datetime) -> timedelta:
    """What is left at `at`, in the duration's basis; negative once working time has passed since
    due."""
    return remaining(calendar, duration.basis, at, due_at)


def kept_by_pause(
    duration: Duration, calendar: Calendar, at: datetime, due_at: datetime
) -> timedelta:
    """The same as a pause at `at` must keep it: negative once overdue, be it by a weekend in which
    nobody works. Else who paused in it would have been in time whenever the pause ended."""
    left = left_at(duration, calendar, at, due_at)
    return min(left, JUST_OVERDUE) if at > due_at else left


def lengthened(
    duration: Duration,
    calendar: Calendar,
    at: datetime,
    left: timedelta,
    more: timedelta,
    basis: Basis,
) -> timedelta:
    """What is left at `at`, once the due moment moves by so much more of a basis that need not be
    the duration's: a new version may have changed that since the time was asked for."""
    left = timedelta() if left == JUST_OVERDUE else left
    if basis is duration.basis:
        return left + more
    due_at = deadline(calendar, duration.basis, at, left).at
    return remaining(calendar, duration.basis, at, deadline(calendar, basis, due_at, more).at)


def to_minutes(left: timedelta) -> Decimal:
    """As stored. Rounds to six milliseconds, far below what anybody is promised."""
    minutes = Decimal(left // timedelta(microseconds=1)) / Decimal(60_000_000)
    return minutes.quantize(STORED_STEP, ROUND_HALF_EVEN)


def from_minutes(minutes: Decimal) -> timedelta:
    return timedelta(microseconds=int(minutes * 60_000_000))


def after_level(at: datetime, written_at: datetime) -> datetime:
    """The moment of an act at `at` on a ticket of which a level was written for `written_at`: what
    has fired has fired, so no end is before it, nor at the same microsecond."""
    return max(at, written_at + JUST_AFTER)


def kept(stopped_at: datetime, due_at: datetime) -> bool:
    """A clock stopped exactly at due is kept."""
    return stopped_at <= due_at
