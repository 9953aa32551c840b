"""Questions about what hangs on tickets: links, co-owners, clocks, corrective actions,
suppliers, alarms, public summaries."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.db.models.functions import TruncDate

from complaints import pressure_queries
from complaints.enums import EventKind, Relation, RemedyState
from complaints.workflow import UNSOLVED
from core.actors import Actor, ActorKind
from organisation.models import Unit
from organisation.querysets import Moment

if TYPE_CHECKING:
    from complaints.models import (  # noqa: F401  # type arguments below
        CoOwnership,
        CorrectiveAction,
        DeviceAlert,
        PublicSummary,
        TicketClock,
        TicketEvent,
        TicketLink,
        TicketSupplier,
    )
    from organisation.models import Unit


def _acting(rows: models.QuerySet[Any], at: Moment) -> models.QuerySet[Any, Any]:
    """Who answers for the posts of these rows then, as `posts.current_holder` says of one."""
    away = (
        Q(post__holder_absent_until__gt=at)
        | Q(post__holder__isnull=True)
        | Q(post__holder__is_active=False)
    )
    answers = Case(
        When(away & Q(post__stand_in__is_active=True), then=F("post__stand_in")),
        When(post__holder__is_active=True, then=F("post__holder")),
    )
    today = TruncDate(Value(at) if isinstance(at, datetime) else at)
    return (
        rows.exclude(post__valid_until__lte=today)
        .annotate(acting=answers)
        .filter(acting__isnull=False)
        .values_list("acting", flat=True)
    )


def awaited(events: models.QuerySet[TicketEvent], at: Moment) -> models.QuerySet[Any, Any]:
    """Of the events of one ticket: who answers then for a post that was told of an escalation of
    its cycle and has not said that it has arrived. The warning before due is no escalation."""
    answered = events.model._default_manager.filter(
        ticket=OuterRef("ticket"),
        kind=EventKind.ACKNOWLEDGED,
        post=OuterRef("post"),
        cycle=OuterRef("cycle"),
        id__gt=OuterRef("id"),
    )
    told = events.filter(kind=EventKind.ESCALATED, level__gte=1, cycle=F("ticket__cycle"))
    return _acting(told.filter(~Exists(answered)), at)


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

    def of(self, ticket_id: int | OuterRef) -> Self:
        """From the ticket or to it."""
        return self.filter(models.Q(source=ticket_id) | models.Q(target=ticket_id))


class CoOwnershipQuerySet(models.QuerySet["CoOwnership"]):
    def standing(self) -> Self:
        """Of the ticket's present cycle, not given back, by a post that is not its own by now."""
        return self.filter(
            ended_in__isnull=True, cycle=F("ticket__cycle"), ticket__state__in=UNSOLVED
        ).exclude(post=F("ticket__post"))

    def held_by(self, at: Moment) -> models.QuerySet[CoOwnership, Any]:
        """The people who act for these posts at that moment."""
        return _acting(self, at)


class RemedyQuerySet(models.QuerySet["CorrectiveAction"]):
    def visible_to(self, actor: Actor) -> Self:
        """Those of visible tickets; residents see none, since it is not their matter any more."""
        from complaints.models import Ticket

        if actor.kind is ActorKind.REPORTER:
            return self.none()
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
            "handed_in",
            "done_in__staff",
            "verified_in__staff",
        )


class SupplierLinkQuerySet(models.QuerySet["TicketSupplier"]):
    def visible_to(self, actor: Actor) -> Self:
        from complaints.models import Ticket

        return self.filter(ticket__in=Ticket.objects.visible_to(actor).values("pk"))


class SummaryQuerySet(models.QuerySet["PublicSummary"]):
    def visible_to(self, actor: Actor) -> Self:
        from complaints.models import Ticket

        return self.filter(ticket__in=Ticket.objects.visible_to(actor).values("pk"))

    def published(self, unit: Unit) -> Self:
        """What anybody may read of this community."""
        return self.filter(ticket__unit=unit, published_at__isnull=False)


class AlertQuerySet(models.QuerySet["DeviceAlert"]):
    def visible_to(self, actor: Actor) -> Self:
        """Alerts of tickets that one may see."""
        from complaints.models import Ticket

        return self.filter(ticket__in=Ticket.objects.visible_to(actor).values("pk"))

    def active(self) -> Self:
        return self.filter(cleared_at__isnull=True)

    def for_list(self) -> Self:
        return self.select_related("device__unit", "device__building", "ticket", "rule__category")


class ClockQuerySet(models.QuerySet["TicketClock"]):
    def live(self) -> Self:
        """Running or paused, the first due first."""
        return self.filter(state__in=pressure_queries.LIVE_STATES).first_due_first()

    def first_due_first(self) -> Self:
        return self.order_by(F("due_at").asc(nulls_last=True), "id")
