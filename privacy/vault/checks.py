"""Refuses to start with a field that nobody has thought about.

Fail-closed: what is not known to be harmless by its type must be declared in a `personal_data.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, TypeAlias

from django.apps import AppConfig, apps
from django.core.checks import CheckMessage, Error
from django.db import models

from privacy.vault.registry import is_installed, label_of, registry

SAFE_TYPES: Final = frozenset(
    {
        "AutoField",
        "BigAutoField",
        "SmallAutoField",
        "BooleanField",
        "IntegerField",
        "BigIntegerField",
        "SmallIntegerField",
        "PositiveIntegerField",
        "PositiveBigIntegerField",
        "PositiveSmallIntegerField",
        "DecimalField",
        "FloatField",
        "DurationField",
        "DateTimeField",
        "TimeField",
    }
)
BIRTH_WORDS: Final = ("birth", "born", "dob")
SUBJECT_WORDS: Final = ("subject", "trace", "guardian", "person", "resident", "reporter")
# written by simple-history itself; reasons are codes and the doer is a member of staff
HISTORY_COLUMNS: Final = frozenset({"history_change_reason", "history_type"})

AnyField: TypeAlias = "models.Field[Any, Any]"


def check_personal_data(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    """Walks every installed model whatever `app_configs` says: half a data map is none."""
    return list(problems_of(apps.get_models(include_auto_created=True)))


def problems_of(every_model: Iterable[type[models.Model]]) -> Iterator[Error]:
    every_model = list(every_model)
    for model in every_model:
        for field in model._meta.local_concrete_fields:
            yield from _problems_of_field(model, field)
    yield from _stale_declarations(every_model)


def needs_declaration(field: AnyField) -> bool:
    if field.is_relation:
        return _refers_to_a_person(field)
    if field.choices:
        return False
    kind = field.get_internal_type()
    if kind == "DateField":
        return _mentions(field, BIRTH_WORDS)
    if kind == "UUIDField":
        return _mentions(field, SUBJECT_WORDS)
    return kind not in SAFE_TYPES


def _problems_of_field(model: type[models.Model], field: AnyField) -> Iterator[Error]:
    if not needs_declaration(field):
        return
    origin = getattr(model, "instance_type", None)
    if origin is not None:
        yield from _problems_of_history(model, origin, field)
    elif registry.find(model, field.name) is None:
        yield _undeclared(model, field)


def _problems_of_history(
    model: type[models.Model], origin: type[models.Model], field: AnyField
) -> Iterator[Error]:
    if field.name in HISTORY_COLUMNS:
        return
    declaration = registry.find(origin, field.name)
    if declaration is None:
        yield _undeclared(model, field)
    elif declaration.personal:
        yield Error(
            f"The history of {label_of(origin)} keeps the personal field {field.name!r}.",
            hint="Add it to excluded_fields: an erased value would live on in history.",
            obj=model,
            id="vault.E003",
        )


def _undeclared(model: type[models.Model], field: AnyField) -> Error:
    return Error(
        f"{label_of(model)}.{field.name} ({field.get_internal_type()}) is in no data map.",
        hint=(
            f'Add declare({model.__name__}, "{field.name}", like=…) or declare_clear('
            f'{model.__name__}, "{field.name}", reason=…) to the personal_data.py of its app.'
        ),
        obj=model,
        id="vault.E001",
    )


def _stale_declarations(every_model: list[type[models.Model]]) -> Iterator[Error]:
    known = {
        (label_of(model), field.name) for model in every_model for field in model._meta.get_fields()
    }
    for key in registry.declarations:
        if key not in known and is_installed(key[0]):
            yield Error(f"{'.'.join(key)} is declared but does not exist.", id="vault.E002")


def _refers_to_a_person(field: AnyField) -> bool:
    target = field.related_model
    if not isinstance(target, type):
        return False
    return label_of(target) in {"vault.datasubject", *registry.references}


def _mentions(field: AnyField, words: tuple[str, ...]) -> bool:
    return any(word in field.name for word in words)
