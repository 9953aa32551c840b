"""Where a notice to staff leads."""

from __future__ import annotations

from django.urls import reverse

from complaints.models import Ticket
from complaints.services.telling import OBJECT
from complaints.services.tenures import OBJECT as POST
from notifications import registry
from organisation.models import Post


def register() -> None:
    registry.register_link(OBJECT, ticket_page, to_staff=True)
    registry.register_link(POST, work_page, to_staff=True)
    registry.register_pages(
        to_staff=True,
        notices=lambda: reverse("console:notices"),
        wishes=lambda: reverse("console:preferences"),
    )


def ticket_page(ticket: Ticket) -> str:
    return reverse("console:ticket", args=[ticket.public_id])


def work_page(post: Post) -> str:
    return reverse("console:work")
