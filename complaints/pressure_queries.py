"""What stands on a ticket beside its state, as columns of a queryset: who handled it, whether more
time is asked for, who watches it, whether the resident pressed for it, what it is about."""

from __future__ import annotations

from typing import Any, Final

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from complaints.enums import ClockState, EventKind, ExtensionState, TextRole
from organisation.models import Post
from organisation.querysets import NOBODY_HOLDS, Moment

#: what staff do when they handle a ticket
HANDLING_ACTS: Final = (
    EventKind.ACCEPTED,
    EventKind.STARTED,
    EventKind.WAITING,
    EventKind.RESUMED,
    EventKind.RESOLVED,
    EventKind.RETURNED,
)
LIVE_STATES: Final = (ClockState.RUNNING, ClockState.PAUSED)


def standing(at: Moment) -> dict[str, Any]:
    """`rights.FACTS`, for annotating, as of that moment. A request for more time dies with its
    clock."""
    from complaints.models import Extension, Supervision, TicketEvent

    mine = OuterRef("pk")
    handled = TicketEvent.objects.handling().filter(ticket=mine).order_by()
    asked = Extension.objects.filter(
        ticket=mine, state=ExtensionState.ASKED, clock__state__in=LIVE_STATES
    )
    watching = Supervision.objects.filter(ticket=mine, ended_at__isnull=True)
    returned = (
        TicketEvent.objects.filter(ticket=mine, kind=EventKind.RETURNED, cycle=OuterRef("cycle"))
        .order_by()
        .values("ticket")
        .annotate(times=Count("pk"))
    )
    return {
        "handler_ids": ArraySubquery(handled.values("staff_id").distinct()),
        "open_extension_id": Subquery(asked.values("pk")[:1]),
        "extension_asker_id": Subquery(asked.values("asked_by_id")[:1]),
        "supervisor_ids": ArraySubquery(watching.values("staff_id")),
        "supervision_paths": ArraySubquery(watching.values("post__unit__path")),
        "times_returned": Coalesce(Subquery(returned.values("times")), 0),
        "standing_in_id": Subquery(standing_in(OuterRef("post"), at)),
    }


def standing_in(post: OuterRef, at: Moment) -> QuerySet[Post, Any]:
    """Who stands in for a post at that moment, if anybody does."""
    away = NOBODY_HOLDS | Q(holder_absent_until__gt=at)
    return Post.objects.filter(away, pk=post, stand_in__is_active=True).values("stand_in")


def supervised() -> Exists:
    from complaints.models import Supervision

    return Exists(Supervision.objects.filter(ticket=OuterRef("pk"), ended_at__isnull=True))


def summary() -> Subquery:
    from complaints.models import TextEntry

    texts = TextEntry.objects.filter(ticket=OuterRef("pk"), role=TextRole.SUMMARY).current()
    return Subquery(texts.order_by("-id").values("body")[:1])
