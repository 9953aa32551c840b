"""Where a notice to staff leads.

Paths are written out: to ask the routes for them, a sweeper would load every page (docs/adr/0140).
"""

from __future__ import annotations

from complaints.models import Ticket
from complaints.services.telling import OBJECT
from complaints.services.tenures import OBJECT as POST
from notifications import registry
from organisation.models import Post


def register() -> None:
    registry.register_link(OBJECT, ticket_page, to_staff=True)
    registry.register_link(POST, work_page, to_staff=True)
    registry.register_pages(
        to_staff=True, notices="/console/notices/", wishes="/console/notices/preferences/"
    )


def ticket_page(ticket: Ticket) -> str:
    return f"/console/tickets/{ticket.public_id}/"


def work_page(post: Post) -> str:
    return "/console/work/"
