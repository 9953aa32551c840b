"""Who sees which round and which case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Self

from django.db import models
from django.db.models import Count, Q

from core.actors import Actor
from organisation import access
from organisation.models import Unit
from quality.enums import CaseState

if TYPE_CHECKING:
    from quality.models import Round, SampleCase  # noqa: F401  # type arguments below

VIEW: Final = "quality.view"


class RoundQuerySet(models.QuerySet["Round"]):
    def visible_to(self, actor: Actor) -> Self:
        """A round and its figures are the whole company's: whoever may see any sees all."""
        return self if access.has(actor, VIEW) else self.none()

    def with_progress(self) -> Self:
        """How far the inspection is: `drawn`, `inspected`, `absent`, `pending`."""
        return self.annotate(
            drawn=Count("cases"),
            inspected=Count("cases", filter=Q(cases__state=CaseState.INSPECTED)),
            absent=Count("cases", filter=Q(cases__state=CaseState.NON_RESPONSE)),
            pending=Count("cases", filter=Q(cases__state=CaseState.PENDING)),
        )


class CaseQuerySet(models.QuerySet["SampleCase"]):
    def visible_to(self, actor: Actor) -> Self:
        """Cases of the units below the actor's posts."""
        scope = access.scope(actor, VIEW)
        if scope.everything:
            return self
        units = Unit.objects.filter(scope.q("")).values("code")
        return self.filter(member__unit_code__in=units)
