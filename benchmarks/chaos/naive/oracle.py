"""The same questions of the naive build: every level of every acknowledged ticket, once."""

from __future__ import annotations

from collections.abc import Iterable

import psycopg

from benchmarks.chaos.ledger import Line
from benchmarks.chaos.naive import LEVELS
from benchmarks.chaos.oracle import Verdict

_LEVEL = """
WITH level AS (
    SELECT ticket.id AS ticket_id, ticket.key, ticket.resolved_at, plan.level,
           ticket.reported_at + plan.seconds * interval '1 second' AS moment
    FROM ticket CROSS JOIN unnest(%(levels)s::int[], %(seconds)s::int[]) AS plan (level, seconds)
    WHERE ticket.id = ANY(%(tickets)s)
),
fired AS (
    SELECT level.*, event.fired_at FROM level
    JOIN event ON event.ticket_id = level.ticket_id AND event.level = level.level
)
"""
_OWED = "SELECT count(*) FROM level WHERE resolved_at IS NULL"
_LOST = """
SELECT 'ticket ' || ticket_id || ' level ' || level FROM level
WHERE resolved_at IS NULL AND NOT EXISTS (
    SELECT FROM event WHERE event.ticket_id = level.ticket_id AND event.level = level.level)
"""
_DOUBLED = """
SELECT 'ticket ' || ticket_id || ' level ' || level FROM fired
GROUP BY ticket_id, level HAVING count(*) > 1
"""
_AFTER = """
SELECT 'ticket ' || ticket_id || ' level ' || level FROM fired WHERE fired_at > resolved_at
"""
_LATENESS = (
    "SELECT extract(epoch FROM min(fired_at) - moment) FROM fired GROUP BY ticket_id, level, moment"
)
_GONE = """
SELECT 'ticket ' || said.id FROM unnest(%(tickets)s::bigint[]) AS said (id)
WHERE NOT EXISTS (SELECT FROM ticket WHERE ticket.id = said.id)
"""
_DOUBLED_TICKETS = """
SELECT 'key ' || key FROM ticket WHERE key = ANY(%(keys)s) GROUP BY key HAVING count(*) > 1
"""


def judge(connection: psycopg.Connection, ledger: Iterable[Line]) -> Verdict:
    """Of the tickets in this part of the ledger; call it when all their levels are past."""
    lines = [each for each in ledger if each.did == "create"]
    values = {
        "tickets": [int(each.ticket) for each in lines],
        "keys": [each.key for each in lines],
        "levels": list(range(len(LEVELS))),
        "seconds": list(LEVELS),
    }

    def ask(question: str) -> list[tuple]:
        return connection.execute(_LEVEL + question, values).fetchall()

    verdict = Verdict(acknowledged=len(lines), owed=ask(_OWED)[0][0])
    verdict.lateness = [float(row[0]) for row in ask(_LATENESS)]
    for code, question in (
        ("lost levels", _LOST),
        ("doubled levels", _DOUBLED),
        ("levels after the end", _AFTER),
        ("lost acknowledged", _GONE),
        ("doubled tickets", _DOUBLED_TICKETS),
    ):
        verdict.add(code, [row[0] for row in ask(question)])
    return verdict
