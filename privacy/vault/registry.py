"""The register of personal data: every field declared, and how each holding is found and ended.

Filled at start by each app's `personal_data.py`, read by the system check, the data map, the
export and the erasure. Models are named by class or by label ("axes.AccessAttempt").
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from django.apps import apps
from django.db.models import Model, QuerySet

from privacy.vault.terms import NEEDS_HOLDING, Handling

ModelName = type[Model] | str
SubjectIds = tuple[UUID, ...]
# Texts that must be found nowhere afterwards: name, phone, e-mail in each written form.
Needles = tuple[str, ...]
Record = Mapping[str, Any]


class ErasurePlan(Protocol):
    """What an eraser may know of the request that drives it."""

    @property
    def request_ref(self) -> str: ...

    @property
    def at(self) -> datetime: ...

    def holds(self, model: str, pk: Any) -> bool:
        """Whether this row stays restricted instead of being erased now."""
        ...


@dataclass(frozen=True, slots=True)
class Holding:
    """A body of personal data that is located, exported, erased and verified as one step.

    `models` are the labels it answers for. Steps run in ascending `order`; `erase` is idempotent
    and returns the rows it changed; `verify` returns how many rows still hold the subjects or a
    needle.
    """

    name: str
    order: int
    models: tuple[str, ...]
    locate: Callable[[SubjectIds], QuerySet[Any]]
    erase: Callable[[SubjectIds, ErasurePlan], int]
    verify: Callable[[SubjectIds, Needles], int]
    export: Callable[[SubjectIds], Iterable[Record]] | None = None


@dataclass(frozen=True, slots=True)
class Declaration:
    """One field of the data map; `handling` is None for a field that holds no personal data."""

    model: str
    field: str
    handling: Handling | None
    reason: str = ""

    @property
    def personal(self) -> bool:
        return self.handling is not None


@dataclass(slots=True)
class Registry:
    declarations: dict[tuple[str, str], Declaration] = field(default_factory=dict)
    holdings: dict[str, Holding] = field(default_factory=dict)
    references: set[str] = field(default_factory=set)

    def find(self, model: ModelName, name: str) -> Declaration | None:
        return self.declarations.get((label_of(model), name))


class DeclaredTwice(Exception):
    """Two declarations of one field would let either be overlooked."""


registry = Registry()


def label_of(model: ModelName) -> str:
    return model.lower() if isinstance(model, str) else model._meta.label_lower


def is_installed(label: str) -> bool:
    return label.partition(".")[0] in apps.app_configs


def field_label(model: ModelName, name: str) -> str:
    """The name of a field towards sealing and reveal: `residents.contactpoint.sealed`."""
    return f"{label_of(model)}.{name}"


def declare(model: ModelName, *fields: str, like: Handling, **changes: Any) -> None:
    """Declare fields as personal data, handled `like` one of `terms`, but for `changes`."""
    handling = replace(like, **changes)
    for name in fields:
        _add(Declaration(label_of(model), name, handling))


def declare_clear(model: ModelName, *fields: str, reason: str) -> None:
    """Declare text, file or JSON fields that hold no personal data, and why that is so."""
    for name in fields:
        _add(Declaration(label_of(model), name, None, reason))


def declare_reference(model: ModelName) -> None:
    """Foreign keys to this model locate a person (a dwelling does) and must be declared too."""
    registry.references.add(label_of(model))


def hold(holding: Holding) -> None:
    if holding.name in registry.holdings:
        raise DeclaredTwice(holding.name)
    registry.holdings[holding.name] = holding


def holdings() -> list[Holding]:
    """In the order in which erasure runs them."""
    return sorted(registry.holdings.values(), key=lambda each: (each.order, each.name))


def data_map() -> Iterator[Declaration]:
    """Every declared personal field of an installed app, by model and field."""
    for key in sorted(registry.declarations):
        declaration = registry.declarations[key]
        if declaration.personal and is_installed(declaration.model):
            yield declaration


def models_without_holding() -> set[str]:
    """Models whose declared erasure nothing carries out."""
    reached = {label_of(name) for holding in registry.holdings.values() for name in holding.models}
    promised = {
        declaration.model
        for declaration in data_map()
        if declaration.handling and declaration.handling.erased in NEEDS_HOLDING
    }
    return promised - reached


def _add(declaration: Declaration) -> None:
    key = declaration.model, declaration.field
    if key in registry.declarations:
        raise DeclaredTwice(".".join(key))
    registry.declarations[key] = declaration
