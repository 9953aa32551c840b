"""Questions about what hangs on tickets: links, co-owners, corrective actions."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F

from complaints.enums import Relation, RemedyState
from complaints.workflow import UNSOLVED
from core.actors import Actor

if TYPE_CHECKING:
    from complaints.models import (  # noqa: F401  # type arguments below
        CoOwnership,
        CorrectiveAction,
        TicketLink,
    )


class LinkQuerySet(models.QuerySet["TicketLink"]):
    def visible_to(self, actor: Actor) -> Self:
        """Where the actor may know of both tickets: a link alone would tell of the other one."""
        from complaints.models import Ticket

        tickets = Ticket.objects.visible_to(actor).values("pk")
        return self.filter(source__in=tickets, target__in=tickets)

    def standing(self) -> Self:
        return self.filter(ended_in__isnull=True)

    def merges(self) -> Self:
        return self.standing().filter(relation=Relation.MERGED_INTO)

    def of(self, ticket_id: int) -> Self:
        """From the ticket or to it."""
        return self.filter(models.Q(source=ticket_id) | models.Q(target=ticket_id))


class CoOwnershipQuerySet(models.QuerySet["CoOwnership"]):
    def standing(self) -> Self:
        """Of the ticket's present cycle, not given back, by a post that is not its own by now."""
        return self.filter(
            ended_in__isnull=True, cycle=F("ticket__cycle"), ticket__state__in=UNSOLVED
        ).exclude(post=F("ticket__post"))


class RemedyQuerySet(models.QuerySet["CorrectiveAction"]):
    def visible_to(self, actor: Actor) -> Self:
        """Those of visible tickets."""
        from complaints.models import Ticket

        return self.filter(ticket__in=Ticket.objects.visible_to(actor).values("pk"))

    def late(self, today: date) -> Self:
        return self.filter(state=RemedyState.OPEN, due_on__lt=today)

    def for_list(self) -> Self:
        return self.select_related(
            "ticket__unit",
            "ticket__category",
            "owner__unit",
            "owner__role",
            "owner__holder",
            "planned_in__staff",
            "done_in__staff",
            "verified_in__staff",
        )
