"""What residents raised about the environment of each community in a month, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from complaints.enums import ENVIRONMENT, EventKind, State, Visibility
from complaints.models import Ticket, TicketEvent
from complaints.periods import Period
from complaints.querysets import GATED, TicketQuerySet
from core.actors import Actor
from organisation.enums import UnitLevel
from organisation.models import Unit

ANSWERS: Final = (EventKind.REPLIED, EventKind.RESOLVED, EventKind.REJECTED)
COUNTED: Final = ("raised", "answered", "coordinated", "solved")
SOLVED: Final = (State.RESOLVED, State.CLOSED)


@dataclass(frozen=True, slots=True)
class Month:
    """Of what was received in a month: how much was answered, co-ordinated and solved by now."""

    unit: Unit
    raised: int = 0
    answered: int = 0
    coordinated: int = 0
    solved: int = 0

    @property
    def open(self) -> int:
        return self.raised - self.solved


def matters(rows: TicketQuerySet) -> TicketQuerySet:
    return rows.in_category(ENVIRONMENT).exclude(kind__in=GATED)


def per_community(period: Period, *, actor: Actor, units: list[Unit]) -> list[Month]:
    """Of each of these communities, as far as the actor may see tickets; one statement."""
    counted = _counted(matters(Ticket.objects.visible_to(actor)).filter(unit__in=units), period)
    return [Month(unit, **counted.get(unit.pk, {})) for unit in units]


def of_community(period: Period, unit: Unit) -> Month:
    """For everybody: numbers, and not who raised what."""
    rows = matters(Ticket.objects.all()).filter(unit=unit)
    return Month(unit, **_counted(rows, period).get(unit.pk, {}))


def communities(paths: Q) -> list[Unit]:
    return list(Unit.objects.filter(paths, level=UnitLevel.COMMUNITY).order_by("path"))


def _counted(rows: TicketQuerySet, period: Period) -> dict[int, dict[str, int]]:
    starts_at, ends_at = _bounds(period)
    found = (
        rows.filter(received_at__gte=starts_at, received_at__lt=ends_at)
        .annotate(
            was_answered=Exists(_public(*ANSWERS)),
            with_others=Exists(_public(EventKind.COORDINATED)),
        )
        .values("unit_id")
        .annotate(
            raised=Count("pk"),
            answered=Count("pk", filter=Q(was_answered=True)),
            coordinated=Count("pk", filter=Q(with_others=True)),
            solved=Count("pk", filter=Q(state__in=SOLVED)),
        )
        .order_by("unit_id")
    )
    return {row["unit_id"]: {name: row[name] for name in COUNTED} for row in found}


def _public(*kinds: EventKind) -> QuerySet[TicketEvent]:
    return TicketEvent.objects.filter(
        ticket=OuterRef("pk"), kind__in=kinds, visibility=Visibility.PUBLIC
    )


def _bounds(period: Period) -> tuple[datetime, datetime]:
    zone = ZoneInfo(settings.TIME_ZONE)
    return period.starts_at(zone), period.ends_at(zone)
