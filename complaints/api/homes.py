"""Homes and communities that somebody may name in a body: their own now, or those in scope."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from uuid import UUID

from django.db.models import DateField, Exists, OuterRef, Q, QuerySet, UUIDField
from django.db.models.expressions import RawSQL

from core.actors import Actor, ActorKind
from core.compiled import Compiled, Slot
from core.services.idempotency import Asking
from organisation import access
from organisation.models import Dwelling
from organisation.services.posts import local_date
from privacy.vault.querysets import KIN_IDS_OF_ONE
from residents.models import Occupancy


def asking_own_home(public_id: UUID, actor: Actor, *, at: datetime) -> Asking[Dwelling | None]:
    """On the way of another statement: the dwelling, if the resident lives in it or owns it, also
    by a number they had before."""
    return partial(
        _own_home.first_beside,
        public_id=public_id,
        subject=actor.subject_id,
        on=local_date(at),
    )


def units_known_to(actor: Actor, permission: str, *, at: datetime) -> Q:
    """A filter for units: where a resident lives now, or where staff and machines may."""
    if actor.kind is not ActorKind.REPORTER or actor.subject_id is None:
        return access.scope(actor, permission).q("")
    homes = Occupancy.objects.of_person(actor.subject_id, local_date(at))
    return Q(pk__in=homes.values("dwelling__building__unit"))


def _homes() -> QuerySet[Dwelling]:
    lives = Occupancy.objects.current(Slot("on", DateField())).filter(
        dwelling=OuterRef("pk"),
        subject__in=RawSQL(KIN_IDS_OF_ONE, [Slot("subject", UUIDField())]),  # noqa: S611  # constant
    )
    found = Dwelling.objects.filter(Exists(lives), public_id=Slot("public_id", UUIDField()))
    return found.select_related("building__unit")


_own_home = Compiled(_homes)
