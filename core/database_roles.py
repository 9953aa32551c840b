"""Two database roles: the owner migrates, the application runs without rights over the ledgers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connections


def _log_in_as(credentials: dict[str, dict[str, str]]) -> None:
    for alias, wanted in credentials.items():
        connection = connections[alias]
        connection.close()
        connection.settings_dict["USER"] = wanted["USER"]
        connection.settings_dict["PASSWORD"] = wanted["PASSWORD"]


def become_owner() -> None:
    _log_in_as(settings.OWNER_DATABASES)


def become_application() -> None:
    _log_in_as(APPLICATION)


@contextmanager
def as_owner() -> Iterator[None]:
    """Every connection of this process is the owner's inside the block. For migrations only."""
    before = {
        alias: {
            "USER": connections[alias].settings_dict["USER"],
            "PASSWORD": connections[alias].settings_dict["PASSWORD"],
        }
        for alias in settings.DATABASES
    }
    become_owner()
    try:
        yield
    finally:
        _log_in_as(before)


APPLICATION: dict[str, dict[str, str]] = {
    alias: {"USER": config["USER"], "PASSWORD": config["PASSWORD"]}
    for alias, config in settings.DATABASES.items()
}
