"""The demo company: once, repeatable from its seed, small or as large as the real one."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from core.clock import database_now
from demo.services import loading


class Command(BaseCommand):
    help = (
        "Load the demo company: units, posts, staff, residents and a year of tickets. Does nothing "
        "where demo data is loaded already."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--residents", type=int, default=2_000)
        parser.add_argument("--tickets", type=int, default=3_000)
        parser.add_argument("--seed", type=int, default=2020)

    def handle(self, *args: Any, **options: Any) -> None:
        size = loading.Size(residents=options["residents"], tickets=options["tickets"])
        loaded = loading.load(size, seed=options["seed"], at=database_now(), say=self.stdout.write)
        if not loaded:
            self.stdout.write("Demo data is loaded already.")
