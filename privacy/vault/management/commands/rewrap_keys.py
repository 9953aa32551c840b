"""Wrap every subject's key under the first of KEY_ENCRYPTION_KEYS."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from core.actors import SYSTEM
from core.clock import database_now
from privacy.vault.services import keys


class Command(BaseCommand):
    help = "Wrap every subject's key under the current key-encryption key."

    def handle(self, *args: Any, **options: Any) -> None:
        done = keys.rewrap_keys(actor=SYSTEM, at=database_now())
        self.stdout.write(f"Keys wrapped anew: {done}.")
