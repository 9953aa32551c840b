"""Questions about people. Rows are found by exact keys only: there is no search over names."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import models
from django.db.models import Expression, Q

from core.actors import Actor, ActorKind
from organisation import access
from privacy.vault.models import DataSubject
from privacy.vault.services import subjects

if TYPE_CHECKING:
    from residents.models import (  # noqa: F401  # type arguments below
        Call,
        KeyAccount,
        Occupancy,
        Person,
    )

VIEW_ACCOUNTS = "accounts.view"
LOOKUP = "callers.lookup"
HOME_UNIT = "subject__occupancies__dwelling__building__unit"


class OccupancyQuerySet(models.QuerySet["Occupancy"]):
    def current(self, on: date | Expression) -> OccupancyQuerySet:
        return self.filter(from_on__lte=on).filter(Q(until_on__isnull=True) | Q(until_on__gt=on))

    def of_person(self, subject_id: UUID, on: date) -> OccupancyQuerySet:
        """Where somebody lives or what they own on that day, under any number they ever had."""
        same = DataSubject.objects.closure_of([subject_id])
        return self.current(on).filter(subject__in=same.values("pk"))


class PersonQuerySet(models.QuerySet["Person"]):
    def visible_to(self, actor: Actor) -> PersonQuerySet:
        """A resident sees themselves; staff see whoever lives where they may look callers up, and,
        with that right over the whole group, people without a home too."""
        if actor.kind is ActorKind.REPORTER and actor.subject_id is not None:
            return self.filter(pk__in=subjects.closure([actor.subject_id]))
        return self.filter(access.scope(actor, LOOKUP).q(HOME_UNIT)).distinct()


class CallQuerySet(models.QuerySet["Call"]):
    def visible_to(self, actor: Actor) -> CallQuerySet:
        """An agent sees the calls that came to them; nobody else sees a call."""
        return self.filter(staff_id=actor.staff_id) if actor.staff_id else self.none()

    def waiting(self, at: datetime) -> CallQuerySet:
        """Ringing, answered, or over and not yet dealt with."""
        return self.filter(settled_at__isnull=True, expires_at__gt=at)

    def at_hand(self, at: datetime) -> CallQuerySet:
        """Waiting, or dealt with so lately that it may be about something more. Not one in which
        something was reported in nobody's name, which leaves nothing of who called, by which line:
        nothing is to lead back to it. A caller without number and name on a line of nobody's looks
        the same."""
        known = Q(number_index__isnull=False) | Q(subject__isnull=False) | ~Q(line="")
        return self.filter(known | Q(settled_at__isnull=True), expires_at__gt=at)


class KeyAccountQuerySet(models.QuerySet["KeyAccount"]):
    def visible_to(self, actor: Actor) -> KeyAccountQuerySet:
        """Those with a community in the area where the actor may see key accounts."""
        scope = access.scope(actor, VIEW_ACCOUNTS)
        if scope.everything:
            return self.all()
        return self.filter(scope.q("communities")).distinct()
