"""Writing somebody down who says who they are, once (docs/adr/0131)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connection, transaction

from core.actors import Actor
from core.errors import Busy
from organisation import access
from organisation.models import Dwelling
from privacy.vault.names import NUMBER_LOCK
from privacy.vault.services import keys
from privacy.vault.services.keys import FreshKey
from residents.enums import OccupancyRole
from residents.services import contacts, people

_LOCK_BYTES: Final = 4


@dataclass(frozen=True, slots=True)
class Introduction:
    """What somebody says of themselves."""

    name: str
    phone: str
    dwelling: Dwelling | None = None
    role: OccupancyRole = OccupancyRole.OWNER
    is_minor: bool = False


def write_down(told: Introduction, *, actor: Actor, at: datetime) -> UUID:
    """`enter` with a key where one is needed. Call it outside a transaction."""
    return enter(told, key_for(told, actor=actor), actor=actor, at=at)


def key_for(told: Introduction, *, actor: Actor) -> FreshKey | None:
    """A committed key for whoever is to be written down; None for who is known.

    Call it outside a transaction. Raises NotAllowed, PhoneInvalid or InvalidInput, and then makes
    none.
    """
    _require(told, actor)
    return None if _known(told, actor) else keys.create_subject_key()


@transaction.atomic
def enter(told: Introduction, key: FreshKey | None, *, actor: Actor, at: datetime) -> UUID:
    """The person; who has this name at this number already is not written down twice.

    `key` is that of `key_for`. Raises NotAllowed, PhoneInvalid or InvalidInput, and Busy where who
    was known is gone by now.
    """
    _require(told, actor)
    _hold(told.phone)
    subject_id = _known(told, actor)
    if subject_id is None:
        if key is None:
            raise Busy
        plain, number = people.clean_name(told.name), contacts.phone_address(told.phone)
        entered = people.enter(key, plain, [number], is_minor=told.is_minor, at=at)
        subject_id = entered.subject_id
    if told.dwelling is not None:
        people.move_in(subject_id, told.dwelling, told.role, actor=actor, at=at)
    return subject_id


def _require(told: Introduction, actor: Actor) -> None:
    access.require(actor, people.EDIT, told.dwelling.building.unit if told.dwelling else None)


def _known(told: Introduction, actor: Actor) -> UUID | None:
    """Who has this name at this number, those in the actor's reach first.

    Who is out of reach comes into it by the home that is told. Without one they stay unknown: the
    page that follows would tell of them.
    """
    plain = people.clean_name(told.name)
    same = [match for match in people.find_by_phone(told.phone) if match.name == plain]
    near = [match for match in same if people.may_edit(match, actor)]
    found = near or (same if told.dwelling is not None else [])
    return found[0].subject_id if found else None


def _hold(phone: str) -> None:
    """One after the other at one number, until the transaction ends: two who write the same person
    down at once would both find nobody."""
    index = contacts.phone_address(phone).index
    number = int.from_bytes(index[:_LOCK_BYTES], signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [NUMBER_LOCK, number])
