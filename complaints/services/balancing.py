"""Which of several posts of one role gets the next ticket: the one with the least open work.

The nearest unit upward decides first (`posts.upward`); this chooses among its posts. The chosen row
is locked until the ticket is there to be counted, and a post that another intake has locked is
passed over: two that come at the same moment go to two posts. When every post is locked, the least
loaded by what is known gets it; nobody waits (docs/adr/0058). All of it is one question, which may
be asked on the way of another statement.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from django.db import connection
from django.db.models import QuerySet

from complaints.holding import OUT_OF_HAND
from core.compiled import Compiled
from organisation.models import Post, Unit
from organisation.querysets import served_path
from organisation.services import posts

#: beyond that, how much more does not matter
COUNTED: Final = 500

# NO KEY UPDATE: a ticket that refers to the post takes a key share lock, which this does not stop.
_LEAST_LOADED = """(
WITH served (id, path) AS ({posts}),
candidate AS MATERIALIZED (
    SELECT nearest.id, nearest.others, CASE WHEN nearest.others THEN (
        SELECT count(*) FROM (
            SELECT FROM complaints_ticket ticket
            WHERE ticket.post_id = nearest.id AND ticket.next_step_at IS NOT NULL
              AND ticket.state <> ALL('{{{out}}}') LIMIT {counted}) AS work) END AS load
    FROM (SELECT id, count(*) OVER () > 1 AS others
          FROM served WHERE path = (SELECT max(path) FROM served)) AS nearest
),
free AS MATERIALIZED (
    SELECT post.id FROM candidate JOIN organisation_post post ON post.id = candidate.id
    WHERE candidate.others ORDER BY candidate.load, post.id LIMIT 1
    FOR NO KEY UPDATE OF post SKIP LOCKED
)
SELECT coalesce((SELECT id FROM free),
                (SELECT id FROM candidate ORDER BY load, id LIMIT 1)))"""


def nearest(
    unit: Unit, role_code: str, *, at: datetime, without_staff: Collection[int] = ()
) -> int | None:
    """The id of the post. As `posts.nearest`, but of several posts there the one with the least
    open work. Locks it against other intakes until the transaction ends."""
    sql, values = _asking(unit, role_code, at, without_staff)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {sql}", values)
        row = cursor.fetchone()
    found: int | None = row[0]
    return found


def asking_nearest(unit: Unit, role_code: str, *, at: datetime) -> tuple[str, list[Any]]:
    """`nearest` as a part of another statement of the transaction, and what goes into it."""
    return _asking(unit, role_code, at, ())


def _asking(
    unit: Unit, role_code: str, at: datetime, without_staff: Collection[int]
) -> tuple[str, list[Any]]:
    asked = Compiled(lambda: _query(without_staff)) if without_staff else _served
    sql, values = asked.asked(**posts.wanted_near(unit, role_code, at))
    return _least_loaded_of(sql), values


def _query(without_staff: Collection[int] = ()) -> QuerySet[Post, Any]:
    return posts.upward(without_staff).values_list("pk", served_path())


_served = Compiled(_query)


@lru_cache(8)
def _least_loaded_of(served: str) -> str:
    out = ",".join(sorted(OUT_OF_HAND))
    return _LEAST_LOADED.format(posts=served, out=out, counted=COUNTED)
