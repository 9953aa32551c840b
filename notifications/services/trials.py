"""A message that only shows whether an endpoint is set up rightly, sent while somebody waits."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from core.actors import Actor
from core.errors import InvalidInput, NotFound
from core.models import Installation
from core.services import limits
from notifications.channels import ADAPTERS
from notifications.channels.outgoing import NotDelivered, Outgoing
from notifications.enums import Channel
from notifications.models import Endpoint
from notifications.services import sealed
from notifications.services.composing import payload_of

#: below what the makers of robots allow, so that what the desk has to say still goes
A_MINUTE: Final = 5
KIND: Final = "desk.test"


def send(public_id: UUID, *, actor: Actor, at: datetime) -> str:
    """Why it did not arrive, as a code; empty when the receiver took it. It is not in the outbox,
    and what comes of it changes nothing. Raises NotFound, InvalidInput or LimitReached."""
    found = Endpoint.objects.visible_to(actor).select_related("unit").filter(public_id=public_id)
    endpoint = found.first()
    if endpoint is None:
        raise NotFound
    if Installation.objects.filter(virtual=True).exists():
        raise InvalidInput(_("这是演练用的系统，不向外发送消息。"))
    limits.hit("endpoint_trial", str(public_id), at=at, window_minutes=1, most=A_MINUTE)
    try:
        with ADAPTERS[endpoint.channel].opened() as hand_over:
            hand_over(_outgoing(endpoint, at))
    except NotDelivered as fault:
        return fault.code
    return ""


def _outgoing(endpoint: Endpoint, at: datetime) -> Outgoing:
    message_id, target = uuid4(), sealed.target_of(endpoint, at)
    if endpoint.channel == Channel.WEBHOOK:
        number, unit = str(endpoint.public_id), endpoint.unit.code
        payload = payload_of(KIND, at, event=0, object_id=number, unit=unit)
        return Outgoing(str(message_id), at, payload=payload, target=target)
    with translation.override(settings.LANGUAGE_CODE):
        words = _("测试消息：收到它，说明机器人“%(name)s”已经设置好。") % {"name": endpoint.name}
    return Outgoing(str(message_id), at, body=words, target=target)
