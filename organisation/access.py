"""Who may do what where. Rights are asked of the present: they follow the database's clock, not the
`at` of a replay, and are read again for every request (docs/adr/0003)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Final, NamedTuple

from django.db.models import Q
from django.db.models.functions import Now

from core.actors import Actor, ActorKind
from core.errors import NotAllowed
from core.models import MachineKey
from organisation.models import Post, Unit
from organisation.querysets import leaf_unit, served_path


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a permission holds: everywhere, or in the subtrees below `paths`.

    `leaves` are the ids, by path, of those units that have nothing below them. Rows are asked for
    by such an id, so that an index that begins with the unit serves, in its order.
    """

    everything: bool = False
    paths: tuple[str, ...] = ()
    leaves: frozenset[tuple[str, int]] = frozenset()

    def __bool__(self) -> bool:
        return self.everything or bool(self.paths)

    def q(self, field: str = "unit") -> Q:
        """A filter for rows whose `field` leads to a unit; "" for units themselves."""
        if self.everything:
            return Q()
        if not self.paths:
            return Q(pk__in=[])
        below = f"{field}__path__startswith" if field else "path__startswith"
        leaves = dict(self.leaves)
        return reduce(
            or_,
            (
                Q(**{field or "pk": leaves[path]}) if path in leaves else Q(**{below: path})
                for path in self.paths
            ),
        )

    def covers(self, unit: Unit) -> bool:
        return self.covers_path(unit.path)

    def covers_path(self, unit_path: str) -> bool:
        return self.everything or any(unit_path.startswith(path) for path in self.paths)


EVERYTHING: Final = Scope(everything=True)
NOTHING: Final = Scope()


class Grant(NamedTuple):
    """Permissions, and the path of the unit below which they hold; its id when it has no units
    below it."""

    permissions: frozenset[str]
    path: str
    leaf: int | None = None


_remembered: ContextVar[dict[Actor, list[Grant]] | None] = ContextVar("grants", default=None)


def has(actor: Actor, permission: str, unit: Unit | None = None) -> bool:
    """Whether the actor has the permission at `unit`, or anywhere when no unit is named."""
    found = scope(actor, permission)
    return bool(found) if unit is None else found.covers(unit)


def require(actor: Actor, permission: str, unit: Unit | None = None) -> None:
    """Raises NotAllowed unless `has`."""
    if not has(actor, permission, unit):
        raise NotAllowed


def scope(actor: Actor, permission: str) -> Scope:
    """Where the actor has the permission. One statement, or none within `remembering`."""
    if actor.kind is ActorKind.SYSTEM:
        return EVERYTHING
    return _widest(grant for grant in _grants(actor) if permission in grant.permissions)


def scopes(actor: Actor, permissions: Iterable[str]) -> dict[str, Scope]:
    """`scope` of several permissions, in one statement."""
    if actor.kind is ActorKind.SYSTEM:
        return dict.fromkeys(permissions, EVERYTHING)
    grants = _grants(actor)
    return {
        permission: _widest(grant for grant in grants if permission in grant.permissions)
        for permission in permissions
    }


def permissions_of(actor: Actor) -> frozenset[str]:
    """Everything the actor may do somewhere; which pages to offer."""
    return frozenset().union(*(grant.permissions for grant in _grants(actor)))


@contextmanager
def remembering() -> Iterator[None]:
    """Read each actor's grants once inside the block: the length of one request, never longer.

    A block inside another remembers with it.
    """
    if _remembered.get() is not None:
        yield
        return
    token = _remembered.set({})
    try:
        yield
    finally:
        _remembered.reset(token)


def remember(actor: Actor, grants: list[Grant]) -> None:
    """Keep grants that were read together with something else, until the block ends."""
    memory = _remembered.get()
    if memory is not None:
        memory[actor] = grants


def forget() -> None:
    """Posts or roles have changed: ask the database again."""
    memory = _remembered.get()
    if memory is not None:
        memory.clear()


def _grants(actor: Actor) -> list[Grant]:
    memory = _remembered.get()
    if memory is None:
        return _read(actor)
    if actor not in memory:
        memory[actor] = _read(actor)
    return memory[actor]


def _read(actor: Actor) -> list[Grant]:
    if actor.kind is ActorKind.STAFF and actor.staff_id is not None:
        return _of_staff(actor.staff_id)
    if actor.kind is ActorKind.MACHINE and actor.machine_id is not None:
        return _of_machine(actor.machine_id)
    return []


def _of_staff(staff_id: int) -> list[Grant]:
    posts = (
        Post.objects.in_force_for(staff_id)
        .annotate(served_path=served_path(), leaf=leaf_unit())
        .values_list("role__permissions", "served_path", "leaf")
    )
    return [Grant(frozenset(permissions), path, leaf) for permissions, path, leaf in posts]


def _of_machine(machine_id: int) -> list[Grant]:
    """A machine key names its actions and the units below which it may act."""
    key = MachineKey.objects.filter(
        pk=machine_id, revoked_at__isnull=True, expires_at__gt=Now()
    ).first()
    if key is None:
        return []
    paths = Unit.objects.filter(code__in=key.unit_codes).values_list("path", flat=True)
    return [Grant(frozenset(key.scopes), path) for path in paths]


def _widest(grants: Iterable[Grant]) -> Scope:
    """The scope of these subtrees, without those that lie inside another. There is one root, so
    that a post at the root needs no comparison of paths at all."""
    leaves = {grant.path: grant.leaf for grant in grants}
    kept: list[str] = []
    for path in sorted(leaves):
        if not kept or not path.startswith(kept[-1]):
            kept.append(path)
    if any(len(path) == Unit.steplen for path in kept):
        return EVERYTHING
    known = ((path, leaf) for path in kept if (leaf := leaves[path]) is not None)
    return Scope(paths=tuple(kept), leaves=frozenset(known))
