"""The tree of the company. Paths are the tree's own business: every node is added here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.errors import InvalidInput, NotAllowed
from organisation import access
from organisation.enums import UnitLevel
from organisation.models import LegalEntity, Unit

MANAGE = "organisation.manage"
RANK = {
    UnitLevel.GROUP: 0,
    UnitLevel.REGION: 1,
    UnitLevel.CITY: 2,
    UnitLevel.COMMUNITY: 3,
    UnitLevel.DEPARTMENT: 4,
}
INITIALS_LENGTH = 60


@dataclass(frozen=True, slots=True)
class NewUnit:
    """A unit to be; `parent_code` is None for the group alone."""

    code: str
    name: str
    level: UnitLevel
    parent_code: str | None = None
    legal_entity: LegalEntity | None = None


def initials(name: str) -> str:
    """First letters as people type them: 星河湾二期 → xhweq; letters and digits stay."""
    from pypinyin import Style, lazy_pinyin  # its tables are 55 MB that few processes need

    letters = lazy_pinyin(name, style=Style.FIRST_LETTER)
    return "".join("".join(letters).lower().split())[:INITIALS_LENGTH]


def add(new: NewUnit, *, actor: Actor) -> Unit:
    """Add one unit. Raises NotAllowed, or InvalidInput when the tree cannot take it there."""
    if Unit.objects.filter(code=new.code).exists():
        raise InvalidInput(fields={"code": [_("此编号已有单位使用。")]})
    return get_or_create_many([new], actor=actor)[new.code]


@transaction.atomic
def get_or_create_many(rows: Iterable[NewUnit], *, actor: Actor) -> dict[str, Unit]:
    """Units by code, those that were missing created: one statement per level, for imports.

    Rows may come in any order; a code that exists is returned as it is. Other callers wait until
    the transaction ends, so that no path is given twice. Raises InvalidInput or NotAllowed, and
    then adds none.
    """
    scope = access.scope(actor, MANAGE)
    _lock_tree()
    wanted = {row.code: row for row in rows}
    known = _by_code({*wanted, *(row.parent_code for row in wanted.values() if row.parent_code)})
    missing = [row for row in wanted.values() if row.code not in known]
    while missing:
        ready = [row for row in missing if row.parent_code is None or row.parent_code in known]
        if not ready:
            raise InvalidInput(fields={"parent_code": [_("上级单位不存在。")]})
        known |= _add_below_known(ready, known, scope)
        missing = [row for row in missing if row.code not in known]
    return {code: known[code] for code in wanted}


def rename(unit: Unit, name: str, *, actor: Actor) -> Unit:
    access.require(actor, MANAGE, unit)
    unit.name, unit.initials = name, initials(name)
    unit.save(update_fields=["name", "initials"])
    return unit


def _lock_tree() -> None:
    """Nodes are added one writer at a time; a tree of a company grows too rarely to mind."""
    list(Unit.objects.select_for_update().filter(depth=1).values_list("pk"))


def _by_code(codes: Iterable[str]) -> dict[str, Unit]:
    return {unit.code: unit for unit in Unit.objects.filter(code__in=list(codes))}


def _add_below_known(
    rows: Sequence[NewUnit], known: dict[str, Unit], scope: access.Scope
) -> dict[str, Unit]:
    built: list[Unit] = []
    in_order = sorted(rows, key=lambda row: row.parent_code or "")
    for parent_code, group in groupby(in_order, key=lambda row: row.parent_code):
        parent = known[parent_code] if parent_code else None
        if not (scope.covers(parent) if parent else scope.everything):
            raise NotAllowed
        built += _built(list(group), parent)
    return {unit.code: unit for unit in Unit.objects.bulk_create(built)}


def _built(rows: Sequence[NewUnit], parent: Unit | None) -> list[Unit]:
    for row in rows:
        check_place(row, parent)
    depth = parent.depth + 1 if parent else 1
    above = parent.path if parent else ""
    first = _children_ever(above, depth) + 1
    if parent:
        Unit.objects.filter(pk=parent.pk).update(numchild=F("numchild") + len(rows))
    return [
        Unit(
            path=Unit._get_path(above, depth, first + number),
            depth=depth,
            code=row.code,
            name=row.name,
            initials=initials(row.name),
            level=row.level,
            legal_entity=row.legal_entity,
        )
        for number, row in enumerate(rows)
    ]


def _children_ever(above: str, depth: int) -> int:
    """The last step given below a path. It is read from the highest path, not counted: a unit that
    was removed leaves a gap, and its path is not given to another."""
    last = Unit.objects.filter(path__startswith=above, depth=depth).order_by("-path").first()
    return last._get_lastpos_in_path() if last else 0


def check_place(row: NewUnit, parent: Unit | None) -> None:
    """Raises InvalidInput when the tree cannot take such a unit there."""
    if parent is None:
        if row.level != UnitLevel.GROUP or Unit.objects.filter(depth=1).exists():
            raise InvalidInput(fields={"level": [_("只能有一个集团，其他单位必须有上级。")]})
        return
    above = UnitLevel(parent.level)
    repeats = row.level == above == UnitLevel.CITY
    if not repeats and (RANK[row.level] <= RANK[above] or above == UnitLevel.DEPARTMENT):
        raise InvalidInput(fields={"level": [_("此层级不能设在该上级单位之下。")]})
    if row.level == UnitLevel.COMMUNITY and row.legal_entity is None:
        raise InvalidInput(fields={"legal_entity": [_("小区必须有法人主体。")]})
