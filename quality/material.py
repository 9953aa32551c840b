"""What an inspector reads of the one ticket behind a case.

The draw gives this right, and no other does: inspectors see no tickets. Who reported is not part
of it, nor is where they live.
"""

from __future__ import annotations

from dataclasses import dataclass

from complaints import reading
from complaints.models import Ticket
from complaints.reading import Entry
from core.actors import SYSTEM, Actor
from core.errors import NotFound
from organisation import access
from quality.enums import RoundState
from quality.models import SampleCase
from quality.services.inspection import is_concerned


@dataclass(frozen=True, slots=True)
class Material:
    ticket: Ticket
    entries: list[Entry]


def material(case: SampleCase, *, actor: Actor) -> Material | None:
    """The ticket of a drawn case with its timeline; None where the ticket is not there any more.

    Raises NotAllowed without `quality.inspect`, NotFound before the draw and for those who handled
    the ticket or are named by it: they are no inspectors of it.
    """
    access.require(actor, "quality.inspect")
    drawn = case.round.state in (RoundState.DRAWN, RoundState.REPORTED)
    if not drawn or is_concerned(case, actor):
        raise NotFound
    ticket = (
        Ticket.objects.select_related("category", "unit", "post__role", "post__unit")
        .filter(public_id=case.member.ticket_public_id)
        .first()
    )
    return Material(ticket, reading.timeline(ticket, SYSTEM)) if ticket else None
