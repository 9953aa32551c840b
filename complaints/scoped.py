"""Questions about what an actor may see, their SQL made once for each shape of scope.

Turning such a question into SQL takes Django longer than PostgreSQL takes to answer it. The scope
itself is read for every request, and whoever loses one asks another question.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, Generic, Protocol, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db.models import BigIntegerField, Field, Model, Q, QuerySet, Value

from complaints.querysets import SCOPED_BY, where
from core.actors import Actor
from core.compiled import Compiled, Slot
from organisation import access, shapes
from organisation.shapes import Shape

Row = TypeVar("Row", bound=Model)
#: shapes of one question that a process keeps. 26 questions of a shape weighed 2.4 MiB; of the 31
#: there are now, this many fill some 140 MiB of a worker. Shapes differ by role and by how many
#: units the posts of one person serve, not by which.
KEPT: Final = 48


class Seen(Protocol):
    """What the actor may see, whoever they turn out to be."""

    def __call__(self, rows: Any) -> Any:
        """Those of the rows that are `visible_to` them."""

    def where(self, permission: str, unit: str) -> Q:
        """Rows whose `unit` lies where they have this right."""


@dataclass(frozen=True, slots=True)
class _By:
    actor: Actor

    def __call__(self, rows: Any) -> Any:
        return rows.visible_to(self.actor)

    def where(self, permission: str, unit: str) -> Q:
        return where(access.scope(self.actor, permission), unit)


@dataclass(frozen=True, slots=True)
class _Within:
    shapes: Mapping[str, Shape]
    staff: Slot

    def __call__(self, rows: Any) -> Any:
        return rows.within(self.shapes, self.staff)

    def where(self, permission: str, unit: str) -> Q:
        return where(self.shapes[permission], unit)


def seen_by(actor: Actor) -> Seen:
    return _By(actor)


class Scoped(Generic[Row]):
    """`build(seen, **values)` says the question; `slots` are the fields of its values, `by` the
    rights that it asks of. Everything in it that is neither a slot nor a place of a scope is fixed
    from the first time it is asked."""

    def __init__(
        self,
        build: Callable[..., QuerySet[Row, Any]],
        *,
        by: tuple[str, ...] = SCOPED_BY,
        **slots: Field[Any, Any],
    ) -> None:
        self._build = build
        self._by = by
        self._slots = {name: Slot(name, field) for name, field in slots.items()}
        self._of = lru_cache(maxsize=KEPT)(self._compiled)

    def __call__(self, actor: Actor, **values: Any) -> list[Any]:
        """The rows. Who is no staff has the question made for them alone."""
        if actor.staff_id is None:
            known = {name: Value(of, self._slots[name].output_field) for name, of in values.items()}
            return list(self._build(seen_by(actor), **known))
        scopes = access.scopes(actor, self._by)
        question = self._of(shapes.of(scopes))
        try:
            return question(staff=actor.staff_id, **values, **shapes.places(scopes))
        except EmptyResultSet:  # such a scope sees nothing at all
            return []

    def asked(self, actor: Actor, **values: Any) -> tuple[str, list[Any]]:
        """By staff: the SQL with its values, as part of a larger question. Raises EmptyResultSet
        where such a scope sees nothing at all."""
        scopes = access.scopes(actor, self._by)
        question = self._of(shapes.of(scopes))
        return question.asked(staff=actor.staff_id, **values, **shapes.places(scopes))

    def first(self, actor: Actor, **values: Any) -> Any:
        return next(iter(self(actor, **values)), None)

    def _compiled(self, scopes: tuple[Shape, ...]) -> Compiled[Row]:
        staff = Slot("staff", BigIntegerField())
        seen = _Within({shape.name: shape for shape in scopes}, staff)
        return Compiled(lambda: self._build(seen, **self._slots))
