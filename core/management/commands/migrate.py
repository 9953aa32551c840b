"""`migrate` as the owner, on both databases unless one is named, followed by the grants."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser
from django.core.management.commands.migrate import Command as DjangoMigrate

from core import grants
from core.database_roles import as_owner


class Command(DjangoMigrate):
    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(database=None)

    def get_check_kwargs(self, options: Any) -> Any:
        return {**super().get_check_kwargs(options), "databases": _databases(options)}

    def handle(self, *args: Any, **options: Any) -> None:
        with as_owner():
            for alias in _databases(options):
                super().handle(*args, **{**options, "database": alias})
                grants.apply(alias)


def _databases(options: dict[str, Any]) -> list[str]:
    named = options["database"]
    return [named] if named else list(settings.DATABASES)
