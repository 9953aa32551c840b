"""Where a notice to a resident leads."""

from __future__ import annotations

from django.urls import reverse

from complaints.models import Ticket
from complaints.services.telling import OBJECT
from notifications import registry


def register() -> None:
    registry.register_link(OBJECT, ticket_page, to_staff=False)


def ticket_page(ticket: Ticket) -> str:
    return reverse("portal:ticket", args=[ticket.public_id])
