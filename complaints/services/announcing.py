"""What happens to tickets, announced to webhooks that listen: kind, numbers and unit."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final, NamedTuple

from complaints.models import Ticket, TicketEvent
from complaints.querysets import GATED
from complaints.services.telling import OBJECT, SOURCE
from notifications.services import subscriptions
from notifications.services.subscriptions import Happening

PREFIX: Final = "ticket."


class Happened(NamedTuple):
    event_id: int
    ticket_id: int
    kind: str


def announce(ticket: Ticket, events: Iterable[TicketEvent], *, at: datetime) -> None:
    """What an act on one ticket left. Nothing of matters that not everybody may know of."""
    if ticket.kind in GATED or not subscriptions.listened_to():
        return
    heard = [
        Happening(PREFIX + event.kind, event.pk, ticket.pk, ticket.unit_id) for event in events
    ]
    subscriptions.announce(heard, source_kind=SOURCE, object_kind=OBJECT, at=at)


def announce_swept(happened: Iterable[Happened], *, at: datetime) -> None:
    """What a sweep left on many tickets."""
    listened = subscriptions.listened_to()
    wanted = [each for each in happened if PREFIX + each.kind in listened]
    if not wanted:
        return
    open_to_all = Ticket.objects.filter(pk__in={each.ticket_id for each in wanted})
    units = dict(open_to_all.exclude(kind__in=GATED).values_list("pk", "unit_id"))
    heard = [
        Happening(PREFIX + each.kind, each.event_id, each.ticket_id, units[each.ticket_id])
        for each in wanted
        if each.ticket_id in units
    ]
    subscriptions.announce(heard, source_kind=SOURCE, object_kind=OBJECT, at=at)
