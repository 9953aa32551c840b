"""What of a ladder has fallen due, and what comes next. Pure.

A running clock stores the moment of its next level only. After an outage several levels may be due
at once; all that are due follow here, in order, each with the moment at which it was due.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from core.business_time import Basis, Calendar, add, subtract

MINUTE = timedelta(minutes=1)


class Rung(NamedTuple):
    """One level of a ladder: a warning when `percent` has passed, or `after_minutes` after due.

    `roles` are the role to be told and those of the rungs above, which stand in for a vacant one;
    None is the ticket's own post.
    """

    level: int
    percent: int | None
    after_minutes: int | None
    effect: str
    roles: tuple[int | None, ...]


class Fallen(NamedTuple):
    """A level that is due, and since when."""

    rung: Rung
    at: datetime


class Climb(NamedTuple):
    """Levels to write, then the next one and its moment; both None after the last."""

    fallen: list[Fallen]
    next_level: int | None
    next_at: datetime | None


Warning_ = Callable[[Rung], datetime]
"""The moment of a warning, which depends on the calendar."""


def climb(
    rungs: Sequence[Rung],
    *,
    next_level: int,
    next_at: datetime,
    due_at: datetime,
    at: datetime,
    warning_at: Warning_,
) -> Climb:
    """Levels from `next_level` on that are due by `at`. None is due before the one below it.

    `rungs` are ordered by level. A level that the ladder no longer has is passed over: policies
    never change under a clock, but rows can be repaired by hand.
    """
    fallen: list[Fallen] = []
    before = next_at
    for rung in rungs:
        if rung.level < next_level:
            continue
        moment = max(_moment(rung, next_level, next_at, due_at, warning_at), before)
        if moment > at:
            return Climb(fallen, rung.level, moment)
        fallen.append(Fallen(rung, moment))
        before = moment
    return Climb(fallen, None, None)


def _moment(
    rung: Rung, next_level: int, next_at: datetime, due_at: datetime, warning_at: Warning_
) -> datetime:
    if rung.level == next_level:
        return next_at
    if rung.after_minutes is not None:
        return due_at + rung.after_minutes * MINUTE
    return warning_at(rung)


def warning_before(
    due_at: datetime, *, percent: int, minutes: int, basis: Basis, calendar: Calendar
) -> datetime:
    """The earliest moment from which (100 - percent) % of a duration leads to `due_at`.

    Counted back from the end, so that pauses, which moved the end, need not be known. One minute
    further back and forward again finds the earliest of the moments that a closed office makes
    equal.
    """
    tail = minutes * MINUTE * (100 - percent) / 100
    if basis is Basis.WALL:
        return due_at - tail
    return add(calendar, subtract(calendar, due_at, tail + MINUTE).at, MINUTE).at
