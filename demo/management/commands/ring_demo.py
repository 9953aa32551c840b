"""Let telephones ring in the running demo, as an exchange would: by the API, with a machine key."""

from __future__ import annotations

import urllib.error
from random import Random
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.clock import database_now
from demo.services import ringing
from demo.services.ringing import KINDS, Exchange, Pace


class Command(BaseCommand):
    help = (
        "Ring the demo: known, shared, unknown and key-account callers come up on the agents' "
        "workbench. The desk must be running."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--agent", action="append", help="user names; default: agent")
        parser.add_argument("--kind", action="append", choices=KINDS, help="default: all, mixed")
        parser.add_argument("--count", type=int, default=5)
        parser.add_argument("--every", type=float, default=10, help="seconds between calls")
        parser.add_argument("--ring", type=float, default=5, help="seconds it rings")
        parser.add_argument("--talk", type=float, default=20, help="seconds of talking")
        parser.add_argument("--address", default=settings.PUBLIC_URL)
        parser.add_argument("--seed", type=int)

    def handle(self, *args: Any, **options: Any) -> None:
        wanted = options["agent"] or ["agent"]
        agents = ringing.agents_named(wanted)
        if len(agents) != len(set(wanted)):
            raise CommandError(f"Not all of {', '.join(wanted)} work here.")
        exchange = Exchange(options["address"], ringing.key_for(database_now()))
        lines = ringing.callers(options["kind"] or KINDS, Random(options["seed"]))
        pace = Pace(options["every"], options["ring"], options["talk"])
        try:
            rung = ringing.ring(
                exchange, agents, lines, pace=pace, count=options["count"], say=self.stdout.write
            )
        except urllib.error.URLError as error:
            raise CommandError(
                f"The desk at {exchange.address} does not answer: {error}"
            ) from error
        self.stdout.write(f"{rung} calls rang.")
