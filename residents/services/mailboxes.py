"""Where a resident is written to. Asked at the moment of sending: what was corrected or erased
meanwhile counts."""

from __future__ import annotations

from uuid import UUID

from django.db.models import F

from notifications.registry import Address
from organisation.enums import Language
from privacy.vault.services import sealing, subjects
from residents.enums import ContactKind
from residents.models import ContactPoint, Person
from residents.services.contacts import SEALED


def mailbox(subject_id: UUID) -> Address | None:
    """The verified one first, else the newest; None where there is none, or no key to read it."""
    point = (
        ContactPoint.objects.filter(
            subject__in=subjects.closure([subject_id]), kind=ContactKind.EMAIL
        )
        .order_by(F("verified_at").desc(nulls_last=True), "-pk")
        .first()
    )
    if point is None:
        return None
    (text,) = sealing.reveal_many([(point.subject_id, SEALED, point.sealed)])
    return Address(text, language_of(point.subject_id)) if text else None


def language_of(subject_id: UUID) -> str:
    person = Person.objects.filter(pk=subject_id).first()
    return person.preferred_language if person else Language.CHINESE
