"""Exit code 1 when nobody would receive what every ladder has left over."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.clock import database_now
from organisation.services import posts


class Command(BaseCommand):
    help = "Check that somebody holds the duty post of the group, where every ladder ends."

    def handle(self, *args: Any, **options: Any) -> None:
        at = database_now()
        if not posts.duty_queue_is_filled(at=at):
            raise CommandError(str(posts.DutyQueueEmpty.message))
        post = posts.duty_queue(at=at)
        holder = posts.current_holder(post, at=at)
        self.stdout.write(f"{post}: {holder}")
