"""How many matters key accounts brought in a quarter, and which: zero is a figure like any other.

Counted are tickets of a key account whose receipt happened in the quarter and up to the cut-off,
as far as it was recorded by a moment that is named beside the figure. Both come from the event of
the receipt, which nobody can change, so that the same question gives the same answer later.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef

from complaints.enums import EventKind, Kind
from complaints.models import Ticket, TicketEvent
from complaints.querysets import TicketQuerySet
from core.actors import Actor
from core.quarters import Quarter


@dataclass(frozen=True, slots=True)
class AccountQuarter:
    """One quarter as somebody may see it."""

    quarter: Quarter
    actor: Actor
    cut_off_at: datetime
    recorded_by: datetime

    @classmethod
    def ask(
        cls,
        quarter: Quarter,
        actor: Actor,
        *,
        at: datetime,
        cut_off_at: datetime | None = None,
        recorded_by: datetime | None = None,
    ) -> AccountQuarter:
        """Without other moments: up to the quarter's end, and all that is recorded by now."""
        return cls(quarter, actor, cut_off_at or min(quarter.ends_at, at), recorded_by or at)

    def tickets(self) -> TicketQuerySet:
        """The list behind the figures."""
        received = TicketEvent.objects.filter(
            ticket=OuterRef("pk"),
            kind=EventKind.RECEIVED,
            occurred_at__gte=self.quarter.starts_at,
            occurred_at__lt=self.quarter.ends_at,
            occurred_at__lte=self.cut_off_at,
            recorded_at__lte=self.recorded_by,
        )
        rows = Ticket.objects.visible_to(self.actor).filter(account__isnull=False)
        return rows.filter(Exists(received))

    def by_kind(self) -> dict[Kind, int]:
        """Every kind, also with zero."""
        counted = self.tickets().order_by().values_list("kind").annotate(Count("pk"))
        return {**dict.fromkeys(Kind, 0), **{Kind(kind): count for kind, count in counted}}
