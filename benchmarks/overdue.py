"""Tickets whose time ran out long ago, for the sweep to find: each with one clock that was kept and
one that is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import psycopg
from django.db import connection

_TICKETS = """
WITH place AS (
    SELECT unit.id AS unit_id, min(post.id) AS post_id,
           row_number() OVER (ORDER BY unit.id) - 1 AS place, count(*) OVER () AS places
    FROM organisation_unit unit
    JOIN organisation_post post ON post.unit_id = unit.id
    JOIN organisation_role role ON role.id = post.role_id AND role.code = 'steward'
    GROUP BY unit.id
),
fresh AS (
    SELECT nextval(pg_get_serial_sequence('complaints_ticket', 'id')) AS id, n
    FROM generate_series(0, %(count)s - 1) AS n
)
INSERT INTO complaints_ticket (
    id, public_id, reference, version, kind, category_id, severity, channel, state, unit_id,
    post_id, policy_id, cycle, received_at, recorded_at, next_step_at, source, source_key)
SELECT fresh.id, gen_random_uuid(), 'bench' || fresh.id, 1, 'complaint',
       (SELECT id FROM complaints_category WHERE code = 'noise'), 'ordinary', 'hotline',
       'in_progress', place.unit_id, place.post_id,
       (SELECT id FROM complaints_policy WHERE code = 'complaint_ordinary'
        ORDER BY version DESC LIMIT 1),
       1, %(fires_at)s::timestamptz - interval '5 days', now(),
       %(fires_at)s::timestamptz + fresh.n * interval '1 ms', '', ''
FROM fresh JOIN place ON place.place = fresh.n %% place.places
"""
_CLOCKS = """
INSERT INTO complaints_ticketclock (
    ticket_id, kind, cycle, policy_id, state, started_at, due_at, stopped_at, provisional,
    next_level, next_fire_at)
SELECT ticket.id, clock.kind, 1, ticket.policy_id, clock.state, ticket.received_at,
       ticket.next_step_at + clock.due_after, clock.stopped_after + ticket.received_at, false,
       clock.level, CASE WHEN clock.level IS NOT NULL THEN ticket.next_step_at END
FROM complaints_ticket ticket
CROSS JOIN (VALUES
    ('first_response', 'kept', interval '-3 days', interval '10 minutes', NULL::smallint),
    ('resolve', 'running', %(due_after)s::interval, NULL, %(level)s::smallint)
) AS clock (kind, state, due_after, stopped_after, level)
WHERE ticket.next_step_at BETWEEN %(fires_at)s AND %(fires_at)s::timestamptz + interval '1 hour'
  AND ticket.reference LIKE 'bench%%'
"""


@dataclass(frozen=True, slots=True)
class Backlog:
    """Tickets whose next level falls at `fires_at` and the milliseconds after it."""

    count: int
    level: int
    fires_at: datetime
    due_after: timedelta
    sweep_at: datetime


def only_due(count: int, fires_at: datetime) -> Backlog:
    """Late by a moment: level 1 falls, and no other before the sweep."""
    return Backlog(count, 1, fires_at, timedelta(0), fires_at + timedelta(hours=1))


def after_outage(count: int, fires_at: datetime) -> Backlog:
    """Nobody swept for days: the warning and all four levels are late."""
    return Backlog(count, 0, fires_at, timedelta(hours=4), fires_at + timedelta(days=4))


def seed(backlog: Backlog, owner_url: str) -> None:
    """Write the tickets and have their tables analysed, so that no plan is a guess."""
    values: dict[str, Any] = {
        "count": backlog.count,
        "fires_at": backlog.fires_at,
        "due_after": backlog.due_after,
        "level": backlog.level,
    }
    with connection.cursor() as cursor:
        cursor.execute(_TICKETS, values)
        cursor.execute(_CLOCKS, values)
    with psycopg.connect(owner_url, autocommit=True) as owner:
        owner.execute("ANALYZE complaints_ticket, complaints_ticketclock")
