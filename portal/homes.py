"""Where a resident lives now, and who lives there with them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.actors import Actor
from organisation.models import Dwelling
from organisation.services.posts import local_date
from privacy.vault.models import DataSubject
from residents.enums import OccupancyRole
from residents.models import Occupancy
from residents.services import people


@dataclass(frozen=True, slots=True)
class Housemate:
    """Somebody else of the household: masked, since a household is not one person."""

    name: str
    role: str


def homes_of(actor: Actor, *, at: datetime) -> list[Occupancy]:
    """The dwellings somebody lives in or owns, the newest first; one row per dwelling."""
    mine = DataSubject.objects.closure_of([actor.subject_id] if actor.subject_id else [])
    rows = (
        Occupancy.objects.filter(subject__in=mine)
        .current(local_date(at))
        .select_related("dwelling__building__unit__legal_entity")
        .order_by("-from_on", "-pk")
    )
    first: dict[int, Occupancy] = {}
    for row in rows:
        first.setdefault(row.dwelling_id, row)
    return list(first.values())


def written(dwelling: Dwelling) -> str:
    """云栖花园 3 栋 2-701."""
    return f"{dwelling.building.unit.name} {dwelling}"


def household(
    homes: Sequence[Occupancy], mine: Collection[UUID], *, at: datetime
) -> dict[int, list[Housemate]]:
    """By dwelling, everybody else who lives there."""
    rows = Occupancy.objects.filter(dwelling__in=[home.dwelling_id for home in homes])
    others = [row for row in rows.current(local_date(at)) if row.subject_id not in mine]
    described = people.describe({row.subject_id for row in others})
    names = {each.subject_id: each.masked().name for each in described}
    found: dict[int, list[Housemate]] = defaultdict(list)
    for row in others:
        if name := names.get(row.subject_id):
            role = str(OccupancyRole(row.role).label)
            found[row.dwelling_id].append(Housemate(name, role))
    return found
