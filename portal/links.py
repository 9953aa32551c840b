"""Where a notice to a resident leads."""

from __future__ import annotations

from django.urls import reverse

from complaints.models import Ticket
from complaints.services.telling import OBJECT
from notifications import registry


def register() -> None:
    registry.register_link(OBJECT, ticket_page, to_staff=False)
    registry.register_pages(
        to_staff=False,
        notices=lambda: reverse("portal:notices"),
        wishes=lambda: reverse("portal:account"),
    )


def ticket_page(ticket: Ticket) -> str:
    return reverse("portal:ticket", args=[ticket.public_id])
