from __future__ import annotations

from typing import Any

from django.db import DEFAULT_DB_ALIAS, models

from privacy.vault.names import KEYS_ALIAS

KEYS_ONLY = {"subjectkey"}
IN_BOTH = {"destructionmark"}


class KeysRouter:
    """Sends `SubjectKey` to the keys database and keeps every other table out of it.

    `DestructionMark` has a row in each database and is always addressed by alias. A migration
    operation without a model names its place with `hints={"database": alias}`.
    """

    def db_for_read(self, model: type[models.Model], **hints: Any) -> str | None:
        return KEYS_ALIAS if _names_keys_model(model) else None

    def db_for_write(self, model: type[models.Model], **hints: Any) -> str | None:
        return KEYS_ALIAS if _names_keys_model(model) else None

    def allow_migrate(
        self, db: str, app_label: str, model_name: str | None = None, **hints: Any
    ) -> bool:
        if app_label != "vault":
            return db != KEYS_ALIAS
        if model_name is None:
            return db == hints.get("database", DEFAULT_DB_ALIAS)
        if model_name in IN_BOTH:
            return True
        return (db == KEYS_ALIAS) == (model_name in KEYS_ONLY)


def _names_keys_model(model: type[models.Model]) -> bool:
    return model._meta.app_label == "vault" and model._meta.model_name in KEYS_ONLY
