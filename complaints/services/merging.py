"""Several reports of one matter become one (并单), and several again when that was a mistake.

The merged ticket rests: its clocks keep what remained, its reporter follows the main one. A main
ticket that ends unheard releases what was merged into it: nobody's matter disappears with
somebody else's (docs/adr/0053).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from complaints import workflow
from complaints.enums import (
    Action,
    EventKind,
    Relation,
    Severity,
    State,
    Template,
    TextRole,
    Tie,
    Visibility,
)
from complaints.models import Ticket, TicketEvent, TicketLink
from complaints.services import act, naming, recomputation, supervision, texts
from complaints.services.act import Act
from core.actors import SYSTEM, Actor
from core.errors import InvalidInput
from core.transactions import atomic

#: from the promise that presses least to the one that presses most
PRESSING: Final = (Severity.ORDINARY, Severity.URGENT, Severity.SERIOUS, Severity.SAFETY)


@atomic
def merge(
    ticket: Ticket,
    *,
    other: Ticket,
    actor: Actor,
    at: datetime,
    version: int | None = None,
    reason: str = "",
) -> Ticket:
    """Make it part of `other`, the main ticket, which goes on alone; `reason` tells colleagues why.

    The reporter is told and follows the main ticket; whoever supervises it watches that one too.
    Raises NotAllowed, StaleVersion,
    InvalidTransition where either is solved or over, or InvalidInput where the two do not fit.
    """
    body = texts.clean(reason, TextRole.NOTE, field="reason", required=False)
    keys = act.keys_for(ticket, body)
    act.lock_together(ticket.pk, other.pk)
    now = act.begin(ticket, Action.MERGE, actor=actor, at=at, version=version, keys=keys)
    main = act.begin(other, Action.MERGE, actor=actor, at=at)
    _check_fit(now.ticket, main.ticket)
    before = now.ticket.state
    event = now.move(Action.MERGE, other=main.ticket)
    now.note(body)
    now.set_clocks_aside()
    now.ticket.ended_at = now.at
    now.tell_post(event, Template.TICKET_MERGED)
    supervision.tell(now, event, Template.TICKET_MERGED)
    supervision.follow(now, main)
    now.tell_reporter(event, Template.TICKET_MERGED)
    now.batch.add(
        TicketLink(
            source=now.ticket,
            target=main.ticket,
            relation=Relation.MERGED_INTO,
            state_before=before,
            made_in=event,
        )
    )
    joined = main.event(EventKind.MERGED, Visibility.INTERNAL, other=now.ticket)
    main.tell_post(joined, Template.TICKET_JOINED)
    main.save()
    return now.save()


@atomic
def unmerge(
    ticket: Ticket, *, actor: Actor, at: datetime, version: int | None = None, reason: str = ""
) -> Ticket:
    """Undo the merge: the state before, and clocks that run on with what remained then, by the
    version of the policy and of the calendar that has taken running clocks over meanwhile.

    A wait whose end has passed meanwhile is over. Raises NotAllowed, StaleVersion or
    InvalidTransition for a ticket that is not merged.
    """
    body = texts.clean(reason, TextRole.NOTE, field="reason", required=False)
    keys = act.keys_for(ticket, body)
    lock_with_main(ticket)
    now = act.begin(ticket, Tie.UNMERGE, actor=actor, at=at, version=version, keys=keys)
    return _undo(now, body)


def release(merged_ids: Collection[int], *, at: datetime) -> None:
    """The main ticket ended without an answer: what was merged into it goes on by itself.

    The caller holds the main ticket locked, in a transaction.
    """
    for pk in sorted(merged_ids):
        _undo(Act(Ticket.objects.lock(pk, at), Tie.UNMERGE, actor=SYSTEM, at=at))


def lock_with_main(ticket: Ticket) -> None:
    """Before an act that ends a merge from the side of what was merged."""
    mains = TicketLink.objects.merges().filter(source=ticket.pk).values_list("target_id", flat=True)
    act.lock_together(ticket.pk, *mains)


def lock_with_merged(ticket: Ticket) -> None:
    """Before an act by which a main ticket may end."""
    merged = TicketLink.objects.merges().filter(target=ticket.pk)
    act.lock_together(ticket.pk, *merged.values_list("source_id", flat=True))


def part(ticket: Ticket, event: TicketEvent, *, actor: Actor, at: datetime) -> None:
    """The merge ends with this event of the ticket; the main one keeps a trace of it."""
    link = TicketLink.objects.merges().get(source=ticket.pk)
    main = Act(Ticket.objects.lock(link.target_id, at), Tie.UNMERGE, actor=actor, at=at)
    main.event(EventKind.UNMERGED, Visibility.INTERNAL, other=ticket)
    main.save()
    TicketLink.objects.filter(pk=link.pk).update(ended_in=event.pk)


def _undo(now: Act, body: str = "") -> Ticket:
    link = TicketLink.objects.merges().select_related("made_in").get(source=now.ticket.pk)
    now.take_clocks_up(since=link.made_in.occurred_at)
    state = _state_after(link, now)
    event = now.event(
        EventKind.UNMERGED, from_state=State.MERGED, to_state=state, other_id=link.target_id
    )
    now.ticket.state, now.ticket.ended_at = state, None
    now.note(body)
    naming.leave_hands(now)
    now.tell_post(event, Template.TICKET_UNMERGED)
    now.tell_reporter(event, Template.TICKET_UNMERGED)
    saved = now.save()
    part(saved, event, actor=now.actor, at=now.at)
    recomputation.catch_up(saved, at=now.at)
    return saved


def _state_after(link: TicketLink, now: Act) -> State:
    """The state before, but for a wait that is over by now."""
    before = State(link.state_before)
    ends_at = now.ticket.wait_ends_at
    if before in workflow.WAITING and ends_at is not None and ends_at <= now.at:
        return workflow.target(before, Action.RESUME) or before
    return before


def _check_fit(ticket: Ticket, main: Ticket) -> None:
    """Raises InvalidInput in words beside the field `other`."""
    problem = _misfit(ticket, main)
    if problem:
        raise InvalidInput(fields={"other": [problem]})


def _misfit(ticket: Ticket, main: Ticket) -> str:
    if ticket.pk == main.pk:
        return _("工单不能并入自己。")
    if ticket.merged_ids:
        return _("已有工单并入本单，请把对方并入本单，或先撤销那些并单。")
    if set(ticket.named_ids) != set(main.named_ids):
        return _("两张工单涉及的员工不同，不能并单。")
    if ticket.account_id not in (None, main.account_id):
        return _("大客户的工单有自己的流程，不能并入其他工单。")
    if PRESSING.index(Severity(ticket.severity)) > PRESSING.index(Severity(main.severity)):
        return _("对方级别较低，并入后时限会变宽；请把对方并入本单。")
    return ""
