"""From what somebody types or chooses to a unit of the company, named by the way to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from console.places import SEPARATOR
from core.actors import Actor
from core.errors import InvalidInput
from organisation import access
from organisation.models import Unit
from organisation.querysets import paths_above

#: how many are named where several fit
NAMED: Final = 6
#: how many are offered while somebody types
OFFERED: Final = 12


@dataclass(frozen=True, slots=True)
class Units:
    """The units in somebody's reach. They are looked for, never listed: a company has thousands."""

    actor: Actor
    permission: str

    def offered(self, typed: str) -> list[str]:
        """What fits what was typed so far, in the order of the tree."""
        return _said(self._fitting(typed)[:OFFERED])

    def meant(self, typed: str) -> Unit | None:
        """The unit that was chosen, or typed by code, name or initials; None for nothing.

        Raises InvalidInput for the field `unit` when none fits, or several do.
        """
        wanted = typed.strip()
        if not wanted:
            return None
        code = wanted.rpartition(SEPARATOR)[2]
        within = self._within()
        for found in (within.filter(code=code), within.filter(name=wanted), self._fitting(wanted)):
            several = list(found[: NAMED + 1])
            if len(several) == 1:
                return several[0]
            if several:
                message = _("有多个组织单元符合，请写全：%(names)s")
                names = "、".join(_said(several[:NAMED]))
                raise InvalidInput(fields={"unit": [message % {"names": names}]})
        raise InvalidInput(fields={"unit": [_("没有这个组织单元，或不在您的范围内。")]})

    def _within(self) -> QuerySet[Unit]:
        scope = access.scope(self.actor, self.permission)
        return Unit.objects.filter(scope.q("")).order_by("path")

    def _fitting(self, typed: str) -> QuerySet[Unit]:
        wanted = typed.strip()
        if not wanted:
            return self._within()
        fits = Q(name__icontains=wanted) | Q(initials__istartswith=wanted)
        return self._within().filter(fits | Q(code__istartswith=wanted))


def said(unit: Unit) -> str:
    """By the way to it: 华东区域 / 上海公司 / 江岸花园 · X001."""
    return _said([unit])[0]


def _said(units: Iterable[Unit]) -> list[str]:
    """Without the group, which stands above all of them; one statement for the names above."""
    found = list(units)
    above = {unit.pk: paths_above(unit.path)[1:] or [unit.path] for unit in found}
    wanted = {path for paths in above.values() for path in paths}
    names = dict(Unit.objects.filter(path__in=wanted).values_list("path", "name"))
    return [
        " / ".join(names[path] for path in above[unit.pk]) + SEPARATOR + unit.code for unit in found
    ]
