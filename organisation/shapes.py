"""What scopes of different places have in common: SQL made for one of them serves the others, each
with places of its own. There are as many scopes as communities, and a handful of shapes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any, TypeAlias

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BigIntegerField, CharField, Q
from django.db.models.lookups import StartsWith

from core.compiled import Slot
from organisation.access import Scope


@CharField.register_lookup
class Below(StartsWith):
    """`startswith` a slot. Of a value that comes later Django would make the pattern in SQL, which
    no index serves; here the slot gives the pattern."""

    lookup_name = "below"

    def get_rhs_op(self, connection: BaseDatabaseWrapper, rhs: str) -> str:
        return f"LIKE {rhs}"


class PathSlot(Slot):
    """The place of a path, below which a row lies."""

    def bind(self, values: dict[str, Any], connection: BaseDatabaseWrapper) -> Any:
        return f"{connection.ops.prep_for_like_query(values[self.name])}%"


@dataclass(frozen=True, slots=True)
class Shape:
    """A scope without its places: everything, or so many subtrees and so many single units. `name`
    tells its places from those of another."""

    name: str
    everything: bool
    subtrees: int
    singles: int

    def __bool__(self) -> bool:
        return self.everything or bool(self.subtrees + self.singles)

    def q(self, field: str = "unit") -> Q:
        """As `Scope.q` of a field."""
        if self.everything:
            return Q()
        subtrees = [
            Q(**{f"{field}__path__below": PathSlot(_subtree(self.name, place), CharField())})
            for place in range(self.subtrees)
        ]
        singles = [
            Q(**{field: Slot(_single(self.name, place), BigIntegerField())})
            for place in range(self.singles)
        ]
        parts = [*subtrees, *singles]
        return reduce(or_, parts) if parts else Q(pk__in=[])


AnyScope: TypeAlias = Scope | Shape


def of(scopes: Mapping[str, Scope]) -> tuple[Shape, ...]:
    return tuple(_shape(name, scope) for name, scope in scopes.items())


def places(scopes: Mapping[str, Scope]) -> dict[str, Any]:
    """The values of the slots of their shapes."""
    found: dict[str, Any] = {}
    for name, scope in scopes.items():
        subtrees, singles = _parts(scope)
        found |= {_subtree(name, place): path for place, path in enumerate(subtrees)}
        found |= {_single(name, place): unit for place, unit in enumerate(singles)}
    return found


def _shape(name: str, scope: Scope) -> Shape:
    subtrees, singles = _parts(scope)
    return Shape(name, scope.everything, len(subtrees), len(singles))


def _parts(scope: Scope) -> tuple[list[str], list[int]]:
    leaves = dict(scope.leaves)
    subtrees = [path for path in scope.paths if path not in leaves]
    return subtrees, [leaves[path] for path in scope.paths if path in leaves]


def _subtree(name: str, place: int) -> str:
    return f"{name}/{place}"


def _single(name: str, place: int) -> str:
    return f"{name}={place}"
