"""Questions about suppliers; imported by their models."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, Self

from django.db import models
from django.db.models import Case, F, OuterRef, Q, Subquery, When

from core.actors import Actor
from organisation.querysets import paths_above

if TYPE_CHECKING:
    from organisation.models import Supplier, SupplierContract, Unit  # noqa: F401  # as above

VIEW: Final = "suppliers.view"
#: so long after the end of a contract its work is still complained about
SPOKEN_OF_FOR: Final = timedelta(days=90)


class ContractQuerySet(models.QuerySet["SupplierContract"]):
    def visible_to(self, actor: Actor) -> Self:
        """Contracts for units of the actor's posts, and those above that serve them too."""
        from organisation import access

        scope = access.scope(actor, VIEW)
        if scope.everything:
            return self.all()
        above = {path for each in scope.paths for path in paths_above(each)}
        return self.filter(scope.q() | Q(unit__path__in=above))

    def running(self, on: date) -> Self:
        return self.filter(from_on__lte=on, until_on__gt=on)

    def spoken_of(self, on: date) -> Self:
        """Running on that day, or ended so lately that people complain about the work."""
        return self.filter(from_on__lte=on, until_on__gt=on - SPOKEN_OF_FOR)

    def serving(self, unit: Unit) -> Self:
        return self.filter(unit__path__in=paths_above(unit.path))


class SupplierQuerySet(models.QuerySet["Supplier"]):
    def visible_to(self, actor: Actor) -> Self:
        """Those with a visible contract; for who sees the whole group, all."""
        from organisation import access
        from organisation.models import SupplierContract

        if access.scope(actor, VIEW).everything:
            return self.all()
        contracts = SupplierContract.objects.visible_to(actor)
        return self.filter(pk__in=contracts.values("supplier"))

    def under_contract(self, unit: Unit, on: date) -> Self:
        """Those that work for this unit on that day."""
        from organisation.models import SupplierContract

        contracts = SupplierContract.objects.serving(unit).running(on)
        return self.filter(pk__in=contracts.values("supplier"))

    def spoken_of_in(self, unit: Unit, on: date) -> Self:
        """Those that work for this unit on that day or did so lately, with `ended_on`, the first
        day without a contract, where none runs any more."""
        from organisation.models import SupplierContract

        contracts = SupplierContract.objects.serving(unit).spoken_of(on)
        last = contracts.filter(supplier=OuterRef("pk")).order_by("-until_on").values("until_on")
        rows = self.filter(pk__in=contracts.values("supplier"))
        ended = Case(When(contract_until__lte=on, then=F("contract_until")))
        return rows.annotate(contract_until=Subquery(last[:1])).annotate(ended_on=ended)

    def not_barred(self, on: date) -> Self:
        return self.filter(Q(barred_until__isnull=True) | Q(barred_until__lte=on))
