"""Who takes a post hears of what lies with it, once.

What happens on a ticket is told to whoever answers for its post then. Who answers for it later, as
new holder, as stand-in or back from an absence, is told here: in one notice, of all that lies with
the post, if there is anything among it that they were not told of. No door calls this: an absence
ends and a post begins by time alone (docs/adr/0126).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from django.db import connection, transaction

from complaints.models import Tenure
from complaints.workflow import UNSOLVED
from notifications.services import notices
from notifications.services.notices import Telling
from organisation.services.posts import local_date

SOURCE: Final = "complaints.tenure"
OBJECT: Final = "organisation.post"
POST_TAKEN: Final = "post_taken"
BATCH: Final = 500

# The present holder as in organisation.services.posts.current_holder.
_CHANGED: Final = """
SELECT post.id, answering.staff_id
FROM organisation_post post
LEFT JOIN organisation_staff holder ON holder.id = post.holder_id
LEFT JOIN organisation_staff stand_in ON stand_in.id = post.stand_in_id
CROSS JOIN LATERAL (
    SELECT CASE WHEN stand_in.is_active
                 AND (post.holder_absent_until > %(at)s OR holder.is_active IS NOT TRUE)
                THEN stand_in.id
                WHEN holder.is_active THEN holder.id END AS staff_id
) answering
LEFT JOIN LATERAL (
    SELECT id, staff_id, since FROM complaints_tenure tenure
    WHERE tenure.post_id = post.id ORDER BY id DESC LIMIT 1
) last ON true
WHERE post.valid_from <= %(day)s AND (post.valid_until IS NULL OR post.valid_until > %(day)s)
  AND (last.id IS NULL
       OR (last.since <= %(at)s AND last.staff_id IS DISTINCT FROM answering.staff_id))
  AND {where}
ORDER BY post.id
LIMIT %(limit)s
{lock}
"""
# Not while somebody tells the post anything and has not committed: what that is cannot be seen yet,
# and was told to the one before (docs/adr/0132).
_FIND: Final = _CHANGED.format(where="post.id > %(after)s", lock="FOR UPDATE OF post SKIP LOCKED")
_LOCKED: Final = _CHANGED.format(where="post.id = ANY(%(posts)s)", lock="")

#: what lies with posts, and since when: unsolved tickets (this time), those that they answer for
#: beside another post, call-backs to make, corrective actions to take. Co-owners are those of
#: `CoOwnershipQuerySet.standing`
LYING: Final = """
SELECT ticket.post_id, ticket.id AS ticket_id, 'ticket' AS kind,
       (SELECT min(begun.occurred_at) FROM complaints_ticketevent begun
        WHERE begun.ticket_id = ticket.id AND begun.cycle = ticket.cycle) AS since
FROM complaints_ticket ticket
WHERE ticket.post_id = ANY(%(posts)s) AND ticket.next_step_at IS NOT NULL
  AND ticket.state = ANY(%(unsolved)s)
UNION ALL
SELECT own.post_id, own.ticket_id, 'co_owned', called.occurred_at
FROM complaints_coownership own
JOIN complaints_ticketevent called ON called.id = own.since_id
JOIN complaints_ticket ticket ON ticket.id = own.ticket_id AND ticket.cycle = own.cycle
WHERE own.post_id = ANY(%(posts)s) AND own.ended_in_id IS NULL
  AND ticket.state = ANY(%(unsolved)s) AND ticket.post_id IS DISTINCT FROM own.post_id
UNION ALL
SELECT post_id, ticket_id, 'call_back', opened_at FROM complaints_callback
WHERE post_id = ANY(%(posts)s) AND state = 'open'
UNION ALL
SELECT action.owner_id, action.ticket_id, 'action', given.occurred_at
FROM complaints_correctiveaction action
JOIN complaints_ticketevent given ON given.id = coalesce(action.handed_in_id, action.planned_in_id)
WHERE action.owner_id = ANY(%(posts)s) AND action.state = 'open'
"""
#: of what names the very person they learn nothing here either
NOT_NAMED: Final = """NOT EXISTS (SELECT FROM complaints_ticketparty party
                  WHERE party.ticket_id = lying.ticket_id AND party.staff_id = answering.staff_id)
"""

_UNHEARD: Final = f"""
WITH lying AS ({LYING})
SELECT DISTINCT answering.post_id
FROM unnest(%(posts)s::bigint[], %(staff)s::bigint[]) AS answering (post_id, staff_id)
JOIN lying USING (post_id)
WHERE answering.staff_id IS NOT NULL
  AND {NOT_NAMED}
  AND NOT EXISTS (SELECT FROM complaints_ticketevent event
                  JOIN notifications_notice notice ON notice.source_kind = 'complaints.event'
                       AND notice.source_id = event.id AND notice.post_id = answering.post_id
                  WHERE event.ticket_id = lying.ticket_id AND event.occurred_at >= lying.since
                    AND notice.staff_id = answering.staff_id)
  AND NOT EXISTS (SELECT FROM complaints_tenure before
                  JOIN notifications_notice notice ON notice.source_kind = 'complaints.tenure'
                       AND notice.source_id = before.id AND notice.post_id = before.post_id
                  WHERE before.post_id = answering.post_id AND before.since >= lying.since
                    AND notice.staff_id = answering.staff_id)
"""  # noqa: S608  # constants


class Answering(NamedTuple):
    """Who answers for a post by now, if anybody does."""

    post_id: int
    staff_id: int | None


def look(at: datetime) -> int:
    """Note of every post who answers for it, and tell those who have come to one; returns how many
    were told. Safe to run at any time and by any number."""
    told, after = 0, 0
    while True:
        with transaction.atomic():
            found = _rows(_FIND, at, after=after)
            if not found:
                return told
            # found before the lock was had: whoever had it may have noted the same
            changed = _rows(_LOCKED, at, posts=[each.post_id for each in found])
            told += _note(changed, at)
        after = found[-1].post_id


def _note(changed: Sequence[Answering], at: datetime) -> int:
    noted = Tenure.objects.bulk_create(
        Tenure(post_id=each.post_id, staff_id=each.staff_id, since=at) for each in changed
    )
    unheard = _unheard(changed)
    tellings = [
        Telling(SOURCE, each.pk, POST_TAKEN, OBJECT, each.post_id, post_id=each.post_id)
        for each in noted
        if each.post_id in unheard
    ]
    return notices.tell(tellings, at=at)


def _rows(
    statement: str, at: datetime, *, after: int = 0, posts: Collection[int] = ()
) -> list[Answering]:
    values: dict[str, Any] = {
        "at": at,
        "day": local_date(at),
        "limit": BATCH,
        "after": after,
        "posts": list(posts),
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [Answering(*row) for row in cursor.fetchall()]


def _unheard(changed: Sequence[Answering]) -> set[int]:
    """Posts with something that whoever answers for them was not told of."""
    if not changed:
        return set()
    values: dict[str, Any] = {
        "posts": [each.post_id for each in changed],
        "staff": [each.staff_id for each in changed],
        "unsolved": list(UNSOLVED),
    }
    with connection.cursor() as cursor:
        cursor.execute(_UNHEARD, values)
        return {row[0] for row in cursor.fetchall()}
