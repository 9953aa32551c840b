"""A matter that was not solved goes up one level at once: to the post one rung above where it
stood, on the ladder of its promise to resolve.

The escalation belongs to the clock of the cycle that failed, on a level that clock has not fired;
so it is unique like every other, and the ladder of the new cycle is whole.
"""

from __future__ import annotations

from django.db.models import Max

from complaints.enums import ClockKind, EventKind, StepEffect, Template, Visibility
from complaints.ladder import Rung
from complaints.models import CoOwnership, Ticket, TicketClock
from complaints.services import sweep_steps
from complaints.services.act import Act
from complaints.services.clocks import HANDLING
from complaints.services.seating import Asked, Seating
from organisation.models import Post

#: why the escalation was written, where no time had run out
NOT_SATISFIED = "not_satisfied"


def stands_at(ticket: Ticket) -> int:
    """The highest level of the handling in this cycle; a late call-back is not the handler's."""
    fired = ticket.events.filter(
        kind=EventKind.ESCALATED, cycle=ticket.cycle, clock__kind__in=HANDLING
    )
    highest: int | None = fired.aggregate(highest=Max("level"))["highest"]
    return highest or 0


def escalate(now: Act, stood: int) -> None:
    """Tell the post one rung above `stood`, and let it take the ticket over or answer for it beside
    the handler, as the rung says.

    Above the last rung stands the duty queue. Nothing happens on a ticket that never had a promise.
    """
    clock = _failed_clock(now.ticket)
    if clock is None:
        return
    rungs = _rungs_above(now, clock, stood)
    seating, asked = _seating(now, rungs)
    named = frozenset(now.ticket.named_ids)
    for rung in rungs:
        post_id = seating.post_for(asked, rung.roles, named)
        if post_id != now.ticket.post_id:
            _write(now, clock, rung.level, rung.effect, post_id)
            return
    above = max((rung.level for rung in rungs), default=stood) + 1
    _write(now, clock, above, StepEffect.INFORM, seating.duty_post(named))


def _write(now: Act, clock: TicketClock, level: int, effect: str, post_id: int) -> None:
    event = now.event(
        EventKind.ESCALATED,
        Visibility.INTERNAL,
        clock=clock,
        level=level,
        effect=effect,
        post_id=post_id,
        reason_code=NOT_SATISFIED,
    )
    now.ticket.level = level
    now.tell(event, Template.TICKET_NOT_SATISFIED, [post_id])
    if effect == StepEffect.CO_OWN:
        now.batch.add(
            CoOwnership(ticket=now.ticket, post_id=post_id, cycle=now.ticket.cycle, since=event)
        )
    if effect == StepEffect.TAKE_OVER and post_id != now.ticket.post_id:
        taken = now.event(EventKind.TAKEN_OVER, Visibility.INTERNAL, post_id=post_id)
        now.tell_post(taken, Template.TICKET_TAKEN_OVER)
        now.hand_to(Post.objects.with_people().get(pk=post_id))


def _failed_clock(ticket: Ticket) -> TicketClock | None:
    """Of the cycle that ended with not being satisfied."""
    return ticket.clocks.filter(kind=ClockKind.RESOLVE, cycle=ticket.cycle - 1).first()


def _rungs_above(now: Act, clock: TicketClock, stood: int) -> list[Rung]:
    ladder = sweep_steps.ladders_of(now.catalogue).get((clock.policy_id, clock.kind), ())
    return [rung for rung in ladder if rung.level > stood]


def _seating(now: Act, rungs: list[Rung]) -> tuple[Seating, Asked]:
    ticket = now.ticket
    asked = Asked(ticket.unit.path, ticket.post_id, ticket.kind)
    roles = {role for rung in rungs for role in rung.roles if role is not None}
    return Seating.read({asked}, roles, now.at), asked
