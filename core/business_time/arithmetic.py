"""Adding and measuring time, on the wall or in working minutes of a calendar.

The rules, each held by a property test:

- a deadline is the *earliest* moment by which the amount has been worked, so work due at 18:00 on
  Friday is due then and not on Monday at 09:00;
- `between(start, add(start, amount).at) == amount`: adding and measuring are inverse;
- both are monotone, a pause is a shift, and a holiday more never makes a deadline earlier.
"""

from __future__ import annotations

import enum
from datetime import datetime, timedelta
from typing import NamedTuple

from core.business_time.calendar import Calendar
from core.business_time.index import MICROSECOND, MINUTE, to_instant, to_moment

Amount = int | timedelta
"""An int counts minutes; a timedelta is exact to the microsecond."""


class Basis(enum.StrEnum):
    """What a duration is counted in."""

    WALL = "wall"
    WORKING = "working"


class Deadline(NamedTuple):
    """`at` is in UTC; `provisional` when it rests on a year without an announced arrangement."""

    at: datetime
    provisional: bool


def add(calendar: Calendar, start: datetime, amount: Amount) -> Deadline:
    """The earliest moment not before `start` by which `amount` of working time has passed.

    A negative amount counts back like `subtract`. Zero is `start` itself, working or not.
    """
    worked = _microseconds(amount)
    begin = _instant(start)
    if worked <= 0:
        return _before(calendar, begin, -worked)
    index = calendar.index_covering(begin, begin)
    goal = index.position(begin) + worked
    while goal > index.total:
        index = calendar.index_beyond(index)
    at = index.earliest(goal)
    return Deadline(to_moment(at), index.consults_unknown(begin, at))


def subtract(calendar: Calendar, end: datetime, amount: Amount) -> Deadline:
    """The latest moment not after `end` from which `amount` of working time leads to `end`.

    `subtract(add(start, amount))` is `start` where `start` works, else the next moment that does.
    """
    worked = _microseconds(amount)
    if worked < 0:
        return add(calendar, end, timedelta(microseconds=-worked))
    return _before(calendar, _instant(end), worked)


def between(calendar: Calendar, a: datetime, b: datetime) -> timedelta:
    """Working time from `a` to `b`, exact to the microsecond; negative when `b` is earlier."""
    first, second = _instant(a), _instant(b)
    index = calendar.index_covering(first, second)
    return timedelta(microseconds=index.position(second) - index.position(first))


def remaining(calendar: Calendar, basis: Basis, at: datetime, due: datetime) -> timedelta:
    """Time left at `at` before `due`, negative once overdue.

    Stored at a pause and given to `deadline` at its end, it shifts the deadline by the pause.
    """
    return elapsed(calendar, basis, at, due)


def deadline(calendar: Calendar, basis: Basis, start: datetime, amount: Amount) -> Deadline:
    """`add` on either basis. A deadline on the wall is never provisional."""
    if basis is Basis.WORKING:
        return add(calendar, start, amount)
    at = to_moment(_instant(start) + _microseconds(amount))
    return Deadline(at, provisional=False)


def elapsed(calendar: Calendar, basis: Basis, a: datetime, b: datetime) -> timedelta:
    """`between` on either basis."""
    if basis is Basis.WORKING:
        return between(calendar, a, b)
    return timedelta(microseconds=_instant(b) - _instant(a))


def whole_minutes(amount: timedelta) -> int:
    """Full minutes, rounded towards the past: what is left of a minute is not promised."""
    return _microseconds(amount) // MINUTE


def _before(calendar: Calendar, end: int, worked: int) -> Deadline:
    if worked == 0:
        return Deadline(to_moment(end), provisional=False)
    index = calendar.index_covering(end, end)
    while index.position(end) < worked:
        index = calendar.index_before(index)
    at = index.latest(index.position(end) - worked)
    return Deadline(to_moment(at), index.consults_unknown(at, end))


def _instant(moment: datetime) -> int:
    if moment.tzinfo is None:
        raise ValueError("business time needs an aware moment")
    return to_instant(moment)


def _microseconds(amount: Amount) -> int:
    if isinstance(amount, timedelta):
        return amount // MICROSECOND
    return amount * MINUTE
