"""Where a notice to a resident leads. Paths are written out, as in `console.links`."""

from __future__ import annotations

from complaints.models import Ticket
from complaints.services.telling import OBJECT
from notifications import registry


def register() -> None:
    registry.register_link(OBJECT, ticket_page, to_staff=False)
    registry.register_pages(to_staff=False, notices="/my/notices/", wishes="/my/")


def ticket_page(ticket: Ticket) -> str:
    return f"/tickets/{ticket.public_id}/"
