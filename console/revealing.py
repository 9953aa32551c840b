"""One value of a reporter in clear: with a reason, counted, and logged before it is shown."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from complaints.models import Ticket
from console import callers, ip_panel
from console.forms.reveal import NAME
from core import phone
from core.actors import Actor
from core.errors import NotFound
from organisation import access
from privacy.vault.enums import RevealReason
from privacy.vault.services import disclosure
from residents.models import ContactPoint, Person
from residents.services import contacts, people

REVEAL = "tickets.reveal_reporter"


def reveal(ticket: Ticket, which: str, reason: str, *, actor: Actor, at: datetime) -> str:
    """Raises NotAllowed, NotFound, or RevealLimitReached."""
    access.require(actor, REVEAL, ticket.unit)
    subject_id, field, sealed = _wanted(ticket, which, actor)
    shown = disclosure.reveal_field(
        actor=actor,
        subject_id=subject_id,
        field=field,
        sealed=sealed,
        reason=RevealReason(reason),
        at=at,
    )
    return phone.display(shown) if shown.startswith("+") else shown


def _wanted(ticket: Ticket, which: str, actor: Actor) -> tuple[UUID, str, bytes]:
    if which in ip_panel.FIELDS:
        return ip_panel.sealed(ticket, which)
    reporter = callers.reporter_of(ticket, actor=actor)
    if reporter is None or reporter.subject_id is None:
        raise NotFound
    return _sealed(reporter.subject_id, which)


def _sealed(subject_id: UUID, which: str) -> tuple[UUID, str, bytes]:
    if which == NAME:
        person = Person.objects.filter(pk=subject_id).first()
        if person is None:
            raise NotFound
        return subject_id, people.NAME, bytes(person.name_sealed)
    rows = callers.contacts_of(subject_id)
    if not which.isdecimal() or int(which) >= len(rows):
        raise NotFound
    contact: ContactPoint = rows[int(which)]
    return contact.subject_id, contacts.SEALED, bytes(contact.sealed)
