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
from typing import Any, Final

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BigIntegerField, Expression, QuerySet
from django.db.models.sql.compiler import SQLCompiler

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


class _LeastLoaded(Expression):
    """The id of the post, from posts with the path that each serves."""

    def __init__(self, served: QuerySet[Post, Any]) -> None:
        super().__init__(output_field=BigIntegerField())
        self.served = served

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, Any]:
        rows, values = self.served.query.get_compiler(connection=connection).as_sql()
        out = ",".join(sorted(OUT_OF_HAND))
        return _LEAST_LOADED.format(posts=rows, out=out, counted=COUNTED), values


def nearest(
    unit: Unit, role_code: str, *, at: datetime, without_staff: Collection[int] = ()
) -> int | None:
    """The id of the post. As `posts.nearest`, but of several posts there the one with the least
    open work. Locks it against other intakes until the transaction ends."""
    wanted = posts.wanted_near(unit, role_code, at)
    asked = Compiled(lambda: _query(without_staff)) if without_staff else _nearest
    found: tuple[int] | None = asked.first(**wanted)
    return found[0] if found else None


def asking_nearest(unit: Unit, role_code: str, *, at: datetime) -> tuple[str, list[Any]]:
    """`nearest` as a part of another statement of the transaction, and what goes into it."""
    return _nearest.inside(**posts.wanted_near(unit, role_code, at))


def _query(without_staff: Collection[int] = ()) -> QuerySet[Post, Any]:
    served = posts.upward(without_staff).values_list("pk", served_path())
    return Post.objects.filter(pk=_LeastLoaded(served)).values_list("pk")


_nearest = Compiled(_query)
