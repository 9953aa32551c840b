"""Where the tickets of a mapping go here: categories, units, policy; or why they cannot."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from complaints.enums import Channel, Kind, Severity
from complaints.imports.mapping import Mapping
from complaints.imports.normalise import ImportedTicket
from complaints.services import catalogue, routing
from complaints.services.catalogue import Catalogue
from complaints.services.routing import Facts
from core.actors import Actor
from core.errors import InvalidInput
from organisation.enums import UnitLevel
from organisation.models import LegalEntity, Unit
from organisation.services import units
from organisation.services.units import NewUnit


class MappingDoesNotFit(InvalidInput):
    """The mapping names something that this installation does not have."""

    code = "mapping_does_not_fit"


@dataclass(frozen=True, slots=True)
class Target:
    """Ids by the mapping's words; `root` is the group, regions are made below it."""

    mapping: Mapping
    root: Unit
    categories: dict[str, int]
    legal_entity: LegalEntity | None = None
    unit_ids: dict[str, int] = field(default_factory=dict)
    policy_ids: dict[tuple[str, str], int] = field(default_factory=dict)

    def policy_id(self, ticket: ImportedTicket) -> int:
        """The policy under which such a ticket would run today."""
        return self.policy_ids[ticket.kind, ticket.category]

    def ensure_units(self, tickets: Iterable[ImportedTicket], *, actor: Actor) -> int:
        """Create the units that are missing, in the open transaction; returns how many."""
        wanted = self.wanted_units(tickets)
        if not wanted:
            return 0
        known = Unit.objects.filter(code__in=wanted).count()
        found = units.get_or_create_many(wanted.values(), actor=actor)
        self.unit_ids.update({code: unit.pk for code, unit in found.items()})
        return len(found) - known

    def wanted_units(self, tickets: Iterable[ImportedTicket]) -> dict[str, NewUnit]:
        """By code, those of tickets whose unit was not met before; some may be here already."""
        return {
            row.code: row
            for ticket in tickets
            if unit_code(ticket) not in self.unit_ids
            for row in self._new_units(ticket)
        }

    def _new_units(self, ticket: ImportedTicket) -> list[NewUnit]:
        region, *communities = ticket.unit
        rows = [NewUnit(region.code, region.name, UnitLevel.REGION, self.root.code)]
        for community in communities:
            code = unit_code(ticket)
            entity = self.legal_entity
            rows.append(NewUnit(code, community.name, UnitLevel.COMMUNITY, region.code, entity))
        return rows


def unit_code(ticket: ImportedTicket) -> str:
    """A community's code holds its region's: the same zip in two offices is two communities."""
    return "-".join(unit.code for unit in ticket.unit)


def resolve(mapping: Mapping, *, at: datetime, writing: bool) -> Target:
    """Raises MappingDoesNotFit, naming what is missing.  Creates the legal entity if `writing`."""
    known = catalogue.current()
    _require_known(_("工单类型"), mapping.ticket_kinds(), Kind.values)
    _require_known(_("渠道"), {mapping.channel}, Channel.values)
    _require_known(_("类别"), mapping.categories(), known.categories)
    root = Unit.objects.filter(depth=1).first()
    if root is None:
        raise MappingDoesNotFit(_("还没有集团单位：请先建立组织，再导入。"))
    return Target(
        mapping,
        root,
        {code: known.categories[code].pk for code in mapping.categories()},
        _legal_entity(mapping) if writing else None,
        policy_ids={
            (kind, code): _policy_id(kind, code, mapping, root, known, at)
            for kind in mapping.ticket_kinds()
            for code in mapping.categories()
        },
    )


def _policy_id(
    kind: str, code: str, mapping: Mapping, root: Unit, known: Catalogue, at: datetime
) -> int:
    category = known.categories[code]
    facts = Facts(kind, category, Severity.ORDINARY, mapping.channel, "", root)
    return known.terms(routing.first_match(known.rules, facts).policy_code, at).policy.pk


def _legal_entity(mapping: Mapping) -> LegalEntity | None:
    rule = mapping.legal_entity
    if rule is None:
        return None
    return LegalEntity.objects.get_or_create(credit_code=rule.code, defaults={"name": rule.name})[0]


def _require_known(what: object, used: set[str], known: Iterable[str]) -> None:
    missing = sorted(used - set(known))
    if missing:
        message = _("映射中的%(what)s在本系统中不存在：%(missing)s")
        raise MappingDoesNotFit(message % {"what": what, "missing": "、".join(missing)})
