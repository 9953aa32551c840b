"""What could not be delivered, in a person's hands."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Count

from core.actors import Actor
from notifications.models import Message
from notifications.querysets import MessageQuerySet
from notifications.services import queue
from organisation import access
from privacy.vault.enums import LedgerKind
from privacy.vault.services import ledger

MANAGE: Final = "organisation.manage"


def listed(
    actor: Actor, *, channel: str = "", code: str = "", endpoint: str = ""
) -> MessageQuerySet:
    """Dead letters of a channel, a reason and an endpoint; all where none is named."""
    dead = Message.objects.visible_to(actor).dead()
    return dead.of_kind(channel=channel, code=code, endpoint=endpoint)


def reasons(actor: Actor, *, endpoint: str = "") -> list[tuple[str, str, int]]:
    """(channel, reason, how many), the commonest first."""
    found = listed(actor, endpoint=endpoint).values_list("channel", "error_code")
    return list(found.annotate(count=Count("pk")).order_by("-count", "channel", "error_code"))


def of_endpoints(actor: Actor) -> dict[int, int]:
    """How many each endpoint has that has any."""
    found = listed(actor).filter(endpoint__isnull=False).values_list("endpoint")
    return dict(found.annotate(count=Count("pk")).order_by())


@transaction.atomic
def resend(
    actor: Actor,
    *,
    at: datetime,
    ids: Collection[int] | None = None,
    channel: str = "",
    code: str = "",
    endpoint: str = "",
) -> int:
    """Those named, or all of a channel, a reason and an endpoint; each once more under the id it
    had. Returns how many. Raises NotAllowed."""
    access.require(actor, MANAGE)
    chosen = listed(actor, channel=channel, code=code, endpoint=endpoint)
    count = queue.resend(chosen if ids is None else chosen.filter(pk__in=ids), at=at)
    if count:
        ledger.append(
            LedgerKind.MESSAGES_RESENT,
            actor=actor,
            at=at,
            object_kind="notifications.message",
            object_count=count,
        )
    return count
