"""Read one report of non-delivery, as a mail server pipes it."""

from __future__ import annotations

import sys
from typing import Any, Final

from django.core.management.base import BaseCommand

from notifications.services import bounces

MOST_BYTES: Final = 1024 * 1024


class Command(BaseCommand):
    help = "Turn the letter that the report on standard input is about into a dead letter."

    def handle(self, *args: Any, **options: Any) -> None:
        noted = bounces.note(sys.stdin.buffer.read(MOST_BYTES))
        self.stdout.write("Noted." if noted else "No letter of ours failed for good.")
