"""A corrected number that signs in somebody else: it takes over their login only when the person
has read back a code that was sent to it (docs/adr/0018)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction

from core.errors import NotFound
from privacy.vault.services import sealing
from residents.enums import CodePurpose
from residents.models import ContactPoint
from residents.services import contacts, sign_in
from residents.services.contacts import Address


def waiting(subject_ids: Collection[UUID]) -> ContactPoint | None:
    """The number of these subjects, who are one person, that waits for its proof."""
    rows = ContactPoint.objects.filter(
        subject_id__in=subject_ids, replaces__isnull=False, login=False
    )
    return rows.order_by("-pk").first()


def address_of(contact: ContactPoint) -> Address:
    return contacts.phone_address(
        sealing.reveal(contact.subject_id, contacts.SEALED, contact.sealed)
    )


def send_code(subject_ids: Collection[UUID], *, address: str, at: datetime) -> UUID:
    """To the new number. Raises NotFound or LimitReached. Call it outside a transaction."""
    contact = waiting(subject_ids)
    if contact is None:
        raise NotFound
    return sign_in.request_code_to(contact, address=address, at=at)


def prove(subject_ids: Collection[UUID], code_id: UUID, code: str, *, at: datetime) -> None:
    """The person has read the code back: the new number signs them in, and the old one is gone.

    Both they and whoever the number signed in before are signed out everywhere. Raises CodeRefused.
    Call it outside a transaction: a try counts even when what follows fails.
    """
    sign_in.check_code(code_id, code, purpose=CodePurpose.NEW_NUMBER, at=at)
    with transaction.atomic():
        rows = ContactPoint.objects.select_for_update(of=("self",)).select_related("replaces")
        contact = rows.filter(
            sign_in_codes__public_id=code_id,
            subject_id__in=subject_ids,
            replaces__isnull=False,
            login=False,
        ).first()
        if contact is None:
            raise sign_in.CodeRefused
        old, contact.replaces = contact.replaces, None
        contact.save(update_fields=["replaces"])
        contacts.take_over_login(contact, address_of(contact), at=at)
        if old is not None:
            contacts.remove(old, at=at)
