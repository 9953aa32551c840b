"""A quarter of tickets that were answered, resolved and closed, for a sampling round to find."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
from django.db import connection

#: tickets a statement, so that no queue of foreign keys to be looked up grows without bound
BATCH = 50_000

_TICKETS = """
WITH place AS (
    SELECT id, row_number() OVER (ORDER BY id) - 1 AS place, count(*) OVER () AS places
    FROM organisation_unit WHERE level = 'community'
),
fresh AS (
    SELECT nextval(pg_get_serial_sequence('complaints_ticket', 'id')) AS id, n,
           %(starts_at)s::timestamptz + n * interval '80 days' / %(count)s AS received_at
    FROM generate_series(%(first)s, %(last)s - 1) AS n
)
INSERT INTO complaints_ticket (
    id, public_id, reference, version, kind, category_id, severity, channel, state, unit_id,
    policy_id, cycle, received_at, recorded_at, resolved_at, ended_at, source, source_key)
SELECT fresh.id, gen_random_uuid(), 'round' || fresh.id, 1,
       (ARRAY['complaint', 'complaint', 'inquiry', 'suggestion', 'praise'])[1 + n %% 5],
       (SELECT id FROM complaints_category WHERE code = 'noise'),
       (ARRAY['ordinary', 'serious', 'ordinary'])[1 + n %% 3],
       'hotline', 'closed', place.id,
       (SELECT id FROM complaints_policy WHERE code = 'complaint_ordinary'
        ORDER BY version DESC LIMIT 1),
       1, received_at, received_at, received_at + interval '2 days',
       received_at + interval '3 days', '', ''
FROM fresh JOIN place ON place.place = fresh.n %% place.places
RETURNING id
"""
_EVENTS = """
INSERT INTO complaints_ticketevent (
    ticket_id, kind, visibility, actor_kind, occurred_at, recorded_at, cycle, action, from_state,
    to_state, effect, reason_code)
SELECT ticket.id, step.kind, 'public', step.actor, ticket.received_at + step.after,
       ticket.received_at + step.after, 1, '', '', '', '', ''
FROM complaints_ticket ticket
CROSS JOIN (VALUES
    ('received', 'reporter', interval '0'),
    ('replied', 'system', interval '1 hour'),
    ('resolved', 'system', interval '2 days'),
    ('closed', 'system', interval '3 days')
) AS step (kind, actor, after)
WHERE ticket.id = ANY(%(tickets)s)
UNION ALL
SELECT ticket.id, 'reopened', 'public', 'reporter', ticket.received_at + interval '60 hours',
       ticket.received_at + interval '60 hours', 1, '', '', '', '', ''
FROM complaints_ticket ticket
WHERE ticket.id = ANY(%(tickets)s) AND ticket.id %% 50 = 0
"""
_CLOCKS = """
INSERT INTO complaints_ticketclock (
    ticket_id, kind, cycle, policy_id, state, started_at, due_at, stopped_at, provisional)
SELECT ticket.id, clock.kind, 1, ticket.policy_id,
       CASE WHEN late THEN 'broken' ELSE 'kept' END, ticket.received_at,
       ticket.received_at + clock.stopped + CASE WHEN late THEN interval '-1 minute'
                                                 ELSE interval '1 hour' END,
       ticket.received_at + clock.stopped, false
FROM complaints_ticket ticket
CROSS JOIN (VALUES
    ('first_response', interval '1 hour'), ('resolve', interval '2 days')
) AS clock (kind, stopped)
CROSS JOIN LATERAL (SELECT ticket.id %% 20 = 0 AS late) AS kept
WHERE ticket.id = ANY(%(tickets)s)
"""


@dataclass(frozen=True, slots=True)
class Quarter:
    """`count` tickets, all answered in it."""

    count: int
    starts_at: datetime

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(days=90)

    @property
    def cut_off_at(self) -> datetime:
        return self.ends_at + timedelta(days=5)


def quarter(count: int, number: int) -> Quarter:
    """Long before everything that is seeded, each after the one before."""
    return Quarter(count, datetime(2012, 1, 1, tzinfo=UTC) + timedelta(days=100 * number))


def seed(wanted: Quarter, owner_url: str) -> None:
    """Write the tickets and have their tables vacuumed, so that no plan is a guess."""
    for first in range(0, wanted.count, BATCH):
        values: dict[str, Any] = {
            "count": wanted.count,
            "starts_at": wanted.starts_at,
            "first": first,
            "last": min(first + BATCH, wanted.count),
        }
        with connection.cursor() as cursor:
            cursor.execute(_TICKETS, values)
            tickets = {"tickets": [row[0] for row in cursor.fetchall()]}
            cursor.execute(_EVENTS, tickets)
            cursor.execute(_CLOCKS, tickets)
    with psycopg.connect(owner_url, autocommit=True) as owner:
        owner.execute(
            "VACUUM (ANALYZE) complaints_ticket, complaints_ticketevent, complaints_ticketclock"
        )
