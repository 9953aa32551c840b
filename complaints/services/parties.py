"""Whom a ticket names, and who could shield them: subtracted from scope, routing, ladder and
stand-ins (docs/adr/0068)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Final

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from complaints.enums import STAFF_CONDUCT, Kind, PartyRole
from complaints.models import Ticket, TicketParty
from complaints.querysets import GATED
from core.errors import InvalidInput
from organisation.models import Post, Staff, Unit
from organisation.querysets import PostQuerySet, paths_above, served_path
from organisation.services.posts import local_date

#: who may see integrity reports
CONFIDANT: Final = GATED[Kind.INTEGRITY]
#: a post with any of these leads those who work at its unit and below
LEADS: Final = ("tickets.assign", "escalations.decide")
SHORTEST_NAME: Final = 2


def check(staff_ids: Collection[int]) -> set[int]:
    """The same people. Raises InvalidInput for somebody who does not work here."""
    wanted = set(staff_ids)
    if wanted and Staff.objects.filter(pk__in=wanted).count() != len(wanted):
        raise InvalidInput(fields={"named_staff": [_("没有这名员工。")]})
    return wanted


def people_called(names: str) -> set[int]:
    """Everybody of these full names. Raises InvalidInput for nobody, or for a name without
    anybody."""
    asked = set(re.split(r"[\s,，、;；]+", names.strip())) - {""}
    rows = Staff.objects.filter(name__in=asked).values_list("pk", "name")
    unknown = sorted(asked - {name for _pk, name in rows})
    if unknown or not asked:
        message = _("没有叫“%(name)s”的员工。") % {"name": "、".join(unknown)}
        raise InvalidInput(fields={"names": [message if unknown else _("请填写姓名。")]})
    return {pk for pk, _name in rows}


def named(ticket: Ticket, staff_ids: Iterable[int]) -> list[TicketParty]:
    """Unsaved rows."""
    return _parties(ticket, staff_ids, PartyRole.NAMED)


def connected(ticket: Ticket, named_ids: Collection[int], *, at: datetime) -> list[TicketParty]:
    """Unsaved rows of those who might see the report and could shield whom it names.

    They share a post with that person, as holder or stand-in, or lead the unit of one of their
    posts. Two statements, none when nobody is named.
    """
    if not named_ids:
        return []
    theirs = list(_posts_of(named_ids, at).values_list("pk", "served"))  # type: ignore[misc]
    above = {path for _pk, served in theirs for path in paths_above(served)}
    leading = Q(served__in=above, role__permissions__overlap=list(LEADS))
    shared = Q(pk__in=[pk for pk, _served in theirs])
    near = _valid_posts(at).filter(leading | shared)
    people = {one for pair in near.values_list("holder_id", "stand_in_id") for one in pair if one}
    confidants = set(_confidants().filter(pk__in=people).values_list("pk", flat=True))
    return _parties(ticket, confidants - set(named_ids), PartyRole.CONNECTED)


def in_words(said: str, kind: str, category_code: str, unit: Unit, *, at: datetime) -> set[int]:
    """Whom words about a matter of integrity or of conduct name, whether said first or later; of
    any other matter nobody."""
    if kind == Kind.INTEGRITY:
        return confidants_in(said)
    if category_code == STAFF_CONDUCT:
        return colleagues_in(said, unit, at=at)
    return set()


def colleagues_in(text: str, unit: Unit, *, at: datetime) -> set[int]:
    """Those who work for this unit or above it and stand in a text by name. Residents choose from
    no list of staff; a name that was meant kindly keeps somebody from one ticket."""
    here = _valid_posts(at).filter(served__in=paths_above(unit.path))  # type: ignore[misc]
    return _mentioned(text, Q(pk__in=here.values("holder")) | Q(pk__in=here.values("stand_in")))


def confidants_in(text: str) -> set[int]:
    """Those who may see integrity reports and stand in this one by name. Who reports without
    saying who they are cannot choose from a list of staff."""
    return _mentioned(text, Q(pk__in=_confidants().values("pk")))


def _mentioned(text: str, people: Q) -> set[int]:
    rows = Staff.objects.filter(people).values_list("pk", "name")
    return {pk for pk, name in rows if len(name) >= SHORTEST_NAME and name in text}


def _parties(ticket: Ticket, staff_ids: Iterable[int], role: PartyRole) -> list[TicketParty]:
    return [
        TicketParty(ticket=ticket, staff_id=staff_id, role=role) for staff_id in sorted(staff_ids)
    ]


def _valid_posts(at: datetime) -> PostQuerySet:
    return Post.objects.valid_on(local_date(at)).annotate(served=served_path())


def _posts_of(staff_ids: Collection[int], at: datetime) -> PostQuerySet:
    return _valid_posts(at).filter(Q(holder__in=staff_ids) | Q(stand_in__in=staff_ids))


def _confidants() -> QuerySet[Staff]:
    held = Post.objects.filter(role__permissions__contains=[CONFIDANT])
    either = Q(pk__in=held.values("holder")) | Q(pk__in=held.values("stand_in"))
    return Staff.objects.filter(either)
