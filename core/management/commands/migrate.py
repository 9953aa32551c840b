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

    def handle(self, *args: Any, **options: Any) -> None:
        named = options["database"]
        with as_owner():
            for alias in [named] if named else list(settings.DATABASES):
                super().handle(*args, **{**options, "database": alias})
                grants.apply(alias)
