"""Open tickets that may be about the same thing."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from complaints import repeats
from complaints.models import Ticket
from core.actors import Actor
from organisation.models import Dwelling, Unit

#: a matter of the site is the same only for a while
ALIKE_WITHIN: Final = timedelta(days=3)
MOST: Final = 4


def alike(
    category_code: str,
    *,
    unit: Unit,
    dwelling: Dwelling | None,
    actor: Actor,
    at: datetime,
) -> list[Ticket]:
    """Of the same category and home or, without a home, of the same community these days. Never
    of somebody who may not be known to have reported from there."""
    rows = Ticket.objects.visible_to(actor).open().filter(category__code=category_code)
    if dwelling is not None:
        rows = repeats.of_known_home(rows.filter(dwelling=dwelling), actor)
    else:
        rows = rows.filter(unit=unit, received_at__gte=at - ALIKE_WITHIN)
    return list(rows.for_list().order_by("-received_at", "-id")[:MOST])


def neighbours(category_code: str, *, dwelling: Dwelling | None, actor: Actor, at: datetime) -> int:
    """How many other homes of the building report the same these days; 0 below the threshold."""
    if dwelling is None:
        return 0
    return repeats.homes_with(category_code, dwelling, actor=actor, at=at)
