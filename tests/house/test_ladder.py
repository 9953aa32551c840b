"""No foreign key points up the ladder of apps; imports are held by import-linter."""

from __future__ import annotations

from django.apps import apps

#: low to high; console and portal are siblings and own no tables of each other
FLOORS = [
    {"core"},
    {"vault"},
    {"organisation"},
    {"notifications"},
    {"residents"},
    {"complaints"},
    {"quality"},
    {"rights"},
    {"console", "portal"},
    {"demo"},
]
FLOOR = {label: height for height, labels in enumerate(FLOORS) for label in labels}


def _foreign_keys():
    for model in apps.get_models(include_auto_created=True):
        if model._meta.app_label in FLOOR:
            for field in model._meta.get_fields():
                if field.is_relation and field.concrete and field.related_model:
                    yield model, field


def test_no_foreign_key_points_up():
    pointing_up = [
        f"{model._meta.label}.{field.name}"
        for model, field in _foreign_keys()
        if FLOOR.get(field.related_model._meta.app_label, -1) > FLOOR[model._meta.app_label]
    ]
    assert pointing_up == []


def test_the_walk_sees_the_house():
    assert len(list(_foreign_keys())) > 60


def test_no_foreign_key_points_at_what_will_be_partitioned():
    """History, outbox, idempotency, ledger and reveal rows (docs/adr/0005, 0001)."""
    targets = {"vault.LedgerEntry", "vault.RevealLog", "core.IdempotencyKey"}
    pointing = [
        f"{model._meta.label}.{field.name}"
        for model, field in _foreign_keys()
        if field.related_model._meta.label in targets
        or field.related_model.__name__.startswith("Historical")
    ]
    assert pointing == []
