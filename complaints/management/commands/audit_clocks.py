"""Is everybody told who should have been? Exit code 1 when not."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from complaints.services import audit
from core.clock import database_now


class Command(BaseCommand):
    help = "Compare the clocks with what was escalated, and check the outbox and the duty queue."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--repair", action="store_true", help="Also fire what is missing.")

    def handle(self, *args: Any, **options: Any) -> None:
        report = audit.audit(database_now(), repair=options["repair"])
        for missing in report.missing:
            self.stdout.write(
                f"ticket {missing.ticket_id}: clock {missing.clock_id} owes level {missing.level}"
            )
        for failure in report.failures:
            self.stdout.write(
                f"ticket {failure.ticket_id}: {failure.error_code}, tried {failure.attempts} times"
            )
        if report.repaired.did_something:
            self.stdout.write(f"repaired: fired {report.repaired.fired}")
        if report.problems:
            raise CommandError(", ".join(f"{code} {n}" for code, n in report.problems.items()))
        self.stdout.write("nothing is late")
