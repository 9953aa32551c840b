"""Giving personal data to a third party: registered, in force and in scope, or not at all."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from core.actors import Actor
from privacy.vault.enums import LedgerKind
from privacy.vault.errors import RecipientNotRegistered
from privacy.vault.models import DataSubject, Disclosure, Recipient
from privacy.vault.services import ledger


def disclose(
    code: str, subject_id: UUID, *, kind: str, purpose: str, reference: UUID, at: datetime
) -> Disclosure:
    """Write down that the recipient is about to be given this kind of the subject's data.

    Committed before it answers, whatever becomes of the delivery; a delivery that is tried again
    is written once. Raises RecipientNotRegistered, and RuntimeError inside a transaction.
    """
    with transaction.atomic(durable=True):
        recipient = _in_force(code, kind, at)
        row, _ = Disclosure.objects.get_or_create(
            recipient=recipient,
            reference=reference,
            trace=DataSubject.objects.values_list("trace", flat=True).get(pk=subject_id),
            kind=kind,
            defaults={"at": at, "purpose_code": purpose},
        )
    return row


@transaction.atomic
def register(
    code: str,
    *,
    name: str,
    contract: str,
    assessment: str,
    scope: Collection[str],
    from_on: date,
    until_on: date,
    actor: Actor,
    at: datetime,
) -> Recipient:
    """Enter a third party, or renew what is said of it."""
    recipient, _ = Recipient.objects.update_or_create(
        code=code,
        defaults={
            "name": name,
            "contract": contract,
            "assessment": assessment,
            "scope": sorted(scope),
            "from_on": from_on,
            "until_on": until_on,
        },
    )
    ledger.append(
        LedgerKind.RECIPIENT_REGISTERED,
        actor=actor,
        at=at,
        object_kind="vault.recipient",
        object_count=1,
        reason_code=code,
    )
    return recipient


def _in_force(code: str, kind: str, at: datetime) -> Recipient:
    today = at.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    found = Recipient.objects.filter(
        code=code, scope__contains=[kind], from_on__lte=today, until_on__gt=today
    ).first()
    if found is None:
        raise RecipientNotRegistered
    return found
