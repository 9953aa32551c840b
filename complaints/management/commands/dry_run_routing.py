"""Which rule a ticket would match, why earlier ones would not, who would get it and by when."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from complaints.enums import Channel, Kind, Severity
from complaints.models import Ticket
from complaints.services import catalogue, dry_run
from complaints.services.dry_run import DryRun
from complaints.services.routing import Facts
from core.clock import database_now
from core.errors import DeskError
from core.reference import normalise
from organisation.models import Unit
from residents.enums import AccountTier


class Command(BaseCommand):
    help = "Say what would become of a ticket, described or existing. Writes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--reference", help="An existing ticket, as if it came in now.")
        parser.add_argument("--kind", choices=Kind.values, default=Kind.COMPLAINT)
        parser.add_argument("--category", metavar="CODE")
        parser.add_argument("--severity", choices=Severity.values)
        parser.add_argument("--channel", choices=Channel.values, default=Channel.HOTLINE)
        parser.add_argument("--tier", choices=AccountTier.values, default="")
        parser.add_argument("--unit", metavar="CODE")

    def handle(self, *args: Any, **options: Any) -> None:
        at = database_now()
        try:
            if options["reference"]:
                found = dry_run.of_ticket(_ticket(options["reference"]), at=at)
            else:
                found = dry_run.run(_facts(options), at=at)
        except DeskError as error:
            raise CommandError(str(error)) from None
        self.stdout.write("\n".join(_lines(found)))


def _ticket(typed: str) -> Ticket:
    rows = Ticket.objects.for_acting().select_related("account")
    found = rows.filter(reference=normalise(typed)).first()
    if found is None:
        raise CommandError("There is no such ticket.")
    return found


def _facts(options: dict[str, Any]) -> Facts:
    unit = Unit.objects.filter(code=options["unit"] or "").first()
    category = catalogue.current().categories.get(options["category"] or "")
    if unit is None or category is None:
        raise CommandError("Name a --reference, or a --unit and a --category that exist.")
    return Facts(
        kind=options["kind"],
        category=category,
        severity=options["severity"] or category.severity,
        channel=options["channel"],
        tier=options["tier"],
        unit=unit,
    )


def _lines(found: DryRun) -> list[str]:
    route = found.route
    holder = found.holder.username if found.holder else "vacant"
    return [
        *(f"rule {miss.rule.position}: no, by {', '.join(miss.fields)}" for miss in found.misses),
        f"rule {route.rule.position}: yes",
        f"post {found.post.pk} ({found.post.role.code} of {found.post.unit.code}), held by {holder}"
        + (" as stand-in" if found.by_stand_in else ""),
        f"policy {route.terms.policy.code} version {route.terms.policy.version}",
        *(
            f"{each.kind}: due {each.due_at.isoformat()}"
            + (" (provisional)" if each.provisional else "")
            for each in found.promises
        ),
    ]
