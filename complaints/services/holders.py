"""Who had a ticket in hand and for how long, as the ticket page and the API show it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from complaints import holding
from complaints.enums import ClockKind
from complaints.models import Ticket, TicketEvent
from complaints.services import catalogue
from core.business_time import Basis, Calendar, elapsed, whole_minutes
from organisation.models import Post
from organisation.services.calendars import calendar_for


@dataclass(frozen=True, slots=True)
class Holder:
    """One stay of the ticket with a post; `until` is empty while it lasts."""

    post: Post
    since: datetime
    until: datetime | None
    worked: timedelta
    basis: Basis

    @property
    def worked_minutes(self) -> int:
        return whole_minutes(self.worked)


def of(ticket: Ticket, *, at: datetime) -> list[Holder]:
    """Oldest first, in the basis in which the policy counts a holder's time, or else the solution;
    on the wall where there is no policy."""
    events = TicketEvent.objects.filter(ticket=ticket).select_related("post__unit", "post__role")
    return among(list(events.order_by("occurred_at", "id")), ticket, at=at)


def among(events: Sequence[TicketEvent], ticket: Ticket, *, at: datetime) -> list[Holder]:
    """The same from all events of the ticket in their order, read with their posts."""
    basis, calendar = _measure_of(ticket)
    held = holding.history(events, lambda a, b: elapsed(calendar, basis, a, b), at)
    posts = {event.post.pk: event.post for event in events if event.post is not None}
    return [
        Holder(posts[each.post_id], each.since, each.until, each.worked, basis) for each in held
    ]


def _measure_of(ticket: Ticket) -> tuple[Basis, Calendar]:
    terms = catalogue.seen_with(ticket).terms_by_id.get(ticket.policy_id or 0)
    if terms is None:
        return Basis.WALL, calendar_for(ticket.unit)
    kinds = (ClockKind.SEGMENT, ClockKind.RESOLVE)
    counted = [terms.durations[kind].basis for kind in kinds if kind in terms.durations]
    regional = terms.regional(ticket.unit.path)
    calendar = calendar_for(regional) if regional is not None else terms.calendar
    return (counted[0] if counted else Basis.WALL), calendar
