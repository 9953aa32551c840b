"""One ticket as somebody opens it: whether it is theirs to see, and all that its page, or the
API's answer, shows of itself.
"""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    BigIntegerField,
    CharField,
    Exists,
    OuterRef,
    QuerySet,
    UUIDField,
)
from django.db.models.functions import Cast, JSONObject

from complaints import one_ticket, pressure_queries
from complaints.models import Ticket, TicketClock, TicketReporter
from complaints.pressure_queries import LIVE_STATES
from complaints.scoped import Scoped, Seen
from core.actors import Actor
from core.compiled import Compiled, Slot

#: what an answer of the API says of a ticket, and what policies look at beside their facts
_ANSWERED: Final = (
    *("public_id", "reference", "version", "kind", "category__code", "severity", "channel"),
    *("state", "unit__name", "unit__path", "level", "received_at", "wait_ends_at", "resolved_at"),
    "ended_at",
    *("account__code", "account__name", "account__tier"),
    *("post__role__name", "post__holder__name", "post__stand_in_id"),
)


def ticket_of(actor: Actor, public_id: UUID) -> Ticket | None:
    """With `clocks`, a question of their own, and `live_clocks` among them, the first due first;
    for staff `reporter_known` says whether they may know who reported it. None for what is not
    there or not theirs."""
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
    pk = _theirs(actor, public_id)
    return None if pk is None else one_ticket.for_page(pk)


def _theirs(actor: Actor, public_id: UUID) -> int | None:
    found = Ticket.objects.visible_to(actor).filter(public_id=public_id)
    return found.order_by().values_list("pk", flat=True).first()


def _question(seen: Seen, public_id: Any) -> QuerySet[Ticket]:
    reporters = seen(TicketReporter.objects.all()).filter(ticket=OuterRef("pk"))
    rows = seen(Ticket.objects.all()).filter(public_id=public_id).for_page()
    found: QuerySet[Ticket] = rows.annotate(reporter_known=Exists(reporters))
    return found


_seen_by_staff: Scoped[Ticket] = Scoped(_question, public_id=UUIDField())


def known_to(actor: Actor, public_id: UUID) -> Ticket | None:
    """The bare ticket, whose act or timeline is asked for. None for what is not there or not
    theirs."""
    found: Ticket | None = _known.first(actor, public_id=public_id)
    return found


def _known_question(seen: Seen, public_id: Any) -> QuerySet[Ticket]:
    found: QuerySet[Ticket] = seen(Ticket.objects.all()).filter(public_id=public_id)
    return found


_known: Scoped[Ticket] = Scoped(_known_question, public_id=UUIDField())


def answer_of(actor: Actor, public_id: UUID) -> Ticket | None:
    """With all that policies ask about, and its live clocks as `clocks_told`, in one statement:
    half of what a page shows is of no use to who asks the API. None for what is not there or not
    theirs."""
    if actor.staff_id is not None:
        found: Ticket | None = _answered_to_staff.first(actor, public_id=public_id)
        return found
    pk = _theirs(actor, public_id)
    return None if pk is None else _answered_to_others.first(pk=pk)


def _for_answer(rows: Any) -> QuerySet[Ticket, Any]:
    live = TicketClock.objects.live().filter(ticket=OuterRef("pk"))
    clock = JSONObject(
        kind="kind", state="state", due_at="due_at", provisional="provisional",
        # a number of JSON would be read as a binary one
        remaining_minutes=Cast("remaining_minutes", CharField()),
    )  # fmt: skip
    found: QuerySet[Ticket, Any] = (
        rows.for_acting()
        .select_related(None)
        .select_related("category", "unit", "account", "post__role", "post__holder")
        .only(*_ANSWERED)
        .annotate(
            summary_text=pressure_queries.summary(),
            clocks_told=ArraySubquery(live.values(one=clock)),
        )
    )
    return found


def _answer_seen(seen: Seen, public_id: Any) -> QuerySet[Ticket]:
    return _for_answer(seen(Ticket.objects.all()).filter(public_id=public_id))


def _answer_to_others() -> QuerySet[Ticket]:
    """A policy asks of a resident's ticket whether it is their own."""
    rows = _for_answer(Ticket.objects.filter(pk=Slot("pk", BigIntegerField())))
    return rows.select_related("reporter").only(*_ANSWERED, "reporter__subject")


_answered_to_staff: Scoped[Ticket] = Scoped(_answer_seen, public_id=UUIDField())
_answered_to_others: Compiled[Ticket] = Compiled(_answer_to_others)
