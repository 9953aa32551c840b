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


def listed(actor: Actor, *, channel: str = "", code: str = "") -> MessageQuerySet:
    """Dead letters of a channel and a reason; all where none is named."""
    return Message.objects.visible_to(actor).dead().of_kind(channel=channel, code=code)


def reasons(actor: Actor) -> list[tuple[str, str, int]]:
    """(channel, reason, how many), the commonest first."""
    counted = listed(actor).values_list("channel", "error_code").annotate(count=Count("pk"))
    return list(counted.order_by("-count", "channel", "error_code"))


@transaction.atomic
def resend(
    actor: Actor,
    *,
    at: datetime,
    ids: Collection[int] | None = None,
    channel: str = "",
    code: str = "",
) -> int:
    """Those named, or all of a channel and a reason; each once more under the id it had. Returns
    how many. Raises NotAllowed."""
    access.require(actor, MANAGE)
    chosen = listed(actor, channel=channel, code=code)
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
