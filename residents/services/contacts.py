"""Telephone numbers and e-mail addresses of people, and which one of them a number signs in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from core import phone
from core.errors import InvalidInput
from core.masking import mask_email, mask_phone
from privacy.vault.registry import field_label
from privacy.vault.services import sealing, subjects
from privacy.vault.services.blind_index import blind_index
from privacy.vault.services.sealing import KeyRing
from residents.enums import ContactKind
from residents.models import ContactPoint, SignInCode
from residents.services import devices

SEALED = field_label(ContactPoint, "sealed")


@dataclass(frozen=True, slots=True)
class Address:
    """A number or mailbox in the one form in which it is kept and looked for."""

    kind: ContactKind
    text: str
    may_sign_in: bool = False

    @property
    def index(self) -> bytes:
        return blind_index(self.kind.value, self.text)

    @property
    def masked(self) -> str:
        return mask_phone(self.text) if self.kind is ContactKind.PHONE else mask_email(self.text)


def phone_address(text: str) -> Address:
    """Raises PhoneInvalid. Only a mobile telephone can receive a code."""
    read = phone.parse(text)
    return Address(ContactKind.PHONE, read.e164, may_sign_in=read.line is phone.Line.MOBILE)


def email_address(text: str) -> Address:
    """Raises InvalidInput. Mailboxes are compared in lower case, as every provider does."""
    plain = text.strip().lower()
    try:
        validate_email(plain)
    except ValidationError:
        raise InvalidInput(fields={"email": [_("电子邮箱地址不正确。")]}) from None
    if len(plain) > ContactPoint._meta.get_field("sealed").max_plain_length:
        raise InvalidInput(fields={"email": [_("电子邮箱地址过长。")]})
    return Address(ContactKind.EMAIL, plain)


def add(subject_id: UUID, address: Address, *, ring: KeyRing | None = None) -> ContactPoint:
    """Give the person this contact, once. It signs them in unless it signs in somebody else: a
    shared number stays with whoever had it first, until `take_over_login`."""
    held = ContactPoint.objects.filter(subject_id=subject_id, blind_index=address.index).first()
    if held is not None:
        return held
    opened = ring or KeyRing.open([subject_id])
    contact = ContactPoint(
        subject_id=subject_id,
        kind=address.kind,
        sealed=opened.seal(subject_id, SEALED, address.text),
        blind_index=address.index,
    )
    free = address.may_sign_in and login_contact(address) is None
    return _saved_with_login(contact) if free else _saved(contact)


def login_contact(address: Address) -> ContactPoint | None:
    """The one contact that a code sent to this number signs in."""
    return ContactPoint.objects.filter(blind_index=address.index, login=True).first()


def signs_in_another(subject_id: UUID, address: Address) -> bool:
    """Whether a code sent to this number signs in somebody else, merged subjects apart."""
    held = login_contact(address) if address.may_sign_in else None
    return held is not None and held.subject_id not in subjects.closure([subject_id])


@transaction.atomic
def take_over_login(contact: ContactPoint, address: Address, *, at: datetime) -> ContactPoint:
    """The number now belongs to the subject of `contact`: operators give numbers out again.

    Whoever signed in with it before is signed out everywhere first, and codes on their way to the
    number are void. Their contact stays on file, unverified, until they correct it.
    """
    before = ContactPoint.objects.select_for_update().filter(blind_index=address.index, login=True)
    for old in before.exclude(subject_id=contact.subject_id):
        end_login(old, at=at)
    contact.login = True
    contact.save(update_fields=["login"])
    return contact


def end_login(contact: ContactPoint, *, at: datetime) -> None:
    """This number signs the person in no longer: devices signed out, open codes void."""
    contact.login, contact.verified_at = False, None
    contact.save(update_fields=["login", "verified_at"])
    devices.revoke_all([contact.subject_id], at=at)
    SignInCode.objects.filter(contact=contact).delete()


def remove(contact: ContactPoint, *, at: datetime) -> None:
    """Forget a contact; what it signed in ends with it."""
    if contact.login:
        end_login(contact, at=at)
    contact.delete()


def texts_of(subject_id: UUID) -> dict[ContactKind, list[str]]:
    """The person's contacts in clear, those that sign in first."""
    rows = ContactPoint.objects.filter(subject_id=subject_id).order_by("-login", "pk")
    opened = sealing.reveal_many((row.subject_id, SEALED, row.sealed) for row in rows)
    found: dict[ContactKind, list[str]] = {kind: [] for kind in ContactKind}
    for row, text in zip(rows, opened, strict=True):
        if text is not None:
            found[ContactKind(row.kind)].append(text)
    return found


def _saved(contact: ContactPoint) -> ContactPoint:
    contact.save(force_insert=True)
    return contact


def _saved_with_login(contact: ContactPoint) -> ContactPoint:
    """Two who register one number at the same moment: the constraint lets one of them sign in."""
    try:
        with transaction.atomic():
            contact.login = True
            return _saved(contact)
    except IntegrityError:
        contact.login = False
        return _saved(contact)
