"""Telling posts and residents that something happened, in the transaction in which it did.

One statement writes the notices, one message per person who can be reached, one per robot that
listens to such notices, and the links between them, for one notice as for ten thousand. A notice
that is there already stays as it is, so that telling twice is telling once.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from core.arrays import literals
from core.batch import Batch
from notifications import registry
from notifications.enums import Topic


class Telling(NamedTuple):
    """One event for one recipient: a post, or the subject who reported."""

    source_kind: str
    source_id: int
    template: str
    object_kind: str
    object_id: int
    post_id: int | None = None
    subject_id: UUID | None = None


# The present holder as in organisation.services.posts.current_holder, of posts that are held so
# that whoever notes a new one sees what is written here (docs/adr/0132). Messages of a virtual
# database are born dropped, so that nothing leaves even if somebody clears the mark later.
_TO_PEOPLE = """draft AS ({drafts}),
post AS MATERIALIZED (
    SELECT held.id, held.unit_id, held.holder_id, held.stand_in_id, held.holder_absent_until
    FROM organisation_post held
    WHERE held.id = ANY(ARRAY(SELECT DISTINCT post_id FROM draft))
    FOR KEY SHARE OF held
),
told AS (
    INSERT INTO notifications_notice (source_kind, source_id, post_id, staff_id, subject_id,
                                      template, object_kind, object_id, created_at)
    SELECT draft.source_kind, draft.source_id, draft.post_id,
           CASE WHEN stand_in.is_active
                 AND (post.holder_absent_until > %(at)s OR holder.is_active IS NOT TRUE)
                THEN stand_in.id
                WHEN holder.is_active THEN holder.id END,
           draft.subject_id, draft.template, draft.object_kind, draft.object_id, %(at)s
    FROM draft
    LEFT JOIN post ON post.id = draft.post_id
    LEFT JOIN organisation_staff holder ON holder.id = post.holder_id
    LEFT JOIN organisation_staff stand_in ON stand_in.id = post.stand_in_id
    ORDER BY draft.turn
    ON CONFLICT DO NOTHING
    RETURNING id, staff_id, subject_id, post_id, template, source_kind, source_id
),
reachable AS (
    SELECT told.id, told.staff_id, told.subject_id,
           coalesce(told.staff_id::text, told.subject_id::text) AS person
    FROM told LEFT JOIN organisation_staff staff ON staff.id = told.staff_id
    WHERE told.subject_id IS NOT NULL OR staff.email <> ''
),
message AS (
    INSERT INTO notifications_message (delivery_id, channel, staff_id, subject_id, state, attempts,
                                       due_at, error_code, created_at)
    SELECT gen_random_uuid(), 'email', staff_id, subject_id,
           CASE WHEN virtual THEN 'dropped' ELSE 'queued' END, 0,
           %(at)s, CASE WHEN virtual THEN 'virtual' ELSE '' END, %(at)s
    FROM reachable
    CROSS JOIN (SELECT coalesce(bool_or(virtual), false) AS virtual FROM core_installation) here
    GROUP BY staff_id, subject_id, virtual
    RETURNING id, coalesce(staff_id::text, subject_id::text) AS person
),
link AS (
    INSERT INTO notifications_messagenotice (message_id, notice_id)
    SELECT message.id, reachable.id FROM reachable JOIN message USING (person)
)"""

# What several posts are told in the same words a robot says once.
_TO_ROBOTS = """,
said AS (
    SELECT told.*, post.unit_id, unit.path
    FROM told
    JOIN post ON post.id = told.post_id
    JOIN organisation_unit unit ON unit.id = post.unit_id
),
within_earshot AS (
    SELECT said.id, robot.id AS endpoint_id
    FROM said
    JOIN notifications_endpoint robot
      ON robot.unit_id = said.unit_id AND coalesce(robot.post_id, said.post_id) = said.post_id
    UNION
    SELECT said.id, robot.id
    FROM said
    JOIN notifications_endpoint robot ON robot.below
    JOIN organisation_unit above ON above.id = robot.unit_id
    WHERE starts_with(said.path, above.path)
),
overheard AS (
    SELECT min(said.id) AS id, robot.id AS endpoint_id, robot.channel
    FROM within_earshot
    JOIN said USING (id)
    JOIN notifications_endpoint robot ON robot.id = within_earshot.endpoint_id
    WHERE robot.active AND robot.channel <> 'webhook'
      AND said.template = ANY(CASE WHEN cardinality(robot.event_kinds) = 0
                                   THEN %(escalations)s::text[] ELSE robot.event_kinds END)
    GROUP BY robot.id, robot.channel, said.source_kind, said.source_id, said.template
),
to_robot AS (
    INSERT INTO notifications_message (delivery_id, channel, endpoint_id, state, attempts,
                                       due_at, error_code, created_at)
    SELECT gen_random_uuid(), channel, endpoint_id,
           CASE WHEN virtual THEN 'dropped' ELSE 'queued' END, 0,
           %(at)s, CASE WHEN virtual THEN 'virtual' ELSE '' END, %(at)s
    FROM overheard
    CROSS JOIN (SELECT coalesce(bool_or(virtual), false) AS virtual FROM core_installation) here
    GROUP BY channel, endpoint_id, virtual
    RETURNING id, endpoint_id
),
robot_link AS (
    INSERT INTO notifications_messagenotice (message_id, notice_id)
    SELECT to_robot.id, overheard.id FROM overheard JOIN to_robot USING (endpoint_id)
)"""

_ANY_DRAFTS = """
    SELECT * FROM unnest(%(source_kinds)s::text[], %(source_ids)s::bigint[], %(posts)s::bigint[],
                         %(subjects)s::uuid[], %(templates)s::text[], %(object_kinds)s::text[],
                         %(object_ids)s::bigint[]) WITH ORDINALITY
    AS each (source_kind, source_id, post_id, subject_id, template, object_kind, object_id, turn)"""

_ALIKE_DRAFTS = """
    SELECT %(source_kind)s AS source_kind, source_id, post_id, NULL::uuid AS subject_id,
           %(template)s AS template, %(object_kind)s AS object_kind, object_id, turn
    FROM unnest(%(source_ids)s::bigint[], %(posts)s::bigint[], %(object_ids)s::bigint[])
    WITH ORDINALITY AS each (source_id, post_id, object_id, turn)"""

_TO_ANYBODY = _TO_PEOPLE.format(drafts=_ANY_DRAFTS)
_TO_ANY = _TO_ANYBODY + _TO_ROBOTS
_TO_POSTS_ALIKE = _TO_PEOPLE.format(drafts=_ALIKE_DRAFTS) + _TO_ROBOTS


def tell(tellings: Sequence[Telling], *, at: datetime) -> int:
    """Write the notices that are not there yet and queue their messages; returns how many. Of two
    for one event and one recipient the first is written.

    Runs in the caller's transaction: no event without its notices, and none for what was undone.
    """
    return _write(_TO_ANY, _of_any(tellings, at)) if tellings else 0


def tell_with(
    batch: Batch, tellings: Sequence[Telling], *, robots_listen: bool, at: datetime
) -> None:
    """`tell` in the statement that writes the rows of an act; `robots_listen` is what
    `asking_for_robots` found: where none does, nothing looks for them."""
    if robots_listen and tellings:
        batch.with_parts(_TO_ANY, _of_any(tellings, at))
    elif tellings:
        batch.with_parts(_TO_ANYBODY, _columns(tellings, at))


def asking_for_robots(*templates: str) -> str:
    """Whether any robot listens to such notices, to be read on the way of another statement.
    Without kinds of its own it listens to escalations."""
    codes = ", ".join(f"'{code}'" for code in templates)  # the code's own words
    unasked = set(templates) & set(registry.codes_of(Topic.ESCALATION))
    listens = f"event_kinds && ARRAY[{codes}]::varchar[]"
    return (
        "EXISTS (SELECT FROM notifications_endpoint WHERE active AND channel <> 'webhook'"
        f" AND ({listens}{' OR cardinality(event_kinds) = 0' if unasked else ''}))"
    )


def _of_any(tellings: Sequence[Telling], at: datetime) -> dict[str, Any]:
    return {**_columns(tellings, at), "escalations": registry.codes_of(Topic.ESCALATION)}


def _columns(tellings: Sequence[Telling], at: datetime) -> dict[str, Any]:
    kinds, ids, templates, object_kinds, object_ids, posts, subjects = literals(tellings)
    return {
        "source_kinds": kinds,
        "source_ids": ids,
        "templates": templates,
        "object_kinds": object_kinds,
        "object_ids": object_ids,
        "posts": posts,
        "subjects": subjects,
        "at": at,
    }


def tell_posts_alike(
    rows: Sequence[tuple[int, int, int]],
    *,
    source_kind: str,
    template: str,
    object_kind: str,
    at: datetime,
) -> int:
    """`tell` for the sweep: thousands of (source id, post id, object id) of one kind."""
    if not rows:
        return 0
    source_ids, posts, object_ids = literals(rows)
    return _write(
        _TO_POSTS_ALIKE,
        {
            "source_kind": source_kind,
            "template": template,
            "object_kind": object_kind,
            "source_ids": source_ids,
            "posts": posts,
            "object_ids": object_ids,
            "escalations": registry.codes_of(Topic.ESCALATION),
            "at": at,
        },
    )


def _write(parts: str, values: dict[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {parts} SELECT count(*) FROM told", values)  # noqa: S608  # a constant
        row = cursor.fetchone()
    told: int = row[0]
    return told
