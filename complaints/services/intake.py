"""Taking in a ticket: one transaction, after which it has a number, somebody who answers for it,
clocks that run, and a receipt for who reported it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Model

from complaints.danger import Danger
from complaints.enums import Action, EventKind, State, Template, Visibility
from complaints.models import Ticket, TicketEvent
from complaints.reasons import GradeReason
from complaints.services import (
    announcing,
    clocks,
    judging,
    matters,
    photos,
    records,
    routing,
    telling,
    texts,
)
from complaints.services.judging import Drawn, Judged
from complaints.services.matters import SUMMARY_FROM_BODY, Matter, NewTicket, danger_of
from complaints.services.routing import Route
from core import reference
from core.actors import SYSTEM, Actor
from core.batch import Batch
from notifications.services import notices
from privacy.vault.services.sealing import KeyRing

__all__ = [
    "SUMMARY_FROM_BODY",
    "Beside",
    "NewTicket",
    "danger_of",
    "nothing_beside",
    "submit",
]

#: rows that a door writes about a ticket that is complete but not yet stored, and about the danger
#: that was found in what is told of it
Beside = Callable[[Ticket, Danger | None], Iterable[Model]]


def nothing_beside(ticket: Ticket, danger: Danger | None) -> tuple[Model, ...]:
    return ()


def submit(
    new: NewTicket, *, actor: Actor, at: datetime, beside: Beside = nothing_beside
) -> Ticket:
    """Take in a ticket and send it on its way.

    Its rows and notices are one statement, with the rows that the door wants `beside` them; the
    photos of the draft become part of it.
    Raises InvalidInput, NotAllowed, or NotFound for the draft; then nothing is kept but a gap in
    the numbers.
    """
    matter = matters.check(new, actor, at)
    foreseen = judging.foresee(matter)
    said = [saying.body for saying in matter.sayings]
    keys = texts.keys_for(said, lambda: matter.subject_id)
    # the post that is chosen stays chosen until the ticket counts as its work. No savepoint: what
    # is to be refused was refused above, and whoever opened a transaction around this one must not
    # go on in it after a failure
    with transaction.atomic(savepoint=False):
        batch = Batch()
        drawn = judging.draw(batch, matter, foreseen.course.role)
        judged = judging.judge(matter, foreseen, drawn)
        ticket = _numbered(batch, matter, judged, drawn)
        received = _told(batch, matter, keys)
        graded = _graded(batch, matter, judged.reason)
        route = routing.follow(
            judged.course,
            judged.facts,
            at=at,
            named_staff=matter.named_ids,
            looked_up=drawn.looked_up,
        )
        assigned = _assigned(batch, matter, route)
        batch.add(*beside(ticket, matter.danger))
        _tell(batch, matter, route, drawn, received, assigned)
        batch.write()
        photos.attach(matter.draft, received)
        announcing.announce(ticket, [received, *graded, assigned], at=at)
    return ticket


def _numbered(batch: Batch, matter: Matter, judged: Judged, drawn: Drawn) -> Ticket:
    """The ticket with its number, and who is on it."""
    ticket = batch.number(matter.ticket)
    ticket.category, ticket.severity = judged.facts.category, judged.facts.severity
    ticket.account_id = drawn.account.account_id if drawn.account else None
    ticket.reference, ticket.recorded_at = reference.make(drawn.number), drawn.recorded_at
    batch.add(*matter.named, *([matter.reporter] if matter.reporter else []), *matter.suppliers)
    return ticket


def _told(batch: Batch, matter: Matter, keys: KeyRing | None) -> TicketEvent:
    """That it was received, with what was said."""
    actor, at = matter.actor, matter.at
    received = records.new_event(
        matter.ticket, EventKind.RECEIVED, actor=actor, at=at, to_state=State.RECEIVED
    )
    batch.number(received)
    texts.compose(
        batch,
        received,
        matter.sayings,
        actor=actor,
        subject_id=matter.subject_id,
        at=at,
        keys=keys,
    )
    return received


def _graded(batch: Batch, matter: Matter, reason: GradeReason | None) -> list[TicketEvent]:
    """That words of danger had a part in the severity, told to colleagues alone; never which."""
    if reason is None:
        return []
    graded = records.new_event(
        matter.ticket,
        EventKind.GRADED,
        actor=SYSTEM if reason == GradeReason.WORDS else matter.actor,
        at=matter.at,
        visibility=Visibility.INTERNAL,
        reason_code=reason,
        to_severity=matter.ticket.severity,
    )
    return [batch.number(graded)]


def _assigned(batch: Batch, matter: Matter, route: Route) -> TicketEvent:
    """Given to the post that the rules found, with clocks that run; the event is the system's."""
    ticket, at = matter.ticket, matter.at
    ticket.policy, ticket.post_id, ticket.state = route.terms.policy, route.post_id, State.ASSIGNED
    assigned = records.new_event(
        ticket,
        EventKind.ASSIGNED,
        actor=SYSTEM,
        at=at,
        action=Action.ASSIGN,
        from_state=State.RECEIVED,
        to_state=State.ASSIGNED,
        post_id=route.post_id,
    )
    running = clocks.start(ticket, route.terms, at=at)
    ticket.next_step_at = clocks.next_step(ticket, running, at=at)
    history = records.history_row(ticket, records.CREATED, actor=matter.actor, reason="submit")
    batch.add(*running, history)
    return batch.number(assigned)


def _tell(
    batch: Batch,
    matter: Matter,
    route: Route,
    drawn: Drawn,
    received: TicketEvent,
    assigned: TicketEvent,
) -> None:
    """The post that has it, who looks after the account, and who reported."""
    ticket, at = matter.ticket, matter.at
    manager = routing.manager_to_tell(
        route.post_id,
        drawn.account.manager_id if drawn.account else None,
        ticket.unit,
        at=at,
        without=matter.named_ids,
    )
    tellings = [
        *telling.to_post(ticket, assigned, Template.TICKET_ASSIGNED),
        *([telling.to(manager.pk, assigned, Template.TICKET_OF_ACCOUNT)] if manager else []),
        *telling.to_subject(matter.subject_id, received, Template.TICKET_RECEIVED),
    ]
    notices.tell_with(batch, tellings, robots_listen=drawn.robots_listen, at=at)
