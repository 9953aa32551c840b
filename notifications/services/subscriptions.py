"""Which webhooks listen to what, and what happened, written for them in the transaction in which
it did.

Most desks have no webhook, and every act asks: the answer is kept by the process for some seconds,
so that a new subscription begins a little later and an act costs nothing.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

from django.db import connection

from notifications.enums import Channel
from notifications.models import Endpoint

KEPT_SECONDS: Final = 5.0

# Messages of a virtual database are born dropped, as those of notices.
_ANNOUNCE = """
WITH happened AS (
    SELECT * FROM unnest(%(kinds)s::text[], %(source_ids)s::bigint[], %(object_ids)s::bigint[],
                         %(units)s::bigint[])
    AS each (kind, source_id, object_id, unit_id)
),
heard AS (
    SELECT row_number() OVER (ORDER BY endpoint.id, happened.source_id) AS place,
           endpoint.id AS endpoint_id, happened.*
    FROM happened
    JOIN organisation_unit unit ON unit.id = happened.unit_id
    JOIN notifications_endpoint endpoint
      ON endpoint.active AND endpoint.channel = 'webhook'
     AND happened.kind = ANY(endpoint.event_kinds)
    JOIN organisation_unit scope ON scope.id = endpoint.unit_id
     AND starts_with(unit.path, scope.path)
),
numbered AS (
    SELECT heard.*, nextval(pg_get_serial_sequence('notifications_message', 'id')) AS message_id
    FROM heard
),
written AS (
    INSERT INTO notifications_occurrence (endpoint_id, message_id, kind, source_kind, source_id,
                                          object_kind, object_id, unit_id, occurred_at)
    SELECT endpoint_id, message_id, kind, %(source_kind)s, source_id,
           %(object_kind)s, object_id, unit_id, %(at)s
    FROM numbered
    ON CONFLICT (endpoint_id, source_kind, source_id) DO NOTHING
    RETURNING message_id, endpoint_id
)
INSERT INTO notifications_message (id, delivery_id, channel, endpoint_id, state, attempts, due_at,
                                   error_code, created_at)
SELECT message_id, gen_random_uuid(), 'webhook', endpoint_id,
       CASE WHEN virtual THEN 'dropped' ELSE 'queued' END, 0, %(at)s,
       CASE WHEN virtual THEN 'virtual' ELSE '' END, %(at)s
FROM written
CROSS JOIN (SELECT coalesce(bool_or(virtual), false) AS virtual FROM core_installation) here
"""


class Happening(NamedTuple):
    """One event of one object in one unit; nothing else of it leaves the house."""

    kind: str
    source_id: int
    object_id: int
    unit_id: int


_kept: tuple[float, frozenset[str]] | None = None


def listened_to() -> frozenset[str]:
    """Kinds of events that some active webhook wants."""
    global _kept  # noqa: PLW0603  # one answer for the whole process
    now = time.monotonic()
    if _kept is None or now - _kept[0] > KEPT_SECONDS:
        wanted = Endpoint.objects.active().filter(channel=Channel.WEBHOOK)
        lists = wanted.values_list("event_kinds", flat=True)
        _kept = now, frozenset(kind for kinds in lists for kind in kinds)
    return _kept[1]


def forget() -> None:
    """Ask the database again at the next act of this process."""
    global _kept  # noqa: PLW0603  # see above
    _kept = None


def announce(
    happenings: Sequence[Happening], *, source_kind: str, object_kind: str, at: datetime
) -> int:
    """One message for each webhook that listens to the event there; returns how many."""
    if not happenings:
        return 0
    kinds, sources, objects, units = zip(*happenings, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(
            _ANNOUNCE,
            {
                "kinds": list(kinds),
                "source_ids": list(sources),
                "object_ids": list(objects),
                "units": list(units),
                "source_kind": source_kind,
                "object_kind": object_kind,
                "at": at,
            },
        )
        return cursor.rowcount
