"""Open tickets of another system become ours: routed, and under their policy from now on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from complaints.enums import Action, EventKind, State
from complaints.models import Ticket
from complaints.services import catalogue, clocks, import_storage, records, routing
from complaints.services.routing import Facts, Route
from core.actors import Actor
from core.batch import Batch

CHANGED = ("state", "post", "policy", "next_step_at")


def adopt(ids: Sequence[int], *, actor: Actor, at: datetime) -> None:
    """Assign these unsolved tickets and start their clocks at `at`.  Nobody is told: the first
    notices are the ladder's own."""
    known, batch, routes = catalogue.current(), Batch(), dict[tuple[int, str, int], Route]()
    tickets = list(Ticket.objects.select_related("unit", "category").filter(pk__in=ids))
    for ticket in tickets:
        alike = (ticket.unit_id, ticket.kind, ticket.category_id)
        if alike not in routes:
            routes[alike] = routing.route(_facts(ticket, known), known, at=at)
        _start(ticket, routes[alike], batch, actor=actor, at=at)
    Ticket.objects.bulk_update(tickets, CHANGED)
    batch.write()


def _facts(ticket: Ticket, known: catalogue.Catalogue) -> Facts:
    category = known.categories[ticket.category.code]
    return Facts(ticket.kind, category, ticket.severity, ticket.channel, "", ticket.unit)


def _start(ticket: Ticket, route: Route, batch: Batch, *, actor: Actor, at: datetime) -> None:
    before = State(ticket.state)
    ticket.state, ticket.post_id = State.ASSIGNED, route.post_id
    ticket.policy = route.terms.policy
    started = clocks.start(ticket, route.terms, at=at, kinds=clocks.IN_HAND)
    ticket.next_step_at = clocks.next_step(ticket, started, at=at)
    event = records.new_event(
        ticket, EventKind.ASSIGNED, actor=actor, at=at, post_id=route.post_id,
        action=Action.ASSIGN, from_state=before, to_state=State.ASSIGNED,
    )  # fmt: skip
    reason = import_storage.IMPORTED
    history = records.history_row(ticket, records.CHANGED, actor=actor, reason=reason)
    batch.add(event, *started, history)
