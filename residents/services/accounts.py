"""Key accounts: companies with a path of their own, known by the line they call or by who calls."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final, NamedTuple
from uuid import UUID

from django.db import transaction

from core import phone
from core.actors import Actor
from core.phone import PhoneInvalid
from organisation import access
from organisation.models import Post, Unit
from residents.enums import AccountTier
from residents.models import KeyAccount, KeyAccountContact

MANAGE, EDIT = "organisation.manage", "residents.edit"
_NO_DIGITS = re.compile(r"\D")


def normal_line(text: str) -> str:
    """A dedicated line (企业直达号) in one form: E.164, or the bare digits of a short number."""
    try:
        return phone.normalise(text)
    except PhoneInvalid:
        return _NO_DIGITS.sub("", text)


def match(
    *, subject_ids: Collection[UUID] = (), line_number: str | None = None
) -> KeyAccount | None:
    """The account whose line was called or, failing that, the one that somebody speaks for."""
    line = normal_line(line_number) if line_number else ""
    called = KeyAccount.objects.filter(line_number=line).first() if line else None
    if called is not None or not subject_ids:
        return called
    speakers = KeyAccountContact.objects.filter(subject_id__in=subject_ids)
    speaker = speakers.select_related("account").order_by("account_id").first()
    return speaker.account if speaker else None


class Spoken(NamedTuple):
    """The account that somebody speaks for, as far as a ticket needs it."""

    account_id: int
    tier: str


#: the account that a subject speaks for, to be read on the way of another statement; `spoken` takes
#: its value
SPEAKER: Final = (
    "(SELECT ARRAY[account.id::text, account.tier] FROM residents_keyaccountcontact contact"
    " JOIN residents_keyaccount account ON account.id = contact.account_id"
    " WHERE contact.subject_id = %s ORDER BY account.id LIMIT 1)"
)


def spoken(value: list[str] | None) -> Spoken | None:
    return Spoken(int(value[0]), value[1]) if value else None


@transaction.atomic
def create(
    code: str,
    name: str,
    *,
    tier: AccountTier,
    manager: Post,
    communities: Collection[Unit],
    actor: Actor,
    line_number: str = "",
) -> KeyAccount:
    access.require(actor, MANAGE, manager.unit)
    account = KeyAccount.objects.create(
        code=code, name=name, tier=tier, manager=manager, line_number=normal_line(line_number)
    )
    account.communities.set(communities)
    return account


def add_contact(account: KeyAccount, subject_id: UUID, *, actor: Actor) -> KeyAccountContact:
    """The person speaks for the account; saying it twice changes nothing."""
    access.require(actor, EDIT)
    contact, _ = KeyAccountContact.objects.get_or_create(account=account, subject_id=subject_id)
    return contact
