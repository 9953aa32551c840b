"""The frame of a round as one statement: who is in it, in which stratum, with which times.

The population are the answers given in the period: a ticket belongs to the period of its first
public answer, so that no ticket is counted in two quarters and none is missed. Complaints without
an answer are not sampled but counted (`UNANSWERED`): there is nothing to draw, all of them are
failures. Everything is read as it stood at the cut-off (`occurred_at`) and as far as it was
recorded when the frame froze (`recorded_at`).
"""

from __future__ import annotations

from complaints.enums import EventKind, Kind, Severity, Visibility
from organisation.enums import UnitLevel

#: kinds that are feedback or complaints; repairs have their own satisfaction survey, integrity
#: reports and privacy requests are seen by their own departments alone
KINDS = (Kind.COMPLAINT, Kind.INQUIRY, Kind.SUGGESTION, Kind.PRAISE, Kind.IP_NOTICE)
ANSWERS = (EventKind.REPLIED, EventKind.RESOLVED, EventKind.REJECTED)
CERTAIN_LEVEL = 3

_POPULATION = """
answers AS (
    SELECT ticket_id, min(occurred_at) AS answered_at
    FROM complaints_ticketevent
    WHERE kind = ANY(%(answers)s) AND visibility = %(public)s
      AND occurred_at >= %(starts_at)s AND occurred_at < %(ends_at)s
      AND occurred_at <= %(cut_off_at)s AND recorded_at <= %(frozen_at)s
    GROUP BY ticket_id
), regions AS (
    SELECT DISTINCT ON (u.id) u.id, u.code AS unit_code,
           coalesce(r.code, root.code) AS region_code, coalesce(r.name, root.name) AS region_name
    FROM organisation_unit u
    JOIN organisation_unit root ON root.depth = 1 AND starts_with(u.path, root.path)
    LEFT JOIN organisation_unit r ON r.level = %(region)s AND starts_with(u.path, r.path)
    ORDER BY u.id, r.depth DESC NULLS LAST
), population AS MATERIALIZED (
    SELECT t.id, t.public_id, t.kind, t.severity, t.received_at, a.answered_at,
           g.unit_code, g.region_code, g.region_name,
           t.severity = %(safety)s OR t.account_id IS NOT NULL OR EXISTS (
               SELECT FROM complaints_ticketevent c
               WHERE c.ticket_id = t.id
                 AND (c.kind = %(reopened)s OR c.kind = %(escalated)s AND c.level >= %(certain)s)
                 AND c.occurred_at <= %(cut_off_at)s AND c.recorded_at <= %(frozen_at)s
           ) AS certainty
    FROM answers a
    JOIN complaints_ticket t ON t.id = a.ticket_id
    JOIN regions g ON g.id = t.unit_id
    WHERE t.kind = ANY(%(kinds)s) AND NOT EXISTS (
        SELECT FROM complaints_ticketevent e
        WHERE e.ticket_id = t.id AND e.kind = ANY(%(answers)s) AND e.visibility = %(public)s
          AND e.occurred_at < %(starts_at)s AND e.recorded_at <= %(frozen_at)s
    )
), coded AS (
    SELECT p.*, CASE WHEN certainty THEN region_code || '/certainty'
                     ELSE region_code || '/' || kind || '/' || severity END AS stratum
    FROM population p
)
"""

FREEZE = f"""
WITH {_POPULATION}, strata AS (
    INSERT INTO quality_stratum
        (round_id, code, region_code, region_name, kind, severity, certainty, size, drawn)
    SELECT %(round)s, stratum, min(region_code), min(region_name),
           CASE WHEN bool_and(certainty) THEN '' ELSE min(kind) END,
           CASE WHEN bool_and(certainty) THEN '' ELSE min(severity) END,
           bool_and(certainty), count(*), 0
    FROM coded GROUP BY stratum
    RETURNING id, code
)
INSERT INTO quality_framemember
    (round_id, ticket_public_id, stratum_id, unit_code, received_at, answered_at, resolved_at,
     first_response_kept, resolve_kept)
SELECT %(round)s, c.public_id, s.id, c.unit_code, c.received_at, c.answered_at, done.resolved_at,
       kept.first_response, kept.resolve
FROM coded c
JOIN strata s ON s.code = c.stratum
LEFT JOIN LATERAL (
    SELECT max(d.occurred_at) AS resolved_at FROM complaints_ticketevent d
    WHERE d.ticket_id = c.id AND d.kind = %(resolved)s
      AND d.occurred_at <= %(cut_off_at)s AND d.recorded_at <= %(frozen_at)s
) done ON true
LEFT JOIN LATERAL (
    SELECT bool_and(k.stopped_at <= k.due_at) FILTER (WHERE k.kind = 'first_response')
               AS first_response,
           bool_and(k.stopped_at <= k.due_at) FILTER (WHERE k.kind = 'resolve') AS resolve
    FROM complaints_ticketclock k
    WHERE k.ticket_id = c.id AND k.state IN ('kept', 'broken') AND k.stopped_at <= %(cut_off_at)s
) kept ON true
"""  # noqa: S608  # joined from constants of this file


def _moment(column: str) -> str:
    """As the canonical form of the hash writes it (quality.frame_hash)."""
    said = f"""to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""
    return f"""coalesce('"' || {said} || '"', 'null')"""


#: the stored members by ascending public id: id, stratum, unit, and the rest as JSON
MEMBERS = f"""
SELECT ticket_public_id::text, stratum_id, unit_code,
       {_moment("received_at")} || ',' || {_moment("answered_at")}
       || ',' || {_moment("resolved_at")}
       || ',' || coalesce(first_response_kept::text, 'null')
       || ',' || coalesce(resolve_kept::text, 'null')
FROM quality_framemember WHERE round_id = %(round)s
ORDER BY ticket_public_id
"""  # noqa: S608  # joined from constants of this file

#: public ids of the population, derived again from the events
REDERIVE = f"WITH {_POPULATION} SELECT public_id FROM coded"  # noqa: S608  # as above

#: how large each stratum would be if the frame froze now
PREVIEW = f"""
WITH {_POPULATION}
SELECT stratum, min(region_code), min(region_name), bool_and(certainty), count(*)
FROM coded GROUP BY stratum ORDER BY stratum
"""  # noqa: S608  # as above

#: complaints received before the end of the period that had no answer at the cut-off, by region
UNANSWERED = """
WITH regions AS (
    SELECT DISTINCT ON (u.id) u.id, coalesce(r.code, root.code) AS region_code
    FROM organisation_unit u
    JOIN organisation_unit root ON root.depth = 1 AND starts_with(u.path, root.path)
    LEFT JOIN organisation_unit r ON r.level = %(region)s AND starts_with(u.path, r.path)
    ORDER BY u.id, r.depth DESC NULLS LAST
)
SELECT g.region_code, count(*)
FROM complaints_ticket t JOIN regions g ON g.id = t.unit_id
WHERE t.kind = 'complaint' AND t.received_at >= %(starts_at)s AND t.received_at < %(ends_at)s
  AND NOT EXISTS (
    SELECT FROM complaints_ticketevent e
    WHERE e.ticket_id = t.id AND e.occurred_at <= %(cut_off_at)s AND e.recorded_at <= %(frozen_at)s
      AND (e.kind = ANY(%(answers)s) AND e.visibility = %(public)s OR e.kind = 'withdrawn')
  )
GROUP BY g.region_code
"""


def constants() -> dict[str, object]:
    """The parameters that are the same for every round."""
    return {
        "answers": [kind.value for kind in ANSWERS],
        "kinds": [kind.value for kind in KINDS],
        "public": Visibility.PUBLIC.value,
        "region": UnitLevel.REGION.value,
        "safety": Severity.SAFETY.value,
        "reopened": EventKind.REOPENED.value,
        "escalated": EventKind.ESCALATED.value,
        "resolved": EventKind.RESOLVED.value,
        "certain": CERTAIN_LEVEL,
    }
