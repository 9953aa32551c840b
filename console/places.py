"""From what somebody types to a community and a dwelling within reach."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from core.actors import Actor
from core.errors import InvalidInput
from organisation import access
from organisation.enums import UnitLevel
from organisation.models import Dwelling, Unit

OFFERED: Final = 12
CREATE: Final = "tickets.create"
#: between the name and the code where a name alone would not do
SEPARATOR: Final = " · "


def communities(typed: str, *, actor: Actor, permission: str = CREATE) -> QuerySet[Unit]:
    """Communities in reach whose name or initials fit what was typed so far."""
    within = Unit.objects.filter(
        access.scope(actor, permission).q(""), level=UnitLevel.COMMUNITY
    ).order_by("path")
    wanted = typed.strip()
    if not wanted:
        return within
    return within.filter(Q(name__icontains=wanted) | Q(initials__istartswith=wanted))


def said(unit: Unit) -> str:
    """How a community is written into the field: its name and, to be sure, its code."""
    return f"{unit.name}{SEPARATOR}{unit.code}"


def community(typed: str, *, actor: Actor, permission: str = CREATE) -> Unit | None:
    """The community that was meant; None when nothing was typed.

    Raises InvalidInput when none fits, or several do.
    """
    wanted = typed.strip()
    if not wanted:
        return None
    fitting = communities("", actor=actor, permission=permission)
    exact = fitting.filter(code=wanted.rpartition(SEPARATOR)[2]) | fitting.filter(name=wanted)
    found = list(exact[:2]) or list(
        communities(wanted, actor=actor, permission=permission)[: OFFERED + 1]
    )
    if len(found) == 1:
        return found[0]
    if not found:
        raise InvalidInput(fields={"community": [_("没有这个小区，或不在您的范围内。")]})
    names = "、".join(said(unit) for unit in found[:OFFERED])
    message = _("有多个小区符合，请写全：%(names)s") % {"names": names}
    raise InvalidInput(fields={"community": [message]})


def dwelling(unit: Unit, building: str, room: str) -> Dwelling | None:
    """The dwelling of a community by building and room; None when no room was typed.

    Raises InvalidInput when there is no such room, and says which buildings there are.
    """
    wanted_building, wanted_room = building.strip(), room.strip()
    if not wanted_room:
        return None
    found = Dwelling.objects.filter(building__unit=unit, room__iexact=wanted_room)
    if wanted_building:
        found = found.filter(_same_building(wanted_building))
    rooms = list(found.select_related("building__unit").order_by("building__name")[:2])
    if len(rooms) == 1:
        return rooms[0]
    if rooms:
        raise InvalidInput(fields={"building": [_("多个楼栋都有这个房号，请写楼栋。")]})
    raise InvalidInput(fields={"room": [_known_buildings(unit)]})


def dwelling_in_reach(public_id: str, *, actor: Actor, permission: str = CREATE) -> Dwelling:
    """Raises InvalidInput for one that is not there or not theirs."""
    within = access.scope(actor, permission).q("building__unit")
    number = _number(public_id)
    found = Dwelling.objects.filter(within, public_id=number) if number else Dwelling.objects.none()
    room = found.select_related("building__unit").first()
    if room is None:
        raise InvalidInput(fields={"home": [_("没有这套房屋，或不在您的范围内。")]})
    return room


def _number(public_id: str) -> UUID | None:
    try:
        return UUID(public_id)
    except ValueError:
        return None


def _same_building(typed: str) -> Q:
    """3, 3 栋 and 3号楼 are one building to those who live there."""
    number = "".join(character for character in typed if character.isdigit())
    same = Q(building__name__iexact=typed)
    if number and number == typed.rstrip(" 号栋幢座楼#"):
        same |= Q(building__name__iregex=rf"^{number}\s*(号|栋|幢|座|楼|号楼|#)*$")
    return same


def _known_buildings(unit: Unit) -> str:
    names = list(unit.buildings.order_by("name").values_list("name", flat=True)[:OFFERED])
    if not names:
        return _("这个小区没有登记房屋，请留空并写明地点。")
    return _("没有这套房屋。楼栋有：%(names)s") % {"names": "、".join(names)}
