"""What the sweep reads and writes, a batch of tickets at a time. Every statement here is one for
the whole batch; none saves a single row.

Filter and lock are one statement: a ticket that somebody is working on is skipped and comes with
the next sweep, and one that was resolved a moment ago is not due any more when it is locked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from complaints.enums import ClockState, EventKind
from complaints.models import Ticket, TicketClock, TicketEvent, TicketParty
from complaints.workflow import WAITING
from core.arrays import literals
from organisation.services.posts import local_date

Place = tuple[datetime, int]
"""(next_step_at, id): how far a sweep has come."""

_CLAIM = """
SELECT unit.path,
       EXISTS (SELECT FROM complaints_sweepfailure failure
               WHERE failure.ticket_id = ticket.id),
       (SELECT stamp FROM complaints_cataloguestamp),
       ARRAY(SELECT watched.post_id FROM complaints_supervision watched
             JOIN organisation_post post ON post.id = watched.post_id
             WHERE watched.ticket_id = ticket.id AND watched.ended_at IS NULL
               AND (post.valid_until IS NULL OR post.valid_until > %(day)s)
               AND NOT EXISTS (SELECT FROM complaints_ticketparty named
                               WHERE named.ticket_id = ticket.id
                                 AND named.staff_id IN (post.holder_id, post.stand_in_id))),
       ticket.id, {columns}
FROM complaints_ticket ticket
JOIN organisation_unit unit ON unit.id = ticket.unit_id
WHERE ticket.next_step_at <= %(at)s
  AND {where}
  AND NOT EXISTS (SELECT FROM complaints_sweepfailure failure
                  WHERE failure.ticket_id = ticket.id AND failure.retry_at > %(at)s)
ORDER BY ticket.next_step_at, ticket.id
LIMIT %(limit)s
FOR UPDATE OF ticket SKIP LOCKED
"""

# A rung that co-owns makes its post answerable in the same statement: an event that is there
# already makes nobody so a second time. Who gave it back and is called again is called.
_INSERT_EVENTS = """
WITH written AS (
    INSERT INTO complaints_ticketevent (
        ticket_id, kind, visibility, actor_kind, occurred_at, recorded_at, cycle, action,
        from_state, to_state, post_id, clock_id, level, effect, reason_code)
    SELECT ticket_id, kind, visibility, 'system', occurred_at, clock_timestamp(), cycle, action,
           from_state, to_state, post_id, clock_id, level, effect, ''
    FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::timestamptz[], %s::smallint[],
                %s::text[], %s::text[], %s::text[], %s::bigint[], %s::bigint[], %s::smallint[],
                %s::text[])
         WITH ORDINALITY AS event (ticket_id, kind, visibility, occurred_at, cycle, action,
                                   from_state, to_state, post_id, clock_id, level, effect, place)
    ORDER BY place
    ON CONFLICT DO NOTHING
    RETURNING id, ticket_id, kind, post_id, cycle, effect
), co_owning AS (
    INSERT INTO complaints_coownership (ticket_id, post_id, cycle, since_id)
    SELECT ticket_id, post_id, cycle, max(id) FROM written
    WHERE kind = 'escalated' AND effect = 'co_own' AND post_id IS NOT NULL
    GROUP BY ticket_id, post_id, cycle
    ON CONFLICT (ticket_id, cycle, post_id) DO UPDATE
    SET since_id = EXCLUDED.since_id, ended_in_id = NULL
)
SELECT id, ticket_id, kind, post_id FROM written
"""

_REPORTERS = """
WITH concerned AS (
    SELECT id AS ticket_id, id AS own_id FROM unnest(%s::bigint[]) AS closed (id)
    UNION ALL
    SELECT link.target_id, link.source_id FROM complaints_ticketlink link
    WHERE link.target_id = ANY(%s::bigint[])
      AND link.relation = 'merged_into' AND link.ended_in_id IS NULL
)
SELECT concerned.ticket_id, own_id, reporter.subject_id
FROM concerned JOIN complaints_ticketreporter reporter ON reporter.ticket_id = own_id
WHERE reporter.subject_id IS NOT NULL
ORDER BY concerned.ticket_id, own_id <> concerned.ticket_id, own_id
"""

_UPDATE_CLOCKS = """
UPDATE complaints_ticketclock clock
SET state = new.state, due_at = new.due_at, stopped_at = new.stopped_at,
    provisional = new.provisional, remaining_minutes = new.remaining_minutes,
    pause_ends_at = new.pause_ends_at, next_level = new.next_level,
    next_fire_at = new.next_fire_at
FROM unnest(%s::bigint[], %s::text[], %s::timestamptz[], %s::timestamptz[], %s::boolean[],
            %s::numeric[], %s::timestamptz[], %s::smallint[], %s::timestamptz[])
     AS new (id, state, due_at, stopped_at, provisional, remaining_minutes, pause_ends_at,
             next_level, next_fire_at)
WHERE clock.id = new.id
"""

# History is written from the row as it has become. `version` counts people's edits and stays.
_UPDATE_TICKETS = """
WITH moved AS (
    UPDATE complaints_ticket ticket
    SET state = new.state, policy_id = new.policy_id, post_id = new.post_id, level = new.level,
        ended_at = new.ended_at, next_step_at = new.next_step_at
    FROM unnest(%s::bigint[], %s::text[], %s::bigint[], %s::bigint[], %s::smallint[],
                %s::timestamptz[], %s::timestamptz[])
         AS new (id, state, policy_id, post_id, level, ended_at, next_step_at)
    WHERE ticket.id = new.id
    RETURNING ticket.*
)
INSERT INTO complaints_historicalticket (
    {columns}, history_date, history_type, history_change_reason, history_user_id)
SELECT {columns}, clock_timestamp(), '~', %s, NULL FROM moved
"""


@dataclass(slots=True)
class DueTicket:
    """What a step reads and writes of a ticket. Models would take longer than the statements."""

    pk: int
    kind: str
    category_id: int
    severity: str
    state: str
    policy_id: int | None
    post_id: int | None
    cycle: int
    level: int | None
    wait_ends_at: datetime | None
    resolved_at: datetime | None
    ended_at: datetime | None
    next_step_at: datetime | None

    @property
    def waits_until(self) -> datetime | None:
        return self.wait_ends_at if self.state in WAITING else None


@dataclass(slots=True)
class DueClock:
    """What a step reads and writes of a clock."""

    pk: int
    ticket_id: int
    kind: str
    policy_id: int
    calendar_id: int | None
    state: str
    due_at: datetime | None
    stopped_at: datetime | None
    provisional: bool
    remaining_minutes: Decimal | None
    pause_ends_at: datetime | None
    next_level: int | None
    next_fire_at: datetime | None


_READ = tuple(each.name for each in fields(DueTicket))[1:]
_READ_OF_CLOCK = tuple(each.name for each in fields(DueClock))


class Claimed(NamedTuple):
    """A locked ticket and what the claim read beside it; `due_at` is why it was claimed."""

    ticket: DueTicket
    due_at: datetime
    unit_path: str
    has_failed: bool
    catalogue_stamp: UUID | None
    #: posts that supervise the ticket, have not ended and whose people it does not name
    watchers: list[int]


class NewEvent(NamedTuple):
    """One row of the timeline, done by the system."""

    ticket_id: int
    kind: str
    visibility: str
    occurred_at: datetime
    cycle: int
    action: str = ""
    from_state: str = ""
    to_state: str = ""
    post_id: int | None = None
    clock_id: int | None = None
    level: int | None = None
    effect: str = ""


class Written(NamedTuple):
    """An event that is new: what a repeated sweep would write again is not among them."""

    event_id: int
    ticket_id: int
    kind: str
    post_id: int | None


def claim(at: datetime, *, limit: int, after: Place | None = None) -> list[Claimed]:
    """Lock up to `limit` tickets that are due by `at`, the longest due first.

    `after` is where the batch before ended: a sweep meets no ticket twice.
    """
    if after is None:
        return _claim("TRUE", {"at": at, "limit": limit})
    values = {"at": at, "limit": limit, "seen_at": after[0], "seen_id": after[1]}
    return _claim("(ticket.next_step_at, ticket.id) > (%(seen_at)s, %(seen_id)s)", values)


def claim_again(at: datetime, ticket_ids: Sequence[int]) -> list[Claimed]:
    """Lock those of a batch that raised which are still due."""
    values = {"at": at, "limit": len(ticket_ids), "ids": list(ticket_ids)}
    return _claim("ticket.id = ANY(%(ids)s)", values)


def _claim(where: str, values: dict[str, Any]) -> list[Claimed]:
    columns = ", ".join(f"ticket.{column}" for column in _READ)
    with connection.cursor() as cursor:
        values = {**values, "day": local_date(values["at"])}
        cursor.execute(_CLAIM.format(columns=columns, where=where), values)
        return [_claimed(*row) for row in cursor.fetchall()]


def _claimed(
    unit_path: str, has_failed: bool, stamp: UUID | None, watchers: list[int], *ticket: Any
) -> Claimed:
    due = DueTicket(*ticket)
    return Claimed(due, ticket[-1], unit_path, has_failed, stamp, watchers)


def live_clocks(ticket_ids: Sequence[int]) -> dict[int, list[DueClock]]:
    live = TicketClock.objects.filter(
        ticket_id__in=ticket_ids, state__in=[ClockState.RUNNING, ClockState.PAUSED]
    )
    found: dict[int, list[DueClock]] = defaultdict(list)
    for row in live.order_by("pk").values_list(*_READ_OF_CLOCK):
        clock = DueClock(*row)
        found[clock.ticket_id].append(clock)
    return found


def levels_written(clock_ids: Sequence[int]) -> set[tuple[int, int | None]]:
    """(clock, level) of what these clocks have fired; asks nothing where there are none."""
    if not clock_ids:
        return set()
    fired = TicketEvent.objects.filter(kind=EventKind.ESCALATED, clock__in=clock_ids)
    return set(fired.values_list("clock_id", "level"))


def due_clock_ids(ticket_id: int, at: datetime) -> list[int]:
    due = TicketClock.objects.filter(
        ticket_id=ticket_id, state=ClockState.RUNNING, next_fire_at__lte=at
    )
    return list(due.order_by("next_fire_at", "pk").values_list("pk", flat=True))


def named_staff(ticket_ids: Sequence[int]) -> dict[int, frozenset[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    rows = TicketParty.objects.filter(ticket_id__in=ticket_ids).values_list("ticket_id", "staff_id")
    for ticket_id, staff_id in rows:
        found[ticket_id].add(staff_id)
    return {ticket_id: frozenset(people) for ticket_id, people in found.items()}


def reporters(ticket_ids: Sequence[int]) -> list[tuple[int, int, UUID]]:
    """(ticket, own ticket, subject) of all who can be told that the ticket is closed: its own
    reporter, then those whose tickets were merged into it. Nobody sees them here."""
    with connection.cursor() as cursor:
        cursor.execute(_REPORTERS, [list(ticket_ids), list(ticket_ids)])
        return cursor.fetchall()


def insert_events(events: Sequence[NewEvent]) -> list[Written]:
    if not events:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_INSERT_EVENTS, literals(events))
        return [Written(*row) for row in cursor.fetchall()]


def update_clocks(clocks: Iterable[DueClock]) -> None:
    rows = [
        (
            clock.pk,
            clock.state,
            clock.due_at,
            clock.stopped_at,
            clock.provisional,
            clock.remaining_minutes,
            clock.pause_ends_at,
            clock.next_level,
            clock.next_fire_at,
        )
        for clock in clocks
    ]
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(_UPDATE_CLOCKS, literals(rows))


def insert_clocks(clocks: Sequence[TicketClock]) -> None:
    if clocks:
        TicketClock.objects.bulk_create(clocks)


def update_tickets(tickets: Iterable[DueTicket | Ticket], *, reason: str = "sweep") -> None:
    """Write the tickets and one history row for each. `reason` is a code, never words."""
    rows = [
        (
            ticket.pk,
            ticket.state,
            ticket.policy_id,
            ticket.post_id,
            ticket.level,
            ticket.ended_at,
            ticket.next_step_at,
        )
        for ticket in tickets
    ]
    if rows:
        statement = _UPDATE_TICKETS.format(columns=_tracked_columns())
        with connection.cursor() as cursor:
            cursor.execute(statement, [*literals(rows), reason])


@cache
def _tracked_columns() -> str:
    """The columns that history keeps of a ticket, quoted."""
    tracked = {field.attname for field in Ticket.history.model._meta.concrete_fields}
    return ", ".join(
        connection.ops.quote_name(str(field.column))
        for field in Ticket._meta.concrete_fields
        if field.attname in tracked
    )
