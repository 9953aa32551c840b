"""What the clocks owe and nobody was told: levels at and after due, and the warning before it.

Another arithmetic than the sweep's: not when the level of a clock falls, but up to which due moment
every clock of a version, kind and calendar owes it by now. So one statement asks all of them, along
the index by due time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from django.db import connection
from django.db.models import Max, Q

from complaints import clock_math, ladder
from complaints.clock_math import Duration, Step
from complaints.enums import EventKind
from complaints.models import TicketClock, TicketEvent
from complaints.reasons import COUNTED_AFRESH
from complaints.services import catalogue
from complaints.services.catalogue import Catalogue, Terms

#: how long a sweep may take to come by before it is late
GRACE: Final = timedelta(minutes=2)
#: events after which a clock begins another stretch: an earlier warning falls at its beginning.
#: One that says of which account a matter is only where the promise was counted afresh
BEGINNING: Final = (
    EventKind.RESUMED,
    EventKind.EXTENDED,
    EventKind.GRADED,
    EventKind.OF_ACCOUNT,
    EventKind.UNMERGED,
    EventKind.REOPENED,
)

# A paused or stopped clock owes nothing. Put-aside tickets are known and listed on their own. A
# stretch that has just begun may owe its levels since this minute, wherever it is counted back to.
# Where a clock was moved to a version that is younger than it, the levels below one that had fired
# fall no more.
_MISSING: Final = """
WITH due AS (
    SELECT clock.ticket_id, clock.id AS clock_id, step.level
    FROM complaints_ticketclock clock
    JOIN complaints_ladderstep step ON step.policy_id = clock.policy_id
         AND step.clock_kind = clock.kind AND step.after_minutes IS NOT NULL
    WHERE clock.state = 'running' AND clock.due_at <= %(late)s
      AND clock.due_at + step.after_minutes * interval '1 minute' <= %(late)s
      AND NOT EXISTS (SELECT FROM complaints_ticketevent begun
                      WHERE begun.ticket_id = clock.ticket_id AND begun.kind = ANY(%(beginning)s)
                        AND (begun.kind <> 'of_account' OR begun.reason_code = %(afresh)s)
                        AND begun.occurred_at > %(late)s)
), warned AS (
    SELECT clock.ticket_id, clock.id AS clock_id, owed.level
    FROM unnest(%(policies)s::bigint[], %(kinds)s::text[], %(warnings)s::smallint[],
                %(calendars)s::bigint[], %(due_by)s::timestamptz[])
         AS owed (policy_id, kind, level, calendar_id, due_by)
    JOIN complaints_ticketclock clock ON clock.policy_id = owed.policy_id
         AND clock.kind = owed.kind AND clock.due_at <= owed.due_by
         AND clock.calendar_id IS NOT DISTINCT FROM owed.calendar_id
    JOIN complaints_policy policy ON policy.id = clock.policy_id
    WHERE clock.state = 'running' AND clock.due_at <= %(latest)s AND clock.started_at <= %(late)s
      AND NOT EXISTS (SELECT FROM complaints_ticketevent begun
                      WHERE begun.ticket_id = clock.ticket_id AND begun.kind = ANY(%(beginning)s)
                        AND (begun.kind <> 'of_account' OR begun.reason_code = %(afresh)s)
                        AND begun.occurred_at > %(late)s)
      AND NOT EXISTS (SELECT FROM complaints_ticketevent event
                      WHERE event.kind = 'escalated' AND event.clock_id = clock.id
                        AND event.level > owed.level AND clock.started_at < policy.effective_from)
), owed AS (SELECT * FROM due UNION ALL SELECT * FROM warned)
SELECT owed.ticket_id, owed.clock_id, min(owed.level)
FROM owed JOIN complaints_ticket ticket ON ticket.id = owed.ticket_id
WHERE ticket.next_step_at IS NOT NULL
  AND NOT EXISTS (SELECT FROM complaints_ticketevent event
                  WHERE event.kind = 'escalated' AND event.clock_id = owed.clock_id
                    AND event.level = owed.level)
  AND NOT EXISTS (SELECT FROM complaints_sweepfailure failure
                  WHERE failure.ticket_id = owed.ticket_id)
GROUP BY owed.ticket_id, owed.clock_id
ORDER BY owed.clock_id
LIMIT %(most)s
"""

# What is next already and due is only waited for; what a sweep has written since it was found
# missing is there.
_PUT_BACK: Final = """
UPDATE complaints_ticketclock clock
SET next_level = missing.level, next_fire_at = missing.moment
FROM unnest(%(clocks)s::bigint[], %(levels)s::smallint[], %(moments)s::timestamptz[])
     AS missing (clock_id, level, moment)
WHERE clock.id = missing.clock_id AND clock.state = 'running'
  AND (clock.next_level IS NULL OR clock.next_level > missing.level
       OR (clock.next_level = missing.level AND clock.next_fire_at > %(at)s))
  AND NOT EXISTS (SELECT FROM complaints_ticketevent event
                  WHERE event.kind = 'escalated' AND event.clock_id = clock.id
                    AND event.level = missing.level)
"""


class Missing(NamedTuple):
    """A clock that owes a level since longer than the grace, and the lowest such level."""

    ticket_id: int
    clock_id: int
    level: int


class Warned(NamedTuple):
    """Clocks of this version, kind and calendar that are due by `due_by` owe this warning."""

    policy_id: int
    kind: str
    level: int
    calendar_id: int | None
    due_by: datetime


def missing(at: datetime, *, most: int) -> list[Missing]:
    """Up to so many clocks that owe a level, the oldest clock first."""
    late = at - GRACE
    owed = list(_warnings(catalogue.current(), late))
    columns: Sequence[tuple[Any, ...]] = list(zip(*owed, strict=True)) or [()] * 5
    names = ("policies", "kinds", "warnings", "calendars", "due_by")
    values: dict[str, Any] = {
        name: list(column) for name, column in zip(names, columns, strict=True)
    }
    values |= {"late": late, "most": most, "beginning": list(BEGINNING), "afresh": COUNTED_AFRESH}
    values["latest"] = max((each.due_by for each in owed), default=late)
    with connection.cursor() as cursor:
        cursor.execute(_MISSING, values)
        return [Missing(*row) for row in cursor.fetchall()]


def by_level(at: datetime, *, most: int) -> Counter[int]:
    """How many clocks owe which level, as the lowest they owe."""
    return Counter(each.level for each in missing(at, most=most))


def put_back(found: Sequence[Missing], at: datetime) -> None:
    """Let these clocks go on from the level they owe, at the moment at which it was due."""
    levels = {each.clock_id: each.level for each in found}
    moments = _moments(levels)
    values: dict[str, Any] = {
        "clocks": list(moments),
        "levels": [levels[pk] for pk in moments],
        "moments": list(moments.values()),
        "at": at,
    }
    with connection.cursor() as cursor:
        cursor.execute(_PUT_BACK, values)


def _warnings(known: Catalogue, late: datetime) -> Iterable[Warned]:
    """A warning is owed once the rest of the duration, counted from now, leads past due."""
    ends: dict[tuple[int, Duration, int], datetime] = {}
    for terms in known.terms_by_id.values():
        calendars = [None, *(row.pk for row in terms.family)]
        for kind, step, percent in _steps_before_due(terms):
            duration = terms.durations[kind]
            for calendar_id in calendars:
                key = (calendar_id or terms.policy.calendar_id, duration, percent)
                if key not in ends:
                    calendar = terms.calendar_of(calendar_id)
                    ends[key] = clock_math.warned_up_to(percent, duration, calendar, late)
                yield Warned(terms.policy.pk, kind, step.level, calendar_id, ends[key])


def _steps_before_due(terms: Terms) -> list[tuple[str, Step, int]]:
    return [
        (kind, step, step.percent)
        for kind, steps in terms.ladders.items()
        for step in steps
        if step.percent is not None and kind in terms.durations
    ]


def _moments(levels: dict[int, int]) -> dict[int, datetime]:
    """When the level was due that each of these clocks owes; in a stretch or under a version that
    began later, then."""
    known = catalogue.current()
    clocks = list(TicketClock.objects.filter(pk__in=levels, due_at__isnull=False))
    begun = _begun({clock.ticket_id for clock in clocks})
    found: dict[int, datetime] = {}
    for clock in clocks:
        if clock.due_at is None:
            continue
        terms = known.terms_by_id[clock.policy_id]
        step = next(step for step in terms.ladders[clock.kind] if step.level == levels[clock.pk])
        moment = _moment_of(step, clock, clock.due_at, terms)
        since = begun.get((clock.ticket_id, clock.cycle), clock.started_at)
        under = terms.policy.effective_from or clock.started_at
        found[clock.pk] = max(moment, clock.started_at, since, under)
    return found


def _moment_of(step: Step, clock: TicketClock, due_at: datetime, terms: Terms) -> datetime:
    if step.percent is None:
        return due_at + timedelta(minutes=step.after_minutes or 0)
    duration = terms.durations[clock.kind]
    return ladder.warning_before(
        due_at,
        percent=step.percent,
        minutes=duration.minutes,
        basis=duration.basis,
        calendar=terms.calendar_of(clock.calendar_id),
    )


def _begun(ticket_ids: Collection[int]) -> dict[tuple[int, int], datetime]:
    """By ticket and cycle, when something last made its clocks run on."""
    moved = ~Q(kind=EventKind.OF_ACCOUNT) | Q(reason_code=COUNTED_AFRESH)
    events = TicketEvent.objects.filter(moved, ticket_id__in=ticket_ids, kind__in=BEGINNING)
    rows = events.values_list("ticket_id", "cycle").annotate(last=Max("occurred_at"))
    return {(ticket_id, cycle): last for ticket_id, cycle, last in rows}
