"""One sweep, for cron and for hands: the net below worker and sweeper."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from complaints.services import heartbeats, remedies, tenures
from complaints.services.escalation import sweep
from core.clock import database_now


class Command(BaseCommand):
    help = "Do whatever is due on any ticket, once. Harmless beside any other sweep."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="The default; for readers of cron.")

    def handle(self, *args: Any, **options: Any) -> None:
        at = database_now()
        done = sweep(at)
        remedies.tell_late(at)
        tenures.look(at)
        heartbeats.beat("command", done, at=at)
        self.stdout.write(
            f"fired {done.fired}, reviewed {done.reviewed}, closed {done.closed}, "
            f"resumed {done.resumed}, failed {done.failed}"
        )
