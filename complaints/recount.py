"""What a clock that runs would say under other terms. Pure.

Counted anew from the clock's start through every wait it had, so that the answer depends on the
terms alone and not on when it is asked: doing it twice changes nothing. What somebody granted on
top of the old terms is found as the difference to what those gave, and kept. Where the new terms
count in another basis that difference says nothing: each extension is granted again as it was, so
many minutes of its own basis after due, and back under the old basis it is what it had been.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from complaints import clock_math
from complaints.clock_math import Duration, Firing, Step
from core.business_time import Calendar, elapsed

#: stored remainders are rounded: a part of this was never granted by anybody
NOTICED: Final = timedelta(seconds=1)

Wait = tuple[datetime, datetime]


class Counting(NamedTuple):
    """How a clock is counted: its duration, the calendar, the levels of its ladder."""

    duration: Duration
    calendar: Calendar
    steps: Sequence[Step] = ()


class Stretch(NamedTuple):
    """From `begin` the clock runs without another wait, with `left` to go, in its basis."""

    begin: datetime
    left: timedelta


class Standing(NamedTuple):
    """What is stored of a clock: due while it runs, what is left while it waits."""

    started_at: datetime
    due_at: datetime | None
    left: timedelta | None


class Recounted(NamedTuple):
    """What is to be stored instead. `firings` are the levels that have not fired yet, in order."""

    due_at: datetime | None
    left: timedelta | None
    provisional: bool
    firings: list[Firing]
    next_level: int | None


def stretch(
    counting: Counting,
    started_at: datetime,
    waits: Iterable[Wait],
    granted: timedelta = timedelta(),
) -> Stretch:
    """Where the clock stands after these waits, in the order in which they were, with what was
    granted on top."""
    (duration, calendar, _), begin = counting, started_at
    left = duration.whole + granted
    for halted_at, resumed_at in waits:
        if resumed_at > begin:
            due_at = clock_math.due(duration, calendar, begin, left).at
            left = clock_math.kept_by_pause(duration, calendar, max(halted_at, begin), due_at)
            begin = resumed_at
    return Stretch(begin, left)


def recount(
    clock: Standing,
    *,
    old: Counting,
    new: Counting,
    waits: Sequence[Wait],
    fired: int | None,
    extensions: Iterable[Duration] = (),
) -> Recounted:
    """`extensions` were granted to this clock, in their order. `waits` are over; a waiting clock
    stands at the begin of the wait that is not, given last as a wait without length. `fired` is the
    highest level that was written: it is never written again.
    """
    if new.duration.basis is old.duration.basis:
        granted = _granted(clock, old, stretch(old, clock.started_at, waits))
        stands = stretch(new, clock.started_at, waits, granted)
    else:
        begin, left = stretch(new, clock.started_at, waits)
        stands = Stretch(begin, _extended(new, begin, left, extensions))
    return _recounted(clock, new, stands, fired)


def count(clock: Standing, *, new: Counting, waits: Sequence[Wait], fired: int | None) -> Recounted:
    """By these terms alone: what was granted on top of other ones is not kept."""
    return _recounted(clock, new, stretch(new, clock.started_at, waits), fired)


def _recounted(clock: Standing, new: Counting, by: Stretch, fired: int | None) -> Recounted:
    begin, left = by
    steps = [step for step in new.steps if fired is None or step.level > fired]
    if clock.left is not None:
        first = min((step.level for step in steps), default=None)
        return Recounted(None, left, False, [], first)
    promised = clock_math.due(new.duration, new.calendar, begin, left)
    firings = clock_math.firings(steps, new.duration, new.calendar, begin, promised.at, left)
    first = firings[0].level if firings else None
    return Recounted(promised.at, None, promised.provisional, firings, first)


def _extended(
    counting: Counting, begin: datetime, left: timedelta, extensions: Iterable[Duration]
) -> timedelta:
    duration, calendar, _ = counting
    extended = due_at = clock_math.due(duration, calendar, begin, left).at
    for more in extensions:
        extended = clock_math.due(more, calendar, extended).at
    if extended == due_at:
        return left
    return clock_math.left_at(duration, calendar, begin, extended)


def _granted(clock: Standing, old: Counting, by_terms: Stretch) -> timedelta:
    duration, calendar, _ = old
    if clock.left is not None:
        more = clock.left - by_terms.left
    else:
        promised = clock_math.due(duration, calendar, by_terms.begin, by_terms.left).at
        if promised == clock.due_at:
            return timedelta()
        more = elapsed(calendar, duration.basis, promised, clock.due_at or promised)
    return round(more / NOTICED) * NOTICED
