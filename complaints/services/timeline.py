"""What is said about a ticket without moving it: answers, notes, additions, urging, ratings."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from complaints.danger import recognise
from complaints.enums import (
    Action,
    ClockKind,
    Entry,
    EventKind,
    State,
    Template,
    TextRole,
    Visibility,
)
from complaints.models import Ticket, TicketEvent
from complaints.reasons import Coordination
from complaints.rights import UNSOLVED
from complaints.services import act, grading, naming, photos, texts
from complaints.services.act import Act
from complaints.spans import URGE_AGAIN_AFTER
from core.actors import Actor
from core.errors import InvalidInput, InvalidTransition, LimitReached

LOWEST_SCORE: Final = 1
HIGHEST_SCORE: Final = 5


class AlreadyRated(InvalidTransition):
    code = "already_rated"


@transaction.atomic
def reply(
    ticket: Ticket,
    *,
    actor: Actor,
    text: str,
    at: datetime,
    version: int | None = None,
    draft_id: UUID | None = None,
) -> Ticket:
    """Answer the resident. The first answer of a cycle is the first response."""
    body = texts.clean(text, TextRole.REPLY, field="text")
    now = act.begin(
        ticket, Entry.REPLY, actor=actor, at=at, version=version, keys=act.keys_for(ticket, body)
    )
    event = _entry(now, EventKind.REPLIED, TextRole.REPLY, body, draft_id)
    now.stop_clocks(ClockKind.FIRST_RESPONSE)
    now.tell_reporter(event, Template.TICKET_REPLIED)
    return now.save()


@transaction.atomic
def note(
    ticket: Ticket,
    *,
    actor: Actor,
    text: str,
    at: datetime,
    version: int | None = None,
    draft_id: UUID | None = None,
) -> Ticket:
    """Write down something for colleagues alone."""
    body = texts.clean(text, TextRole.NOTE, field="text")
    now = act.begin(
        ticket, Entry.NOTE, actor=actor, at=at, version=version, keys=act.keys_for(ticket, body)
    )
    _entry(now, EventKind.NOTED, TextRole.NOTE, body, draft_id, Visibility.INTERNAL)
    return now.save()


@transaction.atomic
def add(
    ticket: Ticket,
    *,
    actor: Actor,
    text: str,
    at: datetime,
    version: int | None = None,
    draft_id: UUID | None = None,
) -> Ticket:
    """Add what the resident has to say. If the work waited for it, the work goes on; if it tells of
    danger to life, the matter is one of safety from now on; whom it names is kept away."""
    body = texts.clean(text, TextRole.BODY, field="text")
    now = act.begin(
        ticket, Entry.ADD, actor=actor, at=at, version=version, keys=act.keys_for(ticket, body)
    )
    event = _entry(now, EventKind.ADDED, TextRole.BODY, body, draft_id)
    somebody_new = naming.heed(now, body)
    if now.ticket.state in UNSOLVED:
        grading.heed(now, body)
    if somebody_new:
        naming.leave_hands(now)
    if now.ticket.state == State.WAITING_RESIDENT:
        now.move(Action.RESUME)
        now.resume_clocks()
    now.tell_post(event, Template.TICKET_ADDED)
    return now.save()


@transaction.atomic
def urge(
    ticket: Ticket, *, actor: Actor, at: datetime, version: int | None = None, text: str = ""
) -> Ticket:
    """Press for an answer (催单): the post hears of it, no clock is touched, no ticket doubled.
    What is said with it is heeded like what is added.

    Raises LimitReached when somebody urged within the hour, unless the words tell of danger.
    """
    body = texts.clean(text, TextRole.COMMENT, field="text", required=False)
    now = act.begin(
        ticket, Entry.URGE, actor=actor, at=at, version=version, keys=act.keys_for(ticket, body)
    )
    if recognise(body) is None:
        _refuse_again_at_once(now)
    event = now.event(EventKind.URGED)
    now.ticket.urged_at = event.occurred_at
    if body:
        now.say(event, TextRole.COMMENT, body)
        somebody_new = naming.heed(now, body)
        grading.heed(now, body)
        if somebody_new:
            naming.leave_hands(now)
    now.tell_post(event, Template.TICKET_URGED)
    return now.save()


@transaction.atomic
def coordinate(
    ticket: Ticket,
    *,
    actor: Actor,
    reason_code: str,
    text: str,
    at: datetime,
    version: int | None = None,
) -> Ticket:
    """Say with whom the matter was co-ordinated and what came of it; the resident reads it.

    Raises InvalidInput for somebody who is not listed.
    """
    if reason_code not in Coordination.values:
        raise InvalidInput(fields={"reason_code": [_("请选择列出的选项。")]})
    body = texts.clean(text, TextRole.REPLY, field="text")
    now = act.begin(
        ticket,
        Entry.COORDINATE,
        actor=actor,
        at=at,
        version=version,
        keys=act.keys_for(ticket, body),
    )
    event = now.event(EventKind.COORDINATED, reason_code=reason_code)
    now.say(event, TextRole.COMMENT, body)
    return now.save()


@transaction.atomic
def rate(
    ticket: Ticket,
    *,
    actor: Actor,
    handling: int,
    outcome: int,
    at: datetime,
    comment: str = "",
    version: int | None = None,
) -> Ticket:
    """How it was handled and whether it is solved, 1 to 5 each; once per cycle.

    Raises AlreadyRated the second time.
    """
    _check_scores(handling=handling, outcome=outcome)
    body = texts.clean(comment, TextRole.COMMENT, field="comment", required=False)
    now = act.begin(
        ticket, Entry.RATE, actor=actor, at=at, version=version, keys=act.keys_for(ticket, body)
    )
    if now.ticket.events.filter(kind=EventKind.RATED, cycle=now.ticket.cycle).exists():
        raise AlreadyRated(_("您已经评价过，感谢您的反馈。"))
    event = now.event(EventKind.RATED, handling_score=handling, outcome_score=outcome)
    if body:
        now.say(event, TextRole.COMMENT, body)
    return now.save()


def _refuse_again_at_once(now: Act) -> None:
    last = now.ticket.events.filter(kind=EventKind.URGED).order_by("-occurred_at").first()
    if last is not None and now.at < last.occurred_at + URGE_AGAIN_AFTER:
        message = _("刚刚已经催过，处理人员已收到提醒。")
        raise LimitReached(message, retry_at=last.occurred_at + URGE_AGAIN_AFTER)


def _entry(
    now: Act,
    kind: EventKind,
    role: TextRole,
    body: str,
    draft_id: UUID | None,
    visibility: Visibility = Visibility.PUBLIC,
) -> TicketEvent:
    event = now.event(kind, visibility)
    now.say(event, role, body)
    photos.attach(photos.draft_of(draft_id, actor=now.actor, at=now.at), event)
    return event


def _check_scores(**scores: int) -> None:
    wrong = [name for name, score in scores.items() if not LOWEST_SCORE <= score <= HIGHEST_SCORE]
    if wrong:
        raise InvalidInput(fields={name: [_("请在 1 到 5 之间评分。")] for name in wrong})
