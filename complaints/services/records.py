"""What is written about every act: the event, and the ticket's history row. The one door to either.

History tracks no personal column, is dated by the real clock, names staff alone and gives a code
as its reason; rows of `QuerySet.update` and of bulk writes are made here too.
"""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any, Final, Literal

from django.db import models
from django.db.models.functions import Now

from complaints.enums import EventKind, Visibility
from complaints.models import Ticket, TicketEvent
from core.actors import Actor
from core.batch import Batch
from core.rows import row

CREATED: Final = "+"
CHANGED: Final = "~"


def new_event(
    ticket: Ticket,
    kind: EventKind,
    *,
    actor: Actor,
    at: datetime,
    visibility: Visibility = Visibility.PUBLIC,
    **columns: Any,
) -> TicketEvent:
    """An unsaved event of the ticket's present cycle. A resident is written as "reporter"."""
    event = row(
        TicketEvent,
        ticket_id=ticket.pk,
        kind=kind,
        visibility=visibility,
        actor_kind=actor.kind,
        staff_id=actor.staff_id,
        machine_id=actor.machine_id,
        occurred_at=at,
        recorded_at=Now(),
        cycle=ticket.cycle,
        **columns,
    )
    event.ticket = ticket
    return event


def save_with_history(ticket: Ticket, *, actor: Actor, reason: str, batch: Batch) -> None:
    """Save a changed ticket, its history row going into `batch`.

    The library's own row is skipped: it would take the doer from the web request.
    """
    ticket.save_without_historical_record()  # type: ignore[attr-defined]
    batch.add(history_row(ticket, CHANGED, actor=actor, reason=reason))


def history_row(
    ticket: Ticket, change: Literal["+", "~"], *, actor: Actor, reason: str
) -> models.Model:
    """An unsaved row with the ticket's columns as they are now."""
    history = _history_model()
    written: models.Model = row(
        history,
        history_date=Now(),
        history_type=change,
        history_user_id=actor.staff_id,
        history_change_reason=reason,
        **{field.attname: getattr(ticket, field.attname) for field in history.tracked_fields},
    )
    return written


@cache
def _history_model() -> Any:
    """The library makes a manager class each time it is asked."""
    return Ticket.history.model
