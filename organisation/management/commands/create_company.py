"""Found the company of an empty desk."""

from __future__ import annotations

import secrets
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from core.clock import database_now
from core.errors import DeskError
from organisation.models import Role, Staff
from organisation.services import founding
from organisation.services.founding import NewCompany


class Command(BaseCommand):
    help = (
        "Create the group, its legal entity, an administrator and a duty officer. Each account that"
        " is new gets a random password, which is printed once."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--code", required=True, help="Short code of the group, such as JK.")
        parser.add_argument("--name", required=True, help="Name of the group.")
        parser.add_argument("--legal-name", required=True, help="Name of its legal entity.")
        parser.add_argument("--credit-code", required=True, help="统一社会信用代码, 18 characters.")
        parser.add_argument(
            "--administrator",
            required=True,
            nargs=2,
            metavar=("USERNAME", "NAME"),
            help="Who enters regions, communities, staff and posts in /admin/.",
        )
        parser.add_argument(
            "--duty-officer",
            nargs=2,
            metavar=("USERNAME", "NAME"),
            help="Who answers for what nobody else took; the administrator unless given.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not Role.objects.filter(code=founding.ADMINISTRATOR).exists():
            raise CommandError("There are no roles yet: run `manage.py load_reference` first.")
        if len(options["credit_code"]) != 18:
            raise CommandError("--credit-code must have 18 characters.")
        company = NewCompany(
            options["code"], options["name"], options["legal_name"], options["credit_code"]
        )
        try:
            with transaction.atomic():
                administrator = self._staff(*options["administrator"])
                duty_officer = self._staff(*(options["duty_officer"] or options["administrator"]))
                group = founding.found(
                    company,
                    administrator=administrator,
                    duty_officer=duty_officer,
                    at=database_now(),
                )
        except DeskError as error:
            raise CommandError(_words(error)) from None
        self.stdout.write(f"{group} ({group.code}) is founded. Sign in at /admin/ and go on there.")

    def _staff(self, username: str, name: str) -> Staff:
        found = Staff.objects.filter(username=username).first()
        if found is not None:
            return found
        password = secrets.token_urlsafe(15)
        self.stdout.write(f"{username}: {password}")
        return Staff.objects.create_user(username, password=password, name=name)


def _words(error: DeskError) -> str:
    said = [f"{name}: {word}" for name, words in error.fields.items() for word in words]
    return "; ".join(said) or str(error.message)
