"""Seal addresses and secrets of endpoints under the first of KEY_ENCRYPTION_KEYS."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from notifications.services import endpoints


class Command(BaseCommand):
    help = "Seal the secrets of robots and webhooks under the current key-encryption key."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Endpoints sealed anew: {endpoints.reseal_all()}.")
