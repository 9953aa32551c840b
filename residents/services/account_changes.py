"""Who changed what of a key account, and when: for its page, and for the audit ledger."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from core.actors import Actor, ActorKind
from organisation.models import Post, Staff, Unit
from privacy.vault.actor_columns import actor_columns
from privacy.vault.enums import LedgerKind
from privacy.vault.services import ledger
from residents.enums import AccountChangeKind
from residents.models import KeyAccount, KeyAccountChange

#: the page of an account and the API show so many, the newest first
SHOWN: Final = 50


@dataclass(frozen=True, slots=True)
class Standing:
    """What of an account decides whose its matters are, and which."""

    manager_id: int | None
    community_ids: frozenset[int]


@dataclass(frozen=True, slots=True)
class Change:
    """A change and the name of whoever made it; empty where no member of staff did."""

    row: KeyAccountChange
    by: str


def standing(account_id: int | None) -> Standing:
    """As it is stored; of an account that is not, nothing."""
    account = KeyAccount.objects.filter(pk=account_id).first() if account_id else None
    if account is None:
        return Standing(None, frozenset())
    return Standing(account.manager_id, frozenset(account.communities.values_list("pk", flat=True)))


def note(
    account: KeyAccount,
    kind: AccountChangeKind,
    *,
    actor: Actor,
    at: datetime,
    before: Post | None = None,
    after: Post | None = None,
    unit: Unit | None = None,
) -> KeyAccountChange:
    """In the transaction of the change. Whom it was about is not kept: a contact is a person."""
    ledger.append(
        LedgerKind.KEY_ACCOUNT_CHANGED,
        actor=actor,
        at=at,
        object_kind=KeyAccount._meta.label_lower,
        object_count=1,
        reason_code=kind,
    )
    return KeyAccountChange.objects.create(
        account=account,
        kind=kind,
        at=at,
        before=before,
        after=after,
        unit=unit,
        **actor_columns(actor),
    )


@transaction.atomic
def note_since(
    account: KeyAccount, earlier: Standing, *, actor: Actor, at: datetime
) -> list[KeyAccountChange]:
    """What another manager or other communities the account has than it had."""
    now, found = standing(account.pk), list[KeyAccountChange]()
    if now.manager_id != earlier.manager_id:
        before = Post.objects.filter(pk=earlier.manager_id or 0).first()
        kind = AccountChangeKind.MANAGER_CHANGED
        found.append(note(account, kind, actor=actor, at=at, before=before, after=account.manager))
    for kind, ids in (
        (AccountChangeKind.COMMUNITY_ADDED, now.community_ids - earlier.community_ids),
        (AccountChangeKind.COMMUNITY_REMOVED, earlier.community_ids - now.community_ids),
    ):
        for unit in Unit.objects.filter(pk__in=ids).order_by("path"):
            found.append(note(account, kind, actor=actor, at=at, unit=unit))
    return found


def note_erased(account_ids: Collection[int], *, actor: Actor, at: datetime) -> None:
    """A contact's personal data were erased, and so they speak for these no longer."""
    for account in KeyAccount.objects.filter(pk__in=account_ids).order_by("pk"):
        note(account, AccountChangeKind.CONTACT_ERASED, actor=actor, at=at)


def latest(account: KeyAccount) -> list[Change]:
    """The newest first, in two statements."""
    posts = ("before__unit", "before__role", "after__unit", "after__role")
    rows = list(account.changes.select_related(*posts, "unit").order_by("-at", "-id")[:SHOWN])
    people = {row.actor_id or 0 for row in rows if row.actor_kind == ActorKind.STAFF}
    names = dict(Staff.objects.filter(pk__in=people).values_list("pk", "name"))
    return [Change(row, _name(row, names)) for row in rows]


def _name(row: KeyAccountChange, names: dict[int, str]) -> str:
    return names.get(row.actor_id or 0, "") if row.actor_kind == ActorKind.STAFF else ""
