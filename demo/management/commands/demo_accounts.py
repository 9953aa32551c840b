from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from demo import accounts


class Command(BaseCommand):
    help = "Print the accounts of the demo."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(accounts.text())
