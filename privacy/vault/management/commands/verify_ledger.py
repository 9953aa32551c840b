"""Check the audit ledger, its chain, the published heads and the record of destructions."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.clock import database_now
from privacy.vault.services import ledger_check


class Command(BaseCommand):
    help = "Check the audit ledger against its chain; name every broken row and fail."

    def handle(self, *args: Any, **options: Any) -> None:
        findings = ledger_check.verify(at=database_now())
        for finding in findings:
            self.stdout.write(str(finding))
        if findings:
            raise CommandError(f"{len(findings)} faults in the ledger.")
        self.stdout.write("The ledger is intact.")
