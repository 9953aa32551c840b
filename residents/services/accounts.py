"""Key accounts: companies with a path of their own, known by the line they call or by who calls."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core import phone
from core.actors import Actor
from core.errors import InvalidInput, NotAllowed
from core.phone import PhoneInvalid
from organisation import access
from organisation.models import Post, Unit
from organisation.querysets import paths_above
from privacy.vault.models import DataSubject
from privacy.vault.querysets import KIN_IDS_OF_ONE
from residents.enums import AccountChangeKind, AccountTier
from residents.models import KeyAccount, KeyAccountContact
from residents.querysets import KeyAccountQuerySet
from residents.services import account_changes, people
from residents.services.people import CallerMatch

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
    same = DataSubject.objects.closure_of(subject_ids)
    theirs = KeyAccountContact.objects.filter(subject__in=same.values("pk"))
    speaker = theirs.select_related("account").order_by("account_id").first()
    return speaker.account if speaker else None


def chosen(code: str, subject_id: UUID | None, unit: Unit) -> KeyAccount:
    """The account for which somebody said that they speak in this matter; of several, which one.

    Raises InvalidInput beside `account` for one that they do not speak for, or whose contract does
    not reach there.
    """
    same = DataSubject.objects.closure_of([subject_id] if subject_id else [])
    spoken = KeyAccountContact.objects.filter(account__code=code, subject__in=same.values("pk"))
    contact = spoken.select_related("account").first()
    if contact is None:
        raise InvalidInput(fields={"account": [_("报事人不是这个大客户的联系人。")]})
    require_reach(contact.account, unit)
    return contact.account


def reaching(unit: Unit) -> KeyAccountQuerySet:
    """Accounts whose matters those of this unit may be: with a community there, in what lies in it
    or above it, or with none at all, which is all of them."""
    here = Q(communities__path__startswith=unit.path) | Q(
        communities__path__in=paths_above(unit.path)
    )
    return KeyAccount.objects.filter(here | Q(communities__isnull=True)).distinct()


def require_reach(account: KeyAccount, unit: Unit) -> None:
    """Raises InvalidInput beside `account`."""
    if not reaching(unit).filter(pk=account.pk).exists():
        raise InvalidInput(fields={"account": [_("该大客户的合同范围不包括这里。")]})


class Spoken(NamedTuple):
    """The account that somebody speaks for, as far as a ticket needs it."""

    account_id: int
    tier: str
    manager_id: int


#: the account that a subject speaks for, under any number they ever had, in a unit: who speaks for
#: a company also lives somewhere, and what they report there is their own. An account's matters are
#: those of its communities, of what lies in them and of what is above; of all, where it names none.
#: To be read on the way of another statement, with the subject and twice the unit's path as
#: parameters; `spoken` takes its value
SPEAKER: Final = (
    "(SELECT ARRAY[account.id::text, account.tier, account.manager_id::text]"  # noqa: S608  # constants
    " FROM (SELECT account.* FROM residents_keyaccountcontact contact"
    "       JOIN residents_keyaccount account ON account.id = contact.account_id"
    # first of all whom somebody speaks for: communities of all others need not be looked at
    f"      WHERE contact.subject_id IN ({KIN_IDS_OF_ONE}) OFFSET 0) account"
    " WHERE coalesce((SELECT bool_or(starts_with(%s, unit.path) OR starts_with(unit.path, %s))"
    "               FROM residents_keyaccount_communities own"
    "               JOIN organisation_unit unit ON unit.id = own.unit_id"
    "               WHERE own.keyaccount_id = account.id), true)"
    " ORDER BY account.id LIMIT 1)"
)


def spoken(value: list[str] | None) -> Spoken | None:
    return Spoken(int(value[0]), value[1], int(value[2])) if value else None


def spoken_for(subject_id: UUID, unit: Unit) -> Spoken | None:
    """The account that somebody speaks for in a unit, where no other statement asks it."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {SPEAKER}", [subject_id, unit.path, unit.path])  # a constant
        return spoken(cursor.fetchone()[0])


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
    """Raises NotAllowed, or InvalidInput for a line that leads to another account."""
    access.require(actor, MANAGE, manager.unit)
    line = normal_line(line_number)
    if line and KeyAccount.objects.filter(line_number=line).exists():
        raise InvalidInput(fields={"line_number": [_("此号码已是其他大客户的企业直达号。")]})
    account = KeyAccount.objects.create(
        code=code, name=name, tier=tier, manager=manager, line_number=line
    )
    account.communities.set(communities)
    return account


@transaction.atomic
def add_contact(
    account: KeyAccount, subject_id: UUID, *, actor: Actor, at: datetime
) -> KeyAccountContact:
    """The person speaks for the account; saying it twice changes nothing. Raises NotAllowed."""
    _require_at_home(account, actor)
    contact, made = KeyAccountContact.objects.get_or_create(account=account, subject_id=subject_id)
    if made:
        account_changes.note(account, AccountChangeKind.CONTACT_ADDED, actor=actor, at=at)
    return contact


def speakers(account: KeyAccount) -> list[CallerMatch]:
    """In clear: for what somebody may see, ask `people.as_seen`."""
    return people.describe(list(account.contacts.values_list("subject_id", flat=True)))


@transaction.atomic
def remove_contact(account: KeyAccount, subject_id: UUID, *, actor: Actor, at: datetime) -> None:
    """Under none of their numbers they speak for it any more; tickets they brought stay its own.
    Raises NotAllowed."""
    _require_at_home(account, actor)
    same = DataSubject.objects.closure_of([subject_id])
    gone, _rows = account.contacts.filter(subject__in=same.values("pk")).delete()
    if gone:
        account_changes.note(account, AccountChangeKind.CONTACT_REMOVED, actor=actor, at=at)


def _require_at_home(account: KeyAccount, actor: Actor) -> None:
    """Whoever may write down people where the account or its manager is."""
    scope = access.scope(actor, EDIT)
    homes = [*account.communities.all(), account.manager.unit]
    if not any(scope.covers(unit) for unit in homes):
        raise NotAllowed
