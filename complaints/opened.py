"""One ticket as somebody opens it: whether it is theirs to see, and all that its page shows of
itself. Its clocks are a question of their own.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet, UUIDField

from complaints import one_ticket
from complaints.models import Ticket, TicketReporter
from complaints.pressure_queries import LIVE_STATES
from complaints.scoped import Scoped, Seen
from core.actors import Actor


def ticket_of(actor: Actor, public_id: UUID) -> Ticket | None:
    """With `clocks`, and `live_clocks` among them, the first due first; for staff `reporter_known`
    says whether they may know who reported it. None for what is not there or not theirs."""
    found = _of_staff if actor.staff_id is not None else _of_others
    ticket = found(actor, public_id)
    if ticket is not None:
        live = [clock for clock in ticket.clocks.all() if clock.state in LIVE_STATES]
        ticket.live_clocks = live
    return ticket


def _of_staff(actor: Actor, public_id: UUID) -> Ticket | None:
    found: Ticket | None = _seen_by_staff.first(actor, public_id=public_id)
    return found


def _of_others(actor: Actor, public_id: UUID) -> Ticket | None:
    """Whether it is theirs is a question of each; what is read is compiled once for all."""
    theirs = Ticket.objects.visible_to(actor).filter(public_id=public_id)
    pk = theirs.order_by().values_list("pk", flat=True).first()
    return None if pk is None else one_ticket.for_page(pk)


def _question(seen: Seen, public_id: Any) -> QuerySet[Ticket]:
    reporters = seen(TicketReporter.objects.all()).filter(ticket=OuterRef("pk"))
    rows = seen(Ticket.objects.all()).filter(public_id=public_id).for_page()
    found: QuerySet[Ticket] = rows.annotate(reporter_known=Exists(reporters))
    return found


_seen_by_staff: Scoped[Ticket] = Scoped(_question, public_id=UUIDField())
