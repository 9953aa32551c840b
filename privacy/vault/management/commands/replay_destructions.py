"""Apply the outside record of destroyed keys after a restore. See docs/adr/0012."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from core.clock import database_now
from privacy.vault.services import destructions


class Command(BaseCommand):
    help = "After a restore: destroy again the keys that were destroyed since that backup."

    def handle(self, *args: Any, **options: Any) -> None:
        done = destructions.replay(at=database_now())
        self.stdout.write(f"Keys destroyed again: {done.keys}.")
        if done.restored_subjects:
            self.stdout.write(
                f"People to be erased again from the main database: {len(done.restored_subjects)}."
            )
