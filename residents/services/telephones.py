"""Where a resident is sent short messages: the number they proved to hold, and no other."""

from __future__ import annotations

from uuid import UUID

from core import phone
from core.phone import PhoneInvalid
from notifications.registry import Address
from privacy.vault.services import sealing, subjects
from residents.enums import ContactKind
from residents.models import ContactPoint
from residents.services.contacts import SEALED
from residents.services.mailboxes import language_of


def telephone(subject_id: UUID) -> Address | None:
    """The mobile number verified last; None where there is none, or no key to read it."""
    points = ContactPoint.objects.filter(
        subject__in=subjects.closure([subject_id]),
        kind=ContactKind.PHONE,
        verified_at__isnull=False,
    ).order_by("-login", "-verified_at", "-pk")
    rows = list(points)
    opened = sealing.reveal_many((row.subject_id, SEALED, row.sealed) for row in rows)
    for row, text in zip(rows, opened, strict=True):
        if text and _is_mobile(text):
            return Address(text, language_of(row.subject_id))
    return None


def _is_mobile(text: str) -> bool:
    try:
        return phone.parse(text).line is phone.Line.MOBILE
    except PhoneInvalid:
        return False
