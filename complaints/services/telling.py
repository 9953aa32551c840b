"""Who hears of what on a ticket. Words and addresses are found when a notice is shown or sent."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final
from uuid import UUID

from complaints.enums import EventKind, Template
from complaints.models import Ticket, TicketEvent, TicketReporter
from core.actors import Actor
from notifications.services.notices import Telling
from organisation.models import Post
from organisation.services.posts import local_date

SOURCE: Final = "complaints.event"
OBJECT: Final = "complaints.ticket"

#: what of a ticket is news to those whose tickets were merged into it
FOLLOWED: Final = frozenset(
    {EventKind.REPLIED, EventKind.RESOLVED, EventKind.REOPENED, EventKind.CLOSED}
)


def to(post_id: int, event: TicketEvent, template: Template) -> Telling:
    return Telling(SOURCE, event.pk, template, OBJECT, event.ticket_id, post_id=post_id)


def to_post(ticket: Ticket, event: TicketEvent, template: Template) -> list[Telling]:
    """The post that has the ticket, if any."""
    if ticket.post_id is None:
        return []
    return [to(ticket.post_id, event, template)]


def to_subject(subject_id: UUID | None, event: TicketEvent, template: Template) -> list[Telling]:
    """The person who reported, if there is one to be told."""
    if subject_id is None:
        return []
    return [Telling(SOURCE, event.pk, template, OBJECT, event.ticket_id, subject_id=subject_id)]


def to_followers(merged_ids: Collection[int], event: TicketEvent) -> list[Telling]:
    """Those who reported what was merged, about the ticket that is theirs."""
    if not merged_ids or event.kind not in FOLLOWED:
        return []
    rows = TicketReporter.objects.filter(ticket__in=merged_ids, subject__isnull=False)
    return [
        Telling(SOURCE, event.pk, Template.TICKET_FOLLOWED, OBJECT, ticket_id, None, subject_id)
        for ticket_id, subject_id in rows.order_by("ticket_id").values_list(
            "ticket_id", "subject_id"
        )
    ]


def to_co_owners(
    ticket: Ticket, event: TicketEvent, actor: Actor, *, at: datetime
) -> list[Telling]:
    """Posts that answer for the ticket beside its own, but for those that have ended, those the
    actor acts for and those whose people it names by now."""
    if not ticket.co_owner_ids:
        return []
    posts = Post.objects.filter(pk__in=ticket.co_owner_ids).valid_on(local_date(at))
    posts = posts.not_touching(ticket.named_ids)
    if actor.staff_id is not None:
        posts = posts.exclude(pk__in=Post.objects.acted_by(actor.staff_id, at).values("pk"))
    return [
        Telling(SOURCE, event.pk, Template.TICKET_CO_OWNED, OBJECT, ticket.pk, post_id=pk)
        for pk in posts.order_by("pk").values_list("pk", flat=True)
    ]
