"""The timeline of a ticket as somebody may see it: one statement, however long it is, and one more
where there are photos.

Pages and API read it here, so that what is internal is left out in one place.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BigIntegerField, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject

from complaints.enums import EventKind, State, TextRole, Visibility
from complaints.models import Attachment, TextEntry, Ticket, TicketEvent, TicketLink
from complaints.scoped import Scoped, Seen
from core.actors import Actor, ActorKind

#: what the machinery did; residents see the consequences, not the machinery
MACHINERY = frozenset({EventKind.ESCALATED, EventKind.REVIEWED})

_SHOWN = (
    *("staff", "machine", "post__role", "post__unit", "post__holder", "clock"),
    *("extension_asked", "extension_decided"),
)


#: what of a main ticket those hear and see whose own were merged into it
NEWS = frozenset(
    {
        EventKind.ACCEPTED,
        EventKind.STARTED,
        EventKind.REPLIED,
        EventKind.RESOLVED,
        EventKind.REOPENED,
        EventKind.CLOSED,
    }
)


class News(NamedTuple):
    """That something happened to a matter, and when."""

    kind: EventKind
    at: datetime


class Said(NamedTuple):
    """A text of an event as it stands now."""

    role: str
    body: str
    erased: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """One event with what was written and shown in it."""

    event: TicketEvent
    texts: list[Said] = field(default_factory=list)
    photos: list[Attachment] = field(default_factory=list)

    @property
    def id(self) -> int:
        return self.event.pk

    @property
    def at(self) -> datetime:
        return self.event.occurred_at

    @property
    def day(self) -> date | None:
        """Set where only the day is known: an imported date has no hour."""
        return self.event.occurred_on

    @property
    def internal(self) -> bool:
        return self.event.visibility == Visibility.INTERNAL

    @property
    def by_staff(self) -> bool:
        return self.event.actor_kind == ActorKind.STAFF

    def text(self, *roles: TextRole) -> str:
        """The current words of these roles, or of all but summary and place."""
        wanted = roles or tuple(set(TextRole) - {TextRole.SUMMARY, TextRole.PLACE})
        return "\n".join(said.body for said in self.texts if said.role in wanted and said.body)

    @property
    def erased(self) -> bool:
        return any(said.erased for said in self.texts)


def timeline(ticket: Ticket, actor: Actor) -> list[Entry]:
    """What the actor may see of the ticket, oldest first."""
    events = [event for event in _events(actor, ticket=ticket.pk) if _concerns(event, actor)]
    shown = _without_the_unseen(events, actor)
    entries = {event.pk: Entry(event, _texts(event)) for event in shown}
    for photo in _photos(shown, actor):
        entries[photo.event_id or 0].photos.append(photo)
    return list(entries.values())


def followed_by(actor: Actor, ticket: Ticket) -> list[News]:
    """What became of the matter that a reporter's ticket was merged into, oldest first: what
    happened and when, never a word, a name or a number of the other ticket (docs/adr/0053). Staff
    are told nothing here: whoever may know of the other ticket opens it."""
    if actor.kind is not ActorKind.REPORTER or ticket.state != State.MERGED:
        return []
    link = TicketLink.objects.merges().filter(source=ticket).select_related("made_in").first()
    if link is None:
        return []
    events = TicketEvent.objects.public().filter(
        ticket=link.target_id, kind__in=NEWS, occurred_at__gte=link.made_in.occurred_at
    )
    rows = events.order_by("occurred_at", "id").values_list("kind", "occurred_at")
    return [News(EventKind(kind), at) for kind, at in rows]


def _concerns(event: TicketEvent, actor: Actor) -> bool:
    return actor.kind is not ActorKind.REPORTER or event.kind not in MACHINERY


def _without_the_unseen(events: list[TicketEvent], actor: Actor) -> list[TicketEvent]:
    """An event names another ticket only to those who may know of it; one that says nothing else
    is left out for the others. A statement only where there are such events."""
    asked = {event.other_id for event in events if event.other_id is not None}
    if not asked:
        return events
    known = Ticket.objects.visible_to(actor).filter(pk__in=asked).only("public_id", "reference")
    others = {ticket.pk: ticket for ticket in known}
    kept = [event for event in events if event.other_id in others or not _is_of_other(event)]
    for event in kept:
        event.other = others.get(event.other_id or 0)
    return kept


def _is_of_other(event: TicketEvent) -> bool:
    """Whether the other ticket is all it tells of; a merge is also what became of this one."""
    return event.other_id is not None and not event.to_state


def _photos(events: Iterable[TicketEvent], actor: Actor) -> Iterable[Attachment]:
    taken = [event.pk for event in events if event.photographed]  # type: ignore[attr-defined]
    return Attachment.objects.visible_to(actor).filter(event__in=taken).order_by("id")


def _texts(event: TicketEvent) -> list[Said]:
    return [Said(**said) for said in event.said]  # type: ignore[attr-defined]  # annotated below


def _story(seen: Seen, ticket: Any) -> QuerySet[TicketEvent]:
    texts = seen(TextEntry.objects.all()).current().filter(event=OuterRef("pk")).order_by("id")
    said = JSONObject(role="role", body="body", erased=Q(erased_at__isnull=False))
    rows: QuerySet[TicketEvent] = seen(TicketEvent.objects.all()).filter(ticket=ticket)
    return (
        rows.annotate(
            photographed=Exists(Attachment.objects.filter(event=OuterRef("pk"))),
            said=ArraySubquery(texts.values_list(said)),
        )
        .select_related(*_SHOWN)
        .order_by("occurred_at", "id")
    )


_events: Final[Scoped[TicketEvent]] = Scoped(_story, ticket=BigIntegerField())
