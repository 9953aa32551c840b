"""Move running clocks to the versions that take them over: what the worker does each minute."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from complaints.services import recomputation


class Command(BaseCommand):
    help = "Go on with recomputing open clocks after a new policy or calendar version."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--chunk", type=int, default=recomputation.CHUNK)

    def handle(self, *args: Any, **options: Any) -> None:
        moved = recomputation.run(chunk=options["chunk"])
        for job in recomputation.pending():
            self.stdout.write(f"{job.fingerprint}: {job.done} of {job.total}")
        self.stdout.write(f"moved {moved}")
