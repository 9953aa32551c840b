"""Corrections of what is on file about a person. Each returns what stood there before, in clear,
for the record that the caller seals; nothing of it is kept here."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from core.actors import Actor
from core.errors import NotAllowed, NotFound
from organisation.enums import Language
from privacy.vault.services.sealing import KeyRing
from residents import policies
from residents.models import ContactPoint, Person
from residents.services import contacts, people
from residents.services.contacts import Address


@transaction.atomic
def correct_name(subject_id: UUID, name: str, *, actor: Actor, at: datetime) -> str:
    """Returns the old name. Raises NotAllowed, NotFound, InvalidInput or KeyDestroyed."""
    person = _locked(subject_id, actor)
    plain = people.clean_name(name)
    ring = KeyRing.open([subject_id])
    before = ring.reveal(subject_id, people.NAME, person.name_sealed)
    person.name_sealed = ring.seal(subject_id, people.NAME, plain)
    person.name_index = people.name_index(plain)
    person.save(update_fields=["name_sealed", "name_index"])
    return before


@transaction.atomic
def correct_phone(
    subject_id: UUID, phone: str, *, actor: Actor, at: datetime, old: str | None = None
) -> str:
    """Replace a number, `old` or else the one that signs in; returns it, or "" if there was none.

    Signs the person out everywhere. A number that signs in somebody else is only written down: the
    old one stays in force until the new one is proven (`new_numbers`), for an operator may have
    given it out again, but it may as well be mistyped. Raises as `correct_name`, and PhoneInvalid.
    """
    _locked(subject_id, actor)
    address = contacts.phone_address(phone)
    replaced = contacts.phone_address(old) if old else None
    if contacts.signs_in_another(subject_id, address):
        return _await_proof(subject_id, address, replaced)
    before = _replace(subject_id, address, replaced, at)
    if address.may_sign_in:
        contacts.take_over_login(contacts.add(subject_id, address), address, at=at)
    return before


@transaction.atomic
def correct_email(
    subject_id: UUID, email: str, *, actor: Actor, at: datetime, old: str | None = None
) -> str:
    """Returns the old address, or "" if there was none. Raises as `correct_name`."""
    _locked(subject_id, actor)
    address = contacts.email_address(email)
    return _replace(subject_id, address, contacts.email_address(old) if old else None, at)


@transaction.atomic
def correct_language(
    subject_id: UUID, language: Language, *, actor: Actor, at: datetime
) -> Language:
    person = _locked(subject_id, actor)
    before = Language(person.preferred_language)
    person.preferred_language = language
    person.save(update_fields=["preferred_language"])
    return before


def _locked(subject_id: UUID, actor: Actor) -> Person:
    if not policies.can_correct(actor):
        raise NotAllowed
    person = Person.objects.select_for_update().filter(pk=subject_id).first()
    if person is None:
        raise NotFound
    return person


def _await_proof(subject_id: UUID, new: Address, old: Address | None) -> str:
    before = _on_file(subject_id, new, old)
    ring = KeyRing.open([subject_id])
    contact = contacts.add(subject_id, new, ring=ring)
    contact.replaces = before
    contact.save(update_fields=["replaces"])
    return ring.reveal(subject_id, contacts.SEALED, before.sealed) if before else ""


def _replace(subject_id: UUID, new: Address, old: Address | None, at: datetime) -> str:
    """Put `new` in the place of `old`, or of the person's first contact of its kind."""
    before = _on_file(subject_id, new, old)
    ring = KeyRing.open([subject_id])
    if before is None:
        contacts.add(subject_id, new, ring=ring)
        return ""
    text = ring.reveal(subject_id, contacts.SEALED, before.sealed)
    if text != new.text:
        contacts.remove(before, at=at)
        contacts.add(subject_id, new, ring=ring)
    return text


def _on_file(subject_id: UUID, new: Address, old: Address | None) -> ContactPoint | None:
    """What `new` takes the place of. Raises NotFound when `old` is not the person's."""
    kept = ContactPoint.objects.select_for_update().filter(subject_id=subject_id, kind=new.kind)
    if old is not None:
        kept = kept.filter(blind_index=old.index)
    before = kept.order_by("-login", "pk").first()
    if before is None and old is not None:
        raise NotFound
    return before
