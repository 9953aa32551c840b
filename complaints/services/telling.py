"""Who hears of what on a ticket. Words and addresses are found when a notice is shown or sent."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from complaints.enums import Template
from complaints.models import Ticket, TicketEvent
from notifications.services.notices import Telling

SOURCE: Final = "complaints.event"
OBJECT: Final = "complaints.ticket"


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
