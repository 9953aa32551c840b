"""Issue, exchange and revoke the keys of outside systems; a secret is printed once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from core.actors import SYSTEM
from core.clock import database_now
from core.errors import DeskError
from core.models import MachineKey
from organisation.services import machine_keys
from organisation.services.machine_keys import Issued, NewKey


class Command(BaseCommand):
    help = "Issue, list, rotate and revoke keys of outside systems (Authorization: Bearer jk_…)."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        issue = verbs.add_parser("issue", help="print a new key, once")
        issue.add_argument("name", help="the system, in words")
        issue.add_argument(
            "--scope", action="append", required=True, choices=list(machine_keys.FOR_MACHINES)
        )
        issue.add_argument("--unit", action="append", required=True, metavar="CODE")
        issue.add_argument("--days", type=int, default=365)
        rotate = verbs.add_parser("rotate", help="print a new secret; the old one lives on a while")
        rotate.add_argument("key_id")
        rotate.add_argument("--days", type=int, default=365)
        rotate.add_argument("--overlap-hours", type=int, default=72)
        verbs.add_parser("revoke", help="end a key at once").add_argument("key_id")
        verbs.add_parser("list", help="what was issued; never a secret")

    def handle(self, *args: Any, verb: str, **options: Any) -> None:
        try:
            getattr(self, f"_{verb}")(options)
        except DeskError as refused:
            said = [str(text) for texts in refused.fields.values() for text in texts]
            raise CommandError(" ".join(said) or str(refused)) from refused

    def _issue(self, options: dict[str, Any]) -> None:
        at = database_now()
        new = NewKey(
            options["name"],
            options["scope"],
            options["unit"],
            at + timedelta(days=options["days"]),
        )
        self._show(machine_keys.issue(new, actor=SYSTEM, at=at))

    def _rotate(self, options: dict[str, Any]) -> None:
        at = database_now()
        issued = machine_keys.rotate(
            _key(options["key_id"]),
            expires_at=at + timedelta(days=options["days"]),
            overlap=timedelta(hours=options["overlap_hours"]),
            actor=SYSTEM,
            at=at,
        )
        self._show(issued)

    def _revoke(self, options: dict[str, Any]) -> None:
        key = _key(options["key_id"])
        ended = machine_keys.revoke(key, actor=SYSTEM, at=database_now())
        self.stdout.write(f"{key.key_id}: {'revoked' if ended else 'was revoked before'}")

    def _list(self, options: dict[str, Any]) -> None:
        for key in MachineKey.objects.order_by("created_at", "pk"):
            until = timezone.localtime(key.expires_at).date()
            state = "revoked" if key.revoked_at else f"until {until}"
            where, what = ",".join(key.unit_codes), ",".join(key.scopes)
            used = key.last_used_on or "never"
            self.stdout.write(f"{key.key_id}  {key.name}  {state}  used {used}  {what}  @ {where}")

    def _show(self, issued: Issued) -> None:
        """The key alone on standard output, so that it can be piped into a vault."""
        self.stdout.write(issued.text)
        self.stderr.write("This key is shown once. Keep it where the other system reads it.")


def _key(key_id: str) -> MachineKey:
    found = MachineKey.objects.filter(key_id=key_id).first()
    if found is None:
        raise CommandError(f"There is no key {key_id}.")
    return found
