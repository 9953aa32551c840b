"""Two database roles: the owner migrates, the application runs without rights over the ledgers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from django.conf import settings
from django.db import connections

Login = dict[str, Any]

#: what a role has of its own: who it is, and how long it waits
_OWN: Final = ("USER", "PASSWORD", "OPTIONS")


def _login(config: Mapping[str, Any]) -> Login:
    return {name: config[name] for name in _OWN}


def _log_in_as(logins: Mapping[str, Mapping[str, Any]]) -> None:
    for alias, wanted in logins.items():
        connection = connections[alias]
        connection.close()
        connection.settings_dict.update(_login(wanted))


def become_owner() -> None:
    _log_in_as(settings.OWNER_DATABASES)


def become_application() -> None:
    _log_in_as(APPLICATION)


@contextmanager
def as_owner() -> Iterator[None]:
    """Every connection of this process is the owner's inside the block. For migrations only."""
    before = {alias: _login(connections[alias].settings_dict) for alias in settings.DATABASES}
    become_owner()
    try:
        yield
    finally:
        _log_in_as(before)


APPLICATION: Final[dict[str, Login]] = {
    alias: _login(config) for alias, config in settings.DATABASES.items()
}
