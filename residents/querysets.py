"""Questions about people. Rows are found by exact keys only: there is no search over names."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from core.actors import Actor, ActorKind
from organisation import access
from privacy.vault.services import subjects

if TYPE_CHECKING:
    from residents.models import KeyAccount, Occupancy, Person  # noqa: F401  # type arguments below

VIEW_ACCOUNTS = "accounts.view"
LOOKUP = "callers.lookup"
HOME_UNIT = "subject__occupancies__dwelling__building__unit"


class OccupancyQuerySet(models.QuerySet["Occupancy"]):
    def current(self, on: date) -> OccupancyQuerySet:
        return self.filter(from_on__lte=on).filter(Q(until_on__isnull=True) | Q(until_on__gt=on))


class PersonQuerySet(models.QuerySet["Person"]):
    def visible_to(self, actor: Actor) -> PersonQuerySet:
        """A resident sees themselves; staff see whoever lives where they may look callers up, and,
        with that right over the whole group, people without a home too."""
        if actor.kind is ActorKind.REPORTER and actor.subject_id is not None:
            return self.filter(pk__in=subjects.closure([actor.subject_id]))
        return self.filter(access.scope(actor, LOOKUP).q(HOME_UNIT)).distinct()


class KeyAccountQuerySet(models.QuerySet["KeyAccount"]):
    def visible_to(self, actor: Actor) -> KeyAccountQuerySet:
        """Those with a community in the area where the actor may see key accounts."""
        scope = access.scope(actor, VIEW_ACCOUNTS)
        if scope.everything:
            return self.all()
        return self.filter(scope.q("communities")).distinct()
