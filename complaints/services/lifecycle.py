"""Moving a ticket through its life. The table of what may follow what is `complaints.workflow`."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints import policies
from complaints.enums import Action, ClockKind, State, Template, TextRole
from complaints.models import Ticket
from complaints.querysets import opening
from complaints.reasons import RejectReason
from complaints.services import (
    act,
    call_backs,
    clocks,
    closing_gate,
    grading,
    merging,
    naming,
    photos,
    returns,
    supervision,
    suppliers,
    texts,
    waits,
)
from complaints.services.act import Act
from complaints.services.timeline import rate
from core.actors import Actor, ActorKind
from core.errors import InvalidInput, InvalidTransition
from core.transactions import atomic
from organisation.models import Post, Supplier
from organisation.querysets import paths_above, served_path
from organisation.services import posts

__all__ = [
    "accept",
    "assign",
    "close",
    "rate",
    "reject",
    "reopen",
    "resolve",
    "resume",
    "start",
    "wait",
    "withdraw",
]


class CallBackMissing(InvalidTransition):
    """The resident is asked before anybody of staff closes it."""

    code = "call_back_missing"
    message = gettext_lazy("须先完成回访，才能办结。")


class DecisionMissing(InvalidTransition):
    """A notice about intellectual property ends by its steps, not past them."""

    code = "decision_missing"
    message = gettext_lazy("知识产权通知须转送后作出决定，不能直接解决。")


WAIT_ACTIONS: Final = (Action.WAIT_RESIDENT, Action.WAIT_SUPPLIER)


@transaction.atomic
def assign(
    ticket: Ticket,
    *,
    actor: Actor,
    post: Post,
    at: datetime,
    version: int | None = None,
    note: str = "",
) -> Ticket:
    """Give the ticket to a post; `note` tells its holder why, and nobody else. Of one that was
    returned too often this is the decision where it stays: it has to be said why.

    Raises InvalidInput for a post that has ended, is vacant, may not handle tickets there, or
    whose people the ticket names.
    """
    now = act.begin(
        ticket, Action.ASSIGN, actor=actor, at=at, version=version, keys=act.keys_for(ticket, note)
    )
    decides = policies.is_to_be_decided(now.ticket)
    body = texts.clean(note, TextRole.NOTE, field="note", required=decides)
    _check_post(post, now)
    now.hand_to(post)
    event = now.move(Action.ASSIGN, post=post, reason_code=returns.DECIDED if decides else "")
    now.note(body)
    now.tell_post(event, Template.TICKET_ASSIGNED)
    return now.save()


@transaction.atomic
def accept(ticket: Ticket, *, actor: Actor, at: datetime, version: int | None = None) -> Ticket:
    now = act.begin(ticket, Action.ACCEPT, actor=actor, at=at, version=version)
    now.move(Action.ACCEPT)
    return now.save()


@transaction.atomic
def start(ticket: Ticket, *, actor: Actor, at: datetime, version: int | None = None) -> Ticket:
    now = act.begin(ticket, Action.START, actor=actor, at=at, version=version)
    now.move(Action.START)
    return now.save()


@transaction.atomic
def wait(
    ticket: Ticket,
    *,
    actor: Actor,
    on: Action,
    at: datetime,
    until: datetime | None = None,
    text: str = "",
    supplier: Supplier | None = None,
    version: int | None = None,
) -> Ticket:
    """Halt the clocks while the resident or a supplier is to act, at the latest until `until`.

    `text` tells the resident what is needed, which answers them, or notes what the supplier owes.
    Raises InvalidInput for an end that is past or too far away, also with all that the cycle has
    waited already, or for a supplier that does not work there or is missing where some do.
    """
    if on not in WAIT_ACTIONS:
        raise ValueError("a ticket waits for the resident or for a supplier")
    body = texts.clean(text, TextRole.REPLY, field="text", required=on == Action.WAIT_RESIDENT)
    now = act.begin(
        ticket, on, actor=actor, at=at, version=version, keys=act.keys_for(ticket, body)
    )
    ends_at = waits.end_of(now.ticket, now.at, until)
    event = now.move(on)
    if on == Action.WAIT_RESIDENT:
        now.say(event, TextRole.REPLY, body)
        now.stop_clocks(ClockKind.FIRST_RESPONSE)
        now.tell_reporter(event, Template.TICKET_WAITING)
    else:
        suppliers.await_one(now, supplier)
        now.say_internally(body)
    now.pause_clocks(ends_at)
    return now.save()


@transaction.atomic
def resume(ticket: Ticket, *, actor: Actor, at: datetime, version: int | None = None) -> Ticket:
    """Go on; the clocks run with what was left of them."""
    now = act.begin(ticket, Action.RESUME, actor=actor, at=at, version=version)
    now.move(Action.RESUME)
    now.resume_clocks()
    return now.save()


@transaction.atomic
def resolve(
    ticket: Ticket,
    *,
    actor: Actor,
    reply: str,
    at: datetime,
    version: int | None = None,
    draft_id: UUID | None = None,
) -> Ticket:
    """Say to the resident that the work is done, and what was done.

    Stops first response and resolution and gives the resident time to object, or has somebody ask
    them where the policy promises that. Raises EvidenceMissing where the category asks for a photo
    and there is none, DecisionMissing for a notice about intellectual property.
    """
    body = texts.clean(reply, TextRole.REPLY, field="reply")
    now = act.begin(
        ticket, Action.RESOLVE, actor=actor, at=at, version=version, keys=act.keys_for(ticket, body)
    )
    if not policies.fits(Action.RESOLVE, actor, now.ticket):
        raise DecisionMissing
    event = now.move(Action.RESOLVE)
    now.say(event, TextRole.REPLY, body)
    shown = photos.attach(photos.draft_of(draft_id, actor=actor, at=at), event)
    closing_gate.require_evidence(now.ticket, shown)
    now.stop_clocks(*clocks.IN_HAND)
    now.ticket.resolved_at = now.at
    now.tell_reporter(event, Template.TICKET_RESOLVED)
    supervision.tell(now, event, Template.TICKET_RESOLVED)
    call_backs.promise(now)
    return now.save()


@atomic
def reopen(
    ticket: Ticket,
    *,
    actor: Actor,
    reason: str,
    at: datetime,
    version: int | None = None,
    draft_id: UUID | None = None,
) -> Ticket:
    """The resident is not satisfied: a new cycle with new clocks, at the same post unless that has
    ended or is a matter of whom it names by now.

    What was merged into another ticket goes on by itself from here; what is told of danger to
    life, as a matter of safety.
    """
    body = texts.clean(reason, TextRole.COMMENT, field="reason")
    keys = act.keys_for(ticket, body)
    merging.lock_with_main(ticket)
    now = act.begin(ticket, Action.REOPEN, actor=actor, at=at, version=version, keys=keys)
    was_merged = now.ticket.state == State.MERGED
    naming.heed(now, body)
    grading.heed(now, body)
    call_backs.cancel(now)
    event = now.begin_anew()
    now.say(event, TextRole.COMMENT, body)
    photos.attach(photos.draft_of(draft_id, actor=actor, at=at), event)
    naming.leave_hands(now)
    now.tell_post(event, Template.TICKET_REOPENED)
    reopened = now.save()
    if was_merged:
        merging.part(reopened, event, actor=actor, at=at)
    return reopened


@transaction.atomic
def close(ticket: Ticket, *, actor: Actor, at: datetime, version: int | None = None) -> Ticket:
    """Put the matter to rest.

    The resident may, somebody of staff who did not handle it may, and the system may after the
    resident's time; what was serious needs a member of staff. While the resident is to be called
    back, they alone may. Raises CallBackMissing, AnswerMissing or EvidenceMissing.
    """
    now = act.begin(ticket, Action.CLOSE, actor=actor, at=at, version=version)
    if not policies.fits(Action.CLOSE, actor, now.ticket):
        raise CallBackMissing
    closing_gate.require(now.ticket)
    call_backs.cancel(now)
    event = now.move(Action.CLOSE)
    now.ticket.ended_at = now.at
    now.tell_reporter(event, Template.TICKET_CLOSED)
    return now.save()


@atomic
def withdraw(
    ticket: Ticket, *, actor: Actor, at: datetime, reason: str = "", version: int | None = None
) -> Ticket:
    """The resident takes it back; staff may note that on their behalf, with the reason."""
    by_staff = actor.kind is not ActorKind.REPORTER
    body = texts.clean(reason, TextRole.COMMENT, field="reason", required=by_staff)
    keys = act.keys_for(ticket, body)
    merging.lock_with_merged(ticket)
    now = act.begin(ticket, Action.WITHDRAW, actor=actor, at=at, version=version, keys=keys)
    event = now.move(Action.WITHDRAW)
    if body:
        now.say(event, TextRole.COMMENT, body)
        naming.heed(now, body)
    now.cancel_clocks()
    now.ticket.ended_at = now.at
    now.tell_post(event, Template.TICKET_WITHDRAWN)
    now.tell_reporter(event, Template.TICKET_WITHDRAWN)
    return _end_unheard(now)


@atomic
def reject(
    ticket: Ticket,
    *,
    actor: Actor,
    reason_code: str,
    reply: str,
    at: datetime,
    version: int | None = None,
) -> Ticket:
    """Say that this is not taken up, why, and what the person can do next.

    That answer is the first response; the promise to resolve is void.
    """
    if reason_code not in RejectReason.values:
        raise InvalidInput(fields={"reason_code": [_("请选择列出的选项。")]})
    body = texts.clean(reply, TextRole.REPLY, field="reply")
    keys = act.keys_for(ticket, body)
    merging.lock_with_merged(ticket)
    now = act.begin(ticket, Action.REJECT, actor=actor, at=at, version=version, keys=keys)
    event = now.move(Action.REJECT, reason_code=reason_code)
    now.say(event, TextRole.REPLY, body)
    now.stop_clocks(ClockKind.FIRST_RESPONSE)
    now.cancel_clocks()
    now.ticket.ended_at = now.at
    now.tell_reporter(event, Template.TICKET_REJECTED)
    return _end_unheard(now)


def _end_unheard(now: Act) -> Ticket:
    """Save, and let what was merged into the ticket go on by itself."""
    merged_ids = list(now.ticket.merged_ids)
    ended = now.save()
    merging.release(merged_ids, at=now.at)
    return ended


def _check_post(post: Post, now: Act) -> None:
    """A ticket is given only to somebody who is there, may handle it, and is not its subject."""
    chosen = (
        Post.objects.valid_on(posts.local_date(now.at))
        .filled()
        .not_touching(now.ticket.named_ids)
        .annotate(serves=served_path())
        .filter(pk=post.pk, serves__in=paths_above(now.ticket.unit.path))
        .with_people()
        .first()
    )
    needed = policies.permission_for(Action.ACCEPT, now.ticket)
    granted = frozenset(chosen.role.permissions) if chosen else frozenset[str]()
    if needed not in granted or granted.isdisjoint(opening(now.ticket.kind)):
        raise InvalidInput(fields={"post": [_("此岗位不能处理该工单。")]})
