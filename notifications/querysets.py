from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from core.actors import Actor
from notifications.enums import MessageState
from organisation import access

if TYPE_CHECKING:
    from notifications.models import Endpoint, Message  # noqa: F401  # the types below

MANAGE = "organisation.manage"


class MessageQuerySet(models.QuerySet["Message"]):
    def visible_to(self, actor: Actor) -> Self:
        """Who runs the desk sees the outbox, all of it: a message belongs to no unit."""
        return self if access.scope(actor, MANAGE).everything else self.none()

    def dead(self) -> Self:
        return self.filter(state=MessageState.DEAD)

    def of_kind(self, *, channel: str = "", code: str = "") -> Self:
        chosen = Q(channel=channel) if channel else Q()
        return self.filter(chosen & (Q(error_code=code) if code else Q()))


class EndpointQuerySet(models.QuerySet["Endpoint"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(access.scope(actor, MANAGE).q("unit"))

    def active(self) -> Self:
        return self.filter(active=True)
