from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from core.actors import Actor
from notifications.enums import Channel, MessageState
from organisation import access
from organisation.querysets import PATH_STEP

if TYPE_CHECKING:
    from notifications.models import Endpoint, Message  # noqa: F401  # the types below

MANAGE = "organisation.manage"


def never_tried(at: datetime, lane: Channel, prefix: str = "") -> Q:
    """What is due in a lane, is nobody's just now, and may still be given more or less."""
    return Q(
        **{
            f"{prefix}state": MessageState.QUEUED,
            f"{prefix}channel": lane,
            f"{prefix}due_at__lte": at,
            f"{prefix}attempts": 0,
            f"{prefix}leased_until__isnull": True,
            f"{prefix}digest_at__isnull": True,
            f"{prefix}error_code": "",
        }
    )


class MessageQuerySet(models.QuerySet["Message"]):
    def visible_to(self, actor: Actor) -> Self:
        """Who runs the desk sees the outbox, all of it: a message to a person belongs to no unit.
        Who runs a part of it sees what goes to the endpoints there."""
        scope = access.scope(actor, MANAGE)
        whole = scope.everything or any(len(path) == PATH_STEP for path in scope.paths)
        return self if whole else self.filter(scope.q("endpoint__unit"))

    def dead(self) -> Self:
        return self.filter(state=MessageState.DEAD)

    def of_kind(self, *, channel: str = "", code: str = "", endpoint: str = "") -> Self:
        """`endpoint` is a public number."""
        wanted = {"channel": channel, "error_code": code, "endpoint__public_id": endpoint}
        return self.filter(**{name: value for name, value in wanted.items() if value})


class EndpointQuerySet(models.QuerySet["Endpoint"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(access.scope(actor, MANAGE).q("unit"))

    def active(self) -> Self:
        return self.filter(active=True)
