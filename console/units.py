"""From what somebody types or chooses to a unit of the company, named by the way to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext as _

from console.places import SEPARATOR
from core.actors import Actor
from core.errors import InvalidInput
from organisation import access
from organisation.models import Unit
from organisation.querysets import paths_above

#: how many are named where several fit
NAMED: Final = 6

Units = Mapping[str, Unit]
"""By what a list shows: 华东区域 / 上海公司 / 江岸花园 · X001."""


def within(actor: Actor, permission: str) -> Units:
    """The units in the actor's reach, in the order of the tree; two statements."""
    scope = access.scope(actor, permission)
    found = list(Unit.objects.order_by("path"))
    names = {unit.path: unit.name for unit in found}
    return {_said(unit, names): unit for unit in found if scope.covers(unit)}


def said(wanted: Unit | None, units: Units) -> str:
    """How the unit stands in the list; nothing for none."""
    return next((text for text, unit in units.items() if unit == wanted), "")


def meant(typed: str, units: Units) -> Unit | None:
    """The unit that was chosen, or typed by code, name or initials; None for nothing.

    Raises InvalidInput for the field `unit` when none fits, or several do.
    """
    wanted = typed.strip()
    if not wanted:
        return None
    code = wanted.rpartition(SEPARATOR)[2]
    fitting = {text: unit for text, unit in units.items() if unit.code == code}
    fitting = fitting or {text: unit for text, unit in units.items() if unit.name == wanted}
    fitting = fitting or {text: unit for text, unit in units.items() if _fits(wanted, text, unit)}
    if len(fitting) == 1:
        return next(iter(fitting.values()))
    if not fitting:
        raise InvalidInput(fields={"unit": [_("没有这个组织单元，或不在您的范围内。")]})
    message = _("有多个组织单元符合，请从列表中选择：%(names)s")
    raise InvalidInput(fields={"unit": [message % {"names": "、".join(list(fitting)[:NAMED])}]})


def _said(unit: Unit, names: Mapping[str, str]) -> str:
    """Without the group, which stands above all of them."""
    above = paths_above(unit.path)[1:] or [unit.path]
    return " / ".join(names[path] for path in above) + SEPARATOR + unit.code


def _fits(wanted: str, text: str, unit: Unit) -> bool:
    return wanted.lower() in text.lower() or unit.initials.lower().startswith(wanted.lower())
