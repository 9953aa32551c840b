"""Enter a third party that may be given personal data, or renew its entry."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from core.actors import SYSTEM
from core.clock import database_now
from privacy.vault.services import recipients


class Command(BaseCommand):
    help = "Register a recipient of personal data with its contract, assessment and term."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", help="as sms_gateway")
        parser.add_argument("--name", required=True)
        parser.add_argument("--contract", required=True)
        parser.add_argument("--assessment", required=True)
        parser.add_argument("--scope", required=True, nargs="+", help="kinds of data, as phone")
        parser.add_argument("--from-on", required=True, type=date.fromisoformat)
        parser.add_argument("--until-on", required=True, type=date.fromisoformat)

    def handle(self, *args: Any, **options: Any) -> None:
        recipient = recipients.register(
            options["code"],
            name=options["name"],
            contract=options["contract"],
            assessment=options["assessment"],
            scope=options["scope"],
            from_on=options["from_on"],
            until_on=options["until_on"],
            actor=SYSTEM,
            at=database_now(),
        )
        self.stdout.write(f"Registered: {recipient.code} until {recipient.until_on}.")
