"""Return to dispatch (退单): the handler says that it is not theirs, and why."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from complaints.enums import Action, Template, TextRole, Visibility
from complaints.models import Ticket
from complaints.reasons import ReturnReason
from complaints.services import act, photos, texts
from complaints.services.act import Act
from complaints.services.closing_gate import EvidenceMissing
from complaints.spans import MOST_RETURNS
from core.actors import Actor
from core.errors import InvalidInput, InvalidTransition
from organisation.models import Post
from organisation.services import posts

DISPATCHER: Final = "dispatcher"
#: how an assignment reads that ends the returning
DECIDED: Final = "decided"


class ReturnedTooOften(InvalidTransition):
    """It has bounced: from now on the dispatcher decides who handles it."""

    code = "returned_too_often"


@transaction.atomic
def return_to_dispatch(
    ticket: Ticket,
    *,
    actor: Actor,
    reason_code: str,
    note: str,
    at: datetime,
    version: int | None = None,
    draft_id: UUID | None = None,
) -> Ticket:
    """Send it back to the dispatcher with the reason, for colleagues to read. No clock is touched:
    the resident was promised a time, not a handler.

    Raises InvalidInput for an unknown reason, EvidenceMissing when no photo shows why, of the place
    or of what says whose it is, ReturnedTooOften when it was returned twice in this cycle.
    """
    if reason_code not in ReturnReason.values:
        raise InvalidInput(fields={"reason_code": [_("请选择列出的选项。")]})
    body = texts.clean(note, TextRole.NOTE, field="note")
    now = act.begin(
        ticket, Action.RETURN, actor=actor, at=at, version=version, keys=act.keys_for(ticket, body)
    )
    _check_bounces(now)
    dispatcher = _dispatcher(now)
    now.hand_to(dispatcher)
    event = now.move(
        Action.RETURN, visibility=Visibility.INTERNAL, reason_code=reason_code, post=dispatcher
    )
    now.say(event, TextRole.NOTE, body)
    shown = photos.attach(photos.draft_of(draft_id, actor=actor, at=at), event)
    if not shown:
        message = _("退单须附照片作为依据：现场、单据或说明归属的截图。")
        raise EvidenceMissing(message, fields={"draft": [message]})
    now.tell_post(event, Template.TICKET_RETURNED)
    return now.save()


def _check_bounces(now: Act) -> None:
    times = now.ticket.times_returned
    if times >= MOST_RETURNS:
        message = _("本工单已退回 %(times)d 次，改由调度员决定，不能再退单。请联系调度员。")
        raise ReturnedTooOften(message % {"times": times})


def _dispatcher(now: Act) -> Post:
    """Whoever dispatches for the site and is not named; at last the duty queue."""
    named = now.ticket.named_ids
    found = posts.nearest(now.ticket.unit, DISPATCHER, at=now.at, without_staff=named)
    return found or posts.duty_queue(at=now.at, without_staff=named)
