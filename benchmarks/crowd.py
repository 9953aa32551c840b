"""Somebody who wants to be erased, and everybody else who has the same name.

An erasure looks for a name in the words of others: the more residents there are, the more texts
hold a common one, the more messages went out, and the more people went before. Of a rare name as
many texts hold it among many as among few, so that what else grows is seen by itself.
"""

from __future__ import annotations

import io
import uuid
from datetime import datetime
from typing import Any

from django.db import connection

from complaints.models import TextEntry
from complaints.services import intake, lifecycle, photos, timeline
from complaints.services.intake import NewTicket
from core import bigrams
from core.actors import SYSTEM, Actor
from demo.services import pictures
from organisation.models import Building, Dwelling, Staff
from privacy.rights.enums import RequestKind, RequestState
from privacy.rights.models import PrivacyRequest
from privacy.rights.services import requests
from privacy.rights.services.requests import Wish
from residents.models import Person
from residents.services import devices, people

COMMON, RARE = "王伟", "欧阳锦"
TICKETS = 3
#: one ticket in so many has a note with the common name; of one in so many the reporter was erased
NAMED_ONE_IN, GONE_ONE_IN = 50, 40
#: of the tickets that both worlds have, so many have a note with the rare name
RARELY = 200

_NOTES = """
INSERT INTO complaints_textentry (
    ticket_id, event_id, role, visibility, author_kind, body, tokens, created_at)
SELECT ticket_id, min(event_id), 'note', 'internal', 'system', %(noted)s, %(tokens)s::tsvector,
       min(created_at)
FROM complaints_textentry WHERE {which} GROUP BY ticket_id
"""
_OF_COMMON = _NOTES.format(which="ticket_id %% %(named)s = 0")
_OF_RARE = _NOTES.format(
    which="ticket_id IN (SELECT id FROM complaints_ticket ORDER BY id LIMIT %(rarely)s)"
)
_NOTICES = """
INSERT INTO notifications_notice (
    source_kind, source_id, subject_id, template, object_kind, object_id, created_at)
SELECT 'bench', ticket_id, subject_id, 'ticket_received', 'complaints.ticket', ticket_id, now()
FROM complaints_ticketreporter WHERE subject_id IS NOT NULL
"""
_MESSAGES = """
WITH message AS (
    INSERT INTO notifications_message (
        delivery_id, channel, subject_id, state, attempts, due_at, error_code, created_at, sent_at)
    SELECT gen_random_uuid(), 'sms', subject_id, 'sent', 1, now(), '', now(), now()
    FROM complaints_ticketreporter WHERE subject_id IS NOT NULL
    RETURNING id, subject_id
)
INSERT INTO notifications_messagenotice (message_id, notice_id)
SELECT message.id, min(notice.id) FROM message
JOIN notifications_notice notice ON notice.subject_id = message.subject_id
GROUP BY message.id
"""
_GONE = (
    """
UPDATE complaints_textentry SET body = '', tokens = NULL, erased_at = now()
WHERE ticket_id %% %(gone)s = 1 AND role IN ('summary', 'body', 'place', 'comment')
  AND erased_at IS NULL
""",
    """
UPDATE complaints_ticketreporter SET subject_id = NULL, erased_at = now()
WHERE ticket_id %% %(gone)s = 1 AND subject_id IS NOT NULL
""",
)


def others() -> dict[str, int]:
    """Notes, notices and messages in proportion to the tickets, and people who went before."""
    written = 0
    values: dict[str, Any] = {"named": NAMED_ONE_IN, "rarely": RARELY, "gone": GONE_ONE_IN}
    with connection.cursor() as cursor:
        for statement, name in (
            (_OF_COMMON, COMMON),
            (_OF_RARE, RARE),
            *((each, "") for each in (_NOTICES, _MESSAGES, *_GONE)),
        ):
            cursor.execute(statement, values | _noted(name))
            written += cursor.rowcount
        cursor.execute("ANALYZE")
    return {"rows": written}


def _noted(name: str) -> dict[str, str]:
    said = f"{name}先生来电，已告知处理进度"
    return {"noted": said, "tokens": bigrams.vector(said)}


def naming(name: str) -> int:
    """How many texts hold a name."""
    return TextEntry.objects.containing(name).count()


def wanting_to_go(name: str, *, at: datetime) -> PrivacyRequest:
    """An approved request of a new person, all of whose tickets are closed. The code that proves
    who they are is not sent: what is measured begins after it."""
    person = _person(name, at)
    dwelling = Dwelling.objects.get(occupancies__subject=person.subject_id)
    for _ in range(TICKETS):
        _closed_ticket(person, name, dwelling, at=at)
    me = Actor.reporter(person.subject_id)
    wish = Wish(person.subject_id, RequestKind.DELETE)
    request = requests.open_request(wish, actor=me, at=at)
    PrivacyRequest.objects.filter(pk=request.pk).update(state=RequestState.VERIFIED, verified_at=at)
    requests.plan(request, actor=_holder("privacy_officer"), at=at)
    return requests.approve(request, actor=_holder("privacy_approver"), at=at)


def rows_of(request: PrivacyRequest) -> dict[str, int]:
    """What lies in each holding, by its plan."""
    return {step.holding: step.planned_rows for step in request.steps.all() if step.planned_rows}


def _person(name: str, at: datetime) -> Person:
    """In a new home, so that nobody else's tickets count as theirs."""
    building = Building.objects.order_by("pk")[0]
    dwelling = Dwelling.objects.create(building=building, room=uuid.uuid4().hex[:8])
    mobile = f"188{uuid.uuid4().int % 10**8:08d}"
    person = people.register(name, mobile, dwelling, actor=SYSTEM, at=at)
    devices.issue(person.subject_id, at=at)
    return person


def _closed_ticket(person: Person, name: str, dwelling: Dwelling, *, at: datetime) -> None:
    """With words, a photo, an answer, a note and all their events and notices."""
    me = Actor.reporter(person.subject_id)
    draft = photos.open_draft(actor=me, at=at)
    photos.upload(draft.public_id, io.BytesIO(pictures.jpeg("lifts")), actor=me, at=at)
    new = NewTicket(
        kind="complaint",
        category_code="noise",
        channel="app",
        body=f"我是{name}，楼上装修太吵，晚上十点还在施工",
        place=f"{name}家楼上",
        dwelling=dwelling,
        reporter_subject=person.subject_id,
        draft_id=draft.public_id,
    )
    ticket = intake.submit(new, actor=me, at=at)
    timeline.note(ticket, actor=SYSTEM, text="已电话联系住户", at=at)
    lifecycle.accept(ticket, actor=SYSTEM, at=at)
    lifecycle.start(ticket, actor=SYSTEM, at=at)
    lifecycle.resolve(ticket, actor=SYSTEM, reply="已与施工方约定时间", at=at)
    lifecycle.close(ticket, actor=SYSTEM, at=at)


def _holder(role: str) -> Actor:
    return Actor.staff(Staff.objects.filter(posts__role__code=role).order_by("pk")[0].pk)
