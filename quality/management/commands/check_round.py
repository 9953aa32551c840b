"""Is a past sampling round still what it was?"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from quality.models import Round
from quality.services import checking

_SAID = {True: "holds", False: "DOES NOT HOLD", None: "not yet"}


class Command(BaseCommand):
    help = (
        "Check rounds on roads of their own: the seed against its committed hash, the stored frame "
        "against its hash and against the events, the draw by repeating it. All rounds, unless one "
        "is named; ends with an error when anything does not hold."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("round", nargs="?", type=UUID, help="the id in the address of its page")

    def handle(self, *args: Any, **options: Any) -> None:
        found = Round.objects.order_by("starts_at", "pk")
        if options["round"]:
            found = found.filter(public_id=options["round"])
            if not found:
                raise CommandError("There is no such round.")
        broken = 0
        for each in found:
            checked = checking.check(each)
            self.stdout.write(f"{each.public_id}  {each.starts_at:%Y-%m-%d}")
            for name, held in asdict(checked).items():
                self.stdout.write(f"  {name.replace('_', ' ')}: {_SAID[held]}")
            broken += not checked.holds
        if broken:
            raise CommandError(f"{broken} rounds are not what they were.")
