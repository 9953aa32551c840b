"""Writing somebody down who says who they are, once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.actors import Actor
from organisation.models import Dwelling
from residents.enums import OccupancyRole
from residents.services import people


@dataclass(frozen=True, slots=True)
class Introduction:
    """What somebody says of themselves."""

    name: str
    phone: str
    dwelling: Dwelling | None = None
    role: OccupancyRole = OccupancyRole.OWNER
    is_minor: bool = False


def write_down(told: Introduction, *, actor: Actor, at: datetime) -> UUID:
    """The person; who has this name at this number already is not written down twice.

    Their key is committed first, so call it outside a transaction. Raises NotAllowed, PhoneInvalid
    or InvalidInput.
    """
    plain = people.clean_name(told.name)
    for match in people.find_by_phone(told.phone):
        if match.name == plain:
            if told.dwelling is not None:
                people.move_in(match.subject_id, told.dwelling, told.role, actor=actor, at=at)
            return match.subject_id
    person = people.register(
        plain,
        told.phone,
        told.dwelling,
        told.role,
        actor=actor,
        at=at,
        is_minor=told.is_minor,
    )
    return person.pk
